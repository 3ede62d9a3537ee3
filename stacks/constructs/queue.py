"""A queue as every asynchronous hop here has it: dead letters beside it, an alarm on them."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.constructs.nag import acknowledge
from stacks.settings import Settings

VISIBILITY_FACTOR = 6
"""AWS's advice: room for the poller's own retries before a message shows again"""


class DeadLetterQueue(Construct):
    """Keeps what could not be handled for 14 days and raises an alarm with the first message."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, name: str, alarms: sns.ITopic
    ) -> None:
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=settings.name(f"{name}-dead"),
            retention_period=Duration.days(14),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        acknowledge(self.queue, "SQS3", "it is a dead-letter queue itself; what lands here waits for a person")
        waiting = self.queue.metric_approximate_number_of_messages_visible(
            period=Duration.minutes(1), statistic=cloudwatch.Stats.MAXIMUM
        )
        description = f"{name}: messages were given up on. docs/operations.md, “Dead letters”."
        _alarm(self, settings.name(f"{name}-dead"), description, waiting, 1, alarms)


class WorkQueue(Construct):
    """At-least-once work for one function, whose time-out the queue is built around.

    A message that nobody receives is never given up on, so an alarm says when the oldest is `stuck_after_s` old: longer
    than any message is put off.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        name: str,
        alarms: sns.ITopic,
        consumer_timeout_s: int,
        max_receives: int = 5,
        stuck_after_s: int = 600,
    ) -> None:
        super().__init__(scope, construct_id)
        self.consumer_timeout_s = consumer_timeout_s
        self.dead_letters = DeadLetterQueue(self, "DeadLetters", settings=settings, name=name, alarms=alarms)
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=settings.name(name),
            visibility_timeout=Duration.seconds(VISIBILITY_FACTOR * consumer_timeout_s),
            retention_period=Duration.days(4),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=max_receives, queue=self.dead_letters.queue),
        )
        oldest = self.queue.metric_approximate_age_of_oldest_message(period=Duration.minutes(1))
        description = f"{name}: the consumer does not keep up. docs/operations.md, “Alarms”."
        _alarm(self, settings.name(f"{name}-stuck"), description, oldest, stuck_after_s, alarms)


def _alarm(
    scope: Construct, name: str, description: str, metric: cloudwatch.Metric, threshold: int, alarms: sns.ITopic
) -> None:
    alarm = cloudwatch.Alarm(
        scope,
        "Alarm",
        alarm_name=name,
        alarm_description=description,
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    alarm.add_alarm_action(actions.SnsAction(alarms))

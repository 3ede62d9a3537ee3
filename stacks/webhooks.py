"""Job events on the bus → two lanes of queues → a signed request to a tenant's own address."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.constructs.function import Layers, PythonFunction
from stacks.constructs.queue import DeadLetterQueue, WorkQueue
from stacks.constructs.table import GET, PUT, QUERY, UPDATE
from stacks.data import DataStack
from stacks.settings import Settings

EVENTS = [f"generation.{state}" for state in ("queued", "running", "completed", "failed", "cancelled")]
"""What an endpoint can ask for. Every job passes through three of these, and most are wanted by nobody: such a one
costs its message and one query (docs/cost.md)."""
CONCURRENCY = 50
"""of each lane"""


class WebhooksStack(cdk.Stack):
    """Delivery has its own stack: the only functions here that talk to addresses tenants choose.

    Why there are two of them: docs/adr/0007-webhook-lanes.md.
    """

    def __init__(self, scope: Construct, settings: Settings, *, alarms: sns.ITopic, data: DataStack) -> None:
        super().__init__(scope, settings.stack_name("Webhooks"))
        self._settings, self._alarms, self._data = settings, alarms, data
        self.work = WorkQueue(
            self, "Work", settings=settings, name="webhooks", alarms=alarms, consumer_timeout_s=60, stuck_after_s=3600
        )
        self.quick = WorkQueue(
            self, "Quick", settings=settings, name="webhooks-quick", alarms=alarms, consumer_timeout_s=30
        )
        undelivered = DeadLetterQueue(
            self, "UndeliveredEvents", settings=settings, name="webhook-events", alarms=alarms
        )
        events.Rule(
            self,
            "JobEvents",
            rule_name=settings.name("job-events"),
            event_bus=data.bus,
            event_pattern=events.EventPattern(source=["roomwright"], detail_type=EVENTS),
            targets=[targets.SqsQueue(self.quick.queue, dead_letter_queue=undelivered.queue, retry_attempts=185)],
        )
        layers = Layers(self, settings=settings)
        self._deliver(layers, self.work, "slow", "")
        self._deliver(layers, self.quick, "quick", "quick")

    def _deliver(self, layers: Layers, work: WorkQueue, lane: str, variant: str) -> None:
        """The consumer of one lane."""
        data = self._data
        deliver = PythonFunction(
            self,
            settings=self._settings,
            name="deliver_webhook",
            variant=variant,
            layers=layers.base,
            timeout_s=work.consumer_timeout_s,
            environment={
                "TABLE_NAME": data.table.table.table_name,
                "BUCKET_NAME": data.bucket_name,
                "WEBHOOK_LANE": lane,
                "WEBHOOK_QUEUE_URL": self.work.queue.queue_url,
                "QUICK_WEBHOOK_QUEUE_URL": self.quick.queue.queue_url,
                "WEBHOOK_SECRET_ARN": data.webhook_secret.secret_arn,
                "SIGNED_URL_SECONDS": "3600",
                "EGRESS_ALLOW": self._settings.egress_allow,
            },
            alarms=self._alarms,
        )
        deliver.allow([GET, PUT, UPDATE, QUERY], data.table.arn)
        deliver.allow_objects("s3:GetObject", data.bucket_arn, "tenants/*")  # to sign links to the outputs
        deliver.allow(["secretsmanager:GetSecretValue"], data.webhook_secret.secret_arn)
        deliver.allow(["sqs:SendMessage"], self.work.queue.queue_arn, self.quick.queue.queue_arn)
        deliver.consume(work, batch_size=1, max_concurrency=CONCURRENCY)

"""One job's way from the table's stream to its end: relay, line, inference, settlement, sweep."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from stacks.constructs.function import Layers, PythonFunction
from stacks.constructs.queue import DeadLetterQueue, WorkQueue
from stacks.constructs.state_machine import JobStateMachine
from stacks.constructs.table import DELETE, GET, PUT, QUERY, UPDATE
from stacks.constructs.topic import encrypted_topic
from stacks.data import DataStack
from stacks.settings import Settings
from stacks.webhooks import WebhooksStack


class PipelineStack(cdk.Stack):
    """The table's stream is the outbox; everything after it may be repeated without harm."""

    def __init__(
        self,
        scope: Construct,
        settings: Settings,
        *,
        alarms: sns.ITopic,
        key: kms.IKey,
        data: DataStack,
        webhooks: WebhooksStack,
    ) -> None:
        super().__init__(scope, settings.stack_name("Pipeline"))
        self._settings, self._alarms, self._data = settings, alarms, data
        self._layers = Layers(self, settings=settings, imaging=True)
        self._table = {"TABLE_NAME": data.table.table.table_name}
        self._bucket = {"BUCKET_NAME": data.bucket_name}

        self.jobs = self._queue("Jobs", "jobs", consumer_timeout_s=30)
        self._relay_changes()
        self._ingest_source()
        self._inference(key)
        self._sweep_jobs(webhooks)
        for output, value in {
            "SuccessTopicArn": self.success.topic_arn,
            "ErrorTopicArn": self.error.topic_arn,
            "StateMachineArn": self.machine.arn,
            "EndpointName": settings.endpoint_name,
        }.items():
            cdk.CfnOutput(self, output, value=value)

    def _queue(self, construct_id: str, name: str, *, consumer_timeout_s: int) -> WorkQueue:
        return WorkQueue(
            self,
            construct_id,
            settings=self._settings,
            name=name,
            alarms=self._alarms,
            consumer_timeout_s=consumer_timeout_s,
        )

    def _dead_letters(self, construct_id: str, name: str) -> DeadLetterQueue:
        return DeadLetterQueue(self, construct_id, settings=self._settings, name=name, alarms=self._alarms)

    def _function(
        self, name: str, environment: dict[str, str], *, timeout_s: int, memory_mb: int = 512, imaging: bool = False
    ) -> PythonFunction:
        return PythonFunction(
            self,
            settings=self._settings,
            name=name,
            layers=self._layers.imaging if imaging else self._layers.base,
            timeout_s=timeout_s,
            memory_mb=memory_mb,
            environment=environment,
            alarms=self._alarms,
        )

    def _relay_changes(self) -> None:
        """Stream → queues and bus. A record that cannot be read is set aside at once, one that cannot be sent after
        hours; either way its alarm is the queue's, and the sweeper finds its job.
        """
        unrelayed = self._dead_letters("UnrelayedChanges", "changes").queue
        environment = {
            "UNRELAYED_QUEUE_URL": unrelayed.queue_url,
            "BUS_NAME": self._data.bus.event_bus_name,
            "JOBS_QUEUE_URL": self.jobs.queue.queue_url,
            "INGEST_QUEUE_URL": self._data.ingest.queue.queue_url,
            **self._bucket,
        }
        relay = self._function("relay_changes", environment, timeout_s=60)
        queues = (self.jobs.queue.queue_arn, self._data.ingest.queue.queue_arn, unrelayed.queue_arn)
        relay.allow(["sqs:SendMessage"], *queues)
        relay.allow(["events:PutEvents"], self._data.bus.event_bus_arn)
        relay.allow_objects("s3:PutObject", self._data.bucket_arn, "tenants/*/jobs/*/stop.json")
        stream_arn = self._data.table.table.table_stream_arn
        assert stream_arn is not None  # noqa: S101 - the table has a stream
        relay.allow(
            ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
            stream_arn,
        )
        kinds = lambda_.FilterCriteria.filter(
            {"dynamodb": {"NewImage": {"kind": {"S": lambda_.FilterRule.or_("job", "asset", "account", "endpoint")}}}}
        )
        # No count of attempts, which an outage of the bus uses up in a minute: events would be lost with it.
        mapping = lambda_.EventSourceMapping(
            self,
            "Stream",
            target=relay.function,
            event_source_arn=stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=100,
            max_record_age=Duration.hours(6),
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            on_failure=sources.SqsDlq(unrelayed),
            filters=[kinds],
        )
        mapping.node.add_dependency(relay.role)
        age = relay.function.metric("IteratorAge", period=Duration.minutes(1), statistic=cloudwatch.Stats.MAXIMUM)
        self._alarm_on_lag(age)

    def _ingest_source(self) -> None:
        environment = {**self._table, **self._bucket, "EGRESS_ALLOW": self._settings.egress_allow}
        # 1769 MB is one full vCPU: decoding is the work.
        ingest = self._function(
            "ingest_source",
            environment,
            timeout_s=self._data.ingest.consumer_timeout_s,
            memory_mb=1769,
            imaging=True,
        )
        ingest.allow([GET, PUT, UPDATE], self._data.table.arn)
        ingest.allow(["s3:ListBucket"], self._data.bucket_arn)  # or S3 calls a missing upload forbidden
        ingest.allow_objects("s3:GetObject", self._data.bucket_arn, "uploads/*")
        ingest.allow_objects("s3:PutObject", self._data.bucket_arn, "tenants/*/sources/*")
        ingest.allow_objects("s3:DeleteObject", self._data.bucket_arn, "tenants/*/sources/*")  # written, and too late
        ingest.consume(self._data.ingest, batch_size=1, max_concurrency=20)

    def _inference(self, key: kms.IKey) -> None:
        """The state machine, and the road back into it from the endpoint's notifications."""
        data = self._data
        notifications = self._queue("Notifications", "inference", consumer_timeout_s=30)
        finish = self._function("finish_job", {**self._table, **self._bucket}, timeout_s=30)
        finish.allow([GET, PUT, UPDATE, DELETE], data.table.arn)
        finish.allow(["s3:ListBucket"], data.bucket_arn)
        finish.allow_objects("s3:GetObject", data.bucket_arn, "inference/results/*")
        finish.allow_objects("s3:PutObject", data.bucket_arn, "tenants/*/jobs/*")
        finish.allow_objects("s3:DeleteObject", data.bucket_arn, "tenants/*/jobs/*")  # of a job cancelled meanwhile

        self.machine = JobStateMachine(
            self,
            "Job",
            settings=self._settings,
            alarms=self._alarms,
            start=self._start_inference(notifications).function,
            finish=finish.function,
        )
        dispatch_environment = {**self._table, "STATE_MACHINE_ARN": self.machine.arn}
        dispatch = self._function("dispatch_jobs", dispatch_environment, timeout_s=self.jobs.consumer_timeout_s)
        dispatch.allow([GET, QUERY, UPDATE, DELETE], data.table.arn)
        dispatch.allow(["states:StartExecution"], self.machine.arn)
        dispatch.consume(self.jobs, batch_size=10, max_concurrency=10)
        self._hear_notifications(notifications, key)
        resume = self._function("resume_job", dispatch_environment, timeout_s=notifications.consumer_timeout_s)
        resume.allow([GET], data.table.arn)
        resume.allow(["states:SendTaskSuccess", "states:SendTaskFailure"], self.machine.arn)
        resume.consume(notifications, batch_size=10, max_concurrency=10)

    def _start_inference(self, notifications: WorkQueue) -> PythonFunction:
        """Asks the endpoint. The samples of test jobs it makes itself, and announces them as the endpoint would."""
        settings, data = self._settings, self._data
        environment = {
            **self._table,
            **self._bucket,
            "ENDPOINT_NAME": settings.endpoint_name,
            "JOB_TIMEOUT_SECONDS": str(settings.job_timeout_s),
            "INFERENCE_QUEUE_URL": notifications.queue.queue_url,
        }
        if settings.sagemaker_runtime_endpoint:
            environment["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"] = settings.sagemaker_runtime_endpoint
        start = self._function("start_inference", environment, timeout_s=60, memory_mb=1769, imaging=True)
        start.allow([GET, UPDATE], data.table.arn)
        start.allow(
            ["sagemaker:InvokeEndpointAsync"],
            self.format_arn(service="sagemaker", resource="endpoint", resource_name=settings.endpoint_name),
        )
        start.allow(["s3:ListBucket"], data.bucket_arn)
        start.allow_objects("s3:GetObject", data.bucket_arn, "tenants/*/sources/*")
        start.allow_objects("s3:PutObject", data.bucket_arn, "tenants/*/jobs/*", "inference/results/*")
        start.allow(["sqs:SendMessage"], notifications.queue.queue_arn)
        return start

    def _hear_notifications(self, notifications: WorkQueue, key: kms.IKey) -> None:
        self.success, self.error = (
            encrypted_topic(self, f"Inference{kind}", name=self._settings.name(f"inference-{kind.lower()}"), key=key)
            for kind in ("Success", "Error")
        )
        undelivered = self._dead_letters("UndeliveredNotifications", "notifications")
        for topic in (self.success, self.error):
            topic.add_subscription(
                subscriptions.SqsSubscription(
                    notifications.queue, raw_message_delivery=True, dead_letter_queue=undelivered.queue
                )
            )

    def _sweep_jobs(self, webhooks: WebhooksStack) -> None:
        """Once a minute: end what went silent, re-send what a queue may have lost."""
        environment = {
            **self._table,
            "JOBS_QUEUE_URL": self.jobs.queue.queue_url,
            "INGEST_QUEUE_URL": self._data.ingest.queue.queue_url,
            "WEBHOOK_QUEUE_URL": webhooks.work.queue.queue_url,
        }
        sweep = self._function("sweep_jobs", environment, timeout_s=55)
        sweep.allow([GET, PUT, UPDATE, DELETE], self._data.table.arn)
        sweep.allow([QUERY], self._data.table.open_index_arn)
        sweep.allow(
            ["sqs:SendMessage"],
            self.jobs.queue.queue_arn,
            self._data.ingest.queue.queue_arn,
            webhooks.work.queue.queue_arn,
        )
        dead_letters = self._dead_letters("MissedSweeps", "sweep")
        sweep.function.configure_async_invoke(
            retry_attempts=0,
            max_event_age=Duration.minutes(1),
            on_failure=destinations.SqsDestination(dead_letters.queue),
        )
        events.Rule(
            self,
            "EveryMinute",
            rule_name=self._settings.name("sweep"),
            schedule=events.Schedule.rate(Duration.minutes(1)),
            targets=[targets.LambdaFunction(sweep.function, dead_letter_queue=dead_letters.queue, retry_attempts=0)],
        )

    def _alarm_on_lag(self, age: cloudwatch.Metric) -> None:
        """A stream that waits without failing shows in no dead-letter queue, and in no function's errors."""
        alarm = cloudwatch.Alarm(
            self,
            "ChangesStuck",
            alarm_name=self._settings.name("changes-stuck"),
            alarm_description="The stream is not relayed. docs/operations.md, “Alarms”.",
            metric=age,
            threshold=180_000,
            evaluation_periods=5,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(cloudwatch_actions.SnsAction(self._alarms))

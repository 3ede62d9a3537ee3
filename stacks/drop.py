"""The drop folder: photos put into the bucket become jobs, and their ends come back into it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.constructs.function import Layers, PythonFunction
from stacks.constructs.queue import DeadLetterQueue, WorkQueue
from stacks.constructs.table import GET, PUT, UPDATE
from stacks.data import DataStack
from stacks.settings import Settings


class DropStack(cdk.Stack):
    """Another client of the pipeline: it enters by the same admission, and hears of ends from the bus."""

    def __init__(self, scope: Construct, settings: Settings, *, alarms: sns.ITopic, data: DataStack) -> None:
        super().__init__(scope, settings.stack_name("Drop"))
        self._settings, self._alarms, self._data = settings, alarms, data
        self._layers = Layers(self, settings=settings)
        self._store = {"TABLE_NAME": data.table.table.table_name, "BUCKET_NAME": data.bucket_name}
        self.returns = WorkQueue(
            self, "Returns", settings=settings, name="returns", alarms=alarms, consumer_timeout_s=60
        )
        self._receive_drop()
        self._return_drop()

    def _function(self, name: str, environment: dict[str, str], timeout_s: int) -> PythonFunction:
        return PythonFunction(
            self,
            settings=self._settings,
            name=name,
            layers=self._layers.base,
            timeout_s=timeout_s,
            environment={**self._store, **environment},
            alarms=self._alarms,
        )

    def _receive_drop(self) -> None:
        data, returns = self._data, self.returns.queue
        environment = {
            "DROP_QUEUE_URL": data.drop.queue.queue_url,
            "RETURNS_QUEUE_URL": returns.queue_url,
            "EGRESS_ALLOW": self._settings.egress_allow,
        }
        receive = self._function("receive_drop", environment, data.drop.consumer_timeout_s)
        receive.allow([GET, PUT, UPDATE], data.table.arn)
        receive.allow(["s3:ListBucket"], data.bucket_arn)  # or S3 calls a missing manifest forbidden
        receive.allow_objects("s3:GetObject", data.bucket_arn, "inbox/*")
        receive.allow_objects("s3:PutObject", data.bucket_arn, "uploads/*", "inbox/*.error.json")
        # A drop that has to wait, and one whose job had ended.
        receive.allow(["sqs:SendMessage"], data.drop.queue.queue_arn, returns.queue_arn)
        receive.consume(data.drop, batch_size=5, max_concurrency=5)

    def _return_drop(self) -> None:
        undelivered = DeadLetterQueue(
            self, "UndeliveredEvents", settings=self._settings, name="return-events", alarms=self._alarms
        )
        events.Rule(
            self,
            "DropEnded",
            rule_name=self._settings.name("drop-ended"),
            event_bus=self._data.bus,
            event_pattern=events.EventPattern(
                source=["roomwright"],
                detail_type=["generation.completed", "generation.failed", "generation.cancelled"],
                detail={"origin": ["drop"]},
            ),
            targets=[targets.SqsQueue(self.returns.queue, dead_letter_queue=undelivered.queue, retry_attempts=185)],
        )
        give = self._function("return_drop", {}, self.returns.consumer_timeout_s)
        give.allow([GET], self._data.table.arn)
        give.allow_objects("s3:GetObject", self._data.bucket_arn, "tenants/*/jobs/*")
        give.allow_objects("s3:PutObject", self._data.bucket_arn, "results/*", "inbox/*.error.json")
        give.consume(self.returns, batch_size=5, max_concurrency=5)

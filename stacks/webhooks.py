"""Job events on the bus → queue → a signed request to the tenant's own address."""

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


class WebhooksStack(cdk.Stack):
    """Delivery has its own stack: the only function here that talks to addresses tenants choose."""

    def __init__(self, scope: Construct, settings: Settings, *, alarms: sns.ITopic, data: DataStack) -> None:
        super().__init__(scope, settings.stack_name("Webhooks"))
        self.work = WorkQueue(self, "Work", settings=settings, name="webhooks", alarms=alarms, consumer_timeout_s=60)
        undelivered = DeadLetterQueue(
            self, "UndeliveredEvents", settings=settings, name="webhook-events", alarms=alarms
        )
        events.Rule(
            self,
            "JobEnded",
            rule_name=settings.name("job-ended"),
            event_bus=data.bus,
            event_pattern=events.EventPattern(
                source=["roomwright"], detail_type=["generation.completed", "generation.failed"]
            ),
            targets=[targets.SqsQueue(self.work.queue, dead_letter_queue=undelivered.queue, retry_attempts=185)],
        )
        deliver = PythonFunction(
            self,
            settings=settings,
            name="deliver_webhook",
            layers=Layers(self, settings=settings).base,
            timeout_s=self.work.consumer_timeout_s,
            environment={
                "TABLE_NAME": data.table.table.table_name,
                "BUCKET_NAME": data.bucket_name,
                "WEBHOOK_QUEUE_URL": self.work.queue.queue_url,
                "WEBHOOK_SECRET_ARN": data.webhook_secret.secret_arn,
                "SIGNED_URL_SECONDS": "3600",
                "EGRESS_ALLOW": settings.egress_allow,
            },
            alarms=alarms,
        )
        deliver.allow([GET, PUT, UPDATE], data.table.arn)
        deliver.allow_objects("s3:GetObject", data.bucket_arn, "tenants/*")  # to sign links to the outputs
        deliver.allow(["secretsmanager:GetSecretValue"], data.webhook_secret.secret_arn)
        deliver.allow(["sqs:SendMessage"], self.work.queue.queue_arn)
        deliver.consume(self.work, batch_size=1, max_concurrency=50)

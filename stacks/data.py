"""What outlives every release: the table, the buckets with the queues they write to, the bus, the secret."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.constructs.nag import acknowledge
from stacks.constructs.queue import WorkQueue
from stacks.constructs.table import SingleTable
from stacks.settings import Settings


class DataStack(cdk.Stack):
    """State. The bucket's two queues live here because S3 refuses a destination that does not exist yet."""

    def __init__(self, scope: Construct, settings: Settings, *, alarms: sns.ITopic) -> None:
        super().__init__(scope, settings.stack_name("Data"))
        self.table = SingleTable(self, "Store")
        self.ingest = WorkQueue(self, "Ingest", settings=settings, name="ingest", alarms=alarms, consumer_timeout_s=90)
        self.drop = WorkQueue(
            self, "Drop", settings=settings, name="drop", alarms=alarms, consumer_timeout_s=30, stuck_after_s=3600
        )
        # Named, so that the queues' policies can name it while it waits for them.
        self.bucket_name = f"roomwright-{settings.stage}-{self.account}-{self.region}"
        self.bucket_arn = f"arn:{self.partition}:s3:::{self.bucket_name}"
        self._media_bucket(self._log_bucket())
        self.bus = events.EventBus(self, "Bus", event_bus_name=settings.name("events"))
        self.webhook_secret = self._webhook_secret()
        for output, value in {
            "TableName": self.table.table.table_name,
            "BucketName": self.bucket_name,
            "BusName": self.bus.event_bus_name,
            "WebhookSecretArn": self.webhook_secret.secret_arn,
        }.items():
            cdk.CfnOutput(self, output, value=value)

    def _log_bucket(self) -> s3.Bucket:
        return s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            lifecycle_rules=[s3.LifecycleRule(id="expire", expiration=Duration.days(90))],
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _media_bucket(self, logs: s3.Bucket) -> None:
        def expire(prefix: str, days: int) -> s3.LifecycleRule:
            return s3.LifecycleRule(
                id=prefix.replace("/", "-").strip("-"), prefix=prefix, expiration=Duration.days(days)
            )

        bucket = s3.Bucket(
            self,
            "Media",
            bucket_name=self.bucket_name,
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            server_access_logs_bucket=logs,
            server_access_logs_prefix="media/",
            # Nothing of `tenants/`: that is counted as the organisations' until they erase it (adr/0008-storage.md).
            lifecycle_rules=[
                s3.LifecycleRule(id="abandoned-parts", abort_incomplete_multipart_upload_after=Duration.days(1)),
                expire("uploads/", 1),
                expire("inbox/", 30),
                expire("results/", 90),
                expire("inference/results/", 7),
                expire("inference/failures/", 7),
            ],
            removal_policy=RemovalPolicy.RETAIN,
        )
        # On the resource itself: the construct's own way would deploy a Lambda just to set this.
        resource = bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)  # noqa: S101 - what CDK promises, for the type checker
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[
                self._notify(self.ingest, "uploads/", resource),
                self._notify(self.drop, "inbox/", resource),
            ]
        )

    def _notify(self, work: WorkQueue, prefix: str, bucket: s3.CfnBucket) -> s3.CfnBucket.QueueConfigurationProperty:
        """Let the bucket write to `work`, and have it say when an object appears below `prefix`."""
        allowed = work.queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[work.queue.queue_arn],
                conditions={
                    "ArnEquals": {"aws:SourceArn": self.bucket_arn},
                    "StringEquals": {"aws:SourceAccount": self.account},
                },
            )
        )
        if allowed.policy_dependable is not None:
            bucket.node.add_dependency(allowed.policy_dependable)
        return s3.CfnBucket.QueueConfigurationProperty(
            event="s3:ObjectCreated:*",
            queue=work.queue.queue_arn,
            filter=s3.CfnBucket.NotificationFilterProperty(
                s3_key=s3.CfnBucket.S3KeyFilterProperty(
                    rules=[s3.CfnBucket.FilterRuleProperty(name="prefix", value=prefix)]
                )
            ),
        )

    def _webhook_secret(self) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            "WebhookMaster",
            description="Tenants' webhook signing keys are derived from `master`",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template="{}",  # noqa: S106 - an empty object, which `master` is generated into
                generate_string_key="master",
                password_length=64,
                exclude_characters="ghijklmnopqrstuvwxyz",
                exclude_uppercase=True,
                exclude_punctuation=True,
            ),
            removal_policy=RemovalPolicy.RETAIN,
        )
        acknowledge(
            secret,
            "SMG4",
            "rotating the master would void every tenant's signing key at once; a tenant's own key rotates by version",
        )
        return secret

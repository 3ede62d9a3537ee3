"""The public API: one gateway, a proxy function for each dialect, a firewall in front; and the operators' function."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.constructs.edge import Firewall, FirewallAssociation
from stacks.constructs.function import Layers, PythonFunction
from stacks.constructs.gateway import TIMEOUT_S, Gateway
from stacks.constructs.nag import acknowledge
from stacks.constructs.table import DELETE, GET, PUT, QUERY, UPDATE
from stacks.data import DataStack
from stacks.settings import Settings
from stacks.webhooks import WebhooksStack

API_TIMEOUT_S = TIMEOUT_S - 1
"""or the gateway gives up first, and the log never says on what"""
JOB = "generations/{job_id}"
DELIVERY = f"{JOB}/deliveries/{{delivery_id}}"
KATALO = ("{proxy+}", "generations", JOB, f"{JOB}/{{proxy+}}", f"{JOB}/deliveries", DELIVERY)
"""The longer ones stand on the way to `replay`: a path that matched them is not looked up anywhere else."""
MANAGE = ("keys", "keys/{proxy+}", "webhooks", "webhooks/{proxy+}", f"{DELIVERY}/replay")


class ApiStack(cdk.Stack):
    """Authentication, validation and errors are the functions' own; the gateway limits and logs."""

    def __init__(
        self, scope: Construct, settings: Settings, *, alarms: sns.ITopic, data: DataStack, webhooks: WebhooksStack
    ) -> None:
        super().__init__(scope, settings.stack_name("Api"))
        self._settings, self._alarms, self._data, self._webhooks = settings, alarms, data, webhooks
        self._layers = Layers(self, settings=settings)
        gateway = Gateway(self, settings=settings, alarms=alarms)
        gateway.route(self._katalo().function, *KATALO)
        gateway.route(self._manage().function, *MANAGE)
        administer = self._administer()

        firewall = Firewall(self, "Firewall", settings=settings)
        if settings.is_local:
            acknowledge(gateway.stage, "APIG3", "the emulator knows no firewall association; deployed stages have it")
        else:
            FirewallAssociation(self, "Guard", firewall=firewall, stage=gateway.stage)
        for output, value in {
            "ApiId": gateway.api.rest_api_id,
            "ApiStage": gateway.stage.stage_name,
            "ApiUrl": gateway.api.url,
            "AdministerFunction": administer.function.function_name,
        }.items():
            cdk.CfnOutput(self, output, value=value)

    def _function(self, name: str, environment: dict[str, str], *, timeout_s: int, memory_mb: int) -> PythonFunction:
        return PythonFunction(
            self,
            settings=self._settings,
            name=name,
            layers=self._layers.base,
            timeout_s=timeout_s,
            memory_mb=memory_mb,
            environment={"TABLE_NAME": self._data.table.table.table_name, **environment},
            alarms=self._alarms,
        )

    def _katalo(self) -> PythonFunction:
        data = self._data
        environment = {
            "BUCKET_NAME": data.bucket_name,
            "SIGNED_URL_SECONDS": "3600",
            "EGRESS_ALLOW": self._settings.egress_allow,
        }
        katalo = self._function("katalo_api", environment, timeout_s=API_TIMEOUT_S, memory_mb=1024)
        katalo.allow([GET, QUERY, PUT, UPDATE, DELETE], data.table.arn)  # a cancelled job leaves the waiting line
        katalo.allow(["s3:ListBucket"], data.bucket_arn)  # or S3 calls progress that is not there yet forbidden
        katalo.allow_objects("s3:PutObject", data.bucket_arn, "uploads/*")
        katalo.allow_objects("s3:GetObject", data.bucket_arn, "tenants/*")
        katalo.allow_objects("s3:DeleteObject", data.bucket_arn, "tenants/*/sources/*", "tenants/*/jobs/*")
        return katalo

    def _manage(self) -> PythonFunction:
        """Keys and webhook endpoints: it can show signing secrets, but has no way to the bucket."""
        data, work = self._data, self._webhooks.work.queue
        environment = {
            "WEBHOOK_SECRET_ARN": data.webhook_secret.secret_arn,
            "WEBHOOK_QUEUE_URL": work.queue_url,
            "EGRESS_ALLOW": self._settings.egress_allow,
        }
        manage = self._function("manage_api", environment, timeout_s=API_TIMEOUT_S, memory_mb=1024)
        manage.allow([GET, QUERY, PUT, UPDATE, DELETE], data.table.arn)
        manage.allow(["secretsmanager:GetSecretValue"], data.webhook_secret.secret_arn)
        manage.allow(["sqs:SendMessage"], work.queue_arn)
        return manage

    def _administer(self) -> PythonFunction:
        """Tenants, credits, plans and first keys. No trigger: whoever may invoke it by IAM is an operator."""
        data = self._data
        environment = {
            "WEBHOOK_SECRET_ARN": data.webhook_secret.secret_arn,
            "EGRESS_ALLOW": self._settings.egress_allow,
        }
        administer = self._function("administer", environment, timeout_s=30, memory_mb=256)
        administer.allow([GET, QUERY, PUT, UPDATE], data.table.arn)
        administer.allow(["secretsmanager:GetSecretValue"], data.webhook_secret.secret_arn)
        return administer

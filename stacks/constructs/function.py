"""The one way a Lambda is built: its own role, its own log group, nothing it does not need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.constructs.nag import acknowledge, acknowledge_wildcard
from stacks.constructs.queue import WorkQueue
from stacks.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


class Layers(Construct):
    """A stack's layer versions, built beforehand and read from the settings' directory."""

    def __init__(self, scope: Construct, *, settings: Settings, imaging: bool = False) -> None:
        super().__init__(scope, "Layers")
        self._settings = settings
        self.base: list[lambda_.ILayerVersion] = [self._layer("core"), self._layer("dependencies")]
        self.imaging: list[lambda_.ILayerVersion] = [*self.base, self._layer("imaging")] if imaging else []

    def _layer(self, name: str) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            name.capitalize(),
            code=lambda_.Code.from_asset(str(self._settings.layers / name)),
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
            compatible_architectures=[lambda_.Architecture.ARM_64],
        )


class PythonFunction(Construct):
    """`functions/<name>/handler.py` as a Lambda. What it may touch is added by `allow…`, one resource at a time.

    The same code may be deployed more than once, each time as another `variant` with its own role, limits and logs.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        settings: Settings,
        name: str,
        layers: Sequence[lambda_.ILayerVersion],
        timeout_s: int,
        memory_mb: int = 512,
        environment: Mapping[str, str],
        alarms: sns.ITopic,
        variant: str = "",
    ) -> None:
        deployed = f"{name}_{variant}" if variant else name
        super().__init__(scope, "".join(word.capitalize() for word in deployed.split("_")))
        physical_name = settings.name(deployed.replace("_", "-"))
        log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{physical_name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=physical_name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            code=lambda_.Code.from_asset(str(ROOT / "functions" / name), exclude=["__pycache__"]),
            handler="handler.handler",
            layers=list(layers),
            role=self.role,
            timeout=Duration.seconds(timeout_s),
            memory_size=memory_mb,
            tracing=lambda_.Tracing.ACTIVE,
            log_group=log_group,
            environment={
                "ROOMWRIGHT_STAGE": settings.stage,
                "POWERTOOLS_SERVICE_NAME": name,
                **environment,
            },
        )
        self._alarm(physical_name, alarms)
        acknowledge_wildcard(self.role, "*", "xray:PutTraceSegments and PutTelemetryRecords have no resource level")
        acknowledge(
            self.function,
            "L1",
            "python3.13 on purpose: quicker cold starts than 3.14 on arm64, and the layers hold wheels for it",
        )

    def _alarm(self, name: str, alarms: sns.ITopic) -> None:
        """Handlers report a message they could not handle to its queue; an error of the function is a fault."""
        alarm = cloudwatch.Alarm(
            self,
            "Errors",
            alarm_name=f"{name}-errors",
            alarm_description="The function keeps failing. docs/operations.md, “Alarms”.",
            metric=self.function.metric_errors(period=Duration.minutes(5)),
            threshold=3,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(cloudwatch_actions.SnsAction(alarms))

    def allow(self, actions: Sequence[str], *resources: str) -> None:
        """Let the function do exactly `actions` on exactly `resources`."""
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=list(resources)))

    def allow_objects(self, action: str, bucket_arn: str, *patterns: str) -> None:
        """Let the function do `action` on objects whose keys match `patterns`, and on no others of the bucket."""
        for pattern in patterns:
            resource = f"{bucket_arn}/{pattern}"
            self.allow([action], resource)
            acknowledge_wildcard(self.role, resource, f"keys of {pattern} are made at run time; no others match it")

    def consume(self, work: WorkQueue, *, batch_size: int, max_concurrency: int) -> None:
        """Feed the function from a queue; a message that fails does not hold up its batch."""
        self.function.add_event_source(
            sources.SqsEventSource(
                work.queue, batch_size=batch_size, max_concurrency=max_concurrency, report_batch_item_failures=True
            )
        )

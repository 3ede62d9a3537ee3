"""The one REST API: it routes, limits and logs. Keys, validation and errors are the functions' own."""

from __future__ import annotations

import json

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.constructs.nag import acknowledge
from stacks.settings import Settings

TIMEOUT_S = 29
"""the gateway's own patience, which cannot be raised without asking AWS"""
MOST_A_SECOND, BURST = 500, 1000
"""of the whole stage; what one key, organisation or address may do is the functions' business"""

_ACCESS_LOG = {
    "request_id": "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "path": "$context.path",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_ms": "$context.integrationLatency",
    "error": "$context.error.responseType",
}
"""No query, no headers: they carry keys and signatures."""


def refusal(code: str, message: str, *, retry_after: int | None = None) -> str:
    """JSON of the error envelope, as the functions write it."""
    retryable = retry_after is not None
    return json.dumps({"error": {"code": code, "message": message, "retryable": retryable, "retry_after": retry_after}})


class Gateway:
    """A regional REST API with one stage, right in its stack."""

    def __init__(self, scope: Construct, *, settings: Settings, alarms: sns.ITopic) -> None:
        access_logs = logs.LogGroup(
            scope,
            "AccessLogs",
            log_group_name=f"/aws/apigateway/{settings.name('api')}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.api = apigateway.RestApi(
            scope,
            "Gateway",
            rest_api_name=settings.name("api"),
            endpoint_configuration=apigateway.EndpointConfiguration(types=[apigateway.EndpointType.REGIONAL]),
            # Every body as bytes: the gateway would match a media type letter by letter, and what it does not match
            # it decodes as text, which no photo survives.
            binary_media_types=["*/*"],
            deploy_options=apigateway.StageOptions(
                stage_name=settings.stage,
                throttling_rate_limit=MOST_A_SECOND,
                throttling_burst_limit=BURST,
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                data_trace_enabled=False,  # it would log keys and photos
                metrics_enabled=True,
                tracing_enabled=True,
                access_log_destination=apigateway.LogGroupLogDestination(access_logs),
                access_log_format=apigateway.AccessLogFormat.custom(json.dumps(_ACCESS_LOG)),
            ),
        )
        acknowledge(
            self.api, "APIG2", "bodies are validated by the functions, whose refusals wear each dialect's envelope"
        )
        self._allow_logging(scope)
        self._add_refusals()
        self._alarm(scope, settings, alarms)

    @property
    def stage(self) -> apigateway.Stage:
        return self.api.deployment_stage

    def route(self, function: lambda_.IFunction, *paths: str) -> None:
        """Every method of these paths below /api/v1, OPTIONS too, goes to `function`."""
        for path in paths:
            method = self.api.root.resource_for_path(f"api/v1/{path}").add_method(
                "ANY", apigateway.LambdaIntegration(function, allow_test_invoke=False, scope_permission_to_method=False)
            )
            keys = "the function checks the API key: every dialect carries it elsewhere, and refusals wear its envelope"
            acknowledge(method, "APIG4", keys)
            acknowledge(method, "COG4", "callers are machines with API keys, not people with a sign-in")

    def _allow_logging(self, scope: Construct) -> None:
        """API Gateway writes no log in a region until the account names a role for it."""
        role = iam.Role(
            scope,
            "GatewayLogging",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AmazonAPIGatewayPushToCloudWatchLogs")
            ],
        )
        policy = "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
        acknowledge(role, f"IAM4[{policy}]", "the account-wide role API Gateway asks for; AWS keeps its policy current")
        account = apigateway.CfnAccount(scope, "GatewayAccount", cloud_watch_role_arn=role.role_arn)
        account.apply_removal_policy(RemovalPolicy.RETAIN)  # other APIs of the account may log through it
        self.stage.node.add_dependency(account)

    def _add_refusals(self) -> None:
        """What the gateway refuses by itself wears the same envelope as what the functions refuse."""
        kinds = apigateway.ResponseType
        too_large = (
            "The request is larger than the API takes. Reserve an upload with POST /api/v1/source-assets and the JSON "
            '{"upload": {"content_type": …, "size_bytes": …}}, then send the file to the form in the answer.'
        )
        refusals = [
            (kinds.DEFAULT_4_XX, None, "bad_request", "The request was refused.", None),
            (kinds.DEFAULT_5_XX, None, "internal_error", "The request failed on our side. Send it again.", 5),
            (kinds.MISSING_AUTHENTICATION_TOKEN, "404", "not_found", _NO_PATH, None),
            (kinds.REQUEST_TOO_LARGE, "413", "payload_too_large", too_large, None),
            (kinds.THROTTLED, "429", "rate_limited", "Too many requests. Wait a second and send it again.", 1),
            (kinds.WAF_FILTERED, "403", "forbidden", "The request was refused by the firewall.", None),
            (kinds.INTEGRATION_TIMEOUT, "504", "internal_error", "The answer took too long. Send it again.", 5),
        ]
        for kind, status, code, message, retry_after in refusals:
            self.api.add_gateway_response(
                f"Refusal{kind.response_type.title().replace('_', '')}",
                type=kind,
                status_code=status,
                templates={"application/json": refusal(code, message, retry_after=retry_after)},
                response_headers={"Retry-After": f"'{retry_after}'"} if retry_after else None,
            )

    def _alarm(self, scope: Construct, settings: Settings, alarms: sns.ITopic) -> None:
        alarm = cloudwatch.Alarm(
            scope,
            "ServerErrors",
            alarm_name=settings.name("api-5xx"),
            alarm_description="The API answers 5xx. docs/operations.md, “Alarms”.",
            metric=self.api.metric_server_error(period=Duration.minutes(5), statistic=cloudwatch.Stats.SUM),
            threshold=5,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(cloudwatch_actions.SnsAction(alarms))


_NO_PATH = "There is no such path. They start with /api/v1/."

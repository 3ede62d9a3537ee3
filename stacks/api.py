"""The public API: one regional REST API, one proxy function per dialect, a firewall in front."""

from __future__ import annotations

import json

import aws_cdk as cdk
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.constructs.edge import Firewall, FirewallAssociation
from stacks.constructs.function import Layers, PythonFunction
from stacks.constructs.nag import acknowledge
from stacks.constructs.table import GET, PUT, QUERY, UPDATE
from stacks.data import DataStack
from stacks.settings import Settings

GATEWAY_TIMEOUT_S = 29


class ApiStack(cdk.Stack):
    """Authentication, validation and errors are the functions' own; the gateway limits and logs."""

    def __init__(self, scope: Construct, settings: Settings, *, alarms: sns.ITopic, data: DataStack) -> None:
        super().__init__(scope, settings.stack_name("Api"))
        api = self._gateway(settings)
        katalo = self._katalo(settings, alarms, data)
        proxy = api.root.add_resource("api").add_resource("v1").add_resource("{proxy+}")
        method = proxy.add_method("ANY", apigateway.LambdaIntegration(katalo.function, allow_test_invoke=False))
        keys = "the function checks the API key: every dialect carries it elsewhere, and refusals wear its envelope"
        acknowledge(method, "APIG4", keys)
        acknowledge(method, "COG4", "callers are machines with API keys, not people with a sign-in")
        _add_refusals(api)
        self._alarm(settings, alarms, api)

        firewall = Firewall(self, "Firewall", settings=settings)
        if settings.is_local:
            acknowledge(
                api.deployment_stage, "APIG3", "the emulator knows no firewall association; deployed stages have it"
            )
        else:
            FirewallAssociation(self, "Guard", firewall=firewall, stage=api.deployment_stage)
        cdk.CfnOutput(self, "ApiId", value=api.rest_api_id)
        cdk.CfnOutput(self, "ApiStage", value=api.deployment_stage.stage_name)
        cdk.CfnOutput(self, "ApiUrl", value=api.url)

    def _gateway(self, settings: Settings) -> apigateway.RestApi:
        access_logs = logs.LogGroup(
            self,
            "AccessLogs",
            log_group_name=f"/aws/apigateway/{settings.name('api')}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        api = apigateway.RestApi(
            self,
            "Gateway",
            rest_api_name=settings.name("api"),
            endpoint_configuration=apigateway.EndpointConfiguration(types=[apigateway.EndpointType.REGIONAL]),
            binary_media_types=["multipart/form-data"],
            deploy_options=apigateway.StageOptions(
                stage_name=settings.stage,
                throttling_rate_limit=100,
                throttling_burst_limit=200,
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                data_trace_enabled=False,  # it would log keys and photos
                metrics_enabled=True,
                tracing_enabled=True,
                access_log_destination=apigateway.LogGroupLogDestination(access_logs),
                access_log_format=apigateway.AccessLogFormat.custom(json.dumps(_ACCESS_LOG)),
            ),
        )
        acknowledge(api, "APIG2", "bodies are validated by the functions, whose refusals wear each dialect's envelope")
        self._allow_logging(api)
        return api

    def _allow_logging(self, api: apigateway.RestApi) -> None:
        """API Gateway writes no log in a region until the account names a role for it."""
        role = iam.Role(
            self,
            "GatewayLogging",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
            managed_policies=[
                iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AmazonAPIGatewayPushToCloudWatchLogs")
            ],
        )
        policy = "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
        acknowledge(role, f"IAM4[{policy}]", "the account-wide role API Gateway asks for; AWS keeps its policy current")
        account = apigateway.CfnAccount(self, "GatewayAccount", cloud_watch_role_arn=role.role_arn)
        account.apply_removal_policy(RemovalPolicy.RETAIN)  # other APIs of the account may log through it
        api.deployment_stage.node.add_dependency(account)

    def _katalo(self, settings: Settings, alarms: sns.ITopic, data: DataStack) -> PythonFunction:
        katalo = PythonFunction(
            self,
            settings=settings,
            name="katalo_api",
            layers=Layers(self, settings=settings).base,
            timeout_s=GATEWAY_TIMEOUT_S,
            memory_mb=1024,
            environment={
                "TABLE_NAME": data.table.table.table_name,
                "BUCKET_NAME": data.bucket_name,
                "SIGNED_URL_SECONDS": "3600",
                "EGRESS_ALLOW": settings.egress_allow,
            },
            alarms=alarms,
        )
        katalo.allow([GET, QUERY, PUT, UPDATE], data.table.arn)
        katalo.allow(["s3:ListBucket"], data.bucket_arn)  # or S3 calls progress that is not there yet forbidden
        katalo.allow_objects("s3:PutObject", data.bucket_arn, "uploads/*")
        katalo.allow_objects("s3:GetObject", data.bucket_arn, "tenants/*")
        return katalo

    def _alarm(self, settings: Settings, alarms: sns.ITopic, api: apigateway.RestApi) -> None:
        alarm = cloudwatch.Alarm(
            self,
            "ServerErrors",
            alarm_name=settings.name("api-5xx"),
            alarm_description="The API answers 5xx. docs/operations.md, “Alarms”.",
            metric=api.metric_server_error(period=Duration.minutes(5), statistic=cloudwatch.Stats.SUM),
            threshold=5,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(cloudwatch_actions.SnsAction(alarms))


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


def _add_refusals(api: apigateway.RestApi) -> None:
    """What the gateway refuses by itself wears the same envelope as what the function refuses."""
    kinds = apigateway.ResponseType
    too_large = (
        "The request is larger than the API takes. Reserve an upload with POST /api/v1/source-assets and the JSON "
        '{"upload": {"content_type": …, "size_bytes": …}}, then send the file to the form in the answer.'
    )
    refusals = [
        (kinds.DEFAULT_4_XX, None, "bad_request", "The request was refused.", False, None),
        (kinds.DEFAULT_5_XX, None, "internal_error", "The request failed on our side. Send it again.", True, 5),
        (
            kinds.MISSING_AUTHENTICATION_TOKEN,
            "404",
            "not_found",
            "There is no such path. They start with /api/v1/.",
            False,
            None,
        ),
        (kinds.REQUEST_TOO_LARGE, "413", "payload_too_large", too_large, False, None),
        (kinds.THROTTLED, "429", "rate_limited", "Too many requests. Wait a second and send it again.", True, 1),
        (kinds.WAF_FILTERED, "403", "forbidden", "The request was refused by the firewall.", False, None),
        (kinds.INTEGRATION_TIMEOUT, "504", "internal_error", "The answer took too long. Send it again.", True, 5),
    ]
    for kind, status, code, message, retryable, retry_after in refusals:
        body = {"error": {"code": code, "message": message, "retryable": retryable, "retry_after": retry_after}}
        api.add_gateway_response(
            f"Refusal{kind.response_type.title().replace('_', '')}",
            type=kind,
            status_code=status,
            templates={"application/json": json.dumps(body)},
            response_headers={"Retry-After": f"'{retry_after}'"} if retry_after else None,
        )

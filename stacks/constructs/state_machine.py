"""The job's state machine: start inference and wait for its token, then settle. Two states on the happy path."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from stacks.constructs.nag import acknowledge_wildcard
from stacks.settings import Settings

PASSING_ERRORS = [
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "ClientError",
    "InternalFailure",
    "ServiceUnavailable",
    "ConnectTimeoutError",
    "EndpointConnectionError",
    "ReadTimeoutError",
    "ContendedError",
]
"""What passes by itself: Lambda's own errors, botocore's as the function raises them, a contended table.

An engine that crashed (`EngineCrashed`, through the token) is not among them: it would be paid for twice.
"""

LOG_DELIVERY = [
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
]
"""What Step Functions needs to write its own logs and traces. Source: its developer guide, “Logging”, “X-Ray”"""


class JobStateMachine(Construct):
    """One execution per job, named by it. Input: {"tenant_id", "job_id"}."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        alarms: sns.ITopic,
        start: lambda_.IFunction,
        finish: lambda_.IFunction,
    ) -> None:
        super().__init__(scope, construct_id)
        role = self._role(start, finish)
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=settings.name("job"),
            definition_body=sfn.DefinitionBody.from_chainable(self._definition(settings, start, finish)),
            # The token's own time-out comes first; this one only ends what that could not.
            timeout=Duration.seconds(settings.job_timeout_s + 600),
            role=role.without_policy_updates(),  # or CDK also allows every version of both functions
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=logs.LogGroup(
                    self,
                    "Logs",
                    log_group_name=f"/aws/vendedlogs/states/{settings.name('job')}",
                    retention=logs.RetentionDays.ONE_MONTH,
                    removal_policy=RemovalPolicy.DESTROY,
                ),
                level=sfn.LogLevel.ALL,
                include_execution_data=False,  # it holds task tokens
            ),
        )
        self.machine.node.add_dependency(role)
        self._alarm(settings, alarms)

    @property
    def arn(self) -> str:
        return self.machine.state_machine_arn

    def _role(self, start: lambda_.IFunction, finish: lambda_.IFunction) -> iam.Role:
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        for function in (start, finish):
            role.add_to_policy(
                iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn])
            )
        role.add_to_policy(iam.PolicyStatement(actions=LOG_DELIVERY, resources=["*"]))
        acknowledge_wildcard(role, "*", "log delivery and X-Ray have no resource level")
        return role

    def _definition(self, settings: Settings, start: lambda_.IFunction, finish: lambda_.IFunction) -> sfn.IChainable:
        begin = tasks.LambdaInvoke(
            self,
            "StartInference",
            state_name="StartInference",
            lambda_function=start,
            integration_pattern=sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
            payload=_payload({"task_token": sfn.JsonPath.task_token}),
            task_timeout=sfn.Timeout.duration(Duration.seconds(settings.job_timeout_s)),
            retry_on_service_exceptions=False,
            result_path="$.inference",
        )
        begin.add_retry(errors=PASSING_ERRORS, interval=Duration.seconds(2), backoff_rate=2, max_attempts=5)
        settle = self._settle(
            "FinishJob", finish, {"output_location": sfn.JsonPath.string_at("$.inference.output_location")}
        )
        give_up = self._settle("FailJob", finish, {"error": sfn.JsonPath.object_at("$.error")})
        begin.add_catch(give_up, errors=[sfn.Errors.ALL], result_path="$.error")
        return begin.next(settle)

    def _settle(self, name: str, finish: lambda_.IFunction, outcome: dict[str, object]) -> tasks.LambdaInvoke:
        """A state that ends the job. Repeating it is harmless, so any error is tried again for six minutes."""
        state = tasks.LambdaInvoke(
            self,
            name,
            state_name=name,
            lambda_function=finish,
            payload=_payload(outcome),
            task_timeout=sfn.Timeout.duration(Duration.seconds(60)),
            retry_on_service_exceptions=False,
            result_path=sfn.JsonPath.DISCARD,
        )
        state.add_retry(
            errors=[sfn.Errors.ALL],
            interval=Duration.seconds(2),
            backoff_rate=2,
            max_attempts=8,
            max_delay=Duration.seconds(120),
        )
        return state

    def _alarm(self, settings: Settings, alarms: sns.ITopic) -> None:
        """One alarm per metric: the local AWS takes no metric arithmetic."""
        endings = {"Failed": self.machine.metric_failed, "TimedOut": self.machine.metric_timed_out}
        for ending, metric in endings.items():
            alarm = cloudwatch.Alarm(
                self,
                ending,
                alarm_name=settings.name(f"jobs-unsettled-{ending.lower()}"),
                alarm_description="An execution ended without settling its job. docs/operations.md, “Alarms”.",
                metric=metric(period=Duration.minutes(5)),
                threshold=1,
                evaluation_periods=1,
                treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            )
            alarm.add_alarm_action(cloudwatch_actions.SnsAction(alarms))


def _payload(more: dict[str, object]) -> sfn.TaskInput:
    names = {key: sfn.JsonPath.string_at(f"$.{key}") for key in ("tenant_id", "job_id")}
    return sfn.TaskInput.from_object({**names, **more})

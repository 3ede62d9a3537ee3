"""Where alarms go, and the one page that shows the whole deployment. Made first: everything else reports here."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from stacks.constructs.topic import encrypted_topic
from stacks.settings import Settings

FUNCTIONS = (
    "katalo-api",
    "manage-api",
    "administer",
    "relay-changes",
    "ingest-source",
    "receive-drop",
    "return-drop",
    "dispatch-jobs",
    "start-inference",
    "resume-job",
    "finish-job",
    "sweep-jobs",
    "deliver-webhook",
    "deliver-webhook-quick",
)
QUEUES = ("ingest", "drop", "returns", "jobs", "inference", "webhooks", "webhooks-quick")


class ObservabilityStack(cdk.Stack):
    """The alarms' topic, its key, and a dashboard that knows everything else by name."""

    def __init__(self, scope: Construct, settings: Settings) -> None:
        super().__init__(scope, settings.stack_name("Observability"))
        self._settings = settings
        self.key = kms.Key(
            self,
            "TopicKey",
            description=f"Roomwright {settings.stage}: notifications at rest",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self.alarms = encrypted_topic(
            self, "Alarms", name=settings.name("alarms"), key=self.key, publisher="cloudwatch.amazonaws.com"
        )
        if settings.alarm_email:
            self.alarms.add_subscription(subscriptions.EmailSubscription(settings.alarm_email))
        self._dashboard()
        cdk.CfnOutput(self, "AlarmTopicArn", value=self.alarms.topic_arn)

    def _dashboard(self) -> None:
        name = self._settings.name
        machine = self.format_arn(
            service="states",
            resource="stateMachine",
            resource_name=name("job"),
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        dashboard = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=name("overview"))
        dashboard.add_widgets(
            self._graph("Requests", "AWS/ApiGateway", ["Count", "4XXError", "5XXError"], {"ApiName": name("api")}),
            self._graph(
                "Outcomes",
                "Roomwright",
                ["JobsAccepted", "JobsSucceeded", "JobsFailed", "JobsCancelled", "ChangesUndecodable"],
                {"stage": self._settings.stage, "service": "relay_changes"},
            ),
            self._graph("Latency (p95, ms)", "AWS/ApiGateway", ["Latency"], {"ApiName": name("api")}, "p95"),
            self._graph(
                "Jobs",
                "AWS/States",
                ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut"],
                {"StateMachineArn": machine},
            ),
        )
        dashboard.add_widgets(
            self._each("Function errors", "AWS/Lambda", "Errors", "FunctionName", FUNCTIONS),
            self._each("Function duration (p95, ms)", "AWS/Lambda", "Duration", "FunctionName", FUNCTIONS, "p95"),
            self._graph(
                "Stream lag (ms)", "AWS/Lambda", ["IteratorAge"], {"FunctionName": name("relay-changes")}, "Maximum"
            ),
        )
        visible = "ApproximateNumberOfMessagesVisible"
        dead = tuple(
            f"{queue}-dead"
            for queue in (*QUEUES, "changes", "sweep", "notifications", "webhook-events", "return-events")
        )
        dashboard.add_widgets(
            self._each("Waiting messages", "AWS/SQS", visible, "QueueName", QUEUES, "Maximum"),
            self._each("Dead letters", "AWS/SQS", visible, "QueueName", dead, "Maximum"),
            self._graph(
                "Inference backlog",
                "AWS/SageMaker",
                ["ApproximateBacklogSize", "HasBacklogWithoutCapacity"],
                {"EndpointName": self._settings.endpoint_name},
                "Maximum",
            ),
        )

    def _graph(
        self, title: str, namespace: str, metrics: list[str], dimensions: dict[str, str], statistic: str = "Sum"
    ) -> cloudwatch.GraphWidget:
        """Several metrics of one thing."""
        return self._widget(title, [_metric(namespace, metric, dimensions, statistic, metric) for metric in metrics])

    def _each(
        self, title: str, namespace: str, metric: str, dimension: str, things: tuple[str, ...], statistic: str = "Sum"
    ) -> cloudwatch.GraphWidget:
        """One metric of several things."""
        named = {thing: {dimension: self._settings.name(thing)} for thing in things}
        return self._widget(title, [_metric(namespace, metric, of, statistic, thing) for thing, of in named.items()])

    @staticmethod
    def _widget(title: str, metrics: list[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
        return cloudwatch.GraphWidget(title=title, left=metrics, width=8, height=6)


def _metric(namespace: str, name: str, dimensions: dict[str, str], statistic: str, label: str) -> cloudwatch.IMetric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dimensions,
        statistic=statistic,
        label=label,
        period=Duration.minutes(1),
    )

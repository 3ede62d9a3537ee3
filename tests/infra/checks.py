"""What no emulator enforces, as checks that say what is wrong. Each is also run on a template broken on purpose."""

from __future__ import annotations

import math
from typing import Any

from tests.infra.deployment import Deployment, Resource, as_list, role_statements

NO_RESOURCE_LEVEL = {
    "xray:PutTraceSegments": "X-Ray knows no resource to name",
    "xray:PutTelemetryRecords": "X-Ray knows no resource to name",
    "xray:GetSamplingRules": "X-Ray knows no resource to name",
    "xray:GetSamplingTargets": "X-Ray knows no resource to name",
    "logs:CreateLogDelivery": "log delivery is an account-wide registry",
    "logs:GetLogDelivery": "log delivery is an account-wide registry",
    "logs:UpdateLogDelivery": "log delivery is an account-wide registry",
    "logs:DeleteLogDelivery": "log delivery is an account-wide registry",
    "logs:ListLogDeliveries": "log delivery is an account-wide registry",
    "logs:PutResourcePolicy": "log delivery is an account-wide registry",
    "logs:DescribeResourcePolicies": "log delivery is an account-wide registry",
    "logs:DescribeLogGroups": "log delivery is an account-wide registry",
    "ecr:GetAuthorizationToken": "the registry's token is not a repository's",
    "cloudwatch:PutMetricData": "limited by namespace in its condition instead",
}
OBJECT_PATTERNS = {
    "uploads/*": "tenant and ingest are named at run time",
    "inbox/*": "customers name what they drop",
    "inbox/*.error.json": "the note beside a dropped photo that nothing came of",
    "results/*": "what is returned for dropped photos, under the names of customers' files",
    "tenants/*": "every tenant's objects; which tenant is decided per request",
    "tenants/*/sources/*": "a sanitised original",
    "tenants/*/jobs/*": "a job's outputs",
    "tenants/*/jobs/*/stop.json": "the note that tells an engine to stop",
    "inference/results/*": "the endpoint names its results",
    "inference/failures/*": "the endpoint names its failures",
}
SERVICE_OWNED_KEY_TYPES = ("AWS::DynamoDB::Table", "AWS::Events::EventBus", "AWS::SecretsManager::Secret")
"""encrypted at rest by AWS whatever the template says"""


def wildcards(deployment: Deployment) -> list[str]:
    """`*` in identity policies, beyond the two lists above."""
    found = []
    for statement in role_statements(deployment):
        found += [f"{statement.where}: action {action}" for action in statement.actions if "*" in action]
        for resource in statement.resources:
            if resource == "*":
                unlisted = [action for action in statement.actions if action not in NO_RESOURCE_LEVEL]
                if "cloudwatch:PutMetricData" in statement.actions and not statement.condition:
                    unlisted.append("cloudwatch:PutMetricData without a namespace")
                found += [f"{statement.where}: {action} on *" for action in unlisted]
            elif "*" in resource:
                bucket, _, pattern = resource.partition("/")
                objects_only = set(statement.actions) <= {"s3:GetObject", "s3:PutObject", "s3:DeleteObject"}
                if "s3:::roomwright-" not in bucket or pattern not in OBJECT_PATTERNS or not objects_only:
                    found.append(f"{statement.where}: {', '.join(statement.actions)} on {resource}")
    return found


def open_principals(deployment: Deployment) -> list[str]:
    """Resource policies that let anyone in, or a service without naming the account or the resource."""
    found = []
    for policy in deployment.of("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy"):
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Deny":
                continue
            condition = str(statement.get("Condition", {}))
            if statement["Principal"] == "*" or statement["Principal"] == {"AWS": "*"}:
                found.append(f"{policy}: anyone may {statement['Action']}")
            elif "Service" in statement["Principal"] and "aws:Source" not in condition:
                found.append(f"{policy}: {statement['Principal']['Service']} for any account")
    return found


def unencrypted(deployment: Deployment) -> list[str]:
    found = []
    for resource in deployment.of("AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic"):
        wanted = {
            "AWS::S3::Bucket": "BucketEncryption",
            "AWS::SQS::Queue": "SqsManagedSseEnabled",
            "AWS::SNS::Topic": "KmsMasterKeyId",
        }[resource.type]
        if not resource.properties.get(wanted):
            found.append(f"{resource}: {wanted}")
    found += [
        f"{key}: no rotation" for key in deployment.of("AWS::KMS::Key") if not key.properties["EnableKeyRotation"]
    ]
    return found


def plain_http(deployment: Deployment) -> list[str]:
    """Buckets, queues and topics without a policy that denies requests outside TLS."""
    covered: set[tuple[str, str]] = set()
    for policy in deployment.of("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy"):
        named = [
            reference
            for name in ("Queues", "Topics", "Bucket")
            for reference in as_list(policy.properties.get(name, []))
        ]
        if any(_denies_plain_http(statement) for statement in policy.properties["PolicyDocument"]["Statement"]):
            targets = [deployment.target(policy.stack, reference) for reference in named]
            covered |= {target.key for target in targets if target}
    kinds = deployment.of("AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic")
    return [str(resource) for resource in kinds if resource.key not in covered]


def _denies_plain_http(statement: dict[str, Any]) -> bool:
    return bool(
        statement["Effect"] == "Deny"
        and statement["Principal"] in ("*", {"AWS": "*"})
        and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    )


def public_buckets(deployment: Deployment) -> list[str]:
    closed = {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }
    buckets = deployment.of("AWS::S3::Bucket")
    return [str(b) for b in buckets if b.properties.get("PublicAccessBlockConfiguration") != closed]


def short_visibility(deployment: Deployment) -> list[str]:
    """Queues whose messages could show again while the function may still be working on them."""
    found = []
    for mapping in deployment.of("AWS::Lambda::EventSourceMapping"):
        queue = deployment.target(mapping.stack, mapping.properties["EventSourceArn"])
        function = deployment.target(mapping.stack, mapping.properties["FunctionName"])
        if queue is None or queue.type != "AWS::SQS::Queue" or function is None:
            continue
        visible = queue.properties.get("VisibilityTimeout", 30)
        if visible < 6 * function.properties.get("Timeout", 3):
            found.append(f"{queue}: {visible} s")
    return found


def dead_letter_queues(deployment: Deployment) -> dict[tuple[str, str], Resource]:
    """Every queue that something gives up into."""
    targets: list[Resource | None] = []
    for queue in deployment.of("AWS::SQS::Queue", "AWS::SNS::Subscription"):
        policy = queue.properties.get("RedrivePolicy")
        targets.append(deployment.target(queue.stack, policy["deadLetterTargetArn"]) if policy else None)
    for mapping in deployment.of("AWS::Lambda::EventSourceMapping", "AWS::Lambda::EventInvokeConfig"):
        failure = mapping.properties.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        targets.append(deployment.target(mapping.stack, failure))
    for rule in deployment.of("AWS::Events::Rule"):
        letters = [target.get("DeadLetterConfig", {}).get("Arn") for target in rule.properties["Targets"]]
        targets += [deployment.target(rule.stack, arn) for arn in letters]
    return {target.key: target for target in targets if target}


def hops_without_dead_letters(deployment: Deployment) -> list[str]:
    """Asynchronous hops that could lose what they carry."""
    dead = dead_letter_queues(deployment)
    found = [
        f"{queue}: no dead letters"
        for queue in deployment.of("AWS::SQS::Queue")
        if queue.key not in dead and not queue.properties.get("RedrivePolicy")
    ]
    found += [
        f"{subscription}: no dead letters"
        for subscription in deployment.of("AWS::SNS::Subscription")
        if subscription.properties["Protocol"] != "email" and not subscription.properties.get("RedrivePolicy")
    ]
    for mapping in deployment.of("AWS::Lambda::EventSourceMapping"):
        source = deployment.target(mapping.stack, mapping.properties["EventSourceArn"])
        polled = source is not None and source.type == "AWS::SQS::Queue"
        if not polled and "OnFailure" not in mapping.properties.get("DestinationConfig", {}):
            found.append(f"{mapping}: no dead letters")
        if mapping.properties.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            found.append(f"{mapping}: one bad message fails its batch")
    caught = {
        deployment.function_of(config, config.properties["FunctionName"])
        for config in deployment.of("AWS::Lambda::EventInvokeConfig")
        if "OnFailure" in config.properties.get("DestinationConfig", {})
    }
    for rule in deployment.of("AWS::Events::Rule"):
        for target in rule.properties["Targets"]:
            if "DeadLetterConfig" not in target or "RetryPolicy" not in target:
                found.append(f"{rule}: no dead letters or no retry policy")
            resource = deployment.target(rule.stack, target["Arn"])
            if resource is not None and resource.type == "AWS::Lambda::Function":
                name = deployment.function_of(rule, target["Arn"])
                found += [] if name in caught else [f"{rule}: {name} fails unseen"]
    return found


def silent_dead_letters(deployment: Deployment) -> list[str]:
    """Dead-letter queues without an alarm that tells someone."""
    watched = set()
    for alarm in deployment.of("AWS::CloudWatch::Alarm"):
        properties = alarm.properties
        if properties.get("MetricName") != "ApproximateNumberOfMessagesVisible" or not properties.get("AlarmActions"):
            continue
        if properties["Threshold"] > 1 or properties["ComparisonOperator"] != "GreaterThanOrEqualToThreshold":
            continue
        for dimension in properties["Dimensions"]:
            queue = deployment.target(alarm.stack, dimension["Value"])
            if queue:
                watched.add(queue.key)
    return [str(queue) for key, queue in dead_letter_queues(deployment).items() if key not in watched]


def endless_logs(deployment: Deployment) -> list[str]:
    """Log groups that are kept for ever, and functions whose group would be made by the service."""
    groups = deployment.of("AWS::Logs::LogGroup")
    found = [f"{group}: kept for ever" for group in groups if not group.properties.get("RetentionInDays")]
    for function in deployment.of("AWS::Lambda::Function"):
        group = deployment.target(function.stack, function.properties.get("LoggingConfig", {}).get("LogGroup"))
        found += [] if group else [f"{function}: no log group of its own"]
    return found


def odd_functions(deployment: Deployment) -> list[str]:
    """Functions that were not built the one way."""
    roles: set[str] = set()
    found = []
    for function in deployment.of("AWS::Lambda::Function"):
        properties = function.properties
        role = str(properties["Role"])
        wanted = {
            "runtime": properties["Runtime"] == "python3.13",
            "architecture": properties["Architectures"] == ["arm64"],
            "tracing": properties["TracingConfig"] == {"Mode": "Active"},
            "handler": properties["Handler"] == "handler.handler",
            "layers": 2 <= len(properties["Layers"]) <= 3,
            "a role of its own": (key := function.stack + role) not in roles,
        }
        roles.add(key)
        found += [f"{function}: {what}" for what, ok in wanted.items() if not ok]
    return found


def sleepless_endpoints(deployment: Deployment) -> list[str]:
    """Scaling that would not go to zero, or would not wake from it for a single job."""
    targets = deployment.of("AWS::ApplicationAutoScaling::ScalableTarget")
    found = [f"{target}: never sleeps" for target in targets if target.properties["MinCapacity"] != 0]
    policies = {p.key: p.properties for p in deployment.of("AWS::ApplicationAutoScaling::ScalingPolicy")}
    tracked = [
        p["TargetTrackingScalingPolicyConfiguration"]["CustomizedMetricSpecification"]["MetricName"]
        for p in policies.values()
        if p["PolicyType"] == "TargetTrackingScaling"
    ]
    if tracked != ["ApproximateBacklogSizePerInstance"]:
        found.append(f"tracks {tracked}")
    if not any(_wakes(deployment, alarm, policies) for alarm in deployment.of("AWS::CloudWatch::Alarm")):
        found.append("a single job would never wake the endpoint")
    return found


def _wakes(deployment: Deployment, alarm: Resource, policies: dict[tuple[str, str], dict[str, Any]]) -> bool:
    """Whether `alarm` adds an instance when one job waits and none runs."""
    properties = alarm.properties
    if properties.get("MetricName") != "HasBacklogWithoutCapacity":
        return False
    endpoint = deployment.of("AWS::SageMaker::Endpoint")[0].properties["EndpointName"]
    fires = (
        properties["Namespace"] == "AWS/SageMaker"
        and properties["Dimensions"] == [{"Name": "EndpointName", "Value": endpoint}]
        and properties["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        and properties["Threshold"] == 1
    )
    for action in properties["AlarmActions"]:
        target = deployment.target(alarm.stack, action)
        policy = policies.get(target.key, {}) if target else {}
        steps = policy.get("StepScalingPolicyConfiguration", {}).get("StepAdjustments", [])
        adds = any(
            step["ScalingAdjustment"] >= 1
            and step.get("MetricIntervalLowerBound", -math.inf) <= 0
            and step.get("MetricIntervalUpperBound", math.inf) > 0
            for step in steps
        )
        if fires and adds and policy["StepScalingPolicyConfiguration"]["AdjustmentType"] == "ChangeInCapacity":
            return True
    return False

"""What particular resources must be."""

from __future__ import annotations

import json
import re
from pathlib import Path

from roomwright.dialects.web import MAX_WAIT_S
from roomwright.domain.plans import PLANS
from roomwright.domain.rate_limits import ADDRESS, PER_KEY, WINDOW_S, Quota
from tests.infra.conftest import ROOT
from tests.infra.deployment import Deployment, Resource, short_name

ENVELOPE = {"code", "message", "retryable", "retry_after"}


def test_table(prod: Deployment) -> None:
    (table,) = prod.of("AWS::DynamoDB::Table")
    properties = table.properties
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["DeletionProtectionEnabled"] is True
    (index,) = properties["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "open"
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_state_outlives_its_stack(prod: Deployment) -> None:
    kept = prod.of("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret")
    assert len(kept) == 4
    assert {resource.template["DeletionPolicy"] for resource in kept} == {"Retain"}


def test_untrusted_bytes_and_results_expire(prod: Deployment) -> None:
    media = next(b for b in prod.of("AWS::S3::Bucket") if "BucketName" in b.properties)
    rules = media.properties["LifecycleConfiguration"]["Rules"]
    days = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "Prefix" in rule}
    assert all("Prefix" in rule for rule in rules if "ExpirationInDays" in rule), "what is counted does not expire"
    assert days == {"uploads/": 1, "inbox/": 30, "results/": 90, "inference/results/": 7, "inference/failures/": 7}
    assert all(rule["Status"] == "Enabled" for rule in rules)
    assert any("AbortIncompleteMultipartUpload" in rule for rule in rules)


def test_the_bucket_tells_the_right_queues(prod: Deployment) -> None:
    """By itself: no function is deployed just to set notifications."""
    media = next(b for b in prod.of("AWS::S3::Bucket") if "BucketName" in b.properties)
    told = {}
    for entry in media.properties["NotificationConfiguration"]["QueueConfigurations"]:
        queue = prod.target(media.stack, entry["Queue"])
        assert queue is not None
        (rule,) = entry["Filter"]["S3Key"]["Rules"]
        told[rule["Value"]] = queue.properties["QueueName"]
    assert told == {"uploads/": "roomwright-prod-ingest", "inbox/": "roomwright-prod-drop"}
    assert prod.of("Custom::S3BucketNotifications") == []


def test_the_relay_sees_what_events_are_made_of_and_nothing_else(prod: Deployment) -> None:
    (mapping,) = [m for m in prod.of("AWS::Lambda::EventSourceMapping") if "StartingPosition" in m.properties]
    (wanted,) = mapping.properties["FilterCriteria"]["Filters"]
    kinds = ["job", "asset", "account", "endpoint"]
    assert json.loads(wanted["Pattern"]) == {"dynamodb": {"NewImage": {"kind": {"S": kinds}}}}
    assert mapping.properties["StartingPosition"] == "TRIM_HORIZON"
    assert mapping.properties["BisectBatchOnFunctionError"] is True


def test_the_relay_outlasts_an_outage_and_says_so(prod: Deployment) -> None:
    """What it gives up is an event that nobody hears of; partial failures do not count as the function's errors."""
    (mapping,) = [m for m in prod.of("AWS::Lambda::EventSourceMapping") if "StartingPosition" in m.properties]
    assert "MaximumRetryAttempts" not in mapping.properties
    assert 3600 <= mapping.properties["MaximumRecordAgeInSeconds"] <= 12 * 3600
    (alarm,) = [a for a in prod.of("AWS::CloudWatch::Alarm") if a.properties.get("MetricName") == "IteratorAge"]
    (dimension,) = alarm.properties["Dimensions"]
    assert prod.function_of(alarm, dimension["Value"]) == "relay-changes"
    assert alarm.properties["Threshold"] <= 300_000


def test_a_change_that_cannot_be_read_is_set_aside_where_an_alarm_watches(prod: Deployment) -> None:
    """By the function itself, which need not fail for it: the same queue that the stream gives up into."""
    (mapping,) = [m for m in prod.of("AWS::Lambda::EventSourceMapping") if "StartingPosition" in m.properties]
    given_up = prod.target(mapping.stack, mapping.properties["DestinationConfig"]["OnFailure"]["Destination"])
    (relay,) = [f for f in prod.of("AWS::Lambda::Function") if f.properties["FunctionName"].endswith("relay-changes")]
    aside = relay.properties["Environment"]["Variables"]["UNRELAYED_QUEUE_URL"]
    assert given_up is not None
    assert prod.target(relay.stack, aside) == given_up
    assert given_up.properties["QueueName"] == "roomwright-prod-changes-dead"


def test_ends_of_dropped_photos_alone_reach_the_returns_queue(prod: Deployment) -> None:
    (rule,) = [r for r in prod.of("AWS::Events::Rule") if r.properties["Name"].endswith("drop-ended")]
    assert rule.properties["EventPattern"] == {
        "source": ["roomwright"],
        "detail-type": ["generation.completed", "generation.failed", "generation.cancelled"],
        "detail": {"origin": ["drop"]},
    }
    (target,) = rule.properties["Targets"]
    queue = prod.target(rule.stack, target["Arn"])
    assert queue is not None
    assert queue.properties["QueueName"] == "roomwright-prod-returns"


def test_inference_is_asynchronous(prod: Deployment) -> None:
    (config,) = prod.of("AWS::SageMaker::EndpointConfig")
    (variant,) = config.properties["ProductionVariants"]
    asynchronous = config.properties["AsyncInferenceConfig"]
    output = asynchronous["OutputConfig"]
    assert variant["InstanceType"] == "ml.c7i.2xlarge"
    assert asynchronous["ClientConfig"] == {"MaxConcurrentInvocationsPerInstance": 1}
    assert prod.text(config.stack, output["S3OutputPath"]).endswith("/inference/results/")
    assert prod.text(config.stack, output["S3FailurePath"]).endswith("/inference/failures/")
    topics = [prod.target(config.stack, arn) for arn in output["NotificationConfig"].values()]
    names = {topic.properties["TopicName"] for topic in topics if topic}
    assert names == {"roomwright-prod-inference-success", "roomwright-prod-inference-error"}


def test_notifications_arrive_as_they_were_sent(prod: Deployment) -> None:
    queues = [s for s in prod.of("AWS::SNS::Subscription") if s.properties["Protocol"] == "sqs"]
    assert len(queues) == 2
    assert all(subscription.properties["RawMessageDelivery"] is True for subscription in queues)


def test_gateway_refuses_in_the_envelope(prod: Deployment) -> None:
    responses = {r.properties["ResponseType"]: r.properties for r in prod.of("AWS::ApiGateway::GatewayResponse")}
    for properties in responses.values():
        body = json.loads(properties["ResponseTemplates"]["application/json"])
        assert set(body["error"]) == ENVELOPE
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "THROTTLED", "WAF_FILTERED"} <= responses.keys()
    too_large = responses["REQUEST_TOO_LARGE"]
    assert too_large["StatusCode"] == "413"
    assert "POST /api/v1/source-assets" in too_large["ResponseTemplates"]["application/json"]


def test_gateway_limits_and_logs(prod: Deployment) -> None:
    (stage,) = prod.of("AWS::ApiGateway::Stage")
    (settings,) = stage.properties["MethodSettings"]
    (business,) = [plan for plan in PLANS.values() if plan.name == "business"]
    one_key = business.rate * PER_KEY[Quota.READ] / WINDOW_S
    assert settings["ThrottlingRateLimit"] >= 3 * one_key, "or one customer's reading stops the others"
    assert settings["DataTraceEnabled"] is False
    logged = json.loads(stage.properties["AccessLogSetting"]["Format"])
    assert not any("header" in value.lower() or "querystring" in value.lower() for value in logged.values())


def test_every_body_comes_as_bytes(prod: Deployment) -> None:
    """Media types are matched letter by letter, and `Multipart/Form-Data` is one too (RFC 9110 §8.3.1)."""
    assert prod.of("AWS::ApiGateway::RestApi")[0].properties["BinaryMediaTypes"] == ["*/*"]


def routes(prod: Deployment) -> dict[str, tuple[str, str]]:
    """Path → (method, the function's short name)."""
    parts = {r.key: r for r in prod.of("AWS::ApiGateway::Resource")}

    def path(resource: Resource | None) -> str:
        if resource is None or resource.type != "AWS::ApiGateway::Resource":
            return ""
        above = prod.target(resource.stack, resource.properties["ParentId"])
        return f"{path(above)}/{resource.properties['PathPart']}"

    found = {}
    for method in prod.of("AWS::ApiGateway::Method"):
        resource = prod.target(method.stack, method.properties["ResourceId"])
        assert resource is not None
        assert resource.key in parts
        (function,) = re.findall(
            r"<(\w+?)Function\w+\.Arn>", prod.text(method.stack, method.properties["Integration"]["Uri"])
        )
        found[path(resource)] = (method.properties["HttpMethod"], function)
    return found


def test_every_path_has_its_function(prod: Deployment) -> None:
    """A path on the way to a longer one has a method of its own: API Gateway does not look for it elsewhere."""
    found = routes(prod)
    delivery = "/api/v1/generations/{job_id}/deliveries/{delivery_id}"
    manage = {path for path, (_, function) in found.items() if function == "ManageApi"}
    assert manage == {
        "/api/v1/keys",
        "/api/v1/keys/{proxy+}",
        "/api/v1/webhooks",
        "/api/v1/webhooks/{proxy+}",
        f"{delivery}/replay",
    }
    assert {function for _, function in found.values()} == {"ManageApi", "KataloApi"}
    assert {method for method, _ in found.values()} == {"ANY"}, "OPTIONS too"
    below = [path.removeprefix("/api/v1").split("/")[1:] for path in found if path.startswith("/api/v1/")]
    for parts in below:
        for length in range(1, len(parts)):
            assert "/api/v1/" + "/".join(parts[:length]) in found, parts
    assert found["/api/v1/{proxy+}"] == ("ANY", "KataloApi")
    assert found["/api/v1/generations/{job_id}/{proxy+}"] == ("ANY", "KataloApi")


def test_functions_of_the_api_give_up_before_the_gateway_does(prod: Deployment) -> None:
    for function in prod.of("AWS::Lambda::Function"):
        if function.properties["FunctionName"].endswith("-api"):
            assert function.properties["Timeout"] == 28
            assert function.properties["Timeout"] > MAX_WAIT_S + 5, "a request may wait so long for its job"


def test_the_firewall_stands_before_the_stage(prod: Deployment) -> None:
    (association,) = prod.of("AWS::WAFv2::WebACLAssociation")
    (acl,) = prod.of("AWS::WAFv2::WebACL")
    assert prod.target(association.stack, association.properties["WebACLArn"]) == acl
    common = next(rule for rule in acl.properties["Rules"] if rule["Name"] == "AWSManagedRulesCommonRuleSet")
    overrides = common["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    counted = {override["Name"] for override in overrides if "Count" in override["ActionToUse"]}
    assert "SizeRestrictions_BODY" in counted, "or no photo would pass"
    assert "NoUserAgent_HEADER" in counted, "or HttpClient of .NET would be refused"


def test_the_firewall_answers_a_flood_as_the_api_answers_its_limits(prod: Deployment) -> None:
    """Its ceiling lies above what the API itself would let one address do, or customers met the wrong limit."""
    (acl,) = prod.of("AWS::WAFv2::WebACL")
    (flood,) = [rule for rule in acl.properties["Rules"] if "RateBasedStatement" in rule["Statement"]]
    rate = flood["Statement"]["RateBasedStatement"]
    assert rate["EvaluationWindowSec"] == WINDOW_S
    assert rate["Limit"] >= ADDRESS * sum(PER_KEY.values())
    told = flood["Action"]["Block"]["CustomResponse"]
    body = acl.properties["CustomResponseBodies"][told["CustomResponseBodyKey"]]
    assert (told["ResponseCode"], body["ContentType"]) == (429, "APPLICATION_JSON")
    error = json.loads(body["Content"])["error"]
    assert set(error) == ENVELOPE
    assert (error["code"], error["retryable"]) == ("rate_limited", True)
    assert told["ResponseHeaders"] == [{"Name": "Retry-After", "Value": str(error["retry_after"])}]


def test_a_queue_that_nobody_empties_is_noticed_before_its_messages_expire(prod: Deployment) -> None:
    """A message that is never received is never a dead letter: it is gone when its queue's retention ends."""
    limits = {}
    for alarm in prod.of("AWS::CloudWatch::Alarm"):
        if alarm.properties.get("MetricName") == "ApproximateAgeOfOldestMessage":
            (dimension,) = alarm.properties["Dimensions"]
            queue = prod.target(alarm.stack, dimension["Value"])
            assert queue
            limits[queue.properties["QueueName"]] = alarm.properties["Threshold"]
    work = {q.properties["QueueName"] for q in prod.of("AWS::SQS::Queue") if "RedrivePolicy" in q.properties}
    assert limits.keys() == work
    for name, seconds in limits.items():
        delayed = name in ("roomwright-prod-drop", "roomwright-prod-webhooks")
        assert (900 if delayed else 60) < seconds <= 3600, "messages that are put off are no fault"


def test_alarms_reach_the_topic(prod: Deployment) -> None:
    (topic,) = [t for t in prod.of("AWS::SNS::Topic") if t.properties["TopicName"] == "roomwright-prod-alarms"]
    alarms = [
        a for a in prod.of("AWS::CloudWatch::Alarm") if a.properties.get("MetricName") != "HasBacklogWithoutCapacity"
    ]
    assert len(alarms) > 20
    for alarm in alarms:
        assert [prod.target(alarm.stack, action) for action in alarm.properties["AlarmActions"]] == [topic]


def test_the_dashboard_names_what_exists(prod: Deployment) -> None:
    (dashboard,) = prod.of("AWS::CloudWatch::Dashboard")
    body = prod.text(dashboard.stack, dashboard.properties["DashboardBody"])
    names = [f.properties["FunctionName"] for f in prod.of("AWS::Lambda::Function")]
    names += [q.properties["QueueName"] for q in prod.of("AWS::SQS::Queue")]
    assert [name for name in names if f'"{name}"' not in body] == []
    known = set(names)
    shown = {part for part in body.split('"') if part.startswith("roomwright-prod-")}
    assert shown - known == {"roomwright-prod-api"}


def test_outputs_for_operators(prod: Deployment) -> None:
    outputs = {name for template in prod.templates.values() for name in template.get("Outputs", {})}
    assert {
        "ApiId",
        "ApiStage",
        "TableName",
        "BucketName",
        "BusName",
        "SuccessTopicArn",
        "ErrorTopicArn",
        "AdministerFunction",
        "StateMachineArn",
        "EndpointName",
        "WebhookSecretArn",
    } <= outputs


def test_every_function_is_deployed(prod: Deployment) -> None:
    """Nothing in functions/ lies idle. The sender of webhooks is deployed once for each lane."""
    written = {path.parent.name for path in (ROOT / "functions").glob("*/handler.py")}
    deployed = {short_name(f.properties["FunctionName"]).replace("-", "_") for f in prod.of("AWS::Lambda::Function")}
    assert deployed == written | {"deliver_webhook_quick"}


def test_the_image_is_built_from_the_engine_alone(assembly: Path) -> None:
    (manifest,) = assembly.glob("*-Inference.assets.json")
    (image,) = json.loads(manifest.read_text("utf-8"))["dockerImages"].values()
    context = assembly / image["source"]["directory"]
    assert image["source"]["platform"] == "linux/amd64"
    assert (context / "sagemaker/Dockerfile").is_file()
    assert (context / "sagemaker/serving/__main__.py").is_file()
    assert (context / "layers/core/python/engine_contract/__init__.py").is_file()
    assert not list(context.rglob("roomwright"))
    assert {path.name for path in context.iterdir()} <= {"sagemaker", "layers", "requirements", ".local"}

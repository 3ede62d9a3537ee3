"""Every check holds on the deployed stage, and sees a template that was broken on purpose."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.infra import checks
from tests.infra.deployment import Deployment, Resource

Check = Callable[[Deployment], list[str]]
Break = Callable[[Deployment], None]

CHECKS: list[Check] = [
    checks.wildcards,
    checks.open_principals,
    checks.unencrypted,
    checks.plain_http,
    checks.public_buckets,
    checks.short_visibility,
    checks.hops_without_dead_letters,
    checks.silent_dead_letters,
    checks.endless_logs,
    checks.odd_functions,
]


@pytest.mark.parametrize("check", [*CHECKS, checks.sleepless_endpoints])
def test_deployed_stage(prod: Deployment, check: Check) -> None:
    assert check(prod) == []


@pytest.mark.parametrize("check", CHECKS)
def test_local_stage(local: Deployment, check: Check) -> None:
    assert check(local) == []


def _first(deployment: Deployment, kind: str, **with_: Any) -> Resource:
    """The first resource of a type that has these properties."""
    for resource in deployment.of(kind):
        if all(resource.properties.get(name) == value for name, value in with_.items()):
            return resource
    raise AssertionError(f"no {kind} with {with_}")


def _having(deployment: Deployment, kind: str, name: str) -> Resource:
    return next(resource for resource in deployment.of(kind) if name in resource.properties)


def _drop(kind: str, name: str) -> Break:
    """Take one property away from the first resource of a type that has it."""

    def apply(deployment: Deployment) -> None:
        del _having(deployment, kind, name).properties[name]

    return apply


def _put(kind: str, value: dict[str, Any], **with_: Any) -> Break:
    def apply(deployment: Deployment) -> None:
        _first(deployment, kind, **with_).properties.update(value)

    return apply


def _statement(kind: str, **change: Any) -> Break:
    """Change the first allowing statement of the first policy that has one."""

    def apply(deployment: Deployment) -> None:
        statements = (s for p in deployment.of(kind) for s in p.properties["PolicyDocument"]["Statement"])
        next(s for s in statements if s["Effect"] == "Allow").update(change)

    return apply


def _allow_plain_http(deployment: Deployment) -> None:
    policy = deployment.of("AWS::SQS::QueuePolicy")[0].properties["PolicyDocument"]
    policy["Statement"] = [s for s in policy["Statement"] if s["Effect"] != "Deny"]


def _share_a_role(deployment: Deployment) -> None:
    functions = [f for f in deployment.of("AWS::Lambda::Function") if f.stack.endswith("Pipeline")]
    functions[1].properties["Role"] = functions[0].properties["Role"]


def _disarm(metric: str) -> Break:
    def apply(deployment: Deployment) -> None:
        _first(deployment, "AWS::CloudWatch::Alarm", MetricName=metric).properties["AlarmActions"] = []

    return apply


def _drop_target_letters(deployment: Deployment) -> None:
    del deployment.of("AWS::Events::Rule")[0].properties["Targets"][0]["DeadLetterConfig"]


BROKEN: list[tuple[str, Check, Break]] = [
    ("any action", checks.wildcards, _statement("AWS::IAM::Policy", Action="dynamodb:*")),
    ("any resource", checks.wildcards, _statement("AWS::IAM::Policy", Action="s3:GetObject", Resource="*")),
    ("any object", checks.wildcards, _statement("AWS::IAM::Policy", Action="s3:GetObject", Resource="arn:x:s3:::b/*")),
    ("any caller", checks.open_principals, _statement("AWS::SQS::QueuePolicy", Principal="*")),
    ("any account", checks.open_principals, _statement("AWS::SNS::TopicPolicy", Condition={})),
    ("plain bucket", checks.unencrypted, _drop("AWS::S3::Bucket", "BucketEncryption")),
    ("plain queue", checks.unencrypted, _drop("AWS::SQS::Queue", "SqsManagedSseEnabled")),
    ("plain topic", checks.unencrypted, _drop("AWS::SNS::Topic", "KmsMasterKeyId")),
    ("http", checks.plain_http, _allow_plain_http),
    ("public", checks.public_buckets, _drop("AWS::S3::Bucket", "PublicAccessBlockConfiguration")),
    ("visibility", checks.short_visibility, _drop("AWS::SQS::Queue", "VisibilityTimeout")),
    ("queue", checks.hops_without_dead_letters, _drop("AWS::SQS::Queue", "RedrivePolicy")),
    ("topic", checks.hops_without_dead_letters, _drop("AWS::SNS::Subscription", "RedrivePolicy")),
    ("stream", checks.hops_without_dead_letters, _drop("AWS::Lambda::EventSourceMapping", "DestinationConfig")),
    ("batch", checks.hops_without_dead_letters, _drop("AWS::Lambda::EventSourceMapping", "FunctionResponseTypes")),
    ("rule", checks.hops_without_dead_letters, _drop_target_letters),
    ("invoke", checks.hops_without_dead_letters, _drop("AWS::Lambda::EventInvokeConfig", "DestinationConfig")),
    ("alarm", checks.silent_dead_letters, _disarm("ApproximateNumberOfMessagesVisible")),
    ("log", checks.endless_logs, _drop("AWS::Logs::LogGroup", "RetentionInDays")),
    ("own log", checks.endless_logs, _drop("AWS::Lambda::Function", "LoggingConfig")),
    ("runtime", checks.odd_functions, _put("AWS::Lambda::Function", {"Runtime": "python3.12"})),
    ("processor", checks.odd_functions, _put("AWS::Lambda::Function", {"Architectures": ["x86_64"]})),
    ("role", checks.odd_functions, _share_a_role),
    ("insomnia", checks.sleepless_endpoints, _put("AWS::ApplicationAutoScaling::ScalableTarget", {"MinCapacity": 1})),
    ("deep sleep", checks.sleepless_endpoints, _disarm("HasBacklogWithoutCapacity")),
]


@pytest.mark.parametrize(("check", "break_"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_each_check_sees_what_it_is_for(prod: Deployment, check: Check, break_: Break) -> None:
    broken = Deployment(copy.deepcopy(prod.templates))
    break_(broken)
    assert check(broken)

"""Who may do what: the functions that hold a permission are exactly these."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from tests.infra.deployment import Deployment, role_statements, short_name

API = {"katalo-api", "manage-api", "administer"}
DELIVERING = {"deliver-webhook", "deliver-webhook-quick"}
HOLDERS = {
    "states:StartExecution": {"dispatch-jobs"},
    "states:SendTaskSuccess": {"resume-job"},
    "states:SendTaskFailure": {"resume-job"},
    "sagemaker:InvokeEndpointAsync": {"start-inference"},
    "secretsmanager:GetSecretValue": DELIVERING | {"manage-api", "administer"},
    "events:PutEvents": {"relay-changes"},
    "dynamodb:GetRecords": {"relay-changes"},
    "dynamodb:DeleteItem": {"katalo-api", "manage-api", "dispatch-jobs", "finish-job", "sweep-jobs"},
    "dynamodb:Scan": set(),
    "dynamodb:PutItem": API | DELIVERING | {"ingest-source", "receive-drop", "finish-job", "sweep-jobs"},
    "s3:DeleteObject": {"katalo-api", "ingest-source", "finish-job"},
    "s3:PutObject": {
        "katalo-api",
        "ingest-source",
        "receive-drop",
        "return-drop",
        "start-inference",
        "finish-job",
        "relay-changes",
        "engine",
    },
    "s3:GetObject": DELIVERING
    | {
        "katalo-api",
        "ingest-source",
        "receive-drop",
        "return-drop",
        "start-inference",
        "finish-job",
        "engine",
    },
    "sns:Publish": {"engine"},
    "lambda:InvokeFunction": {"JobRole"},
}
"""`JobRole` is the state machine's"""
MAY_WRITE = {
    "uploads/*": {"katalo-api", "receive-drop"},
    "tenants/*/sources/*": {"ingest-source"},
    "tenants/*/jobs/*": {"finish-job", "start-inference", "engine"},
    "tenants/*/jobs/*/stop.json": {"relay-changes"},
    "inbox/*.error.json": {"receive-drop", "return-drop"},
    "results/*": {"return-drop"},
    "inference/results/*": {"start-inference", "engine"},
    "inference/failures/*": {"engine"},
}
"""keys of the bucket → who puts objects there"""
MAY_ERASE = {"tenants/*/sources/*": {"katalo-api", "ingest-source"}, "tenants/*/jobs/*": {"katalo-api", "finish-job"}}
"""the same of who takes them away; everything else goes by the bucket's own rules"""


@pytest.fixture(scope="module")
def names(prod: Deployment) -> dict[tuple[str, str], str]:
    """Roles by the short names of their functions; `engine` is the container's."""
    names = {}
    for function in prod.of("AWS::Lambda::Function"):
        role = prod.target(function.stack, function.properties["Role"])
        assert role is not None
        names[role.key] = short_name(function.properties["FunctionName"])
    for model in prod.of("AWS::SageMaker::Model"):
        role = prod.target(model.stack, model.properties["ExecutionRoleArn"])
        assert role is not None
        names[role.key] = "engine"
    return names


@pytest.fixture(scope="module")
def holders(prod: Deployment, names: dict[tuple[str, str], str]) -> dict[str, set[str]]:
    """Action → who may do it."""
    found: dict[str, set[str]] = defaultdict(set)
    for statement in role_statements(prod):
        for action in statement.actions:
            found[action] |= {names.get((statement.where.stack, role), _plain(role)) for role in statement.holders}
    return found


def _plain(logical_id: str) -> str:
    """Without CDK's hash."""
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)


@pytest.mark.parametrize("action", HOLDERS)
def test_holders(holders: dict[str, set[str]], action: str) -> None:
    assert holders.get(action, set()) == HOLDERS[action]


@pytest.mark.parametrize(("action", "wanted"), [("s3:PutObject", MAY_WRITE), ("s3:DeleteObject", MAY_ERASE)])
def test_each_part_of_the_bucket_has_its_writers(
    prod: Deployment, names: dict[tuple[str, str], str], action: str, wanted: dict[str, set[str]]
) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for statement in role_statements(prod):
        if action in statement.actions:
            for resource in statement.resources:
                found[resource.partition("/")[2]] |= {names[statement.where.stack, role] for role in statement.holders}
    assert found == wanted


def test_operators_come_in_by_iam_alone(prod: Deployment) -> None:
    """Nothing calls `administer`: no API, no rule, no queue, no other function."""
    callers = [
        *(p.properties["FunctionName"] for p in prod.of("AWS::Lambda::Permission")),
        *(m.properties["FunctionName"] for m in prod.of("AWS::Lambda::EventSourceMapping")),
    ]
    assert not any("Administer" in str(caller) for caller in callers)
    assert any("Katalo" in str(caller) for caller in callers), "or this test sees nothing"


def test_no_function_holds_a_managed_policy(prod: Deployment) -> None:
    """The one exception is the account's role for API Gateway's logs."""
    managed = [role.logical_id for role in prod.of("AWS::IAM::Role") if role.properties.get("ManagedPolicyArns")]
    assert [name.rstrip("0123456789ABCDEF") for name in managed] == ["GatewayLogging"]


def test_the_stream_is_read_by_its_own_name(prod: Deployment) -> None:
    statements = [s for s in role_statements(prod) if "dynamodb:GetRecords" in s.actions]
    assert all(resource.endswith(".StreamArn>") for s in statements for resource in s.resources)
    assert statements


def test_the_endpoint_is_named(prod: Deployment) -> None:
    (statement,) = [s for s in role_statements(prod) if "sagemaker:InvokeEndpointAsync" in s.actions]
    (endpoint,) = prod.of("AWS::SageMaker::Endpoint")
    assert statement.resources[0].endswith(f":endpoint/{endpoint.properties['EndpointName']}")

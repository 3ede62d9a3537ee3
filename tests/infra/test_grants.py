"""Who may do what: the functions that hold a permission are exactly these."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.infra.deployment import Deployment, role_statements, short_name

HOLDERS = {
    "states:StartExecution": {"dispatch-jobs"},
    "states:SendTaskSuccess": {"resume-job"},
    "states:SendTaskFailure": {"resume-job"},
    "sagemaker:InvokeEndpointAsync": {"start-inference"},
    "secretsmanager:GetSecretValue": {"deliver-webhook"},
    "events:PutEvents": {"relay-changes"},
    "dynamodb:GetRecords": {"relay-changes"},
    "dynamodb:DeleteItem": {"dispatch-jobs", "finish-job", "sweep-jobs"},
    "dynamodb:Scan": set(),
    "dynamodb:PutItem": {"katalo-api", "ingest-source", "receive-drop", "finish-job", "sweep-jobs", "deliver-webhook"},
    "s3:DeleteObject": set(),
    "s3:PutObject": {"katalo-api", "ingest-source", "receive-drop", "finish-job", "engine"},
    "s3:GetObject": {"katalo-api", "ingest-source", "receive-drop", "finish-job", "deliver-webhook", "engine"},
    "sns:Publish": {"engine"},
}


@pytest.fixture(scope="module")
def holders(prod: Deployment) -> dict[str, set[str]]:
    """Action → short names of the functions whose role allows it; `engine` is the container's role."""
    names = {}
    for function in prod.of("AWS::Lambda::Function"):
        role = prod.target(function.stack, function.properties["Role"])
        assert role is not None
        names[role.key] = short_name(function.properties["FunctionName"])
    for model in prod.of("AWS::SageMaker::Model"):
        role = prod.target(model.stack, model.properties["ExecutionRoleArn"])
        assert role is not None
        names[role.key] = "engine"
    found: dict[str, set[str]] = defaultdict(set)
    for statement in role_statements(prod):
        for action in statement.actions:
            found[action] |= {names.get((statement.where.stack, role), role) for role in statement.holders}
    return found


@pytest.mark.parametrize("action", HOLDERS)
def test_holders(holders: dict[str, set[str]], action: str) -> None:
    assert holders.get(action, set()) == HOLDERS[action]


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

"""Every call that a function makes is one that its role allows: the local AWS asks nobody for leave.

The real handlers walk a photo to its picture and do what changes more than that: cancel, regenerate, keys, endpoints,
drops, sweeps. Each call of theirs is held to the policies of the synthesized deployment.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.client import BaseClient

from roomwright import wiring
from roomwright.ports import HttpAnswer
from tests.contract.katalo.desk import JOBS, wanted
from tests.contract.katalo.stage import ENVIRONMENT, Context, Stage, handler, opened
from tests.functional.steps import Receiver, s3_message
from tests.functional.test_cost import ELSEWHERE, Walk
from tests.infra.deployment import Deployment, role_statements, short_name
from tests.unit.edge import pictures

BUCKET = ENVIRONMENT["BUCKET_NAME"]
SERVICES = {"stepfunctions": "states", "sagemaker-runtime": "sagemaker"}
"""botocore's names → IAM's, where they differ"""
OPERATIONS = {
    "s3:CopyObject": ("s3:GetObject", "s3:PutObject"),
    "s3:HeadObject": ("s3:GetObject",),
    "s3:ListObjectsV2": ("s3:ListBucket",),
    "sqs:SendMessageBatch": ("sqs:SendMessage",),
}
VERBS = {"Put": "dynamodb:PutItem", "Update": "dynamodb:UpdateItem", "Delete": "dynamodb:DeleteItem"}


def needed(service: str, operation: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    """The actions that one call needs leave for."""
    action = f"{SERVICES.get(service, service)}:{operation}"
    if operation == "TransactWriteItems":
        yield from (VERBS[verb] for item in parameters["TransactItems"] for verb in item)
    else:
        yield from OPERATIONS.get(action, (action,))


def calling() -> str | None:
    """The function whose handler is on the stack; None when it is the test itself."""
    frame: FrameType | None = sys._getframe()
    while frame:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith("functions.") and name.endswith(".handler"):
            return name.split(".")[1].replace("_", "-")
        frame = frame.f_back
    return None


@contextmanager
def recorded() -> Iterator[dict[str, set[str]]]:
    """Function → actions that its calls needed."""
    used: dict[str, set[str]] = defaultdict(set)
    real = BaseClient._make_api_call  # type: ignore[attr-defined]  # the one place every call passes

    def recording(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
        if function := calling():
            used[function] |= set(needed(client.meta.service_model.service_name, operation, parameters))
        answer = ELSEWHERE.get(operation)
        return answer if answer is not None else real(client, operation, parameters)

    with patch.object(BaseClient, "_make_api_call", recording):
        yield used


@pytest.fixture(scope="module")
def granted(prod: Deployment) -> dict[str, set[str]]:
    """Function → actions that its role allows on anything."""
    of_role: dict[tuple[str, str], set[str]] = defaultdict(set)
    for statement in role_statements(prod):
        for holder in statement.holders:
            of_role[statement.where.stack, holder] |= set(statement.actions)
    found = {}
    for function in prod.of("AWS::Lambda::Function"):
        role = prod.target(function.stack, function.properties["Role"])
        assert role is not None
        found[short_name(function.properties["FunctionName"])] = of_role[role.key]
    return found


def jobs(stage: Stage, source: str) -> None:
    """One is answered by the cache, one regenerated, one cancelled while it waits; the sweeper finds the rest."""
    first = stage.post(JOBS, wanted(source)).body["job_id"]
    assert stage.call("GET", f"{JOBS}/{first}/deliveries").status == 200
    assert stage.post(f"{JOBS}/{first}/regenerate", {}).status == 202
    waiting = stage.post(JOBS, wanted(source, room_types=["bedroom"])).body["job_id"]
    assert stage.call("DELETE", f"{JOBS}/{waiting}").body["failure"]["code"] == "cancelled"
    for path in ("usage/summary", "billing/events"):
        assert stage.call("GET", f"/api/v1/{path}").status == 200


def keys(stage: Stage) -> None:
    made = stage.post("/api/v1/keys", {"name": "x", "scopes": ["read"]}).body["key_id"]
    assert stage.call("GET", "/api/v1/keys").status == 200
    newer = stage.post(f"/api/v1/keys/{made}/rotate", {}).body["key_id"]
    assert stage.call("DELETE", f"/api/v1/keys/{newer}").status == 200


def endpoints(stage: Stage) -> None:
    path = "/api/v1/webhooks"
    made = stage.post(path, {"url": "https://crm.agency.example/hooks"}).body["endpoint_id"]
    stage.call("GET", path)
    for verb in ("ping", "rotate-secret"):
        stage.post(f"{path}/{made}/{verb}", {})
    assert stage.call("GET", f"{path}/{made}/deliveries").status == 200
    assert stage.call("DELETE", f"{path}/{made}").status == 200


def drop(stage: Stage, walk: Walk) -> None:
    key = f"inbox/{stage.tenant_id}/living-room/modern/a.jpg"
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=pictures.jpeg())
    notice = {"messageId": "m", "body": json.dumps(s3_message((key, len(pictures.jpeg()))))}
    walk.run("receive_drop", {"Records": [notice]})


def operate(stage: Stage) -> None:
    run = handler("administer").handler
    made = run({"action": "create_tenant", "name": "New", "credits": 3, "plan": "team"}, Context())
    for action in (
        {"action": "grant_credits", "credits": 1, "reference": "r"},
        {"action": "issue_key"},
        {"action": "set_plan", "plan": "business"},
        {"action": "read_tenant"},
    ):
        assert "error" not in run({**action, "tenant_id": made["tenant_id"]}, Context())


def test_what_the_functions_call_is_what_they_may(
    granted: dict[str, set[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened() as stage:
        the = wiring.wiring()
        monkeypatch.setattr(the, "http", Receiver(HttpAnswer(204, "", None)))
        with recorded() as used:
            walk = Walk(stage)
            source = walk.source()
            assert walk.job(source) == "succeeded"
            jobs(stage, source)
            walk.relay()
            keys(stage)
            endpoints(stage)
            drop(stage, walk)
            operate(stage)
            later = the.clock.now() + timedelta(days=3)
            with patch.object(type(the.clock), "now", lambda _: later):
                handler("sweep_jobs").handler({}, Context())
    used["deliver-webhook-quick"] = used["deliver-webhook"]  # one handler, two functions
    missing = {function: actions - granted[function] for function, actions in used.items()}
    assert not {function: actions for function, actions in missing.items() if actions}
    assert granted.keys() - used.keys() == {"return-drop"}, "what never ran cannot be judged"
    assert used["katalo-api"] >= {"dynamodb:DeleteItem", "dynamodb:PutItem"}, "or this test sees nothing"

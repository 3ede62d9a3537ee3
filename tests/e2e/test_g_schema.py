"""The public contract on the deployed stack: schemathesis over every operation, and Katalo's own commands by curl."""

from __future__ import annotations

import json
import subprocess
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.client import Client
from roomwright.dialects import openapi
from roomwright.dialects.katalo import contract as katalo
from roomwright.dialects.manage import contract as manage
from tests.contract.fuzz import CHECKS, Report, fuzz
from tests.contract.katalo import seed_curls
from tests.e2e.conftest import EXAMPLE, Stack, local

pytestmark = pytest.mark.emulator

SECONDS = 100
"""after which the run draws no new requests"""


def administer(stack: Stack, action: str, **arguments: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(local(stack.place, "admin", action, json.dumps(arguments)).stdout)
    return answer


def things(stack: Stack, blank: Path) -> dict[str, str]:
    """Id in the document's examples → id of such a thing that was just made."""
    job_id = stack.submit(blank, include_alternates=False)
    source_asset_id = stack.job(job_id)["source_asset_id"]
    inbox = {"url": stack.status["webhook_inbox_url"]}
    endpoint = stack.client.post_json("/api/v1/webhooks", inbox, uuid.uuid4().hex)["endpoint_id"]
    key = stack.client.post_json("/api/v1/keys", {"name": "x", "scopes": ["read"]}, uuid.uuid4().hex)["key_id"]
    return {
        katalo.SUCCEEDED: job_id,
        katalo.QUEUED: stack.submit(blank),
        katalo.INGEST: source_asset_id.replace("src_", "ing_"),
        katalo.SOURCE: source_asset_id,
        manage.ENDPOINT: endpoint,
        manage.PENDING: endpoint,
        manage.KEY: key,
    }


@pytest.fixture(scope="module")
def report(stack: Stack, blank: Path) -> Report:
    """By an organisation of its own, whose plan allows many requests a minute.

    Without the phase that enumerates every boundary of every field: that one runs in-process (tests/contract).
    """
    tenant_id = administer(stack, "create_tenant", name="Schema", plan="business")["tenant_id"]
    key = administer(stack, "issue_key", tenant_id=tenant_id)["api_key"]
    own = replace(stack, client=Client(stack.client.origin, key))
    return fuzz(
        stack.client.origin,
        key,
        checks=(*CHECKS, "ignored_auth"),
        names=things(own, blank),
        generation={"max-examples": 1, "database": "none"},
        phases={"coverage": {"enabled": False}, "stateful": {"generation": {"max-examples": 4}}},
        **{"max-time": SECONDS},
    )


def test_no_server_error_and_no_break_of_the_schema(report: Report) -> None:
    assert not report.failures, "\n".join(sorted(report.failures))


def test_every_operation_was_asked_and_chains_were_followed(report: Report) -> None:
    named = {f"{operation.method} {openapi.BASE}{operation.path}" for operation in openapi.OPERATIONS}
    assert report.asked.keys() == named
    assert report.phases["stateful"] > 10


@pytest.fixture(scope="module")
def testing(stack: Stack) -> Stack:
    """With the test key: its pictures are samples, there at once."""
    return replace(stack, client=Client(stack.client.origin, stack.status["test_api_key"]))


def curl(stack: Stack, command: str, **names: str) -> tuple[int, dict[str, Any]]:
    """Run one of the documentation's commands, with ids of things that exist here. → (status, body)."""
    for shown, real in names.items():
        command = command.replace(getattr(seed_curls, shown), real)
    arguments = seed_curls.words(command, stack.client.origin, stack.client.api_key)
    done = subprocess.run(  # noqa: S603 - the documentation's own command
        ["curl", "--silent", "--show-error", "--write-out", "\n%{http_code}", *arguments],  # noqa: S607
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)


def test_the_documentations_commands_work_as_they_stand(testing: Stack) -> None:
    source_asset_id = testing.source(EXAMPLE)
    status, job = curl(testing, seed_curls.CREATE, SOURCE_ASSET=source_asset_id)
    assert (status, job["status"], job["room_types"]) == (202, "queued", ["Living Room", "Kitchen"]), job
    assert testing.ended(job["job_id"], 120)["status"] == "succeeded"
    status, read = curl(testing, seed_curls.READ, JOB=job["job_id"])
    assert (status, read["status"], read["reference"]) == (200, "succeeded", "listing-123-lr-1")
    assert read["outputs"][0]["image_url"]
    status, another = curl(testing, seed_curls.REGENERATE, JOB=job["job_id"])
    assert (status, another["parent_job_id"], another["reference"]) == (202, job["job_id"], "listing-123-lr-2"), another

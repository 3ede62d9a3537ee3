"""`kill -9` in mid-job, restart: every accepted job ends, once."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.e2e.conftest import EXAMPLE, Stack, eventually

pytestmark = [pytest.mark.emulator, pytest.mark.engine]


def ends_well_and_once(stack: Stack, job_id: str) -> None:
    job = stack.ended(job_id)
    assert job["status"] == "succeeded", job["failure"]
    delivered = eventually(lambda: stack.webhooks(job_id), "the webhook", 120)
    assert len({entry["headers"]["webhook-id"] for entry in delivered}) == 1
    assert all(entry["signature"] is True for entry in delivered)
    assert ended_writes(stack, job_id) == 1


def ended_writes(stack: Stack, job_id: str) -> int:
    """How often the ledger says the job was settled."""
    items = stack.aws("dynamodb").scan(TableName=stack.output("TableName"))["Items"]
    lines = [item for item in items if item.get("kind", {}).get("S") == "ledger" and job_id in str(item)]
    return len(lines)


def test_the_local_aws_killed_while_the_engine_works(stack: Stack) -> None:
    job_id = stack.submit(EXAMPLE, seed=2)
    stack.running(job_id)
    stack.kill("aws")
    ends_well_and_once(stack, job_id)


def test_the_engine_killed_while_it_works(stack: Stack) -> None:
    job_id = stack.submit(EXAMPLE, seed=3)
    stack.running(job_id)
    stack.kill("engine")
    ends_well_and_once(stack, job_id)


def test_everything_killed_right_after_the_job_was_accepted(stack: Stack) -> None:
    source = stack.source(EXAMPLE)
    job_id = stack.submit(EXAMPLE, seed=4, source_asset_id=source)
    stack.kill("supervisor", "aws", "front", "engine")
    stack.up()
    ends_well_and_once(stack, job_id)


def test_the_credits_add_up_after_all_that(stack: Stack) -> None:
    items = stack.aws("dynamodb").scan(TableName=stack.output("TableName"))["Items"]
    account = next(item for item in items if item.get("kind", {}).get("S") == "account")
    numbers = Counter({n: int(account[n]["N"]) for n in ("available", "reserved", "spent", "granted")})
    assert numbers["available"] + numbers["reserved"] + numbers["spent"] == numbers["granted"]
    assert numbers["reserved"] == 0

"""What a webhook says: the keys of Katalo's contract, of the event and not of what became of the job since."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from roomwright.dialects.katalo.webhook import KataloWebhooks
from roomwright.domain.endpoint import EVENT_TYPES
from roomwright.domain.job import Job, JobStatus, ended, moved
from tests.fakes import make
from tests.fakes.make import FAILURE, HOUR, SUCCESS
from tests.fakes.ports import START

KEYS = {"event_type", "job_id", "source_asset_id", "reference", "outputs", "failure", "metadata"}


def running() -> Job:
    return moved(make.job(), JobStatus.RUNNING, START, START + HOUR)


def body(job: Job, event_type: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(KataloWebhooks(lambda key: f"https://media.example/{key}").body(job, event_type))
    return told


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_every_event_has_the_keys_of_the_contract(event_type: str) -> None:
    job = make.job()
    told = body(job, event_type)
    assert set(told) == KEYS
    assert (told["event_type"], told["job_id"], told["reference"]) == (event_type, job.job_id, "listing-1")
    assert told["metadata"] == dict(job.spec.metadata)


def test_a_completed_job_has_its_outputs() -> None:
    told = body(ended(running(), SUCCESS, START), "generation.completed")
    assert told["failure"] is None
    assert told["outputs"][0]["image_url"] == "https://media.example/k"


@pytest.mark.parametrize("event_type", ["generation.queued", "generation.running"])
def test_an_event_that_is_told_late_has_nothing_of_the_end(event_type: str) -> None:
    for outcome in (SUCCESS, FAILURE):
        told = body(ended(running(), outcome, START), event_type)
        assert (told["outputs"], told["failure"]) == ([], None)


def test_failed_and_cancelled_say_why() -> None:
    failed = body(ended(running(), FAILURE, START), "generation.failed")
    assert (failed["failure"]["code"], failed["failure"]["retryable"]) == ("engine_error", True)
    cancelled = body(ended(make.job(), replace(FAILURE, failure=None), START), "generation.cancelled")
    assert (cancelled["failure"]["code"], cancelled["outputs"]) == ("cancelled", [])


def test_a_source_that_was_never_ingested_has_no_id() -> None:
    job = make.job(status=JobStatus.INGESTING, queued_at=None)
    assert body(ended(job, FAILURE, START), "generation.failed")["source_asset_id"] is None

"""The commands of Katalo's documentation against this API: only the host and the key are other ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from roomwright import wiring
from roomwright.domain import ids
from roomwright.domain.job import Outcome, Output
from roomwright.ports import TenantStore
from tests.contract.katalo import seed_curls
from tests.contract.katalo.desk import wanted
from tests.contract.katalo.stage import Answer, Stage
from tests.fakes import make

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def katalos_own(stage: Stage) -> Stage:
    """The stage, with a ready asset and a succeeded job under the very ids that the documentation shows."""
    store, now = wiring.wiring().stores.tenant(stage.tenant_id), datetime.now(UTC)
    ingest_id = ids.ingest_id(seed_curls.SOURCE_ASSET)
    queued = make.asset(
        tenant_id=stage.tenant_id, ingest_id=ingest_id, source_asset_id=seed_curls.SOURCE_ASSET, created_at=now
    )
    store.put_asset(queued)
    store.finish_asset(make.ready(queued, sha256="0" * 64), now + HOUR)
    made = stage.post("/api/v1/generations", wanted(seed_curls.SOURCE_ASSET))
    assert made.status == 202, made.body
    _succeeded(store, made.body["job_id"], now)
    return stage


def _succeeded(store: TenantStore, template: str, now: datetime) -> None:
    """A succeeded job of Katalo's id, asked for as `template` was."""
    asked = store.job(template)
    assert asked is not None
    job = store.admit(make.job(tenant_id=asked.tenant_id, job_id=seed_curls.JOB, spec=asked.spec, created_at=now)).job
    assert store.acquire_slot(job.job_id, now + HOUR, now)
    running = store.mark_running(job.job_id, "token", now + HOUR, now)
    prefix = f"tenants/{job.tenant_id}/jobs/{job.job_id}/"
    output = Output("primary", {"staged_jpg": f"{prefix}staged.jpg"})
    store.finish(running, Outcome((output,), None, f"{prefix}manifest.json", f"{prefix}source.png"), now)


def _answer(stage: Stage, name: str) -> Answer:
    request = seed_curls.parsed(seed_curls.COMMANDS[name], stage.key)
    return stage.call(request.method, request.path, key=None, body=request.body, headers=request.headers)


def test_create(katalos_own: Stage) -> None:
    answer = _answer(katalos_own, "create")
    assert answer.status == 202, answer.body
    sent = seed_curls.parsed(seed_curls.CREATE, "").content
    del sent["webhook"]
    assert {name: answer.body[name] for name in sent} == sent
    assert answer.body["status"] == "queued"
    again = _answer(katalos_own, "create")
    assert again.body["job_id"] == answer.body["job_id"]
    assert again.headers["Idempotency-Replayed"] == "true"


def test_read(katalos_own: Stage) -> None:
    answer = _answer(katalos_own, "read")
    assert (answer.status, answer.body["job_id"]) == (200, seed_curls.JOB)
    assert answer.body["source_asset_id"] == seed_curls.SOURCE_ASSET
    assert answer.body["status"] == "succeeded"
    assert answer.body["outputs"][0]["image_url"].startswith("https://")


def test_regenerate(katalos_own: Stage) -> None:
    answer = _answer(katalos_own, "regenerate")
    assert answer.status == 202, answer.body
    assert answer.body["parent_job_id"] == seed_curls.JOB
    assert answer.body["source_asset_id"] == seed_curls.SOURCE_ASSET
    assert answer.body["reference"] == "listing-123-lr-2"
    assert json.dumps(answer.body["metadata"]) == '{"listing_id": "listing-123", "attempt": 2}'
    assert answer.body["include_alternates"] is True


def test_only_host_and_key_are_changed() -> None:
    for command in seed_curls.COMMANDS.values():
        arguments = seed_curls.words(command, "http://127.0.0.1:8700", "rw_live_x")
        assert arguments[0].startswith("http://127.0.0.1:8700/api/v1/generations")
        assert "Authorization: Bearer rw_live_x" in arguments

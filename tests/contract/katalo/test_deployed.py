"""A job's life once more over the real table and bucket (as moto has them): what the adapters have a part in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from roomwright import wiring
from roomwright.domain import keys
from roomwright.domain.delivery import Attempt, Delivery, DeliveryStatus
from roomwright.domain.job import Job, Outcome, Output
from tests.contract.katalo.desk import JOBS, refused, wanted
from tests.contract.katalo.stage import ENVIRONMENT, Stage

BUCKET = ENVIRONMENT["BUCKET_NAME"]
LEDGER = "/api/v1/billing/events"


@pytest.fixture(scope="module")
def asset(stage: Stage) -> str:
    return stage.ready_asset()


def run(stage: Stage, job_id: str) -> Job:
    store, now = wiring.wiring().stores.tenant(stage.tenant_id), datetime.now(UTC)
    assert store.acquire_slot(job_id, now + timedelta(minutes=1), now)
    return store.mark_running(job_id, "token", now + timedelta(minutes=1), now)


def succeed(job: Job) -> None:
    prefix = keys.job_prefix(job.tenant_id, job.job_id)
    names = {"staged_png": f"{prefix}a/staged.png", "staged_jpg": f"{prefix}a/staged.jpg"}
    boto3.client("s3").put_object(Bucket=BUCKET, Key=f"{prefix}manifest.json", Body=b"{}")
    outcome = Outcome((Output("primary", names),), None, f"{prefix}manifest.json", f"{prefix}source.png")
    wiring.wiring().stores.tenant(job.tenant_id).finish(job, outcome, datetime.now(UTC))


def put_progress(job: Job, body: bytes) -> None:
    key = f"{keys.job_prefix(job.tenant_id, job.job_id)}progress.json"
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)


def test_from_line_to_pictures_and_from_the_cache(stage: Stage, asset: str) -> None:
    job_id = stage.post(JOBS, wanted(asset)).body["job_id"]
    assert stage.call("GET", f"{JOBS}/{job_id}").body["estimated_completion_at"] is not None
    job = run(stage, job_id)
    told: dict[str, Any] = {"stage": "render", "fraction": 0.5, "stages_done": ["perceive"], "elapsed_s": 8.0}
    put_progress(job, json.dumps(told).encode())
    assert stage.call("GET", f"{JOBS}/{job_id}").body["progress"] == told
    for junk in (b'{"stage": "ren', b" " * 20_000):
        put_progress(job, junk)
        read = stage.call("GET", f"{JOBS}/{job_id}")
        assert (read.status, read.body["progress"]) == (200, None)
    succeed(job)
    read = stage.call("GET", f"{JOBS}/{job_id}")
    (output,) = read.body["outputs"]
    for url in (output["image_url"], output["artifacts"]["staged_png"], read.body["source_image_url"]):
        parts = urlsplit(url)
        assert parts.path.startswith(f"/{keys.job_prefix(stage.tenant_id, job_id)}")
        assert parse_qs(parts.query)["X-Amz-Expires"] == ["3600"]
    hit = stage.post(JOBS, wanted(asset))
    assert (hit.status, hit.body["status"]) == (200, "succeeded")
    assert urlsplit(hit.body["outputs"][0]["image_url"]).path == urlsplit(output["image_url"]).path
    again = stage.post(f"{JOBS}/{job_id}/regenerate", {})
    assert (again.status, again.body["parent_job_id"]) == (202, job_id)
    assert stage.call("DELETE", f"{JOBS}/{again.body['job_id']}").body["failure"]["code"] == "cancelled"
    pages = [stage.call("GET", f"{LEDGER}?limit=2").body]
    pages.append(stage.call("GET", f"{LEDGER}?limit=100&cursor={pages[0]['next_cursor']}").body)
    lines = [event for page in pages for event in page["events"]]
    ended = [again.body["job_id"], hit.body["job_id"], job_id]
    assert [line["job_id"] for line in lines if line["job_id"]] == ended
    assert [line["movement"] for line in lines[:3]] == ["refund", "cache_hit", "charge"]
    assert pages[1]["next_cursor"] is None
    usage = stage.call("GET", "/api/v1/usage/summary").body
    assert (usage["usage"]["consumed"], usage["usage"]["reserved"]) == (1, 0)
    assert [usage["jobs"][n] for n in ("total", "succeeded", "cancelled", "cache_hit_count")] == [3, 2, 1, 1]


def test_an_inline_source_goes_through_its_queue(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    source = {"source_asset_id": ..., "source_url": "https://photos.example.com/a.jpg"}
    made = stage.post(JOBS, wanted("-", **source))
    assert (made.status, made.body["status"]) == (202, "ingesting")
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("169.254.169.254", 443))])
    (item,) = wiring.wiring().stores.open_assets()
    stage.ingest(item.item_id)
    failed = stage.call("GET", f"{JOBS}/{made.body['job_id']}").body
    assert (failed["status"], failed["failure"]["code"]) == ("failed", "validation_error")
    assert "not public" in failed["failure"]["message"]


def test_the_delivery_log_has_every_attempt(stage: Stage, asset: str) -> None:
    job_id = stage.post(JOBS, wanted(asset, seed=5)).body["job_id"]
    assert stage.call("GET", f"{JOBS}/{job_id}/deliveries").body == {"deliveries": []}
    store, now = wiring.wiring().stores.tenant(stage.tenant_id), datetime.now(UTC)
    delivery_id = "msg_" + "0" * 26
    url = "https://partner.example.com/webhooks/katalo"
    store.put_delivery(
        Delivery(
            stage.tenant_id, delivery_id, job_id, "evt_1", "generation.completed", "katalo", url, "{}",
            DeliveryStatus.PENDING, now, now,
        )
    )  # fmt: skip
    attempt = Attempt(1, now, 120, 503, None, "try later")
    store.record_attempt(job_id, delivery_id, attempt, DeliveryStatus.PENDING, now + timedelta(seconds=5))
    (entry,) = stage.call("GET", f"{JOBS}/{job_id}/deliveries").body["deliveries"]
    assert (entry["delivery_id"], entry["event_type"], entry["url"]) == (delivery_id, "generation.completed", url)
    assert (entry["status"], entry["attempts"][0]["status_code"]) == ("pending", 503)
    assert entry["attempts"][0]["response_excerpt"] == "try later"
    assert entry["next_attempt_at"] > entry["created_at"]


def test_a_cursor_of_another_kind_is_refused(stage: Stage) -> None:
    refused(stage.call("GET", f"{LEDGER}?cursor=bm90IG91cnM"), 400, "bad_request", "cursor")

"""Generations: validity, idempotency, the envelope of a job through its life, and who may see it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from roomwright import wiring
from roomwright.domain.catalogue import STYLES, presets
from roomwright.domain.delivery import Attempt, Delivery, DeliveryStatus
from roomwright.domain.job import Failure, Job, Outcome, Output
from tests.contract.katalo.stage import ENVIRONMENT, Stage
from tests.contract.katalo.test_source_assets import refused
from tests.unit.edge import pictures

JOBS = "/api/v1/generations"
ENVELOPE = {
    "job_id", "parent_job_id", "source_asset_id", "status", "workflow", "capture_type", "mode", "room_types",
    "style_preset", "include_alternates", "reference", "metadata", "failure", "outputs", "source_image_url",
    "created_at", "completed_at", "updated_at",
}  # fmt: skip


def wanted(source_asset_id: str, /, **changes: Any) -> dict[str, Any]:
    request = {
        "source_asset_id": source_asset_id,
        "workflow": "staging",
        "capture_type": "photo",
        "mode": "furnish",
        "room_types": ["Living Room"],
        "style_preset": "modern",
        "include_alternates": True,
        "reference": "listing-123-lr-1",
        "metadata": {"listing_id": "listing-123", "attempt": 2, "ratio": 0.5, "first": True, "none": None},
        "webhook": {"url": "https://partner.example.com/webhooks/katalo?token=a%20b"},
    }
    return {name: value for name, value in (request | changes).items() if value is not ...}


def test_create_answers_the_job_envelope_and_echoes_what_was_sent(stage: Stage, asset: str) -> None:
    made = stage.post(JOBS, wanted(asset))
    assert made.status == 202
    assert set(made.body) == ENVELOPE
    sent = wanted(asset)
    for name in ("source_asset_id", "workflow", "capture_type", "mode", "room_types", "style_preset", "reference"):
        assert made.body[name] == sent[name]
    assert json.dumps(made.body["metadata"]) == json.dumps(sent["metadata"])
    assert (made.body["status"], made.body["outputs"], made.body["failure"]) == ("queued", [], None)
    assert (made.body["parent_job_id"], made.body["completed_at"]) == (None, None)
    assert made.body["created_at"].endswith("Z")
    read = stage.call("GET", f"{JOBS}/{made.body['job_id']}")
    assert (read.status, read.body) == (200, made.body)
    assert read.headers["Cache-Control"] == "no-store"


def test_replay_and_conflict(stage: Stage, asset: str) -> None:
    first = stage.post(JOBS, wanted(asset), idempotency_key="g-1")
    again = stage.post(JOBS, wanted(asset), idempotency_key="g-1")
    assert again.status == 202
    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    reordered = dict(reversed(wanted(asset).items()))
    assert stage.post(JOBS, reordered, idempotency_key="g-1").body["job_id"] == first.body["job_id"]
    changed = stage.post(JOBS, wanted(asset, style_preset="boho"), idempotency_key="g-1")
    refused(changed, 409, "idempotency_conflict", "Idempotency-Key")
    assert stage.post(JOBS, wanted(asset), idempotency_key="g-2").body["job_id"] != first.body["job_id"]


@pytest.mark.parametrize("preset", [style.wire for style in STYLES])
def test_every_preset_is_taken_and_given_back(stage: Stage, asset: str, preset: str) -> None:
    made = stage.post(JOBS, wanted(asset, style_preset=preset))
    assert (made.status, made.body["style_preset"]) == (202, preset)


def test_the_nine_presets_are_katalos_own() -> None:
    assert set(presets()) == {
        "modern", "scandi", "boho", "country", "industrial", "mediterranean", "luxury", "eclectic", "japandia",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (["Living Room"], ["Living Room"]),
        (["Bedroom"], ["Bedroom"]),
        (["Dining Room"], ["Dining Room"]),
        (["home_office"], ["Home Office"]),
        (["livingroom", "dining-room"], ["Living Room", "Dining Room"]),
        (["Dining Room", "Living Room", "living room"], ["Dining Room", "Living Room"]),
    ],
)
def test_rooms_are_resolved_to_their_labels_main_room_first(
    stage: Stage, asset: str, names: list[str], labels: list[str]
) -> None:
    made = stage.post(JOBS, wanted(asset, room_types=names))
    assert (made.status, made.body.get("room_types")) == (202, labels), made.body


def test_only_what_is_required_is_enough(stage: Stage, asset: str) -> None:
    names = ("style_preset", "include_alternates", "reference", "metadata", "webhook")
    made = stage.post(JOBS, wanted(asset, mode="refurnish", **dict.fromkeys(names, ...)))
    assert made.status == 202
    assert [made.body[n] for n in names[:4]] == [None, False, None, {}]


NOT_NOW = "operation_unavailable"
BAD = "validation_error"
REFUSALS: list[tuple[str, dict[str, Any], int, str, tuple[str, ...]]] = [
    ("no workflow", {"workflow": ...}, 422, BAD, ("workflow", "required")),
    ("bad workflow", {"workflow": "paint"}, 422, BAD, ("workflow",)),
    ("no capture", {"capture_type": ...}, 422, BAD, ("capture_type", "required")),
    ("bad capture", {"capture_type": "video"}, 422, BAD, ("capture_type",)),
    ("no mode", {"mode": ...}, 422, BAD, ("mode", "required")),
    ("bad mode", {"mode": "dream"}, 422, BAD, ("mode",)),
    ("clean", {"mode": "clean", "room_types": ..., "style_preset": ...}, 422, NOT_NOW, ("clean", "'furnish'")),
    ("pro capture", {"workflow": "pro_capture", "mode": ...}, 422, NOT_NOW, ("pro_capture", "Available")),
    ("panorama", {"capture_type": "panorama360", "mode": ...}, 422, NOT_NOW, ("panorama360", "Available")),
    ("floor plan", {"capture_type": "floorplan", "mode": ...}, 422, NOT_NOW, ("floorplan", "Available")),
    ("mode on panorama", {"capture_type": "panorama360"}, 422, BAD, ("mode", "not allowed")),
    ("mode on pro capture", {"workflow": "pro_capture"}, 422, BAD, ("mode", "not allowed")),
    ("pro panorama", {"workflow": "pro_capture", "capture_type": "panorama360", "mode": ...}, 422, BAD,
     ("capture_type",)),
    ("no rooms", {"room_types": ...}, 422, BAD, ("room_types",)),
    ("empty rooms", {"room_types": []}, 422, BAD, ("room_types",)),
    ("unknown room", {"room_types": ["Living Room", "Dungeon"]}, 422, BAD, ("room_types[1]", "Living Room")),
    ("kitchen", {"room_types": ["Kitchen"]}, 422, NOT_NOW, ("Kitchen", "Living Room, Bedroom, Dining Room, Home")),
    ("open plan", {"room_types": ["Living Room", "Kitchen"]}, 422, NOT_NOW, ("Kitchen",)),
    ("two families", {"room_types": ["Living Room", "Bathroom"]}, 422, BAD, ("family",)),
    ("bedroom and living", {"room_types": ["Bedroom", "Living Room"]}, 422, BAD, ("family",)),
    ("nine rooms", {"room_types": ["Bedroom"] * 9}, 422, BAD, ("room_types",)),
    ("rooms as text", {"room_types": "Bedroom"}, 422, BAD, ("room_types",)),
    ("room as number", {"room_types": [7]}, 422, BAD, ("room_types[0]",)),
    ("unknown style", {"style_preset": "brutalist"}, 422, BAD, ("style_preset", "japandia")),
    ("style as list", {"style_preset": ["modern"]}, 422, BAD, ("style_preset",)),
    ("alternates as text", {"include_alternates": "yes"}, 422, BAD, ("include_alternates",)),
    ("alternates as number", {"include_alternates": 1}, 422, BAD, ("include_alternates",)),
    ("long reference", {"reference": "r" * 501}, 422, BAD, ("reference",)),
    ("surrogate reference", {"reference": "\ud800"}, 422, BAD, ("reference",)),
    ("21 pairs", {"metadata": {f"k{n}": n for n in range(21)}}, 422, BAD, ("metadata",)),
    ("nested metadata", {"metadata": {"a": {"b": 1}}}, 422, BAD, ("metadata.a",)),
    ("list metadata", {"metadata": {"a": [1]}}, 422, BAD, ("metadata.a",)),
    ("metadata as list", {"metadata": ["a"]}, 422, BAD, ("metadata",)),
    ("infinite metadata", {"metadata": {"a": float("inf")}}, 422, BAD, ("metadata.a",)),
    ("huge metadata number", {"metadata": {"a": 10**40}}, 422, BAD, ("metadata.a",)),
    ("long metadata", {"metadata": {"a": "v" * 501}}, 422, BAD, ("metadata.a",)),
    ("empty metadata key", {"metadata": {"": 1}}, 422, BAD, ("metadata",)),
    ("webhook text", {"webhook": "https://example.com"}, 422, BAD, ("webhook",)),
    ("webhook without url", {"webhook": {}}, 422, BAD, ("webhook.url", "required")),
    ("webhook http", {"webhook": {"url": "http://example.com/"}}, 422, BAD, ("webhook.url", "https")),
    ("webhook userinfo", {"webhook": {"url": "https://a:b@example.com/"}}, 422, BAD, ("webhook.url", "user name")),
    ("webhook private", {"webhook": {"url": "https://192.168.0.7/"}}, 422, BAD, ("webhook.url", "public")),
    ("webhook loopback", {"webhook": {"url": "https://[::1]/"}}, 422, BAD, ("webhook.url", "public")),
    ("webhook extra", {"webhook": {"url": "https://example.com/", "secret": "x"}}, 422, BAD, ("webhook.secret",)),
    ("unknown field", {"styl_preset": "modern"}, 422, BAD, ("styl_preset", "no such field")),
    ("negative seed", {"seed": -1}, 422, BAD, ("seed",)),
    ("seed as text", {"seed": "1"}, 422, BAD, ("seed",)),
    ("inline url", {"source_asset_id": ..., "source_url": "https://example.com/a.jpg"}, 422, NOT_NOW,
     ("source-assets",)),
    ("inline and asset", {"source_url": "https://example.com/a.jpg"}, 400, "bad_request", ("mutually exclusive",)),
    ("no source", {"source_asset_id": ...}, 422, BAD, ("source_asset_id", "required")),
    ("asset as number", {"source_asset_id": 1}, 422, BAD, ("source_asset_id",)),
    ("malformed asset", {"source_asset_id": "src_../../x"}, 422, BAD, ("source asset",)),
    ("unknown asset", {"source_asset_id": "src_" + "0" * 26}, 422, BAD, ("source asset",)),
]  # fmt: skip


@pytest.fixture(scope="module")
def asset(stage: Stage) -> str:
    return stage.ready_asset()


@pytest.mark.parametrize(
    ("changes", "status", "code", "words"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_refusals(
    stage: Stage, asset: str, changes: dict[str, Any], status: int, code: str, words: tuple[str, ...]
) -> None:
    before = wiring.wiring().stores.tenant(stage.tenant_id).account()
    refused(stage.post(JOBS, wanted(asset, **changes)), status, code, *words)
    assert wiring.wiring().stores.tenant(stage.tenant_id).account() == before


def test_a_file_on_create_is_sent_to_source_assets(stage: Stage) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = stage.call("POST", JOBS, idempotency_key="k", body=b"--x--\r\n", headers=headers)
    refused(answer, 422, NOT_NOW, "source-assets")


def test_assets_that_are_not_ready_or_failed_are_refused(stage: Stage) -> None:
    made = stage.post_file(pictures.jpeg())
    waiting = "src_" + made.body["ingest_id"].removeprefix("ing_")
    answer = stage.post(JOBS, wanted(waiting))
    assert answer.status in (409, 422)
    assert "not ready" in answer.message
    broken = stage.post_file(b"nothing of the kind", idempotency_key="broken")
    stage.ingest(broken.body["ingest_id"])
    failed = "src_" + broken.body["ingest_id"].removeprefix("ing_")
    answer = stage.post(JOBS, wanted(failed))
    assert answer.status == 422
    assert "could not be read" in answer.message


def test_another_tenants_asset_and_job_look_like_none(stage: Stage, asset: str) -> None:
    unknown = "src_" + "0" * 26
    theirs = stage.post(JOBS, wanted(asset), key=stage.other_key)
    nobodys = stage.post(JOBS, wanted(unknown), key=stage.other_key)
    assert theirs.status == nobodys.status == 422
    assert theirs.message.replace(asset, "X") == nobodys.message.replace(unknown, "X")
    job_id = stage.post(JOBS, wanted(asset)).body["job_id"]
    for tail in ("", "/deliveries"):
        theirs = stage.call("GET", f"{JOBS}/{job_id}{tail}", key=stage.other_key)
        nobodys = stage.call("GET", f"{JOBS}/job_{'0' * 26}{tail}", key=stage.other_key)
        refused(theirs, 404, "not_found")
        assert theirs.body == nobodys.body


def _run(stage: Stage, job_id: str) -> Job:
    store, now = wiring.wiring().stores.tenant(stage.tenant_id), datetime.now(UTC)
    assert store.acquire_slot(job_id, now + timedelta(minutes=1), now)
    return store.mark_running(job_id, "token", now + timedelta(minutes=1), now)


def _end(job: Job, outcome: Outcome) -> None:
    wiring.wiring().stores.tenant(job.tenant_id).finish(job, outcome, datetime.now(UTC))


def test_a_running_job_shows_its_progress(stage: Stage, asset: str) -> None:
    job_id = stage.post(JOBS, wanted(asset)).body["job_id"]
    job = _run(stage, job_id)
    assert stage.call("GET", f"{JOBS}/{job_id}").body["progress"] is None
    progress = {"stage": "render", "fraction": 0.6, "stages_done": ["perceive", "plan"]}
    key = f"tenants/{stage.tenant_id}/jobs/{job_id}/progress.json"
    boto3.client("s3").put_object(Bucket=ENVIRONMENT["BUCKET_NAME"], Key=key, Body=json.dumps(progress).encode())
    read = stage.call("GET", f"{JOBS}/{job_id}")
    assert (read.body["status"], read.body["progress"]) == ("running", progress)
    for junk in (b'{"stage": "ren', b" " * 20_000):
        boto3.client("s3").put_object(Bucket=ENVIRONMENT["BUCKET_NAME"], Key=key, Body=junk)
        read = stage.call("GET", f"{JOBS}/{job_id}")
        assert (read.status, read.body["progress"]) == (200, None)
    _end(job, Outcome(failure=Failure("timeout", "It took too long.")))
    assert "progress" not in stage.call("GET", f"{JOBS}/{job_id}").body


def test_a_succeeded_job_has_fresh_signed_urls(stage: Stage, asset: str) -> None:
    job_id = stage.post(JOBS, wanted(asset)).body["job_id"]
    prefix = f"tenants/{stage.tenant_id}/jobs/{job_id}/"
    names = {"staged_png": "a/staged.png", "staged_jpg": "a/staged.jpg"}
    output = Output("primary", {name: prefix + path for name, path in names.items()})
    outcome = Outcome(outputs=(output,), manifest_key=prefix + "manifest.json", source_key=prefix + "source.png")
    _end(_run(stage, job_id), outcome)
    read = stage.call("GET", f"{JOBS}/{job_id}")
    assert set(read.body) == ENVELOPE
    assert read.body["status"] == "succeeded"
    assert read.body["completed_at"] is not None
    (output,) = read.body["outputs"]
    assert output["role"] == "primary"
    assert output["image_url"] == output["artifacts"]["staged_jpg"]
    for url in (output["image_url"], output["artifacts"]["staged_png"], read.body["source_image_url"]):
        parts = urlsplit(url)
        assert parts.path.startswith(f"/tenants/{stage.tenant_id}/jobs/{job_id}/")
        assert parse_qs(parts.query)["X-Amz-Expires"] == ["3600"]


def test_a_failed_job_says_why_and_what_next(stage: Stage, asset: str) -> None:
    job_id = stage.post(JOBS, wanted(asset)).body["job_id"]
    failure = Failure("room_not_understood", "No floor was found.", False, "Send a photo that shows the floor.")
    _end(_run(stage, job_id), Outcome(failure=failure))
    read = stage.call("GET", f"{JOBS}/{job_id}")
    assert read.body["status"] == "failed"
    assert read.body["failure"] == {
        "code": "room_not_understood",
        "message": "No floor was found.",
        "retryable": False,
        "hint": "Send a photo that shows the floor.",
    }


def test_the_delivery_log_has_every_attempt(stage: Stage, asset: str) -> None:
    job_id = stage.post(JOBS, wanted(asset)).body["job_id"]
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

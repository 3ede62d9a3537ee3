"""The drop folder through its handlers over moto: photos in, manifest beside them, results and notes out."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import quote_plus

import boto3
import pytest

from roomwright import wiring
from roomwright.domain import ids
from tests.contract.katalo.desk import JOBS
from tests.contract.katalo.stage import Stage, sqs_event
from tests.fakes.ports import MemoryQueue
from tests.functional.steps import (
    BUCKET,
    NONE_FAILED,
    RecordingBus,
    allow_in_flight,
    change,
    engine_result,
    items,
    received,
    run,
    s3_message,
)
from tests.unit.edge import pictures

PHOTOS = 50


def drop(key: str, data: bytes | None = None) -> dict[str, Any]:
    """Upload → S3's notice of it."""
    data = pictures.jpeg() if data is None else data
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=data)
    etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
    return s3_message((quote_plus(key, safe="/"), len(data)), etag=etag)


def bucket(prefix: str) -> dict[str, bytes]:
    """Every object below a prefix, by the rest of its key."""
    s3 = boto3.client("s3")
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    keys = [entry["Key"] for entry in found]
    return {key.removeprefix(prefix): s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys}


def note(key: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(bucket(f"{key}.error.json")[""])["error"]
    return said


def ended(stage: Stage, job_id: str, **outcome: Any) -> dict[str, Any]:
    """End a job that waits in line → the event that the bus hands to `return_drop`."""
    the = wiring.wiring()
    run("dispatch_jobs", sqs_event({"tenant_id": stage.tenant_id}))
    now = the.clock.now()
    the.stores.tenant(stage.tenant_id).mark_running(job_id, "token", now, now)
    before = next(item for item in items("job") if item["job_id"]["S"] == job_id)
    run("finish_job", {"tenant_id": stage.tenant_id, "job_id": job_id, **outcome})
    after = next(item for item in items("job") if item["job_id"]["S"] == job_id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(the, "bus", bus := RecordingBus())
        run("relay_changes", {"Records": [change(after, before)]})
    (event,) = bus.published
    assert event.detail["origin"] == "drop", "or the rule does not match"
    return {"source": "roomwright", "detail-type": event.type, "detail": dict(event.detail)}


def ingest_all(stage: Stage) -> None:
    for item in items("asset"):
        if item["status"]["S"] == "queued":
            assert stage.ingest(item["ingest_id"]["S"]) == NONE_FAILED


def test_a_dropped_photo_becomes_a_job_once(stage: Stage) -> None:
    told = drop(f"inbox/{stage.tenant_id}/living-room/boho/my photo+1.jpg")
    assert run("receive_drop", sqs_event(told, told)) == NONE_FAILED
    (job,) = items("job")
    assert job["status"]["S"] == "ingesting"
    read = stage.call("GET", f"{JOBS}/{job['job_id']['S']}").body
    assert (read["room_types"], read["style_preset"], read["mode"]) == (["Living Room"], "boho", "furnish")
    assert read["reference"] == "living-room/boho/my photo+1.jpg"


def test_a_folder_of_fifty_uploaded_twice_is_fifty_jobs_charged_once_each(stage: Stage) -> None:
    folder = f"inbox/{stage.tenant_id}/living-room/modern/"
    manifest = {"reference": "listing-17", "photos": {"07.jpg": {"seed": 7}}}
    told = [drop(folder + "roomwright.json", json.dumps(manifest).encode())]
    # Ones that are told apart by their bytes: a folder of one picture would prove less.
    told += [drop(f"{folder}{n:02}.jpg", pictures.jpeg() + bytes([n])) for n in range(PHOTOS)]
    for _ in range(2):
        for start in range(0, len(told), 5):
            assert run("receive_drop", sqs_event(*told[start : start + 5])) == NONE_FAILED
    jobs = items("job")
    assert len(jobs) == PHOTOS
    specs = [json.loads(job["spec_json"]["S"]) for job in jobs]
    assert {spec["reference"] for spec in specs} == {"listing-17"}
    assert [spec["seed"] for spec in specs if spec["drop_key"].endswith("/07.jpg")] == [7]
    assert [spec["seed"] for spec in specs if not spec["drop_key"].endswith("/07.jpg")] == [0] * (PHOTOS - 1)
    ingest_all(stage)
    assert {job["status"]["S"] for job in items("job")} == {"queued"}
    account = wiring.wiring().stores.tenant(stage.tenant_id).account()
    assert (account.available, account.reserved, account.jobs_total) == (100 - PHOTOS, PHOTOS, PHOTOS)
    assert [key for key in bucket(folder) if key.endswith(".error.json")] == []
    assert received("RETURNS_QUEUE_URL") == [], "nothing has ended"


def test_what_was_staged_comes_back_and_comes_again_when_uploaded_again(stage: Stage) -> None:
    key = f"inbox/{stage.tenant_id}/living-room/modern/ä 1.jpg"
    told = drop(key)
    run("receive_drop", sqs_event(told))
    ingest_all(stage)
    job_id = items("job")[0]["job_id"]["S"]
    prefix = f"tenants/{stage.tenant_id}/jobs/{job_id}/"
    boto3.client("s3").put_object(Bucket=BUCKET, Key=prefix + "staged.jpg", Body=b"staged")
    event = ended(stage, job_id, output_location=engine_result(stage, job_id))
    assert run("return_drop", sqs_event(event, event)) == NONE_FAILED
    results = bucket(f"results/{stage.tenant_id}/living-room/modern/ä 1.jpg/")
    assert results.keys() == {"staged.jpg", "manifest.json"}
    assert results["staged.jpg"] == b"staged"
    assert json.loads(results["manifest.json"])["job_id"] == job_id
    assert run("receive_drop", sqs_event(told)) == NONE_FAILED
    (again,) = received("RETURNS_QUEUE_URL")
    assert run("return_drop", sqs_event(again)) == NONE_FAILED
    account = wiring.wiring().stores.tenant(stage.tenant_id).account()
    assert (account.available, account.spent, account.jobs_total) == (99, 1, 1)


def test_a_job_that_fails_later_leaves_a_note_beside_its_photo(stage: Stage) -> None:
    key = f"inbox/{stage.tenant_id}/bedroom/modern/a.jpg"
    run("receive_drop", sqs_event(drop(key)))
    ingest_all(stage)
    job_id = items("job")[0]["job_id"]["S"]
    event = ended(stage, job_id, error={"Error": "States.Timeout"})
    assert run("return_drop", sqs_event(event)) == NONE_FAILED
    said = note(key)
    assert (said["code"], said["retryable"], said["job_id"], said["file"]) == ("timeout", True, job_id, "a.jpg")
    assert "nothing was charged" in said["hint"]
    assert bucket(f"results/{stage.tenant_id}/") == {}


def test_a_file_that_is_no_image_leaves_a_note_too(stage: Stage) -> None:
    key = f"inbox/{stage.tenant_id}/bedroom/modern/notes.txt"
    run("receive_drop", sqs_event(drop(key, b"buy milk")))
    (before,) = items("job")
    ingest_all(stage)
    (after,) = items("job")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring.wiring(), "bus", bus := RecordingBus())
        run("relay_changes", {"Records": [change(after, before)]})
    (event,) = bus.published
    assert event.type == "generation.failed"
    assert run("return_drop", sqs_event({"detail": dict(event.detail)})) == NONE_FAILED
    assert note(key)["code"] == "image_rejected"


def test_a_manifest_is_no_photo_and_a_wrong_one_gets_its_note(stage: Stage) -> None:
    key = f"inbox/{stage.tenant_id}/bedroom/modern/roomwright.json"
    run("receive_drop", sqs_event(drop(key, b'{"colour": "red"}')))
    assert items("job") == []
    assert "colour: no such option" in note(key)["message"]
    photo = f"inbox/{stage.tenant_id}/bedroom/modern/a.jpg"
    run("receive_drop", sqs_event(drop(photo)))
    assert items("job") == []
    assert "colour: no such option" in note(photo)["message"]


def test_a_drop_that_was_put_off_comes_back_by_its_own_message(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    key, later = f"inbox/{stage.tenant_id}/living-room/boho/ä+1.jpg", MemoryQueue()
    monkeypatch.setattr(wiring.wiring(), "drop_queue", later)
    allow_in_flight(stage, 0)
    assert run("receive_drop", sqs_event(drop(key))) == NONE_FAILED
    ((message, _),) = later.sent
    assert items("job") == []
    allow_in_flight(stage, 1)
    assert run("receive_drop", sqs_event(message)) == NONE_FAILED
    assert len(items("job")) == 1


@pytest.mark.parametrize(
    ("folder", "word"),
    [("dungeon/modern", "Rooms are"), ("garage/modern", "Garage"), ("bedroom/x", "Presets are"), ("a/b/c", "deeper")],
)
def test_a_drop_that_cannot_be_gets_a_note(stage: Stage, folder: str, word: str) -> None:
    key = f"inbox/{stage.tenant_id}/{folder}/a.jpg"
    assert run("receive_drop", sqs_event(drop(key))) == NONE_FAILED
    assert word in note(key)["message"]
    assert items("job") == []


def test_nothing_is_returned_into_another_tenants_folder(stage: Stage) -> None:
    """A job that names a photo of another tenant can only be a fault of ours; it must not become theirs."""
    store = wiring.wiring().stores.tenant(stage.tenant_id)
    run("receive_drop", sqs_event(drop(f"inbox/{stage.tenant_id}/bedroom/modern/a.jpg")))
    (item,) = items("job")
    spec = json.loads(item["spec_json"]["S"]) | {"drop_key": f"inbox/{stage.other_tenant_id}/bedroom/modern/a.jpg"}
    item |= {"spec_json": {"S": json.dumps(spec)}, "status": {"S": "failed"}}
    boto3.client("dynamodb").put_item(TableName=wiring.wiring().settings.need("TABLE_NAME"), Item=item)
    job = store.job(item["job_id"]["S"])
    assert job
    assert job.spec.drop_key == spec["drop_key"]
    message = {"tenant_id": stage.tenant_id, "job_id": job.job_id}
    assert run("return_drop", sqs_event(message)) == NONE_FAILED
    assert bucket(f"inbox/{stage.other_tenant_id}/") == {}


def test_a_strange_tenant_is_refused_before_anything_is_stored(stage: Stage) -> None:
    nobody = ids.derived_id("ten", "", "", "nobody")
    key = f"inbox/{nobody}/bedroom/modern/a.jpg"
    assert run("receive_drop", sqs_event(drop(key))) == NONE_FAILED
    assert note(key)["code"] == "not_found"
    assert bucket(f"uploads/{nobody}") == {}

"""Source assets: three ways in, their life cycle, and everything that is refused."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from tests.contract.katalo.stage import ENVIRONMENT, Answer, Stage, multipart
from tests.unit.edge import pictures

ASSETS = "/api/v1/source-assets"
BUCKET = ENVIRONMENT["BUCKET_NAME"]


def refused(answer: Answer, status: int, code: str, *words: str) -> None:
    """The envelope, whole and nothing else, naming what is wrong."""
    assert (answer.status, answer.code) == (status, code), answer.body
    assert set(answer.body) == {"error"}
    assert {"code", "message", "retryable", "retry_after"} <= set(answer.body["error"])
    for word in words:
        assert word in answer.message, answer.message
    assert answer.headers["Cache-Control"] == "no-store"


def test_multipart_upload_becomes_a_ready_asset(stage: Stage) -> None:
    made = stage.post_file(pictures.jpeg(exif=pictures.telling_exif()))
    assert made.status == 202
    assert made.body["status"] == "queued"
    assert made.body["source_asset_id"] is None
    assert made.headers["Cache-Control"] == "no-store"
    assert stage.ingest(made.body["ingest_id"]) == {"batchItemFailures": []}
    read = stage.call("GET", f"{ASSETS}/{made.body['ingest_id']}")
    assert read.status == 200
    assert read.body["status"] == "ready"
    assert read.body["source_asset_id"].startswith("src_")
    assert (read.body["width"], read.body["height"], read.body["failure"]) == (400, 300, None)
    stored = f"tenants/{stage.tenant_id}/sources/{read.body['source_asset_id']}.jpg"
    kept = boto3.client("s3").get_object(Bucket=BUCKET, Key=stored)["Body"].read()
    assert pictures.GPS_TEXT.encode() not in kept


def test_a_photo_that_is_none_fails_with_the_next_step(stage: Stage) -> None:
    made = stage.post_file(b"GIF89a" + bytes(500))
    assert made.status == 202
    stage.ingest(made.body["ingest_id"])
    read = stage.call("GET", f"{ASSETS}/{made.body['ingest_id']}")
    assert read.body["status"] == "failed"
    assert read.body["source_asset_id"] is None
    assert read.body["failure"]["code"] == "image_rejected"
    assert "JPEG, PNG, WebP or HEIC" in read.body["failure"]["message"]


def test_source_url_is_queued_and_a_private_address_fails_the_ingest(stage: Stage, monkeypatch: Any) -> None:
    made = stage.post(ASSETS, {"source_url": "https://photos.example.com/living room.jpg".replace(" ", "%20")})
    assert (made.status, made.body["status"]) == (202, "queued")

    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("169.254.169.254", 443))])
    stage.ingest(made.body["ingest_id"])
    read = stage.call("GET", f"{ASSETS}/{made.body['ingest_id']}")
    assert read.body["status"] == "failed"
    assert "not public" in read.body["failure"]["message"]


def test_presigned_upload_names_key_type_and_size(stage: Stage) -> None:
    made = stage.post(ASSETS, {"upload": {"content_type": "image/heic", "size_bytes": 9_000_000}})
    assert (made.status, made.body["status"]) == (202, "awaiting_upload")
    form = made.body["upload"]
    assert (form["method"], form["file_field"], form["max_bytes"]) == ("POST", "file", 30_000_000)
    assert form["url"] == f"https://{BUCKET}.s3.eu-central-1.amazonaws.com/"
    assert form["fields"]["Content-Type"] == "image/heic"
    assert form["fields"]["key"] == f"uploads/{stage.tenant_id}/{made.body['ingest_id']}"
    assert form["expires_at"].endswith("Z")
    assert "upload" not in stage.call("GET", f"{ASSETS}/{made.body['ingest_id']}").body


def test_a_body_that_is_too_large_is_answered_with_a_way_on(stage: Stage) -> None:
    answer = stage.post_file(pictures.jpeg() + bytes(4_000_000), idempotency_key="large")
    refused(answer, 413, "payload_too_large", "error.upload", "source-assets/ing_")
    upload = answer.body["error"]["upload"]
    assert upload["fields"]["Content-Type"] == "image/jpeg"
    waiting = stage.call("GET", f"{ASSETS}/{upload['ingest_id']}")
    assert waiting.body["status"] == "awaiting_upload"
    again = stage.post_file(pictures.jpeg() + bytes(4_000_000), idempotency_key="large")
    assert again.body["error"]["upload"]["ingest_id"] == upload["ingest_id"]
    assert stage.post_file(pictures.jpeg() + bytes(3_990_000), idempotency_key="below").status == 202


@pytest.mark.parametrize(("data", "kind"), [(b"\x89PNG", "image/png"), (b"RIFF0000WEBP", "image/webp"),
                                            (b"0000ftypheic", "image/heic"), (b"anything", "image/jpeg")])  # fmt: skip
def test_the_upload_offered_fits_the_file(stage: Stage, data: bytes, kind: str) -> None:
    answer = stage.post_file(data + bytes(4_000_000))
    assert answer.body["error"]["upload"]["fields"]["Content-Type"] == kind


def test_replay_gives_the_first_asset_and_another_payload_conflicts(stage: Stage) -> None:
    first = stage.post_file(pictures.jpeg(), idempotency_key="same")
    assert stage.post_file(pictures.jpeg(), idempotency_key="same").body["ingest_id"] == first.body["ingest_id"]
    refused(stage.post_file(b"other bytes", idempotency_key="same"), 409, "idempotency_conflict", "Idempotency-Key")
    url = stage.post(ASSETS, {"source_url": "https://example.com/a.jpg"}, idempotency_key="same")
    refused(url, 409, "idempotency_conflict")
    mine = stage.post_file(pictures.jpeg(), idempotency_key="same", key=stage.other_key)
    assert mine.status == 202
    assert mine.body["ingest_id"] != first.body["ingest_id"]


BAD_JSON: list[tuple[str, Any, int, str, tuple[str, ...]]] = [
    ("no field", {}, 422, "validation_error", ("source_url", "required")),
    ("unknown field", {"source_url": "https://example.com/a", "size": 1}, 422, "validation_error", ("size",)),
    ("both", {"source_url": "https://example.com/a", "upload": {}}, 422, "validation_error", ("source_url",)),
    ("number", {"source_url": 5}, 422, "validation_error", ("source_url",)),
    ("http", {"source_url": "http://example.com/a"}, 422, "validation_error", ("source_url", "https")),
    ("userinfo", {"source_url": "https://u:p@example.com/a"}, 422, "validation_error", ("user name",)),
    ("port", {"source_url": "https://example.com:8443/a"}, 422, "validation_error", ("443",)),
    ("private", {"source_url": "https://10.0.0.8/a"}, 422, "validation_error", ("public",)),
    ("metadata", {"source_url": "https://169.254.169.254/"}, 422, "validation_error", ("public",)),
    ("localhost", {"source_url": "https://localhost/a"}, 422, "validation_error", ("public",)),
    ("long", {"source_url": "https://example.com/" + "a" * 3000}, 422, "validation_error", ("source_url",)),
    ("surrogate", '{"source_url": "https://example.com/\\ud800"}', 422, "validation_error", ("source_url",)),
    ("upload type", {"upload": {"content_type": "image/gif", "size_bytes": 5}}, 422, "validation_error",
     ("upload.content_type",)),
    ("upload size", {"upload": {"content_type": "image/png", "size_bytes": 0}}, 422, "validation_error",
     ("upload.size_bytes",)),
    ("upload float", {"upload": {"content_type": "image/png", "size_bytes": 1.5}}, 422, "validation_error",
     ("upload.size_bytes",)),
    ("upload too large", {"upload": {"content_type": "image/png", "size_bytes": 30_000_001}}, 413,
     "payload_too_large", ("30,000,000",)),
    ("upload text", {"upload": "now"}, 422, "validation_error", ("upload",)),
    ("not JSON", "{source_url", 400, "bad_request", ("JSON",)),
    ("empty", "", 400, "bad_request", ("JSON",)),
    ("list", "[1, 2]", 400, "bad_request", ("object",)),
    ("null", "null", 400, "bad_request", ("object",)),
    ("bytes", b"\xff\xfe\x00", 400, "bad_request", ("JSON",)),
    ("deep", "[" * 90_000, 400, "bad_request", ("JSON",)),
    ("deep object", '{"a":' * 15_000 + "1" + "}" * 15_000, 400, "bad_request", ()),
    ("long JSON", json.dumps({"source_url": "x" * 200_000}), 413, "payload_too_large", ("100,000",)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "code", "words"), [row[1:] for row in BAD_JSON], ids=[r[0] for r in BAD_JSON]
)
def test_bad_json(stage: Stage, body: Any, status: int, code: str, words: tuple[str, ...]) -> None:
    refused(stage.post(ASSETS, body), status, code, *words)


def test_bad_forms(stage: Stage) -> None:
    good, kind = multipart(("file", pictures.jpeg()))

    def send(body: bytes, content_type: str = kind) -> Answer:
        return stage.call("POST", ASSETS, idempotency_key="f", body=body, headers={"Content-Type": content_type})

    refused(send(good, "multipart/form-data"), 400, "bad_request", "boundary")
    refused(send(good, "multipart/form-data; boundary=" + "b" * 200), 400, "bad_request", "boundary")
    refused(send(good, "multipart/form-data; boundary=other"), 400, "bad_request")
    refused(send(good[: len(good) // 2]), 400, "bad_request", "incomplete")
    refused(send(b"", kind), 400, "bad_request")
    refused(send(multipart(("picture", b"x"))[0]), 422, "validation_error", "picture")
    refused(send(multipart(("file", b"x"), ("reference", b"x"))[0]), 422, "validation_error", "reference")
    refused(send(multipart(("file", b""))[0]), 422, "validation_error", "file")
    refused(send(multipart(("file", b"x"), ("file", b"y"))[0]), 400, "bad_request", "twice")
    refused(send(multipart(*((f"f{n}", b"x") for n in range(9)))[0]), 400, "bad_request", "parts")
    long_header = good.replace(b"photo.txt", b"p" * 9000)
    refused(send(long_header), 400, "bad_request")
    no_name = good.replace(b'name="file"; ', b"")
    refused(send(no_name), 422, "validation_error")


def test_other_content_types_are_refused(stage: Stage) -> None:
    for kind in ("image/jpeg", "application/x-www-form-urlencoded", "", "text/json", "application/jsonp"):
        answer = stage.call("POST", ASSETS, idempotency_key="k", body=pictures.jpeg(), headers={"Content-Type": kind})
        refused(answer, 400, "bad_request", "Content-Type")


@pytest.mark.parametrize("ingest_id", ["ing_" + "0" * 26, "nonsense", "ing_", "src_" + "0" * 26, "a" * 900, "%2e%2e"])
def test_unknown_ingests_are_not_found(stage: Stage, ingest_id: str) -> None:
    refused(stage.call("GET", f"{ASSETS}/{ingest_id}"), 404, "not_found")


def test_another_tenants_asset_looks_like_none(stage: Stage) -> None:
    made = stage.post_file(pictures.jpeg())
    theirs = stage.call("GET", f"{ASSETS}/{made.body['ingest_id']}", key=stage.other_key)
    nobodys = stage.call("GET", f"{ASSETS}/ing_{'0' * 26}", key=stage.other_key)
    refused(theirs, 404, "not_found")
    assert theirs.body == nobodys.body

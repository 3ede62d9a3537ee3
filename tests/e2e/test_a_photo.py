"""One photo, all the way through, by the command a person uses and by the API a customer uses."""

from __future__ import annotations

import http.client
import json
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from local.client import multipart, request, upload_form
from tests.e2e.conftest import Stack, eventually, local

pytestmark = [pytest.mark.emulator, pytest.mark.engine]


def pixels(path: Path, mode: str = "RGB") -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(path) as image:
        return np.asarray(image.convert(mode))


def test_the_stage_command_ends_with_every_picture(stack: Stack, tmp_path: Path) -> None:
    said = local(stack.place, "stage", "--seed", "1", "--out", str(tmp_path)).stdout
    job = json.loads((tmp_path / "job.json").read_text())
    assert job["status"] == "succeeded"
    assert "Job succeeded" in said
    assert "·" in said, "the engine's stages are shown as they happen"
    source, staged = pixels(tmp_path / "source.png"), pixels(tmp_path / "staged.png")
    mask = pixels(tmp_path / "changed_mask.png", "L") > 0
    assert source.shape == staged.shape == (*mask.shape, 3)
    assert 0.02 < mask.mean() < 0.9
    assert np.array_equal(source[~mask], staged[~mask]), "outside the mask every pixel is the source's own"
    assert (source != staged).any()
    for name in ("staged.jpg", "before_after.jpg"):
        assert pixels(tmp_path / name).size


def test_a_photo_too_large_for_a_request_goes_through_an_upload(stack: Stack, blank: Path) -> None:
    wanted = {"upload": {"content_type": "image/png", "size_bytes": blank.stat().st_size}}
    asset = stack.client.post_json("/api/v1/source-assets", wanted, uuid.uuid4().hex)
    assert asset["status"] == "awaiting_upload"
    upload_form(asset["upload"]["url"], asset["upload"]["fields"], blank)
    assert stack.ready(asset["ingest_id"]).startswith("src_")


@pytest.mark.parametrize("size", [5_000_000, 11_000_000])
def test_a_request_too_large_is_refused_in_the_envelope(stack: Stack, size: int) -> None:
    parts = urlsplit(stack.client.origin)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    headers = {"content-type": "multipart/form-data; boundary=x", "authorization": f"Bearer {stack.client.api_key}"}
    try:
        connection.request("POST", "/api/v1/source-assets", b"x" * size, headers)
        answer = connection.getresponse()
        assert answer.status == 413
        assert json.loads(answer.read())["error"]["code"] == "payload_too_large"
    finally:
        connection.close()


def test_a_media_type_in_capitals_brings_the_photo_whole(stack: Stack, blank: Path) -> None:
    kind, body = multipart({}, "file", "a.png", blank.read_bytes(), "image/png")
    headers = {
        "content-type": kind.replace("multipart/form-data", "Multipart/Form-Data"),
        "authorization": f"Bearer {stack.client.api_key}",
        "idempotency-key": uuid.uuid4().hex,
    }
    status, answer = request("POST", f"{stack.client.origin}/api/v1/source-assets", body, headers)
    assert status == 202, answer
    assert stack.ready(json.loads(answer)["ingest_id"])


@pytest.mark.parametrize(("path", "wanted"), [("generations", 204), ("source-assets", 204), ("keys", 404)])
def test_a_browsers_question_reaches_the_function(stack: Stack, path: str, wanted: int) -> None:
    """Only the paths that a public key may use are for pages of other origins."""
    asked = {"origin": "https://shop.example.com", "access-control-request-method": "POST"}
    status, body = request("OPTIONS", f"{stack.client.origin}/api/v1/{path}", headers=asked)
    assert status == wanted
    assert not body or json.loads(body)["error"]["code"] == "not_found"


def test_paths_of_both_functions_are_told_apart(stack: Stack) -> None:
    """The gateway's tree has both below /generations/{job_id}: what is longer must not hide what is shorter."""
    job = "generations/job_00000000000000000000000000"
    keyed = {"authorization": f"Bearer {stack.client.api_key}", "idempotency-key": uuid.uuid4().hex}

    def told(method: str, path: str) -> tuple[int, str]:
        status, body = request(method, f"{stack.client.origin}/api/v1/{path}", headers=keyed)
        return status, str(json.loads(body).get("error", {}).get("message"))

    nobodys = (404, "There is no job with this id.")
    assert told("GET", job) == told("GET", f"{job}/deliveries") == nobodys
    assert told("POST", f"{job}/deliveries/msg_1/replay") == nobodys
    assert told("GET", "keys")[0] == told("GET", "webhooks/default")[0] == told("GET", "usage/summary")[0] == 200
    assert told("GET", f"{job}/deliveries/msg_1/other")[0] == 404


def test_without_a_key_nothing_is_told(stack: Stack) -> None:
    status, body = request("GET", f"{stack.client.origin}/api/v1/generations/job_00000000000000000000000000")
    assert status == 401
    assert json.loads(body)["error"]["code"] == "unauthorized"


def test_a_photo_in_the_drop_folder_becomes_a_job(stack: Stack, blank: Path) -> None:
    tenant = stack.status["tenant_id"]
    key = f"inbox/{tenant}/living-room/modern/{uuid.uuid4().hex}.png"

    def delivered() -> list[dict[str, Any]]:
        return [entry for entry in stack.webhooks("job_") if entry["target"] == "/hook"]

    before = len(delivered())
    stack.aws("s3").put_object(Bucket=stack.output("BucketName"), Key=key, Body=blank.read_bytes())
    webhook = eventually(lambda: delivered()[before:], "the dropped photo's webhook", 300, 1)[0]
    job = stack.ended(json.loads(webhook["body"])["job_id"])
    assert job["room_types"] == ["Living Room"]
    assert job["status"] == "failed", "a blank wall is no room"
    assert job["failure"]["hint"]

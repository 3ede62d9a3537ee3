"""Keys on the deployed stack: a test key's sample, a key made, rotated and revoked, a page's request, the operator."""

from __future__ import annotations

import io
import json
import uuid
from dataclasses import replace
from typing import Any
from urllib.request import Request, urlopen

import numpy as np
import pytest
from PIL import Image

from local.client import ApiError, Client, request
from tests.e2e.conftest import EXAMPLE, Stack, local

pytestmark = pytest.mark.emulator
KEYS, PAGE = "/api/v1/keys", "https://www.agency.example"
USAGE = "/api/v1/usage/summary"


def credits(stack: Stack) -> dict[str, Any]:
    arguments = json.dumps({"tenant_id": stack.status["tenant_id"]})
    found: dict[str, Any] = json.loads(local(stack.place, "admin", "read_tenant", arguments).stdout)["credits"]
    return found


def created(stack: Stack, **wish: Any) -> dict[str, Any]:
    answer: dict[str, Any] = stack.client.post_json(KEYS, {"name": "e2e", "scopes": ["read"], **wish}, uuid.uuid4().hex)
    return answer


def works(stack: Stack, api_key: str) -> bool:
    with pytest.raises(ApiError) as refusal:
        Client(stack.client.origin, api_key).get(f"/api/v1/generations/job_{'0' * 26}")
    assert refusal.value.status in (401, 404)
    return refusal.value.status == 404


def test_a_test_key_gets_a_marked_sample_for_nothing(stack: Stack) -> None:
    before = credits(stack)
    testing = replace(stack, client=Client(stack.client.origin, stack.status["test_api_key"]))
    job = testing.ended(testing.submit(EXAMPLE), 120)
    assert job["status"] == "succeeded", job["failure"]
    artifacts = job["outputs"][0]["artifacts"]
    staged, source, mask = (
        picture(url) for url in (artifacts["staged_png"], job["source_image_url"], artifacts["changed_mask_png"])
    )
    assert np.array_equal(staged[mask == 0], source[mask == 0])
    assert (staged[mask > 0] != source[mask > 0]).any()
    assert credits(stack)["spent"] == before["spent"]
    with pytest.raises(ApiError) as refusal:
        stack.client.get(f"/api/v1/generations/{job['job_id']}")
    assert refusal.value.status == 404, "a live key does not see test jobs"


def test_what_an_organisation_keeps_is_counted_and_erased(stack: Stack) -> None:
    testing = replace(stack, client=Client(stack.client.origin, stack.status["test_api_key"]))
    before = testing.client.get(USAGE)["storage"]["stored_bytes"]
    source = testing.source(EXAMPLE)
    job_id = testing.ended(testing.submit(EXAMPLE, source_asset_id=source, seed=11), 120)["job_id"]
    assert testing.client.get(USAGE)["storage"]["stored_bytes"] > before + EXAMPLE.stat().st_size
    for path in (f"/api/v1/source-assets/{source}", f"/api/v1/generations/{job_id}/outputs"):
        authorised = {"authorization": f"Bearer {testing.client.api_key}"}
        status, answer = request("DELETE", stack.client.origin + path, headers=authorised)
        assert status == 200, answer
    assert testing.client.get(USAGE)["storage"]["stored_bytes"] == before
    bucket = stack.aws("s3").get_paginator("list_objects_v2").paginate(Bucket=stack.output("BucketName"))
    names = [item["Key"] for page in bucket for item in page.get("Contents", [])]
    assert not [name for name in names if name.startswith("tenants/") and (job_id in name or source in name)]


def picture(url: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    status, content = request("GET", url)
    assert status == 200
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image)


def test_a_key_is_made_rotated_and_revoked(stack: Stack) -> None:
    first = created(stack)
    assert works(stack, first["api_key"])
    turned = stack.client.post_json(f"{KEYS}/{first['key_id']}/rotate", {}, uuid.uuid4().hex)
    assert works(stack, first["api_key"])
    assert works(stack, turned["api_key"])
    for key in (first, turned):
        authorised = {"authorization": f"Bearer {stack.client.api_key}"}
        status, _ = request("DELETE", f"{stack.client.origin}{KEYS}/{key['key_id']}", headers=authorised)
        assert status == 200
        assert not works(stack, key["api_key"]), "refused from the next request on"


def test_a_page_uploads_with_its_public_key(stack: Stack) -> None:
    key = created(stack, public=True, origins=[PAGE], scopes=["upload", "create"])["api_key"]
    url = f"{stack.client.origin}/api/v1/source-assets"
    with urlopen(Request(url, method="OPTIONS", headers={"Origin": PAGE}), timeout=30) as preflight:  # noqa: S310
        assert (preflight.status, preflight.headers["Access-Control-Allow-Methods"]) == (204, "POST")
    headers = {"Origin": PAGE, "Authorization": f"Bearer {key}", "Idempotency-Key": uuid.uuid4().hex}
    headers["Content-Type"] = "application/json"
    wanted = json.dumps({"upload": {"content_type": "image/png", "size_bytes": 1000}}).encode()
    with urlopen(Request(url, wanted, headers, method="POST"), timeout=30) as made:  # noqa: S310 - our own stack
        assert (made.status, made.headers["Access-Control-Allow-Origin"]) == (202, PAGE)
        assert '"key";r=' in made.headers["RateLimit"]

"""Keys that lie in web pages: what a browser is told, and what such a key opens."""

from __future__ import annotations

import pytest

from roomwright import wiring
from tests.contract.katalo.desk import JOBS, wanted
from tests.contract.katalo.stage import Stage, multipart
from tests.contract.katalo.test_source_assets import ASSETS, refused
from tests.contract.manage.test_keys import KEYS, create
from tests.unit.edge import pictures

PAGE, OTHER_PAGE = "https://www.agency.example", "https://evil.example"
EXPOSED = {"RateLimit", "RateLimit-Policy", "Retry-After", "Idempotency-Replayed", "X-Request-Id"}


@pytest.fixture(scope="module")
def public_key(stage: Stage) -> str:
    made = create(stage, public=True, scopes=["upload", "create"], origins=[PAGE])
    assert made.body["api_key"].startswith("rwpub_live_")
    return str(made.body["api_key"])


def cors(headers: dict[str, str] | object) -> dict[str, str]:
    assert isinstance(headers, dict)
    return {name: value for name, value in headers.items() if name.lower().startswith("access-control")}


def test_a_browser_may_ask_without_a_key(stage: Stage) -> None:
    for path in (ASSETS, JOBS):
        headers = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
        answer = stage.call("OPTIONS", path, key=None, headers=headers)
        assert (answer.status, answer.headers["Access-Control-Allow-Methods"]) == (204, "POST")
        allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(", ")
        assert {"authorization", "content-type", "idempotency-key"} <= set(allowed)
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", [KEYS, "/api/v1/usage/summary", f"{JOBS}/job_{'0' * 26}", f"{JOBS}/x/regenerate"])
def test_no_other_path_is_for_browsers(stage: Stage, public_key: str, path: str) -> None:
    answer = stage.call("OPTIONS", path, key=None, headers={"Origin": PAGE})
    refused(answer, 404, "not_found")
    assert not cors(answer.headers)
    for method in ("GET", "POST", "DELETE"):
        got = stage.call(method, path, key=public_key, headers={"Origin": PAGE}, body="{}", idempotency_key="fresh")
        assert got.status in (403, 404), (method, got.body)


def test_a_page_creates_and_reads_its_answer(stage: Stage, public_key: str) -> None:
    body, kind = multipart(("file", pictures.jpeg()))
    headers = {"Origin": PAGE, "Content-Type": kind}
    made = stage.call("POST", ASSETS, key=public_key, idempotency_key="fresh", body=body, headers=headers)
    assert made.status == 202
    assert made.headers["Access-Control-Allow-Origin"] == PAGE
    assert made.headers["Vary"] == "Origin"
    assert set(made.headers["Access-Control-Expose-Headers"].split(", ")) >= EXPOSED
    assert "Access-Control-Allow-Credentials" not in made.headers
    asset = stage.ready_asset()
    request = {name: value for name, value in wanted(asset).items() if name != "webhook"}
    job = stage.post(JOBS, request, key=public_key, headers={"Origin": PAGE})
    assert (job.status, job.body["outputs"]) == (202, [])
    assert job.headers["Access-Control-Allow-Origin"] == PAGE


def test_a_page_may_read_why_it_was_refused(stage: Stage, public_key: str) -> None:
    answer = stage.post(ASSETS, {"picture": "?"}, key=public_key, headers={"Origin": PAGE})
    refused(answer, 422, "validation_error")
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    uploads = create(stage, public=True, scopes=["upload"], origins=[PAGE]).body["api_key"]
    answer = stage.post(JOBS, {}, key=uploads, headers={"Origin": PAGE})
    refused(answer, 403, "forbidden", "create")
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE


@pytest.mark.parametrize("origin", [OTHER_PAGE, "null", "http://www.agency.example", None])
def test_the_key_is_no_good_elsewhere(stage: Stage, public_key: str, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    answer = stage.post(JOBS, {}, key=public_key, headers=headers)
    refused(answer, 403, "forbidden", "origins")
    assert not cors(answer.headers)


def test_a_page_may_read_that_its_key_is_no_good_any_more(stage: Stage) -> None:
    made = create(stage, public=True, scopes=["upload"], origins=[PAGE]).body
    stage.call("DELETE", f"{KEYS}/{made['key_id']}")
    answer = stage.post(ASSETS, {}, key=made["api_key"], headers={"Origin": PAGE})
    refused(answer, 401, "unauthorized")
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    elsewhere = stage.call("GET", KEYS, key=made["api_key"], headers={"Origin": PAGE})
    refused(elsewhere, 401, "unauthorized")
    assert not cors(elsewhere.headers), "no path for pages"


def test_a_page_may_read_that_its_address_asked_too_often(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(wiring.wiring().stores), "count", lambda _, __, names, ___: dict.fromkeys(names, 10**6))
    answer = stage.post(ASSETS, {}, key="rwpub_live_x", headers={"Origin": PAGE})
    refused(answer, 429, "rate_limited")
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


def test_a_secret_key_is_not_for_pages(stage: Stage) -> None:
    answer = stage.post(ASSETS, {}, headers={"Origin": PAGE})
    refused(answer, 422, "validation_error")
    assert not cors(answer.headers)

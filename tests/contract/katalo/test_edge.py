"""What holds for every path: keys, idempotency keys, unknown paths, faults of ours, and what the log may say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roomwright import wiring
from tests.contract.katalo.desk import JOBS, wanted
from tests.contract.katalo.stage import Context, Stage, handler, log_of, proxy_event
from tests.contract.katalo.test_source_assets import ASSETS, refused
from tests.unit.edge import pictures

PATHS = [
    ("POST", ASSETS),
    ("GET", f"{ASSETS}/ing_{'0' * 26}"),
    ("POST", JOBS),
    ("GET", f"{JOBS}/job_{'0' * 26}"),
    ("GET", f"{JOBS}/job_{'0' * 26}/deliveries"),
    ("POST", f"{JOBS}/job_{'0' * 26}/regenerate"),
    ("DELETE", f"{JOBS}/job_{'0' * 26}"),
    ("GET", "/api/v1/usage/summary"),
    ("GET", "/api/v1/billing/events"),
    ("GET", "/api/v1/capabilities"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_every_path_wants_a_key_first(stage: Stage, method: str, path: str) -> None:
    refused(stage.call(method, path, key=None), 401, "unauthorized", "Bearer")
    wrong = stage.key[:-1] + ("0" if stage.key[-1] != "0" else "1")
    for key in ("nonsense", wrong, "rw_live_" + "0" * 16 + "_" + "0" * 38, "é", stage.key + " x"):
        refused(stage.call(method, path, key=key), 401, "unauthorized")


def test_basic_credentials_are_no_key(stage: Stage) -> None:
    refused(stage.call("GET", PATHS[1][1], key=None, headers={"Authorization": "Basic abc"}), 401, "unauthorized")


def test_a_reading_key_may_read_and_not_write(stage: Stage) -> None:
    refused(stage.post(JOBS, {}, key=stage.reading_key), 403, "forbidden", "create")
    refused(stage.post(ASSETS, {}, key=stage.reading_key), 403, "forbidden", "upload")
    made = stage.post_file(pictures.jpeg())
    assert stage.call("GET", f"{ASSETS}/{made.body['ingest_id']}", key=stage.reading_key).status == 200


@pytest.mark.parametrize("path", [ASSETS, JOBS])
@pytest.mark.parametrize("idempotency_key", [None, "", "k" * 256, "tab\there", "schlüssel", "line\nbreak"])
def test_writes_want_a_good_idempotency_key(stage: Stage, path: str, idempotency_key: str | None) -> None:
    refused(stage.post(path, {}, idempotency_key=idempotency_key), 400, "bad_request", "Idempotency-Key")


def test_header_names_come_in_any_case(stage: Stage) -> None:
    headers = {
        "AUTHORIZATION": f"bearer {stage.key}",
        "idempotency-KEY": "k" * 255,
        "content-type": "Application/JSON; charset=utf-8",
    }
    answer = stage.call("POST", ASSETS, key=None, headers=headers, body='{"source_url": "https://example.com/a.jpg"}')
    assert answer.status == 202


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/"),
        ("GET", "/api/v1/nothing"),
        ("GET", JOBS),
        ("DELETE", JOBS),
        ("PUT", f"{JOBS}/job_1"),
        ("OPTIONS", f"{JOBS}/job_1"),
        ("PATCH", ASSETS),
        ("GET", "/api/v1/../../etc/passwd"),
        ("GET", f"{JOBS}/a/b/c"),
        ("GET", "/api/v1/" + "x" * 5000),
    ],
)
def test_other_paths_and_methods_are_not_found(stage: Stage, method: str, path: str) -> None:
    answer = stage.call(method, path)
    refused(answer, 404, "not_found")
    assert not any(name.lower().startswith("access-control") for name in answer.headers)


def test_a_bad_base64_body_is_refused(stage: Stage) -> None:
    headers = {
        "Authorization": f"Bearer {stage.key}",
        "Idempotency-Key": "k",
        "Content-Type": "application/json",
    }
    event = proxy_event("POST", ASSETS, headers, None) | {"body": "%%%", "isBase64Encoded": True}
    raw = handler("katalo_api").handler(event, Context())
    assert (raw["statusCode"], json.loads(raw["body"])["error"]["code"]) == (400, "bad_request")


def test_no_credits_and_too_many_jobs(stage: Stage) -> None:
    poor = stage.post_file(pictures.jpeg(), key=stage.poor_key)
    the = wiring.wiring()
    key = the.stores.key(stage.poor_key.split("_")[2])
    assert key is not None
    stage.ingest(poor.body["ingest_id"], key.tenant_id)
    source = "src_" + poor.body["ingest_id"].removeprefix("ing_")
    refused(stage.post(JOBS, wanted(source), key=stage.poor_key), 403, "insufficient_credits", "credits")
    asset = stage.ready_asset(key=stage.other_key)
    for _ in range(50):
        assert stage.post(JOBS, wanted(asset), key=stage.other_key).status == 202
    answer = stage.post(JOBS, wanted(asset), key=stage.other_key)
    refused(answer, 429, "rate_limited")
    assert answer.body["error"]["retryable"] is True
    assert answer.headers["Retry-After"] == str(answer.body["error"]["retry_after"])


CANARY = "c4n4ry"


def test_a_fault_of_ours_is_an_envelope_and_a_log_entry_without_the_request(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise KeyError(f"secret {CANARY}")

    monkeypatch.setattr("roomwright.dialects.katalo.source_assets.read_asset", broken)
    with log_of("katalo_api") as log:
        answer = stage.call("GET", f"{ASSETS}/ing_{'0' * 26}")
    refused(answer, 500, "internal_error", "req-1")
    assert answer.body["error"]["retryable"] is True
    entry = json.loads(log.getvalue().splitlines()[-1])
    assert (entry["level"], entry["error"], entry["correlation_id"]) == ("ERROR", ["KeyError"], "req-1")
    assert any("source_assets.py" in frame for frame in entry["frames"])
    assert CANARY not in json.dumps(entry)


def test_a_missing_setting_is_an_envelope_too(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TABLE_NAME")
    wiring.wiring.cache_clear()
    try:
        refused(stage.call("GET", PATHS[1][1]), 500, "internal_error")
    finally:
        wiring.wiring.cache_clear()


def test_nothing_of_a_request_reaches_the_log(
    stage: Stage,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOGGER_LOG_EVENT", "true")
    caplog.set_level("INFO")
    with log_of("katalo_api", "ingest_source") as own:
        _send_canaries(stage, monkeypatch)
    written = capsys.readouterr()
    log = own.getvalue() + written.out + written.err + caplog.text
    assert own.getvalue().count('"message":"refused"') == 4
    assert CANARY not in log
    for secret in (stage.key, stage.key.split("_")[-1], "Authorization", "X-Amz-Signature", "policy"):
        assert secret not in log


def _send_canaries(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The word in every place a request has, through success, refusal and failed ingest."""
    asset = stage.ready_asset()
    planted = {
        "reference": f"ref-{CANARY}",
        "metadata": {f"meta-{CANARY}": f"value-{CANARY}"},
        "webhook": {"url": f"https://hooks.example.com/{CANARY}?token={CANARY}"},
    }
    assert stage.post(JOBS, wanted(asset, **planted), idempotency_key=f"key-{CANARY}").status == 202
    stage.post(JOBS, wanted(asset, style_preset=CANARY, **{f"field_{CANARY}": 1}), idempotency_key=f"key-{CANARY}")
    made = stage.post(ASSETS, {"source_url": f"https://example.com/?signature={CANARY}"})
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.0.0.1", 443))])
    stage.ingest(made.body["ingest_id"])
    stage.post(ASSETS, f'{{"broken {CANARY}')
    stage.post_file(CANARY.encode())
    stage.call("GET", f"/api/v1/{CANARY}?key={CANARY}", headers={"X-Secret": CANARY})
    stage.call("GET", f"{ASSETS}/{CANARY}", key=f"rw_live_{CANARY}")

"""Nothing sensitive reaches a log: a canary is put in every sensitive place, and all that is written is searched.

What may be logged is in `MAY_BE_LOGGED`: ids and codes, nothing that a caller sent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.dynamodb.types import TypeSerializer

from roomwright import wiring
from roomwright.domain import ids
from roomwright.domain.job import JobStatus
from roomwright.ports import DeliveryError, HttpAnswer
from tests.contract.katalo.desk import JOBS, wanted
from tests.contract.katalo.stage import (
    ENVIRONMENT,
    Answer,
    Context,
    Stage,
    handler,
    log_of,
    multipart,
    opened,
    sqs_event,
)
from tests.unit.edge import pictures

MAY_BE_LOGGED = frozenset({
    "level", "location", "message", "timestamp", "service", "cold_start", "function_name", "function_memory_size",
    "function_arn", "function_request_id", "correlation_id", "xray_trace_id",
    "tenant_id", "key_id", "job_id", "ingest_id", "delivery_id", "inference_id", "message_id", "sequence_number",
    "pk", "sk", "status", "code", "failure", "cause", "attempts", "replayed", "woken", "started", "done", "objects",
    "refused", "error", "frames",
})  # fmt: skip
"""Every field that a function's log entry may have. Names of errors and places in our code, never their words."""
CANARY = "c4n4ry"
BUCKET = ENVIRONMENT["BUCKET_NAME"]
FUNCTIONS = tuple(sorted(path.parent.name for path in Path("functions").glob("*/handler.py")))
ASSETS = "/api/v1/source-assets"
KEYS = "/api/v1/keys"
WEBHOOKS = "/api/v1/webhooks"
HOOK = f"https://hooks.example.com/{CANARY}?token={CANARY}"


class Caught:
    """Everything that was written while the line ran."""

    def __init__(self) -> None:
        self.text = ""
        self.secrets: list[str] = [CANARY]

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with opened() as made:
        yield made


@pytest.fixture
def caught(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Caught]:
    """Standard output and error (metrics among them), Python's logging, the functions' own log."""
    monkeypatch.setenv("POWERTOOLS_LOGGER_LOG_EVENT", "true")
    caplog.set_level("INFO")
    found = Caught()
    with log_of(*FUNCTIONS) as own:
        yield found
    written = capsys.readouterr()
    found.text += own.getvalue()
    everything = "\n".join((own.getvalue(), written.out, written.err, caplog.text))
    assert own.getvalue(), "nothing was logged at all: this test would see nothing"
    for secret in found.secrets:
        assert secret not in everything, f"…{_around(everything, secret)}…"
    for word in ("Bearer ", "X-Amz-Signature", "x-amz-signature", "whsec_", '"policy"', "GPSLatitude"):
        assert word not in everything, f"…{_around(everything, word)}…"
    for entry in found.entries():
        assert set(entry) <= MAY_BE_LOGGED, f"a field that nobody decided on: {set(entry) - MAY_BE_LOGGED}"


def _around(text: str, word: str) -> str:
    at = text.index(word)
    return text[max(0, at - 200) : at + 40].replace(CANARY, "<canary>")


def run(function: str, event: Mapping[str, Any]) -> Any:
    return handler(function).handler(dict(event), Context())


def own_secrets(stage: Stage, caught: Caught) -> None:
    """What is secret without our doing."""
    master = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=_secret_arn())["SecretString"])
    caught.secrets += [stage.key, stage.key.split("_")[3], master["master"]]


def _secret_arn() -> str:
    return wiring.wiring().settings.need("WEBHOOK_SECRET_ARN")


def planted(**changes: Any) -> dict[str, Any]:
    return {
        "reference": f"ref-{CANARY}",
        "metadata": {f"meta-{CANARY}": f"value-{CANARY}"},
        "webhook": {"url": HOOK},
        **changes,
    }


def photo() -> bytes:
    """With the word where a camera writes: in EXIF, in a comment, after the end."""
    exif = pictures.telling_exif()
    exif[0x010E] = f"description {CANARY}"
    return pictures.jpeg(exif=exif, comment=CANARY.encode()) + CANARY.encode()


def upload(stage: Stage, data: bytes, once: str = "fresh") -> Answer:
    body, kind = multipart(("file", data))
    body = body.replace(b"photo.txt", f"{CANARY}.jpg".encode())
    return stage.call("POST", ASSETS, idempotency_key=once, body=body, headers={"Content-Type": kind})


def test_requests_that_go_well(stage: Stage, caught: Caught) -> None:
    own_secrets(stage, caught)
    made = upload(stage, photo(), f"key-{CANARY}")
    stage.ingest(made.body["ingest_id"])
    asset = stage.call("GET", f"{ASSETS}/{made.body['ingest_id']}").body["source_asset_id"]
    job = stage.post(JOBS, wanted(asset, **planted()), idempotency_key=f"job-{CANARY}")
    assert job.status == 202, job.body
    path = f"{JOBS}/{job.body['job_id']}"
    assert stage.post(f"{path}/regenerate", {"metadata": {"a": CANARY}}).status == 202
    for method, where in (("GET", path), ("GET", f"{path}/deliveries"), ("DELETE", path)):
        assert stage.call(method, where, headers={"X-Secret": CANARY}).status == 200
    for where in ("usage/summary", "billing/events", "capabilities", "openapi"):
        assert stage.call("GET", f"/api/v1/{where}?{CANARY}={CANARY}").status == 200
    form = stage.post(ASSETS, {"upload": {"content_type": "image/jpeg", "size_bytes": 9}}).body["upload"]
    caught.secrets += [str(value) for name, value in form["fields"].items() if "ignature" in name or name == "policy"]
    assert stage.post(ASSETS, {"source_url": f"https://example.com/?signature={CANARY}"}).status == 202


def test_keys_and_endpoints(stage: Stage, caught: Caught) -> None:
    own_secrets(stage, caught)
    key = stage.post(KEYS, {"name": f"name {CANARY}", "scopes": ["read"]}).body
    rotated = stage.post(f"{KEYS}/{key['key_id']}/rotate", {}).body
    caught.secrets += [made["api_key"] for made in (key, rotated)]
    endpoint = stage.post(WEBHOOKS, {"url": HOOK, "description": CANARY}).body
    path = f"{WEBHOOKS}/{endpoint['endpoint_id']}"
    answers = [
        stage.call("GET", KEYS),
        stage.call("DELETE", f"{KEYS}/{rotated['key_id']}"),
        stage.call("GET", WEBHOOKS),
        stage.call("GET", path),
        stage.call("PATCH", path, body=json.dumps({"url": HOOK + "2"}), headers={"Content-Type": "application/json"}),
        stage.post(f"{path}/rotate-secret", {}),
        stage.call("GET", f"{path}/deliveries"),
        stage.call(
            "PUT", f"{WEBHOOKS}/default", body=json.dumps({"url": HOOK}), headers={"Content-Type": "application/json"}
        ),
        stage.post(f"{WEBHOOKS}/default/rotate-secret", {}),
        stage.call("DELETE", path),
    ]
    assert {answer.status for answer in answers} == {200}, [answer.body for answer in answers if answer.status != 200]
    assert stage.call("GET", f"{WEBHOOKS}/{CANARY}").status == 404
    shown = json.dumps([answer.body for answer in answers])
    caught.secrets += [text for text in (endpoint["secret"],) if text]
    assert "whsec_" in shown, "the secrets that the log is searched for were shown to their owner"


def test_requests_that_are_refused(stage: Stage, caught: Caught) -> None:
    own_secrets(stage, caught)
    asset = stage.ready_asset()
    answers = [
        stage.post(JOBS, wanted(asset, **planted(style_preset=CANARY, **{f"field_{CANARY}": 1}))),
        stage.post(JOBS, wanted(asset, **planted(room_types=[CANARY]))),
        stage.post(JOBS, wanted(f"src_{CANARY}", **planted())),
        stage.post(JOBS, wanted(asset, **planted(webhook={"url": f"http://{CANARY}.example.com/"}))),
        stage.post(ASSETS, f'{{"broken {CANARY}'),
        stage.post(ASSETS, {"source_url": f"https://user:{CANARY}@example.com/"}),
        stage.post(ASSETS, {}, idempotency_key=f"{CANARY}é"),
        stage.post(KEYS, {"name": CANARY, "scopes": [CANARY]}),
        stage.post(WEBHOOKS, {"url": f"https://10.0.0.8/{CANARY}"}),
        stage.call("GET", f"/api/v1/{CANARY}?key={CANARY}", headers={"X-Secret": CANARY, "Cookie": CANARY}),
        stage.call("GET", f"{ASSETS}/{CANARY}", key=f"rw_live_{CANARY}"),
        stage.call("GET", f"{ASSETS}/x", key=None, headers={"Authorization": f"Basic {CANARY}"}),
        stage.call("POST", ASSETS, idempotency_key="k", body=CANARY.encode(), headers={"Content-Type": f"x/{CANARY}"}),
        upload(stage, photo() + bytes(5_000_000)),
    ]
    assert all(400 <= answer.status < 500 for answer in answers), [a.status for a in answers]


ROUTES: list[tuple[str, str, Any]] = [
    ("GET", f"{ASSETS}/ing_{'0' * 26}", None),
    ("POST", ASSETS, {"source_url": f"https://example.com/?{CANARY}"}),
    ("POST", JOBS, wanted("src_" + "0" * 26, **planted())),
    ("GET", f"{JOBS}/job_{'0' * 26}", None),
    ("DELETE", f"{JOBS}/job_{'0' * 26}", None),
    ("DELETE", f"{ASSETS}/ing_{'0' * 26}", None),
    ("DELETE", f"{JOBS}/job_{'0' * 26}/outputs", None),
    ("POST", f"{JOBS}/job_{'0' * 26}/regenerate", {"metadata": {"a": CANARY}}),
    ("GET", f"{JOBS}/job_{'0' * 26}/deliveries", None),
    ("GET", "/api/v1/usage/summary", None),
    ("GET", "/api/v1/billing/events", None),
    ("GET", KEYS, None),
    ("POST", KEYS, {"name": CANARY, "scopes": ["read"]}),
    ("POST", WEBHOOKS, {"url": HOOK}),
    ("PUT", f"{WEBHOOKS}/default", {"url": HOOK}),
]


class Broken:
    """Whatever is asked of it, it dies with a secret on its lips, and so does everything it hands out."""

    def __getattr__(self, name: str) -> Any:
        raise KeyError(f"{CANARY} while reading {CANARY}") from ValueError(CANARY)


class BrokenQueue:
    def send(self, *_: object, **__: object) -> None:
        raise OSError(CANARY)

    send_all = send


@pytest.mark.parametrize(("method", "path", "content"), ROUTES, ids=[f"{m} {p[8:30]}" for m, p, _ in ROUTES])
def test_a_fault_of_ours_in_any_route(
    stage: Stage, caught: Caught, monkeypatch: pytest.MonkeyPatch, method: str, path: str, content: Any
) -> None:
    the = wiring.wiring()
    real = the.stores

    class Stores:
        """Knows the key, and breaks at the first thing it is asked for a tenant."""

        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def tenant(self, _: str) -> Any:
            return Broken()

        def touch_key(self, *_: Any) -> None:
            """Nothing."""

    monkeypatch.setattr(the, "stores", Stores())
    for made in ("katalo", "manage"):
        the.__dict__.pop(made, None)
    body = json.dumps(content) if content is not None else None
    headers = {"Content-Type": "application/json"} if body else {}
    answer = stage.call(method, path, idempotency_key=f"key-{CANARY}", body=body, headers=headers)
    for made in ("katalo", "manage"):
        the.__dict__.pop(made, None)
    assert (answer.status, answer.code) == (500, "internal_error"), answer.body
    assert CANARY not in json.dumps(answer.body)


MESSAGES = ("ingest_source", "receive_drop", "dispatch_jobs", "resume_job", "deliver_webhook", "return_drop")


@pytest.mark.parametrize("function", MESSAGES)
def test_messages_that_cannot_be_handled(stage: Stage, caught: Caught, function: str) -> None:
    bad = [f'{{"broken {CANARY}', json.dumps([CANARY]), json.dumps({"tenant_id": CANARY, "job_id": CANARY})]
    answer = run(function, sqs_event(*bad, {"tenant_id": stage.tenant_id, "delivery_id": CANARY, "job_id": CANARY}))
    assert answer["batchItemFailures"], "nothing of this can be handled"


def test_a_change_that_cannot_be_read(stage: Stage, caught: Caught) -> None:
    item = TypeSerializer().serialize({"kind": "job", "pk": "x", "spec": CANARY})["M"]
    record = {"NewImage": item, "Keys": {"pk": {"S": "x"}, "sk": {"S": "y"}}, "SequenceNumber": "1"}
    run("relay_changes", {"Records": [{"dynamodb": {**record, "ApproximateCreationDateTime": 1.0}}]})


def test_a_source_that_cannot_be_fetched(stage: Stage, caught: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    made = stage.post(ASSETS, {"source_url": f"https://{CANARY}.example.com/{CANARY}?X-Amz-Signature={CANARY}"})
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.0.0.1", 443))])
    stage.ingest(made.body["ingest_id"])
    for data in (CANARY.encode(), photo()[:200], b"\x89PNG\r\n\x1a\n" + CANARY.encode()):
        stage.ingest(upload(stage, data).body["ingest_id"])


def test_a_dropped_photo(stage: Stage, caught: Caught) -> None:
    for folder in ("living-room/modern", f"{CANARY}/modern"):
        key = f"inbox/{stage.tenant_id}/{folder}/{CANARY}.jpg"
        boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=photo())
        etag = hashlib.md5(photo(), usedforsecurity=False).hexdigest()
        found = {"key": key, "size": len(photo()), "eTag": etag}
        run("receive_drop", sqs_event({"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": found}}]}))


class Receiver:
    """Quotes what it was sent, and says what it should not."""

    def __init__(self) -> None:
        self.answers: list[HttpAnswer | Exception] = [
            HttpAnswer(500, f"body {CANARY}", None),
            DeliveryError(f"no answer from {CANARY}"),
            ValueError(CANARY),
            HttpAnswer(200, CANARY, None),
        ]

    def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> HttpAnswer:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_the_way_of_a_job_and_its_webhook(stage: Stage, caught: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    own_secrets(stage, caught)
    the = wiring.wiring()
    job_id = stage.post(JOBS, wanted(stage.ready_asset(), **planted())).body["job_id"]
    run("dispatch_jobs", sqs_event({"tenant_id": stage.tenant_id}))
    monkeypatch.setattr(the, "engine", Broken())
    event = {"tenant_id": stage.tenant_id, "job_id": job_id, "task_token": f"token-{CANARY}"}
    with pytest.raises(Exception, match=CANARY):  # the state machine keeps it; the log does not
        run("start_inference", event)
    monkeypatch.setattr(the, "state_machine", Broken())
    crash = {"inferenceId": f"{stage.tenant_id}/{job_id}", "invocationStatus": "Failed", "failureReason": CANARY}
    assert run("resume_job", sqs_event(crash))["batchItemFailures"]
    run("finish_job", {**event, "error": {"Error": "EngineCrashed", "Cause": CANARY}})
    receiver = Receiver()
    monkeypatch.setattr(the, "http", receiver)
    detail = {"tenant_id": stage.tenant_id, "job_id": job_id, "event_id": ids.event_id(job_id, JobStatus.FAILED)}
    run("deliver_webhook", sqs_event({"detail-type": "generation.failed", "detail": detail}))
    while receiver.answers:
        _attempt(stage, job_id, monkeypatch)


def _attempt(stage: Stage, job_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The attempt that is due next, a day later each time."""
    the = wiring.wiring()
    (delivery,) = the.stores.tenant(stage.tenant_id).deliveries(job_id)
    ahead = (the.clock.now() + timedelta(days=1)).timestamp()
    monkeypatch.setattr(the, "clock", _Later(ahead))
    the.__dict__.pop("sending", None)
    message = {"tenant_id": stage.tenant_id, "job_id": job_id, "delivery_id": delivery.delivery_id}
    run("deliver_webhook", sqs_event(message))


class _Later:
    def __init__(self, timestamp: float) -> None:
        self._at = timestamp

    def now(self) -> Any:
        from datetime import UTC, datetime

        return datetime.fromtimestamp(self._at, UTC)


def test_the_operators_door(stage: Stage, caught: Caught) -> None:
    made = run("administer", {"action": "create_tenant", "name": CANARY, "credits": 1})
    for event in (
        {"action": "issue_key", "tenant_id": made["tenant_id"], "name": CANARY},
        {"action": CANARY, CANARY: CANARY},
        {"action": "issue_key", "tenant_id": CANARY},
        {},
    ):
        answer = run("administer", event)
        caught.secrets += [answer["api_key"]] if "api_key" in answer else []


def test_every_function_is_among_those_that_were_heard() -> None:
    heard = {"katalo_api", "manage_api", "administer", "start_inference", "finish_job", "relay_changes", "sweep_jobs"}
    assert heard | set(MESSAGES) == set(FUNCTIONS)


def test_a_sweep_that_fails(stage: Stage, caught: Caught, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.post(ASSETS, {"source_url": f"https://example.com/{CANARY}"})
    the = wiring.wiring()
    monkeypatch.setattr(the, "clock", _Later(the.clock.now().timestamp() + 300))
    monkeypatch.setattr(the, "ingest_queue", BrokenQueue())
    with pytest.raises(RuntimeError, match="swept"):
        run("sweep_jobs", {})

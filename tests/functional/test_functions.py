"""Every function's handler over moto: parse, one use case, map; and what it does with a bad message among good ones."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from standardwebhooks import Webhook

from roomwright import wiring
from roomwright.domain import ids, signatures
from roomwright.domain.errors import StaleStateError
from roomwright.domain.job import JobStatus
from roomwright.ports import DeliveryError, HttpAnswer
from tests.contract.katalo.desk import JOBS, wanted
from tests.contract.katalo.stage import Stage, log_of, sqs_event
from tests.fakes.ports import MemoryQueue
from tests.functional.steps import (
    BUCKET,
    NOBODY,
    NONE_FAILED,
    Later,
    Receiver,
    change,
    engine_result,
    items,
    received,
    run,
    running,
    s3_message,
    started,
)
from tests.unit.edge import pictures

S3_TEST = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}
BATCHED = ("ingest_source", "receive_drop", "return_drop", "dispatch_jobs", "resume_job", "deliver_webhook")


@pytest.mark.parametrize("function", BATCHED)
def test_bad_messages_fail_alone_and_leave_no_words_in_the_log(stage: Stage, function: str) -> None:
    bad = ['{"broken c4n4ry', "[]", json.dumps({"unknown": "c4n4ry"}), json.dumps({"tenant_id": "c4n4ry"})]
    with log_of(function) as log:
        answer = run(function, sqs_event(*bad))
    failed = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
    harmless = {"m-2", "m-3"} if function in ("ingest_source", "receive_drop") else set()
    assert set(failed) == {"m-0", "m-1", "m-2", "m-3"} - harmless
    assert log.getvalue().count('"message failed"') == len(failed)
    assert "c4n4ry" not in log.getvalue()


@pytest.mark.parametrize("function", ["ingest_source", "receive_drop"])
def test_s3_test_messages_are_nothing(stage: Stage, function: str) -> None:
    assert run(function, sqs_event(S3_TEST)) == NONE_FAILED


def test_a_job_walks_from_the_stream_to_the_state_machine(stage: Stage) -> None:
    job_id = stage.post(JOBS, wanted(stage.ready_asset())).body["job_id"]
    (item,) = items("job")
    assert run("relay_changes", {"Records": [change(item)]}) == NONE_FAILED
    assert received("JOBS_QUEUE_URL") == [{"tenant_id": stage.tenant_id}]
    assert run("dispatch_jobs", sqs_event({"tenant_id": stage.tenant_id})) == NONE_FAILED
    machine = wiring.wiring().settings.need("STATE_MACHINE_ARN")
    (execution,) = boto3.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert execution["name"] == job_id
    told = boto3.client("stepfunctions").describe_execution(executionArn=execution["executionArn"])["input"]
    assert json.loads(told) == {"tenant_id": stage.tenant_id, "job_id": job_id}
    assert run("dispatch_jobs", sqs_event({"tenant_id": stage.tenant_id})) == NONE_FAILED
    assert run("dispatch_jobs", sqs_event({"tenant_id": NOBODY})) == {"batchItemFailures": [{"itemIdentifier": "m-0"}]}


def test_a_queued_asset_reaches_the_ingest_queue(stage: Stage) -> None:
    made = stage.post_file(pictures.jpeg())
    (item,) = items("asset")
    assert run("relay_changes", {"Records": [change(item)]}) == NONE_FAILED
    (message,) = received("INGEST_QUEUE_URL")
    assert message == {"tenant_id": stage.tenant_id, "ingest_id": made.body["ingest_id"]}
    assert run("ingest_source", sqs_event(message, message)) == NONE_FAILED
    assert items("asset")[0]["status"]["S"] == "ready"


def test_an_upload_that_arrives_is_ingested(stage: Stage) -> None:
    wish = {"upload": {"content_type": "image/jpeg", "size_bytes": 5_000_000}}
    made = stage.post("/api/v1/source-assets", wish)
    form = made.body["upload"]
    boto3.client("s3").put_object(Bucket=BUCKET, Key=form["fields"]["key"], Body=pictures.jpeg())
    foreign = ("somewhere/else", 1)
    assert run("ingest_source", sqs_event(s3_message((form["fields"]["key"], 9000), foreign))) == NONE_FAILED
    assert items("asset")[0]["status"]["S"] == "queued"
    assert stage.ingest(made.body["ingest_id"]) == NONE_FAILED
    assert items("asset")[0]["status"]["S"] == "ready"


class RecordingEndpoint:
    """Stands for the runtime API of the endpoint: keeps what it is asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def invoke_endpoint_async(self, **request: Any) -> dict[str, str]:
        self.asked.append(request)
        return {"InferenceId": request["InferenceId"]}


def test_inference_is_asked_inline_and_named_after_the_job(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from roomwright.adapters.sagemaker import AsyncEndpoint

    endpoint = RecordingEndpoint()
    monkeypatch.setattr(wiring.wiring(), "engine", AsyncEndpoint(endpoint, "atelier", 900))  # type: ignore[arg-type]
    job_id = started(stage)
    event = {"tenant_id": stage.tenant_id, "job_id": job_id, "task_token": "token-1"}
    assert run("start_inference", event) == {"job_id": job_id, "status": "running"}
    (asked,) = endpoint.asked
    assert (asked["EndpointName"], asked["InferenceId"]) == ("atelier", f"{stage.tenant_id}/{job_id}")
    assert len(asked["InferenceId"]) <= 64
    assert len(asked["Body"]) < 128_000
    assert (asked["RequestTTLSeconds"], asked["InvocationTimeoutSeconds"]) == (900, 900), "as long as someone waits"
    body = json.loads(asked["Body"])
    assert body["schema"] == "roomwright.engine.v1"
    assert body["source"]["key"].startswith(f"tenants/{stage.tenant_id}/sources/")
    assert body["output_prefix"] == {"bucket": BUCKET, "key": f"tenants/{stage.tenant_id}/jobs/{job_id}/"}
    assert (body["room_types"], body["style"], body["alternates"]) == (["living-room"], "modern", 1)


class RecordingMachine:
    """Stands for Step Functions' waiting task."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, ...]] = []

    def resume(self, task_token: str, output: Mapping[str, str]) -> None:
        self.heard.append(("resume", task_token, json.dumps(dict(output))))

    def fail(self, task_token: str, error: str, cause: str) -> None:
        self.heard.append(("fail", task_token, error, cause))


def test_the_endpoints_notification_wakes_the_task(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id, machine = running(stage), RecordingMachine()
    monkeypatch.setattr(wiring.wiring(), "state_machine", machine)
    location = f"s3://{BUCKET}/inference/results/1.out"
    done = {
        "inferenceId": f"{stage.tenant_id}/{job_id}",
        "invocationStatus": "Completed",
        "responseParameters": {"contentType": "application/json", "outputLocation": location},
    }
    crashed = {"inferenceId": done["inferenceId"], "invocationStatus": "Failed", "failureReason": "out of memory"}
    unknown = done | {"inferenceId": f"{NOBODY}/job_{'0' * 26}"}
    assert run("resume_job", sqs_event(done, crashed, unknown)) == NONE_FAILED
    assert machine.heard == [
        ("resume", "token-1", json.dumps({"output_location": location})),
        ("fail", "token-1", "EngineCrashed", "out of memory"),
    ]


def test_a_finished_job_is_published_charged_and_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = running(stage)
    event = {"tenant_id": stage.tenant_id, "job_id": job_id, "output_location": engine_result(stage, job_id)}
    (before,) = items("job")
    assert run("finish_job", event) == {"job_id": job_id, "status": "succeeded"}
    assert run("finish_job", event) == {"job_id": job_id, "status": "succeeded"}
    account = wiring.wiring().stores.tenant(stage.tenant_id).account()
    assert (account.available, account.reserved, account.spent, account.running) == (99, 0, 1, 0)
    published: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            wiring.wiring(), "bus", type("Bus", (), {"publish": lambda self, events: published.extend(events)})()
        )
        assert run("relay_changes", {"Records": [change(items("job")[0], before)]}) == NONE_FAILED
    assert [event.type for event in published] == ["generation.completed"]
    assert received("JOBS_QUEUE_URL") == [{"tenant_id": stage.tenant_id}]


@pytest.mark.parametrize(
    "error", [{"Error": "States.Timeout", "Cause": ""}, {"Error": "EngineCrashed", "Cause": "c4n4ry"}]
)
def test_a_crashed_job_fails_and_is_refunded(stage: Stage, error: dict[str, str]) -> None:
    job_id = running(stage)
    event = {"tenant_id": stage.tenant_id, "job_id": job_id, "error": error}
    with log_of("finish_job") as log:
        assert run("finish_job", event)["status"] == "failed"
    assert error["Error"] in log.getvalue()
    assert "c4n4ry" not in log.getvalue()
    account = wiring.wiring().stores.tenant(stage.tenant_id).account()
    assert (account.available, account.reserved, account.spent) == (100, 0, 0)


def test_a_late_start_of_an_ended_job_is_an_error(stage: Stage) -> None:
    job_id = running(stage)
    run("finish_job", {"tenant_id": stage.tenant_id, "job_id": job_id, "error": {"Error": "x", "Cause": "y"}})
    with pytest.raises(StaleStateError):
        run("start_inference", {"tenant_id": stage.tenant_id, "job_id": job_id, "task_token": "t"})


def test_the_sweeper_wakes_and_ends(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.post(JOBS, wanted(stage.ready_asset()))
    stage.post("/api/v1/source-assets", {"source_url": "https://example.com/a.jpg"})
    assert run("sweep_jobs", {}) == {}
    monkeypatch.setattr(wiring.wiring(), "clock", Later(timedelta(minutes=5)))
    assert run("sweep_jobs", {}) == {"ingests_woken": 1, "jobs_woken": 1}
    assert received("JOBS_QUEUE_URL") == [{"tenant_id": stage.tenant_id}]
    assert len(received("INGEST_QUEUE_URL")) == 1
    monkeypatch.setattr(wiring.wiring(), "clock", Later(timedelta(days=2)))
    assert run("sweep_jobs", {}) == {"ingests_ended": 1, "jobs_ended": 1}
    assert wiring.wiring().stores.tenant(stage.tenant_id).account().available == 100


def test_a_sweep_that_fails_in_part_raises_for_the_alarm(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.post(JOBS, wanted(stage.ready_asset()))

    class Broken:
        def send_all(self, *_: object) -> None:
            raise OSError("c4n4ry")

    monkeypatch.setattr(wiring.wiring(), "jobs_queue", Broken())
    monkeypatch.setattr(wiring.wiring(), "clock", Later(timedelta(minutes=5)))
    with log_of("sweep_jobs") as log, pytest.raises(RuntimeError, match="1 items"):
        run("sweep_jobs", {})
    assert "c4n4ry" not in log.getvalue()


def test_a_webhook_is_signed_both_ways_retried_and_logged(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    busy, good = HttpAnswer(503, "busy", None), HttpAnswer(204, "", None)
    receiver, queue = Receiver(DeliveryError("it did not answer in time"), busy, good), MemoryQueue()
    monkeypatch.setattr(wiring.wiring(), "http", receiver)
    monkeypatch.setattr(wiring.wiring(), "webhook_queue", queue)
    job_id = running(stage)
    run("finish_job", {"tenant_id": stage.tenant_id, "job_id": job_id, "output_location": engine_result(stage, job_id)})
    detail = {"tenant_id": stage.tenant_id, "job_id": job_id, "event_id": ids.event_id(job_id, JobStatus.SUCCEEDED)}
    event = {"version": "0", "source": "roomwright", "detail-type": "generation.completed", "detail": detail}
    assert run("deliver_webhook", sqs_event(event)) == NONE_FAILED
    assert receiver.got == [], "an address that nothing is known of waits in the slow lane"
    for ahead in (0, 60, 3600):
        retry, _ = queue.sent[-1]
        assert set(retry) == {"tenant_id", "job_id", "delivery_id"}
        monkeypatch.setattr(wiring.wiring(), "clock", Later(timedelta(seconds=ahead)))
        monkeypatch.delattr(wiring.wiring(), "sending")
        assert run("deliver_webhook", sqs_event(retry)) == NONE_FAILED
    (at_once, first, second) = (delay for _, delay in queue.sent)
    assert at_once == 0
    assert 4 <= first <= 6
    assert 240 <= second <= 360

    assert len({(url, body) for url, body, _ in receiver.got}) == 1
    url, body, headers = receiver.got[0]
    assert url == wanted("x")["webhook"]["url"]
    secret = signatures.secret_text(
        hmac.new(b"0123456789abcdef" * 4, f"{stage.tenant_id}/1".encode(), "sha256").digest()
    )
    told = Webhook(secret).verify(body, dict(headers))
    assert headers["x-katalo-signature"] == hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert set(told) == {"event_type", "job_id", "source_asset_id", "reference", "outputs", "failure", "metadata"}
    assert (told["event_type"], told["job_id"]) == ("generation.completed", job_id)
    assert told["outputs"][0]["image_url"].startswith(f"https://{BUCKET}.s3.eu-central-1.amazonaws.com/tenants/")
    (entry,) = stage.call("GET", f"{JOBS}/{job_id}/deliveries").body["deliveries"]
    assert entry["status"] == "delivered"
    assert [attempt["status_code"] for attempt in entry["attempts"]] == [None, 503, 204]
    assert entry["attempts"][0]["error"] == "it did not answer in time"


def test_a_job_without_a_webhook_needs_no_delivery(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring.wiring(), "http", Receiver())
    job_id = stage.post(JOBS, wanted(stage.ready_asset(), webhook=...)).body["job_id"]
    detail = {"tenant_id": stage.tenant_id, "job_id": job_id, "event_id": "evt_" + "0" * 26}
    event = {"source": "roomwright", "detail-type": "generation.failed", "detail": detail}
    assert run("deliver_webhook", sqs_event(event)) == NONE_FAILED


FUNCTIONS = sorted(path.parent.name for path in Path("functions").glob("*/handler.py"))


def test_handlers_are_thin() -> None:
    assert len(FUNCTIONS) == 13
    for name in FUNCTIONS:
        assert len(Path(f"functions/{name}/handler.py").read_text().splitlines()) <= 60


_LOADED = """
import sys
import functions.{0}.handler
heavy = {{"boto3", "botocore.session", "botocore.client", "PIL", "pillow_heif", "httpcore", "httpx"}}
sys.stdout.write(",".join(sorted(heavy & set(sys.modules))))
"""


@pytest.mark.parametrize("name", FUNCTIONS)
def test_importing_a_handler_builds_and_loads_nothing_heavy(name: str) -> None:
    environment = {"PYTHONPATH": ".:layers/core/python"}
    command = [sys.executable, "-c", _LOADED.format(name)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603
    assert done.stdout == ""

"""The SageMaker runtime in front of a container, as botocore's own client sees it."""

# ruff: noqa: N803 - the names of boto3's own arguments

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.front.http import Request, Response, json_response, serve
from local.front.sagemaker_runtime import Endpoint, SageMakerRuntime, split_s3
from local.processes import free_port

ENDPOINT = Endpoint("rooms", "media", "arn:ok", "arn:error")


class Bucket:
    """What an S3 client does here. `down` makes it fail a number of times."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.down = 0

    def put_object(self, Bucket: str, Key: str, Body: bytes, ContentType: str) -> None:
        if self.down:
            self.down -= 1
            raise ConnectionError("the emulator restarts")
        self.objects[f"s3://{Bucket}/{Key}"] = Body

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        return {"Body": io.BytesIO(self.objects[f"s3://{Bucket}/{Key}"])}


class Topics:
    def __init__(self) -> None:
        self.published: list[tuple[str, dict[str, Any]]] = []

    def publish(self, TopicArn: str, Message: str) -> None:
        self.published.append((TopicArn, json.loads(Message)))


class Stage:
    """A container whose answers a test chooses, and the runtime in front of it."""

    def __init__(self, spool: Path) -> None:
        self.bucket, self.topics = Bucket(), Topics()
        self.answers: Callable[[Request], Response] = lambda _: json_response(200, {"done": True})
        self.seen: list[Request] = []
        self.container_port, self.port, self.spool = free_port(0), free_port(0), spool
        self.servers = [serve(self.container_port, self._container, 10**6, lambda: Response(413))]
        runtime = self.runtime()
        self.servers.append(serve(self.port, runtime.answer, 10**6, lambda: Response(413)))
        self.client = boto3.client(
            "sagemaker-runtime",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name="us-east-1",
            aws_access_key_id="a",
            aws_secret_access_key="b",
            config=Config(retries={"total_max_attempts": 1}),
        )

    def runtime(self) -> SageMakerRuntime:
        return SageMakerRuntime(self.container_port, self.spool, lambda: ENDPOINT, self.bucket, self.topics)

    def _container(self, request: Request) -> Response:
        self.seen.append(request)
        return self.answers(request)

    def wait(self) -> tuple[str, dict[str, Any]]:
        deadline = time.monotonic() + 10
        while not self.topics.published and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.topics.published[0]


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr("local.front.sagemaker_runtime.RETRY_S", 0.05)
    stage = Stage(tmp_path / "spool")
    yield stage
    for server in stage.servers:
        server.shutdown()
        server.server_close()


def test_an_inline_body_becomes_a_result_and_a_notification(stage: Stage) -> None:
    stage.runtime().start()
    answer = stage.client.invoke_endpoint_async(
        EndpointName="rooms", ContentType="application/json", InferenceId="ten/job", Body=b'{"a":1}'
    )
    topic, message = stage.wait()
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert topic == "arn:ok"
    assert message["invocationStatus"] == "Completed"
    assert message["inferenceId"] == answer["InferenceId"] == "ten/job"
    assert message["responseParameters"]["outputLocation"] == answer["OutputLocation"]
    assert json.loads(stage.bucket.objects[answer["OutputLocation"]]) == {"done": True}
    assert stage.seen[0].body == b'{"a":1}'
    assert stage.seen[0].headers["x-amzn-sagemaker-inference-id"] == "ten/job"
    assert not list(stage.spool.glob("*.json"))


def test_an_input_in_s3_is_read_for_the_container(stage: Stage) -> None:
    stage.bucket.objects["s3://media/in.json"] = b'{"b":2}'
    stage.runtime().start()
    stage.client.invoke_endpoint_async(
        EndpointName="rooms", ContentType="application/json", InputLocation="s3://media/in.json"
    )
    _, message = stage.wait()
    assert stage.seen[0].body == b'{"b":2}'
    assert message["requestParameters"] == {
        "contentType": "application/json",
        "endpointName": "rooms",
        "inputLocation": "s3://media/in.json",
    }


def test_a_container_that_refuses_ends_as_a_failure(stage: Stage) -> None:
    stage.answers = lambda _: json_response(400, {"error": "no"})
    stage.runtime().start()
    answer = stage.client.invoke_endpoint_async(EndpointName="rooms", Body=b"{}")
    topic, message = stage.wait()
    assert (topic, message["invocationStatus"]) == ("arn:error", "Failed")
    assert "client error (400)" in message["failureReason"]
    assert b"no" in stage.bucket.objects[answer["FailureLocation"]]


def test_a_warming_or_busy_container_is_asked_again(stage: Stage) -> None:
    turns = iter([503, 503, 200])
    stage.answers = lambda _: json_response(next(turns), {})
    stage.runtime().start()
    stage.client.invoke_endpoint_async(EndpointName="rooms", Body=b"{}")
    assert stage.wait()[0] == "arn:ok"
    assert len(stage.seen) == 3


def test_what_was_accepted_before_a_kill_is_done_after_it(stage: Stage) -> None:
    # No worker runs yet: this is the moment of the kill, between the answer and the work.
    stage.client.invoke_endpoint_async(EndpointName="rooms", InferenceId="ten/job", Body=b"{}")
    assert stage.seen == []
    stage.runtime().start()
    assert stage.wait()[1]["inferenceId"] == "ten/job"


def test_a_result_waits_for_an_emulator_that_restarts(stage: Stage) -> None:
    stage.bucket.down = 2
    stage.runtime().start()
    stage.client.invoke_endpoint_async(EndpointName="rooms", Body=b"{}")
    assert stage.wait()[0] == "arn:ok"
    assert len(stage.seen) == 1


def test_sync_invocations_pass_through(stage: Stage) -> None:
    answer = stage.client.invoke_endpoint(EndpointName="rooms", Body=b"{}", ContentType="application/json")
    assert json.loads(answer["Body"].read()) == {"done": True}


@pytest.mark.parametrize(
    "arguments",
    [
        {"EndpointName": "other", "Body": b"{}"},
        {"EndpointName": "rooms"},
        {"EndpointName": "rooms", "Body": b"{}", "InputLocation": "s3://media/in.json"},
        {"EndpointName": "rooms", "Body": b"x" * 128_001},
    ],
)
def test_what_sagemaker_refuses_is_refused(stage: Stage, arguments: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as refused:
        stage.client.invoke_endpoint_async(**arguments)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert not list(stage.spool.glob("*.json"))


def test_locations_split() -> None:
    assert split_s3("s3://media/a/b.out") == ("media", "a/b.out")


def test_requests_are_worked_on_one_at_a_time(stage: Stage) -> None:
    inside, most, lock = 0, 0, threading.Lock()

    def slow(_: Request) -> Response:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.05)
        with lock:
            inside -= 1
        return json_response(200, {})

    stage.answers = slow
    stage.runtime().start()
    for _ in range(3):
        stage.client.invoke_endpoint_async(EndpointName="rooms", Body=b"{}")
    deadline = time.monotonic() + 10
    while len(stage.topics.published) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (len(stage.topics.published), most) == (3, 1)

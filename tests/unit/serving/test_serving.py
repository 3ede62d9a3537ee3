"""The container's HTTP face, driven over a real socket with S3 answered in process."""

from __future__ import annotations

import dataclasses
import http.client
import json
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from atelier.model import Report
from atelier.result import File, Picture, Staged
from engine_contract import Certificate, Check, EngineFailure, EngineRequest, EngineResult, FailureCode, ObjectRef
from serving.app import Server
from serving.engines import engine_from_environment
from serving.limits import MAX_BODY_BYTES, MAX_SOURCE_BYTES
from serving.progress import ProgressWriter, StoppedError
from serving.storage import S3Storage, TooLargeError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "owner"
PROOF = Certificate(
    source_sha256="a", staged_sha256="b", mask_sha256="c", pixels=2, pixels_outside=1, pixels_identical=1
)


def _picture(tag: bytes) -> Picture:
    return Picture(
        approved=True,
        reasons=(),
        score=1.5,
        files={"staged_png": File("staged.png", tag, "image/png", 2, 1)},
        checks=(Check(name="coverage", value=0.2, threshold=0.4, passed=True),),
        certificate=PROOF,
        pieces=(),
        jpeg_certificate=PROOF.model_copy(update={"staged_sha256": "j"}),
    )


class RecordingEngine:
    """Answers by the source's content: enough to tell what the server did with it."""

    name = "recording/1"

    def __init__(self) -> None:
        self.runs = 0
        self.inside = threading.Event()
        self.go_on = threading.Event()

    def warm(self) -> None:
        return

    def run(self, request: EngineRequest, source: bytes, report: Report) -> Staged:
        self.runs += 1
        report("perceive", 0.1)
        if source == b"crash":
            raise RuntimeError("secret detail")
        if source == b"slow":
            self.inside.set()
            assert self.go_on.wait(10)
        if source == b"refuse":
            failure = EngineFailure(code=FailureCode.ROOM_NOT_UNDERSTOOD, message="fog", hint="another photo")
            return Staged(failure=failure)
        if source == b"doubtful":
            reasons = ("nothing_cut: 0.3 against 0.02",)
            return Staged(pictures=(dataclasses.replace(_picture(b"cut"), approved=False, reasons=reasons),))
        return Staged(
            pictures=(_picture(b"first" + source), _picture(b"second" + source)),
            source=File("source.png", source, "image/png", 2, 1),
            seconds={"perceive": 0.25},
            numbers={"energy": 1.5},
        )


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client(
            "s3", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        client.create_bucket(Bucket=BUCKET)
        yield client
        client.close()


@pytest.fixture
def server(s3: S3Client) -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), RecordingEngine(), S3Storage(s3))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    server.warm()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _engine(server: Server) -> RecordingEngine:
    assert isinstance(server.engine, RecordingEngine)
    return server.engine


def call(
    server: Server, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} | (headers or {}))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def request_for(source: str, **changes: Any) -> bytes:
    request = {
        "schema": "roomwright.engine.v1",
        "job_id": "job_1",
        "operation": "stage",
        "source": {"bucket": BUCKET, "key": source},
        "output_prefix": {"bucket": BUCKET, "key": "tenants/t/jobs/job_1/"},
        "room_types": ["living-room"],
        "style": "modern",
        "seed": 3,
    }
    return json.dumps(request | changes).encode()


def _put(s3: S3Client, key: str, body: bytes) -> None:
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)


def _get(s3: S3Client, key: str) -> bytes:
    with s3.get_object(Bucket=BUCKET, Key=key)["Body"] as body:
        return body.read()


def test_ping_is_healthy_only_once_warm(s3: S3Client) -> None:
    server = Server(("127.0.0.1", 0), RecordingEngine(), S3Storage(s3))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        assert call(server, "GET", "/ping")[0] == 503
        assert call(server, "POST", "/invocations", request_for("in"))[0] == 503
        server.warm()
        assert call(server, "GET", "/ping") == (200, {"engine": "recording/1"})
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_job_writes_its_outputs_and_then_its_manifest(server: Server, s3: S3Client) -> None:
    _put(s3, "in", b"photo")
    status, body = call(server, "POST", "/invocations", request_for("in"))
    assert status == 200
    result = EngineResult.model_validate(body)
    prefix = "tenants/t/jobs/job_1/"
    keys = {o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]}
    names = {"staged.png", "candidates/1/staged.png", "source.png", "manifest.json", "progress.json"}
    assert keys == {prefix + name for name in names}
    assert _get(s3, prefix + "staged.png") == b"firstphoto"
    assert _get(s3, prefix + "candidates/1/staged.png") == b"secondphoto"
    assert EngineResult.model_validate_json(_get(s3, prefix + "manifest.json")) == result
    assert result.candidates[1].artifacts["staged_png"].key == prefix + "candidates/1/staged.png"
    proofs = [(c.certificate.staged_sha256, c.jpeg_certificate) for c in result.candidates]
    assert [(staged, jpeg.staged_sha256) for staged, jpeg in proofs if jpeg] == [("b", "j")] * len(proofs)
    assert result.numbers["energy"] == 1.5
    assert result.peak_memory_mb is not None
    assert result.peak_memory_mb > 10


def test_what_was_not_approved_is_kept_apart_with_its_reasons(server: Server, s3: S3Client) -> None:
    _put(s3, "in", b"doubtful")
    result = EngineResult.model_validate(call(server, "POST", "/invocations", request_for("in"))[1])
    assert result.failure is None
    (kept,) = result.candidates
    assert (kept.approved, kept.reasons) == (False, ["nothing_cut: 0.3 against 0.02"])
    assert kept.artifacts["staged_png"].key == "tenants/t/jobs/job_1/rejected/0/staged.png"
    assert _get(s3, kept.artifacts["staged_png"].key) == b"cut"


def test_the_same_request_is_answered_from_the_manifest_another_is_not(server: Server, s3: S3Client) -> None:
    _put(s3, "in", b"photo")
    first = call(server, "POST", "/invocations", request_for("in"))
    assert call(server, "POST", "/invocations", request_for("in")) == first
    assert _engine(server).runs == 1
    again = call(server, "POST", "/invocations", request_for("in", seed=4))
    assert again[1]["seed"] == 4
    assert _engine(server).runs == 2


def test_a_broken_manifest_means_the_work_is_done_again(server: Server, s3: S3Client) -> None:
    _put(s3, "in", b"photo")
    _put(s3, "tenants/t/jobs/job_1/manifest.json", b'{"job_id": 1')
    assert call(server, "POST", "/invocations", request_for("in"))[0] == 200
    assert _engine(server).runs == 1


def test_a_refusal_is_a_result(server: Server, s3: S3Client) -> None:
    _put(s3, "in", b"refuse")
    status, body = call(server, "POST", "/invocations", request_for("in"))
    assert (status, body["failure"]["code"], body["candidates"]) == (200, "room_not_understood", [])


@pytest.mark.parametrize("size", [None, MAX_SOURCE_BYTES + 1])
def test_a_missing_or_huge_source_is_unreadable(server: Server, s3: S3Client, size: int | None) -> None:
    if size:
        _put(s3, "in", bytes(size))
    status, body = call(server, "POST", "/invocations", request_for("in"))
    assert (status, body["failure"]["code"]) == (200, "source_unreadable")
    assert _engine(server).runs == 0


def test_a_crash_is_a_500_with_json_that_tells_no_secret_and_leaves_no_manifest(server: Server, s3: S3Client) -> None:
    _put(s3, "in", b"crash")
    status, body = call(server, "POST", "/invocations", request_for("in"))
    assert status == 500
    assert "repeated" in body["error"]
    assert "secret" not in json.dumps(body)
    with pytest.raises(ClientError):
        s3.head_object(Bucket=BUCKET, Key="tenants/t/jobs/job_1/manifest.json")
    _put(s3, "in", b"photo")
    assert call(server, "POST", "/invocations", request_for("in"))[0] == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"{", ""),
        (b"[]", ""),
        (request_for("in", surprise=1), "surprise"),
        (request_for("in", seed=-1), "seed"),
        (request_for("in", hints={"camera_height_m": 99}), "hints.camera_height_m"),
        (request_for("in", output_prefix={"bucket": "b", "key": "no-slash"}), None),
    ],
)
def test_malformed_requests_are_refused_by_field(server: Server, body: bytes, field: str | None) -> None:
    status, answer = call(server, "POST", "/invocations", body)
    assert status == 400
    if field is not None:
        assert field in [d["field"] for d in answer["details"]]


def test_other_methods_types_and_sizes_are_refused(server: Server) -> None:
    assert call(server, "POST", "/invocations", b"x" * (MAX_BODY_BYTES + 1))[0] == 413
    assert call(server, "POST", "/invocations", b"{}", {"Content-Length": "-5"})[0] == 411
    assert call(server, "POST", "/invocations", b"{}", {"Content-Type": "text/plain"})[0] == 415
    assert call(server, "GET", "/")[0] == 404
    assert call(server, "POST", "/other", b"{}")[0] == 404


def test_one_job_at_a_time_and_ping_answers_meanwhile(server: Server, s3: S3Client) -> None:
    _put(s3, "in", b"slow")
    answers: list[tuple[int, dict[str, Any]]] = []
    worker = threading.Thread(target=lambda: answers.append(call(server, "POST", "/invocations", request_for("in"))))
    worker.start()
    assert _engine(server).inside.wait(10)
    assert call(server, "GET", "/ping")[0] == 200
    assert call(server, "POST", "/invocations", request_for("in", job_id="job_2"))[0] == 503
    _engine(server).go_on.set()
    worker.join(10)
    assert answers[0][0] == 200


def test_progress_is_written_for_new_stages_at_most_once_a_second_and_never_fails_the_job() -> None:
    writes: list[bytes] = []

    class Flaky:
        def get(self, bucket: str, key: str, limit: int) -> bytes | None:
            assert key == "p/stop.json"
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObject")

        def put(self, bucket: str, key: str, body: bytes, content_type: str) -> None:
            assert key == "p/progress.json"
            writes.append(body)
            if len(writes) == 1:
                raise ClientError({"Error": {"Code": "503", "Message": "slow down"}}, "PutObject")

    now = [0.0]
    report = ProgressWriter(Flaky(), ObjectRef(bucket="b", key="p/"), clock=lambda: now[0])
    for step in range(70):
        now[0] = step / 10
        report("plan" if step < 5 else "render", step / 70)
    told = [json.loads(write) for write in writes]
    assert [(t["stage"], t["stages_done"]) for t in told] == [
        ("plan", []),  # at once; storage refuses it, and the job goes on
        ("render", ["plan"]),  # not before a second has passed
        ("render", ["plan"]),  # 5 s later, for its fraction
    ]
    assert told[1]["fraction"] == pytest.approx(10 / 70)
    assert [t["elapsed_s"] for t in told] == [0.0, 1.0, 6.0]
    now[0] = 20.0
    report("check", 0.2)
    fallen = json.loads(writes[-1])
    assert (fallen["stage"], fallen["elapsed_s"]) == ("check", 20.0)
    assert fallen["fraction"] == pytest.approx(69 / 70), "what was told is not taken back"


def test_a_job_that_nobody_waits_for_stops_and_leaves_no_manifest(server: Server, s3: S3Client) -> None:
    _put(s3, "in", b"photo")
    _put(s3, "tenants/t/jobs/job_1/stop.json", b"{}")
    status, body = call(server, "POST", "/invocations", request_for("in"))
    result = EngineResult.model_validate(body)
    assert (status, result.job_id) == (200, "job_1")
    assert result.failure is not None
    assert result.failure.code == FailureCode.STOPPED
    keys = {o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET, Prefix="tenants/t/jobs/job_1/")["Contents"]}
    assert {key.rsplit("/", 1)[1] for key in keys} == {"stop.json", "progress.json"}
    other = request_for("in", job_id="job_2", output_prefix={"bucket": BUCKET, "key": "tenants/t/jobs/job_2/"})
    assert EngineResult.model_validate(call(server, "POST", "/invocations", other)[1]).failure is None


def test_a_stop_is_heard_while_the_engine_works_and_by_each_of_its_threads(s3: S3Client) -> None:
    now = [0.0]
    report = ProgressWriter(S3Storage(s3), ObjectRef(bucket=BUCKET, key="p/"), clock=lambda: now[0])
    report("render", 0.1)
    _put(s3, "p/stop.json", b"{}")
    report("render", 0.2)  # asked once in five seconds of a stage
    now[0] = 5.0
    for fraction in (0.3, 0.3, 0.4):
        with pytest.raises(StoppedError):
            report("render", fraction)


def test_storage_does_not_read_more_than_allowed(s3: S3Client) -> None:
    _put(s3, "k", b"12345")
    assert S3Storage(s3).get(BUCKET, "k", 5) == b"12345"
    assert S3Storage(s3).get(BUCKET, "none", 5) is None
    with pytest.raises(TooLargeError):
        S3Storage(s3).get(BUCKET, "k", 4)


def test_an_unknown_engine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOMWRIGHT_ENGINE", "magic")
    with pytest.raises(ValueError, match="atelier, diffusion"):
        engine_from_environment()

"""The narrow adapters against moto and stubbed clients; settings, faults and batches."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from roomwright import faults
from roomwright.adapters import s3
from roomwright.adapters.eventbridge import EventBridgeBus
from roomwright.adapters.lambda_events import created_objects
from roomwright.adapters.s3 import S3Blobs
from roomwright.adapters.secrets import MasterSecret
from roomwright.adapters.stepfunctions import StepFunctions
from roomwright.adapters.system import SystemClock, SystemRandom
from roomwright.domain.errors import PayloadTooLargeError, UnauthorizedError
from roomwright.ports import Event
from roomwright.wiring import SettingMissingError, Settings, Wiring, _client

REGION = "eu-central-1"


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield


@pytest.mark.parametrize("service", ["dynamodb", "s3", "sqs", "stepfunctions"])
def test_a_service_that_hangs_is_asked_again_within_a_functions_time(service: str) -> None:
    config = _client(service).meta.config
    tries = config.retries["total_max_attempts"]
    assert tries >= 3
    assert 2 * (config.connect_timeout + config.read_timeout) < 29, "two tries before the gateway gives up"


@pytest.fixture
def blobs() -> S3Blobs:
    client = boto3.client("s3")
    client.create_bucket(Bucket="media", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return S3Blobs(lambda: client, "media")


def test_objects_come_back_absent_ones_are_none_large_ones_are_not_read(blobs: S3Blobs) -> None:
    blobs.put("a", b"12345", "image/png")
    assert blobs.get("a", 5) == b"12345"
    assert blobs.get("b", 5) is None
    assert (blobs.exists("a"), blobs.exists("b")) == (True, False)
    with pytest.raises(PayloadTooLargeError):
        blobs.get("a", 4)


def test_storage_faults_are_not_taken_for_absence() -> None:
    nowhere = S3Blobs(lambda: boto3.client("s3"), "no-such-bucket")
    with pytest.raises(ClientError):
        nowhere.get("a", 5)


def test_an_object_one_may_not_look_at_is_not_taken_for_absent(blobs: S3Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: str) -> None:
        raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadObject")

    monkeypatch.setattr(blobs._client, "head_object", refuse)
    with pytest.raises(ClientError):
        blobs.exists("a")


def test_an_object_that_was_replaced_is_not_the_one_that_was_named(blobs: S3Blobs) -> None:
    first, second = (hashlib.md5(data, usedforsecurity=False).hexdigest() for data in (b"first", b"second"))
    blobs.put("a", b"first", "image/png")
    assert blobs.get("a", 10, first) == b"first"
    blobs.put("a", b"second", "image/png")
    assert blobs.get("a", 10, first) is None
    assert blobs.get("a", 10, second) == b"second"
    assert blobs.get("absent", 10, first) is None


def test_no_client_is_made_before_it_is_needed() -> None:
    def never() -> Any:
        raise AssertionError("connected")

    assert S3Blobs(never, "media").bucket == "media"


def test_what_lies_below_a_prefix_is_summed_and_erased_page_by_page(
    blobs: S3Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "_DELETED_AT_ONCE", 2)
    for number in range(5):
        blobs.put(f"a/{number}", b"12345", "image/png")
    blobs.put("ab", b"1", "image/png")
    assert (blobs.stored_bytes("a/"), blobs.stored_bytes("none/")) == (25, 0)
    for _ in range(2):
        blobs.erase("a/")
    assert (blobs.stored_bytes("a/"), blobs.exists("ab")) == (0, True)


def test_an_object_that_stays_is_not_taken_for_erased(blobs: S3Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs.put("a/1", b"12345", "image/png")
    refusal = {"Errors": [{"Key": "a/1", "Code": "AccessDenied"}]}
    monkeypatch.setattr(blobs._client, "delete_objects", lambda **_: refusal)
    with pytest.raises(s3.EraseError, match="AccessDenied"):
        blobs.erase("a/")


def test_a_copy_is_the_same_object_with_the_same_type(blobs: S3Blobs) -> None:
    blobs.put("a/k", b"picture", "image/jpeg")
    for _ in range(2):
        blobs.copy("a/k", "results/k")
    client: Any = blobs._client
    copied = client.get_object(Bucket="media", Key="results/k")
    assert (copied["Body"].read(), copied["ContentType"]) == (b"picture", "image/jpeg")


def test_the_upload_form_holds_size_type_and_key(blobs: S3Blobs) -> None:
    import base64

    form = blobs.signed_upload("uploads/x", "image/png", 1000, 900)
    policy = json.loads(base64.b64decode(form.fields["policy"]))["conditions"]
    assert ["content-length-range", 1, 1000] in policy
    assert {"Content-Type": "image/png"} in policy
    assert {"key": "uploads/x"} in policy
    assert 890 < (form.expires_at - datetime.now(UTC)).total_seconds() <= 900


EVENT = Event("evt_1", "generation.queued", "ten_1", datetime(2026, 1, 1, tzinfo=UTC), {"a": 1})


def test_a_bus_that_refuses_some_raises_and_batches_hold_ten() -> None:
    client = boto3.client("events")
    with Stubber(client) as stub:
        good = {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}] * 10}
        stub.add_response("put_events", good)
        refused = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}, {"EventId": "1"}]}
        stub.add_response("put_events", refused)
        with pytest.raises(RuntimeError, match="1 events: ThrottlingException"):
            EventBridgeBus(client, "bus").publish([EVENT] * 12)
        stub.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist"])
def test_tasks_that_no_longer_wait_are_left_alone(code: str) -> None:
    client = boto3.client("stepfunctions")
    machine = StepFunctions(client, "arn:aws:states:eu-central-1:123456789012:stateMachine:jobs")
    with Stubber(client) as stub:
        stub.add_client_error("send_task_success", code)
        machine.resume("token", {})
        stub.add_client_error("send_task_failure", code)
        machine.fail("token", "Error", "cause")
        stub.add_client_error("send_task_success", "InvalidToken")
        with pytest.raises(ClientError):
            machine.resume("token", {})


def test_a_second_start_of_a_job_is_refused_silently_other_faults_are_not() -> None:
    client = boto3.client("stepfunctions")
    machine = StepFunctions(client, "arn:aws:states:eu-central-1:123456789012:stateMachine:jobs")
    with Stubber(client) as stub:
        stub.add_client_error("start_execution", "ExecutionAlreadyExists")
        machine.start("job_1", {})
        stub.add_client_error("start_execution", "StateMachineDoesNotExist")
        with pytest.raises(ClientError):
            machine.start("job_1", {})


def test_tenants_keys_derive_from_one_master_read_once() -> None:
    client = boto3.client("secretsmanager")
    master = "m" * 64
    arn = client.create_secret(Name="webhooks", SecretString=json.dumps({"master": master}))["ARN"]
    secrets = MasterSecret(client, arn)
    key = secrets.webhook_key("ten_a", 1)
    assert key == hmac.new(master.encode(), b"ten_a/1", hashlib.sha256).digest()
    client.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    others = {secrets.webhook_key("ten_a", 2), secrets.webhook_key("ten_b", 1), key}
    assert len(others) == 3


def test_a_short_master_is_refused() -> None:
    client = boto3.client("secretsmanager")
    arn = client.create_secret(Name="webhooks", SecretString='{"master": "short"}')["ARN"]
    with pytest.raises(ValueError, match="32"):
        MasterSecret(client, arn).webhook_key("ten_a", 1)


def test_clock_and_randomness() -> None:
    assert SystemClock().now().utcoffset() is not None
    assert len(SystemRandom().token(16)) == 16
    assert SystemRandom().token(16) != SystemRandom().token(16)
    assert -0.2 <= SystemRandom().uniform(-0.2, 0.2) <= 0.2


def test_settings_are_missed_by_name() -> None:
    with pytest.raises(SettingMissingError, match="TABLE_NAME"):
        _ = Wiring(Settings({})).stores
    assert Settings({"EGRESS_ALLOW": ""}).egress_allow == frozenset()
    local = {"ROOMWRIGHT_STAGE": "local", "EGRESS_ALLOW": "127.0.0.1:4599, inbox.test:8080"}
    assert Settings(local).egress_allow == {("127.0.0.1", 4599), ("inbox.test", 8080)}
    with pytest.raises(SettingMissingError, match="local"):
        _ = Settings(local | {"ROOMWRIGHT_STAGE": "prod"}).egress_allow


def test_faults_name_kinds_and_places_and_no_words() -> None:
    try:
        try:
            raise UnauthorizedError("secret words")
        except UnauthorizedError as error:
            raise ValueError("secret words") from error
    except ValueError as error:
        told = faults.describe(error)
    assert told["error"] == ["ValueError", "UnauthorizedError: unauthorized"]
    assert any("test_adapters.py" in frame for frame in told["frames"])
    assert "secret words" not in json.dumps(told)
    answer: Any = {"Error": {"Code": "Throttling", "Message": "secret words"}}
    assert faults.describe(ClientError(answer, "PutItem"))["error"] == ["ClientError: Throttling in PutItem"]


def test_object_keys_of_notifications_are_decoded_and_removals_ignored() -> None:
    def record(name: str) -> dict[str, Any]:
        return {"eventName": name, "s3": {"object": {"key": "inbox/a+b%2Bc/%C3%BC.jpg", "size": 3, "eTag": "e"}}}

    message = {"Records": [record("ObjectCreated:CompleteMultipartUpload"), record("ObjectRemoved:Delete")]}
    (created,) = created_objects(message)
    assert (created.key, created.etag, created.size) == ("inbox/a b+c/ü.jpg", "e", 3)
    assert list(created_objects({"Event": "s3:TestEvent"})) == []

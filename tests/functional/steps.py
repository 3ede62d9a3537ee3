"""What the tests of the functions share: invoking one, looking into the table and the queues, walking a job on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

from roomwright import wiring
from roomwright.ports import Event, HttpAnswer
from tests.contract.katalo.desk import JOBS, wanted
from tests.contract.katalo.stage import ENVIRONMENT, Context, Stage, handler, sqs_event
from tests.unit.edge import pictures

BUCKET = ENVIRONMENT["BUCKET_NAME"]
NOBODY = "ten_" + "0" * 26
PHOTO_ETAG = hashlib.md5(pictures.jpeg(), usedforsecurity=False).hexdigest()
"""as S3 makes it for objects put in one part"""
NONE_FAILED: dict[str, Any] = {"batchItemFailures": []}


def run(function: str, event: Mapping[str, Any]) -> Any:
    return handler(function).handler(dict(event), Context())


def received(queue: str) -> list[dict[str, Any]]:
    """Take what is in a queue."""
    client, url, found = boto3.client("sqs"), wiring.wiring().settings.need(queue), list[dict[str, Any]]()
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(message["Body"]) for message in messages]
    return found


def items(kind: str) -> list[dict[str, Any]]:
    """Stored items of one kind, as a stream shows them."""
    found = boto3.client("dynamodb").scan(TableName=ENVIRONMENT["TABLE_NAME"])["Items"]
    return [dict(item) for item in found if item.get("kind", {}).get("S") == kind]


def change(new: Mapping[str, Any], old: Mapping[str, Any] | None = None, number: int = 1) -> dict[str, Any]:
    """One record of the table's stream."""
    images = {"NewImage": new} | ({"OldImage": old} if old else {})
    keys = {name: new[name] for name in ("pk", "sk") if name in new}
    record = {"ApproximateCreationDateTime": 1795426200.0, "Keys": keys, "SequenceNumber": str(number), **images}
    return {"eventName": "MODIFY" if old else "INSERT", "dynamodb": record}


def s3_message(*keys: tuple[str, int], etag: str = PHOTO_ETAG) -> dict[str, Any]:
    """S3's notice of created objects: keys as in a URL, sizes."""
    return {
        "Records": [
            {"eventName": "ObjectCreated:Put", "s3": {"object": {"key": key, "size": size, "eTag": etag}}}
            for key, size in keys
        ]
    }


def started(stage: Stage) -> str:
    """→ a job that holds a slot."""
    job_id: str = stage.post(JOBS, wanted(stage.ready_asset())).body["job_id"]
    run("dispatch_jobs", sqs_event({"tenant_id": stage.tenant_id}))
    return job_id


def running(stage: Stage) -> str:
    """→ a running job whose task token is `token-1`."""
    job_id, now = started(stage), datetime.now(UTC)
    wiring.wiring().stores.tenant(stage.tenant_id).mark_running(job_id, "token-1", now + timedelta(minutes=5), now)
    return job_id


def engine_result(stage: Stage, job_id: str, **changes: Any) -> str:
    """Put an engine's answer where the endpoint would → its s3 URI."""
    prefix = f"tenants/{stage.tenant_id}/jobs/{job_id}/"
    artifact = {"key": prefix + "staged.jpg", "content_type": "image/jpeg", "sha256": "0" * 64}
    certificate = {"pixels": 100, "pixels_outside": 60, "pixels_identical": 60}
    hashes = dict.fromkeys(("source_sha256", "staged_sha256", "mask_sha256"), "0" * 64)
    candidate = {"approved": True, "score": 0.9, "checks": [], "pieces": [], "certificate": certificate | hashes}
    result = {
        "schema": "roomwright.engine.v1", "job_id": job_id, "operation": "stage", "engine": "test/1", "seed": 0,
        "candidates": [candidate | {"artifacts": {"staged_jpg": artifact}}],
    } | changes  # fmt: skip
    key = f"inference/results/{job_id}.out"
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=json.dumps(result).encode())
    return f"s3://{BUCKET}/{key}"


class RecordingBus:
    """Keeps events."""

    def __init__(self) -> None:
        self.published: list[Event] = []

    def publish(self, events: list[Event]) -> None:
        self.published += events


class Later:
    """A clock that is ahead."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead


class Receiver:
    """A webhook endpoint: answers in turn, keeps what came."""

    def __init__(self, *answers: HttpAnswer | Exception) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, bytes, Mapping[str, str]]] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> HttpAnswer:
        self.got.append((url, body, headers))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def allow_in_flight(stage: Stage, most: int) -> None:
    """The organisation's limit of jobs that have not ended."""
    boto3.client("dynamodb").update_item(
        TableName=ENVIRONMENT["TABLE_NAME"],
        Key={"pk": {"S": f"TENANT#{stage.tenant_id}"}, "sk": {"S": "ACCOUNT"}},
        UpdateExpression="SET max_in_flight = :most",
        ExpressionAttributeValues={":most": {"N": str(most)}},
    )

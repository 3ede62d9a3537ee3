"""Batches as Lambda hands them over, and the answers that make it retry only what failed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import unquote_plus

from roomwright import faults

Event = Mapping[str, Any]


class Log(Protocol):
    """A structured logger."""

    def error(self, msg: object, *, extra: Mapping[str, Any]) -> None: ...


def each_message(event: Event, work: Callable[[dict[str, Any]], object], log: Log) -> dict[str, Any]:
    """Run `work` on the JSON body of every SQS message; only those that failed come again."""
    failed = []
    for record in event["Records"]:
        try:
            work(json.loads(record["body"]))
        except Exception as error:  # noqa: BLE001 - whatever it is, this message is retried and the others are not
            log.error("message failed", extra={"message_id": record["messageId"], **faults.describe(error)})
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def each_change(event: Event, work: Callable[[Event], object], log: Log) -> dict[str, Any]:
    """Run `work` on stream records in order. The first that fails is where the stream starts again."""
    for record in event["Records"]:
        try:
            work(record["dynamodb"])
        except Exception as error:  # noqa: BLE001 - the shard is retried from here
            sequence = record["dynamodb"]["SequenceNumber"]
            log.error("change failed", extra={"sequence_number": sequence, **faults.describe(error)})
            return {"batchItemFailures": [{"itemIdentifier": sequence}]}
    return {"batchItemFailures": []}


@dataclass(frozen=True)
class CreatedObject:
    """One S3 ObjectCreated notification; `key` is decoded."""

    key: str
    etag: str
    size: int


def created_objects(message: Event) -> Iterator[CreatedObject]:
    """The objects an S3 notification names. S3's own test message names none."""
    for record in message.get("Records", ()):
        if record.get("eventName", "").startswith("ObjectCreated"):
            found = record["s3"]["object"]
            yield CreatedObject(unquote_plus(found["key"]), found.get("eTag", ""), int(found.get("size", 0)))

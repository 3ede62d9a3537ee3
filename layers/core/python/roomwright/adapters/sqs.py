"""A queue that takes small JSON objects."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class NotTakenError(Exception):
    """The queue did not take every message of a batch."""


class SqsQueue:
    """Implements the Queue port.

    `fair_by` names the field of a message by which the queue shares its consumers out: of a standard queue whose
    messages carry a group, SQS serves the groups with few messages in flight first (“fair queues”).
    """

    def __init__(self, client: SQSClient, url: str, fair_by: str | None = None) -> None:
        self._client, self._url, self._fair_by = client, url, fair_by

    def send(self, message: Mapping[str, object], delay_s: int = 0) -> None:
        self._client.send_message(QueueUrl=self._url, DelaySeconds=delay_s, **self._entry(message))

    def send_all(self, messages: Sequence[Mapping[str, object]]) -> None:
        entries: Any = [{"Id": str(place), **self._entry(message)} for place, message in enumerate(messages)]
        failed = self._client.send_message_batch(QueueUrl=self._url, Entries=entries).get("Failed", [])
        if failed:
            raise NotTakenError(f"{len(failed)} of {len(entries)} messages: {failed[0]['Code']}")

    def _entry(self, message: Mapping[str, object]) -> Any:
        group = {"MessageGroupId": str(message[self._fair_by])} if self._fair_by else {}
        return {"MessageBody": json.dumps(dict(message)), **group}

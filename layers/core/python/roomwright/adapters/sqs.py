"""A queue that takes small JSON objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsQueue:
    """Implements the Queue port.

    `fair_by` names the field of a message by which the queue shares its consumers out: of a standard queue whose
    messages carry a group, SQS serves the groups with few messages in flight first (“fair queues”).
    """

    def __init__(self, client: SQSClient, url: str, fair_by: str | None = None) -> None:
        self._client, self._url, self._fair_by = client, url, fair_by

    def send(self, message: Mapping[str, object], delay_s: int = 0) -> None:
        body = json.dumps(dict(message))
        if self._fair_by is None:
            self._client.send_message(QueueUrl=self._url, MessageBody=body, DelaySeconds=delay_s)
        else:
            group = str(message[self._fair_by])
            self._client.send_message(QueueUrl=self._url, MessageBody=body, DelaySeconds=delay_s, MessageGroupId=group)

"""A queue that takes small JSON objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsQueue:
    """Implements the Queue port."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client, self._url = client, url

    def send(self, message: Mapping[str, str], delay_s: int = 0) -> None:
        self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(dict(message)), DelaySeconds=delay_s)

"""The owner's bucket, as the container sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ABSENT = {"NoSuchKey", "NoSuchBucket", "404", "NotFound"}


class TooLargeError(Exception):
    """The object is larger than the caller allows; carries its size in bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size} bytes")
        self.size = size


class Storage(Protocol):
    """Where sources are read and outputs written."""

    def get(self, bucket: str, key: str, limit: int) -> bytes | None:
        """The object's bytes, None when there is no such object. Raises TooLargeError."""

    def put(self, bucket: str, key: str, body: bytes, content_type: str) -> None:
        """Write or overwrite one object."""


class S3Storage:
    """`Storage` on S3. The client honours AWS_ENDPOINT_URL."""

    def __init__(self, client: S3Client) -> None:
        self._client = client

    def get(self, bucket: str, key: str, limit: int) -> bytes | None:
        try:
            answer = self._client.get_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                return None
            raise
        size = answer["ContentLength"]
        with answer["Body"] as body:
            if size > limit:
                raise TooLargeError(size)
            return body.read()

    def put(self, bucket: str, key: str, body: bytes, content_type: str) -> None:
        self._client.put_object(Bucket=bucket, Key=key, Body=body, ContentType=content_type)

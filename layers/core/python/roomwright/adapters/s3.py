"""The owner's bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from pydantic import ValidationError

from roomwright.domain.errors import PayloadTooLargeError
from roomwright.ports import PresignedUpload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from engine_contract import Progress

_PROGRESS_BYTES = 10_000
_DELETED_AT_ONCE = 1000
"""S3's own limit"""


class EraseError(Exception):
    """S3 did not delete what it was asked to. Erasing again is harmless."""


class S3Blobs:
    """Implements the BlobStore port."""

    def __init__(self, connect: Callable[[], S3Client], bucket: str) -> None:
        """`connect` is called when the bucket is first used: many requests never do."""
        self._connect, self._bucket = connect, bucket

    @cached_property
    def _client(self) -> S3Client:
        return self._connect()

    @property
    def bucket(self) -> str:
        return self._bucket

    def put(self, key: str, data: bytes, content_type: str) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=content_type)

    def get(self, key: str, max_bytes: int, etag: str = "") -> bytes | None:
        try:
            if etag:
                answer = self._client.get_object(Bucket=self._bucket, Key=key, IfMatch=f'"{etag}"')
            else:
                answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except self._client.exceptions.NoSuchKey:
            return None
        except ClientError as error:
            if error.response["Error"]["Code"] == "PreconditionFailed":
                return None
            raise
        with answer["Body"] as body:
            if answer["ContentLength"] > max_bytes:
                raise PayloadTooLargeError(f"The file is larger than {max_bytes} bytes.")
            return body.read()

    def exists(self, key: str) -> bool:
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] == "404":  # an answer without a body has no other name for it
                return False
            raise
        return True

    def stored_bytes(self, prefix: str) -> int:
        return sum(size for _, size in self._below(prefix))

    def erase(self, prefix: str) -> None:
        found = [key for key, _ in self._below(prefix)]
        for at in range(0, len(found), _DELETED_AT_ONCE):
            some = found[at : at + _DELETED_AT_ONCE]
            answer = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in some], "Quiet": True}
            )
            if errors := answer.get("Errors"):
                raise EraseError(f"{len(errors)} of {len(some)} objects stayed: {errors[0].get('Code')}")

    def _below(self, prefix: str) -> Iterator[tuple[str, int]]:
        """→ (key, bytes) of each."""
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
            for found in page.get("Contents", []):
                yield found["Key"], found["Size"]

    def copy(self, source: str, target: str) -> None:
        """In S3 itself, with the type; the bytes do not pass through here."""
        self._client.copy_object(Bucket=self._bucket, Key=target, CopySource={"Bucket": self._bucket, "Key": source})

    def signed_get(self, key: str, expires_s: int) -> str:
        params = {"Bucket": self._bucket, "Key": key}
        return self._client.generate_presigned_url("get_object", Params=params, ExpiresIn=expires_s)

    def signed_upload(self, key: str, content_type: str, max_bytes: int, expires_s: int) -> PresignedUpload:
        """A POST policy that S3 itself holds the uploader to: this key, this type, at most `max_bytes`."""
        answer = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields={"Content-Type": content_type},
            Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, max_bytes]],
            ExpiresIn=expires_s,
        )
        expires_at = datetime.now(UTC) + timedelta(seconds=expires_s)
        return PresignedUpload(answer["url"], answer["fields"], expires_at, max_bytes)

    def progress(self, output_prefix: str) -> Progress | None:
        """How far the engine is; None before it wrote anything, and for what is no progress: the job goes on."""
        from engine_contract import Progress  # noqa: PLC0415 - building its models costs a cold start, and few need it

        try:
            data = self.get(f"{output_prefix}progress.json", _PROGRESS_BYTES)
            return Progress.model_validate_json(data) if data is not None else None
        except (ValidationError, PayloadTooLargeError):
            return None

"""A client of the public HTTP API with the standard library only."""

from __future__ import annotations

import http.client
import json
import mimetypes
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

REQUEST_SECONDS = 60
MULTIPART_LIMIT = 3_990_000
"""beyond which the photo goes through a presigned upload: an API payload is 6 MB with its base64"""
PATIENCE_S = 120
"""how long a request is repeated while the local AWS restarts, whose functions start cold on a busy machine"""


class ApiError(Exception):
    """The API refused. Carries the answer's status and decoded body."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"HTTP {status}: {json.dumps(body) if not isinstance(body, str) else body}")
        self.status, self.body = status, body


@dataclass(frozen=True)
class Client:
    origin: str
    api_key: str

    def get(self, path: str) -> Any:
        return self._json("GET", path, b"", {})

    def post_json(self, path: str, value: Any, idempotency_key: str) -> Any:
        headers = {"content-type": "application/json", "idempotency-key": idempotency_key}
        return self._json("POST", path, json.dumps(value).encode(), headers)

    def post_file(self, path: str, field: str, file: Path, idempotency_key: str) -> Any:
        kind, body = multipart({}, field, file.name, file.read_bytes(), content_type(file))
        return self._json("POST", path, body, {"content-type": kind, "idempotency-key": idempotency_key})

    def _json(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """Repeats what did not get through: every write has an idempotency key."""
        deadline = time.monotonic() + PATIENCE_S
        authorised = {**headers, "authorization": f"Bearer {self.api_key}"}
        while True:
            try:
                status, content = request(method, self.origin + path, body, authorised)
            except (OSError, http.client.HTTPException) as error:
                status, content = 503, str(error).encode()
            if status not in {502, 503, 504} or time.monotonic() > deadline:
                break
            time.sleep(1.0)
        try:
            answer = json.loads(content)
        except ValueError:
            answer = content.decode("utf-8", "replace")
        if not 200 <= status < 300:
            raise ApiError(status, answer)
        return answer


def request(method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """One HTTP request → status and body."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=REQUEST_SECONDS)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target or "/", body or None, dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def download(url: str, file: Path) -> None:
    status, content = request("GET", url)
    if status != 200:
        raise ApiError(status, f"{file.name} could not be downloaded")
    file.write_bytes(content)


def upload_form(url: str, fields: Mapping[str, str], file: Path) -> None:
    """A POST to S3 with the policy's fields, the file last as S3 asks."""
    kind, body = multipart(fields, "file", file.name, file.read_bytes(), fields.get("Content-Type", ""))
    status, content = request("POST", url, body, {"content-type": kind})
    if status not in {200, 201, 204}:
        raise ApiError(status, content.decode("utf-8", "replace")[:500])


def multipart(fields: Mapping[str, str], name: str, filename: str, data: bytes, kind: str) -> tuple[str, bytes]:
    """RFC 7578 form data → content type and body."""
    boundary = uuid.uuid4().hex
    safe = filename.replace('"', "_").replace("\r", "_").replace("\n", "_")
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{safe}"\r\n'
    parts.append(f"{head}Content-Type: {kind or 'application/octet-stream'}\r\n\r\n".encode() + data)
    return f"multipart/form-data; boundary={boundary}", b"".join(parts) + f"\r\n--{boundary}--\r\n".encode()


def content_type(file: Path) -> str:
    """By the file's name."""
    known = {".heic": "image/heic", ".heif": "image/heif", ".webp": "image/webp"}
    return known.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"

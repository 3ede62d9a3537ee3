"""Everything else the use cases need, in memory. Each remembers what it was asked to do."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine_contract import EngineRequest, Progress
from roomwright.domain.errors import ImageRejectedError, PayloadTooLargeError
from roomwright.domain.job import Job
from roomwright.domain.signatures import hex_signature
from roomwright.ports import Event, FetchError, HttpAnswer, PresignedUpload, SafeImage

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    """Stands still until told otherwise."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


class FakeRandom:
    """Seeded."""

    def __init__(self, seed: int = 0) -> None:
        self._source = random.Random(seed)  # noqa: S311 - a test repeats itself

    def token(self, nbytes: int) -> bytes:
        return self._source.randbytes(nbytes)

    def uniform(self, low: float, high: float) -> float:
        return self._source.uniform(low, high)


@dataclass
class MemoryBlobs:
    """A bucket."""

    clock: FakeClock = field(default_factory=FakeClock)
    objects: dict[str, bytes] = field(default_factory=dict)
    bucket: str = "media"
    etags: dict[str, str] = field(default_factory=dict)
    """of the objects whose version matters to a test"""

    def put(self, key: str, data: bytes, content_type: str) -> None:
        self.objects[key] = data

    def get(self, key: str, max_bytes: int, etag: str = "") -> bytes | None:
        if etag and self.etags.get(key, etag) != etag:
            return None
        data = self.objects.get(key)
        if data is not None and len(data) > max_bytes:
            raise PayloadTooLargeError(f"more than {max_bytes} bytes")
        return data

    def exists(self, key: str) -> bool:
        return key in self.objects

    def stored_bytes(self, prefix: str) -> int:
        return sum(len(data) for key, data in self.objects.items() if key.startswith(prefix))

    def erase(self, prefix: str) -> None:
        for key in [key for key in self.objects if key.startswith(prefix)]:
            del self.objects[key]

    def copy(self, source: str, target: str) -> None:
        self.objects[target] = self.objects[source]

    def signed_get(self, key: str, expires_s: int) -> str:
        until = int((self.clock.now() + timedelta(seconds=expires_s)).timestamp())
        return f"https://{self.bucket}.example/{key}?until={until}"

    def signed_upload(self, key: str, content_type: str, max_bytes: int, expires_s: int) -> PresignedUpload:
        fields = {"key": key, "Content-Type": content_type}
        until = self.clock.now() + timedelta(seconds=expires_s)
        return PresignedUpload(f"https://{self.bucket}.example/", fields, until, max_bytes)

    def progress(self, output_prefix: str) -> Progress | None:
        data = self.objects.get(output_prefix + "progress.json")
        return Progress.model_validate_json(data) if data else None


@dataclass
class MemoryQueue:
    """`sent` is what was sent: (message, delay in seconds)."""

    sent: list[tuple[dict[str, str], int]] = field(default_factory=list)

    def send(self, message: Mapping[str, str], delay_s: int = 0) -> None:
        if not 0 <= delay_s <= 900:
            raise ValueError("a message waits at most 15 minutes")
        self.sent.append((dict(message), delay_s))

    def send_all(self, messages: Sequence[Mapping[str, str]]) -> None:
        if not 0 < len(messages) <= 10:
            raise ValueError("a batch has one to ten messages")
        for message in messages:
            self.send(message)


@dataclass
class MemoryMachine:
    """Executions by name, and what their tokens were answered."""

    started: dict[str, dict[str, str]] = field(default_factory=dict)
    resumed: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    failed: list[tuple[str, str, str]] = field(default_factory=list)

    def start(self, job_id: str, payload: Mapping[str, str]) -> None:
        self.started.setdefault(job_id, dict(payload))

    def resume(self, task_token: str, output: Mapping[str, str]) -> None:
        self.resumed.append((task_token, dict(output)))

    def fail(self, task_token: str, error: str, cause: str) -> None:
        self.failed.append((task_token, error, cause))


@dataclass
class MemoryEngine:
    requests: list[tuple[EngineRequest, str]] = field(default_factory=list)

    def start(self, request: EngineRequest, inference_id: str) -> None:
        self.requests.append((request, inference_id))


@dataclass
class MemoryBus:
    events: list[Event] = field(default_factory=list)

    def publish(self, events: list[Event]) -> None:
        self.events.extend(events)


@dataclass
class FakeSender:
    """`answer` decides; `posts` is what was sent: (url, body, headers)."""

    answer: Callable[[], HttpAnswer] = lambda: HttpAnswer(204, "", None)
    posts: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> HttpAnswer:
        self.posts.append((url, body, dict(headers)))
        return self.answer()


@dataclass
class FakeFetcher:
    """The web: URL → bytes, or the exception to raise."""

    web: dict[str, bytes | Exception] = field(default_factory=dict)

    def fetch(self, url: str, max_bytes: int, timeout_s: float) -> bytes:
        found = self.web.get(url, FetchError("The server answered 404."))
        if isinstance(found, Exception):
            raise found
        return found


class FakeImaging:
    """Takes anything but bytes that start with `bad`."""

    def sanitise(self, data: bytes) -> SafeImage:
        if data.startswith(b"bad"):
            raise ImageRejectedError("This is not an image. Send a JPEG, PNG, WebP or HEIC.")
        return SafeImage(data, "image/jpeg", 640, 480, hashlib.sha256(data).hexdigest(), 24.0)


class FakeSecrets:
    def webhook_key(self, tenant_id: str, version: int) -> bytes:
        return hashlib.sha256(f"{tenant_id}/{version}".encode()).digest()


class FakeDialect:
    """A contract with a body of its own and one signature header."""

    def body(self, job: Job, event_type: str) -> str:
        return f'{{"event_type":"{event_type}","job_id":"{job.job_id}"}}'

    def headers(self, secret: str, body: bytes) -> Mapping[str, str]:
        return {"x-katalo-signature": hex_signature(secret, body)}

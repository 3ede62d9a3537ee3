"""What the use cases need of the outside. Adapters implement these; tests have in-memory ones.

Every write of a job's state names the state it expects. A store of one tenant cannot reach another's items:
`Stores.tenant(id)` is the only way to one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine_contract import EngineRequest, Progress
from roomwright.domain.account import Account, ApiKey, LedgerEntry
from roomwright.domain.delivery import Attempt, Delivery, DeliveryStatus
from roomwright.domain.job import Failure, Job, Output, SourceAsset


@dataclass(frozen=True)
class Admission:
    """`replayed` is True when the same idempotency key had already created this job."""

    job: Job
    replayed: bool


@dataclass(frozen=True)
class Outcome:
    """How a job ends: outputs, or a failure, or (both absent) cancelled."""

    outputs: tuple[Output, ...] = ()
    failure: Failure | None = None
    manifest_key: str | None = None
    source_key: str | None = None


class TenantStore(Protocol):
    """One tenant's items."""

    def account(self) -> Account: ...

    def admit(self, job: Job, asset: SourceAsset | None = None) -> Admission:
        """One transaction: job item (must not exist), credit reservation, in-flight count, and the asset if given.

        Same key and fingerprint → the first job, replayed. Raises IdempotencyConflictError (same key, other
        fingerprint), InsufficientCreditsError, TooManyInFlightError.
        """

    def job(self, job_id: str) -> Job | None: ...

    def line(self, limit: int) -> list[Job]:
        """Queued jobs, oldest first: the tenant's waiting line (held slots that did not start yet included)."""

    def acquire_slot(self, job_id: str, now: datetime) -> bool:
        """Take one of `max_running` slots for a queued job. False when none is free or the job moved on."""

    def mark_started(self, job_id: str, now: datetime) -> None:
        """Note that the state machine was started. Idempotent; no effect on a job that moved on."""

    def mark_running(self, job_id: str, task_token: str, deadline_at: datetime, now: datetime) -> Job:
        """queued → running (running → running refreshes the token). Raises StaleStateError otherwise."""

    def finish(self, job_id: str, outcome: Outcome, now: datetime) -> tuple[Job, bool]:
        """Terminal write, credits, slot, in-flight count and ledger in one transaction.

        → (job as it now is, whether this call ended it). A job already ended is returned unchanged.
        """

    def put_asset(self, asset: SourceAsset) -> tuple[SourceAsset, bool]:
        """→ (asset, replayed). Raises IdempotencyConflictError for another fingerprint."""

    def asset(self, ingest_id: str) -> SourceAsset | None: ...

    def asset_by_source_id(self, source_asset_id: str) -> SourceAsset | None: ...

    def queue_asset(self, ingest_id: str, now: datetime) -> SourceAsset:
        """awaiting_upload → queued once the bytes are there; idempotent."""

    def finish_asset(self, asset: SourceAsset, now: datetime) -> SourceAsset:
        """queued → ready | failed, and the waiting job (if any) ingesting → queued | failed, in one transaction."""

    def put_delivery(self, delivery: Delivery) -> tuple[Delivery, bool]:
        """→ (delivery, existed)."""

    def delivery(self, delivery_id: str) -> Delivery | None: ...

    def deliveries(self, job_id: str) -> list[Delivery]: ...

    def record_attempt(
        self, delivery_id: str, attempt: Attempt, status: DeliveryStatus, next_attempt_at: datetime | None
    ) -> Delivery:
        """Append attempt n, only if exactly n − 1 are there (StaleStateError otherwise)."""

    def ledger(self, limit: int, cursor: str | None) -> tuple[list[LedgerEntry], str | None]: ...


class Stores(Protocol):
    """The doors into the table."""

    def tenant(self, tenant_id: str) -> TenantStore: ...

    def create_tenant(self, account: Account) -> None:
        """Idempotent: an existing account is left as it is."""

    def put_key(self, key: ApiKey) -> None: ...

    def key(self, key_id: str) -> ApiKey | None: ...

    def open_jobs(self) -> Iterator[tuple[str, str, datetime]]:
        """(tenant_id, job_id, deadline_at) of every job that has not ended."""

    def open_assets(self) -> Iterator[tuple[str, str, datetime]]:
        """(tenant_id, ingest_id, deadline_at) of every ingest that has not ended."""

    def due_deliveries(self, before: datetime) -> Iterator[tuple[str, str]]:
        """(tenant_id, delivery_id) of pending deliveries whose next attempt is due."""


@dataclass(frozen=True)
class PresignedUpload:
    """A form upload (POST policy) that binds key, type and size."""

    url: str
    fields: Mapping[str, str]
    expires_at: datetime
    max_bytes: int


class BlobStore(Protocol):
    """The owner's bucket. Keys of a tenant start with `tenants/<tenant_id>/`."""

    @property
    def bucket(self) -> str: ...

    def put(self, key: str, data: bytes, content_type: str) -> None: ...

    def get(self, key: str, max_bytes: int) -> bytes | None:
        """None when absent. Raises PayloadTooLargeError beyond `max_bytes`, before reading it all."""

    def copy(self, source_key: str, key: str) -> None: ...

    def signed_get(self, key: str, expires_s: int, filename: str | None = None) -> str: ...

    def signed_upload(self, key: str, content_type: str, max_bytes: int, expires_s: int) -> PresignedUpload: ...

    def progress(self, output_prefix: str) -> Progress | None: ...


class Queue(Protocol):
    """At-least-once messages: JSON objects up to a few kB."""

    def send(self, message: Mapping[str, str], delay_s: int = 0) -> None: ...


class StateMachine(Protocol):
    def start(self, job_id: str, payload: Mapping[str, str]) -> None:
        """Start the execution named `job_id`. A second start of the same name is silently refused."""

    def resume(self, task_token: str, output: Mapping[str, str]) -> None:
        """Complete the waiting task. A token that is no longer waiting is ignored."""

    def fail(self, task_token: str, error: str, cause: str) -> None: ...


class Engine(Protocol):
    def start(self, request: EngineRequest) -> str:
        """Ask for asynchronous inference → inference id. The body is inline JSON ≤ 128 000 bytes."""


@dataclass(frozen=True)
class Event:
    """One event for the bus. `event_id` is stable under replay; `detail` follows docs/api/events."""

    event_id: str
    type: str
    tenant_id: str
    time: datetime
    detail: Mapping[str, object]


class EventBus(Protocol):
    def publish(self, events: list[Event]) -> None:
        """All or an exception; publishing the same event twice is allowed (consumers see `event_id`)."""


@dataclass(frozen=True)
class HttpAnswer:
    status_code: int
    excerpt: str
    """first kilobyte of the body, decoded leniently"""
    retry_after_s: int | None


class HttpSender(Protocol):
    def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> HttpAnswer:
        """POST to an address checked at connect time; no redirects. Raises UnsafeUrlError, DeliveryError."""


class DeliveryError(Exception):
    """No HTTP answer: DNS, connection, TLS or time-out. The message is safe to show to the tenant."""


class Fetcher(Protocol):
    def fetch(self, url: str, max_bytes: int, timeout_s: float) -> bytes:
        """GET an https URL, ≤ 3 re-validated redirects. Raises UnsafeUrlError, PayloadTooLargeError, FetchError."""


class FetchError(Exception):
    """The URL gave no usable answer. The message is safe to show to the tenant."""


@dataclass(frozen=True)
class SafeImage:
    """Sanitised bytes: orientation applied, no metadata but colour made sRGB."""

    data: bytes
    content_type: str
    width: int
    height: int
    sha256: str
    focal_length_35mm: float | None


class Imaging(Protocol):
    def sanitise(self, data: bytes) -> SafeImage:
        """Raises ImageRejectedError, whose message says what to send instead."""


class Secrets(Protocol):
    def webhook_key(self, tenant_id: str, version: int) -> bytes:
        """The tenant's signing key (32 bytes), derived from the deployment's master secret."""


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""


class Random(Protocol):
    def token(self, nbytes: int) -> bytes: ...

    def uniform(self, low: float, high: float) -> float: ...

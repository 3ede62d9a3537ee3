"""What the use cases need of the outside. Adapters implement these; tests have in-memory ones.

Every write of a job's state names the state it expects. A store of one tenant cannot reach another's items:
`Stores.tenant(id)` is the only way to one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from roomwright.domain.account import Account, ApiKey, LedgerEntry
from roomwright.domain.delivery import Attempt, Delivery, DeliveryStatus, Destination
from roomwright.domain.endpoint import Endpoint
from roomwright.domain.job import Job, Outcome, SourceAsset

if TYPE_CHECKING:
    from engine_contract import EngineRequest, Progress

T = TypeVar("T")


@dataclass(frozen=True)
class Admission:
    """`replayed` is True when the same idempotency key had already created this job."""

    job: Job
    replayed: bool


@dataclass(frozen=True)
class Page(Generic[T]):
    """Part of a list, and the cursor of the next part (None at the end)."""

    entries: tuple[T, ...]
    cursor: str | None


@dataclass(frozen=True)
class OpenItem:
    """A job or an ingest that has not ended, as the sweeper sees it."""

    tenant_id: str
    item_id: str
    status: str
    since: datetime
    """when it took this status"""
    deadline_at: datetime


class TenantStore(Protocol):
    """One tenant's items."""

    def account(self) -> Account:
        """Raises NotFoundError for a tenant that does not exist."""

    def admit(self, job: Job, asset: SourceAsset | None = None) -> Admission:
        """One transaction: job item (must not exist), the counters of `account.admission(job)`, and the job's place
        in the waiting line (a queued job) or its asset (a job in `ingesting`). A job that is born `succeeded` (a cache
        hit) reserves nothing: its counters and ledger line are `account.cache_settlement(job)`. One with a number in a
        chain of regenerations raises that chain's count to it.

        Same key and fingerprint → the first job, replayed. Raises IdempotencyConflictError (same key, other
        fingerprint), PeriodOverError (the billing period ended: `renew`, then admit again), InsufficientCreditsError
        (of the bucket that `job.overage` names), TooManyInFlightError, StorageLimitExceededError (not for one that is
        born ended: it keeps nothing), ConflictError (its source asset was deleted), StaleStateError (another took its
        number in the chain: count again), NotFoundError (no such tenant).
        """

    def regenerations(self, root_job_id: str) -> int:
        """How many jobs have been admitted to the chain of regenerations that begins with this one. Consistent."""

    def renew(self, before: Account, after: Account, now: datetime) -> bool:
        """One transaction: the account from `before` to `plans.renewed(before)` (or to another plan), with a ledger
        line for what was granted (if anything). Only plan, limits, period and the balances move.

        False when it is not as `before` says any more (period, plan and balance): read it again.
        """

    def grant(self, credits: int, entry_id: str, now: datetime) -> Account:
        """Credits to the balance, with their ledger line, in one transaction; once per `entry_id`. → the account."""

    def cached(self, config_fingerprint: str) -> Job | None:
        """The succeeded job whose approved result answers this configuration."""

    def job(self, job_id: str) -> Job | None: ...

    def line(self, limit: int) -> list[str]:
        """The waiting line, consistently read: ids of queued jobs without a slot, first come first."""

    def ahead(self, job: Job) -> int:
        """How many jobs wait before this queued one, at most 1,000. Eventually consistent is enough."""

    def acquire_slot(self, job_id: str, deadline_at: datetime, now: datetime) -> bool:
        """One transaction: a slot (of `max_running`) for a queued job, which leaves the line for `starting`.

        True when the job holds a slot now (also when it already did). False when none is free or it moved on.
        """

    def mark_started(self, job_id: str) -> None:
        """The state machine was started: the job leaves `starting`. Idempotent."""

    def mark_running(self, job_id: str, task_token: str, deadline_at: datetime, now: datetime) -> Job:
        """queued → running (running → running takes the new token). Raises StaleStateError for any other state."""

    def finish(self, job: Job, outcome: Outcome, now: datetime) -> tuple[Job, bool]:
        """Terminal write, credits, slot, in-flight count, waiting line and ledger in one transaction; with a success
        that was not a regeneration also the entry of the result cache (`job.config_fingerprint` → this job), and
        `recent_run_s` of the account.

        `job` is the job as it was read. → (job as it now is, whether this call ended it); one already ended is
        returned unchanged. Raises StaleStateError when it moved on since, or for an outcome its state does not allow.
        """

    def put_asset(self, asset: SourceAsset) -> tuple[SourceAsset, bool]:
        """→ (asset, replayed). Raises IdempotencyConflictError for another fingerprint."""

    def asset(self, ingest_id: str) -> SourceAsset | None: ...

    def queue_asset(self, ingest_id: str, deadline_at: datetime, now: datetime) -> SourceAsset | None:
        """awaiting_upload → queued once the bytes are there; any other state is returned as it is."""

    def finish_asset(self, asset: SourceAsset, job_deadline_at: datetime) -> tuple[SourceAsset, bool]:
        """`asset` is the terminal state wanted: ready or failed. In the same transaction its bytes are counted as
        stored, and the job that waits for it
        (if any) goes ingesting → queued with `job_deadline_at` and joins the line, or fails and is settled.

        → (asset as it now is, whether this call ended it).
        """

    def delete_asset(self, asset: SourceAsset, now: datetime) -> SourceAsset:
        """ready or failed → deleted, if no job that has not ended uses it: from then on none can. Its bytes count as
        stored until `uncount`. Raises ConflictError while one does, StaleStateError when it is not as `asset` says.
        """

    def erase_outputs(self, job: Job, now: datetime) -> Job:
        """An ended job's `erased_at` set: the result cache answers with it no more. Its bytes count as stored until
        `uncount`. Raises StaleStateError when it is not as `job` says.
        """

    def uncount(self, kept: Job | SourceAsset) -> None:
        """What was kept of it lies in the bucket no more: its bytes leave the account's count, once."""

    def put_delivery(self, delivery: Delivery) -> tuple[Delivery, bool]:
        """→ (the delivery as stored, whether it existed before). One to a registered endpoint also gets its line in
        that endpoint's log, in the same transaction.
        """

    def delivery(self, job_id: str, delivery_id: str) -> Delivery | None: ...

    def deliveries(self, job_id: str) -> list[Delivery]: ...

    def record_attempt(
        self,
        job_id: str,
        delivery_id: str,
        attempt: Attempt,
        status: DeliveryStatus,
        next_attempt_at: datetime | None,
    ) -> Delivery:
        """Append attempt n, only to a pending delivery with exactly n − 1 (StaleStateError otherwise)."""

    def postpone_delivery(self, delivery: Delivery, until: datetime) -> bool:
        """Due later, without an attempt: `next_attempt_at` = `until`. Only if it is pending and has exactly the
        attempts and the `next_attempt_at` that `delivery` has; → whether it was.
        """

    def reopen_delivery(self, delivery: Delivery, now: datetime) -> Delivery:
        """Replay: pending again and due at once, `schedule_from` set to the attempts made so far. Only if it is not
        pending and has exactly the attempts that `delivery` has (StaleStateError otherwise).
        """

    def endpoint_deliveries(
        self, endpoint_id: str, since: datetime, until: datetime, limit: int, cursor: str | None = None
    ) -> Page[tuple[str, str]]:
        """(job_id, delivery_id) of what was sent to a registered endpoint, by when the delivery was created, oldest
        first. Raises BadRequestError for a cursor that is not ours.
        """

    def destination(self, url: str) -> Destination | None:
        """How a receiver of this tenant has been answering; None when nothing is known of it."""

    def note_destination(self, destination: Destination) -> None:
        """Last writer wins: it only decides which queue a delivery waits in. Expires by itself."""

    def put_endpoint(self, endpoint: Endpoint) -> tuple[Endpoint, bool]:
        """→ (as stored, whether one with its id was there before)."""

    def endpoint(self, endpoint_id: str) -> Endpoint | None: ...

    def endpoints(self) -> list[Endpoint]:
        """Every one, whatever its status; at most MAX_ENDPOINTS. Consistent."""

    def change_endpoint(self, endpoint: Endpoint) -> Endpoint:
        """Write it if the stored `revision` is `endpoint.revision`. → as stored, with the next revision.

        Raises StaleStateError otherwise.
        """

    def delete_endpoint(self, endpoint_id: str) -> None:
        """Idempotent. Its deliveries stay in the log until they expire."""

    def change_account_webhooks(
        self, url: str | None, key_version: int, previous_until: datetime | None, was_version: int
    ) -> None:
        """The default callback and its key, if the version still is `was_version` (StaleStateError otherwise)."""

    def keys(self) -> list[ApiKey]:
        """This tenant's keys, revoked and expired ones too, newest first. All of them: whoever makes and ends many must
        not push one that still opens something out of its owner's sight.
        """

    def change_key(self, before: ApiKey, after: ApiKey) -> None:
        """Expiry, revocation, successor, name. Raises StaleStateError when it is not as `before` says."""

    def ledger(self, limit: int, cursor: str | None = None) -> Page[LedgerEntry]:
        """Newest first. Raises BadRequestError for a cursor that is not ours."""


class Stores(Protocol):
    """The doors into the table."""

    def tenant(self, tenant_id: str) -> TenantStore: ...

    def create_tenant(self, account: Account) -> None:
        """Idempotent: an existing account is left as it is."""

    def put_key(self, key: ApiKey, replaces: ApiKey | None = None) -> None:
        """A new key; in the same transaction the one it `replaces` (as it shall be) takes its new expiry.

        Raises ConflictError for a key id that is taken, StaleStateError when `replaces` was revoked or replaced
        meanwhile or is another tenant's.
        """

    def key(self, key_id: str) -> ApiKey | None:
        """Consistent: a revoked key is refused from the next request on."""

    def touch_key(self, key: ApiKey, now: datetime) -> None:
        """Note `last_used_at`, if it is as `key` says; a race is ignored."""

    def count(self, subject: str, names: Sequence[str], window_ends_at: datetime) -> Mapping[str, int]:
        """One more of each name for a subject within a window. → the counts with this one. Expires by itself."""

    def open_jobs(self) -> Iterator[OpenItem]:
        """Every job that has not ended. Eventually consistent."""

    def open_assets(self) -> Iterator[OpenItem]:
        """Every ingest that has not ended. Eventually consistent."""

    def due_deliveries(self, before: datetime) -> Iterator[tuple[str, str, str]]:
        """(tenant_id, job_id, delivery_id) of pending deliveries due by then. Eventually consistent."""


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

    def get(self, key: str, max_bytes: int, etag: str = "") -> bytes | None:
        """None when absent, or when `etag` is given and another object lies there by now.

        Raises PayloadTooLargeError beyond `max_bytes`, before reading it all.
        """

    def exists(self, key: str) -> bool: ...

    def stored_bytes(self, prefix: str) -> int:
        """Of every object whose key begins so."""

    def erase(self, prefix: str) -> None:
        """Every object whose key begins so. Idempotent."""

    def copy(self, source: str, target: str) -> None:
        """Within the bucket; the same copy twice is the same object."""

    def signed_get(self, key: str, expires_s: int) -> str: ...

    def signed_upload(self, key: str, content_type: str, max_bytes: int, expires_s: int) -> PresignedUpload: ...

    def progress(self, output_prefix: str) -> Progress | None: ...


class Queue(Protocol):
    """At-least-once messages: JSON objects up to a few kB."""

    def send(self, message: Mapping[str, str], delay_s: int = 0) -> None: ...

    def send_all(self, messages: Sequence[Mapping[str, str]]) -> None:
        """At most ten, at once. Raises when any of them was not taken; the others were."""


class StateMachine(Protocol):
    def start(self, job_id: str, payload: Mapping[str, str]) -> None:
        """Start the execution named `job_id`. A second start of the same name is silently refused."""

    def resume(self, task_token: str, output: Mapping[str, str]) -> None:
        """Complete the waiting task. A token that is no longer waiting is ignored."""

    def fail(self, task_token: str, error: str, cause: str) -> None: ...


class Engine(Protocol):
    def start(self, request: EngineRequest, inference_id: str) -> None:
        """Ask for asynchronous inference. The body is inline JSON ≤ 128 000 bytes; the notification that ends it
        names `inference_id`.
        """


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


class WebhookDialect(Protocol):
    """What a contract says about its webhooks, beside Standard Webhooks' own headers."""

    def body(self, job: Job, event_type: str) -> str:
        """JSON, built once per delivery. Signed URLs in it may outlive few attempts: a GET signs fresh ones."""

    def headers(self, secret: str, body: bytes) -> Mapping[str, str]:
        """The contract's own signature header. `secret` is the text the tenant knows (`whsec_…`)."""


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
    def webhook_key(self, subject: str, version: int) -> bytes:
        """A signing key (32 bytes) of a tenant or of one of its endpoints, derived from the deployment's master
        secret and this id.
        """


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""


class Random(Protocol):
    def token(self, nbytes: int) -> bytes: ...

    def uniform(self, low: float, high: float) -> float: ...

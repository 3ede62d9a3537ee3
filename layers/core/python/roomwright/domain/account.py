"""A tenant's account: its plan, its credits and what it has running."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from roomwright.domain import ids
from roomwright.domain.errors import ForbiddenError
from roomwright.domain.job import Job, JobStatus


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    """jobs, assets, usage, billing, delivery logs"""
    UPLOAD = "upload"
    """create source assets"""
    CREATE = "create"
    """create and regenerate generations"""
    CANCEL = "cancel"
    MANAGE = "manage"
    """keys and webhook endpoints; erasing what is kept"""


PUBLIC_SCOPES: frozenset[str] = frozenset({Scope.UPLOAD, Scope.CREATE})
"""All that a public key can have: it lies in a web page, so it must not read or change anything."""


@dataclass(frozen=True)
class Account:
    """Credits move available → reserved (admission) → spent (success) or back (any other end).

    `available + reserved + spent == granted` always holds, and so does the same of the four `overage_` counters:
    units beyond the balance that the plan lets a period use. Keys of the test environment belong to a tenant of their
    own (`ids.test_tenant_id`), whose jobs cost nothing: neither environment can see or slow the other.
    """

    tenant_id: str
    name: str
    available: int
    reserved: int
    spent: int
    granted: int
    in_flight: int
    """jobs accepted and not ended"""
    running: int
    """concurrency slots held"""
    starting: frozenset[str] = frozenset()
    """jobs that hold a slot and whose execution is not known to be started; never more than `running`"""
    max_in_flight: int = 50
    max_running: int = 2
    webhook_url: str | None = None
    """default callback when a job names none"""
    webhook_key_version: int = 1
    webhook_previous_until: datetime | None = None
    """until then deliveries are signed with the version before as well"""
    live: bool = True
    plan: str = "prepaid"
    overage_available: int = 0
    overage_reserved: int = 0
    overage_spent: int = 0
    overage_granted: int = 0
    period_started_at: datetime | None = None
    period_ends_at: datetime | None = None
    """the billing period (a calendar month, UTC); None for an account that has none yet"""
    period_opening: Mapping[str, int] = field(default_factory=dict)
    """the counters below, and spent, overage_spent and granted, as they stood when the period began"""
    jobs_total: int = 0
    jobs_succeeded: int = 0
    jobs_failed: int = 0
    jobs_cancelled: int = 0
    outputs_returned: int = 0
    regenerate_count: int = 0
    cache_hit_count: int = 0
    stored_bytes: int = 0
    """of source assets and of what engines wrote, as long as they are kept"""
    max_stored_bytes: int = 50 * 10**9
    recent_run_s: float = 0.0
    """how long the last successful job ran, for estimates; 0 before the first"""


class UsageType(StrEnum):
    """What a line of the ledger is about."""

    GENERATION = "generation"
    REGENERATION = "regeneration"
    CACHE_HIT = "cache_hit"
    GRANT = "credit_grant"


@dataclass(frozen=True)
class LedgerEntry:
    """One line of the append-only ledger; exactly one per ended job, and one per grant."""

    tenant_id: str
    entry_id: str
    """`led_…`, derived from what it is about, so that it cannot be written twice"""
    movement: str
    """charge | refund | cache_hit | grant"""
    credits: int
    created_at: datetime
    usage_type: UsageType = UsageType.GENERATION
    job_id: str | None = None
    source_asset_id: str | None = None
    config_fingerprint: str | None = None
    overage: bool = False
    unit_price_usd: str = "0.00"
    """what a unit cost beyond the plan's included ones; units out of the balance are paid for already"""

    @property
    def amount_usd(self) -> str:
        """Two decimals. Only a charge costs anything."""
        units = self.credits if self.movement == "charge" else 0
        return str((Decimal(self.unit_price_usd) * units).quantize(Decimal("0.01")))


def usage_type(job: Job) -> UsageType:
    if job.cached_from:
        return UsageType.CACHE_HIT
    return UsageType.REGENERATION if job.parent_job_id else UsageType.GENERATION


def _bucket(overage: bool, moves: Mapping[str, int]) -> Mapping[str, int]:
    return {f"overage_{name}" if overage else name: by for name, by in moves.items()}


def admission(job: Job) -> Mapping[str, int]:
    """What an accepted job adds to each counter of its account (credits out of the balance, or out of overage)."""
    moves = {**_bucket(job.overage, {"available": -job.credits, "reserved": job.credits}), "in_flight": 1}
    return {**moves, "jobs_total": 1, **({"regenerate_count": 1} if job.parent_job_id else {})}


_ENDS: Mapping[JobStatus, str] = {
    JobStatus.SUCCEEDED: "jobs_succeeded",
    JobStatus.FAILED: "jobs_failed",
    JobStatus.CANCELLED: "jobs_cancelled",
}


def settlement(ended: Job, *, slot_held: bool) -> tuple[Mapping[str, int], LedgerEntry]:
    """What the end of a job does to its account: additions to each counter, and the line in the ledger.

    `slot_held` is whether the job held a slot until now.
    """
    charged = ended.status is JobStatus.SUCCEEDED
    to = "spent" if charged else "available"
    moves = {
        **_bucket(ended.overage, {"reserved": -ended.credits, to: ended.credits}),
        "in_flight": -1,
        "running": -1 if slot_held else 0,
        _ENDS[ended.status]: 1,
        "outputs_returned": len(ended.outputs),
        "stored_bytes": ended.stored_bytes,
    }
    return moves, _entry(ended, "charge" if charged else "refund", ended.credits)


def cache_settlement(job: Job) -> tuple[Mapping[str, int], LedgerEntry]:
    """The same for a job that was answered at once with an approved result: it costs nothing."""
    moves = {"jobs_total": 1, "jobs_succeeded": 1, "cache_hit_count": 1, "outputs_returned": len(job.outputs)}
    return moves, _entry(job, "cache_hit", 0)


def _entry(job: Job, movement: str, credits: int) -> LedgerEntry:
    return LedgerEntry(
        tenant_id=job.tenant_id,
        entry_id=ids.derived_id("led", job.tenant_id, "ledger", job.job_id),
        movement=movement,
        credits=credits,
        created_at=job.updated_at,
        usage_type=usage_type(job),
        job_id=job.job_id,
        source_asset_id=job.spec.source_asset_id,
        config_fingerprint=job.config_fingerprint,
        overage=job.overage,
        unit_price_usd=job.unit_price_usd,
    )


def grant_entry(tenant_id: str, entry_id: str, credits: int, now: datetime) -> LedgerEntry:
    """The line of credits that were given."""
    return LedgerEntry(tenant_id, entry_id, "grant", credits, now, usage_type=UsageType.GRANT)


def renewal_entry(before: Account, after: Account, now: datetime) -> LedgerEntry | None:
    """The line of what a new period or plan granted; None when it granted nothing. `granted` only ever grows, so each
    has an id of its own."""
    credits = after.granted - before.granted
    entry_id = ids.derived_id("led", after.tenant_id, "renewal", str(after.granted))
    return grant_entry(after.tenant_id, entry_id, credits, now) if credits else None


@dataclass(frozen=True)
class ApiKey:
    """A key as stored: never the secret, only its SHA-256. `tenant_id` is the test tenant for a test key."""

    key_id: str
    tenant_id: str
    secret_sha256: str
    scopes: frozenset[str]
    live: bool
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    name: str = ""
    public: bool = False
    origins: tuple[str, ...] = ()
    """web origins a public key may be used from"""
    last_used_at: datetime | None = None
    """to ten minutes"""
    replaced_by: str | None = None
    """key id of the one that took over when this was rotated"""
    created_by: str | None = None
    """key id of the one that made it; None for the operator"""

    def active(self, now: datetime) -> bool:
        """Whether it opens anything."""
        return not any(end and end <= now for end in (self.expires_at, self.revoked_at))


@dataclass(frozen=True)
class Principal:
    """Who a request speaks for, after its key was checked."""

    tenant_id: str
    key_id: str
    live: bool
    scopes: frozenset[str]
    public: bool = False
    origins: tuple[str, ...] = ()

    def require(self, scope: str) -> None:
        """Raises ForbiddenError without that scope."""
        if scope not in self.scopes:
            raise ForbiddenError(f"This API key lacks the scope '{scope}'.")

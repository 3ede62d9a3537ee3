"""A webhook endpoint that a tenant registered: its own secret, the events it wants, and how it has been answering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

EVENT_TYPES = (
    "generation.queued",
    "generation.running",
    "generation.completed",
    "generation.failed",
    "generation.cancelled",
)
"""what an endpoint can ask for"""
DEFAULT_EVENTS = frozenset({"generation.completed", "generation.failed", "generation.cancelled"})
MAX_ENDPOINTS = 20
"""per tenant"""
DISABLE_AFTER = timedelta(days=5)
"""of nothing but failures, as Standard Webhooks recommends to give up some time"""
QUIET = timedelta(days=3)
"""without any attempt, after which failures are counted anew: longer than the schedule's longest wait"""
_NOTED_EVERY = timedelta(hours=1)


class EndpointStatus(StrEnum):
    PENDING = "pending"
    """its challenge has not been answered"""
    ACTIVE = "active"
    DISABLED = "disabled"
    """by 410, by DISABLE_AFTER or by its owner; `reason` says which"""


@dataclass(frozen=True)
class Endpoint:
    """`revision` counts its writes: each names the one it expects."""

    tenant_id: str
    endpoint_id: str
    """`whe_…`"""
    url: str
    events: frozenset[str]
    status: EndpointStatus
    created_at: datetime
    updated_at: datetime
    revision: int = 0
    key_version: int = 1
    previous_until: datetime | None = None
    """until then deliveries are signed with the key version before as well"""
    failing_since: datetime | None = None
    """first failure after the last success, or after QUIET"""
    failed_at: datetime | None = None
    """last failure, to the hour"""
    moved: bool = False
    """pending at a new address, and active before: what happens meanwhile is kept for it"""
    reason: str | None = None
    """why it is pending or disabled, for its owner"""
    description: str = ""
    fingerprint: str = ""
    """hash of the request that created it, for idempotent replay"""
    salt: str = ""
    """tells its keys from those of one that was deleted and had the same id"""

    @property
    def key_subject(self) -> str:
        """Whose signing keys these are."""
        return f"{self.endpoint_id}/{self.salt}" if self.salt else self.endpoint_id


def signing_versions(version: int, previous_until: datetime | None, now: datetime) -> Sequence[int]:
    """Key versions to sign with, the current one first."""
    overlaps = previous_until is not None and previous_until > now and version > 1
    return (version, version - 1) if overlaps else (version,)


def rotated(
    version: int, previous_until: datetime | None, overlap: timedelta, now: datetime
) -> tuple[int, datetime | None]:
    """→ (version, until when the one before signs as well) after a rotation.

    While an overlap lasts, another rotation with an overlap changes nothing: a repeated request must not make the
    key that receivers still have the last but one. Without an overlap every older key ends at once.
    """
    if overlap and previous_until is not None and previous_until > now:
        return version, previous_until
    return version + 1, now + overlap if overlap else None


def pending(endpoint: Endpoint, now: datetime) -> Endpoint:
    """The endpoint with its challenge still to be answered."""
    moved = endpoint.moved or endpoint.status is EndpointStatus.ACTIVE
    return replace(
        endpoint,
        status=EndpointStatus.PENDING,
        updated_at=now,
        failing_since=None,
        moved=moved,
        reason="Its challenge has not been answered yet.",
    )


def agreed(endpoint: Endpoint, now: datetime) -> Endpoint:
    """The endpoint after it answered its challenge."""
    return replace(endpoint, status=EndpointStatus.ACTIVE, updated_at=now, failing_since=None, moved=False, reason=None)


def disabled(endpoint: Endpoint, reason: str, now: datetime) -> Endpoint:
    return replace(endpoint, status=EndpointStatus.DISABLED, updated_at=now, moved=False, reason=reason)


def after_attempt(endpoint: Endpoint, now: datetime, *, success: bool, gone: bool) -> Endpoint:
    """The endpoint after a message was sent there: the same, unless its failures begin, go on, end, or are too many."""
    if success:
        return replace(endpoint, failing_since=None) if endpoint.failing_since else endpoint
    if gone:
        return disabled(endpoint, "It answered 410 Gone.", now)
    since, last = endpoint.failing_since, endpoint.failed_at
    if since is None or last is None or now - last > QUIET:
        return replace(endpoint, failing_since=now, failed_at=now)
    if now - since < DISABLE_AFTER:
        return replace(endpoint, failed_at=now) if now - last >= _NOTED_EVERY else endpoint
    return disabled(endpoint, f"Nothing but failures since {since.isoformat(timespec='seconds')}.", now)

"""Webhook deliveries: one per event and endpoint, each attempt kept.

Schedule and headers: Standard Webhooks 1.0.0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

SCHEDULE: tuple[timedelta, ...] = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Wait before attempt n, counted from attempt n − 1; each with ±20 % jitter (the first has none)."""
JITTER = 0.2


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    EXHAUSTED = "exhausted"
    DISABLED = "disabled"
    """the receiver answered 410, the URL is not allowed, or the endpoint is disabled or deleted"""


@dataclass(frozen=True)
class Attempt:
    """One try. `status_code` is None when no answer came; `error` says why in words."""

    number: int
    at: datetime
    duration_ms: int
    status_code: int | None
    error: str | None
    response_excerpt: str = ""


@dataclass(frozen=True)
class Delivery:
    """`delivery_id` is the webhook-id header: the same for every attempt."""

    tenant_id: str
    delivery_id: str
    job_id: str
    event_id: str
    event_type: str
    dialect: str
    """whose body and extra headers these are"""
    url: str
    body: str
    """exactly the bytes that are signed and sent"""
    status: DeliveryStatus
    created_at: datetime
    next_attempt_at: datetime | None = None
    """None once nothing more will be sent"""
    attempts: tuple[Attempt, ...] = field(default_factory=tuple)
    endpoint_id: str | None = None
    """the registered endpoint it is for; None for a job's own or the tenant's default callback"""
    schedule_from: int = 0
    """attempts made before it was replayed: the schedule counts from there"""


@dataclass(frozen=True)
class Destination:
    """A receiver (scheme, host and port) that answered quickly: what goes there takes the quick lane until
    `quick_until`. One that nothing is known of, or that lets us wait, has the slow lane.
    """

    tenant_id: str
    url: str
    quick_until: datetime


def wait_before(number: int, retry_after_s: int | None, jitter: float) -> timedelta | None:
    """Wait between attempt `number` − 1 and attempt `number` (1-based); None when the schedule has ended.

    `jitter` is in [−JITTER, JITTER]. A receiver's Retry-After lengthens a step, at most to twice its length.
    """
    if number > len(SCHEDULE):
        return None
    step = SCHEDULE[number - 1]
    asked = min(timedelta(seconds=retry_after_s or 0), 2 * step)
    return max(step * (1 + jitter), asked)

"""Webhook deliveries: one per event and endpoint, each attempt kept.

Schedule and headers: Standard Webhooks 1.0.0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

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
MAX_ATTEMPTS = 25
"""of one delivery, after which it is not replayed any more: all are kept in one item of the table"""
MAX_SAID = 1024
"""bytes of what a receiver said that are kept of an attempt"""
PING = "webhook.ping"
"""event type of a delivery that its owner asked for, to see one"""


class Lane(StrEnum):
    """Two queues with a consumer each, so that receivers which let us wait hold up nobody else."""

    QUICK = "quick"
    SLOW = "slow"


TIMEOUT_S: Mapping[Lane, float] = {Lane.QUICK: 5.0, Lane.SLOW: 20.0}
"""of one attempt, from resolving the name to the last byte that is read"""
QUICK_WITHIN = timedelta(seconds=2)
"""a receiver that answers in this time (whatever it answers) earns the quick lane …"""
QUICK_FOR = timedelta(minutes=10)
"""… for so long, and loses it with the first late answer"""
WINDOW = timedelta(minutes=1)
PER_RECEIVER = 30
"""attempts in a window at one receiver that has not earned the quick lane; 20 s each, so at most 10 at a time"""
PER_TENANT = 60
"""and at all such receivers of one tenant: at most 20 at a time"""


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
    url: str | None = None
    """where it went, if that was not the delivery's own: its endpoint had moved"""


@dataclass(frozen=True)
class Delivery:
    """`delivery_id` is the webhook-id header: the same for every attempt."""

    tenant_id: str
    delivery_id: str
    job_id: str
    """what it is about; the endpoint itself for a ping"""
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
    """`receiver(…)` of a URL"""
    quick_until: datetime


def said(text: str) -> str:
    """The beginning of `text` that takes MAX_SAID bytes as it is stored, in JSON: a quotation mark there takes two."""
    size = 0
    for place, character in enumerate(text):
        size += len(json.dumps(character, ensure_ascii=False).encode("utf-8", "replace")) - 2
        if size > MAX_SAID:
            return text[:place]
    return text


def wait_before(number: int, retry_after_s: int | None, jitter: float) -> timedelta | None:
    """Wait between attempt `number` − 1 and attempt `number` (1-based); None when the schedule has ended.

    `jitter` is in [−JITTER, JITTER]. A receiver's Retry-After lengthens a step, at most to twice its length.
    """
    if number > len(SCHEDULE):
        return None
    step = SCHEDULE[number - 1]
    asked = min(timedelta(seconds=retry_after_s or 0), 2 * step)
    return max(step * (1 + jitter), asked)


def receiver(url: str) -> str:
    """Scheme, host and port: paths and queries may differ by job, the server behind them does not."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def overflow(count: int, limit: int) -> int:
    """How many windows the `count`-th attempt of a window has to wait when a window takes `limit`."""
    return (count - 1) // limit

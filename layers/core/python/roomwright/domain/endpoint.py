"""A webhook endpoint that a tenant registered: its own secret, the events it wants, and how it has been answering."""

from __future__ import annotations

from dataclasses import dataclass
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
    """first failure after the last success"""
    reason: str | None = None
    """why it is pending or disabled, for its owner"""
    description: str = ""
    fingerprint: str = ""
    """hash of the request that created it, for idempotent replay"""

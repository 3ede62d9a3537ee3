"""Endpoints and deliveries as the management API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from roomwright.dialects.deliveries import attempts
from roomwright.dialects.moments import timestamp
from roomwright.domain.account import Account
from roomwright.domain.delivery import Delivery
from roomwright.domain.endpoint import Endpoint
from roomwright.domain.ids import is_id


def endpoint(of: Endpoint, now: datetime, secret: str | None = None) -> dict[str, Any]:
    """`secret` is only in the answers to its creation and rotation."""
    answer = {
        "endpoint_id": of.endpoint_id,
        "url": of.url,
        "events": sorted(of.events),
        "description": of.description,
        "status": of.status.value,
        "reason": of.reason,
        "failing_since": timestamp(of.failing_since),
        "previous_secret_until": _still(of.previous_until, now),
        "created_at": timestamp(of.created_at),
        "updated_at": timestamp(of.updated_at),
    }
    return answer | ({"secret": secret} if secret else {})


def default(account: Account, now: datetime, secret: str | None = None) -> dict[str, Any]:
    """`secret` is only in the answers that set the URL or rotate it."""
    answer = {"url": account.webhook_url, "previous_secret_until": _still(account.webhook_previous_until, now)}
    return answer | ({"secret": secret} if secret else {})


def _still(until: datetime | None, now: datetime) -> str | None:
    return timestamp(until) if until and until > now else None


def delivery(of: Delivery) -> dict[str, Any]:
    """One line of an endpoint's log. `job_id` is null for a ping."""
    return {
        "delivery_id": of.delivery_id,
        "job_id": of.job_id if is_id("job", of.job_id) else None,
        "event_type": of.event_type,
        "url": of.url,
        "status": of.status.value,
        "created_at": timestamp(of.created_at),
        "next_attempt_at": timestamp(of.next_attempt_at),
        "attempts": attempts(of),
    }

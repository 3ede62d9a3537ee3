"""Moments as every answer and webhook writes them. Apart from `web`, so that who sends webhooks need not load that."""

from __future__ import annotations

from datetime import UTC, datetime


def timestamp(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None

"""How many requests a minute: per key, per organisation and per address, by what the request is for.

Figures: Katalo's documentation (an older copy, so unverified for today); it does not say which layer they are for.
Headers: draft-ietf-httpapi-ratelimit-headers (RateLimit-Policy and RateLimit).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

WINDOW_S = 60


class Quota(StrEnum):
    """What requests are counted together."""

    SOURCE_ASSETS = "source-assets"
    GENERATIONS = "generations"
    REGENERATE = "regenerate"
    READ = "read"
    USAGE = "usage"
    BILLING = "billing"
    SOURCE_URL = "source-url"
    MANAGE = "manage"
    WAIT = "wait"
    """requests that are held until a job has ended: beyond it they are answered at once"""


PER_KEY: Mapping[Quota, int] = {
    Quota.SOURCE_ASSETS: 120,
    Quota.GENERATIONS: 120,
    Quota.REGENERATE: 120,
    Quota.READ: 1200,
    Quota.USAGE: 120,
    Quota.BILLING: 120,
    Quota.SOURCE_URL: 60,
    Quota.MANAGE: 60,
    Quota.WAIT: 30,
}
"""a minute"""
ORGANISATION = 4
"""times what one of its keys may do"""
ADDRESS = 10
"""times what one key may do: a proxy may stand before several"""


@dataclass(frozen=True)
class Allowance:
    """One limit, as a request that counted left it."""

    name: str
    """whose it is: address, key or organisation"""
    limit: int
    used: int
    resets_in_s: int

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def exceeded(self) -> bool:
        return self.used > self.limit


def window_ends_at(now: datetime) -> datetime:
    """Windows are the clock's own minutes: a client may use two of them within a few seconds, never more."""
    passed = now.astimezone(UTC).timestamp() % WINDOW_S
    return now.replace(microsecond=0) + timedelta(seconds=WINDOW_S - int(passed))


def address_subject(address: str) -> str:
    """What one caller's address is counted as. A whole /64 is one: that is what a single IPv6 customer has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "address#unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return f"address#{parsed.ipv4_mapped}"
        return f"address#{ip_network((parsed.packed, 64), strict=False)}"
    return f"address#{parsed}"

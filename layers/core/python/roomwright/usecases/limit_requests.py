"""Whether a caller may send another request in this minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from roomwright.domain.account import Principal
from roomwright.domain.errors import NotFoundError, RateLimitedError
from roomwright.domain.plans import PLANS
from roomwright.domain.rate_limits import (
    ADDRESS,
    ORGANISATION,
    PER_KEY,
    Allowance,
    Quota,
    address_subject,
    window_ends_at,
)
from roomwright.ports import Clock, Stores

KNOWN_FOR = timedelta(minutes=1)
"""how late a changed plan may take effect"""
_MOST_KNOWN = 10_000


class RequestLimits:
    """Counts in the table; remembers only which multiple of the limits each organisation's plan allows."""

    def __init__(self) -> None:
        self._rates: dict[str, tuple[int, datetime]] = {}

    def of_address(self, stores: Stores, clock: Clock, address: str, quota: Quota) -> list[Allowance]:
        """Counts a request that nobody has signed for yet."""
        return _count(stores, clock, address_subject(address), {"address": (quota.value, PER_KEY[quota] * ADDRESS)})

    def of_caller(self, stores: Stores, clock: Clock, principal: Principal, quota: Quota) -> list[Allowance]:
        """Counts it for the key and for its organisation, in one write."""
        limit = PER_KEY[quota] * self._rate(stores, clock, principal.tenant_id)
        counters = {
            "key": (f"{quota}#{principal.key_id}", limit),
            "organisation": (quota.value, limit * ORGANISATION),
        }
        return _count(stores, clock, principal.tenant_id, counters)

    def _rate(self, stores: Stores, clock: Clock, tenant_id: str) -> int:
        now = clock.now()
        rate, known_until = self._rates.get(tenant_id, (1, now))
        if known_until > now:
            return rate
        try:
            rate = PLANS[stores.tenant(tenant_id).account().plan].rate
        except (NotFoundError, KeyError):
            rate = 1
        if len(self._rates) >= _MOST_KNOWN:
            self._rates.clear()
        self._rates[tenant_id] = (rate, now + KNOWN_FOR)
        return rate


def _count(stores: Stores, clock: Clock, subject: str, counters: dict[str, tuple[str, int]]) -> list[Allowance]:
    now = clock.now()
    ends = window_ends_at(now)
    counts = stores.count(subject, [counter for counter, _ in counters.values()], ends)
    seconds = max(1, -int((now - ends).total_seconds() // 1))
    return [Allowance(name, limit, counts[counter], seconds) for name, (counter, limit) in counters.items()]


def require(allowances: Sequence[Allowance]) -> None:
    """Raises RateLimitedError for the first that is used up."""
    for allowance in allowances:
        if allowance.exceeded:
            raise RateLimitedError(
                f"More than {allowance.limit} requests of this kind in a minute by one {allowance.name}. "
                f"Wait {allowance.resets_in_s} s.",
                retry_after_s=allowance.resets_in_s,
            )

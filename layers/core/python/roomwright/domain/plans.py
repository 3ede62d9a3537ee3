"""What an organisation pays for: units included in each billing period, overage beyond them, and what a unit costs.

A deployment's own prices are edited here; what one job of an operation costs in units is `Operation.credits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from roomwright.domain.account import Account


@dataclass(frozen=True)
class Plan:
    """`included` units are topped up when a period begins; `overage` more may be used in it at `overage_usd` each."""

    name: str
    included: int
    overage: int
    overage_usd: str
    max_in_flight: int
    max_running: int
    storage_gb: int
    """of 10^9 bytes, kept at a time"""
    rate: int = 1
    """multiple of the standard request limits"""

    @property
    def storage_bytes(self) -> int:
        return self.storage_gb * 10**9


TEST = "test"
"""the plan of every test tenant, and of no other"""
PLANS: Mapping[str, Plan] = {
    plan.name: plan
    for plan in (
        Plan("prepaid", included=0, overage=0, overage_usd="0.00", max_in_flight=50, max_running=2, storage_gb=50),
        Plan("team", included=500, overage=500, overage_usd="0.25", max_in_flight=50, max_running=4, storage_gb=200),
        Plan(
            "business",
            included=5000,
            overage=5000,
            overage_usd="0.20",
            max_in_flight=200,
            max_running=10,
            storage_gb=2000,
            rate=5,
        ),
        Plan(TEST, included=0, overage=0, overage_usd="0.00", max_in_flight=50, max_running=2, storage_gb=5),
    )
}
OPENING = (
    "granted",
    "spent",
    "overage_spent",
    "jobs_total",
    "jobs_succeeded",
    "jobs_failed",
    "jobs_cancelled",
    "outputs_returned",
    "regenerate_count",
    "cache_hit_count",
)
"""counters whose value at the start of a period is kept, so that what happened in it is a difference"""


def month_of(now: datetime) -> tuple[datetime, datetime]:
    """The calendar month in UTC: its first instant, and the next one's."""
    at = now.astimezone(UTC)
    start = datetime(at.year, at.month, 1, tzinfo=UTC)
    return start, datetime(at.year + at.month // 12, at.month % 12 + 1, 1, tzinfo=UTC)


def period_over(account: Account, now: datetime) -> bool:
    return account.period_ends_at is None or account.period_ends_at <= now


def renewed(account: Account, now: datetime) -> Account:
    """The account in the period that `now` lies in: the balance topped up to the included units (what was bought
    beyond them stays), the overage made whole again, the plan's limit on storage as it is by now."""
    plan = PLANS[account.plan]
    top_up = max(0, plan.included - account.available)
    start, end = month_of(now)
    overage = max(0, plan.overage - account.overage_reserved) - account.overage_available
    return replace(
        account,
        available=account.available + top_up,
        granted=account.granted + top_up,
        overage_available=account.overage_available + overage,
        overage_granted=account.overage_granted + overage,
        max_stored_bytes=plan.storage_bytes,
        period_started_at=start,
        period_ends_at=end,
        period_opening={name: getattr(account, name) for name in OPENING} | {"granted": account.granted + top_up},
    )


def used_in_period(account: Account, counter: str) -> int:
    """How much a counter of `OPENING` grew since the period began."""
    return int(getattr(account, counter)) - account.period_opening.get(counter, 0)


def low_credits(account: Account) -> int:
    """Fewer units than this are few: a tenth of those included in a period, and never less than ten."""
    return max(10, PLANS[account.plan].included // 10)

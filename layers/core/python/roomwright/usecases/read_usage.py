"""What an organisation used in its billing period, and its ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from roomwright.domain.account import Account, LedgerEntry, Principal
from roomwright.domain.plans import PLANS, Plan, period_over, renewed, used_in_period
from roomwright.ports import Clock, Page, Stores


@dataclass(frozen=True)
class Usage:
    """Units of the current period: `included` = `consumed` − `overage` + `reserved` + `remaining`, always."""

    account: Account
    plan: Plan
    started_at: datetime | None
    ends_at: datetime | None
    included: int
    """what the balance held or was given in this period"""
    consumed: int
    """charged, overage among it"""
    overage: int
    """charged beyond the balance"""
    reserved: int
    """held out of the balance for jobs that have not ended"""
    remaining: int
    overage_remaining: int

    def jobs(self, counter: str) -> int:
        """How much a counter of the account grew in this period."""
        return used_in_period(self.account, counter)


def read_usage(stores: Stores, clock: Clock, principal: Principal) -> Usage:
    """The next job opens a period that has come meanwhile; it is shown as it will be then. Nothing is written."""
    account, now = stores.tenant(principal.tenant_id).account(), clock.now()
    if period_over(account, now):
        account = renewed(account, now)
    spent, overage = used_in_period(account, "spent"), used_in_period(account, "overage_spent")
    return Usage(
        account=account,
        plan=PLANS[account.plan],
        started_at=account.period_started_at,
        ends_at=account.period_ends_at,
        included=account.available + account.reserved + spent,
        consumed=spent + overage,
        overage=overage,
        reserved=account.reserved,
        remaining=account.available,
        overage_remaining=account.overage_available,
    )


def read_ledger(stores: Stores, principal: Principal, limit: int, cursor: str | None) -> Page[LedgerEntry]:
    """One page, newest first. Raises BadRequestError for a cursor that is not ours."""
    return stores.tenant(principal.tenant_id).ledger(limit, cursor)

"""Katalo's usage summary and billing ledger: the union of what both copies of its documentation name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import Response

from roomwright.dialects import cursors
from roomwright.dialects.katalo.ports import Ports
from roomwright.dialects.moments import timestamp
from roomwright.dialects.web import BASE, Web, answer
from roomwright.domain.account import LedgerEntry, Scope
from roomwright.domain.errors import BadRequestError
from roomwright.domain.rate_limits import ORGANISATION, PER_KEY, WINDOW_S, Quota
from roomwright.usecases.read_usage import Usage, read_ledger, read_usage

MAX_PAGE = 100


class UsageRoutes:
    def __init__(self, web: Web, ports: Callable[[], Ports]) -> None:
        self._web, self._ports = web, ports
        web.app.route(f"{BASE}/usage/summary", method="GET")(self.summary)
        web.app.route(f"{BASE}/billing/events", method="GET")(self.events)

    def summary(self) -> Response[str]:
        principal, ports = self._web.caller(Scope.READ, Quota.USAGE), self._ports()
        return answer(200, summary(read_usage(ports.stores, ports.clock, principal)))

    def events(self) -> Response[str]:
        """Newest first."""
        principal = self._web.caller(Scope.READ, Quota.BILLING)
        limit = self._web.app.current_event.get_query_string_value("limit") or str(MAX_PAGE)
        cursor = cursors.given(self._web.app.current_event.get_query_string_value("cursor"))
        if not (limit.isascii() and limit.isdecimal() and len(limit) < 4 and 1 <= int(limit) <= MAX_PAGE):
            raise BadRequestError(f"limit: send a whole number from 1 to {MAX_PAGE}.")
        page = read_ledger(self._ports().stores, principal, int(limit), cursor)
        events = [event(entry) for entry in page.entries]
        return answer(200, {"events": events, "next_cursor": cursors.shown(page.cursor)})


def summary(usage: Usage) -> dict[str, Any]:
    """The current billing period.

    Not in Katalo's contract: `storage`, everything in `entitlement` (only its name is documented), `usage.reserved` and
    `usage.overage_remaining`, `jobs.cancelled`, `jobs.in_flight` and `jobs.running`, and what `rate_limits` holds.
    """
    account, plan = usage.account, usage.plan
    return {
        "entitlement": {
            "plan": plan.name,
            "environment": "live" if account.live else "test",
            "included_units": plan.included,
            "overage_units": plan.overage,
            "overage_unit_price_usd": plan.overage_usd,
        },
        "access": {"enabled": not account.live or usage.remaining + usage.overage_remaining > 0},
        "billing_period": {
            "start_at": timestamp(usage.started_at),
            "end_at": timestamp(usage.ends_at),
        },
        "usage": {
            "included": usage.included,
            "consumed": usage.consumed,
            "overage": usage.overage,
            "reserved": usage.reserved,
            "remaining": usage.remaining,
            "overage_remaining": usage.overage_remaining,
        },
        "jobs": {
            "total": usage.jobs("jobs_total"),
            "succeeded": usage.jobs("jobs_succeeded"),
            "failed": usage.jobs("jobs_failed"),
            "cancelled": usage.jobs("jobs_cancelled"),
            "outputs_returned": usage.jobs("outputs_returned"),
            "regenerate_count": usage.jobs("regenerate_count"),
            "cache_hit_count": usage.jobs("cache_hit_count"),
            "in_flight": account.in_flight,
            "running": account.running,
        },
        "storage": {"stored_bytes": account.stored_bytes, "limit_bytes": account.max_stored_bytes},
        "rate_limits": {
            "window_seconds": WINDOW_S,
            "per_key": {quota.value: limit * plan.rate for quota, limit in PER_KEY.items()},
            "per_organization": {quota.value: limit * plan.rate * ORGANISATION for quota, limit in PER_KEY.items()},
            "jobs_in_flight": account.max_in_flight,
            "jobs_running": account.max_running,
        },
    }


def event(entry: LedgerEntry) -> dict[str, Any]:
    """One line of the ledger. Not in Katalo's contract: `movement`, `units` and `overage`."""
    return {
        "event_id": entry.entry_id,
        "job_id": entry.job_id,
        "source_asset_id": entry.source_asset_id,
        "usage_type": entry.usage_type.value,
        "config_fingerprint": entry.config_fingerprint,
        "billable": entry.movement == "charge" and entry.credits > 0,
        "unit_price_usd": entry.unit_price_usd,
        "amount_usd": entry.amount_usd,
        "movement": entry.movement,
        "units": entry.credits,
        "overage": entry.overage,
        "created_at": timestamp(entry.created_at),
    }

"""Put an organisation on another plan, at once."""

from __future__ import annotations

from dataclasses import replace

from roomwright.domain.account import Account
from roomwright.domain.errors import ConflictError, ValidationError
from roomwright.domain.plans import PLANS, TEST, Plan, period_over, renewed
from roomwright.ports import Clock, Stores

_TRIES = 5


def set_plan(stores: Stores, clock: Clock, tenant_id: str, name: str) -> Account:
    """→ the account: its balance topped up to what the plan includes, its limits the plan's. The plan it has already
    changes nothing. Raises NotFoundError, ValidationError, ConflictError (it kept changing; send it again).
    """
    plan, store = offered(name), stores.tenant(tenant_id)
    for _ in range(_TRIES):
        before, now = store.account(), clock.now()
        if not before.live:
            raise ValidationError("tenant_id: a test tenant has no other plan; name the organisation's own tenant")
        if before.plan == plan.name:
            return before
        moved = replace(before, plan=plan.name, max_in_flight=plan.max_in_flight, max_running=plan.max_running)
        after = renewed(moved, now)
        if not period_over(before, now):
            after = replace(after, period_opening=_opening(before, after))
        if store.renew(before, after, now):
            return store.account()
    raise ConflictError("The account keeps changing. Send it again.")


def offered(name: str) -> Plan:
    """The plan of that name. Raises ValidationError that lists them."""
    if name not in PLANS or name == TEST:
        names = ", ".join(sorted(PLANS.keys() - {TEST}))
        raise ValidationError(f"plan: one of {names}")
    return PLANS[name]


def _opening(before: Account, after: Account) -> dict[str, int]:
    """The period goes on: what was used in it stays used, and the top-up counts as there from its beginning."""
    granted = before.period_opening.get("granted", 0) + after.granted - before.granted
    return {**before.period_opening, "granted": granted}

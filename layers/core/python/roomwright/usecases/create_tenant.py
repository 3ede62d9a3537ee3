"""A new organisation: its own tenant with a plan and credits, and beside it the tenant of its test keys."""

from __future__ import annotations

from dataclasses import replace

from roomwright.domain import ids, limits
from roomwright.domain.account import Account
from roomwright.domain.errors import BadRequestError
from roomwright.domain.ids import base32
from roomwright.domain.plans import PLANS, TEST, Plan, renewed
from roomwright.ports import Clock, Random, Stores
from roomwright.usecases.grant_credits import grant_credits
from roomwright.usecases.set_plan import offered


def create_tenant(
    stores: Stores,
    clock: Clock,
    random: Random,
    name: str,
    credits: int = 0,
    *,
    plan: str = "prepaid",
    max_in_flight: int | None = None,
    max_running: int | None = None,
    webhook_url: str | None = None,
    reference: str | None = None,
) -> Account:
    """→ its account in an open period: what the plan includes, and `credits` beyond that. Both are in its ledger.

    With a `reference` it is made once: the same one again answers with the organisation it made, whatever else is said.

    Limits are the plan's unless given. The test tenant's id follows from this one's (`ids.test_tenant_id`).
    Raises BadRequestError, and ValidationError for a plan that is not offered.
    """
    if credits < 0:
        raise BadRequestError("Credits must be 0 or more.")
    tenant_id = f"ten_{base32(random.token(16))}" if reference is None else _named(reference)
    account = _empty(tenant_id, name, offered(plan))
    account = replace(
        account,
        max_in_flight=account.max_in_flight if max_in_flight is None else max_in_flight,
        max_running=account.max_running if max_running is None else max_running,
        webhook_url=webhook_url,
    )
    _require_bearable(account)
    test = replace(_empty(ids.test_tenant_id(tenant_id), f"{name} (test)", PLANS[TEST]), live=False)
    for made in (test, account):
        stores.create_tenant(made)
        stores.tenant(made.tenant_id).renew(made, renewed(made, clock.now()), clock.now())
    if credits:
        grant_credits(stores, clock, tenant_id, credits, "opening balance")
    return stores.tenant(tenant_id).account()


def _named(reference: str) -> str:
    return ids.derived_id("ten", "operator", "tenant", reference)


def _empty(tenant_id: str, name: str, plan: Plan) -> Account:
    return Account(
        tenant_id=tenant_id,
        name=name,
        available=0,
        reserved=0,
        spent=0,
        granted=0,
        in_flight=0,
        running=0,
        max_in_flight=plan.max_in_flight,
        max_running=plan.max_running,
        plan=plan.name,
    )


def _require_bearable(account: Account) -> None:
    """The last job in line must start before it would be swept as one that went silent."""
    if account.max_running < 1 or account.max_in_flight < 1:
        raise BadRequestError("Both limits must be 1 or more.")
    if account.max_in_flight > limits.MAX_JOBS_PER_SLOT * account.max_running:
        raise BadRequestError(
            f"At most {limits.MAX_JOBS_PER_SLOT} jobs in flight for each that runs, or the last would time out in line."
        )

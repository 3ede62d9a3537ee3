"""A new tenant with its credits."""

from __future__ import annotations

from roomwright.domain import limits
from roomwright.domain.account import Account
from roomwright.domain.errors import BadRequestError
from roomwright.domain.ids import base32
from roomwright.ports import Random, Stores


def create_tenant(
    stores: Stores,
    random: Random,
    name: str,
    credits: int,
    *,
    max_in_flight: int = 50,
    max_running: int = 2,
    webhook_url: str | None = None,
) -> Account:
    """→ the account as stored, with a random tenant id."""
    if credits < 0 or max_running < 1 or max_in_flight < 1:
        raise BadRequestError("Credits must be 0 or more, both limits 1 or more.")
    if max_in_flight > limits.MAX_JOBS_PER_SLOT * max_running:
        raise BadRequestError(
            f"At most {limits.MAX_JOBS_PER_SLOT} jobs in flight for each that runs, or the last would time out in line."
        )
    account = Account(
        tenant_id=f"ten_{base32(random.token(16))}",
        name=name,
        available=credits,
        reserved=0,
        spent=0,
        granted=credits,
        in_flight=0,
        running=0,
        max_in_flight=max_in_flight,
        max_running=max_running,
        webhook_url=webhook_url,
    )
    stores.create_tenant(account)
    return account

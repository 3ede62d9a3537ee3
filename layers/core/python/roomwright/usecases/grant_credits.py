"""Give an organisation credits, once per reference (an invoice, an order)."""

from __future__ import annotations

from roomwright.domain import ids
from roomwright.domain.account import Account
from roomwright.domain.errors import ValidationError
from roomwright.ports import Clock, Stores


def grant_credits(stores: Stores, clock: Clock, tenant_id: str, credits: int, reference: str) -> Account:
    """→ the account afterwards, with a line in its ledger. The same reference again grants nothing more.

    Raises NotFoundError, and ValidationError.
    """
    store = stores.tenant(tenant_id)
    if credits < 1:
        raise ValidationError("credits: 1 or more")
    if not store.account().live:
        raise ValidationError("tenant_id: jobs of a test tenant cost nothing; name the organisation's own tenant")
    return store.grant(credits, ids.derived_id("led", tenant_id, "grant", reference), clock.now())

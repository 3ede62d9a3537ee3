"""A new API key for a tenant. Its text is shown once and never stored."""

from __future__ import annotations

from datetime import datetime

from roomwright.domain import api_keys
from roomwright.domain.account import ApiKey, Scope
from roomwright.domain.errors import BadRequestError
from roomwright.ports import Clock, Random, Stores


def issue_key(
    stores: Stores,
    clock: Clock,
    random: Random,
    tenant_id: str,
    *,
    live: bool,
    scopes: frozenset[str] = frozenset(Scope),
    expires_at: datetime | None = None,
) -> str:
    """→ the key's text. Raises NotFoundError for an unknown tenant."""
    if not scopes or not scopes <= frozenset(Scope):
        raise BadRequestError(f"Scopes are one or more of: {', '.join(Scope)}.")
    stores.tenant(tenant_id).account()
    text = api_keys.compose(live, random.token(10), random.token(20))
    parsed = api_keys.parse(text)
    if parsed is None:
        raise AssertionError("a composed key parses")
    stores.put_key(
        ApiKey(parsed.key_id, tenant_id, api_keys.sha256(parsed.secret), scopes, live, clock.now(), expires_at)
    )
    return text

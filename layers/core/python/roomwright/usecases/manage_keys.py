"""The keys of an organisation, as one of its keys may handle them.

A live key sees both environments, a test key only its own. No key gives another more than it has itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain

from roomwright.domain import ids
from roomwright.domain.account import ApiKey, Principal, Scope
from roomwright.domain.api_keys import is_key_id
from roomwright.domain.errors import ConflictError, ForbiddenError, NotFoundError, StaleStateError, ValidationError
from roomwright.ports import Clock, Random, Stores
from roomwright.usecases.issue_key import MAX_ACTIVE, Issued, KeyWish, issue_key, new_key, put, require_room

OVERLAP = timedelta(hours=24)
"""how long a rotated key goes on working unless told otherwise"""
MAX_OVERLAP = timedelta(days=7)
_TRIES = 3


def list_keys(stores: Stores, principal: Principal) -> list[ApiKey]:
    """Newest first, revoked and expired ones too."""
    environments = [stores.tenant(tenant_id).keys() for tenant_id in _environments(principal)]
    return sorted(chain.from_iterable(environments), key=lambda key: (key.created_at, key.key_id), reverse=True)


def read_key(stores: Stores, principal: Principal, key_id: str) -> ApiKey:
    """Raises NotFoundError, also for a key of somebody else."""
    key = stores.key(key_id) if is_key_id(key_id) else None
    if key is None or key.tenant_id not in _environments(principal):
        raise NotFoundError("There is no such key.")
    return key


def create_key(
    stores: Stores,
    clock: Clock,
    random: Random,
    principal: Principal,
    wish: KeyWish,
    idempotency_key: str,
    *,
    live: bool,
) -> Issued:
    """Raises as `issue_key`, and ForbiddenError for what the caller cannot give."""
    if live and not principal.live:
        raise ForbiddenError("A test key manages test keys only. Use a live key.")
    _may_give(principal, wish.scopes)
    tenant_id = principal.tenant_id if live == principal.live else ids.test_tenant_id(principal.tenant_id)
    return issue_key(stores, clock, random, tenant_id, replace(wish, created_by=principal.key_id), idempotency_key)


def rotate_key(
    stores: Stores,
    clock: Clock,
    random: Random,
    principal: Principal,
    key_id: str,
    overlap: timedelta,
    idempotency_key: str,
) -> Issued:
    """A new key with the same rights; the old one ends after `overlap`.

    Raises NotFoundError, ForbiddenError, ConflictError (not active, rotated before, or a repeat of this request).
    """
    if not timedelta(0) <= overlap <= MAX_OVERLAP:
        raise ValidationError(f"overlap_seconds: 0 to {MAX_OVERLAP.total_seconds():.0f}")
    now, old = clock.now(), read_key(stores, principal, key_id)
    _may_give(principal, old.scopes)
    wish = KeyWish(old.scopes, old.name, old.public, old.origins, old.expires_at, principal.key_id)
    # an Idempotency-Key counts for one path: the one that made this key may rotate it too, and makes another
    once = f"{key_id}/{idempotency_key}"
    issued = new_key(random, old.tenant_id, wish, once, live=old.live, now=now)
    if old.replaced_by not in (None, issued.key.key_id):
        raise ConflictError(f"This key was rotated: {old.replaced_by} took its place. Rotate that one.")
    if old.replaced_by is None and not old.active(now):
        raise ConflictError("This key has ended. Create a new one.")
    require_room(stores.tenant(old.tenant_id), now, 2 * MAX_ACTIVE)
    until = min(now + overlap, old.expires_at or now + overlap)
    put(stores, issued, replace(old, expires_at=until, replaced_by=issued.key.key_id))
    return issued


def revoke_key(stores: Stores, clock: Clock, principal: Principal, key_id: str) -> ApiKey:
    """It opens nothing from the next request on. Revoking it again changes nothing.

    Raises NotFoundError, and ConflictError for an organisation's last live key that can manage keys: without one
    only the operator could help.
    """
    for _ in range(_TRIES):
        key, now = read_key(stores, principal, key_id), clock.now()
        store = stores.tenant(key.tenant_id)
        if key.revoked_at:
            return key
        if key.live and Scope.MANAGE in key.scopes and key.active(now):
            _require_another(store.keys(), key_id, now)
        revoked = replace(key, revoked_at=now)
        try:
            store.change_key(key, revoked)
        except StaleStateError:
            continue
        return revoked
    raise ConflictError("This key is being changed by others. Try again.")


def _require_another(keys: list[ApiKey], key_id: str, now: datetime) -> None:
    """Raises ConflictError unless another key can manage keys, and stays."""
    staying = [key for key in keys if key.key_id != key_id and key.active(now) and key.replaced_by is None]
    if not any(Scope.MANAGE in key.scopes for key in staying):
        raise ConflictError("This is the last live key that can manage keys. Create another with that scope first.")


def _environments(principal: Principal) -> tuple[str, ...]:
    """The tenants whose keys this one may handle."""
    return (principal.tenant_id, *((ids.test_tenant_id(principal.tenant_id),) if principal.live else ()))


def _may_give(principal: Principal, scopes: frozenset[str]) -> None:
    missing = scopes - principal.scopes
    if missing:
        raise ForbiddenError(f"A key cannot give what it lacks: {', '.join(sorted(missing))}.")

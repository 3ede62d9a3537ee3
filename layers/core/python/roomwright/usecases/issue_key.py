"""A new API key for a tenant. Its text is shown once and never stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from roomwright.domain import api_keys, ids
from roomwright.domain.account import PUBLIC_SCOPES, ApiKey, Scope
from roomwright.domain.errors import ConflictError, StaleStateError, ValidationError
from roomwright.domain.origins import checked_origin
from roomwright.ports import Clock, Random, Stores, TenantStore

MAX_ACTIVE = 50
"""keys of one tenant"""
MAX_NAME = 100
"""characters"""
MAX_ORIGINS = 10
MAX_LIFE = timedelta(days=3650)
"""of a key with an end; one without lives until it is revoked"""


@dataclass(frozen=True)
class KeyWish:
    """What a key shall be. Live or test follows from the tenant it belongs to."""

    scopes: frozenset[str] = frozenset(Scope)
    name: str = ""
    public: bool = False
    origins: tuple[str, ...] = ()
    """web origins such as https://www.example.com that a public key may be used from"""
    expires_at: datetime | None = None
    created_by: str | None = None
    """key id of the one that asks for it"""


@dataclass(frozen=True)
class Issued:
    """`text` is all that ever shows the secret."""

    key: ApiKey
    text: str = field(repr=False)


def issue_key(
    stores: Stores, clock: Clock, random: Random, tenant_id: str, wish: KeyWish, idempotency_key: str | None = None
) -> Issued:
    """A key of that tenant (of the test tenant: a test key).

    Raises NotFoundError for an unknown tenant, ValidationError (which field, and what to send) and ConflictError for
    an idempotency key that has made a key already, or too many keys.
    """
    now, store = clock.now(), stores.tenant(tenant_id)
    wish = _checked(wish, now)
    live = store.account().live
    require_room(store, now, MAX_ACTIVE)
    issued = new_key(random, tenant_id, wish, idempotency_key, live=live, now=now)
    put(stores, issued)
    return issued


def require_room(store: TenantStore, now: datetime, most: int) -> None:
    """Raises ConflictError when a tenant has that many active keys (two requests at once may exceed it by one)."""
    stored = store.keys()
    if sum(key.active(now) for key in stored) >= most:
        raise ConflictError(f"There are {most} active keys. Revoke one that is no longer used.")


def new_key(
    random: Random, tenant_id: str, wish: KeyWish, idempotency_key: str | None, *, live: bool, now: datetime
) -> Issued:
    """A key that is not stored yet. With an idempotency key its id derives from it, so a replay finds the first."""
    name = ids.digest(tenant_id, "key", idempotency_key)[:10] if idempotency_key else random.token(10)
    made = api_keys.compose(live, name, random.token(20), public=wish.public)
    key = ApiKey(
        key_id=made.key_id,
        tenant_id=tenant_id,
        secret_sha256=api_keys.sha256(made.secret),
        scopes=wish.scopes,
        live=live,
        created_at=now,
        expires_at=wish.expires_at,
        name=wish.name,
        public=wish.public,
        origins=wish.origins,
        created_by=wish.created_by,
    )
    return Issued(key, made.text)


def put(stores: Stores, issued: Issued, replaces: ApiKey | None = None) -> None:
    """Store it. Raises ConflictError where a repeat of a request cannot be answered as the first was."""
    try:
        stores.put_key(issued.key, replaces)
    except (ConflictError, StaleStateError) as error:
        if stores.key(issued.key.key_id) is None:
            raise ConflictError("This key was changed by another request meanwhile. Read it and try again.") from error
        raise ConflictError(
            f"This request has been answered: it made the key {issued.key.key_id}, whose secret was shown once and is "
            "not kept. If it was lost, revoke that key and create another with a new Idempotency-Key."
        ) from error


def _checked(wish: KeyWish, now: datetime) -> KeyWish:
    offered = PUBLIC_SCOPES if wish.public else frozenset(Scope)
    if not wish.scopes or not wish.scopes <= offered:
        kind = "a public key" if wish.public else "a key"
        raise ValidationError(f"scopes: {kind} has one or more of {', '.join(sorted(offered))}")
    if wish.public != bool(wish.origins):
        raise ValidationError("origins: name the web pages a public key is for; only a public key has any")
    if len(wish.origins) > MAX_ORIGINS or len(wish.name) > MAX_NAME:
        raise ValidationError(f"origins: at most {MAX_ORIGINS}; name: at most {MAX_NAME} characters")
    if wish.expires_at and wish.expires_at <= now:
        raise ValidationError("expires_at: this time has passed")
    if wish.expires_at and wish.expires_at > now + MAX_LIFE:
        raise ValidationError(f"expires_at: at most {MAX_LIFE.days} days from now; without it a key has no end")
    origins = tuple(dict.fromkeys(checked_origin(origin) for origin in wish.origins))
    return KeyWish(wish.scopes, wish.name, wish.public, origins, wish.expires_at, wish.created_by)

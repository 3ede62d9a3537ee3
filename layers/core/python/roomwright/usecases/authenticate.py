"""Who is asking: an API key from the Authorization header becomes a Principal."""

from __future__ import annotations

from datetime import timedelta

from roomwright.domain import api_keys
from roomwright.domain.account import ApiKey, Principal
from roomwright.domain.errors import ForbiddenError, UnauthorizedError
from roomwright.ports import Clock, Stores

NOTED_EVERY = timedelta(minutes=10)
"""how exact `last_used_at` is: a write for each request would cost more than it tells"""
_NO_MATCH = "0" * 64


def authenticate(stores: Stores, clock: Clock, authorization: str | None, origin: str | None = None) -> Principal:
    """`authorization` is the header's value, `Bearer rw_…`; `origin` that of the web page that sent the request.

    Raises UnauthorizedError (missing, malformed, unknown, expired or revoked: the answer never says which of the
    stored reasons it was) and ForbiddenError (a public key from a page it is not for).
    """
    key = _known_key(stores, authorization)
    now = clock.now()
    if key is None or not key.active(now):
        raise UnauthorizedError("This API key is not valid. Use a current one.")
    if key.public and origin not in key.origins:
        raise ForbiddenError("This public key may only be used by the web pages in its list of origins.")
    if key.last_used_at is None or now - key.last_used_at >= NOTED_EVERY:
        stores.touch_key(key, now)
    return Principal(key.tenant_id, key.key_id, key.live, key.scopes, key.public, key.origins)


def _known_key(stores: Stores, authorization: str | None) -> ApiKey | None:
    """The stored key whose secret was sent. It takes as long for a key that does not exist as for a wrong secret."""
    scheme, _, text = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise UnauthorizedError("Send your API key in the header 'Authorization: Bearer rw_…'.")
    given = api_keys.parse(text.strip())
    if given is None:
        raise UnauthorizedError("This is not a complete API key: copy it again in full.")
    key = stores.key(given.key_id)
    known = given.matches(key.secret_sha256 if key else _NO_MATCH)
    return key if key and known and (given.live, given.public) == (key.live, key.public) else None

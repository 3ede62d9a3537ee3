"""Who is asking: an API key from the Authorization header becomes a Principal."""

from __future__ import annotations

from roomwright.domain import api_keys
from roomwright.domain.account import Principal
from roomwright.domain.errors import ForbiddenError, UnauthorizedError
from roomwright.ports import Clock, Stores

_NO_MATCH = "0" * 64


def authenticate(stores: Stores, clock: Clock, authorization: str | None, scope: str) -> Principal:
    """`authorization` is the header's value, `Bearer rw_…`.

    Raises UnauthorizedError (missing, malformed, unknown, expired or revoked: the answer never says which of the
    stored reasons it was) and ForbiddenError (a good key without `scope`).
    """
    scheme, _, text = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise UnauthorizedError("Send your API key in the header 'Authorization: Bearer rw_…'.")
    given = api_keys.parse(text.strip())
    if given is None:
        raise UnauthorizedError("This is not a complete API key: copy it again in full.")
    key = stores.key(given.key_id)
    known = given.matches(key.secret_sha256 if key else _NO_MATCH)
    if key is None or not known or given.live != key.live:
        raise UnauthorizedError("This API key is not valid. Use a current one.")
    now = clock.now()
    if (key.expires_at and key.expires_at <= now) or (key.revoked_at and key.revoked_at <= now):
        raise UnauthorizedError("This API key is not valid. Use a current one.")
    if scope not in key.scopes:
        raise ForbiddenError(f"This API key lacks the scope '{scope}'.")
    return Principal(key.tenant_id, key.key_id, key.live, key.scopes)

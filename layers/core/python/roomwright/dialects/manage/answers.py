"""The management API's answers as models, documented and checked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from roomwright.dialects.answers import Answer, KeyId, Moment
from roomwright.domain.account import Scope

ScopeName = Annotated[str, Field(json_schema_extra={"enum": [scope.value for scope in Scope]})]


class Key(Answer):
    """What can be known of a key; never its secret."""

    key_id: KeyId
    name: str
    environment: Literal["live", "test"]
    public: bool
    """lies in web pages: it can only create source assets and generations, from its origins"""
    origins: list[str]
    scopes: list[ScopeName]
    status: Literal["active", "expired", "revoked"]
    created_at: Moment
    created_by: KeyId | None
    """the key that made it; null when the operator did"""
    last_used_at: Moment | None
    """to ten minutes"""
    expires_at: Moment | None
    revoked_at: Moment | None
    replaced_by: KeyId | None
    """the key that took over when this one was rotated"""


class IssuedKey(Key):
    """A key that was just made: the only answer that shows it."""

    api_key: str
    """shown once"""


class Keys(Answer):
    """Every key, newest first."""

    keys: list[Key]

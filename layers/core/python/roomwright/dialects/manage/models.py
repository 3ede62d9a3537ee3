"""Requests about keys as they come over the wire. Unknown fields are refused by name."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from roomwright.domain.account import Scope
from roomwright.usecases.issue_key import MAX_NAME, MAX_ORIGINS
from roomwright.usecases.manage_keys import MAX_OVERLAP, OVERLAP


class Wire(BaseModel):
    """A request's body."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class CreateKey(Wire):
    """`POST /keys`. A public key lies in web pages: it needs their origins and can only create."""

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
    environment: Literal["live", "test"] = "live"
    public: bool = False
    origins: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=MAX_ORIGINS)] = []
    scopes: Annotated[list[Annotated[Scope, Field(strict=False)]], Field(min_length=1, max_length=len(Scope))]
    expires_at: Annotated[AwareDatetime, Field(strict=False)] | None = None


class RotateKey(Wire):
    """`POST /keys/{key_id}/rotate`. How long the old key goes on working."""

    overlap_seconds: Annotated[int, Field(ge=0, le=int(MAX_OVERLAP.total_seconds()))] = int(OVERLAP.total_seconds())

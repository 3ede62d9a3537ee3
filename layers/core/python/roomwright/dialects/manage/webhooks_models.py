"""Requests about webhooks as they come over the wire. Unknown fields are refused by name."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from roomwright.dialects.manage.models import Wire
from roomwright.domain.endpoint import DEFAULT_EVENTS, EVENT_TYPES
from roomwright.usecases.manage_endpoints import OVERLAP

MAX_DESCRIPTION = 200
MAX_OVERLAP_S = 7 * 24 * 3600

_Url = Annotated[str, Field(min_length=1, max_length=2048)]
_Events = Annotated[
    list[Annotated[str, Field(json_schema_extra={"enum": list(EVENT_TYPES)})]],
    Field(min_length=1, max_length=len(EVENT_TYPES)),
]
_Description = Annotated[str, Field(max_length=MAX_DESCRIPTION)]


class CreateEndpoint(Wire):
    """`POST /webhooks`."""

    url: _Url
    events: _Events = sorted(DEFAULT_EVENTS)
    description: _Description = ""


class ChangeEndpoint(Wire):
    """`PATCH /webhooks/{endpoint_id}`: what is not named stays. A new URL is challenged, and so is one set active."""

    url: _Url | None = None
    events: _Events | None = None
    description: _Description | None = None
    status: Literal["active", "disabled"] | None = None


class SetDefault(Wire):
    """`PUT /webhooks/default`: where the end of a job is told that names no address; null for nowhere."""

    url: _Url | None


class RotateSecret(Wire):
    """How long the secret before goes on signing beside the new one; 0 ends every older secret at once."""

    overlap_seconds: Annotated[int, Field(ge=0, le=MAX_OVERLAP_S)] = int(OVERLAP.total_seconds())


class ReplayRange(Wire):
    """`POST /webhooks/{endpoint_id}/replay`: deliveries created from `since` to before `until` (now, if not given)."""

    since: Annotated[AwareDatetime, Field(strict=False)]
    until: Annotated[AwareDatetime, Field(strict=False)] | None = None

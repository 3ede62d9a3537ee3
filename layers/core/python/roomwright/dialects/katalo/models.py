"""Katalo's requests as they come over the wire. Unknown fields are refused by name."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from engine_contract import Hints
from roomwright.domain import catalogue

MAX_METADATA = 20
MAX_ROOMS = 8
MAX_NAME = 64


def _named(*names: str) -> WithJsonSchema:
    """For the documentation: these names, and other spellings of them."""
    return WithJsonSchema(
        {"anyOf": [{"type": "string", "enum": list(names)}, {"type": "string", "minLength": 1, "maxLength": MAX_NAME}]}
    )


_Key = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
_Room = Annotated[_Key, _named(*(room.label for room in catalogue.ROOMS))]
_Style = Annotated[_Key, _named(*catalogue.presets())]
_Text = Annotated[str, Field(max_length=500)]
_Seed = Annotated[int, Field(ge=0, lt=2**31)]


def _scalar(value: Any) -> Any:
    """One metadata value, of a size that comes back as it was sent."""
    match value:
        case None | bool():
            good = True
        case str():
            good = len(value) <= 500 and not any("\ud800" <= character <= "\udfff" for character in value)
        case int() | float():
            good = math.isfinite(value) and abs(value) <= 2**53
        case _:
            good = False
    if not good:
        raise ValueError("must be text of at most 500 characters, a number up to 2^53, true, false or null")
    return value


_SCALARS = [
    {"type": "string", "maxLength": 500},
    {"type": "number", "minimum": -(2**53), "maximum": 2**53},
    {"type": "boolean"},
    {"type": "null"},
]
_Scalar = Annotated[Any, AfterValidator(_scalar), WithJsonSchema({"anyOf": _SCALARS})]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SourceFromUrl(_Wire):
    """`POST /source-assets` with an image to fetch."""

    source_url: Annotated[str, Field(min_length=1, max_length=2048)]


class UploadWanted(_Wire):
    """What will be uploaded."""

    content_type: Literal["image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"]
    size_bytes: Annotated[int, Field(ge=1)]


class SourceFromUpload(_Wire):
    """`POST /source-assets` for an upload straight to storage (not in Katalo's contract)."""

    upload: UploadWanted


class Webhook(_Wire):
    url: Annotated[str, Field(min_length=1, max_length=2048)]


class CreateGeneration(_Wire):
    """`POST /generations`. Which of these go together is `matrix.MATRIX`; the source is one of source_asset_id,
    source_url and (in a form) file. Not in Katalo's contract: `seed` (the same seed gives the same picture) and
    `hints` (what is known of the room wins over what the engine sees).
    """

    source_asset_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    source_url: Annotated[str, Field(min_length=1, max_length=2048)] | None = None
    workflow: Literal["staging", "pro_capture"]
    capture_type: Literal["photo", "panorama360", "floorplan"]
    mode: Literal["furnish", "refurnish", "clean"] | None = None
    room_types: Annotated[list[_Room], Field(max_length=MAX_ROOMS)] = []
    style_preset: _Style | None = None
    include_alternates: bool = False
    reference: _Text | None = None
    metadata: Annotated[dict[_Key, _Scalar], Field(max_length=MAX_METADATA)] = {}
    webhook: Webhook | None = None
    seed: _Seed = 0
    hints: Hints | None = None


class RegenerateGeneration(_Wire):
    """`POST /generations/{job_id}/regenerate`. A field that is not sent is the parent's; which may be sent depends on
    the parent (`matrix.Cell.overrides`). Not in Katalo's contract: `seed` (without it the picture is another one) and
    `hints` (those that are sent are all there are).
    """

    room_types: Annotated[list[_Room], Field(max_length=MAX_ROOMS)] | None = None
    style_preset: _Style | None = None
    include_alternates: bool | None = None
    reference: _Text | None = None
    metadata: Annotated[dict[_Key, _Scalar], Field(max_length=MAX_METADATA)] | None = None
    webhook: Webhook | None = None
    seed: _Seed | None = None
    hints: Hints | None = None

"""Katalo's requests as they come over the wire. Unknown fields are refused by name."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_METADATA = 20
_Key = Annotated[str, Field(min_length=1, max_length=64)]
_Text = Annotated[str, Field(max_length=500)]
_Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]
_Real = Annotated[float, Field(allow_inf_nan=False)]


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
    """`POST /generations`. `seed` is not in Katalo's contract: the same seed gives the same picture."""

    source_asset_id: Annotated[str, Field(min_length=1, max_length=64)]
    workflow: Literal["staging", "pro_capture"]
    capture_type: Literal["photo", "panorama360", "floorplan"]
    mode: Literal["furnish", "refurnish", "clean"] | None = None
    room_types: Annotated[list[_Key], Field(max_length=8)] = []
    style_preset: _Key | None = None
    include_alternates: bool = False
    reference: _Text | None = None
    metadata: Annotated[dict[_Key, _Text | bool | _Whole | _Real | None], Field(max_length=MAX_METADATA)] = {}
    webhook: Webhook | None = None
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0

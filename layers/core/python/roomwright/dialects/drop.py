"""The drop folder's words: room and style as the folders are called, and the options in `roomwright.json`.

The options are those of `POST /api/v1/generations` but for the source, workflow and capture type; under `photos`
each photo may have its own, which win over the common ones field by field:

    {"include_alternates": true, "photos": {"study.jpg": {"room_types": ["Home Office"], "seed": 7}}}
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from roomwright.dialects.katalo.requests import drop_spec
from roomwright.dialects.strict_json import NotJsonError, read_json
from roomwright.domain.errors import RoomwrightError, ValidationError
from roomwright.domain.job import JobSpec
from roomwright.domain.keys import DROP_MANIFEST, Drop
from roomwright.domain.urls import HostPort

_PHOTOS = "photos"
_ANY_FOLDER = ("living-room", "modern")
"""stands in for the folders when only the options are checked"""
_SHOWN = 5
MAX_REFERENCE = 500


@dataclass(frozen=True)
class DropFolder:
    """Implements the use case's DropDialect. `allow`: destinations exempt from the address guard."""

    allow: Collection[HostPort] = ()

    def check(self, manifest: bytes) -> None:
        common, photos = _parsed(manifest)
        problems = self._problems("", common)
        for name, own in photos.items():
            problems += self._problems(f"photos['{name[:64]}'].", common | own)
        if problems:
            more = f" (and {len(problems) - _SHOWN} more)" if len(problems) > _SHOWN else ""
            raise ValidationError("; ".join(problems[:_SHOWN]) + more)

    def _problems(self, where: str, options: Mapping[str, Any]) -> list[str]:
        try:
            drop_spec(*_ANY_FOLDER, options, self.allow)
        except RoomwrightError as error:
            return [where + error.message]
        return []

    def describe(self, drop: Drop, manifest: bytes | None) -> JobSpec:
        options: dict[str, Any] = {"reference": drop.path[:MAX_REFERENCE]}
        if manifest is not None:
            try:
                common, photos = _parsed(manifest)
                own = photos.get(_composed(drop.name), {})
            except ValidationError as error:
                again = f"Correct {DROP_MANIFEST} in this folder, then drop the photo again"
                raise ValidationError(f"{again}: {error.message}") from error
            options |= common | own
        return drop_spec(drop.room, drop.style, options, self.allow)


def _parsed(manifest: bytes) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """→ (common options, options of each photo). Raises ValidationError for what is no manifest at all."""
    try:
        content = read_json(manifest)
    except NotJsonError as error:
        raise ValidationError(f"{DROP_MANIFEST} {error}.") from error
    photos = content.pop(_PHOTOS, {}) if isinstance(content, dict) else None
    if not isinstance(photos, dict) or not all(isinstance(own, dict) for own in photos.values()):
        raise ValidationError(f'{DROP_MANIFEST} must be a JSON object; "{_PHOTOS}" in it, an object of objects.')
    composed = {_composed(name): own for name, own in photos.items()}
    if len(composed) != len(photos):
        raise ValidationError(f"{DROP_MANIFEST} names a photo twice.")
    return content, composed


def _composed(name: str) -> str:
    """Some file systems take accented letters apart, most keyboards put them together."""
    return unicodedata.normalize("NFC", name)

"""What this engine can do to a photo: one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from atelier.plan.programmes import ROOMS

ChangeClass = Literal["cosmetic", "movable", "sky", "surface", "structural", "landscape", "object-removal", "generated"]


@dataclass(frozen=True)
class Operation:
    """One operation: what class of change it makes and which rooms it handles (empty: no room needed)."""

    slug: str
    change: ChangeClass
    rooms: frozenset[str]
    available: bool


_ALL = (
    Operation("stage", "movable", frozenset(ROOMS), available=True),
    Operation("clear", "object-removal", frozenset(), available=False),
    Operation("enhance", "cosmetic", frozenset(), available=False),
    Operation("panorama", "movable", frozenset(), available=False),
    Operation("floorplan", "generated", frozenset(), available=False),
)

OPERATIONS = {o.slug: o for o in _ALL}


def available() -> tuple[str, ...]:
    """Slugs of the operations this engine performs."""
    return tuple(o.slug for o in _ALL if o.available)

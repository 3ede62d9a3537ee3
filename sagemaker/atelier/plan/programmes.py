"""What furniture a room type wants: one programme per kind of room, and which rooms share one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from atelier.model import RoomRefusedError
from atelier.plan.compact import breakfast, child_desk, dining_zone, hallway, kids, living_first
from atelier.plan.focal import focal_living
from atelier.plan.groups import bedroom, dining, living, office
from atelier.plan.parts import Accent, Group, Programme, Zone, size_of

_PLANT = Accent("plant-large", size_of("plant-large"), bare_wall=False)
_TV = Accent("tv-unit", size_of("tv-unit"), faces_main=True)
_CONSOLE = Accent("console", size_of("console"), art="mirror")
_SHELF = Accent("bookshelf", size_of("bookshelf"))
_DRESSER = Accent("dresser", size_of("dresser"), art="mirror")
_SIDEBOARD = Accent("sideboard", size_of("sideboard"), art="art")
_CHAIR = Accent("lounge-chair", size_of("lounge-chair"), bare_wall=False)
_BENCH = Accent("bench", size_of("bench", "S"), art="art")
_TOYS = Accent("dresser", size_of("dresser", "S"), art="art")


def living_or_focal(rng: np.random.Generator) -> tuple[Group, ...]:
    """Seats along a wall or free on the floor, and seats gathered before a hearth or a wide window."""
    return tuple(sorted((*living(rng), *focal_living(rng)), key=lambda group: ["L", "M", "S", "XS"].index(group.size)))


_LIVING = Programme("living", living_or_focal, (_TV, _CONSOLE, _SHELF, _PLANT), "art", 2)
PROGRAMMES = {
    p.kind: p
    for p in (
        _LIVING,
        replace(_LIVING, kind="living-dining", groups=living_first, zones=(Zone("dining", dining_zone),)),
        replace(_LIVING, kind="living-kitchen", groups=living_first, zones=(Zone("breakfast", breakfast),)),
        Programme("dining", dining, (_SIDEBOARD, _PLANT), None),
        Programme("kitchen", breakfast, (_PLANT,), None, least_coverage=0.035),
        Programme("bedroom", bedroom, (_DRESSER, _CHAIR, _PLANT), "art"),
        Programme("kids", kids, (_TOYS, _PLANT), "art", zones=(Zone("desk", child_desk, 0.2),), playful=True),
        Programme("home-office", office, (_SHELF, _CHAIR, _PLANT), "art"),
        Programme("hallway", hallway, (_BENCH, _CHAIR, _PLANT), "mirror", least_width_m=1.25, least_coverage=0.05),
    )
}

ROOMS: dict[str, str] = {
    "living-room": "living",
    "family-room": "living",
    "sunroom": "living",
    "basement": "living",
    "reading-nook": "living",
    "open-plan": "living-dining",
    "living-dining": "living-dining",
    "kitchen": "kitchen",
    "dining-room": "dining",
    "bedroom": "bedroom",
    "kids-room": "kids",
    "home-office": "home-office",
    "private-office": "home-office",
    "study-room": "home-office",
    "hallway": "hallway",
    "foyer": "hallway",
}
"""Room slug → programme. A slug that is not here has no programme and is refused."""

_TOGETHER: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"living", "dining"}), "living-dining"),
    (frozenset({"living", "kitchen"}), "living-kitchen"),
    (frozenset({"kitchen", "dining"}), "dining"),
)
"""Rooms that share one photo; the first pair that is asked for decides. A kitchen's own built-ins are the photo's."""


def programme_of(room_types: Sequence[str]) -> Programme:
    """The programme of the rooms in one photo, main room first.

    Raises `RoomRefusedError` for none, and for any room type without a programme.
    """
    missing = next((slug for slug in room_types if slug not in ROOMS), None)
    if missing is not None or not room_types:
        raise RoomRefusedError(
            "room_not_stageable",
            f"There is no furniture programme for the room type {missing!r}." if missing else "No room type is named.",
            "Ask for one of: " + ", ".join(sorted(ROOMS)) + ".",
        )
    kinds = {ROOMS[slug] for slug in room_types}
    shared = next((kind for pair, kind in _TOGETHER if pair <= kinds), ROOMS[room_types[0]])
    return PROGRAMMES[shared]

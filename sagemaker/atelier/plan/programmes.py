"""What furniture a room type wants: one programme per kind of room, and which rooms share one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from atelier.model import RoomRefusedError
from atelier.plan.compact import desk_corner, hallway, living_first, office_first, sitting, studio_bed
from atelier.plan.dining import bistro, breakfast, dining_first, dining_zone
from atelier.plan.focal import focal_living
from atelier.plan.groups import bedroom, living
from atelier.plan.outdoor import terrace
from atelier.plan.parts import Accent, Group, Programme, Zone, size_of
from atelier.plan.wet import BATH, bar, bath, runner_at_counter
from atelier.plan.young import child_desk, kids, nursery

_PLANT = Accent("plant-large", size_of("plant-large"), bare_wall=False)
_TV = Accent("tv-unit", size_of("tv-unit"), faces_main=True)
_CONSOLE = Accent("console", size_of("console"), art="art")
_SHELF = Accent("bookshelf", size_of("bookshelf"))
_DRESSER = Accent("dresser", size_of("dresser"), art="art")
_SIDEBOARD = Accent("sideboard", size_of("sideboard"), art="art")
_SMALL_SIDEBOARD = Accent("sideboard", size_of("sideboard", "S"), art="art")
_WARDROBE = Accent("wardrobe", size_of("wardrobe", "S", default=(0.95, 0.58, 1.95)))
_CHAIR = Accent("lounge-chair", size_of("lounge-chair"), bare_wall=False)
_BENCH = Accent("bench", size_of("bench", "S"), art="art")
_TOYS = Accent("dresser", size_of("dresser", "S"), art="art")
_LOW_SHELF = Accent("bookshelf", (0.9, 0.34, 1.05), bare_wall=False)
_TOY_BOX = Accent("toy-box", size_of("toy-box", default=(0.7, 0.42, 0.45)), bare_wall=False)
_LADDER = Accent("towel-ladder", size_of("towel-ladder", default=(0.5, 0.3, 1.7)), bare_wall=False)
_BASKET = Accent("laundry-basket", size_of("laundry-basket", default=(0.4, 0.4, 0.55)), bare_wall=False)
_POT = Accent("planter-outdoor", size_of("planter-outdoor", default=(0.5, 0.5, 1.1)), bare_wall=False)
_SMALL_PLANT = Accent("plant-large", size_of("plant-large", "S"), bare_wall=False)

_DINING, _BREAKFAST = Zone("dining", dining_zone), Zone("breakfast", breakfast)
_WORK = Zone("work", desk_corner, 0.2)


def living_or_focal(rng: np.random.Generator) -> tuple[Group, ...]:
    """Seats along a wall or free on the floor, and seats gathered before a hearth or a wide window."""
    return tuple(sorted((*living(rng), *focal_living(rng)), key=lambda group: ["L", "M", "S", "XS"].index(group.size)))


def kitchen(rng: np.random.Generator) -> tuple[Group, ...]:
    """Stools at an island where one was seen, else a table; where no table fits, a runner along the worktop."""
    groups = (*bar(rng), *breakfast(rng), *bistro(rng), *(replace(g, size="XS") for g in runner_at_counter(rng)))
    return tuple(sorted(groups, key=lambda group: ["L", "M", "S", "XS"].index(group.size)))


_LIVING = Programme("living", living_or_focal, (_TV, _CONSOLE, _SHELF, _PLANT, _SMALL_PLANT), "art", 2, least_seats=2)
PROGRAMMES = {
    p.kind: p
    for p in (
        _LIVING,
        replace(_LIVING, kind="living-dining", groups=living_first, zones=(_DINING,)),
        replace(_LIVING, kind="living-kitchen", groups=living_first, zones=(_BREAKFAST,)),
        replace(_LIVING, kind="open-plan", groups=living_first, zones=(_DINING, _WORK)),
        Programme("studio", studio_bed, (_SHELF, _PLANT), "art", zones=(Zone("sitting", sitting), _BREAKFAST)),
        Programme("dining", dining_first, (_SIDEBOARD, _SMALL_SIDEBOARD, _PLANT, _SMALL_PLANT), "art", least_seats=3),
        Programme(
            "kitchen", kitchen, (_PLANT,), None, zones=(_BREAKFAST, Zone("runner", runner_at_counter, 0.1)),
            least_width_m=1.2,
            least_coverage=0.035, ideal_coverage=0.14,
        ),
        Programme("bedroom", bedroom, (_DRESSER, _WARDROBE, _CHAIR, _PLANT, _SMALL_PLANT), "art"),
        Programme(
            "kids", kids, (_TOYS, _TOY_BOX, _PLANT), "art", zones=(Zone("desk", child_desk, 0.2),), playful=True
        ),
        Programme(
            "nursery", nursery, (_TOYS, _LOW_SHELF, _TOY_BOX), "art", playful=True,
            least_coverage=0.06, ideal_coverage=0.18,
        ),
        Programme("home-office", office_first, (_SHELF, _CHAIR, _PLANT, _SMALL_PLANT), "art"),
        Programme(
            "hallway", hallway, (_BENCH, _CHAIR, _PLANT), "mirror", least_width_m=1.25, most_width_m=3.0,
            least_coverage=0.05, ideal_coverage=0.14,
        ),
        Programme("foyer", hallway, (_BENCH, _CHAIR, _PLANT), "mirror", least_width_m=1.25, ideal_coverage=0.16),
        Programme(
            "bathroom", bath, (_LADDER, _BASKET, _SMALL_PLANT), None, least_width_m=1.2, most_width_m=5.0,
            needs=BATH, least_coverage=0.012, ideal_coverage=0.05,
        ),
        Programme("terrace", terrace, (_POT,), None, least_width_m=1.4, ideal_coverage=0.18),
    )
}  # fmt: skip

ROOMS: dict[str, str] = {
    "living-room": "living",
    "family-room": "living",
    "sunroom": "living",
    "basement": "living",
    "reading-nook": "living",
    "open-plan": "open-plan",
    "studio": "studio",
    "living-dining": "living-dining",
    "kitchen": "kitchen",
    "dining-room": "dining",
    "bedroom": "bedroom",
    "kids-room": "kids",
    "nursery": "nursery",
    "home-office": "home-office",
    "private-office": "home-office",
    "study-room": "home-office",
    "hallway": "hallway",
    "foyer": "foyer",
    "bathroom": "bathroom",
    "shower": "bathroom",
    "toilet": "bathroom",
    "powder-room": "bathroom",
    "terrace": "terrace",
    "balcony": "terrace",
    "patio": "terrace",
    "front-porch": "terrace",
    "back-porch": "terrace",
    "pergola": "terrace",
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

"""What furniture a room type wants: groups of pieces at true size, largest first.

A group is written in its own frame: its back is the line y = 0 (the wall, when it stands on one) and its
front looks along −y, as every piece does at yaw 0. Sizes are width × depth × height in metres. Distances
follow ordinary practice: 0.4 m from seat to coffee table, 0.6 m beside a bed, rugs under the front legs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from atelier.furnish.catalogue import CATALOGUE

Size = tuple[float, float, float]
Anchor = Literal["wall", "free", "both"]
Rung = Literal["L", "M", "S", "XS"]

_SOFAS: tuple[tuple[Rung, str, Size, Size, Size], ...] = (
    ("L", "sofa", (2.3, 0.95, 0.84), (1.2, 0.65, 0.4), (2.9, 2.0, 0.014)),
    ("M", "sofa", (1.95, 0.93, 0.83), (1.05, 0.6, 0.4), (2.4, 1.7, 0.014)),
    ("S", "loveseat", (1.55, 0.9, 0.82), (0.9, 0.5, 0.4), (2.0, 1.4, 0.012)),
)
"""rung, seat, its size, coffee table, rug."""
_BEDS: tuple[tuple[Rung, float], ...] = (("L", 1.78), ("M", 1.58), ("S", 1.1))
_TABLES: tuple[tuple[Rung, str, Size, tuple[float, ...], bool], ...] = (
    ("L", "dining-table", (1.8, 0.9, 0.75), (-0.45, 0.45), True),
    ("M", "dining-table", (1.4, 0.85, 0.75), (-0.33, 0.33), False),
    ("S", "dining-table-round", (1.0, 1.0, 0.75), (0.0,), False),
)
"""rung, table, its size, chairs along each long side, chairs at the ends."""
_DESKS: tuple[tuple[Rung, float], ...] = (("L", 1.6), ("M", 1.4), ("S", 1.1))


@dataclass(frozen=True)
class Part:
    """One piece inside a group."""

    piece: str
    size_m: Size
    x: float
    y: float
    yaw_deg: float = 0.0
    z: float = 0.0
    on: int | None = None
    """index inside its tuple of parts of the piece it stands on."""


@dataclass(frozen=True)
class Extra:
    """Parts added together where they fit. Of the extras sharing a slot, the first that fits is taken."""

    slots: frozenset[str]
    parts: tuple[Part, ...]
    worth: float = 0.12


@dataclass(frozen=True)
class Group:
    """One furniture group. `core[main]` is the piece that names it."""

    size: Rung
    anchor: Anchor
    core: tuple[Part, ...]
    main: int
    extras: tuple[Extra, ...] = ()

    @property
    def width(self) -> float:
        """Metres of wall the group's main piece covers."""
        return self.core[self.main].size_m[0]


@dataclass(frozen=True)
class Accent:
    """A piece on a wall of its own, away from the group."""

    piece: str
    size_m: Size
    art: Literal["art", "mirror"] | None = None
    faces_main: bool = False
    """only worth placing opposite the main piece (a television)."""
    bare_wall: bool = True


@dataclass(frozen=True)
class Programme:
    """How one kind of room is furnished."""

    kind: str
    groups: Callable[[np.random.Generator], tuple[Group, ...]]
    accents: tuple[Accent, ...]
    art: bool
    """hang a picture over the main piece."""
    seats: int = 0
    """easy chairs to gather round the group's low table."""


def _size(piece: str, rung: Literal["L", "M", "S"] = "M") -> Size:
    return CATALOGUE[piece].size(rung)


def _lamp_table(x: float, y: float) -> tuple[Part, ...]:
    return (
        Part("side-table", _size("side-table"), x, y),
        Part("table-lamp", _size("table-lamp"), x, y, z=_size("side-table")[2], on=0),
    )


def _slots(*names: str) -> frozenset[str]:
    return frozenset(names)


def _rug(size: Size, y: float) -> Extra:
    return Extra(_slots("rug"), (Part("rug", size, 0, y),), 0.35)


def _coffee_table(size: Size, y: float, rng: np.random.Generator) -> Part:
    if rng.random() < 0.35:
        side = min(size[0] * 0.75, 0.9)
        return Part("coffee-table-round", (side, side, 0.38), 0, y)
    return Part("coffee-table", size, 0, y)


def _living(rng: np.random.Generator) -> tuple[Group, ...]:
    side = 1.0 if rng.random() < 0.5 else -1.0
    groups = []
    for size, seat, sofa, table, rug in _SOFAS:
        w = sofa[0]
        front = -sofa[1] - 0.06
        y_table = front - 0.4 - table[1] / 2
        core = (Part(seat, sofa, 0, -sofa[1] / 2 - 0.06), _coffee_table(table, y_table, rng))
        under = _rug(rug, front + 0.3 - rug[1] / 2)
        chair = ("armchair", "lounge-chair")[int(rng.integers(2))]
        x_chair, y_chair, x_end = w / 2 + 0.5, front - 0.62, w / 2 + 0.34
        chairs = [
            Extra(_slots(f"chair{s:+.0f}"), (Part(chair, _size(chair), s * x_chair, y_chair, -s * 75),))
            for s in (side, -side)
        ]
        ends = (
            Extra(_slots("left", "lamp"), _lamp_table(-side * x_end, -0.45)),
            Extra(_slots("right", "lamp"), _lamp_table(side * x_end, -0.45)),
            Extra(_slots("left", "lamp"), (Part("floor-lamp", _size("floor-lamp"), -side * x_end, -0.35),)),
            Extra(
                _slots("right", "plant"), (Part("plant-large", _size("plant-large", "S"), side * (w / 2 + 0.5), -0.42),)
            ),
            Extra(
                _slots("left", "plant"), (Part("plant-large", _size("plant-large", "S"), -side * (w / 2 + 0.5), -0.42),)
            ),
            Extra(_slots("right", "lamp"), (Part("floor-lamp", _size("floor-lamp"), side * x_end, -0.35),)),
        )
        groups.append(Group(size, "both", core, 0, (under, *(chairs if size != "S" else chairs[:1]), *ends)))
    return (*groups, _corner(side, rng))


def _corner(side: float, rng: np.random.Generator) -> Group:
    """Two easy chairs turned to each other over a small table: for floors on which no sofa fits."""
    chair = ("armchair", "lounge-chair")[int(rng.integers(2))]
    core = (
        *_lamp_table(0, -0.42)[:1],
        *(Part(chair, _size(chair, "S"), s * 0.72, -0.62, -s * 22) for s in (-1.0, 1.0)),
    )
    plants = tuple(
        Extra(_slots("plant"), (Part("plant-large", _size("plant-large", "S"), s * 1.45, -0.42),))
        for s in (side, -side)
    )
    return Group("XS", "both", core, 0, (_rug((2.0, 1.4, 0.012), -0.95), *plants))


def _bedroom(rng: np.random.Generator) -> tuple[Group, ...]:
    side = 1.0 if rng.random() < 0.5 else -1.0
    groups = []
    for size, w in _BEDS:
        core = (Part("bed", (w, 2.16, 1.1), 0, -1.13),)
        extras = [_rug((w + 1.0, 1.6, 0.014), -1.85)]
        extras += [
            Extra(
                _slots(f"night{s:+.0f}"),
                (Part("nightstand", _size("nightstand"), s * (w / 2 + 0.33), -0.26),),
                0.16,
            )
            for s in (side, -side)
        ]
        extras.append(Extra(_slots("foot"), (Part("bench", (min(w - 0.3, 1.4), 0.42, 0.46), 0, -2.52),), 0.08))
        extras.extend(
            Extra(_slots("plant"), (Part("plant-large", _size("plant-large", "S"), s * (w / 2 + 1.05), -0.42),))
            for s in (side, -side)
        )
        groups.append(Group(size, "wall", core, 0, tuple(extras)))
    return tuple(groups)


def _dining(rng: np.random.Generator) -> tuple[Group, ...]:
    groups = []
    for size, table, top, xs, ends in _TABLES:
        chair, w = _size("dining-chair"), top[0]
        parts = [
            Part("rug", (w + (1.9 if ends else 1.1), 2.3, 0.014), 0, 0),
            Part(table, top, 0, 0),
        ]
        for x in xs:
            jitter = rng.uniform(-4, 4, 2)
            parts.append(Part("dining-chair", chair, x, -0.62, 180 + jitter[0]))
            parts.append(Part("dining-chair", chair, x, 0.62, jitter[1]))
        if ends:
            parts += [Part("dining-chair", chair, s * (w / 2 + 0.24), 0, -s * 90) for s in (-1, 1)]
        groups.append(Group(size, "free", tuple(parts), 1))
    return tuple(groups)


def _desk_set(w: float, y: float, yaw: float) -> tuple[Part, ...]:
    """Rug, desk and its chair; the sitter looks at the desk's back edge."""
    seat = -1.0 if yaw == 0 else 1.0
    return (
        Part("rug", (w + 0.7, 1.7, 0.014), 0, -1.15),
        Part("desk", (w, 0.7, 0.75), 0, y, yaw),
        Part("office-chair", _size("office-chair"), 0, y + seat * 0.66, 180.0 + yaw),
    )


def _office(rng: np.random.Generator) -> tuple[Group, ...]:
    side = 1.0 if rng.random() < 0.5 else -1.0
    groups = []
    for size, w in _DESKS:
        to_room = _desk_set(w, -1.35, 180.0)
        to_wall = _desk_set(w, -0.38, 0.0)
        for core, beside in ((to_room, -0.25), (to_wall, -0.25)):
            end = w / 2 + 0.6
            shelf = tuple(
                Extra(_slots("shelf", f"end{s:+.0f}"), (Part("bookshelf", _size("bookshelf"), s * end, -0.2),))
                for s in (-side, side)
            )
            lamp = Extra(
                _slots(f"end{side:+.0f}"),
                (Part("floor-lamp", _size("floor-lamp"), side * (w / 2 + 0.35), beside - 0.1),),
            )
            plant = Extra(
                _slots(f"end{-side:+.0f}"),
                (Part("plant-large", _size("plant-large", "S"), -side * (w / 2 + 0.6), -0.4),),
            )
            groups.append(Group(size, "wall", core, 1, (*shelf, lamp, plant)))
    return tuple(groups)


_PLANT = Accent("plant-large", _size("plant-large"), bare_wall=False)
_TV = Accent("tv-unit", _size("tv-unit"), faces_main=True)
_CONSOLE = Accent("console", _size("console"), art="mirror")
_SHELF = Accent("bookshelf", _size("bookshelf"))
_DRESSER = Accent("dresser", _size("dresser"), art="mirror")
_SIDEBOARD = Accent("sideboard", _size("sideboard"), art="art")
_CHAIR = Accent("lounge-chair", _size("lounge-chair"), bare_wall=False)

PROGRAMMES = {
    "living": Programme("living", _living, (_TV, _CONSOLE, _SHELF, _PLANT), True, 2),
    "bedroom": Programme("bedroom", _bedroom, (_DRESSER, _CHAIR, _PLANT), True),
    "dining": Programme("dining", _dining, (_SIDEBOARD, _PLANT), False),
    "home-office": Programme("home-office", _office, (_SHELF, _CHAIR, _PLANT), True),
}

ROOMS: dict[str, str] = {
    "living-room": "living",
    "family-room": "living",
    "open-plan": "living",
    "living-dining": "living",
    "studio": "living",
    "sunroom": "living",
    "basement": "living",
    "game-room": "living",
    "reading-nook": "living",
    "bedroom": "bedroom",
    "kids-room": "bedroom",
    "dining-room": "dining",
    "conference-room": "dining",
    "boardroom": "dining",
    "meeting-room": "dining",
    "cafe": "dining",
    "home-office": "home-office",
    "private-office": "home-office",
    "study-room": "home-office",
    "open-workspace": "home-office",
}
"""Room slug → programme. A slug that is not here has no programme and is refused."""

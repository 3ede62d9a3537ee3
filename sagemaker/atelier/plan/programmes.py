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

Size = tuple[float, float, float]
Anchor = Literal["wall", "free", "both"]
Rung = Literal["L", "M", "S"]

_SOFAS: tuple[tuple[Rung, float, Size, tuple[float, float]], ...] = (
    ("L", 2.3, (1.2, 0.65, 0.4), (2.9, 2.0)),
    ("M", 1.95, (1.05, 0.6, 0.4), (2.4, 1.7)),
    ("S", 1.55, (0.8, 0.5, 0.4), (1.9, 1.4)),
)
"""rung, sofa width, coffee table, rug."""
_BEDS: tuple[tuple[Rung, float], ...] = (("L", 1.7), ("M", 1.5), ("S", 1.1))
_TABLES: tuple[tuple[Rung, float, tuple[float, ...], bool], ...] = (
    ("L", 1.8, (-0.45, 0.45), True),
    ("M", 1.4, (-0.33, 0.33), False),
    ("S", 0.95, (0.0,), False),
)
"""rung, table length, chairs along each long side, chairs at the ends."""
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
    """A piece on a wall of its own, away from the group, with what stands on it."""

    piece: str
    size_m: Size
    top: tuple[Part, ...] = ()
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


def _lamp_table(x: float, y: float) -> tuple[Part, ...]:
    return (
        Part("side-table", (0.45, 0.45, 0.52), x, y),
        Part("table-lamp", (0.34, 0.34, 0.52), x, y, z=0.52, on=0),
    )


def _clutter(piece: str, size: Size, at: tuple[float, float, float], on: int = 0, yaw_deg: float = 0.0) -> Part:
    """A small thing standing on the part numbered `on`; `at` is (x, y, height of the surface)."""
    return Part(piece, size, at[0], at[1], yaw_deg, at[2], on)


_VASE: Size = (0.36, 0.36, 0.5)
_BOOKS: Size = (0.28, 0.2, 0.08)
_BOWL: Size = (0.28, 0.28, 0.08)
_TRAY: Size = (0.38, 0.26, 0.12)


def _slots(*names: str) -> frozenset[str]:
    return frozenset(names)


def _centrepiece(rng: np.random.Generator) -> tuple[str, Size]:
    options: tuple[tuple[str, Size], ...] = (("vase", _VASE), ("tray", _TRAY), ("bowl", _BOWL))
    return options[int(rng.choice(3, p=[0.6, 0.25, 0.15]))]


def _living(rng: np.random.Generator) -> tuple[Group, ...]:
    side = 1.0 if rng.random() < 0.5 else -1.0
    groups = []
    for size, w, table, rug in _SOFAS:
        front = -1.02
        y_table = front - 0.4 - table[1] / 2
        core = (
            Part("rug", (rug[0], rug[1], 0.015), 0, front + 0.3 - rug[1] / 2),
            Part("sofa", (w, 0.95, 0.85), 0, -0.54),
            Part("coffee-table", table, 0, y_table),
            _clutter("books", _BOOKS, (-side * table[0] * 0.24, y_table + 0.04, table[2]), 2, rng.uniform(-14, 14)),
            _clutter(*_centrepiece(rng), (side * table[0] * 0.2, y_table, table[2]), 2),
        )
        chair = (0.8, 0.84, 0.85)
        x_chair, y_chair, x_end = w / 2 + 0.5, front - 0.62, w / 2 + 0.34
        chairs = [
            Extra(_slots(f"chair{s:+.0f}"), (Part("armchair", chair, s * x_chair, y_chair, -s * 75),))
            for s in (side, -side)
        ]
        ends = (
            Extra(_slots("left", "lamp"), _lamp_table(-side * x_end, -0.45)),
            Extra(_slots("left", "lamp"), (Part("floor-lamp", (0.45, 0.45, 1.6), -side * x_end, -0.35),)),
            Extra(_slots("right", "plant"), (Part("plant", (0.7, 0.7, 1.6), side * (w / 2 + 0.5), -0.42),)),
            Extra(_slots("left", "plant"), (Part("plant", (0.7, 0.7, 1.6), -side * (w / 2 + 0.5), -0.42),)),
            Extra(_slots("right", "lamp"), (Part("floor-lamp", (0.45, 0.45, 1.6), side * x_end, -0.35),)),
        )
        groups.append(Group(size, "both", core, 1, (*(chairs if size != "S" else chairs[:1]), *ends)))
    return tuple(groups)


def _bedroom(rng: np.random.Generator) -> tuple[Group, ...]:
    side = 1.0 if rng.random() < 0.5 else -1.0
    groups = []
    for size, w in _BEDS:
        core = (
            Part("rug", (w + 1.0, 1.6, 0.015), 0, -1.85),
            Part("bed", (w, 2.2, 1.15), 0, -1.15),
        )
        extras = [
            Extra(
                _slots(f"night{s:+.0f}"),
                (
                    Part("nightstand", (0.48, 0.42, 0.52), s * (w / 2 + 0.34), -0.27),
                    Part("table-lamp", (0.32, 0.32, 0.5), s * (w / 2 + 0.34), -0.25, z=0.52, on=0),
                ),
                0.16,
            )
            for s in (side, -side)
        ]
        extras.append(Extra(_slots("foot"), (Part("bench", (w - 0.3, 0.42, 0.46), 0, -2.55),), 0.08))
        extras.extend(
            Extra(_slots("plant"), (Part("plant", (0.65, 0.65, 1.5), s * (w / 2 + 1.05), -0.42),))
            for s in (side, -side)
        )
        groups.append(Group(size, "wall", core, 1, tuple(extras)))
    return tuple(groups)


def _dining(rng: np.random.Generator) -> tuple[Group, ...]:
    groups = []
    for size, w, xs, ends in _TABLES:
        chair = (0.48, 0.54, 0.84)
        parts = [
            Part("rug", (w + (1.9 if ends else 1.1), 2.3, 0.015), 0, 0),
            Part("dining-table", (w, 0.9, 0.75), 0, 0),
        ]
        parts.append(_clutter(*_centrepiece(rng), (0.0, 0.0, 0.75), 1))
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
        Part("rug", (w + 0.7, 1.7, 0.015), 0, -1.15),
        Part("desk", (w, 0.7, 0.75), 0, y, yaw),
        Part("office-chair", (0.64, 0.64, 1.05), 0, y + seat * 0.66, 180.0 + yaw),
        _clutter("laptop", (0.33, 0.3, 0.22), (0.0, y + seat * 0.06, 0.75), 1, yaw),
        _clutter("desk-lamp", (0.42, 0.17, 0.46), (seat * -(w / 2 - 0.3), y - seat * 0.18, 0.75), 1, yaw),
        _clutter("books", _BOOKS, (seat * (w / 2 - 0.25), y - seat * 0.15, 0.75), 1, yaw + 8),
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
                Extra(_slots("shelf", f"end{s:+.0f}"), (Part("bookshelf", (0.9, 0.34, 1.9), s * end, -0.2),))
                for s in (-side, side)
            )
            lamp = Extra(
                _slots(f"end{side:+.0f}"),
                (Part("floor-lamp", (0.45, 0.45, 1.6), side * (w / 2 + 0.35), beside - 0.1),),
            )
            plant = Extra(_slots(f"end{-side:+.0f}"), (Part("plant", (0.65, 0.65, 1.5), -side * (w / 2 + 0.6), -0.4),))
            groups.append(Group(size, "wall", core, 1, (*shelf, lamp, plant)))
    return tuple(groups)


_LAMP: Size = (0.32, 0.32, 0.5)
_PLANT = Accent("plant", (0.7, 0.7, 1.6), bare_wall=False)
_TV = Accent("tv-unit", (1.7, 0.42, 1.3), faces_main=True)
_CONSOLE = Accent(
    "console",
    (1.2, 0.36, 0.8),
    (_clutter("table-lamp", _LAMP, (-0.42, 0, 0.8)), _clutter("books", _BOOKS, (0.38, 0, 0.8))),
    art="mirror",
)
_SHELF = Accent("bookshelf", (0.9, 0.34, 1.9))
_DRESSER = Accent(
    "dresser",
    (1.2, 0.48, 0.82),
    (_clutter("table-lamp", _LAMP, (-0.4, 0, 0.82)), _clutter("bowl", _BOWL, (0.36, 0, 0.82))),
    art="mirror",
)
_SIDEBOARD = Accent(
    "sideboard",
    (1.6, 0.45, 0.8),
    (_clutter("table-lamp", _LAMP, (-0.55, 0, 0.8)), _clutter("vase", _VASE, (0.5, 0, 0.8))),
    art="art",
)
_CHAIR = Accent("armchair", (0.8, 0.84, 0.85), bare_wall=False)

PROGRAMMES = {
    "living": Programme("living", _living, (_TV, _CONSOLE, _SHELF, _PLANT), True),
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

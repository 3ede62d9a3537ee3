"""The words a furniture programme is written in: parts, groups, what may be added, and where it all stands.

A group is written in its own frame: its back is the line y = 0 (the wall, when it stands on one) and its
front looks along −y, as every piece does at yaw 0. Sizes are width × depth × height in metres.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from atelier.furnish.catalogue import CATALOGUE
from atelier.model import Placement

Size = tuple[float, float, float]
Anchor = Literal["wall", "free", "both", "focal", "standing"]
"""back to a wall; free on the floor; either; before a hearth or a wide window; at something that stands there."""
Rung = Literal["L", "M", "S", "XS"]

LEAST_COVERAGE = 0.08
"""share of the frame that furniture covers at least where no fittings of the room's own help."""
FLAT = frozenset(i for i, e in CATALOGUE.items() if e.mount == "floor" and e.size()[2] <= 0.05)
"""lies on the floor: one walks and stands on it."""
HUNG = frozenset(i for i, e in CATALOGUE.items() if e.mount in {"wall", "ceiling"})
"""hangs on a wall or from the ceiling: it takes no floor."""


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
    aisle_m: float = 0.0
    """free floor that must remain between the core and the floor's edges, where people work or pass."""
    bonus: float = 0.0
    """what this shape is worth beyond its size, where it fits."""
    beside: frozenset[str] = frozenset()
    """kinds of standing things it belongs to, for the anchor "standing"."""
    close: bool = False
    """a headboard: it stands at the wall, and no part of it beyond the wall's end."""
    span_m: float = 0.0
    """metres of wall or edge it takes where that is more than its main piece."""

    @property
    def width(self) -> float:
        """Metres of wall the group's main piece covers."""
        if self.span_m:
            return self.span_m
        main = self.core[self.main]
        return main.size_m[1] if abs(main.yaw_deg) == 90 else main.size_m[0]


@dataclass(frozen=True)
class Accent:
    """A piece on a wall of its own, away from the group."""

    piece: str
    size_m: Size
    art: Literal["art", "mirror"] | None = None
    faces_main: bool = False
    """only worth placing opposite the main piece (a television)."""
    bare_wall: bool = True
    """only where a side of the picture is left bare."""


Groups = Callable[[np.random.Generator], tuple[Group, ...]]


@dataclass(frozen=True)
class Zone:
    """A second group that shares the room with the first: a dining set behind the sofa, a desk beside the bed."""

    name: str
    groups: Groups
    worth: float = 0.4


@dataclass(frozen=True)
class Programme:
    """How one kind of room is furnished."""

    kind: str
    groups: Groups
    accents: tuple[Accent, ...]
    art: Literal["art", "mirror"] | None
    """what hangs over the main piece."""
    seats: int = 0
    """easy chairs to gather round the group's low table."""
    zones: tuple[Zone, ...] = ()
    """further groups that share the room, in the order in which they take its floor."""
    least_seats: int = 0
    """a large floor on which fewer find a place is all ways, and is refused."""
    least_width_m: float = 1.9
    """a floor narrower than this is refused."""
    most_width_m: float = 99.0
    """a floor wider than this is another kind of room, and is refused."""
    needs: frozenset[str] = frozenset()
    """kinds of standing things of which one must be seen."""
    bare: bool = False
    """nothing but the group and a picture."""
    least_coverage: float = LEAST_COVERAGE
    """share of the frame that the furniture must cover at least, or the room still looks empty."""
    ideal_coverage: float = 0.22
    """share of the frame that furniture fills best."""
    playful: bool = False
    """a child's colours instead of the style's own."""


_SEATS = {"sofa": 3, "loveseat": 2, "armchair": 1, "lounge-chair": 1, "dining-chair": 1}


def seats_of(placements: Iterable[Placement]) -> int:
    """How many can sit on what is placed."""
    return sum(_SEATS.get(placement.piece, 0) for placement in placements)


def size_of(piece: str, rung: Literal["L", "M", "S"] = "M", default: Size | None = None) -> Size:
    """A piece's size; `default` where the catalogue has no such piece (`known` keeps its groups out)."""
    return default if default is not None and piece not in CATALOGUE else CATALOGUE[piece].size(rung)


def known(*pieces: str) -> bool:
    """Whether the catalogue has all of them."""
    return all(piece in CATALOGUE for piece in pieces)


def lamp_table(x: float, y: float) -> tuple[Part, ...]:
    return (
        Part("side-table", size_of("side-table"), x, y),
        Part("table-lamp", size_of("table-lamp"), x, y, z=size_of("side-table")[2], on=0),
    )


def slots(*names: str) -> frozenset[str]:
    return frozenset(names)


def under_rug(size: Size, y: float) -> tuple[Extra, ...]:
    """A rug whose middle is y behind the group's back, and smaller ones of the same hind edge where the frame or the
    floor would cut it."""
    w, d, h = size
    return tuple(
        Extra(slots("rug"), (Part("rug", (a * w, b * d, h), 0, y + (1 - b) * d / 2),), worth)
        for a, b, worth in ((1.0, 1.0, 0.35), (1.0, 0.84, 0.33), (0.86, 0.84, 0.28), (0.86, 0.7, 0.22))
    )


def tall_plant(x: float, y: float = -0.42) -> tuple[Part, ...]:
    return (Part("plant-large", size_of("plant-large", "S"), x, y),)

"""Rooms of children: a bed with shelves and a rug to play on; a crib with a chair beside it."""

from __future__ import annotations

import numpy as np

from atelier.plan.groups import daybeds
from atelier.plan.parts import Extra, Group, Part, Size, known, lamp_table, size_of, slots, under_rug

_CHILD_BED: Size = (1.06, 2.1, 0.98)
_TOY_SHELF: Size = (0.9, 0.34, 1.05)
_CHILD_DESK: Size = (1.1, 0.55, 0.75)


def kids(rng: np.random.Generator) -> tuple[Group, ...]:
    """A single bed, its head or its side to the wall, with a shelf for toys and a rug to play on; a daybed where the
    bed's head would stand free."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    w, length, _ = _CHILD_BED
    head_on = (Part("bed", _CHILD_BED, 0, -length / 2 - 0.02),)
    sideways = (Part("bed", _CHILD_BED, 0, -w / 2 - 0.06, side * 90.0),)
    bunk = (_bunk(side),) if rng.random() < 0.4 else ()
    return (
        *bunk,
        Group("M", "wall", head_on, 0, _beside(w / 2, side, under_rug((2.2, 1.5, 0.014), -1.75)), close=True),
        Group("M", "wall", sideways, 0, (*under_rug((2.0, 1.4, 0.014), -w - 0.85), *_at_ends(length / 2, side))),
        *daybeds(),
    )


def _bunk(side: float) -> Group:
    """Two beds over each other along the wall."""
    w, length, h = size_of("bunk-bed", default=(1.04, 2.08, 1.7))
    core = (Part("bunk-bed", (w, length, h), 0, -w / 2 - 0.06, side * 90.0),)
    return Group("L", "wall", core, 0, (*under_rug((2.0, 1.4, 0.014), -w - 0.85), *_at_ends(length / 2, side)))


def _beside(half: float, side: float, play: tuple[Extra, ...]) -> tuple[Extra, ...]:
    """What stands at a bed's two sides, half its width from the middle."""
    stand = size_of("nightstand", "S")
    night = [
        Extra(slots("night", f"end{s:+.0f}"), (Part("nightstand", stand, s * (half + 0.3), -0.25),))
        for s in (side, -side)
    ]
    shelf = [
        Extra(slots("shelf", f"end{s:+.0f}"), (Part("bookshelf", _TOY_SHELF, s * (half + 0.6), -0.21),), 0.16)
        for s in (-side, side)
    ]
    return (*play, *shelf, *night)


def _at_ends(half: float, side: float) -> tuple[Extra, ...]:
    """Beside a bed that lies along the wall: the nightstand at its head, the shelf beyond either end."""
    stand = Part("nightstand", size_of("nightstand", "S"), -side * (half + 0.27), -0.3)
    shelf = [
        Extra(slots("shelf", f"end{s:+.0f}"), (Part("bookshelf", _TOY_SHELF, s * (half + 0.55), -0.21),), 0.16)
        for s in (side, -side)
    ]
    return (shelf[0], Extra(slots(f"end{-side:+.0f}"), (stand,)), shelf[1])


def child_desk(rng: np.random.Generator) -> tuple[Group, ...]:
    """A small desk at a wall with an open chair."""
    turn = float(rng.uniform(-12, 12))
    core = (
        Part("desk", _CHILD_DESK, 0, -0.31),
        Part("dining-chair", size_of("dining-chair", "S"), 0, -0.31 - 0.5, 180.0 + turn),
    )
    return (Group("M", "wall", core, 0),)


def nursery(rng: np.random.Generator) -> tuple[Group, ...]:
    """A crib along a wall, a chair to rock in turned to it, a table to change on, a rug between."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    w, d, h = size_of("crib", default=(1.28, 0.72, 0.95))
    chair = size_of("rocking-chair", default=(0.72, 0.86, 0.98))
    change = size_of("changing-table", default=(0.95, 0.52, 0.95))
    rug: Size = (2.2, 1.5, 0.014)
    play = under_rug(rug, -d - 0.35 - rug[1] / 2)
    if known("round-rug"):
        play = (Extra(slots("rug"), (Part("round-rug", (1.7, 1.7, 0.014), 0, -d - 1.05),), 0.35), *play)
    extras = [*play]
    for s in (side, -side):
        seat = Part("rocking-chair", chair, s * (w / 2 + 0.62), -0.75, -s * 32.0)
        extras.append(Extra(slots("chair", f"end{s:+.0f}"), (seat,), 0.2))
    for s in (-side, side):
        table = Part("changing-table", change, s * (w / 2 + 0.25 + change[0] / 2), -change[1] / 2 - 0.04)
        extras.append(Extra(slots("change", f"end{s:+.0f}"), (table,), 0.18))
        extras.append(Extra(slots(f"end{s:+.0f}"), lamp_table(s * (w / 2 + 0.4), -0.3)))
    core = (Part("crib", (w, d, h), 0, -d / 2 - 0.05),)
    return (Group("M", "wall", core, 0, tuple(extras)),)

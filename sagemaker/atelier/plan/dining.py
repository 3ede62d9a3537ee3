"""Tables with their chairs, from the dining room's on its rug to the bistro table of a kitchen.

Every chair looks at the table's middle or its own place at a long side, its seat a hand's breadth under the top;
chairs at long sides keep clear of the legs at the corners.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from atelier.plan.parts import Extra, Group, Part, Rung, Size, known, size_of, slots

Table = tuple[Rung, str, Size, tuple[float, ...], bool]
"""rung, piece, its size, where chairs stand along each long side, chairs at the ends (all four sides if round)."""

_GRAND: Table = ("L", "dining-table", (2.1, 0.98, 0.75), (-0.55, 0.55), True)
_SIX: Table = ("L", "dining-table", (1.8, 0.9, 0.75), (-0.42, 0.42), True)
_FOUR: Table = ("M", "dining-table", (1.5, 0.88, 0.75), (-0.34, 0.34), False)
_ROUND: Table = ("M", "dining-table-round", (1.2, 1.2, 0.75), (0.0,), True)
_SMALL_FOUR: Table = ("S", "dining-table", (1.3, 0.84, 0.75), (-0.3, 0.3), False)
_SMALL_ROUND: Table = ("S", "dining-table-round", (1.05, 1.05, 0.75), (0.0,), True)
_ROUND_FOR_TWO: Table = ("S", "dining-table-round", (0.95, 0.95, 0.75), (0.0,), False)
_SMALLEST: Table = ("XS", "dining-table-round", (0.8, 0.8, 0.75), (0.0,), False)
_KITCHEN: tuple[Table, ...] = (
    ("L", "dining-table", (1.6, 0.85, 0.75), (-0.36, 0.36), False),
    ("M", "dining-table-round", (1.15, 1.15, 0.75), (0.0,), True),
    _ROUND_FOR_TWO,
    _SMALLEST,
)
_UNDER_M = 0.06
"""how far a seat is pushed under the top."""
_RUGS_M = ((0.66, 0.6), (0.66, 0.3), (0.54, 0.3))
"""how far a rug reaches beyond the table where chairs stand, whose hind legs are 0.5 m out, and where none do."""
_KITCHEN_AISLE_M, _WALL_AISLE_M = 0.62, 0.25
_TURN_DEG = 4.0


def dining(rng: np.random.Generator) -> tuple[Group, ...]:
    """A dining room's tables on their rugs; for two only where four find no place."""
    tables = (_GRAND, _SIX, _FOUR, _ROUND, _SMALL_FOUR, _SMALL_ROUND, _ROUND_FOR_TWO)
    *groups, for_two = (_on_rug(table, rng) for table in tables)
    if rng.random() < 0.35:
        groups[3] = replace(groups[3], bonus=0.12)
    return (*groups, replace(for_two, bonus=-0.35))


def breakfast(rng: np.random.Generator) -> tuple[Group, ...]:
    """A table to eat at in a kitchen: free on the floor, an aisle all round, and no rug under it."""
    large = replace(_group(_ROUND, rng), size="L") if rng.random() < 0.4 else _group(_KITCHEN[0], rng)
    groups = (large, *(_group(table, rng) for table in _KITCHEN[1:]))
    return tuple(replace(group, aisle_m=_KITCHEN_AISLE_M) for group in groups)


def bistro(rng: np.random.Generator) -> tuple[Group, ...]:
    """The smallest table with two chairs, for a kitchen that is a passage otherwise."""
    top = size_of("bistro-table", default=(0.65, 0.65, 0.74))
    return (replace(_group(("XS", "bistro-table", top, (0.0,), False), rng), aisle_m=_KITCHEN_AISLE_M),)


def dining_first(rng: np.random.Generator) -> tuple[Group, ...]:
    """A dining room's table on its rug, or a small bare one where little floor is free."""
    bare = tuple(replace(_group(table, rng), size="XS", aisle_m=0.3) for table in (_ROUND_FOR_TWO, _SMALLEST))
    tight = replace(bare[-1], aisle_m=0.05, bonus=-0.1)
    return (*dining(rng), *bare, tight, _aslant(tight), _against_the_wall(rng))


def dining_zone(rng: np.random.Generator) -> tuple[Group, ...]:
    """A dining set that shares the floor with a sofa: on a rug where there is room, bare where there is not."""
    return (*dining(rng), *breakfast(rng)[1:])


def _group(table: Table, rng: np.random.Generator) -> Group:
    """The table and its chairs, centred on the origin."""
    rung, piece, top, along, ends = table
    chair = size_of("dining-chair")
    out = chair[1] / 2 - _UNDER_M
    places = [(x, side * (top[1] / 2 + out), 180.0 if side < 0 else 0.0) for x in along for side in (-1, 1)]
    if ends:
        places += [(side * (top[0] / 2 + out), 0.0, -side * 90.0) for side in (-1, 1)]
    turns = rng.uniform(-_TURN_DEG, _TURN_DEG, len(places))
    chairs = (Part("dining-chair", chair, x, y, yaw + float(t)) for (x, y, yaw), t in zip(places, turns, strict=True))
    return Group(rung, "free", (Part(piece, top, 0, 0), *chairs), 0)


def _on_rug(table: Table, rng: np.random.Generator) -> Group:
    """The set with a rug that holds every chair's legs; bare where no such rug lies wholly in the picture."""
    _, piece, (w, d, _), _, ends = table
    options = []
    for out, bare in _RUGS_M:
        if piece.endswith("round") and known("round-rug"):
            options.append(Part("round-rug", (w + 2 * out, w + 2 * out, 0.014), 0, 0))
        else:
            options.append(Part("rug", (w + 2 * (out if ends else bare), d + 2 * out, 0.014), 0, 0))
    rugs = tuple(Extra(slots("rug"), (option,), 0.3) for option in options)
    return replace(_group(table, rng), extras=rugs, aisle_m=_WALL_AISLE_M)


def _aslant(group: Group) -> Group:
    """The same group turned by an eighth: two chairs seen from the corner take less depth and less width."""
    c = float(np.sqrt(0.5))
    turned = (replace(p, x=c * (p.x - p.y), y=c * (p.x + p.y), yaw_deg=p.yaw_deg + 45.0) for p in group.core)
    return replace(group, core=tuple(turned))


def _against_the_wall(rng: np.random.Generator) -> Group:
    """A small table with its long side to the wall and a chair at each end."""
    w, d, h = size_of("dining-table", "S")
    turn = rng.uniform(-5, 5, 2)
    chair = size_of("dining-chair")
    out = w / 2 + chair[1] / 2 - _UNDER_M
    chairs = (
        Part("dining-chair", chair, s * out, -d / 2 - 0.04, -s * 90.0 + float(t))
        for s, t in zip((-1, 1), turn, strict=True)
    )
    core = (Part("dining-table", (w, d, h), 0, -d / 2 - 0.04), *chairs)
    return Group("XS", "wall", core, 0, bonus=-0.2, span_m=w + 1.0)

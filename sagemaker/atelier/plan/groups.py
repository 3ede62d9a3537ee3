"""The groups of the rooms one lives, sleeps, eats and works in, largest first.

Distances follow ordinary practice: 0.4 m from seat to coffee table, 0.6 m beside a bed, rugs under the front legs.
"""

from __future__ import annotations

import numpy as np

from atelier.plan.parts import Extra, Group, Part, Rung, Size, lamp_table, size_of, slots, tall_plant, under_rug

_SOFAS: tuple[tuple[Rung, str, Size, Size, Size], ...] = (
    ("L", "sofa", (2.3, 0.95, 0.84), (1.1, 0.6, 0.36), (2.7, 1.9, 0.014)),
    ("M", "sofa", (1.95, 0.93, 0.83), (0.95, 0.55, 0.36), (2.35, 1.75, 0.014)),
    ("S", "loveseat", (1.55, 0.9, 0.82), (0.8, 0.45, 0.36), (1.95, 1.45, 0.012)),
)
"""rung, seat, its size, coffee table, rug."""
_SECTIONAL: Size = (2.55, 1.55, 0.83)
_SEAT_DEPTH_M = 0.95
"""of a corner sofa's straight part."""
_BEDS: tuple[tuple[Rung, float], ...] = (("L", 1.83), ("M", 1.58), ("S", 1.38))
"""king, queen and full."""
_DESKS: tuple[tuple[Rung, float], ...] = (("L", 1.6), ("M", 1.4), ("S", 1.1))
_CHAIR_ASIDE = 0.2
"""of a desk's width: how far from its middle a chair stands that is drawn out from it."""


_ROUND_FROM_M = 0.9
"""a smaller table is oblong: a round one of its length is too deep for a small floor."""


def _coffee_table(size: Size, y: float, rng: np.random.Generator) -> Part:
    if rng.random() < 0.35 and size[0] >= _ROUND_FROM_M:
        side = min(size[0] * 0.8, 0.9)
        return Part("coffee-table-round", (side, side, 0.36), 0, y)
    return Part("coffee-table", size, 0, y)


def living(rng: np.random.Generator) -> tuple[Group, ...]:
    side = 1.0 if rng.random() < 0.5 else -1.0
    groups = []
    for size, seat, sofa, table, rug in _SOFAS:
        w = sofa[0]
        front = -sofa[1] - 0.06
        y_table = front - 0.4 - table[1] / 2
        core = (Part(seat, sofa, 0, -sofa[1] / 2 - 0.06), _coffee_table(table, y_table, rng))
        under = under_rug(rug, front + 0.15 - rug[1] / 2)  # the smallest still holds the table
        chair = ("armchair", "lounge-chair")[int(rng.integers(2))]
        x_chair, y_chair, x_end = w / 2 + 0.5, front - 0.62, w / 2 + 0.34
        chairs = [
            Extra(slots(f"chair{s:+.0f}"), (Part(chair, size_of(chair), s * x_chair, y_chair, -s * 75),))
            for s in (side, -side)
        ]
        ends = (
            Extra(slots("left", "lamp"), lamp_table(-side * x_end, -0.45)),
            Extra(slots("right", "lamp"), lamp_table(side * x_end, -0.45)),
            Extra(slots("left", "lamp"), (Part("floor-lamp", size_of("floor-lamp"), -side * x_end, -0.35),)),
            Extra(
                slots("right", "plant"),
                tall_plant(side * (w / 2 + 0.5)),
            ),
            Extra(
                slots("left", "plant"),
                tall_plant(-side * (w / 2 + 0.5)),
            ),
            Extra(slots("right", "lamp"), (Part("floor-lamp", size_of("floor-lamp"), side * x_end, -0.35),)),
        )
        groups.append(Group(size, "both", core, 0, (*under, *(chairs if size != "S" else chairs[:1]), *ends)))
    lounging = (_sectional(),) if rng.random() < 0.5 else ()
    sofas = (_alone(side, "sofa", size, "S") for _, seat, size, *_ in _SOFAS if seat == "sofa")
    loveseats = (_alone(side, "loveseat", size_of("loveseat", rung), "XS") for rung in ("M", "S"))
    small = (*sofas, *loveseats, _reading(side, rng))
    return (*groups[:1], *lounging, *groups[1:], _corner(side, rng), *small)


def _sectional() -> Group:
    """A corner sofa, its table in the nook of the L."""
    w, d, h = _SECTIONAL
    y = -0.06 - _SEAT_DEPTH_M - 0.4 - 0.3
    core = (
        Part("sofa-sectional", (w, d, h), 0, -d / 2 - 0.06),
        Part("coffee-table", (0.95, 0.6, 0.4), -w / 2 + 0.72, y),
    )
    ends = (
        Extra(slots("left", "lamp"), lamp_table(-w / 2 - 0.34, -0.45)),
        Extra(slots("left"), tall_plant(-w / 2 - 0.5)),
        Extra(slots("right", "lamp"), (Part("floor-lamp", size_of("floor-lamp"), w / 2 + 0.3, -0.35),)),
    )
    return Group("L", "both", core, 0, (*under_rug((2.9, 2.0, 0.014), -1.75), *ends), bonus=0.05)


def _corner(side: float, rng: np.random.Generator) -> Group:
    """Two easy chairs turned to each other over a small table: for floors on which no sofa fits."""
    chair = ("armchair", "lounge-chair")[int(rng.integers(2))]
    core = (
        *lamp_table(0, -0.42)[:1],
        *(Part(chair, size_of(chair, "S"), s * 0.8, -0.62, -s * 20) for s in (-1.0, 1.0)),
    )
    plants = tuple(Extra(slots("plant"), tall_plant(s * 1.55)) for s in (side, -side))
    return Group("XS", "both", core, 0, (*under_rug((2.0, 1.4, 0.012), -1.42), *plants))


def _alone(side: float, seat: str, size: Size, rung: Rung) -> Group:
    """A sofa with a lamp and a rug, a table before it only where one fits: for floors that are shallow."""
    w, d, _ = size
    ends = tuple(Extra(slots("lamp", f"end{s:+.0f}"), lamp_table(s * (w / 2 + 0.32), -0.45)) for s in (side, -side))
    plants = tuple(Extra(slots("plant", f"end{s:+.0f}"), tall_plant(s * (w / 2 + 0.45))) for s in (-side, side))
    lain = (max(2.2, w + 0.4), 1.5, 0.012)
    # under the table too, or further under the sofa; between the end tables, ever further
    rug = (*under_rug(lain, -d - 0.65), *under_rug(lain, -d - 0.55), *under_rug((w + 0.1, 1.5, 0.012), -d - 0.4))
    table = Extra(slots("table"), (Part("coffee-table", (0.8, 0.45, 0.36), 0, -d - 0.06 - 0.32 - 0.225),), 0.3)
    return Group(rung, "wall", (Part(seat, size, 0, -d / 2 - 0.06),), 0, (*rug, table, *ends, *plants))


def _reading(side: float, rng: np.random.Generator) -> Group:
    """One easy chair in a corner with a table, a lamp and a plant: where nothing larger stands well."""
    chair = ("armchair", "lounge-chair")[int(rng.integers(2))]
    core = (*lamp_table(-side * 0.72, -0.42), Part(chair, size_of(chair), 0, -0.72, side * 24))
    extras = (
        *under_rug((2.0, 1.4, 0.012), -1.42),
        Extra(slots("plant"), tall_plant(side * 0.85, -0.45)),
        Extra(slots("lamp"), (Part("floor-lamp", size_of("floor-lamp"), side * 0.7, -0.4),)),
    )
    return Group("XS", "wall", core, 2, extras, bonus=-0.1)


def bedroom(rng: np.random.Generator) -> tuple[Group, ...]:
    side = 1.0 if rng.random() < 0.5 else -1.0
    groups = []
    for size, w in _BEDS:
        core = (Part("bed", (w, 2.16, 1.1), 0, -1.09),)
        extras = [*under_rug((w + 1.0, 1.6, 0.014), -1.85)]
        beside = (Part("rug", (w + 0.6, 1.5, 0.014), s * 0.35, -1.85) for s in (side, -side))
        extras += [Extra(slots("rug"), (rug,), 0.25) for rug in beside]  # of a bed in a corner
        extras += [
            Extra(
                slots(f"night{s:+.0f}"),
                (Part("nightstand", size_of("nightstand"), s * (w / 2 + 0.33), -0.26),),
                0.16,
            )
            for s in (side, -side)
        ]
        extras.append(Extra(slots("foot"), (Part("bench", (min(w - 0.3, 1.4), 0.42, 0.46), 0, -2.52),), 0.08))
        extras.extend(Extra(slots("plant"), tall_plant(s * (w / 2 + 1.05))) for s in (side, -side))
        groups.append(Group(size, "wall", core, 0, tuple(extras), close=True))
    return (*groups, *daybeds())


def daybeds() -> tuple[Group, Group]:
    """A guest's bed along the wall, its head at either end with a lamp there: for a bedroom whose floor is too shallow
    for a bed's length.

    A bed with a headboard laid along the wall has its head in the middle of the floor.
    """
    w, d, h = size_of("daybed", "S", default=(1.9, 0.9, 0.84))
    rugs = under_rug((2.0, 1.4, 0.012), -d - 0.3)

    def headed(side: float, yaw: float) -> Group:
        core = (Part("daybed", (w, d, h), 0, -d / 2 - 0.06, yaw),)
        lamp = Extra(slots("lamp"), lamp_table(side * (w / 2 + 0.32), -0.4))
        return Group("XS", "wall", core, 0, (*rugs, lamp), bonus=-0.1)

    return headed(-1.0, 0.0), headed(1.0, 180.0)


def _desk_set(w: float, y: float, yaw: float, turn: float) -> tuple[Part, ...]:
    """A desk and its chair; the sitter looks at the desk's back edge. A chair turned from it is also drawn aside, so
    that its back does not cover the screen."""
    seat, aside = (-1.0 if yaw == 0 else 1.0), _CHAIR_ASIDE * w * float(np.sign(turn))
    return (
        Part("desk", (w, 0.7, 0.75), 0, y, yaw),
        Part("office-chair", size_of("office-chair"), aside, y + seat * 0.68, 180.0 + yaw + turn),
    )


def office(rng: np.random.Generator) -> tuple[Group, ...]:
    side = 1.0 if rng.random() < 0.5 else -1.0
    groups = []
    for size, w in _DESKS:
        to_room = _desk_set(w, -1.35, 180.0, 0.0)
        to_wall = _desk_set(w, -0.38, 0.0, side * float(rng.uniform(40, 60)))
        for core, beside in ((to_room, -0.25), (to_wall, -0.25)):
            end = w / 2 + 0.6
            shelf = tuple(
                Extra(slots("shelf", f"end{s:+.0f}"), (Part("bookshelf", size_of("bookshelf"), s * end, -0.2),))
                for s in (-side, side)
            )
            lamp = Extra(
                slots(f"end{side:+.0f}"),
                (Part("floor-lamp", size_of("floor-lamp"), side * (w / 2 + 0.35), beside - 0.1),),
            )
            plant = Extra(
                slots(f"end{-side:+.0f}"),
                tall_plant(-side * (w / 2 + 0.6), -0.4),
            )
            rug = under_rug((w + 0.7, 1.7, 0.014), -0.45 - 0.85)  # before what stands at the wall
            groups.append(Group(size, "wall", core, 0, (*rug, *shelf, lamp, plant)))
    return tuple(groups)

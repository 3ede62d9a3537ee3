"""Living groups gathered before a hearth or a wide window: what the room looks at stays in sight between the seats.

In a group's frame the focal point is the middle of the line y = 0, and the seats look at each other across it.
"""

from __future__ import annotations

import numpy as np

from atelier.plan.parts import Extra, Group, Part, Rung, Size, lamp_table, size_of, slots, tall_plant, under_rug

_SOFA: Size = (2.1, 0.93, 0.83)
_LOVESEAT: Size = (1.55, 0.9, 0.82)
_GAP_M = 0.42
"""between a seat's front and the table."""
_OUT_M = 1.25
"""from the focal wall to the nearer ends of the seats."""
_SHAPE = 0.15


def focal_living(rng: np.random.Generator) -> tuple[Group, ...]:
    """Two sofas face to face, or a sofa across from two chairs, on a rug before the focal point."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    chair = ("armchair", "lounge-chair")[int(rng.integers(2))]
    return (
        *(_pair(s) for s in (side, -side)),
        *(_sofa_and_chairs(_SOFA, "sofa", chair, s) for s in (side, -side)),
        *(_sofa_and_chairs(_LOVESEAT, "loveseat", chair, s) for s in (side, -side)),
        _flanking(chair, side),
    )


def _flanking(chair: str, side: float) -> Group:
    """Two easy chairs before the focal point, turned to each other and a little to the room: for little floor."""
    core = tuple(Part(chair, size_of(chair, "S"), s * 0.92, -1.45, -s * 50) for s in (side, -side))
    table = Part("side-table", size_of("side-table", "S"), side * 0.3, -1.62)
    rug = under_rug((2.0, 1.4, 0.012), -1.75)
    return Group("XS", "focal", core, 0, (*rug, Extra(slots("table"), (table,), 0.1)), bonus=_SHAPE)


def _pair(side: float) -> Group:
    table = (0.65, 1.1, 0.4)
    y = -_OUT_M - _SOFA[0] / 2
    x = table[0] / 2 + _GAP_M + _SOFA[1] / 2
    core = (
        Part("sofa", _SOFA, side * x, y, -side * 90),
        Part("sofa", _SOFA, -side * x, y, side * 90),
        Part("coffee-table", (table[1], table[0], table[2]), 0, y, 90.0),
    )
    return Group(
        "L", "focal", core, 0, (*under_rug((2.3, 2.9, 0.014), y), *_ends(side, x, y + _SOFA[0] / 2)), bonus=0.1
    )


def _sofa_and_chairs(sofa: Size, seat: str, chair: str, side: float) -> Group:
    """The sofa on one side, two easy chairs across the table, turned a little towards the focal point."""
    easy = size_of(chair)
    y = -_OUT_M - sofa[0] / 2
    x, x_chair = 0.3 + _GAP_M + sofa[1] / 2, 0.3 + _GAP_M + easy[1] / 2 + 0.05
    core = (
        Part(seat, sofa, side * x, y, -side * 90),
        Part("coffee-table", (1.05, 0.6, 0.4), 0, y, 90.0),
        *(Part(chair, easy, -side * x_chair, y + t * 0.52, side * (90 + t * 8)) for t in (1.0, -1.0)),
    )
    rung: Rung = "M" if seat == "sofa" else "S"
    rug = under_rug((2.0, 2.5, 0.014) if seat == "sofa" else (1.8, 2.1, 0.012), y)
    return Group(rung, "focal", core, 0, (*rug, *_ends(side, x, y + sofa[0] / 2)), bonus=_SHAPE)


def _ends(side: float, x: float, y: float) -> tuple[Extra, ...]:
    """A lamp or a plant beyond the sofa's far end."""
    return (
        Extra(slots("far"), lamp_table(side * x, y + 0.34)),
        Extra(slots("other"), tall_plant(-side * (x + 0.3), y + 0.45)),
    )

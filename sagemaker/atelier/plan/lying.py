"""What a rug owes the pieces round it: a low table stands wholly on it or off it, a cabinet off it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import cos, radians, sin

from atelier.plan.parts import FLAT, Group, Part

_TABLES = {"coffee-table", "coffee-table-round", "side-table", "floor-lamp"}
_CABINETS = {"bookshelf", "dresser", "wardrobe", "console", "sideboard", "nightstand", "changing-table"}
_MARGIN_M = 0.02
"""by which a foot may come to a rug's edge, or reach over it unseen."""


def lies_well(rug: Part, parts: Iterable[Part]) -> bool:
    """Whether no small table or lamp of a group stands half on the rug, and no cabinet on its edge."""
    return not any(_half_on(rug, part) for part in parts if part.piece in _TABLES | _CABINETS and part.on is None)


def with_good_rugs(group: Group) -> Group:
    """The group without the rugs on which its own core would stand by halves."""
    kept = tuple(e for e in group.extras if all(p.piece not in FLAT or lies_well(p, group.core) for p in e.parts))
    return replace(group, extras=kept)


def clash(a: Iterable[Part], b: Iterable[Part]) -> bool:
    """Whether the rugs among the parts of one extra, or of the other, lie badly under the rest."""
    a, b = tuple(a), tuple(b)
    rugs = [(p, b) for p in a if p.piece in FLAT] + [(p, a) for p in b if p.piece in FLAT]
    return not all(lies_well(rug, others) for rug, others in rugs)


def _half_on(rug: Part, part: Part) -> bool:
    wide, deep = _reach(part)
    rug_wide, rug_deep = _reach(rug)
    across, along = abs(part.x - rug.x), abs(part.y - rug.y)
    apart = across - wide > rug_wide - _MARGIN_M or along - deep > rug_deep - _MARGIN_M
    inside = across + wide < rug_wide + _MARGIN_M and along + deep < rug_deep + _MARGIN_M
    return not (apart or (inside and part.piece in _TABLES))


def _reach(part: Part) -> tuple[float, float]:
    """Half the width and depth that a part's base takes along its group's axes."""
    c, s = abs(cos(radians(part.yaw_deg))), abs(sin(radians(part.yaw_deg)))
    w, d = part.size_m[0] / 2, part.size_m[1] / 2
    return c * w + s * d, s * w + c * d

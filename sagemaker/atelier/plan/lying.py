"""What a rug owes the pieces round it: a low table stands wholly on it or off it, a cabinet off it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from atelier.model import F64
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
    off = _corners(part) - (rug.x, rug.y)
    half = np.array(rug.size_m[:2])[:: -1 if abs(rug.yaw_deg) == 90.0 else 1] / 2
    apart = (off.min(0) > half - _MARGIN_M).any() or (off.max(0) < _MARGIN_M - half).any()
    inside = part.piece in _TABLES and (np.abs(off) < half + _MARGIN_M).all()
    return not (apart or inside)


def _corners(part: Part) -> F64:
    """(4, 2) corners of a part's base in its group's frame."""
    a, half = np.radians(part.yaw_deg), np.array(part.size_m[:2]) / 2
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    corners: F64 = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half @ turn + (part.x, part.y)
    return corners

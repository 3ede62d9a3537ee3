"""What a layout is worth as a picture: how it fills the frame, what it hides, what looms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from atelier.model import F64, Bool, Placement, Room
from atelier.plan.outlines import boxes, outlines
from atelier.plan.parts import FLAT, HUNG
from atelier.plan.poses import cut_below
from atelier.plan.silhouettes import COVERAGE_SPREAD, IDEAL_COVERAGE, LEAST_COVERAGE, Silhouettes

LEAST_SPREAD, _OFF_BALANCE = 0.55, 0.08
"""share of the frame's width that furniture should reach over; how far its middle may be from the frame's."""
_LARGE, _LARGE_MAIN, _LARGE_BED = 0.09, 0.2, 0.28
"""share of the frame that one piece may take before it looms; sofas may take more, and a bed's box is mostly air."""
_EDGE, _AT_EDGE, _AT_EDGE_MAIN, _EDGE_COST = 0.06, 0.03, 0.11, 8.0
"""share of the frame's width that is its edge, and the share of the frame from which a piece (a bed or a sofa) there
looms."""
_RUG_CUT = 1.2
"""cost of a rug wholly below the picture: one that runs out of it by a little looks tight."""
_EMPTY, _EMPTY_COST = 0.35, 1.4
"""share of the frame's width that may lie between, or beside, the furniture without looking forgotten."""


def picture_terms(silhouettes: Silhouettes, placements: Sequence[Placement]) -> dict[str, float]:
    """Terms that need the layout drawn: share of the frame covered, features hidden, how it fills the frame."""
    solids = [p for p in placements if p.piece not in FLAT]
    rugs = boxes([p for p in placements if p.piece in FLAT])[:, :4]
    standing = boxes(solids)
    drawn = silhouettes.of(outlines(solids))
    floored = [p for p in solids if p.piece not in HUNG]  # pictures crowd no room
    on_floor = drawn if len(floored) == len(solids) else silhouettes.of(outlines(floored))
    coverage = float(on_floor.mean()) / silhouettes.fullness
    columns: Bool = np.asarray(drawn.any(0), bool)
    middle = float((drawn.sum(0) * np.linspace(0, 1, drawn.shape[1])).sum() / max(float(drawn.sum()), 1.0))
    return {
        "coverage": -0.5 * ((coverage - IDEAL_COVERAGE) / COVERAGE_SPREAD) ** 2
        - max(0.0, 1.0 - coverage / LEAST_COVERAGE),
        "hidden": -silhouettes.hidden(drawn),
        "spread": -0.8 * max(0.0, LEAST_SPREAD * silhouettes.fullness - float(columns.mean())),
        "balance": -1.5 * max(0.0, abs(middle - 0.5) - _OFF_BALANCE),
        "looming": -float(looming(silhouettes.room, solids, standing).sum()),
        "edge": -float(at_the_edge(silhouettes.room, solids, standing).sum()),
        "rug cut": -_RUG_CUT * float(cut_below(rugs, silhouettes.room.camera).sum()),
        "empty": -_EMPTY_COST * max(0.0, longest_run(~columns) - _EMPTY),
    }


def longest_run(flags: Bool) -> float:
    """The longest run of True as a share of the whole."""
    ends = np.flatnonzero(np.diff(np.r_[False, flags, False].astype(np.int8)))
    return float((ends[1::2] - ends[::2]).max(initial=0)) / len(flags)


def at_the_edge(room: Room, solids: Sequence[Placement], standing: F64) -> F64:
    """(N,) cost of each piece that is large at the frame's left or right edge: it looms where one looks in."""
    if not solids:
        return np.zeros(0)
    spans, left, right = _shares(room, standing)
    allowed = np.array([_AT_EDGE_MAIN if p.piece in MAY_BE_LARGE else _AT_EDGE for p in solids])
    there = (left < _EDGE) | (right > 1.0 - _EDGE)
    cost: F64 = _EDGE_COST * there * np.maximum(0.0, spans - allowed)
    return cost


def _shares(room: Room, standing: F64) -> tuple[F64, F64, F64]:
    """Share of the frame that each box covers, about, and where it begins and ends across it."""
    uv, _ = room.camera.project(standing)
    inside: F64 = np.clip(uv / (room.camera.width, room.camera.height), 0.0, 1.0)
    low, high = inside.min(1), inside.max(1)
    return (high - low).prod(-1) * 0.8, low[:, 0], high[:, 0]


def looming(room: Room, solids: Sequence[Placement], standing: F64) -> F64:
    """(N,) by how much each piece takes more of the frame than its part in the picture: 1 at a fifth too much."""
    if not solids:
        return np.zeros(0)
    main = (_LARGE_BED if p.piece == "bed" else _LARGE_MAIN if p.piece in MAY_BE_LARGE else _LARGE for p in solids)
    allowed = np.array(list(main))
    over: F64 = np.maximum(0.0, _shares(room, standing)[0] - allowed) * 5.0
    return over


MAY_BE_LARGE = frozenset(
    {"bed", "bunk-bed", "daybed", "sofa", "sofa-sectional", "loveseat", "outdoor-sofa", "dining-table"}
)

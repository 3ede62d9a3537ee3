"""Small things on bare tops: what lives there, how much of it, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from atelier.furnish.catalogue import CATALOGUE, SizeClass
from atelier.furnish.pieces.curtains import rod_over
from atelier.model import Placement

Thing = tuple[str, SizeClass, float, float, float]
"""(piece, size, x and y as fractions of the half size of what it stands on, turn in degrees)."""

_LAMP_LEFT: Thing = ("table-lamp", "M", -0.70, 0.1, 0)
_LAMP_RIGHT: Thing = ("table-lamp", "M", 0.70, 0.0, 0)
_LAID: tuple[Thing, ...] = (
    ("vase", "S", 0.0, 0.0, 0),
    ("place-setting", "S", -0.50, -0.55, 0), ("place-setting", "S", 0.50, -0.55, 0),
    ("place-setting", "S", -0.50, 0.55, 180), ("place-setting", "S", 0.50, 0.55, 180),
)  # fmt: skip

DRESSING: dict[str, tuple[tuple[Thing, ...], ...]] = {
    "coffee-table": (
        (("books", "M", -0.42, 0.15, 12), ("vase", "S", 0.45, 0.0, 0), ("bowl", "S", 0.02, -0.25, 0)),
        (("tray", "M", -0.30, 0.0, 4), ("books", "S", 0.52, 0.1, -14)),
        (("books", "L", 0.40, 0.0, -8), ("vase", "S", -0.45, 0.1, 0)),
        (("bowl", "S", -0.36, 0.1, 0), ("books", "M", 0.38, -0.1, 6)),
        (("plant-small", "S", 0.40, 0.2, 0), ("tray", "S", -0.30, 0.0, -6)),
    ),
    "coffee-table-round": (
        (("tray", "S", -0.25, 0.1, 14), ("vase", "S", 0.42, 0.25, 0)),
        (("books", "M", -0.2, -0.2, 24), ("bowl", "S", 0.40, 0.30, 0)),
        (("candles", "S", 0.30, 0.20, 0), ("books", "S", -0.28, -0.15, -18)),
    ),
    "side-table": (
        (("books", "S", 0.0, 0.0, 16),),
        (("bowl", "S", 0.0, 0.0, 0),),
        (("plant-small", "S", 0.0, 0.0, 0),),
    ),
    "nightstand": (
        (("table-lamp", "M", 0.0, 0.15, 0),),
        (("table-lamp", "S", -0.40, 0.15, 0), ("books", "S", 0.62, -0.25, 8)),
    ),
    "console": (
        (_LAMP_LEFT, ("vase", "M", 0.66, 0.0, 0), ("books", "M", 0.05, 0.0, 6)),
        (_LAMP_RIGHT, ("vase", "M", -0.62, 0.0, 0), ("sculpture", "M", 0.0, 0.0, 10)),
        (("vase", "L", -0.60, 0.0, 0), ("candles", "M", 0.55, 0.0, 0), ("books", "M", 0.05, 0.0, -5)),
    ),
    "sideboard": (
        (_LAMP_LEFT, ("vase", "M", 0.74, 0.0, 0), ("bowl", "M", -0.05, -0.1, 0), ("books", "M", 0.40, 0.0, -5)),
        (_LAMP_RIGHT, ("vase", "L", -0.66, 0.0, 0), ("tray", "M", 0.05, 0.0, 3)),
        (("vase", "L", 0.62, 0.0, 0), ("candles", "M", -0.62, 0.0, 0), ("fruit-bowl", "M", 0.0, -0.05, 0)),
    ),
    "dresser": (
        (_LAMP_LEFT, ("plant-small", "M", 0.66, 0.0, 0), ("tray", "S", 0.05, -0.1, 5)),
        (("vase", "M", 0.62, 0.0, 0), ("books", "M", -0.55, 0.0, -6), ("bowl", "S", 0.05, -0.1, 0)),
    ),
    "bench": ((("throw", "M", 0.55, 0.0, 0),), (("books", "M", -0.5, 0.0, 8),)),
    "ottoman": ((("tray", "S", 0.0, 0.0, 6),), (("throw", "S", 0.1, 0.0, -7),)),
    "dining-table": (
        (("vase", "M", 0.0, 0.0, 0),),
        (("bowl", "L", 0.0, 0.0, 0),),
        (("vase", "M", -0.14, 0.0, 0), ("candles", "M", 0.22, 0.05, 0)),
        (("fruit-bowl", "L", 0.0, 0.0, 0),),
        _LAID,
    ),
    "dining-table-round": (
        (("vase", "M", 0.0, 0.0, 0),),
        (("bowl", "L", 0.0, 0.0, 0),),
        (("fruit-bowl", "M", 0.0, 0.0, 0),),
    ),
    "desk": (
        (
            ("laptop", "M", 0.0, -0.05, 0),
            ("desk-lamp", "M", 0.68, 0.35, 0),
            ("books", "M", -0.66, 0.2, 8),
            ("plant-small", "S", -0.72, -0.45, 0),
        ),
        (
            ("monitor", "S", 0.0, 0.35, 0),
            ("desk-lamp", "M", 0.68, 0.30, 0),
            ("books", "M", -0.68, 0.2, -6),
        ),
    ),
}
"""What lives on a bare top: per piece, some alternatives to choose from, in each the chief things first."""

FEW = 2
"""things that a bare style leaves on a top."""
TWINS = {"nightstand", "table-lamp", "wall-lamp", "armchair", "lounge-chair", "curtain", "bar-stool"}
"""what a home buys in pairs."""
WIDEST_WINDOW_M = 4.0
SEATS_TWO_M = 1.5
"""a table this wide seats two at each long side."""


def dressed(placements: Sequence[Placement], seed: int, clutter: int = 1) -> tuple[Placement, ...]:
    """The placements plus small things on every top nobody stands on; what was given keeps its index.

    clutter: 0 leaves the chief things only.
    """
    out = _twinned(placements)
    out += _rods(out)
    taken = {p.on for p in placements if p.on is not None}
    for index, base in enumerate(tuple(out)):
        if index in taken or base.piece not in DRESSING:
            continue
        choices = [c for c in DRESSING[base.piece] if c is not _LAID or base.size_m[0] >= SEATS_TWO_M]
        rng = np.random.default_rng([seed, base.variant, len(base.piece)])
        chosen = choices[int(rng.integers(len(choices)))]
        kept = chosen if clutter or chosen is _LAID else chosen[:FEW]
        for k, (piece, size, fx, fy, turn) in enumerate(kept):
            out.append(_standing_on(base, index, piece, CATALOGUE[piece].size(size), (fx, fy), turn, base.variant + k))
    return tuple(out)


def _rods(placements: Sequence[Placement]) -> list[Placement]:
    """One rod over each window whose two sides have curtains of one size; a window's two follow each other."""
    panels = [p for p in placements if p.piece == "curtain"]
    rods = []
    for a, b in zip(panels[::2], panels[1::2], strict=False):
        turn = np.deg2rad(a.yaw_deg)
        apart, off = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) @ (b.x - a.x, b.y - a.y)
        if a.size_m != b.size_m or a.yaw_deg != b.yaw_deg or abs(off) > 0.05 or abs(apart) > WIDEST_WINDOW_M:
            continue
        size, up = rod_over(a.size_m, abs(float(apart)) + a.size_m[0])
        rods.append(replace(a, piece="curtain-rod", size_m=size, x=(a.x + b.x) / 2, y=(a.y + b.y) / 2, z=a.z + up))
    return rods


def _twinned(placements: Sequence[Placement]) -> list[Placement]:
    """What stands in pairs is made, and dressed, as its first one is."""
    first: dict[str, int] = {}
    for p in placements:
        first.setdefault(p.piece, p.variant)
    return [replace(p, variant=first[p.piece]) if p.piece in TWINS else p for p in placements]


def _standing_on(
    base: Placement, index: int, piece: str, size: tuple[float, float, float], where: tuple[float, float], turn: float,
    variant: int,
) -> Placement:  # fmt: skip
    """`where` is −1…1 across the base; the thing is kept a centimetre inside the edge."""
    limit = [max(0.0, (b - s) / 2 - 0.01) for b, s in zip(base.size_m[:2], size[:2], strict=True)]
    local = [float(np.clip(f * b / 2, -m, m)) for f, b, m in zip(where, base.size_m[:2], limit, strict=True)]
    a = np.deg2rad(base.yaw_deg)
    x = base.x + local[0] * float(np.cos(a)) - local[1] * float(np.sin(a))
    y = base.y + local[0] * float(np.sin(a)) + local[1] * float(np.cos(a))
    return Placement(piece, size, x, y, 0.0, base.yaw_deg + turn, variant, on=index)

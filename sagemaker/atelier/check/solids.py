"""Pieces as blocks, close enough to their shape to tell a chair under a table from a chair in a table."""

from __future__ import annotations

import cv2
import numpy as np

from atelier.model import F32, F64, Placement
from atelier.plan.outlines import boxes
from atelier.plan.poses import world

Block = tuple[float, float, float, float, float, float]
"""x, y and z from and to, in shares of the piece's size; x and y from −½ to ½, z from 0 to 1."""

_SEAT, _BACK, _TOP = 0.58, 0.28, 0.86
_WHOLE: tuple[Block, ...] = ((-0.5, 0.5, -0.5, 0.5, 0.0, 1.0),)
_CHAIR: tuple[Block, ...] = ((-0.5, 0.5, -0.5, 0.5, 0.0, _SEAT), (-0.5, 0.5, _BACK, 0.5, _SEAT, 1.0))
_TABLE: tuple[Block, ...] = ((-0.5, 0.5, -0.5, 0.5, _TOP, 1.0),)
_BLOCKS: dict[str, tuple[Block, ...]] = {
    "dining-chair": _CHAIR,
    "office-chair": _CHAIR,
    "outdoor-chair": _CHAIR,
    "bar-stool": _CHAIR,
    "dining-table": _TABLE,
    "dining-table-round": _TABLE,
    "bistro-table": _TABLE,
    "desk": _TABLE,
    "bed": ((-0.5, 0.5, -0.5, 0.5, 0.0, 0.6), (-0.5, 0.5, 0.42, 0.5, 0.6, 1.0)),
    # the straight part along the back, the chaise at the right end (furnish/pieces/seating.py)
    "sofa-sectional": ((-0.5, 0.5, -0.1, 0.5, 0.0, 1.0), (0.12, 0.5, -0.5, -0.1, 0.0, 1.0)),
    "arc-lamp": ((-0.5, -0.1, -0.5, 0.5, 0.0, 0.3), (-0.5, 0.5, -0.3, 0.3, 0.7, 1.0)),
}


def shared_volume(a: Placement, b: Placement) -> float:
    """Cubic metres that two pieces share."""
    (low_a, high_a), (low_b, high_b) = (_bounds(p) for p in (a, b))
    if (low_a >= high_b).any() or (low_b >= high_a).any():
        return 0.0
    return sum(_shared(x, y) for x in _blocks(a) for y in _blocks(b))


def ground_quads(p: Placement) -> list[F64]:
    """Ground quadrilaterals (4, 2) a piece covers, metres: two of a corner sofa, its whole footprint of most."""
    low = [quad.astype(np.float64) for quad, start, _ in _blocks(p) if start <= p.z]
    return low or [boxes([p])[0, :4, :2]]


def _bounds(p: Placement) -> tuple[np.ndarray, np.ndarray]:
    corners = boxes([p])[0]
    return corners.min(0), corners.max(0)


def _blocks(p: Placement) -> list[tuple[F32, float, float]]:
    """(base (4, 2) in the world, from, to) of every block, metres."""
    width, depth, height = p.size_m
    out = []
    for x0, x1, y0, y1, z0, z1 in _BLOCKS.get(p.piece, _WHOLE):
        base = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)]) * (width, depth)
        quad = world(base, np.array(p.x), np.array(p.y), np.array(p.yaw_deg))[0]
        out.append((quad.astype(np.float32), p.z + z0 * height, p.z + z1 * height))
    return out


def _shared(a: tuple[F32, float, float], b: tuple[F32, float, float]) -> float:
    tall = min(a[2], b[2]) - max(a[1], b[1])
    return tall * float(cv2.intersectConvexConvex(a[0], b[0])[0]) if tall > 0 else 0.0

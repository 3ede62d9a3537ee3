"""The last centimetres of contact shadow: where feet meet the floor.

A thin leg hides little of the room, so traced light alone leaves it standing on air. What is dark there in a photo
is the pressed pile, the chamfer and the gap under the foot, all finer than any piece is modelled. It is put back as
a map on the floor that falls off with the distance to whatever crosses a plane just above it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from atelier.model import F32, F64, I32, Bool
from atelier.render.kernels.structs import CONTACT

_SLICE_M = 0.03
"""Height of the plane: above any rug, below any seat."""
_DEPTH = 0.75
"""Share of light lost right at the foot."""
_FALLOFF_M, _REACH_M = 0.03, 0.14
_MARGIN_M = 0.15


@dataclass(frozen=True)
class Footing:
    """left: (CONTACT, CONTACT) share of light left, rows along y. Cell (0, 0) begins at `corner`, metres."""

    left: F32
    corner: tuple[float, float]
    cell_m: float


def find_footing(vertices: F32, faces: I32) -> Footing:
    """Contact map of a triangle mesh in world coordinates; all 1 when nothing reaches down to the floor."""
    segments = _slice(vertices, faces)
    if not len(segments):
        return Footing(np.ones((CONTACT, CONTACT), np.float32), (0.0, 0.0), 1.0)
    low, high = segments.min((0, 1)) - _MARGIN_M, segments.max((0, 1)) + _MARGIN_M
    cell = float((high - low).max()) / CONTACT
    outside = ~_feet(segments, low, cell)
    distance = cv2.distanceTransform(outside.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) * cell
    end = np.exp(-_REACH_M / _FALLOFF_M)
    near = np.maximum(np.exp(-distance / _FALLOFF_M) - end, 0.0) / (1.0 - end)
    return Footing((1.0 - _DEPTH * near).astype(np.float32), (float(low[0]), float(low[1])), cell)


def _slice(vertices: F32, faces: I32) -> F64:
    """(S, 2, 2) ground segments in which the triangles cut the plane."""
    corner = vertices[faces].astype(np.float64)
    above = corner[..., 2] > _SLICE_M
    cut = above.any(1) & ~above.all(1)
    corner, above = corner[cut], above[cut]
    # The corner alone on its side of the plane comes first; its two edges cross it.
    odd = np.where((above.sum(1) == 1)[:, None], above, ~above).argmax(1)
    a, b, c = (corner[np.arange(len(corner)), (odd + k) % 3] for k in range(3))
    ends = [a + (p - a) * ((_SLICE_M - a[:, 2:]) / (p[:, 2:] - a[:, 2:])) for p in (b, c)]
    return np.stack(ends, 1)[..., :2]


def _feet(segments: F64, low: F64, cell: float) -> Bool:
    """Outlines drawn and filled; only the outermost counts, as nothing is seen inside a foot."""
    drawn = np.zeros((CONTACT, CONTACT), np.uint8)
    cv2.polylines(drawn, list(np.round((segments - low) / cell - 0.5).astype(np.int32)), False, 1)
    outlines, _ = cv2.findContours(drawn, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(drawn, outlines, -1, 1, cv2.FILLED)
    return drawn > 0

"""Placed pieces as boxes in the room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from atelier.model import F64, Placement
from atelier.plan.poses import box

_MATTRESS, _HEAD_M = 0.6, 0.14
"""height of a made bed as a share of its headboard's, and how deep that is."""


def boxes(placements: Sequence[Placement]) -> F64:
    """(N, 8, 3) world corners of placed pieces, base first."""
    if not placements:
        return np.zeros((0, 8, 3))
    a = np.radians([p.yaw_deg for p in placements])
    half = np.array([p.size_m for p in placements]) / (2, 2, 1)
    at = np.array([(p.x, p.y, p.z) for p in placements])
    local = box((2.0, 2.0, 1.0))[None] * half[:, None]
    c, s = np.cos(a)[:, None], np.sin(a)[:, None]
    turned = [c * local[..., 0] - s * local[..., 1], s * local[..., 0] + c * local[..., 1], local[..., 2]]
    out: F64 = np.stack(turned, -1) + at[:, None]
    return out


def outlines(placements: Sequence[Placement]) -> F64:
    """(M, 8, 3) boxes that show what pieces cover of the picture: a bed is low but for its head."""
    low = [replace(p, size_m=(*p.size_m[:2], _MATTRESS * p.size_m[2])) for p in placements if p.piece == "bed"]
    heads = [_head(p) for p in placements if p.piece == "bed"]
    return boxes([*(p for p in placements if p.piece != "bed"), *low, *heads])


def _head(bed: Placement) -> Placement:
    """The headboard alone, at the bed's back."""
    width, depth, height = bed.size_m
    a, back = np.radians(bed.yaw_deg), (depth - _HEAD_M) / 2
    x, y = bed.x - float(np.sin(a)) * back, bed.y + float(np.cos(a)) * back
    return replace(bed, size_m=(width, _HEAD_M, height), x=x, y=y)


def corners(p: Placement) -> F64:
    """(8, 3) world corners of one placed piece, base first."""
    out: F64 = boxes([p])[0]
    return out

"""Draw a layout: boxes and footprints over the photo, and the plan seen from above."""

from __future__ import annotations

import cv2
import numpy as np

from atelier.model import F64, U8, Layout, Photo, Placement, Room
from atelier.plan.outlines import boxes
from atelier.plan.parts import FLAT, HUNG

_EDGES = [(i, (i + 1) % 4) for i in range(4)]
_BOX = _EDGES + [(a + 4, b + 4) for a, b in _EDGES] + [(i, i + 4) for i in range(4)]
_RUG, _SOLID, _WALL = (200, 190, 120), (60, 220, 240), (250, 120, 220)
_OPENING = {
    "door": (255, 60, 60),
    "window": (60, 190, 255),
    "fireplace": (255, 180, 0),
    "passage": (255, 120, 220),
    "built_in": (170, 110, 60),
}
_PIXELS_PER_M = 90


def draw_layout(photo: Photo, room: Room, layout: Layout) -> U8:
    """(h, w, 3) sRGB: every piece's box over the dimmed photo."""
    out = (photo.small.astype(np.float32) * 0.75).astype(np.uint8)
    for placement, solid in zip(layout.placements, boxes(layout.placements), strict=True):
        for a, b in _EDGES if placement.piece in FLAT else _BOX:
            _edge(out, room, solid[[a, b]], _colour(placement))
    return out


def draw_plan(room: Room, layout: Layout) -> U8:
    """(h, w, 3) sRGB: floor, walls, openings and pieces from above; the camera is the white dot."""
    solids = boxes(layout.placements)
    points = np.concatenate([np.clip(room.polygon, -9, 12), solids[..., :2].reshape(-1, 2), np.zeros((1, 2))])
    lo, hi = points.min(0) - 0.4, points.max(0) + 0.4
    width, height = np.ceil((hi - lo) * _PIXELS_PER_M).astype(int)
    out = np.full((int(height), int(width), 3), 30, np.uint8)

    def spot(p: F64) -> tuple[int, int]:
        u, v = (np.clip(p, -9, 12) - lo) * _PIXELS_PER_M
        return int(u), int(height - v)

    cv2.fillPoly(out, [np.array([spot(p) for p in room.polygon])], (90, 80, 75))
    for piece in room.pieces:
        colour = (90, 220, 90) if piece.kind == "wall" else (120, 120, 120)
        cv2.line(out, spot(piece.ground[0]), spot(piece.ground[1]), colour, 3)
    for opening in room.openings:
        cv2.line(out, spot(opening.ground[0]), spot(opening.ground[1]), _OPENING[opening.kind], 6)
    for placement, solid in zip(layout.placements, solids, strict=True):
        cv2.polylines(out, [np.array([spot(p[:2]) for p in solid[:4]])], True, _colour(placement), 2)
        a = np.radians(placement.yaw_deg)
        at = np.array([placement.x, placement.y])
        front = at + np.array([np.sin(a), -np.cos(a)]) * placement.size_m[1] / 2
        cv2.line(out, spot(at), spot(front), _colour(placement), 1)
        cv2.putText(out, placement.piece, spot(at), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 255), 1, cv2.LINE_AA)
    cv2.circle(out, spot(np.zeros(2)), 6, (255, 255, 255), -1)
    return out


def _colour(placement: Placement) -> tuple[int, int, int]:
    if placement.piece in FLAT:
        return _RUG
    return _WALL if placement.piece in HUNG else _SOLID


def _edge(out: U8, room: Room, ends: F64, colour: tuple[int, int, int]) -> None:
    t = np.linspace(0, 1, 24)[:, None]
    uv, depth = room.camera.project(ends[0] * (1 - t) + ends[1] * t)
    for i in range(len(uv) - 1):
        if min(depth[i], depth[i + 1]) > 0.05 and np.abs(uv[i : i + 2]).max() < 2e4:
            a, b = (tuple(int(v) for v in p) for p in uv[i : i + 2])
            cv2.line(out, a, b, colour, 2, cv2.LINE_AA)

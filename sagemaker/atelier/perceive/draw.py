"""Draw what was understood of a room over its photo."""

from __future__ import annotations

import cv2
import numpy as np

from atelier.model import F64, U8, Bool, Photo, Room
from atelier.perceive.camera import axis_angles
from atelier.perceive.lines import lsd_segments

_AXES = ((235, 70, 60), (60, 190, 80), (60, 110, 240))
_PIECES = {"wall": (60, 220, 60), "free": (255, 140, 0), "border": (200, 200, 200)}
_OPENINGS = {
    "door": (255, 40, 40),
    "window": (0, 220, 255),
    "fireplace": (255, 230, 0),
    "passage": (255, 120, 220),
    "built_in": (170, 110, 60),
}
_GRID, _HORIZON, _FLOOR, _WINDOW = (255, 0, 255), (255, 255, 0), (255, 60, 200), (0, 200, 255)
_STANDING, _KEPT = (255, 120, 0), (90, 60, 255)
_WALL_M = 2.4
_PLAN = 200

Colour = tuple[int, int, int]
Pen = tuple[Colour, int]
Spot = tuple[float, float, float]


def draw_room(photo: Photo, room: Room) -> U8:
    """(h, w, 3) sRGB: floor tint, lines by axis, metre grid, outline pieces, openings, horizon, plan inset."""
    out = _tinted(photo.small, room.floor_mask, _FLOOR, 0.3)
    out = _tinted(out, room.window_mask, _WINDOW, 0.35)
    for thing in room.standing:
        out = _tinted(out, thing.mask, _STANDING, 0.45)
    if room.keep_clear is not None:
        out = _tinted(out, room.keep_clear, _KEPT, 0.35)
    _draw_lines(out, photo, room)
    _draw_grid(out, room)
    _edge(out, room, (-500.0, 500.0, room.camera.height_m), (500.0, 500.0, room.camera.height_m), (_HORIZON, 2))
    for piece in room.pieces:
        a, b = (tuple(int(v) for v in p) for p in piece.pixels)
        cv2.line(out, a, b, _PIECES[piece.kind], 5)
        if piece.kind == "wall" and np.linalg.norm(piece.pixels[1] - piece.pixels[0]) > 0.06 * room.camera.width:
            _draw_upright(out, room, piece.ground, (0.0, room.ceiling_m or _WALL_M), ((120, 255, 255), 1))
    for opening in room.openings:
        _draw_upright(out, room, opening.ground, (opening.bottom_m, opening.top_m), (_OPENINGS[opening.kind], 2))
    for thing in room.standing:
        x, y = room.camera.project(np.array([*thing.footprint.mean(0), thing.height_m]))[0].astype(int).tolist()
        cv2.putText(out, f"{thing.kind} {thing.height_m:.1f} m", (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.45, _STANDING, 1)
    _draw_plan(out, room)
    return out


def _tinted(rgb: U8, mask: Bool, colour: Colour, strength: float) -> U8:
    out = rgb.astype(np.float32)
    out[mask] = out[mask] * (1 - strength) + np.array(colour, np.float32) * strength
    return out.astype(np.uint8)


def _draw_lines(out: U8, photo: Photo, room: Room) -> None:
    segments = lsd_segments(photo.small)
    angles = axis_angles(room.camera, segments)
    for segment, angle in zip(segments.astype(int).tolist(), angles, strict=True):
        colour = _AXES[int(angle.argmin())] if angle.min() < np.deg2rad(2) else (140, 140, 140)
        cv2.line(out, tuple(segment[:2]), tuple(segment[2:]), colour, 1)


def _draw_grid(out: U8, room: Room) -> None:
    (x0, y0), (x1, y1) = room.polygon.min(0), room.polygon.max(0)
    y0, y1 = max(float(y0), 0.3), min(float(y1), 11.0)
    for x in np.arange(np.ceil(max(x0, -8.0)), min(x1, 8.0)):
        _edge(out, room, (float(x), y0, 0.0), (float(x), y1, 0.0), (_GRID, 1))
    for y in np.arange(np.ceil(y0), y1):
        _edge(out, room, (max(float(x0), -8.0), float(y), 0.0), (min(float(x1), 8.0), float(y), 0.0), (_GRID, 1))


def _draw_upright(out: U8, room: Room, ground: F64, rise: tuple[float, float], pen: Pen) -> None:
    (ax, ay), (bx, by) = ground.tolist()
    bottom, top = rise
    corners = [(ax, ay, bottom), (bx, by, bottom), (bx, by, top), (ax, ay, top)]
    for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
        _edge(out, room, a, b, pen)


def _edge(out: U8, room: Room, a: Spot, b: Spot, pen: Pen) -> None:
    t = np.linspace(0, 1, 80)[:, None]
    uv, depth = room.camera.project(np.array(a) * (1 - t) + np.array(b) * t)
    for i in range(len(uv) - 1):
        if min(depth[i], depth[i + 1]) > 0.05 and np.abs(uv[i : i + 2]).max() < 2e4:
            cv2.line(out, tuple(uv[i].astype(int).tolist()), tuple(uv[i + 1].astype(int).tolist()), *pen)


def _draw_plan(out: U8, room: Room) -> None:
    plan = np.zeros((_PLAN, _PLAN, 3), np.uint8)
    per_metre = _PLAN / 8

    def spot(point: F64) -> tuple[int, int]:
        return int(_PLAN / 2 + point[0] * per_metre), int(_PLAN - 10 - point[1] * per_metre)

    cv2.fillPoly(plan, [np.array([spot(p) for p in room.polygon])], (110, 60, 110))
    for piece in room.pieces:
        cv2.line(plan, spot(piece.ground[0]), spot(piece.ground[1]), _PIECES[piece.kind], 2)
    for thing in room.standing:
        cv2.fillPoly(plan, [np.array([spot(p) for p in thing.footprint])], _STANDING)
    for opening in room.openings:
        cv2.line(plan, spot(opening.ground[0]), spot(opening.ground[1]), _OPENINGS[opening.kind], 3)
    cv2.circle(plan, spot(np.zeros(2)), 3, (255, 60, 60), -1)
    height = min(_PLAN, out.shape[0])
    width = min(_PLAN, out.shape[1])
    out[:height, -width:] = plan[:height, -width:]

"""What hangs: a picture or a set of them over the main piece, curtains beside the windows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from atelier.model import F64, Opening, Placement, Room
from atelier.plan.backdrop import hangs_on_marks
from atelier.plan.outlines import boxes, corners
from atelier.plan.parts import FLAT, known
from atelier.plan.walls import Wall, stretches

ART_CENTRE_M, _MOST_ABOVE_M = 1.5, 0.3
"""where a picture's middle hangs, and how far above the piece below it at most: higher, the two fall apart."""
_ART_DEPTH_M = 0.03
_ON_A_DESK_M = 0.45
"""how high a screen and a lamp stand on a desk, seen a little from below: a picture over it begins above them."""
_GALLERY_OVER_M = 1.5
"""a set of frames wants a long piece below it."""
_CURTAIN_M, _CURTAIN_DEPTH_M = 0.42, 0.12
PICTURES = {"art", "gallery", "mirror"}
_BARE_STRETCH_M, _SEEN_FROM_ASIDE = 1.5, 0.35
"""a wall bare for this long takes a picture of its own, where it is not seen too much from the side."""
_SURE_WINDOW = 0.75
_GLASS_COVERED = 0.02
"""share of a hung piece that may lie on glazing: the frame's own error."""


def art_over(main: Placement, wall: Wall, room: Room, kind: str = "art") -> Placement | None:
    """A picture 2/3 as wide as the piece below it, centred at 1.5 m; None where the wall does not allow one.

    The wall must be a wall: tall, unbroken by openings or glazing behind the picture, and all in the frame.
    Over a long piece every second home has a set of frames where the catalogue has one.
    """
    if wall.tall < 0.6:
        return None
    turn = np.radians(main.yaw_deg - wall.yaw_deg)
    wide = abs(float(np.cos(turn))) * main.size_m[0] + abs(float(np.sin(turn))) * main.size_m[1]
    width = float(np.clip(2 / 3 * wide, 0.55, 1.4))
    above = main.z + main.size_m[2] + (_ON_A_DESK_M if main.piece == "desk" else 0.0)
    bottom_limit = above + (0.08 if kind == "mirror" else 0.16)
    top_limit = min(room.ceiling_m or 2.4, 2.6) - 0.2
    if kind == "mirror":
        width = min(width, 0.8, top_limit - bottom_limit)
    elif kind == "art" and wide > _GALLERY_OVER_M and main.variant % 2 and known("gallery"):
        kind = "gallery"
    height = width if kind == "mirror" else min(0.72 * width, 0.8, top_limit - bottom_limit)
    if height < 0.4:
        return None
    highest = min(above + _MOST_ABOVE_M, top_limit - height)
    centre = float(np.clip(ART_CENTRE_M - height / 2, bottom_limit, highest)) + height / 2
    along = (wall.end - wall.start) / wall.length
    t = float((np.array([main.x, main.y]) - wall.start) @ along)
    if (
        t - width / 2 < 0.1
        or t + width / 2 > wall.length - 0.1
        or _broken(wall, room, t=t, width=width, bottom=centre - height / 2, top=centre + height / 2)
    ):
        return None
    x, y = wall.start + along * t + wall.normal * (_ART_DEPTH_M / 2 + 0.005)
    art = Placement(
        kind, (width, _ART_DEPTH_M, height), float(x), float(y), centre - height / 2, wall.yaw_deg, main.variant
    )
    return art if _clean_in_picture(art, room) and not hangs_on_marks(art, room) else None


def art_on_a_bare_wall(
    placements: Sequence[Placement], walls: Sequence[Wall], room: Room, variant: int
) -> Placement | None:
    """A picture in the middle of the long stretch of wall that faces the camera best; None where one hangs already."""
    if any(p.piece in PICTURES for p in placements):
        return None
    found: list[tuple[float, Placement]] = []
    for wall in walls:
        unit = (wall.end - wall.start) / wall.length
        for low, high in stretches(wall, unit, room):
            x, y = wall.start + unit * (low + high) / 2
            facing = float(-(wall.normal @ (x, y)) / max(np.hypot(x, y), 1e-6))
            if high - low < _BARE_STRETCH_M or facing < _SEEN_FROM_ASIDE:
                continue
            below = Placement("sideboard", (_BARE_STRETCH_M, 0.0, 0.9), float(x), float(y), variant=variant)
            art = art_over(below, wall, room)
            if art is not None and not any(_touch(art, p) for p in placements):
                found.append((facing - 0.1 * float(np.hypot(x, y)), art))
    return max(found, key=lambda each: each[0])[1] if found else None


def _broken(
    wall: Wall, room: Room, *, t: float, width: float, bottom: float, top: float, but: Opening | None = None
) -> bool:
    """Whether an opening of this wall meets the picture's interval along it and its height."""
    along = (wall.end - wall.start) / wall.length
    for opening in room.openings:
        feet = opening.ground - wall.start
        if opening is but or np.abs(feet @ wall.normal).max() > 0.5:
            continue
        if opening.bottom_m > top or opening.top_m < bottom:
            continue
        low, high = sorted(feet @ along)
        if low - 0.15 < t + width / 2 and high + 0.15 > t - width / 2:
            return True
    return False


def _clean_in_picture(hung: Placement, room: Room) -> bool:
    """Whether it is wholly in the frame and covers neither glazing, floor, nor what must stay in sight."""
    uv, z = room.camera.project(corners(hung))
    w, h = room.camera.width, room.camera.height
    if z.min() < 0.5 or uv.min() < 4 or uv[:, 0].max() > w - 4 or uv[:, 1].max() > h - 4:
        return False
    (u0, v0), (u1, v1) = uv.min(0).astype(int), np.ceil(uv.max(0)).astype(int)
    kept = room.keep_clear is not None and bool(room.keep_clear[v0:v1, u0:u1].any())
    in_front = any(bool(thing.mask[v0:v1, u0:u1].any()) for thing in room.standing)
    on_floor = hung.z > 0.1 and bool(room.floor_mask[v0:v1, u0:u1].any())
    glass = float(room.window_mask[v0:v1, u0:u1].mean())
    return glass < _GLASS_COVERED and not kept and not on_floor and not in_front


def curtains(placements: Sequence[Placement], walls: Sequence[Wall], room: Room, variant: int) -> tuple[Placement, ...]:
    """A panel on either side of every window that is surely one and has wall for both; none over another piece."""
    if not known("curtain"):
        return ()
    out: list[Placement] = []
    for window in room.openings:
        if window.kind == "window" and window.confidence >= _SURE_WINDOW:
            wall = next((w for w in walls if _carries(w, window)), None)
            pair = () if wall is None else _pair(window, wall, room, variant)
            if len(pair) == 2 and not any(_touch(panel, p) for panel in pair for p in (*placements, *out)):
                out += pair
    return tuple(out)


def _carries(wall: Wall, opening: Opening) -> bool:
    feet: F64 = opening.ground - wall.start
    along = (wall.end - wall.start) / wall.length
    t = feet @ along
    return bool(np.abs(feet @ wall.normal).max() < 0.3 and t.min() > -0.1 and t.max() < wall.length + 0.1)


def _pair(window: Opening, wall: Wall, room: Room, variant: int) -> tuple[Placement, ...]:
    along = (wall.end - wall.start) / wall.length
    low, high = sorted((window.ground - wall.start) @ along)
    top = min(window.top_m + 0.15, (room.ceiling_m or 2.6) - 0.06)
    size = (_CURTAIN_M, _CURTAIN_DEPTH_M, top - 0.02)
    panels = []
    for t in (low - _CURTAIN_M / 2, high + _CURTAIN_M / 2):
        inside = t - _CURTAIN_M / 2 > 0.02 and t + _CURTAIN_M / 2 < wall.length - 0.02
        if not inside or _broken(wall, room, t=t, width=_CURTAIN_M - 0.3, bottom=0.0, top=top, but=window):
            return ()
        x, y = wall.start + along * t + wall.normal * (_CURTAIN_DEPTH_M / 2 + 0.02)
        panel = Placement("curtain", size, float(x), float(y), 0.02, wall.yaw_deg, variant)
        if not _clean_in_picture(panel, room):
            return ()
        panels.append(panel)
    return tuple(panels)


def _touch(panel: Placement, other: Placement) -> bool:
    """Whether two pieces' bounding boxes come within 5 cm; rugs lie under what hangs."""
    if other.piece in FLAT:
        return False
    a, b = boxes([panel, other])
    return bool((a.min(0) - 0.05 < b.max(0)).all() and (b.min(0) - 0.05 < a.max(0)).all())

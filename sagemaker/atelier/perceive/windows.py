"""Bright glazing: which pixels are windows, and where they sit on the walls.

Glazing is copied and never relit, so a pixel wrongly called window only loses a little shading; a window
pixel wrongly relit is an altered window. The thresholds lean that way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from atelier.model import F32, F64, I32, U8, Bool, BoundaryPiece, Camera, Opening
from atelier.perceive.floor import to_ground
from atelier.perceive.support import SupportMaps
from atelier.perceive.walls import on_wall

# Encoded luminance: this much brighter than the room's walls, within limits; before white walls, blown.
_ABOVE_WALLS, _DIMMEST, _BLOWN = 0.2, 0.80, 0.965
_CONTRAST = 0.10  # encoded: glass ends at a frame; a glowing wall or ceiling fades out
_SHARP, _SHARP_BLOWN = 0.75, 0.67
_COMPACT, _BRIGHTER = 0.75, (0.92, 0.95, 0.97)
_SEEN_SHARE = 0.0008  # of the picture: smaller spots are lamps and reflections
_FILLED = 0.25  # of its bounding box: a bright casing is only an outline
_SILL_M, _HEAD_M = 0.05, 2.9
_SIDE_SUPPORT, _RAIL_SUPPORT = 0.3, 0.4
_STEP_M, _LOWEST_M = 0.04, 0.3
_LEEWAY_M = 0.14
"""the frame stands this much outside the bright part at most."""
_BESIDE_M = 0.8
"""a window may stand beside the part of its wall's foot that is seen."""
_RECTANGULAR = 0.55
_ROW_STEP = 8


def find_glazing(rgb: U8, floor: Bool, camera: Camera, ceiling_m: float | None) -> Bool:
    """(H, W, 3) sRGB and what is known of the room → (H, W) bright glass on the walls.

    A pane with trees behind it is only partly bright, so each region is filled to its convex hull.
    """
    height, width = floor.shape
    smooth = np.asarray(cv2.GaussianBlur(rgb, (0, 0), 1.0), np.float32)
    value = np.asarray(smooth @ np.array([0.2126, 0.7152, 0.0722]) / 255, np.float32)
    standing = heights_on_walls(floor, camera)
    on_wall = (standing > _SILL_M) & (standing < (ceiling_m or _HEAD_M) - 0.05)
    k = max(3, int(width * 0.012) | 1)
    on_wall &= ~floor
    walls = float(np.median(value[on_wall])) if on_wall.any() else _DIMMEST
    bright = (on_wall & (value > np.clip(walls + _ABOVE_WALLS, _DIMMEST, _BLOWN))).astype(np.uint8)
    count, labels = cv2.connectedComponents(cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((k, k), np.uint8)))
    glazing = np.zeros(floor.shape, np.uint8)
    for index in range(1, count):
        region = (labels == index) & (bright > 0)
        if region.sum() <= _SEEN_SHARE * height * width or _is_an_outline(region):
            continue
        if _ends_sharply(region, value):
            for glass in _panes(region, value):
                filled = _hull(glass)
                glazing |= filled if glass.sum() > 0.6 * filled.sum() else glass.astype(np.uint8)
    return np.asarray((glazing > 0) & ~floor, np.bool_)


def heights_on_walls(floor: Bool, camera: Camera) -> F32:
    """(H, W) metres above the floor each pixel would have on a wall standing where its column's floor ends."""
    height, width = floor.shape
    columns = np.flatnonzero(floor.any(0))
    if len(columns) == 0:
        return np.zeros(floor.shape, np.float32)
    top = np.interp(np.arange(width), columns, floor.argmax(0)[columns])
    foot = to_ground(camera, np.stack([np.arange(width) + 0.5, top + 0.5], 1))
    # The field is smooth along a column: every few rows are enough.
    rows = np.arange(0, height + _ROW_STEP, _ROW_STEP)
    v, u = np.meshgrid(rows + 0.5, np.arange(width) + 0.5, indexing="ij")
    rays = camera.rays(np.stack([u, v], -1))
    slope = rays[..., 2] / np.maximum(np.linalg.norm(rays[..., :2], axis=-1), 1e-6)
    coarse = camera.height_m + slope * np.linalg.norm(foot, axis=-1)[None, :]
    at = np.arange(height) / _ROW_STEP
    above = at.astype(int)
    share = (at - above)[:, None]
    return np.asarray(coarse[above] * (1 - share) + coarse[above + 1] * share, np.float32)


def _is_an_outline(region: Bool) -> bool:
    ys, xs = np.nonzero(region)
    return bool(region.sum() < _FILLED * np.ptp(ys) * np.ptp(xs))


def _hull(region: Bool) -> U8:
    """(H, W) 1 within the region's convex hull."""
    ys, xs = np.nonzero(region)
    hull = cv2.convexHull(np.stack([xs, ys], 1).astype(np.int32))
    return np.asarray(cv2.fillConvexPoly(np.zeros(region.shape, np.uint8), hull, 1), np.uint8)


def _panes(region: Bool, value: F32) -> list[Bool]:
    """A region of bright pixels as panes.

    Where the wall beside a window is bright too, both are one region, whose hull would cut across plain wall: what is
    no pane by its shape gives way to its brighter parts where those are.
    """
    if _is_compact(region):
        return [region]
    panes: list[Bool] = []
    for part in _parts(region):
        brighter = (_large_panes(part & (value > level)) for level in _BRIGHTER)
        panes += [part] if _is_compact(part) else next((found for found in brighter if found), [part])
    return panes


def _parts(region: Bool) -> list[Bool]:
    count, labels = cv2.connectedComponents(region.astype(np.uint8))
    return [labels == i for i in range(1, count)]


def _large_panes(region: Bool) -> list[Bool]:
    return [part for part in _parts(region) if part.sum() > _SEEN_SHARE * region.size and _is_compact(part)]


def _is_compact(region: Bool) -> bool:
    return bool(region.sum() > _COMPACT * _hull(region).sum())


def _ends_sharply(region: Bool, value: F32) -> bool:
    """Whether the brightness drops within a few pixels of the region's edge on most of its outline; what is blown
    out bleeds over its frame, so that less of it is asked."""
    around = cv2.dilate(region.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool)
    near = cv2.dilate(region.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    ring, inside = value[around & ~near], float(np.median(value[region]))
    least = _SHARP_BLOWN if inside > _BLOWN else _SHARP
    return len(ring) > 0 and bool((ring < inside - _CONTRAST).mean() > least)


def find_windows(
    rgb: U8,
    floor: Bool,
    camera: Camera,
    pieces: Sequence[BoundaryPiece],
    ceiling_m: float | None,
    support: SupportMaps,
) -> tuple[list[Opening], Bool]:
    """Windows on the walls in metres, and the (H, W) glass to copy: bright glazing and what its frames enclose.

    Before trees or a dark house only the upper part of a window is bright. Its frame goes on: both sides and
    a rail below are followed down from the bright part.
    """
    glazing = find_glazing(rgb, floor, camera, ceiling_m)
    windows = []
    framed = np.zeros(floor.shape, np.uint8)
    for window, piece in locate_windows(glazing, camera, pieces, ceiling_m):
        whole = _whole(window, piece, camera, support)
        if whole.bottom_m < window.bottom_m:
            cv2.fillConvexPoly(framed, _quad(whole, camera), 1)
        windows.append(whole)
    return windows, np.asarray((glazing | (framed > 0)) & ~floor, np.bool_)


def _quad(window: Opening, camera: Camera) -> I32:
    """(4, 2) the window's corners in pixels."""
    a, b = window.ground
    low, high = window.bottom_m, window.top_m
    uv, _ = camera.project(np.array([(*a, low), (*b, low), (*b, high), (*a, high)]))
    return np.asarray(np.round(uv - 0.5), np.int32)


def _whole(window: Opening, piece: BoundaryPiece, camera: Camera, support: SupportMaps) -> Opening:
    """The window down to the lowest rail its sides reach; unchanged where its sides end with the bright part."""
    heights = np.arange(window.bottom_m + 0.06, _LOWEST_M, -_STEP_M)
    if len(heights) < 4:
        return window
    sides = np.max([_side(foot, heights, piece, camera, support) for foot in window.ground], axis=0)
    steady = np.convolve(sides, np.ones(5) / 5, "same")
    reached = int(np.argmax(steady < _SIDE_SUPPORT)) if (steady < _SIDE_SUPPORT).any() else len(heights)
    rails = support.along(support.direction_of(piece), camera, _points(window, heights)).mean(1)
    low = [i for i in range(min(reached + 3, len(heights))) if rails[i] > _RAIL_SUPPORT]
    return replace(window, bottom_m=float(heights[low[-1]])) if low and low[-1] > 2 else window


def _side(foot: F64, heights: F64, piece: BoundaryPiece, camera: Camera, support: SupportMaps) -> F64:
    """(heights,) support for one upright near `foot`: the best single line within the leeway."""
    along = piece.ground[1] - piece.ground[0]
    offsets = np.linspace(-_LEEWAY_M, _LEEWAY_M, 11)[:, None] * along / np.linalg.norm(along)
    feet = foot + offsets
    shape = (len(feet), len(heights))
    points = np.concatenate(
        [np.broadcast_to(feet[:, None], (*shape, 2)), np.broadcast_to(heights[:, None], (*shape, 1))], -1
    )
    values = support.along(2, camera, points)
    return np.asarray(values[values[:, : max(4, len(heights) // 2)].mean(1).argmax()], np.float64)


def _points(window: Opening, heights: F64) -> F64:
    """(heights, 16, 3) points between the window's sides."""
    t = np.linspace(0.06, 0.94, 16)[:, None]
    feet = window.ground[0] * (1 - t) + window.ground[1] * t
    shape = (len(heights), len(feet))
    return np.concatenate(
        [np.broadcast_to(feet, (*shape, 2)), np.broadcast_to(heights[:, None, None], (*shape, 1))], -1
    )


def locate_windows(
    glazing: Bool, camera: Camera, walls: Sequence[BoundaryPiece], ceiling_m: float | None
) -> list[tuple[Opening, BoundaryPiece]]:
    """Glazing regions → windows on the wall in whose plane they are most nearly rectangles. Metres."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(glazing.astype(np.uint8), connectivity=8)
    windows = []
    for index in range(1, count):
        x, y, w, h = stats[index, :4].tolist()
        ys, xs = np.nonzero(labels[y : y + h, x : x + w] == index)
        step = max(1, len(ys) // 400)
        pixels = np.stack([xs[::step] + x + 0.5, ys[::step] + y + 0.5], 1)
        located = [(*found, wall) for wall in walls if (found := place_on_wall(pixels, camera, wall, ceiling_m))]
        if located:
            windows.append(max(located, key=lambda item: item[0])[1:])
    return windows


def place_on_wall(
    pixels: F64, camera: Camera, wall: BoundaryPiece, ceiling_m: float | None
) -> tuple[float, Opening] | None:
    """(how well it fits, window) when most of the pixels lie on or beside the wall standing on this piece."""
    along = wall.ground[1] - wall.ground[0]
    length = float(np.linalg.norm(along))
    if length < 0.3:
        return None
    s, z, front = on_wall(pixels, wall, camera)
    beside = (s > -_BESIDE_M) & (s < length + _BESIDE_M)
    on = front & beside & (z > 0.02) & (z < (ceiling_m or 3.2) + 0.2)
    if on.mean() < 0.7:
        return None
    inside = float(((s > -0.15) & (s < length + 0.15) & on).mean())
    s0, s1 = np.percentile(s[on], [3, 97])
    z0, z1 = np.percentile(z[on], [3, 97])
    if s1 - s0 < 0.25 or z1 - z0 < 0.3:
        return None
    hull = cv2.convexHull(np.stack([s[on], z[on]], 1).astype(np.float32))
    rectangular = min(1.0, float(cv2.contourArea(hull)) / float(np.ptp(s[on]) * np.ptp(z[on])))
    if rectangular < _RECTANGULAR:
        return None
    feet = wall.ground[0] + np.array([[s0], [s1]]) * along / length
    opening = Opening("window", feet, float(max(z0, 0.0)), float(z1), float(on.mean()) * (0.6 + 0.4 * inside))
    return rectangular + 0.5 * inside + 0.3 * wall.tall, opening

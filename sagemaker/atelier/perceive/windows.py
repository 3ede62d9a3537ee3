"""Bright glazing: which pixels are windows, and where they sit on the walls.

Glazing is copied and never relit, so a pixel wrongly called window only loses a little shading; a window
pixel wrongly relit is an altered window. The thresholds lean that way.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from atelier.model import F32, F64, U8, Bool, BoundaryPiece, Camera, Opening

_BRIGHT = 0.80  # linear luminance of blown or near-blown glass
_SEEN_SHARE = 0.0012  # of the picture: smaller spots are lamps and reflections


def find_glazing(rgb: U8, floor: Bool) -> Bool:
    """(H, W, 3) sRGB and floor mask → (H, W) bright regions that are not floor."""
    luminance = linear_luminance(rgb)
    height, width = floor.shape
    above = ~cv2.dilate(floor.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool)
    wall = float(np.median(luminance[above])) if above.any() else 0.2
    bright = (luminance > max(_BRIGHT, min(0.97, 1.8 * wall))) & above
    k = max(3, int(width * 0.006) | 1)
    closed = cv2.morphologyEx(bright.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((k, k), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    keep = np.zeros(count, np.bool_)
    keep[1:] = stats[1:, cv2.CC_STAT_AREA] > _SEEN_SHARE * height * width
    return np.asarray(keep[labels], np.bool_)


def locate_windows(
    glazing: Bool, camera: Camera, pieces: Sequence[BoundaryPiece], ceiling_m: float | None
) -> list[Opening]:
    """Glazing regions → windows on the nearest wall whose plane they lie in. Metres."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(glazing.astype(np.uint8), connectivity=8)
    windows = []
    for index in range(1, count):
        x, y, w, h = stats[index, :4].tolist()
        ys, xs = np.nonzero(labels[y : y + h, x : x + w] == index)
        step = max(1, len(ys) // 400)
        pixels = np.stack([xs[::step] + x + 0.5, ys[::step] + y + 0.5], 1)
        located = [w for piece in pieces if piece.kind == "wall" and (w := _on_wall(pixels, camera, piece, ceiling_m))]
        if located:
            windows.append(min(located, key=lambda item: item[0])[1])
    return windows


def linear_luminance(rgb: U8) -> F32:
    """(H, W, 3) sRGB → (H, W) linear luminance 0…1 (IEC 61966-2-1, Rec. 709 weights)."""
    table = np.arange(256, dtype=np.float64) / 255
    table = np.where(table <= 0.04045, table / 12.92, ((table + 0.055) / 1.055) ** 2.4)
    return np.asarray(table.astype(np.float32)[rgb] @ np.array([0.2126, 0.7152, 0.0722], np.float32), np.float32)


def _on_wall(
    pixels: F64, camera: Camera, piece: BoundaryPiece, ceiling_m: float | None
) -> tuple[float, Opening] | None:
    """(distance, window) when the pixels lie on the wall standing on this piece."""
    along = piece.ground[1] - piece.ground[0]
    length = float(np.linalg.norm(along))
    if length < 0.3:
        return None
    along = along / length
    rays = camera.rays(pixels)
    towards = rays[:, :2] @ piece.normal
    reach = float(piece.ground[0] @ piece.normal)  # the camera stands above the origin
    distance = np.where(np.abs(towards) > 1e-6, reach / np.where(towards == 0, 1e-9, towards), -1.0)
    points = rays * distance[:, None] + camera.centre
    s = (points[:, :2] - piece.ground[0]) @ along
    top = ceiling_m or 3.2
    on = (distance > 0.3) & (s > -0.15) & (s < length + 0.15) & (points[:, 2] > 0.05) & (points[:, 2] < top + 0.2)
    if on.mean() < 0.7:
        return None
    s0, s1 = np.clip(np.percentile(s[on], [3, 97]), 0, length)
    z0, z1 = np.percentile(points[on, 2], [3, 97])
    if s1 - s0 < 0.25 or z1 - z0 < 0.3:
        return None
    feet = np.stack([piece.ground[0] + along * s0, piece.ground[0] + along * s1])
    return float(np.median(distance[on])), Opening("window", feet, float(z0), float(z1), float(on.mean()))

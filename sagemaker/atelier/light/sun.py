"""Sun on the floor: a patch far brighter than the floor beside it, in the shape of a window along one direction.

What is bright by a mirrored window is not sun, nor is a patch that no window in sight explains: without the window
the direction is anybody's guess, and a shadow on the wrong side is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import cv2
import numpy as np

from atelier.light.box import AXES, FACE_N, LUMA, points_of
from atelier.light.faces import Face
from atelier.light.gloss import Floor
from atelier.model import F32, F64, Bool, Camera, Sun

_BRIGHTER = 1.7
"""sunlit floor over the floor around it, at least"""
_AROUND = 61
"""cells across the neighbourhood that counts as around"""
_FEWEST_CELLS = 40
_EDGE, _SHARP_SHARE = 1.35, 0.5
"""brightness across the patch's outline within two cells, and how much of the outline must show it: glare fades"""
_LEAST_OVERLAP = 0.4
"""intersection over union of the patch and the windows cast along the sun"""
_STRONGEST = 12.0
_SUNLIT, _LEAST_SUNLIT = 1.3, 0.3
"""sunlit floor over that around it, and its luminance in the photo: sun is bright on whatever it falls"""
_KEPT_HUE, _LEAST_HUE = 0.8, 0.2
"""saturation of sunlit floor as a share of the rest's, and the least by which it can be told from glare"""
_MOST_CARRIED = 2.5
_COARSE = float(np.radians(9))
"""between the directions that are tried first"""
_ELEVATIONS, _AZIMUTHS = np.arange(_COARSE, np.radians(75), _COARSE), np.arange(0, 2 * np.pi, _COARSE)
_WALLS = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "back": (0.0, 1.0)}
"""faces the sun may come through, and the way out"""


def find_sun(faces: Mapping[str, Face], floor: Floor, camera: Camera, lo: F64, hi: F64) -> Sun | None:
    """The sun of a photo whose floor shows where it falls, else None."""
    windows = {n: faces[n].window & faces[n].shown for n in _WALLS}
    ground = faces["floor"]
    patch = _patch(ground)
    if patch.sum() < _FEWEST_CELLS or not any(w.any() for w in windows.values()):
        return None
    mirrored = _overlap(_mirrored_windows(windows, camera, lo, hi) & ground.shown, patch)
    best, direction, cast = max(0.5 * _LEAST_OVERLAP, mirrored), None, patch
    found = (0.5, 0.0)
    grid = [(e, a) for e in _ELEVATIONS for a in _AZIMUTHS]
    for step in (_COARSE / 3, _COARSE / 9, 0.0):
        for elevation, azimuth in grid:
            level = np.cos(elevation)
            towards = np.array([level * np.cos(azimuth), level * np.sin(azimuth), np.sin(elevation)])
            lit = _cast(windows, towards, lo, hi) & ground.shown
            overlap = _overlap(lit, patch)
            if overlap > best:
                best, direction, cast, found = overlap, towards, lit, (elevation, azimuth)
        grid = [(found[0] + i * step, found[1] + j * step) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    if direction is None or best < _LEAST_OVERLAP:
        return None
    red, green, blue = _irradiance(ground.radiance, patch & cast, patch | cast, ground.shown, floor, direction)
    openings = {n: w.astype(np.float32) for n, w in windows.items() if w.any() and _faces_sun(n, direction)}
    return Sun(direction, (red, green, blue), openings)


def sun_patches(ground: Face) -> F32 | None:
    """(FACE_N, FACE_N) times by which sun patches outshine the floor around them, 1 elsewhere; None without any.

    Sun from a window out of sight has no direction to be told, but where it falls is seen. It keeps the floor's hue,
    which a mirrored window washes out.
    """
    if not ground.shown.any():
        return None
    lum, around = _with_surroundings(ground, 1.0)
    hue = 1.0 - ground.radiance.min(-1) / np.maximum(ground.radiance.max(-1), 1e-4)
    keeps = hue > max(_KEPT_HUE * float(np.median(hue[ground.shown])), _LEAST_HUE)
    bright = ground.shown & keeps & (lum > _SUNLIT * around) & (lum > _LEAST_SUNLIT)
    gain = np.ones_like(lum)
    for part in _sharp_parts(lum, bright):
        gain[part] = float(np.median((lum / around)[part]))
    if gain.max() == 1.0:
        return None
    return np.asarray(cv2.GaussianBlur(np.clip(gain, 1.0, _MOST_CARRIED), (0, 0), 0.7), np.float32)


def _faces_sun(name: str, direction: F64) -> bool:
    return float(np.dot(_WALLS[name], direction[:2])) > 0


def _overlap(a: Bool, b: Bool) -> float:
    return float((a & b).sum()) / max(float((a | b).sum()), 1.0)


def _patch(ground: Face) -> Bool:
    """Cells of the floor far brighter than those around them, in pieces of some size."""
    lum, around = _with_surroundings(ground, 1.3)
    bright = (lum > _BRIGHTER * around) & ground.shown
    out = np.zeros_like(bright)
    for part in _sharp_parts(lum, bright):
        out |= part
    return out


def _with_surroundings(ground: Face, most: float) -> tuple[F32, F32]:
    """The floor's luminance, and that of what is around each cell: at most `most` times the typical floor's."""
    lum = np.asarray(ground.radiance @ LUMA, np.float32)
    scale = max(float(lum.max()), 1e-6)
    around = cv2.medianBlur((lum / scale * 255).astype(np.uint8), _AROUND).astype(np.float32) * scale / 255
    typical = float(np.median(lum[ground.shown])) if ground.shown.any() else 1.0
    return lum, np.asarray(np.clip(around, 0.8 * typical, most * typical), np.float32)


def _sharp_parts(lum: F32, bright: Bool) -> Iterator[Bool]:
    """Connected parts of some size that end in a step of brightness."""
    opened = cv2.morphologyEx(bright.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, label, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    for i in range(1, count):
        if stats[i, cv2.CC_STAT_AREA] >= _FEWEST_CELLS // 2 and _ends(lum, label == i):
            yield np.asarray(label == i)


def _ends(lum: F32, part: Bool) -> bool:
    """Whether most of a part's outline is a step of brightness."""
    cells = part.astype(np.uint8)
    near = np.ones((5, 5), np.uint8)
    rim = part & ~(cv2.erode(cells, np.ones((3, 3), np.uint8)) > 0)
    within = cv2.dilate(np.where(part, lum, 0).astype(np.float32), near)
    beyond = cv2.erode(lum, near)
    return bool((within[rim] > _EDGE * _BRIGHTER**0.5 * np.maximum(beyond[rim], 1e-4)).mean() > _SHARP_SHARE)


def _mirrored_windows(windows: Mapping[str, Bool], camera: Camera, lo: F64, hi: F64) -> Bool:
    """Cells of the floor in which the camera would see a window if the floor were a mirror."""
    d = points_of(lo, hi, "floor", FACE_N) - camera.centre
    origin = camera.centre * [1, 1, -1]
    up = d * [1, 1, -1]
    out = np.zeros(d.shape[:2], bool)
    for name, window in windows.items():
        axis, high, first, second = AXES[name]
        run = np.where(np.abs(up[..., axis]) < 1e-9, 1e-9, up[..., axis])
        t = ((hi if high else lo)[axis] - origin[axis]) / run
        p = (origin + up * t[..., None] - lo) / (hi - lo)
        inside = (t > 0) & (p[..., [first, second]] > 0).all(-1) & (p[..., [first, second]] < 1).all(-1)
        column, row = (np.clip((p[..., k] * FACE_N).astype(int), 0, FACE_N - 1) for k in (first, second))
        out |= inside & window[row, column]
    return np.asarray(out)


def _cast(windows: Mapping[str, Bool], towards: F64, lo: F64, hi: F64) -> Bool:
    """Cells of the floor that sun from there would reach through the windows."""
    out = np.zeros((FACE_N, FACE_N), np.uint8)
    for name, window in windows.items():
        if window.any() and _faces_sun(name, towards):
            points = points_of(lo, hi, name, FACE_N)[window][::3]
            hit = points - towards * (points[:, 2] / towards[2])[:, None]
            cell = ((hit - lo) / (hi - lo) * FACE_N)[:, :2].astype(int)
            inside = ((cell >= 0) & (cell < FACE_N)).all(1)
            out[cell[inside, 1], cell[inside, 0]] = 1
    return np.asarray(cv2.morphologyEx(out, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)) > 0)


def _irradiance(
    radiance: F32, sunny: Bool, touched: Bool, shown: Bool, floor: Floor, direction: F64
) -> tuple[float, float, float]:
    """What the sun adds to the floor, ÷ the floor's albedo and the sun's slant."""
    wide = cv2.dilate(touched.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    shade = wide & ~(cv2.dilate(touched.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0) & shown
    dark = np.median(radiance[shade], 0) if shade.any() else np.median(radiance[shown], 0)
    added = np.maximum(np.median(radiance[sunny], 0) - dark, 0.0)
    values = np.clip(np.pi * added / (np.array(floor.albedo) * direction[2]), 0.0, _STRONGEST)
    return float(values[0]), float(values[1]), float(values[2])

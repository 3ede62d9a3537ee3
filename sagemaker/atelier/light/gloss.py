"""What the floor is made of, as far as light goes: its albedo, and how much of the room it mirrors."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.optimize import nnls

from atelier.light.box import AXES, FACE_N, FACES, LUMA, form_factors, patch_means
from atelier.model import F32, F64, Camera, Room

_COAT = 0.5
"""specular of an index of refraction of 1.5: 4 % mirrored straight on"""
_SHARP = 0.35
"""roughness up to which mirrored things keep an outline"""


@dataclass(frozen=True)
class Floor:
    albedo: tuple[float, float, float]
    roughness: float
    specular: float
    gloss: float


def fit_floor(linear: F32, room: Room, lo: F64, hi: F64, emitters: dict[str, F32]) -> Floor:
    """Albedo from photo ÷ irradiance; gloss from how well the mirrored room explains the floor's brightness.

    Regresses floor luminance on [irradiance, Fresnel × mirrored radiance blurred for a roughness]; a matte floor
    gets a weight near zero (Schlick 1994 for Fresnel).
    """
    points, pixels = _floor_points(room, lo, hi)
    if len(points) < 30:
        return Floor((0.4, 0.4, 0.4), 0.6, 0.15, 0.0)
    up = np.broadcast_to(np.array([0.0, 0.0, 1.0]), points.shape)
    radiances = np.concatenate([patch_means(emitters[n]) for n in FACES])
    irradiance = form_factors(points, up, lo, hi) @ radiances  # ÷ π
    colour = cv2.GaussianBlur(linear, (0, 0), 3.0)[pixels[:, 1], pixels[:, 0]].astype(np.float64)
    albedo = np.clip(np.median(colour, 0) / np.maximum(np.median(irradiance, 0), 1e-4), 0.02, 0.85)
    y, e = colour @ LUMA, irradiance @ LUMA
    view = points - room.camera.centre
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    mirrored = view * [1, 1, -1]
    fresnel = 0.04 + 0.96 * (1 - mirrored[:, 2]) ** 5
    # The constant takes up light that the box does not know about; without it, it would pass for gloss.
    plain = np.stack([e, np.full_like(e, e.mean())], 1)
    matte = float(nnls(plain, y)[1] ** 2)
    best = (matte, 0.6, 0.0)
    for roughness in (0.15, 0.25, 0.35, 0.5):
        seen = _look(emitters, points, mirrored, lo, hi, roughness) * fresnel
        solution, norm = nnls(np.column_stack([plain, seen]), y)
        if norm**2 < best[0]:
            best = (norm**2, roughness, float(solution[2]))
    gain = 1 - best[0] / max(matte, 1e-12)
    red, green, blue = (float(v) for v in albedo)
    visible = np.sqrt(max(matte - best[0], 0.0) / len(y)) / max(float(y.mean()), 1e-6)
    if gain < 0.05 or visible < 0.02 or best[2] < 0.1:
        return Floor((red, green, blue), 0.6, 0.15, gain)
    # A coat that mirrors outlines is varnish, glaze or stone, and those have one index of refraction. The regression
    # reads less of it where the photo's software has paled the window.
    coat = _COAT if best[1] <= _SHARP else float(np.clip(0.5 * best[2], 0.15, _COAT))
    return Floor((red, green, blue), best[1], coat, gain)


def _floor_points(room: Room, lo: F64, hi: F64) -> tuple[F64, np.ndarray]:
    """Up to about 2000 visible floor points inside the box, and their pixels."""
    # Away from the outline, where blurred walls mix in.
    inner = cv2.erode(room.floor_mask.astype(np.uint8), np.ones((17, 17), np.uint8))
    rows, columns = np.nonzero(inner)
    if not len(rows):
        return np.empty((0, 3)), np.empty((0, 2), np.intp)
    pick = np.linspace(0, len(rows) - 1, min(len(rows), 2000)).astype(np.intp)
    pixels = np.stack([columns[pick], rows[pick]], 1)
    camera: Camera = room.camera
    d = camera.rays((pixels + 0.5).astype(np.float64))
    down = d[:, 2] < -0.02
    points = camera.centre + d * (-camera.height_m / np.minimum(d[:, 2], -0.02))[:, None]
    points[:, 2] = 1e-3
    inside = down & (points[:, :2] > lo[:2] + 0.05).all(1) & (points[:, :2] < hi[:2] - 0.05).all(1)
    return points[inside], pixels[inside]


def _look(emitters: dict[str, F32], origins: F64, directions: F64, lo: F64, hi: F64, roughness: float) -> F64:
    """Luminance met by rays that leave the box, each face blurred as a lobe of that roughness would."""
    safe = np.where(np.abs(directions) < 1e-9, 1e-9, directions)
    t = np.where(safe > 0, hi - origins, lo - origins) / safe
    axis = t.argmin(1)
    p = (origins + directions * t.min(1)[:, None] - lo) / (hi - lo)
    out = np.zeros(len(origins))
    for name in FACES:
        fixed, high, first, second = AXES[name]
        on = (axis == fixed) & ((safe[:, fixed] > 0) == high)
        image = cv2.GaussianBlur(emitters[name] @ LUMA, (0, 0), max(0.35 * roughness**2 * FACE_N, 0.5))
        column, row = (np.clip((p[on, k] * FACE_N).astype(np.intp), 0, FACE_N - 1) for k in (first, second))
        out[on] = image[row, column]
    return out

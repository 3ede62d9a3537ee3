"""The photo laid on the box's faces: what each radiates, what of it is seen, and where windows are."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from atelier.light.box import FACE_N, LUMA, points_of
from atelier.model import F32, F64, Bool, Room

_CUT_WINDOW_M = 0.6
"""How far a window that the frame cuts is taken to go on, along the wall."""


@dataclass(frozen=True)
class Face:
    """(FACE_N, FACE_N) cells of one face: its linear `radiance`, completed where the photo does not show it.

    seen: radiance is the photo's, or known as well as if it were. shown: the photo shows it. window: glazing and lamps.
    """

    radiance: F32
    seen: Bool
    shown: Bool
    window: Bool

    def emission(self, window_gain: float, unseen_gain: float) -> F32:
        """(FACE_N, FACE_N, 3) radiance with the gains: windows by 1 + window_gain, what is not seen by unseen_gain."""
        light = self.radiance * np.where(self.seen, 1.0, unseen_gain)[..., None]
        # What clips has lost its colour: the light beyond it is taken as mostly neutral.
        neutral = (self.radiance @ LUMA)[..., None]
        beyond = (0.35 * self.radiance + 0.65 * neutral) * np.where(self.window, window_gain, 0.0)[..., None]
        return np.asarray(cv2.GaussianBlur((light + beyond).astype(np.float32), (0, 0), 0.8), np.float32)


def rectify(linear: F32, room: Room, lo: F64, hi: F64, name: str) -> Face:
    """One face of the box lo…hi as the (h, w, 3) linear photo shows it."""
    h, w = linear.shape[:2]
    if name == "rear":
        return _unseen_face(linear, ~(room.floor_mask | room.window_mask))
    uv, depth = room.camera.project(points_of(lo, hi, name, FACE_N))
    x, y = (uv[..., 0] - 0.5).astype(np.float32), (uv[..., 1] - 0.5).astype(np.float32)
    seen = (depth > 0.1) & (uv[..., 0] >= 1) & (uv[..., 0] < w - 1) & (uv[..., 1] >= 1) & (uv[..., 1] < h - 1)
    x, y = np.clip(x, -1, w), np.clip(y, -1, h)
    on_floor = cv2.remap(room.floor_mask.astype(np.float32), x, y, cv2.INTER_LINEAR) > 0.5
    seen &= on_floor if name == "floor" else ~on_floor
    if seen.sum() < 50:
        return _unseen_face(linear, room.floor_mask if name == "floor" else ~(room.floor_mask | room.window_mask))
    image = np.asarray(cv2.remap(cv2.GaussianBlur(linear, (0, 0), 1.5), x, y, cv2.INTER_LINEAR), np.float32)
    window = np.zeros_like(seen)
    if name != "floor":
        glazing = cv2.remap(room.window_mask.astype(np.float32), x, y, cv2.INTER_LINEAR) > 0.5
        window = (glazing | _bright_regions(image @ LUMA, seen)) & seen
    wall, shown = seen & ~window, seen
    typical = np.median(image[wall], 0) if wall.sum() > 20 else np.median(image[seen], 0)
    filled = np.where(seen[..., None], image, _diffuse(image, wall, typical))
    if name in ("left", "right") and window.any():
        beyond = _beyond_frame(window, seen, float(hi[1] - lo[1]))
        filled[beyond] = np.median(image[window], 0)
        seen, window = seen | beyond, window | beyond
    # The floor's unseen part is lit like the seen one: no gain.
    return Face(filled, np.ones_like(seen) if name == "floor" else seen, shown, window)


def _beyond_frame(window: Bool, seen: Bool, length: float) -> Bool:
    """Cells of a side wall (columns: `length` metres) out of sight on which a window that the frame cuts goes on."""
    cells = max(1, round(_CUT_WINDOW_M / length * FACE_N))
    widened = cv2.dilate(window.astype(np.uint8), np.ones((1, 2 * cells + 1), np.uint8)) > 0
    return np.asarray(widened & ~seen)


def _bright_regions(luminance: F32, seen: Bool) -> Bool:
    """Connected near-clipped regions far above the face's median: lamps, glass the window mask missed."""
    limit = max(0.8, min(1.8 * float(np.median(luminance[seen])), 0.97))
    bright = ((luminance > limit) & seen).astype(np.uint8)
    return cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)) > 0


def _diffuse(image: F32, known: Bool, typical: F32) -> F32:
    """Continue what is known outwards, fading to the face's typical radiance."""
    weight = known.astype(np.float32)
    total, share = 1e-6 * typical[None, None], 1e-6
    for sigma in (4.0, 12.0, 40.0):
        k = 10.0 ** (-sigma / 4)
        total = total + k * cv2.GaussianBlur(image * weight[..., None], (0, 0), sigma)
        share = share + k * cv2.GaussianBlur(weight, (0, 0), sigma)[..., None]
    return np.asarray(total / share, np.float32)


def _unseen_face(linear: F32, like: Bool) -> Face:
    """A surface out of sight: the median of what it is probably like."""
    colour = np.median(linear[like], 0) if like.any() else np.median(linear.reshape(-1, 3), 0)
    nothing = np.zeros((FACE_N, FACE_N), bool)
    return Face(np.broadcast_to(colour, (FACE_N, FACE_N, 3)).astype(np.float32), nothing, nothing, nothing)

"""What the picture owes the photo: pixels untouched outside the furniture, and furniture lit as the room is."""

from __future__ import annotations

import cv2
import numpy as np

from atelier.check.base import Finished, measured
from atelier.model import U8, Bool, Photo
from engine_contract import Check

MAX_STOPS = 2.2
"""how far the furniture's median luminance may be from the room's, in stops: walnut in a white room is 2."""
MAX_CAST = 26.0
"""CIELAB a*b* distance between furniture and room medians."""


def picture_checks(work: Finished) -> tuple[Check, ...]:
    """Change lock, glazing, exposure and colour of one finished picture."""
    alpha = _full(work.render.alpha, work.photo)
    return (_unchanged(work), _windows(work, alpha), *_tone(work, alpha))


def _full(alpha: np.ndarray, photo: Photo) -> np.ndarray:
    height, width = photo.rgb.shape[:2]
    return np.asarray(cv2.resize(alpha, (width, height), interpolation=cv2.INTER_LINEAR))


def _unchanged(work: Finished) -> Check:
    outside = ~work.composite.changed
    same = (work.composite.rgb[outside] == work.photo.rgb[outside]).all(-1)
    share = float(same.mean()) if same.size else 1.0
    return measured(
        "unchanged_outside_mask", share, 1.0, share == 1.0, "share of pixels outside the mask equal to the source's"
    )


def _windows(work: Finished, alpha: np.ndarray) -> Check:
    height, width = work.photo.rgb.shape[:2]
    glass = cv2.resize(work.room.window_mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    glass = cv2.erode(glass.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    covered = cv2.dilate((alpha > 1 / 512).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    bare = glass & ~covered
    moved = (work.composite.rgb[bare] != work.photo.rgb[bare]).any(-1)
    share = 1.0 - float(moved.mean()) if moved.size else 1.0
    return measured(
        "windows_untouched", share, 1.0, share == 1.0, "share of glazing not behind furniture equal to the source's"
    )


def _tone(work: Finished, alpha: np.ndarray) -> list[Check]:
    solid = alpha > 0.9
    if not solid.any():
        return []
    room = _room_pixels(work, alpha)
    new, old = work.composite.rgb[solid], work.photo.rgb[room]
    stops = float(np.log2((np.median(_luminance(new)) + 1e-3) / (np.median(_luminance(old)) + 1e-3)))
    cast = float(np.linalg.norm(_chroma(new) - _chroma(old)))
    return [
        measured(
            "exposure_matches", stops, MAX_STOPS, abs(stops) <= MAX_STOPS, "stops between furniture and room, medians"
        ),
        measured("no_colour_cast", cast, MAX_CAST, cast <= MAX_CAST, "CIELAB a*b* distance between furniture and room"),
    ]


def _room_pixels(work: Finished, alpha: np.ndarray) -> Bool:
    height, width = work.photo.rgb.shape[:2]
    glass = cv2.resize(work.room.window_mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    room: Bool = (alpha < 0.01) & ~glass
    return room if room.any() else ~glass


def _luminance(rgb: U8) -> np.ndarray:
    linear = (rgb.astype(np.float32) / 255) ** 2.2
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722], np.float32))


def _chroma(rgb: U8) -> np.ndarray:
    lab = cv2.cvtColor((rgb[None, ::7] / np.float32(255)).astype(np.float32), cv2.COLOR_RGB2LAB)
    return np.asarray(np.median(lab[0, :, 1:], axis=0))

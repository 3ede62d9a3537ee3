"""What the picture owes the photo: every pixel away from the furniture and its light, and all glazing."""

from __future__ import annotations

import cv2
import numpy as np

from atelier.check.base import Finished, measured
from atelier.model import Bool
from engine_contract import Check


def lock_checks(work: Finished) -> tuple[Check, ...]:
    """The change lock and the glazing, pixel by pixel at full resolution."""
    return (_unchanged(work), _windows(work))


def moved(work: Finished) -> Bool:
    """(H, W) pixels that differ from the source."""
    return np.asarray((work.composite.rgb != work.photo.rgb).any(-1))


def _unchanged(work: Finished) -> Check:
    outside = int((~work.composite.changed).sum())
    spoiled = int((moved(work) & ~work.composite.changed).sum())
    share = 1.0 - spoiled / max(outside, 1)
    note = "share of pixels outside the mask equal to the source's"
    return measured("unchanged_outside_mask", share, 1.0, spoiled == 0, note)


def _windows(work: Finished) -> Check:
    height, width = work.photo.rgb.shape[:2]
    size = (width, height)
    glass = cv2.resize(work.room.window_mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    glass = cv2.erode(glass, np.ones((3, 3), np.uint8))
    covered = cv2.dilate((work.render.alpha > 1 / 512).astype(np.uint8), np.ones((3, 3), np.uint8))
    covered = cv2.dilate(cv2.resize(covered, size, interpolation=cv2.INTER_NEAREST), np.ones((7, 7), np.uint8))
    bare = (glass > 0) & (covered == 0)
    spoiled = int((moved(work) & bare).sum())
    share = 1.0 - spoiled / max(int(bare.sum()), 1)
    note = "share of glazing not behind furniture equal to the source's"
    return measured("windows_untouched", share, 1.0, spoiled == 0, note)

"""What the room around the furniture keeps: windows their light, walls and ceiling theirs but for soft shade.

The limits are those of `relight`, measured in the finished picture: whatever wrote into it, they hold or it is refused.
"""

from __future__ import annotations

import cv2
import numpy as np

from atelier.check.base import Finished, measured
from atelier.light import LUMA, to_linear
from atelier.model import Bool
from atelier.relight import windows
from engine_contract import Check

MOST_WINDOW_LEVELS = 3.0
"""sRGB levels by which glass, sashes and frames may change (99th percentile): fewer than anyone sees"""
MOST_WALL_STOPS = 0.25
"""stops by which walls and ceiling may change away from furniture (99th percentile): a sixth of their light"""
_AWAY, _BESIDE = 0.05, 0.006
"""shares of the picture's width: beyond what touches; beyond an outline"""
_FEWEST = 60


def surroundings_checks(work: Finished) -> tuple[Check, ...]:
    """How far windows and walls changed that furniture does not hide, each where enough of it is seen."""
    h, w = work.photo.small.shape[:2]
    new = np.asarray(cv2.resize(work.composite.rgb, (w, h), interpolation=cv2.INTER_AREA), np.uint8)
    covered = cv2.resize((work.render.alpha > 0).astype(np.float32), (w, h), interpolation=cv2.INTER_AREA) > 0
    away = cv2.distanceTransform((~covered).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) / w
    lit, upright = windows(work.room), ~work.room.floor_mask
    # A soft photo's blur carries outlines over glass.
    beside = _BESIDE + 2 * work.composite.blur / work.photo.rgb.shape[1]
    glass: Bool = np.asarray(lit & upright & (away > beside))
    wall: Bool = np.asarray(upright & ~lit & (away > _AWAY))
    out = []
    if glass.sum() >= _FEWEST:
        change = np.abs(new[glass].astype(np.int16) - work.photo.small[glass]).max(-1)
        levels, note = float(np.percentile(change, 99)), "sRGB levels by which glass and frames in sight changed"
        out.append(measured("windows_keep_light", levels, MOST_WINDOW_LEVELS, levels <= MOST_WINDOW_LEVELS, note))
    if wall.sum() >= _FEWEST:
        before, after = (to_linear(a[wall]) @ LUMA + 1e-2 for a in (work.photo.small, new))
        stops = float(np.percentile(np.abs(np.log2(after / before)), 99))
        note = "stops by which walls and ceiling changed away from furniture"
        out.append(measured("walls_keep_light", stops, MOST_WALL_STOPS, stops <= MOST_WALL_STOPS, note))
    return tuple(out)

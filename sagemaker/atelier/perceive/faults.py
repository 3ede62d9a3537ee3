"""What makes a photo unfit whatever room it shows: a panorama's bent lines, and blur."""

from __future__ import annotations

import cv2
import numpy as np

from atelier.model import F32, U8, Bool
from atelier.perceive.camera import Calibration
from atelier.perceive.evidence import Evidence
from atelier.perceive.search import refine, starts

_UNEXPLAINED = 0.3
"""share of line length along no axis of the room from which on a cylinder is tried; most rooms have 0.05 to 0.25."""
_TURNS = np.deg2rad([75.0, 90.0, 105.0, 120.0])
_EDGE = 4.0  # grey levels per pixel
_BLUR_PX, _SHARP_PX = 1.0, 0.33
_MEASURING2 = 0.5**2 + 1 / 3
"""squared pixels of blur that smoothing and the central difference add themselves."""
_FINEST = 25  # percent: the sharper edges of a picture, which are in focus


def bent_as_panorama(calibration: Calibration, floor: Bool) -> float:
    """How much better a cylinder explains the lines than one lens does, as a difference of line scores; 0 for most.

    Phones sweep panoramas onto a cylinder, on which level lines bend. No camera model makes them straight, and
    furniture drawn straight would lean against them.
    """
    lines = calibration.lines
    unexplained = float(lines.weights[calibration.labels < 0].sum() / max(float(lines.weights.sum()), 1e-9))
    if unexplained < _UNEXPLAINED:
        return 0.0
    best = max(_score(Evidence.unrolled(lines, floor, float(turn))) for turn in _TURNS)
    return max(0.0, best - calibration.score)


def _score(evidence: Evidence) -> float:
    values, _ = refine(evidence, starts(evidence))
    return float(values.max())


def detail_px(rgb: U8) -> float:
    """(H, W, 3) sRGB → the longer side, in pixels, of the smallest picture that would show as much detail.

    The blur of edges from how much steeper they are than after blurring once more (Zhuo & Sim, 2011).
    """
    longer = float(max(rgb.shape[:2]))
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.float32)
    once = _steepness(np.asarray(cv2.GaussianBlur(grey, (0, 0), 0.5), np.float32))
    twice = _steepness(np.asarray(cv2.GaussianBlur(grey, (0, 0), float(np.hypot(0.5, _BLUR_PX))), np.float32))
    crest = (once >= cv2.dilate(once, np.ones((7, 7), np.uint8))) & (once > _EDGE)
    if not crest.any():
        return longer
    ratio = np.maximum(once[crest] / np.maximum(twice[crest], 1e-3), 1.0)
    spread2 = _BLUR_PX**2 / np.maximum(ratio**2 - 1, 1e-3) - _MEASURING2
    blur = float(np.sqrt(max(np.percentile(spread2, _FINEST), 0.0)))
    return longer * min(1.0, _SHARP_PX / max(blur, 1e-3))


def _steepness(grey: F32) -> F32:
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3), cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3)
    return np.asarray(np.hypot(across, down) / 8, np.float32)

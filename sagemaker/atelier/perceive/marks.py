"""What is drawn on the walls: frames, treads, panels, beams. A plain wall has no mark as long as a hand."""

from __future__ import annotations

import cv2
import numpy as np

from atelier.model import F32, U8, Bool

_BLUR_PX, _ABOVE_NOISE, _LEAST_STEP = 1.3, 3.0, 0.9
"""smoothing; how far a gradient stands out of the photo's median; the least one, sRGB levels a pixel."""
_LONG = 0.04
"""share of the longer side from which connected edges are a mark and not grain."""


def find_marks(rgb: U8) -> Bool:
    """(h, w) True on every long edge of a photo (h, w, 3), however pale: door panels show by two levels."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    smooth = cv2.GaussianBlur(grey, (0, 0), _BLUR_PX)
    along, across = (cv2.Sobel(smooth, cv2.CV_32F, dx, 1 - dx, ksize=3) / 8 for dx in (1, 0))
    steep: F32 = np.hypot(along, across)
    edges = (steep > max(_LEAST_STEP, _ABOVE_NOISE * float(np.median(steep)))).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(edges, connectivity=8)
    size = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    long = size > _LONG * max(edges.shape)
    long[0] = False
    out: Bool = long[labels]
    return out

"""How well a hypothetical straight edge in the room is supported by the picture's lines."""

from __future__ import annotations

import cv2
import numpy as np

from atelier.model import F32, F64, Camera
from atelier.perceive.camera import Calibration
from atelier.perceive.lines import LineKind


class SupportMaps:
    """One map per world axis: 1 on a segment that points along it, falling off within 0.4 % of the width."""

    def __init__(self, calibration: Calibration) -> None:
        camera, lines = calibration.camera, calibration.lines
        self._maps: list[F32] = []
        for axis in range(3):
            chosen = (calibration.labels == axis) & (lines.kinds == LineKind.ROOM)
            canvas = np.full((camera.height, camera.width), 255, np.uint8)
            for x0, y0, x1, y1 in (lines.segments[chosen] - 0.5).round().astype(int).tolist():
                cv2.line(canvas, (x0, y0), (x1, y1), 0, 1)
            if chosen.any():
                distance = cv2.distanceTransform(canvas, cv2.DIST_L2, 3)
                self._maps.append(np.exp(-((distance / (0.004 * camera.width)) ** 2)).astype(np.float32))
            else:
                self._maps.append(np.zeros(canvas.shape, np.float32))

    def along(self, axis: int, camera: Camera, points: F64) -> F64:
        """World points (..., 3) → (...) support for an edge along `axis` there; 0 outside the picture."""
        uv, depth = camera.project(points)
        u, v = uv[..., 0], uv[..., 1]
        seen = (depth > 0.05 * camera.height_m) & (u >= 0) & (u < camera.width) & (v >= 0) & (v < camera.height)
        column = np.where(seen, u, 0).astype(int)
        row = np.where(seen, v, 0).astype(int)
        return np.where(seen, self._maps[axis][row, column], 0.0)

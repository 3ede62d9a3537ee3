"""How well a hypothetical straight edge in the room is supported by the picture's lines."""

from __future__ import annotations

import cv2
import numpy as np

from atelier.model import F32, F64, Bool, BoundaryPiece, Camera
from atelier.perceive.camera import Calibration, direction_angles
from atelier.perceive.lines import LineKind

_SQUARE = 0.98
_SLANTED_WITHIN = float(np.deg2rad(3.0))  # a slanted wall's direction is only as good as the outline


class SupportMaps:
    """One map per direction: 1 on a segment that points along it, falling off within 0.4 % of the width.

    Directions 0…2 are the room's axes; slanted walls add their own.
    """

    def __init__(self, calibration: Calibration) -> None:
        self._camera, self._lines = calibration.camera, calibration.lines
        room = self._lines.kinds == LineKind.ROOM
        self._maps: list[F32] = [self._drawn((calibration.labels == axis) & room) for axis in range(3)]
        self._slanted: dict[int, int] = {}

    def direction_of(self, wall: BoundaryPiece) -> int:
        """The direction level lines on this wall run along, for `along`."""
        across = int(np.abs(wall.normal).argmax())
        if abs(float(wall.normal[across])) > _SQUARE:
            return 1 - across
        degrees = round(float(np.rad2deg(np.arctan2(wall.normal[1], wall.normal[0])))) % 180
        if degrees not in self._slanted:
            along = np.array([[-np.sin(np.deg2rad(degrees)), np.cos(np.deg2rad(degrees)), 0.0]])
            near = direction_angles(self._camera, self._lines.segments, along)[:, 0] < _SLANTED_WITHIN
            self._slanted[degrees] = len(self._maps)
            self._maps.append(self._drawn(near & (self._lines.kinds == LineKind.ROOM)))
        return self._slanted[degrees]

    def _drawn(self, chosen: Bool) -> F32:
        shape = self._camera.height, self._camera.width
        if not chosen.any():
            return np.zeros(shape, np.float32)
        canvas = np.full(shape, 255, np.uint8)
        for x0, y0, x1, y1 in (self._lines.segments[chosen] - 0.5).round().astype(int).tolist():
            cv2.line(canvas, (x0, y0), (x1, y1), 0, 1)
        distance = cv2.distanceTransform(canvas, cv2.DIST_L2, 3)
        return np.asarray(np.exp(-((distance / (0.004 * self._camera.width)) ** 2)), np.float32)

    def along(self, direction: int, camera: Camera, points: F64) -> F64:
        """World points (..., 3) → (...) support for an edge along a direction there; 0 outside the picture."""
        uv, depth = camera.project(points)
        u, v = uv[..., 0], uv[..., 1]
        seen = (depth > 0.05 * camera.height_m) & (u >= 0) & (u < camera.width) & (v >= 0) & (v < camera.height)
        column = np.where(seen, u, 0).astype(int)
        row = np.where(seen, v, 0).astype(int)
        return np.where(seen, self._maps[direction][row, column], 0.0)

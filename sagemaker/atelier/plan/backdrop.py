"""What a piece would hide of the wall behind it, where nobody named it: a door or a stair that was not recognised
still draws lines."""

from __future__ import annotations

import cv2
import numpy as np

from atelier.furnish.catalogue import CATALOGUE
from atelier.model import Placement, Room
from atelier.plan.outlines import corners

_BASEBOARD_M, _TALL_M = 0.3, 1.0
_MOST_BEHIND, _MOST_UNDER_ART = 0.07, 0.004
"""share of a tall cabinet's, and of a picture's, part of the photo that may be drawn upon."""


def hides_marks(piece: Placement, room: Room) -> bool:
    """Whether a tall cabinet would stand before more than the lines of a corner."""
    tall = piece.size_m[2] > _TALL_M and CATALOGUE[piece.piece].category == "storage"
    return tall and _share(piece, room) > _MOST_BEHIND


def hangs_on_marks(hung: Placement, room: Room) -> bool:
    """Whether the wall behind a picture is anything but plain."""
    return _share(hung, room) > _MOST_UNDER_ART


def _share(piece: Placement, room: Room) -> float:
    if room.marks is None:
        return 0.0
    solid = corners(piece)
    solid[:, 2] = np.maximum(solid[:, 2], min(_BASEBOARD_M, piece.z + piece.size_m[2]))
    uv, depth = room.camera.project(solid)
    if depth.min() < 0.1:
        return 0.0
    mask = np.zeros(room.marks.shape, np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(uv.astype(np.float32)).astype(np.int32), 1)
    return float(room.marks[mask > 0].mean()) if mask.any() else 0.0

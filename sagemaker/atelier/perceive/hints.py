"""What a caller says of the room, as masks and openings: it stands in place of the engine's own guess."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from atelier.model import F64, Bool, BoundaryPiece, Camera, Opening, Standing
from atelier.perceive.floor import to_ground
from atelier.perceive.windows import place_on_wall

_DOOR_TOP_M, _ASSUMED_TOP_M = 2.03, 1.0
_LOWEST_SHARE = 0.15
_ON_FLOOR = 0.5
Corners = Sequence[tuple[float, float]]


def polygons_mask(polygons: Sequence[Corners], width: int, height: int) -> Bool:
    """Polygons in fractions of width and height → (height, width) union."""
    mask = np.zeros((height, width), np.uint8)
    for corners in polygons:
        cv2.fillPoly(mask, [np.round(_pixels(corners, width, height)).astype(np.int32)], 1)
    return mask > 0


def hinted_windows(polygons: Sequence[Corners], camera: Camera, walls: Sequence[BoundaryPiece]) -> list[Opening]:
    """Each polygon on the wall it fits best; one that fits none keeps its pixels but no wall. Metres."""
    placed = (_placed(corners, camera, walls) for corners in polygons)
    return [Opening("window", o.ground, o.bottom_m, o.top_m, 1.0) for o in placed if o is not None]


def hinted_doors(polygons: Sequence[Corners], camera: Camera, walls: Sequence[BoundaryPiece]) -> list[Opening]:
    """Each polygon as a door on its wall, or where its lower edge meets the floor. Metres."""
    doors = []
    for corners in polygons:
        found = _placed(corners, camera, walls)
        feet = _feet(corners, camera) if found is None else found.ground
        doors.append(Opening("door", feet, 0.0, _DOOR_TOP_M if found is None else found.top_m, 1.0))
    return doors


def hinted_obstacles(
    polygons: Sequence[Corners], camera: Camera, walls: Sequence[BoundaryPiece], floor: Bool
) -> tuple[list[Opening], list[Standing]]:
    """What to keep clear: built-ins with free floor before them on walls, footprints where they lie on the floor."""
    on_walls, on_floor = [], []
    for corners in polygons:
        mask = polygons_mask([corners], camera.width, camera.height)
        if (mask & floor).sum() > _ON_FLOOR * mask.sum():
            ground = to_ground(camera, _pixels(corners, camera.width, camera.height))
            footprint = cv2.convexHull(ground.astype(np.float32))[:, 0].astype(np.float64)
            on_floor.append(Standing("object", mask, footprint, 0.05, 1.0))
            continue
        found = _placed(corners, camera, walls)
        feet = _feet(corners, camera) if found is None else found.ground
        top = _ASSUMED_TOP_M if found is None else found.top_m
        on_walls.append(Opening("built_in", feet, 0.0, top, 1.0))
    return on_walls, on_floor


def _placed(corners: Corners, camera: Camera, walls: Sequence[BoundaryPiece]) -> Opening | None:
    mask = polygons_mask([corners], camera.width, camera.height)
    ys, xs = np.nonzero(mask)
    if not len(ys):
        return None
    step = max(1, len(ys) // 400)
    pixels = np.stack([xs[::step] + 0.5, ys[::step] + 0.5], 1)
    found = [placed for wall in walls if (placed := place_on_wall(pixels, camera, wall, None)) is not None]
    return max(found, key=lambda item: item[0])[1] if found else None


def _feet(corners: Corners, camera: Camera) -> F64:
    """(2, 2) where the polygon's lower edge stands on the floor."""
    pixels = _pixels(corners, camera.width, camera.height)
    low = pixels[pixels[:, 1] > pixels[:, 1].max() - _LOWEST_SHARE * np.ptp(pixels[:, 1])]
    ends = np.stack([low[low[:, 0].argmin()], low[low[:, 0].argmax()]])
    if np.ptp(ends[:, 0]) < 1:  # a single lowest corner: the polygon's own width
        ends = np.array([[pixels[:, 0].min(), ends[0, 1]], [pixels[:, 0].max(), ends[0, 1]]])
    return to_ground(camera, ends)


def _pixels(corners: Corners, width: int, height: int) -> F64:
    return np.clip(np.array(corners, np.float64), 0, 1) * [width, height]

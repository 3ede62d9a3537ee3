"""A rectangular room seen by a known camera, described as perception would describe it. No pixels are rendered."""

from __future__ import annotations

import cv2
import numpy as np
from shapely.geometry import LineString, Polygon
from shapely.geometry.polygon import orient

from atelier.model import BoundaryPiece, Camera, Opening, PieceKind, Room

WIDTH, HEIGHT = 1000, 667


def camera(height_m: float = 1.3, focal: float = 0.55, shift: float = -0.05) -> Camera:
    """Level camera looking along +y with a small vertical shift."""
    r = np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]])
    return Camera(focal * WIDTH, WIDTH / 2, HEIGHT / 2 + shift * HEIGHT, WIDTH, HEIGHT, r, height_m)


def box_room(
    left: float = -2.4,
    right: float = 2.4,
    back: float = 5.5,
    openings: tuple[Opening, ...] = (),
    cam: Camera | None = None,
) -> Room:
    """The part of an empty box the camera sees, with its walls and the given openings."""
    cam = cam or camera()
    low = cam.rays(np.array([[0.0, cam.height], [cam.width, cam.height], [cam.width, cam.cy + 2], [0.0, cam.cy + 2]]))
    cone = Polygon(low[:, :2] * (cam.height_m / -low[:, 2:]))
    inside = Polygon([(left, -1), (right, -1), (right, back), (left, back)]).intersection(cone)
    assert isinstance(inside, Polygon)
    floor = orient(inside)
    polygon = np.array(floor.exterior.coords)[:-1]
    mask = np.zeros((cam.height, cam.width), np.uint8)
    pieces = tuple(_piece(np.array(ends), floor, (left, right, back), cam) for ends in _edges(polygon))
    uv, _ = cam.project(np.c_[polygon, np.zeros(len(polygon))])
    cv2.fillPoly(mask, [uv.astype(np.int32)], 1)
    empty = np.zeros_like(mask, bool)
    return Room(cam, mask.astype(bool), empty, polygon, pieces, openings, 2.6, {"floor": 1.0})


def _edges(polygon: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    return list(zip(polygon, np.roll(polygon, -1, axis=0), strict=True))


def _piece(ends: np.ndarray, floor: Polygon, walls: tuple[float, float, float], cam: Camera) -> BoundaryPiece:
    uv, _ = cam.project(np.c_[ends, np.zeros(2)])
    left, right, back = walls
    kind: PieceKind = "border"
    normal = np.zeros(2)
    for value, axis, into in ((left, 0, (1.0, 0.0)), (right, 0, (-1.0, 0.0)), (back, 1, (0.0, -1.0))):
        if np.abs(ends[:, axis] - value).max() < 1e-6:
            kind, normal = "wall", np.array(into)
    assert floor.buffer(1e-6).contains(LineString(ends))
    return BoundaryPiece(kind, uv, ends, normal)

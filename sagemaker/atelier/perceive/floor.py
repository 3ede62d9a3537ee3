"""The visible floor's outline in the picture and on the ground, and what each piece of that outline is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from shapely.geometry import Point, Polygon
from shapely.geometry.polygon import orient

from atelier.model import F64, I32, Bool, BoundaryPiece, Camera, PieceKind, RoomRefusedError
from atelier.perceive.camera import axis_angles

_REACH = 14.0  # ground points are clipped at this many camera heights: beyond it pixels mean metres
_ON_LINE = 0.1  # camera heights
_PRESUMED_TALL = 0.7
_LINKS = 3  # free pieces in a row that may continue one wall
_LEAST_RUN = 5  # pixels
_BORDER = 0.012  # of the width: this near the frame a piece is the frame's


@dataclass(frozen=True)
class Outline:
    """The floor on the ground at unit camera height."""

    polygon: F64
    """(N, 2) counter-clockwise, not closed."""
    pieces: tuple[BoundaryPiece, ...]

    def scaled(self, camera_height_m: float) -> Outline:
        """The same outline in metres."""
        pieces = tuple(replace(p, ground=p.ground * camera_height_m) for p in self.pieces)
        return Outline(self.polygon * camera_height_m, pieces)


def outline_edges(mask: Bool, tolerance: float = 0.006) -> tuple[F64, Bool]:
    """The mask's outline as a polyline: ((K, 2, 2) edges in pixels, (K,) lies on the picture's frame).

    tolerance: of the width.
    """
    height, width = mask.shape
    corners = _contour(mask, tolerance * width)
    if len(corners) < 3:
        return np.zeros((0, 2, 2)), np.zeros(0, np.bool_)
    edges = np.stack([corners, np.roll(corners, -1, 0)], 1)
    margin = _BORDER * width
    x, y = edges[..., 0], edges[..., 1]
    on_frame = [x < margin, x > width - margin, y < margin, y > height - margin]
    return edges, np.any([side.all(1) for side in on_frame], axis=0)


def outline_segments(mask: Bool) -> F64:
    """(K, 4) lines fitted to the outline between the corners of its polyline, but for those on the frame.

    A corner is only as exact as the polyline's tolerance, and rounded: the line leaves both ends out.
    """
    edges, on_frame = outline_edges(mask)
    outline = _whole_contour(mask)[:, 0] + 0.5
    fitted = []
    for edge in edges[~on_frame]:
        first, last = (int(np.abs(outline - corner).sum(1).argmin()) for corner in edge)
        run = np.roll(outline, -first, 0)[: (last - first) % len(outline) + 1]
        run = run[len(run) // 10 : len(run) - len(run) // 10]
        fitted.append(_fitted(edge, run) if len(run) >= _LEAST_RUN else edge)
    return np.array(fitted, np.float64).reshape(-1, 4)


def _fitted(edge: F64, run: F64) -> F64:
    vx, vy, x, y = cv2.fitLine(run.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel().tolist()
    along, through = np.array([vx, vy]), np.array([x, y])
    return np.asarray(through + ((edge - through) @ along)[:, None] * along, np.float64)


def to_ground(camera: Camera, pixels: F64) -> F64:
    """(..., 2) pixels → (..., 2) points on the floor in metres, clipped at a fixed reach and the horizon."""
    rays = camera.rays(pixels)
    drop = np.maximum(-rays[..., 2:], 1e-4)
    ground = rays[..., :2] / drop
    distance = np.linalg.norm(ground, axis=-1, keepdims=True)
    return np.asarray(ground * np.minimum(1, _REACH / np.maximum(distance, 1e-9)) * camera.height_m, np.float64)


def trace(mask: Bool, camera: Camera) -> Outline:
    """Floor mask and camera → polygon and classified pieces on the ground.

    Raises RoomRefusedError where the mask encloses no floor.
    """
    polygon = _ground_polygon(_contour(mask, 0.0022 * mask.shape[1]), camera)
    edges, on_frame = outline_edges(mask)
    pieces = [_piece(edge, bool(frame), camera, polygon) for edge, frame in zip(edges, on_frame, strict=True)]
    for _ in range(_LINKS):
        pieces = [_continued(piece, pieces) for piece in pieces]
    exterior = np.array(polygon.exterior.coords[:-1], np.float64).reshape(-1, 2)
    return Outline(exterior, tuple(pieces))


def _piece(pixels: F64, on_frame: bool, camera: Camera, polygon: Polygon) -> BoundaryPiece:
    ground = to_ground(camera, pixels)
    if on_frame:
        return BoundaryPiece("border", pixels, ground, np.zeros(2), 0.0)
    normal = _inward(ground, polygon)
    kind: PieceKind = "free"
    length = float(np.linalg.norm(pixels[1] - pixels[0]))
    if length > 0.03 * camera.width:
        angles = axis_angles(camera, pixels.reshape(1, 4))[0, :2]
        axis = int(angles.argmin())
        run = np.abs(ground[1] - ground[0])
        along = run[axis] > 0.9 * np.linalg.norm(run)
        # Two and a quarter degrees, and more for short edges: the outline is only exact to 0.4 % of the width.
        if along and angles[axis] < np.deg2rad(2.2) + np.arctan(0.004 * camera.width / length):
            kind = "wall"
            across = 1 - axis
            sign = 1.0 if normal[across] >= 0 else -1.0
            normal = np.array([sign, 0.0]) if across == 0 else np.array([0.0, sign])
    return BoundaryPiece(kind, pixels, ground, normal, 1.0 if kind == "wall" else 0.0)


def _continued(piece: BoundaryPiece, pieces: Sequence[BoundaryPiece]) -> BoundaryPiece:
    """A free piece that lies on a wall's own line and touches the wall is that wall, seen through a blurred outline."""
    if piece.kind != "free":
        return piece
    for wall in pieces:
        touches = min(np.linalg.norm(a - b) for a in piece.ground for b in wall.ground) < _ON_LINE
        if wall.kind == "wall" and touches and np.abs((piece.ground - wall.ground[0]) @ wall.normal).max() < _ON_LINE:
            return replace(piece, kind="wall", normal=wall.normal, tall=_PRESUMED_TALL)
    return piece


def _inward(ground: F64, polygon: Polygon) -> F64:
    """Unit normal of the edge towards the side on which most of the floor along it lies.

    Asked at several distances: near the edge the outline's own coarseness decides, far away the next wall.
    """
    along = ground[1] - ground[0]
    length = float(np.linalg.norm(along))
    if length < 1e-9:
        return np.zeros(2)
    normal = np.array([-along[1], along[0]]) / length
    feet = ground[0] + np.linspace(0.1, 0.9, 9)[:, None] * along
    reach = np.array([0.05, 0.15, 0.3]) * max(0.3, min(1.0, length))
    inside = [
        sum(polygon.contains(Point(*(foot + side * step * normal))) for foot in feet for step in reach)
        for side in (1.0, -1.0)
    ]
    return normal if inside[0] >= inside[1] else -normal


def _contour(mask: Bool, tolerance_px: float) -> F64:
    whole = _whole_contour(mask)
    if not len(whole):
        return np.zeros((0, 2))
    return np.asarray(cv2.approxPolyDP(whole, tolerance_px, True)[:, 0], np.float64) + 0.5


def _whole_contour(mask: Bool) -> I32:
    """(N, 1, 2) every pixel of the largest region's outline."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(max(contours, key=cv2.contourArea, default=np.zeros((0, 1, 2))), np.int32)


def _ground_polygon(corners: F64, camera: Camera) -> Polygon:
    outer = Polygon(to_ground(camera, corners)) if len(corners) >= 3 else Polygon()
    parts = [part for part in getattr(outer.buffer(0), "geoms", [outer.buffer(0)]) if part.area > 0]
    if not parts:
        raise RoomRefusedError(
            "room_not_understood",
            "No floor was found in the lower part of the photo.",
            "Take the photo from about chest height, level, with open floor in front, or mark the floor.",
        )
    return orient(max(parts, key=lambda part: part.area), 1.0)

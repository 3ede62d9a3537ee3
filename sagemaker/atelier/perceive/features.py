"""Fireplaces: what a sofa must not be put in front of although it stands on a plain piece of wall.

Each wall is rectified to a metric strip. A hearth is a dark box low on the wall with something lighter
around and above it; a chimney breast of brick or stone differs from the room's paint and is textured.
The test is meant to be generous: keeping a stretch of wall free costs little.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from shapely.geometry import LineString

from atelier.model import F32, F64, U8, Bool, BoundaryPiece, Camera, Opening

_STEP = 0.05
_HEIGHTS = np.arange(0.1, 2.0, _STEP)
_LOW, _HIGH = slice(0, 20), slice(24, 36)  # 0.1–1.1 m and 1.3–1.9 m
_MANTEL, _MANTEL_CELLS = slice(14, 32), 3  # 0.8–1.7 m, 0.15 m high
_HEARTH_M = (0.4, 2.0)
_BREAST_M = (0.9, 3.2)  # wider is a wall of brick, or one of another colour
_ROUGH, _DARK = 2.0, 28.0  # units of Lab lightness
_SURROUND_M, _APART_M = 0.3, 1.0
_JAMB_M = 0.1  # a hearth has wall on both sides; what is dark up to the corner is something in the corner


def find_fireplaces(
    rgb: U8, camera: Camera, pieces: Sequence[BoundaryPiece], taken: Sequence[Opening]
) -> list[Opening]:
    """(H, W, 3) sRGB and wall pieces in metres → hearths and masonry not already known as `taken` openings."""
    smooth = np.asarray(cv2.GaussianBlur(rgb, (0, 0), 1.0), np.float32) / 255
    lab = np.asarray(cv2.cvtColor(smooth, cv2.COLOR_RGB2LAB), np.float32)
    strips = [
        (piece, strip, seen)
        for piece in pieces
        if piece.kind == "wall" and np.linalg.norm(piece.ground[1] - piece.ground[0]) > _HEARTH_M[0]
        for strip, seen in [_rectify(lab, camera, piece)]
    ]
    paint = _paint([(strip, seen) for _, strip, seen in strips])
    if paint is None:
        return []
    found: list[tuple[float, Opening]] = []
    for piece, strip, seen in strips:
        for start, end in _runs(_hearth_columns(strip, seen, paint), _HEARTH_M):
            surrounded = start > _JAMB_M and end < strip.shape[1] * _STEP - _JAMB_M
            hearth = _opening(piece, start, end, 0.8)
            if surrounded and not any(overlap(hearth, other) for other in taken if other.kind != "built_in"):
                found.append((_lightness(strip, seen, start, end), hearth))
    hearths = _apart(found)
    known = [*(t for t in taken if not any(overlap(hearth, t) for hearth in hearths)), *hearths]
    masonry: list[Opening] = []
    for piece, strip, seen in strips:
        columns = _masonry_columns(strip, seen, paint) & ~_shelved(piece, strip.shape[1], known)
        for start, end in _runs(columns, _BREAST_M):
            breast = _opening(piece, start, end, 0.5)
            if not any(overlap(breast, other) or overlap(other, breast) for other in known):
                masonry.append(breast)
    return [*hearths, *masonry]


def _rectify(lab: F32, camera: Camera, piece: BoundaryPiece) -> tuple[F32, Bool]:
    """((heights, columns, 3) Lab, (heights, columns) seen) of the wall on one piece, _STEP metres apart."""
    along = piece.ground[1] - piece.ground[0]
    length = min(float(np.linalg.norm(along)), 12.0)
    feet = piece.ground[0] + np.arange(0, length, _STEP)[:, None] * along / np.linalg.norm(along)
    points = np.concatenate(
        [
            np.broadcast_to(feet, (len(_HEIGHTS), len(feet), 2)),
            np.broadcast_to(_HEIGHTS[:, None, None], (len(_HEIGHTS), len(feet), 1)),
        ],
        -1,
    )
    uv, depth = camera.project(points)
    seen = (depth > 0.3) & (uv >= 1).all(-1) & (uv[..., 0] < camera.width - 1) & (uv[..., 1] < camera.height - 1)
    grid = np.where(seen[..., None], uv - 0.5, 0).astype(np.float32)
    return np.asarray(cv2.remap(lab, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR), np.float32), seen


def _paint(strips: Sequence[tuple[F32, Bool]]) -> F64 | None:
    """Lab of the plain painted wall: the median of smooth columns, of all where none is smooth. A hearth's glass is
    as smooth as paint: the wall is what is not dark, unless all is."""
    columns = [
        (strip[_LOW][:, c][seen[_LOW][:, c]], t) for strip, seen in strips for c, t in enumerate(_texture(strip, seen))
    ]
    columns = [(colours, texture) for colours, texture in columns if len(colours)]
    columns = [(colours, t) for colours, t in columns if np.median(colours[:, 0]) > _DARK] or columns
    if not columns:
        return None
    smooth = [colours for colours, texture in columns if texture < _ROUGH / 2]
    return np.asarray(np.median(np.concatenate(smooth or [colours for colours, _ in columns]), 0), np.float64)


def _texture(strip: F32, seen: Bool) -> F64:
    """(columns,) mean deviation of lightness from its 25 cm neighbourhood."""
    lightness = strip[..., 0]
    rough = np.abs(lightness - cv2.blur(lightness, (5, 5)))
    return np.asarray(np.where(seen, rough, 0)[_LOW].sum(0) / np.maximum(seen[_LOW].sum(0), 1), np.float64)


def _hearth_columns(strip: F32, seen: Bool, paint: F64) -> Bool:
    """Dark low on the wall and not above, or with a mantel between it and the television that hangs there."""
    dark = (strip[..., 0] < min(_DARK, 0.5 * float(paint[0]))) & seen
    low, high = _share(dark[_LOW], seen[_LOW]), _share(dark[_HIGH], seen[_HIGH])
    plain = (low > 0.35) & (high < 0.3)
    light = (seen & ~dark)[_MANTEL].astype(np.uint8)
    mantel = cv2.erode(light, np.ones((_MANTEL_CELLS, 1), np.uint8), borderValue=0).any(0)
    return np.asarray(plain | ((low > 0.5) & mantel), np.bool_)


def _lightness(strip: F32, seen: Bool, start: float, end: float) -> float:
    """Median L of a stretch of wall, metres, at a hearth's height."""
    across = slice(round(start / _STEP), round(end / _STEP))
    return float(np.median(strip[_LOW, across, 0][seen[_LOW, across]]))


def _apart(found: Sequence[tuple[float, Opening]]) -> list[Opening]:
    """The darkest of what lies side by side: beside a hearth dark shelves are no second one."""
    kept: list[Opening] = []
    for _, hearth in sorted(found, key=lambda item: item[0]):
        if all(LineString(hearth.ground).distance(LineString(other.ground)) > _APART_M for other in kept):
            kept.append(hearth)
    return kept


def _shelved(piece: BoundaryPiece, columns: int, known: Sequence[Opening]) -> Bool:
    """(columns,) True before built-in shelves: neither paint nor masonry."""
    along = piece.ground[1] - piece.ground[0]
    along = along / np.linalg.norm(along)
    across = np.array([-along[1], along[0]])
    at = np.arange(columns) * _STEP
    out = np.zeros(columns, np.bool_)
    for opening in known:
        feet = opening.ground - piece.ground[0]
        if opening.kind == "built_in" and np.abs(feet @ across).max() < 0.3:
            low, high = sorted(feet @ along)
            out |= (at > low - 0.1) & (at < high + 0.1)
    return out


def _masonry_columns(strip: F32, seen: Bool, paint: F64) -> Bool:
    differs = (np.linalg.norm(strip - paint, axis=-1) > 20) & seen
    return np.asarray((_share(differs[_LOW], seen[_LOW]) > 0.75) & (_texture(strip, seen) > _ROUGH), np.bool_)


def _share(hits: Bool, seen: Bool) -> F64:
    return np.asarray(hits.sum(0) / np.maximum(seen.sum(0), 1), np.float64)


def _runs(columns: Bool, limits: tuple[float, float]) -> list[tuple[float, float]]:
    """Stretches of True in metres whose length lies within the limits; gaps of 15 cm are bridged."""
    closed = cv2.morphologyEx(columns.astype(np.uint8)[None], cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))[0]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], closed, [0]])))
    stretches = [(float(a) * _STEP, float(b) * _STEP) for a, b in edges.reshape(-1, 2)]
    return [(a, b) for a, b in stretches if limits[0] <= b - a <= limits[1]]


def _opening(piece: BoundaryPiece, start: float, end: float, confidence: float) -> Opening:
    along = piece.ground[1] - piece.ground[0]
    length = float(np.linalg.norm(along))
    start, end = max(0.0, start - _SURROUND_M), min(length, end + _SURROUND_M)
    ground = piece.ground[0] + np.array([[start], [end]]) * along / length
    return Opening("fireplace", ground, 0.0, 1.2, confidence)


def overlap(candidate: Opening, other: Opening) -> bool:
    """Whether half of the candidate's foot or more lies on the other's."""
    shared = LineString(candidate.ground).buffer(0.08).intersection(LineString(other.ground).buffer(0.08))
    return bool(shared.area > 0.5 * LineString(candidate.ground).buffer(0.08).area)

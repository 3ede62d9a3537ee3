"""Walls beyond the box: at any angle to the room's axes, and whole again where doors, radiators or a blurred
outline broke the foot that the floor shows of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from atelier.model import F64, I32, Bool, BoundaryPiece, Camera
from atelier.perceive.camera import direction_angles
from atelier.perceive.lines import LineKind, Lines

_OBLIQUE_M = 1.0
"""shorter slanted edges are door leaves, jambs and things."""
_OBLIQUE_PX = 0.05  # of the width
_LEVEL, _LEVEL_M = 0.06, 0.02
_COVERED = 0.55
_OBLIQUE_TALL = 0.7
_SLOPE_REACH_M = 3.0
_IN_LINE_M, _PARALLEL = 0.14, 0.985
_GAP_M = 2.4
_FAR = 0.025  # of the distance: how well a far wall's place is known
_FRAME_PX, _BEYOND_FRAME_M = 0.02, 2.0
_PRESUMED_M = 0.3
_NEARLY_SQUARE = float(np.cos(np.deg2rad(28)))
_SQUARE = 0.98
_FITTED_COUNTS = 0.7
_SLANTED_WITHIN = float(np.deg2rad(1.5))


def slanted_walls(camera: Camera, pieces: Sequence[BoundaryPiece], lines: Lines) -> tuple[BoundaryPiece, ...]:
    """Free pieces on which a wall stands, whatever its direction: level lines run above them in their own
    plane (skirting, sills, rails, the ceiling). Bays and cut corners; a threshold has nothing above it. Metres."""
    return tuple(_as_wall(piece, camera, lines) if piece.kind == "free" else piece for piece in pieces)


def _as_wall(piece: BoundaryPiece, camera: Camera, lines: Lines) -> BoundaryPiece:
    length = float(np.linalg.norm(piece.ground[1] - piece.ground[0]))
    long_enough = np.linalg.norm(piece.pixels[1] - piece.pixels[0]) > _OBLIQUE_PX * camera.width
    if length < _OBLIQUE_M or not long_enough or not piece.normal.any():
        return piece
    ends = lines.segments[lines.kinds == LineKind.ROOM].reshape(-1, 2, 2)
    along, height, front = on_wall(ends, piece, camera)
    run, rise = np.abs(np.diff(along)[:, 0]), np.abs(np.diff(height)[:, 0])
    level = (rise < _LEVEL * run + _LEVEL_M) & (run > 0.15) & front.all(1)
    within = (along > -0.1).all(1) & (along < length + 0.1).all(1)
    standing = (height > 0.04).all(1) & (height < _SLOPE_REACH_M).all(1)
    cells = np.zeros(max(1, int(length / 0.05)), bool)
    for a, b in np.sort(along[level & within & standing], 1):
        cells[max(0, int(a / 0.05)) : max(0, int(b / 0.05)) + 1] = True
    return replace(piece, kind="wall", tall=_OBLIQUE_TALL) if cells.mean() > _COVERED else piece


def on_wall(pixels: F64, piece: BoundaryPiece, camera: Camera) -> tuple[F64, F64, Bool]:
    """(..., 2) pixels → metres along the wall on `piece`, metres above the floor, and whether it is in front."""
    along = piece.ground[1] - piece.ground[0]
    along = along / np.linalg.norm(along)
    normal = np.array([-along[1], along[0]])
    rays = camera.rays(pixels)
    towards = rays[..., :2] @ normal
    reach = float(piece.ground[0] @ normal)  # the camera stands above the origin
    safe = np.where(np.abs(towards) > 1e-6, towards, 1e-6)
    distance = reach / safe
    s = distance * (rays[..., :2] @ along) - float(piece.ground[0] @ along)
    return s, camera.height_m + distance * rays[..., 2], np.asarray(distance > 0.2, np.bool_)


def whole_walls(camera: Camera, pieces: Sequence[BoundaryPiece]) -> list[BoundaryPiece]:
    """Wall pieces that lie on one line, joined over gaps a door or a piece of furniture leaves. Longest first."""
    walls = sorted((p for p in pieces if p.kind == "wall"), key=lambda p: -_length(p))
    joined = True
    while joined:
        joined = False
        for i, wall in enumerate(walls):
            for j in range(i + 1, len(walls)):
                union = _union(wall, walls[j], camera)
                if union is not None:
                    walls[i] = union
                    del walls[j]
                    joined = True
                    break
            if joined:
                break
    return sorted(walls, key=lambda p: -_length(p))


def _union(a: BoundaryPiece, b: BoundaryPiece, camera: Camera) -> BoundaryPiece | None:
    along = (a.ground[1] - a.ground[0]) / _length(a)
    off = np.abs((b.ground - a.ground[0]) @ a.normal)
    far = float(np.linalg.norm(b.ground, axis=1).max())
    if a.normal @ b.normal < _PARALLEL or off.max() > _IN_LINE_M + _FAR * far:
        return None
    s = (b.ground - a.ground[0]) @ along
    gap = max(float(s.min()) - _length(a), -float(s.max()))
    if gap > _GAP_M:
        return None
    low, high = min(0.0, float(s.min())), max(_length(a), float(s.max()))
    ground = a.ground[0] + np.array([[low], [high]]) * along
    pixels, _ = camera.project(np.c_[ground, np.zeros(2)])
    return replace(a, ground=ground, pixels=pixels, tall=min(a.tall, b.tall))


def _length(piece: BoundaryPiece) -> float:
    return max(float(np.linalg.norm(piece.ground[1] - piece.ground[0])), 1e-6)


def stretched(camera: Camera, walls: Sequence[BoundaryPiece]) -> list[BoundaryPiece]:
    """Walls continued where the frame cuts their foot: above it one sees more of them than of their foot."""
    out = []
    for wall in walls:
        along = (wall.ground[1] - wall.ground[0]) / _length(wall)
        ground = wall.ground.copy()
        for end, sign in ((0, -1.0), (1, 1.0)):
            x, y = wall.pixels[end]
            margin = _FRAME_PX * camera.width
            if x < margin or x > camera.width - margin or y > camera.height - margin:
                ground[end] += sign * _BEYOND_FRAME_M * along
        out.append(replace(wall, ground=ground))
    return out


def openings_in_outline(pieces: Sequence[BoundaryPiece]) -> list[list[BoundaryPiece]]:
    """Consecutive free pieces, in outline order; the outline is closed."""
    if not pieces or all(p.kind == "free" for p in pieces):
        return []
    first = next(i for i, p in enumerate(pieces) if p.kind != "free")
    runs: list[list[BoundaryPiece]] = []
    open_run = False
    for piece in [*pieces[first:], *pieces[:first]]:
        if piece.kind != "free":
            open_run = False
        elif open_run:
            runs[-1].append(piece)
        else:
            runs.append([piece])
            open_run = True
    return runs


def presumed_walls(pieces: Sequence[BoundaryPiece]) -> list[BoundaryPiece]:
    """The plane of every free stretch of the outline: where a glass door or a window above a radiator stands.

    A stretch nearly along a room axis is taken to hide a wall on that axis, through the stretch's outer end.
    """
    walls = []
    for run in openings_in_outline(pieces):
        ends = np.stack([run[0].ground[0], run[-1].ground[1]])
        along = ends[1] - ends[0]
        length = float(np.linalg.norm(along))
        if length < _PRESUMED_M:
            continue
        normal = np.array([-along[1], along[0]]) / length
        if sum(float(p.normal @ normal) * _length(p) for p in run) < 0:
            normal = -normal
        across = int(np.abs(normal).argmax())
        if abs(normal[across]) > _NEARLY_SQUARE:
            normal = np.sign(normal[across]) * np.eye(2)[across]
            ends[:, across] = normal[across] * (ends @ normal).min()
        walls.append(BoundaryPiece("wall", np.stack([run[0].pixels[0], run[-1].pixels[1]]), ends, normal, 0.3))
    return walls


def slanted_share(camera: Camera, walls: Sequence[BoundaryPiece], lines: Lines, labels: I32) -> float:
    """Weight share of the segments that no room axis explains and a slanted wall's direction does, discounted:
    a direction taken from the outline itself proves less of the camera than the room's own axes do."""
    slanted = [w.normal for w in walls if w.kind == "wall" and np.abs(w.normal).max() < _SQUARE]
    if not slanted:
        return 0.0
    along = np.array([[-n[1], n[0], 0.0] for n in slanted])
    fits = direction_angles(camera, lines.segments, along).min(1) < _SLANTED_WITHIN
    share = float(lines.weights[fits & (labels < 0)].sum() / max(float(lines.weights.sum()), 1e-9))
    return _FITTED_COUNTS * share

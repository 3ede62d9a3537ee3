"""Doors and passages on the floor's outline: what a layout must leave free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from shapely.geometry import LineString

from atelier.model import F64, BoundaryPiece, Camera, Opening
from atelier.perceive.scale import wall_axis
from atelier.perceive.support import SupportMaps

_SINGLE, _DOUBLE = (0.62, 1.05), (1.2, 1.9)
_HEADS = np.arange(1.8, 2.35, 0.04)
_HEAD_RANGE = (1.83, 2.31)
_STEP = 0.04
_JAMB_SUPPORT, _HEAD_SUPPORT = 0.3, 0.5
_MOST = 6
_PASSAGE_M = 0.6
_BITE_M = 0.08


def find_doors(camera: Camera, pieces: Sequence[BoundaryPiece], support: SupportMaps) -> list[Opening]:
    """Pairs of verticals that stand on a wall's foot under a common head line, surest first. Metres."""
    found: list[tuple[float, Opening]] = []
    for piece in pieces:
        if piece.kind == "wall" and np.linalg.norm(piece.ground[1] - piece.ground[0]) > 0.7:
            found += _doors_on(piece, camera, support)
    found.sort(key=lambda item: -item[0])
    doors: list[Opening] = []
    for _, door in found:
        line = LineString(door.ground)
        if all(line.distance(LineString(kept.ground)) > 0.05 for kept in doors):
            doors.append(door)
    return doors[:_MOST]


def find_passages(pieces: Sequence[BoundaryPiece]) -> list[Opening]:
    """Stretches of the outline with no wall on them, wide enough to walk through."""
    passages = []
    for run in _free_runs(pieces):
        ends = np.stack([run[0].ground[0], run[-1].ground[1]])
        if np.linalg.norm(ends[1] - ends[0]) > _PASSAGE_M and not _bites_into_floor(run, ends):
            passages.append(Opening("passage", ends, 0.0, 2.1, 0.4))
    return passages


def scaled(opening: Opening, factor: float) -> Opening:
    """The same opening after the room's scale changed."""
    return replace(
        opening, ground=opening.ground * factor, bottom_m=opening.bottom_m * factor, top_m=opening.top_m * factor
    )


def _doors_on(piece: BoundaryPiece, camera: Camera, support: SupportMaps) -> list[tuple[float, Opening]]:
    start = piece.ground[0]
    length = float(np.linalg.norm(piece.ground[1] - start))
    along = (piece.ground[1] - start) / length
    at = np.arange(0, min(length, 12.0), _STEP)
    feet = start + at[:, None] * along
    jamb = np.minimum(
        _column(feet, np.arange(0.12, 0.75, 0.06), camera, support),
        _column(feet, np.arange(0.75, 1.9, 0.08), camera, support),
    )
    peaks = [i for i in range(len(at)) if jamb[i] > _JAMB_SUPPORT and jamb[i] == jamb[max(0, i - 3) : i + 4].max()]
    axis = wall_axis(piece)
    doors = []
    for i in peaks:
        for j in peaks:
            width = at[j] - at[i]
            if not (_SINGLE[0] < width < _SINGLE[1] or _DOUBLE[0] < width < _DOUBLE[1]):
                continue
            head, value = _head(feet[i], feet[j], axis, camera, support)
            if value > _HEAD_SUPPORT and _HEAD_RANGE[0] < head < _HEAD_RANGE[1]:
                score = float(value + jamb[i] + jamb[j])
                doors.append((score, Opening("door", np.stack([feet[i], feet[j]]), 0.0, head, min(1.0, score / 2.5))))
    return doors


def _column(feet: F64, heights: F64, camera: Camera, support: SupportMaps) -> F64:
    """(N, 2) feet → (N,) mean support for a vertical edge over the heights."""
    points = np.concatenate(
        [
            np.broadcast_to(feet[:, None], (len(feet), len(heights), 2)),
            np.broadcast_to(heights[None, :, None], (len(feet), len(heights), 1)),
        ],
        -1,
    )
    return np.asarray(support.along(2, camera, points).mean(1), np.float64)


def _head(left: F64, right: F64, axis: int, camera: Camera, support: SupportMaps) -> tuple[float, float]:
    """The best supported head height between two feet: (metres, support)."""
    t = np.linspace(0, 1, 20)[:, None]
    feet = left * (1 - t) + right * t
    points = np.concatenate(
        [
            np.broadcast_to(feet, (len(_HEADS), *feet.shape)),
            np.broadcast_to(_HEADS[:, None, None], (len(_HEADS), len(feet), 1)),
        ],
        -1,
    )
    values = support.along(axis, camera, points).mean(1)
    best = int(values.argmax())
    return float(_HEADS[best]), float(values[best])


def _bites_into_floor(run: Sequence[BoundaryPiece], ends: F64) -> bool:
    """Whether the run lies on the room's side of the line between its ends: something stands there."""
    along = ends[1] - ends[0]
    across = np.array([-along[1], along[0]]) / np.linalg.norm(along)
    lengths = np.array([np.linalg.norm(piece.ground[1] - piece.ground[0]) for piece in run])
    inward = np.sum([piece.normal * length for piece, length in zip(run, lengths, strict=True)], axis=0)
    if inward @ across < 0:
        across = -across
    depth = np.array([(piece.ground.mean(0) - ends[0]) @ across for piece in run])
    return bool((depth * lengths).sum() / max(float(lengths.sum()), 1e-9) > _BITE_M)


def _free_runs(pieces: Sequence[BoundaryPiece]) -> list[list[BoundaryPiece]]:
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

"""Windows by their frames, and passages on the floor's outline: what a layout must leave free."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from shapely.geometry import LineString

from atelier.model import F64, Bool, BoundaryPiece, Camera, Opening
from atelier.perceive.features import overlap
from atelier.perceive.support import SupportMaps
from atelier.perceive.walls import openings_in_outline

_HEAD_SUPPORT = 0.5
_STEP = 0.04
_FOOT_SUPPORT = 0.2
"""a door's jambs reach the floor; a window's do not."""
_SASH_M, _SASH_SUPPORT = (0.45, 2.4), 0.45
_CUT_SIDE = 0.46
_SIDE_GOES_ON = 0.35
_WIDER = 0.6
"""per metre: the frame around all its sashes is the window."""
_FRAME_HEADS, _SILLS = np.arange(1.7, 3.2, 0.04), np.arange(0.2, 1.2, 0.04)
_SAME_WALL_M, _SASHES_APART_M, _BESIDE = 0.25, 0.1, 0.6
_MOST = 6
_PASSAGE_M = 0.6
_BITE_M = 0.08
_SILL_M, _LEVEL_M, _FAR = 0.15, 0.12, 1.5
"""the glass of windows in a row begins above the floor, and begins and ends at the same heights."""


def find_frames(
    camera: Camera, pieces: Sequence[BoundaryPiece], support: SupportMaps, taken: Sequence[Opening]
) -> list[Opening]:
    """Closed rectangles at window height that stand clear of the floor: windows whose view is no brighter than
    the wall. They need no light of their own to be kept free of pictures and tall furniture. Metres."""
    found: list[tuple[float, Opening]] = []
    for piece in pieces:
        if piece.kind == "wall" and np.linalg.norm(piece.ground[1] - piece.ground[0]) > 0.7:
            found += _frames_on(piece, camera, support)
    frames: list[Opening] = []
    for _, frame in sorted(found, key=lambda item: -item[0]):
        line = LineString(frame.ground)
        if all(line.distance(LineString(kept.ground)) > 0.05 for kept in (*taken, *frames)):
            frames.append(frame)
    return frames[:_MOST]


def without_windows(doors: Sequence[Opening], windows: Sequence[Opening]) -> list[Opening]:
    """Doors but for what are windows of a row: between two neighbours their casings look like a door's jambs.

    A glazed door's glass can begin as low as a window's, but no window beside it has the same sill and head, and no
    glass goes on far beyond it.
    """
    above = [w for w in windows if w.bottom_m > _SILL_M]
    inside = [[w for w in above if overlap(w, door)] for door in doors]
    beside = [w for w in above if not any(w is other for found in inside for other in found)]
    kept = []
    for door, found in zip(doors, inside, strict=True):
        in_row = any(_in_a_row(window, other) for window in found for other in beside)
        if not in_row and not any(overlap(door, w) and _length(w) > _FAR * _length(door) for w in beside):
            kept.append(door)
    return kept


def _length(opening: Opening) -> float:
    return float(np.linalg.norm(opening.ground[1] - opening.ground[0]))


def _in_a_row(a: Opening, b: Opening) -> bool:
    level = abs(a.bottom_m - b.bottom_m) < _LEVEL_M and abs(a.top_m - b.top_m) < _LEVEL_M
    along = (a.ground[1] - a.ground[0]) / max(_length(a), 1e-9)
    off = np.abs((b.ground - a.ground[0]) @ np.array([-along[1], along[0]]))
    return level and float(off.max()) < _SAME_WALL_M


def joined(windows: Sequence[Opening]) -> list[Opening]:
    """Windows with the parts of one window made whole: sashes side by side, or one part found twice."""
    left = sorted(windows, key=lambda w: -float(np.linalg.norm(w.ground[1] - w.ground[0])))
    whole: list[Opening] = []
    for window in left:
        for i, other in enumerate(whole):
            union = _united(other, window)
            if union is not None:
                whole[i] = union
                break
        else:
            whole.append(window)
    return whole


def _united(a: Opening, b: Opening) -> Opening | None:
    along = a.ground[1] - a.ground[0]
    length = float(np.linalg.norm(along))
    along = along / length
    offset = b.ground - a.ground[0]
    s = np.sort(offset @ along)
    across = np.abs(offset @ np.array([-along[1], along[0]])).max()
    apart = max(float(s[0]) - length, -float(s[1]))
    beside = min(a.top_m, b.top_m) - max(a.bottom_m, b.bottom_m) > _BESIDE * min(
        a.top_m - a.bottom_m, b.top_m - b.bottom_m
    )
    if across > _SAME_WALL_M or apart > _SASHES_APART_M or not (beside or apart < -0.1):
        return None
    ground = a.ground[0] + np.array([[min(0.0, float(s[0]))], [max(length, float(s[1]))]]) * along
    low, high = min(a.bottom_m, b.bottom_m), max(a.top_m, b.top_m)
    return Opening("window", ground, low, high, max(a.confidence, b.confidence))


def _frames_on(piece: BoundaryPiece, camera: Camera, support: SupportMaps) -> list[tuple[float, Opening]]:
    at, feet = _feet(piece)
    side = _column(feet, np.arange(1.0, 1.7, 0.06), camera, support)
    side[_column(feet, np.arange(0.1, 0.45, 0.05), camera, support) > _FOOT_SUPPORT] = 0.0
    # A window that the frame cuts has its other side there.
    seen = _in_picture(feet, camera)
    edge = np.flatnonzero(seen & ~(np.roll(seen, 1) & np.roll(seen, -1)))
    side[edge[(edge > 0) & (edge < len(side) - 1)]] = _CUT_SIDE
    peaks = _peaks(side, _SASH_SUPPORT)
    frames = []
    for i in peaks:
        for j in peaks:
            if not _SASH_M[0] < at[j] - at[i] < _SASH_M[1]:
                continue
            level = support.direction_of(piece)
            head, above = _head_of_sides(feet[[i, j]], level, camera, support)
            sill, below = _rail(feet[i], feet[j], level, _SILLS, camera, support)
            if min(above, below) > _HEAD_SUPPORT:
                score = float(above + below + side[i] + side[j]) + _WIDER * min(float(at[j] - at[i]), _SASH_M[1])
                frames.append((score, Opening("window", np.stack([feet[i], feet[j]]), sill, head, 0.5)))
    return frames


def _head_of_sides(feet: F64, level: int, camera: Camera, support: SupportMaps) -> tuple[float, float]:
    """(metres, support) of the lowest rail over two sides, or of a higher one that both sides reach: the ceiling
    runs above every window, but no window's sides run up to it."""
    values = support.along(level, camera, _across(feet[0], feet[1], _FRAME_HEADS)).mean(1)
    head, value = 0.0, 0.0
    for index in _peaks(values, _HEAD_SUPPORT):
        higher = float(_FRAME_HEADS[index])
        below = np.arange(higher - 0.4, higher - 0.04, 0.04)
        if _column(feet, below, camera, support).min() > _SIDE_GOES_ON:
            head, value = higher, float(values[index])
    return head, value


def _in_picture(feet: F64, camera: Camera) -> Bool:
    """(N,) True where the wall above the feet is seen at eye height."""
    uv, depth = camera.project(np.c_[feet, np.full(len(feet), 1.4)])
    return np.asarray((depth > 0.1) & (uv[:, 0] > 0) & (uv[:, 0] < camera.width), np.bool_)


def _feet(piece: BoundaryPiece) -> tuple[F64, F64]:
    """((N,) metres along the piece, (N, 2) points on the floor there)."""
    start = piece.ground[0]
    length = float(np.linalg.norm(piece.ground[1] - start))
    at = np.arange(0, min(length, 12.0), _STEP)
    return at, start + at[:, None] * (piece.ground[1] - start) / length


def _peaks(values: F64, least: float) -> list[int]:
    """Indices of local maxima above `least`."""
    return [i for i, v in enumerate(values) if v > least and v == values[max(0, i - 3) : i + 4].max()]


def find_passages(pieces: Sequence[BoundaryPiece]) -> list[Opening]:
    """Stretches of the outline with no wall on them, wide enough to walk through."""
    passages = []
    for run in openings_in_outline(pieces):
        ends = np.stack([run[0].ground[0], run[-1].ground[1]])
        if np.linalg.norm(ends[1] - ends[0]) > _PASSAGE_M and not _bites_into_floor(run, ends):
            passages.append(Opening("passage", ends, 0.0, 2.1, 0.4))
    return passages


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


def _rail(left: F64, right: F64, axis: int, heights: F64, camera: Camera, support: SupportMaps) -> tuple[float, float]:
    """The best supported height of an edge between two feet: (metres, support)."""
    values = support.along(axis, camera, _across(left, right, heights)).mean(1)
    best = int(values.argmax())
    return float(heights[best]), float(values[best])


def _across(left: F64, right: F64, heights: F64) -> F64:
    """(heights, 20, 3) points between two feet at every height."""
    t = np.linspace(0, 1, 20)[:, None]
    feet = left * (1 - t) + right * t
    shape = (len(heights), len(feet))
    return np.concatenate(
        [np.broadcast_to(feet, (*shape, 2)), np.broadcast_to(heights[:, None, None], (*shape, 1))], -1
    )


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

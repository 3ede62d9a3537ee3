"""Doors and cased openings: two uprights that reach the floor under one head line, at whatever scale the room has.

The search for frames knows no metres. A frame is told from other rectangles by its proportions and by where its
lines end, so that it can be evidence for the scale (`scale.py`); what it is, is decided once the scale is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from shapely.geometry import LineString

from atelier.model import F64, Bool, BoundaryPiece, Camera, Opening
from atelier.perceive.support import SupportMaps

_STEP, _RISE = 0.03, 0.02
_SHORTEST, _LONGEST, _LOWEST, _TALLEST = 0.4, 12.0, 0.06, 3.7
_BESIDE = 1.3
"""a doorway in a corner leaves none of its wall's foot: walls are searched this much beyond what is seen of it."""
_JAMB, _FOOT, _RAIL, _SHELF = 0.25, 0.2, 0.45, 0.4
_WIDTHS, _HEADS, _PROPORTION = (0.3, 3.2), (1.15, 3.5), (0.27, 1.15, 0.6)
"""from two thirds to one and a half of what they truly are; width over height, at most with one jamb only."""
_LONE_JAMB, _LONE_RAIL, _LONE_COST = 0.45, 0.6, 0.1
_EYE, _ON_LINE = 1.0, 0.12
_MOST_FRAMES = 60

_SINGLE, _WIDE = (0.55, 1.05), (1.05, 2.4)
_SINGLE_HEAD, _PAIR_HEAD, _PASSAGE_HEAD, _SHELF_HEAD = (1.83, 2.45), (1.9, 3.1), (1.85, 2.6), (1.7, 3.3)
_CUT_M = 0.3
"""of a door that the picture's edge cuts, this much is seen."""
_CLOSED, _CLOSED_HEAD = 0.4, (1.9, 2.25)
_MEETING, _PAIR_WIDTH, _PAIR_PROPORTION = 0.45, (0.9, 2.1), (0.38, 0.8)
_LARGER, _PAIR_LARGER, _NARROW_LEAF = 0.06, 0.08, 0.75
"""A pair's leaves are as a rule narrower than a door of one leaf: where they are not, a door and the wall beside it,
or two doors, are as likely."""
_SHELVES = 4
_UNDER_CEILING = 0.955
_SAME_HEAD, _NEARLY_AS_SURE, _CASING = 0.05, 0.2, 0.2
"""share of the head, of the score, and metres: wider than any casing is another door's frame."""
_SURE_ENOUGH = 0.7
_MOST = 6


@dataclass(frozen=True)
class Frame:
    """Two jambs under a head line."""

    ground: F64
    """(2, 2) their feet."""
    head: float
    score: float
    """0…1"""
    meeting: float = 0.0
    """0…1 support for a line down its middle: where two leaves meet."""
    shelves: int = 0
    """edges that run across most of it between knee and head."""
    foot: float = 0.0
    """0…1 share of it in which a wall or a leaf is seen to stand on the floor; 0 where the floor goes on."""
    whole: bool = True
    """both jambs are in the picture."""

    @property
    def width(self) -> float:
        return float(np.linalg.norm(self.ground[1] - self.ground[0]))

    def scaled(self, factor: float) -> Frame:
        return replace(self, ground=self.ground * factor, head=self.head * factor)

    def door(self) -> Opening:
        return Opening("door", self.ground, 0.0, self.head, self.score)


@dataclass(frozen=True)
class _Strip:
    """Support for uprights and levels all over one wall."""

    at: F64
    """(N,) along the wall."""
    feet: F64
    """(N, 2)"""
    heights: F64
    """(Z,)"""
    upright: F64
    """(Z, N)"""
    level: F64
    """(Z, N)"""
    foot: Bool
    """(N,) a wall's foot is seen."""
    ends: dict[int, bool]
    """columns at which a door may end though no upright is seen: a corner (True), the picture's edge (False)."""

    @classmethod
    def of(cls, wall: BoundaryPiece, pieces: Sequence[BoundaryPiece], camera: Camera, support: SupportMaps) -> _Strip:
        start, along = wall.ground[0], wall.ground[1] - wall.ground[0]
        length = float(np.linalg.norm(along))
        at = np.arange(-_BESIDE, min(length, _LONGEST) + _BESIDE, _STEP)
        feet = start + at[:, None] * along / length
        heights = np.arange(_LOWEST, _TALLEST, _RISE)
        shape = (len(heights), len(feet))
        points = np.concatenate(
            [np.broadcast_to(feet, (*shape, 2)), np.broadcast_to(heights[:, None, None], (*shape, 1))], -1
        )
        level = support.along(support.direction_of(wall), camera, points)
        foot = _standing_on(feet, pieces)
        uv, depth = camera.project(np.c_[feet, np.full(len(feet), _EYE)])
        seen = np.flatnonzero((depth > 0.1) & (uv[:, 0] > 1) & (uv[:, 0] < camera.width - 1))
        ends = {int(seen[k]): False for k in (0, -1)} if len(seen) else {}
        ends |= {int(np.abs(at - end).argmin()): True for end in (0.0, length) if end < _LONGEST}
        return cls(at, feet, heights, support.along(2, camera, points), level, foot, ends)

    def uprights(self, low: float, high: float) -> F64:
        """(N,) mean support for an upright between two heights."""
        rows = (self.heights > low) & (self.heights < high)
        return np.asarray(self.upright[rows].mean(0), np.float64)


def _standing_on(feet: F64, pieces: Sequence[BoundaryPiece]) -> Bool:
    """(N,) True at points of a wall's line where the floor's outline runs along it."""
    out = np.zeros(len(feet), np.bool_)
    for piece in pieces:
        if piece.kind == "wall":
            along = piece.ground[1] - piece.ground[0]
            length = max(float(np.linalg.norm(along)), 1e-6)
            s = (feet - piece.ground[0]) @ along / length
            out |= (s > 0) & (s < length) & (np.abs((feet - piece.ground[0]) @ piece.normal) < _ON_LINE)
    return out


def find_door_frames(
    camera: Camera, walls: Sequence[BoundaryPiece], pieces: Sequence[BoundaryPiece], support: SupportMaps
) -> list[Frame]:
    """Every pair of uprights that stands on a wall's foot under a head line where they end, surest first.

    walls: where to look. pieces: the floor's outline. Units are those of the walls and the camera; sizes from two
    thirds to one and a half of true ones are found.
    """
    found: list[Frame] = []
    for wall in walls:
        if wall.kind == "wall" and np.linalg.norm(wall.ground[1] - wall.ground[0]) > _SHORTEST:
            found += _frames_on(_Strip.of(wall, pieces, camera, support))
    return sorted(found, key=lambda frame: -frame.score)[:_MOST_FRAMES]


def _frames_on(strip: _Strip) -> list[Frame]:
    jamb = np.minimum(strip.uprights(0.1, 0.6), strip.uprights(0.6, 1.3))
    jamb[strip.uprights(_LOWEST, 0.4) < _FOOT] = 0.0
    peaks = _peaks(jamb, _JAMB)
    frames = []
    for i in peaks:
        for j in [*peaks, *(end for end in strip.ends if jamb[end] <= _JAMB < _LONE_JAMB < jamb[i])]:
            left, right = min(i, j), max(i, j)
            if (i < j or j not in peaks) and _WIDTHS[0] < strip.at[right] - strip.at[left] < _WIDTHS[1]:
                frames += _framed(strip, left, right, i, j if j in peaks else i)
    return frames


def _framed(strip: _Strip, left: int, right: int, *jambs: int) -> list[Frame]:
    """Frames between two columns, one for each level line at which a door could end. jambs: the uprights seen."""
    width = float(strip.at[right] - strip.at[left])
    rails = strip.level[:, left : right + 1].mean(1)
    sides = strip.upright[:, list(jambs)]
    lone = jambs[0] == jambs[1]
    foot = float(strip.foot[left : right + 1].mean())
    frames = []
    for k in _peaks(rails, _LONE_RAIL if lone else _RAIL):
        head = float(strip.heights[k])
        proportion = width / head
        if not (_HEADS[0] < head < _HEADS[1] and _PROPORTION[0] < proportion < _PROPORTION[1 + lone]):
            continue
        lower, upper = sides[: k // 3 + 1].mean(0).min(), sides[k // 2 : max(k - 3, k // 2 + 1)].mean(0).min()
        side = float(min(lower, upper))
        if side < _JAMB:
            continue
        beyond = float(sides[k + 4 : k + 16].mean()) if k + 16 < len(sides) else 0.0
        score = (float(rails[k]) + 2 * side + 1 - beyond) / 4 - (_LONE_COST if lone else 0.0)
        meeting, shelves = _meeting(strip, left, right, k), _shelves(strip, left, right, k)
        other = right if jambs[0] == left else left
        whole = not lone or strip.ends[other]
        frames.append(Frame(strip.feet[[left, right]], head, score, meeting, shelves, foot, whole))
    return frames


def _meeting(strip: _Strip, i: int, j: int, k: int) -> float:
    middle, reach = (i + j) // 2, max(1, (j - i) // 16)
    columns = strip.upright[k // 12 : max(k - 6, k // 12 + 1), middle - reach : middle + reach + 1]
    return float(columns.mean(0).max())


def _shelves(strip: _Strip, i: int, j: int, k: int) -> int:
    inset = max(1, (j - i) // 20)
    profile = strip.level[k // 8 : max(k - 6, k // 8 + 1), i + inset : j - inset + 1].mean(1)
    return len(_peaks(profile, _SHELF))


def _peaks(values: F64, least: float) -> list[int]:
    """Indices of local maxima above `least`."""
    return [i for i, v in enumerate(values) if v > least and v == values[max(0, i - 3) : i + 4].max()]


def doors_among(frames: Sequence[Frame], ceiling_m: float | None) -> list[Opening]:
    """Frames in metres → doors, passages and walls of shelves, each place once, surest first."""
    told = [(kind, f) for f in frames if f.score > _SURE_ENOUGH and (kind := _kind(f, ceiling_m)) is not None]
    # What looks like a door inside a wall of shelves is a compartment, inside a pair of leaves one of them.
    told.sort(key=lambda item: -item[1].score - _for_kind(*item))
    openings: list[Opening] = []
    for kind, frame in told:
        line = LineString(frame.ground)
        if all(line.distance(LineString(kept.ground)) > 0.05 for kept in openings):
            whole = _widened(frame, [f for k, f in told if k == kind])
            openings.append(Opening(kind, whole.ground, 0.0, whole.head, min(1.0, 1.1 * frame.score)))
    return openings[:_MOST]


def _kind(frame: Frame, ceiling_m: float | None) -> Literal["door", "passage", "built_in"] | None:
    """What stands between two jambs under a head, in metres: None where their size is nothing's."""
    closed = frame.foot > _CLOSED
    if closed and frame.shelves >= _SHELVES and _is_within(frame.width, _WIDE) and not _is_pair(frame):
        return "built_in" if _is_within(frame.head, _SHELF_HEAD) else None
    if ceiling_m is not None and frame.head > _UNDER_CEILING * ceiling_m:
        return None
    if _is_pair(frame):
        return "door"
    if frame.width < _SINGLE[1]:
        wide_enough = frame.width > (_SINGLE[0] if frame.whole else _CUT_M)
        return "door" if wide_enough and _is_within(frame.head, _SINGLE_HEAD) else None
    # Another floor behind ends this one's outline as a wall would: then only the usual height tells a passage.
    heads = _CLOSED_HEAD if closed else _PASSAGE_HEAD
    return "passage" if _is_within(frame.width, _WIDE) and _is_within(frame.head, heads) else None


def _is_within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] < value < limits[1]


def _is_pair(frame: Frame) -> bool:
    sized = _is_within(frame.width, _PAIR_WIDTH) and _is_within(frame.head, _PAIR_HEAD)
    return sized and frame.meeting > _MEETING and _is_within(frame.width / frame.head, _PAIR_PROPORTION)


def _for_kind(kind: str, frame: Frame) -> float:
    """What speaks for a frame against its rivals at one place but its edges."""
    if kind == "built_in":
        return _LARGER
    if kind == "passage":
        return -_LARGER if frame.foot > _CLOSED else 0.0
    return _PAIR_LARGER if _is_pair(frame) and frame.width / 2 < _NARROW_LEAF else 0.0


def _widened(frame: Frame, others: Sequence[Frame]) -> Frame:
    """With the outer edges of its casing: frames about it under the same head that are nearly as sure."""
    along = (frame.ground[1] - frame.ground[0]) / frame.width
    low, high = 0.0, frame.width
    for other in others:
        s = np.sort((other.ground - frame.ground[0]) @ along)
        off = np.abs((other.ground - frame.ground[0]) @ np.array([-along[1], along[0]])).max()
        about = -_CASING < s[0] < 0.05 and frame.width - 0.05 < s[1] < frame.width + _CASING and off < 0.1
        same = abs(other.head - frame.head) < _SAME_HEAD * frame.head and other.score > frame.score - _NEARLY_AS_SURE
        if about and same:
            low, high = min(low, float(s[0])), max(high, float(s[1]))
    return replace(frame, ground=frame.ground[0] + np.array([[low], [high]]) * along)

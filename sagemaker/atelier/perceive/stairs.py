"""Stairs by their treads: short level edges that climb across the picture in equal steps, with nothing like them
beside. Bricks, blinds and shelves have such rows too, but one beside the other.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from atelier.model import F64, Bool, Camera, Opening
from atelier.perceive.lines import LineKind, Lines

_LEVEL = float(np.tan(np.deg2rad(15)))
_TREAD = (0.012, 0.14)  # of the width, as are all lengths below
_SLOPES = np.deg2rad(np.concatenate([np.arange(25.0, 61.0, 2.5), -np.arange(25.0, 61.0, 2.5)]))
_BAND, _SAME = 0.012, 0.012
_BESIDE = (1.0, 2.5)
"""in steps: nearer lies the flight's string."""
_STEP = (0.016, 0.08)
_EVEN = (0.55, 1.6)
"""of the median step."""
_TREADS, _OTHERS = 6, 0.35
_MORE = 6
"""treads that may go on unseen below those that were found."""
_ACROSS, _ABOVE_M, _COVERED = 16, 0.6, 0.15
_RAIL_RISERS, _STRING_RISERS = 5.5, 2.0
"""a handrail is about 0.95 m above the treads, 5.5 risers; the string hangs a little below."""


def find_stairs(lines: Lines, floor: Bool) -> Bool | None:
    """(H, W) pixels of a flight of stairs from its string to its handrail; None where no treads are seen."""
    height, width = floor.shape
    ends = lines.segments.reshape(-1, 2, 2)
    run, rise = np.abs(ends[:, 1] - ends[:, 0]).T
    middle = ends.mean(1)
    inside = np.clip(middle.astype(int), 0, [width - 1, height - 1])
    short = (run > _TREAD[0] * width) & (run < _TREAD[1] * width) & (rise < _LEVEL * run)
    chosen = short & (lines.kinds == LineKind.ROOM) & ~floor[inside[:, 1], inside[:, 0]]
    flights = [flight for slope in _SLOPES if (flight := _flight(middle[chosen], float(slope), width)) is not None]
    if not flights:
        return None
    treads = max(flights, key=len)
    return _band(treads, ends[chosen], floor)


def under_stairs(hearth: Opening, camera: Camera, stairs: Bool | None) -> bool:
    """Whether what looks like a hearth is the dark below a flight: stairs cover some of it, or stand right above it."""
    if stairs is None:
        return False
    feet = np.linspace(hearth.ground[0], hearth.ground[1], _ACROSS)
    heights = np.linspace(0.1, hearth.top_m + _ABOVE_M, _ACROSS)
    u, v = np.meshgrid(np.arange(_ACROSS), heights)
    uv, depth = camera.project(np.concatenate([feet[u.astype(int)], v[..., None]], -1))
    seen = (depth > 0) & (uv >= 0).all(-1) & (uv < [camera.width, camera.height]).all(-1)
    at = uv[seen].astype(int)
    return bool(len(at)) and float(stairs[at[:, 1], at[:, 0]].mean()) > _COVERED


def _flight(points: F64, slope: float, width: int) -> F64 | None:
    """(N, 2) the longest even row of points along a slope that stands alone."""
    along, across = np.array([np.cos(slope), np.sin(slope)]), np.array([-np.sin(slope), np.cos(slope)])
    s, d = points @ along / width, points @ across / width
    best: F64 | None = None
    for centre in np.unique(np.round(d / _BAND)) * _BAND:
        row = np.flatnonzero(np.abs(d - centre) < _BAND)
        row = row[np.argsort(s[row])]
        for part in _even_runs(s[row]):
            found = row[part]
            low, high = s[found[0]], s[found[-1]]
            off = np.abs(d - centre) * (len(found) - 1) / max(high - low, 1e-9)
            others = (off > _BESIDE[0]) & (off < _BESIDE[1]) & (s > low) & (s < high)
            alone = others.sum() <= _OTHERS * len(found)
            if alone and len(found) >= _TREADS and (best is None or len(found) > len(best)):
                best = points[found]
    return best


def _even_runs(s: F64) -> list[list[int]]:
    """Indices of stretches of sorted places that follow each other in equal steps; doubles count once."""
    kept = [0] if len(s) else []
    for k in range(1, len(s)):
        if s[k] - s[kept[-1]] > _SAME:
            kept.append(k)
    if len(kept) < _TREADS:
        return []
    step = float(np.median(np.diff(s[kept])))
    if not _STEP[0] < step < _STEP[1]:
        return []
    runs = [[kept[0]]]
    for before, after in pairwise(kept):
        if _EVEN[0] * step < s[after] - s[before] < _EVEN[1] * step:
            runs[-1].append(after)
        else:
            runs.append([after])
    return runs


def _band(treads: F64, segments: F64, floor: Bool) -> Bool:
    """From below the treads to the handrail over them; up to two steps more above, and below as far as the floor."""
    treads = treads[np.argsort(treads[:, 1])]
    step = (treads[-1] - treads[0]) / (len(treads) - 1)
    near = np.abs(segments.mean(1)[:, None] - treads[None]).max(-1).min(1) < step[1]
    corners = [
        segments[near].reshape(-1, 2),
        treads[0] - np.arange(1, 3)[:, None] * step,
        _to_floor(treads[-1], step, floor),
    ]
    every = np.concatenate(corners)
    down, up = np.array([0.0, _STRING_RISERS * step[1]]), np.array([0.0, -_RAIL_RISERS * step[1]])
    mask = np.zeros(floor.shape, np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.concatenate([every + down, every + up]).astype(np.int32)), 1)
    return np.asarray((mask > 0) & ~floor, np.bool_)


def _to_floor(lowest: F64, step: F64, floor: Bool) -> F64:
    """(N, 2) where further treads would be."""
    height, width = floor.shape
    further = lowest + np.arange(1, _MORE + 1)[:, None] * step
    cells = np.clip(further.astype(int), 0, [width - 1, height - 1])
    stopped = floor[cells[:, 1], cells[:, 0]] | (further != np.clip(further, 0, [width - 1, height - 1])).any(1)
    return further[: int(np.argmax(stopped)) if stopped.any() else _MORE]

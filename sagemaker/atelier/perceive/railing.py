"""A railing between the camera and the floor: its balusters stand in the mask of a floor that shows between them."""

from __future__ import annotations

import numpy as np

from atelier.model import F64, Bool, Camera
from atelier.perceive.camera import axis_angles
from atelier.perceive.lines import Lines

_UPRIGHT = float(np.deg2rad(2.0))
_LEAST_LONG = 0.1  # of the picture's height
_INSIDE = 0.6  # of a baluster's length, by samples
_SAMPLES = 9
_APART = 0.006  # of the width: the two edges of one baluster are nearer
_EVEN = 0.3  # of their spacing


def count_balusters(lines: Lines, floor: Bool, camera: Camera) -> int:
    """How many thin uprights stand before the (H, W) floor in an even row; 0 where they are uneven.

    Boards and tiles that run away from the camera meet at the horizon and not at the nadir, and of what varnish
    mirrors only a window's bars are even, and few.
    """
    segments = lines.segments
    if not len(segments):
        return 0
    height, width = floor.shape
    long_enough = np.abs(segments[:, 3] - segments[:, 1]) > _LEAST_LONG * height
    upright = axis_angles(camera, segments)[:, 2] < _UPRIGHT
    standing = segments[long_enough & upright & (_share_inside(segments, floor) > _INSIDE)]
    places = np.sort(standing[:, [0, 2]].mean(1))
    if len(places) < 2:
        return 0
    starts = np.flatnonzero(np.diff(places, prepend=-np.inf) > _APART * width)
    middles = np.array([group.mean() for group in np.split(places, starts[1:])])
    return max(_even(middles, 1), _even(middles, 2) // 2)


def _even(places: F64, step: int) -> int:
    """How many of the places are equally far from the one `step` before; step 2 where thick ones show both edges."""
    gaps = places[step:] - places[:-step]
    if not len(gaps):
        return 0
    even = np.abs(gaps - np.median(gaps)) < _EVEN * np.median(gaps)
    return int(even.sum()) + 1 if even.mean() > 0.5 else 0


def _share_inside(segments: F64, floor: Bool) -> F64:
    """(N,) how much of each segment lies on the floor's mask."""
    height, width = floor.shape
    at = np.linspace(0, 1, _SAMPLES)[:, None]
    x = np.clip(segments[:, 0] * (1 - at) + segments[:, 2] * at, 0, width - 1).astype(int)
    y = np.clip(segments[:, 1] * (1 - at) + segments[:, 3] * at, 0, height - 1).astype(int)
    return np.asarray(floor[y, x].mean(0), np.float64)

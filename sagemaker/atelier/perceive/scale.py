"""Metres: the camera's height from what has a known size.

A picture alone has no scale. Every cue (how photographers hold cameras, a ceiling line, frames that may be doors)
gives a likelihood over the camera's height with room for being something else altogether; the posterior's median is
the height and its quantiles are the interval, so that one wrong cue cannot drag the room with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr
from shapely.geometry import LineString

from atelier.model import F64, BoundaryPiece, Camera
from atelier.perceive.doors import Frame
from atelier.perceive.support import SupportMaps

Mixture = tuple[tuple[float, float, float], ...]
"""(share, metres, relative spread) of log-normal parts."""

HEIGHTS = np.exp(np.arange(np.log(0.6), np.log(1.95), 0.01))
"""camera heights that are weighed, metres."""
_HABIT: Mixture = ((0.8, 1.22, 0.20), (0.2, 1.25, 0.35))
"""From the height of a chair's back to eye height: tripods for interiors stand at 0.8 to 1.3 m, phones are held at
1.4 to 1.6 m."""
_CEILINGS: Mixture = ((0.5, 2.46, 0.045), (0.3, 2.66, 0.07), (0.2, 2.95, 0.12))
"""8 feet and the 2.4 m of building codes; 9 feet and modern flats; old houses."""
_HEADS: Mixture = ((0.75, 2.05, 0.05), (0.15, 2.25, 0.09), (0.10, 1.93, 0.05))
_WIDE_HEADS: Mixture = ((0.55, 2.06, 0.06), (0.45, 2.38, 0.11))
"""A leaf is 1.98 to 2.04 m high, its casing up to 0.08 more; pairs of leaves in old houses are higher."""
_LEAF_WIDTH, _WIDE_WIDTH = ((1.0, 0.80, 0.17),), ((1.0, 1.45, 0.25),)
_SINGLES = 0.65
_RATIOS = np.arange(1.2, 3.9, 0.02)
_PEAKS, _LEAST_SUPPORT, _CEILING_SUPPORT = 4, 0.3, 0.4
_CEILING_TRUST, _FRAME_TRUST = 0.85, 0.8
_ANYTHING = 1.0
"""density over log metres of what a line at no known height would have: as often here as there."""
_UNDER_CEILING = 0.95
_IS_A_LINE, _HIGHER = 0.9, 1.08
_MISSED = 0.2
"""of ceilings in view, those no line tells of."""
_FRAMES_PER_PLACE = 6
_CLOSED, _MEETING = 0.4, 0.45
_SAME_PLACE = 0.02
_HINT_SPREAD = 0.02
_ONE_IN_TWENTY, _NINE_IN_TEN = 0.05, 1.645


@dataclass(frozen=True)
class Ceiling:
    """Lines above the walls, one of which may be the ceiling's, as multiples of the camera's height."""

    lines: tuple[tuple[float, float], ...] = ()
    """(ratio, support 0…1), strongest first."""
    seen_to: float = 0.0
    """how high the walls are in view."""

    def ratio(self, height_m: float) -> float | None:
        """The line that is the ceiling if the camera is this high; None where none is strong and likely enough."""
        strong = [(r, s) for r, s in self.lines if s > _CEILING_SUPPORT]
        if not strong:
            return None
        return max(strong, key=lambda line: line[1] * float(_density(np.log(line[0] * height_m), _CEILINGS)))[0]


@dataclass(frozen=True)
class Scale:
    """The camera's height in metres and the bounds between which it lies nine times in ten."""

    height_m: float
    low_m: float
    high_m: float

    @property
    def sure(self) -> float:
        """0…1 by the width of the interval: 1 within 3 % either way, 0 from a factor of 1.6 on."""
        spread = float(np.log(self.high_m / self.low_m)) / 2
        return float(np.clip((0.47 - spread) / 0.43, 0.0, 1.0))


def find_ceiling(camera: Camera, pieces: Sequence[BoundaryPiece], support: SupportMaps) -> Ceiling:
    """The ratios at which lines run above the wall pieces. `camera` and `pieces` at unit height."""
    walls = [(p, _pixel_length(p)) for p in pieces if p.kind == "wall" and _pixel_length(p) > 0.05 * camera.width]
    if not walls:
        return Ceiling()
    t = np.linspace(0, 1, 60)[:, None]
    score = np.zeros(len(_RATIOS))
    seen_to = 0.0
    for piece, length in walls:
        foot = piece.ground[0] * (1 - t) + piece.ground[1] * t
        shape = (len(_RATIOS), len(foot))
        points = np.concatenate(
            [np.broadcast_to(foot, (*shape, 2)), np.broadcast_to(_RATIOS[:, None, None], (*shape, 1))], -1
        )
        score += support.along(support.direction_of(piece), camera, points).mean(1) * length
        seen_to += _seen_to(camera, points) * length
    score /= sum(length for _, length in walls)
    seen_to /= sum(length for _, length in walls)
    peaks = [i for i, s in enumerate(score) if s > _LEAST_SUPPORT and s == score[max(0, i - 3) : i + 4].max()]
    strongest = sorted(peaks, key=lambda i: -score[i])[:_PEAKS]
    return Ceiling(tuple((float(_RATIOS[i]), float(score[i])) for i in strongest), seen_to)


def _seen_to(camera: Camera, points: F64) -> float:
    """(_RATIOS, N, 3) points up a wall → the ratio at which the picture's upper edge cuts it, in the median column."""
    uv, depth = camera.project(points)
    seen = (depth > 0) & (uv[..., 1] > 0)
    return float(np.median(np.where(seen, _RATIOS[:, None], 0.0).max(0)))


def infer_scale(ceiling: Ceiling, frames: Sequence[Frame] = ()) -> Scale:
    """The camera's height from the photographer's habit, the ceiling's line and `frames` at unit camera height."""
    x = np.log(HEIGHTS)
    places = _places(frames)
    posterior = np.zeros(len(x))
    trust = _CEILING_TRUST * max((support for _, support in ceiling.lines), default=0.0)
    votes = [support**2 * _nothing_above(ratio, ceiling) for ratio, support in ceiling.lines]
    for (ratio, _), vote in zip(ceiling.lines, votes, strict=True):
        share = trust * vote / sum(votes)
        posterior += share * _density(x + np.log(ratio), _CEILINGS) * _frames_likelihood(x, places, ratio)
    unseen = _frames_likelihood(x, places, np.inf) * _under_some_ceiling(x, ceiling) * _above_the_frame(x, ceiling)
    posterior += (1 - trust) * _ANYTHING * unseen
    posterior *= _density(x, _HABIT)
    cumulative = np.cumsum(posterior) / posterior.sum()
    low, middle, high = (float(np.exp(np.interp(q, cumulative, x))) for q in (_ONE_IN_TWENTY, 0.5, 1 - _ONE_IN_TWENTY))
    return Scale(middle, low, high)


def known_scale(height_m: float) -> Scale:
    """A caller's value."""
    return Scale(
        height_m,
        height_m * float(np.exp(-_NINE_IN_TEN * _HINT_SPREAD)),
        height_m * float(np.exp(_NINE_IN_TEN * _HINT_SPREAD)),
    )


def _nothing_above(ratio: float, ceiling: Ceiling) -> float:
    """0…1: no line runs higher on the walls than their ceiling."""
    above = [_IS_A_LINE * support for other, support in ceiling.lines if other > _HIGHER * ratio]
    return float(np.prod(1 - np.array(above)))


def _under_some_ceiling(x: F64, ceiling: Ceiling) -> F64:
    """How plausible it is that the highest line, if it is no ceiling, runs below one. Some lines are on no wall."""
    if not ceiling.lines:
        return np.ones(len(x))
    ratio, support = max(ceiling.lines)
    below = sum(share * ndtr((np.log(metres) - x - np.log(ratio)) / spread) for share, metres, spread in _CEILINGS)
    return np.asarray(1 - _IS_A_LINE * support * (1 - below), np.float64)


def _above_the_frame(x: F64, ceiling: Ceiling) -> F64:
    """How plausible it is that no line is the ceiling's: where walls are in view up to a man's reach and more, a
    high camera would have had their ceiling in view. A line may have been missed."""
    if not ceiling.seen_to:
        return np.ones(len(x))
    above = sum(
        share * ndtr((np.log(metres) - x - np.log(ceiling.seen_to)) / spread) for share, metres, spread in _CEILINGS
    )
    return np.asarray(_MISSED + (1 - _MISSED) * above, np.float64)


def _frames_likelihood(x: F64, places: Sequence[Sequence[Frame]], ceiling: float) -> F64:
    out = np.ones(len(x))
    for place in places:
        below = [f for f in place if f.whole and f.head < _UNDER_CEILING * ceiling][:_FRAMES_PER_PLACE]
        if below:
            trust = _FRAME_TRUST * float(np.clip((below[0].score - 0.55) / 0.4, 0.0, 1.0))
            votes = np.array([np.exp(12 * (frame.score - below[0].score)) for frame in below])
            doors = sum(v * _door_likelihood(x, frame) for v, frame in zip(votes / votes.sum(), below, strict=True))
            out *= (1 - trust) * _ANYTHING**2 + trust * doors
    return out


def _door_likelihood(x: F64, frame: Frame) -> F64:
    """Density over log head and log width of a door's frame, if the camera's log height is x."""
    head, width = x + np.log(frame.head), x + np.log(frame.width)
    single = _density(head, _HEADS) * _density(width, _LEAF_WIDTH)
    # A wall's foot all along a wide frame leaves only leaves that meet.
    if frame.foot > _CLOSED and frame.meeting < _MEETING:
        return _SINGLES * single + (1 - _SINGLES) * _ANYTHING**2
    wide = _density(head, _WIDE_HEADS) * _density(width, _WIDE_WIDTH)
    return _SINGLES * single + (1 - _SINGLES) * wide


def _density(x: F64 | float, parts: Mixture) -> F64:
    """Log-normal mixture over log metres."""
    out = np.zeros_like(np.asarray(x, np.float64))
    for share, metres, spread in parts:
        out += share / (spread * np.sqrt(2 * np.pi)) * np.exp(-(((x - np.log(metres)) / spread) ** 2) / 2)
    return out


def _places(frames: Sequence[Frame]) -> list[list[Frame]]:
    """Frames that overlap are rival readings of one place; surest first."""
    places: list[list[Frame]] = []
    for frame in sorted(frames, key=lambda f: -f.score):
        line = LineString(frame.ground)
        for place in places:
            if any(line.distance(LineString(other.ground)) < _SAME_PLACE for other in place):
                place.append(frame)
                break
        else:
            places.append([frame])
    return places


def _pixel_length(piece: BoundaryPiece) -> float:
    return float(np.linalg.norm(piece.pixels[1] - piece.pixels[0]))

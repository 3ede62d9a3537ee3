"""Metres: the camera's height from what has a known size.

A picture alone has no scale. The camera's height is the maximum a posteriori of how photographers hold
cameras, how high ceilings are, and how high door leaves are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from atelier.model import BoundaryPiece, Camera, Opening
from atelier.perceive.support import SupportMaps

_CAMERA_M, _CAMERA_SIGMA = 1.22, 0.15
_CEILING_M, _CEILING_SIGMA = 2.55, 0.22
_DOOR_M = 2.03  # leaf of 1.98–2.04 m plus the gap the head casing hides
_PAIR_M, _TALLEST_M = 2.6, 2.6  # pairs of leaves in old houses, their casing included
_DOOR_TRUST = 0.7
_HEIGHTS = (0.95, 1.6)
_CEILING_SUPPORT = 0.5
_HABIT_SPREAD, _CEILING_SPREAD, _DOOR_SPREAD, _HINT_SPREAD = 0.18, 0.16, 0.22, 0.02
"""relative: of photographers' habit, of ceilings, of door leaves with the error of seeing them, of a caller's value.
As measured on synthetic rooms (docs/benchmark.md): habit alone is off by 0.3 in one room of ten, all three by 0.17."""
_NINE_IN_TEN = 1.645


@dataclass(frozen=True)
class Ceiling:
    """Where the ceiling line runs, as a multiple of the camera's height."""

    ratio: float | None
    support: float


def find_ceiling(camera: Camera, pieces: Sequence[BoundaryPiece], support: SupportMaps) -> Ceiling:
    """The ratio at which lines run above the wall pieces. `camera` and `pieces` at unit height."""
    walls = [(p, _pixel_length(p)) for p in pieces if p.kind == "wall" and _pixel_length(p) > 0.05 * camera.width]
    if not walls:
        return Ceiling(None, 0.0)
    ratios = np.arange(1.6, 2.8, 0.02)
    t = np.linspace(0, 1, 60)[:, None]
    score = np.zeros(len(ratios))
    for piece, length in walls:
        foot = piece.ground[0] * (1 - t) + piece.ground[1] * t
        points = np.concatenate(
            [
                np.broadcast_to(foot, (len(ratios), *foot.shape)),
                np.broadcast_to(ratios[:, None, None], (len(ratios), len(foot), 1)),
            ],
            -1,
        )
        score += support.along(support.direction_of(piece), camera, points).mean(1) * length
    score /= sum(length for _, length in walls)
    best = int((score - 0.02 * np.abs(ratios - 2.1)).argmax())
    found = bool(score[best] > _CEILING_SUPPORT)
    return Ceiling(float(ratios[best]) if found else None, float(score[best]))


def camera_height(ceiling: Ceiling, known_ceiling_m: float | None = None) -> float:
    """Metres, from the priors and the ceiling; a caller's ceiling height decides where a ceiling is seen."""
    if known_ceiling_m is not None and ceiling.ratio is not None:
        return known_ceiling_m / ceiling.ratio
    heights = np.arange(_HEIGHTS[0], _HEIGHTS[1], 0.01)
    cost = ((heights - _CAMERA_M) / _CAMERA_SIGMA) ** 2
    if ceiling.ratio is not None:
        cost += ((heights * ceiling.ratio - _CEILING_M) / _CEILING_SIGMA) ** 2
    return float(heights[cost.argmin()])


def rescaled_by_door(height_m: float, doors: Sequence[Opening]) -> float:
    """The camera height once the surest single door, or a pair of leaves too tall to be true, is believed standard."""
    for door in doors:
        width = float(np.linalg.norm(door.ground[1] - door.ground[0]))
        if door.kind == "door" and 0.6 < width < 1.0 and 1.83 < door.top_m < 2.31:
            return _trusting(height_m, _DOOR_M / door.top_m)
    for door in doors:
        if door.kind == "door" and door.top_m > _TALLEST_M:
            return _trusting(height_m, _PAIR_M / door.top_m)
    return height_m


def _trusting(height_m: float, factor: float) -> float:
    return float(np.clip(height_m * factor**_DOOR_TRUST, *_HEIGHTS))


def height_interval(height_m: float, ceiling: Ceiling, doors: Sequence[Opening], hinted: bool) -> tuple[float, float]:
    """The camera heights between which the true one lies nine times in ten, from the spread of what was seen.

    Wider where habit, ceiling and door contradict each other by more than their own spreads (Birge's ratio).
    """
    cues = [(_CAMERA_M, _HABIT_SPREAD)]
    if ceiling.ratio is not None:
        cues.append((_CEILING_M / ceiling.ratio, _CEILING_SPREAD))
    leaf = next((door for door in doors if door.kind == "door"), None)
    if leaf is not None:
        known_m = _DOOR_M if leaf.top_m <= _TALLEST_M else _PAIR_M
        cues.append((height_m * known_m / leaf.top_m, _DOOR_SPREAD))
    told, spreads = (np.array(column) for column in zip(*cues, strict=True))
    at_odds = float(np.sqrt((np.log(told / height_m) ** 2 / spreads**2).mean()))
    spread = _HINT_SPREAD if hinted else float((spreads**-2).sum() ** -0.5) * max(1.0, at_odds)
    return float(height_m * np.exp(-_NINE_IN_TEN * spread)), float(height_m * np.exp(_NINE_IN_TEN * spread))


def scale_confidence(ceiling: Ceiling, doors: Sequence[Opening], hinted: bool) -> float:
    """0…1: 1 for a caller's value, low where only the photographer's habit speaks."""
    if hinted:
        return 1.0
    return 0.4 + (0.25 if ceiling.ratio is not None else 0.0) + (0.25 if doors else 0.0)


def _pixel_length(piece: BoundaryPiece) -> float:
    return float(np.linalg.norm(piece.pixels[1] - piece.pixels[0]))

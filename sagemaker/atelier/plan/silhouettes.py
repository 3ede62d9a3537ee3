"""What a layout covers of the frame, and of what is worth seeing in it, drawn small."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from atelier.model import F64, U8, Bool, Opening, Room

_SHRINK = 6
"""picture pixels per pixel of the silhouettes that coverage is counted on."""
IDEAL_COVERAGE, COVERAGE_SPREAD, LEAST_COVERAGE = 0.22, 0.12, 0.12
"""of the frame, for a room that furniture fills; rooms with fittings of their own take all three in proportion."""
_HIDING = {"door": 0.9, "passage": 0.7, "fireplace": 1.1, "window": 0.5, "built_in": 0.4}
_HIDING_STANDING = {"stairs": 0.7, "island": 0.5, "counter": 0.4, "bathtub": 0.6}
MOST_HIDDEN = {"door": 0.4, "passage": 0.6, "fireplace": 0.4, "window": 0.5, "built_in": 0.9}
"""share of an opening's picture that furniture may cover; a layout that covers more of a sure one is not made."""
SURE = 0.55
_TOO_MUCH, _WANTED_IN_SIGHT = 3.0, 9.0
"""what covering an opening too far, and what covering a pixel that must stay in sight, costs."""
_TOLERATED = 0.2
"""share of a feature that may be hidden; beyond it every further part counts threefold."""


@dataclass(frozen=True)
class Feature:
    """An opening as it shows in the picture, at silhouette resolution."""

    weight: float
    mask: U8
    area: float
    most: float = 1.0
    """share of it that may be hidden."""


class Silhouettes:
    """Draws what a layout covers of the frame and of the features worth seeing."""

    def __init__(self, room: Room, ideal_coverage: float = IDEAL_COVERAGE) -> None:
        self.room = room
        self.fullness = ideal_coverage / IDEAL_COVERAGE
        self.shape = (room.camera.height // _SHRINK + 1, room.camera.width // _SHRINK + 1)
        self.features = [f for o in room.openings if (f := self.feature(o)) is not None]
        self.features += [Feature(w, m, float(m.sum())) for w, m in self._standing() if m.sum() > 8]
        self.kept = None if room.keep_clear is None else self._small(room.keep_clear)

    def _small(self, mask: Bool) -> U8:
        height, width = self.shape
        small = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
        return np.asarray(small, np.uint8)

    def _standing(self) -> list[tuple[float, U8]]:
        things = self.room.standing
        return [(_HIDING_STANDING.get(t.kind, 0.2) * t.confidence, self._small(t.mask)) for t in things]

    def feature(self, opening: Opening) -> Feature | None:
        """The opening as it shows; None where it is not in the picture."""
        a, b = opening.ground
        low, high = opening.bottom_m, opening.top_m
        uv, z = self.room.camera.project(np.array([(*a, low), (*b, low), (*b, high), (*a, high)]))
        if z.min() < 0.1:
            return None
        mask = np.zeros(self.shape, np.uint8)
        cv2.fillConvexPoly(mask, (np.clip(uv, -4000, 8000) / _SHRINK).astype(np.int32), 1)
        weight = _HIDING[opening.kind] * opening.confidence
        most = MOST_HIDDEN[opening.kind] if opening.confidence > SURE else 1.0
        return Feature(weight, mask, float(mask.sum()), most) if mask.sum() > 8 else None

    def of(self, solids: F64) -> U8:
        """Union of the projected boxes (N, 8, 3), world corners."""
        out = np.zeros(self.shape, np.uint8)
        uv, z = self.room.camera.project(solids)
        for points, depth in zip(uv, z, strict=True):
            if depth.min() > 0.05:
                hull = cv2.convexHull((np.clip(points, -4000, 8000) / _SHRINK).astype(np.float32))
                cv2.fillConvexPoly(out, hull.astype(np.int32), 1)
        return out

    def hidden(self, silhouette: U8) -> float:
        """Weighted share of the worst-hidden feature."""
        if self.kept is not None and (silhouette & self.kept).any():
            return _WANTED_IN_SIGHT
        worst = 0.0
        for f in self.features:
            share = float((silhouette * f.mask).sum()) / f.area
            cost = f.weight * (share + 2 * max(0.0, share - _TOLERATED))
            worst = max(worst, cost + _TOO_MUCH * (share > f.most - 0.02))
        return worst

"""What speaks for a hypothetical camera: segments that point at its vanishing points, and floor below its horizon.

A hypothesis is a row (log focal length in pixels, yaw, pitch, roll in radians, vertical lens shift over the
height, sideways shift over the width); every function takes many at once.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from atelier.model import F64, Bool
from atelier.perceive.lines import LineKind, Lines

LOGF, YAW, PITCH, ROLL, SHIFT, SIDE = range(6)

# Of the longer side: the median of listing photos is about 20 mm on full frame. Upright pictures are phones' own
# lens (26 mm, 0.75) or cut out of a wider one, which leaves as long a lens.
_TYPICAL_FOCAL, _TYPICAL_UPRIGHT_FOCAL = 0.56, 0.66
_FULL_FRAME_DIAGONAL_MM = 43.27
_FOCALS = np.array([0.42, 0.50, 0.58, 0.67, 0.78, 0.95])
_TYPICAL_ANGLES = np.array([np.deg2rad(8), np.deg2rad(2), 0.10, 0.05])  # pitch, roll, shift, side
_ANGLE_COST = 0.012
_TYPICAL_RESIDUE = float(np.deg2rad(1.0))
"""pitch that is left where the lens was shifted, or the picture corrected as if it were, to have uprights upright."""
_BELOW_HORIZON = np.sin(np.deg2rad(2.5))


def focal_from_35mm(focal_mm: float, width: int, height: int) -> float:
    """35 mm equivalent focal length → pixels (CIPA DCG-001: equal diagonal field of view)."""
    return focal_mm / _FULL_FRAME_DIAGONAL_MM * float(np.hypot(width, height))


class Evidence:
    """Segments and floor of one picture, prepared for scoring hypotheses."""

    def __init__(self, lines: Lines, floor: Bool, focal_35mm: float | None) -> None:
        self.height, self.width = floor.shape
        self._lines, self._floor, self._focal_35mm = lines, floor, focal_35mm
        longer = max(floor.shape)
        if focal_35mm is None:
            typical = _TYPICAL_FOCAL if self.width >= self.height else _TYPICAL_UPRIGHT_FOCAL
            self._focal, self._focal_sigma, self._focal_cost = typical * longer, 0.3, 0.035
            self.focals = _FOCALS * longer
        else:
            # A crop or a correction after the exposure changes the true value a little, hence not exact.
            self._focal, self._focal_sigma, self._focal_cost = (
                focal_from_35mm(focal_35mm, self.width, self.height),
                0.05,
                0.05,
            )
            self.focals = self._focal * np.array([0.95, 1.0, 1.05])
        # About the picture's centre, the line through a segment is n·(x, y, 1) = 0.
        centred = lines.segments - np.tile([self.width / 2, self.height / 2], 2)
        middle = (centred[:, :2] + centred[:, 2:]) / 2
        along = centred[:, 2:] - centred[:, :2]
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
        mx, my = middle.T
        dx, dy = along.T
        self._normals = np.stack([-dy, dx, dy * mx - dx * my])
        self._spread = np.stack([np.ones_like(mx), mx**2 + my**2, mx, my])
        self.votes = lines.weights / max(float(lines.weights.sum()), 1e-9)
        room = lines.kinds == LineKind.ROOM
        self._no_vertical = ~room
        self.upright = room & (np.abs(dx) < np.sin(np.deg2rad(20)))
        self._floor_points = _sample_floor(floor)

    def straightened(self, bend: float, shift: float, side: float) -> Evidence:
        """The same evidence seen through a lens without the distortion `bend` (division model, radius in half
        diagonals) about a centre `shift` heights below and `side` widths right of the picture's."""
        lines = replace(
            self._lines, segments=self._unbent(self._lines.segments.reshape(-1, 2), bend, shift, side).reshape(-1, 4)
        )
        other = Evidence(lines, self._floor, self._focal_35mm)
        middle = np.array([self.width / 2, self.height / 2])
        other._floor_points = self._unbent(self._floor_points + middle, bend, shift, side) - middle
        return other

    @classmethod
    def unrolled(cls, lines: Lines, floor: Bool, turn: float) -> Evidence:
        """The evidence of a picture that is a cylinder spanning `turn` radians, laid out as one lens would see it."""
        height, width = floor.shape
        radius, middle = width / turn, np.array([width / 2, height / 2])

        def flat(pixels: F64) -> F64:
            angle = (pixels[:, 0] - middle[0]) / radius
            offset = np.stack([radius * np.tan(angle), (pixels[:, 1] - middle[1]) / np.cos(angle)], 1)
            return np.asarray(middle + offset, np.float64)

        segments = flat(lines.segments.reshape(-1, 2)).reshape(-1, 4)
        focal_35mm = radius / float(np.hypot(width, height)) * _FULL_FRAME_DIAGONAL_MM
        out = cls(replace(lines, segments=segments), floor, focal_35mm)
        out._floor_points = flat(out._floor_points + middle) - middle
        return out

    def _unbent(self, pixels: F64, bend: float, shift: float, side: float) -> F64:
        centre = np.array([self.width * (0.5 + side), self.height * (0.5 + shift)])
        offset = pixels - centre
        half = np.hypot(self.width, self.height) / 2
        scale = 1 + bend * (offset**2).sum(1, keepdims=True) / half**2
        return np.asarray(centre + offset / scale, np.float64)

    def signed(self, h: F64) -> F64:
        """(K, 3, N) signed sine of the angle between each segment and the direction to each vanishing point;
        1 where a segment may not vote for that axis."""
        R = rotations(h[:, YAW], h[:, PITCH], h[:, ROLL])
        out = self._sines(R.transpose(0, 2, 1), h)
        out[:, 2, self._no_vertical] = 1.0
        return out

    def upright_score(self, h: F64, tolerance: float) -> F64:
        """(K,) as `total`, from the near-vertical segments alone."""
        R = rotations(h[:, YAW], h[:, PITCH], h[:, ROLL])
        sine = self._sines(R[:, None, :, 2], h, self.upright)[:, 0]
        support = np.exp(-(sine**2) / tolerance**2) @ self.votes[self.upright]
        return np.asarray(support - self.priors(h) - 3 * self.floor_above_horizon(h), np.float64)

    def _sines(self, directions: F64, h: F64, chosen: slice | Bool = slice(None)) -> F64:
        """World directions in camera axes (K, D, 3) → (K, D, N)."""
        f, side, shift = np.exp(h[:, LOGF, None]), h[:, SIDE, None] * self.width, h[:, SHIFT, None] * self.height
        z = directions[..., 2]
        x = f * directions[..., 0] + side * z
        y = f * directions[..., 1] + shift * z
        cross = np.stack([x, y, z], -1) @ self._normals[:, chosen]
        length2 = np.stack([x**2 + y**2, z**2, -2 * z * x, -2 * z * y], -1) @ self._spread[:, chosen]
        return np.asarray(cross / np.sqrt(np.maximum(length2, 1e-9)), np.float64)

    def prior_terms(self, h: F64) -> tuple[F64, F64]:
        """((6,) most plausible hypothesis, (K, 6) cost per squared unit away from it)."""
        cost = np.r_[self._focal_cost / self._focal_sigma**2, 0.0, _ANGLE_COST / _TYPICAL_ANGLES**2]
        costs = np.repeat(cost[None], len(h), 0)
        costs[h[:, SHIFT] != 0, PITCH] = _ANGLE_COST / _TYPICAL_RESIDUE**2
        return np.array([np.log(self._focal), 0.0, 0.0, 0.0, 0.0, 0.0]), costs

    def priors(self, h: F64) -> F64:
        """(K,)"""
        plausible, costs = self.prior_terms(h)
        return np.asarray(((h - plausible) ** 2 * costs).sum(1), np.float64)

    def floor_above_horizon(self, h: F64) -> F64:
        """(K,) share of floor pixels above 2.5° below the horizon, with a soft edge: they cannot be floor."""
        f, shift = np.exp(h[:, LOGF])[:, None], h[:, SHIFT, None] * self.height
        up = rotations(h[:, YAW], h[:, PITCH], h[:, ROLL])[:, :, 2]
        x = (self._floor_points[:, 0] - h[:, SIDE, None] * self.width) / f
        y = (self._floor_points[:, 1] - shift) / f
        sine = (x * up[:, :1] + y * up[:, 1:2] + up[:, 2:]) / np.sqrt(x**2 + y**2 + 1)
        return np.asarray(np.clip((sine + _BELOW_HORIZON) / 0.05, 0, 1).mean(1), np.float64)

    def shares(self, h: F64, within: float) -> F64:
        """(K, 3) weight share of the segments that point along each axis within an angle, radians."""
        sines = np.abs(self.signed(h))
        nearest = np.take_along_axis(sines, sines.argmin(1)[:, None], 1)
        along = (sines == nearest) & (nearest < np.sin(within))
        return np.asarray(along @ self.votes, np.float64)

    def total(self, h: F64, tolerance: float) -> F64:
        """(K, 6) hypotheses → (K,) scores: weighted share of supporting segments minus what is implausible."""
        scores = [self._total(part, tolerance) for part in np.array_split(h, max(1, len(h) // 128))]
        return np.concatenate(scores)

    def _total(self, h: F64, tolerance: float) -> F64:
        nearest = (self.signed(h) ** 2).min(1)
        support = np.exp(-nearest / tolerance**2) @ self.votes
        return np.asarray(support - self.priors(h) - 3 * self.floor_above_horizon(h), np.float64)


def rotations(yaw: F64, pitch: F64, roll: F64) -> F64:
    """(K,) angles → (K, 3, 3): roll · pitch · (world axes → camera axes) · yaw."""
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    R = np.empty((len(cy), 3, 3))
    # Before the roll: right, then down and forward turned by the pitch.
    x = (cy, -sy, np.zeros_like(cy))
    y = (-sp * sy, -sp * cy, -cp)
    z = (cp * sy, cp * cy, -sp)
    for column in range(3):
        R[:, 0, column] = cr * x[column] - sr * y[column]
        R[:, 1, column] = sr * x[column] + cr * y[column]
        R[:, 2, column] = z[column]
    return R


def _sample_floor(floor: Bool) -> F64:
    """(M, 2) floor pixels about the picture's centre; the topmost rows count three times."""
    ys, xs = np.nonzero(floor)
    if len(ys) == 0:
        return np.array([[0.0, floor.shape[0] / 2]])
    chosen = np.linspace(0, len(ys) - 1, min(300, len(ys))).astype(int)  # in row order: evenly over the mask
    top = np.flatnonzero(ys <= np.percentile(ys, 0.3) + 2)
    top = top[np.linspace(0, len(top) - 1, min(8, len(top))).astype(int)]
    chosen = np.concatenate([chosen, np.repeat(top, 3)])
    return np.asarray(
        np.stack([xs[chosen] + 0.5 - floor.shape[1] / 2, ys[chosen] + 0.5 - floor.shape[0] / 2], 1), np.float64
    )

"""The camera from straight lines: focal length, rotation, and pitch or vertical lens shift.

Manhattan-world vanishing points are fitted by maximising the weighted share of segments that point at one
of them. Listing photos are often perspective-corrected: verticals exactly vertical, horizon not at half
height. Such a picture is a level camera with a shifted lens; a pitched camera cannot express it, so both
families compete.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from atelier.model import F64, I32, Bool, Camera
from atelier.perceive.lines import LineKind, Lines

_TYPICAL_FOCAL = 0.56  # of the longer side: median of listing photos, about 20 mm on full frame
_FULL_FRAME_DIAGONAL_MM = 43.27
_FOCALS = np.array([0.42, 0.50, 0.58, 0.67, 0.78, 0.95])
_PITCHES = np.deg2rad(np.arange(-20.0, 21.0, 2.0))
_ROLLS = np.deg2rad([-2.0, -1.0, 0.0, 1.0, 2.0])
_YAWS = np.deg2rad(np.arange(-45.0, 45.0, 2.0))
_SHIFTS = np.array([-0.22, -0.18, -0.14, -0.10, -0.06, 0.06])  # of the height
_COARSE, _FINE, _UPRIGHT = np.deg2rad([2.0, 0.8, 1.2])
_STARTS_PER_FOCAL, _REFINED = 7, 9
_SHIFT_MARGIN = 0.01  # the shift family must win by this much: it is the rarer explanation of a plain photo
_LABEL_WITHIN = np.deg2rad(2.0)

_LOGF, _YAW, _PITCH, _ROLL, _SHIFT = range(5)


@dataclass(frozen=True)
class Calibration:
    """A camera at unit height and how well the lines support it."""

    camera: Camera
    lines: Lines
    labels: I32
    """(N,) axis 0…2 (x, y, z) each segment points along, −1 for none."""
    score: float
    """weighted share of supporting segments minus priors."""
    support: tuple[float, float, float]
    """weight share of the segments along each axis."""
    yaw: float
    pitch: float
    roll: float
    shift: float
    """vertical lens shift as a share of the height; angles in radians."""


def rotation(yaw: float, pitch: float, roll: float) -> F64:
    """World → camera rotation. Radians; yaw turns the room about z, positive pitch looks down."""
    return np.asarray(_rotations(np.array([yaw]), np.array([pitch]), np.array([roll]))[0], np.float64)


def focal_from_35mm(focal_mm: float, width: int, height: int) -> float:
    """35 mm equivalent focal length → pixels (CIPA DCG-001: equal diagonal field of view)."""
    return focal_mm / _FULL_FRAME_DIAGONAL_MM * float(np.hypot(width, height))


def calibrate(lines: Lines, floor: Bool, focal_35mm: float | None = None) -> Calibration:
    """Lines and floor mask → the best camera, at unit height. `focal_35mm`: EXIF or caller's value, in mm."""
    height, width = floor.shape
    evidence = _Evidence(lines, floor, focal_35mm)
    starts = np.concatenate([_pitched_starts(evidence), _shifted_starts(evidence)])
    best: tuple[float, F64, bool] | None = None
    for start in _distinct(starts, evidence.total(starts, _COARSE)):
        shifted = start[_SHIFT] != 0
        value, hypothesis = _refine(evidence, start, shifted)
        margin = _SHIFT_MARGIN if best is not None and shifted and not best[2] else 0.0
        if best is None or value > best[0] + margin:
            best = (value, hypothesis, shifted)
    assert best is not None  # noqa: S101 - _distinct returns at least one start
    score, h, _ = best
    camera = Camera(
        f=float(np.exp(h[_LOGF])),
        cx=width / 2,
        cy=height / 2 + float(h[_SHIFT]),
        width=width,
        height=height,
        R=rotation(h[_YAW], h[_PITCH], h[_ROLL]),
        height_m=1.0,
    )
    labels = axis_labels(camera, lines)
    total = max(float(lines.weights.sum()), 1e-9)
    share = [float(lines.weights[labels == axis].sum()) / total for axis in range(3)]
    return Calibration(
        camera,
        lines,
        labels,
        float(score),
        (share[0], share[1], share[2]),
        float(h[_YAW]),
        float(h[_PITCH]),
        float(h[_ROLL]),
        float(h[_SHIFT]) / height,
    )


def axis_angles(camera: Camera, segments: F64) -> F64:
    """(N, 4) segments → (N, 3) angle in radians between each segment and the direction to each axis's
    vanishing point, seen from the segment's midpoint."""
    offset = np.array([camera.cx, camera.cy])
    middle = (segments[:, :2] + segments[:, 2:]) / 2 - offset
    along = segments[:, 2:] - segments[:, :2]
    along = along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    vp = camera.R.T * np.array([camera.f, camera.f, 1.0])
    towards = vp[None, :, :2] - vp[None, :, 2:] * middle[:, None, :]
    towards = towards / np.maximum(np.linalg.norm(towards, axis=2, keepdims=True), 1e-9)
    cross = along[:, None, 0] * towards[..., 1] - along[:, None, 1] * towards[..., 0]
    return np.asarray(np.arcsin(np.clip(np.abs(cross), 0, 1)), np.float64)


def axis_labels(camera: Camera, lines: Lines) -> I32:
    """(N,) the axis each segment points along within two degrees, −1 for none."""
    angles = axis_angles(camera, lines.segments)
    angles[lines.kinds != LineKind.ROOM, 2] = np.inf
    return np.where(angles.min(1) < _LABEL_WITHIN, angles.argmin(1), -1).astype(np.int32)


class _Evidence:
    """Everything the score of a hypothesis (log f, yaw, pitch, roll, shift px) depends on."""

    def __init__(self, lines: Lines, floor: Bool, focal_35mm: float | None) -> None:
        self.height, self.width = floor.shape
        longer = max(floor.shape)
        if focal_35mm is None:
            self.focal, self.focal_sigma, self.focal_cost = _TYPICAL_FOCAL * longer, 0.3, 0.035
            self.focals = _FOCALS * longer
        else:
            # A crop or a correction after the exposure changes the true value a little, hence not exact.
            self.focal, self.focal_sigma, self.focal_cost = (
                focal_from_35mm(focal_35mm, self.width, self.height),
                0.05,
                0.05,
            )
            self.focals = self.focal * np.array([0.95, 1.0, 1.05])
        # About the picture's centre, the line through a segment is n·(x, y, 1) = 0.
        centred = lines.segments - np.tile([self.width / 2, self.height / 2], 2)
        middle = (centred[:, :2] + centred[:, 2:]) / 2
        along = centred[:, 2:] - centred[:, :2]
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
        mx, my = middle.T
        dx, dy = along.T
        self.normals = np.stack([-dy, dx, dy * mx - dx * my])
        self.spread = np.stack([np.ones_like(mx), mx**2 + my**2, mx, my])
        self.votes = lines.weights / max(float(lines.weights.sum()), 1e-9)
        room = lines.kinds == LineKind.ROOM
        self.no_vertical = ~room
        self.upright = room & (np.abs(dx) < np.sin(np.deg2rad(20)))
        self.floor_points = _sample_floor(floor)

    def residuals(self, directions: F64, f: F64, shift: F64, chosen: slice | Bool = slice(None)) -> F64:
        """World directions in camera axes (K, 3) → (K, N) squared sine of the angle to their vanishing point."""
        z = directions[:, 2]
        x, y = f * directions[:, 0], f * directions[:, 1] + shift * z
        cross = np.stack([x, y, z], 1) @ self.normals[:, chosen]
        length2 = np.stack([x**2 + y**2, z**2, -2 * z * x, -2 * z * y], 1) @ self.spread[:, chosen]
        return np.asarray(cross**2 / np.maximum(length2, 1e-9), np.float64)

    def priors(self, h: F64) -> F64:
        return np.asarray(
            self.focal_cost * ((h[:, _LOGF] - np.log(self.focal)) / self.focal_sigma) ** 2
            + 0.012 * (h[:, _PITCH] / np.deg2rad(8)) ** 2
            + 0.012 * (h[:, _ROLL] / np.deg2rad(2)) ** 2
            + 0.012 * (h[:, _SHIFT] / (0.07 * self.height)) ** 2,
            np.float64,
        )

    def floor_above_horizon(self, h: F64) -> F64:
        """(K,) share of floor pixels above 2.5° below the horizon, with a soft edge: they cannot be floor."""
        f, shift = np.exp(h[:, _LOGF]), h[:, _SHIFT]
        up = _rotations(h[:, _YAW], h[:, _PITCH], h[:, _ROLL])[:, :, 2]
        x = self.floor_points[:, 0] / f[:, None]
        y = (self.floor_points[:, 1] - shift[:, None]) / f[:, None]
        sine = (x * up[:, :1] + y * up[:, 1:2] + up[:, 2:]) / np.sqrt(x**2 + y**2 + 1)
        return np.asarray(np.clip((sine + np.sin(np.deg2rad(2.5))) / 0.05, 0, 1).mean(1), np.float64)

    def total(self, h: F64, tolerance: float) -> F64:
        """(K, 5) hypotheses → (K,) scores."""
        scores = [self._total(part, tolerance) for part in np.array_split(h, max(1, len(h) // 128))]
        return np.concatenate(scores)

    def _total(self, h: F64, tolerance: float) -> F64:
        f, shift = np.exp(h[:, _LOGF]), h[:, _SHIFT]
        R = _rotations(h[:, _YAW], h[:, _PITCH], h[:, _ROLL])
        nearest = np.minimum(self.residuals(R[:, :, 0], f, shift), self.residuals(R[:, :, 1], f, shift))
        upright = self.residuals(R[:, :, 2], f, shift)
        upright[:, self.no_vertical] = 1.0
        support = np.exp(-np.minimum(nearest, upright) / tolerance**2) @ self.votes
        return np.asarray(support - self.priors(h) - 3 * self.floor_above_horizon(h), np.float64)


def _pitched_starts(evidence: _Evidence) -> F64:
    """Pitch and roll from the near-vertical segments alone, per focal length, then every yaw."""
    found = []
    pitch, roll = (grid.ravel() for grid in np.meshgrid(_PITCHES, _ROLLS, indexing="ij"))
    for f in evidence.focals:
        h = np.zeros((len(pitch), 5))
        h[:, _LOGF], h[:, _PITCH], h[:, _ROLL] = np.log(f), pitch, roll
        up = _rotations(h[:, _YAW], pitch, roll)[:, :, 2]
        residual = evidence.residuals(up, np.full(len(h), f), h[:, _SHIFT], evidence.upright)
        value = np.exp(-residual / _UPRIGHT**2) @ evidence.votes[evidence.upright]
        value -= evidence.priors(h) + 3 * evidence.floor_above_horizon(h)
        found.append(h[np.argsort(-value, kind="stable")[:_STARTS_PER_FOCAL]])
    return _every_yaw(np.concatenate(found))


def _shifted_starts(evidence: _Evidence) -> F64:
    f, shift = (grid.ravel() for grid in np.meshgrid(evidence.focals, _SHIFTS * evidence.height, indexing="ij"))
    h = np.zeros((len(f), 5))
    h[:, _LOGF], h[:, _SHIFT] = np.log(f), shift
    return _every_yaw(h)


def _every_yaw(h: F64) -> F64:
    turned = np.repeat(h, len(_YAWS), 0)
    turned[:, _YAW] = np.tile(_YAWS, len(h))
    return turned


def _distinct(starts: F64, values: F64) -> F64:
    """The best few starts that are not neighbours of a better one."""
    apart = np.array([0.05, 0.06, 0.05, np.inf, np.inf])
    kept: list[F64] = []
    for index in np.argsort(-values, kind="stable"):
        h = starts[index]
        same_family = [k for k in kept if (k[_SHIFT] == 0) == (h[_SHIFT] == 0) and abs(k[_SHIFT] - h[_SHIFT]) < 30]
        if all(np.any(np.abs(k - h) > apart) for k in same_family):
            kept.append(h)
        if len(kept) == _REFINED:
            break
    return np.array(kept)


def _refine(evidence: _Evidence, start: F64, shifted: bool) -> tuple[float, F64]:
    """Nelder–Mead over focal length, yaw, roll, and pitch or shift."""
    third = _SHIFT if shifted else _PITCH
    free = [_LOGF, _YAW, third, _ROLL]
    unit = np.ones(5)
    unit[_SHIFT] = evidence.height

    def hypothesis(x: F64) -> F64:
        h = np.zeros(5)
        h[free] = x * unit[free]
        return h

    def cost(x: F64) -> float:
        return -float(evidence._total(hypothesis(x)[None], _FINE)[0])

    x0 = start[free] / unit[free]
    simplex = np.concatenate([x0[None], x0 + np.diag([0.1, 0.03, 0.03, 0.02])])
    result = minimize(
        cost,
        x0,
        method="Nelder-Mead",
        options={"maxiter": 220, "initial_simplex": simplex, "xatol": 1e-4, "fatol": 1e-5},
    )
    return -float(result.fun), hypothesis(np.asarray(result.x, np.float64))


def _sample_floor(floor: Bool) -> F64:
    """(M, 2) floor pixels about the picture's centre; the topmost rows count three times."""
    ys, xs = np.nonzero(floor)
    if len(ys) == 0:
        return np.array([[0.0, floor.shape[0] / 2]])
    chosen = np.linspace(0, len(ys) - 1, min(600, len(ys))).astype(int)  # in row order: evenly over the mask
    top = np.flatnonzero(ys <= np.percentile(ys, 0.3) + 2)[:16]
    chosen = np.concatenate([chosen, np.repeat(top, 3)])
    return np.asarray(
        np.stack([xs[chosen] + 0.5 - floor.shape[1] / 2, ys[chosen] + 0.5 - floor.shape[0] / 2], 1), np.float64
    )


def _rotations(yaw: F64, pitch: F64, roll: F64) -> F64:
    """(K,) angles → (K, 3, 3): roll · pitch · (world axes → camera axes) · yaw."""
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    zero = np.zeros_like(cy)
    level = np.stack(
        [np.stack([cy, -sy, zero], -1), np.stack([zero, zero, zero - 1], -1), np.stack([sy, cy, zero], -1)], -2
    )
    y = cp[:, None] * level[:, 1] - sp[:, None] * level[:, 2]
    z = sp[:, None] * level[:, 1] + cp[:, None] * level[:, 2]
    x = level[:, 0]
    return np.stack([cr[:, None] * x - sr[:, None] * y, sr[:, None] * x + cr[:, None] * y, z], 1)

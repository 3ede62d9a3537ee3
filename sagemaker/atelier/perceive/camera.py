"""The camera from straight lines: focal length, rotation, and pitch or lens shift.

Manhattan-world vanishing points are fitted by maximising the weighted share of segments that point at one
of them. Listing photos are often perspective-corrected: verticals exactly vertical, horizon not at half
height. Such a picture is an almost level camera with a shifted lens; a pitched camera cannot express it, so both
families compete. So do both with a sideways shift: a crop that did not keep the middle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from atelier.model import F64, I32, Bool, Camera
from atelier.perceive.evidence import LOGF, PITCH, ROLL, SHIFT, SIDE, YAW, Evidence, focal_from_35mm, rotations
from atelier.perceive.lines import LineKind, Lines
from atelier.perceive.search import FINE, distinct, improved, refine, starts, with_shift, with_side

__all__ = ["Calibration", "axis_angles", "axis_labels", "calibrate", "focal_from_35mm", "rotation"]

_SHIFT_MARGIN, _SIDE_MARGIN = 0.01, 0.02
_RIVAL_MARGIN, _RIVALS, _CROPPED = 0.02, 3, 4
_WEAKER_AXIS = 0.25
_BENDS = np.array([-0.16, -0.11, -0.07, -0.035, 0.035, 0.07])
_BEND_COST, _BEND_SIGMA, _BEND_MARGIN = 0.012, 0.06, 0.02
_LABEL_WITHIN = float(np.deg2rad(2.0))


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
    side: float = 0.0
    """sideways shift as a share of the width: a crop that did not keep the middle."""
    bend: float = 0.0
    """lens distortion where the radius is half the diagonal (division model); negative for a barrel."""
    rank: float = 0.0
    """score less the margins of rare explanations, more for the weaker axis: what rivals are compared by."""


def rotation(yaw: float, pitch: float, roll: float) -> F64:
    """World → camera rotation. Radians; yaw turns the room about z, positive pitch looks down."""
    return np.asarray(rotations(np.array([yaw]), np.array([pitch]), np.array([roll]))[0], np.float64)


def calibrate(lines: Lines, floor: Bool, focal_35mm: float | None = None) -> Calibration:
    """Lines and floor mask → the best camera, at unit height. `focal_35mm`: EXIF or caller's value, in mm."""
    return calibrations(lines, floor, focal_35mm)[0]


def calibrations(lines: Lines, floor: Bool, focal_35mm: float | None = None) -> list[Calibration]:
    """The best camera first, then others the room's axes explain nearly as well: the rest of the room decides."""
    evidence = Evidence(lines, floor, focal_35mm)
    values, hypotheses = refine(evidence, starts(evidence))
    pitched = hypotheses[:, SHIFT] == 0
    if pitched.any():
        leaning = with_shift(evidence, distinct(hypotheses[pitched], values[pitched], _RIVALS))
        more_values, more = refine(evidence, leaning)
        values, hypotheses = np.concatenate([values, more_values]), np.concatenate([hypotheses, more])
    more_values, more = refine(evidence, with_side(evidence, distinct(hypotheses, values, _CROPPED)))
    values, hypotheses = np.concatenate([values, more_values]), np.concatenate([hypotheses, more])
    values = values + _standing(hypotheses, evidence.shares(hypotheses, _LABEL_WITHIN))
    close = values > values.max() - _RIVAL_MARGIN
    rivals = distinct(hypotheses[close], values[close], _RIVALS)
    return [_calibration(lines, evidence, h) for h in rivals]


def _standing(h: F64, shares: F64) -> F64:
    """(K,) what (K, 6) hypotheses with (K, 3) shares of line length along the axes have before others but their score.

    The shifted families must win by a margin: they are the rarer explanation of a plain photo. A wall seen square on
    fills the picture with lines that say nothing of the horizon: what the fewer lines of the other direction agree on
    weighs more than their length.
    """
    margin = _SHIFT_MARGIN * (h[:, SHIFT] != 0) + _SIDE_MARGIN * (h[:, SIDE] != 0)
    return np.asarray(_WEAKER_AXIS * np.sqrt(shares[:, :2].min(1)) - margin, np.float64)


def _calibration(lines: Lines, evidence: Evidence, h: F64) -> Calibration:
    score, h, bend = _unbent(evidence, float(evidence.total(h[None], FINE)[0]), h)
    width, height = evidence.width, evidence.height
    f = float(np.exp(h[LOGF]))
    camera = Camera(
        f=f,
        cx=width * (0.5 + float(h[SIDE])),
        cy=height * (0.5 + float(h[SHIFT])),
        width=width,
        height=height,
        R=rotation(h[YAW], h[PITCH], h[ROLL]),
        height_m=1.0,
        k1=bend * f**2 / (width**2 + height**2) * 4,
    )
    labels = axis_labels(camera, lines)
    total = max(float(lines.weights.sum()), 1e-9)
    share = [float(lines.weights[labels == axis].sum()) / total for axis in range(3)]
    return Calibration(
        camera,
        lines,
        labels,
        score,
        (share[0], share[1], share[2]),
        float(h[YAW]),
        float(h[PITCH]),
        float(h[ROLL]),
        float(h[SHIFT]),
        float(h[SIDE]),
        bend,
        score + float(_standing(h[None], np.array([share]))[0]),
    )


def _unbent(evidence: Evidence, score: float, h: F64) -> tuple[float, F64, float]:
    """The hypothesis with the lens distortion that makes the lines agree best: none unless that is clear."""
    tried = []
    for bend in _BENDS.tolist():
        value, moved = improved(evidence.straightened(bend, float(h[SHIFT]), float(h[SIDE])), h)
        tried.append((value - _BEND_COST * (bend / _BEND_SIGMA) ** 2, bend, moved))
    value, bend, moved = max(tried, key=lambda item: item[0])
    if value < score:
        return score, h, 0.0
    values, hypotheses = refine(evidence.straightened(bend, float(h[SHIFT]), float(h[SIDE])), moved[None])
    best = int(values.argmax())
    value = float(values[best]) - _BEND_COST * (bend / _BEND_SIGMA) ** 2
    return (value, hypotheses[best], bend) if value > score + _BEND_MARGIN else (score, h, 0.0)


def axis_angles(camera: Camera, segments: F64) -> F64:
    """(N, 4) segments → (N, 3) angle in radians between each segment and the direction to each axis's
    vanishing point, seen from the segment's midpoint."""
    return direction_angles(camera, segments, np.eye(3))


def direction_angles(camera: Camera, segments: F64, directions: F64) -> F64:
    """The same for any (D, 3) world directions → (N, D)."""
    segments = camera.straightened(segments.reshape(-1, 2)).reshape(-1, 4)
    offset = np.array([camera.cx, camera.cy])
    middle = (segments[:, :2] + segments[:, 2:]) / 2 - offset
    along = segments[:, 2:] - segments[:, :2]
    along = along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    vp = (directions @ camera.R.T) * np.array([camera.f, camera.f, 1.0])
    towards = vp[None, :, :2] - vp[None, :, 2:] * middle[:, None, :]
    towards = towards / np.maximum(np.linalg.norm(towards, axis=2, keepdims=True), 1e-9)
    cross = along[:, None, 0] * towards[..., 1] - along[:, None, 1] * towards[..., 0]
    return np.asarray(np.arcsin(np.clip(np.abs(cross), 0, 1)), np.float64)


def axis_labels(camera: Camera, lines: Lines) -> I32:
    """(N,) the axis each segment points along within two degrees, −1 for none."""
    angles = axis_angles(camera, lines.segments)
    angles[lines.kinds != LineKind.ROOM, 2] = np.inf
    return np.where(angles.min(1) < _LABEL_WITHIN, angles.argmin(1), -1).astype(np.int32)

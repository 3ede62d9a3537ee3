"""From coarse starts to the best camera: a grid of hypotheses, then damped Gauss–Newton from the best of them."""

from __future__ import annotations

import numpy as np

from atelier.model import F64, Bool
from atelier.perceive.evidence import LOGF, PITCH, ROLL, SHIFT, SIDE, YAW, Evidence

_PITCHES = np.deg2rad(np.arange(-20.0, 21.0, 2.0))
_ROLLS = np.deg2rad([-2.0, -1.0, 0.0, 1.0, 2.0])
_YAWS = np.deg2rad(np.arange(-45.0, 45.0, 2.0))
_SHIFTS = np.array([-0.22, -0.18, -0.14, -0.10, -0.06, 0.05, 0.10])  # of the height
_SIDES = np.array([-0.09, -0.05, 0.05, 0.09])  # of the width
COARSE, FINE, UPRIGHT = (float(v) for v in np.deg2rad([2.0, 0.8, 1.2]))
_STARTS_PER_FOCAL, _REFINED, _LEANING = 7, 12, 4
_APART = np.array([0.05, 0.06, 0.05, np.inf, 0.04, 0.04])
_DELTA = 1e-4
_STEPS = np.array([1.0, 0.5, 0.2, 0.06, 1.6])
_WIDE_FIRST, _NARROW = (*((2 * FINE,) * 5), *((FINE,) * 12)), (FINE,) * 14
"""Wide first reaches further, narrow keeps to the peak it starts on."""
_DAMPING = 1e-3


def starts(evidence: Evidence) -> F64:
    """(K, 6) the best few hypotheses of the pitched and the shifted family that are not neighbours."""
    coarse = np.concatenate([_pitched(evidence), _shifted(evidence.focals)])
    return distinct(coarse, evidence.total(coarse, COARSE), _REFINED)


def refine(evidence: Evidence, start: F64) -> tuple[F64, F64]:
    """(K, 6) starts → ((2K,) scores, (2K, 6) hypotheses) at local maxima near them.

    Free are focal length, yaw, pitch, roll, and the shifts that are not nought. The Welsch score is maximised by
    iteratively reweighted least squares (Holland & Welsch, 1977).
    """
    both = np.concatenate([_climbed(evidence, start, schedule) for schedule in (_WIDE_FIRST, _NARROW)])
    return evidence.total(both, FINE), both


def with_shift(evidence: Evidence, pitched: F64) -> F64:
    """(K, 6) pitched cameras → (K', 6) starts with the same pitch and a shifted lens: uprights that lean a little
    tell of a pitch, but not that the horizon lies where a lens without shift would have it."""
    h = np.repeat(pitched, len(_SHIFTS), 0)
    h[:, SHIFT] = np.tile(_SHIFTS, len(pitched))
    return distinct(h, evidence.total(h, COARSE), _LEANING)


def with_side(evidence: Evidence, centred: F64) -> F64:
    """(K, 6) cameras → (K', 6) starts whose axis is left or right of the picture's middle, as a crop leaves it."""
    level = _shifted(evidence.focals[1:4])
    h = np.concatenate([np.repeat(part, len(_SIDES), 0) for part in (_every_yaw(centred), level)])
    h[:, SIDE] = np.tile(_SIDES, len(h) // len(_SIDES))
    return distinct(h, evidence.total(h, COARSE), _LEANING)


def improved(evidence: Evidence, start: F64) -> tuple[float, F64]:
    """One hypothesis (6,) → its score and place after a few steps: enough to tell whether going on is worth it."""
    h = _climbed(evidence, start[None], (FINE,) * 4)
    return float(evidence.total(h, FINE)[0]), h[0]


def _climbed(evidence: Evidence, start: F64, schedule: tuple[float, ...]) -> F64:
    h = start
    free = np.ones(h.shape, np.bool_)
    free[:, [SHIFT, SIDE]] = h[:, [SHIFT, SIDE]] != 0
    for tolerance in schedule:
        h = _stepped(evidence, h, free, tolerance)
    return h


def _stepped(evidence: Evidence, h: F64, free: Bool, tolerance: float) -> F64:
    """One damped step of what is free (K, 6) of every hypothesis; those it would not improve stay."""
    count, size = h.shape
    moved = h[:, None] + _DELTA * np.eye(size)
    everything = np.concatenate([h, moved.reshape(-1, size)])
    sines = evidence.signed(everything)
    above = evidence.floor_above_horizon(everything)
    base, turned = sines[:count], sines[count:].reshape(count, size, 3, -1)
    axis = np.abs(base).argmin(1)[:, None]
    residual = np.take_along_axis(base, axis, 1)[:, 0]
    jacobian = (np.take_along_axis(turned, axis[:, None], 2)[:, :, 0] - residual[:, None]) / _DELTA * free[..., None]
    weight = evidence.votes * np.exp(-((residual / tolerance) ** 2)) / tolerance**2
    plausible, cost = evidence.prior_terms(h)
    weighted = jacobian * weight[:, None]
    curvature = weighted @ jacobian.transpose(0, 2, 1)
    slope = (weighted @ residual[..., None])[..., 0]
    slope += cost * (h - plausible)
    slope += 1.5 * (above[count:].reshape(count, size) - above[:count, None]) / _DELTA
    slope *= free
    diagonal = np.einsum("kii->ki", curvature)
    diagonal += np.where(free, cost + _DAMPING * diagonal.mean(1, keepdims=True), 1.0)
    step = np.linalg.solve(curvature, -slope[..., None])[..., 0]
    tried = h[:, None] + np.r_[0.0, _STEPS][:, None] * step[:, None]
    values = evidence.total(tried.reshape(-1, size), tolerance).reshape(count, -1)
    return np.asarray(tried[np.arange(count), values.argmax(1)], np.float64)


def _pitched(evidence: Evidence) -> F64:
    """Pitch and roll from the near-vertical segments alone, per focal length, then every yaw."""
    found = []
    pitch, roll = (grid.ravel() for grid in np.meshgrid(_PITCHES, _ROLLS, indexing="ij"))
    for f in evidence.focals:
        h = np.zeros((len(pitch), 6))
        h[:, LOGF], h[:, PITCH], h[:, ROLL] = np.log(f), pitch, roll
        value = evidence.upright_score(h, UPRIGHT)
        found.append(h[np.argsort(-value, kind="stable")[:_STARTS_PER_FOCAL]])
    return _every_yaw(np.concatenate(found))


def _shifted(focals: F64) -> F64:
    f, shift = (grid.ravel() for grid in np.meshgrid(focals, _SHIFTS, indexing="ij"))
    h = np.zeros((len(f), 6))
    h[:, LOGF], h[:, SHIFT] = np.log(f), shift
    return _every_yaw(h)


def _every_yaw(h: F64) -> F64:
    turned = np.repeat(h, len(_YAWS), 0)
    turned[:, YAW] = np.tile(_YAWS, len(h))
    return turned


def distinct(hypotheses: F64, values: F64, most: int) -> F64:
    """The best few, best first, that are not neighbours of a better one of their family."""
    kept: list[F64] = []
    for index in np.argsort(-values, kind="stable"):
        h = hypotheses[index]
        family = [k for k in kept if np.array_equal(k[[SHIFT, SIDE]] == 0, h[[SHIFT, SIDE]] == 0)]
        if all(np.any(_apart(k, h) > _APART) for k in family):
            kept.append(h)
        if len(kept) == most:
            break
    return np.array(kept)


def _apart(a: F64, b: F64) -> F64:
    """(6,) how far two hypotheses differ; a quarter turn only names the axes otherwise."""
    apart = np.abs(a - b)
    turn = apart[YAW] % (np.pi / 2)
    apart[YAW] = min(turn, np.pi / 2 - turn)
    return apart

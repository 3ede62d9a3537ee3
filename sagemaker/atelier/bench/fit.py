"""The gate's logistic model, fitted to rooms of the benchmark whose truth is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize

from atelier import VERSION
from atelier.bench.against import GOOD_FOCAL, GOOD_HEIGHT, GOOD_IOU, is_good
from atelier.bench.run import Row
from atelier.model import F64
from atelier.perceive.sureness import DATA, STAGE_OF, evidence

_RIDGE = 0.02
"""per room: keeps a weight finite where all rooms with some evidence happen to be good."""
_LEAST_ROOMS = 10


def fit(rows: Sequence[Row]) -> dict[str, Any]:
    """Bias and weights ≥ 0 of greatest likelihood, with their provenance.

    Raises ValueError for fewer than ten rooms, or when all are good or none is.
    """
    known = [row for row in rows if "errors" in row]
    good = np.array([is_good(row["errors"]) for row in known])
    if len(known) < _LEAST_ROOMS or good.all() or not good.any():
        raise ValueError("Too few rooms to fit: measure more with --rooms.")
    names = list(STAGE_OF)
    found = [evidence(row["numbers"], row["confidence"]) for row in known]
    x = np.array([[one[name] for name in names] for one in found])
    bias, weights = _likeliest(x, good)
    return {
        "bias": round(bias, 4),
        "weights": {name: round(float(w), 4) for name, w in zip(names, weights, strict=True)},
        "provenance": {
            "made_by": "python -m atelier bench --fit",
            "engine": VERSION,
            "seeds": [int(min(row["seed"] for row in known)), int(max(row["seed"] for row in known))],
            "rooms": len(known),
            "good": int(good.sum()),
            "good_means": f"floor IoU >= {GOOD_IOU}, focal error <= {GOOD_FOCAL}, camera height error <= {GOOD_HEIGHT}",
        },
    }


def write(model: dict[str, Any]) -> None:
    """Replace the gate's data."""
    DATA.write_text(json.dumps(model, indent=1) + "\n", "utf-8")


def _likeliest(x: F64, good: F64) -> tuple[float, F64]:
    sign = np.where(good, 1.0, -1.0)

    def loss(theta: F64) -> tuple[float, F64]:
        margin = sign * (theta[0] + x @ theta[1:])
        slope = -sign / (1 + np.exp(np.clip(margin, -50, 50))) / len(sign)
        value = float(np.logaddexp(0, -margin).mean() + _RIDGE * (theta[1:] ** 2).mean())
        gradient = np.concatenate([[slope.sum()], x.T @ slope + 2 * _RIDGE * theta[1:] / x.shape[1]])
        return value, gradient

    bounds = [(None, None)] + [(0.0, None)] * x.shape[1]
    result = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    return float(result.x[0]), np.asarray(result.x[1:], np.float64)

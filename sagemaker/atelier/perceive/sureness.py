"""How likely a room was understood well: a logistic model of what perception measured of itself.

Fitted on synthetic rooms by `python -m atelier bench --fit` and kept as data with its provenance. Every weight
is at least 0, so that no evidence against a room can speak for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

DATA = Path(__file__).with_name("sureness.json")

Stage = Literal["floor", "lines", "lens", "scale"]

STAGE_OF: Mapping[str, Stage] = {
    "floor quality": "floor",
    "floor settled": "floor",
    "floor share": "floor",
    "lines agree": "lines",
    "both directions": "lines",
    "upright lines": "lines",
    "usual lens": "lens",
    "scale": "scale",
}
"""Evidence → the stage of perception it speaks of."""


def evidence(numbers: Mapping[str, float], confidence: Mapping[str, float]) -> dict[str, float]:
    """What speaks for a room, each 0…1, from `Room.numbers` and `Room.confidence`.

    The lines' second direction is what the focal length is told from: a caller's value, or the camera's, stands for it.
    """
    known = numbers["focal_known"]
    least = min(numbers["support_x"], numbers["support_y"])
    return {
        "floor quality": _ramp(numbers["floor_quality"], 0.80, 0.98),
        "floor settled": _ramp(numbers["floor_agreement"], 0.80, 1.0),
        "floor share": _ramp(numbers["floor_share"], 0.05, 0.30),
        "lines agree": _ramp(numbers["line_score"], 0.30, 0.80),
        "both directions": max(known, _ramp(least, 0.0, 0.15)),
        "upright lines": _ramp(numbers["support_z"], 0.05, 0.35),
        "usual lens": max(known, 1.0 - _ramp(abs(float(np.log(max(numbers["focal_ratio"], 1e-3) / 0.56))), 0.0, 0.7)),
        "scale": float(confidence["scale"]),
    }


def sureness(numbers: Mapping[str, float], confidence: Mapping[str, float]) -> float:
    """Probability, 0…1, that floor, lens and scale are all good enough to stage on."""
    found, fitted = evidence(numbers, confidence), model()
    score = fitted["bias"] + sum(fitted["weights"][name] * value for name, value in found.items())
    return float(1 / (1 + np.exp(-score)))


def weakest(numbers: Mapping[str, float], confidence: Mapping[str, float]) -> Stage:
    """The stage that costs the room most of its sureness."""
    weights = model()["weights"]
    lost: dict[Stage, float] = {}
    for name, value in evidence(numbers, confidence).items():
        lost[STAGE_OF[name]] = lost.get(STAGE_OF[name], 0.0) + weights[name] * (1 - value)
    return max(lost, key=lambda stage: lost[stage])


@cache
def model() -> dict[str, Any]:
    """`bias`, `weights` by evidence, and `provenance`."""
    loaded: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
    return loaded


def _ramp(value: float, low: float, high: float) -> float:
    return float(np.clip((value - low) / (high - low), 0.0, 1.0))

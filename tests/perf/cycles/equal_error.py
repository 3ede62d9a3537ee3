"""The third script: error of both renderers' pictures against their own references, and CPU seconds at equal error.

PYTHONPATH=.:layers/core/python:sagemaker python -m tests.perf.cycles.equal_error OUT
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from atelier.composite import to_srgb
from atelier.model import F32

Point = tuple[float, float]
"""CPU seconds, error"""


def main() -> None:
    out = Path(sys.argv[1])
    curves = {name: curve(out, name) for name in ("ours", "cycles")}
    told = {
        "ours": curves["ours"],
        "cycles": curves["cycles"],
        "alpha_difference": alpha_difference(out),
        "times": [
            {"error": error, "ours_s": seconds, "cycles_s": round(at, 1), "times": round(at / seconds, 1)}
            for _, seconds, error in curves["ours"]
            if (at := seconds_at(error, [(s, e) for _, s, e in curves["cycles"]])) is not None
        ],
    }
    (out / "equal_error.json").write_text(json.dumps(told, indent=1))
    print(json.dumps(told, indent=1))


def curve(out: Path, name: str) -> list[tuple[int, float, float]]:
    """(samples, CPU seconds, error) of one renderer's pictures."""
    reference = np.load(out / f"{name}_reference.npy")
    rows = json.loads((out / f"{name}.json").read_text())
    pictures = [np.load(out / f"{name}_{row['samples']}.npy") for row in rows]
    return [
        (row["samples"], row["cpu_s"], round(error_of(p, reference), 3)) for row, p in zip(rows, pictures, strict=True)
    ]


def error_of(picture: F32, reference: F32) -> float:
    """RMS difference in sRGB steps of 255, over pixels that furniture fills; (h, w, 4) linear premultiplied."""
    filled = reference[..., 3] > 0.999
    difference = to_srgb(picture[..., :3][filled]) - to_srgb(reference[..., :3][filled])
    return float(255 * np.sqrt((difference**2).mean()))


def alpha_difference(out: Path) -> float:
    """Mean difference of the two references' coverage: both drew the same furniture through the same lens."""
    ours, cycles = (np.load(out / f"{name}_reference.npy")[..., 3] for name in ("ours", "cycles"))
    return round(float(np.abs(ours - cycles).mean()), 4)


def seconds_at(error: float, points: Sequence[Point]) -> float | None:
    """CPU seconds at which a curve reaches an error, between its points in log-log; None beyond them."""
    for (s0, e0), (s1, e1) in itertools.pairwise(points):
        if e1 <= error <= e0:
            share = np.log(e0 / error) / max(np.log(e0 / e1), 1e-9)
            return float(np.exp(np.log(s0) + share * np.log(s1 / s0)))
    return None


if __name__ == "__main__":
    main()

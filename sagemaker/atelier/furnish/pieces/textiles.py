"""Loose cushions and throws."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size
from atelier.furnish.shapes import Part
from atelier.furnish.soft import cushion as stuffed
from atelier.furnish.soft import leaning, pillow
from atelier.furnish.styles import Style


def cushion(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A scatter cushion leaning back, for benches and window seats."""
    w, _, h = size
    material = style.cushions[int(rng.integers(len(style.cushions)))]
    return [leaning(pillow(w, h * 1.05, 0.15, material, rng.uniform(0, 50), chop=0.02), 18)]


def throw(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A folded blanket: three soft layers, its fringe to the front."""
    w, d, h = size
    material = f"fabric/knit/{style.accent(0)}"
    layer = h / 3
    parts = []
    for k in range(3):
        fold = stuffed(
            w * (1 - 0.02 * k),
            d * (0.96 - 0.02 * k),
            layer * 1.25,
            material,
            r=layer * 0.6,
            puff=0.003,
            crown=0.004,
            wrinkle=0.006,
            seed=rng.uniform(0, 50),
        )
        parts.append(fold.turned(rng.uniform(-2, 2)).moved(0, 0, layer * (k + 0.5)))
    return parts

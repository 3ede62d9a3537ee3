"""What lies on a desk."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size
from atelier.furnish.shapes import Part, box
from atelier.furnish.styles import Style


def laptop(size: Size, _style: Style, _rng: np.random.Generator) -> list[Part]:
    """An open laptop; the screen leans back."""
    w, d, h = size
    base = box(w, d * 0.80, 0.016, "metal/steel", 0.004).moved(0, -d * 0.1, 0.008)
    keys = box(w - 0.05, d * 0.34, 0.002, "plastic/2a2b2d", 0.0005).moved(0, -d * 0.02, 0.0165)
    lid = box(w, 0.008, h * 1.02, "metal/steel", 0.003)
    face = box(w - 0.02, 0.001, h - 0.01, "screen", 0.0003).moved(0, -0.0042, 0)
    tilt = [p.turned(-14, "x").moved(0, d * 0.36, h / 2 + 0.008) for p in (lid, face)]
    return [base, keys, *tilt]

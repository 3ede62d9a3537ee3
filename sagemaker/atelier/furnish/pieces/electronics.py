"""Screens and speakers."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size
from atelier.furnish.shapes import Part, box, disc, lathe, line, tube
from atelier.furnish.styles import Style

SHELL = "plastic/2a2b2d"


def _panel(w: float, d: float, h: float, z: float) -> list[Part]:
    """A flat screen: glass, a hair-thin bezel and a thicker back below its middle."""
    glass = box(w - 0.012, 0.004, h - 0.012, "screen", 0.001).moved(0, -d / 2 + 0.002, z + h / 2)
    bezel = box(w, min(0.022, d * 0.5), h, SHELL, 0.003).moved(0, -d / 2 + 0.003 + min(0.022, d * 0.5) / 2, z + h / 2)
    back = box(w * 0.62, d * 0.6, h * 0.55, SHELL, 0.008).moved(0, d * 0.18, z + h * 0.38)
    return [glass, bezel, back]


def television(size: Size, _style: Style, _rng: np.random.Generator) -> list[Part]:
    """On two feet; hung on a wall it stands clear of nothing."""
    w, d, h = size
    feet = []
    for s in (-1, 1):
        x = s * w * 0.34
        feet.append(tube(line((x, -d / 2, 0.004), (x, 0, 0.05), 3), 0.004, SHELL, 8))
        feet.append(tube(line((x, d / 2, 0.004), (x, 0, 0.05), 3), 0.004, SHELL, 8))
    return [*_panel(w, d * 0.5, h - 0.045, 0.045), *feet]


def monitor(size: Size, _style: Style, _rng: np.random.Generator) -> list[Part]:
    """A desk screen on an L-shaped stand."""
    w, d, h = size
    foot = box(w * 0.42, d, 0.010, "metal/steel", 0.004).moved(0, 0, 0.005)
    neck = box(0.05, 0.012, h * 0.55, "metal/steel", 0.004).moved(0, d * 0.30, h * 0.28)
    screen = _panel(w, 0.05, h * 0.74, h * 0.26)
    return [foot, neck, *(p.moved(y=d * 0.08) for p in screen)]


def speaker(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A bookshelf speaker: a wooden case, two cones behind rings."""
    w, d, h = size
    case = box(w, d - 0.008, h, style.wood, 0.006).moved(0, 0.004, h / 2)
    front = box(w - 0.016, 0.008, h - 0.016, "paint/26262a", 0.002).moved(0, -d / 2 + 0.005, h / 2)
    parts = [case, front]
    for r, z in ((w * 0.36, h * 0.34), (w * 0.17, h * 0.76)):
        cone = lathe(
            [(r, 0.008), (r * 0.94, 0.010), (r * 0.82, 0.004), (r * 0.3, -0.012), (0, -0.004)], "plastic/3a3b3e", 36
        )
        ring = disc(r * 1.08, 0.003, "metal/steel", 40)
        parts += [p.turned(90, "x").moved(0, -d / 2 + 0.003, z) for p in (cone, ring)]
    return parts

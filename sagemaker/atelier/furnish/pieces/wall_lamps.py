"""Wall lamps, one maker per silhouette; their plates stand at +y."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form
from atelier.furnish.pieces.lamp_parts import (
    bulb,
    candle,
    dome,
    drum,
    globe,
    pole,
)
from atelier.furnish.shapes import Part, box, curve, lathe, line, tube
from atelier.furnish.styles import Style


def _plate(d: float, h: float, metal: str, wide: float = 0.10) -> list[Part]:
    """A wall plate at +y."""
    return [box(wide, 0.018, min(h * 0.6, 0.16), metal, 0.006).moved(0, d / 2 - 0.009, h * 0.5)]


def _wall_globe(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    r = min(w / 2, h * 0.32)
    arm = tube(
        curve([(0, d / 2 - 0.02, h * 0.45), (0, 0, h * 0.36), (0, -d / 2 + r, h * 0.50)], 12), 0.007, style.metal, 8
    )
    return [
        *_plate(d, h, style.metal),
        arm,
        *globe(r, 0, -d / 2 + r, h - r),
        pole(0, h * 0.3, 0.009, style.metal, 0, d / 2 - 0.02),
    ]


def _wall_shade(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    r = w / 2
    y = -d / 2 + r
    arm = tube(
        curve([(0, d / 2 - 0.02, h * 0.30), (0, y + 0.02, h * 0.10), (0, y, h * 0.30), (0, y, h * 0.55)], 14),
        0.006,
        style.metals[-1],
        8,
    )
    return [*_plate(d, h * 0.6, style.metals[-1], 0.07), arm, *(p.moved(y=y) for p in drum(r, r * 0.62, h * 0.48, h))]


def _wall_swing(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A long hinged arm with a metal cap."""
    w, d, h = size
    y = -d / 2 + w / 2
    arm = [tube(line((0, d / 2 - 0.02, h * 0.45), (0.03, (d / 2 + y) / 2, h * 0.62)), 0.006, style.metal, 8),
           tube(line((0.03, (d / 2 + y) / 2, h * 0.62), (0, y, h * 0.95)), 0.006, style.metal, 8)]  # fmt: skip
    cap = dome(w / 2, h * 0.34, h * 0.60, style.metal, 0.005).moved(y=y)
    rod = pole(0, h * 0.7, 0.010, style.metal, 0, d / 2 - 0.02)
    return [
        *_plate(d, h, style.metal, 0.06),
        rod,
        *arm,
        cap,
        pole(h * 0.9, h, 0.01, style.metal, 0, y),
        bulb(0, y, h * 0.70, 0.022),
    ]


def _wall_cylinder(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Light up and down the wall out of one tube."""
    w, d, h = size
    r = min(w, d * 0.9) / 2
    wall = [
        (r, 0),
        (r, h),
        (r - 0.004, h),
        (r - 0.004, h * 0.55),
        (0, h * 0.55),
        (0, h * 0.45),
        (r - 0.004, h * 0.45),
        (r - 0.004, 0),
        (r, 0),
    ]
    bridge = box(0.04, d - r, 0.05, style.metal, 0.004).moved(0, r / 2, h / 2)
    return [
        lathe(wall, style.metal, 36).moved(y=-d / 2 + r),
        bridge,
        bulb(0, -d / 2 + r, h * 0.75, 0.018),
        bulb(0, -d / 2 + r, h * 0.25, 0.018),
    ]


def _wall_lantern(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A four-sided box of bars around a candle, under a small roof."""
    w, d, h = size
    y, half, tall = -d / 2 + w / 2, w / 2 - 0.008, h * 0.62
    metal = style.metals[-1]
    parts = [
        box(0.010, 0.010, tall, metal, 0.002).moved(sx * half, y + sy * half, 0.02 + tall / 2)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    parts += [box(w, w, 0.014, metal, 0.003).moved(0, y, z) for z in (0.02, 0.02 + tall)]
    roof = lathe(
        [(w * 0.68, 0), (w * 0.2, h * 0.16), (0.014, h * 0.2), (0.014, h * 0.24), (0, h * 0.24)], metal, 4
    ).turned(45)
    arm = tube(curve([(0, d / 2 - 0.02, h * 0.5), (0, d / 2 - 0.02, h * 0.98), (0, y, h * 0.97)], 12), 0.007, metal, 8)
    return [*parts, roof.moved(0, y, 0.02 + tall), arm, *_plate(d, h, metal, 0.06), *candle(0, y, 0.027, metal)]


wall_lamp = by_form(
    "wall-lamp",
    {
        "globe": _wall_globe, "shade": _wall_shade, "swing": _wall_swing, "cylinder": _wall_cylinder,
        "lantern": _wall_lantern,
    },
)  # fmt: skip

"""Floor lamps: ten silhouettes, and the arc that reaches over a sofa."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form
from atelier.furnish.pieces.lamp_parts import (
    LINEN_SHADE,
    PAPER,
    WOVEN_SHADE,
    bell,
    bulb,
    dome,
    drum,
    foot,
    globe,
    paper,
    pole,
    smooth,
)
from atelier.furnish.shapes import Part, curve, disc, lathe, line, tube
from atelier.furnish.styles import Style


def _drum(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    return [foot(r * 0.72, style.metal), pole(0.02, h - 0.14, 0.0095, style.metal), *drum(r, r * 0.78, h - 0.30, h)]


def _woven(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A wooden pole through a rattan shade, on a crossed foot."""
    w, _, h = size
    r = w / 2
    cross = [tube(line((-r * 0.8, 0, 0.015), (r * 0.8, 0, 0.015)), 0.015, style.wood, 10).turned(a) for a in (45, 135)]
    return [*cross, pole(0.02, h - 0.16, 0.013, style.wood), *drum(r, r * 0.62, h - 0.36, h, WOVEN_SHADE)]


def _tripod(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    parts = drum(r, r * 0.80, h - 0.27, h)
    for a in np.deg2rad([30, 150, 270]):
        c, s = np.cos(a), np.sin(a)
        leg = line((c * r * 0.98, s * r * 0.98, 0), (c * 0.03, s * 0.03, h - 0.30), 3)
        parts.append(tube(leg, [0.012, 0.015, 0.012], style.wood, 12))
    hub = [disc(0.05, 0.03, style.metal, 24).moved(z=h - 0.31), pole(h - 0.3, h - 0.12, 0.007, style.metal)]
    return [*parts, *hub]


def _lantern(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    feet = []
    for a in np.deg2rad([45, 135, 225, 315]):
        c, s = float(np.cos(a)) * r, float(np.sin(a)) * r
        feet.append(tube(line((c * 0.8, s * 0.8, 0), (c * 0.55, s * 0.55, h - 0.45)), 0.011, style.wood, 10))
    return [*feet, *paper(r, 0.52, h - 0.26), pole(h - 0.5, h - 0.2, 0.005, style.metal)]


def _column(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A tower of folded paper on a low wooden base."""
    w, _, h = size
    r = w / 2
    z = np.linspace(0.06, h - 0.02, 96)
    ribs = 1 - 0.02 * np.abs(np.sin(np.linspace(0, np.pi * 24, 96)))
    waist = 0.66 + 0.05 * np.cos(np.linspace(0, 2 * np.pi * 3, 96))
    tower = lathe(np.c_[r * waist * ribs, z], PAPER, 32)
    base = lathe([(0, 0), (r, 0), (r, 0.03), (r * 0.7, 0.06), (0, 0.06)], style.wood, 40)
    cap = disc(r * 0.5, 0.02, style.wood, 32).moved(z=h - 0.02)
    return [tower, base, cap, *(bulb(0, 0, h * t) for t in (0.3, 0.72))]


def _pharmacy(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    bend = [(0, 0, 0.02), (0, 0, h * 0.6), (0, 0, h - 0.12), (0, -r * 0.25, h - 0.02), (0, -r * 0.62, h - 0.07)]
    head = [(0, 0.10), (0.03, 0.10), (0.045, 0.085), (0.115, 0), (0.112, 0), (0.04, 0.08), (0, 0.085)]
    shift = (0, -r * 0.66, h - 0.19)
    arm = tube(curve(bend, 40), 0.009, style.metal, 12)
    cap = lathe(head, style.metal, 36).moved(*shift)
    return [foot(r * 0.74, style.metal), arm, cap, bulb(0, shift[1], h - 0.155)]


def _globe(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    return [foot(r * 0.66, style.metal), pole(0.02, h - w, 0.0095, style.metal), *globe(r * 0.97, 0, 0, h - r * 0.97)]


def _mushroom(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A lacquered dome on a tapered column."""
    w, _, h = size
    r = w / 2
    paint = f"paint/{style.accent(0)}"
    stem = lathe(
        smooth([(r * 0.62, 0.02), (r * 0.30, 0.10), (0.035, h * 0.35), (0.026, h * 0.8), (0.03, h - 0.1)]), paint
    )
    return [disc(r * 0.64, 0.02, paint, 40), stem, dome(r, 0.20, h - 0.20, paint), bulb(0, 0, h - 0.12)]


def _tree(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Three cones turned different ways on one pole."""
    w, _, h = size
    r = w / 2
    parts = [foot(r * 0.7, style.metal), pole(0.02, h, 0.010, style.metal)]
    for k, (z, a) in enumerate(((h - 0.10, 200), (h - 0.36, 320), (h - 0.62, 80))):
        cone = lathe([(0.075, 0), (0.03, 0.14), (0.012, 0.15), (0.028, 0.138), (0.072, 0)], style.metals[-1], 28)
        head = [cone, bulb(0, 0, 0.05, 0.022)]
        turn, reach = np.deg2rad(a), r - 0.075
        x, y = reach * float(np.cos(turn)), reach * float(np.sin(turn))
        arm = tube(curve([(0, 0, z), (x * 0.5, y * 0.5, z + 0.04), (x, y, z + 0.02)], 10), 0.006, style.metal, 8)
        parts += [arm, *(p.turned(20 * (k - 1), "x").moved(x, y, z - 0.12) for p in head)]
    return parts


def _turned(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A turned wooden standard under a pleated empire shade."""
    w, _, h = size
    r = w / 2
    rise = h - 0.36
    rings = [
        (0, 0),
        (r * 0.7, 0),
        (r * 0.7, 0.03),
        (r * 0.35, 0.06),
        (0.05, 0.09),
        (0.03, 0.16),
        (0.042, 0.24),
        (0.022, 0.30),
    ]
    upper = [(0.026, rise * 0.55), (0.020, rise * 0.8), (0.038, rise * 0.86), (0.018, rise * 0.90), (0.024, rise)]
    return [
        lathe(smooth([*rings, *upper]), style.wood, 32),
        pole(rise, h - 0.1, 0.006, style.metal),
        *bell(r, r * 0.45, h - 0.34, h),
    ]


floor_lamp = by_form(
    "floor-lamp",
    {
        "drum": _drum, "tripod": _tripod, "pharmacy": _pharmacy, "globe": _globe, "woven": _woven,
        "lantern": _lantern, "column": _column, "mushroom": _mushroom, "tree": _tree, "turned": _turned,
    },
)  # fmt: skip


def _arc(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Its foot stands at +x and the shade hangs at −x."""
    w, d, h = size
    x1, x0 = w / 2 - 0.16, -w / 2 + d / 2
    stand = disc(0.16, 0.045, style.stone, 48, 0.01).moved(x=x1)
    arc = curve(
        [(x1, 0, 0.04), (x1 + 0.02, 0, h * 0.45), (x1 - 0.16 * w, 0, h * 0.88), ((x0 + x1) / 2 - 0.05 * w, 0, h - 0.01),
         (x0 + 0.05, 0, h * 0.93), (x0, 0, h * 0.86)],
        60,
    )  # fmt: skip
    arm = tube(arc, 0.010, style.metal, 12)
    if style.form("arc-lamp") == "drum":
        return [stand, arm, *(p.moved(x=x0) for p in drum(d / 2, d * 0.42, h * 0.86 - 0.26, h * 0.86, LINEN_SHADE))]
    z = h * 0.86 - d * 0.46
    return [stand, arm, dome(d / 2, d * 0.47, z, style.metal, 0.006).moved(x=x0), bulb(x0, 0, z + d * 0.2)]


arc_lamp = by_form("arc-lamp", {"dome": _arc, "drum": _arc})

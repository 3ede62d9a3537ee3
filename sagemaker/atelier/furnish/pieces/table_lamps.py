"""Table lamps and desk lamps."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form
from atelier.furnish.pieces.lamp_parts import (
    OPAL,
    WOVEN_SHADE,
    bell,
    bulb,
    dome,
    drum,
    pole,
    smooth,
)
from atelier.furnish.shapes import Part, box, curve, disc, lathe, line, tube
from atelier.furnish.styles import Style


def glaze(style: Style, rng: np.random.Generator) -> str:
    """A ceramic glaze of the home's colours."""
    return f"ceramic/{(style.neutrals[0], style.accent(1), style.neutrals[1])[int(rng.integers(3))]}/0.7"


def _urn(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    t = np.linspace(0, 1, 26)
    swell = 0.030 + (r * 0.55 - 0.030) * np.sin(np.pi * t**0.8) ** 0.85
    wall = np.r_[[[0, 0], [r * 0.42, 0], [r * 0.42, 0.012]], np.c_[swell, 0.012 + t * h * 0.52], [[0, h * 0.535]]]
    neck = pole(h * 0.52, h * 0.72, 0.007, style.metals[-1])
    return [lathe(wall, glaze(style, rng)), neck, *drum(r, r * 0.76, h * 0.60, h)]


def _gourd(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    low = [(0, 0), (r * 0.42, 0), (r * 0.44, 0.015), (r * 0.60, h * 0.11), (r * 0.56, h * 0.22), (r * 0.20, h * 0.31)]
    high = [(r * 0.34, h * 0.39), (r * 0.36, h * 0.45), (r * 0.14, h * 0.54), (r * 0.12, h * 0.56), (0, h * 0.56)]
    base = disc(r * 0.5, 0.014, style.metals[-1], 36)
    body = lathe(smooth([*low, *high]), glaze(style, rng), 40).moved(z=0.012)
    return [base, body, pole(h * 0.56, h * 0.75, 0.006, style.metals[-1]), *bell(r, r * 0.5, h * 0.62, h)]


def _turned(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    rings = [(0, 0), (r * 0.5, 0), (r * 0.5, 0.02), (r * 0.22, 0.04), (r * 0.34, h * 0.16), (r * 0.2, h * 0.30)]
    body = lathe(smooth([*rings, (r * 0.28, h * 0.40), (0.016, h * 0.52), (0, h * 0.53)]), style.wood, 36)
    return [body, pole(h * 0.52, h * 0.72, 0.006, style.metal), *drum(r, r * 0.70, h * 0.58, h)]


def _column(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    block = [disc(r * 0.46, h * 0.10, style.stone, 40), disc(r * 0.30, h * 0.40, style.stone, 40).moved(z=h * 0.10)]
    return [*block, pole(h * 0.5, h * 0.75, 0.007, style.metal), *drum(r, r * 0.96, h * 0.58, h)]


def _candlestick(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    rings = [
        (0, 0),
        (r * 0.48, 0),
        (r * 0.46, 0.014),
        (r * 0.14, 0.035),
        (0.012, 0.06),
        (0.016, h * 0.18),
        (0.009, h * 0.22),
    ]
    stick = lathe(
        smooth([*rings, (0.010, h * 0.46), (0.022, h * 0.50), (0.010, h * 0.53), (0.008, h * 0.7)]),
        style.metals[-1],
        28,
    )
    return [stick, *drum(r, r * 0.46, h * 0.62, h)]


def _woven(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    jar = [
        (0, 0),
        (r * 0.44, 0),
        (r * 0.60, h * 0.12),
        (r * 0.58, h * 0.34),
        (r * 0.26, h * 0.48),
        (r * 0.2, h * 0.52),
        (0, h * 0.52),
    ]
    return [
        lathe(smooth(jar), WOVEN_SHADE, 36),
        pole(h * 0.5, h * 0.72, 0.006, style.metal),
        *drum(r, r * 0.78, h * 0.60, h),
    ]


def _mushroom(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A glass cap over a glass stem, both glowing a little."""
    w, _, h = size
    r = w / 2
    stem = [(r * 0.50, 0), (r * 0.46, h * 0.08), (r * 0.30, h * 0.30), (r * 0.26, h * 0.56), (r * 0.30, h * 0.62)]
    cap = dome(r, h * 0.46, h * 0.54, OPAL, 0.006)
    ring = disc(r * 0.52, 0.012, style.metal, 36)
    return [ring, lathe(smooth(stem), OPAL, 40).moved(z=0.01), cap, bulb(0, 0, h * 0.68)]


def _pharmacy(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    stem = [(0, 0), (r * 0.6, 0), (r * 0.6, 0.018), (0.012, 0.026), (0.010, h * 0.6), (0, h * 0.6)]
    return [lathe(stem, style.metal, 36), *drum(r, r * 0.55, h * 0.56, h, style.metal)]


table_lamp = by_form(
    "table-lamp",
    {
        "urn": _urn, "turned": _turned, "pharmacy": _pharmacy,
        "mushroom": _mushroom, "column": _column, "gourd": _gourd, "candlestick": _candlestick, "woven": _woven,
    },
)  # fmt: skip


def _jointed(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A jointed task lamp; base at +x, head at −x."""
    w, d, h = size
    x = w / 2 - d / 2
    stand = disc(d / 2, 0.02, style.metal, 36).moved(x=x)
    elbow, head = (x + d * 0.2, 0.0, h * 0.52), (-w / 2 + 0.07, 0.0, h * 0.93)
    arms = [tube(line((x, 0, 0.015), elbow), 0.007, style.metal, 10), tube(line(elbow, head), 0.006, style.metal, 10)]
    profile = [(0, 0.075), (0.018, 0.075), (0.026, 0.055), (0.062, 0), (0.058, 0), (0.02, 0.05), (0, 0.052)]
    cap = lathe(profile, style.metal, 32).turned(-12, "y").moved(head[0], 0, h - 0.082)
    return [stand, *arms, cap, bulb(head[0], 0, h - 0.06, 0.018)]


def _stem(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """One bent bar of light on a block."""
    w, d, h = size
    x = w / 2 - d / 2
    block = box(d * 0.9, d, 0.045, style.stone, 0.006).moved(x, 0, 0.0225)
    bar = tube(
        curve([(x, 0, 0.03), (x, 0, h * 0.7), (x - 0.05, 0, h - 0.012), (-w / 2, 0, h - 0.012)], 24), 0.010, style.metal
    )
    lights = [bulb(t, 0, h - 0.026, 0.012) for t in (-w * 0.42, -w * 0.30, -w * 0.18)]
    return [block, bar, *lights]


desk_lamp = by_form("desk-lamp", {"jointed": _jointed, "stem": _stem})

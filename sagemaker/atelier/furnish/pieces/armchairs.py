"""Armchairs: a sofa's smaller company, one maker per silhouette."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Builder, Size, by_form, pick
from atelier.furnish.pieces.upholstery import SEAT, Cut, seat, upholstered
from atelier.furnish.shapes import Part, box, curve, line, tube
from atelier.furnish.soft import cushion, leaning, nestled, pillow, piping
from atelier.furnish.styles import Legs, Style


def _with_lumbar(parts: list[Part], size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """The chair and a small cushion that leans in it."""
    p = pillow(rng.uniform(0.42, 0.48), 0.30, 0.15, pick(rng, style.cushions), rng.uniform(0, 9))
    p = leaning(p, 26, rng.uniform(-8, 8)).moved(rng.uniform(-0.03, 0.03), size[1] / 2 - 0.35, SEAT + 0.16)
    return [*parts, nestled(p, parts)]


def _club(arm: str, width: float, top: float = 0.62, feet: Legs | None = None) -> Builder:
    def build(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
        back = "tight" if style.back == "loose" else style.back
        cut = Cut(arm, back, 1, feet or style.legs, min(width, size[0] * 0.2), top)
        return _with_lumbar(upholstered(size, style, style.chairs[0], cut, rng), size, style, rng)

    return build


def show_wood(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """An easy chair: loose cushions in an open wooden frame."""
    cloth = style.chairs[0]
    w, d, h = size
    wood, x = style.wood, w / 2 - 0.03
    parts = [
        cushion(w - 0.16, d - 0.20, 0.13, cloth, r=0.045, crown=0.022, seed=rng.uniform(0, 9)).moved(0, -0.04, 0.385),
        cushion(w - 0.17, 0.13, h - 0.36, cloth, r=0.055, puff=0.024, wrinkle=0.009, seed=rng.uniform(0, 9))
        .turned(-17, "x")
        .moved(0, d / 2 - 0.21, 0.38 + (h - 0.36) / 2),
    ]
    for s in (-1, 1):
        front = curve([(s * x, -d / 2 + 0.03, 0), (s * x, -d / 2 + 0.05, 0.3), (s * x, -d / 2 + 0.06, 0.56)], 8)
        rear = curve([(s * x, d / 2 - 0.03, 0), (s * x, d / 2 - 0.10, 0.3), (s * x, d / 2 - 0.15, 0.54)], 8)
        parts += [
            tube(front, np.linspace(0.014, 0.020, 8), wood, 12),
            tube(rear, np.linspace(0.014, 0.020, 8), wood, 12),
        ]
        rest = curve([(s * x, -d / 2 + 0.0, 0.575), (s * x, -0.08, 0.59), (s * x, d / 2 - 0.13, 0.545)], 12)
        parts.append(tube(rest, 0.021, wood, 12))
        parts.append(tube(line((s * x, -d / 2 + 0.05, 0.30), (s * x, d / 2 - 0.1, 0.27)), 0.015, wood, 10))
        parts.append(
            tube(
                line((s * (x - 0.08), d / 2 - 0.16, 0.30), (s * (x - 0.08), d / 2 - 0.035, h - 0.03), 3),
                0.014,
                wood,
                10,
            )
        )
    for y, z in ((-d / 2 + 0.05, 0.30), (d / 2 - 0.1, 0.27)):
        parts.append(tube(line((-x, y, z), (x, y, z)), 0.015, wood, 10))
    for k in range(4):
        t = 0.35 + 0.2 * k
        y, z = d / 2 - 0.16 + 0.125 * t, 0.30 + (h - 0.33) * t
        parts.append(tube(line((-x + 0.08, y, z), (x - 0.08, y, z)), 0.010, wood, 8))
    p = pillow(0.42, 0.28, 0.12, style.cushions[0], rng.uniform(0, 9))
    return [*parts, nestled(leaning(p, 22, rng.uniform(-8, 8)).moved(0, d / 2 - 0.33, 0.60), parts)]


def bergere(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A French armchair: show-wood all round, padded back and arms, cabriole legs."""
    w, d, h = size
    wood, cloth = style.wood, style.chairs[0]
    parts = [p.moved(0, -0.04, 0.41) for p in seat(w - 0.16, d - 0.20, cloth, rng, 0.14)]
    parts.append(box(w - 0.08, d - 0.14, 0.08, wood, 0.016, 4, 2).moved(0, -0.02, 0.31))
    panel = cushion(w - 0.20, 0.09, h - 0.52, cloth, r=0.04, puff=0.012, wrinkle=0.003, seed=3, core=16)
    parts.append(panel.turned(-11, "x").moved(0, d / 2 - 0.13, 0.46 + (h - 0.52) / 2))
    hoop = [(-1.0, 0.0), (-1.02, 0.55), (-0.80, 0.90), (0, 1.06), (0.80, 0.90), (1.02, 0.55), (1.0, 0.0)]
    frame = [(x * (w / 2 - 0.085), d / 2 - 0.16 + 0.13 * z, 0.42 + z * (h - 0.46)) for x, z in hoop]
    parts.append(tube(curve(frame, 36), 0.021, wood, 12))
    for s in (-1, 1):
        x = s * (w / 2 - 0.045)
        cabriole = [(x + s * 0.02, -d / 2 + 0.02, 0), (x - s * 0.015, -d / 2 + 0.06, 0.12), (x, -d / 2 + 0.03, 0.30)]
        parts.append(tube(curve(cabriole, 10), np.linspace(0.014, 0.030, 10), wood, 12))
        parts.append(tube(curve([(x, d / 2 - 0.01, 0), (x - s * 0.02, d / 2 - 0.11, 0.33)], 6), 0.020, wood, 12))
        rest = [(x - s * 0.03, d / 2 - 0.12, 0.66), (x + s * 0.01, 0.02, 0.64), (x, -d / 2 + 0.20, 0.61)]
        parts.append(tube(curve([*rest, (x, -d / 2 + 0.18, 0.50), (x, -d / 2 + 0.10, 0.33)], 20), 0.018, wood, 12))
        parts.append(cushion(0.055, 0.22, 0.04, cloth, r=0.018, puff=0.003, wrinkle=0.0).moved(x, 0.02, 0.655))
    return parts


def bridge(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A slim chair of two upholstered planes between square wooden arms."""
    w, d, h = size
    wood, cloth, x = style.wood, style.chairs[0], w / 2 - 0.025
    base = cushion(
        w - 0.12, d - 0.12, 0.11, cloth, r=0.035, puff=0.004, crown=0.015, wrinkle=0.004, seed=rng.uniform(0, 9)
    )
    back = cushion(w - 0.12, 0.10, h - 0.40, cloth, r=0.04, puff=0.008, wrinkle=0.004, seed=rng.uniform(0, 9))
    cord = piping(w - 0.14, h - 0.42, 0, cloth, 0.04, 0.004).turned(90, "x").moved(0, -0.04)
    parts = [base.turned(-3, "x").moved(0, -0.03, 0.40)]
    parts += [p.turned(-14, "x").moved(0, d / 2 - 0.13, 0.40 + (h - 0.40) / 2) for p in (back, cord)]
    for s in (-1, 1):
        parts.append(box(0.05, d - 0.16, 0.035, wood, 0.008).moved(s * x, -0.04, 0.60))
        parts += [box(0.05, 0.04, 0.60, wood, 0.007).moved(s * x, y, 0.30) for y in (-d / 2 + 0.05, d / 2 - 0.17)]
        parts.append(tube(line((s * x, d / 2 - 0.02, 0), (s * x, d / 2 - 0.22, 0.36), 3), 0.017, wood, 10))
    parts += [box(w - 0.06, 0.03, 0.055, wood, 0.006).moved(0, y, 0.32) for y in (-d / 2 + 0.05, d / 2 - 0.20)]
    return _with_lumbar(parts, size, style, rng)


armchair = by_form(
    "armchair",
    {
        "track": _club("track", 0.16),
        "slim": _club("slim", 0.09, 0.60),
        "rolled": _club("rolled", 0.20),
        "english": _club("english", 0.14, 0.60, "turned"),
        "slope": _club("slope", 0.20, 0.56),
        "tuxedo": _club("track", 0.10, 0.74),
        "wood": show_wood,
        "bergere": bergere,
        "bridge": bridge,
    },
)

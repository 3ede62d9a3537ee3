"""More lounge chairs: bent ply, spools, safari frames and cane."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size
from atelier.furnish.shapes import Part, box, columns, curve, line, sheet, tube
from atelier.furnish.soft import cushion, leaning, nestled, pillow, piping
from atelier.furnish.styles import Style

Rng = np.random.Generator


def _hide(style: Style) -> str:
    return next((m for m in (*style.chairs, *style.sofas) if m.startswith("leather")), style.chairs[0])


def moulded(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Bent ply shells with leather pads, reclining on a five-pointed foot."""
    w, d, h = size
    hide, metal = _hide(style), "metal/steel"

    def pad(wide: float, tall: float, thick: float, seed: float) -> list[Part]:
        ply = box(wide, 0.014, tall, style.wood, 0.005, 8).warped(
            lambda v: v - columns(0.0, 0.05 * (v[:, 0] / (wide / 2)) ** 2, 0.0)
        )
        soft = cushion(wide - 0.04, thick, tall - 0.04, hide, r=0.04, puff=0.010, crown=0.01, wrinkle=0.005, seed=seed)
        soft = soft.warped(lambda v: v - columns(0.0, 0.045 * (v[:, 0] / (wide / 2)) ** 2, 0.0))
        return [
            ply.moved(0, thick * 0.55),
            soft,
            piping(wide - 0.06, tall - 0.06, 0, hide, 0.05, 0.004).turned(90, "x").moved(0, -thick * 0.30),
        ]

    seat = [p.turned(-101, "x").moved(0, -0.05, 0.335) for p in pad(w - 0.14, d * 0.66, 0.10, rng.uniform(0, 9))]
    low = [
        p.turned(-24, "x").moved(0, d * 0.22, 0.49) for p in pad(w - 0.16, (h - 0.38) * 0.48, 0.09, rng.uniform(0, 9))
    ]
    high = [
        p.turned(-20, "x").moved(0, d * 0.38, h - 0.17)
        for p in pad(w - 0.20, (h - 0.38) * 0.50, 0.09, rng.uniform(0, 9))
    ]
    parts = [*seat, *low, *high]
    for s in (-1, 1):
        parts.append(
            cushion(0.075, d * 0.40, 0.055, hide, r=0.025, puff=0.003, wrinkle=0.002)
            .turned(5, "x")
            .moved(s * (w / 2 - 0.0375), 0.02, 0.53)
        )
        parts.append(
            tube(
                curve([(s * (w / 2 - 0.04), 0.02, 0.51), (s * (w / 2 - 0.09), 0.06, 0.39), (s * 0.12, 0.04, 0.30)], 8),
                0.010,
                metal,
                8,
            )
        )
    parts.append(tube(line((0, 0.02, 0.09), (0, 0.02, 0.30), 3), [0.040, 0.032, 0.050], "plastic/2a2b2d", 12))
    tips = [(np.cos(k) * w * 0.42, np.sin(k) * d * 0.42, 0.014) for k in np.deg2rad(90 + 72 * np.arange(5))]
    return parts + [tube(line((0, 0.0, 0.105), tip, 3), [0.024, 0.018, 0.013], "metal/steel", 10) for tip in tips]


def spool(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Beaded posts and rails round a boxed seat and back."""
    w, d, h = size
    wood, cloth = style.case if style.painted else style.wood, style.chairs[0]

    def beaded(a: tuple[float, float, float], b: tuple[float, float, float], r: float) -> Part:
        n = max(3, round(float(np.linalg.norm(np.subtract(b, a))) / 0.036))
        t = np.linspace(0, 1, n * 3 + 1)
        return tube(line(a, b, n * 3 + 1), r * (0.62 + 0.38 * np.abs(np.sin(np.pi * n * t))), wood, 8)

    x, y = w / 2 - 0.03, d / 2 - 0.03
    parts = []
    for s in (-1, 1):
        parts += [beaded((s * x, -y, 0), (s * x, -y, 0.60), 0.023), beaded((s * x, y, 0), (s * x, y, h - 0.02), 0.023)]
        parts += [beaded((s * x, -y, z), (s * x, y, z), 0.018) for z in (0.28, 0.59)]
        parts += [beaded((s * x, k, 0.30), (s * x, k, 0.58), 0.013) for k in (-d * 0.16, d * 0.16)]
    parts += [beaded((-x, yy, z), (x, yy, z), 0.018) for yy, z in ((-y, 0.28), (y, 0.28), (y, h - 0.05))]
    seat = cushion(
        w - 0.11, d - 0.10, 0.14, cloth, r=0.045, puff=0.004, crown=0.022, wrinkle=0.006, seed=rng.uniform(0, 9)
    )
    back = cushion(w - 0.13, 0.14, h - 0.46, cloth, r=0.055, puff=0.018, wrinkle=0.007, seed=rng.uniform(0, 9))
    return [*parts, seat.moved(0, -0.02, 0.37), back.turned(-13, "x").moved(0, d / 2 - 0.17, 0.42 + (h - 0.46) / 2)]


def safari(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A knock-down frame of turned wood with slung canvas or hide and strap arms."""
    w, d, h = size
    wood, hide = style.wood, _hide(style)
    x, y = w / 2 - 0.022, d / 2 - 0.05
    parts = []
    for s in (-1, 1):
        parts.append(tube(line((s * x, -y, 0), (s * x, -y, 0.58), 4), [0.014, 0.019, 0.019, 0.014], wood, 12))
        parts.append(
            tube(line((s * x, y - 0.10, 0), (s * x, y - 0.10, 0.58), 4), [0.014, 0.019, 0.019, 0.014], wood, 12)
        )
        parts.append(
            tube(line((s * (x - 0.04), y - 0.16, 0.24), (s * (x - 0.04), y + 0.035, h - 0.01), 3), 0.015, wood, 10)
        )
        parts.append(tube(line((s * x, -y, 0.33), (s * x, y - 0.10, 0.30)), 0.013, wood, 10))
        strap = box(0.06, d - 0.12, 0.006, hide, 0.002, 8).warped(
            lambda v: v - columns(0.0, 0.0, 0.022 * np.cos(np.pi * v[:, 1] / d))
        )
        parts.append(strap.moved(s * x, -0.05, 0.575))
    parts += [tube(line((-x, yy, z), (x, yy, z)), 0.013, wood, 10) for yy, z in ((-y, 0.33), (y - 0.10, 0.30))]
    u, v = np.meshgrid(np.linspace(-1, 1, 12), np.linspace(0, 1, 12), indexing="ij")
    seat = np.stack(
        [
            u * (x - 0.03),
            -y + 0.01 + v * (2 * y - 0.10),
            0.335 - 0.03 * v - 0.035 * np.sin(np.pi * v) * (1 - 0.5 * u**2),
        ],
        -1,
    )
    back = np.stack([u * (x - 0.05), y - 0.11 + 0.14 * v + 0.035 * (1 - u**2), 0.42 + (h - 0.46) * v], -1)
    for grid, flip in ((seat, False), (back, True)):
        under = grid + np.array([0, 0.0, -0.006]) if not flip else grid + np.array([0, 0.006, 0])
        parts += [sheet(grid, hide, flip=False), sheet(under, hide, flip=True)]
    return parts


def woven(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A low chair of cane panels in a square wooden frame, with a loose seat."""
    w, d, h = size
    wood, x = style.wood, w / 2 - 0.025
    parts = []
    for s in (-1, 1):
        parts += [box(0.04, 0.04, 0.60, wood, 0.006).moved(s * x, yy, 0.30) for yy in (-d / 2 + 0.05, d / 2 - 0.12)]
        parts += [box(0.04, d - 0.14, 0.035, wood, 0.006).moved(s * x, -0.035, z) for z in (0.285, 0.585)]
        parts.append(box(0.008, d - 0.20, 0.25, "cane/d9c29a", 0.002).moved(s * x, -0.035, 0.435))
    tall = h - 0.30
    back = [box(w - 0.06, 0.035, 0.045, wood, 0.006).moved(0, 0, k * (tall / 2 - 0.022)) for k in (-1, 1)]
    back += [box(0.045, 0.035, tall, wood, 0.006).moved(k * (w / 2 - 0.055), 0, 0) for k in (-1, 1)]
    back.append(box(w - 0.14, 0.008, tall - 0.07, "cane/d9c29a", 0.002))
    parts += [p.turned(-14, "x").moved(0, d / 2 - 0.10, 0.29 + tall / 2) for p in back]
    parts += [box(w - 0.05, 0.035, 0.05, wood, 0.006).moved(0, yy, 0.285) for yy in (-d / 2 + 0.05, d / 2 - 0.14)]
    seat = cushion(
        w - 0.10,
        d - 0.20,
        0.12,
        style.chairs[0],
        r=0.045,
        puff=0.006,
        crown=0.022,
        wrinkle=0.007,
        seed=rng.uniform(0, 9),
    )
    lumbar = leaning(pillow(0.44, 0.30, 0.13, style.cushions[0], rng.uniform(0, 9)), 22, rng.uniform(-8, 8))
    parts = [*parts, seat.moved(0, -0.05, 0.365)]
    return [*parts, nestled(lumbar.moved(0, d / 2 - 0.27, 0.57), parts)]

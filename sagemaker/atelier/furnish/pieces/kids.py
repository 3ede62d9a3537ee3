"""Children's rooms: bunks and toy boxes."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, board, by_form
from atelier.furnish.pieces.nursery import mattress, rail
from atelier.furnish.shapes import Part, box, columns, curve, lathe, line, tube
from atelier.furnish.soft import cushion, pillow
from atelier.furnish.styles import Style

Rng = np.random.Generator


def _made(w: float, d: float, z: float, style: Style, rng: Rng, cover: str) -> list[Part]:
    """A mattress with a fitted cover and a turned-back edge; its head is at +y. z: top of the mattress."""
    reach = d - 0.42
    quilt = cushion(
        w + 0.03, reach, 0.07, cover, r=0.034, puff=0.002, crown=0.012, wrinkle=0.012, seed=rng.uniform(0, 40), core=22
    )
    fold = cushion(
        w + 0.035, 0.20, 0.03, style.sheets, r=0.014, puff=0.001, crown=0.004, wrinkle=0.005, seed=rng.uniform(0, 9)
    )
    p = pillow(min(0.62, w - 0.16), 0.42, 0.16, style.sheets, rng.uniform(0, 50)).turned(rng.uniform(-4, 4))
    return [
        mattress(w, d, z, 0.16, style),
        quilt.moved(0, -d / 2 + reach / 2 - 0.004, z - 0.012),
        fold.moved(0, -d / 2 + reach - 0.11, z + 0.026),
        p.turned(9, "x").moved(0, d / 2 - 0.24, z + 0.085),
    ]


def _bunk_ladder(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Two beds, guard rails and a ladder at the foot. The long side runs along y, the head at +y."""
    w, d, h = size
    wood = style.case
    parts = [
        box(0.07, 0.07, h, wood, 0.010).moved(sx * (w / 2 - 0.035), sy * (d / 2 - 0.035), h / 2)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    for level in (0.34, h - 0.42):
        parts += [box(0.03, d - 0.10, 0.13, wood, 0.006).moved(s * (w / 2 - 0.035), 0, level - 0.06) for s in (-1, 1)]
        parts += _made(
            w - 0.12,
            d - 0.12,
            level + 0.04,
            style,
            rng,
            style.duvet if level < 1 else f"fabric/linen/{style.accent(0)}",
        )
        parts += [
            p.moved(0, s * (d / 2 - 0.035), 0)
            for s in (-1, 1)
            for p in rail(style, w - 0.12, level + 0.02, min(level + 0.42, h - 0.02), 0.13)
        ]
    for s in (-1, 1):
        parts += [
            p.turned(90).moved(s * (w / 2 - 0.035), 0.16 * (s < 0))
            for p in rail(style, d - 0.10 - 0.42 * (s < 0), h - 0.30, h - 0.02, 0.16)
        ]
    foot = [
        box(0.03, 0.05, h - 0.28, wood, 0.006).moved(-w / 2 + 0.015, -d / 2 + 0.12 + k * 0.34, (h - 0.28) / 2)
        for k in (0, 1)
    ]
    rungs = [
        tube(line((-w / 2 + 0.015, -d / 2 + 0.12, z), (-w / 2 + 0.015, -d / 2 + 0.46, z)), 0.016, wood, 10)
        for z in np.arange(0.25, h - 0.35, 0.26)
    ]
    return [*parts, *foot, *rungs]


def _bunk_house(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A low bunk under a gabled frame: a small house."""
    w, d, h = size
    wood, eaves, level = style.wood, h - w * 0.40, 0.62
    parts = [
        box(0.06, 0.06, eaves, wood, 0.008).moved(sx * (w / 2 - 0.03), sy * (d / 2 - 0.03), eaves / 2)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    rise = h - eaves - 0.03
    long = float(np.hypot(w / 2, rise))
    lean = float(np.degrees(np.arctan2(w / 2 - 0.02, rise)))
    for sy in (-1, 1):
        parts += [
            box(0.05, 0.06, long, wood, 0.008)
            .turned(-sx * lean, "y")
            .moved(sx * (w / 4 - 0.012), sy * (d / 2 - 0.03), eaves + rise / 2)
            for sx in (-1, 1)
        ]
    parts += [
        box(0.05, d, 0.05, wood, 0.008).moved(x, 0, z)
        for x, z in ((0.0, h - 0.03), (-w / 2 + 0.03, eaves), (w / 2 - 0.03, eaves))
    ]
    for low in (0.16, level + 0.40):
        parts += [box(0.03, d - 0.10, 0.12, wood, 0.006).moved(s * (w / 2 - 0.03), 0, low - 0.02) for s in (-1, 1)]
        parts += _made(
            w - 0.10, d - 0.10, low + 0.10, style, rng, style.duvet if low > 0.5 else f"fabric/linen/{style.accent(1)}"
        )
    parts += [p.turned(90).moved(w / 2 - 0.03) for p in rail(style, d - 0.10, level + 0.48, level + 0.74, 0.15)]
    rungs = [
        tube(line((-w / 2 + 0.02, -d / 2 + 0.10, z), (-w / 2 + 0.02, -d / 2 + 0.46, z)), 0.016, wood, 10)
        for z in (0.32, 0.56, 0.80)
    ]
    return [*parts, *rungs, box(0.03, 0.045, 1.10, wood, 0.006).moved(-w / 2 + 0.02, -d / 2 + 0.46, 0.55)]


bunk_bed = by_form("bunk-bed", {"ladder": _bunk_ladder, "house": _bunk_house})


def _toy_chest(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A panelled chest with a rounded lid board and rope handles."""
    w, d, h = size
    case = style.case
    parts = [
        box(w - 0.03, d - 0.03, h - 0.07, case, 0.006).moved(0, 0, 0.04 + (h - 0.07) / 2),
        box(w, d, 0.03, style.wood, 0.012).moved(0, 0, h - 0.015),
    ]
    parts.append(box(w - 0.06, d - 0.06, 0.05, case, 0.004).moved(0, 0, 0.025))
    parts += [
        box((w - 0.16) / 3, 0.012, h - 0.17, case, 0.005).moved(
            k * (w - 0.08) / 3, -d / 2 + 0.014, 0.04 + (h - 0.07) / 2
        )
        for k in (-1, 0, 1)
    ]
    for s in (-1, 1):
        x = s * (w / 2 - 0.014)
        parts.append(
            tube(
                curve([(x, -0.07, h * 0.66), (x, -0.05, h * 0.56), (x, 0.05, h * 0.56), (x, 0.07, h * 0.66)], 9),
                0.009,
                "fabric/knit/d8cbb2",
                8,
            )
        )
    return parts


def _toy_bins(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A low frame of sloping bins in several colours, balls and blocks looking out."""
    w, d, h = size
    parts = [board(0.02, d, h, style.wood, s * (w - 0.02) / 2, 0, 0) for s in (-1, 1)]
    parts += [
        board(w - 0.04, 0.02, 0.05, style.wood, 0, y, z)
        for y, z in ((-d / 2 + 0.02, 0.03), (d / 2 - 0.03, 0.03), (d / 2 - 0.03, h - 0.06))
    ]
    n, cell = 3, (w - 0.05) / 3
    for row, z in enumerate((0.06, h * 0.54)):
        for k in range(n):
            x = (k - 1) * cell
            colour = f"plastic/{style.accent(k + row)}" if row else f"fabric/linen/{style.accent(k)}"
            wall = [
                box(cell - 0.02, 0.006, h * 0.32, colour, 0.002).moved(x, s * (d / 2 - 0.05), z + h * 0.16)
                for s in (-1, 1)
            ]
            ends = [
                box(0.006, d - 0.10, h * 0.32, colour, 0.002).moved(x + s * (cell / 2 - 0.012), 0, z + h * 0.16)
                for s in (-1, 1)
            ]
            parts += [*wall, *ends, box(cell - 0.02, d - 0.10, 0.006, colour, 0.002).moved(x, 0, z + 0.003)]
            for j in range(4):
                r = float(rng.uniform(0.028, 0.042))
                t = np.linspace(-np.pi / 2, np.pi / 2, 9)
                ball = lathe(columns(r * np.cos(t), r * np.sin(t)), f"plastic/{style.accent(j + k)}", 14)
                spot = (
                    ball
                    if j % 2
                    else box(1.5 * r, 1.5 * r, 1.5 * r, f"paint/{style.accent(j + 1)}", 0.004).turned(
                        float(rng.uniform(0, 90))
                    )
                )
                parts.append(
                    spot.moved(x + (j % 2 - 0.5) * cell * 0.4, (j // 2 - 0.5) * d * 0.34, z + h * 0.26 + r * 0.5)
                )
    return parts


toy_box = by_form("toy-box", {"chest": _toy_chest, "bins": _toy_bins})

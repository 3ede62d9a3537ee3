"""Bookshelves, one maker per silhouette, with what people keep on them."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.cabinets import fronts
from atelier.furnish.pieces.common import Size, board, by_form
from atelier.furnish.pieces.shelf_fill import fill, shelf
from atelier.furnish.shapes import Part, box, line, tube
from atelier.furnish.styles import Style

Rng = np.random.Generator
T = 0.024
"""thickness of a board, metres."""


def _levels(low: float, high: float) -> list[float]:
    return [float(z) for z in np.linspace(low, high, max(3, round((high - low) / 0.36)) + 1)]


def _filled(levels: list[float], w: float, d: float, style: Style, rng: Rng) -> list[Part]:
    return [p for i, z in enumerate(levels[:-1]) for p in shelf(w, d, z + T, levels[i + 1] - z - T, style, rng, i)]


def _case(size: Size, style: Style, rng: Rng) -> list[Part]:
    w, d, h = size
    levels = _levels(0.07, h - T)
    parts = [board(T, d, h, style.case, s * (w - T) / 2, 0, 0) for s in (-1, 1)]
    parts.append(board(w - 2 * T, 0.010, h - 0.1, style.case, 0, d / 2 - 0.006, 0.07))
    parts += [board(w - 2 * T, d - 0.014, T, style.case, 0, 0, z) for z in levels]
    parts.append(board(w - 2 * T, 0.016, 0.07, style.case, 0, -d / 2 + 0.03, 0))
    return parts + _filled(levels, w - 0.08, d - 0.02, style, rng)


def _etagere(size: Size, style: Style, rng: Rng) -> list[Part]:
    w, d, h = size
    levels = _levels(0.10, h - 0.03)
    parts = [
        box(0.022, 0.022, h, style.metal, 0.003).moved(sx * (w / 2 - 0.011), sy * (d / 2 - 0.011), h / 2)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    parts += [board(w - 0.03, d - 0.012, T, style.wood, 0, 0, z) for z in levels]
    parts += [
        box(0.012, d - 0.03, 0.012, style.metal, 0.002).moved(s * (w / 2 - 0.011), 0, z - 0.006)
        for s in (-1, 1)
        for z in levels
    ]
    return parts + _filled(levels, w - 0.10, d - 0.02, style, rng)


def _ladder(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Two rails lean against the wall; the shelves grow shallower upwards."""
    w, d, h = size
    parts = [
        box(0.035, 0.028, float(np.hypot(h, d - 0.06)) - 0.01, style.wood, 0.005)
        .turned(-float(np.degrees(np.arctan2(d - 0.06, h))), "x")
        .moved(s * (w / 2 - 0.0175), 0, h / 2)
        for s in (-1, 1)
    ]
    for i, z in enumerate(np.linspace(0.16, h * 0.88, 5)):
        y = -d / 2 + 0.03 + (d - 0.06) * float(z) / h
        deep = d / 2 - y + 0.02
        parts.append(board(w - 0.07, deep, 0.02, style.wood, 0, d / 2 - deep / 2, float(z)))
        parts.append(box(w - 0.07, 0.012, 0.045, style.wood, 0.003).moved(0, d / 2 - 0.006, float(z) + 0.035))
        if deep > 0.15:
            parts += [p.moved(0, d / 2 - deep / 2) for p in shelf(w - 0.14, deep, float(z) + 0.02, 0.27, style, rng, i)]
        else:
            parts += [
                p.moved(0.0, d / 2 - deep / 2, float(z) + 0.02) for p in fill("frame", 0.2, deep, 0.22, style, rng)
            ]
    return parts


def _grid(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Square compartments; some hold a basket or a box that fills them."""
    w, d, h = size
    across, rows = max(2, round(w / 0.40)), max(3, round(h / 0.40))
    xs, zs = np.linspace(-w / 2, w / 2, across + 1), np.linspace(0, h, rows + 1)
    parts = [
        board(
            T * (1.4 if i in {0, across} else 0.8),
            d,
            h - 0.002,
            style.case,
            float(np.clip(x, -w / 2 + 0.017, w / 2 - 0.017)),
            0,
            0.001,
        )
        for i, x in enumerate(xs)
    ]
    parts += [
        board(
            w,
            d - 0.004,
            T * (1.4 if i in {0, rows} else 0.8),
            style.case,
            0,
            0,
            float(np.clip(z - 0.01, 0, h - T * 1.4)),
        )
        for i, z in enumerate(zs)
    ]
    parts.append(board(w - 0.02, 0.008, h - 0.02, style.case, 0, d / 2 - 0.006, 0.01))
    cell, room = w / across - 0.04, h / rows - 0.045
    for r in range(rows):
        for c in range(across):
            x, z = float(xs[c] + xs[c + 1]) / 2, float(zs[r]) + 0.026
            if rng.random() < (0.65 if r == 0 else 0.22):
                crate = box(
                    cell,
                    d - 0.05,
                    room * 0.86,
                    "rattan/b8935f" if rng.random() < 0.5 else f"fabric/linen/{style.neutrals[1]}",
                    0.016,
                    3,
                    2,
                )
                parts += [
                    crate.moved(x, -0.01, z + room * 0.43),
                    box(0.08, 0.006, 0.02, style.metals[-1], 0.002).moved(x, -d / 2 + 0.012, z + room * 0.62),
                ]
            else:
                parts += [p.moved(x) for p in shelf(cell, d - 0.02, z, room, style, rng, r + c)]
    return parts


def _cabinet(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Doors below, open shelves above, a cornice."""
    w, d, h = size
    split = h * 0.36
    levels = _levels(split, h - 0.06)
    parts = [
        board(w - 0.02, d - 0.01, split - 0.07, style.case, 0, 0.004, 0.06),
        board(w, d, T, style.wood, 0, 0, split - T),
    ]
    parts += [board(T, d - 0.06, h - split - 0.04, style.case, s * (w - 0.03 - T) / 2, 0.03, split) for s in (-1, 1)]
    parts.append(board(w - 0.06, 0.010, h - split - 0.05, style.case, 0, d / 2 - 0.008, split))
    parts += [board(w - 0.06, d - 0.07, T, style.case, 0, 0.03, z) for z in levels[1:]]
    parts += [
        board(w, d - 0.02, 0.03, style.case, 0, 0.01, h - 0.03, 0.008),
        board(w - 0.05, d - 0.05, 0.06, style.case, 0, 0.01, 0),
    ]
    parts += fronts(style, w - 0.05, split - 0.11, 1, 2, -d / 2 + 0.006, 0.075, "door")
    return parts + [p.moved(0, 0.03) for p in _filled([split - T, *levels[1:]], w - 0.10, d - 0.08, style, rng)]


def _arched(size: Size, style: Style, rng: Rng) -> list[Part]:
    """An arch of metal tube carrying shelves."""
    w, d, h = size
    r = w / 2 - 0.012
    t = np.linspace(0, np.pi, 25)
    path = np.r_[[[r, 0, 0]], np.c_[r * np.cos(t), np.zeros(25), h - 0.012 - r + r * np.sin(t)], [[-r, 0, 0]]]
    parts = [tube(path + np.array([0, s * (d / 2 - 0.012), 0]), 0.012, style.metal, 10) for s in (-1, 1)]
    levels = [*_levels(0.10, h - r - 0.01), h - r * 0.36]
    parts += [
        board(
            (w if z < h - r else 2 * r * np.sqrt(max(0.05, 1 - ((z - h + r) / r) ** 2))) - 0.02,
            d - 0.01,
            0.02,
            style.wood,
            0,
            0,
            z,
        )
        for z in levels
    ]
    for z in levels[:-2]:
        parts += [
            tube(line((s * r, -d / 2 + 0.01, z), (s * r, d / 2 - 0.01, z)), 0.008, style.metal, 8) for s in (-1, 1)
        ]
    return parts + _filled(levels[:-1], w - 0.12, d - 0.02, style, rng)


def _staggered(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Shelves of changing lengths stepping between two uprights."""
    w, d, h = size
    levels = _levels(0.06, h - T)
    parts = [board(T, d, h - 0.06, style.wood, s * w * 0.26, 0, 0.06) for s in (-1, 1)] + [
        box(w * 0.6, d - 0.06, 0.06, "paint/2c2a29", 0.004).moved(0, 0, 0.03)
    ]
    for i, z in enumerate(levels):
        full = i in {0, len(levels) - 1}
        shift = 0.0 if full else (0.12 if i % 2 else -0.12) * w
        wide = w if full else w * 0.76
        parts.append(board(wide, d - 0.01, T, style.wood, shift, 0, z))
    for i, z in enumerate(levels[:-1]):
        parts += shelf(w * 0.46, d - 0.02, z + T, levels[1] - levels[0] - T, style, rng, i)
        if i:
            side = 1 if i % 2 else -1
            parts += [
                p.moved(side * w * 0.38, -0.01, z + T)
                for p in fill(("vessel", "bowl", "pile")[i % 3], w * 0.18, d - 0.08, 0.24, style, rng)
            ]
    return parts


bookshelf = by_form(
    "bookshelf",
    {
        "case": _case,
        "etagere": _etagere,
        "ladder": _ladder,
        "grid": _grid,
        "cabinet": _cabinet,
        "arched": _arched,
        "staggered": _staggered,
    },
)

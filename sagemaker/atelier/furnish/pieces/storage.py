"""Nightstands, dressers, sideboards, TV units and bookshelves."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, board, legs, pull
from atelier.furnish.pieces.decor import bowl_at, shelf_books, vase_at
from atelier.furnish.shapes import Part, box, columns, lathe, sheet
from atelier.furnish.styles import Style


def _fronts(style: Style, w: float, h: float, rows: int, columns: int, y: float, z: float, drawers: bool) -> list[Part]:
    """A grid of doors or drawers whose faces stand at y (facing −y), between heights z and z + h."""
    parts: list[Part] = []
    cw, ch = w / columns, h / rows
    case = style.case
    for c in range(columns):
        for r in range(rows):
            x, zc = -w / 2 + cw * (c + 0.5), z + ch * (r + 0.5)
            fw, fh = cw - 0.007, ch - 0.007
            if style.front == "reeded":
                parts.append(box(fw, 0.012, fh, case, 0.003).moved(x, y + 0.014, zc))
                parts.append(_reeds(fw - 0.004, fh - 0.004, case).moved(x, y + 0.008, zc))
            else:
                parts.append(box(fw, 0.018, fh, case, 0.003).moved(x, y + 0.009, zc))
            if style.front in {"shaker", "framed"}:
                t = min(0.05, fh * 0.24)
                parts += [box(t, 0.010, fh, case, 0.002).moved(x + s * (fw - t) / 2, y - 0.002, zc) for s in (-1, 1)]
                parts += [
                    box(fw - 2 * t, 0.010, t, case, 0.002).moved(x, y - 0.002, zc + s * (fh - t) / 2) for s in (-1, 1)
                ]
            if style.front == "cane":
                parts.append(box(fw - 0.07, 0.006, fh - 0.06, "cane/d9c29a", 0.002).moved(x, y - 0.001, zc))
            if style.front != "reeded":
                handle = pull(min(0.14, fw * 0.4), style.metals[-1], x, y - 0.004, zc + (0 if drawers else fh * 0.36))
                parts.append(handle)
    return parts


def _reeds(w: float, h: float, material: str) -> Part:
    """Half-round vertical reeds facing −y."""
    n = max(6, round(w / 0.022))
    x = np.linspace(-w / 2, w / 2, n * 6 + 1)
    y = -0.010 * np.abs(np.sin(np.pi * np.linspace(0, n, n * 6 + 1))) ** 0.7
    rows = [columns(x, y, z) for z in (h / 2, -h / 2)]
    return sheet(np.stack(rows, 1), material, np.stack([columns(h, x), columns(0.0, x)], 1), flip=True)


def _case(style: Style, w: float, d: float, h: float, lift: float) -> list[Part]:
    """An empty carcass on legs; its front opening faces −y."""
    t, case = 0.022, style.case
    parts = [board(w, d, t, style.wood if style.painted else case, 0, 0, h - t)]
    parts += [board(t, d - 0.02, h - lift - t, case, s * (w - t) / 2, 0.01, lift) for s in (-1, 1)]
    parts.append(board(w - 2 * t, d - 0.02, t, case, 0, 0.01, lift))
    parts.append(board(w - 2 * t, 0.012, h - lift - 2 * t, case, 0, d / 2 - 0.012, lift + t))
    return [*parts, *legs(style.legs, w + 0.03, d + 0.03, lift + 0.005, style.wood, style.metal)]


def nightstand(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    lift = 0.06 if style.legs == "plinth" else 0.17
    rows = 1 if style.front == "flat" and style.legs == "splayed" else 2
    parts = _case(style, w - 0.01, d - 0.01, h, lift)
    return parts + _fronts(style, w - 0.06, h - lift - 0.05, rows, 1, -d / 2 + 0.008, lift + 0.025, True)


def dresser(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    lift = 0.07 if style.legs == "plinth" else 0.15
    parts = _case(style, w - 0.01, d - 0.01, h, lift)
    return parts + _fronts(style, w - 0.06, h - lift - 0.05, 3, 2, -d / 2 + 0.008, lift + 0.025, True)


def sideboard(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    lift = 0.07 if style.legs == "plinth" else 0.17
    parts = _case(style, w - 0.01, d - 0.01, h, lift)
    columns = max(2, round(w / 0.45))
    return parts + _fronts(style, w - 0.06, h - lift - 0.05, 1, columns, -d / 2 + 0.008, lift + 0.025, False)


def tv_unit(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A low cabinet 0.50 m high with a television on it; height includes the television."""
    w, d, h = size
    top = 0.50
    parts = _case(style, w - 0.01, d - 0.01, top, 0.13)
    parts += _fronts(style, w - 0.06, top - 0.18, 1, max(3, round(w / 0.5)), -d / 2 + 0.008, 0.155, True)
    tv_h = h - top - 0.05
    tv_w = min(tv_h * 1.74, w - 0.1)
    parts.append(box(tv_w, 0.035, tv_h, "plastic/232427", 0.006).moved(0, 0.03, top + 0.05 + tv_h / 2))
    parts.append(box(tv_w - 0.016, 0.004, tv_h - 0.018, "screen", 0.001).moved(0, 0.0125, top + 0.052 + tv_h / 2))
    parts += [
        box(0.025, 0.20, 0.012, "plastic/2a2b2e", 0.004).moved(s * tv_w * 0.36, 0.03, top + 0.006) for s in (-1, 1)
    ]
    parts += [
        box(0.022, 0.02, 0.06, "plastic/2a2b2e", 0.004).moved(s * tv_w * 0.36, 0.03, top + 0.035) for s in (-1, 1)
    ]
    return parts


def bookshelf(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    metal = style.front == "framed" or style.legs in {"sled", "pin"}
    t = 0.024
    shelves = max(3, round(h / 0.37))
    levels = np.linspace(0.08, h - t, shelves + 1)
    parts: list[Part] = []
    post = style.metal if metal else style.case
    if metal:
        parts += [
            box(0.024, 0.024, h, post, 0.003).moved(sx * (w / 2 - 0.012), sy * (d / 2 - 0.012), h / 2)
            for sx in (-1, 1)
            for sy in (-1, 1)
        ]
    else:
        parts += [board(t, d, h, post, s * (w - t) / 2, 0, 0) for s in (-1, 1)]
        parts.append(board(w - 2 * t, 0.010, h - 0.1, post, 0, d / 2 - 0.006, 0.08))
    parts += [board(w - 0.03, d - 0.012, t, style.wood if metal else style.case, 0, 0, z) for z in levels]
    for i, z in enumerate(levels[:-1]):
        parts += _shelf_things(style, w - 0.14, d, float(z) + t, float(levels[1] - levels[0]) - t, i, rng)
    return parts


def _shelf_things(
    style: Style, w: float, d: float, z: float, room: float, row: int, rng: np.random.Generator
) -> list[Part]:
    """Books in runs with gaps, and one quiet object per shelf."""
    parts: list[Part] = []
    run = w * rng.uniform(0.34, 0.55)
    left = bool((row + int(rng.integers(2))) % 2)
    x = (-w / 2 + run / 2) if left else (w / 2 - run / 2)
    parts += [p.moved(x, -0.02, z) for p in shelf_books(run, min(room - 0.05, 0.27), d, style, rng)]
    other = (w / 2 - 0.17) if left else (-w / 2 + 0.17)
    kind = int(rng.integers(4))
    if kind == 0:
        parts += vase_at(other, -0.02, z, min(0.22, room - 0.05), style, rng)
    elif kind == 1:
        parts += bowl_at(other, -0.01, z, 0.11, style)
    elif kind == 2:
        basket = lathe(
            [(0, 0), (0.11, 0), (0.125, 0.02), (0.13, 0.16), (0.12, 0.165), (0.115, 0.1), (0, 0.1)], "rattan/b8935f", 32
        )
        parts.append(basket.moved(other, -0.01, z))
    else:
        for k in range(3):
            parts.append(
                box(
                    0.24 - 0.02 * k,
                    0.17,
                    0.03,
                    f"paint/{style.neutrals[k % 2]}" if k != 1 else f"paint/{style.accent(1)}",
                    0.003,
                )
                .turned(rng.uniform(-8, 8))
                .moved(other, -0.02, z + 0.015 + 0.03 * k)
            )
    return parts

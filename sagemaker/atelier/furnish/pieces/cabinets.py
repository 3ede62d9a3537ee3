"""Carcasses, doors, drawers and handles: shared by everything that stores."""

from __future__ import annotations

from typing import Literal

import numpy as np

from atelier.furnish.pieces.common import board, legs, pull
from atelier.furnish.shapes import Part, box, columns, lathe, sheet
from atelier.furnish.styles import Front, Legs, Style

Leaf = Literal["door", "drawer"]


def knob(metal: str, x: float, y: float, z: float) -> Part:
    """A turned knob on a front that faces −y, its base at y."""
    profile = [(0, 0), (0.008, 0), (0.006, 0.010), (0.013, 0.018), (0.011, 0.026), (0, 0.028)]
    return lathe(np.array(profile), metal, 14).turned(90, "x").moved(x, y, z)


def reeds(w: float, h: float, material: str, pitch: float = 0.022) -> Part:
    """Half-round vertical reeds facing −y, their backs at y = 0."""
    n = max(6, round(w / pitch))
    x = np.linspace(-w / 2, w / 2, n * 6 + 1)
    y = -0.010 * np.abs(np.sin(np.pi * np.linspace(0, n, n * 6 + 1))) ** 0.7
    rows = [columns(x, y, z) for z in (h / 2, -h / 2)]
    return sheet(np.stack(rows, 1), material, np.stack([columns(h, x), columns(0.0, x)], 1), flip=True)


def front(style: Style, w: float, h: float, leaf: Leaf, kind: Front | None = None) -> list[Part]:
    """One door or drawer front w × h, centred on x and z, its face at y = 0 looking to −y, with its handle."""
    kind, case = kind or style.front, style.case
    if kind == "reeded":
        return [box(w, 0.012, h, case, 0.003).moved(0, 0.014), reeds(w - 0.004, h - 0.004, case).moved(0, 0.008)]
    parts = [box(w, 0.018, h, case, 0.003).moved(0, 0.009)]
    if kind in {"shaker", "framed"}:
        t = min(0.05, h * 0.24)
        parts += [box(t, 0.010, h, case, 0.002).moved(s * (w - t) / 2, -0.002) for s in (-1, 1)]
        parts += [box(w - 2 * t, 0.010, t, case, 0.002).moved(0, -0.002, s * (h - t) / 2) for s in (-1, 1)]
    if kind == "cane":
        parts.append(box(w - 0.07, 0.006, h - 0.06, "cane/d9c29a", 0.002).moved(0, -0.001))
    return [*parts, *_handles(style, kind, w, h, leaf)]


def _handles(style: Style, kind: Front, w: float, h: float, leaf: Leaf) -> list[Part]:
    metal, y = style.metals[-1], -0.004 - 0.004 * (kind in {"shaker", "framed"})
    if leaf == "door":
        x = w / 2 - 0.03
        if kind in {"shaker", "framed", "cane"}:
            return [knob(metal, x, y + 0.004, 0.0)]
        return [pull(min(0.16, h * 0.4), metal, 0, 0, 0).turned(90, "y").moved(x, y, h * 0.12)]
    if kind in {"shaker", "framed"}:
        spots = (-w * 0.28, w * 0.28) if w > 0.5 else (0.0,)
        return [knob(metal, x, y + 0.004, 0.0) for x in spots]
    return [pull(min(0.16, w * 0.4), metal, 0, y, 0.0)]


def fronts(
    style: Style, w: float, h: float, rows: int, across: int, y: float, z: float, leaf: Leaf, kind: Front | None = None
) -> list[Part]:
    """A grid of fronts whose faces stand at y, between heights z and z + h; doors open away from each other."""
    parts: list[Part] = []
    cw, ch = w / across, h / rows
    for c in range(across):
        hinge = -1.0 if leaf == "door" and c % 2 else 1.0
        for r in range(rows):
            x, zc = -w / 2 + cw * (c + 0.5), z + ch * (r + 0.5)
            for p in front(style, cw - 0.006, ch - 0.006, leaf, kind):
                turned = (
                    p if hinge > 0 or p.vertices[:, 0].mean() < 0.01 else p.moved(-2 * float(p.vertices[:, 0].mean()))
                )
                parts.append(turned.moved(x, y, zc))
    return parts


def lift_of(style: Style, high: float = 0.16) -> float:
    """Height of a cabinet's underside in this style."""
    return 0.06 if style.legs == "plinth" else high


def carcass(style: Style, w: float, d: float, h: float, lift: float, feet: Legs | None = None) -> list[Part]:
    """An empty box on legs, open to −y, its top of solid wood."""
    t, case, inner = 0.022, style.case, h - lift
    parts = [board(w, d, t, style.wood, 0, 0, h - t, 0.005)]
    parts += [board(t, d - 0.014, inner - t, case, s * (w - t) / 2, 0.007, lift, 0.003) for s in (-1, 1)]
    parts.append(board(w - 2 * t, d - 0.02, t, case, 0, 0.01, lift, 0.003))
    parts.append(board(w - 2 * t, 0.012, inner - 2 * t, case, 0, d / 2 - 0.012, lift + t, 0.003))
    kind = feet or style.legs
    return [
        *parts,
        *legs(kind, w + (0.03 if kind != "plinth" else 0.0), d + 0.03, lift + 0.004, style.wood, style.metal),
    ]


def divider(style: Style, d: float, z0: float, z1: float, x: float) -> Part:
    return board(0.02, d - 0.03, z1 - z0, style.case, x, 0.008, z0, 0.003)

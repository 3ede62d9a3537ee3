"""Pots: six forms a plant may stand in."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.lamp_parts import smooth
from atelier.furnish.shapes import Part, box, lathe, line, tube
from atelier.furnish.styles import Style

_DARK = {"industrial", "luxury", "art-deco", "gothic"}
_EARTHEN = {"mediterranean", "country", "rustic", "wabi-sabi", "moroccan", "desert-modern", "japandi"}


def _open(outer: np.ndarray, material: str) -> Part:
    """An outside with a lip and a little of its inside."""
    rim, h = outer[-1]
    lip = [[rim - 0.006, h + 0.003], [rim - 0.014, h], [rim - 0.016, h * 0.86]]
    return lathe(np.r_[[[0, outer[0, 1]], [outer[0, 0] - 0.006, outer[0, 1]]], outer, lip], material, 44)


def _soil(r: float, h: float) -> Part:
    return lathe([(r, h * 0.87), (r * 0.6, h * 0.885), (0, h * 0.88)], "soil", 24)


def pot(style: Style, r: float, h: float) -> list[Part]:
    """An open pot of radius r and height h, filled with soil to its rim."""
    form = style.form("pot")
    colour = style.neutrals[2] if style.slug in _DARK else style.neutrals[0]
    ware = "clay/b5734f" if style.slug in _EARTHEN and form in {"tapered", "bowl"} else f"clay/{colour}"
    if form == "box":
        side = r * 1.72
        walls = box(side, side, h, ware, 0.008).moved(0, 0, h / 2)
        return [walls, box(side * 0.9, side * 0.9, 0.012, "soil", 0.002).moved(0, 0, h - 0.002)]
    t = np.linspace(0, 1, 12)
    lift = h * 0.36 if form == "footed" else 0.0
    if form == "basket":
        outer = np.c_[r * (0.80 + 0.14 * t + 0.14 * np.sin(np.pi * t)) / 1.02, 0.006 + t * (h - 0.006)]
        ware = "rattan/b8935f"
    elif form == "bowl":
        outer = smooth([(r * 0.50, 0.0), (r * 0.86, h * 0.30), (r, h * 0.66), (r * 0.93, h)], 4)
    elif form in {"cylinder", "footed"}:
        outer = np.c_[r * np.r_[0.94, np.full(11, 1.0)], lift + t * (h - lift)]
    else:
        outer = np.c_[r * (0.72 + 0.28 * t), 0.004 + t * (h - 0.004)]
    parts = [_open(outer, ware), _soil(float(outer[-1, 0]) - 0.012, h)]
    if form == "footed":
        parts += [_leg(a, r, h, style.wood) for a in np.deg2rad([45, 135, 225, 315])]
        reach, z = r * 0.98, lift - 0.01
        parts += [tube(line((-reach, 0, z), (reach, 0, z)), 0.009, style.wood, 8).turned(a) for a in (45, 135)]
    return parts


def _leg(angle: float, r: float, h: float, wood: str) -> Part:
    c, s = float(np.cos(angle)), float(np.sin(angle))
    return tube(line((c * r * 1.06, s * r * 1.06, 0), (c * r * 1.03, s * r * 1.03, h * 0.74), 3), 0.011, wood, 8)

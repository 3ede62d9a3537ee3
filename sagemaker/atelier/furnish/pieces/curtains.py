"""Curtain panels with real folds beside a window, and the rod they share. Light comes through the cloth."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from atelier.furnish.pieces.common import Builder, Size, by_form
from atelier.furnish.pieces.lamp_parts import ball
from atelier.furnish.shapes import Part, box, line, noise, sheet, tube
from atelier.furnish.styles import Style
from atelier.model import F64

ROD, KNOB = 0.012, 0.044
Fall = Callable[[F64, F64], F64]
"""(across 0…1, down 0…1) → depth of the fold, −1…1."""


def drapery(style: Style) -> str:
    """The home's curtain cloth."""
    return f"drape/{style.neutrals[0]}" if not style.bold else f"drape/{style.accent(1)}"


def _hung(
    size: Size, style: Style, rng: np.random.Generator, folds: int, top: float, fall: Fall, squeeze: float = 0.0
) -> list[Part]:  # fmt: skip
    """Cloth from `top` metres below the rod's height to the floor; `squeeze` gathers it at tie-back height."""
    w, d, h = size
    s, t = np.meshgrid(np.linspace(0, 1, folds * 9 + 1), np.linspace(0, 1, 26), indexing="ij")
    seed = float(rng.uniform(0, 90))
    stray = 0.30 * noise(np.stack([s * 3, t * 0.8, np.full_like(s, seed)], -1), seed) * t
    depth = fall(s * folds + stray * 0.55, t)
    x = (s - 0.5) * (w - 0.03) * (0.93 + 0.07 * t) + 0.012 * noise(np.stack([s * 5, t * 2, s * 0], -1), seed + 3) * t
    if squeeze:
        waist = np.exp(-(((t - 0.60) / 0.20) ** 2)) * squeeze
        x = x * (1 - waist) - (w / 2) * 0.75 * waist
        depth = depth * (1 - 0.5 * waist)
    y = depth * (d / 2 - 0.018) * (0.72 + 0.28 * t)
    z = (h - top) * (1 - t) + 0.004
    cloth = sheet(np.stack([x, y, z], -1), drapery(style), flip=True)
    return [cloth, *_rod(size, style)]


def rod(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """One rod from wall to wall of a window, with its finials: the panels' own are within it."""
    w, _, h = size
    bar = tube(line((-w / 2 + 0.02, 0, 0), (w / 2 - 0.02, 0, 0), 8), ROD + 0.0015, style.metal, 12)
    return [bar, *[ball(h / 2, style.metal, 18).moved(s * (w / 2 - h / 2)) for s in (-1, 1)]]


def rod_over(panel: Size, span: float) -> tuple[Size, float]:
    """The rod for panels of this size whose outer edges are `span` apart: its size, and how high over their foot."""
    return (span + 0.08, KNOB, KNOB), panel[2] - ROD - 0.012 - KNOB / 2


def _rod(size: Size, style: Style) -> list[Part]:
    """The panel's length of rod and its bracket to the wall behind (+y)."""
    w, d, h = size
    z, metal = h - ROD - 0.012, style.metal
    bar = tube(line((-w / 2, 0, z), (w / 2, 0, z)), ROD, metal, 12)
    bracket = [
        box(0.018, d / 2, 0.018, metal, 0.003).moved(0, d / 4, z),
        box(0.03, 0.008, 0.07, metal, 0.003).moved(0, d / 2 - 0.004, z),
    ]
    return [bar, *bracket]


def _pinch(q: F64, t: F64) -> F64:
    """Pleats pinched together near the top, opening into round folds."""
    opening = np.clip(t / 0.10, 0.0, 1.0) ** 0.7
    tight = np.sign(np.cos(2 * np.pi * q)) * np.abs(np.cos(2 * np.pi * q)) ** 3.0
    return np.asarray(tight * (1 - opening) * 0.5 + np.cos(2 * np.pi * q) * opening * 0.95, np.float64)


def _wave(q: F64, _t: F64) -> F64:
    return np.asarray(np.tanh(1.6 * np.cos(2 * np.pi * q)) / np.tanh(1.6), np.float64)


def _plainwave(q: F64, _t: F64) -> F64:
    return np.asarray(np.cos(2 * np.pi * q), np.float64)


def _pleated(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    return _hung(size, style, rng, max(4, round(size[0] / 0.085)), 0.045, _pinch)


def _ripple(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    return _hung(size, style, rng, max(3, round(size[0] / 0.11)), 0.035, _wave)


def _eyelet(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Metal rings let the rod through the cloth."""
    folds = max(3, round(size[0] / 0.14))
    parts = _hung(size, style, rng, folds, 0.0, _plainwave)
    ring = np.linspace(0, 2 * np.pi, 17)[:-1]
    for k in range(2 * folds):
        x = ((k + 0.5) / (2 * folds) - 0.5) * (size[0] - 0.03) * 0.93
        rim = np.c_[np.full(16, x), 0.024 * np.cos(ring), size[2] - 0.024 + 0.024 * np.sin(ring)]
        parts.append(tube(rim, 0.0035, style.metal, 5, closed=True))
    return parts


def _tab(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Loops of the same cloth over the rod; loose, shallow folds."""
    w, _, h = size
    folds = max(3, round(w / 0.12))
    parts = _hung(size, style, rng, folds, 0.10, lambda q, t: np.cos(2 * np.pi * q) * (0.30 + 0.70 * t**0.6))
    z, reach = h - ROD - 0.012, 0.016
    a = np.linspace(-0.5 * np.pi, 1.5 * np.pi, 13)
    for k in range(folds + 1):
        x = (k / folds - 0.5) * (w - 0.07) * 0.93
        loop = np.c_[reach * np.cos(a), z + reach * np.sin(a)]
        loop = np.r_[[[0.004, h - 0.115]], loop, [[-0.004, h - 0.115]]]
        grid = np.stack([np.c_[np.full(len(loop), x + s), loop] for s in (-0.02, 0.02)])
        parts.append(sheet(grid, drapery(style)))
    return parts


def _tied(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Drawn aside by a tie-back."""
    w, d, h = size
    parts = _hung(size, style, rng, max(4, round(w / 0.085)), 0.045, _pinch, 0.52)
    z = (h - 0.045) * 0.40
    wide = w * 0.25
    ring = np.linspace(0, 2 * np.pi, 25)[:-1]
    band = np.c_[-w / 2 * 0.40 + wide * np.cos(ring), (d / 2 - 0.02) * np.sin(ring), z + 0.04 * np.cos(ring)]
    return [*parts, tube(band, 0.012, f"fabric/twill/{style.accent(0)}", 8, closed=True)]


_MAKERS: dict[str, Builder] = {"pleated": _pleated, "wave": _ripple, "eyelet": _eyelet, "tab": _tab, "tied": _tied}
curtain = by_form("curtain", _MAKERS)

"""Desks, one maker per silhouette."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.cabinets import fronts
from atelier.furnish.pieces.common import Size, board, by_form, legs, pull
from atelier.furnish.pieces.tabletops import crossed, frame, top, undercut
from atelier.furnish.shapes import Part, box
from atelier.furnish.styles import Legs, Style

Rng = np.random.Generator


def _drawer(style: Style, w: float, d: float, x: float, z: float) -> list[Part]:
    """A shallow drawer hung under a top, its upper edge at z."""
    body = box(w, d - 0.08, 0.11, style.case, 0.004).moved(x, 0.01, z - 0.055)
    face = box(w - 0.012, 0.016, 0.095, style.case, 0.003).moved(x, -d / 2 + 0.045, z - 0.055)
    return [body, face, pull(0.12, style.metals[-1], x, -d / 2 + 0.034, z - 0.055)]


def _frame_and_panel(style: Style, d: float, h: float, rim: float = 0.07) -> list[Part]:
    """Stiles and rails on a carcass's side d deep and h high, centred on the origin: a bare side is a blank box."""
    stiles = [box(0.012, rim, h, style.case, 0.003).moved(0, s * (d - rim) / 2) for s in (-1, 1)]
    return stiles + [box(0.012, d - 2 * rim, rim, style.case, 0.003).moved(0, 0, s * (h - rim) / 2) for s in (-1, 1)]


def _framed(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    parts = [top(w, d, 0.032, style.wood, h), *frame(w - 0.06, d - 0.06, h - 0.032, style.metal, 0.03)]
    return parts + _drawer(style, w * 0.40, d, w * 0.5 - w * 0.20 - 0.12, h - 0.032)


def _legged(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    kind: Legs = style.legs if style.legs in {"turned", "splayed", "tapered"} else "block"
    parts = [top(w, d, 0.03, style.wood, h), *legs(kind, w + 0.02, d + 0.02, h - 0.03, style.wood, style.metal)]
    return parts + [p for s in (-1, 1) for p in _drawer(style, w * 0.36, d, s * w * 0.22, h - 0.03)]


def _trestles(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A plain top on two trestles with a shelf each."""
    w, d, h = size
    parts = [top(w, d, 0.034, style.wood, h)]
    for s in (-1, 1):
        parts += crossed(s * (w * 0.32 - 0.13), d - 0.08, h - 0.034, style.wood, 0.04)
        parts += crossed(s * (w * 0.32 + 0.13), d - 0.08, h - 0.034, style.wood, 0.04)
        parts.append(box(0.30, 0.06, 0.03, style.wood, 0.004).moved(s * w * 0.32, 0, h - 0.05))
        parts.append(box(0.26, 0.05, 0.025, style.wood, 0.004).moved(s * w * 0.32, 0, h * 0.5))
    return parts


def _pedestals(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """The executive: two stacks of drawers, a modesty panel between."""
    w, d, h = size
    stack = min(0.40, w * 0.29)
    parts = [undercut(top(w, d, 0.036, style.wood, h, 0.010), h, 0.036, 0.012)]
    for s in (-1, 1):
        x = s * (w / 2 - stack / 2 - 0.03)
        parts.append(box(stack, d - 0.07, h - 0.076, style.case, 0.004).moved(x, 0, 0.04 + (h - 0.076) / 2))
        parts.append(box(stack - 0.03, d - 0.10, 0.05, "paint/2c2a29", 0.003).moved(x, 0, 0.025))
        parts += [p.moved(x) for p in fronts(style, stack - 0.03, h - 0.11, 3, 1, -d / 2 + 0.022, 0.06, "drawer")]
        sides = _frame_and_panel(style, d - 0.07, h - 0.076)
        parts += [p.moved(s * (w / 2 - 0.027), 0, 0.04 + (h - 0.076) / 2) for p in sides]
    parts.append(board(w - 2 * stack - 0.06, 0.02, h * 0.6, style.case, 0, d / 2 - 0.10, h * 0.36))
    return [*parts, *_drawer(style, w - 2 * stack - 0.09, d, 0, h - 0.036)]


desk = by_form(
    "desk",
    {
        "framed": _framed,
        "legged": _legged,
        "trestles": _trestles,
        "pedestals": _pedestals,
    },
)

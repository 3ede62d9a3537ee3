"""TV units with their television, and low media shelves for a room whose screen hangs elsewhere."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.cabinets import carcass, divider, fronts
from atelier.furnish.pieces.common import Builder, Size, board, by_form, legs
from atelier.furnish.pieces.shelf_fill import fill
from atelier.furnish.pieces.tabletops import frame, planked, top
from atelier.furnish.shapes import Part, box
from atelier.furnish.styles import Style

Rng = np.random.Generator
TOP = 0.50
"""height of the cabinet under a television, metres."""


def television(w: float, h: float) -> list[Part]:
    """A television on two feet, standing on z = 0: h includes the feet; at most w wide."""
    tall = h - 0.05
    wide = min(tall * 1.74, w - 0.1)
    parts = [box(wide, 0.035, tall, "plastic/232427", 0.006).moved(0, 0.03, 0.05 + tall / 2)]
    parts.append(box(wide - 0.016, 0.004, tall - 0.018, "screen", 0.001).moved(0, 0.0125, 0.052 + tall / 2))
    for s in (-1, 1):
        parts.append(box(0.025, 0.20, 0.012, "plastic/2a2b2e", 0.004).moved(s * wide * 0.36, 0.03, 0.006))
        parts.append(box(0.022, 0.02, 0.06, "plastic/2a2b2e", 0.004).moved(s * wide * 0.36, 0.03, 0.035))
    return parts


def _drawers(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    lift = 0.06 if style.legs == "plinth" else 0.13
    n = max(3, round(w / 0.5))
    return carcass(style, w, d - 0.01, h, lift) + fronts(
        style, w - 0.05, h - lift - 0.05, 1, n, -d / 2 + 0.008, lift + 0.025, "drawer"
    )


def _bays(size: Size, style: Style, rng: Rng) -> list[Part]:
    """An open slot for the boxes above, baskets and books below between two doors."""
    w, d, h = size
    lift = 0.06 if style.legs == "plinth" else 0.13
    third, slot = (w - 0.05) / 3, lift + (h - lift) * 0.60
    parts = carcass(style, w, d - 0.01, h, lift)
    parts += [divider(style, d, lift + 0.02, h - 0.02, s * third / 2) for s in (-1, 1)]
    parts.append(board(third - 0.02, d - 0.03, 0.018, style.case, 0, 0.008, slot))
    parts.append(box(0.34, 0.20, 0.045, "plastic/2a2b2e", 0.005).moved(0.02, -0.02, slot + 0.041))
    parts += [
        p.moved(-0.12, -0.02, lift + 0.022)
        for p in fill("basket", third * 0.45, d - 0.06, slot - lift - 0.03, style, rng)
    ]
    parts += [
        p.moved(third * 0.22, -0.02, lift + 0.022)
        for p in fill("pile", third * 0.42, d - 0.06, slot - lift - 0.04, style, rng)
    ]
    for s in (-1, 1):
        parts += [
            p.moved(s * third)
            for p in fronts(style, third, h - lift - 0.05, 1, 1, -d / 2 + 0.008, lift + 0.025, "door")
        ]
    return parts


def _slatted(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Sliding doors of vertical slats."""
    w, d, h = size
    lift = 0.10
    parts = carcass(style, w, d - 0.01, h, lift, "block" if style.legs == "plinth" else None)
    n = round((w - 0.06) / 0.032)
    tall = h - lift - 0.05
    for x in (np.arange(n) + 0.5) * (w - 0.06) / n - (w - 0.06) / 2:
        parts.append(box(0.019, 0.016, tall, style.case, 0.003).moved(x, -d / 2 + 0.016, lift + 0.025 + tall / 2))
    return [*parts, box(w - 0.06, 0.01, tall, style.case, 0.002).moved(0, -d / 2 + 0.032, lift + 0.025 + tall / 2)]


def _metal(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Planks on an open metal frame: a drawer box hangs at one end."""
    w, d, h = size
    parts = [*planked(w, d, 0.034, style.wood, h), *frame(w - 0.02, d - 0.02, h - 0.034, style.metal, 0.025)]
    parts += planked(w - 0.06, d - 0.05, 0.024, style.wood, 0.16)
    hung = box(w * 0.36, d - 0.05, h - 0.24, style.wood, 0.004).moved(w * 0.29, 0, 0.17 + (h - 0.22) / 2)
    face = [p.moved(w * 0.29) for p in fronts(style, w * 0.35, h - 0.26, 1, 1, -d / 2 + 0.015, 0.19, "drawer", "flat")]
    things = [p.moved(-w * 0.30, -0.03, 0.16) for p in fill("pile", 0.3, d - 0.08, 0.2, style, rng)]
    return [
        *parts,
        hung,
        *face,
        *things,
        *[p.moved(-w * 0.04, 0, 0.16) for p in fill("basket", 0.26, d - 0.1, 0.26, style, rng)],
    ]


def _low(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """One long block floating on a recessed plinth, its fronts without handles."""
    w, d, h = size
    body = box(w - 0.01, d - 0.03, h - 0.10, style.case, 0.004).moved(0, 0.01, 0.07 + (h - 0.10) / 2)
    parts = [
        top(w, d, 0.03, style.stone if style.base == "pedestal" else style.wood, h, 0.005),
        body,
        *legs("plinth", w - 0.04, d - 0.04, 0.075, style.wood, style.metal),
    ]
    n = max(2, round(w / 0.62))
    fw, fh = (w - 0.01) / n - 0.005, h - 0.12
    return parts + [
        box(fw, 0.018, fh, style.case, 0.003).moved(x, -d / 2 + 0.012, 0.075 + fh / 2)
        for x in (np.arange(n) + 0.5) * (w - 0.01) / n - (w - 0.01) / 2
    ]


_CABINETS: dict[str, Builder] = {"drawers": _drawers, "bays": _bays, "slatted": _slatted, "metal": _metal, "low": _low}


def _with_television(make: Builder) -> Builder:
    def build(size: Size, style: Style, rng: Rng) -> list[Part]:
        """A cabinet 0.50 m high with a television on it; the height includes the television."""
        w, d, h = size
        return make((w, d, TOP), style, rng) + [p.moved(0, 0, TOP) for p in television(w, h - TOP)]

    return build


tv_unit = by_form("tv-unit", {name: _with_television(make) for name, make in _CABINETS.items()})
media_shelf = by_form("media-shelf", _CABINETS)

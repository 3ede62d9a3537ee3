"""Dining and coffee tables with a long top, one maker per silhouette."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form, pull
from atelier.furnish.pieces.tabletops import (
    crossed,
    fluted,
    frame,
    hairpins,
    live_edge,
    oval,
    pedestal,
    planked,
    rails,
    round_top,
    slabs,
    tapered_legs,
    top,
    trestle,
    tulip,
    turned_leg,
    undercut,
)
from atelier.furnish.shapes import Part, box
from atelier.furnish.styles import Style

Rng = np.random.Generator


def _stone_or_wood(style: Style) -> str:
    return style.stone if style.slug in {"luxury", "art-deco", "hollywood-regency", "contemporary"} else style.wood


def _dining_tapered(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    slab = undercut(top(w, d, 0.034, style.wood, h, 0.010), h, 0.034, 0.022)
    return [
        slab,
        *rails(w - 0.34, d - 0.22, h - 0.034, style.wood, 0.07),
        *tapered_legs(w - 0.16, d - 0.12, h - 0.03, style.wood, 0.036),
    ]


def _dining_trestle(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    return [*planked(w, d, 0.045, style.wood, h, 0.10), *trestle(w, d, h - 0.045, style.wood)]


def _dining_pedestals(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    slab = top(w, d, 0.036, style.wood, h, 0.012)
    return [
        slab,
        *[pedestal(d * 0.48, h - 0.02, style.wood, 0.062).moved(s * w * 0.25) for s in (-1, 1)],
        *rails(w - 0.24, d - 0.22, h - 0.03, style.wood, 0.05),
    ]


def _dining_frame(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    return [*planked(w, d, 0.040, style.wood, h), *frame(w - 0.10, d - 0.08, h - 0.04, style.metal, 0.04)]


def _dining_turned(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    x, y, under = w / 2 - 0.11, d / 2 - 0.10, h - 0.034
    base = style.case
    feet = [p for s in (-1, 1) for k in (-1, 1) for p in turned_leg(s * x, k * y, under, 0.042, base)]
    return [*planked(w, d, 0.034, style.wood, h, 0.09), *feet, *rails(2 * x, 2 * y, under, base, 0.09)]


def _dining_hairpin(size: Size, style: Style, rng: Rng) -> list[Part]:
    w, d, h = size
    return [
        live_edge(w, d, 0.042, style.wood, h, rng.uniform(0, 20)),
        *hairpins(w - 0.22, d - 0.20, h - 0.042, style.metals[-1]),
    ]


def _dining_crossed(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    ends = [p for s in (-1, 1) for p in crossed(s * (w / 2 - 0.26), d - 0.16, h - 0.045, style.metal, 0.05)]
    bar = box(w - 0.52, 0.03, 0.03, style.metal, 0.003).moved(0, 0, (h - 0.045) / 2)
    return [top(w, d, 0.045, style.wood, h, 0.008), *ends, bar]


def _dining_oval(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    slab = undercut(round_top(w / 2, 0.032, style.stone, h, 0.012), h, 0.032, 0.03)
    stem = tulip(d * 0.48, h - 0.02, style.metal)
    return [oval(slab, w, d), *[stem.moved(s * w * 0.22) for s in (-1, 1)]]


def _dining_columns(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Two fluted drums under a rounded top."""
    w, d, h = size
    slab = oval(round_top(w / 2, 0.04, _stone_or_wood(style), h, 0.015), w, d)
    return [slab, *[p.moved(s * w * 0.21) for s in (-1, 1) for p in fluted(d * 0.27, 0, h - 0.03, style.wood)]]


dining_table = by_form(
    "dining-table",
    {
        "tapered": _dining_tapered,
        "trestle": _dining_trestle,
        "pedestals": _dining_pedestals,
        "frame": _dining_frame,
        "turned": _dining_turned,
        "hairpin": _dining_hairpin,
        "crossed": _dining_crossed,
        "oval": _dining_oval,
        "columns": _dining_columns,
    },
)


def _coffee_tapered(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    slab = undercut(top(w, d, 0.030, style.wood, h), h, 0.03, 0.016)
    return [
        slab,
        *rails(w - 0.34, d - 0.24, h - 0.03, style.wood, 0.05),
        *tapered_legs(w - 0.10, d - 0.08, h - 0.025, style.wood, 0.025, 0.06),
    ]


def _coffee_shelf(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    shelf = planked(w - 0.06, d - 0.06, 0.02, style.wood, 0.15)
    return [*planked(w, d, 0.034, style.wood, h), *frame(w - 0.02, d - 0.02, h - 0.034, style.metal, 0.022), *shelf]


def _coffee_waterfall(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """One board folded down at both ends, with a shelf between."""
    w, d, h = size
    shelf = box(w - 0.09, d - 0.05, 0.022, style.wood, 0.004).moved(0, 0, h * 0.38)
    return [top(w, d, 0.045, style.wood, h, 0.006), *slabs(w, d, h - 0.044, style, 0.045), shelf]


def _coffee_turned(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    x, y, under = w / 2 - 0.07, d / 2 - 0.07, h - 0.03
    feet = [p for s in (-1, 1) for k in (-1, 1) for p in turned_leg(s * x, k * y, under, 0.033, style.case)]
    shelf = planked(w - 0.12, d - 0.12, 0.02, style.wood, 0.13)
    return [*planked(w, d, 0.03, style.wood, h, 0.07), *feet, *rails(2 * x, 2 * y, under, style.case, 0.07), *shelf]


def _coffee_trestle(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    ends = [p for s in (-1, 1) for p in crossed(s * (w / 2 - 0.13), d - 0.10, h - 0.038, style.wood, 0.055)]
    shelf = planked(w - 0.34, d * 0.34, 0.022, style.wood, h * 0.44)
    return [*planked(w, d, 0.038, style.wood, h, 0.08), *ends, *shelf]


def _coffee_stone(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    return [top(w, d, 0.026, style.stone, h, 0.005), *frame(w - 0.04, d - 0.04, h - 0.026, style.metal, 0.016)]


def _coffee_hairpin(size: Size, style: Style, rng: Rng) -> list[Part]:
    w, d, h = size
    return [
        live_edge(w, d, 0.04, style.wood, h, rng.uniform(0, 20)),
        *hairpins(w - 0.14, d - 0.14, h - 0.04, style.metals[-1]),
    ]


def _coffee_drawers(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Two shallow drawers under the top and a slatted shelf near the floor, on posts: one sees through it."""
    w, d, h = size
    under, deep, x, y = h - 0.024, 0.085, w / 2 - 0.045, d / 2 - 0.045
    posts = [
        box(0.036, 0.036, under, style.case, 0.004).moved(s * x, k * y, under / 2) for s in (-1, 1) for k in (-1, 1)
    ]
    parts = [top(w, d, 0.024, style.wood, h), *posts]
    parts.append(box(2 * x, 2 * y + 0.02, deep, style.case, 0.003).moved(0, 0, under - deep / 2))
    for s in (-1, 1):
        face = box(x - 0.030, 0.012, deep - 0.016, style.case, 0.003)
        parts.append(face.moved(s * (x / 2 + 0.002), -y - 0.012, under - deep / 2))
        parts.append(pull(0.09, style.metals[-1], s * (x / 2 + 0.002), -y - 0.018, under - deep / 2))
    slats = np.linspace(-y, y, 7)
    parts += [box(2 * x, 0.045, 0.014, style.wood, 0.003).moved(0, float(k), 0.115) for k in slats]
    return [*parts, *[box(0.03, 2 * y, 0.02, style.case, 0.003).moved(s * x, 0, 0.10) for s in (-1, 1)]]


def _coffee_oval(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    slab = oval(undercut(round_top(w / 2, 0.03, style.wood, h, 0.012), h, 0.03, 0.02), w, d)
    return [slab, *[p.moved(s * w * 0.20) for s in (-1, 1) for p in fluted(d * 0.17, 0, h - 0.028, style.wood)]]


coffee_table = by_form(
    "coffee-table",
    {
        "tapered": _coffee_tapered,
        "shelf": _coffee_shelf,
        "waterfall": _coffee_waterfall,
        "turned": _coffee_turned,
        "trestle": _coffee_trestle,
        "stone": _coffee_stone,
        "hairpin": _coffee_hairpin,
        "drawers": _coffee_drawers,
        "oval": _coffee_oval,
    },
)

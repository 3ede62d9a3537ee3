"""Round coffee and dining tables, one maker per silhouette."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form
from atelier.furnish.pieces.tabletops import (
    crossed,
    fluted,
    pedestal,
    rails,
    round_top,
    smooth,
    tulip,
    turned_leg,
    undercut,
)
from atelier.furnish.shapes import Part, box, columns, curve, disc, lathe, line, tube
from atelier.furnish.styles import Style
from atelier.model import F64

Rng = np.random.Generator
_FOUR, _THREE = np.deg2rad([45, 135, 225, 315]), np.deg2rad([90, 210, 330])


def splayed(
    r: float, h: float, angles: F64, material: str, thick: float, head: float = 0.6, foot: float = 0.86
) -> list[Part]:
    parts = []
    for a in angles:
        c, s = np.cos(a) * r, np.sin(a) * r
        path = line((c * foot, s * foot, 0), (c * head, s * head, h), 4)
        parts.append(tube(path, np.linspace(0.5, 1.0, 4) * thick, material, 12))
    return parts


def _hoop(r: float, z: float, metal: str, bar: float = 0.010) -> Part:
    ring = np.linspace(0, 2 * np.pi, 41)[:-1]
    return tube(columns(np.cos(ring) * r, np.sin(ring) * r, z), bar, metal, 8, closed=True)


def _round_legs(size: Size, style: Style, _rng: Rng) -> list[Part]:
    r, h = size[0] / 2, size[2]
    slab = undercut(round_top(r, 0.03, style.wood, h), h, 0.03, 0.018)
    return [
        slab,
        *splayed(r, h - 0.026, _FOUR, style.wood, 0.024),
        disc(r * 0.66, 0.022, style.wood, 40).moved(z=h - 0.05),
    ]


def _round_hoops(size: Size, style: Style, _rng: Rng) -> list[Part]:
    r, h = size[0] / 2, size[2]
    posts = [
        tube(line((c, s, 0.01), (c, s, h - 0.03)), 0.010, style.metal, 8)
        for c, s in ((np.cos(a) * (r - 0.05), np.sin(a) * (r - 0.05)) for a in _FOUR)
    ]
    return [
        round_top(r, 0.028, style.wood, h),
        *posts,
        _hoop(r - 0.05, 0.010, style.metal),
        _hoop(r - 0.05, h - 0.038, style.metal),
    ]


def _round_fluted(size: Size, style: Style, _rng: Rng) -> list[Part]:
    r, h = size[0] / 2, size[2]
    return [*fluted(r * 0.62, 0.0, h - 0.03, style.wood), round_top(r, 0.032, style.wood, h, 0.012)]


def _round_tulip(size: Size, style: Style, _rng: Rng) -> list[Part]:
    r, h = size[0] / 2, size[2]
    return [tulip(r, h - 0.012, "paint/e9e6e0"), undercut(round_top(r, 0.026, style.stone, h), h, 0.026, 0.02)]


def _round_chunky(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Three stout columns under a thick top."""
    r, h = size[0] / 2, size[2]
    column = lathe([(0, 0), (r * 0.15, 0), (r * 0.155, 0.006), (r * 0.155, h - 0.03)], style.wood, 28)
    feet = [column.moved(np.cos(a) * r * 0.62, np.sin(a) * r * 0.62) for a in _THREE]
    return [round_top(r, 0.038, style.wood, h, 0.014), *feet]


def _round_tray(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A rimmed tray on two crossed stands."""
    r, h = size[0] / 2, size[2]
    rim = lathe(
        [(r - 0.012, h - 0.035), (r, h - 0.035), (r, h), (r - 0.006, h), (r - 0.008, h - 0.018)], style.metal, 56
    )
    stand = [p.turned(a) for a in (45, 135) for p in crossed(0.0, r * 1.35, h - 0.035, style.wood, 0.028)]
    return [rim, round_top(r - 0.006, 0.018, style.metal, h - 0.005), *stand]


def _round_pedestal(size: Size, style: Style, _rng: Rng) -> list[Part]:
    r, h = size[0] / 2, size[2]
    return [pedestal(r, h - 0.02, style.wood, 0.06), round_top(r, 0.032, style.wood, h, 0.012)]


coffee_table_round = by_form(
    "coffee-table-round",
    {
        "legs": _round_legs,
        "hoops": _round_hoops,
        "fluted": _round_fluted,
        "tulip": _round_tulip,
        "chunky": _round_chunky,
        "tray": _round_tray,
        "pedestal": _round_pedestal,
    },
)


def _dining_round_legs(size: Size, style: Style, _rng: Rng) -> list[Part]:
    r, h = size[0] / 2, size[2]
    slab = undercut(round_top(r, 0.034, style.wood, h, 0.012), h, 0.034, 0.022)
    return [
        slab,
        *splayed(r, h - 0.03, _FOUR, style.wood, 0.034, 0.52, 0.72),
        disc(r * 0.62, 0.05, style.wood, 40).moved(z=h - 0.084),
    ]


def _dining_round_pedestal(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A turned column on four scrolled feet."""
    r, h = size[0] / 2, size[2]
    column = lathe(
        smooth(
            [
                (0, 0.10),
                (0.07, 0.10),
                (0.09, 0.16),
                (0.06, 0.26),
                (0.085, 0.42),
                (0.05, 0.52),
                (0.07, h - 0.10),
                (r * 0.4, h - 0.035),
                (0, h - 0.034),
            ]
        ),
        style.wood,
        32,
    )
    feet = [
        tube(
            curve(
                [(c * 0.06, s * 0.06, 0.17), (c * r * 0.30, s * r * 0.30, 0.13), (c * r * 0.62, s * r * 0.62, 0.024)],
                10,
            ),
            np.linspace(0.036, 0.020, 10),
            style.wood,
            12,
        )
        for c, s in ((np.cos(a), np.sin(a)) for a in _FOUR)
    ]
    return [
        column,
        *feet,
        round_top(r, 0.034, style.wood, h, 0.012),
        disc(r * 0.86, 0.03, style.wood, 48).moved(z=h - 0.06),
    ]


def _dining_round_tulip(size: Size, style: Style, _rng: Rng) -> list[Part]:
    r, h = size[0] / 2, size[2]
    return [tulip(r, h - 0.012, "paint/e9e6e0"), undercut(round_top(r, 0.03, style.stone, h, 0.012), h, 0.03, 0.03)]


def _dining_round_fluted(size: Size, style: Style, _rng: Rng) -> list[Part]:
    r, h = size[0] / 2, size[2]
    return [*fluted(r * 0.48, 0, h - 0.03, style.wood), round_top(r, 0.036, style.wood, h, 0.014)]


def _dining_round_planes(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Three boards meeting in the middle."""
    r, h = size[0] / 2, size[2]
    plane = box(r * 0.66, 0.04, h - 0.036, style.wood, 0.006).moved(r * 0.33, 0, (h - 0.036) / 2)
    return [*[plane.turned(float(np.degrees(a))) for a in _THREE], round_top(r, 0.038, style.wood, h, 0.012)]


def _dining_round_spider(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Metal legs that bend in to a waist and out again."""
    r, h = size[0] / 2, size[2]
    feet = [
        tube(
            curve(
                [
                    (c * r * 0.66, s * r * 0.66, 0.012),
                    (c * 0.09, s * 0.09, h * 0.5),
                    (c * r * 0.55, s * r * 0.55, h - 0.04),
                ],
                14,
            ),
            0.014,
            style.metal,
            10,
        )
        for c, s in ((np.cos(a), np.sin(a)) for a in np.deg2rad(np.arange(6) * 60 + 30))
    ]
    return [*feet, _hoop(0.09, h * 0.5, style.metal), round_top(r, 0.034, style.wood, h)]


def _dining_round_turned(size: Size, style: Style, _rng: Rng) -> list[Part]:
    r, h = size[0] / 2, size[2]
    k, under = r * 0.58, h - 0.032
    feet = [p for s in (-1, 1) for t in (-1, 1) for p in turned_leg(s * k, t * k, under, 0.038, style.case)]
    return [*feet, *rails(2 * k, 2 * k, under, style.case, 0.08), round_top(r, 0.034, style.wood, h, 0.012)]


dining_table_round = by_form(
    "dining-table-round",
    {
        "legs": _dining_round_legs,
        "pedestal": _dining_round_pedestal,
        "tulip": _dining_round_tulip,
        "fluted": _dining_round_fluted,
        "planes": _dining_round_planes,
        "spider": _dining_round_spider,
        "turned": _dining_round_turned,
    },
)

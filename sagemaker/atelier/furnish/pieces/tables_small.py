"""Side tables and consoles, one maker per silhouette."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form, legs, pull
from atelier.furnish.pieces.lamp_parts import foot
from atelier.furnish.pieces.tables_round import splayed
from atelier.furnish.pieces.tabletops import (
    fluted,
    frame,
    planked,
    rails,
    round_top,
    smooth,
    tapered_legs,
    top,
    turned_leg,
    undercut,
)
from atelier.furnish.shapes import Part, box, columns, curve, disc, lathe, line, tube
from atelier.furnish.styles import Style

Rng = np.random.Generator
_THREE = np.deg2rad([90, 210, 330])


def _side_tripod(size: Size, style: Style, _rng: Rng) -> list[Part]:
    r, h = size[0] / 2, size[2]
    return [round_top(r, 0.024, style.wood, h), *splayed(r, h - 0.022, _THREE, style.wood, 0.018, 0.55, 0.90)]


def _side_pole(size: Size, style: Style, _rng: Rng) -> list[Part]:
    r, h = size[0] / 2, size[2]
    pole = tube(line((0, 0, 0.01), (0, 0, h - 0.02)), 0.013, style.metal, 14)
    return [round_top(r, 0.022, style.stone, h), pole, foot(r * 0.60, style.metal)]


def _side_cantilever(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """The C that slides its foot under a sofa."""
    w, d, h = size
    bar, deep = 0.018, d * 0.92
    parts = [top(w, d, 0.024, style.wood, h)]
    for s in (-1, 1):
        y = s * (deep / 2 - bar)
        parts += [box(w * 0.9, bar, bar, style.metal, 0.003).moved(0, y, z) for z in (bar / 2, h - 0.024 - bar / 2)]
        parts.append(box(bar, bar, h - 0.026, style.metal, 0.003).moved(w * 0.45 - bar / 2, y, (h - 0.026) / 2))
    return [*parts, box(bar, deep, bar, style.metal, 0.003).moved(-w * 0.45 + bar / 2, 0, bar / 2)]


def _side_shelf(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A square table with a drawer and a low shelf."""
    w, d, h = size
    under = h - 0.022
    kind = "tapered" if style.legs in {"plinth", "sled"} else style.legs
    parts = [top(w, d, 0.022, style.wood, h, 0.006), *legs(kind, w + 0.05, d + 0.05, under, style.wood, style.metal)]
    parts.append(box(w - 0.06, d - 0.06, 0.11, style.case, 0.004).moved(0, 0, under - 0.055))
    parts.append(box(w - 0.10, 0.014, 0.085, style.case, 0.004).moved(0, -d / 2 + 0.026, under - 0.055))
    return [
        *parts,
        pull(0.06, style.metals[-1], 0, -d / 2 + 0.014, under - 0.055),
        box(w - 0.07, d - 0.07, 0.018, style.wood, 0.004).moved(0, 0, 0.15),
    ]


def _side_gueridon(size: Size, style: Style, _rng: Rng) -> list[Part]:
    r, h = size[0] / 2, size[2]
    stem = lathe(
        smooth(
            [
                (0, 0.09),
                (0.025, 0.09),
                (0.035, 0.14),
                (0.018, 0.22),
                (0.03, 0.32),
                (0.016, h - 0.10),
                (0.06, h - 0.02),
                (0, h - 0.018),
            ]
        ),
        style.wood,
        20,
    )
    feet = [
        tube(
            curve(
                [(c * 0.02, s * 0.02, 0.13), (c * r * 0.4, s * r * 0.4, 0.11), (c * r * 0.85, s * r * 0.85, 0.012)], 9
            ),
            np.linspace(0.018, 0.010, 9),
            style.wood,
            10,
        )
        for c, s in ((np.cos(a), np.sin(a)) for a in _THREE)
    ]
    return [stem, *feet, round_top(r, 0.02, style.wood, h, 0.008)]


def _side_drum(size: Size, style: Style, _rng: Rng) -> list[Part]:
    r, h = size[0] / 2, size[2]
    return [*fluted(r - 0.018, 0, h - 0.018, style.wood, 0.020), round_top(r, 0.02, style.stone, h)]


side_table = by_form(
    "side-table",
    {
        "tripod": _side_tripod,
        "pole": _side_pole,
        "cantilever": _side_cantilever,
        "shelf": _side_shelf,
        "gueridon": _side_gueridon,
        "drum": _side_drum,
    },
)


def _console_frame(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    material = style.stone if style.base == "pedestal" else style.wood
    shelf = box(w - 0.06, d - 0.06, 0.02, material, 0.004).moved(0, 0, 0.16)
    return [top(w, d, 0.03, material, h, 0.006), *frame(w - 0.04, d - 0.03, h - 0.03, style.metal, 0.020), shelf]


def _console_drawers(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    parts = [
        top(w, d, 0.026, style.wood, h, 0.007),
        box(w - 0.08, d - 0.06, 0.13, style.case, 0.004).moved(0, 0.005, h - 0.091),
    ]
    n = 2 if w < 1.4 else 3
    fw = (w - 0.10) / n
    for x in (np.arange(n) + 0.5) * fw - (w - 0.10) / 2:
        parts.append(box(fw - 0.014, 0.016, 0.105, style.case, 0.004).moved(x, -d / 2 + 0.022, h - 0.091))
        parts.append(pull(0.11, style.metals[0], x, -d / 2 + 0.004, h - 0.091))
    kind = style.legs if style.legs in {"turned", "tapered", "splayed"} else "block"
    return [*parts, *legs(kind, w - 0.02, d, h - 0.15, style.wood, style.metal)]


def _console_demilune(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Half round against the wall, on three slender legs."""
    w, d, h = size

    def halved(p: Part) -> Part:
        return p.warped(lambda v: columns(v[:, 0], np.minimum(v[:, 1], 0) * 2 * d / w + d / 2, v[:, 2]))

    slab, apron = (
        halved(round_top(w / 2, 0.024, style.wood, h)),
        halved(disc(w / 2 - 0.03, 0.09, style.wood, 64).moved(z=h - 0.114)),
    )
    spots = [
        (-w / 2 + 0.06, d / 2 - 0.03),
        (w / 2 - 0.06, d / 2 - 0.03),
        (-w * 0.17, -d / 2 + 0.08),
        (w * 0.17, -d / 2 + 0.08),
    ]
    feet = [tube(line((x * 1.01, y, 0), (x, y, h - 0.05), 3), [0.010, 0.016, 0.021], style.wood, 12) for x, y in spots]
    return [slab, apron, *feet]


def _console_crossed(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    beam = box(0.045, 0.04, float(np.hypot(h - 0.2, w * 0.30)), style.wood, 0.004)
    lean = float(np.degrees(np.arctan2(w * 0.30, h - 0.2)))
    parts = [*planked(w, d, 0.036, style.wood, h), *planked(w - 0.04, d - 0.04, 0.028, style.wood, 0.13)]
    parts += [
        box(0.05, 0.05, h - 0.036, style.wood, 0.005).moved(s * (w / 2 - 0.05), k * (d / 2 - 0.045), (h - 0.036) / 2)
        for s in (-1, 1)
        for k in (-1, 1)
    ]
    parts += [
        beam.turned(s * lean, "y").moved(x * w * 0.25, d / 2 - 0.05, 0.13 + (h - 0.18) / 2)
        for x in (-1, 1)
        for s in (-1, 1)
    ]
    return parts


def _console_turned(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    x, y, under = w / 2 - 0.06, d / 2 - 0.055, h - 0.028
    feet = [p for s in (-1, 1) for k in (-1, 1) for p in turned_leg(s * x, k * y, under, 0.032, style.case)]
    shelf = box(w - 0.06, d - 0.05, 0.022, style.wood, 0.005).moved(0, 0, 0.16)
    return [top(w, d, 0.028, style.wood, h, 0.008), *feet, *rails(2 * x, 2 * y, under, style.case, 0.08), shelf]


def _console_legs(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    slab = undercut(top(w, d, 0.03, style.wood, h), h, 0.03, 0.014)
    return [
        slab,
        *rails(w - 0.24, d - 0.14, h - 0.03, style.wood, 0.05),
        *tapered_legs(w - 0.10, d - 0.05, h - 0.025, style.wood, 0.022, 0.04),
    ]


console = by_form(
    "console",
    {
        "frame": _console_frame,
        "drawers": _console_drawers,
        "demilune": _console_demilune,
        "crossed": _console_crossed,
        "turned": _console_turned,
        "legs": _console_legs,
    },
)

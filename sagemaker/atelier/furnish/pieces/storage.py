"""Nightstands and dressers, one maker per silhouette."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from atelier.furnish.pieces.cabinets import carcass, fronts, knob, lift_of
from atelier.furnish.pieces.common import Size, board, by_form, legs
from atelier.furnish.pieces.shelf_fill import fill
from atelier.furnish.pieces.tabletops import fluted, frame, round_top, top
from atelier.furnish.shapes import Part, box, columns
from atelier.furnish.styles import Style
from atelier.model import F64

Rng = np.random.Generator


def _stand_drawers(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    lift = lift_of(style)
    return carcass(style, w, d - 0.01, h, lift) + fronts(
        style, w - 0.05, h - lift - 0.05, 2, 1, -d / 2 + 0.008, lift + 0.025, "drawer"
    )


def _stand_open(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A drawer over an open compartment with a few books."""
    w, d, h = size
    lift = lift_of(style)
    deep = (h - lift) * 0.42
    parts = carcass(style, w, d - 0.01, h, lift)
    parts += fronts(style, w - 0.05, deep - 0.03, 1, 1, -d / 2 + 0.008, h - deep, "drawer")
    parts.append(board(w - 0.05, d - 0.03, 0.018, style.case, 0, 0, h - deep - 0.02))
    pile = fill("pile", w - 0.12, d - 0.06, h - lift - deep - 0.06, style, rng)
    return parts + [p.moved(0, -0.02, lift + 0.023) for p in pile]


def _stand_drum(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    body = fluted(w / 2 - 0.012, 0.0, h - 0.02, style.case)
    return [p.scaled(1, d / w, 1) for p in (*body, round_top(w / 2, 0.024, style.wood, h))]


def _stand_table(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    under = h - 0.02
    kind = style.legs if style.legs in {"turned", "tapered", "splayed", "pin"} else "block"
    parts = [top(w, d, 0.022, style.wood, h, 0.006), *legs(kind, w + 0.04, d + 0.04, under, style.wood, style.metal)]
    parts.append(box(w - 0.06, d - 0.06, 0.14, style.case, 0.004).moved(0, 0, under - 0.07))
    parts += fronts(style, w - 0.08, 0.125, 1, 1, -d / 2 + 0.02, under - 0.133, "drawer")
    return [*parts, board(w - 0.08, d - 0.08, 0.018, style.wood, 0, 0, 0.15)]


def _stand_frame(size: Size, style: Style, rng: Rng) -> list[Part]:
    w, d, h = size
    parts = [top(w, d, 0.024, style.wood, h, 0.005), *frame(w - 0.02, d - 0.02, h - 0.024, style.metal, 0.018)]
    parts.append(board(w - 0.05, d - 0.05, 0.02, style.wood, 0, 0, h * 0.34))
    pile = fill("pile", w - 0.14, d - 0.08, 0.2, style, rng)
    return parts + [p.moved(0, -0.02, h * 0.34 + 0.02) for p in pile]


def _stand_door(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    lift = lift_of(style, 0.12)
    parts = carcass(style, w, d - 0.01, h, lift)
    tall = h - lift - 0.05
    parts += fronts(style, w - 0.05, tall * 0.68, 1, 1, -d / 2 + 0.008, lift + 0.025, "door")
    return parts + fronts(style, w - 0.05, tall * 0.30, 1, 1, -d / 2 + 0.008, lift + 0.03 + tall * 0.69, "drawer")


nightstand = by_form(
    "nightstand",
    {
        "drawers": _stand_drawers,
        "open": _stand_open,
        "drum": _stand_drum,
        "table": _stand_table,
        "frame": _stand_frame,
        "door": _stand_door,
    },
)


def _dresser_six(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    lift = lift_of(style, 0.14)
    return carcass(style, w, d - 0.01, h, lift) + fronts(
        style, w - 0.05, h - lift - 0.05, 3, 2, -d / 2 + 0.008, lift + 0.025, "drawer"
    )


def _dresser_seven(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Three small drawers over two rows of two wide ones."""
    w, d, h = size
    lift = lift_of(style, 0.10)
    tall = h - lift - 0.05
    parts = carcass(style, w, d - 0.01, h, lift)
    parts += fronts(style, w - 0.05, tall * 0.74, 2, 2, -d / 2 + 0.008, lift + 0.025, "drawer")
    return parts + fronts(style, w - 0.05, tall * 0.26, 1, 3, -d / 2 + 0.008, lift + 0.025 + tall * 0.74, "drawer")


def _dresser_doors(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Drawers in the middle, a door on each side."""
    w, d, h = size
    lift = lift_of(style, 0.14)
    tall, third, y = h - lift - 0.05, (w - 0.05) / 3, -d / 2 + 0.008
    parts = carcass(style, w, d - 0.01, h, lift) + fronts(style, third, tall, 4, 1, y, lift + 0.025, "drawer")
    for s in (-1, 1):
        parts += [p.moved(s * third) for p in fronts(style, third, tall, 1, 1, y, lift + 0.025, "door")]
    return parts


def _dresser_bow(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A bowed front on bracket feet."""
    w, d, h = size
    lift, bow = 0.10, 0.05

    def bowed(v: F64) -> F64:
        front_half = np.clip(-v[:, 1] / (d / 2), 0, 1)
        return columns(v[:, 0], v[:, 1] + bow * (1 - np.cos(np.pi * v[:, 0] / w)) * front_half, v[:, 2])

    slab = box(w, d, 0.03, style.wood, 0.008, 18, 2).warped(bowed).moved(0, 0, h - 0.015)
    body = (
        box(w - 0.03, d - 0.03, h - lift - 0.03, style.case, 0.006, 18, 2)
        .warped(bowed)
        .moved(0, 0, lift + (h - lift - 0.03) / 2)
    )
    parts, n = [slab, body], 4
    rows = np.linspace(lift + 0.02, h - 0.05, n + 1)
    for low, high in pairwise(rows):
        face = box(w - 0.07, d - 0.02, high - low - 0.008, style.case, 0.004, 18).warped(bowed)
        parts.append(face.moved(0, -0.004, (low + high) / 2))
        parts += [
            knob(style.metals[-1], x, -d / 2 + 0.008 + bow * (1 - np.cos(np.pi * x / w)), (low + high) / 2)
            for x in (-w * 0.27, w * 0.27)
        ]
    parts += [
        box(0.10, 0.10, lift, style.case, 0.012).moved(sx * (w / 2 - 0.08), sy * (d / 2 - 0.08), lift / 2)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    return parts


def _dresser_campaign(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A travelling chest: flush fronts, metal corners, recessed pulls, a low stand."""
    w, d, h = size
    lift = 0.10
    parts = [
        box(w, d, h - lift, style.wood, 0.004).moved(0, 0, lift + (h - lift) / 2),
        *legs("block", w + 0.03, d + 0.03, lift, style.wood, style.metal),
    ]
    rows = np.linspace(lift + 0.02, h - 0.03, 4)
    for low, high in pairwise(rows):
        for s in (-1, 1):
            x, z = s * (w - 0.06) / 4, (low + high) / 2
            parts.append(
                box((w - 0.08) / 2 - 0.012, 0.01, high - low - 0.012, style.wood, 0.002).moved(x, -d / 2 - 0.001, z)
            )
            parts.append(box(0.09, 0.006, 0.035, style.metals[-1], 0.002).moved(x, -d / 2 - 0.006, z))
            parts.append(box(0.07, 0.008, 0.008, style.metals[-1], 0.003).moved(x, -d / 2 - 0.010, z - 0.006))
    corner = box(0.06, 0.006, 0.06, style.metals[-1], 0.002)
    parts += [corner.moved(k * (w / 2 - 0.029), -d / 2 - 0.001, z) for k in (-1, 1) for z in (lift + 0.03, h - 0.03)]
    return parts


def _dresser_tall_legs(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Two rows of three on high legs."""
    w, d, h = size
    kind = "splayed" if style.legs in {"plinth", "block"} else style.legs
    parts = carcass(style, w, d - 0.01, h, 0.27, kind)
    return parts + fronts(style, w - 0.05, h - 0.27 - 0.05, 2, 3, -d / 2 + 0.008, 0.295, "drawer")


dresser = by_form(
    "dresser",
    {
        "six": _dresser_six,
        "seven": _dresser_seven,
        "doors": _dresser_doors,
        "bow": _dresser_bow,
        "campaign": _dresser_campaign,
        "raised": _dresser_tall_legs,
    },
)

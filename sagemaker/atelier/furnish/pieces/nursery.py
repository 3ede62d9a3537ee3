"""Nurseries: cribs and changing tables; the slatted rail and the mattress that other small beds share."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.cabinets import carcass, fronts
from atelier.furnish.pieces.common import Size, board, by_form, legs
from atelier.furnish.shapes import Part, box, columns
from atelier.furnish.soft import cushion
from atelier.furnish.styles import Style

Rng = np.random.Generator


def mattress(w: float, d: float, z: float, t: float, style: Style) -> Part:
    """Its top at z."""
    return cushion(w, d, t, style.sheets, r=t * 0.3, puff=0.003, wrinkle=0.002, seed=1).moved(0, 0, z - t / 2)


def rail(style: Style, length: float, z0: float, z1: float, pitch: float = 0.085) -> list[Part]:
    """A slatted side along x, from z0 to z1."""
    wood = style.case
    parts = [box(length, 0.028, 0.035, wood, 0.008).moved(0, 0, z) for z in (z0 + 0.018, z1 - 0.018)]
    n = max(3, round(length / pitch))
    slat = box(0.022, 0.014, z1 - z0 - 0.04, wood, 0.004).moved(0, 0, (z0 + z1) / 2)
    return parts + [slat.moved(float(x)) for x in (np.arange(n) + 0.5) * length / n - length / 2]


def _crib_slatted(size: Size, style: Style, rng: Rng) -> list[Part]:
    w, d, h = size
    parts = [
        box(0.05, 0.05, h, style.case, 0.010).moved(sx * (w / 2 - 0.025), sy * (d / 2 - 0.025), h / 2)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    parts += [p.moved(0, s * (d / 2 - 0.025)) for s in (-1, 1) for p in rail(style, w - 0.09, 0.22, h - 0.02)]
    parts += [p.turned(90).moved(s * (w / 2 - 0.025)) for s in (-1, 1) for p in rail(style, d - 0.09, 0.22, h - 0.02)]
    return parts + _crib_bed(w, d, style, rng)


def _crib_panelled(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Solid curved ends, slatted sides, turned feet."""
    w, d, h = size
    parts = [p.moved(0, s * (d / 2 - 0.03)) for s in (-1, 1) for p in rail(style, w - 0.06, 0.24, h - 0.12)]
    for s in (-1, 1):
        end = box(0.03, d, h - 0.24, style.case, 0.010, 14, 2)
        end = end.warped(lambda v: v + columns(0.0, 0.0, 0.10 * (np.cos(np.pi * v[:, 1] / d) - 0.5) * (v[:, 2] > 0)))
        parts.append(end.moved(s * (w / 2 - 0.02), 0, 0.13 + (h - 0.24) / 2))
    return [*parts, *legs("turned", w, d, 0.16, style.wood, style.metal), *_crib_bed(w, d, style, rng)]


def _crib_bed(w: float, d: float, style: Style, rng: Rng) -> list[Part]:
    deck = box(w - 0.06, d - 0.06, 0.04, style.case, 0.004).moved(0, 0, 0.32)
    throw = cushion(
        w * 0.42,
        d - 0.07,
        0.03,
        f"fabric/knit/{style.accent(0)}",
        r=0.013,
        puff=0.0,
        wrinkle=0.006,
        seed=rng.uniform(0, 9),
        core=14,
    )
    return [deck, mattress(w - 0.07, d - 0.07, 0.47, 0.12, style), throw.moved(-w * 0.24, 0, 0.478)]


crib = by_form("crib", {"slatted": _crib_slatted, "panelled": _crib_panelled})


def _changing_dresser(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A dresser with a raised tray and a contoured pad."""
    w, d, h = size
    body = h - 0.10
    parts = carcass(style, w, d - 0.01, body, 0.10) + fronts(
        style, w - 0.05, body - 0.15, 3, 1 if w < 0.9 else 2, -d / 2 + 0.008, 0.125, "drawer"
    )
    parts += [board(w, 0.018, 0.10, style.case, 0, s * (d / 2 - 0.012), body) for s in (-1, 1)]
    parts += [board(0.018, d - 0.02, 0.10, style.case, s * (w / 2 - 0.009), 0, body) for s in (-1, 1)]
    return [*parts, *_pad(min(w - 0.06, 0.72), d - 0.06, style, body, rng)]


def _changing_open(size: Size, style: Style, rng: Rng) -> list[Part]:
    """An open stand: pad above, baskets on two shelves below."""
    w, d, h = size
    deck = h - 0.10
    parts = [
        box(0.045, 0.045, h - 0.01, style.case, 0.008).moved(
            sx * (w / 2 - 0.0225), sy * (d / 2 - 0.0225), (h - 0.01) / 2
        )
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    parts += [board(w - 0.03, d - 0.03, 0.022, style.case, 0, 0, z) for z in (0.14, 0.48, deck - 0.022)]
    parts += [board(w - 0.08, 0.018, 0.09, style.case, 0, s * (d / 2 - 0.02), deck) for s in (-1, 1)]
    crate = box((w - 0.16) / 2, d - 0.10, 0.20, "rattan/b8935f", 0.02, 3, 2)
    parts += [crate.moved(s * (w - 0.13) / 4, 0, z + 0.122) for s in (-1, 1) for z in (0.14, 0.48)]
    return [*parts, *_pad(w - 0.10, d - 0.08, style, deck, rng)]


def _pad(w: float, d: float, style: Style, z: float, rng: Rng) -> list[Part]:
    pad = cushion(w, d, 0.09, style.sheets, r=0.035, puff=0.002, wrinkle=0.003, seed=rng.uniform(0, 9), core=14)
    pad = pad.warped(lambda v: v + columns(0.0, 0.0, 0.03 * ((v[:, 1] / (d / 2)) ** 2 - 0.6) * (v[:, 2] > 0)))
    return [pad.moved(0, 0, z + 0.045)]


changing_table = by_form("changing-table", {"dresser": _changing_dresser, "open": _changing_open})

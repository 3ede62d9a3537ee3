"""Daybeds: a single bed made up along a wall. Its length runs along x; one high end, the head, at −x."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.bedding import MATTRESS_TOP, bedding
from atelier.furnish.pieces.common import Size, by_form, legs
from atelier.furnish.pieces.nursery import mattress, rail
from atelier.furnish.pieces.tabletops import planked
from atelier.furnish.shapes import Part, box, line, tube
from atelier.furnish.soft import cushion, piping
from atelier.furnish.styles import Style

Rng = np.random.Generator
TOP, THICK = 0.48, 0.20
"""of the mattress, metres."""


def _made_up(length: float, across: float, x: float, style: Style, drop: float, rng: Rng) -> list[Part]:
    """A mattress with its bedding; x: its head end. drop: how far the duvet hangs."""
    bed = bedding(style, across, length, -length / 2, drop, rng, f"fabric/knit/{style.inks[1]}")
    laid = [p.moved(z=TOP - MATTRESS_TOP).turned(90).moved(x + length / 2) for p in bed]
    return [mattress(length - 0.02, across - 0.03, TOP, THICK, style).moved(x + length / 2), *laid]


def _spindled(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Spindles at both ends, the foot's lower, between turned posts."""
    w, d, h = size
    wood, low, parts = style.case, h * 0.72, list[Part]()
    for sx, tall in ((-1, h), (1, low)):
        x = sx * (w / 2 - 0.03)
        parts += [
            tube(line((x, s * (d / 2 - 0.03), 0), (x, s * (d / 2 - 0.03), tall), 3), 0.026, wood, 12) for s in (-1, 1)
        ]
        parts += [p.turned(90).moved(x) for p in rail(style, d - 0.08, 0.32, tall - 0.04, 0.12)]
    parts += [box(w - 0.06, 0.03, 0.12, wood, 0.006).moved(0, s * (d / 2 - 0.045), 0.245) for s in (-1, 1)]
    parts.append(box(w - 0.08, d - 0.12, 0.03, wood, 0.004).moved(0, 0, 0.26))
    return [*parts, *_made_up(w - 0.20, d - 0.17, -w / 2 + 0.065, style, 0.20, rng)]


def _padded(size: Size, style: Style, rng: Rng) -> list[Part]:
    """An upholstered base on short feet and a padded head with a welt."""
    w, d, h = size
    cloth, t = style.sofas[0], 0.09
    parts = [
        box(w - 0.13, d - 0.20, 0.18, cloth, 0.02, 4, 2).moved(-0.045, 0, 0.20),
        *[p.moved(-0.035) for p in legs("block", w - 0.12, d - 0.16, 0.12, style.wood, style.metal)],
    ]
    head = cushion(d, t, h - 0.12, cloth, r=0.04, puff=0.003, wrinkle=0.002, core=14)
    cord = piping(d - 0.02, h - 0.14, 0, cloth, 0.04, 0.005).turned(90, "x").moved(0, -t / 2 + 0.012)
    parts += [p.turned(90).moved(-w / 2 + t / 2, 0, 0.12 + (h - 0.12) / 2) for p in (head, cord)]
    return [*parts, *_made_up(w - t - 0.05, d - 0.15, -w / 2 + t + 0.005, style, 0.33, rng)]


def _low(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A planked deck on slim legs, with a slatted headboard."""
    w, d, h = size
    kind = "tapered" if style.legs == "plinth" else style.legs
    parts = [*planked(w, d - 0.06, 0.03, style.wood, 0.27), *legs(kind, w, d - 0.06, 0.25, style.wood, style.metal)]
    x = -w / 2 + 0.014
    parts += [box(0.028, d, 0.07, style.wood, 0.006).moved(x, 0, z) for z in (h * 0.70, h - 0.035)]
    for y in np.linspace(-d * 0.46, d * 0.46, 5):
        parts.append(box(0.028, 0.036, h - 0.26, style.wood, 0.005).moved(x, float(y), 0.26 + (h - 0.26) / 2))
    return [*parts, *_made_up(w - 0.075, d - 0.15, -w / 2 + 0.035, style, 0.20, rng)]


daybed = by_form("daybed", {"spindled": _spindled, "padded": _padded, "low": _low})

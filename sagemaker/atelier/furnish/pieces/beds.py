"""Beds, made: frame, headboard, mattress and what lies on it."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.bedding import MATTRESS_TOP, SHORT_DROP, SIDE_DROP, SKIRT, bedding
from atelier.furnish.pieces.common import Size
from atelier.furnish.pieces.headboards import HEADBOARDS, LOW, base
from atelier.furnish.shapes import Part
from atelier.furnish.soft import cushion
from atelier.furnish.styles import Style


def bed(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """size: outer width, length with headboard, height of the headboard."""
    w, length, h = size
    thick, form = 0.10, style.form("bed")
    mw = w - 2 * SKIRT
    ml = length - thick - SKIRT - 0.01
    y0 = -length / 2 + SKIRT
    centre = y0 + ml / 2
    parts = base(form, style, mw, ml, centre)
    parts += [p.moved(0, length / 2 - thick / 2, 0) for p in HEADBOARDS[form](style, mw + 0.06, h, thick)]
    mattress = cushion(mw - 0.04, ml - 0.06, 0.24, style.sheets, r=0.07, puff=0.004, wrinkle=0.002, seed=1)
    parts.append(mattress.moved(0, centre, MATTRESS_TOP - 0.125))
    drop = SHORT_DROP if form in LOW else SIDE_DROP
    return parts + bedding(style, mw, ml, y0, drop, rng, f"fabric/knit/{style.inks[1]}")

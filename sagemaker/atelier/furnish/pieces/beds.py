"""Beds, made: frame, mattress, a duvet that falls, pillows and a throw."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from atelier.furnish.pieces.common import Size
from atelier.furnish.pieces.headboards import HEADBOARDS, LOW, base
from atelier.furnish.shapes import Part
from atelier.furnish.soft import cloth, cushion, drape, leaning, pillow, settled_on, within
from atelier.furnish.styles import Style
from atelier.model import F64

MATTRESS_TOP = 0.54
FOOT_DROP = 0.30
"""how far the duvet hangs over the foot end, metres."""
SIDE_DROP, SHORT_DROP = 0.30, 0.20
"""how far it hangs at the sides; less where a wooden deck is meant to be seen."""
SKIRT = 0.10
"""room that hanging bedding takes beside the mattress, metres; part of the stated size."""
LAYER = 0.016
"""how far one cloth's middle lies above the next, metres."""
CELL = 0.060
"""spacing of simulated cloth, metres."""


def bed(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """size: outer width, length with headboard, height of the headboard."""
    w, length, h = size
    thick, form = 0.10, style.form("bed")
    mw = w - 2 * SKIRT
    ml = length - thick - SKIRT - 0.01
    y0 = -length / 2 + SKIRT
    centre = y0 + ml / 2
    parts = base(form, style, mw, ml, centre)
    parts += [p.moved(0, length / 2 - thick / 2, 0) for p in HEADBOARDS[form](style, mw + 0.10, h, thick)]
    mattress = cushion(mw - 0.04, ml - 0.06, 0.24, style.sheets, r=0.07, puff=0.004, wrinkle=0.002, seed=1)
    parts.append(mattress.moved(0, centre, MATTRESS_TOP - 0.125))
    return parts + _bedding(style, mw, ml, y0, SHORT_DROP if form in LOW else SIDE_DROP, rng)


def _bedding(style: Style, mw: float, ml: float, y0: float, drop: float, rng: np.random.Generator) -> list[Part]:
    reach, foot = ml - 0.58, min(drop, FOOT_DROP)
    wide, long = round(mw + 2 * drop, 3), round(reach + foot, 3)
    block = (round(mw + 0.04, 3), 4.0, MATTRESS_TOP + 0.035, 0.075)
    duvet = drape(wide, long, block, (round(wide / CELL), round(long / CELL)), int(rng.integers(3)), foot=foot)
    duvet = within(
        duvet + np.array([0, y0 + long / 2 - foot, 0]),
        (-mw / 2 - SKIRT + 0.015, y0 - SKIRT + 0.015),
        (mw / 2 + SKIRT - 0.015, 9.0),
    )
    duvet = _hemmed(duvet, MATTRESS_TOP + 0.035 - drop)
    over = np.array([-mw / 2 - 0.012, y0 + 0.01, -1.0]), np.array([mw / 2 + 0.012, 9.0, MATTRESS_TOP + 0.012])
    parts = cloth(duvet, style.duvet, loft=0.036, seed=int(rng.integers(90)), dense=2, hem=0.010, over=over)
    under = parts[0]
    # the sheet folded back over the duvet's head end, and a throw across the foot, fall on both sides
    for width, depth, y, material, hem in (
        (mw + 2 * drop - 0.10, 0.36, reach - 0.06, style.sheets, 0.009),
        (mw + 2 * drop - 0.04, 0.60, 0.62, f"fabric/knit/{style.inks[1]}", 0.007),
    ):
        raised = (round(mw + 0.10, 3), 4.0, MATTRESS_TOP + 0.07, 0.085)
        band = drape(round(width, 3), depth, raised, (round(width / CELL), round(depth / CELL)), int(rng.integers(3)))
        laid = within(band + np.array([0, y0 + y, 0]), (-mw / 2 - SKIRT + 0.01, -9.0), (mw / 2 + SKIRT - 0.01, 9.0))
        resting = settled_on(laid, under, LAYER, dense=3)
        parts += cloth(resting, material, loft=0.004, seed=int(rng.integers(90)), dense=1, hem=hem)
    return parts + _pillows(style, mw, y0 + ml, rng)


def _hemmed(points: F64, hem: float, soft: float = 0.02) -> F64:
    """Cloth whose hem hangs level: a duvet is cut and filled so that its corners fold, where a tablecloth's drop."""
    below = np.maximum(hem - points[..., 2:], 0)
    level = points + np.array([0, 0, 1]) * (below - soft * np.tanh(below / (4 * soft)))
    eased = gaussian_filter(level, (1.6, 1.6, 0), mode="nearest")
    share = np.clip(below / 0.05, 0, 1)
    return np.asarray(level * (1 - share) + eased * share, np.float64)


def _pillows(style: Style, mw: float, head: float, rng: np.random.Generator) -> list[Part]:
    """Made as in a hotel, with two lying flat, or simply: one home, one habit."""
    habit, wide = int(rng.integers(3)), mw > 1.15
    spots = (-mw * 0.248, mw * 0.248) if wide else (0.0,)
    pw = min(0.70, mw * 0.47)
    parts = _lying(style, spots, pw, head, rng) if habit == 1 else _standing(style, spots, pw, head, rng)
    if wide and habit != 2:
        for x in (-0.27, 0.27):
            p = pillow(0.48, 0.48, 0.16, style.cushions[0], rng.uniform(0, 50), chop=0.014 * (rng.random() < 0.5))
            p = leaning(p.turned(rng.uniform(-4, 4)), 36 + rng.uniform(-3, 3), rng.uniform(-8, 8))
            parts.append(p.moved(x + rng.uniform(-0.02, 0.02), head - 0.46, MATTRESS_TOP + 0.225))
    p = pillow(rng.uniform(0.48, 0.60), 0.30, 0.14, style.cushions[1], rng.uniform(0, 50))
    x, back = (rng.uniform(-0.03, 0.03), 0.60) if habit != 2 else (spots[-1] * 0.7, 0.46)
    return [*parts, leaning(p, 42, rng.uniform(-7, 7)).moved(x, head - back, MATTRESS_TOP + 0.165)]


def _standing(style: Style, spots: tuple[float, ...], pw: float, head: float, rng: np.random.Generator) -> list[Part]:
    """Two rows leaning on the headboard."""
    parts = []
    for x in spots:
        for tilt, back, material, k in ((20, 0.13, style.sheets, 0.0), (33, 0.30, style.duvet, -0.03)):
            p = pillow(pw + k, 0.50 + k, 0.21, material, rng.uniform(0, 50), chop=0.02)
            p = leaning(p, tilt + rng.uniform(-2, 2), rng.uniform(-3, 3))
            parts.append(p.moved(x + rng.uniform(-0.012, 0.012), head - back, MATTRESS_TOP + 0.235 + k))
    return parts


def _lying(style: Style, spots: tuple[float, ...], pw: float, head: float, rng: np.random.Generator) -> list[Part]:
    """One pillow flat, the other lying on it with its edge against the headboard."""
    parts = []
    for x in spots:
        low = pillow(pw, 0.48, 0.19, style.sheets, rng.uniform(0, 50)).turned(rng.uniform(-3, 3))
        high = pillow(pw - 0.02, 0.47, 0.19, style.duvet, rng.uniform(0, 50)).turned(rng.uniform(-4, 4))
        parts.append(low.moved(x, head - 0.28, MATTRESS_TOP + 0.085))
        parts.append(high.turned(24, "x").moved(x + rng.uniform(-0.015, 0.015), head - 0.24, MATTRESS_TOP + 0.245))
    return parts

"""Beds, made: frame, mattress, a duvet that falls, pillows and a throw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from atelier.furnish.pieces.common import Size
from atelier.furnish.pieces.headboards import HEADBOARDS, LOW, base
from atelier.furnish.shapes import Part, noise, sheet, weld_normals
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
SHOULDER, CORNER = 0.065, 0.08
"""radii over which a duvet turns from the bed's top to its sides, and round its foot's corners, metres."""
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
    reach = ml - 0.58
    under = duvet(mw, y0, y0 + reach, min(drop, FOOT_DROP), style.duvet, float(rng.uniform(0, 90)))
    parts = [under]
    # the sheet folded back over the duvet's head end, and a throw across the foot, fall on both sides
    for width, depth, y, material, hem in (
        (mw + 2 * drop - 0.10, 0.36, reach - 0.06, style.sheets, 0.009),
        (mw + 2 * drop - 0.04, 0.60, 0.62, f"fabric/knit/{style.inks[1]}", 0.009),
    ):
        raised = (round(mw + 0.10, 3), 4.0, MATTRESS_TOP + 0.07, 0.085)
        band = drape(round(width, 3), depth, raised, (round(width / CELL), round(depth / CELL)), int(rng.integers(3)))
        laid = within(band + np.array([0, y0 + y, 0]), (-mw / 2 - SKIRT + 0.01, -9.0), (mw / 2 + SKIRT - 0.01, 9.0))
        resting = settled_on(laid, under, LAYER, dense=3)
        parts += cloth(resting, material, loft=0.010, seed=int(rng.integers(90)), dense=1, hem=hem)
    return parts + _pillows(style, mw, y0 + ml, rng)


def duvet(mw: float, foot: float, head: float, drop: float, material: str, seed: float) -> Part:
    """A filled duvet over a mattress mw wide, from `head` to over the foot end: one surface, so that no corner of it
    can stand up as a fin. Its sides hang in soft folds that widen downwards, its hem is level and as thick as it is.

    Rings follow the bed's outline from the middle of the top outwards, over a round shoulder and down.
    """
    top, half, fold_in = MATTRESS_TOP + 0.035, mw / 2 + 0.014, 0.028
    inner = np.linspace(half, SHOULDER, max(16, round(mw / 0.07)))
    turn = np.linspace(0, np.pi / 2, 6)[1:]
    down = np.linspace(0, drop - SHOULDER, 8)[1:]
    edge = np.array([0.006, fold_in * 0.6, fold_in])
    inset = np.r_[inner, SHOULDER * (1 - np.sin(turn)), 0 * down, edge]
    fall = np.r_[0 * inner, SHOULDER * (1 - np.cos(turn)), SHOULDER + down, drop + np.array([0.010, 0.012, -0.004])]
    way, along = _round_the_bed(mw, foot, head)
    hanging = np.clip(fall / drop, 0, 1)[None] ** 1.4
    at = np.stack([along, 0 * along, 0 * along + seed], -1)
    corner = np.abs(way).min(1)
    # what hangs short stands off less: the folds keep their slope
    folds = 0.030 * noise(at * 2.6, seed) + 0.018 * noise(at * 6.5, seed + 2) + 0.016 * corner
    stands_off = drop / SIDE_DROP * np.clip(0.022 + folds, -0.004, 0.058)
    out = inset[None] - hanging * stands_off[:, None]
    x, y = _contour(half, foot - 0.014, head, out, way)
    z = top - fall[None] - 0.010 * hanging * noise(at * 1.3, seed + 4)[:, None]
    spread = np.maximum(fall - SHOULDER, 0)[None, :, None] * way[:, None]
    flat = np.stack([x, y], -1) + spread
    surface = sheet(np.stack([x, y, z], -1), material, flat)
    filled = (1 - 0.45 * hanging) * (np.arange(len(fall)) < len(fall) - len(edge))  # not where the hem turns in
    return _plump(surface, np.broadcast_to(filled, z.shape).ravel(), seed)


def _round_the_bed(mw: float, foot: float, head: float) -> tuple[F64, F64]:
    """Outward directions (n, 2) round a bed from its head's +x corner to the −x one, and the way gone there, metres."""
    side, across = max(20, round((head - foot) / 0.04)), max(16, round(mw / 0.04))
    a = np.linspace(0, np.pi / 2, 10)[1:-1]
    turned = np.c_[np.cos(a), -np.sin(a)]
    right, front = np.tile([1.0, 0.0], (side, 1)), np.tile([0.0, -1.0], (across, 1))
    way = np.concatenate([right, turned, front, (turned * [-1, 1])[::-1], right * [-1, 1]])
    lengths = [(head - foot, side), (0.16, len(a)), (mw, across), (0.16, len(a)), (head - foot, side)]
    return way, np.cumsum(np.concatenate([np.full(n, length / n) for length, n in lengths]))


def _contour(half: float, foot: float, head: float, inset: F64, way: F64) -> tuple[F64, F64]:
    """x and y (n, m) of the bed's outline drawn in by `inset` (n, m) metres at each of the n directions."""
    r = np.maximum(CORNER - inset, 0.0)
    cx, cy = half - inset - r, foot + inset + r
    sx = np.sign(way[:, :1])
    x, y = sx * cx + way[:, :1] * r, cy + way[:, 1:] * r
    straight, front = way[:, 1] == 0, way[:, 0] == 0
    right = straight & (way[:, 0] > 0)
    for mask, k in ((right, np.linspace(0, 1, right.sum())), (straight & ~right, np.linspace(1, 0, right.sum()))):
        y[mask] = head + (cy[mask] - head) * k[:, None]
    x[front] = cx[front] * np.linspace(1, -1, front.sum())[:, None]
    return x, y


def _plump(p: Part, loft: F64, seed: float) -> Part:
    """Filling that has shifted about, and the creases of a cover that was shaken out; `loft` scales both."""
    v = p.vertices
    bent = v * np.array([4.2, 2.6, 4.2]) + 0.35 * noise(v * 2.2, seed + 1)[:, None]
    creases = np.exp(-((noise(bent, seed + 4) / 0.24) ** 2)) * np.clip(0.7 + 0.6 * noise(v * 1.5, seed + 6), 0.2, 1.4)
    height = 0.020 * noise(v * 2.2, seed, 2) + 0.009 * noise(v * 6.0, seed + 3) - 0.026 * creases + 0.014
    moved = weld_normals(v, p.faces) * (np.clip(height, -0.016, 0.045) * loft)[:, None]
    return replace(p, vertices=v + moved)


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

"""What lies on a bed that is made: a duvet that falls, the sheet turned down over it, a throw and pillows.

Everything is made for a bed whose head is at +y, its mattress' top at MATTRESS_TOP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from atelier.furnish.shapes import Part, noise, sheet, weld_normals
from atelier.furnish.soft import laid, leaning, pillow, rested
from atelier.furnish.styles import Style
from atelier.model import F64

MATTRESS_TOP = 0.54
SIDE_DROP, SHORT_DROP = 0.40, 0.22
"""how far a duvet hangs at the sides and the foot, metres; less where a wooden deck is meant to be seen."""
SKIRT = 0.10
"""room that hanging bedding takes beside the mattress, metres; part of the stated size."""
SHOULDER, CORNER = 0.065, 0.08
"""radii over which a duvet turns from the bed's top to its sides, and round its foot's corners, metres."""
HEM_TURN = 3
"""rings of a duvet in which its hem turns in."""
ROUNDED = 0.16
"""radius of a cover's own corners, where its hem rises to the head end, metres."""
PILLOW_END = 0.58
"""of a mattress, from its head: what the duvet leaves to pillows, metres."""


def bedding(
    style: Style, mw: float, ml: float, foot: float, drop: float, rng: np.random.Generator, knit: str
) -> list[Part]:
    """On a mattress mw × ml whose foot end is at y = foot. knit: the throw's cloth."""
    head = foot + ml - PILLOW_END
    under = duvet(mw, foot, head, drop, style.duvet, float(rng.uniform(0, 90)))
    turned = _across(mw, head, drop, (head - 0.27, head - 0.03), 0.035, 0.0, rng)
    throw = _across(
        mw, head, drop, (foot + 0.34, foot + 0.86), 0.06, float(rng.choice([-1, 1]) * rng.uniform(0.02, 0.05)), rng
    )
    seed = float(rng.uniform(0, 90))
    parts = [under, laid(turned, under, 0.012, style.sheets, 0.004, seed, roll=0.085)]
    parts.append(laid(throw, under, 0.013, knit, 0.017, seed + 7))
    return parts + _pillows(style, mw, foot + ml, rng)


def _hem(drop: float, from_head: F64) -> F64:
    """How far a cover hangs at places that far from its head end: its lower corner there is round."""
    into = np.clip(1 - from_head / ROUNDED, 0, 1)
    return drop - ROUNDED * (1 - np.sqrt(1 - into**2))


def _across(
    mw: float, head: float, drop: float, band: tuple[float, float], shorter: float, skew: float,
    rng: np.random.Generator,
) -> F64:  # fmt: skip
    """Where a cloth that crosses the bed lies on the unrolled duvet: (n, m, 2), u across and v along, metres.

    It ends `shorter` than the duvet on both sides, `skew` metres farther along on one side than on the other.
    """
    s, t = np.meshgrid(np.linspace(-1, 1, max(60, round(mw / 0.022))), np.linspace(0, 1, 26), indexing="ij")
    seed, low, high = float(rng.uniform(0, 50)), *band
    gather = 1 - 0.05 * (skew != 0) * np.clip(noise(np.stack([s * 1.1, 0 * s, 0 * s], -1), seed), -0.8, 1.5)
    stray = 0.008 * noise(np.stack([s * 1.6, t * 0.4, 0 * s], -1), seed + 3) * (skew != 0)
    v = np.clip((low + high) / 2 + (t - 0.5) * (high - low) * gather + skew * s + stray, band[0] - 0.1, head - 0.012)
    hang = _hem(drop, head - v) - SHOULDER - shorter
    uneven = 0.018 * noise(np.stack([t * 1.2, np.sign(s), 0 * s], -1), seed + 5) * np.abs(s) ** 4
    return np.stack([s * (mw / 2 + hang + uneven), v], -1)


def duvet(mw: float, foot: float, head: float, drop: float, material: str, seed: float) -> Part:
    """A filled duvet over a mattress mw wide, from `head` to over the foot end: one surface, so that no corner of it
    can stand up as a fin. Its sides hang in soft folds that widen downwards; its hem is as thick as it is.

    Rings follow the bed's outline from the middle of the top outwards, over a round shoulder and down. Its uv is
    the cover unrolled flat, metres: what lies on it is placed by that.
    """
    top, half, fold_in = MATTRESS_TOP + 0.035, mw / 2 + 0.014, 0.028
    inner = np.linspace(half, SHOULDER, max(16, round(mw / 0.07)))
    turn = np.linspace(0, np.pi / 2, 6)[1:]
    down = np.linspace(0, 1, 10)[1:]
    edge = np.array([0.006, fold_in * 0.6, fold_in])
    way, along = _round_the_bed(mw, foot, head)
    hem = _hem(drop, np.minimum(along, along[-1] - along))[:, None]
    inset = np.r_[inner, SHOULDER * (1 - np.sin(turn)), 0 * down, edge]
    fixed = np.r_[0 * inner, SHOULDER * (1 - np.cos(turn))]
    fall = np.concatenate(
        [np.broadcast_to(fixed, (len(along), len(fixed))), SHOULDER + down * (hem - SHOULDER),
         hem + np.array([0.010, 0.012, -0.004])], axis=1,
    )  # fmt: skip
    hanging = np.clip(fall / drop, 0, 1) ** 1.3
    x, y = _contour(half, foot - 0.014, head, inset[None] - hanging * _folds(way, along, drop, seed)[:, None], way)
    z = (
        top
        - fall
        - 0.010 * hanging * noise(np.stack([along, 0 * along, 0 * along + seed], -1) * 1.3, seed + 4)[:, None]
    )
    spread = np.maximum(fall - SHOULDER, 0)[..., None] * way[:, None]
    surface = sheet(np.stack([x, y, z], -1), material, np.stack([x, y], -1) + spread)
    filled = (1 - 0.55 * hanging) * (np.arange(fall.shape[1]) < fall.shape[1] - HEM_TURN)  # not where the hem turns in
    return _plump(surface, filled.ravel(), seed)


def _folds(way: F64, along: F64, drop: float, seed: float) -> F64:
    """How far what hangs stands off at the hem, metres: rounded folds with sharper valleys between, deep at corners.

    What hangs short stands off less: the folds keep their slope.
    """
    at = np.stack([along, 0 * along, 0 * along + seed], -1)
    ripple = np.abs(noise(at * 1.9, seed)) ** 0.8
    folds = 0.040 * (ripple - 0.55) + 0.012 * noise(at * 6.5, seed + 2) + 0.020 * np.abs(way).min(1)
    return np.asarray(drop / SIDE_DROP * np.clip(0.026 + folds, -0.004, 0.066), np.float64)


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
    height = 0.015 * noise(v * 2.2, seed, 2) + 0.009 * noise(v * 6.0, seed + 3) - 0.026 * creases + 0.011
    moved = weld_normals(v, p.faces) * (np.clip(height, -0.016, 0.045) * loft)[:, None]
    return replace(p, vertices=v + moved)


def _pillows(style: Style, mw: float, head: float, rng: np.random.Generator) -> list[Part]:
    """Made as in a hotel, with two lying flat, or simply: one home, one habit."""
    habit, wide = int(rng.integers(3)), mw > 1.15
    spots = (-mw * 0.248, mw * 0.248) if wide else (0.0,)
    pw = min(0.70, mw * (0.47 if wide else 0.72))
    parts = _lying(style, spots, pw, head, rng) if habit == 1 else _standing(style, spots, pw, head, rng)
    loose = []
    if wide and habit != 2:
        for x in (-0.27, 0.27):
            p = pillow(0.48, 0.48, 0.16, style.cushions[0], rng.uniform(0, 50), chop=0.014 * (rng.random() < 0.5))
            p = leaning(p.turned(rng.uniform(-4, 4)), 36 + rng.uniform(-3, 3), rng.uniform(-8, 8))
            loose.append(p.moved(x + rng.uniform(-0.02, 0.02), head - 0.46, MATTRESS_TOP + 0.225))
    p = pillow(rng.uniform(0.48, 0.60), 0.30, 0.14, style.cushions[1], rng.uniform(0, 50))
    x, back = (rng.uniform(-0.03, 0.03), 0.60) if habit != 2 else (spots[-1] * 0.7, 0.46)
    loose.append(leaning(p, 42, rng.uniform(-7, 7)).moved(x, head - back, MATTRESS_TOP + 0.165))
    return _in_rows(parts, loose)


def _in_rows(parts: list[Part], loose: Sequence[Part]) -> list[Part]:
    """Each further pillow brought forward until it only dents those behind it."""
    for p in loose:
        parts.append(rested(p, parts, 0.02))
    return parts


def _standing(style: Style, spots: tuple[float, ...], pw: float, head: float, rng: np.random.Generator) -> list[Part]:
    """Two rows leaning on the headboard."""
    parts: list[Part] = []
    for x in spots:
        for tilt, back, material, k in ((20, 0.13, style.sheets, 0.0), (33, 0.30, style.duvet, -0.03)):
            p = pillow(pw + k, 0.50 + k, 0.21, material, rng.uniform(0, 50), chop=0.02)
            p = leaning(p, tilt + rng.uniform(-2, 2), rng.uniform(-3, 3))
            loose = p.moved(x + rng.uniform(-0.012, 0.012), head - back, MATTRESS_TOP + 0.235 + k)
            parts.append(rested(loose, parts, 0.03))
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

"""Sofas, armchairs, lounge chairs, ottomans and benches."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, legs, pick
from atelier.furnish.shapes import Part, box, curve, disc, line, place, tube
from atelier.furnish.soft import cushion, leaning, pillow, piping, tufts
from atelier.furnish.styles import Arm, Back, Style

SEAT = 0.43
"""height of a compressed seat, metres."""


def sofa(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    cloth = style.sofas[0]
    count = max(1, min(style.seats, round((size[0] - 0.3) / 0.62)))
    parts = _upholstered(size, style, cloth, count, style.arm, style.back, rng)
    return parts + _scatter(size, style, rng)


def loveseat(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    cloth = style.sofas[0]
    parts = _upholstered(size, style, cloth, 2, style.arm, style.back, rng)
    return parts + _scatter(size, style, rng)


def armchair(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    cloth = style.chairs[0]
    if style.arm == "wood" or style.lounge == "frame":
        return _show_wood(size, style, cloth, rng)
    parts = _upholstered(size, style, cloth, 1, style.arm, "tight" if style.back == "loose" else style.back, rng)
    bolster = pillow(0.46, 0.30, 0.13, pick(rng, style.cushions), rng.uniform(0, 9))
    return [*parts, leaning(bolster, 26, rng.uniform(-6, 6)).moved(0, size[1] / 2 - 0.33, SEAT + 0.16)]


def sectional(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A sofa with a chaise on its right (+x) end: the chaise is 0.95 m wide and as deep as the piece."""
    w, depth, h = size
    d, chaise = 0.95, 0.95
    cloth = style.sofas[0]
    back_shift = (depth - d) / 2
    body = _upholstered((w, d, h), style, cloth, 3, style.arm, style.back, rng)
    parts = place(body, y=back_shift)
    length = depth - d + 0.12
    front = -depth / 2 + length / 2
    x = w / 2 - chaise / 2
    parts.append(box(chaise - 0.02, length, 0.20, cloth, 0.03).moved(x, front, 0.22))
    parts.append(_seat(chaise - 0.02, length, cloth, rng).moved(x, front, SEAT - 0.055))
    parts += place(legs(style.legs, chaise, length, 0.13, style.wood, style.metal), x, front)
    return parts + place(_scatter((w, d, h), style, rng), y=back_shift)


def _seat(w: float, d: float, cloth: str, rng: np.random.Generator, h: float = 0.17) -> Part:
    return cushion(w, d, h, cloth, r=0.05, puff=0.008, crown=0.026, wrinkle=0.009, seed=rng.uniform(0, 50))


def _upholstered(
    size: Size, style: Style, cloth: str, count: int, arm: Arm, back: Back, rng: np.random.Generator
) -> list[Part]:
    w, d, h = size
    aw = {"track": 0.16, "slim": 0.09, "rolled": 0.20, "slope": 0.20, "pad": 0.16, "wood": 0.05}[arm]
    aw = min(aw, w * 0.2)
    lift = 0.05 if style.legs == "plinth" else 0.14
    inner = w - 2 * aw
    parts = [box(w - 0.03, d - 0.05, 0.30 - lift, cloth, 0.025, 6, 3).moved(0, 0.005, lift + (0.30 - lift) / 2)]
    parts += legs(style.legs, w, d, lift + 0.01, style.wood, style.metal)
    for side in (-1, 1):
        parts += _arm(arm, side, w, d, h, aw, lift, cloth, style, rng)
    rear = d / 2 - 0.10
    shell = box(inner + 0.06 if arm != "wood" else w, 0.18, h - lift - 0.06, cloth, 0.055, 10, 4)
    parts.append(shell.turned(-4, "x").moved(0, rear, lift + (h - lift - 0.06) / 2))
    cw = inner / count
    seat_depth = d - 0.26
    for i in range(count):
        x = -inner / 2 + cw * (i + 0.5)
        parts.append(_seat(cw - 0.004, seat_depth, cloth, rng).moved(x, -0.10, SEAT - 0.06))
        if style.back == "loose":
            welt = piping(cw - 0.012, seat_depth - 0.008, 0, cloth, 0.055, 0.0045)
            parts += [welt.moved(x, -0.10, SEAT - 0.06 + dz) for dz in (-0.058, 0.062)]
    return parts + _backrest(back, inner, count, d, h, cloth, rng)


def _backrest(
    back: Back, inner: float, count: int, d: float, h: float, cloth: str, rng: np.random.Generator
) -> list[Part]:
    parts: list[Part] = []
    height = h - SEAT + 0.03
    y, z = d / 2 - 0.265, SEAT + height / 2 - 0.005
    cw = inner / count
    if back == "loose":
        for i in range(count):
            part = cushion(cw - 0.012, 0.17, height, cloth, r=0.075, puff=0.032, wrinkle=0.014, seed=rng.uniform(0, 50))
            part = part.turned(-12 + rng.uniform(-1.5, 1.5), "x").turned(rng.uniform(-1.5, 1.5))
            parts.append(part.moved(-inner / 2 + cw * (i + 0.5), y, z))
    elif back == "channel":
        n = max(4, round(inner / 0.15))
        for i in range(n):
            part = cushion(inner / n + 0.004, 0.15, height, cloth, r=0.06, puff=0.006, wrinkle=0.002, seed=i, core=8)
            parts.append(part.turned(-9, "x").moved(-inner / 2 + inner / n * (i + 0.5), y + 0.03, z))
    else:
        part = cushion(
            inner - 0.01, 0.15, height, cloth, r=0.06, puff=0.012, wrinkle=0.004, seed=rng.uniform(0, 9), core=44
        )
        if back == "tufted":
            part = part.warped(lambda v: tufts(v, 0.17, 0.15))
        parts.append(part.turned(-10, "x").moved(0, y + 0.02, z))
    return parts


def _arm(
    arm: Arm, side: int, w: float, d: float, _h: float, aw: float, lift: float, cloth: str, style: Style,
    rng: np.random.Generator,
) -> list[Part]:  # fmt: skip
    x, seed = side * (w - aw) / 2, rng.uniform(0, 40)
    if arm == "wood":
        x = side * (w / 2 - 0.03)
        parts = [box(0.055, d - 0.06, 0.03, style.wood, 0.012).moved(x, -0.01, 0.60)]
        parts += [box(0.045, 0.045, 0.60, style.wood, 0.008).moved(x, y, 0.30) for y in (-d / 2 + 0.07, d / 2 - 0.09)]
        return [*parts, box(0.04, d - 0.1, 0.05, style.wood, 0.008).moved(x, 0, lift + 0.05)]
    if arm == "rolled":
        body = cushion(aw * 0.62, d - 0.04, 0.50 - lift, cloth, r=0.03, puff=0.004, wrinkle=0.003, seed=seed)
        parts = [body.moved(x - side * aw * 0.12, 0, lift + (0.50 - lift) / 2)]
        y = np.linspace(-d / 2 + 0.012, d / 2 - 0.06, 14)
        radius = np.r_[0.075, 0.086, np.full(12, 0.088)]
        roll = tube(np.c_[np.full(14, x + side * 0.01), y, np.full(14, 0.545)], radius, cloth, 28)
        ring = np.linspace(0, 2 * np.pi, 25)[:-1]
        cord = np.c_[x + side * 0.01 + 0.078 * np.cos(ring), np.full(24, -d / 2 + 0.014), 0.545 + 0.078 * np.sin(ring)]
        face = disc(0.080, 0.008, cloth, 28).turned(90, "x").moved(x + side * 0.01, -d / 2 + 0.014, 0.545)
        return [*parts, roll, face, tube(cord, 0.006, cloth, 6, closed=True)]
    top = 0.62 if arm != "slope" else 0.56
    part = cushion(
        aw, d - 0.015, top - lift, cloth, r=0.075 if arm == "slope" else 0.03, puff=0.006, wrinkle=0.004, seed=seed
    )
    if arm == "slope":
        part = part.warped(
            lambda v: v + np.c_[np.zeros((len(v), 2)), 0.07 * np.clip(v[:, 1] / d, -0.5, 0.5) * (v[:, 2] > 0)]
        )
    return [part.moved(x, 0, lift + (top - lift) / 2)]


def _scatter(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Cushions in the corners, at the angles people leave them at."""
    w, d, _ = size
    spots = [(-w / 2 + 0.42, 20, 0.50), (w / 2 - 0.42, -18, 0.50)]
    if w > 1.7:
        spots.append((-w / 2 + 0.74, 9, 0.44))
    if w > 2.05:
        spots.append((w / 2 - 0.76, -12, 0.42))
    parts = []
    for i, (x, yaw, edge) in enumerate(spots):
        tall = edge if i != 3 else edge * 0.66
        p = pillow(edge, tall, 0.17, style.cushions[i % len(style.cushions)], rng.uniform(0, 50), chop=0.03 * (i < 2))
        p = leaning(p, 24 + rng.uniform(-4, 4), yaw + rng.uniform(-5, 5))
        parts.append(p.moved(x, d / 2 - 0.43 - 0.06 * (i > 1), SEAT + tall * 0.44 + 0.03))
    return parts


def _show_wood(size: Size, style: Style, cloth: str, rng: np.random.Generator) -> list[Part]:
    """An easy chair: loose cushions in an open wooden frame."""
    w, d, h = size
    wood, x = style.wood, w / 2 - 0.03
    parts = [
        cushion(w - 0.16, d - 0.20, 0.13, cloth, r=0.045, crown=0.022, seed=rng.uniform(0, 9)).moved(0, -0.04, 0.385),
        cushion(w - 0.17, 0.13, h - 0.36, cloth, r=0.055, puff=0.024, wrinkle=0.009, seed=rng.uniform(0, 9))
        .turned(-17, "x")
        .moved(0, d / 2 - 0.21, 0.38 + (h - 0.36) / 2),
    ]
    for s in (-1, 1):
        front = curve([(s * x, -d / 2 + 0.03, 0), (s * x, -d / 2 + 0.05, 0.3), (s * x, -d / 2 + 0.06, 0.56)], 8)
        rear = curve([(s * x, d / 2 - 0.03, 0), (s * x, d / 2 - 0.10, 0.3), (s * x, d / 2 - 0.15, 0.54)], 8)
        parts += [
            tube(front, np.linspace(0.014, 0.020, 8), wood, 12),
            tube(rear, np.linspace(0.014, 0.020, 8), wood, 12),
        ]
        rest = curve([(s * x, -d / 2 + 0.0, 0.575), (s * x, -0.08, 0.59), (s * x, d / 2 - 0.13, 0.545)], 12)
        parts.append(tube(rest, 0.021, wood, 12))
        parts.append(tube(line((s * x, -d / 2 + 0.05, 0.30), (s * x, d / 2 - 0.1, 0.27)), 0.015, wood, 10))
        parts.append(
            tube(
                line((s * (x - 0.08), d / 2 - 0.16, 0.30), (s * (x - 0.08), d / 2 - 0.035, h - 0.03), 3),
                0.014,
                wood,
                10,
            )
        )
    for y, z in ((-d / 2 + 0.05, 0.30), (d / 2 - 0.1, 0.27)):
        parts.append(tube(line((-x, y, z), (x, y, z)), 0.015, wood, 10))
    for k in range(4):
        t = 0.35 + 0.2 * k
        y, z = d / 2 - 0.16 + 0.125 * t, 0.30 + (h - 0.33) * t
        parts.append(tube(line((-x + 0.08, y, z), (x - 0.08, y, z)), 0.010, wood, 8))
    p = pillow(0.42, 0.28, 0.12, style.cushions[0], rng.uniform(0, 9))
    return [*parts, leaning(p, 22, rng.uniform(-8, 8)).moved(0, d / 2 - 0.32, 0.60)]


def ottoman(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    cloth = style.chairs[0]
    parts = legs(style.legs, w, d, 0.12, style.wood, style.metal)
    parts.append(box(w - 0.01, d - 0.01, h - 0.26, cloth, 0.03, 6, 3).moved(0, 0, 0.11 + (h - 0.26) / 2))
    top = cushion(w - 0.005, d - 0.005, 0.15, cloth, r=0.045, puff=0.005, crown=0.02, seed=rng.uniform(0, 9))
    welt = piping(w - 0.012, d - 0.012, h - 0.15, cloth, 0.05)
    return [*parts, top.moved(0, 0, h - 0.09), welt]


def bench(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    cloth = style.chairs[0]
    pad = cushion(w, d, 0.11, cloth, r=0.035, puff=0.004, crown=0.014, wrinkle=0.004, seed=rng.uniform(0, 9), core=22)
    frame = box(w - 0.05, d - 0.05, 0.05, style.leg, 0.006).moved(0, 0, h - 0.13)
    welt = [piping(w - 0.008, d - 0.008, h - 0.06 + dz, cloth, 0.04, 0.004) for dz in (-0.035, 0.037)]
    return [pad.moved(0, 0, h - 0.062), frame, *welt, *legs(style.legs, w, d, h - 0.11, style.wood, style.metal)]

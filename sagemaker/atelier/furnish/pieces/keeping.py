"""Baskets, outdoor planters and lanterns, and a child's things."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form, filled
from atelier.furnish.pieces.foliage import GOLDEN, blade, leaves, spiral
from atelier.furnish.pieces.lamp_parts import ball, smooth
from atelier.furnish.shapes import Part, box, curve, disc, lathe, line, noise, place, tube
from atelier.furnish.soft import cushion
from atelier.furnish.styles import Style
from atelier.model import F64

STRAW = ("rattan/c49f6b", "rattan/a97f4e", "rattan/d6bd92")


def _woven(w: float, d: float, h: float, material: str, flare: float) -> list[Part]:
    """A basket wall with a rolled rim, hollow."""
    r = w / 2
    t = np.linspace(0, 1, 12)
    wall = np.c_[r * (1 - flare + flare * np.sin(t * np.pi * 0.62) / np.sin(np.pi * 0.62)), 0.004 + t * (h - 0.02)]
    inside = wall[::-1] * [0.95, 1] + [0, 0.0]
    body = lathe(np.r_[[[0, 0], [wall[0, 0], 0]], wall, inside[:-1], [[0, 0.02]]], material, 44)
    a = np.linspace(0, 2 * np.pi, 49)[:-1]
    rim = tube(
        np.c_[wall[-1, 0] * np.cos(a), wall[-1, 0] * np.sin(a), np.full(48, h - 0.014)], 0.013, material, 8, closed=True
    )
    return [p.scaled(1, d / w, 1) for p in (body, rim)]


def _tall(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """With two handles and a throw hanging out."""
    w, d, h = size
    material = STRAW[int(rng.integers(3))]
    parts = _woven(w, d, h * 0.86, material, 0.12)
    for s in (-1, 1):
        loop = [
            (s * w * 0.46, -0.05, h * 0.80),
            (s * w * 0.47, -0.05, h * 0.95),
            (s * w * 0.47, 0.05, h * 0.95),
            (s * w * 0.46, 0.05, h * 0.80),
        ]
        parts.append(tube(curve(loop, 14), 0.008, material, 8))
    cloth = cushion(
        w * 0.62,
        d * 0.5,
        h * 0.34,
        f"fabric/knit/{style.accent(0)}",
        r=0.05,
        puff=0.01,
        wrinkle=0.016,
        seed=float(rng.uniform(0, 9)),
        core=16,
    )
    return [*parts, cloth.turned(20).moved(0, 0, h * 0.83)]


def _low(size: Size, _style: Style, rng: np.random.Generator) -> list[Part]:
    """A broad low basket, its weave in two tones."""
    w, d, h = size
    tone = int(rng.integers(3))
    lower = _woven(w, d, h * 0.55, STRAW[tone], 0.10)
    upper = [p.moved(z=h * 0.45) for p in _woven(w * 0.985, d * 0.985, h * 0.55, STRAW[(tone + 1) % 3], 0.02)]
    return [*lower, *upper]


basket = by_form("basket", {"tall": _tall, "low": _low})


def planter_outdoor(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A square tub of grasses and lavender."""
    w, d, h = size
    tall = h * 0.42
    tub = f"clay/{style.neutrals[2] if style.slug in {'modern', 'industrial'} else style.neutrals[1]}"
    parts = [
        box(w * 0.84, d * 0.84, tall, tub, 0.012).moved(0, 0, tall / 2),
        box(w * 0.78, d * 0.78, 0.02, "soil", 0.004).moved(0, 0, tall - 0.004),
    ]
    n = 170
    a = spiral(n)
    r = w * 0.34 * np.sqrt((np.arange(n) + 0.5) / n)
    at = np.c_[r * np.cos(np.deg2rad(a)), r * np.sin(np.deg2rad(a)), np.full(n, tall - 0.01)]
    shape = blade(1.0, 0.03, n=6, m=2, tip=0.8, curl=0.24, fold=0.0)
    size_of = (h - tall) * rng.uniform(0.70, 1.08, n)
    parts.append(
        leaves(
            shape,
            at,
            a,
            84 - 38 * r / (w * 0.34) + rng.uniform(-6, 6, n),
            rng.uniform(-40, 40, n),
            size_of,
            "leaf/566145",
        )
    )
    for k in range(26):
        q, g = w * 0.33 * np.sqrt((k + 0.5) / 26), np.deg2rad(GOLDEN * k + 40)
        tip = np.array([q * 1.25 * np.cos(g), q * 1.25 * np.sin(g), tall + (h - tall) * rng.uniform(0.72, 0.98)])
        stem = line((tip[0] * 0.7, tip[1] * 0.7, tall), tip, 4)
        parts.append(tube(stem, 0.0025, "leaf/566145", 4))
        parts.append(ball(0.5, "leaf/7d6f9c", 10).scaled(0.024, 0.024, 0.08).moved(*(float(v) for v in tip)))
    return filled(parts, size)


def lantern_outdoor(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A framed lantern with a carrying ring and a thick candle."""
    w, d, h = size
    metal, body = style.metal, h * 0.72
    half = w / 2 - 0.012
    parts = [
        box(0.018, 0.018, body, metal, 0.003).moved(sx * half, sy * half * d / w, body / 2)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    parts += [box(w, d, 0.022, metal, 0.004).moved(0, 0, z) for z in (0.011, body)]
    roof = lathe(
        smooth([(w * 0.66, 0), (w * 0.40, h * 0.07), (w * 0.16, h * 0.13), (0.02, h * 0.15), (0, h * 0.15)], 2),
        metal,
        4,
    ).turned(45)
    a = np.linspace(0, 2 * np.pi, 25)[:-1]
    ring = tube(
        np.c_[w * 0.17 * np.cos(a), 0 * a, h - w * 0.17 - 0.004 + w * 0.17 * np.sin(a)], 0.005, metal, 8, closed=True
    )
    wax = disc(w * 0.20, body * 0.42, f"ceramic/{style.neutrals[0]}/0.2", 28, 0.008).moved(0, 0, 0.022)
    wick = tube(line((0, 0, body * 0.44), (0, 0, body * 0.49)), 0.0015, "paint/26262a", 5)
    return [*parts, roof.scaled(1, d / w, 1).moved(0, 0, body), ring, wax, wick]


def toys(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Stacking rings, a few blocks and a wooden car."""
    w, d, h = size
    tones = [f"paint/{style.accent(k)}" for k in range(4)]
    parts = []
    a = np.linspace(0, 2 * np.pi, 29)[:-1]
    base_r, step = w * 0.17, h * 0.17
    parts.append(disc(base_r, step * 0.5, "wood/pale-oak", 32).moved(-w * 0.30, d * 0.10, 0))
    for k in range(4):
        r = base_r * (0.80 - 0.12 * k)
        ring = tube(np.c_[r * np.cos(a), r * np.sin(a), 0 * a], step * 0.52, tones[k], 12, closed=True)
        parts.append(ring.moved(-w * 0.30, d * 0.10, step * (1.0 + k)))
    parts.append(ball(step * 0.6, "wood/pale-oak", 18).moved(-w * 0.30, d * 0.10, h - step * 0.6))
    side = w * 0.13
    for k, (x, y, z, turn) in enumerate(((0.06, 0.22, 0, 12), (0.20, 0.20, 0, -18), (0.12, 0.21, 1, 30))):
        block = box(side, side, side, tones[(k + 1) % 4] if k else "wood/birch", 0.004)
        parts.append(block.turned(turn + float(rng.uniform(-5, 5))).moved(x * w, y * d, side * (0.5 + z)))
    car = [
        box(w * 0.30, d * 0.20, h * 0.14, "wood/birch", 0.012).moved(0, 0, h * 0.15),
        cushion(w * 0.16, d * 0.18, h * 0.14, tones[0], r=0.02, puff=0.0, wrinkle=0.0, core=6).moved(
            -w * 0.02, 0, h * 0.28
        ),
    ]
    for sx in (-1, 1):
        for sy in (-1, 1):
            wheel = disc(h * 0.085, 0.014, "wood/walnut", 20).turned(90, "x")
            car.append(wheel.moved(sx * w * 0.09, sy * d * 0.10 + 0.007, h * 0.085))
    return [*parts, *place(car, w * 0.28, -d * 0.30, 0, -20)]


def _plush(r: float, material: str, seed: float, n: int = 26) -> Part:
    """A ball of short fur."""
    one = ball(r, material, n)
    return one.warped(lambda v: v * (1 + 0.03 * noise(v * 30, seed, 2))[:, None])


def teddy(size: Size, _style: Style, rng: np.random.Generator) -> list[Part]:
    """Sits with its legs out, facing −y."""
    w, d, h = size
    fur, pale = (
        ("fabric/sheepskin/b98d5e", "fabric/sheepskin/dcc39a")
        if rng.random() < 0.6
        else ("fabric/sheepskin/cfc4b4", "fabric/sheepskin/ece3d4")
    )
    seed = float(rng.uniform(0, 9))
    parts = [_plush(0.5, fur, seed).scaled(w * 0.56, d * 0.52, h * 0.52).moved(0, d * 0.14, h * 0.27)]
    parts.append(_plush(0.5, pale, seed).scaled(w * 0.36, d * 0.2, h * 0.34).moved(0, -d * 0.06, h * 0.26))
    head = (0.0, d * 0.08, h * 0.72)
    parts.append(_plush(0.5, fur, seed + 1).scaled(w * 0.54, d * 0.50, h * 0.44).moved(*head))
    parts.append(
        _plush(0.5, pale, seed + 2).scaled(w * 0.24, d * 0.20, h * 0.17).moved(0, head[1] - d * 0.21, h * 0.67)
    )
    parts.append(
        ball(0.5, "paint/2c2420", 12).scaled(w * 0.08, d * 0.05, h * 0.05).moved(0, head[1] - d * 0.31, h * 0.71)
    )
    for s in (-1, 1):
        parts.append(ball(w * 0.022, "paint/2a2220", 10).moved(s * w * 0.10, head[1] - d * 0.235, h * 0.77))
        parts.append(
            _plush(0.5, fur, seed).scaled(w * 0.20, d * 0.12, h * 0.18).moved(s * w * 0.22, head[1] + 0.01, h * 0.91)
        )
        arm = _plush(0.5, fur, seed + 3).scaled(w * 0.20, d * 0.22, h * 0.36)
        parts.append(arm.turned(s * 28, "y").moved(s * w * 0.34, 0, h * 0.36))
        leg = _plush(0.5, fur, seed + 4).scaled(w * 0.25, d * 0.52, h * 0.23).turned(-s * 14)
        parts += [
            leg.moved(s * w * 0.25, -d * 0.22, h * 0.115),
            ball(0.5, pale, 14).scaled(w * 0.17, d * 0.05, h * 0.16).moved(s * w * 0.31, -d * 0.455, h * 0.12),
        ]
    return parts


def mobile(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Felt clouds and drops under a wooden cross. Hangs from the ceiling."""
    w, _, h = size
    cord = f"paint/{style.neutrals[1]}"
    parts = [
        tube(line((-w * 0.40, 0, h * 0.62), (w * 0.40, 0, h * 0.62), 2), 0.007, "wood/pale-oak", 8).turned(a)
        for a in (0, 90)
    ]
    parts += [
        tube(line((0, 0, h * 0.62), (0, 0, h), 2), 0.002, cord, 5),
        disc(0.03, 0.012, "wood/pale-oak", 20).moved(0, 0, h - 0.012),
    ]
    for k in range(5):
        a = np.deg2rad(90 * k)
        x, y = (0.0, 0.0) if k == 4 else (w * 0.40 * float(np.cos(a)), w * 0.40 * float(np.sin(a)))
        z = h * (0.05 + 0.13 * (k % 3))
        felt = f"fabric/plain/{style.accent(k)}" if k % 2 else f"fabric/boucle/{style.neutrals[0]}"
        parts.append(tube(line((x, y, z + 0.02), (x, y, h * 0.62), 2), 0.0012, cord, 5))
        parts += _cloud(x, y, z + h * 0.05, w * 0.10, felt) if k % 2 == 0 else _drop(x, y, z, w * 0.10, h * 0.12, felt)
    return parts


def _cloud(x: float, y: float, z: float, r: float, felt: str) -> list[Part]:
    return [
        ball(r * s, felt, 14).scaled(1, 0.6, 0.85).moved(x + dx * r, y, z + dz * r)
        for dx, dz, s in ((-0.55, -0.05, 0.45), (0, 0.15, 0.62), (0.55, -0.05, 0.45))
    ]


def _drop(x: float, y: float, z: float, r: float, tall: float, felt: str) -> list[Part]:
    t = np.linspace(0, 1, 12)
    profile: F64 = np.c_[r * 0.8 * np.sin(np.pi * t) * (1 - 0.55 * t), tall * t]
    return [lathe(profile, felt, 18).moved(x, y, z)]

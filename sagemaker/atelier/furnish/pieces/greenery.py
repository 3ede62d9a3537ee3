"""More plants: big paddles, fountains of straps, a fern, a trailing vine, rosettes, an orchid.

Each takes the crown's width and the height, the pot's height and radius, and gives what grows out of the pot.
"""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.foliage import GOLDEN, LEAF, along, blade, leaves, spiral, trunk_line
from atelier.furnish.shapes import Part, curve, tube


def strelitzia(w: float, h: float, pot: float, r: float, rng: np.random.Generator) -> list[Part]:
    """Paddles on long stalks that fan out from the soil, the old ones leaning."""
    parts = []
    count = 11
    shape = blade(min(0.55, h * 0.32), min(0.17, w * 0.20), n=12, m=5, tip=0.85, curl=0.30, fold=0.35)
    for i in range(count):
        u, a = i / (count - 1), np.deg2rad(GOLDEN * i)
        out = np.array([np.cos(a), np.sin(a), 0])
        reach, rise = w * (0.05 + 0.26 * u), (h - pot) * (0.72 - 0.38 * u) * rng.uniform(0.94, 1.04)
        root = out * r * 0.22 + [0, 0, pot * 0.85]
        stalk = curve([root, root + out * reach * 0.3 + [0, 0, rise * 0.6], root + out * reach + [0, 0, rise]], 12)
        parts.append(tube(stalk, np.linspace(0.010, 0.005, 12), "leaf/4f633f", 6))
        parts.append(
            leaves(
                shape,
                stalk[-1:],
                np.array([float(np.degrees(a))]),
                np.array([72.0 - 46 * u]),
                rng.uniform(-25, 25, 1),
                np.array([1.05 - 0.2 * u]),
                LEAF["strelitzia"],
            )
        )
    return parts


def dracaena(w: float, h: float, pot: float, _r: float, rng: np.random.Generator) -> list[Part]:
    """Three bare canes, each under a fountain of straps."""
    parts = []
    shape = blade(min(0.48, w * 0.58), 0.040, n=8, m=3, tip=0.9, curl=0.75, fold=0.30)
    for i, tall in enumerate((1.0, 0.72, 0.46)):
        a = np.deg2rad(120 * i + rng.uniform(-15, 15))
        base = np.array([0.05 * np.cos(a), 0.05 * np.sin(a), pot * 0.85])
        cane = trunk_line(base, np.array([0.07 * np.cos(a), 0.07 * np.sin(a), 0.0]), (h - pot) * tall * 0.68, rng, 14)
        parts.append(tube(cane, np.linspace(0.018, 0.014, 14) * (0.5 + h / 3), "bark", 8))
        n = 26
        up = (np.arange(n) + 0.5) / n
        at = cane[-1] + np.c_[0 * up, 0 * up, -0.10 + 0.12 * up]
        parts.append(
            leaves(
                shape,
                at,
                spiral(n),
                6 + 70 * up + rng.uniform(-6, 6, n),
                rng.uniform(-15, 15, n),
                1.0 - 0.25 * up,
                LEAF["dracaena"],
            )
        )
    return parts


def fern(w: float, h: float, pot: float, r: float, rng: np.random.Generator) -> list[Part]:
    """Arching fronds of many small leaflets."""
    parts = []
    leaflet = blade(min(0.055, w * 0.15), min(0.014, w * 0.04), n=3, m=2, curl=0.2, fold=0.0)
    for i in range(26):
        a, u = np.deg2rad(GOLDEN * i), np.sqrt((i + 0.5) / 26)
        out = np.array([np.cos(a), np.sin(a), 0])
        reach, rise = w / 2 * (0.35 + 0.62 * u), (h - pot) * (1.0 - 0.62 * u**2) * rng.uniform(0.85, 1.0)
        root = out * r * 0.3 + [0, 0, pot * 0.85]
        rib = curve(
            [
                root,
                root + out * reach * 0.35 + [0, 0, rise],
                root + out * reach * 0.75 + [0, 0, rise * 0.85],
                root + out * reach + [0, 0, rise * 0.45],
            ],
            22,
        )
        parts.append(tube(rib, np.linspace(0.0016, 0.0008, 22), LEAF["fern"], 4))
        k = np.repeat(np.arange(3, 22), 2)
        side = np.tile([-1.0, 1.0], 19)
        yaw = float(np.degrees(a)) + side * 72
        length = 0.35 + 0.75 * np.sin(np.pi * np.clip((k - 2) / 20, 0, 1)) ** 0.8
        parts.append(leaves(leaflet, rib[k], yaw, -8 + rng.uniform(-10, 10, len(k)), side * 10, length, LEAF["fern"]))
    return parts


def pothos(w: float, h: float, pot: float, r: float, rng: np.random.Generator) -> list[Part]:
    """Heart leaves that mound over the pot and trail down its side."""
    parts = []
    heart = blade(min(0.10, w * 0.30), min(0.075, w * 0.22), n=7, m=5, tip=0.6, curl=0.35, fold=0.2)
    for i in range(15):
        a, trail = np.deg2rad(GOLDEN * i), i % 2 == 0
        out = np.array([np.cos(a), np.sin(a), 0])
        root = out * r * 0.25 + [0, 0, pot * 0.9]
        reach = w / 2 * rng.uniform(0.65, 0.95)
        end = out * reach + [0, 0, pot * rng.uniform(0.15, 0.6) if trail else h * rng.uniform(0.75, 0.95)]
        peak = out * reach * (0.75 if trail else 0.45) + [0, 0, pot * 1.2 if trail else h * 0.8]
        vine = curve([root, peak, end], 12)
        parts.append(tube(vine, 0.0018, "leaf/52633f", 4))
        at, _, _ = along(vine, 3, 1, rng)
        n = len(at)
        way = float(np.degrees(a)) + np.where(np.arange(n) % 2, 45, -45) + rng.uniform(-15, 15, n)
        parts.append(
            leaves(
                heart,
                at,
                way,
                rng.uniform(-35, 25, n) - 25 * trail,
                rng.uniform(-25, 25, n),
                rng.uniform(0.7, 1.1, n),
                LEAF["pothos"],
            )
        )
    return parts


def succulent(w: float, _h: float, pot: float, r: float, rng: np.random.Generator) -> list[Part]:
    """Rosettes of thick pointed leaves, one large and four small."""
    parts = []
    for i, (x, y, size) in enumerate(
        ((0, 0, 1.0), (0.55, 0.2, 0.55), (-0.5, 0.35, 0.5), (-0.2, -0.6, 0.55), (0.4, -0.5, 0.42))
    ):
        n = 34
        u = (np.arange(n) + 0.5) / n
        length = w * 0.40 * size
        shape = blade(length, length * 0.42, n=6, m=5, tip=1.5, curl=-0.35, fold=0.45)
        at = np.tile([x * r, y * r, pot * 0.92 + 0.02 * size], (n, 1)) + np.c_[0 * u, 0 * u, length * 0.20 * (1 - u)]
        tone = (LEAF["succulent"], "leaf/93a98f", "leaf/8f8f86")[i % 3]
        parts.append(
            leaves(
                shape,
                at,
                spiral(n),
                78 - 62 * u,
                np.zeros(n) + rng.uniform(-4, 4, n),
                0.35 + 0.65 * u,
                tone,
            )
        )
    return parts


def orchid(w: float, h: float, pot: float, _r: float, rng: np.random.Generator) -> list[Part]:
    """Two bowed sprays of white flowers over strap leaves."""
    base = blade(min(0.24, w * 0.62), min(0.075, w * 0.18), n=8, m=5, tip=0.8, curl=0.55, fold=0.3)
    n = 5
    at = np.tile([0, 0, pot * 0.9], (n, 1)).astype(np.float64)
    parts = [
        leaves(
            base,
            at,
            spiral(n),
            rng.uniform(12, 38, n),
            np.zeros(n),
            rng.uniform(0.8, 1.1, n),
            LEAF["orchid"],
        )
    ]
    petal = blade(h * 0.085, h * 0.075, n=6, m=4, tip=0.75, curl=0.15, fold=0.15)
    for k in range(2):
        a = np.deg2rad(200 * k - 60)
        c, s = float(np.cos(a)), float(np.sin(a))
        spray = curve(
            [
                (0.01 * c, 0.01 * s, pot * 0.9),
                (0.08 * w * c, 0.08 * w * s, h * 0.66),
                (0.26 * w * c, 0.26 * w * s, h * (0.93 - 0.06 * k)),
                (0.48 * w * c, 0.48 * w * s, h * (0.88 - 0.10 * k)),
            ],
            26,
        )
        parts.append(tube(spray, np.linspace(0.003, 0.0014, 26), "leaf/566141", 6))
        for i in range(12, 26, 3):
            turn = np.array([90.0, 18, -54, 198, 126]) + rng.uniform(-6, 6)
            spot = np.tile(spray[i] + [0, 0, -0.01], (5, 1))
            flower = leaves(
                petal,
                np.zeros((5, 3)),
                turn,
                np.full(5, 12.0),
                np.zeros(5),
                np.array([1.0, 1, 0.9, 0.9, 1]),
                "leaf/e4ddd8",
            )
            faced = flower.turned(78, "x").turned(float(np.degrees(a)) + 90 + (25 if i % 4 else -25))
            parts.append(Part(faced.vertices + spot[0], faced.faces, faced.uv, faced.material, True))
    return parts

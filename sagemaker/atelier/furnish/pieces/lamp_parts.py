"""Shades, globes, bulbs, feet and poles that lamps are put together from. Only the bulbs emit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from atelier.furnish.shapes import Part, curve, lathe, tube
from atelier.model import F64

LINEN_SHADE, WOVEN_SHADE, OPAL, PAPER = "shade/e0d8c6", "rattan/c49f6b", "shade/e8e2d4", "shade/ebe3d0"
CORD = "paint/2a2a2c"


def smooth(profile: ArrayLike, per: int = 4) -> F64:
    """A (radius, z) profile of few points rounded off."""
    p = np.asarray(profile, np.float64)
    return curve(np.c_[p, np.zeros(len(p))], len(p) * per)[:, :2].clip(0)


def bulb(x: float, y: float, z: float, r: float = 0.03) -> Part:
    t = np.linspace(0, np.pi, 10 if r > 0.02 else 7)
    return lathe(np.c_[r * np.sin(t), -r * np.cos(t)], "bulb", 16 if r > 0.02 else 10).moved(x, y, z)


def candle(x: float, y: float, z: float, metal: str) -> list[Part]:
    pan = lathe([(0, 0), (0.028, 0.004), (0.030, 0.012), (0.012, 0.012), (0, 0.012)], metal, 20).moved(x, y, z)
    wax = lathe([(0.010, 0), (0.010, 0.075), (0, 0.078)], "ceramic/e6dfce/0.2", 14).moved(x, y, z + 0.012)
    flame = bulb(x, y, z + 0.11, 0.014).warped(lambda v: v + np.c_[0 * v[:, :2], 0.9 * (v[:, 2] - z - 0.11)])
    return [pan, wax, flame]


def ball(r: float, material: str, n: int = 32) -> Part:
    t = np.linspace(0, np.pi, max(10, n * 2 // 3))
    return lathe(np.c_[r * np.sin(t), -r * np.cos(t)], material, n)


def globe(r: float, x: float, y: float, z: float) -> list[Part]:
    """A ball of opal glass."""
    return [ball(r, OPAL, 36 if r > 0.08 else 18).moved(x, y, z), bulb(x, y, z, min(0.02, r * 0.4))]


def drum(bottom: float, top: float, z0: float, z1: float, material: str = LINEN_SHADE, n: int = 48) -> list[Part]:
    """An open shade with rolled hems, and its bulb."""
    wall = lathe([(bottom, z0), (top, z1), (top - 0.003, z1), (bottom - 0.003, z0), (bottom, z0)], material, n)
    ring = np.linspace(0, 2 * np.pi, n + 1)[:-1]
    circle = np.c_[np.cos(ring), np.sin(ring), np.zeros(n)]
    hems = [
        tube(circle * [r, r, 0] + [0, 0, z], 0.0035, material, 6, closed=True)
        for r, z in ((bottom - 0.001, z0), (top - 0.001, z1))
    ]
    return [wall, *hems, bulb(0, 0, (z0 + z1) / 2)]


def bell(bottom: float, top: float, z0: float, z1: float, material: str = LINEN_SHADE) -> list[Part]:
    """An empire shade whose sides sweep in, with pleats."""
    t = np.linspace(0, 1, 12)
    radius = top + (bottom - top) * (1 - t) ** 1.7
    outer = np.c_[radius, z0 + (z1 - z0) * t]
    wall = lathe(np.r_[outer, (outer - [0.003, 0])[::-1], outer[:1]], material, 60)

    def pleat(v: F64) -> F64:
        angle = np.arctan2(v[:, 1], v[:, 0])
        out = v.copy()
        out[:, :2] *= (1 + 0.012 * np.cos(angle * 30))[:, None]
        return out

    return [wall.warped(pleat), bulb(0, 0, z0 + 0.45 * (z1 - z0))]


def dome(r: float, h: float, z: float, material: str, thickness: float = 0.004) -> Part:
    """Half an ellipsoid open below, its rim at height z."""
    t = np.linspace(0, np.pi / 2, 18)
    outer = np.c_[r * np.cos(t), h * np.sin(t)]
    inner = np.c_[(r - thickness) * np.cos(t), (h - thickness) * np.sin(t)][::-1]
    return lathe(np.r_[outer, inner, outer[:1]], material, 48).moved(z=z)


def paper(r: float, h: float, z: float, ribs: int = 22) -> list[Part]:
    """A ribbed paper lantern centred at height z."""
    t = np.linspace(0.16, np.pi - 0.16, 70)
    bulge = 1 + 0.012 * np.abs(np.sin(t * ribs))
    return [lathe(np.c_[r * np.sin(t) * bulge, -h / 2 * np.cos(t) / np.cos(0.16)], PAPER, 44).moved(z=z), bulb(0, 0, z)]


def openwork(profile: ArrayLike, material: str, hoops: int, ribs: int, wire: float = 0.004) -> list[Part]:
    """A basket of bent canes: `ribs` along the (radius, z) profile, `hoops` around it."""
    p = smooth(profile, 6)
    parts = []
    for k in range(ribs):
        a = 2 * np.pi * k / ribs
        parts.append(tube(np.c_[p[::2, 0] * np.cos(a), p[::2, 0] * np.sin(a), p[::2, 1]], wire, material, 5))
    ring = np.linspace(0, 2 * np.pi, 29)[:-1]
    for i in np.linspace(0, len(p) - 1, hoops).round().astype(int):
        r, z = p[i]
        if r > 0.01:
            around = np.c_[r * np.cos(ring), r * np.sin(ring), np.full(28, z)]
            parts.append(tube(around, wire * 0.9, material, 5, closed=True))
    return parts


def foot(r: float, material: str, h: float = 0.034) -> Part:
    """A weighted round base, slightly domed."""
    return lathe([(0, 0), (r, 0), (r * 1.02, h * 0.35), (r, h * 0.8), (0.02, h), (0, h)], material, 44)


def pole(z0: float, z1: float, radius: float, material: str, x: float = 0.0, y: float = 0.0) -> Part:
    return tube([(x, y, z0), (x, y, (z0 + z1) / 2), (x, y, z1)], radius, material, 12)


def hook(h: float, drop: float, metal: str) -> list[Part]:
    """A ceiling rose and the cord from it down to height `drop`."""
    rose = lathe([(0, 0), (0.052, 0.004), (0.055, 0.02), (0, 0.02)], metal, 28).moved(z=h - 0.02)
    return [rose, pole(drop, h, 0.0035, CORD)]

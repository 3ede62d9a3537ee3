"""Procedural surface textures that tile, at most 512 × 512, sRGB uint8. Noise is shaped in the Fourier domain.

Every function is deterministic in its arguments. Colours are sRGB 0…1.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from atelier.model import F32, F64, U8

SIZE = 384
RGB = tuple[float, float, float]

DARKEST, BRIGHTEST = 0.09, 0.92
"""albedo limits in sRGB: nothing in a home is pure black or pure white."""


def rgb(hexes: str) -> RGB:
    """'c8bfb0' → sRGB 0…1."""
    return int(hexes[0:2], 16) / 255, int(hexes[2:4], 16) / 255, int(hexes[4:6], 16) / 255


def encode(image: F64) -> U8:
    return np.asarray(np.round(np.clip(image, DARKEST, BRIGHTEST) * 255), np.uint8)


@lru_cache(maxsize=96)
def field(seed: int, across: float, along: float, n: int = SIZE, band: float = 0.0) -> F32:
    """Periodic (n, n) noise of unit variance; features `across` rows tall and `along` columns wide, in pixels.

    band > 0 keeps only frequencies near those sizes (blobs and loops in place of clouds).
    """
    fy, fx = np.fft.fftfreq(n)[:, None] * across, np.fft.rfftfreq(n)[None] * along
    f = np.hypot(fy, fx)
    amplitude = np.exp(-(((f - 0.5) / band) ** 2)) if band else np.exp(-2.0 * f**2)
    white = np.fft.rfft2(np.random.default_rng(seed).normal(size=(n, n)))
    white[0, 0] = 0
    out = np.fft.irfft2(white * amplitude, (n, n))
    out = out / max(float(out.std()), 1e-9)
    small: F32 = out.astype(np.float32)
    small.setflags(write=False)
    return small


def coords(n: int = SIZE) -> tuple[F64, F64]:
    """(row, column) fractions 0…1 of an (n, n) image."""
    rows, columns = np.mgrid[0:n, 0:n] / n
    return rows, columns


def _tint(colour: RGB, shade: F64) -> F64:
    return np.asarray(np.array(colour) * (1 + shade)[..., None], np.float64)


def fabric(kind: str, colour: RGB, seed: int = 0) -> U8:
    """plain, melange, linen, boucle, velvet, knit, twill or sheepskin."""
    y, x = coords()
    cloud = 0.018 * field(seed, 120, 120)
    if kind == "boucle":
        loops = field(seed + 1, 7, 7, band=0.16) + 0.6 * field(seed + 2, 4, 4, band=0.2)
        return encode(_tint(colour, cloud + 0.085 * np.tanh(loops)))
    if kind == "velvet":
        nap = 0.028 * field(seed + 1, 90, 60) + 0.02 * field(seed + 2, 3, 14)
        return encode(_tint(colour, nap))
    if kind == "knit":
        bump = np.abs(np.sin(np.pi * (y * 28 + 0.25 * np.abs(((x * 24) % 1) * 2 - 1))))
        rib = np.abs(np.sin(np.pi * x * 24))
        return encode(_tint(colour, cloud + 0.16 * (bump * rib - 0.5) + 0.03 * field(seed, 3, 3)))
    if kind == "sheepskin":
        tufts = field(seed + 1, 16, 16, band=0.2) + 0.5 * field(seed + 2, 6, 6)
        return encode(_tint(colour, cloud + 0.06 * tufts))
    strength = {"plain": 0.03, "melange": 0.05, "linen": 0.026, "twill": 0.035}[kind]
    yarn = field(seed + 1, 2.4, 26 if kind != "linen" else 44) + field(seed + 2, 26 if kind != "linen" else 34, 2.4)
    weave = np.sin(2 * np.pi * (96 * x + (96 * y if kind == "twill" else 0))) * 0.02
    return encode(_tint(colour, cloud + weave + strength * 0.7 * yarn))


def pattern(kind: str, ground: RGB, ink: RGB, seed: int = 0) -> U8:
    """Cushion and curtain cloth: stripe, ticking, gingham, mudcloth, ikat, block or floral."""
    y, x = coords()
    wobble = 0.010 * field(seed, 40, 40)
    mask: NDArray[np.floating] = np.zeros_like(x)
    if kind == "stripe":
        mask = (((x * 10 + wobble) % 1) < 0.5) * 1.0
    elif kind == "ticking":
        t = (x * 12) % 1
        mask = ((t < 0.14) | ((t > 0.30) & (t < 0.36)) | ((t > 0.80) & (t < 0.86))) * 1.0
    elif kind == "gingham":
        mask = (((x * 14) % 1 < 0.5) * 0.5) + (((y * 14) % 1 < 0.5) * 0.5)
    elif kind == "mudcloth":
        u, v = (x * 6 + wobble * 2) % 1, (y * 8 + wobble * 2) % 1
        zigzag = np.abs(v - 0.5 - 0.25 * (np.abs(u - 0.5) * 4 - 1)) < 0.09
        dots = (np.hypot(u - 0.5, v - 0.5) < 0.16) & (np.floor(y * 8) % 3 == 0)
        mask = np.where(np.floor(y * 8) % 3 == 1, zigzag, dots) * 1.0
    elif kind == "ikat":
        u = np.abs((x * 2 + 0.03 * field(seed, 4, 30)) % 1 - 0.5) + np.abs((y * 2 + wobble) % 1 - 0.5)
        mask = (((u * 4) % 1) < 0.45) * 1.0
    elif kind == "block":
        mask = ((x * 2) % 1 < 0.5) * 0.85 + 0.0 * y
    elif kind == "floral":
        mask = _flowers(seed)
    else:
        raise ValueError(f"unknown cloth pattern {kind!r}")
    mask = mask * (0.86 + 0.08 * field(seed + 3, 3, 3)).clip(0.5, 1)
    base = np.array(ground) * (1 - mask[..., None]) + np.array(ink) * mask[..., None]
    return encode(base * (1 + 0.03 * field(seed + 1, 1.6, 20) + 0.03 * field(seed + 2, 20, 1.6))[..., None])


def _flowers(seed: int) -> F64:
    rng = np.random.default_rng(seed)
    y, x = coords()
    mask = np.zeros_like(x)
    for _ in range(26):
        cx, cy, size, turn = rng.random(), rng.random(), rng.uniform(0.03, 0.075), rng.uniform(0, 6)
        reach = int(size * SIZE) + 1
        rows, columns = (np.arange(int(c * SIZE) - reach, int(c * SIZE) + reach) % SIZE for c in (cy, cx))
        patch = np.ix_(rows, columns)
        dy, dx = (y[patch] - cy + 0.5) % 1 - 0.5, (x[patch] - cx + 0.5) % 1 - 0.5
        angle, radius = np.arctan2(dy, dx) + turn, np.hypot(dx, dy) / size
        petals = 0.65 + 0.35 * np.cos(angle * 5)
        mask[patch] = np.maximum(mask[patch], ((radius < petals) & (radius > 0.22)) * rng.uniform(0.5, 1.0))
    return mask


WOODS: dict[str, tuple[RGB, RGB]] = {
    "oak": (rgb("b88f62"), rgb("d2b184")),
    "pale-oak": (rgb("c9ab84"), rgb("dec6a3")),
    "ash": (rgb("cdb795"), rgb("e0cfb3")),
    "birch": (rgb("d3b78d"), rgb("e4cfab")),
    "walnut": (rgb("59402c"), rgb("86644a")),
    "teak": (rgb("83522f"), rgb("ad7847")),
    "mahogany": (rgb("50281b"), rgb("7a4430")),
    "cherry": (rgb("7c472b"), rgb("a5694a")),
    "espresso": (rgb("33251d"), rgb("4e3b30")),
    "ebony": (rgb("262120"), rgb("3b3431")),
    "driftwood": (rgb("9a8a78"), rgb("bcae9b")),
    "reclaimed": (rgb("6b4c33"), rgb("a07a52")),
    "mango": (rgb("7d5a3a"), rgb("b58d61")),
    "white-oak": (rgb("d6c8b2"), rgb("e4d9c6")),
}


def wood(species: str, seed: int = 0) -> U8:
    """Planed boards, grain along columns; one tile is 0.9 m."""
    dark, light = (np.array(c) for c in WOODS[species])
    y, _ = coords()
    warp = 0.16 * field(seed + 1, 130, 420) + 0.02 * field(seed + 2, 24, 200)
    rings = 0.5 + 0.5 * np.sin(2 * np.pi * (9 * y + warp * 9))
    rings = rings**1.6
    pores = field(seed + 3, 1.4, 90) * 0.5 + field(seed + 4, 5, 160) * 0.5
    tone = field(seed + 5, 150, 400)
    t = np.clip(0.52 - 0.30 * (rings - 0.35) + 0.13 * pores + 0.12 * tone, 0, 1)
    if species == "reclaimed":
        t = np.clip(t + 0.22 * field(seed + 6, 60, 200) - 0.10 * (field(seed + 7, 8, 20) > 1.9), 0, 1)
    return encode(dark * (1 - t[..., None]) + light * t[..., None])


def stone(kind: str, colour: RGB, vein: RGB, seed: int = 0) -> U8:
    """marble, travertine, concrete or terrazzo."""
    y, x = coords()
    if kind == "marble":
        warp = field(seed, 150, 150) + 0.4 * field(seed + 1, 50, 50)
        ridge = np.exp(-((np.sin(2 * np.pi * (x + y) + warp * 1.5) / 0.09) ** 2)) * (
            0.4 + 0.4 * field(seed + 2, 90, 90)
        )
        t = np.clip(0.75 * ridge + 0.10 + 0.10 * field(seed + 3, 110, 110), 0, 1)
    elif kind == "travertine":
        bands = 0.5 + 0.22 * field(seed, 14, 260) + 0.16 * field(seed + 1, 60, 300)
        pits = (field(seed + 2, 3.5, 14) > 1.75) * 0.55
        t = np.clip(bands * 0.5 + pits, 0, 1)
    elif kind == "terrazzo":
        t = np.clip((np.abs(field(seed, 22, 22, band=0.15)) > 1.35) * (0.5 + 0.3 * field(seed + 1, 30, 30)), 0, 1)
    else:
        t = np.clip(0.3 + 0.16 * field(seed, 120, 120) + 0.06 * field(seed + 1, 8, 8), 0, 1)
    return encode(np.array(colour) * (1 - t[..., None]) + np.array(vein) * t[..., None])


def leather(colour: RGB, seed: int = 0) -> U8:
    wear = 0.06 * field(seed, 140, 140) + 0.03 * field(seed + 1, 40, 40)
    crease = -0.12 * np.exp(-((field(seed + 2, 16, 16) / 0.14) ** 2)) * np.clip(field(seed + 3, 90, 90), 0, 1)
    return encode(_tint(colour, wear + crease + 0.02 * field(seed + 4, 3, 3)))


def cane(colour: RGB, seed: int = 0) -> U8:
    """Woven cane webbing: octagonal holes in a pale lattice."""
    y, x = coords()
    u, v = (x * 24) % 1 - 0.5, (y * 24) % 1 - 0.5
    hole = np.clip((0.30 - np.maximum(np.hypot(u, v), 0)) * 12, 0, 1)
    return encode(_tint(colour, -0.55 * hole + 0.05 * field(seed, 4, 4)))


def rattan(colour: RGB, seed: int = 0) -> U8:
    """Basket weave: over and under strands."""
    y, x = coords()
    over = (np.floor(x * 16) + np.floor(y * 28)) % 2
    strand = np.abs(np.sin(np.pi * y * 28)) * (0.7 + 0.3 * np.abs(np.sin(np.pi * (x * 16 + 0.5 * over))))
    return encode(_tint(colour, 0.42 * (strand - 0.72) + 0.07 * field(seed, 3, 40)))


def leaf(colour: RGB, seed: int = 0) -> U8:
    """One leaf blade: u from stem to tip, v across; pale midrib and side veins. Fits a 0…1 mapping."""
    n = 96
    y, x = np.mgrid[0:n, 0:n] / n
    across = np.abs(y * 2 - 1)
    rib = np.exp(-((across / 0.05) ** 2))
    veins = np.exp(-((np.sin(np.pi * (x * 9 - across * 2.2)) / 0.16) ** 2)) * (1 - across)
    shade = 0.35 * rib + 0.12 * veins + 0.08 * field(seed, 40, 40, n) - 0.10 * across
    return encode(_tint(colour, shade) + 0.02 * rib[..., None])

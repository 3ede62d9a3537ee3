"""Surface textures that tile, sRGB uint8: shipped relief (see bake.py) in the style's colours.

Every function is deterministic in its arguments. Colours are sRGB 0…1.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from atelier.model import F32, F64, U8

DATA = Path(__file__).parent / "data"
SIZE = 384
RGB = tuple[float, float, float]

DARKEST, BRIGHTEST = 0.09, 0.92
"""albedo limits in sRGB: nothing in a home is pure black or pure white."""


def rgb(hexes: str) -> RGB:
    """'c8bfb0' → sRGB 0…1."""
    return int(hexes[0:2], 16) / 255, int(hexes[2:4], 16) / 255, int(hexes[4:6], 16) / 255


def encode(image: NDArray[np.floating]) -> U8:
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


def _tint(colour: RGB, shade: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.array(colour, np.float32) * (1 + shade)[..., None]


@cache
def relief(name: str) -> F32:
    """A shipped map (see bake.py), −1…1 around the surface's mean tone. Raises FileNotFoundError for no such map."""
    path = DATA / f"{name}.png"
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise FileNotFoundError(path)
    out: F32 = image.astype(np.float32) / 127.5 - 1
    out.setflags(write=False)
    return out


def _turned(image: F32, seed: int) -> F32:
    """The same tile starting elsewhere: two surfaces of one kind side by side do not match."""
    n = len(image)
    return np.roll(image, ((seed * 211) % n, (seed * 137) % n), (0, 1))


GAIN = {
    "plain": 0.12, "cotton": 0.04, "linen": 0.10, "melange": 0.09, "twill": 0.14, "boucle": 0.15, "velvet": 0.08,
    "knit": 0.17, "sheepskin": 0.14,
}  # fmt: skip
"""how strongly a weave's relief shades its colour: a few per cent, or cloth reads as salt and pepper across a room."""


def fabric(kind: str, colour: RGB, seed: int = 0) -> U8:
    """plain, cotton (a plain weave too fine to see), melange, linen, boucle, velvet, knit, twill or sheepskin."""
    weave = relief("plain" if kind == "cotton" else kind)
    return encode(_tint(colour, GAIN[kind] * _turned(weave, seed)))


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
    if kind not in {"ikat", "mudcloth", "floral"}:
        mask = np.clip(mask, 0, 1)
    both = np.stack([mask, mask, mask], -1)
    weave = np.tile(cv2.resize(relief("linen"), (SIZE // 2, SIZE // 2), interpolation=cv2.INTER_AREA), (2, 2))
    base = np.array(ground) * (1 - both) + np.array(ink) * both
    return encode(base * (1 + 0.17 * weave)[..., None])


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
    "oak": (rgb("a68662"), rgb("c3a680")),
    "pale-oak": (rgb("b39a7a"), rgb("cbb799")),
    "ash": (rgb("b8a78c"), rgb("d0c2a9")),
    "birch": (rgb("bba587"), rgb("d2c0a4")),
    "walnut": (rgb("59402c"), rgb("86644a")),
    "teak": (rgb("70492c"), rgb("976b45")),
    "mahogany": (rgb("50281b"), rgb("7a4430")),
    "cherry": (rgb("6b4530"), rgb("925f46")),
    "espresso": (rgb("33251d"), rgb("4e3b30")),
    "ebony": (rgb("262120"), rgb("3b3431")),
    "driftwood": (rgb("9a8a78"), rgb("bcae9b")),
    "reclaimed": (rgb("655039"), rgb("957859")),
    "mango": (rgb("6d5239"), rgb("9d7f5d")),
    "white-oak": (rgb("c0b199"), rgb("d4c8b3")),
}


_CUT = {
    "ash": "quartered", "birch": "quartered", "white-oak": "quartered", "pale-oak": "plainsawn", "ebony": "quartered",
    "espresso": "quartered", "mahogany": "quartered", "driftwood": "rustic", "reclaimed": "rustic", "mango": "rustic",
}  # fmt: skip
_CONTRAST = {
    "ebony": 0.5,
    "espresso": 0.5,
    "birch": 0.45,
    "white-oak": 0.6,
    "ash": 0.8,
    "reclaimed": 1.25,
    "mango": 1.1,
}


def wood(species: str, seed: int = 0) -> U8:
    """Planed boards, grain along columns; one tile is 1.6 m."""
    dark, light = (np.array(c, np.float32) for c in WOODS[species])
    grain = _turned(relief(_CUT.get(species, "plainsawn")), seed)
    t = np.clip(0.55 + 0.95 * _CONTRAST.get(species, 1.0) * grain, -0.25, 1.15)[..., None]
    return encode(dark * (1 - t) + light * t)


def stone(kind: str, colour: RGB, vein: RGB, seed: int = 0) -> U8:
    """marble, travertine, concrete or terrazzo."""
    if kind == "concrete":
        return encode(_tint(colour, 0.16 * _turned(relief("plaster"), seed)))
    t = ((_turned(relief(kind), seed) + 1) / 2)[..., None]
    return encode(np.array(colour, np.float32) * (1 - t) + np.array(vein, np.float32) * t)


def leather(colour: RGB, seed: int = 0) -> U8:
    return encode(_tint(colour, 0.22 * _turned(relief("leather"), seed) + 0.03 * _turned(relief("velvet"), seed)))


def clay(colour: RGB, seed: int = 0) -> U8:
    """Unglazed, thrown by hand: faint turning marks and specks."""
    return encode(_tint(colour, 0.06 * _turned(relief("plaster"), seed)))


def cane(colour: RGB, _seed: int = 0) -> U8:
    """Woven cane webbing: octagonal holes in a pale lattice, dark behind."""
    return encode(_tint(colour, 0.36 * relief("cane") - 0.30))


def rattan(colour: RGB, seed: int = 0) -> U8:
    """Basket weave: over and under strands."""
    return encode(_tint(colour, 0.55 * _turned(relief("rattan"), seed)))


def leaf(colour: RGB, seed: int = 0) -> U8:
    """One leaf blade: u from stem to tip, v across; pale midrib and side veins. Fits a 0…1 mapping."""
    n = 96
    y, x = np.mgrid[0:n, 0:n] / n
    across = np.abs(y * 2 - 1)
    rib = np.exp(-((across / 0.05) ** 2))
    veins = np.exp(-((np.sin(np.pi * (x * 9 - across * 2.2)) / 0.16) ** 2)) * (1 - across)
    shade = 0.35 * rib + 0.12 * veins + 0.08 * field(seed, 40, 40, n) - 0.10 * across
    return encode(_tint(colour, shade) + 0.02 * rib[..., None])

"""Textures that are pictures: rugs and book spines. Each maps once onto its piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from atelier.furnish.textures import RGB, encode, field, relief
from atelier.model import F64, U8

N, FINE = 448, 1280
"""pixels a pattern is drawn with, and those of the finished rug: 2 mm of pile each on a common rug."""
DEEP_M = 1.8
"""how deep a rug is taken to be when its pile is laid on."""
PILE: dict[str, tuple[str, float, float]] = {
    "jute": ("braid", 0.22, 0.46), "kilim": ("flatweave", 0.15, 0.28), "stripe": ("flatweave", 0.15, 0.28),
    "check": ("flatweave", 0.15, 0.28), "berber": ("boucle", 0.13, 0.20), "shag": ("pile", 0.15, 0.24),
    "plain": ("flatweave", 0.19, 0.30), "strokes": ("boucle", 0.13, 0.20), "ribbed": ("boucle", 0.13, 0.20),
}  # fmt: skip
"""kind → its surface's map, how strongly it shades and how wide its tile lies; others have cut pile."""


BRUSHED = {"shag", "border", "abstract", "vintage"}
"""kinds with a pile long enough to be brushed one way or the other."""


@dataclass(frozen=True)
class _Loom:
    """A rug to be drawn on: its ground (N, N, 3), places in fractions of its depth, and its colours."""

    image: F64
    x: F64
    y: F64
    edge: F64
    """distance from the nearest side."""
    aspect: float
    ground: F64
    ink: F64
    accent: F64
    seed: int
    wobble: F64
    """a hand's unsteadiness, as a distance."""


def rug(kind: str, colours: Sequence[RGB], aspect: float, seed: int = 0) -> U8:
    """A rug's face, one of KINDS, for a piece `aspect` wide. Raises ValueError for an unknown kind.

    colours: ground, line, then accents.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown rug {kind!r}")
    y, x = np.mgrid[0:N, 0:N] / N
    x = x * aspect
    edge = np.minimum(np.minimum(x, aspect - x), np.minimum(y, 1 - y))
    ground, ink, accent = (np.array(colours[k % len(colours)]) for k in range(3))
    # walked-on patches, and abrash: bands where the weaver went on with yarn of another dye lot
    wear = 0.012 * field(seed + 2, 60, 60, N) + 0.012 * field(seed + 1, 900, 26, N)
    # yarn is spun from many fleeces: rows heathered along the weft, and brushed patches where pile leans another way
    wear = wear + 0.015 * field(seed + 7, 1.6, 26, N) + (0.014 * field(seed + 8, 34, 70, N) if kind in BRUSHED else 0.0)
    wobble = np.asarray(0.012 * field(seed, 60, 60, N), np.float64)
    loom = _Loom(np.ones((N, N, 3)) * ground, x, y, edge, aspect, ground, ink, accent, seed, wobble)
    return _piled(KINDS[kind](loom) * (1 + wear)[..., None], kind, aspect, seed)


def _plain(loom: _Loom) -> F64:
    return loom.image


def _border(loom: _Loom) -> F64:
    image = loom.image
    for low, high in ((0.045, 0.066), (0.078, 0.083)):
        image = _paint(image, loom.ink, ((loom.edge > low) & (loom.edge < high)) * 0.7)
    return image


def _berber(loom: _Loom) -> F64:
    """A lattice of lozenges, by hand."""
    x, y, wobble = loom.x, loom.y, loom.wobble
    lattice = [np.abs(((x * 2.3 + s * y * 1.6 + wobble * 2) % 1) - 0.5) for s in (1, -1)]
    return _paint(loom.image, loom.ink, (np.minimum(*lattice) < 0.016 + 0.3 * np.abs(wobble)) * 0.6)


def _stripe(loom: _Loom) -> F64:
    """A ticking: one broad stripe between finer ones, softened by the yarn."""
    off = np.abs((loom.x * 7) % 1 - 0.5)
    image = _paint(loom.image, loom.ink, (off < 0.055) * (0.42 + 0.05 * field(loom.seed + 5, 3, 40, N)))
    image = _paint(image, loom.ink, (np.abs(off - 0.11) < 0.012) * 0.35)
    return _paint(image, loom.accent, (np.abs(off - 0.155) < 0.008) * 0.35)


def _check(loom: _Loom) -> F64:
    tone = 0.5 * (((loom.x * 5) % 1) < 0.5) + 0.5 * (((loom.y * 5) % 1) < 0.5)
    return _paint(loom.image, loom.ink, tone * 0.4)


def _grid(loom: _Loom) -> F64:
    """Thin lines both ways, not quite evenly apart."""
    rng, image = np.random.default_rng(loom.seed), loom.image
    drift = 0.004 * field(loom.seed + 6, 70, 70, N)
    for place, count in ((loom.x, max(2, round(4 * loom.aspect))), (loom.y, 4)):
        for at in (np.arange(count) + 0.5 + rng.uniform(-0.14, 0.14, count)) / 4:
            image = _paint(image, loom.ink, (np.abs(place - at + drift) < 0.0055) * 0.42)
    return image


def _strokes(loom: _Loom) -> F64:
    """Rows of short dashes, as if with a pen."""
    row = np.floor(loom.y * 26)
    dash = ((loom.x * 4.5 + 0.37 * row + 0.45 * np.sin(row * 12.9898)) % 1) < 0.42
    mark = np.abs((loom.y * 26) % 1 - 0.5 + 3 * loom.wobble) < 0.11
    inked = 0.34 + 0.10 * field(loom.seed + 5, 4, 12, N)
    return _paint(loom.image, loom.ink, (dash & mark & (loom.edge > 0.05)) * inked)


def _ribbed(loom: _Loom) -> F64:
    """High and low pile in turn, tone in tone, with one line round."""
    rib = 0.5 + 0.5 * np.cos(2 * np.pi * (loom.y * 34 + 0.6 * loom.wobble))
    image = loom.image * (1 - 0.12 * rib**3)[..., None]
    return _paint(image, loom.ink, ((loom.edge > 0.030) & (loom.edge < 0.036)) * 0.5)


def _vintage(loom: _Loom) -> F64:
    return _persian(loom.x, loom.y, loom.edge, loom.aspect, (loom.ground, loom.ink, loom.accent), loom.seed)


def _abstract(loom: _Loom) -> F64:
    return _arcs(loom.x, loom.y, loom.aspect, (loom.ground, loom.ink, loom.accent), loom.seed)


def _flatwoven(loom: _Loom) -> F64:
    return _kilim(loom.x, loom.y, loom.edge, (loom.ground, loom.ink, loom.accent), loom.wobble)


KINDS: dict[str, Callable[[_Loom], F64]] = {
    "plain": _plain, "jute": _plain, "shag": _plain, "border": _border, "berber": _berber, "stripe": _stripe,
    "check": _check, "grid": _grid, "strokes": _strokes, "ribbed": _ribbed, "vintage": _vintage,
    "abstract": _abstract, "kilim": _flatwoven,
}  # fmt: skip
"""Patterns; what is plain is told apart by its pile."""


def _piled(image: F64, kind: str, aspect: float, seed: int) -> U8:
    """The pattern enlarged, with the pile or weave that carries it."""
    name, gain, tile_m = PILE.get(kind, ("pile", 0.15, 0.30))
    high = max(8, round(FINE * tile_m / DEEP_M))
    tile = cv2.resize(relief(name), (max(8, round(high / aspect)), high), interpolation=cv2.INTER_AREA)
    shade = np.tile(tile, (FINE // tile.shape[0] + 1, FINE // tile.shape[1] + 1))[:FINE, :FINE]
    shade = np.roll(shade, (seed * 97 % FINE, seed * 61 % FINE), (0, 1))
    soft = cv2.GaussianBlur(image.astype(np.float32), (0, 0), 0.8)  # yarn has no sharper edge than its own width
    large = cv2.resize(soft, (FINE, FINE), interpolation=cv2.INTER_LINEAR)
    return encode(large * (1 + gain * shade)[..., None])


def _paint(image: F64, colour: F64, mask: NDArray[np.floating]) -> F64:
    return np.asarray(image * (1 - mask[..., None]) + colour * mask[..., None], np.float64)


def _arcs(x: F64, y: F64, aspect: float, colours: tuple[F64, F64, F64], seed: int) -> F64:
    """Large quiet fields that meet in clean arcs, with fine lines: soft clouds would read as stains or shadow."""
    ground, ink, accent = colours
    rng = np.random.default_rng(seed)
    image = np.ones((N, N, 3)) * ground
    flip = 1.0 if rng.random() < 0.5 else -1.0
    for colour, corner, radius in ((ink, 0.05, 0.62), (accent, 0.95, 0.48)):
        across = aspect * (corner if flip > 0 else 1 - corner) + rng.uniform(-0.06, 0.06)
        reach = np.hypot(x - across, y - (1 - corner)) / (radius * max(aspect, 1.0) * rng.uniform(0.9, 1.1))
        image = _paint(image, colour * 0.30 + ground * 0.70, np.clip((1 - reach) * 120, 0, 1))
        image = _paint(image, colour, np.clip((0.008 - np.abs(reach - 1.16)) * 200, 0, 1) * 0.45)
    return image


def _persian(x: F64, y: F64, edge: F64, aspect: float, colours: tuple[F64, F64, F64], seed: int) -> F64:
    """A worn medallion carpet: borders, a lozenge medallion, small repeating motifs, all half faded."""
    ground, ink, accent = colours
    worn = np.clip(0.62 + 0.24 * field(seed + 3, 60, 90, N) + 0.12 * field(seed + 4, 8, 8, N), 0.08, 1)
    image = np.ones((N, N, 3)) * ground
    u, v = np.abs(x - aspect / 2), np.abs(y - 0.5)
    motif_u, motif_v = np.abs((u * 13) % 1 - 0.5), np.abs((v * 13) % 1 - 0.5)
    star = motif_u + motif_v
    image = _paint(image, accent, (edge > 0.15) * 0.50 * worn)
    image = _paint(image, ink, ((np.abs(star - 0.30) < 0.05) | (star < 0.10)) * (edge > 0.15) * 0.8 * worn)
    angle, radius = np.arctan2(v, u), np.hypot(u / (0.72 * aspect), v) * (1 + 0.0 * x)
    scallop = radius * (1 + 0.10 * np.cos(angle * 12))
    for limit, colour in ((0.30, ink), (0.265, ground), (0.20, accent), (0.10, ink), (0.05, ground)):
        image = _paint(image, colour, (scallop < limit) * 0.75 * worn)
    band = (edge > 0.035) & (edge < 0.135)
    along = (x + y) * 14
    flower = np.hypot((along % 1) - 0.5, (edge - 0.085) * 14) < 0.30
    image = _paint(image, ink, band * 0.75 * worn)
    image = _paint(image, ground, (band & flower) * 0.85 * worn)
    for low, high in ((0.025, 0.035), (0.135, 0.150)):
        image = _paint(image, accent, ((edge > low) & (edge < high)) * 0.9 * worn)
    return image


def _kilim(x: F64, y: F64, edge: F64, colours: tuple[F64, F64, F64], wobble: NDArray[np.floating]) -> F64:
    ground, ink, accent = colours
    image = np.ones((N, N, 3)) * ground
    row = np.floor(x * 6)
    diamond = np.abs(((x * 6) % 1) - 0.5) + np.abs(((y * 4 + wobble) % 1) - 0.5) * 0.9
    image = _paint(image, ink, ((diamond > 0.22) & (diamond < 0.34)) * (row % 2 == 0) * 0.9)
    image = _paint(image, accent, ((diamond < 0.20) & (row % 2 == 0)) * 0.9)
    bars = (((x * 24 + wobble) % 1) < 0.45) & (row % 2 == 1)
    image = _paint(image, accent, bars * 0.8)
    return _paint(image, ink, ((edge > 0.02) & (edge < 0.05)) * 0.85)


def spines(colours: Sequence[RGB], seed: int = 0) -> U8:
    """A shelf's worth of book spines side by side; 16 books per tile, u across."""
    rng = np.random.default_rng(seed)
    n = 256
    image = np.zeros((n, n, 3))
    for k in range(16):
        tone = np.array(colours[int(rng.integers(len(colours)))]) * rng.uniform(0.8, 1.1)
        image[:, k * 16 : k * 16 + 16] = tone
        image[:, k * 16] *= 0.6
        for _ in range(int(rng.integers(1, 4))):
            row = int(rng.integers(20, n - 30))
            image[row : row + int(rng.integers(3, 22)), k * 16 + 4 : k * 16 + 12] = tone * 0.55 + 0.42
    return encode(image)

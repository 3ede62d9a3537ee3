"""Textures that are pictures: rugs, wall art and book spines. Each maps once onto its piece."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from atelier.furnish.textures import RGB, encode, field, rgb
from atelier.model import F64, U8

N = 448


def rug(kind: str, colours: Sequence[RGB], aspect: float, seed: int = 0) -> U8:
    """plain, border, berber, vintage, abstract, stripe, jute, check or kilim. (N, N) for a piece `aspect` wide.

    colours: ground, line, then accents. Distances inside are fractions of the rug's depth.
    """
    y, x = np.mgrid[0:N, 0:N] / N
    x = x * aspect
    edge = np.minimum(np.minimum(x, aspect - x), np.minimum(y, 1 - y))
    ground, ink = np.array(colours[0]), np.array(colours[1])
    accent = np.array(colours[2 % len(colours)])
    image = np.ones((N, N, 3)) * ground
    wobble = 0.012 * field(seed, 60, 60, N)
    pile = 0.05 * field(seed + 1, 2.0, 2.6, N) + 0.02 * field(seed + 2, 60, 60, N)
    if kind == "border":
        band = (edge > 0.045) & (edge < 0.085)
        image = _paint(image, ink, band * 1.0)
    elif kind == "berber":
        lattice = [np.abs(((x * 2.3 + s * y * 1.6 + wobble * 2) % 1) - 0.5) for s in (1, -1)]
        image = _paint(image, ink, (np.minimum(*lattice) < 0.022 + 0.3 * np.abs(wobble)) * 0.9)
        pile = pile + 0.05 * field(seed + 3, 9, 9, N, 0.2)
    elif kind == "vintage":
        image = _persian(x, y, edge, aspect, (ground, ink, accent), seed)
    elif kind == "abstract":
        image = _arcs(x, y, aspect, (ground, ink, accent), seed)
    elif kind == "stripe":
        image = _paint(image, ink, ((((x * 7) % 1) < 0.30) & (edge > 0.0)) * 0.85)
    elif kind == "check":
        tone = 0.5 * (((x * 5) % 1) < 0.5) + 0.5 * (((y * 5) % 1) < 0.5)
        image = _paint(image, ink, tone * 0.8)
    elif kind == "kilim":
        image = _kilim(x, y, edge, (ground, ink, accent), wobble)
    elif kind == "jute":
        braid = np.sin(2 * np.pi * (edge * 60 + 0.3 * field(seed, 4, 4, N)))
        pile = pile + 0.11 * braid * 0.6 + 0.05 * field(seed + 5, 3, 6, N)
    elif kind == "plain":
        pile = pile + 0.045 * np.sin(2 * np.pi * y * 70) + 0.02 * field(seed + 3, 100, 140, N)
    else:
        raise ValueError(f"unknown rug {kind!r}")
    return encode(image * (1 + pile)[..., None])


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
        image = _paint(image, colour * 0.45 + ground * 0.55, (reach < 1) * 1.0)
        image = _paint(image, colour, (np.abs(reach - 1.16) < 0.008) * 0.8)
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


def art(kind: str, colours: Sequence[RGB], aspect: float, seed: int = 0) -> U8:
    """One print with a paper margin: shapes, landscape, lines, botanical, field or photo. (N, N), row 0 on top.

    aspect: width over height of the picture. The pictures are this project's own.
    """
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:N, 0:N] / N
    x = x * aspect
    paper = np.array(rgb("ebe7dd"))
    palette = [np.array(c) for c in colours]
    image = np.ones((N, N, 3)) * (palette[0] if kind != "botanical" else paper)
    if kind == "shapes":
        for k in range(6):
            cx, cy, size = rng.uniform(0.2, 0.8) * aspect, rng.uniform(0.2, 0.8), rng.uniform(0.14, 0.34)
            turn, squeeze = rng.uniform(0, 3), rng.uniform(0.6, 1.5)
            dx, dy = x - cx, y - cy
            u, v = dx * np.cos(turn) + dy * np.sin(turn), dy * np.cos(turn) - dx * np.sin(turn)
            blob = (u / size) ** 2 + (v / size / squeeze) ** 2 + 0.13 * field(seed + k, 150, 150, N)
            image = _paint(image, palette[(k + 1) % len(palette)], np.clip((1 - blob) * 30, 0, 1) * 0.93)
    elif kind == "landscape":
        for k in range(7):
            line = 0.30 + 0.095 * k + 0.045 * field(seed + k, 9999, 190 - 14 * k, N)[0][None]
            mix = palette[1 + k % (len(palette) - 1)] * (0.75 + 0.25 * k / 6) + palette[0] * 0.25 * (1 - k / 6)
            image = _paint(image, mix, np.clip((y - line) * 60, 0, 1))
        sun = np.hypot(x - rng.uniform(0.25, 0.75) * aspect, y - 0.2)
        image = _paint(image, palette[-1], np.clip((0.075 - sun) * 120, 0, 1) * (y < 0.4))
    elif kind == "lines":
        for k in range(5):
            wave = 0.12 + 0.19 * k + 0.09 * np.sin(2 * np.pi * (x * rng.uniform(0.6, 1.4) + rng.random()))
            image = _paint(
                image, palette[1 + k % (len(palette) - 1)], (np.abs(y - wave) < rng.uniform(0.006, 0.03)) * 1.0
            )
    elif kind == "botanical":
        image = _sprig(image, x, y, aspect, palette, rng)
    else:
        for k, colour in enumerate(palette[1:]):
            cloud = field(seed + k, 130, 170, N) + 0.35 * field(seed + 20 + k, 10, 36, N) - 0.3
            image = _paint(image, colour, np.clip(cloud * 1.8, 0, 1) * 0.85)
    image = image * (1 + 0.025 * field(seed + 40, 3, 3, N))[..., None]
    margin = 0.0 if kind in {"field", "photo"} else 0.09
    inside = np.minimum(np.minimum(x, aspect - x), np.minimum(y, 1 - y)) > margin
    return encode(np.where(inside[..., None], image, paper))


def _sprig(image: F64, x: F64, y: F64, aspect: float, palette: Sequence[F64], rng: np.random.Generator) -> F64:
    sway = rng.uniform(-0.12, 0.12)
    stem = aspect / 2 + sway * np.sin((y - 0.2) * 2.5)
    image = _paint(image, palette[1], ((np.abs(x - stem) < 0.005) & (y > 0.2) & (y < 0.86)) * 1.0)
    for k in range(13):
        cy = 0.22 + 0.045 * k
        side = 1 if k % 2 else -1
        cx = aspect / 2 + sway * np.sin((cy - 0.2) * 2.5)
        turn, size = np.deg2rad(-38 * side), 0.13 * (0.6 + 0.4 * np.sin(np.pi * k / 12))
        dx, dy = (x - cx) * side, y - cy
        u, v = dx * np.cos(abs(turn)) - dy * np.sin(abs(turn)), dx * np.sin(abs(turn)) + dy * np.cos(abs(turn))
        blade = ((u - size) / size) ** 2 + (v / (size * 0.30)) ** 2
        image = _paint(image, palette[1 + k % 2] * rng.uniform(0.85, 1.1), np.clip((1 - blade) * 16, 0, 1) * 0.9)
    return image


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

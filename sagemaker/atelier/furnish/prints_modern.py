"""More pictures for frames: abstracts of brush, paper and line, and photographs of woods and shores."""

from __future__ import annotations

import numpy as np

from atelier.furnish.canvas import Canvas, brushed, ellipse
from atelier.furnish.shapes import columns, curve
from atelier.model import F64

_PAPER = np.array([0.90, 0.885, 0.855], np.float32)


def _sweep(c: Canvas) -> F64:
    """The way of one stroke of the arm across the picture, (60, 2)."""
    turn = c.rng.uniform(0, 2 * np.pi)
    long, bow = c.rng.uniform(0.22, 0.40), c.rng.uniform(-0.25, 0.25)
    s = np.linspace(-1, 1, 60)
    u, v = long * s, bow * (1 - s**2) * long
    middle = c.rng.uniform(0.32, 0.68, 2) * [c.aspect, 1.0]
    stretch = np.array([min(1.3, c.aspect), 1.0])
    turned = columns(u * np.cos(turn) - v * np.sin(turn), u * np.sin(turn) + v * np.cos(turn))
    return np.asarray(middle + stretch * turned, np.float64)


def gesture(c: Canvas) -> None:
    """A few strokes of a wide dry brush: every bristle leaves its own line, and runs out of paint on its own."""
    c.image[:] = _PAPER * 0.7 + c.colour(0) * 0.3
    for k in range(int(c.rng.integers(4, 7))):
        path = _sweep(c)
        along = np.gradient(path, axis=0)
        side = np.c_[-along[:, 1], along[:, 0]] / np.maximum(np.linalg.norm(along, axis=1), 1e-6)[:, None]
        wide, tone = c.rng.uniform(0.05, 0.15), c.colour((1, 4, 2, 5, 3)[k % 5])
        for across in np.linspace(-1, 1, 34):
            first, last = int(c.rng.integers(0, 6)), int(60 - c.rng.integers(0, 26) * c.rng.random())
            shade = np.clip(tone * c.rng.uniform(0.86, 1.10), 0, 0.93)
            bristle = path + side * (wide * across + 0.004 * c.rng.normal())
            c.line(bristle[first:last], wide / 15, shade, float(c.rng.uniform(0.35, 0.9)))
    brushed(c, 0.02)


def planes(c: Canvas) -> None:
    """Thin washes of flat colour in upright and lying oblongs, one over another, held by two ruled lines."""
    c.image[:] = _PAPER
    for k in range(7):
        wide, tall = c.rng.uniform(0.16, 0.46) * c.aspect, c.rng.uniform(0.14, 0.5)
        at = np.array([c.rng.uniform(0.08, 0.92) * c.aspect - wide / 2, c.rng.uniform(0.1, 0.9) - tall / 2])
        lean = c.rng.uniform(-0.02, 0.02, (4, 2))
        block = at + np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]]) + lean
        pigment = c.area(block) * np.clip(0.74 + 0.08 * c.cloud(c.rng.integers(97), 30, 40), 0, 1)
        c.paint(pigment, c.colour(1 + k % 5))
    for _ in range(2):
        y = c.rng.uniform(0.15, 0.85, 2)
        c.line(np.array([[0.05 * c.aspect, y[0]], [0.95 * c.aspect, y[1]]]), 0.003, c.colour(5) * 0.6, 0.85)
    brushed(c, 0.015)


def contour(c: Canvas) -> None:
    """One unbroken line of ink that loops over two cut-out shapes."""
    c.image[:] = _PAPER
    for k in range(2):
        wobble = np.c_[c.rng.uniform(0.03, 0.14, 3), c.rng.uniform(0, 6, 3)]
        at = c.aspect * c.rng.uniform(0.3, 0.7), c.rng.uniform(0.28, 0.72)
        size = min(1.0, c.aspect)
        outline = ellipse(at, c.rng.uniform(0.14, 0.26) * size, c.rng.uniform(0.18, 0.30), c.rng.uniform(0, 3), wobble)
        c.fill(outline, c.colour(1 + k) * 0.6 + _PAPER * 0.4, 0.92)
    knots = c.rng.uniform(0.14, 0.86, (9, 2)) * [c.aspect, 1.0]
    order = np.argsort(np.arctan2(knots[:, 1] - 0.5, knots[:, 0] - c.aspect / 2) + c.rng.normal(0, 0.9, 9))
    c.line(curve(np.c_[knots[order], np.zeros(9)], 260)[:, :2], 0.004, c.colour(5) * 0.55)


def orbits(c: Canvas) -> None:
    """Discs, half discs and rings in balance on fine straight lines."""
    c.image[:] = _PAPER * 0.6 + c.colour(0) * 0.4
    ink = c.colour(5) * 0.7
    middle = np.array([c.aspect * c.rng.uniform(0.4, 0.6), c.rng.uniform(0.4, 0.6)])
    for k in range(6):
        turn = c.rng.uniform(0, 2 * np.pi)
        reach = c.rng.uniform(0.05, 0.34) * min(1.0, c.aspect)
        at = middle + reach * np.array([np.cos(turn), np.sin(turn)])
        size = c.rng.uniform(0.06, 0.21) * min(1.0, c.aspect)
        disc = ellipse((float(at[0]), float(at[1])), size, size, c.rng.uniform(0, 6))
        if k % 3 == 2:
            c.line(np.r_[disc, disc[:1]], 0.004, ink)
        else:
            c.fill(disc[: 45 if k % 2 else 90], c.colour(1 + k % 4), 0.9)
    for _ in range(3):
        turn = c.rng.uniform(-0.6, 0.6) + np.pi / 2 * c.rng.integers(2)
        way = 0.46 * min(1.0, c.aspect) * np.array([np.cos(turn), np.sin(turn)])
        c.line(np.stack([middle - way, middle + way]), 0.003, ink, 0.9)


def collage(c: Canvas) -> None:
    """Torn papers laid side by side and over each other; each tear shows its white core and drops a little shadow."""
    x, y = c.grid()
    c.image[:] = _PAPER
    low = np.sort(c.rng.uniform(0.05, 0.85, 5))
    for k, edge in enumerate(low):
        rough = 0.002 * c.cloud(c.rng.integers(97), 9, 9) + 0.020 * c.cloud(c.rng.integers(97), 60, 60)
        away = (y - edge) + c.rng.uniform(-0.25, 0.25) * (x / c.aspect - 0.5) + rough
        c.paint(np.exp(-((np.minimum(away, 0) / 0.010) ** 2)) * (away < 0) * 0.25, c.colour(5) * 0.4)
        c.paint(np.clip(away * 200, 0, 1), np.full(3, 0.86, np.float32))
        tone = (c.colour(4), c.colour(1), c.colour(0), c.colour(2), 0.5 * c.colour(5) + 0.5 * c.colour(4))[k]
        c.paint(np.clip((away - 0.006 + 0.15 * rough) * 200, 0, 1), np.clip(tone, 0, 0.92))


def grasses(c: Canvas) -> None:
    """Meadow grass in thinned ink: long blades from below, a few carrying seed."""
    c.image[:] = _PAPER
    for k in range(30):
        foot, tall = c.aspect * c.rng.uniform(0.15, 0.85), c.rng.uniform(0.35, 0.84)
        lean = c.rng.normal(0, 0.16)
        s = np.linspace(0, 1, 30)
        blade = np.c_[foot + lean * s**2, 0.97 - tall * (s - 0.12 * abs(lean) * s**3)]
        tone = c.colour(1 + k % 2) * 0.45 + c.colour(5) * 0.35 + 0.12
        strength = float(c.rng.uniform(0.35, 0.95))
        for low, width in ((0, 0.008), (10, 0.005), (20, 0.0025)):
            c.line(blade[low : low + 11], width, tone, strength)
        if k % 4 == 0:
            for j in range(16, 30):
                at = float(blade[j, 0] + c.rng.normal(0, 0.008)), float(blade[j, 1])
                c.fill(ellipse(at, 0.016, 0.0045, -1.2 + 2.4 * (j % 2)), tone, strength)


def grove(c: Canvas) -> None:
    """A photograph of tall trunks in morning fog, from far to near."""
    x, y = (g.astype(np.float32) for g in c.grid())
    fog = np.array([0.80, 0.81, 0.79], np.float32)
    c.image[:] = fog * (1.03 - 0.10 * y[..., None]).astype(np.float32)
    bark = np.array([0.17, 0.18, 0.16], np.float32)
    for depth in (0.15, 0.3, 0.55, 0.9):
        stand = np.zeros_like(x)
        for _ in range(int(16 - 11 * depth)):
            foot, lean = c.aspect * c.rng.uniform(-0.02, 1.02), c.rng.normal(0, 0.03)
            wide = (0.006 + 0.030 * depth) * c.rng.uniform(0.6, 1.2)
            middle = foot + lean * (1 - y) + 0.004 * np.sin(c.rng.uniform(4, 9) * y + c.rng.uniform(0, 6))
            ground = 0.62 + 0.36 * depth
            trunk = np.clip((wide * (0.75 + 0.25 * y) - np.abs(x - middle)) / 0.003, 0, 1) * (y < ground)
            stand = np.maximum(stand, trunk)
        c.paint(stand * (0.12 + 0.72 * depth**1.3), bark)
        level = 0.60 + 0.36 * depth + 0.012 * c.cloud(c.rng.integers(97), 8, 40)
        c.paint(np.clip((y - level) * 60, 0, 1) * (0.10 + 0.45 * depth), bark * 1.5 + 0.02)
        veil = np.exp(-(((y - 0.72) / 0.30) ** 2)) * 0.16
        c.paint(veil, fog)
    c.image += 0.008 * c.cloud(11, 2, 2)[..., None]


def shore(c: Canvas) -> None:
    """A photograph from the air: sand, the wash of a wave and the sea."""
    x, y = c.grid()
    turn = c.rng.uniform(-0.5, 0.5)
    out = (y - 0.5) * np.cos(turn) + (x - c.aspect / 2) * np.sin(turn) + c.rng.uniform(-0.08, 0.08)
    out = out + 0.035 * c.cloud(c.rng.integers(97), 70, 90) + 0.008 * c.cloud(c.rng.integers(97), 14, 18)
    sand = np.array([0.80, 0.74, 0.65], np.float32) * 0.8 + c.colour(0) * 0.2
    sea = np.array([0.34, 0.50, 0.53], np.float32) * 0.75 + c.colour(1) * 0.2
    c.image[:] = sand * (1 + 0.03 * c.cloud(c.rng.integers(97), 4, 4))[..., None]
    c.paint(np.clip((out + 0.10) * 14, 0, 1) * 0.45, sand * 0.72)
    c.paint(np.clip(out * 9, 0, 1), sea)
    c.paint(np.clip((out - 0.12) * 3, 0, 1) * 0.7, sea * 0.62)
    lace = np.clip(0.9 - np.abs(c.cloud(c.rng.integers(97), 9, 12)) * 1.3, 0, 1)
    for at, wide, strength in ((0.0, 0.012, 0.95), (0.07, 0.045, 0.75), (0.20, 0.03, 0.35)):
        foam = np.exp(-(((out - at) / wide) ** 2)) * (0.25 + 0.75 * lace) * strength
        c.paint(foam, np.full(3, 0.93, np.float32))

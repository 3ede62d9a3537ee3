"""Pictures for frames, all of this project's own making: drawn in flat layers, then given brush, paper and age.

Every kind is deterministic in its arguments. Pictures are at most 832 pixels on a side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from atelier.furnish import prints_modern
from atelier.furnish.canvas import Canvas, Floats, brushed, ellipse
from atelier.furnish.textures import RGB, encode, relief
from atelier.model import F64, U8

HEIGHT, WIDEST = 576, 832


def _shapes(c: Canvas) -> None:
    """Overlapping cut-paper pebbles."""
    for k in range(5):
        wobble = np.c_[c.rng.uniform(0, 0.13, 3), c.rng.uniform(0, 6, 3)]
        at = c.aspect * (0.5 + c.rng.uniform(-0.27, 0.27)), 0.16 + 0.17 * k + c.rng.uniform(-0.05, 0.05)
        size = c.rng.uniform(0.13, 0.25) * min(1.0, c.aspect) * 1.1
        outline = ellipse(at, size, size * c.rng.uniform(0.6, 1.25), c.rng.uniform(0, 3), wobble)
        c.fill(outline, c.colour(k + 1), 0.95)


def _landscape(c: Canvas) -> None:
    """Ranges of hills fading into a warm sky."""
    x, y = c.grid()
    low = c.colour(0) * 0.5 + c.colour(4) * 0.5
    c.paint(np.clip(y * 1.6, 0, 1), low * 0.4 + 0.55)
    sun = np.hypot(x - c.aspect * c.rng.uniform(0.25, 0.75), y - 0.27)
    c.paint(
        np.exp(-((sun / 0.22) ** 2)) * 0.35 + np.clip((0.058 - sun) * 160, 0, 1) * 0.6, np.full(3, 0.93, np.float32)
    )
    for k in range(7):
        rough = (
            c.cloud(c.rng.integers(97), 400, 96 - 8 * k)[20] * 0.030 + c.cloud(c.rng.integers(97), 400, 9)[40] * 0.006
        )
        ridge = 0.36 + 0.095 * k + rough * (1 + 0.25 * k)
        depth = k / 6
        tone = c.colour(1 + k % 3) * (0.30 + 0.62 * depth) * (1.0 - 0.35 * depth) + (0.66 - 0.52 * depth)
        tone = tone * 0.75 + c.colour(4) * 0.25
        c.paint(np.clip((y - ridge[None]) * 150, 0, 1), tone.astype(np.float32))
    brushed(c, 0.035)


def _lines(c: Canvas) -> None:
    """Vessels on a table edge, drawn with a pen over pale washes."""
    ink = c.colour(5) * 0.7
    edge = c.rng.uniform(0.76, 0.84)
    c.line(np.array([[0.10 * c.aspect, edge], [0.90 * c.aspect, edge]]), 0.004, ink, 0.8)
    count = 3 if c.aspect > 0.65 else 2
    for k in range(count):
        middle, tall = c.aspect * (k + 1.0 + c.rng.uniform(-0.12, 0.12)) / (count + 1), c.rng.uniform(0.26, 0.52)
        wide = min(tall * c.rng.uniform(0.24, 0.40), 0.42 * c.aspect / count)
        knots = np.array([0.55, c.rng.uniform(0.8, 1.0), 1.0, c.rng.uniform(0.35, 0.8), c.rng.uniform(0.25, 0.5)])
        half = wide * np.interp(np.linspace(0, 4, 40), np.arange(5.0), knots)
        half = np.convolve(np.pad(half, 4, mode="edge"), np.full(9, 1 / 9), mode="valid")
        rise = edge - tall * np.linspace(0, 1, 40)
        outline = np.r_[np.c_[middle + half, rise], np.c_[middle - half[::-1], rise[::-1]]]
        c.fill(outline + np.array([0.012, 0.006]), c.colour(1 + k) * 0.55 + c.colour(0) * 0.45, 0.8)
        c.line(np.r_[outline, outline[:1]], 0.004, ink)
        if k == 1:
            _stem(c, np.array([middle, rise[-1]]), ink)


def _stem(c: Canvas, foot: F64, ink: Floats) -> None:
    """A bare twig with a few leaves, in outline."""
    s = np.linspace(0, 1, 24)
    lean, long = c.rng.uniform(-0.10, 0.10), foot[1] - 0.10
    twig = np.c_[foot[0] + lean * s**1.5, foot[1] - long * s]
    c.line(twig, 0.003, ink)
    for k in range(6, 24, 3):
        side = 1 if k % 2 else -1
        leaf = ellipse((float(twig[k, 0]) + side * 0.03, float(twig[k, 1]) - 0.015), 0.032, 0.010, -side * 0.5)
        c.fill(leaf, c.colour(1) * 0.6 + c.colour(0) * 0.4, 0.7)
        c.line(leaf, 0.002, ink)


def _wash(c: Canvas) -> None:
    """Two or three broad washes of ink and earth that overlap, darker where they pooled along the rim."""
    x, y = c.grid()
    for tone, share in ((4, 0.50), (1, 0.34), (5, 0.20)):
        middle = c.aspect * c.rng.uniform(0.28, 0.72), c.rng.uniform(0.28, 0.72)
        turn = c.rng.uniform(-0.7, 0.7)
        u = (x - middle[0]) * np.cos(turn) + (y - middle[1]) * np.sin(turn)
        v = (y - middle[1]) * np.cos(turn) - (x - middle[0]) * np.sin(turn)
        reach = np.hypot(u / (share * max(1.0, c.aspect)), v / (share * c.rng.uniform(0.5, 0.8)))
        reach = reach + 0.08 * c.cloud(c.rng.integers(97), 60, 60) + 0.015 * c.cloud(c.rng.integers(97), 8, 8)
        pooled = np.exp(-(((1 - reach) / 0.05) ** 2))
        body = 0.62 + 0.10 * c.cloud(c.rng.integers(97), 50, 50) + 0.18 * pooled
        pigment = c.colour(tone) if tone != 5 else 0.6 * c.colour(5) + 0.4 * c.colour(4)
        c.paint(np.clip((1 - reach) * 16, 0, 1) * body, pigment)
    brushed(c, 0.02)


def _mist(c: Canvas) -> None:
    """A photograph of wooded hills in fog, nearly without colour."""
    _, y = c.grid()
    air = np.array([0.83, 0.83, 0.82], np.float32)
    c.image[:] = air * (1.04 - 0.10 * y[..., None]).astype(np.float32)
    tint = np.array([0.20, 0.23, 0.22], np.float32)
    for k in range(5):
        near = (k + 1) / 5
        hill = c.cloud(c.rng.integers(97), 400, 70 - 8 * k)[20] * 0.045
        trees = np.abs(c.cloud(c.rng.integers(97), 400, 3)[40]) * 0.016 * near**1.5
        ridge = 0.30 + 0.13 * k + hill - trees
        below = np.clip((y - ridge[None]) * 220, 0, 1)
        fog = 0.55 * np.exp(-((y - ridge[None]) / 0.16).clip(0)) + 0.45 * near
        c.paint(below * (0.18 + 0.55 * near) * np.clip(fog, 0, 1), tint)
    c.image += 0.008 * c.cloud(7, 2, 2)[..., None]


def _horizon(c: Canvas) -> None:
    """Land, water and sky as a few bands of paint."""
    _, y = c.grid()
    c.image[:] = c.colour(0) * 0.85 + 0.10
    line = c.rng.uniform(0.42, 0.66)
    bands = ((-0.18, 4, 0.25, 0.12), (0.0, 1, 0.70, 0.006), (0.10, 4, 0.80, 0.03), (0.24, 5, 0.55, 0.07))
    for under, tone, strength, soft in bands:
        frayed = 0.010 * c.cloud(c.rng.integers(97), 6, 120) + 0.012 * c.cloud(c.rng.integers(97), 30, 200)
        cover = 1 / (1 + np.exp(-(y - line - under + frayed) / soft))
        c.paint(cover * strength * (0.85 + 0.12 * c.cloud(c.rng.integers(97), 14, 160)), c.colour(tone))
    brushed(c, 0.03)


def _sprig(c: Canvas, foot: float, top: float, lean: float, leaves: int, size: float, tone: int) -> None:
    s = np.linspace(0, 1, 40)
    stem = np.c_[foot + lean * s**1.6, 0.93 - (0.93 - top) * s]
    ink = c.colour(tone) * 0.75
    c.line(stem, 0.005, ink)
    for k in range(leaves):
        at = stem[int(6 + 33 * k / max(leaves - 1, 1))]
        side = 1 if k % 2 else -1
        long = size * (1.05 - 0.55 * k / leaves) * c.rng.uniform(0.85, 1.1)
        turn = -np.pi / 2 + side * c.rng.uniform(0.6, 1.0)
        u = np.linspace(0, 1, 24)
        wide = long * 0.24 * np.sin(np.pi * u**0.8)
        blade = np.r_[np.c_[u * long, wide], np.c_[u[::-1] * long, -wide[::-1]]]
        turned = blade @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        c.fill(at + turned, c.colour(tone + k % 2) * c.rng.uniform(0.82, 1.08), 0.93)
        rib = at + np.c_[u * long * 0.9, 0 * u] @ np.array(
            [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
        )
        c.line(rib, 0.002, ink, 0.5)


def _botanical(c: Canvas) -> None:
    """A pressed plant on paper."""
    c.image[:] = np.array([0.91, 0.89, 0.84], np.float32)
    count = max(1, round(c.aspect * 2))
    for k in range(count):
        foot = c.aspect * (k + 0.5) / count
        _sprig(c, foot, 0.10 + 0.07 * (k % 2), c.rng.uniform(-0.1, 0.1), int(c.rng.integers(11, 18)), 0.20, 1 + k)


def _field(c: Canvas) -> None:
    """Two or three soft-edged fields of colour."""
    x, y = c.grid()
    c.image[:] = c.colour(0) * 0.7 + c.colour(4) * 0.3
    cuts = np.sort(c.rng.uniform(0.30, 0.72, 2)) if c.rng.random() < 0.5 else np.array([c.rng.uniform(0.4, 0.66)])
    bounds = np.r_[0.05, cuts, 0.95]
    for k, (low, high) in enumerate(pairwise(bounds)):
        frayed = 0.006 * c.cloud(c.rng.integers(97), 14, 14)
        inside = np.minimum.reduce(
            [y - low - 0.018 + frayed, high - 0.018 - y + frayed, x - 0.06 + frayed, c.aspect - 0.06 - x + frayed]
        )
        glow = 1 + 0.10 * c.cloud(c.rng.integers(97), 60, 80)
        c.paint(np.clip(inside * 28, 0, 1) * 0.92, c.colour(k + 1))
        c.image *= np.where(inside > 0, 0.94 + 0.06 * glow, 1.0)[..., None].astype(np.float32)
    brushed(c, 0.03)


def _sea(c: Canvas) -> None:
    """A low horizon, weather above and light on the water."""
    x, y = c.grid()
    horizon = c.rng.uniform(0.52, 0.66)
    water = np.array([0.33, 0.44, 0.50], np.float32) * 0.75 + c.colour(1) * 0.25
    sky = c.colour(0) * 0.55 + 0.38
    c.image[:] = sky
    c.paint(np.clip(0.45 + 0.30 * c.cloud(c.rng.integers(97), 20, 90), 0, 0.8) * (1 - y / horizon), water * 0.5 + 0.4)
    c.paint((y > horizon) * 1.0, water)
    waves = c.cloud(c.rng.integers(97), 3, 40) * np.clip((y - horizon) * 3, 0.1, 1)
    c.paint((y > horizon) * np.clip(waves * 0.5 - 0.1, 0, 0.55), np.array([0.9, 0.9, 0.88], np.float32))
    light = np.exp(-(((x - c.aspect * 0.5) / (0.12 + 0.5 * np.clip(y - horizon, 0, 1))) ** 2))
    c.paint(light * (y > horizon) * np.clip(0.4 + 0.5 * waves, 0, 0.7), np.array([0.95, 0.92, 0.84], np.float32))
    c.paint(np.clip((y - 0.88 - 0.02 * c.cloud(5, 99, 40)) * 40, 0, 1), c.colour(2) * 0.5 + c.colour(0) * 0.42)
    brushed(c, 0.045)


def _blocks(c: Canvas) -> None:
    """A grid of squares, quarter discs and half discs."""
    n = 4
    m = max(2, round(n * c.aspect))
    h, w = 1 / n, c.aspect / m
    for i in range(n):
        for j in range(m):
            x0, y0 = j * w, i * h
            square = np.array([[x0, y0], [x0 + w, y0], [x0 + w, y0 + h], [x0, y0 + h]])
            c.fill(square, c.colour(int(c.rng.integers(len(c.palette)))))
            kind, tone = int(c.rng.integers(4)), c.colour(int(c.rng.integers(len(c.palette))))
            if kind == 3:
                continue
            centre = square[int(c.rng.integers(4))] if kind == 0 else square.mean(0)
            reach = (w, h) if kind == 0 else (w * 0.36, h * 0.36)
            c.paint(c.area(ellipse((float(centre[0]), float(centre[1])), *reach)) * c.area(square), tone)


def _arches(c: Canvas) -> None:
    """A sun over nested arches."""
    c.image[:] = c.colour(0)
    x, y = c.grid()
    centre = c.aspect * c.rng.uniform(0.42, 0.58)
    for k in range(5):
        r = 0.34 - 0.062 * k
        arch = np.maximum(np.abs(x - centre) - r, np.where(y < 0.62, np.hypot(x - centre, y - 0.62) - r, -1.0))
        shape = np.where(y < 0.62, np.hypot(x - centre, y - 0.62) - r, arch)
        tone = c.colour(k // 2 + 1) if k % 2 == 0 else c.colour(0)
        c.paint(np.clip(-shape * 300, 0, 1) * (y < 0.93), tone)
    c.fill(ellipse((centre + c.aspect * 0.26 * c.rng.choice([-1, 1]), 0.15), 0.075, 0.075), c.colour(2))


def _dunes(c: Canvas) -> None:
    """A black-and-white photograph of sand."""
    x, y = c.grid()
    h = 0.6 * c.cloud(c.rng.integers(97), 70, 120) + 0.25 * c.cloud(c.rng.integers(97), 30, 50)
    crest = np.sin((y * 4.0 + x * 1.2 + 0.6 * h) * 2.2)
    ripple = np.sin((y * 46 - x * 12 + 4 * h) * 2.6) * 0.05
    slope = np.gradient(crest, axis=1) * 60 + np.gradient(crest, axis=0) * 40
    grey = np.clip(0.50 + 0.33 * np.tanh(slope) + ripple * (slope > 0), 0.1, 0.9) * (0.75 + 0.3 * y)
    c.image[:] = (grey[..., None] * np.array([1.0, 0.985, 0.96])).astype(np.float32)


def _still(c: Canvas) -> None:
    """An old-fashioned vase of flowers against a dark ground."""
    x, y = c.grid()
    middle = c.aspect / 2
    dark = c.colour(5) * 0.55 + np.array([0.09, 0.07, 0.05], np.float32)
    c.image[:] = dark
    c.paint(np.exp(-((np.hypot(x - middle, y - 0.42) / 0.45) ** 2)) * 0.5, dark * 1.7 + 0.05)
    c.paint(np.clip((y - 0.80) * 30, 0, 1), c.colour(4) * 0.35 + 0.04)
    t = np.linspace(0, 1, 30)
    half = 0.055 + 0.065 * np.sin(np.pi * np.clip(t * 1.1 - 0.02, 0, 1)) ** 1.5
    vase = np.r_[np.c_[middle + half, 0.56 + 0.32 * t], np.c_[middle - half[::-1], 0.88 - 0.32 * t]]
    c.paint(c.area(vase), c.colour(4) * 0.7)
    c.paint(c.area(vase) * np.exp(-(((x - middle + 0.045) / 0.022) ** 2)) * 0.5, np.full(3, 0.85, np.float32))
    spread = min(0.30, middle * 0.8)
    for k in range(46):
        a, r = k * 2.399, spread * np.sqrt((k + 0.5) / 46)
        at = middle + r * np.cos(a), 0.36 + 0.80 * r * np.sin(a)
        if k % 3 == 0:
            green = np.array([0.24, 0.29, 0.16], np.float32) * c.rng.uniform(0.7, 1.2)
            c.fill(ellipse(at, 0.075, 0.02, a), green, 0.9)
            continue
        size, tone = c.rng.uniform(0.030, 0.055), c.colour(1 + k % 3) * 0.7 + 0.22
        for ring in range(4):
            petals = np.c_[[0.0, 0.0, 0.0, 0.16], c.rng.uniform(0, 6, 4)]
            shrink = 1 - 0.24 * ring
            outline = ellipse(at, size * shrink, size * shrink * 0.9, c.rng.uniform(0, 3), petals)
            c.fill(outline, np.clip(tone * (0.72 + 0.11 * ring), 0, 0.92), 0.9)
    brushed(c, 0.05)


KINDS: dict[str, Callable[[Canvas], None]] = {
    "shapes": _shapes, "landscape": _landscape, "lines": _lines, "botanical": _botanical, "field": _field,
    "wash": _wash, "mist": _mist, "horizon": _horizon, "sea": _sea, "blocks": _blocks, "arches": _arches,
    "dunes": _dunes, "still": _still, "gesture": prints_modern.gesture, "planes": prints_modern.planes,
    "contour": prints_modern.contour, "orbits": prints_modern.orbits, "collage": prints_modern.collage,
    "grasses": prints_modern.grasses, "grove": prints_modern.grove, "shore": prints_modern.shore,
}  # fmt: skip


def art(kind: str, colours: Sequence[RGB], aspect: float, seed: int = 0) -> U8:
    """One picture filling (h, w, 3), row 0 on top; aspect: width over height. Raises KeyError for an unknown kind."""
    high = HEIGHT if aspect <= WIDEST / HEIGHT else round(WIDEST / aspect)
    wide = min(WIDEST, max(160, round(high * aspect)))
    palette = [np.array(c, np.float32) for c in colours]
    canvas = Canvas(np.ones((high, wide, 3), np.float32) * palette[0], palette, np.random.default_rng(seed))
    KINDS[kind](canvas)
    grain = np.tile(relief("plain"), (2, 2))[:high, :wide]
    return encode(canvas.image * (1 + 0.05 * grain)[..., None])

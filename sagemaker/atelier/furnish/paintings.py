"""Pictures for frames, all of this project's own making: drawn in flat layers, then given brush, paper and age.

Every kind is deterministic in its arguments. Pictures are at most 832 pixels on a side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from atelier.furnish.shapes import columns
from atelier.furnish.textures import RGB, encode, field, relief
from atelier.model import F64, I32, U8

Floats = NDArray[np.floating]
HEIGHT, WIDEST = 576, 832


@dataclass
class Canvas:
    """An image being painted, (h, w, 3) sRGB 0…1. Coordinates are fractions of its height, y down."""

    image: Floats
    palette: list[Floats]
    rng: np.random.Generator

    @property
    def shape(self) -> tuple[int, int]:
        return self.image.shape[0], self.image.shape[1]

    @property
    def aspect(self) -> float:
        return self.shape[1] / self.shape[0]

    def grid(self) -> tuple[F64, F64]:
        h, w = self.shape
        y, x = np.mgrid[0:h, 0:w] / h
        return x, y

    def colour(self, i: int) -> Floats:
        return self.palette[i % len(self.palette)]

    def cloud(self, k: int | np.integer[Any], rows: float, across: float) -> Floats:
        """Smooth noise of unit variance over the picture."""
        h, w = self.shape
        n = 256
        return np.asarray(
            cv2.resize(field(int(k) % 97, rows, across, n), (w, h), interpolation=cv2.INTER_CUBIC), np.float32
        )

    def paint(self, mask: Floats, colour: Floats) -> None:
        m = np.clip(mask, 0, 1).astype(np.float32)[..., None]
        self.image = self.image * (1 - m) + colour.astype(np.float32) * m

    def _drawn(self, points: F64, reach: float, draw: Callable[[U8, I32], None], colour: Floats, alpha: float) -> None:
        """Paint what `draw` puts on a mask of the few pixels around the points."""
        h, w = self.shape
        pad = round(reach * h) + 2
        low = np.maximum(np.floor(points.min(0) * h).astype(int) - pad, 0)
        high = np.minimum(np.ceil(points.max(0) * h).astype(int) + pad, [w, h])
        if (high <= low).any():
            return
        mask = np.zeros((high[1] - low[1], high[0] - low[0]), np.uint8)
        draw(mask, np.round((points * h - low) * 16).astype(np.int32))
        m = (mask.astype(np.float32) * (alpha / 255))[..., None]
        part = self.image[low[1] : high[1], low[0] : high[0]]
        part[:] = part * (1 - m) + colour.astype(np.float32) * m

    def fill(self, points: F64, colour: Floats, alpha: float = 1.0) -> None:
        """Paint a polygon, antialiased."""

        def draw(mask: U8, at: I32) -> None:
            cv2.fillPoly(mask, [at], 255, cv2.LINE_AA, 4)

        self._drawn(points, 0.0, draw, colour, alpha)

    def line(self, points: F64, width: float, colour: Floats, alpha: float = 1.0) -> None:
        """Paint a curve `width` wide."""

        def draw(mask: U8, at: I32) -> None:
            cv2.polylines(mask, [at], False, 255, max(1, round(width * self.shape[0])), cv2.LINE_AA, 4)

        self._drawn(points, width, draw, colour, alpha)

    def area(self, points: F64) -> Floats:
        """Antialiased mask of a polygon over the whole picture."""
        mask = np.zeros(self.shape, np.uint8)
        cv2.fillPoly(mask, [np.round(points * self.shape[0] * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        return mask.astype(np.float32) / 255

    def stroke(self, points: F64, width: float) -> Floats:
        """Mask of a curve over the whole picture."""
        mask = np.zeros(self.shape, np.uint8)
        h = self.shape[0]
        cv2.polylines(
            mask, [np.round(points * h * 16).astype(np.int32)], False, 255, max(1, round(width * h)), cv2.LINE_AA, 4
        )
        return mask.astype(np.float32) / 255


def _ellipse(at: tuple[float, float], rx: float, ry: float, turn: float = 0.0, wobble: F64 | None = None) -> F64:
    t = np.linspace(0, 2 * np.pi, 90)
    r = 1.0 if wobble is None else 1 + sum(a * np.cos((k + 2) * t + b) for k, (a, b) in enumerate(wobble))
    u, v = rx * r * np.cos(t), ry * r * np.sin(t)
    return columns(at[0] + u * np.cos(turn) - v * np.sin(turn), at[1] + u * np.sin(turn) + v * np.cos(turn))


def _shapes(c: Canvas) -> None:
    """Overlapping cut-paper pebbles and a few leaf forms."""
    for k in range(5):
        wobble = np.c_[c.rng.uniform(0, 0.13, 3), c.rng.uniform(0, 6, 3)]
        at = c.aspect * (0.5 + c.rng.uniform(-0.27, 0.27)), 0.16 + 0.17 * k + c.rng.uniform(-0.05, 0.05)
        size = c.rng.uniform(0.13, 0.25) * min(1.0, c.aspect) * 1.1
        outline = _ellipse(at, size, size * c.rng.uniform(0.6, 1.25), c.rng.uniform(0, 3), wobble)
        c.fill(outline, c.colour(k + 1), 0.95)
    t = np.linspace(0, 1, 40)
    sway = np.c_[c.aspect * (0.2 + 0.6 * t), 0.5 + 0.28 * np.sin(3.2 * t + c.rng.uniform(0, 6))]
    c.line(sway, 0.006, c.colour(5))


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
            c.cloud(c.rng.integers(97), 400, 60 - 5 * k)[20] * 0.030 + c.cloud(c.rng.integers(97), 400, 9)[40] * 0.006
        )
        ridge = 0.36 + 0.095 * k + rough * (1 + 0.25 * k)
        depth = k / 6
        tone = c.colour(1 + k % 3) * (0.30 + 0.62 * depth) * (1.0 - 0.35 * depth) + (0.66 - 0.52 * depth)
        tone = tone * 0.75 + c.colour(4) * 0.25
        c.paint(np.clip((y - ridge[None]) * 150, 0, 1), tone.astype(np.float32))
    _brushed(c, 0.035)


def _lines(c: Canvas) -> None:
    """One unbroken ink line over a quiet disc."""
    disc = _ellipse((c.aspect * c.rng.uniform(0.4, 0.6), c.rng.uniform(0.38, 0.6)), 0.22, 0.22)
    c.fill(disc, c.colour(1) * 0.6 + c.colour(0) * 0.4, 0.9)
    t = np.linspace(0, 2 * np.pi, 260)
    a, b = c.rng.uniform(0, 6, 3), c.rng.uniform(0.5, 1.0, 3)
    x = 0.5 + 0.20 * np.sin(t + a[0]) + 0.13 * b[0] * np.sin(2 * t + a[1]) + 0.06 * b[1] * np.sin(5 * t + a[2])
    y = 0.5 + 0.25 * np.cos(t + a[1]) + 0.12 * b[2] * np.cos(3 * t + a[2])
    c.line(np.c_[x * c.aspect, y], 0.007, np.array([0.15, 0.14, 0.14], np.float32))


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
    _brushed(c, 0.03)


def _strokes(c: Canvas) -> None:
    """Broad gestures of a wide brush, each with its bristles."""
    x, y = c.grid()
    for k in range(8):
        t = np.linspace(0, 1, 50)
        a = c.rng.uniform(-0.6, 0.6)
        mid = c.aspect * c.rng.uniform(0.2, 0.8), c.rng.uniform(0.18, 0.82)
        long, bend = c.rng.uniform(0.35, 0.8), c.rng.uniform(-0.25, 0.25)
        u, v = (t - 0.5) * long, bend * ((t - 0.5) ** 2)
        path = np.c_[mid[0] + u * np.cos(a) - v * np.sin(a), mid[1] + u * np.sin(a) + v * np.cos(a)]
        across = -(x - mid[0]) * np.sin(a) + (y - mid[1]) * np.cos(a) - bend * 0.05
        bristles = 0.5 + 0.5 * np.sin(across * 620 + 2.2 * c.cloud(c.rng.integers(97), 5, 60))
        mask = c.stroke(path, c.rng.uniform(0.05, 0.16)) * (0.72 + 0.28 * bristles)
        mask *= np.clip(1.15 + 0.5 * c.cloud(c.rng.integers(97), 24, 24), 0, 1)
        c.paint(mask, c.colour(k + 1))


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
    _brushed(c, 0.045)


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
            c.paint(c.area(_ellipse((float(centre[0]), float(centre[1])), *reach)) * c.area(square), tone)


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
    c.fill(_ellipse((centre + c.aspect * 0.26 * c.rng.choice([-1, 1]), 0.15), 0.075, 0.075), c.colour(2))


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
            c.fill(_ellipse(at, 0.075, 0.02, a), green, 0.9)
            continue
        size, tone = c.rng.uniform(0.030, 0.055), c.colour(1 + k % 3) * 0.7 + 0.22
        for ring in range(4):
            petals = np.c_[[0.0, 0.0, 0.0, 0.16], c.rng.uniform(0, 6, 4)]
            shrink = 1 - 0.24 * ring
            outline = _ellipse(at, size * shrink, size * shrink * 0.9, c.rng.uniform(0, 3), petals)
            c.fill(outline, np.clip(tone * (0.72 + 0.11 * ring), 0, 0.92), 0.9)
    _brushed(c, 0.05)


def _brushed(c: Canvas, strength: float) -> None:
    """The direction and thickness of paint: streaks that follow a slow swirl."""
    h, w = c.shape
    streak = cv2.resize(relief("quartered"), (w, h), interpolation=cv2.INTER_LINEAR)
    swirl = c.cloud(31, 90, 90) * 9
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    streak = cv2.remap(streak, x + swirl, y + np.roll(swirl, h // 3, 0), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    c.image *= (1 + strength * 1.6 * streak + 0.4 * strength * c.cloud(17, 20, 20))[..., None].astype(np.float32)


KINDS: dict[str, Callable[[Canvas], None]] = {
    "shapes": _shapes, "landscape": _landscape, "lines": _lines, "botanical": _botanical, "field": _field,
    "strokes": _strokes, "sea": _sea, "blocks": _blocks, "arches": _arches, "dunes": _dunes, "still": _still,
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

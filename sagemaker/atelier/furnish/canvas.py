"""The surface that pictures for frames are painted on: flat layers, lines, clouds and the marks of a brush."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from atelier.furnish.shapes import columns
from atelier.furnish.textures import field, relief
from atelier.model import F64, I32, U8

Floats = NDArray[np.floating]


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
        """Smooth noise of unit variance over the picture; features are `rows` by `across` 256ths of its height."""
        h, w = self.shape
        noise = field(int(k) % 97, rows, across / self.aspect, 256)
        return np.asarray(cv2.resize(noise, (w, h), interpolation=cv2.INTER_CUBIC), np.float32)

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


def ellipse(at: tuple[float, float], rx: float, ry: float, turn: float = 0.0, wobble: F64 | None = None) -> F64:
    t = np.linspace(0, 2 * np.pi, 90)
    r = 1.0 if wobble is None else 1 + sum(a * np.cos((k + 2) * t + b) for k, (a, b) in enumerate(wobble))
    u, v = rx * r * np.cos(t), ry * r * np.sin(t)
    return columns(at[0] + u * np.cos(turn) - v * np.sin(turn), at[1] + u * np.sin(turn) + v * np.cos(turn))


def brushed(c: Canvas, strength: float) -> None:
    """The direction and thickness of paint: streaks that follow a slow swirl."""
    h, w = c.shape
    streak = cv2.resize(relief("quartered"), (w, h), interpolation=cv2.INTER_LINEAR)
    swirl = c.cloud(31, 90, 90) * 9
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    streak = cv2.remap(streak, x + swirl, y + np.roll(swirl, h // 3, 0), cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    c.image *= (1 + strength * 1.6 * streak + 0.4 * strength * c.cloud(17, 20, 20))[..., None].astype(np.float32)

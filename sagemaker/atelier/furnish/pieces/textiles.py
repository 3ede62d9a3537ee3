"""Rugs, loose cushions and throws."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size
from atelier.furnish.shapes import Part, noise, sheet, tube
from atelier.furnish.soft import cushion as stuffed
from atelier.furnish.soft import leaning, pillow
from atelier.furnish.styles import Style
from atelier.model import F64

FRINGED = {"vintage", "berber", "kilim"}


def rug(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    kind, colours = style.rugs[0]
    fringe = 0.055 if kind in FRINGED else 0.0
    body = w - 2 * fringe
    x, y = np.meshgrid(_edged(body), _edged(d), indexing="ij")
    edge = np.minimum(body / 2 - np.abs(x), d / 2 - np.abs(y))
    z = h * 0.86 * np.clip(edge / 0.010, 0, 1) ** 0.5
    z = z + h * 0.055 * noise(np.stack([x * 2, y * 2, np.zeros_like(x)], -1), rng.uniform(0, 9), 2) * (edge > 0.01)
    uv = np.stack([np.clip(x / body + 0.5, 0.003, 0.997), np.clip(y / d + 0.5, 0.003, 0.997)], -1)
    material = f"rug/{kind}/{colours}/{body / d:.2f}/{int(rng.integers(6))}"
    z[z.shape[0] // 2, z.shape[1] // 2] = h
    parts = [sheet(np.stack([x, y, z], -1), material, uv, fitted=True)]
    if kind == "jute":
        outline = np.array([[-w, -d], [w, -d], [w, d], [-w, d]]) / 2
        path = np.concatenate([np.linspace(outline[i], outline[(i + 1) % 4], 30)[:-1] for i in range(4)])
        path = path * [1 - 0.02 / w, 1 - 0.02 / d]
        parts.append(
            tube(np.c_[path, np.full(len(path), h * 0.5)], h * 0.49, f"fabric/plain/{colours[:6]}", 6, closed=True)
        )
    return parts + (_fringe(w, d, body, f"fabric/plain/{colours[:6]}", rng) if fringe else [])


def _edged(length: float, n: int = 60) -> F64:
    inner = np.linspace(-length / 2 + 0.012, length / 2 - 0.012, n)
    rim = length / 2 - np.array([0.0, 0.002, 0.006])
    return np.concatenate([-rim, inner, rim[::-1]])


def _fringe(w: float, d: float, body: float, material: str, rng: np.random.Generator) -> list[Part]:
    """Knotted tassels on both short ends, each a flat tapering strip."""
    n = int(d / 0.016)
    y = np.linspace(-d / 2 + 0.008, d / 2 - 0.008, n)
    stray = rng.normal(0, 0.004, (2, n))
    parts = []
    for k, s in enumerate((-1.0, 1.0)):
        x = np.array([body / 2 - 0.004, body / 2 + 0.03, w / 2])[None, :, None] * s
        centre = y[:, None, None] + stray[k][:, None, None] * np.array([0, 0.6, 1.6])[None, :, None]
        half = np.array([0.005, 0.006, 0.003])[None, :, None] * np.array([-1, 1])[None, None]
        points = np.stack(np.broadcast_arrays(x, centre + half, np.array([0.007, 0.004, 0.0015])[None, :, None]), -1)
        faces = np.array([[0, 2, 3], [0, 3, 1], [2, 4, 5], [2, 5, 3]])[None] + (np.arange(n) * 6)[:, None, None]
        faces = faces if s > 0 else faces[..., ::-1]
        parts.append(
            Part(points.reshape(-1, 3), faces.reshape(-1, 3).astype(np.int32), points.reshape(-1, 3)[:, :2], material)
        )
    return parts


def cushion(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A scatter cushion leaning back, for benches and window seats."""
    w, _, h = size
    material = style.cushions[int(rng.integers(len(style.cushions)))]
    return [leaning(pillow(w, h * 1.05, 0.15, material, rng.uniform(0, 50), chop=0.02), 18)]


def throw(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A folded blanket: three soft layers, its fringe to the front."""
    w, d, h = size
    material = f"fabric/knit/{style.accent(0)}"
    layer = h / 3
    parts = []
    for k in range(3):
        fold = stuffed(
            w * (1 - 0.02 * k),
            d * (0.96 - 0.02 * k),
            layer * 1.25,
            material,
            r=layer * 0.6,
            puff=0.003,
            crown=0.004,
            wrinkle=0.006,
            seed=rng.uniform(0, 50),
        )
        parts.append(fold.turned(rng.uniform(-2, 2)).moved(0, 0, layer * (k + 0.5)))
    return parts

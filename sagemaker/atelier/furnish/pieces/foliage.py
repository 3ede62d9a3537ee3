"""Leaves and stems: blades bent and veined, copied along a line by the golden angle."""

from __future__ import annotations

import numpy as np

from atelier.furnish.shapes import Part, curve, grid_faces
from atelier.model import F64

GOLDEN = 137.508

LEAF = {
    "fig": "leaf/3e5332",
    "rubber": "leaf/334733",
    "olive": "leaf/5c644d",
    "snake": "leaf/475d41",
    "palm": "leaf/465e36",
    "monstera": "leaf/355234",
    "strelitzia": "leaf/3c5736",
    "dracaena": "leaf/3e593a",
    "fern": "leaf/48653b",
    "pothos": "leaf/47653c",
    "succulent": "leaf/6b7e6d",
    "orchid": "leaf/3c5435",
}


def spiral(n: int, start: float = 0.0) -> F64:
    """Degrees of n leaves around a stem, each a golden angle on."""
    return np.asarray(start + GOLDEN * np.arange(n), np.float64)


def blade(
    length: float, width: float, *, n: int = 8, m: int = 5, tip: float = 1.0, curl: float = 0.3, fold: float = 0.2
) -> tuple[F64, F64]:
    """One leaf along +x from the origin: (n, m, 3) points and (n, m, 2) uv. tip > 1 puts the width near the tip."""
    s, t = np.linspace(0, 1, n)[:, None], np.linspace(-1, 1, m)[None]
    wide = width / 2 * np.sin(np.pi * np.clip(s, 0.0, 1.0) ** tip) ** 0.75
    y = t * wide
    z = (
        -curl * length * s**2
        + fold * np.abs(t) ** 1.4 * wide
        + 0.03 * length * np.sin(s * 14) * np.abs(t) * wide / max(width, 1e-9)
    )
    points = np.stack([np.broadcast_to(s * length, y.shape), y, z], -1)
    uv = np.stack(np.broadcast_arrays(0.03 + 0.94 * s, 0.03 + 0.94 * (t + 1) / 2), -1)
    return points, uv


def leaves(shape: tuple[F64, F64], at: F64, yaw: F64, pitch: F64, roll: F64, scale: F64, material: str) -> Part:
    """Copies of one blade at (k, 3) points; angles in degrees, pitch lifts the tip."""
    points, uv = shape
    n, m = points.shape[:2]
    local = points.reshape(-1, 3)[None] * scale[:, None, None]
    cr, sr = np.cos(np.deg2rad(roll))[:, None], np.sin(np.deg2rad(roll))[:, None]
    y, z = local[..., 1] * cr - local[..., 2] * sr, local[..., 1] * sr + local[..., 2] * cr
    cp, sp = np.cos(np.deg2rad(pitch))[:, None], np.sin(np.deg2rad(pitch))[:, None]
    x, z = local[..., 0] * cp - z * sp, local[..., 0] * sp + z * cp
    cy, sy = np.cos(np.deg2rad(yaw))[:, None], np.sin(np.deg2rad(yaw))[:, None]
    world = np.stack([x * cy - y * sy, x * sy + y * cy, z], -1) + at[:, None]
    faces = grid_faces(n, m)[None] + (np.arange(len(at)) * n * m)[:, None, None]
    return Part(
        world.reshape(-1, 3),
        faces.reshape(-1, 3).astype(np.int32),
        np.tile(uv.reshape(-1, 2), (len(at), 1)),
        material,
        fitted=True,
    )


def along(stem: F64, first: int, per: int, rng: np.random.Generator) -> tuple[F64, F64, F64]:
    """Leaf places on a stem from sample `first` up: points, yaw by the golden angle, height fraction."""
    k = np.repeat(np.arange(first, len(stem)), per)
    yaw = np.arange(len(k)) * GOLDEN + rng.uniform(-20, 20, len(k))
    return stem[k], yaw, (k - first) / max(1, len(stem) - 1 - first)


def trunk_line(base: F64, lean: F64, h: float, rng: np.random.Generator, k: int = 22) -> F64:
    s = np.linspace(0, 1, 4)[:, None]
    return curve(
        base + lean * s**1.4 * np.array([1, 1, 0]) + np.array([0, 0, h]) * s + rng.normal(0, 0.012, (4, 3)) * (s > 0), k
    )


def split_blade(length: float) -> tuple[F64, F64]:
    """A heart-shaped leaf whose edge is cut into fingers (the cuts are deep notches of the outline)."""
    n, m = 25, 7
    s, t = np.linspace(0, 1, n)[:, None], np.linspace(-1, 1, m)[None]
    heart = 0.50 * length * np.sin(np.pi * s**0.62) ** 0.6
    notch = np.where((np.arange(n)[:, None] % 4 == 3) & (s > 0.2) & (s < 0.92), 0.42, 1.0)
    outline = np.where(np.abs(t) > 0.5, heart * notch, heart)
    y = np.clip(t * heart, -outline, outline)
    x = s * length - 0.16 * length * np.abs(t) ** 2 * (1 - s)
    z = -0.35 * length * s**2 + 0.10 * np.abs(y) - 0.22 * y**2 / length
    points = np.stack([np.broadcast_to(x, y.shape), y, z], -1)
    return points, np.stack(np.broadcast_arrays(0.03 + 0.94 * s, 0.03 + 0.94 * (t + 1) / 2), -1)

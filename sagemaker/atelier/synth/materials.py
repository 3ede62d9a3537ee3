"""Procedural surfaces for synthetic rooms: tiling floor textures and what one sees out of a window."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from atelier.model import F32, F64

FloorKind = Literal["planks", "carpet", "tiles"]

TEXTURE_PX = 1024
TEXTURE_M = 3.2
"""Edge of the square, tiling texture in metres."""
_PLANKS = 20  # rows across the tile: 16 cm boards
_TILES = 8  # 40 cm tiles


def floor_texture(kind: FloorKind, rng: np.random.Generator) -> F32:
    """(TEXTURE_PX, TEXTURE_PX, 3) linear albedo that tiles; boards run along the first axis."""
    if kind == "planks":
        return _planks(rng)
    if kind == "tiles":
        return _tiles(rng)
    return _carpet(rng)


def sample_mipmapped(texture: F32, xy: F32, footprint_m: F32) -> F32:
    """Texture at (N, 2) metres, (N, 3); `footprint_m` (N,) is the size of a pixel on the surface."""
    levels = [texture]
    while levels[-1].shape[0] > 8:
        half = levels[-1].shape[0] // 2
        levels.append(np.asarray(cv2.resize(levels[-1], (half, half), interpolation=cv2.INTER_AREA), np.float32))
    level = np.clip(np.log2(np.maximum(footprint_m * TEXTURE_PX / TEXTURE_M, 1.0)), 0, len(levels) - 1.001)
    below = np.floor(level).astype(np.int32)
    out = np.zeros((len(xy), 3), np.float32)
    for index, image in enumerate(levels):
        weight = np.clip(1 - np.abs(level - index), 0, 1)
        chosen = np.flatnonzero((below == index) | (below == index - 1))
        if len(chosen):
            scale = image.shape[0] / TEXTURE_M
            uv = np.mod(xy[chosen] * scale, image.shape[0]).astype(np.float32) - 0.5
            out[chosen] += _wrapped(image, uv) * weight[chosen, None]
    return out


def outdoor_radiance(directions: F32) -> F32:
    """(N, 3) unit world directions → (N, 3) radiance: pale sky over blurred trees and lawn."""
    azimuth = np.arctan2(directions[:, 0], directions[:, 1])
    elevation = np.arcsin(np.clip(directions[:, 2], -1, 1))
    sky = np.array([1.6, 1.75, 1.95], np.float32) * (1 + 0.25 * np.clip(elevation, 0, 1))[:, None]
    crown = 0.10 + 0.05 * np.sin(azimuth * 9.0 + 1.3) + 0.03 * np.sin(azimuth * 23.0) + 0.015 * np.sin(azimuth * 61.0)
    leaf = 0.5 + 0.25 * np.sin(azimuth * 47.0 + elevation * 31.0) * np.sin(azimuth * 29.0 - elevation * 53.0)
    leaf += 0.15 * np.sin(azimuth * 113.0 + elevation * 71.0) * np.sin(azimuth * 67.0 - elevation * 139.0)
    trees = np.array([0.36, 0.50, 0.24], np.float32) * (0.7 + 0.6 * leaf)[:, None]
    lawn = np.array([0.62, 0.76, 0.38], np.float32)
    tree_share = _smooth(np.asarray(crown - elevation, np.float32), 0.03)[:, None]
    lawn_share = _smooth(np.asarray(-0.08 - elevation, np.float32), 0.02)[:, None]
    return np.asarray((sky * (1 - tree_share) + trees * tree_share) * (1 - lawn_share) + lawn * lawn_share, np.float32)


def _planks(rng: np.random.Generator) -> F32:
    """Oak boards in a random bond: tone per board, long grain, thin joints."""
    n = TEXTURE_PX
    row = np.arange(n) * _PLANKS // n
    rows, boards = _PLANKS, 3
    offset = rng.random(rows)
    along = (np.arange(n) / n)[:, None] + offset[row][None, :]
    board = np.floor(along * boards).astype(int) % boards
    tone = rng.normal(0, 0.085, (rows, boards))[row[None, :], board]
    hue = rng.normal(0, 0.02, (rows, boards))[row[None, :], board]
    grain = _noise(rng, n, (0.06, 0.0012)) * 0.035 + _noise(rng, n, (0.18, 0.006)) * 0.05
    shade = np.clip(1 + tone + grain, 0.5, 1.5)
    across = (np.arange(n) * _PLANKS / n) % 1
    joint = np.minimum(across, 1 - across)[None, :] * (TEXTURE_M / _PLANKS)
    end = (along * boards) % 1
    butt = np.minimum(end, 1 - end) * (TEXTURE_M / boards)
    shade = shade * (1 - 0.45 * np.exp(-((np.minimum(joint, butt) / 0.0022) ** 2)))
    oak = np.array([0.46, 0.275, 0.135])
    warm = np.stack([1 + hue, np.ones_like(hue), 1 - 1.5 * hue], -1)
    return np.asarray(oak * warm * shade[..., None], np.float32)


def _tiles(rng: np.random.Generator) -> F32:
    n = TEXTURE_PX
    cell = np.arange(n) * _TILES // n
    tone = rng.normal(0, 0.03, (_TILES, _TILES))[cell[:, None], cell[None, :]]
    within = (np.arange(n) * _TILES / n) % 1
    edge = np.minimum(within, 1 - within) * (TEXTURE_M / _TILES)
    joint = np.minimum(edge[:, None], edge[None, :])
    shade = (1 + tone + 0.05 * _noise(rng, n, (0.05, 0.05))) * (1 - 0.4 * np.exp(-((joint / 0.003) ** 2)))
    return np.asarray(np.array([0.50, 0.475, 0.44]) * shade[..., None], np.float32)


def _carpet(rng: np.random.Generator) -> F32:
    n = TEXTURE_PX
    shade = 1 + 0.10 * _noise(rng, n, (0.004, 0.004)) + 0.05 * _noise(rng, n, (0.3, 0.3))
    return np.asarray(np.array([0.46, 0.43, 0.39]) * np.clip(shade, 0.4, 1.6)[..., None], np.float32)


def _noise(rng: np.random.Generator, n: int, size_m: tuple[float, float]) -> F64:
    """(n, n) tiling Gaussian noise of unit variance with the given correlation lengths in metres."""
    frequency = np.fft.fftfreq(n, TEXTURE_M / n)
    fall = [np.exp(-2 * (np.pi * frequency * size) ** 2) for size in size_m]
    spectrum = np.fft.rfft2(rng.standard_normal((n, n))) * fall[0][:, None] * fall[1][None, : n // 2 + 1]
    field = np.fft.irfft2(spectrum, (n, n))
    return np.asarray(field / field.std(), np.float64)


def _wrapped(image: F32, uv: F32) -> F32:
    """Bilinear look-up that wraps: (K, 2) texel coordinates → (K, 3)."""
    columns = 8192  # cv2.remap takes maps, not lists: fold the list into rows
    rows = -(-len(uv) // columns)
    padded = np.zeros((rows * columns, 2), np.float32)
    padded[: len(uv)] = uv
    grid = padded.reshape(rows, columns, 2)
    found = cv2.remap(image, grid[..., 1], grid[..., 0], cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return np.asarray(found.reshape(-1, 3)[: len(uv)], np.float32)


def _smooth(value: F32, width: float) -> F32:
    """0 below −width, 1 above +width, smooth between."""
    t = np.clip((value / width + 1) / 2, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)

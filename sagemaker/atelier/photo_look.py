"""What a camera did to a photo that a rendering has not: blur, grain, black level, highlight roll-off."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from atelier.model import F32, U8

_TILE = 1024
_MAX_GRAIN = 0.03
_STEP_BLUR = 0.83
"""What the edge estimator reads on a perfect step: its own gradient filter."""
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


@dataclass(frozen=True)
class PhotoLook:
    """blur: Gaussian sigma of the photo's sharpest edges, full-resolution pixels. grain: standard deviation of
    luma noise in sRGB units. chroma: the same of colour noise. black: sRGB level of the deepest shadows."""

    blur: float
    grain: float
    chroma: float
    black: float


def measure(rgb: U8) -> PhotoLook:
    """Measure a photo (H, W, 3) from up to nine tiles spread over it."""
    h, w = rgb.shape[:2]
    size = min(_TILE, h, w)
    ys, xs = (np.linspace(0, n - size, min(3, -(-n // size))).astype(int) for n in (h, w))
    blurs, grains, chromas = [], [], []
    for y in ys:
        for x in xs:
            tile = rgb[y : y + size, x : x + size].astype(np.float32) / np.float32(255)
            luma = np.asarray(tile @ _LUMA, np.float32)
            blurs += _edge_blurs(luma)
            grains.append(_noise(luma))
            chromas.append(_noise(np.asarray(tile[..., 0] - luma, np.float32)))
    black = float(np.percentile(rgb[:: max(h // 500, 1), :: max(w // 500, 1)].min(-1), 0.1)) / 255
    return PhotoLook(
        blur=float(np.percentile(blurs, 25)) if blurs else 0.6,
        grain=min(float(np.median(grains)), _MAX_GRAIN),
        chroma=min(float(np.median(chromas)), _MAX_GRAIN),
        black=min(black, 0.04),
    )


def _edge_blurs(luma: F32) -> list[float]:
    """Gaussian sigma at strong edges: how much their gradient drops under a known re-blur (Zhuo & Sim 2011)."""
    known = 1.0
    sharp, soft = _gradient(luma), _gradient(np.asarray(cv2.GaussianBlur(luma, (0, 0), known), np.float32))
    ridge = sharp >= cv2.dilate(sharp, np.ones((3, 3), np.uint8))
    at = ridge & (sharp > max(0.06, float(np.percentile(sharp, 98))))
    ratio = np.clip(sharp[at] / np.maximum(soft[at], 1e-6), 1.02, 20)
    squared = known**2 / (ratio**2 - 1) - _STEP_BLUR**2
    # A step sampled by square pixels is itself 0.29 wide.
    return [float(v) for v in np.sqrt(np.maximum(squared, 0.0) + 0.29**2)]


def _gradient(luma: F32) -> F32:
    gx = cv2.Scharr(luma, cv2.CV_32F, 1, 0, scale=1 / 32)
    gy = cv2.Scharr(luma, cv2.CV_32F, 0, 1, scale=1 / 32)
    return np.asarray(np.hypot(gx, gy), np.float32)


def _noise(channel: F32) -> float:
    """MAD of the high-pass over the flattest half, so that texture is not taken for grain."""
    high = channel - cv2.GaussianBlur(channel, (0, 0), 1.2)
    activity = cv2.blur(np.abs(high), (9, 9))
    flat = activity <= np.median(activity)
    # The high-pass keeps about 0.89 of white noise of unit variance.
    return float(np.median(np.abs(high[flat]))) * 1.4826 / 0.89


def grain(shape: tuple[int, int], look: PhotoLook, seed: int) -> F32:
    """(h, w, 3) additive sRGB noise like the photo's, slightly correlated as demosaicing leaves it."""
    rng = np.random.default_rng(seed)
    luma = _correlated(rng.standard_normal(shape, np.float32))
    colour = np.stack([_correlated(rng.standard_normal(shape, np.float32)) for _ in range(3)], -1)
    colour -= colour.mean(-1, keepdims=True)
    return (look.grain * luma[..., None] + 0.7 * look.chroma * colour).astype(np.float32)


def _correlated(noise: F32) -> F32:
    soft = cv2.GaussianBlur(noise, (0, 0), 0.6)
    return np.asarray(soft / max(float(soft.std()), 1e-6), np.float32)


def shoulder(linear: F32) -> F32:
    """Roll highlights off above 0.75 instead of clipping them; never reaches 1."""
    return np.where(linear > 0.75, 0.75 + 0.25 * np.tanh((linear - 0.75) / 0.3), linear).astype(np.float32)

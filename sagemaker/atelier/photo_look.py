"""What a camera and its software did to a photo that a rendering has not: blur, sharpening, grain, black level,
highlight roll-off."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from atelier.model import F32, F64, U8, Bool

SHADE_CONTRAST = 1.25
"""power of a shade's ratio that a photo shows: cameras' tone curves are steeper than sRGB's below white (Grossberg &
Nayar, "What is the Space of Camera Response Functions?", CVPR 2003). The value is read off the floor under one sofa in
a photo, not measured over many"""
_TILE = 1024
_MAX_GRAIN = 0.03
_STEP_BLUR = 0.83
"""What the edge estimator reads on a perfect step: its own gradient filter."""
_SHARPENED = ((-0.22, -0.19, -0.145, -0.09, -0.02), (1.0, 0.75, 0.5, 0.25, 0.0))
"""what it reads (squared blur) on a step after an unsharp mask of radius 1, and the mask's amount"""
_OCTAVES, _DETAILED = (0.8, 1.6, 3.2), 90.0
_SOFT = ((0.355, 0.392, 0.435, 0.479, 0.535, 0.6, 0.645, 0.685), (2.5, 2.0, 1.6, 1.3, 1.0, 0.7, 0.5, 0.29))
"""ratio of the amplitudes of those octaves on a step, and the Gaussian sigma it went through"""
_PIXEL = 0.29
"""Gaussian sigma that square pixels give any step"""
_REDUCED = (2, 4)
"""times a photo is reduced to look past edges that enlarging and compressing put into it: the sides of blocks"""
_DARK_WIDTH, _DARKEST = 700, 0.01
"""pixels across, and the percentile, at which a photo's darkest parts are more than noise"""
_VEIL, _MOST_VEIL = (0.02, 0.6), 0.15
"""level up to which there is none, and the share of what is beyond that is believed"""
_MAX_SHARPENING = 0.3
"""thin lines read like sharpened steps: an amount that texture alone can suggest is not believed"""
_KNEE = 0.85
"""share of the photo's white above which light rolls off"""
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
_LEVELS = (0.2, 0.5, 0.8)
"""sRGB luma at which grain is measured"""
_HIGH_PASS, _FLAT = 1.2, 0.15
"""pixels; the share of a level that is surely free of texture"""
_FEWEST_EDGES = 150
_LEVEL_TO_LEVEL = 2.0
"""how much noisier than the photo as a whole a level may be: beyond that it is texture"""


@dataclass(frozen=True)
class PhotoLook:
    """blur: Gaussian sigma of the photo's detail, full-resolution pixels. sharpening: amount of an unsharp mask
    of radius 1 that it went through. grain: standard deviation of luma noise in sRGB units at `_LEVELS`. chroma: the
    same of colour noise, at all levels. clump: Gaussian sigma of the noise's own blur, pixels. black: sRGB level of the
    deepest shadows."""

    blur: float
    sharpening: float
    grain: tuple[float, float, float]
    chroma: float
    clump: float
    black: float


def measure(rgb: U8) -> PhotoLook:
    """Measure a photo (H, W, 3) from up to nine tiles spread over it."""
    squared, bands = _edges(rgb)
    half = float(np.median(squared)) if len(squared) else 0.0
    grains = [_noise(luma, np.asarray(tile[..., 0] - luma, np.float32)) for tile, luma in _tiles(rgb)]
    dark, middle, light, chroma, clump = (float(v) for v in np.median(grains, 0))
    return PhotoLook(
        blur=max(_sigma(half), _softness(bands), *(_blur_reduced(rgb, k) for k in _REDUCED)),
        sharpening=min(float(np.interp(half, *_SHARPENED)), _MAX_SHARPENING),
        grain=(min(dark, _MAX_GRAIN), min(middle, _MAX_GRAIN), min(light, _MAX_GRAIN)),
        chroma=min(chroma, _MAX_GRAIN),
        clump=clump,
        black=_veil(rgb),
    )


def _veil(rgb: U8) -> float:
    """sRGB level that haze, glare in the lens or a lifted tone curve leaves of black.

    Somewhere in a room at least one channel is next to black, but for such a veil (the dark channel of He, Sun & Tang,
    "Single Image Haze Removal", CVPR 2009); a white room without a dark thing in it is not taken at its word.
    """
    k = min(_DARK_WIDTH / rgb.shape[1], 1.0)
    small = cv2.resize(rgb, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
    darkest = float(np.percentile(np.asarray(small).min(-1), _DARKEST)) / 255
    least, share = _VEIL
    return min(max(share * (darkest - least), 0.0), _MOST_VEIL)


def _tiles(rgb: U8) -> Iterator[tuple[F32, F32]]:
    """Up to nine squares of a photo as sRGB 0…1 and their luma."""
    height, width = rgb.shape[:2]
    size = min(_TILE, height, width)
    ys, xs = (np.linspace(0, n - size, min(3, -(-n // size))).astype(int) for n in (height, width))
    for y in ys:
        for x in xs:
            tile = rgb[y : y + size, x : x + size].astype(np.float32) / np.float32(255)
            yield tile, np.asarray(tile @ _LUMA, np.float32)


def _edges(rgb: U8) -> tuple[F64, F64]:
    """`_edge_blurs` over a photo's tiles, and its `_bands`."""
    edges: list[F64] = []
    bands = np.zeros(2)
    for _, luma in _tiles(rgb):
        edge = len(luma) // 4
        edges.append(_edge_blurs(luma))
        bands += _bands(luma[edge:-edge, edge:-edge])
    return np.concatenate(edges), bands


def _blur_reduced(rgb: U8, k: int) -> float:
    """Blur in pixels of the photo (H, W, 3) as it reads reduced k times, less what reducing leaves of a sharp one."""
    size = max(rgb.shape[1] // k, 1), max(rgb.shape[0] // k, 1)
    squared, bands = _edges(np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8))
    if len(squared) < _FEWEST_EDGES:
        return _PIXEL
    seen = max(_sigma(float(np.median(squared))), _softness(bands))
    return float(np.sqrt(max(seen**2 - _PIXEL**2, 0.0) * k**2 + _PIXEL**2))


def _edge_blurs(luma: F32, where: Bool | None = None, least: float = 0.06) -> F64:
    """Squared Gaussian sigma at strong edges: how much their gradient drops under a known re-blur (Zhuo & Sim 2011).

    Negative where the edge is steeper than light leaves it: a sharpening filter was at work. least: gradient, sRGB a
    pixel, from which an edge counts.
    """
    known = 1.0
    sharp, soft = _gradient(luma), _gradient(np.asarray(cv2.GaussianBlur(luma, (0, 0), known), np.float32))
    ridge = sharp >= cv2.dilate(sharp, np.ones((3, 3), np.uint8))
    inside = sharp if where is None else sharp[where]
    if where is not None:
        ridge &= where
    at = ridge & (sharp >= max(least, float(np.percentile(inside, 98)))) if inside.size else ridge
    ratio = np.clip(sharp[at] / np.maximum(soft[at], 1e-6), 1.02, 20)
    return np.asarray(known**2 / (ratio**2 - 1) - _STEP_BLUR**2, np.float64)


def _bands(luma: F32) -> F64:
    """Energy of two neighbouring octaves of detail, between blurs of `_OCTAVES`, where there is most of it."""
    small, middle, large = (cv2.GaussianBlur(luma, (0, 0), s) for s in _OCTAVES)
    fine, coarse = (small - middle) ** 2, (middle - large) ** 2
    around = cv2.GaussianBlur(fine, (0, 0), 2.0)
    most = around >= np.percentile(around, _DETAILED)
    return np.array([fine[most].sum(), coarse[most].sum()], np.float64)


def _softness(bands: F64) -> float:
    """Gaussian sigma of edges whose octaves have those energies.

    A photo that was enlarged or compressed hard has steep edges that its software put there: ringing, and the sides
    of blocks. They deceive a look at single edges, but not an octave above theirs.
    """
    ratio, sigma = _SOFT
    return float(np.interp(np.sqrt(bands[0] / max(bands[1], 1e-12)), ratio, sigma)) if bands[0] > 0 else sigma[-1]


def edge_blur(luma: F32, where: Bool) -> float | None:
    """Gaussian sigma of the sharpest edges of (h, w) sRGB luma inside `where`, pixels; None where edges are few."""
    squared = _edge_blurs(luma, where, 0.03)
    return _sigma(float(np.percentile(squared, 25))) if len(squared) >= _FEWEST_EDGES else None


def _sigma(squared: float) -> float:
    """With the width that square pixels give any step."""
    return float(np.sqrt(max(squared, 0.0) + _PIXEL**2))


def flat_noise(luma: F32, where: Bool) -> float:
    """Deviation of the high-pass of (h, w) sRGB luma in the smoothest part of `where`."""
    high = luma - cv2.GaussianBlur(luma, (0, 0), _HIGH_PASS)
    activity = cv2.blur(np.abs(high), (9, 9))
    return _spread(high[where & (activity <= np.quantile(activity[where], _FLAT))]) if where.any() else 0.0


def _gradient(luma: F32) -> F32:
    gx = cv2.Scharr(luma, cv2.CV_32F, 1, 0, scale=1 / 32)
    gy = cv2.Scharr(luma, cv2.CV_32F, 0, 1, scale=1 / 32)
    return np.asarray(np.hypot(gx, gy), np.float32)


def _noise(luma: F32, colour: F32) -> list[float]:
    """Grain at each of `_LEVELS`, chroma, clump: of each level's flattest part, or texture would be taken for grain."""
    high = luma - cv2.GaussianBlur(luma, (0, 0), _HIGH_PASS)
    activity = cv2.blur(np.abs(high), (9, 9))
    nearest = np.digitize(luma, [(a + b) / 2 for a, b in itertools.pairwise(_LEVELS)])
    parts = [nearest == i for i in range(len(_LEVELS))]
    flat = [p & (activity <= np.quantile(activity[p], _FLAT)) if p.any() else p for p in parts]
    everywhere: Bool = np.asarray(activity <= np.quantile(activity, 2 * _FLAT))
    clump = _clump(luma, everywhere)
    kept, overall = _kept(clump), _spread(high[everywhere])
    levels = [min(_spread(high[part], overall), _LEVEL_TO_LEVEL * overall) / kept for part in flat]
    chroma = _spread((colour - cv2.GaussianBlur(colour, (0, 0), _HIGH_PASS))[everywhere]) / kept
    return [*levels, chroma, clump]


def _kept(clump: float) -> float:
    """Share of the deviation of noise of that clump that passes the high-pass."""
    point = np.zeros((33, 33), np.float32)
    point[16, 16] = 1
    noise = cv2.GaussianBlur(point, (0, 0), clump)
    high = noise - cv2.GaussianBlur(noise, (0, 0), _HIGH_PASS)
    return float(np.sqrt((high**2).sum() / (noise**2).sum()))


def _spread(values: F32, too_few: float = 0.0) -> float:
    return float(np.median(np.abs(values))) * 1.4826 if len(values) >= 400 else too_few


def _clump(luma: F32, flat: Bool) -> float:
    """Sigma of the Gaussian that would correlate white noise of neighbours as much: ρ = exp(−1/4σ²)."""
    near, far = (_spread((luma[:, k:] - luma[:, :-k])[flat[:, k:] & flat[:, :-k]]) for k in (1, 4))
    correlation = float(np.clip(1 - (near / max(far, 1e-6)) ** 2, 0.05, 0.9))
    return float(np.clip(0.5 / np.sqrt(-np.log(correlation)), 0.3, 1.5))


def grain(luma: F32, look: PhotoLook, seed: int) -> F32:
    """(h, w, 3) additive sRGB noise like the photo's for a picture of that sRGB luma (h, w)."""
    rng = np.random.default_rng(seed)
    level = np.interp(luma, _LEVELS, look.grain).astype(np.float32)
    colour = np.stack([_correlated(rng.standard_normal(luma.shape, np.float32), look.clump) for _ in range(4)], -1)
    bright, colour = colour[..., :1], colour[..., 1:]
    colour -= colour.mean(-1, keepdims=True)
    return (level[..., None] * bright + np.float32(0.7 * look.chroma) * colour).astype(np.float32)


def _correlated(noise: F32, sigma: float) -> F32:
    # What white noise of unit variance keeps under a Gaussian of that sigma, sampled at pixels.
    offsets = np.arange(-6, 7)
    weight = np.exp(-(offsets**2) / (2 * sigma**2))
    kept = float((weight**2).sum() / weight.sum() ** 2)
    return np.asarray(cv2.GaussianBlur(noise, (13, 13), sigma) / np.float32(kept), np.float32)


def sharpen(encoded: F32, amount: float, weight: F32 | None = None) -> F32:
    """Unsharp mask of radius 1 on sRGB values, as software does it; weight (h, w): what of them counts."""
    if weight is None:
        soft = cv2.GaussianBlur(encoded, (0, 0), 1.0)
    else:
        share = np.maximum(cv2.GaussianBlur(weight, (0, 0), 1.0), 1e-3)[..., None]
        inside = cv2.GaussianBlur(encoded * weight[..., None], (0, 0), 1.0) / share
        soft = np.where(weight[..., None] > 0.5, inside, encoded)
    return np.asarray(encoded + np.float32(amount) * (encoded - soft), np.float32)


def shoulder(linear: F32, white: float) -> F32:
    """Roll off what is lighter than things that look white in the photo (luminance `white`); never reaches 1.

    A photo whose software compressed its range shows white trim beside a window no lighter than trim elsewhere: what
    is put there must not outshine it either.
    """
    knee, top = _KNEE * white, 0.5 * (1.0 + white)
    rolled = knee + (top - knee) * np.tanh((linear - knee) / (top - knee))
    return np.where(linear > knee, rolled, linear).astype(np.float32)

"""The composite stage: furniture over the photo times what furniture does to the room's light.

Change lock: a pixel may differ from the source only inside `changed`: the picture begins as a copy of the source, and
nothing else is ever written to, so identity holds by construction whatever happens before.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from atelier import photo_look
from atelier.light import LUMA, to_linear
from atelier.light.fit import photo_white
from atelier.model import F32, U8, Bool, Composite, Glaze, Photo, Render, Room
from atelier.relight import settle, settle_glaze, with_mirrored, without_glare

_STRIP, _MARGIN = 256, 8
"""Rows worked on at once, and those around them that blurs look at: a 12 MP photo is never several float images."""
_THREADS = min(os.cpu_count() or 1, 4)
"""Strips worked on at once; each holds some 200 MB of a 12 MP picture."""
_ADDED_BLUR = 2.0
"""pixels over which the floor under a reflection is averaged; three of them fit into `_MARGIN`"""
_MOST_BLUR = 2.5
"""pixels of sigma; three of them, too, fit into `_MARGIN`"""
_RATIO_PIXELS = 1_500_000
_GRAIN_SEED = 20
_RENDER_BLUR = 0.31
"""Gaussian sigma of the renderer's pixel filter, its own pixels."""
_IN_FRONT_M = 0.05
"""what stands less than this before a piece may as well stand under it"""


def composite(photo: Photo, room: Room, render: Render) -> Composite:
    """Put rendered layers into the photo at its full resolution, whatever size each was rendered at."""
    source = photo.rgb
    full = source.shape[0], source.shape[1]
    look = photo_look.measure(source)
    white = photo_white(to_linear(photo.small), room)
    alpha = np.where(render.alpha < 1 / 512, 0.0, render.alpha * _not_behind(render, room)).astype(np.float32)
    ratio = settle(_reduced(render.ratio), alpha, room)
    glaze = settle_glaze(render.glaze, to_linear(photo.small), room) if render.glaze else None
    scale = full[1] / alpha.shape[1]
    colour = _straight(render.colour, alpha)
    changed = _blurred_outline(_enlarged(alpha > 0, full), look.blur) | _enlarged((ratio != 1.0).any(-1), full)
    mirroring = np.zeros(full, bool)
    if glaze:
        mirroring = _enlarged((glaze.hidden > 0) | (glaze.light != 0).any(-1), full)
        changed |= mirroring
    staged = source.copy()

    def strip(top: int) -> None:
        rows = slice(top, min(top + _STRIP, full[0]))
        touched = np.flatnonzero(changed[rows].any(0))
        if len(touched):
            first, last = max(top - _MARGIN, 0), min(rows.stop + _MARGIN, full[0])
            columns = slice(int(touched[0]), int(touched[-1]) + 1)
            wide = (slice(first, last), columns)
            a, c, r = (_zoom(layer, wide, full) for layer in (alpha, colour, ratio))
            c = photo_look.shoulder(np.maximum(c, 0.0), white)
            mirrored = _part(glaze, wide, full) if glaze and mirroring[wide].any() else None
            under = _relit(to_linear(source[wide]), r, mirrored)
            patch = _patch(under, _edge(a, scale), c, look, scale, top)
            acting = changed[rows, columns][..., None]
            np.copyto(staged[rows, columns], patch[top - first : rows.stop - first], where=acting)

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(strip, range(0, full[0], _STRIP)))
    return Composite(staged, changed, look.blur)


def _not_behind(render: Render, room: Room) -> F32:
    """(h, w) share of each pixel of the layers that nothing which stands in the room hides."""
    h, w = render.alpha.shape
    if render.distance is None or not room.standing:
        return np.ones((h, w), np.float32)
    before = cv2.resize(room.front_of, (w, h), interpolation=cv2.INTER_NEAREST) + _IN_FRONT_M < render.distance
    # The mask comes from a smaller picture: its own pixels would show as steps.
    soft = cv2.GaussianBlur(before.astype(np.float32), (0, 0), max(0.5 * w / room.front_of.shape[1], 0.5))
    return np.asarray(1.0 - soft, np.float32)


def _reduced(ratio: F32) -> F32:
    """Shadows are soft: more pixels of them would cost time and memory, and show nothing."""
    k = (_RATIO_PIXELS / (ratio.shape[0] * ratio.shape[1])) ** 0.5
    if k >= 1:
        return ratio
    size = (round(ratio.shape[1] * k), round(ratio.shape[0] * k))
    return np.asarray(cv2.resize(ratio, size, interpolation=cv2.INTER_AREA), np.float32)


def _straight(colour: F32, alpha: F32) -> F32:
    """Un-premultiplied colour, continued a few pixels outwards so that interpolation never mixes in black."""
    straight = np.zeros_like(colour)
    rows, columns = (np.flatnonzero((alpha > 0).any(axis)) for axis in (1, 0))
    if len(rows):
        area = tuple(slice(max(int(n[0]) - _MARGIN, 0), int(n[-1]) + 1 + _MARGIN) for n in (rows, columns))
        straight[area] = _continued(colour[area], alpha[area])
    return straight


def _continued(colour: F32, alpha: F32) -> F32:
    """`_straight` of the part of a picture that holds furniture."""
    out = colour / np.maximum(alpha, 1e-3)[..., None]
    weight = np.where(alpha > 0.5, alpha, 0.25 * alpha)
    blurred = cv2.GaussianBlur(out * weight[..., None], (0, 0), 1.5)
    share = cv2.GaussianBlur(weight, (0, 0), 1.5)
    near = blurred / np.maximum(share, 1e-6)[..., None]
    return np.where((alpha > 0.3)[..., None], out, near).astype(np.float32)


def _enlarged(acting: Bool, full: tuple[int, int]) -> Bool:
    """Every full-resolution pixel that an acting pixel of a layer may reach."""
    if acting.shape == full:
        return acting
    # One more pixel of the layer all round: interpolation reaches that far.
    grown = cv2.dilate(acting.astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.resize(grown, full[::-1], interpolation=cv2.INTER_NEAREST) > 0)


def _blurred_outline(furniture: Bool, blur: float) -> Bool:
    """Furniture and the pixels around it into which a soft photo's blur carries it; a sharp photo's carries none."""
    reach = int(2 * min(blur, _MOST_BLUR))
    if reach == 0:
        return furniture
    near = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(furniture.astype(np.uint8), near) > 0)


def _zoom(layer: F32, area: tuple[slice, slice], full: tuple[int, int]) -> F32:
    """Part of a layer enlarged (cubic) or reduced (area) to the full picture's size."""
    h, w = layer.shape[:2]
    height, width = full
    if (h, w) == full:
        return layer[area]
    if h > height:
        return np.asarray(cv2.resize(layer, (width, height), interpolation=cv2.INTER_AREA)[area], np.float32)
    # Sample positions of cv2.resize, for this part alone.
    y = ((np.arange(area[0].start, area[0].stop) + 0.5) * h / height - 0.5).astype(np.float32)
    x = ((np.arange(area[1].start, area[1].stop) + 0.5) * w / width - 0.5).astype(np.float32)
    grid = np.meshgrid(x, y)
    zoomed = cv2.remap(layer, grid[0], grid[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(zoomed, np.float32)


def _edge(alpha: F32, scale: float) -> F32:
    """Enlarged coverage made as steep as a full-resolution render's edge would be."""
    steep = min(max(scale, 1.0), 3.0)
    return np.asarray(np.clip((alpha - 0.5) * steep + 0.5, 0.0, 1.0), np.float32)


def _part(glaze: Glaze, area: tuple[slice, slice], full: tuple[int, int]) -> Glaze:
    """Part of the glaze at the full picture's size."""
    return Glaze(*(_zoom(layer, area, full) for layer in (glaze.light, glaze.hidden, glaze.matte)))


def _patch(under: F32, alpha: F32, colour: F32, look: photo_look.PhotoLook, scale: float, top: int) -> U8:
    """Furniture over the linear photo `under` it, as sRGB."""
    over, alpha = _match_sharpness(colour, alpha, look.blur, scale)
    a = alpha[..., None]
    over = photo_look.sharpen(to_srgb(over), look.sharpening, alpha)
    over = look.black + (1 - look.black) * over
    over += photo_look.grain(over @ LUMA, look, _GRAIN_SEED + top)
    # Coverage mixes light, so it mixes in linear; a photo pixel that nothing covers keeps its own value.
    mixed = to_srgb(under * (1 - a) + from_srgb(over) * a)
    return np.asarray(np.clip(mixed * 255 + 0.5, 0, 255), np.uint8)


def _relit(photo: F32, ratio: F32, glaze: Glaze | None) -> F32:
    """The linear photo under its ratio: shade multiplies what is there, light that is added has not its texture."""
    if glaze:
        photo = without_glare(photo, glaze)
    shaded = np.asarray(photo * np.clip(ratio, 0.02, 1.0), np.float32)
    if (ratio > 1.0).any():
        shaded += cv2.GaussianBlur(photo, (0, 0), _ADDED_BLUR) * np.maximum(ratio - 1.0, 0.0)
    return with_mirrored(shaded, glaze) if glaze else shaded


def _match_sharpness(colour: F32, alpha: F32, blur: float, scale: float) -> tuple[F32, F32]:
    """Blur or sharpen furniture from the renderer's edge width to the photo's."""
    own = _RENDER_BLUR * max(scale, 1.0)
    if blur > own + 0.1:
        sigma = float(np.sqrt(blur**2 - own**2))
        both = cv2.GaussianBlur(np.dstack([colour * alpha[..., None], alpha]), (0, 0), min(sigma, _MOST_BLUR))
        alpha = np.asarray(both[..., 3], np.float32)
        return (both[..., :3] / np.maximum(alpha, 1e-4)[..., None]).astype(np.float32), alpha
    if own > blur + 0.3:
        low = cv2.GaussianBlur(colour, (0, 0), own)
        amount = min(0.8, 0.5 * (own - blur))
        return np.maximum(colour + amount * (colour - low), 0.0).astype(np.float32), alpha
    return colour, alpha


def to_srgb(linear: F32) -> F32:
    """Linear → sRGB 0…1, clipped."""
    a = np.clip(linear, 0.0, 1.0)
    return np.where(a <= 0.0031308, a * 12.92, 1.055 * cv2.pow(a, 1 / 2.4) - 0.055).astype(np.float32)


def from_srgb(encoded: F32) -> F32:
    """sRGB → linear, of values that may lie slightly outside 0…1."""
    a = np.clip(encoded, 0.0, 1.0)
    return np.where(a <= 0.04045, a / 12.92, cv2.pow((a + 0.055) / 1.055, 2.4)).astype(np.float32)

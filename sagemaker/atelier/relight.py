"""What furniture may do to the light of the photographed room: full on the floor, softly on walls, nothing on windows.

The renderer knows the room as a box. Near furniture that is good enough; further off a photo is worth more than a box,
so what a wall may lose ends with the distance, and what is lit from outside (glass, sashes, frames) keeps its light.
"""

from __future__ import annotations

import cv2
import numpy as np

from atelier import photo_look
from atelier.light import LUMA
from atelier.model import F32, Bool, Glaze, Opening, Room

FRAME_M = 0.12
"""Casing around a window's opening."""
_DEADBAND = 0.012
"""|log ratio| below this is noise, not shadow: taken off everywhere, so the mask ends without a step."""
_FLOOR_RATIO = (0.02, 4.0)
"""above 1: a pale piece mirrored in a dark floor"""
_WALL_RATIO = (0.6, 1.15)
"""below 1: where things touch; above 1: a lamp's pool of light. Approached, never cut off: a cut shadow has an edge
that light has not, and channels cut one by one change its colour"""
WALL_AWAY = 0.87
"""what is left of a wall's light at least where nothing touches it: a shadow there is one of many windows and walls"""
_WALL_TINT = 0.05
"""log by which a wall's channels may part, approached as well: wood beside a white wall colours it by a few per cent"""
_SOFT, _NEAR, _FAR = 0.008, 0.03, 0.12
"""shares of the picture's width: how soft a shadow on a wall is away from what casts it; where away begins; and how
fast what is left of it ends"""
_GLASS_EDGE, _WINDOW_FADE = 0.006, 0.025
"""shares of the picture's width: around glass that belongs to no known window; over which a window's wall goes back to
what walls may do"""
_SURE_WINDOW = 0.5
_LEAST_GLAZE = (0.0006, 0.02)
"""linear radiance and hidden share of what a floor mirrors: taken off everywhere, like the deadband"""
_GLARE = 1.3
"""times the light of a matte floor from which what a glossy one shows is a mirrored window: planks vary less"""
_AROUND, _GRAIN_BLUR = 0.05, 2.5
"""share of the picture's width around glare where the floor is looked at; pixels across which its grain is"""
_MOST_MIRRORED = 0.5
"""share of a floor's light that dark furniture mirrored in it may take"""
_SPECK_SHARE = 2e-5


def settle(ratio: F32, alpha: F32, room: Room) -> F32:
    """The rendered ratio (h, w, 3) as it may act, exactly 1 where it may not. alpha (H, W): what furniture covers."""
    h, w = ratio.shape[:2]
    floor = np.asarray(cv2.GaussianBlur(_resized(room.floor_mask, w, h), (0, 0), max(w / 1000, 0.6)), np.float32)
    floor = floor[..., None]
    # What stands in the room is neither of the planes that the ratio was worked out for.
    kept = _resized(room.window_mask | np.isfinite(room.front_of), w, h) > 0
    log = np.log(np.clip(ratio, 0.02, 4.0))
    away = _away(alpha, w, h)
    beside = _limited(_beyond_noise(_soft_shadows(log, floor, away)), away)
    on_floor, on_wall = _beyond_noise(log), beside * _off_windows(room, w, h)[..., None]
    settled = np.clip(np.exp(on_floor), *_FLOOR_RATIO) * floor + np.exp(on_wall) * (1 - floor)
    settled[kept | ((on_floor == 0) & (on_wall == 0)).all(-1)] = 1.0
    return _without_specks(settled.astype(np.float32), _resized(alpha > 0, w, h) > 0)


def settle_glaze(glaze: Glaze, photo: F32, room: Room) -> Glaze:
    """What the floor mirrors as it may act: on the floor alone, nothing where it is next to nothing.

    photo: linear, of any size. Its own floor around says how light a matte floor would be there.
    """
    h, w = glaze.hidden.shape
    seen = np.asarray(cv2.resize(photo, (w, h), interpolation=cv2.INTER_AREA), np.float32)
    floor = _resized(room.floor_mask & ~room.window_mask & ~np.isfinite(room.front_of), w, h)
    least, share = _LEAST_GLAZE
    light = glaze.light * floor[..., None]
    light = np.sign(light) * np.maximum(np.abs(light) - least, 0.0)
    hidden = np.clip((glaze.hidden * floor - share) / (1 - share), 0.0, 1.0)
    return Glaze(light.astype(np.float32), hidden.astype(np.float32), _as_beside(glaze.matte, seen, floor))


def _as_beside(matte: F32, seen: F32, floor: F32) -> F32:
    """The matte floor (h, w, 3) as light, and of the colour, that the photo's floor is around, where no glare is."""
    plain = (floor * (seen @ LUMA < _GLARE * (matte @ LUMA)))[..., None] + np.float32(1e-3)
    sigma = _AROUND * floor.shape[1]
    share = cv2.GaussianBlur(seen * plain, (0, 0), sigma) / cv2.GaussianBlur(matte * plain + 1e-6, (0, 0), sigma)
    return np.asarray(matte * share, np.float32)


def without_glare(photo: F32, glaze: Glaze) -> F32:
    """The linear photo (h, w, 3) less the windows whose mirror image furniture hides. `glaze` at the photo's size.

    Glare is what outshines a matte floor, channel by channel: what remains has the floor's own colour,
    and the grain that shows in glare too.
    """
    level = photo @ LUMA
    grain = np.clip(level / np.maximum(cv2.GaussianBlur(level, (0, 0), _GRAIN_BLUR), 1e-4), 0.7, 1.3)
    glare = np.maximum(photo - _GLARE * glaze.matte * grain[..., None], 0.0)
    return np.asarray(photo - glare * glaze.hidden[..., None], np.float32)


def with_mirrored(floor: F32, glaze: Glaze) -> F32:
    """The shaded floor (h, w, 3) with furniture mirrored in it: as light, which has not the floor's texture.

    What is darker than the wall it hides takes from all channels alike: taken off as light it would redden wood.
    """
    level = (glaze.light @ LUMA)[..., None]
    left = np.maximum(1.0 + np.minimum(level, 0.0) / np.maximum(floor @ LUMA, 1e-5)[..., None], 1.0 - _MOST_MIRRORED)
    return np.asarray(floor * left + np.where(level > 0, glaze.light, 0.0), np.float32)


def windows(room: Room) -> Bool:
    """(h, w) pixels of `Photo.small` that outdoor light comes through or falls on first: glass, sashes, frames."""
    zone = room.window_mask.astype(np.uint8)
    for opening in room.openings:
        if opening.kind == "window" and opening.confidence >= _SURE_WINDOW:
            uv, depth = room.camera.project(_framed(opening))
            if (depth > 0.1).all():
                cv2.fillConvexPoly(zone, np.clip(uv, -1e4, 1e4).astype(np.int32), 1)
    reach = max(round(_GLASS_EDGE * zone.shape[1]), 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(zone, disc) > 0)


def _framed(opening: Opening) -> np.ndarray:
    """(4, 3) corners of a window with its casing, metres."""
    a, b = opening.ground
    out = FRAME_M * (b - a) / max(float(np.linalg.norm(b - a)), 1e-6)
    low, high = max(opening.bottom_m - FRAME_M, 0.0), opening.top_m + FRAME_M
    return np.array([(*(a - out), low), (*(b + out), low), (*(b + out), high), (*(a - out), high)])


def _off_windows(room: Room, width: int, height: int) -> F32:
    """(height, width) share of what happens to walls that is let happen: none on windows, all at some distance."""
    zone = windows(room)
    away = cv2.distanceTransform((~zone).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    t = np.clip(away / (_WINDOW_FADE * zone.shape[1]), 0.0, 1.0)
    return np.asarray(cv2.resize(t * t * (3 - 2 * t), (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _away(alpha: F32, width: int, height: int) -> F32:
    """(height, width, 1) distance from the nearest furniture, in shares of the picture's width."""
    away = cv2.distanceTransform((alpha == 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # The frame's width is as good as any distance: without furniture there is none.
    shares = np.minimum(away / np.float32(alpha.shape[1]), 1.0)
    return np.asarray(cv2.resize(shares, (width, height))[..., None], np.float32)


def _beyond_noise(log: F32) -> F32:
    """What a photo shows of the log ratio."""
    beyond = np.sign(log) * np.maximum(np.abs(log) - _DEADBAND, 0.0)
    return np.asarray(beyond * np.where(beyond < 0, photo_look.SHADE_CONTRAST, 1.0), np.float32)


def _limited(log: F32, away: F32) -> F32:
    """The log ratio (h, w, 3) within what walls may change at that distance (h, w, 1), in level and in colour."""
    level = log.mean(-1, keepdims=True)
    near, far = np.exp(-away / _NEAR), np.exp(-away / _FAR)
    contact, apart, light = (float(np.log(r)) for r in (_WALL_RATIO[0], WALL_AWAY, _WALL_RATIO[1]))
    dark = contact * near + apart * (1 - near) * far
    limited = np.where(level < 0, dark * np.tanh(level / dark), light * np.tanh(level / light))
    tint = _WALL_TINT * np.tanh((log - level) / _WALL_TINT) * far
    return np.asarray(limited + tint, np.float32)


def _soft_shadows(log: F32, floor: F32, away: F32) -> F32:
    """The log ratio (h, w, 3) as walls, what `floor` (h, w, 1) leaves, show it: shadows of windows have no edge but
    where things touch."""
    wall = 1 - floor
    sigma = _SOFT * log.shape[1]
    share = cv2.GaussianBlur(wall[..., 0], (0, 0), sigma)[..., None]
    soft = cv2.GaussianBlur(log * wall, (0, 0), sigma) / np.maximum(share, 1e-3)
    return np.asarray(log + (soft - log) * np.clip(away / _NEAR, 0.0, 1.0), np.float32)


def _resized(mask: Bool, width: int, height: int) -> F32:
    return np.asarray(cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _without_specks(ratio: F32, furniture: Bool) -> F32:
    """Forget small patches of change that touch no furniture."""
    acting = (ratio != 1.0).any(-1) | furniture
    count, label, stats, _ = cv2.connectedComponentsWithStats(acting.astype(np.uint8), connectivity=8)
    held = np.zeros(count, bool)
    held[np.unique(label[furniture])] = True
    small = stats[:, cv2.CC_STAT_AREA] < max(_SPECK_SHARE * ratio.shape[0] * ratio.shape[1], 30)
    ratio[(small & ~held)[label]] = 1.0
    return ratio

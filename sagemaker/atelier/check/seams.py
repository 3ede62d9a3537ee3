"""Where furniture meets the photo: shadows under it, no halo around it, and the photo's own sharpness and grain."""

from __future__ import annotations

import cv2
import numpy as np

from atelier import photo_look
from atelier.check.base import Finished, measured
from atelier.light import LUMA, to_linear
from atelier.model import F32, Bool, Placement
from atelier.plan.parts import FLAT, HUNG
from atelier.plan.poses import footprint, world
from engine_contract import Check

MOST_LIGHT_LEFT = 0.8
"""share of the floor's light left in the darkest tenth around a foot, median of pieces: more is no contact shadow"""
MAX_HALO = 10.0
"""sRGB levels by which the 95th percentile just outside a silhouette is brighter than the photo"""
MAX_SOFTER = 0.7
"""pixels of Gaussian blur by which the furniture's edges may be softer than the photo's"""
MIN_GRAIN = 0.3
"""of the photo's grain, where it has any that shows"""
_VISIBLE_GRAIN = 0.004
_AROUND_M = 0.1
_FEWEST_FLOOR = 30
_TILE = 1024


def seam_checks(work: Finished) -> tuple[Check, ...]:
    """Contact shadow, halo, sharpness and grain, each where there is enough picture to measure it."""
    return (*_contact(work), *_halo(work), *_texture(work))


def contact(work: Finished) -> dict[int, float]:
    """By index of the placement: share of light left at the foot of pieces that stand on bare, visible floor."""
    h, w = work.photo.small.shape[:2]
    new = to_linear(np.asarray(cv2.resize(work.composite.rgb, (w, h), interpolation=cv2.INTER_AREA))) @ LUMA
    old = to_linear(work.photo.small) @ LUMA
    alpha = cv2.resize(work.render.alpha, (w, h), interpolation=cv2.INTER_AREA)
    floor = work.room.floor_mask & (alpha < 0.02) & ~np.isfinite(work.room.front_of)
    out = {}
    for i, p in enumerate(work.layout.placements):
        if p.on is None and p.piece not in HUNG | FLAT:
            near = floor & _ground(work, p, (h, w))
            if near.sum() >= _FEWEST_FLOOR:
                left = (new[near] + 1e-3) / (old[near] + 1e-3)
                out[i] = float(np.percentile(left, 10))
    return out


def _ground(work: Finished, p: Placement, shape: tuple[int, int]) -> Bool:
    """(h, w) the floor under a piece and a hand's width around it."""
    base = footprint(p.size_m, -_AROUND_M)
    points = world(base, np.array(p.x), np.array(p.y), np.array(p.yaw_deg))[0]
    uv, depth = work.room.camera.project(np.concatenate([points, np.zeros((len(points), 1))], 1))
    mask = np.zeros(shape, np.uint8)
    seen = uv[depth > 0.1]
    if len(seen) >= 3:
        hull = cv2.convexHull(seen.astype(np.float32))
        cv2.fillConvexPoly(mask, np.clip(hull, -1e4, 1e4).astype(np.int32), 1)
    return np.asarray(mask > 0)


def _contact(work: Finished) -> list[Check]:
    left = contact(work)
    if not left:
        return []
    value = float(np.median(list(left.values())))
    note = "share of light left on the floor at the foot of pieces, their median"
    return [measured("contact_shadow", value, MOST_LIGHT_LEFT, value <= MOST_LIGHT_LEFT, note)]


def _halo(work: Finished) -> list[Check]:
    height, width = work.photo.rgb.shape[:2]
    inside = cv2.resize((work.render.alpha > 0).astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    # A soft photo has soft silhouettes: what blur carries over them is no halo.
    soft = 2 * int(2 * work.composite.blur) + 1
    inside = cv2.dilate(inside, np.ones((soft, soft), np.uint8))
    ring = (cv2.dilate(inside, np.ones((5, 5), np.uint8)) > 0) & (inside == 0)
    if not ring.any():
        return []
    brighter = (work.composite.rgb[ring].astype(np.int16) - work.photo.rgb[ring]).max(-1)
    value = max(float(np.percentile(brighter, 95)), 0.0)
    note = "sRGB levels by which the photo is brighter just outside a silhouette"
    return [measured("no_halo", value, MAX_HALO, value <= MAX_HALO, note)]


def _texture(work: Finished) -> list[Check]:
    """On the full-resolution tile that holds most furniture; the photo's own look is measured beside it."""
    tile, solid = _fullest(work)
    new, old = (
        np.asarray(a[tile].astype(np.float32) @ LUMA / 255, np.float32) for a in (work.composite.rgb, work.photo.rgb)
    )
    out = []
    ours, theirs = photo_look.edge_blur(new, solid), photo_look.edge_blur(old, ~solid)
    if ours and theirs:
        softer = ours - max(theirs, work.composite.blur)
        note = "pixels of blur by which the furniture's edges are softer than the photo's"
        out.append(measured("sharp_as_the_photo", softer, MAX_SOFTER, softer <= MAX_SOFTER, note))
    there, here = photo_look.flat_noise(old, ~solid), photo_look.flat_noise(new, solid)
    if there >= _VISIBLE_GRAIN and solid.sum() >= _TILE:
        share = here / there
        note = "grain of the furniture's smoothest parts, as a share of the photo's"
        out.append(measured("grain_as_the_photo", share, MIN_GRAIN, share >= MIN_GRAIN, note))
    return out


def _fullest(work: Finished) -> tuple[tuple[slice, slice], Bool]:
    """The tile with most furniture, and where in it furniture fills the pixels."""
    height, width = work.photo.rgb.shape[:2]
    alpha: F32 = work.render.alpha
    rows, columns = (np.flatnonzero((alpha > 0.9).any(k)) for k in (1, 0))
    middle = [float(np.median(a)) + 0.5 if len(a) else 0.0 for a in (rows, columns)]
    at = [middle[0] * height / alpha.shape[0], middle[1] * width / alpha.shape[1]]
    begin = [int(np.clip(c - _TILE / 2, 0, max(n - _TILE, 0))) for c, n in zip(at, (height, width), strict=True)]
    tile = (slice(begin[0], min(begin[0] + _TILE, height)), slice(begin[1], min(begin[1] + _TILE, width)))
    same = alpha.shape == (height, width)
    large = (alpha if same else cv2.resize(alpha, (width, height), interpolation=cv2.INTER_LINEAR))[tile]
    return tile, np.asarray(cv2.erode((large > 0.9).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)

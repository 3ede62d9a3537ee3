"""Whether the furniture was lit by the room and seen by its camera: exposure, highlights, white balance.

Furniture has colours of its own, so none of these asks for equality. Each bound lies between pictures that people
accepted and the same pictures with the furniture a stop darker, a stop brighter or 30 % warmer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from atelier.check.base import Finished, measured
from atelier.light import LUMA, to_linear
from atelier.light.fit import photo_white
from atelier.model import F32, U8, Bool
from engine_contract import Check

MAX_STOPS = 2.5
"""between furniture and room in the worst third of the furniture's width: walnut in a white room is 2"""
_LIT = 80.0
"""percentile of a third's brightness that says if it is too dark: walnut and a screen fill more than half of one"""
DULLEST = -1.4
"""stops from what is white in the photo to the lightest hundredth of the furniture, as shown"""
BRIGHTEST = 0.4
"""stops by which the lightest tenth of the furniture outshines the photo's white before highlights are rolled off: the
roll-off hides from the finished picture that the light was wrong. Lamps and mirrors are smaller than that tenth."""
MAX_CAST = 15.0
"""CIELAB a*b* distance of the furniture's most neutral light parts from the room's light parts."""
MAX_TINT = 5.0
"""CIELAB a*b* by which walls near furniture may change colour (99th percentile): bounced light tints by a few per cent,
and what is seen as a stain begins about there"""
_REGIONS = 3
_LIGHT_SHARE, _NEUTRAL_SHARE = 60.0, 20.0
"""percentiles: of lightness, above which a pixel counts as light; of distance, taken as neutral"""
_FEWEST = 60
_SOLID = 0.9
"""coverage from which a pixel is furniture alone"""


@dataclass(frozen=True)
class _Views:
    """Both pictures at the size analysis works on."""

    new: U8
    old: U8
    solid: Bool
    """furniture alone"""
    bare: Bool
    """room alone, glazing left out"""


def tone_checks(work: Finished) -> tuple[Check, ...]:
    """Exposure, highlights and cast; none when the picture holds next to no furniture."""
    views = _views(work)
    if views.solid.sum() < _FEWEST or views.bare.sum() < _FEWEST:
        return ()
    new, old = (to_linear(a) @ LUMA for a in (views.new, views.old))
    stops = max(_region_stops(np.asarray(new, np.float32), np.asarray(old, np.float32), views), key=abs)
    white = photo_white(to_linear(work.photo.small), work.room)
    shine = float(np.log2(max(float(np.percentile(new[views.solid], 99)), 1e-4) / white))
    glow = float(np.log2(max(_rendered(work), 1e-4) / white))
    note = "stops of the lightest furniture above the photo's white"
    cast, tint = _cast(views), _tint(views, work)
    return (
        measured("exposure_matches", stops, MAX_STOPS, abs(stops) <= MAX_STOPS, "stops to the room, worst third"),
        measured("not_too_dull", shine, DULLEST, shine >= DULLEST, note),
        measured("nothing_glows", glow, BRIGHTEST, glow <= BRIGHTEST, note + ", as lit"),
        measured("no_colour_cast", cast, MAX_CAST, cast <= MAX_CAST, "CIELAB a*b* between light parts of both"),
        measured("walls_keep_colour", tint, MAX_TINT, tint <= MAX_TINT, "CIELAB a*b* of change on walls and sills"),
    )


def _rendered(work: Finished) -> float:
    """Linear luminance above which the lightest tenth of the furniture is lit."""
    alpha = work.render.alpha
    solid = alpha > _SOLID
    return float(np.percentile((work.render.colour[solid] @ LUMA) / alpha[solid], 90)) if solid.any() else 0.0


def _views(work: Finished) -> _Views:
    h, w = work.photo.small.shape[:2]
    new = cv2.resize(work.composite.rgb, (w, h), interpolation=cv2.INTER_AREA)
    alpha = cv2.resize(work.render.alpha, (w, h), interpolation=cv2.INTER_AREA)
    bare = (alpha < 0.01) & ~work.room.window_mask
    return _Views(np.asarray(new, np.uint8), work.photo.small, np.asarray(alpha > _SOLID), np.asarray(bare))


def _region_stops(new: F32, old: F32, views: _Views) -> Iterator[float]:
    """Per third of the furniture's width: stops from the room's median in those columns to the furniture's, or, where
    that is darker, to its lit part."""
    columns = np.flatnonzero(views.solid.any(0))
    for part in np.array_split(np.arange(columns[0], columns[-1] + 1), _REGIONS):
        inside = slice(int(part[0]), int(part[-1]) + 1) if len(part) else slice(0, 0)
        solid, bare = views.solid[:, inside], views.bare[:, inside]
        if min(solid.sum(), bare.sum()) >= _FEWEST:
            here = np.percentile(new[:, inside][solid], (50.0, _LIT)) + 1e-3
            middle, lit = (float(v) for v in np.log2(here / (np.median(old[:, inside][bare]) + 1e-3)))
            yield middle if middle > 0 else min(lit, 0.0)
    yield 0.0


def _cast(views: _Views) -> float:
    room = _light_parts(views.old[views.bare])
    furniture = _light_parts(views.new[views.solid])
    distance = np.linalg.norm(furniture - np.median(room, 0), axis=1)
    return float(np.percentile(distance, _NEUTRAL_SHARE))


def _tint(views: _Views, work: Finished) -> float:
    """How far the room beyond floor and furniture changed its colour."""
    # A few pixels off silhouettes and floor, whose own colours are seen in theirs.
    room = cv2.erode((views.bare & ~work.room.floor_mask).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    wall = room & (views.new != views.old).any(-1)
    if wall.sum() < _FEWEST:
        return 0.0
    new, old = (cv2.GaussianBlur(a.astype(np.float32) / np.float32(255), (0, 0), 1.5) for a in (views.new, views.old))
    shift = (cv2.cvtColor(new, cv2.COLOR_RGB2LAB) - cv2.cvtColor(old, cv2.COLOR_RGB2LAB))[wall]
    return float(np.percentile(np.linalg.norm(shift[:, 1:], axis=1), 99))


def _light_parts(rgb: U8) -> F32:
    """(n, 2) a*b* of the lighter pixels of (N, 3) sRGB."""
    lab = cv2.cvtColor((rgb[None] / np.float32(255)).astype(np.float32), cv2.COLOR_RGB2LAB)[0]
    return np.asarray(lab[lab[:, 0] >= np.percentile(lab[:, 0], _LIGHT_SHARE), 1:], np.float32)

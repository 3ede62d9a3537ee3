"""Two unknown gains and one exposure: how bright windows and unseen surfaces are beyond what the photo shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from atelier.light.box import FACES, LUMA, form_factors, object_views, patch_means, receivers, table_views
from atelier.light.faces import Face
from atelier.model import F32, F64, Room

WHITE_ALBEDO = 0.8
_WINDOW_GAINS = np.geomspace(2.0, 40.0, 16)
_UNSEEN_GAINS = np.geomspace(0.5, 4.0, 12)
_USUAL = ((8.0, 0.8), (1.0, 0.4))
"""window and unseen gain as they mostly are, and the spread of their logarithms."""
_LIGHTEST_ALBEDO, _LIGHTEST_SPREAD = 0.75, 0.15
"""Of a room's walls and ceiling the lightest is nearly always painted white: what light the walls themselves do not
send onto it, windows and what is out of sight must."""
_OUTLIER = 0.25
"""log residual from which a patch counts linearly: a picture, a cupboard, a shadow that no box explains."""
_READINGS, _LEAST_LOSS = 5.0, 0.5 * 0.1**2
"""half the number of independent readings of the shading, and half the square of the least residual to
be believed: photo software flattens shading everywhere"""
_TRIM_OVER_WALL = 1.2
_WHITE_PART, _MOST_BALANCE = (85.0, 97.0), 0.15
"""percentiles of the room's brightness that are white in a photo; log by which that moves red and blue of the light"""
_GLARE = 1.5
"""how much lighter than the photo's white a white rug in the best light may get"""


@dataclass(frozen=True)
class Solution:
    """residual: mean |log| of what the box leaves unexplained of the photo's shading."""

    window_gain: float
    unseen_gain: float
    exposure: float
    exposure_walls: float
    white: float
    residual: float


def solve(faces: Mapping[str, Face], lo: F64, hi: F64, extent: F64, white: float) -> Solution:
    """The gains under which each surface shades from its window side to its far side as it does in the photo.

    Only the course of the light over a surface counts: its own albedo is whatever fits, so that a dark wall says as
    much as a white one. The absolute level follows from the lightest surface and from `white`, the photo's own.
    """
    emitters = _emitters(faces)
    points, normals = receivers(lo, hi)
    response = form_factors(points, normals, lo, hi) @ emitters
    surfaces = _surfaces(faces, response)
    cost, gains = np.inf, (_USUAL[0][0], _USUAL[1][0])
    for window in _WINDOW_GAINS if emitters[:, 1].any() else [_USUAL[0][0]]:
        for unseen in _UNSEEN_GAINS:
            this = _cost(surfaces, float(window), float(unseen))
            if this < cost:
                cost, gains = this, (float(window), float(unseen))
    mix = np.array([1.0, *gains])
    levels = [(float(np.median(y - np.log(r @ mix))), y, r) for y, r in surfaces]
    residual = float(np.mean(np.concatenate([np.abs(y - np.log(r @ mix) - m) for m, y, r in levels] or [np.zeros(1)])))
    walls = float(np.exp(max((m for m, _, _ in levels), default=0.0))) / _LIGHTEST_ALBEDO
    # The lit sides of a white thing standing in the room look about as bright as what is white in the photo: that is
    # white where light falls on it, and the sides turned away are darker.
    top, *sides = object_views(extent, lo, hi) @ emitters @ mix
    seen_by_object = 0.5 * float(top + max(sides))
    # Where windows come near, white may be lighter than that, but no lighter than a photo would let it be.
    lightest = float(np.percentile(table_views(extent, lo, hi) @ emitters @ mix, 80)) / _GLARE
    by_objects = white / max(WHITE_ALBEDO * max(seen_by_object, lightest), 1e-4)
    # Two readings of one number: furniture must be as bright as the photo's white, and lit like the walls it stands by.
    exposure = float(np.sqrt(by_objects * min(by_objects, walls))) if levels else by_objects
    return Solution(*gains, exposure, walls, white, residual)


def _emitters(faces: Mapping[str, Face]) -> F64:
    """(patches, 3): luminance of the photo as it is, of its windows, of what it does not show."""
    columns = []
    for f in faces.values():
        lum = f.radiance @ LUMA
        parts = [np.where(f.seen, lum, 0), np.where(f.window, lum, 0), np.where(f.seen, 0, lum)]
        columns.append(np.concatenate([patch_means(np.asarray(p, np.float32)) for p in parts], 1))
    return np.concatenate(columns)


def _surfaces(faces: Mapping[str, Face], response: F64) -> list[tuple[F64, F64]]:
    """Per face with enough clear view: (n,) log luminance and (n, 3) response of its patches."""
    size = len(response) // len(FACES)
    out = []
    for i, name in enumerate(FACES):
        f = faces[name]
        y = patch_means(f.radiance @ LUMA)[:, 0]
        ok = (patch_means((f.shown & ~f.window).astype(np.float32))[:, 0] > 0.9) & (y > 0.01) & (y < 0.92)
        if ok.sum() >= 6:
            out.append((np.log(y[ok]), response[i * size :][:size][ok]))
    return out


def _cost(surfaces: list[tuple[F64, F64]], window: float, unseen: float) -> float:
    """Huber loss of the shading, weighed by what is seen, against what gains and albedos usually are."""
    mix = np.array([1.0, window, unseen])
    loss, count, lightest = 0.0, 0, -np.inf
    for y, response in surfaces:
        r = y - np.log(response @ mix)
        level = float(np.median(r))
        off = np.abs(r - level)
        loss += float(np.where(off < _OUTLIER, 0.5 * off**2, _OUTLIER * (off - 0.5 * _OUTLIER)).sum())
        count, lightest = count + len(y), max(lightest, level)
    prior = sum((np.log(g / usual) / spread) ** 2 for g, (usual, spread) in zip((window, unseen), _USUAL, strict=True))
    if count:
        prior += ((lightest - np.log(_LIGHTEST_ALBEDO)) / _LIGHTEST_SPREAD) ** 2
    # How far paint, trim and cupboards stray from one albedo differs from room to room, so the spread of the residuals
    # is profiled out; patches of one surface err together and weigh as a few independent readings.
    return _READINGS * float(np.log(loss / max(count, 1) + _LEAST_LOSS)) + 0.5 * float(prior)


def white_balance(
    faces: Mapping[str, Face], found: Solution, lo: F64, hi: F64, extent: F64, linear: F32, room: Room
) -> F64:
    """(3,) gains that bring the light on furniture towards the colour of what is white in the photo, not its level.

    The box has the photo's colours but not the camera's part in them: software neutralises trim and ceilings, and
    less so the floor that lights furniture. Of both readings the geometric mean.
    """
    emission = [patch_means(f.emission(found.window_gain, found.unseen_gain)) for f in faces.values()]
    light = (object_views(extent, lo, hi) @ np.concatenate(emission)).mean(0)
    luminance = linear @ LUMA
    pixels = ~(room.floor_mask | room.window_mask) & (luminance < 0.98)
    if not pixels.any():
        return np.ones(3)
    low, high = np.percentile(luminance[pixels], _WHITE_PART)
    white = np.median(linear[pixels & (luminance >= low) & (luminance <= high)], 0).astype(np.float64)
    # Lights differ from warm to cold, not from green to purple: what is green about a wall is its paint.
    colder = float(np.log(white[2] / white[0]) - np.log(light[2] / light[0])) if min(*white, *light) > 0 else 0.0
    step = float(np.clip(0.25 * colder, -_MOST_BALANCE, _MOST_BALANCE))
    gains = np.exp(np.array([-step, 0.0, step]))
    return np.asarray(gains * float(light @ LUMA) / float(gains * light @ LUMA))


def photo_white(linear: F32, room: Room) -> float:
    """Luminance at which the photo shows something white: its trim, ceiling or bright walls.

    Painted walls are seldom white; trim is, but small, and so are reflections: neither may go far beyond the other.
    """
    luminance = linear @ LUMA
    room_pixels = luminance[~(room.floor_mask | room.window_mask) & (luminance < 0.98)]
    if not len(room_pixels):
        return 0.7
    wall, trim = np.percentile(room_pixels, [92, 98])
    return float(np.clip(min(trim, _TRIM_OVER_WALL * wall), 0.15, 0.9))

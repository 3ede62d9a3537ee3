"""What stands in the photographed room: radiators, counters, columns, stairs, forgotten things.

The floor's outline betrays them. Between two stretches of one wall, in a corner or at the frame it leaves the
wall's line for the room's side: the floor that is missing there is a footprint. MobileSAM, prompted just above
it, gives the thing's pixels, and they its height.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from shapely.geometry import LineString, Polygon
from shapely.geometry.polygon import orient

from atelier.model import F64, U8, Bool, BoundaryPiece, Camera, Opening, Standing, StandingKind
from atelier.perceive.lines import Lines
from atelier.perceive.segment import Embedding, decode
from atelier.weights import Weights

_LEAST_DEPTH_M, _MOST_DEPTH_M = 0.12, 1.5
_LEAST_M2, _MOST_M2 = 0.03, 4.0
_LINKS = 8
"""pieces the outline of one thing may have."""
_MOST = 4
_SURE = 0.8
_DIFFERS = 6.0  # CIE Lab
_TALLEST_PROMPT_M = 1.3
_STEEP, _FLAT = np.deg2rad(60), np.deg2rad(22)


@dataclass(frozen=True)
class Footprint:
    """Floor that is missing in front of a wall."""

    corners: F64
    """(N, 2) counter-clockwise, metres; the thing's outer edge and the wall behind it."""
    edge: F64
    """(M, 2) its outline towards the room."""
    depth_m: float
    """how far it comes off the wall."""
    width_m: float
    in_corner: bool
    """between two walls rather than before one."""


def footprints(pieces: Sequence[BoundaryPiece], polygon: F64, taken: Sequence[Opening]) -> list[Footprint]:
    """Bites the outline takes out of the floor, largest first. Metres."""
    floor = Polygon(polygon).buffer(0)
    both_ways = (list(pieces), _reversed(pieces))
    bites = [bite for way in both_ways for start in range(len(way)) if (bite := _bite_after(way, start)) is not None]
    return _distinct([bite for bite in bites if _is_solid(bite, floor, taken)])[:_MOST]


def _bite_after(pieces: Sequence[BoundaryPiece], start: int) -> Footprint | None:
    """What stands where the outline leaves the wall piece `start`, up to the next wall or the frame."""
    wall = pieces[start]
    if wall.kind != "wall":
        return None
    run: list[F64] = []
    for step in range(1, min(_LINKS, len(pieces))):
        piece = pieces[(start + step) % len(pieces)]
        if piece.kind != "free" and run:
            bite = _bite(wall, np.array(run), piece)
            if bite is not None or piece.kind == "border":
                return bite
        if piece.kind == "border" or (piece.kind == "wall" and _in_line(wall, piece)):
            return None
        run += [piece.ground[0], piece.ground[1]]
    return None


def _reversed(pieces: Sequence[BoundaryPiece]) -> list[BoundaryPiece]:
    return [BoundaryPiece(p.kind, p.pixels[::-1], p.ground[::-1], p.normal, p.tall) for p in reversed(pieces)]


def _in_line(wall: BoundaryPiece, other: BoundaryPiece) -> bool:
    offset = np.abs((other.ground - wall.ground[0]) @ wall.normal)
    return bool(wall.normal @ other.normal > 0.97 and offset.max() < 0.2)


def _bite(wall: BoundaryPiece, run: F64, after: BoundaryPiece) -> Footprint | None:
    """The floor missing between a wall's end, the outline that follows, and where the wall goes on."""
    depth = (run - wall.ground[0]) @ wall.normal
    along = wall.ground[1] - wall.ground[0]
    along = along / max(float(np.linalg.norm(along)), 1e-9)
    in_corner = after.kind == "wall" and not _in_line(wall, after)
    if in_corner:
        corner = _crossing(wall, after)
        if corner is None:
            return None
        across = (run - after.ground[0]) @ after.normal
        off = np.minimum(depth, across)
        closing = [after.ground[0], corner, wall.ground[1]]
    else:
        off = depth
        back = run[-1] - depth[-1] * wall.normal
        closing = [back, wall.ground[1]]
    reach = float(off.max())
    outline = Polygon([*run, *closing])
    if not _LEAST_DEPTH_M < reach < _MOST_DEPTH_M or not outline.is_valid:
        return None
    if off.min() < -_LEAST_DEPTH_M or not _LEAST_M2 < outline.area < _MOST_M2:
        return None
    s = run @ along
    corners = np.array(orient(outline).exterior.coords[:-1], np.float64)
    return Footprint(corners, run, reach, float(np.ptp(s)), in_corner)


def _crossing(a: BoundaryPiece, b: BoundaryPiece) -> F64 | None:
    normals = np.stack([a.normal, b.normal])
    if abs(float(np.linalg.det(normals))) < 0.4:
        return None
    return np.asarray(np.linalg.solve(normals, [a.normal @ a.ground[0], b.normal @ b.ground[0]]), np.float64)


def _is_solid(bite: Footprint, floor: Polygon, taken: Sequence[Opening]) -> bool:
    """Whether no floor is seen there and no door or passage leads through."""
    outline = Polygon(bite.corners)
    if outline.intersection(floor).area > 0.25 * outline.area:
        return False
    return not any(
        LineString(o.ground).buffer(0.1).intersection(outline.buffer(0.1)).area
        > 0.5 * LineString(o.ground).buffer(0.1).area
        for o in taken
        if o.kind in ("door", "passage")
    )


def _distinct(found: Sequence[Footprint]) -> list[Footprint]:
    kept: list[Footprint] = []
    for bite in sorted(found, key=lambda b: (b.in_corner, -Polygon(b.corners).area)):
        outline = Polygon(bite.corners)
        if all(outline.intersection(Polygon(k.corners)).area < 0.3 * outline.area for k in kept):
            kept.append(bite)
    return kept


@dataclass(frozen=True)
class Sight:
    """The photo as the segmenter and the line detectors saw it."""

    rgb: U8
    """(H, W, 3) sRGB."""
    floor: Bool
    lines: Lines
    embedding: Embedding
    weights: Weights


def find_standing(found: Sequence[Footprint], camera: Camera, sight: Sight) -> tuple[Standing, ...]:
    """Footprints in metres → the things on them that the segmenter confirms, with their pixels and heights."""
    things = (_standing(bite, camera, sight) for bite in found)
    return tuple(thing for thing in things if thing is not None)


def _standing(bite: Footprint, camera: Camera, sight: Sight) -> Standing | None:
    solid = _extruded(bite.corners, camera, _TALLEST_PROMPT_M)
    inside = _project(camera, _resampled(bite.edge, 3), 0.22)
    outside = _project(camera, _resampled(bite.edge * 0.93, 2), 0.0)
    box = _box(_extruded(bite.corners, camera, 0.9))
    odds, quality = decode(sight.embedding, sight.weights, _points(inside), _points(outside), box)
    mask = (odds > 0) & ~sight.floor & cv2.dilate(solid.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool)
    height = _height(mask, bite, camera)
    if quality < _SURE or height is None or not _stands_out(mask, sight):
        return None
    kind = "stairs" if _climbs(mask, sight.lines) and height > 1.1 else _kind(bite, height)
    return Standing(kind, mask, bite.corners, height, min(1.0, quality))


def _kind(bite: Footprint, height: float) -> StandingKind:
    """By size: what is 0.3 m deep and knee to hip high before a wall is a radiator, and so on."""
    if bite.depth_m < 0.36 and 0.35 < height < 1.05 and bite.width_m > 0.4:
        return "radiator"
    if 0.55 < bite.depth_m < 1.1 and 0.38 < height < 0.7 and bite.width_m > 1.3:
        return "bathtub"
    if 0.4 < bite.depth_m < 0.85 and 0.75 < height < 1.1 and bite.width_m > 0.5:
        return "counter"
    if height >= _TALLEST_PROMPT_M - 0.05 and max(bite.width_m, bite.depth_m) < 0.8:
        return "column"
    return "object"


def _stands_out(mask: Bool, sight: Sight) -> bool:
    """Whether it differs from what surrounds it: a patch of the wall itself hides nothing."""
    inside = mask & ~_dilated(~mask, 9)
    around = _dilated(mask, 15) & ~_dilated(mask, 7) & ~sight.floor
    if not inside.any() or not around.any():
        return False
    lab = np.asarray(cv2.cvtColor(sight.rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    difference = np.median(lab[inside], 0) - np.median(lab[around], 0)
    return bool(np.linalg.norm(difference) > _DIFFERS)


def _dilated(mask: Bool, side: int) -> Bool:
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((side, side), np.uint8)) > 0, np.bool_)


def _climbs(mask: Bool, lines: Lines) -> bool:
    """Whether steep lines run through most of its height: strings and handrails of stairs."""
    rows = np.flatnonzero(mask.any(1))
    ends = np.clip(lines.segments.reshape(-1, 2, 2).astype(int), 0, np.array(mask.shape)[::-1] - 1)
    on = mask[ends[..., 1], ends[..., 0]].all(1)
    run, rise = np.abs(lines.segments[:, 2:] - lines.segments[:, :2]).T
    angle = np.arctan2(rise, np.maximum(run, 1e-9))
    sloped = on & (angle > _FLAT) & (angle < _STEEP)
    return bool(len(rows) and np.hypot(run, rise)[sloped].sum() > 1.5 * np.ptp(rows))


def _height(mask: Bool, bite: Footprint, camera: Camera) -> float | None:
    """Metres from the mask's upper edge where it stands nearest; None where the mask is nowhere near it."""
    solid = _extruded(bite.corners, camera, 0.25)
    columns = np.flatnonzero((mask & solid).any(0))
    if len(columns) < 3 or (mask & solid).sum() < 0.3 * solid.sum():
        return None
    tops = mask[:, columns].argmax(0)
    uv = np.stack([columns + 0.5, tops + 0.5], 1)
    rays = camera.rays(uv)
    centre = bite.edge.mean(0)
    slope = rays[:, 2] / np.maximum(np.linalg.norm(rays[:, :2], axis=1), 1e-6)
    return float(np.clip(np.median(camera.height_m + slope * np.linalg.norm(centre)), 0.05, 3.0))


def _extruded(corners: F64, camera: Camera, height: float) -> Bool:
    """(h, w) pixels of the prism over a footprint."""
    canvas = np.zeros((camera.height, camera.width), np.uint8)
    ground = corners * np.maximum(1.0, 0.4 / np.maximum(np.linalg.norm(corners, axis=1, keepdims=True), 1e-9))
    points = np.concatenate([np.c_[ground, np.zeros(len(ground))], np.c_[ground, np.full(len(ground), height)]])
    uv, depth = camera.project(points)
    uv = np.clip(uv[depth > 0.05], -4 * camera.width, 5 * camera.width)
    if len(uv) >= 3:
        cv2.fillConvexPoly(canvas, cv2.convexHull(uv.astype(np.int32)), 1)
    return canvas > 0


def _project(camera: Camera, ground: F64, height: float) -> F64:
    uv, _ = camera.project(np.c_[ground, np.full(len(ground), height)])
    return np.asarray(np.clip(uv, 1, [camera.width - 2, camera.height - 2]), np.float64)


def _resampled(line: F64, count: int) -> F64:
    """(count, 2) points inside a polyline, evenly spaced."""
    steps = np.r_[0, np.linalg.norm(np.diff(line, axis=0), axis=1).cumsum()]
    at = np.linspace(0, steps[-1], count + 2)[1:-1]
    return np.stack([np.interp(at, steps, line[:, k]) for k in range(2)], 1)


def _box(mask: Bool) -> tuple[float, float, float, float] | None:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return None
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _points(points: F64) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in points]

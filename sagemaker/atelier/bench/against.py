"""One perceived room and its layout, held against the room as it truly is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union
from shapely.validation import make_valid

from atelier.check.solids import ground_quads
from atelier.model import F64, Camera, Opening, Placement, Room
from atelier.plan.parts import FLAT, HUNG
from atelier.synth import SyntheticRoom

GOOD_IOU, GOOD_FOCAL, GOOD_HEIGHT = 0.85, 0.10, 0.15
"""a room is understood well from this floor overlap on and up to these relative errors."""

_OUTSIDE, _CROSSING_M = 0.03, 0.06
_DOOR_SWING_M, _PASSAGE_M, _WINDOW_M = 0.6, 0.5, 0.3
_TOUCHING_M2 = 0.02
_OVER_SILL_M = 0.3
_SEAT, _TABLE = ("chair", "stool", "pouf", "bench"), ("table", "desk", "island", "vanity", "piano")

_NOWHERE = Polygon([(1000, 1000), (1001, 1000), (1001, 1001)])
"""where a piece stands that the true camera sees above the horizon, or not at all."""


def errors(truth: SyntheticRoom, room: Room) -> dict[str, float]:
    """Signed relative errors of focal length and camera height, degrees of rotation, overlaps of the floor."""
    camera, true = room.camera, truth.camera
    both = float((room.floor_mask & truth.floor_mask).sum())
    return {
        "focal": camera.f / true.f - 1,
        "height": camera.height_m / true.height_m - 1,
        "rotation_deg": _angle(camera, true),
        "horizon": (camera.cy - true.cy) / true.height,
        "floor_iou": both / max(float((room.floor_mask | truth.floor_mask).sum()), 1.0),
        "ground_iou": _ground_overlap(truth, room),
    }


def visible_m2(truth: SyntheticRoom) -> float:
    """True floor in the picture, square metres, up to 15 m away."""
    return float(_seen(truth).area)


def is_good(found: dict[str, float]) -> bool:
    """Whether a room with these errors may be staged without harm."""
    near = abs(found["focal"]) <= GOOD_FOCAL and abs(found["height"]) <= GOOD_HEIGHT
    return near and found["floor_iou"] >= GOOD_IOU


def violations(truth: SyntheticRoom, room: Room, placements: Sequence[Placement]) -> dict[str, int]:
    """How many pieces break a rule of the true room: where they seem to stand in the picture is what counts.

    Footprints go from the perceived floor through the picture onto the true one. The rules: on the floor, out of
    a door's swing and a passage's mouth, nothing tall before a window, no two in one place (a chair may be under
    a table).
    """
    solid = [p for p in placements if p.on is None and p.piece not in FLAT | HUNG]
    feet = [_footprint(p, room.camera, truth.camera) for p in solid]
    floor = _floor(truth)
    swing = [_before(d, _DOOR_SWING_M).intersection(floor) for d in truth.doors]
    swing += [_before(p, _PASSAGE_M) for p in truth.passages]
    windows = [(w, _before(w, _WINDOW_M)) for w in truth.windows]
    grown = floor.buffer(_CROSSING_M)
    return {
        "pieces": len(solid),
        "outside": sum(foot.difference(grown).area > _OUTSIDE * foot.area for foot in feet),
        "door": sum(any(_touch(foot, zone) for zone in swing) for foot in feet),
        "window": sum(
            any(p.size_m[2] > w.bottom_m + _OVER_SILL_M and _touch(foot, zone) for w, zone in windows)
            for p, foot in zip(solid, feet, strict=True)
        ),
        "overlap": sum(
            _touch(feet[i], feet[j]) and not _tucked(solid[i], solid[j])
            for i in range(len(solid))
            for j in range(i + 1, len(solid))
        ),
    }


def _angle(camera: Camera, true: Camera) -> float:
    """Degrees between two rotations, up to quarter turns of the room's axes, which name the same camera."""
    best = 180.0
    for quarter in range(4):
        c, s = np.cos(quarter * np.pi / 2), np.sin(quarter * np.pi / 2)
        turned = true.R @ np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        cosine = (np.trace(camera.R @ turned.T) - 1) / 2
        best = min(best, float(np.rad2deg(np.arccos(np.clip(cosine, -1, 1)))))
    return best


def _ground_overlap(truth: SyntheticRoom, room: Room) -> float:
    """Overlap on the ground, metres against metres, of the floor that was seen and the true one in view.

    Turned about the camera's foot so that both look the same way: how the axes are named does not count.
    """
    looks = [np.arctan2(camera.R[2, 0], camera.R[2, 1]) for camera in (room.camera, truth.camera)]
    turn = looks[0] - looks[1]
    c, s = np.cos(turn), np.sin(turn)
    found = _valid(np.asarray(room.polygon) @ np.array([[c, s], [-s, c]]).T)
    seen = _seen(truth)
    return float(found.intersection(seen).area / max(found.union(seen).area, 1e-9))


def _seen(truth: SyntheticRoom) -> BaseGeometry:
    """The floor that the picture shows, on the ground, up to 15 m away."""
    outlines, _ = cv2.findContours(truth.floor_mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    camera = truth.camera
    parts = []
    for outline in outlines:
        if len(outline) > 3:
            rays = camera.rays(outline[:, 0].astype(np.float64) + 0.5)
            flat = np.maximum(np.hypot(rays[:, 0], rays[:, 1]), 1e-6)
            reach = np.minimum(camera.height_m / np.maximum(-rays[:, 2], 1e-6), 15 / flat)
            parts.append(_valid(rays[:, :2] * reach[:, None]))
    return unary_union(parts)


def _footprint(piece: Placement, camera: Camera, true: Camera) -> BaseGeometry:
    parts = []
    for corners in ground_quads(piece):
        pixels, depth = camera.project(np.column_stack([corners, np.zeros(4)]))
        rays = true.rays(pixels)
        if depth.min() < 0.05 or rays[:, 2].max() > -1e-3:
            return _NOWHERE
        parts.append(_valid(rays[:, :2] * (true.height_m / -rays[:, 2:])))
    return unary_union(parts)


def _floor(truth: SyntheticRoom) -> BaseGeometry:
    return _valid(truth.polygon).difference(unary_union([_valid(c) for c in truth.columns]))


def _before(opening: Opening, reach: float) -> BaseGeometry:
    return LineString(opening.ground).buffer(reach, cap_style="flat")


def _touch(a: BaseGeometry, b: BaseGeometry) -> bool:
    return bool(a.intersection(b).area > _TOUCHING_M2)


def _tucked(a: Placement, b: Placement) -> bool:
    return (_is(a, _SEAT) and _is(b, _TABLE)) or (_is(b, _SEAT) and _is(a, _TABLE))


def _is(piece: Placement, words: Iterable[str]) -> bool:
    return any(word in piece.piece for word in words)


def _valid(points: F64) -> BaseGeometry:
    return make_valid(Polygon(np.asarray(points)))

"""The last look at a staged picture: every promise held against a number. One failed check, no publication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from atelier.model import F64, U8, Bool, Composite, Layout, Photo, Placement, Render, Room
from atelier.plan.energy import boxes
from atelier.plan.poses import footprint, world
from atelier.plan.space import NEAR_BED_M, NEAR_M, Space
from engine_contract import Check

COVERAGE = (0.06, 0.40)
MAX_STOPS = 2.2
"""how far the furniture's median luminance may be from the room's, in stops: walnut in a white room is 2."""
MAX_CAST = 26.0
"""CIELAB a*b* distance between furniture and room medians."""
MIN_CLEARANCE_M = {"door": 0.5, "fireplace": 0.7, "passage": 0.45}
MAX_OVERLAP_M2 = 0.01
_TUCKED = (
    {"dining-table", "dining-chair"},
    {"dining-table-round", "dining-chair"},
    {"desk", "office-chair"},
    {"desk", "dining-chair"},
)
_HUNG = {"art", "mirror"}


@dataclass(frozen=True)
class Finished:
    """One candidate with everything it was made from."""

    photo: Photo
    room: Room
    layout: Layout
    render: Render
    composite: Composite
    least_coverage: float = COVERAGE[0]
    """a kitchen's own built-ins furnish it: a table alone is enough there."""


def run_checks(work: Finished) -> tuple[Check, ...]:
    """Every check of one finished candidate."""
    space = Space.of(work.room)
    standing = [p for p in work.layout.placements if p.on is None and p.piece not in _HUNG]
    solid = [p for p in standing if p.piece != "rug"]
    alpha = _full(work.render.alpha, work.photo)
    checks = [
        _unchanged(work),
        _windows(work, alpha),
        _on_floor(standing, space),
        _grounded(work.layout.placements),
        _apart(solid),
        *_openings(solid, work.room),
        *_coverage(work.render, work.least_coverage),
        _cut(solid, work.room),
        _looming(solid),
    ]
    return (*checks, *_tone(work, alpha))


def _check(name: str, value: float, threshold: float, passed: bool, note: str) -> Check:
    return Check(name=name, value=round(float(value), 4), threshold=threshold, passed=bool(passed), note=note)


def _full(alpha: np.ndarray, photo: Photo) -> np.ndarray:
    height, width = photo.rgb.shape[:2]
    return np.asarray(cv2.resize(alpha, (width, height), interpolation=cv2.INTER_LINEAR))


def _unchanged(work: Finished) -> Check:
    outside = ~work.composite.changed
    same = (work.composite.rgb[outside] == work.photo.rgb[outside]).all(-1)
    share = float(same.mean()) if same.size else 1.0
    return _check(
        "unchanged_outside_mask", share, 1.0, share == 1.0, "share of pixels outside the mask equal to the source's"
    )


def _windows(work: Finished, alpha: np.ndarray) -> Check:
    height, width = work.photo.rgb.shape[:2]
    glass = cv2.resize(work.room.window_mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    glass = cv2.erode(glass.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    covered = cv2.dilate((alpha > 1 / 512).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    bare = glass & ~covered
    moved = (work.composite.rgb[bare] != work.photo.rgb[bare]).any(-1)
    share = 1.0 - float(moved.mean()) if moved.size else 1.0
    return _check(
        "windows_untouched", share, 1.0, share == 1.0, "share of glazing not behind furniture equal to the source's"
    )


def _on_floor(standing: Sequence[Placement], space: Space) -> Check:
    worst = 1.0
    for p in standing:
        grid = space.reach if p.piece in {"rug", "bed"} else space.seen
        points = world(footprint(p.size_m, 0.05), np.array(p.x), np.array(p.y), np.array(p.yaw_deg))
        worst = min(worst, float(space.lookup(grid, points).mean()))
    return _check(
        "stands_on_floor", worst, 0.97, worst >= 0.97, "share of the worst footprint that is on measured floor"
    )


def _grounded(placements: Sequence[Placement]) -> Check:
    gap = 0.0
    for p in placements:
        if p.piece not in _HUNG:
            base = 0.0 if p.on is None else placements[p.on].z + placements[p.on].size_m[2]
            gap = max(gap, abs(p.z - base))
    return _check("nothing_floats_or_sinks", gap, 0.04, gap <= 0.04, "metres between a base and what carries it")


def _apart(solid: Sequence[Placement]) -> Check:
    quads = boxes(solid)[:, :4, :2].astype(np.float32) if solid else np.zeros((0, 4, 2), np.float32)
    worst = 0.0
    for i, a in enumerate(solid):
        for j in range(i + 1, len(solid)):
            if {a.piece, solid[j].piece} not in _TUCKED:
                worst = max(worst, float(cv2.intersectConvexConvex(quads[i], quads[j])[0]))
    return _check("pieces_apart", worst, MAX_OVERLAP_M2, worst <= MAX_OVERLAP_M2, "m² two footprints share")


def _openings(solid: Sequence[Placement], room: Room) -> list[Check]:
    out = []
    for kind, needed in MIN_CLEARANCE_M.items():
        grounds = [o.ground for o in room.openings if o.kind == kind]
        if not grounds:
            continue
        clear = min((_distance(p, g) for p in solid for g in grounds), default=9.0)
        out.append(
            _check(f"{kind}_clear", clear, needed, clear >= needed, f"metres from the nearest piece to a {kind}")
        )
    return out


def _distance(p: Placement, ground: F64) -> float:
    points = world(footprint(p.size_m), np.array(p.x), np.array(p.y), np.array(p.yaw_deg))[0]
    a, b = ground
    t = np.clip((points - a) @ (b - a) / max(float((b - a) @ (b - a)), 1e-9), 0, 1)
    return float(np.linalg.norm(points - (a + t[:, None] * (b - a)), axis=1).min())


def _coverage(render: Render, low: float) -> list[Check]:
    share = float((render.alpha > 0.5).mean())
    high = COVERAGE[1]
    note = "share of the frame covered by furniture"
    return [
        _check("coverage_enough", share, low, share >= low, note),
        _check("coverage_not_too_much", share, high, share <= high, note),
    ]


def _cut(solid: Sequence[Placement], room: Room) -> Check:
    width, height = room.camera.width, room.camera.height
    worst = 0.0
    for p, corners in zip(solid, boxes(solid), strict=True):
        uv, _ = room.camera.project(corners)
        sides = max(-float(uv[:, 0].min()), float(uv[:, 0].max()) - width) / width
        below = float(uv[:, 1].max()) / height - (1.25 if p.piece == "bed" else 1.0)
        worst = max(worst, sides, below)
    return _check("nothing_cut", worst, 0.02, worst <= 0.02, "share of the frame by which a piece leaves it")


def _looming(solid: Sequence[Placement]) -> Check:
    margin = 9.0
    for p, corners in zip(solid, boxes(solid), strict=True):
        nearest = float(np.linalg.norm(corners[:4, :2], axis=1).min())
        margin = min(margin, nearest - (NEAR_BED_M if p.piece == "bed" else NEAR_M))
    return _check("nothing_looms", margin, -0.1, margin >= -0.1, "metres beyond the nearest distance allowed")


def _tone(work: Finished, alpha: np.ndarray) -> list[Check]:
    solid = alpha > 0.9
    if not solid.any():
        return []
    room = _room_pixels(work, alpha)
    new, old = work.composite.rgb[solid], work.photo.rgb[room]
    stops = float(np.log2((np.median(_luminance(new)) + 1e-3) / (np.median(_luminance(old)) + 1e-3)))
    cast = float(np.linalg.norm(_chroma(new) - _chroma(old)))
    return [
        _check(
            "exposure_matches", stops, MAX_STOPS, abs(stops) <= MAX_STOPS, "stops between furniture and room, medians"
        ),
        _check("no_colour_cast", cast, MAX_CAST, cast <= MAX_CAST, "CIELAB a*b* distance between furniture and room"),
    ]


def _room_pixels(work: Finished, alpha: np.ndarray) -> Bool:
    height, width = work.photo.rgb.shape[:2]
    glass = cv2.resize(work.room.window_mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0
    room: Bool = (alpha < 0.01) & ~glass
    return room if room.any() else ~glass


def _luminance(rgb: U8) -> np.ndarray:
    linear = (rgb.astype(np.float32) / 255) ** 2.2
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722], np.float32))


def _chroma(rgb: U8) -> np.ndarray:
    lab = cv2.cvtColor((rgb[None, ::7] / np.float32(255)).astype(np.float32), cv2.COLOR_RGB2LAB)
    return np.asarray(np.median(lab[0, :, 1:], axis=0))

"""What the layout owes the room: a footing, clear openings, pieces apart, nothing cut or looming, enough of it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from atelier.check.base import measured
from atelier.model import F32, F64, Layout, Placement, Room
from atelier.plan.energy import boxes
from atelier.plan.parts import FLAT, HUNG
from atelier.plan.poses import footprint, world
from atelier.plan.space import NEAR_BED_M, NEAR_M, Space
from engine_contract import Check

MOST_COVERAGE = 0.40
MIN_CLEARANCE_M = {"door": 0.5, "fireplace": 0.7, "passage": 0.45}
MAX_OVERLAP_M2 = 0.01
_TUCKED = (
    {"dining-table", "dining-chair"},
    {"dining-table-round", "dining-chair"},
    {"desk", "office-chair"},
    {"desk", "dining-chair"},
)


def layout_checks(room: Room, layout: Layout, alpha: F32, least_coverage: float) -> tuple[Check, ...]:
    """Every promise a layout makes. alpha (h, w): what the furniture covers of the frame."""
    space = Space.of(room)
    standing = [p for p in layout.placements if p.on is None and p.piece not in HUNG]
    solid = [p for p in standing if p.piece not in FLAT]
    return (
        _on_floor(standing, space),
        _grounded(layout.placements),
        _apart(solid),
        *_openings(solid, room),
        *_coverage(alpha, least_coverage),
        _cut(solid, room),
        _looming(solid),
    )


def _on_floor(standing: Sequence[Placement], space: Space) -> Check:
    worst = 1.0
    for p in standing:
        grid = space.floor_for(p.piece)
        points = world(footprint(p.size_m, 0.05), np.array(p.x), np.array(p.y), np.array(p.yaw_deg))
        worst = min(worst, float(space.lookup(grid, points).mean()))
    return measured(
        "stands_on_floor", worst, 0.97, worst >= 0.97, "share of the worst footprint that is on measured floor"
    )


def _grounded(placements: Sequence[Placement]) -> Check:
    gap = 0.0
    for p in placements:
        if p.piece not in HUNG:
            base = 0.0 if p.on is None else placements[p.on].z + placements[p.on].size_m[2]
            gap = max(gap, abs(p.z - base))
    return measured("nothing_floats_or_sinks", gap, 0.04, gap <= 0.04, "metres between a base and what carries it")


def _apart(solid: Sequence[Placement]) -> Check:
    quads = boxes(solid)[:, :4, :2].astype(np.float32) if solid else np.zeros((0, 4, 2), np.float32)
    worst = 0.0
    for i, a in enumerate(solid):
        for j in range(i + 1, len(solid)):
            if {a.piece, solid[j].piece} not in _TUCKED:
                worst = max(worst, float(cv2.intersectConvexConvex(quads[i], quads[j])[0]))
    return measured("pieces_apart", worst, MAX_OVERLAP_M2, worst <= MAX_OVERLAP_M2, "m² two footprints share")


def _openings(solid: Sequence[Placement], room: Room) -> list[Check]:
    out = []
    for kind, needed in MIN_CLEARANCE_M.items():
        grounds = [o.ground for o in room.openings if o.kind == kind]
        if not grounds:
            continue
        clear = min((_distance(p, g) for p in solid for g in grounds), default=9.0)
        out.append(
            measured(f"{kind}_clear", clear, needed, clear >= needed, f"metres from the nearest piece to a {kind}")
        )
    return out


def _distance(p: Placement, ground: F64) -> float:
    points = world(footprint(p.size_m), np.array(p.x), np.array(p.y), np.array(p.yaw_deg))[0]
    a, b = ground
    t = np.clip((points - a) @ (b - a) / max(float((b - a) @ (b - a)), 1e-9), 0, 1)
    return float(np.linalg.norm(points - (a + t[:, None] * (b - a)), axis=1).min())


def _coverage(alpha: F32, low: float) -> list[Check]:
    share = float((alpha > 0.5).mean())
    note = "share of the frame covered by furniture"
    return [
        measured("coverage_enough", share, low, share >= low, note),
        measured("coverage_not_too_much", share, MOST_COVERAGE, share <= MOST_COVERAGE, note),
    ]


def _cut(solid: Sequence[Placement], room: Room) -> Check:
    width, height = room.camera.width, room.camera.height
    worst = 0.0
    for p, corners in zip(solid, boxes(solid), strict=True):
        uv, _ = room.camera.project(corners)
        sides = max(-float(uv[:, 0].min()), float(uv[:, 0].max()) - width) / width
        below = float(uv[:, 1].max()) / height - (1.25 if p.piece == "bed" else 1.0)
        worst = max(worst, sides, below)
    return measured("nothing_cut", worst, 0.02, worst <= 0.02, "share of the frame by which a piece leaves it")


def _looming(solid: Sequence[Placement]) -> Check:
    margin = 9.0
    for p, corners in zip(solid, boxes(solid), strict=True):
        nearest = float(np.linalg.norm(corners[:4, :2], axis=1).min())
        margin = min(margin, nearest - (NEAR_BED_M if p.piece == "bed" else NEAR_M))
    return measured("nothing_looms", margin, -0.1, margin >= -0.1, "metres beyond the nearest distance allowed")

"""What the layout owes the room: a footing, clear openings, pieces apart, nothing cut or looming, enough of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from atelier.check.base import measured
from atelier.check.solids import shared_volume
from atelier.model import F32, F64, Bool, Layout, Placement, Room
from atelier.plan.outlines import boxes, outlines
from atelier.plan.parts import FLAT, HUNG, LEAST_COVERAGE
from atelier.plan.picture import longest_run, looming
from atelier.plan.poses import footprint, world
from atelier.plan.silhouettes import MOST_HIDDEN, SURE, Silhouettes
from atelier.plan.space import CASING_M, Space, nearest_m
from engine_contract import Check

MOST_COVERAGE, LEAST_SPREAD, MOST_EMPTY, LEAST_FURNISHED = 0.42, 0.33, 0.58, 0.25
MIN_CLEARANCE_M = {"door": 0.5, "fireplace": 0.7, "passage": 0.45}
MAX_OVERLAP_M3 = 0.004
MAX_SCALE_ERROR = 0.45
"""how far off the room's scale may be, nine times in ten: no more than where only the photographer's habit speaks.
Beyond, ceiling and doors contradict it, and a bed may look like a toy or a giant."""
UNDER_CEILING_M = 0.03
MAX_LOOMING = 0.6
"""of `picture.looming`: a piece that takes a tenth of the frame more than its part."""
_FAR_M = 6.0
"""floor further away is too small in the picture to look empty."""


def layout_checks(room: Room, layout: Layout, alpha: F32, least_coverage: float) -> tuple[Check, ...]:
    """Every promise a layout makes. alpha (h, w): what the furniture covers of the frame."""
    space = Space.of(room)
    standing = [p for p in layout.placements if p.on is None and p.piece not in HUNG]
    solid = [p for p in standing if p.piece not in FLAT]
    hung = [p for p in layout.placements if p.piece in HUNG]
    return (
        _on_floor(standing, space),
        _grounded(layout.placements),
        _apart([*solid, *hung]),
        *_openings(solid, room),
        *_seen(solid, room),
        *_scale(layout.placements, room),
        *_coverage(alpha, least_coverage),
        *_composed(standing, alpha, space, least_coverage),
        _cut(solid, room),
        *_looming(solid, room),
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


def _apart(pieces: Sequence[Placement]) -> Check:
    worst = max((shared_volume(a, b) for i, a in enumerate(pieces) for b in pieces[i + 1 :]), default=0.0)
    return measured("pieces_apart", worst, MAX_OVERLAP_M3, worst <= MAX_OVERLAP_M3, "m³ two pieces share")


def _openings(solid: Sequence[Placement], room: Room) -> list[Check]:
    out = []
    for kind, needed in MIN_CLEARANCE_M.items():
        grounds = [o.ground for o in room.openings if o.kind == kind and (kind == "door" or o.confidence > SURE)]
        if not grounds:
            continue
        clear = min((_distance(p, g) for p in solid for g in grounds), default=9.0)
        out.append(
            measured(f"{kind}_clear", clear, needed, clear >= needed, f"metres from the nearest piece to a {kind}")
        )
    return out


def _seen(solid: Sequence[Placement], room: Room) -> list[Check]:
    """How much of the worst-hidden opening of each kind stands behind furniture."""
    seen = Silhouettes(room)
    drawn = seen.of(outlines(solid))
    out = []
    for kind, most in MOST_HIDDEN.items():
        masks = [seen.feature(o) for o in room.openings if o.kind == kind and o.confidence > SURE]
        shares = [float((drawn * f.mask).sum()) / f.area for f in masks if f is not None]
        if shares:
            note = f"share of the worst-hidden {kind} behind furniture"
            out.append(measured(f"{kind}_in_sight", max(shares), most, max(shares) <= most, note))
    return out


def _scale(placements: Sequence[Placement], room: Room) -> list[Check]:
    out = []
    if {"scale_low", "scale_high"} <= room.numbers.keys():
        error = float(np.sqrt(room.numbers["scale_high"] / room.numbers["scale_low"])) - 1.0
        note = "how far the room's scale may be off, as a share"
        out.append(measured("scale_known", error, MAX_SCALE_ERROR, error <= MAX_SCALE_ERROR, note))
    if room.ceiling_m is not None:
        tops = [p.z + p.size_m[2] for p in placements if p.on is None]
        room_above = room.ceiling_m - max(tops, default=0.0)
        note = "metres between the tallest piece and the ceiling"
        out.append(measured("under_the_ceiling", room_above, UNDER_CEILING_M, room_above >= UNDER_CEILING_M, note))
    return out


def _distance(p: Placement, ground: F64) -> float:
    """Metres that a piece stands out from an opening's line, where it stands before it; 9 beside it."""
    points = world(footprint(p.size_m), np.array(p.x), np.array(p.y), np.array(p.yaw_deg))[0]
    a, b = ground
    length = max(float(np.linalg.norm(b - a)), 1e-6)
    along = (b - a) / length
    t, out = (points - a) @ along, np.abs((points - a) @ np.array([-along[1], along[0]]))
    before = (t > -CASING_M / 2) & (t < length + CASING_M / 2)
    return float(out[before].min(initial=9.0))


def _coverage(alpha: F32, low: float) -> list[Check]:
    share = float((alpha > 0.5).mean())
    note = "share of the frame covered by furniture"
    return [
        measured("coverage_enough", share, low, share >= low, note),
        measured("coverage_not_too_much", share, MOST_COVERAGE, share <= MOST_COVERAGE, note),
    ]


def _composed(standing: Sequence[Placement], alpha: F32, space: Space, least_coverage: float) -> list[Check]:
    """Whether the room looks furnished and not only its corner: across the frame, and over the floor near the camera.

    A room whose own fittings furnish it (a low `least_coverage`) owes less of both.
    """
    part = min(1.0, least_coverage / LEAST_COVERAGE)
    covered: Bool = np.asarray((alpha > 0.5).any(0), bool)
    columns, empty, most = float(covered.mean()), longest_run(~covered), 1.0 - part * (1.0 - MOST_EMPTY)
    near = space.seen & (space.distance_from_camera < _FAR_M)
    used = space.stamp(list(boxes(standing)[:, :4, :2]), 0.25) & near
    share = float(used.sum()) / max(float(near.sum()), 1.0)
    least, floor = LEAST_SPREAD * part, LEAST_FURNISHED * part
    return [
        measured("across_the_frame", columns, least, columns >= least, "share of the frame's width with furniture"),
        measured("no_side_left_empty", empty, most, empty <= most, "share of the frame's width in one empty stretch"),
        measured("floor_furnished", share, floor, share >= floor, "share of the near floor under or beside furniture"),
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


def _looming(solid: Sequence[Placement], room: Room) -> list[Check]:
    margin = 9.0
    standing = boxes(solid)
    for p, corners in zip(solid, standing, strict=True):
        nearest = float(np.linalg.norm(corners[:4, :2], axis=1).min())
        margin = min(margin, nearest - nearest_m(p.piece, p.size_m[2]))
    over = float(looming(room, solid, standing).max(initial=0.0))
    return [
        measured("nothing_looms", margin, -0.1, margin >= -0.1, "metres beyond the nearest distance allowed"),
        measured("nothing_fills_the_frame", over, MAX_LOOMING, over <= MAX_LOOMING, "five times the share too much"),
    ]

"""What makes one legal layout better than another. Every term is a number a person can read in the report.

The camera's terms (coverage, what is hidden, what is cut, where it stands in the frame) are what staging
adds to ordinary arrangement (Merrell et al. 2011): a layout is judged as a picture first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from atelier.model import F64, U8, Bool, Opening, Placement, Room
from atelier.plan.parts import FLAT, Group, Part
from atelier.plan.poses import Poses, box, footprint, world
from atelier.plan.space import Space

_SHRINK = 6
"""picture pixels per pixel of the silhouettes that coverage is counted on."""
SIZE_BONUS = {"L": 0.42, "M": 0.25, "S": 0.0, "XS": -0.35}
COMFORTABLE_M = 2.4
_END_COMFORTABLE_M = 2.9
"""a sofa seen end-on fills the foreground from further away than its front does."""
IDEAL_COVERAGE, COVERAGE_SPREAD, LEAST_COVERAGE = 0.22, 0.12, 0.12
"""of the frame, for a room that furniture fills; rooms with fittings of their own take all three in proportion."""
_HIDING = {"door": 0.9, "passage": 0.7, "fireplace": 1.1, "window": 0.5, "built_in": 0.4}
_HIDING_STANDING = {"stairs": 0.7, "island": 0.5, "counter": 0.4, "bathtub": 0.6}
MOST_HIDDEN = {"door": 0.4, "passage": 0.6, "fireplace": 0.4, "window": 0.5, "built_in": 0.9}
"""share of an opening's picture that furniture may cover; a layout that covers more of a sure one is not made."""
SURE = 0.55
_TOO_MUCH, _WANTED_IN_SIGHT = 3.0, 9.0
"""what covering an opening too far, and what covering a pixel that must stay in sight, costs."""
LEAST_SPREAD, _OFF_BALANCE = 0.55, 0.08
"""share of the frame's width that furniture should reach over; how far its middle may be from the frame's."""
_CENTRED, _ASIDE_M, _ACROSS = 0.35, 0.9, 0.18
"""worth of the middle, and from how far off it counts nothing: metres along the wall, share of the frame's width."""
_LARGE, _LARGE_MAIN, _LARGE_BED = 0.09, 0.2, 0.28
"""share of the frame that one piece may take before it looms; sofas may take more, and a bed's box is mostly air."""
_EDGE, _AT_EDGE, _AT_EDGE_MAIN, _EDGE_COST = 0.06, 0.03, 0.11, 8.0
"""share of the frame's width that is its edge, and the share of the frame from which a piece (a bed or a sofa) there
looms."""
_EMPTY, _EMPTY_COST = 0.35, 1.4
"""share of the frame's width that may lie between, or beside, the furniture without looking forgotten."""
_IN_THE_WAY, _MOST_IN_THE_WAY = 0.5, 0.9
"""cost of a square metre of furniture where one walks to a door, and the most it may come to."""
_END_ON, _END_ON_COST, _BACK_COST = 0.5, 0.6, 0.2
"""facing under which a desk shows its end, a blank box; what that costs, and what it costs to show its back."""
_NARROW_COST = 0.25
"""of a long table seen from its narrow end."""
_BEHIND_M, _BACK_TO_DOOR = 3.0, 0.3
_MATTRESS, _HEAD_M = 0.6, 0.14
"""height of a made bed as a share of its headboard's, and how deep that is."""
_TOLERATED = 0.2
"""share of a feature that may be hidden; beyond it every further part counts threefold."""


@dataclass(frozen=True)
class Feature:
    """An opening as it shows in the picture, at silhouette resolution."""

    weight: float
    mask: U8
    area: float
    most: float = 1.0
    """share of it that may be hidden."""


class Silhouettes:
    """Draws what a layout covers of the frame and of the features worth seeing."""

    def __init__(self, room: Room, ideal_coverage: float = IDEAL_COVERAGE) -> None:
        self.room = room
        self.fullness = ideal_coverage / IDEAL_COVERAGE
        self.shape = (room.camera.height // _SHRINK + 1, room.camera.width // _SHRINK + 1)
        self.features = [f for o in room.openings if (f := self.feature(o)) is not None]
        self.features += [Feature(w, m, float(m.sum())) for w, m in self._standing() if m.sum() > 8]
        self.kept = None if room.keep_clear is None else self._small(room.keep_clear)

    def _small(self, mask: Bool) -> U8:
        height, width = self.shape
        small = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
        return np.asarray(small, np.uint8)

    def _standing(self) -> list[tuple[float, U8]]:
        things = self.room.standing
        return [(_HIDING_STANDING.get(t.kind, 0.2) * t.confidence, self._small(t.mask)) for t in things]

    def feature(self, opening: Opening) -> Feature | None:
        """The opening as it shows; None where it is not in the picture."""
        a, b = opening.ground
        low, high = opening.bottom_m, opening.top_m
        uv, z = self.room.camera.project(np.array([(*a, low), (*b, low), (*b, high), (*a, high)]))
        if z.min() < 0.1:
            return None
        mask = np.zeros(self.shape, np.uint8)
        cv2.fillConvexPoly(mask, (np.clip(uv, -4000, 8000) / _SHRINK).astype(np.int32), 1)
        weight = _HIDING[opening.kind] * opening.confidence
        most = MOST_HIDDEN[opening.kind] if opening.confidence > SURE else 1.0
        return Feature(weight, mask, float(mask.sum()), most) if mask.sum() > 8 else None

    def of(self, solids: F64) -> U8:
        """Union of the projected boxes (N, 8, 3), world corners."""
        out = np.zeros(self.shape, np.uint8)
        uv, z = self.room.camera.project(solids)
        for points, depth in zip(uv, z, strict=True):
            if depth.min() > 0.05:
                hull = cv2.convexHull((np.clip(points, -4000, 8000) / _SHRINK).astype(np.float32))
                cv2.fillConvexPoly(out, hull.astype(np.int32), 1)
        return out

    def hidden(self, silhouette: U8) -> float:
        """Weighted share of the worst-hidden feature."""
        if self.kept is not None and (silhouette & self.kept).any():
            return _WANTED_IN_SIGHT
        worst = 0.0
        for f in self.features:
            share = float((silhouette * f.mask).sum()) / f.area
            cost = f.weight * (share + 2 * max(0.0, share - _TOLERATED))
            worst = max(worst, cost + _TOO_MUCH * (share > f.most - 0.02))
        return worst


def main_terms(group: Group, poses: Poses, space: Space) -> dict[str, F64]:
    """Terms that need no drawing, for every pose."""
    camera = space.room.camera
    main = group.core[group.main]
    x, y, yaw = poses.placed(main)
    a = np.radians(yaw)
    front = np.stack([np.sin(a), -np.cos(a)], -1)
    distance = np.hypot(x, y)
    facing = -(front[:, 0] * x + front[:, 1] * y) / np.maximum(distance, 1e-6)
    middle, _ = camera.project(np.stack([x, y, np.full_like(x, 0.4)], -1))
    terms = {
        "wall": poses.backing,
        "centre": -0.6 * np.abs(middle[:, 0] / camera.width - 0.5),
        "axis": _on_axis(middle[:, 0] / camera.width, poses.aside),
        "far": -0.18 * np.maximum(0.0, distance - 4.2),
        "near": _nearness(_nearest(main, poses), facing, group.anchor),
        "size": np.full_like(x, SIZE_BONUS[group.size]),
        "cut": -3.6 * _overhang(group.core, poses, space),
        "openings": -0.8 * np.maximum(0.0, 0.6 - _gap(group.core, poses, space)),
        "ways": -np.minimum(_MOST_IN_THE_WAY, _IN_THE_WAY * _in_the_way(group.core, poses, space)),
        "focal": 0.45 * _towards_hearth(space.room, x, y, front),
        "shape": np.full_like(x, group.bonus),
    }
    if main.piece.startswith("dining-table"):
        del terms["focal"]
    if main.piece == "dining-table":
        terms["shown"] = -_NARROW_COST * (1.0 - np.abs(facing))
    if main.piece == "desk":
        end_on = np.maximum(0.0, 1.0 - np.abs(facing) / _END_ON)
        terms["shown"] = -_END_ON_COST * end_on - _BACK_COST * np.maximum(0.0, -facing)
    if group.anchor in {"both", "focal"}:
        terms["entry"] = -_BACK_TO_DOOR * _back_to_a_door(space, x, y, front)
    if group.anchor in {"focal", "standing"}:
        terms["wall"] = np.full_like(x, 0.8)
        terms["focal"] = 0.45 * poses.backing
    elif group.anchor == "free":
        terms["wall"] = np.full_like(x, 0.8)
        terms["front"] = 0.3 * np.minimum(1.0, _clearance(space, x, y) / 1.6)
    else:
        terms["front"] = 0.45 * np.minimum(facing, 0.8) / 0.8
        terms["floating"] = np.where(poses.wall < 0, -0.35, 0.0)
    return terms


def _on_axis(across: F64, aside: F64) -> F64:
    """What it is worth that the main piece stands in the middle: of its stretch of wall, or of the picture."""
    centred = np.maximum(1.0 - aside / _ASIDE_M, 1.0 - np.abs(across - 0.5) / _ACROSS)
    return np.asarray(_CENTRED * np.maximum(centred, 0.0), np.float64)


def _nearness(nearest: F64, facing: F64, anchor: str) -> F64:
    """Penalty for a main piece close by, the heavier the more of its side or back is turned to the camera."""
    near = -0.3 * np.maximum(0.0, COMFORTABLE_M - nearest)
    if anchor in {"both", "focal"}:
        near -= 1.3 * np.clip(0.8 - facing, 0.0, 1.0) * np.maximum(0.0, _END_COMFORTABLE_M - nearest)
    return np.asarray(near, np.float64)


def _nearest(main: Part, poses: Poses) -> F64:
    """Metres from the camera's foot to the main piece's nearest edge: an end close by fills the foreground."""
    corners_on_floor = world(footprint(main.size_m), *poses.placed(main))
    nearest: F64 = np.linalg.norm(corners_on_floor, axis=-1).min(1)
    return nearest


def _overhang(core: Sequence[Part], poses: Poses, space: Space) -> F64:
    """How far solids leave the frame below, as a share of its height."""
    camera = space.room.camera
    worst = np.zeros(len(poses))
    for part in core:
        if part.piece not in FLAT and part.on is None:
            uv, _ = camera.project(world(box(part.size_m), *poses.placed(part)))
            worst = np.maximum(worst, uv[..., 1].max(1) / camera.height - 1.0)
    return worst


def _gap(core: Sequence[Part], poses: Poses, space: Space) -> F64:
    gap = np.full(len(poses), 9.0)
    for part in core:
        if part.piece not in FLAT and part.on is None:
            points = world(footprint(part.size_m), *poses.placed(part))
            gap = np.minimum(gap, space.lookup(space.to_opening, points).min(1))
    return gap


def _in_the_way(core: Sequence[Part], poses: Poses, space: Space) -> F64:
    """Square metres of furniture on the floor by which one walks to doors and between them."""
    area = np.zeros(len(poses))
    for part in core:
        if part.piece not in FLAT and part.on is None:
            points = world(footprint(part.size_m), *poses.placed(part))
            area += part.size_m[0] * part.size_m[1] * space.lookup(space.ways, points).mean(1)
    return area


def _back_to_a_door(space: Space, x: F64, y: F64, front: F64) -> F64:
    """1 where one who sits here has a door close behind him, else 0."""
    behind = np.zeros_like(x)
    for opening in space.ways_in:
        to = opening.ground.mean(0) - np.stack([x, y], -1)
        away = np.maximum(np.linalg.norm(to, axis=-1), 1e-6)
        behind = np.maximum(behind, ((front * to).sum(-1) / away < -0.6) & (away < _BEHIND_M))
    return behind


def _clearance(space: Space, x: F64, y: F64) -> F64:
    clear: F64 = space.lookup(space.inside, np.stack([x, y], -1)).astype(np.float64)
    return clear


def _towards_hearth(room: Room, x: F64, y: F64, front: F64) -> F64:
    """−1…1: how much the front looks at the surest hearth; a back turned on it is as wrong as a view of it is right."""
    hearth = max((o for o in room.openings if o.kind == "fireplace"), key=lambda o: o.confidence, default=None)
    if hearth is None:
        return np.zeros_like(x)
    to = hearth.ground.mean(0) - np.stack([x, y], -1)
    to /= np.maximum(np.linalg.norm(to, axis=-1, keepdims=True), 1e-6)
    looking: F64 = hearth.confidence * (front * to).sum(-1)
    return looking


def picture_terms(silhouettes: Silhouettes, placements: Sequence[Placement]) -> dict[str, float]:
    """Terms that need the layout drawn: share of the frame covered, features hidden, how it fills the frame."""
    solids = [p for p in placements if p.piece not in FLAT]
    standing = boxes(solids)
    drawn = silhouettes.of(outlines(solids))
    coverage = float(drawn.mean()) / silhouettes.fullness
    columns: Bool = np.asarray(drawn.any(0), bool)
    middle = float((drawn.sum(0) * np.linspace(0, 1, drawn.shape[1])).sum() / max(float(drawn.sum()), 1.0))
    return {
        "coverage": -0.5 * ((coverage - IDEAL_COVERAGE) / COVERAGE_SPREAD) ** 2
        - max(0.0, 1.0 - coverage / LEAST_COVERAGE),
        "hidden": -silhouettes.hidden(drawn),
        "spread": -0.8 * max(0.0, LEAST_SPREAD * silhouettes.fullness - float(columns.mean())),
        "balance": -1.5 * max(0.0, abs(middle - 0.5) - _OFF_BALANCE),
        "looming": -float(looming(silhouettes.room, solids, standing).sum()),
        "edge": -float(at_the_edge(silhouettes.room, solids, standing).sum()),
        "empty": -_EMPTY_COST * max(0.0, longest_run(~columns) - _EMPTY),
    }


def longest_run(flags: Bool) -> float:
    """The longest run of True as a share of the whole."""
    ends = np.flatnonzero(np.diff(np.r_[False, flags, False].astype(np.int8)))
    return float((ends[1::2] - ends[::2]).max(initial=0)) / len(flags)


def at_the_edge(room: Room, solids: Sequence[Placement], standing: F64) -> F64:
    """(N,) cost of each piece that is large at the frame's left or right edge: it looms where one looks in."""
    if not solids:
        return np.zeros(0)
    spans, left, right = _shares(room, standing)
    allowed = np.array([_AT_EDGE_MAIN if p.piece in MAY_BE_LARGE else _AT_EDGE for p in solids])
    there = (left < _EDGE) | (right > 1.0 - _EDGE)
    cost: F64 = _EDGE_COST * there * np.maximum(0.0, spans - allowed)
    return cost


def _shares(room: Room, standing: F64) -> tuple[F64, F64, F64]:
    """Share of the frame that each box covers, about, and where it begins and ends across it."""
    uv, _ = room.camera.project(standing)
    inside: F64 = np.clip(uv / (room.camera.width, room.camera.height), 0.0, 1.0)
    low, high = inside.min(1), inside.max(1)
    return (high - low).prod(-1) * 0.8, low[:, 0], high[:, 0]


def looming(room: Room, solids: Sequence[Placement], standing: F64) -> F64:
    """(N,) by how much each piece takes more of the frame than its part in the picture: 1 at a fifth too much."""
    if not solids:
        return np.zeros(0)
    main = (_LARGE_BED if p.piece == "bed" else _LARGE_MAIN if p.piece in MAY_BE_LARGE else _LARGE for p in solids)
    allowed = np.array(list(main))
    over: F64 = np.maximum(0.0, _shares(room, standing)[0] - allowed) * 5.0
    return over


MAY_BE_LARGE = frozenset(
    {"bed", "bunk-bed", "daybed", "sofa", "sofa-sectional", "loveseat", "outdoor-sofa", "dining-table"}
)


def boxes(placements: Sequence[Placement]) -> F64:
    """(N, 8, 3) world corners of placed pieces, base first."""
    if not placements:
        return np.zeros((0, 8, 3))
    a = np.radians([p.yaw_deg for p in placements])
    half = np.array([p.size_m for p in placements]) / (2, 2, 1)
    at = np.array([(p.x, p.y, p.z) for p in placements])
    local = box((2.0, 2.0, 1.0))[None] * half[:, None]
    c, s = np.cos(a)[:, None], np.sin(a)[:, None]
    turned = [c * local[..., 0] - s * local[..., 1], s * local[..., 0] + c * local[..., 1], local[..., 2]]
    out: F64 = np.stack(turned, -1) + at[:, None]
    return out


def outlines(placements: Sequence[Placement]) -> F64:
    """(M, 8, 3) boxes that show what pieces cover of the picture: a bed is low but for its head."""
    low = [replace(p, size_m=(*p.size_m[:2], _MATTRESS * p.size_m[2])) for p in placements if p.piece == "bed"]
    heads = [_head(p) for p in placements if p.piece == "bed"]
    return boxes([*(p for p in placements if p.piece != "bed"), *low, *heads])


def _head(bed: Placement) -> Placement:
    """The headboard alone, at the bed's back."""
    width, depth, height = bed.size_m
    a, back = np.radians(bed.yaw_deg), (depth - _HEAD_M) / 2
    x, y = bed.x - float(np.sin(a)) * back, bed.y + float(np.cos(a)) * back
    return replace(bed, size_m=(width, _HEAD_M, height), x=x, y=y)


def corners(p: Placement) -> F64:
    """(8, 3) world corners of one placed piece, base first."""
    out: F64 = boxes([p])[0]
    return out

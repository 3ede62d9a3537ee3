"""What makes one legal pose better than another. Every term is a number a person can read in the report.

The camera's terms (how near, how much of its front, where it stands in the frame) are what staging adds to ordinary
arrangement (Merrell et al. 2011): a layout is judged as a picture first, and drawn for the rest of it (`picture`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from atelier.model import F64, Room
from atelier.plan.parts import FLAT, Group, Part
from atelier.plan.poses import Poses, box, footprint, world
from atelier.plan.space import Space
from atelier.plan.walls import length_m

SIZE_BONUS = {"L": 0.42, "M": 0.25, "S": 0.0, "XS": -0.35}
_LOST, _WIDE_FLOOR_M = {"S": 0.15, "XS": 0.3}, 3.0
"""cost of a small group where the floor is a metre wider than a small room's, in proportion before."""
COMFORTABLE_M = 2.4
_END_COMFORTABLE_M = 2.9
"""a sofa seen end-on fills the foreground from further away than its front does."""
_LONG = {"sofa", "sofa-sectional", "loveseat"}
_CENTRED, _ASIDE_M, _ACROSS = 0.35, 0.9, 0.18
"""worth of the middle, and from how far off it counts nothing: metres along the wall, share of the frame's width."""
_UNDER_THE_LAMP = 1.7
"""times as much as for another piece: over a dining table hangs the room's lamp, and that in the middle."""
_CORNERED, _FREE_HEAD, _CORNER_M = 0.5, 4.0, 1.2
"""worth of a bed's head at a wall of its own, cost of one far from any, which no room is worth, and how far that is."""
_FOOT_CUT, _TIGHT = 0.03, 0.05
"""of the frame's height: how far the foot of a bed may end below the picture, as in many a photo of a bedroom; and how
near to the lower edge anything else looks tight."""
_BEFORE_GLASS = {"bed": 1.3, "sofa": 2.0, "sofa-sectional": 2.0, "loveseat": 1.5, "dining-table": 2.0}
"""cost of a back that is all glass behind, which a free wall would spare; by the square of the share that is."""
_GLASS_BEHIND_M = 0.7
_IN_THE_WAY, _MOST_IN_THE_WAY = 0.5, 0.9
"""cost of a square metre of furniture where one walks to a door, and the most it may come to."""
_END_ON, _END_ON_COST, _BACK_COST = 0.5, 0.6, 0.2
"""facing under which a desk shows its end, a blank box; what that costs, and what it costs to show its back."""
_NARROW_COST = 0.25
"""of a long table seen from its narrow end."""
_BEHIND_M, _BACK_TO_DOOR = 3.0, 0.3


def main_terms(group: Group, poses: Poses, space: Space) -> dict[str, F64]:
    """Terms that need no drawing, for every pose."""
    camera = space.room.camera
    main = group.core[group.main]
    x, y, yaw = poses.placed(main)
    along = main.piece == "bed" and abs(main.yaw_deg) == 90.0  # one long side to the wall: the other is its front
    a = np.radians(poses.yaw if along or main.piece == "daybed" else yaw)
    front = np.stack([np.sin(a), -np.cos(a)], -1)
    distance = np.hypot(x, y)
    facing = -(front[:, 0] * x + front[:, 1] * y) / np.maximum(distance, 1e-6)
    middle, _ = camera.project(np.stack([x, y, np.full_like(x, 0.4)], -1))
    ended = group.anchor in {"both", "focal"} or main.piece in _LONG
    terms = {
        "wall": poses.backing,
        "centre": -0.6 * np.abs(middle[:, 0] / camera.width - 0.5),
        "axis": _on_axis(middle[:, 0] / camera.width, poses.aside),
        "far": -0.18 * np.maximum(0.0, distance - 4.2),
        "near": _nearness(_nearest(main, poses), facing, ended=ended),
        "size": np.full_like(x, SIZE_BONUS[group.size] - _lost(group, space)),
        "cut": -3.6 * _overhang(group.core, poses, space),
        "openings": -0.8 * np.maximum(0.0, 0.6 - _gap(group.core, poses, space)),
        "ways": -np.minimum(_MOST_IN_THE_WAY, _IN_THE_WAY * _in_the_way(group.core, poses, space)),
        "focal": 0.45 * _towards_hearth(space.room, x, y, front),
        "shape": np.full_like(x, group.bonus),
        "glass": -_BEFORE_GLASS.get(main.piece, 0.0) * before_glass(space.room, main, poses) ** 2,
    }
    if along:
        headed = _headed(space.room, main, poses)
        terms["axis"], terms["head"] = _CORNERED * headed, _FREE_HEAD * (headed - 1.0)
    if main.piece.startswith("dining-table"):
        del terms["focal"]
        terms["axis"] *= _UNDER_THE_LAMP
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


def _lost(group: Group, space: Space) -> float:
    """What a small group costs on a wide floor, where it looks lost."""
    return _LOST.get(group.size, 0.0) * float(np.clip(space.width - _WIDE_FLOOR_M, 0.0, 1.0))


def _on_axis(across: F64, aside: F64) -> F64:
    """What it is worth that the main piece stands in the middle: of its stretch of wall, or of the picture."""
    centred = np.maximum(1.0 - aside / _ASIDE_M, 1.0 - np.abs(across - 0.5) / _ACROSS)
    return np.asarray(_CENTRED * np.maximum(centred, 0.0), np.float64)


def _headed(room: Room, main: Part, poses: Poses) -> F64:
    """0…1: how near the head of a bed along one wall stands to another wall: it belongs in a corner."""
    x, y, yaw = poses.placed(main)
    a = np.radians(yaw)
    back = np.stack([-np.sin(a), np.cos(a)], -1)
    head = np.stack([x, y], -1) + back * main.size_m[1] / 2
    best = np.zeros(len(poses))
    for piece in (p for p in room.pieces if p.kind == "wall"):
        start, length = piece.ground[0], max(length_m(piece.ground), 1e-6)
        t, off = (head - start) @ (piece.ground[1] - start) / length, np.abs((head - start) @ piece.normal)
        faces = (back @ piece.normal < -0.9) & (t > -_CORNER_M) & (t < length + _CORNER_M)
        best = np.maximum(best, np.where(faces, 1.0 - off / _CORNER_M, 0.0))
    return best


def _nearness(nearest: F64, facing: F64, *, ended: bool) -> F64:
    """Penalty for a main piece close by; for one with ends, the heavier the more of its side or back is shown."""
    near = -0.3 * np.maximum(0.0, COMFORTABLE_M - nearest)
    if ended:
        near -= 1.3 * np.clip(0.8 - facing, 0.0, 1.0) * np.maximum(0.0, _END_COMFORTABLE_M - nearest)
    return np.asarray(near, np.float64)


def _nearest(main: Part, poses: Poses) -> F64:
    """Metres from the camera's foot to the main piece's nearest edge: an end close by fills the foreground."""
    corners_on_floor = world(footprint(main.size_m), *poses.placed(main))
    nearest: F64 = np.linalg.norm(corners_on_floor, axis=-1).min(1)
    return nearest


def _overhang(core: Sequence[Part], poses: Poses, space: Space) -> F64:
    """How far solids come to the lower edge of the frame, or leave it there, as a share of its height."""
    camera = space.room.camera
    worst = np.zeros(len(poses))
    for part in core:
        if part.piece not in FLAT and part.on is None:
            uv, _ = camera.project(world(box(part.size_m), *poses.placed(part)))
            free = _FOOT_CUT if part.piece == "bed" else -_TIGHT
            worst = np.maximum(worst, uv[..., 1].max(1) / camera.height - 1.0 - free)
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


def before_glass(room: Room, main: Part, poses: Poses) -> F64:
    """Share of the main piece's back, seen flat on, that stands before the glass of windows."""
    a = np.radians(poses.yaw)
    along, out = np.stack([np.cos(a), np.sin(a)], -1), np.stack([np.sin(a), -np.cos(a)], -1)
    back, wide = np.stack([poses.x, poses.y], -1), main.size_m[1 if abs(main.yaw_deg) == 90.0 else 0]
    share = np.zeros(len(poses))
    for window in room.openings:
        if window.kind != "window" or window.bottom_m > main.size_m[2]:
            continue
        feet = window.ground[:, None] - back
        across = (feet * along).sum(-1) - main.x
        near = np.abs((feet * out).sum(-1)).max(0) < _GLASS_BEHIND_M
        low, high = np.clip(np.sort(across, axis=0), -wide / 2, wide / 2)
        share += near * window.confidence * (high - low) / wide * (1.0 - max(window.bottom_m, 0.0) / main.size_m[2])
    return np.minimum(share, 1.0)


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

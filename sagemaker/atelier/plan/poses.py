"""Where a group could stand, and which of those places the room and the frame allow: all poses at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from atelier.model import F64, Bool, Camera, Opening, Placement, Room, Standing
from atelier.plan.parts import FLAT, Part
from atelier.plan.space import CELL_M, Space
from atelier.plan.walls import SURE_FOCAL, Wall, length_m, snapped, stretches

WALL_STEP_M, FLOAT_STEP_M = 0.15, 0.3
WALL_OFFSETS_M, CLOSE_M = (0.04, 0.15, 0.3), 0.03
_SMALL_M2 = 9.0
"""floor on which every few centimetres count."""
_FRAME_MARGIN = 0.012
_ALONG, _CUT_BELOW = np.linspace(0.0, 1.0, 9), 0.16
"""where along its sides a rug is looked at, and the share of it that may lie below the frame."""
_WIDE_WINDOW_M = 1.5
_NO_MIDDLE = 9.0
_BEYOND_M = 0.05
"""how far a headboard may reach beyond the end of its wall, as that end is seen."""
_AT_FRAME = 0.02
"""of the picture's width: a wall that is seen to end that near its frame goes on."""
_CORNER = 0.8
"""where on a half diagonal the corners are asked for first: most places fail there, and are asked no more."""
_SHOWN_BACK, _SHOWN_FRONT = -0.25, 0.3
"""cosine between a piece's front and the way to the camera, under which it turns its back; and what an easy chair
nearby must at least show of its front."""
_OPEN_WITHIN_M = 3.2
_OPEN_FRONT = {"armchair", "lounge-chair"}


@dataclass(frozen=True)
class Poses:
    """P poses of a group: its back's middle point, yaw, wall (−1: none), how well it is backed, 0…1, and the metres
    from there to the middle of its stretch of wall (`_NO_MIDDLE` where it has none)."""

    x: F64
    y: F64
    yaw: F64
    wall: np.ndarray
    backing: F64
    aside: F64

    def __len__(self) -> int:
        return len(self.x)

    def take(self, keep: np.ndarray) -> Poses:
        kept = (self.x[keep], self.y[keep], self.yaw[keep], self.wall[keep], self.backing[keep])
        return Poses(*kept, self.aside[keep])

    def placed(self, part: Part) -> tuple[F64, F64, F64]:
        """World x, y and yaw (degrees) of a part, for every pose."""
        a = np.radians(self.yaw)
        c, s = np.cos(a), np.sin(a)
        return self.x + c * part.x - s * part.y, self.y + s * part.x + c * part.y, self.yaw + part.yaw_deg


def candidates(
    group_width: float,
    anchor: str,
    walls: tuple[Wall, ...],
    space: Space,
    beside: frozenset[str] = frozenset(),
    *,
    close: bool = False,
) -> Poses:
    """Every pose worth testing: along the walls and, for groups that may float, on a grid.

    beside: kinds of standing things whose edges the anchor "standing" takes. close: at a wall's foot, along all of the
    width.
    """
    parts: list[np.ndarray] = []
    if anchor in {"wall", "both"}:
        for index, wall in enumerate(walls):
            if wall.length >= 0.55 * group_width:
                parts.append(_along(wall, index, group_width, space.room, close=close))
    if anchor in {"free", "both"}:
        parts.append(_floating(space, anchor))
    if anchor == "focal":
        parts += [_before(opening, space) for opening in _focal(space.room)]
    if anchor == "standing":
        parts += [_at(thing, group_width, space) for thing in space.room.standing if thing.kind in beside]
    rows = np.concatenate(parts) if parts else np.zeros((0, 6))
    return Poses(rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3].astype(int), rows[:, 4], rows[:, 5])


def _along(wall: Wall, index: int, width: float, room: Room, *, close: bool) -> np.ndarray:
    """Poses every few centimetres along a wall, and in the middle of each of its stretches."""
    long = wall.length
    unit = (wall.end - wall.start) / long
    clear = np.array(stretches(wall, unit, room)).reshape(-1, 2)
    middles = clear.mean(1)
    t, offset = (
        g.ravel()
        for g in np.meshgrid(
            np.concatenate([np.arange(0.25, long - 0.25 + 1e-6, WALL_STEP_M), middles]),
            (CLOSE_M,) if close else WALL_OFFSETS_M,
            indexing="ij",
        )
    )
    inside = (clear[:, 0] <= t[:, None]) & (t[:, None] <= clear[:, 1])
    aside = np.where(inside, np.abs(t[:, None] - middles), _NO_MIDDLE).min(1, initial=_NO_MIDDLE)
    beyond = np.maximum(0.0, width / 2 - np.stack([t, long - t]))
    over = beyond.sum(0)
    full = 1.0 - np.minimum(1.0, over / width)
    backing = min(1.0, long / (width + 0.6)) * full * (0.45 + 0.55 * wall.tall) * np.where(offset < 0.2, 1.0, 0.7)
    at = wall.start + unit * t[:, None] + wall.normal * offset[:, None]
    same = np.ones_like(t)
    poses = np.stack([at[:, 0], at[:, 1], wall.yaw_deg * same, index * same, backing, aside], -1)
    return poses[_ends_in_sight(wall, room) @ beyond < _BEYOND_M] if close else poses


def _ends_in_sight(wall: Wall, room: Room) -> np.ndarray:
    """(2,) 1 for an end of the wall that the picture shows, 0 where the wall goes on beyond the frame."""
    camera = room.camera
    uv, _ = camera.project(np.array([(*wall.start, 0.0), (*wall.end, 0.0)]))
    frame = np.array([camera.width, camera.height])
    near = _AT_FRAME * camera.width
    return np.asarray(((uv > near) & (uv < frame - near)).all(-1), np.float64)


def _floating(space: Space, anchor: str) -> np.ndarray:
    x0, y0 = space.lo
    step = FLOAT_STEP_M if space.seen.sum() * CELL_M**2 > _SMALL_M2 else FLOAT_STEP_M / 2
    xs = np.arange(x0 + 0.5, x0 + space.shape[1] * CELL_M, step)
    ys = np.arange(y0 + 0.5, y0 + space.shape[0] * CELL_M, step)
    yaws = np.array([0.0, 90.0, 180.0, 270.0] if anchor == "both" else [0.0, 90.0])
    x, y, yaw = (g.ravel() for g in np.meshgrid(xs, ys, yaws, indexing="ij"))
    return np.stack([x, y, yaw, np.full_like(x, -1.0), np.zeros_like(x), np.full_like(x, _NO_MIDDLE)], -1)


def _focal(room: Room) -> list[Opening]:
    """What one gathers before: the surest hearth, else the widest window."""
    hearths = [o for o in room.openings if o.kind == "fireplace" and o.confidence > SURE_FOCAL]
    if hearths:
        return [max(hearths, key=lambda o: o.confidence)]
    wide = [o for o in room.openings if o.kind == "window" and o.confidence > SURE_FOCAL]
    wide = [o for o in wide if length_m(o.ground) > _WIDE_WINDOW_M]
    return sorted(wide, key=lambda o: -length_m(o.ground))[:1]


def _before(opening: Opening, space: Space) -> np.ndarray:
    """Poses with the opening's middle behind them, square to it."""
    along = (opening.ground[1] - opening.ground[0]) / max(length_m(opening.ground), 1e-6)
    normal = np.array([-along[1], along[0]])
    middle = opening.ground.mean(0)
    if (space.room.polygon.mean(0) - middle) @ normal < 0:
        normal = -normal
    normal = snapped(normal)
    yaw = float(np.degrees(np.arctan2(normal[0], -normal[1])))
    rows = []
    for out in np.arange(0.0, 2.1, 0.2):
        for aside in (0.0, -0.25, 0.25, -0.5, 0.5):
            x, y = middle + out * normal + aside * along
            rows.append((x, y, yaw, -1.0, opening.confidence * (1.0 - abs(aside)), abs(aside)))
    return np.array(rows)


def _at(thing: Standing, width: float, space: Space) -> np.ndarray:
    """Poses at the edges of a standing thing that face the camera, look on free floor and are long enough."""
    rows = []
    for a, b in zip(thing.footprint, np.roll(thing.footprint, -1, axis=0), strict=True):
        length = float(np.linalg.norm(b - a))
        if length < width:
            continue
        along = (b - a) / length
        normal = np.array([along[1], -along[0]])  # counter-clockwise: outwards
        yaw = float(np.degrees(np.arctan2(normal[0], -normal[1])))
        for t in np.arange(width / 2, length - width / 2 + 1e-6, WALL_STEP_M):
            foot = a + t * along
            if float(foot @ normal) < 0 and bool(space.lookup(space.reach, foot + 0.35 * normal)):
                centred = thing.confidence * (1.0 - abs(t / length - 0.5))
                rows.append((*foot, yaw, -1.0, centred, abs(t - length / 2)))
    return np.array(rows).reshape(-1, 6)


def footprint(size: tuple[float, float, float], shrink: float = 0.0) -> F64:
    """(K, 2) sample points of a piece's base in its own frame, edges included, at most 12 cm apart."""
    w, d = max(size[0] / 2 - shrink, 0.02), max(size[1] / 2 - shrink, 0.02)
    xs = np.linspace(-w, w, int(np.ceil(2 * w / 0.12)) + 1)
    ys = np.linspace(-d, d, int(np.ceil(2 * d / 0.12)) + 1)
    return np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2)


def box(size: tuple[float, float, float]) -> F64:
    """(8, 3) corners of a piece in its own frame, base first."""
    w, d, h = size[0] / 2, size[1] / 2, size[2]
    base = [(-w, -d), (w, -d), (w, d), (-w, d)]
    return np.array([(x, y, 0.0) for x, y in base] + [(x, y, h) for x, y in base])


def world(points: F64, x: F64, y: F64, yaw: F64) -> F64:
    """Points (K, 2 or 3) of a piece's frame at P poses → (P, K, 2 or 3)."""
    a = np.radians(np.atleast_1d(yaw))
    c, s = np.cos(a)[:, None], np.sin(a)[:, None]
    px = np.atleast_1d(x)[:, None] + c * points[:, 0] - s * points[:, 1]
    py = np.atleast_1d(y)[:, None] + s * points[:, 0] + c * points[:, 1]
    flat = [px, py] if points.shape[1] == 2 else [px, py, np.broadcast_to(points[:, 2], px.shape)]
    return np.stack(flat, -1)


def fits(part: Part, poses: Poses, space: Space, blocked: Bool | None = None) -> Bool:
    """Which poses leave this part on allowed floor, inside the frame and with its back turned from the lens."""
    x, y, yaw = poses.placed(part)
    grid = space.allowed(part.piece, part.size_m[2])
    if blocked is not None:
        grid = grid & ~blocked
    solid = box(part.size_m)
    index = np.flatnonzero(space.lookup(grid, world(solid[:4, :2] * _CORNER, x, y, yaw)).all(1))
    corners = world(solid, x[index], y[index], yaw[index])
    corners[..., 2] += part.z
    keep = in_frame(part.piece, corners, space.room.camera)
    if part.piece in BACKED:
        keep &= ~shows_back(part.piece, x[index], y[index], yaw[index])
    index = index[keep]
    points = world(footprint(part.size_m, 0.05 if part.piece in FLAT else 0.0), x[index], y[index], yaw[index])
    ok = np.zeros(len(poses), bool)
    ok[index[space.lookup(grid, points).all(1)]] = True
    return ok


BACKED = {
    "sofa": 4.5,
    "sofa-sectional": 4.5,
    "outdoor-sofa": 3.0,
    "outdoor-chair": 3.5,
    "rocking-chair": 4.5,
    "loveseat": 4.5,
    "armchair": 4.5,
    "lounge-chair": 4.5,
    "office-chair": 2.4,
    "dining-chair": 2.6,
    "bookshelf": 99.0,
    "wardrobe": 99.0,
    "changing-table": 99.0,
    "desk": 0.0,
}
"""Metres within which a piece's back must not face the camera. Dining and desk chairs have open or slender backs."""


def shows_back(piece: str, x: F64, y: F64, yaw: F64) -> Bool:
    """Where a piece of the kinds in `BACKED` turns too much of its back to a camera nearby."""
    a, within = np.radians(yaw), BACKED[piece]
    distance = np.hypot(x, y)
    facing = (np.sin(a) * -x - np.cos(a) * -y) / np.maximum(distance, 1e-6)
    least = np.where((distance < _OPEN_WITHIN_M) & (piece in _OPEN_FRONT), _SHOWN_FRONT, _SHOWN_BACK)
    out: Bool = (facing < least) & (distance < within)
    return out


def in_frame(piece: str, corners: F64, camera: Camera) -> Bool:
    """Whether boxes (P, 8, 3) are before the lens and inside the frame; beds may leave below, rugs by a little."""
    if piece in FLAT:
        return lies_in_frame(corners[:, :4], camera)
    uv, z = camera.project(corners)
    w, h, margin = camera.width, camera.height, _FRAME_MARGIN * camera.width
    bottom = 1.22 * h if piece == "bed" else h - margin
    u, v = uv[..., 0], uv[..., 1]
    wide: Bool = (z.min(1) > 0.3) & (u.min(1) > margin) & (u.max(1) < w - margin)
    high: Bool = (v.max(1) < bottom) & (v.min(1) > -margin)
    return np.asarray(wide & high, bool)


def lies_in_frame(quads: F64, camera: Camera) -> Bool:
    """Whether rugs (P, 4, 3) lie in the picture: the lower edge may cut a little off, the sides nothing."""
    uv, z = _spread(quads, camera)
    below = uv[..., 1] > camera.height
    aside = (uv[..., 0] < 0.0) | (uv[..., 0] > camera.width)
    ok: Bool = (z.min(1) > 0.1) & ~(aside & ~below).any(1) & (below.mean(1) <= _CUT_BELOW)
    return ok


def cut_below(quads: F64, camera: Camera) -> F64:
    """(P,) share of each rug (P, 4, 3) that lies below the picture."""
    return np.asarray((_spread(quads, camera)[0][..., 1] > camera.height).mean(1), np.float64)


def _spread(quads: F64, camera: Camera) -> tuple[F64, F64]:
    """Points all over each quadrilateral, projected: (P, N, 2) pixels and (P, N) depths."""
    s, t = (g.ravel()[:, None] for g in np.meshgrid(_ALONG, _ALONG))
    a, b, c, d = (quads[:, None, i] for i in range(4))
    return camera.project((1 - s) * (1 - t) * a + s * (1 - t) * b + s * t * c + (1 - s) * t * d)


def placement(part: Part, at: tuple[float, float, float], variant: int, on: int | None = None) -> Placement:
    """A part standing at world (x, y, yaw in degrees)."""
    x, y, yaw = (float(v) for v in at)
    return Placement(part.piece, part.size_m, x, y, part.z, (yaw + 180) % 360 - 180, variant, on)

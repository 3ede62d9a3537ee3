"""The room's walls as furniture uses them: straight, joined, and the stretches between what one walks through."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from atelier.model import F64, Room

SURE_FOCAL = 0.55
"""confidence from which an opening interrupts a stretch of wall, or is gathered before."""


@dataclass(frozen=True)
class Wall:
    """A straight wall made of the outline pieces that continue each other."""

    start: F64
    end: F64
    normal: F64
    """into the room, along a room axis where the wall is."""
    tall: float

    @property
    def length(self) -> float:
        return float(np.linalg.norm(self.end - self.start))

    @property
    def yaw_deg(self) -> float:
        """Yaw of a piece with its back to this wall."""
        return float(np.degrees(np.arctan2(self.normal[0], -self.normal[1])))


def walls_of(room: Room) -> tuple[Wall, ...]:
    """The room's walls, collinear pieces with gaps under half a metre joined where no opening is between."""
    found: list[Wall] = []
    for piece in sorted((p for p in room.pieces if p.kind == "wall"), key=lambda p: -length_m(p.ground)):
        if length_m(piece.ground) < 0.2:
            continue
        wall = Wall(piece.ground[0], piece.ground[1], snapped(piece.normal), piece.tall)
        for i, other in enumerate(found):
            if (joined := _joined(other, wall, room)) is not None:
                found[i] = joined
                break
        else:
            found.append(wall)
    return tuple(w for w in found if w.length > 0.5)


def length_m(ground: F64) -> float:
    """Metres between two points (2, 2) on the floor."""
    return float(np.linalg.norm(ground[1] - ground[0]))


def snapped(normal: F64) -> F64:
    """A normal within 12° of a room axis, laid onto it."""
    axis = int(np.argmax(np.abs(normal)))
    if abs(normal[axis]) < np.cos(np.radians(12)):
        return np.asarray(normal, np.float64)
    out = np.zeros(2)
    out[axis] = np.sign(normal[axis])
    return out


def _joined(a: Wall, b: Wall, room: Room) -> Wall | None:
    if a.normal @ b.normal < 0.98 or abs((b.start - a.start) @ a.normal) > 0.12:
        return None
    along = np.array([-a.normal[1], a.normal[0]])
    ta = sorted((float(a.start @ along), float(a.end @ along)))
    tb = sorted((float(b.start @ along), float(b.end @ along)))
    gap = max(ta[0], tb[0]) - min(ta[1], tb[1])
    if gap > 0.5:
        return None
    lo, hi = min(ta[1], tb[1]), max(ta[0], tb[0])
    for opening in room.openings:
        middle = opening.ground.mean(0)
        if (
            opening.kind != "window"
            and lo - 0.1 < middle @ along < hi + 0.1
            and abs((middle - a.start) @ a.normal) < 0.4
        ):
            return None
    base = float(a.start @ a.normal) * a.normal
    weight = (ta[1] - ta[0]) / max(ta[1] - ta[0] + tb[1] - tb[0], 1e-6)
    ends = min(ta[0], tb[0]), max(ta[1], tb[1])
    tall = weight * a.tall + (1 - weight) * b.tall
    return Wall(base + ends[0] * along, base + ends[1] * along, a.normal, tall)


def stretches(wall: Wall, unit: F64, room: Room) -> list[tuple[float, float]]:
    """The parts of a wall between its ends and what one walks through or sits before, metres from its start."""
    edges = [(0.0, 0.0), (wall.length, wall.length)]
    for opening in room.openings:
        along = (opening.ground - wall.start) @ unit
        off = np.abs((opening.ground - wall.start) @ wall.normal).max()
        if opening.kind != "window" and opening.confidence > SURE_FOCAL and off < 0.4:
            edges.append((float(along.min()), float(along.max())))
    edges.sort()
    found = [(a[1], b[0]) for a, b in pairwise(edges)]
    return [(low, high) for low, high in found if high - low > 0.5]

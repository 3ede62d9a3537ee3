"""A second group in the same room: where it stands well, and leaves the first one the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from atelier.model import F64, U8, Bool, Placement
from atelier.plan.energy import COMFORTABLE_M, SIZE_BONUS
from atelier.plan.outlines import boxes, outlines
from atelier.plan.parts import FLAT, HUNG, Group, Part
from atelier.plan.poses import Poses, candidates, fits, footprint, placement, world
from atelier.plan.silhouettes import Silhouettes
from atelier.plan.space import Space
from atelier.plan.walls import Wall

_APART_M, _RUG_APART_M = 0.6, 0.1
"""floor one walks on between two groups; rugs may come nearer to each other."""
_DRAWN = 12
_FULL = 0.33
"""share of the frame from which furniture crowds it."""
_ENOUGH = 0.35


@dataclass(frozen=True)
class _Standing:
    """What the room holds already, drawn once."""

    placements: tuple[Placement, ...]
    drawn: U8
    away: float
    hidden: float


def zoned(
    groups: Sequence[Group],
    main: Placement,
    placements: tuple[Placement, ...],
    *,
    walls: tuple[Wall, ...],
    space: Space,
    seen: Silhouettes,
) -> tuple[Placement, ...] | None:
    """The best place for the first group that has a good one, as placements of its own; None where none has.

    `on` counts from the first of them.

    A set stands clear of the first group, hides no more of it than a passer-by would, and never looms before it.
    """
    solids = _solids(placements)
    drawn = seen.of(outlines(solids))
    standing = _Standing(placements, drawn, float(np.hypot(main.x, main.y)), seen.hidden(drawn))
    taken = _taken(placements, space)
    best: tuple[float, tuple[Placement, ...]] | None = None
    for group in groups:
        poses = _allowed(group, taken, walls, space)
        if not len(poses):
            continue
        cheap = _cheap(group, poses, space)
        for i in np.argsort(-cheap, kind="stable")[:_DRAWN]:
            pose = poses.take(np.array([i]))
            made = _made((*group.core, *_rug(group, pose, taken, space)), pose, main.variant + 1)
            total = float(cheap[i]) + _seen_well(made[group.main], made, standing, seen)
            if total > _ENOUGH and (best is None or total > best[0]):
                best = (total, made)
        if best is not None:
            return best[1]
    return None


def _solids(placements: Sequence[Placement]) -> list[Placement]:
    return [p for p in placements if p.piece not in FLAT]


def _taken(placements: tuple[Placement, ...], space: Space) -> dict[bool, Bool]:
    """Floor that is no longer free: for solid pieces (False) and for rugs (True)."""
    floor = [p for p in placements if p.piece not in HUNG and p.on is None]
    quads = list(boxes([p for p in floor if p.piece not in FLAT])[:, :4, :2])
    rugs = [p for p in floor if p.piece in FLAT]
    under = list(boxes(rugs)[:, :4, :2]) if rugs else []
    return {
        False: space.stamp(quads, _APART_M) | space.stamp(under, 0.05),
        True: space.stamp(quads + under, _RUG_APART_M),
    }


def _allowed(group: Group, taken: dict[bool, Bool], walls: tuple[Wall, ...], space: Space) -> Poses:
    poses = candidates(group.width, group.anchor, walls, space, group.beside, close=group.close)
    for part in sorted((p for p in group.core if p.on is None), key=lambda p: p.piece in FLAT):
        if len(poses):
            poses = poses.take(fits(part, poses, space, taken[part.piece in FLAT]))
    return poses.take(with_aisle(group, poses, space))


def _rug(group: Group, pose: Poses, taken: dict[bool, Bool], space: Space) -> tuple[Part, ...]:
    """The first of the group's rugs that lies well at this pose."""
    rugs = (e.parts for e in group.extras if "rug" in e.slots)
    return next((r for r in rugs if all(bool(fits(p, pose, space, taken[True])[0]) for p in r)), ())


def _cheap(group: Group, poses: Poses, space: Space) -> F64:
    """Size, room to move, a wall for what wants one, and a comfortable distance from the camera."""
    x, y, _ = poses.placed(group.core[group.main])
    clear = space.lookup(space.inside, np.stack([x, y], -1)).astype(np.float64)
    nearest = np.full(len(poses), 99.0)
    for part in group.core:
        if part.piece not in FLAT:
            floor = world(footprint(part.size_m), *poses.placed(part))
            nearest = np.minimum(nearest, np.linalg.norm(floor, axis=-1).min(1))
    score = SIZE_BONUS[group.size] + 0.5 - 0.7 * np.maximum(0.0, COMFORTABLE_M - nearest)
    score -= 0.08 * np.maximum(0.0, np.hypot(x, y) - 5.0)
    return np.asarray(score + (0.3 * np.minimum(1.0, clear / 1.4) if group.anchor == "free" else 0.3 * poses.backing))


def _made(parts: Sequence[Part], pose: Poses, variant: int) -> tuple[Placement, ...]:
    out = []
    for part in parts:
        x, y, yaw = (float(v[0]) for v in pose.placed(part))
        out.append(placement(part, (x, y, yaw), variant, part.on))
    return tuple(replace(p, variant=variant + i // 8) for i, p in enumerate(out))


def _seen_well(main: Placement, made: tuple[Placement, ...], standing: _Standing, seen: Silhouettes) -> float:
    """Penalties for hiding the first group or the room, or hiding behind it."""
    drawn = seen.of(outlines(_solids(made)))
    shared = float((drawn * standing.drawn).sum())
    before = float(np.hypot(main.x, main.y)) < standing.away
    covers = 2.2 * shared / max(float(standing.drawn.sum()), 1.0) if before else 0.0
    lost = 0.0 if before else 0.9 * shared / max(float(drawn.sum()), 1.0)
    both = np.maximum(drawn, standing.drawn)
    crowded = 5.0 * max(0.0, float(both.mean()) - _FULL)
    return -covers - lost - crowded - 1.5 * max(0.0, seen.hidden(both) - standing.hidden)


def with_aisle(group: Group, poses: Poses, space: Space) -> Bool:
    """Which poses leave the group's aisle free along the floor's edges."""
    ok = np.ones(len(poses), bool)
    if group.aisle_m:
        for part in (p for p in group.core if p.piece not in FLAT):
            floor = world(footprint(part.size_m), *poses.placed(part))
            ok &= space.lookup(space.inside, floor).min(1) >= group.aisle_m
    return ok

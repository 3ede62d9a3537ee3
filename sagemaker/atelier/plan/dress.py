"""What completes a layout: easy chairs round the table, a second piece where a side is left bare, a plant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from atelier.furnish.catalogue import CATALOGUE
from atelier.model import F64, Bool, Placement, Room
from atelier.plan.backdrop import hides_marks
from atelier.plan.energy import before_glass
from atelier.plan.hang import art_over
from atelier.plan.outlines import boxes, outlines
from atelier.plan.parts import FLAT, HUNG, Accent, Part
from atelier.plan.poses import Poses, candidates, fits, placement
from atelier.plan.silhouettes import SURE, Silhouettes
from atelier.plan.space import Space
from atelier.plan.walls import Wall

EASY = ("armchair", "lounge-chair")
_SEATS_TRIED, _SEAT_WORTH = 8, 0.1
_SEAT_BACK_M, _ON_RUG = 2.9, 0.25
"""an easy chair stands better further from the camera than this, and with its front legs on the rug."""
SEAT_FROM_M = 2.3
"""nearer than this to the camera a chair looms."""
_GOOD_PLACE, _PLACES, _ASKED_THERE = 0.55, 6, 2
"""score of a good place for a second piece; how many metres of wall are asked for one, and how often each."""
_CLEAR_M = 0.45
_BARE_SHARE = 0.22
"""share of the frame beside the group from which a side counts as bare."""


def gathered(
    placements: tuple[Placement, ...], wanted: int, *, space: Space, seen: Silhouettes
) -> tuple[Placement, ...]:
    """Adds easy chairs round the low table until `wanted` stand there or none finds a good place.

    A chair looks at the table from 0.45 to 0.9 m, never shows the lens its back and hides little of the rest.
    """
    table = next((p for p in placements if p.piece.startswith("coffee-table")), None)
    while table is not None and sum(p.piece in EASY for p in placements) < wanted:
        kind = next((p.piece for p in placements if p.piece in EASY), EASY[table.variant % 2])
        variant = next((p.variant for p in placements if p.piece in EASY), table.variant)
        part = Part(kind, CATALOGUE[kind].size("M"), 0.0, 0.0)
        poses = _round(table)
        others = tuple(p for p in placements if p.piece.startswith("dining"))
        blocked = blocked_by(placements, space, 0.12) | blocked_by(others, space, _CLEAR_M) | space.approaches
        poses = poses.take(fits(part, poses, space, blocked) & (np.hypot(poses.x, poses.y) > SEAT_FROM_M))
        good = (
            chair
            for chair in _ranked_seats(part, poses, placements, seen)[:_SEATS_TRIED]
            if space.paths_kept(blocked_by((*placements, chair), space, 0.0))
        )
        if (found := next(good, None)) is None:
            break
        placements = (*placements, replace(found, variant=variant))
    return placements


def _round(table: Placement) -> Poses:
    """Places round a table, each looking at its middle."""
    gap = np.arange(0.85, 1.31, 0.15)
    bearing, gap = (g.ravel() for g in np.meshgrid(np.radians(np.arange(0, 360, 15)), gap, indexing="ij"))
    turn = np.radians(table.yaw_deg)
    ux, uy = np.cos(bearing), np.sin(bearing)
    along, across = np.cos(bearing - turn), np.sin(bearing - turn)
    half = 1 / np.maximum(np.abs(along) / (table.size_m[0] / 2), np.abs(across) / (table.size_m[1] / 2))
    x, y = table.x + ux * (half + gap), table.y + uy * (half + gap)
    yaw = np.degrees(np.arctan2(-ux, uy))
    return Poses(x, y, yaw, np.full(len(x), -1), np.zeros_like(x), np.zeros_like(x))


def _ranked_seats(part: Part, poses: Poses, placements: tuple[Placement, ...], seen: Silhouettes) -> list[Placement]:
    """Places that show the chair's front, in a bare part of the frame, and hide little of what stands; best first."""
    room = seen.room
    standing = seen.of(outlines([p for p in placements if p.piece not in FLAT]))
    middle, _ = room.camera.project(np.stack([poses.x, poses.y, np.full_like(poses.x, 0.4)], -1))
    bare = np.zeros(len(poses))
    for low, high in bare_sides(placements, room):
        bare = np.maximum(bare, (low < middle[:, 0]) & (middle[:, 0] < high))
    away, a = np.hypot(poses.x, poses.y), np.radians(poses.yaw)
    facing = -(np.sin(a) * poses.x - np.cos(a) * poses.y) / np.maximum(away, 1e-6)
    score = 0.2 + 0.3 * bare + 0.3 * facing - 0.5 * np.maximum(0.0, _SEAT_BACK_M - away)
    score += _ON_RUG * _on_rugs(poses, part, placements)
    chairs = [placement(part, (poses.x[i], poses.y[i], poses.yaw[i]), 0) for i in range(len(poses))]
    for i, chair in enumerate(chairs):
        drawn = seen.of(outlines([chair]))
        covers = float((drawn * standing).sum()) / max(float(drawn.sum()), 1.0)
        score[i] -= 0.6 * covers + 1.5 * max(0.0, seen.hidden(drawn) - 0.05)
    return [chairs[i] for i in np.argsort(-score, kind="stable") if score[i] > _SEAT_WORTH]


def _on_rugs(poses: Poses, part: Part, placements: tuple[Placement, ...]) -> Bool:
    """Which poses put a chair's front legs on a rug."""
    front = np.stack(poses.placed(replace(part, y=-part.size_m[1] / 2))[:2], -1)
    on = np.zeros(len(poses), bool)
    for rug in (p for p in placements if p.piece in FLAT):
        a, off = np.radians(rug.yaw_deg), front - (rug.x, rug.y)
        along, across = off @ (np.cos(a), np.sin(a)), off @ (-np.sin(a), np.cos(a))
        on |= (np.abs(along) < rug.size_m[0] / 2) & (np.abs(across) < rug.size_m[1] / 2)
    return on


def bare_sides(placements: tuple[Placement, ...], room: Room) -> list[tuple[float, float]]:
    """Horizontal pixel intervals beside the group that nothing stands in."""
    uv, _ = room.camera.project(boxes([p for p in placements if p.piece not in FLAT]))
    w = room.camera.width
    left, right = float(uv[..., 0].min()), float(uv[..., 0].max())
    sides = [(0.0, left), (right, float(w))]
    return [s for s in sides if s[1] - s[0] > _BARE_SHARE * w]


def accents(
    choice: Accent,
    main: Placement,
    placements: tuple[Placement, ...],
    *,
    walls: tuple[Wall, ...],
    space: Space,
    seen: Silhouettes,
) -> Iterator[tuple[Placement, ...]]:
    """Good places on the walls for a second piece, each with its lamp and picture, a metre apart; best first."""
    part = _part(choice)
    poses = candidates(choice.size_m[0], "wall", walls, space)
    rugs = space.stamp(list(boxes([p for p in placements if p.piece in FLAT])[:, :4, :2]))
    poses = poses.take(fits(part, poses, space, blocked_by(placements, space, _CLEAR_M) | space.approaches | rugs))
    if not len(poses):
        return
    score = _accent_score(choice, poses, main, placements, space)
    if choice.piece == "plant-large":
        score += _cornered(poses, walls)
    asked: dict[tuple[int, int, int], int] = {}
    for i in np.argsort(-score, kind="stable"):
        where = (int(poses.wall[i]), round(float(poses.x[i])), round(float(poses.y[i])))
        if score[i] <= _GOOD_PLACE or len(asked) == _PLACES:
            return
        if asked.setdefault(where, 0) < _ASKED_THERE:
            x, y, yaw = (v[0] for v in poses.take(np.array([i])).placed(part))
            piece = placement(part, (x, y, yaw), main.variant + 1)
            total = float(score[i]) - 1.5 * seen.hidden(seen.of(outlines([piece])))
            good = total > _GOOD_PLACE and not hides_marks(piece, space.room)
            asked[where] += _ASKED_THERE if good else 1
            if good:
                yield _furnished(choice, piece, walls[where[0]], space.room, placements)


def _part(choice: Accent) -> Part:
    return Part(choice.piece, choice.size_m, 0.0, -choice.size_m[1] / 2)


def _accent_score(
    choice: Accent, poses: Poses, main: Placement, placements: tuple[Placement, ...], space: Space
) -> F64:
    part = _part(choice)
    x, y, yaw = poses.placed(part)
    a, b = np.radians(yaw), np.radians(main.yaw_deg)
    front = np.stack([np.sin(a), -np.cos(a)], -1)
    away = np.hypot(x, y)
    facing = -(front[:, 0] * x + front[:, 1] * y) / np.maximum(away, 1e-6)
    middle, _ = space.room.camera.project(np.stack([x, y, np.full_like(x, 0.5)], -1))
    bare = np.zeros_like(x)
    for low, high in bare_sides(placements, space.room):
        bare = np.maximum(bare, ((middle[:, 0] > low) & (middle[:, 0] < high)).astype(float))
    score = 0.5 * poses.backing + 0.35 * bare + 0.25 * np.clip(facing, -1, 0.6) - 0.05 * np.maximum(0, away - 5)
    score -= 1.2 * (away < np.hypot(main.x, main.y) - 0.5)  # a second piece in front of the first looms
    score -= before_glass(space.room, part, poses)
    if choice.faces_main and any(o.kind == "fireplace" and o.confidence > SURE for o in space.room.openings):
        return np.full(len(poses), -9.0)  # one looks at the hearth, where a screen hangs as often as not
    if choice.faces_main:
        m = np.array([np.sin(b), -np.cos(b)])
        offset = np.abs((x - main.x) * -m[1] + (y - main.y) * m[0])
        score = np.where((front @ m < -0.9) & (offset < 0.6), score + 0.4, -9.0)
    score = np.where(facing < -0.2, -9.0, score)
    return np.asarray(score, np.float64)


def _cornered(poses: Poses, walls: tuple[Wall, ...]) -> F64:
    """A plant belongs in a corner: reward the ends of walls, punish their middles."""
    out = np.zeros(len(poses))
    for i, (x, y, index) in enumerate(zip(poses.x, poses.y, poses.wall, strict=True)):
        wall = walls[int(index)]
        ends = np.array([wall.start, wall.end]) - (x, y)
        out[i] = 0.25 if np.linalg.norm(ends, axis=1).min() < 0.7 else -0.5
    return out


def _furnished(
    choice: Accent, piece: Placement, wall: Wall, room: Room, placements: tuple[Placement, ...]
) -> tuple[Placement, ...]:
    """The piece with what hangs over it: never a second picture or a second mirror in one room."""
    hung = {"art" if p.piece == "gallery" else p.piece for p in placements}
    kind = next((k for k in (choice.art, "mirror") if k is not None and k not in hung), None) if choice.art else None
    art = art_over(piece, wall, room, kind) if kind else None
    return (piece,) if art is None else (piece, art)


def blocked_by(placements: tuple[Placement, ...], space: Space, grow: float) -> Bool:
    """Floor cells under or near what already stands."""
    standing = [p for p in placements if p.piece not in FLAT | HUNG and p.on is None]
    return space.stamp(list(boxes(standing)[:, :4, :2]), grow)


def joined(base: tuple[Placement, ...], more: tuple[Placement, ...]) -> tuple[Placement, ...]:
    """Two sets of placements as one, with the `on` indices of the second kept right."""
    shift = len(base)
    return base + tuple(p if p.on is None else replace(p, on=p.on + shift) for p in more)

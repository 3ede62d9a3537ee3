"""Room + room type → layouts. `plan` is the stage's one entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from atelier.model import Bool, Layout, Placement, Room, RoomRefusedError
from atelier.plan.dress import accent, art_over, bare_sides, blocked_by, gathered, joined
from atelier.plan.energy import Silhouettes, boxes, main_terms, picture_terms
from atelier.plan.parts import Extra, Group, Part, Programme
from atelier.plan.poses import Poses, Wall, candidates, fits, placement, walls_of
from atelier.plan.programmes import ROOMS, programme_of
from atelier.plan.space import Space
from atelier.plan.zones import with_aisle, zoned

__all__ = ["ROOMS", "plan", "programme_of"]

ENERGY_GATE = -0.6
_DRAWN = 120
"""how many of the best poses are drawn and judged as pictures."""
_NEAR_EQUAL, _TASTE = 0.12, 0.35
"""poses, and whole layouts, this close in energy are a matter of taste: the seed chooses."""
_LAYOUTS = 5
_DRESSED = 8
"""layouts completed and judged once more as whole pictures."""
_BENCH_FROM_M = 2.6
"""nearer than this a bench at the bed's foot hides the bed."""
_NEVER_IN_FRONT = {"plant-large", "floor-lamp", "bookshelf", "side-table"}
_AGAINST_WALLS = {"plant-large", "floor-lamp", "bookshelf"}
"""lost in the middle of a room."""
_EXTRA_HIDES = 0.15
"""weighted share of a door, window or hearth that a plant or a lamp may cover."""


@dataclass(frozen=True)
class _Draft:
    placements: tuple[Placement, ...]
    main: int
    wall: int
    terms: dict[str, float]
    taste: float
    """chance between what is nearly equal."""

    @property
    def rank(self) -> float:
        return sum(self.terms.values()) + self.taste


def plan(room: Room, room_types: Sequence[str], style: str, seed: int) -> list[Layout]:
    """Furnishes a room in several truly different ways, best first.

    room_types are the slugs of the rooms that share the photo, main room first. Style and seed choose between layouts
    of nearly the same energy. Raises `RoomRefusedError` (`room_not_stageable`) when a room type has no programme or
    nothing fits.
    """
    programme = programme_of(room_types)
    rng = np.random.default_rng([seed, *sha256(f"{style}/{'+'.join(room_types)}".encode()).digest()[:4]])
    space, walls, seen = Space.of(room), walls_of(room), Silhouettes(room)
    if space.width < programme.least_width_m:
        raise _refusal(f"the free floor is only {space.width:.1f} m wide", {"free_width_m": space.width})
    drafts = _drafts(programme, space, walls, seen, rng)
    second = programme.zone.groups(rng) if programme.zone else ()
    layouts: list[tuple[float, Placement, Layout]] = []
    for draft in _different(drafts, sizes=bool(second)):
        if space.paths_kept(blocked_by(draft.placements, space, 0.0)):
            layout = _dressed(draft, programme, second, walls, space, seen)
            rank = layout.energy + float(rng.uniform(0.0, _TASTE))
            layouts.append((rank, layout.placements[draft.main], layout))
        if len(layouts) == _DRESSED:
            break
    if not layouts:
        best = max((sum(d.terms.values()) for d in drafts), default=float("-inf"))
        seen_as = "no furniture group fits the free floor" if not drafts else "every layout blocks or hides something"
        numbers = {"poses": float(len(drafts)), "free_width_m": space.width}
        raise _refusal(seen_as, numbers | ({"best_energy": best} if drafts else {}))
    return _best(layouts)


def _best(judged: list[tuple[float, Placement, Layout]]) -> list[Layout]:
    """The best few layouts whose main pieces stand apart."""
    kept: list[tuple[Placement, Layout]] = []
    for _, main, layout in sorted(judged, key=lambda item: -item[0]):
        if all(_apart(main, other) for other, _ in kept):
            kept.append((main, layout))
    return [layout for _, layout in kept[:_LAYOUTS]]


def _refusal(seen: str, numbers: dict[str, float]) -> RoomRefusedError:
    return RoomRefusedError(
        "room_not_stageable",
        f"The room cannot be furnished well from this photo: {seen}.",
        "Use a photo that shows more floor, ask for another room type, or send the hints floor_polygon "
        "and camera_height_m if the room is larger than it was understood to be.",
        numbers,
    )


def _drafts(
    programme: Programme, space: Space, walls: tuple[Wall, ...], seen: Silhouettes, rng: np.random.Generator
) -> list[_Draft]:
    """Legal poses of every group, judged; those under the gate are left out."""
    drafts: list[_Draft] = []
    for group in programme.groups(rng):
        poses = candidates(group.width, group.anchor, walls, space)
        for part in sorted((p for p in group.core if p.on is None), key=lambda p: p.piece == "rug"):
            poses = poses.take(fits(part, poses, space)) if len(poses) else poses
        poses = poses.take(with_aisle(group, poses, space))
        if len(poses):
            drafts += _judged(group, poses, space, seen, rng)
    return [d for d in sorted(drafts, key=lambda d: -d.rank) if sum(d.terms.values()) > ENERGY_GATE]


def _judged(group: Group, poses: Poses, space: Space, seen: Silhouettes, rng: np.random.Generator) -> list[_Draft]:
    chosen, worth = _extras(group, poses, space)
    terms = main_terms(group, poses, space) | {"extras": worth}
    cheap = np.sum(list(terms.values()), axis=0)
    noise = rng.uniform(0.0, _NEAR_EQUAL, len(poses))
    out = []
    for i in np.argsort(-cheap, kind="stable")[:_DRAWN]:
        placements, dropped = _placed(group, poses.take(np.array([i])), [e for e, ok in chosen if ok[i]], seen)
        mine = {k: float(v[i]) for k, v in terms.items()} | picture_terms(seen, placements)
        mine["extras"] -= dropped
        placements = tuple(replace(p, variant=int(rng.integers(0, 1 << 16))) for p in placements)
        out.append(_Draft(placements, group.main, int(poses.wall[i]), mine, float(noise[i])))
    return out


def _extras(group: Group, poses: Poses, space: Space) -> tuple[list[tuple[Extra, Bool]], np.ndarray]:
    """Which extras each pose takes, and what they are worth."""
    taken: dict[str, Bool] = {}
    chosen: list[tuple[Extra, Bool]] = []
    worth = np.zeros(len(poses))
    near = _distance(group, poses)
    for extra in group.extras:
        ok = np.ones(len(poses), bool)
        for slot in extra.slots:
            ok &= ~taken.setdefault(slot, np.zeros(len(poses), bool))
        for part in extra.parts:
            if part.on is None:
                ok &= fits(part, poses, space)
        if extra.parts[0].piece in _AGAINST_WALLS and group.anchor != "free":
            ok &= poses.wall >= 0
        x, y, _ = poses.placed(extra.parts[0])
        if extra.parts[0].piece in _NEVER_IN_FRONT:
            ok &= np.hypot(x, y) > near - 0.3
        if extra.parts[0].piece == "bench":
            ok &= np.hypot(x, y) > _BENCH_FROM_M
        for slot in extra.slots:
            taken[slot] |= ok
        chosen.append((extra, ok))
        worth += np.where(ok, extra.worth, 0.0)
    return chosen, worth


def _distance(group: Group, poses: Poses) -> np.ndarray:
    x, y, _ = poses.placed(group.core[group.main])
    return np.asarray(np.hypot(x, y))


def _placed(
    group: Group, pose: Poses, extras: Sequence[Extra], seen: Silhouettes
) -> tuple[tuple[Placement, ...], float]:
    """The group at one pose, without the extras that would hide a door or a hearth, and what those were worth."""
    out = _standing(group.core, pose)
    dropped = 0.0
    for extra in extras:
        more = _standing(extra.parts, pose)
        if seen.hidden(seen.of(boxes(more))) > _EXTRA_HIDES:
            dropped += extra.worth
        else:
            out = joined(out, more)
    return out, dropped


def _standing(parts: Sequence[Part], pose: Poses) -> tuple[Placement, ...]:
    made = []
    for part in parts:
        x, y, yaw = (float(v[0]) for v in pose.placed(part))
        made.append(placement(part, (x, y, yaw), 0, part.on))
    return tuple(made)


def _different(drafts: list[_Draft], *, sizes: bool) -> list[_Draft]:
    """Drafts that differ in more than a step: another wall or direction, or the main piece moved by over a metre.

    sizes: another size of the main piece is a difference too (it may leave the floor that a second group needs).
    """
    out: list[_Draft] = []
    for d in drafts:
        m = d.placements[d.main]
        others = [o.placements[o.main] for o in out]
        if all(_apart(m, o) or (sizes and m.size_m != o.size_m) for o in others):
            out.append(d)
        if len(out) == 4 * _LAYOUTS:
            break
    return out


def _apart(a: Placement, b: Placement) -> bool:
    turn = abs((a.yaw_deg - b.yaw_deg + 180) % 360 - 180)
    return turn > 30 or float(np.hypot(a.x - b.x, a.y - b.y)) > 1.0


def _dressed(
    draft: _Draft,
    programme: Programme,
    second: Sequence[Group],
    walls: tuple[Wall, ...],
    space: Space,
    seen: Silhouettes,
) -> Layout:
    placements, room = draft.placements, space.room
    main = placements[draft.main]
    terms = dict(draft.terms)
    if (
        programme.art
        and draft.wall >= 0
        and (art := art_over(main, walls[draft.wall], room, programme.art)) is not None
    ):
        placements = (*placements, art)
        terms["art"] = 0.1
    if programme.zone and (zone := zoned(second, main, placements, walls=walls, space=space, seen=seen)) is not None:
        more = joined(placements, zone)
        if space.paths_kept(blocked_by(more, space, 0.0)):
            placements = more
            terms[f"zone {programme.zone.name}"] = programme.zone.worth
    if (seated := gathered(placements, programme.seats, space=space, seen=seen)) != placements:
        terms["seats"] = 0.1 * (len(seated) - len(placements))
        placements = seated
    for choice in programme.accents:
        if any(p.piece == choice.piece for p in placements) or (choice.bare_wall and not _wants(placements, room)):
            continue
        found = accent(choice, main, placements, walls=walls, space=space, seen=seen)
        if found is None:
            continue
        more = joined(placements, found[1])
        if space.paths_kept(blocked_by(more, space, 0.0)):
            placements = more
            terms[f"accent {choice.piece}"] = 0.1
    terms |= picture_terms(seen, placements)
    return Layout(placements, sum(terms.values()), terms)


def _wants(placements: tuple[Placement, ...], room: Room) -> bool:
    return bool(bare_sides(placements, room))

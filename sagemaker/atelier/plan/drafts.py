"""Every group at every legal pose, judged: the drafts that layouts are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from atelier.model import F64, U8, Bool, Placement
from atelier.plan.backdrop import hides_marks
from atelier.plan.dress import EASY, SEAT_FROM_M, joined
from atelier.plan.energy import main_terms
from atelier.plan.lying import clash, with_good_rugs
from atelier.plan.outlines import boxes, outlines
from atelier.plan.parts import FLAT, Extra, Group, Part, Programme, known
from atelier.plan.picture import at_the_edge, picture_terms
from atelier.plan.poses import Poses, candidates, fits, placement
from atelier.plan.silhouettes import Silhouettes
from atelier.plan.space import Space
from atelier.plan.walls import Wall
from atelier.plan.zones import with_aisle

ENERGY_GATE = -0.9
_DRAWN, _APART_M = 24, 0.3
"""how many of the best poses are drawn and judged as pictures, and how far they are from each other at least."""
_ASKED = 160
"""of all poses, how many are asked for their extras."""
_NEAR_EQUAL = 0.12
"""poses this close in energy are a matter of taste: the seed chooses."""
_MOST = 60
"""different drafts worth looking at closely."""
_BENCH_FROM_M = 3.2
"""nearer than this a bench at the bed's foot hides the bed."""
_AGAINST_WALLS = {"plant-large", "floor-lamp", "bookshelf", "coat-stand", "planter-outdoor"}
"""lost in the middle of a room."""
_NEVER_IN_FRONT = {*_AGAINST_WALLS, "side-table"}
_EXTRA_HIDES = 0.15
"""weighted share of a door, window or hearth that a plant or a lamp may cover, alone or beyond what is covered."""
_SEEN_FROM_FOOT, _MOST_COVERED = 0.7, 0.8
"""cosine from which a bed shows its foot and both its nightstands; of one beyond a bed seen from its side, the share
that may be hidden: of a stand that is not seen, the lamp alone looks over the cushions."""
_EXTRA_LOOMS = 0.15
"""cost at the frame's edge from which a chair or a bookcase is left out."""


@dataclass(frozen=True)
class Draft:
    """One group at one pose with its extras, judged."""

    placements: tuple[Placement, ...]
    main: int
    wall: int
    terms: dict[str, float]
    taste: float
    """chance between what is nearly equal."""

    @property
    def rank(self) -> float:
        return sum(self.terms.values()) + self.taste


def drafts_of(
    programme: Programme, space: Space, walls: tuple[Wall, ...], seen: Silhouettes, rng: np.random.Generator
) -> list[Draft]:
    """Legal poses of every group, judged; those under the gate are left out."""
    drafts: list[Draft] = []
    for group in buildable(programme.groups(rng)):
        poses = candidates(group.width, group.anchor, walls, space, group.beside, close=group.close)
        for part in sorted((p for p in group.core if p.on is None), key=lambda p: p.piece in FLAT):
            poses = poses.take(fits(part, poses, space)) if len(poses) else poses
        poses = poses.take(with_aisle(group, poses, space))
        if len(poses):
            drafts += _judged(group, poses, space, seen, rng, shared=bool(programme.zones))
    return [d for d in sorted(drafts, key=lambda d: -d.rank) if sum(d.terms.values()) > ENERGY_GATE]


def buildable(groups: Sequence[Group]) -> tuple[Group, ...]:
    """The groups whose pieces the catalogue has, with the extras it has."""
    return tuple(
        with_good_rugs(replace(g, extras=tuple(e for e in g.extras if known(*(p.piece for p in e.parts)))))
        for g in groups
        if known(*(p.piece for p in g.core))
    )


def _judged(
    group: Group, poses: Poses, space: Space, seen: Silhouettes, rng: np.random.Generator, *, shared: bool
) -> list[Draft]:
    """The best poses of one group. shared: further groups need their part of the floor, the middle is nobody's."""
    poses, terms = _foremost(poses, main_terms(group, poses, space))
    chosen, worth = _extras(group, poses, space)
    terms["extras"] = worth
    if shared:
        del terms["axis"]
    cheap = np.sum(list(terms.values()), axis=0)
    noise = rng.uniform(0.0, _NEAR_EQUAL, len(poses))
    out = []
    for i in _spread(cheap, poses):
        placements, dropped = _placed(group, poses.take(np.array([i])), [e for e, ok in chosen if ok[i]], seen)
        mine = {k: float(v[i]) for k, v in terms.items()} | picture_terms(seen, placements)
        mine["extras"] -= dropped
        placements = tuple(replace(p, variant=int(rng.integers(0, 1 << 16))) for p in placements)
        out.append(Draft(placements, group.main, int(poses.wall[i]), mine, float(noise[i])))
    return out


def _foremost(poses: Poses, terms: dict[str, F64]) -> tuple[Poses, dict[str, F64]]:
    """The poses worth asking what else finds a place beside them."""
    best = np.sort(np.argsort(-np.sum(list(terms.values()), axis=0), kind="stable")[:_ASKED])
    return poses.take(best), {name: values[best] for name, values in terms.items()}


def _spread(worth: F64, poses: Poses) -> list[int]:
    """Indices of the best poses, one per cell of floor and direction: its neighbours make the same picture."""
    cells = np.round(np.stack([poses.x, poses.y], -1) / _APART_M).astype(int)
    best: dict[tuple[int, int, int], int] = {}
    for i in np.argsort(-worth, kind="stable"):
        best.setdefault((int(cells[i, 0]), int(cells[i, 1]), round(poses.yaw[i])), int(i))
        if len(best) == _DRAWN:
            break
    return list(best.values())


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
                ok &= fits(part, poses, space, None if part.piece in FLAT else space.approaches)
        for other, there in chosen:
            if clash(other.parts, extra.parts):
                ok &= ~there
        if extra.parts[0].piece in _AGAINST_WALLS and group.anchor != "free":
            ok &= poses.wall >= 0
        x, y, _ = poses.placed(extra.parts[0])
        if extra.parts[0].piece in _NEVER_IN_FRONT:
            ok &= np.hypot(x, y) > near - 0.3
        if extra.parts[0].piece in (*EASY, "nightstand"):
            ok &= np.hypot(x, y) > SEAT_FROM_M
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
    """The group at one pose without the extras that would loom or hide a door, and what those were worth."""
    out = _standing(group.core, pose)
    drawn = _drawn(out, seen)
    hidden, dropped = seen.hidden(drawn), 0.0
    for extra in extras:
        more = _standing(extra.parts, pose)
        mine = _drawn(more, seen)
        both = np.maximum(drawn, mine)
        after = seen.hidden(both)
        lost = more[0].piece == "nightstand" and _lost_behind(out[group.main], more[0], seen)
        if lost or after - hidden > _EXTRA_HIDES or _spoils(more, mine, seen):
            dropped += extra.worth
        else:
            out, drawn, hidden = joined(out, more), both, after
    return out, dropped


def _drawn(placements: Sequence[Placement], seen: Silhouettes) -> U8:
    return seen.of(outlines([p for p in placements if p.piece not in FLAT]))


def _lost_behind(bed: Placement, stand: Placement, seen: Silhouettes) -> bool:
    """Whether a bed seen from its side hides nearly all of what stands beyond it."""
    a, away = np.radians(bed.yaw_deg), float(np.hypot(bed.x, bed.y))
    facing = float(-np.sin(a) * bed.x + np.cos(a) * bed.y) / max(away, 1e-6)
    if facing > _SEEN_FROM_FOOT or np.hypot(stand.x, stand.y) < away:
        return False
    mine = seen.of(outlines([stand]))
    return float((mine & seen.of(outlines([bed]))).sum()) > _MOST_COVERED * float(mine.sum())


def _spoils(more: tuple[Placement, ...], drawn: U8, seen: Silhouettes) -> bool:
    """Whether an extra looms at the frame's edge or hides what should be seen."""
    solid = [p for p in more if p.piece not in FLAT]
    if seen.hidden(drawn) > _EXTRA_HIDES or any(hides_marks(p, seen.room) for p in solid):
        return True
    return float(at_the_edge(seen.room, solid, boxes(solid)).sum()) > _EXTRA_LOOMS


def _standing(parts: Sequence[Part], pose: Poses) -> tuple[Placement, ...]:
    made = []
    for part in parts:
        x, y, yaw = (float(v[0]) for v in pose.placed(part))
        made.append(placement(part, (x, y, yaw), 0, part.on))
    return tuple(made)


def different(drafts: list[Draft], passes: Callable[[Draft], bool], *, sizes: bool) -> Iterator[Draft]:
    """Drafts that pass and differ in more than a step: another wall or direction, or the main piece moved by a metre.

    sizes: another size of the main piece is a difference too (it may leave the floor that a second group needs).
    """
    out: list[Draft] = []
    asked = 0
    for d in drafts:
        m = d.placements[d.main]
        others = [o.placements[o.main] for o in out]
        if asked == _MOST or not all(apart(m, o) or (sizes and m.size_m != o.size_m) for o in others):
            continue
        asked += 1
        if passes(d):
            out.append(d)
            yield d


def apart(a: Placement, b: Placement) -> bool:
    """Whether two main pieces stand differently enough to be two layouts."""
    turn = abs((a.yaw_deg - b.yaw_deg + 180) % 360 - 180)
    turn = min(turn, 180 - turn) if a.piece == "daybed" else turn  # its head at the other end is no other room
    return a.piece != b.piece or turn > 30 or float(np.hypot(a.x - b.x, a.y - b.y)) > 1.0

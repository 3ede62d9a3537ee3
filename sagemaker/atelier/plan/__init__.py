"""Room + room type → layouts. `plan` is the stage's one entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import islice

import numpy as np
from shapely.geometry import Polygon

from atelier.model import Layout, Placement, Room, RoomRefusedError
from atelier.plan.complete import completed
from atelier.plan.drafts import Draft, apart, buildable, different, drafts_of
from atelier.plan.dress import blocked_by
from atelier.plan.parts import Programme, seats_of
from atelier.plan.programmes import ROOMS, programme_of
from atelier.plan.silhouettes import Silhouettes
from atelier.plan.space import CELL_M, Space
from atelier.plan.walls import walls_of

__all__ = ["ROOMS", "plan", "programme_of"]

_TASTE = 0.1
"""whole layouts this close in energy are a matter of taste: the seed chooses."""
_LAYOUTS = 5
_LITTLE_M2 = 4.5
"""square metres: a smaller floor is too little whatever leads across it."""
_PASSAGE_M = 1.4
"""a floor of which less than this is free beside the ways between its doors is walked through and not lived in."""
_LARGE_M2 = 12.0
"""a floor this large holds more than a chair, or than a table for two."""
_DRESSED = 6
"""layouts completed and judged once more as whole pictures."""


def plan(room: Room, room_types: Sequence[str], style: str, seed: int, *, conservative: bool = False) -> list[Layout]:
    """Furnishes a room in several truly different ways, best first.

    room_types are the slugs of the rooms that share the photo, main room first. Style and seed choose between layouts
    of nearly the same energy. conservative: one group and a picture, well clear of everything, for a room that is not
    surely understood. Raises `RoomRefusedError` (`room_not_stageable`) when a room type has no programme, the room is
    not what it was asked for as, or nothing fits.
    """
    programme = programme_of(room_types)
    if conservative:
        programme = replace(programme, accents=(), zones=(), seats=0, bare=True)
    rng = np.random.default_rng([seed, *sha256(f"{style}/{'+'.join(room_types)}".encode()).digest()[:4]])
    space, walls, seen = (
        Space.of(room, careful=conservative),
        walls_of(room),
        Silhouettes(room, programme.ideal_coverage),
    )
    _check_floor(programme, room, space)
    drafts = drafts_of(programme, space, walls, seen, rng)
    zones = tuple((zone, buildable(zone.groups(rng))) for zone in programme.zones)
    layouts: list[tuple[float, Placement, Layout]] = []
    passable = different(drafts, lambda d: space.paths_kept(blocked_by(d.placements, space, 0.0)), sizes=bool(zones))
    for draft in islice(passable, _DRESSED):
        layout = completed(draft, programme, zones, walls, space, seen)
        rank = layout.energy + float(rng.uniform(0.0, _TASTE))
        layouts.append((rank, layout.placements[draft.main], layout))
    if not layouts:
        raise _nothing_fits(space, drafts)
    best = _best(layouts)
    return best if conservative else _worthy(best, programme, space)


def _worthy(layouts: list[Layout], programme: Programme, space: Space) -> list[Layout]:
    """The layouts with seats enough, or with a bed that is no guest's, where the floor is large. Raises
    RoomRefusedError where none has: a way through, or a room whose hearth and windows leave its bed no wall.
    """
    area = float(space.seen.sum()) * CELL_M**2
    if area < _LARGE_M2:
        return layouts
    enough = [one for one in layouts if seats_of(one.placements) >= programme.least_seats]
    if programme.kind == "bedroom":
        enough = [one for one in enough if all(p.piece != "daybed" for p in one.placements)]
    if enough:
        return enough
    if programme.kind == "bedroom":
        raise _refusal(
            f"{area:.0f} m² of floor are in sight, but what must stay free leaves no wall for more than a single bed",
            {"floor_m2": area},
        )
    raise _refusal(
        f"{area:.0f} m² of floor are in sight, but doors and the ways between them leave seats for "
        f"{max(seats_of(one.placements) for one in layouts)} only",
        {"floor_m2": area},
    )


def _check_floor(programme: Programme, room: Room, space: Space) -> None:
    """Raises RoomRefusedError where the floor is too narrow or too wide, or what the room is known by is missing."""
    width = {"free_width_m": space.width}
    if space.width < programme.least_width_m:
        raise _refusal(f"the free floor is only {space.width:.1f} m wide", width)
    if space.width > programme.most_width_m:
        raise _refusal(f"a floor {space.width:.1f} m wide is a room of its own, not a {programme.kind}", width)
    ways, off, floor = len(space.ways_in), space.width_off_the_ways, float(Polygon(room.polygon).area)
    if ways > 1 and off < _PASSAGE_M and programme.least_width_m >= _PASSAGE_M:
        if floor < _LITTLE_M2:
            raise _refusal(f"only {floor:.1f} m² of floor are in sight", width | {"floor_m2": floor})
        raise _refusal(
            f"it is a passage: its {ways} ways through leave no place wider than {off:.1f} m", width | {"off_m": off}
        )
    if programme.needs and not any(thing.kind in programme.needs for thing in room.standing):
        wanted = " or ".join(sorted(programme.needs))
        raise _refusal(
            f"no {wanted} was recognised to dress the {programme.kind} round, and of its floor {floor:.1f} m² are in "
            f"sight, at most {space.width:.1f} m wide",
            width | {"floor_m2": floor},
        )


def _nothing_fits(space: Space, drafts: Sequence[Draft]) -> RoomRefusedError:
    """The refusal with what was measured: how much floor is in sight, how wide, and how wide beside the ways."""
    floor, widest = float(space.seen.sum()) * CELL_M**2, space.width_off_the_ways
    numbers = {"poses": float(len(drafts)), "free_width_m": space.width, "width_off_the_ways_m": widest}
    if drafts:
        numbers["best_energy"] = max(sum(d.terms.values()) for d in drafts)
    return _refusal(
        f"{floor:.1f} m² of floor are in sight, at most {space.width:.1f} m wide and {widest:.1f} m beside what "
        "must stay free; wherever the furniture of such a room would stand, it would block or hide something",
        numbers,
    )


def _best(judged: list[tuple[float, Placement, Layout]]) -> list[Layout]:
    """The best few layouts whose main pieces stand apart."""
    kept: list[tuple[Placement, Layout]] = []
    for _, main, layout in sorted(judged, key=lambda item: -item[0]):
        if all(apart(main, other) for other, _ in kept):
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

"""Kitchens, hallways, children's rooms and rooms with two zones, on floors that are known exactly."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from atelier.furnish import describe
from atelier.model import Layout, Opening, Placement, RoomRefusedError, Standing
from atelier.pipeline import palette_name
from atelier.plan import plan, programme_of
from atelier.plan.outlines import boxes
from atelier.plan.parts import Programme, known
from atelier.plan.programmes import PROGRAMMES, ROOMS
from tests.unit.atelier.box_room import box_room

SOFAS = {"sofa", "loveseat", "sofa-sectional"}
LIVING = {*SOFAS, "coffee-table", "coffee-table-round", "armchair", "lounge-chair", "side-table"}
TABLES = {"dining-table", "dining-table-round"}
KATALO = ("living-room", "kitchen", "dining-room")


def ground(placements: Iterable[Placement]) -> BaseGeometry:
    return unary_union([Polygon(quad[:4, :2]) for quad in boxes(list(placements))])


def of(layout: Layout, pieces: set[str]) -> list[Placement]:
    return [p for p in layout.placements if p.piece in pieces]


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (("living-room",), "living"),
        (("living-room", "kitchen"), "living-kitchen"),
        (("living-room", "dining-room"), "living-dining"),
        (KATALO, "living-dining"),
        (("kitchen", "dining-room"), "dining"),
        (("open-plan",), "open-plan"),
        (("kids-room",), "kids"),
        (("foyer",), "foyer"),
    ],
)
def test_rooms_that_share_a_photo_share_a_programme_whatever_their_order(names: tuple[str, ...], kind: str) -> None:
    for order in itertools.permutations(names):
        assert programme_of(order).kind == kind


def test_every_programme_furnishes_some_room() -> None:
    shared = {programme_of(names).kind for n in (1, 2, 3) for names in itertools.combinations(KATALO, n)}
    assert set(PROGRAMMES) == set(ROOMS.values()) | shared


@pytest.mark.parametrize("names", [("living-room", "dining-room"), KATALO, ("living-room", "kitchen")])
def test_an_open_plan_has_a_place_to_sit_and_a_place_to_eat_apart_from_each_other(names: tuple[str, ...]) -> None:
    layout = plan(box_room(-2.8, 2.8, 6.5), names, "modern", 3)[0]
    table = of(layout, TABLES)
    assert len(table) == 1
    assert len(of(layout, {"dining-chair"})) >= 2
    assert len(of(layout, SOFAS)) == 1
    eat, sit = ground(of(layout, {*TABLES, "dining-chair"})), ground(of(layout, LIVING))
    assert eat.distance(sit) >= 0.4
    looks_at = max(np.hypot(*np.subtract((p.x, p.y), (table[0].x, table[0].y))) for p in of(layout, {"dining-chair"}))
    assert looks_at < 1.4


def test_an_open_plan_without_floor_for_a_table_is_still_a_living_room() -> None:
    small = plan(box_room(-1.5, 1.5, 4.0), KATALO, "modern", 3)[0]
    assert not of(small, TABLES)
    assert of(small, SOFAS)


def test_a_kitchen_table_leaves_an_aisle_along_the_worktops_and_has_no_rug() -> None:
    half = 2.0
    room = box_room(-half, half, 5.0)
    walls = Polygon([(-half, -1), (half, -1), (half, 5.0), (-half, 5.0)])
    layouts = plan(room, ("kitchen",), "modern", 2)
    assert of(layouts[0], TABLES), "a bistro table is for kitchens without floor for more"
    for layout in layouts:
        set_ = of(layout, {*TABLES, "bistro-table", "dining-chair"})
        assert len(set_) >= 3
        assert walls.exterior.distance(ground(set_)) >= 0.45
        assert not of(layout, {"rug"})


def test_a_narrow_hall_gets_a_console_and_a_runner_and_a_way_through() -> None:
    layout = plan(box_room(-0.75, 0.75, 5.5), ("hallway",), "modern", 1)[0]
    (console,) = of(layout, {"console"})
    (runner,) = of(layout, {"rug", "runner"})
    assert max(runner.size_m[:2]) > 2 * min(runner.size_m[:2])
    assert abs((runner.yaw_deg - console.yaw_deg) % 180) < 1
    hall = Polygon([(-0.75, 1.6), (0.75, 1.6), (0.75, 5.4), (-0.75, 5.4)])
    way = hall.difference(ground([console])).buffer(-0.35)
    assert way.bounds[3] - way.bounds[1] > 3.0
    with pytest.raises(RoomRefusedError, match="wide"):
        plan(box_room(-0.45, 0.45, 5.5), ("hallway",), "modern", 1)


def test_a_childs_room_has_a_single_bed_in_a_childs_colours() -> None:
    plans = (plan(box_room(-1.9, 1.9, 4.6), ("kids-room",), "modern", seed)[0] for seed in range(9))
    layout = next(found for found in plans if of(found, {"bed"}))
    (bed,) = of(layout, {"bed"})
    assert min(bed.size_m[:2]) < 1.15
    assert of(layout, {"bookshelf", "desk", "rug"})
    programme = programme_of(("kids-room",))

    def colours(style: str) -> dict[str, set[str]]:
        return {p.piece: set(p.colours) for p in describe(layout.placements, style, 4) if p.piece in {"bed", "rug"}}

    own, plain = colours(palette_name("modern", programme)), colours("modern")
    assert own.keys() == plain.keys()
    assert all(own[piece] != plain[piece] for piece in own)


def test_only_a_childs_room_is_playful() -> None:
    playful = {name for name, programme in PROGRAMMES.items() if programme.playful}
    assert playful == {"kids", "nursery"}
    assert palette_name("boho", PROGRAMMES["living"]) == "boho"


@pytest.mark.parametrize("programme", list(PROGRAMMES.values()), ids=list(PROGRAMMES))
def test_groups_go_from_large_to_small_and_stand_before_their_own_wall(programme: Programme) -> None:
    order = ["L", "M", "S", "XS"]
    rungs = [order.index(g.size) for g in programme.groups(np.random.default_rng(0))]
    assert rungs == sorted(rungs)
    for group in programme.groups(np.random.default_rng(1)):
        if group.anchor == "wall":
            parts = [*group.core, *(p for extra in group.extras for p in extra.parts)]
            for part in parts:
                depth = part.size_m[0] if abs(part.yaw_deg) == 90 else part.size_m[1]
                assert part.y + depth / 2 <= 0.001 or part.piece == "rug", part


def test_a_bathroom_is_dressed_at_its_tub_and_refused_without_one() -> None:
    room = box_room(-1.2, 1.2, 4.0)
    with pytest.raises(RoomRefusedError, match="bathtub"):
        plan(room, ("bathroom",), "modern", 1)
    tub = Standing(
        "bathtub",
        np.zeros(room.floor_mask.shape, bool),
        np.array([[-1.2, 3.2], [0.5, 3.2], [0.5, 4.0], [-1.2, 4.0]]),
        0.6,
        1.0,
    )
    programme = programme_of(("bathroom",))
    parts = {p.piece for g in programme.groups(np.random.default_rng(0)) for p in g.core}
    if not known(*parts):
        pytest.skip(f"the catalogue lacks {sorted(p for p in parts if not known(p))}")
    layout = plan(replace(room, standing=(tub,)), ("bathroom",), "modern", 1)[0]
    (stool,) = of(layout, {"bath-stool"})
    assert 0.0 < ground([stool]).distance(Polygon(tub.footprint)) < 0.3


def test_a_hall_as_wide_as_a_room_is_told_so() -> None:
    with pytest.raises(RoomRefusedError, match="not a hallway"):
        plan(box_room(-2.2, 2.2, 6.0), ("hallway",), "modern", 1)


def test_doors_stay_free_of_the_second_zone_too() -> None:
    doors = (
        Opening("door", np.array([[-2.8, 4.4], [-2.8, 5.3]]), 0.0, 2.03, 1.0),
        Opening("door", np.array([[2.8, 3.4], [2.8, 4.3]]), 0.0, 2.03, 1.0),
    )
    for layout in plan(box_room(-2.8, 2.8, 6.5, doors), KATALO, "modern", 3)[:2]:
        for door in doors:
            swing = LineString(door.ground).buffer(0.55, cap_style="flat")
            solid = [p for p in layout.placements if p.piece not in {"rug", "art", "mirror"} and p.on is None]
            assert not ground(solid).intersects(swing)


def test_no_childs_bed_has_its_head_in_the_middle_of_the_floor() -> None:
    """A floor too shallow for a bed on its head, and no corner in sight to lay one into."""
    layouts = plan(box_room(-4.0, 4.0, 3.3), ("kids-room",), "modern", 1)
    assert {p.piece for layout in layouts for p in of(layout, {"bed", "daybed"})} == {"daybed"}

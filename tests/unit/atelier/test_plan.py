"""The planner on rooms whose floor, walls and openings are known exactly."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from shapely.geometry import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from atelier.model import Layout, Opening, Placement, RoomRefusedError, Standing
from atelier.plan import ROOMS, plan
from atelier.plan.outlines import corners
from atelier.plan.parts import FLAT, HUNG
from tests.unit.atelier.box_room import box_room

KINDS = ["living-room", "bedroom", "dining-room", "home-office"]
TUCKED = [{"dining-table", "dining-chair"}, {"dining-table-round", "dining-chair"}, {"desk", "office-chair"}]
SEATS = {"sofa", "loveseat", "sofa-sectional"}


@cache
def living() -> list[Layout]:
    """One plan of a plain living room, shared by the tests that only read it."""
    return plan(box_room(), ("living-room",), "modern", 1)


def foot(p: Placement) -> Polygon:
    return Polygon(corners(p)[:4, :2])


def before(opening: Opening, reach: float) -> BaseGeometry:
    """What a door's leaf or a hearth needs: as wide as the opening, on both sides of its line."""
    return LineString(opening.ground).buffer(reach, cap_style="flat")


def standing(layout: Layout) -> list[Placement]:
    return [p for p in layout.placements if p.piece not in FLAT and p.on is None and p.piece not in HUNG]


@pytest.mark.parametrize(("kind", "half"), list(zip(KINDS, [2.4, 1.6, 2.4, 1.6], strict=True)))
def test_every_layout_stands_on_the_floor_apart_and_in_the_frame(kind: str, half: float) -> None:
    room = box_room(-half, half)
    walls = Polygon([(-half, -1), (half, -1), (half, 5.5), (-half, 5.5)]).buffer(0.12)
    layouts = plan(room, (kind,), "modern", 1)
    assert layouts
    for layout in layouts:
        pieces = standing(layout)
        for i, p in enumerate(pieces):
            assert walls.contains(foot(p)), p
            if p.piece != "bed":
                assert Polygon(room.polygon).buffer(0.12).contains(foot(p)), p
                uv, _ = room.camera.project(corners(p))
                assert uv.min() >= -12
                assert uv[:, 0].max() <= 1000
                assert uv[:, 1].max() <= 667
            for other in pieces[i + 1 :]:
                pair = {p.piece, other.piece}
                if pair not in TUCKED:
                    assert foot(p).intersection(foot(other)).area < 1e-4, (p, other)


def test_nothing_looms_at_the_lens() -> None:
    for layout in living():
        for p in standing(layout):
            nearest = np.linalg.norm(corners(p)[:4, :2], axis=1).min()
            assert nearest >= (1.44 if p.size_m[2] > 0.5 else 1.14), p


def test_doors_stay_free_and_hearths_stay_seen() -> None:
    door = Opening("door", np.array([[-0.45, 5.5], [0.45, 5.5]]), 0.0, 2.03, 1.0)
    hearth = Opening("fireplace", np.array([[-2.4, 3.2], [-2.4, 4.6]]), 0.0, 1.2, 1.0)
    blind = living()[0]
    assert any(foot(p).distance(LineString(door.ground)) < 0.5 for p in standing(blind)), "the test needs a temptation"
    for layout in plan(box_room(openings=(door, hearth)), ("living-room",), "modern", 1):
        for p in standing(layout):
            assert not foot(p).intersects(before(door, 0.55)), p
            assert not foot(p).intersects(before(hearth, 0.8)), p
        assert not [p for p in layout.placements if p.piece in HUNG and abs(p.x) < 0.45 and p.y > 5.3]


def test_tall_pieces_stay_clear_of_low_windows() -> None:
    window = Opening("window", np.array([[-2.3, 5.5], [2.3, 5.5]]), 0.5, 2.2, 1.0)
    for layout in plan(box_room(openings=(window,)), ("living-room",), "modern", 1):
        for p in standing(layout):
            if p.size_m[2] > 0.95 and p.piece not in HUNG:
                assert not foot(p).intersects(before(window, 0.35)), p


def test_a_glass_door_is_kept_as_free_as_any_other() -> None:
    glass = Opening("window", np.array([[-0.6, 5.5], [0.6, 5.5]]), 0.05, 2.2, 1.0)
    for layout in plan(box_room(openings=(glass,)), ("living-room",), "modern", 1):
        for p in standing(layout):
            assert not foot(p).intersects(before(glass, 0.55)), p


def test_a_picture_hangs_over_the_sofa_on_its_own_wall() -> None:
    layout = living()[0]
    sofa = next(p for p in layout.placements if p.piece in SEATS)
    art = next(p for p in layout.placements if p.piece in {"art", "gallery"})
    assert art.yaw_deg == sofa.yaw_deg
    assert np.hypot(art.x - sofa.x, art.y - sofa.y) < 0.8
    assert art.z > sofa.size_m[2]
    assert art.z + art.size_m[2] / 2 == pytest.approx(1.5, abs=0.1)
    assert art.size_m[0] == pytest.approx(2 / 3 * sofa.size_m[0], rel=0.1)


def test_what_stands_on_a_piece_names_it() -> None:
    layouts = [*living(), *plan(box_room(-3, 3), ("living-room",), "modern", 5)]
    lamps = [(x, p) for x in layouts for p in x.placements if p.piece == "table-lamp"]
    assert lamps
    for layout, lamp in lamps:
        assert lamp.on is not None
        below = layout.placements[lamp.on]
        assert below.z + below.size_m[2] == pytest.approx(lamp.z, abs=0.03)
        assert foot(below).buffer(0.02).contains(foot(lamp).centroid)


def test_same_seed_same_plan_and_seeds_vary() -> None:
    room = box_room()
    assert plan(room, ("dining-room",), "modern", 7) == plan(room, ("dining-room",), "modern", 7)
    best = {plan(room, ("dining-room",), "modern", seed)[0].placements for seed in range(3)}
    assert len(best) > 1


def test_alternatives_are_truly_different() -> None:
    layouts = living()
    sofas = [next(p for p in x.placements if p.piece in SEATS | {"armchair", "lounge-chair"}) for x in layouts]
    assert len(sofas) >= 3
    for i, a in enumerate(sofas):
        for b in sofas[i + 1 :]:
            assert a.piece != b.piece or a.yaw_deg != b.yaw_deg or np.hypot(a.x - b.x, a.y - b.y) > 1.0


def test_a_path_to_every_door_remains() -> None:
    doors = (
        Opening("door", np.array([[-2.4, 4.2], [-2.4, 5.0]]), 0.0, 2.03, 1.0),
        Opening("door", np.array([[2.4, 4.2], [2.4, 5.0]]), 0.0, 2.03, 1.0),
    )
    for layout in plan(box_room(openings=doors), ("living-room",), "modern", 1):
        walls = Polygon([(-2.4, 0.3), (2.4, 0.3), (2.4, 5.5), (-2.4, 5.5)])
        free: BaseGeometry = walls
        for p in standing(layout):
            free = free.difference(foot(p).buffer(0.3))
        parts = list(getattr(free, "geoms", [free]))
        near = [[i for i, g in enumerate(parts) if g.distance(LineString(d.ground)) < 0.3] for d in doors]
        assert set(near[0]) & set(near[1]), "the doors lost each other"


def test_conservative_is_one_group_further_from_everything() -> None:
    door = Opening("door", np.array([[-2.4, 3.9], [-2.4, 4.8]]), 0.0, 2.03, 1.0)
    room = box_room(openings=(door,))
    careful = plan(room, ("living-room",), "modern", 1, conservative=True)
    assert careful
    for layout in careful:
        assert not {p.piece for p in layout.placements} & {"tv-unit", "console", "bookshelf", "curtain"}
        for p in standing(layout):
            assert foot(p).distance(LineString(door.ground)) > 0.7, p
            assert np.linalg.norm(corners(p)[:4, :2], axis=1).min() >= 1.6


def test_layouts_keep_off_what_stands_in_the_room_and_out_of_what_must_stay_in_sight() -> None:
    stove = np.array([[-0.5, 4.2], [0.5, 4.2], [0.5, 5.5], [-0.5, 5.5]])
    room = box_room()
    blind = living()[0]
    assert any(foot(p).intersects(Polygon(stove)) for p in standing(blind)), "the test needs a temptation"
    thing = Standing("object", np.zeros(room.floor_mask.shape, bool), stove, 1.0, 1.0)
    for layout in plan(replace(room, standing=(thing,)), ("living-room",), "modern", 1):
        assert not any(foot(p).intersects(Polygon(stove)) for p in standing(layout))
    kept = np.zeros(room.floor_mask.shape, bool)
    kept[200:330, 420:580] = True
    for layout in plan(replace(room, keep_clear=kept), ("living-room",), "modern", 1):
        for p in layout.placements:
            uv, _ = room.camera.project(corners(p))
            outline = MultiPoint([tuple(point) for point in uv]).convex_hull
            assert outline.intersection(Polygon([(422, 202), (578, 202), (578, 328), (422, 328)])).area < 40, p


def test_a_living_room_gathers_before_its_hearth() -> None:
    hearth = Opening("fireplace", np.array([[-0.7, 5.5], [0.7, 5.5]]), 0.0, 1.2, 1.0)
    layout = plan(box_room(-2.6, 2.6, openings=(hearth,)), ("living-room",), "modern", 2)[0]
    seats = [p for p in layout.placements if p.piece in SEATS | {"armchair", "lounge-chair"}]
    assert {np.sign(p.x) for p in seats} == {-1.0, 1.0}
    (table,) = [p for p in layout.placements if p.piece.startswith("coffee-table")]
    assert abs(table.x) < 1.2


def test_refuses_a_corridor_and_says_what_was_seen() -> None:
    with pytest.raises(RoomRefusedError) as caught:
        plan(box_room(-0.7, 0.7, 6.0), ("living-room",), "modern", 0)
    assert caught.value.code == "room_not_stageable"
    assert "wide" in caught.value.message
    assert "floor_polygon" in caught.value.hint


@pytest.mark.parametrize("slug", ["walk-in-closet", "garage", "../etc/passwd"])
def test_refuses_rooms_without_a_programme_and_lists_those_with_one(slug: str) -> None:
    with pytest.raises(RoomRefusedError) as caught:
        plan(box_room(), (slug,), "modern", 0)
    assert caught.value.code == "room_not_stageable"
    assert all(name in caught.value.hint for name in ROOMS)

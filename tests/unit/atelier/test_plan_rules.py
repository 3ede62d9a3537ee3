"""What a picture of a furnished room must not show: cut rugs, chairs before doors, pictures over stairs."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from shapely.geometry import LineString, Point, Polygon

from atelier.model import Layout, Opening, Placement, Room, RoomRefusedError
from atelier.perceive.marks import find_marks
from atelier.plan import _worthy, plan, programme_of
from atelier.plan.backdrop import hangs_on_marks, hides_marks
from atelier.plan.complete import without_hidden
from atelier.plan.dining import breakfast, dining
from atelier.plan.drafts import _lost_behind
from atelier.plan.dress import accents
from atelier.plan.energy import before_glass, main_terms
from atelier.plan.hang import art_over
from atelier.plan.lying import lies_well
from atelier.plan.outlines import boxes, corners
from atelier.plan.parts import FLAT, HUNG, Accent, Group, Part
from atelier.plan.picture import at_the_edge
from atelier.plan.poses import Poses, candidates, lies_in_frame, shows_back
from atelier.plan.silhouettes import Silhouettes
from atelier.plan.space import Space
from atelier.plan.walls import walls_of
from tests.unit.atelier.box_room import HEIGHT, WIDTH, box_room


def solid(layout: Layout) -> list[Placement]:
    return [p for p in layout.placements if p.piece not in FLAT | HUNG and p.on is None]


def floor_quad(x: float, y: float, w: float, d: float) -> np.ndarray:
    return np.array([[(x - w, y - d, 0.0), (x + w, y - d, 0.0), (x + w, y + d, 0.0), (x - w, y + d, 0.0)]])


def test_a_rug_may_leave_the_picture_below_by_a_little_and_never_at_a_side() -> None:
    camera = box_room().camera
    nearest = camera.height_m * camera.f / (HEIGHT - camera.cy)
    assert lies_in_frame(floor_quad(0.0, 3.5, 1.2, 0.8), camera)[0]
    assert lies_in_frame(floor_quad(0.0, nearest + 0.75, 1.0, 0.8), camera)[0]
    assert not lies_in_frame(floor_quad(0.0, nearest + 0.3, 1.0, 0.8), camera)[0]
    assert not lies_in_frame(floor_quad(2.4, 3.0, 1.0, 0.8), camera)[0]


def test_rugs_of_whole_layouts_lie_in_the_picture_under_their_furniture() -> None:
    room = box_room()
    for kind in ("living-room", "dining-room", "home-office"):
        layouts = plan(room, (kind,), "modern", 2)
        rugs = [(layout, p) for layout in layouts for p in layout.placements if p.piece in FLAT]
        assert rugs
        for layout, rug in rugs:
            assert lies_in_frame(boxes([rug])[:, :4], room.camera)[0]
            lying = Polygon(corners(rug)[:4, :2])
            feet = [(p.piece, Polygon(corners(p)[:4, :2])) for p in solid(layout)]
            assert sum(lying.intersects(foot) for _, foot in feet) >= 2
            for piece, foot in feet:
                on = lying.intersection(foot).area / foot.area
                if piece.startswith("coffee-table"):
                    assert on > 0.9 or on < 0.1
                if piece in {"bookshelf", "console", "sideboard"}:
                    assert on < 0.05


def test_a_low_table_stands_on_a_rug_or_off_it_and_a_cabinet_off_it() -> None:
    rug, table = Part("rug", (2.0, 1.4, 0.012), 0.0, -1.0), Part("coffee-table", (0.8, 0.5, 0.36), 0.0, -1.2)
    shelf = Part("bookshelf", (0.8, 0.35, 1.8), 1.2, -0.1)
    assert lies_well(rug, (table, shelf))
    assert not lies_well(rug, (replace(table, y=-1.6),))
    assert lies_well(rug, (replace(table, y=-2.0),))
    assert not lies_well(rug, (replace(shelf, y=-0.4),))
    assert not lies_well(rug, (replace(shelf, x=0.0, y=-1.0),))
    assert lies_well(rug, (replace(table, x=0.7, y=-1.0, yaw_deg=90.0),))
    assert not lies_well(rug, (replace(table, x=0.7, y=-1.0),))


def test_a_sofa_turns_its_back_on_nobody_who_stands_near() -> None:
    x, y, away = np.zeros(2), np.array([4.0, 6.0]), np.full(2, 180.0)
    assert shows_back("sofa", x, y, away).tolist() == [True, False]
    assert not shows_back("sofa", x, y, np.array([0.0, 90.0])).any()


def test_what_stands_close_above_the_lower_edge_looks_tight() -> None:
    room = box_room()
    table = Part("dining-table", (1.2, 0.8, 0.75), 0.0, 0.0)
    nearest = room.camera.height_m * room.camera.f / (HEIGHT - room.camera.cy) + 0.4
    y = nearest + np.array([0.05, 1.0])
    poses = Poses(np.zeros(2), y, np.zeros(2), np.full(2, -1), np.zeros(2), np.zeros(2))
    cut = main_terms(Group("M", "free", (table,), 0), poses, Space.of(room))["cut"]
    assert cut[0] < -0.05
    assert cut[1] == 0.0


def test_a_nightstand_beyond_a_bed_stays_only_where_the_bed_shows_its_foot() -> None:
    seen = Silhouettes(box_room())
    across = Placement("bed", (1.8, 2.16, 1.1), -1.0, 3.5, 0.0, 90.0)
    beyond, beside = (
        Placement("nightstand", (0.5, 0.42, 0.5), -1.8, 4.75),
        Placement("nightstand", (0.5, 0.42, 0.5), 1.2, 5.2),
    )
    assert _lost_behind(across, beyond, seen)
    assert not _lost_behind(across, replace(beyond, y=2.3), seen)
    assert not _lost_behind(replace(across, x=0.0, y=4.4, yaw_deg=0.0), beside, seen)


def test_a_headboard_stands_at_its_wall() -> None:
    room = box_room()
    beds = [p for layout in plan(room, ("bedroom",), "modern", 1) for p in layout.placements if p.piece == "bed"]
    assert beds
    heads = [boxes([bed])[0, 2:4, :2] for bed in beds]
    walls = [np.stack([w.start, w.end]) for w in walls_of(room)]
    assert all(min(max(LineString(w).distance(Point(end)) for end in head) for w in walls) < 0.06 for head in heads)


@pytest.mark.parametrize("groups", [dining, breakfast])
def test_every_chair_looks_at_its_table_from_under_its_edge(groups: type) -> None:
    for group in groups(np.random.default_rng(3)):
        assert isinstance(group, Group)
        table, *chairs = group.core
        top = Polygon(corners(Placement(table.piece, table.size_m, table.x, table.y))[:4, :2])
        for chair in chairs:
            at = Placement(chair.piece, chair.size_m, chair.x, chair.y, 0.0, chair.yaw_deg)
            seat = Polygon(corners(at)[:4, :2])
            assert 0.02 < seat.intersection(top).area / (chair.size_m[0] * chair.size_m[1]) < 0.3
            turn = np.radians(chair.yaw_deg)
            towards = np.array([np.sin(turn), -np.cos(turn)]) @ -np.array([chair.x, chair.y])
            assert towards > 0
            if table.piece.endswith("round"):
                assert towards / np.hypot(chair.x, chair.y) > np.cos(np.radians(12))


def test_chairs_and_second_pieces_keep_off_the_way_to_a_door() -> None:
    door = Opening("door", np.array([[0.2, 5.5], [1.1, 5.5]]), 0.0, 2.03, 1.0)
    way = LineString(door.ground).buffer(0.7, cap_style="flat")
    for layout in plan(box_room(openings=(door,)), ("living-room",), "modern", 1):
        assert not [p for p in solid(layout) if Polygon(corners(p)[:4, :2]).intersects(way)]


def test_a_desk_shows_more_than_its_end() -> None:
    layout = plan(box_room(), ("home-office",), "modern", 1)[0]
    (desk,) = (p for p in layout.placements if p.piece == "desk")
    turn = np.radians(desk.yaw_deg)
    facing = np.array([np.sin(turn), -np.cos(turn)]) @ -np.array([desk.x, desk.y]) / np.hypot(desk.x, desk.y)
    assert abs(facing) > 0.35


def test_a_cabinet_at_the_side_of_the_picture_costs_and_the_same_one_in_the_middle_does_not() -> None:
    room = box_room()
    shelf = Placement("bookshelf", (0.9, 0.34, 1.85), -2.1, 3.0, 0.0, 90.0)
    beside, amid = (at_the_edge(room, [p], boxes([p]))[0] for p in (shelf, replace(shelf, x=0.0)))
    assert beside > 0.2
    assert amid == 0.0


def striped(room: Room) -> Room:
    """The room with a stair drawn on its back wall, as perception would hand it on."""
    photo = np.full((HEIGHT, WIDTH, 3), 190, np.uint8)
    for step in range(14):
        cv2.line(photo, (420 + 4 * step, 160 + 20 * step), (540 + 4 * step, 160 + 20 * step), (172, 170, 168), 4)
    return replace(room, marks=find_marks(photo))


def test_nothing_hangs_or_rises_before_lines_on_a_wall() -> None:
    plain = box_room()
    marked = striped(plain)
    assert marked.marks is not None and marked.marks.any()
    back = next(w for w in walls_of(plain) if w.normal[1] < -0.9)
    sofa = Placement("sofa", (2.1, 0.93, 0.83), 0.0, 5.0)
    art = art_over(sofa, back, plain)
    assert art is not None and not hangs_on_marks(art, plain)
    assert art_over(sofa, back, marked) is None
    shelf = Placement("bookshelf", (0.9, 0.34, 1.85), 0.0, 5.3)
    assert hides_marks(shelf, marked) and not hides_marks(shelf, plain)
    assert not hides_marks(replace(shelf, size_m=(0.9, 0.34, 0.8)), marked), "low pieces leave the wall in sight"


def test_a_picture_behind_a_bookcase_comes_down_and_what_stands_on_a_table_stays_there() -> None:
    room = box_room()
    art = Placement("art", (1.0, 0.03, 0.7), 0.0, 5.48, 1.15)
    table = Placement("side-table", (0.45, 0.45, 0.54), 1.8, 4.6)
    lamp = Placement("table-lamp", (0.32, 0.32, 0.54), 1.8, 4.6, 0.54, on=1)
    shelf = Placement("bookshelf", (0.9, 0.34, 1.85), 0.0, 4.0)
    seen = Silhouettes(room)
    assert without_hidden((art, table, lamp), seen) == (art, table, lamp)
    kept = without_hidden((art, table, lamp, shelf), seen)
    assert [p.piece for p in kept] == ["side-table", "table-lamp", "bookshelf"]
    assert kept[1].on == 0


def test_grain_is_no_mark_and_a_pale_panel_is() -> None:
    grain = np.random.default_rng(0).normal(180, 4, (240, 320, 3))
    assert not find_marks(np.clip(grain, 0, 255).astype(np.uint8)).any()
    grain[60:200, 100:160] -= 9
    found = find_marks(np.clip(grain, 0, 255).astype(np.uint8))
    assert found[55:205, 95:165].mean() > 0.03
    assert not found[:, 200:].any()


def test_a_floor_that_is_all_ways_between_doors_is_a_passage() -> None:
    doors = tuple(
        Opening("door", np.array([[x, y], [x, y + 0.9]]), 0.0, 2.03, 1.0) for x in (-1.4, 1.4) for y in (2.6, 4.2)
    )
    with pytest.raises(RoomRefusedError, match="4 ways through"):
        plan(box_room(-1.4, 1.4, 5.4, doors), ("living-room",), "modern", 1)
    assert plan(box_room(-1.4, 1.4, 5.4, doors[:1]), ("living-room",), "modern", 1)


def test_a_bedroom_too_shallow_for_a_bed_on_its_head_has_a_daybed() -> None:
    (deep, *_), (shallow, *_) = (plan(box_room(-2.0, 2.0, back), ("bedroom",), "modern", 1) for back in (5.0, 3.3))
    assert [p.piece for p in deep.placements if "bed" in p.piece] == ["bed"]
    assert [p.piece for p in shallow.placements if "bed" in p.piece] == ["daybed"]


def test_the_lamp_of_a_daybed_stands_at_its_head() -> None:
    for x in (-0.9, 0.9):
        door = Opening("door", np.array([[x - 0.45, 3.3], [x + 0.45, 3.3]]), 0.0, 2.03, 1.0)
        layout = plan(box_room(-2.0, 2.0, 3.3, (door,)), ("bedroom",), "modern", 1)[0]
        bed = next(p for p in layout.placements if p.piece == "daybed")
        tables = [p for p in layout.placements if p.piece == "side-table"]
        a = np.radians(bed.yaw_deg)
        head = np.array([bed.x - np.cos(a) * bed.size_m[0] / 2, bed.y - np.sin(a) * bed.size_m[0] / 2])
        assert all(np.hypot(*(head - (t.x, t.y))) < 0.7 for t in tables)


def test_a_large_bedroom_in_which_only_a_daybed_fits_is_refused() -> None:
    daybed, bed = (Layout((Placement(piece, (1.9, 0.9, 0.8), 0.0, 5.0),), 1.0, {}) for piece in ("daybed", "bed"))
    bedroom, large = programme_of(["bedroom"]), Space.of(box_room())
    assert _worthy([daybed, bed], bedroom, large) == [bed]
    with pytest.raises(RoomRefusedError, match="no wall for more than a single bed"):
        _worthy([daybed], bedroom, large)
    assert _worthy([daybed], bedroom, Space.of(box_room(left=-1.3, right=1.3, back=4.0))) == [daybed]


def test_a_bed_may_reach_along_its_wall_to_beyond_the_frame() -> None:
    room, beside = box_room(), 1.6
    for wall in walls_of(room):
        unit = (wall.end - wall.start) / wall.length
        poses = candidates(beside, "wall", (wall,), Space.of(room), close=True)
        along = (np.stack([poses.x, poses.y], -1) - wall.start) @ unit
        over_start, over_end = beside / 2 - along.min(), along.max() + beside / 2 - wall.length
        uv, _ = room.camera.project(np.array([(*wall.start, 0.0), (*wall.end, 0.0)]))
        for over, (u, _v) in ((over_start, uv[0]), (over_end, uv[1])):
            assert (over > 0.3) == (not 25 < u < WIDTH - 25)


def test_what_backs_on_a_wall_would_rather_not_stand_before_its_window() -> None:
    window = Opening("window", np.array([[-0.8, 5.5], [0.8, 5.5]]), 0.55, 2.2, 1.0)
    bed = Part("bed", (1.6, 2.16, 1.1), 0.0, -1.13)
    x = np.array([0.0, 1.6, 0.8])
    poses = Poses(x, np.full(3, 5.46), np.zeros(3), np.zeros(3, int), np.ones(3), np.zeros(3))
    assert before_glass(box_room(openings=(window,)), bed, poses) == pytest.approx([0.5, 0.0, 0.25])
    high = replace(window, bottom_m=1.3)
    assert not before_glass(box_room(openings=(high,)), bed, poses).any()


def test_a_picture_over_a_desk_begins_above_what_stands_on_it() -> None:
    room = box_room()
    back = next(w for w in walls_of(room) if w.normal[1] < -0.9)
    desk = Placement("desk", (1.5, 0.7, 0.75), 0.0, 5.1)
    over_desk, over_chest = art_over(desk, back, room), art_over(replace(desk, piece="sideboard"), back, room)
    assert over_desk is not None and over_chest is not None
    assert over_desk.z >= 1.2 > over_chest.z


def test_no_screen_stands_where_a_hearth_is_what_one_looks_at() -> None:
    hearth = Opening("fireplace", np.array([[1.0, 6.0], [2.2, 6.0]]), 0.0, 1.2, 1.0)
    sofa = Placement("sofa", (1.95, 0.93, 0.83), -2.0, 4.0, 0.0, 90.0)
    found = []
    for seen in ((), (hearth,)):
        room = box_room(-2.6, 2.6, 6.0, seen)
        screen = Accent("tv-unit", (1.5, 0.4, 0.5), faces_main=True)
        put = accents(screen, sofa, (sofa,), walls=walls_of(room), space=Space.of(room), seen=Silhouettes(room))
        found.append(bool(list(put)))
    assert found == [True, False]


def test_a_table_for_two_is_laid_only_where_four_find_no_place() -> None:
    layout = plan(box_room(-1.7, 1.7), ("dining-room",), "modern", 1)[0]
    assert sum(p.piece == "dining-chair" for p in layout.placements) >= 4


def test_a_closet_seen_through_a_slit_blocks_no_layout() -> None:
    """Its floor can be walked on and not be reached from the room, furnished or not."""
    door = Opening("door", np.array([[-0.6, 8.0], [0.6, 8.0]]), 0.0, 2.05, 0.95)
    room = box_room(openings=(door,))
    back = float(room.polygon[:, 1].max())
    closet = Polygon([(-0.8, back + 0.5), (0.8, back + 0.5), (0.8, 8.0), (-0.8, 8.0)])
    slit = Polygon([(-0.15, back - 0.3), (0.15, back - 0.3), (0.15, back + 0.7), (-0.15, back + 0.7)])
    whole = Polygon(room.polygon).union(closet).union(slit)
    assert isinstance(whole, Polygon)
    space = Space.of(replace(room, polygon=np.array(whole.exterior.coords)[:-1]))
    assert space.paths_kept(np.zeros(space.shape, np.bool_))


def test_a_large_floor_with_two_seats_is_a_hall_and_a_small_one_is_furnished_so() -> None:
    """Doors all round leave a chair or a table for two: what is left of a hall's floor."""
    room = box_room()
    area = Polygon(room.polygon).area
    chairs = [Placement("dining-chair", (0.5, 0.5, 0.9), x, 4.0) for x in (-0.7, 0.7)]
    one = Layout(tuple(chairs), 1.0, {})
    whole = Layout((*chairs, replace(chairs[0], y=5.0)), 0.9, {})
    dining_room = programme_of(["dining-room"])
    assert area > 12
    assert _worthy([one, whole], dining_room, Space.of(room)) == [whole]
    with pytest.raises(RoomRefusedError, match="leave seats for 2 only"):
        _worthy([one], dining_room, Space.of(room))
    small = box_room(left=-1.3, right=1.3, back=4.0)
    assert _worthy([one], dining_room, Space.of(small)) == [one]

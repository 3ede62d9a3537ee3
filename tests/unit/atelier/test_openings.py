"""Doors, shelves and windows found from drawn edges alone: no photo, no models, exact truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from atelier.model import F64, Opening
from atelier.perceive.camera import Calibration
from atelier.perceive.doors import doors_among, find_door_frames
from atelier.perceive.floor import trace
from atelier.perceive.lines import LineKind, Lines
from atelier.perceive.openings import find_frames, find_passages, without_windows
from atelier.perceive.scale import Ceiling, infer_scale
from atelier.perceive.support import SupportMaps
from tests.unit.atelier.box_room import box_room

BACK = 4.5
ROOM = box_room(back=BACK)
Edge = tuple[tuple[float, float], tuple[float, float]]
"""Two (x, z) points on the back wall."""


def rectangle(left: float, right: float, low: float, high: float) -> list[Edge]:
    sides: list[Edge] = [((x, low), (x, high)) for x in (left, right)]
    return sides + [((left, z), (right, z)) for z in ((low, high) if low > 0 else (high,))]


def support(edges: list[Edge]) -> SupportMaps:
    """The maps a line detector would give for these edges of the back wall."""
    points = np.array([[(a[0], BACK, a[1]), (b[0], BACK, b[1])] for a, b in edges])
    segments: F64 = ROOM.camera.project(points)[0].reshape(-1, 4)
    labels = np.array([2 if a[0] == b[0] else 0 for a, b in edges], np.int32)
    kinds = np.full(len(edges), LineKind.ROOM, np.int32)
    lines = Lines(segments, np.ones(len(edges)), kinds)
    return SupportMaps(Calibration(ROOM.camera, lines, labels, 1.0, (0.3, 0.3, 0.3), 0.0, 0.0, 0.0, 0.0))


def doors(edges: list[Edge], ceiling_m: float | None = None) -> list[Opening]:
    return doors_among(find_door_frames(ROOM.camera, ROOM.pieces, ROOM.pieces, support(edges)), ceiling_m)


def at(opening: Opening) -> tuple[float, float]:
    low, high = sorted(opening.ground[:, 0])
    return float(low), float(high)


def test_a_single_door_is_found_under_its_own_head_and_not_under_the_ceiling() -> None:
    (door,) = doors([*rectangle(-0.4, 0.5, 0, 2.04), ((-2.4, 2.6), (2.4, 2.6))])
    assert door.kind == "door"
    assert at(door) == pytest.approx((-0.4, 0.5), abs=0.08)
    assert door.top_m == pytest.approx(2.04, abs=0.06)


@pytest.mark.parametrize("head", [2.1, 2.9])
def test_a_pair_of_leaves_is_one_door_at_any_height(head: float) -> None:
    (door,) = doors([*rectangle(-0.7, 0.8, 0, head), ((0.05, 0.0), (0.05, head))])
    assert door.kind == "door"
    assert at(door) == pytest.approx((-0.7, 0.8), abs=0.08)
    assert door.top_m == pytest.approx(head, abs=0.06)


def test_two_doors_under_one_head_stay_two() -> None:
    head_rail = ((-1.1, 2.04), (1.05, 2.04))
    found = doors([*rectangle(-1.1, -0.25, 0, 2.04), *rectangle(0.2, 1.05, 0, 2.04), head_rail])
    spans = sorted(at(door) for door in found)
    assert spans == [pytest.approx((-1.1, -0.25), abs=0.08), pytest.approx((0.2, 1.05), abs=0.08)]


@pytest.mark.parametrize("factor", [0.72, 1.35])
def test_doors_are_found_and_tell_the_scale_before_it_is_known(factor: float) -> None:
    seen = support(rectangle(-0.4, 0.46, 0, 2.04))
    wrong = replace(ROOM.camera, height_m=ROOM.camera.height_m * factor)
    pieces = [replace(piece, ground=piece.ground * factor) for piece in ROOM.pieces]
    frames = find_door_frames(wrong, pieces, pieces, seen)
    scale = infer_scale(Ceiling(), [frame.scaled(1 / wrong.height_m) for frame in frames])
    assert scale.height_m == pytest.approx(ROOM.camera.height_m, rel=0.06)
    (door,) = doors_among([frame.scaled(scale.height_m / wrong.height_m) for frame in frames], None)
    assert door.kind == "door"
    assert door.top_m == pytest.approx(2.04, abs=0.12)


def test_what_reaches_the_ceiling_is_no_door() -> None:
    assert doors(rectangle(-0.4, 0.46, 0, 2.3), ceiling_m=2.34) == []
    assert len(doors(rectangle(-0.4, 0.46, 0, 2.3), ceiling_m=2.6)) == 1


def test_a_door_in_a_corner_needs_one_jamb_only() -> None:
    edges: list[Edge] = [((1.55, 0.0), (1.55, 2.04)), ((1.55, 2.04), (2.4, 2.04))]
    (door,) = doors(edges)
    assert at(door) == pytest.approx((1.55, 2.4), abs=0.08)


def test_a_wide_frame_is_shelves_when_full_and_a_passage_where_the_floor_goes_on() -> None:
    frame = rectangle(-0.7, 0.8, 0, 2.1)
    shelves: list[Edge] = [((-0.7, z), (0.8, z)) for z in (0.4, 0.75, 1.1, 1.45, 1.8)]
    assert doors(rectangle(-0.7, 0.8, 0, 2.4)) == []  # panelling: the wall's foot goes on through it
    assert [o.kind for o in doors([*frame, *shelves])] == ["built_in"]
    sides = [p for p in ROOM.pieces if p.kind != "wall" or abs(float(p.normal[1])) < 0.5]
    back = next(p for p in ROOM.pieces if p.kind == "wall" and abs(float(p.normal[1])) > 0.5)
    broken = [replace(back, ground=np.array([[x, BACK], [y, BACK]])) for x, y in ((2.4, 0.8), (-0.7, -2.4))]
    found = find_door_frames(ROOM.camera, ROOM.pieces, [*sides, *broken], support(frame))
    assert [o.kind for o in doors_among(found, None)] == ["passage"]


def test_a_frame_clear_of_the_floor_is_a_window_and_no_door() -> None:
    edges = rectangle(-0.5, 0.6, 0.7, 2.05)
    assert doors(edges) == []
    (window,) = find_frames(ROOM.camera, ROOM.pieces, support(edges), [])
    assert window.kind == "window"
    assert at(window) == pytest.approx((-0.5, 0.6), abs=0.08)
    assert (window.bottom_m, window.top_m) == pytest.approx((0.7, 2.05), abs=0.06)
    assert find_frames(ROOM.camera, ROOM.pieces, support(edges), [window]) == []


def test_walls_look_into_the_room_and_a_dent_in_the_outline_is_no_passage() -> None:
    mask = ROOM.floor_mask.copy()
    rows, columns = np.nonzero(mask)
    left = columns < np.interp(rows, [rows.min(), rows.max()], [400, 60])
    mask[rows[left][::7], columns[left][::7]] = True
    outline = trace(mask, ROOM.camera)
    middle = outline.polygon.mean(0)
    walls = [p for p in outline.pieces if p.kind == "wall"]
    assert len(walls) >= 3
    for wall in walls:
        assert (middle - wall.ground.mean(0)) @ wall.normal > 0
    assert find_passages(outline.pieces) == []


def test_a_window_in_a_row_is_no_door_and_a_glazed_door_stays_one() -> None:
    def window(left: float, right: float, low: float = 0.32, high: float = 1.95) -> Opening:
        return Opening("window", np.array([[left, 5.5], [right, 5.5]]), low, high, 1.0)

    door = Opening("door", np.array([[0.0, 5.5], [0.9, 5.5]]), 0.0, 2.1, 0.9)
    inside = window(0.1, 0.8)
    assert without_windows([door], [inside, window(1.1, 1.8)]) == []
    assert without_windows([door], [inside]) == [door]
    assert without_windows([door], [inside, window(1.1, 1.8, low=0.9)]) == [door]
    assert without_windows([door], [window(0.1, 0.8, low=0.02), window(1.1, 1.8, low=0.02)]) == [door]
    assert without_windows([door], [window(-0.7, 1.7)]) == []
    assert without_windows([door], [window(-0.05, 0.95)]) == [door]

"""Walls at an angle, broken walls, what stands before them, and what a caller says: from geometry, no models."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import cv2
import numpy as np
import pytest

from atelier.model import F64, Bool, BoundaryPiece, Opening, Room, Standing
from atelier.perceive import standing
from atelier.perceive.camera import Calibration, axis_labels
from atelier.perceive.floor import Outline, trace
from atelier.perceive.hints import hinted_doors, hinted_obstacles, hinted_windows, polygons_mask
from atelier.perceive.lines import LineKind, Lines
from atelier.perceive.openings import find_frames
from atelier.perceive.segment import Embedding
from atelier.perceive.standing import Sight, find_standing, footprints
from atelier.perceive.support import SupportMaps
from atelier.perceive.walls import presumed_walls, slanted_share, slanted_walls, whole_walls
from atelier.perceive.windows import locate_windows
from atelier.weights import Weights
from tests.unit.atelier.box_room import camera

CAMERA = camera()
BAY = [(-2.4, 1.4), (2.4, 1.4), (2.4, 4.0), (1.0, 5.4), (-1.0, 5.4), (-2.4, 4.0)]
"""A room whose far corners are cut at 45 degrees."""
RADIATOR = [(-2.4, 1.4), (2.4, 1.4), (2.4, 4.0), (1.0, 4.0), (1.0, 3.75), (-0.6, 3.75), (-0.6, 4.0), (-2.4, 4.0)]
NO_LINES = Lines(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int32))


def floor_of(polygon: list[tuple[float, float]]) -> Bool:
    mask = np.zeros((CAMERA.height, CAMERA.width), np.uint8)
    uv, _ = CAMERA.project(np.array([(x, y, 0.0) for x, y in polygon]))
    cv2.fillPoly(mask, [uv.astype(np.int32)], 1)
    return mask > 0


def outline_of(polygon: list[tuple[float, float]]) -> Outline:
    return trace(floor_of(polygon), CAMERA)


def level_lines(a: tuple[float, float], b: tuple[float, float], heights: tuple[float, ...]) -> Lines:
    points = np.array([[(*a, z), (*b, z)] for z in heights])
    segments = CAMERA.project(points)[0].reshape(-1, 4)
    return Lines(segments, np.ones(len(segments)), np.full(len(segments), LineKind.ROOM, np.int32))


def slanted(pieces: tuple[BoundaryPiece, ...]) -> list[BoundaryPiece]:
    return [p for p in pieces if p.kind == "wall" and np.abs(p.normal).max() < 0.98]


def maps(lines: Lines) -> SupportMaps:
    labels = axis_labels(CAMERA, lines)
    return SupportMaps(Calibration(CAMERA, lines, labels, 1.0, (0.3, 0.3, 0.3), 0.0, 0.0, 0.0, 0.0))


class TestSlantedWalls:
    def test_a_bay_is_wall_where_level_lines_run_above_it_and_open_where_none_do(self) -> None:
        pieces = outline_of(BAY).pieces
        assert slanted(pieces) == []
        lines = level_lines((2.4, 4.0), (1.0, 5.4), (0.1, 0.9, 2.5))
        (wall,) = slanted(slanted_walls(CAMERA, pieces, lines))
        assert wall.normal == pytest.approx([-np.sqrt(0.5), -np.sqrt(0.5)], abs=0.06)
        assert slanted_share(CAMERA, (wall,), lines, np.full(3, -1, np.int32)) == pytest.approx(0.7)

    def test_lines_on_the_floor_or_sloping_up_are_no_wall(self) -> None:
        pieces = outline_of(BAY).pieces
        sloping = CAMERA.project(np.array([[(2.4, 4.0, 0.2), (1.0, 5.4, 1.6)]]))[0].reshape(-1, 4)
        stairs = Lines(sloping, np.ones(1), np.full(1, LineKind.ROOM, np.int32))
        for lines in (level_lines((2.4, 4.0), (1.0, 5.4), (0.0,)), stairs):
            assert slanted(slanted_walls(CAMERA, pieces, lines)) == []

    def test_a_window_of_a_slanted_wall_is_found_on_it(self) -> None:
        lines = level_lines((2.4, 4.0), (1.0, 5.4), (0.1, 2.5))
        walls = whole_walls(CAMERA, slanted_walls(CAMERA, outline_of(BAY).pieces, lines))
        a, b = np.array([2.1, 4.3]), np.array([1.3, 5.1])
        glass = np.zeros((CAMERA.height, CAMERA.width), np.uint8)
        corners = np.array([(*a, 0.8), (*b, 0.8), (*b, 2.0), (*a, 2.0)])
        cv2.fillPoly(glass, [CAMERA.project(corners)[0].astype(np.int32)], 1)
        ((window, wall),) = locate_windows(glass > 0, CAMERA, walls, None)
        assert np.abs(wall.normal).max() < 0.8
        assert (window.bottom_m, window.top_m) == pytest.approx((0.8, 2.0), abs=0.1)
        assert sorted(window.ground[:, 0]) == pytest.approx([1.3, 2.1], abs=0.12)

    def test_a_dark_window_of_a_slanted_wall_is_found_by_its_frame(self) -> None:
        a, b = (2.1, 4.3), (1.3, 5.1)
        rails = level_lines(a, b, (0.8, 2.0))
        sides = CAMERA.project(np.array([[(*p, 0.8), (*p, 2.0)] for p in (a, b)]))[0].reshape(-1, 4)
        skirting = level_lines((2.4, 4.0), (1.0, 5.4), (0.1, 2.5))
        segments = np.concatenate([rails.segments, sides, skirting.segments])
        lines = Lines(segments, np.ones(6), np.full(6, LineKind.ROOM, np.int32))
        walls = whole_walls(CAMERA, slanted_walls(CAMERA, outline_of(BAY).pieces, lines))
        (window,) = find_frames(CAMERA, walls, maps(lines), [])
        assert (window.bottom_m, window.top_m) == pytest.approx((0.8, 2.0), abs=0.08)


class TestWholeWalls:
    def test_a_wall_behind_a_radiator_is_one_and_the_radiator_a_footprint(self) -> None:
        outline = outline_of(RADIATOR)
        back = [w for w in whole_walls(CAMERA, outline.pieces) if abs(w.ground[:, 1].mean() - 4.0) < 0.12]
        assert len(back) == 1
        assert np.ptp(back[0].ground[:, 0]) == pytest.approx(4.8, abs=0.3)
        (bite,) = footprints(outline.pieces, outline.polygon, [])
        assert bite.depth_m == pytest.approx(0.25, abs=0.08)
        assert bite.width_m == pytest.approx(1.6, abs=0.2)

    def test_a_plain_room_and_a_doorway_have_no_footprints(self) -> None:
        box = outline_of([(-2.4, 1.4), (2.4, 1.4), (2.4, 5.0), (-2.4, 5.0)])
        assert footprints(box.pieces, box.polygon, []) == []
        radiator = outline_of(RADIATOR)
        door = Opening("door", np.array([[1.0, 3.9], [-0.6, 3.9]]), 0.0, 2.0, 1.0)
        assert footprints(radiator.pieces, radiator.polygon, [door]) == []

    def test_a_free_stretch_nearly_along_an_axis_hides_a_wall_on_it(self) -> None:
        pieces = list(outline_of(BAY).pieces)
        cut = next(p for p in pieces if p.kind == "free")
        gentle = replace(cut, ground=np.array([[2.3, 4.0], [2.1, 5.0]]), normal=np.array([-0.98, -0.2]))
        wall_before = next(p for p in pieces if p.kind == "wall")
        (wall,) = presumed_walls([wall_before, gentle])
        assert wall.normal.tolist() == [-1.0, 0.0]
        assert wall.ground[:, 0] == pytest.approx([2.3, 2.3])


class TestStanding:
    @staticmethod
    def found(monkeypatch: pytest.MonkeyPatch, top: float, quality: float, shade: int = 90) -> list[Standing]:
        outline = outline_of(RADIATOR)
        bites = footprints(outline.pieces, outline.polygon, [])
        mask = np.zeros((CAMERA.height, CAMERA.width), np.uint8)
        front = np.array([(x, 3.75, z) for x, z in ((-0.6, 0.0), (1.0, 0.0), (1.0, top), (-0.6, top))])
        cv2.fillPoly(mask, [CAMERA.project(front)[0].astype(np.int32)], 1)
        rgb = np.full((*mask.shape, 3), 200, np.uint8)
        rgb[mask > 0] = shade
        monkeypatch.setattr(standing, "decode", lambda *_: (mask > 0, quality))
        sight = Sight(rgb, floor_of(RADIATOR), NO_LINES, cast(Embedding, None), cast(Weights, None))
        return list(find_standing(bites, CAMERA, sight))

    def test_what_the_segmenter_confirms_has_a_kind_and_a_height(self, monkeypatch: pytest.MonkeyPatch) -> None:
        (thing,) = self.found(monkeypatch, 0.6, 0.95)
        assert thing.kind == "radiator"
        assert thing.height_m == pytest.approx(0.6, abs=0.08)
        assert thing.distance_m == pytest.approx(3.75, abs=0.15)

    def test_what_it_does_not_confirm_or_is_the_wall_itself_is_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.found(monkeypatch, 0.6, 0.5) == []
        assert self.found(monkeypatch, 0.6, 0.95, shade=200) == []


class TestHints:
    def test_a_marked_door_and_window_stand_on_their_wall(self) -> None:
        walls = whole_walls(CAMERA, outline_of([(-2.4, 1.4), (2.4, 1.4), (2.4, 5.0), (-2.4, 5.0)]).pieces)
        door = fractions([(-1.0, 5.0, 0.0), (-0.1, 5.0, 0.0), (-0.1, 5.0, 2.05), (-1.0, 5.0, 2.05)])
        window = fractions([(0.5, 5.0, 0.9), (1.7, 5.0, 0.9), (1.7, 5.0, 2.1), (0.5, 5.0, 2.1)])
        (found,) = hinted_doors([door], CAMERA, walls)
        assert sorted(found.ground[:, 0]) == pytest.approx([-1.0, -0.1], abs=0.08)
        assert (found.kind, found.bottom_m, found.confidence) == ("door", 0.0, 1.0)
        (glass,) = hinted_windows([window], CAMERA, walls)
        assert (glass.bottom_m, glass.top_m) == pytest.approx((0.9, 2.1), abs=0.1)
        assert hinted_windows([], CAMERA, walls) == []

    def test_a_door_no_wall_was_found_for_stands_where_it_meets_the_floor(self) -> None:
        door = fractions([(-1.0, 5.0, 0.0), (-0.1, 5.0, 0.0), (-0.1, 5.0, 2.05), (-1.0, 5.0, 2.05)])
        (found,) = hinted_doors([door], CAMERA, [])
        assert found.ground == pytest.approx(np.array([[-1.0, 5.0], [-0.1, 5.0]]), abs=0.05)

    def test_what_to_keep_clear_is_a_built_in_on_a_wall_and_a_footprint_on_the_floor(self) -> None:
        walls = whole_walls(CAMERA, outline_of([(-2.4, 1.4), (2.4, 1.4), (2.4, 5.0), (-2.4, 5.0)]).pieces)
        floor = floor_of([(-2.4, 1.4), (2.4, 1.4), (2.4, 5.0), (-2.4, 5.0)])
        hearth = fractions([(-0.6, 5.0, 0.1), (0.6, 5.0, 0.1), (0.6, 5.0, 1.2), (-0.6, 5.0, 1.2)])
        hatch = fractions([(0.5, 3.0, 0.0), (1.3, 3.0, 0.0), (1.3, 3.8, 0.0), (0.5, 3.8, 0.0)])
        (built_in,), (lying,) = hinted_obstacles([hearth, hatch], CAMERA, walls, floor)
        assert (built_in.kind, built_in.bottom_m) == ("built_in", 0.0)
        assert lying.footprint.mean(0) == pytest.approx([0.9, 3.4], abs=0.05)
        assert polygons_mask([hatch], CAMERA.width, CAMERA.height)[lying.mask].all()


def fractions(points: list[tuple[float, float, float]]) -> list[tuple[float, float]]:
    uv: F64 = CAMERA.project(np.array(points))[0]
    return [(float(u), float(v)) for u, v in uv / [CAMERA.width, CAMERA.height]]


def test_what_stands_is_in_front_of_what_is_farther_and_behind_what_is_nearer() -> None:
    outline = outline_of(RADIATOR)
    mask = np.zeros((CAMERA.height, CAMERA.width), np.bool_)
    (u, v), _ = CAMERA.project(np.array([0.2, 3.75, 0.0]))
    mask[int(v) - 40 : int(v), int(u) - 30 : int(u) + 30] = True
    thing = Standing("radiator", mask, np.array([[-0.6, 3.75], [1.0, 3.75], [1.0, 4.0], [-0.6, 4.0]]), 0.6, 1.0)
    empty = np.zeros_like(mask)
    room = Room(CAMERA, floor_of(RADIATOR), empty, outline.polygon, outline.pieces, (), None, {}, standing=(thing,))
    assert room.front_of[mask] == pytest.approx(3.77, abs=0.1)
    assert np.isinf(room.front_of[~mask]).all()

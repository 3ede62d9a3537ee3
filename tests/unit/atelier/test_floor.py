"""Mask cleaning and the way from the picture to the ground, against rooms with a known floor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely.geometry import Polygon

from atelier.model import RoomRefusedError
from atelier.perceive.floor import outline_edges, outline_segments, to_ground, trace
from atelier.perceive.floor_mask import clean_mask, without_skirting
from atelier.perceive.hints import polygons_mask
from atelier.synth import random_params, synthetic_room


def test_clean_mask_fills_reflections_and_drops_specks() -> None:
    mask = np.zeros((400, 600), np.bool_)
    mask[200:, :] = True
    mask[260:300, 280:330] = False  # a reflection
    mask[40:44, 50:54] = True  # a speck
    cleaned = clean_mask(mask)
    assert cleaned[280, 300]
    assert not cleaned[:150].any()
    assert cleaned[210:].mean() > 0.99


def test_a_skirting_is_taken_off_a_mask_and_a_far_strip_of_floor_is_not() -> None:
    floor, wall, skirting = (120, 80, 50), (190, 190, 185), (235, 235, 230)
    rgb = np.full((400, 600, 3), wall, np.uint8)
    rgb[240:] = floor
    rgb[228:240, :300] = skirting
    first = np.zeros((400, 600), np.bool_)
    first[240:] = True
    first[240:252, 320:] = False
    seen = first.copy()
    seen[228:240, :280] = True
    seen[240:] = True
    kept = without_skirting(rgb, seen, first)
    assert not kept[228:238, 10:270].any()
    assert kept[242:].all()  # the floor that points missed on the right


def test_to_ground_inverts_projection_and_stops_at_the_horizon() -> None:
    camera = synthetic_room(1, width=400).camera
    points = np.array([[0.0, 2.0, 0.0], [-1.0, 3.0, 0.0], [1.2, 4.5, 0.0]])
    uv, _ = camera.project(points)
    assert np.allclose(to_ground(camera, uv), points[:, :2], atol=1e-9)
    sky = to_ground(camera, np.array([[200.0, 1.0]]))
    assert np.linalg.norm(sky) == pytest.approx(14.0 * camera.height_m)


@pytest.mark.parametrize("seed", range(12))
def test_outline_lies_on_the_true_walls(seed: int) -> None:
    room = synthetic_room(seed, width=800)
    outline = trace(clean_mask(room.floor_mask), room.camera)
    walls = Polygon(room.polygon)
    seen = Polygon(outline.polygon)
    assert seen.exterior.is_ccw
    assert seen.difference(walls.buffer(0.08)).area < 0.02 * seen.area
    pieces = [p for p in outline.pieces if p.kind == "wall"]
    assert pieces
    length = sum(float(np.linalg.norm(p.ground[1] - p.ground[0])) for p in pieces)
    free = sum(float(np.linalg.norm(p.ground[1] - p.ground[0])) for p in outline.pieces if p.kind == "free")
    assert length > 5 * free  # every edge of these rooms is a wall
    for piece in pieces:
        middle = piece.ground.mean(0)
        assert walls.buffer(0.1).contains(Polygon([*piece.ground, middle + 0.3 * piece.normal]))


def test_border_pieces_are_where_the_frame_cuts_the_floor() -> None:
    room = synthetic_room(1, width=800)
    outline = trace(clean_mask(room.floor_mask), room.camera)
    borders = [p for p in outline.pieces if p.kind == "border"]
    assert any(p.pixels[:, 1].min() > 0.97 * room.camera.height for p in borders)
    assert all(not p.normal.any() for p in borders)


def test_scaling_the_camera_scales_the_floor() -> None:
    room = synthetic_room(4, width=500)
    mask = clean_mask(room.floor_mask)
    unit = trace(mask, replace(room.camera, height_m=1.0))
    assert np.allclose(unit.scaled(room.camera.height_m).polygon, trace(mask, room.camera).polygon, atol=1e-6)


def test_a_hint_marks_the_floor() -> None:
    mask = polygons_mask([[(0.0, 0.6), (1.0, 0.6), (1.0, 1.0), (0.0, 1.0)]], 200, 100)
    assert mask[80].all()
    assert not mask[:55].any()


def test_no_floor_is_refused_with_a_hint() -> None:
    camera = synthetic_room(random_params(0), width=300).camera
    with pytest.raises(RoomRefusedError) as refused:
        trace(np.zeros((200, 300), np.bool_), camera)
    assert refused.value.code == "room_not_understood"
    assert refused.value.hint


def test_outline_edges_of_nothing_is_empty() -> None:
    edges, on_frame = outline_edges(np.zeros((50, 60), np.bool_))
    assert len(edges) == len(on_frame) == 0


def test_a_line_of_the_outline_is_exact_though_its_corners_are_rounded() -> None:
    slope = 0.37
    column, row = np.meshgrid(np.arange(400) + 0.5, np.arange(300) + 0.5)
    mask = clean_mask((row > 120) & (row > 120 + slope * (column - 250)))
    slopes = [(y1 - y0) / (x1 - x0) for x0, y0, x1, y1 in outline_segments(mask)]
    assert min(abs(found - slope) for found in slopes) < 0.01
    assert min(abs(found) for found in slopes) < 0.005

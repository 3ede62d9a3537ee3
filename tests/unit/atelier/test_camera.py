"""The camera from lines alone, against synthetic rooms whose camera is known. No model weights."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from atelier.model import F64, Camera
from atelier.perceive.camera import Calibration, calibrate, focal_from_35mm, rotation
from atelier.perceive.floor import outline_segments
from atelier.perceive.floor_mask import clean_mask
from atelier.perceive.lines import LineKind, Lines, lsd_segments
from atelier.synth import RoomParams, SyntheticRoom, random_params, synthetic_room

SEEDS = range(12)


def lines_of(room: SyntheticRoom) -> Lines:
    """LSD and the outline of the true floor: what remains of the line stage without a learned detector."""
    segments = lsd_segments(room.rgb)
    outline = outline_segments(clean_mask(room.floor_mask))
    both = np.concatenate([segments, outline])
    lengths = np.hypot(both[:, 2] - both[:, 0], both[:, 3] - both[:, 1])
    kinds = np.repeat([LineKind.ROOM, LineKind.OUTLINE], [len(segments), len(outline)]).astype(np.int32)
    return Lines(both, np.minimum(lengths, 250.0), kinds)


@cache
def solved(seed: int) -> tuple[SyntheticRoom, Calibration]:
    room = synthetic_room(seed, width=800)
    return room, calibrate(lines_of(room), room.floor_mask)


def horizon(camera: Camera) -> float:
    """Where the middle column meets the horizon, as a share of the height."""
    ahead = camera.R @ np.array([0.0, 1.0, 0.0])
    return float((camera.cy + camera.f * ahead[1] / ahead[2]) / camera.height)


def rotation_error_deg(a: Camera, b: Camera) -> float:
    cosine = (np.trace(a.R @ b.R.T) - 1) / 2
    return float(np.rad2deg(np.arccos(np.clip(cosine, -1, 1))))


@pytest.mark.parametrize("seed", SEEDS)
def test_each_room_is_within_bounds(seed: int) -> None:
    room, found = solved(seed)
    camera = found.camera
    assert rotation_error_deg(camera, room.camera) < 1.5
    assert abs(camera.cy - room.camera.cy) / camera.height < 0.03
    # The focal length of a room seen square on rests on the prior alone; turned rooms fix it.
    limit = 0.06 if abs(random_params(seed).yaw_deg) > 10 else 0.25
    assert abs(camera.f / room.camera.f - 1) < limit


def test_typical_errors_are_small() -> None:
    pairs = [solved(seed) for seed in SEEDS]
    focal = [abs(found.camera.f / room.camera.f - 1) for room, found in pairs]
    turned = [rotation_error_deg(found.camera, room.camera) for room, found in pairs]
    assert np.median(focal) < 0.03
    assert np.median(turned) < 0.4


def test_lens_shift_is_told_from_pitch() -> None:
    pairs = [(random_params(seed), solved(seed)[1]) for seed in SEEDS]
    shifted = [found for params, found in pairs if params.shift]
    pitched = [found for params, found in pairs if abs(params.pitch_deg) > 2]
    assert len(shifted) >= 4
    assert len(pitched) >= 3
    assert sum(f.shift < -0.02 and abs(f.pitch) < np.deg2rad(0.5) for f in shifted) >= len(shifted) - 1
    assert all(f.pitch > np.deg2rad(1) and f.shift == 0 for f in pitched)


@pytest.mark.parametrize("seed", [4, 8])
def test_a_shifted_lens_that_was_left_leaning_is_not_taken_for_level(seed: int) -> None:
    room = synthetic_room(replace(random_params(seed), shift=-0.09, pitch_deg=1.3), width=800)
    found = calibrate(lines_of(room), room.floor_mask)
    assert np.rad2deg(found.pitch) == pytest.approx(1.3, abs=0.6)
    assert horizon(found.camera) == pytest.approx(horizon(room.camera), abs=0.01)


@pytest.mark.parametrize("cut", [slice(120, None), slice(None, 680)])
@pytest.mark.parametrize("seed", [2, 9])
def test_a_crop_beside_the_middle_is_found_out(seed: int, cut: slice) -> None:
    room, whole = solved(seed)
    assert whole.side == 0
    cropped = replace(room, rgb=np.ascontiguousarray(room.rgb[:, cut]), floor_mask=room.floor_mask[:, cut])
    camera = calibrate(lines_of(cropped), cropped.floor_mask).camera
    uncropped = replace(camera, cx=camera.cx + (cut.start or 0), width=800)
    assert uncropped.cx == pytest.approx(room.camera.cx, abs=25)
    assert uncropped.f == pytest.approx(room.camera.f, rel=0.06)
    assert horizon(uncropped) == pytest.approx(horizon(room.camera), abs=0.01)


def test_a_known_focal_length_settles_a_room_seen_square_on() -> None:
    params = RoomParams(
        polygon=((-2.2, -0.5), (2.2, -0.5), (2.2, 4.5), (-2.2, 4.5)), fixtures=(), focal_ratio=0.75, shift=-0.05
    )
    room = synthetic_room(params, width=800)
    diagonal = float(np.hypot(room.camera.width, room.camera.height))
    focal_35mm = room.camera.f / diagonal * 43.27
    lines = lines_of(room)
    free = abs(calibrate(lines, room.floor_mask).camera.f / room.camera.f - 1)
    told = abs(calibrate(lines, room.floor_mask, focal_35mm).camera.f / room.camera.f - 1)
    assert told < 0.03
    assert told < free


def test_calibration_is_deterministic() -> None:
    room, found = solved(3)
    again = calibrate(lines_of(room), room.floor_mask)
    assert again.camera.f == found.camera.f
    assert np.array_equal(again.camera.R, found.camera.R)


def test_rotation_conventions() -> None:
    level = rotation(0.0, 0.0, 0.0)
    assert np.allclose(level @ [0, 1, 0], [0, 0, 1])  # forward is along the optical axis
    assert np.allclose(level @ [0, 0, 1], [0, -1, 0])  # up is up the picture
    down = rotation(0.0, np.deg2rad(10), 0.0)
    assert (down @ [0, 1, 0])[1] < 0  # looking down, the horizon rises in the picture
    assert np.allclose(rotation(0.3, 0.1, 0.02) @ rotation(0.3, 0.1, 0.02).T, np.eye(3))


def test_focal_from_35mm_keeps_the_diagonal_field_of_view() -> None:
    assert focal_from_35mm(43.27, 3, 4) == pytest.approx(5.0)


@pytest.mark.parametrize("k1", [-0.12, 0.05])
def test_pixels_and_rays_agree_through_a_bent_lens(k1: float) -> None:
    camera = Camera(500.0, 400.0, 250.0, 800, 533, rotation(0.2, 0.1, 0.01), 1.3, k1)
    corners = np.array([[5.0, 5.0], [790.0, 20.0], [400.0, 250.0], [30.0, 520.0]])
    ground = camera.centre + 3 * camera.rays(corners)
    assert np.allclose(camera.project(ground)[0], corners, atol=1e-6)
    half = camera.resized(400, 267)
    assert np.allclose(half.rays(corners / 2), camera.rays(corners), atol=2e-3)


def test_a_wide_angle_that_bends_lines_is_found_out_and_a_straight_one_left_alone() -> None:
    room, straight = solved(3)
    assert straight.bend == 0
    camera = replace(room.camera, k1=-0.10)

    def bent(points: F64) -> F64:
        return camera.project(room.camera.centre + room.camera.rays(points))[0]

    lines = lines_of(room)
    seen = replace(lines, segments=bent(lines.segments.reshape(-1, 2)).reshape(-1, 4))
    columns, rows = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
    back = room.camera.project(camera.centre + camera.rays(np.stack([columns, rows], -1)))[0].astype(int)
    inside = ((back >= 0) & (back < [camera.width, camera.height])).all(-1)
    column, row = np.clip(back, 0, [camera.width - 1, camera.height - 1]).transpose(2, 0, 1)
    found = calibrate(seen, inside & room.floor_mask[row, column])
    assert found.camera.k1 == pytest.approx(-0.10, abs=0.04)
    assert rotation_error_deg(found.camera, room.camera) < 1.0
    assert found.camera.f == pytest.approx(room.camera.f, rel=0.06)

"""Photos that are unfit whatever they show."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from atelier.model import F64, U8
from atelier.perceive.camera import calibrate
from atelier.perceive.faults import bent_as_panorama, detail_px
from atelier.perceive.lines import LineKind, Lines
from tests.unit.atelier.box_room import HEIGHT, WIDTH, box_room

ROOM = box_room()
TURN, ASIDE = np.deg2rad([120.0, 28.0])


def edges() -> F64:
    """(N, 2, 3) short straight edges of a room: rails along the walls, boards, uprights."""
    at = np.arange(-2.4, 2.4, 0.3)
    out = [((x, 5.5, z), (x + 0.3, 5.5, z)) for x in at for z in (0.1, 0.9, 2.0, 2.6)]
    out += [((side, y, z), (side, y + 0.3, z)) for side in (-2.4, 2.4) for y in at + 3.1 for z in (0.1, 0.9, 2.0, 2.6)]
    out += [((x, 5.5, z), (x, 5.5, z + 0.4)) for x in at[::2] for z in (0.2, 0.8, 1.4)]
    out += [((side, y, z), (side, y, z + 0.4)) for side in (-2.4, 2.4) for y in at[::2] + 3.1 for z in (0.2, 0.8, 1.4)]
    return np.array(out, np.float64)


def seen(*, rolled: bool) -> Lines:
    """The edges as one lens, or as a phone's panorama, shows them."""
    points = edges() - ROOM.camera.centre
    if rolled:
        radius, flat = WIDTH / TURN, np.hypot(points[..., 0], points[..., 1])
        u = WIDTH / 2 + radius * (np.arctan2(points[..., 0], points[..., 1]) + ASIDE)
        uv = np.stack([u, HEIGHT / 2 - radius * points[..., 2] / flat], -1)
    else:
        uv = ROOM.camera.project(edges())[0]
    inside = ((uv > 0) & (uv < [WIDTH, HEIGHT])).all((1, 2))
    segments = uv[inside].reshape(-1, 4)
    lengths = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    return Lines(segments, lengths, np.full(len(segments), LineKind.ROOM, np.int32))


def test_a_panorama_is_told_from_a_photo_by_its_bent_lines() -> None:
    photo, panorama = calibrate(seen(rolled=False), ROOM.floor_mask), calibrate(seen(rolled=True), ROOM.floor_mask)
    assert bent_as_panorama(photo, ROOM.floor_mask) == 0.0
    assert bent_as_panorama(panorama, ROOM.floor_mask) > 0.08


def blocks(longer: int) -> U8:
    """A picture full of sharp edges."""
    rng = np.random.default_rng(3)
    picture = np.full((longer * 2 // 3, longer, 3), 128, np.uint8)
    for _ in range(25):
        x, y = int(rng.integers(longer)), int(rng.integers(longer * 2 // 3))
        size = (int(rng.integers(longer // 8, longer // 3)), int(rng.integers(longer // 8, longer // 3)))
        cv2.rectangle(picture, (x, y, *size), rng.integers(0, 255, 3).tolist(), cv2.FILLED)
    return picture


@pytest.mark.parametrize("small", [250, 330])
def test_a_blown_up_thumbnail_shows_no_more_than_the_thumbnail(small: int) -> None:
    thumbnail = blocks(small)
    assert detail_px(thumbnail) > 0.6 * small
    blown = cv2.resize(thumbnail, (1000, 1000 * thumbnail.shape[0] // small), interpolation=cv2.INTER_CUBIC)
    assert detail_px(np.asarray(blown, np.uint8)) < 1.5 * small
    assert detail_px(blocks(1000)) > 600
    assert detail_px(np.full((200, 300, 3), 90, np.uint8)) == 300  # nothing to measure on

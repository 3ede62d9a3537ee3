"""Hearths on a painted wall: dark boxes low down, with or without a television above."""

from __future__ import annotations

import cv2
import numpy as np

from atelier.model import U8, Opening
from atelier.perceive.features import find_fireplaces
from tests.unit.atelier.box_room import box_room

Box = tuple[float, float, float, float]


def seen(*dark: Box, rough: int = 1, shelves: Box | None = None) -> list[Opening]:
    """dark: left, right, low, high in metres on the back wall of a box; shelves: less dark. rough: grey levels the
    walls vary by."""
    room = box_room()
    size = (room.camera.height // 4, room.camera.width // 4, 1)
    grain = np.random.default_rng(0).integers(0, rough, size).repeat(4, 0).repeat(4, 1).repeat(3, 2)
    picture: U8 = (200 - grain).astype(np.uint8)
    for (left, right, low, high), grey in [*((box, 20) for box in dark), *([(shelves, 40)] if shelves else [])]:
        corners = np.array([(left, 5.5, low), (right, 5.5, low), (right, 5.5, high), (left, 5.5, high)])
        cv2.fillPoly(picture, [room.camera.project(corners)[0].astype(np.int32)], (grey, grey, grey))
    return find_fireplaces(picture, room.camera, room.pieces, [])


def test_a_dark_box_low_on_the_wall_is_a_hearth() -> None:
    (hearth,) = seen((-0.5, 0.5, 0.0, 0.8))
    assert hearth.kind == "fireplace"
    assert np.allclose(np.sort(hearth.ground[:, 0]), [-0.8, 0.8], atol=0.12)


def test_a_television_over_its_mantel_hides_no_hearth() -> None:
    assert len(seen((-0.5, 0.5, 0.0, 0.85), (-0.7, 0.7, 1.25, 2.0))) == 1


def test_a_dark_doorway_is_no_hearth() -> None:
    assert seen((-0.45, 0.45, 0.0, 2.05)) == []


def test_the_glass_of_a_hearth_in_a_rough_wall_is_not_taken_for_its_paint() -> None:
    hearths = seen((-0.5, 0.5, 0.0, 1.2), rough=90)
    assert any(np.allclose(np.sort(hearth.ground[:, 0]), [-0.8, 0.8], atol=0.12) for hearth in hearths)


def test_dark_shelves_beside_a_hearth_are_no_second_one() -> None:
    (hearth,) = seen((-0.5, 0.5, 0.0, 0.8), shelves=(0.75, 1.5, 0.0, 0.8))
    assert np.allclose(np.sort(hearth.ground[:, 0]), [-0.8, 0.8], atol=0.12)
    assert len(seen((-1.9, -1.1, 0.0, 0.8), shelves=(1.1, 1.9, 0.0, 0.8))) == 2, "far apart there may be two"

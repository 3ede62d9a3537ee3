"""Balusters are counted, boards and a few upright edges are not."""

from __future__ import annotations

import numpy as np
import pytest

from atelier.model import F64
from atelier.perceive.lines import LineKind, Lines
from atelier.perceive.railing import count_balusters
from atelier.synth import synthetic_room

CAMERA = synthetic_room(1, width=600).camera
FLOOR = np.zeros((CAMERA.height, CAMERA.width), np.bool_)
FLOOR[CAMERA.height // 2 :] = True
LOW, HIGH = 0.95 * CAMERA.height, 0.55 * CAMERA.height


def lines(segments: F64) -> Lines:
    return Lines(segments, np.ones(len(segments)), np.full(len(segments), LineKind.FLOOR, np.int32))


def uprights(xs: F64) -> F64:
    """Segments from low to high that meet at the nadir, at these columns of the lower end."""
    low = np.stack([xs, np.full(len(xs), LOW)], 1)
    rays = CAMERA.rays(low)
    foot = CAMERA.centre + rays * (-CAMERA.height_m / rays[:, 2:])
    high, _ = CAMERA.project(foot + np.array([0.0, 0.0, 0.35]))
    return np.concatenate([low, high], 1)


@pytest.mark.parametrize("thick", [2.0, 14.0])
def test_a_row_of_balusters_is_counted_once_each(thick: float) -> None:
    xs = np.linspace(60, 540, 13)
    found = count_balusters(lines(uprights(np.sort(np.concatenate([xs, xs + thick])))), FLOOR, CAMERA)
    assert abs(found - 13) <= 1


def test_boards_and_uneven_uprights_are_no_railing() -> None:
    xs = np.linspace(30, 570, 14)
    vanishing = np.array([CAMERA.cx, 0.4 * CAMERA.height])
    low = np.stack([xs, np.full(14, LOW)], 1)
    boards = np.concatenate([low, vanishing + 0.4 * (low - vanishing)], 1)
    assert count_balusters(lines(boards), FLOOR, CAMERA) < 4
    assert count_balusters(lines(uprights(np.array([50.0, 70, 160, 400, 410.0, 560]))), FLOOR, CAMERA) < 4


def test_uprights_behind_the_floor_are_the_rooms() -> None:
    segments = uprights(np.linspace(60, 540, 13)) - np.array([0, 0.45, 0, 0.45]) * CAMERA.height
    assert count_balusters(lines(segments), FLOOR, CAMERA) == 0
    assert count_balusters(lines(np.zeros((0, 4))), FLOOR, CAMERA) == 0

"""Glazing beside a wall that is washed by its light."""

from __future__ import annotations

import numpy as np

from atelier.model import U8
from atelier.perceive.windows import find_glazing
from tests.unit.atelier.box_room import box_room


def picture() -> tuple[U8, tuple[slice, slice]]:
    """A blown-out pane on the back wall under a bright strip that goes on beside it and fades downwards."""
    room = box_room()
    height, width = room.floor_mask.shape
    grey = np.full((height, width), 120.0)
    rows = np.arange(height)[:, None]
    strip = slice(150, 330), slice(380, 660)
    grey[strip] = np.maximum(120.0, 240 - 0.9 * (rows - 150))[strip[0]]
    pane = slice(185, 330), slice(380, 480)
    grey[pane] = 254
    return np.repeat(grey[..., None], 3, -1).astype(np.uint8), pane


def test_the_lit_wall_beside_a_window_is_no_glass() -> None:
    room = box_room()
    rgb, pane = picture()
    glazing = find_glazing(rgb, room.floor_mask, room.camera, 2.6)
    assert glazing[pane].mean() > 0.9
    assert not glazing[200:, 500:].any()

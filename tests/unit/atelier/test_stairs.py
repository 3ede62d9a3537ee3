"""Stairs found from drawn treads alone."""

from __future__ import annotations

import numpy as np

from atelier.model import F64, Bool, Opening
from atelier.perceive.lines import LineKind, Lines
from atelier.perceive.stairs import find_stairs, under_stairs
from tests.unit.atelier.box_room import camera

WIDTH, HEIGHT = 900, 600
FLOOR = np.zeros((HEIGHT, WIDTH), np.bool_)
FLOOR[480:] = True


def lines(treads: F64) -> Lines:
    """Level edges 40 px long about these points."""
    half = np.array([20.0, 0.0])
    segments = np.concatenate([treads - half, treads + half], 1)
    return Lines(segments, np.ones(len(segments)), np.full(len(segments), LineKind.ROOM, np.int32))


def flight(count: int, left: float = 400.0, top: float = 150.0) -> F64:
    steps = np.arange(count)[:, None]
    return np.asarray(np.array([left, top]) + steps * np.array([32.0, 24.0]), np.float64)


def found(treads: F64) -> Bool | None:
    return find_stairs(lines(treads), FLOOR)


def test_a_flight_is_kept_from_its_string_to_its_handrail() -> None:
    mask = found(flight(9))
    assert mask is not None
    middle = flight(9)[4].astype(int)
    assert mask[middle[1], middle[0]]
    assert mask[middle[1] - 90, middle[0]]  # the handrail
    assert not mask[middle[1] + 120, middle[0]]  # the wall under the stairs
    assert not mask[:, :200].any()
    assert not (mask & FLOOR).any()


def test_it_goes_on_to_the_floor_though_its_last_treads_are_hidden() -> None:
    mask, whole = found(flight(9)), flight(12)
    assert mask is not None
    x, y = whole[11].astype(int)
    assert mask[y, x]


def test_bricks_blinds_and_uneven_edges_are_no_stairs() -> None:
    rows, columns = np.mgrid[0:12, 0:10]
    bricks = np.stack([300 + columns * 45 + (rows % 2) * 22.5, 120 + rows * 20.0], -1).reshape(-1, 2)
    assert found(bricks) is None
    blinds = np.stack([np.full(14, 450.0), 100 + np.arange(14) * 20.0], 1)
    assert found(blinds) is None
    uneven = flight(9) + np.array([1.0, 0.75]) * np.array([0, 20, 3, 24, 2, 21, 0, 23, 4])[:, None]
    assert found(uneven) is None
    assert found(flight(5)) is None


def test_the_dark_below_a_flight_is_no_hearth() -> None:
    cam = camera()
    hearth = Opening("fireplace", np.array([[0.4, 5.5], [1.6, 5.5]]), 0.0, 1.2, 0.8)
    (left, bottom), (right, top) = cam.project(np.array([[0.4, 5.5, 1.0], [1.6, 5.5, 2.0]]))[0]
    stairs = np.zeros((cam.height, cam.width), np.bool_)
    stairs[int(top) : int(bottom), int(left) : int(right)] = True
    assert under_stairs(hearth, cam, stairs)
    assert not under_stairs(hearth, cam, np.roll(stairs, 300, axis=1))
    assert not under_stairs(hearth, cam, None)

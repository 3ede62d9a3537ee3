"""Camera height from habit, ceiling lines and door frames."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from atelier.perceive.doors import Frame
from atelier.perceive.scale import Ceiling, Scale, infer_scale, known_scale


def frame(width_m: float, head_m: float, camera_m: float, left_m: float = 0.0, score: float = 0.95) -> Frame:
    """A frame of this true size as a camera at this height sees it: in units of the height."""
    ground = np.array([[left_m, 3.0], [left_m + width_m, 3.0]])
    return Frame(ground / camera_m, head_m / camera_m, score)


def ceiling(height_m: float, camera_m: float, support: float = 0.8) -> Ceiling:
    return Ceiling(((height_m / camera_m, support),))


def spread(scale: Scale) -> float:
    assert scale.low_m < scale.height_m < scale.high_m
    return float(np.log(scale.high_m / scale.low_m) / 2)


def test_without_any_cue_the_photographers_habit_speaks() -> None:
    nothing = infer_scale(Ceiling())
    assert nothing.height_m == pytest.approx(1.22, abs=0.03)
    assert nothing.low_m < 0.9
    assert nothing.high_m > 1.55
    assert nothing.sure < 0.3


@pytest.mark.parametrize("camera_m", [0.8, 0.95, 1.22, 1.45, 1.6])
def test_a_door_under_a_usual_ceiling_tells_any_height_of_the_camera(camera_m: float) -> None:
    found = infer_scale(ceiling(2.44, camera_m), [frame(0.8, 2.05, camera_m)])
    assert found.height_m == pytest.approx(camera_m, rel=0.05)
    assert found.low_m < camera_m < found.high_m


def test_one_wrong_cue_does_not_drag_the_room() -> None:
    right = [frame(0.8, 2.05, 1.2), frame(0.82, 2.05, 1.2, left_m=2.0)]
    mantel = frame(1.5, 1.3, 1.2, left_m=5.0)
    assert infer_scale(ceiling(2.5, 1.2), [*right, mantel]).height_m == pytest.approx(1.2, rel=0.05)
    shelves = frame(0.8, 2.42, 1.2, left_m=5.0)
    assert infer_scale(ceiling(2.5, 1.2), [*right, shelves]).height_m == pytest.approx(1.2, rel=0.05)


def test_a_line_high_above_the_camera_says_that_the_camera_is_low() -> None:
    assert infer_scale(Ceiling(((3.1, 0.7),))).height_m < 1.0
    assert infer_scale(Ceiling(((1.55, 0.7),))).height_m > 1.35


def test_of_two_lines_the_higher_one_is_the_ceiling() -> None:
    both = Ceiling(((1.4, 0.6), (2.0, 0.6)))
    assert both.ratio(infer_scale(both).height_m) == pytest.approx(2.0)


def test_a_pair_of_leaves_may_be_taller_than_a_single_door() -> None:
    tall = replace(frame(1.4, 2.4, 0.95), meeting=0.9, foot=1.0)
    single = infer_scale(Ceiling(), [replace(tall, meeting=0.0)])
    assert infer_scale(Ceiling(((3.0, 0.7),)), [tall]).height_m == pytest.approx(0.95, rel=0.12)
    assert spread(infer_scale(Ceiling(), [tall])) < spread(single)  # a wall goes on in it: no door, and no evidence


def test_the_interval_narrows_with_cues_that_agree_and_widens_where_they_do_not() -> None:
    usual, leaf = ceiling(2.46, 1.2), frame(0.8, 2.05, 1.2)
    nothing = spread(infer_scale(Ceiling()))
    assert nothing > spread(infer_scale(usual)) > spread(infer_scale(usual, [leaf]))
    at_odds = spread(infer_scale(usual, [frame(0.8, 2.05, 0.9)]))
    assert at_odds > spread(infer_scale(usual, [leaf]))


def test_a_callers_value_decides() -> None:
    told = known_scale(1.5)
    assert told.height_m == 1.5
    assert told.sure == pytest.approx(1.0)
    assert spread(told) < 0.04


def test_walls_in_view_beyond_any_ceiling_say_that_the_camera_is_low() -> None:
    habit = infer_scale(Ceiling())
    low = infer_scale(Ceiling(seen_to=3.0))
    assert low.height_m < 0.94 * habit.height_m
    assert low.high_m > 1.5  # a ceiling's line may have been missed
    assert infer_scale(Ceiling(seen_to=1.5)).height_m == pytest.approx(habit.height_m, rel=0.02)
    told = Ceiling(((2.0, 0.8),), seen_to=3.0)
    assert infer_scale(told).height_m == pytest.approx(infer_scale(Ceiling(((2.0, 0.8),))).height_m, rel=0.03)

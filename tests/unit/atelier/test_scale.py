"""Camera height from ceiling and doors."""

from __future__ import annotations

import numpy as np
import pytest

from atelier.model import Opening
from atelier.perceive.scale import Ceiling, camera_height, height_interval, rescaled_by_door, scale_confidence


def door(width: float, top: float) -> Opening:
    return Opening("door", np.array([[0.0, 3.0], [width, 3.0]]), 0.0, top, 0.9)


def test_without_any_cue_the_prior_speaks() -> None:
    assert camera_height(Ceiling(None, 0.0)) == pytest.approx(1.22)
    assert scale_confidence(Ceiling(None, 0.0), [], hinted=False) < 0.5


def test_a_ceiling_pulls_towards_its_usual_height() -> None:
    low = camera_height(Ceiling(1.8, 0.8))
    high = camera_height(Ceiling(2.6, 0.8))
    assert low > 1.22 > high
    assert low * 1.8 == pytest.approx(2.4, abs=0.15)
    assert high * 2.6 == pytest.approx(2.75, abs=0.15)


def test_a_callers_ceiling_decides() -> None:
    assert camera_height(Ceiling(2.0, 0.8), known_ceiling_m=3.0) == pytest.approx(1.5)


def test_a_single_door_corrects_most_of_the_error() -> None:
    corrected = rescaled_by_door(1.3, [door(0.9, 2.25)])
    assert 1.19 < corrected < 1.24
    assert rescaled_by_door(1.3, [door(1.6, 2.25)]) == 1.3  # a double door may have any head
    assert rescaled_by_door(1.3, []) == 1.3


def test_confidence_grows_with_cues() -> None:
    found = Ceiling(2.0, 0.8)
    assert scale_confidence(found, [door(0.8, 2.0)], hinted=False) > scale_confidence(found, [], hinted=False)
    assert scale_confidence(Ceiling(None, 0.0), [], hinted=True) == 1.0


def test_the_interval_narrows_with_cues_that_agree_and_widens_where_they_do_not() -> None:
    def width(ceiling: Ceiling, doors: list[Opening], *, hinted: bool = False) -> float:
        low, high = height_interval(1.25, ceiling, doors, hinted)
        assert low < 1.25 < high
        return float(np.log(high / low) / 2)

    nothing, usual, leaf = Ceiling(None, 0.0), Ceiling(2.05, 0.8), door(0.8, 2.03)
    assert width(nothing, []) == pytest.approx(0.30, abs=0.01)  # off by so much in one room of ten
    assert width(nothing, []) > width(usual, []) > width(usual, [leaf]) > width(usual, [leaf], hinted=True)
    assert width(usual, [door(0.8, 0.9)]) > width(nothing, [])

"""A few rooms of the benchmark (docs/benchmark.md), so that a change cannot lose what was measured unseen."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from atelier.bench.against import is_good
from atelier.bench.report import is_room, verdict
from atelier.bench.run import measure_room
from atelier.weights import DIRECTORY_VARIABLE, Weights

WEIGHTS = Weights()
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(
        not WEIGHTS.available(),
        reason=f"MODEL WEIGHTS ABSENT, perception is untested: run `python3 -m local up` or set {DIRECTORY_VARIABLE}.",
    ),
]
BOX, NOOK, COLUMN, CLOSET = 5, 9, 25, 11


@cache
def measured(seed: int) -> dict[str, Any]:
    return measure_room(seed, WEIGHTS)


@pytest.mark.parametrize("seed", [BOX, NOOK, COLUMN])
def test_rooms_of_every_floor_plan_are_understood_and_staged(seed: int) -> None:
    row = measured(seed)
    assert is_room(row)
    assert is_good(row["errors"])
    assert row["errors"]["floor_iou"] > 0.93
    assert row["errors"]["rotation_deg"] < 1.5
    assert verdict(row)[0] in {"stage", "conservative"}


def test_furniture_stands_on_the_true_floor() -> None:
    layouts = [measured(seed)["layout"] for seed in (BOX, NOOK, COLUMN)]
    furnished = [layout for layout in layouts if "refused" not in layout]
    assert furnished
    assert sum(layout["outside"] + layout["overlap"] for layout in furnished) == 0


def test_a_closet_is_declined() -> None:
    assert verdict(measured(CLOSET))[0] == "refused"

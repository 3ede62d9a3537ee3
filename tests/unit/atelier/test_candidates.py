"""Which picture is made next, and when there are enough."""

from __future__ import annotations

from dataclasses import replace

from atelier.candidates import MAX_RENDERS, Attempt, next_attempt, worth_rendering
from atelier.model import Layout, Placement
from tests.unit.atelier.furnished_box import photo_and_room

SEED = 40


def layout(energy: float, x: float = 0.0) -> Layout:
    return Layout((Placement("sofa", (2.0, 0.9, 0.8), x, 3.0),), energy, {})


GOOD, NEAR, POOR = layout(2.0), layout(1.7, 1.5), layout(0.4, -1.5)


def made(layouts: list[Layout], verdicts: list[bool], wanted: int) -> list[Attempt]:
    """Every attempt in order, each judged by the next of `verdicts`."""
    tried: list[tuple[Attempt, bool]] = []
    while (attempt := next_attempt(layouts, tried, SEED, wanted)) is not None:
        tried.append((attempt, verdicts[len(tried)]))
    return [attempt for attempt, _ in tried]


def test_one_approved_picture_is_enough_where_one_is_wanted() -> None:
    assert made([GOOD, NEAR, POOR], [True], 1) == [Attempt(GOOD, SEED)]


def test_a_rejected_layout_is_followed_by_the_next_in_the_same_dress_within_bounds() -> None:
    assert made([GOOD, NEAR, POOR], [False, False, True], 1) == [Attempt(x, SEED) for x in (GOOD, NEAR, POOR)]
    many = [layout(2.0 - i / 10, float(i)) for i in range(9)]
    assert len(made(many, [False] * 9, 1)) == MAX_RENDERS
    assert len(made([GOOD], [False], 2)) == 1


def test_an_alternate_is_another_layout_in_another_dress() -> None:
    assert made([GOOD, NEAR], [True, True], 2) == [Attempt(GOOD, SEED), Attempt(NEAR, SEED + 1)]


def test_a_poor_layout_is_no_alternate_the_good_one_in_other_colours_is() -> None:
    assert made([GOOD, POOR], [True, True], 2) == [Attempt(GOOD, SEED), Attempt(GOOD, SEED + 1)]


def test_no_two_attempts_are_the_same_picture() -> None:
    for verdicts in ([True, False, True], [True, False, False], [False, True, True], [False, True, False]):
        attempts = made([GOOD, NEAR], verdicts, 2)
        assert len({(a.layout.placements, a.seed) for a in attempts}) == len(attempts)
        assert len(attempts) <= MAX_RENDERS


def test_where_no_layout_can_pass_only_the_best_is_rendered_to_show_why() -> None:
    _, room = photo_and_room()
    beside = layout(1.9, -0.2)
    assert worth_rendering([GOOD, beside], room, 0.01) == [GOOD, beside]
    unsure = replace(room, numbers={"scale_low": 0.5, "scale_high": 1.5})
    assert worth_rendering([GOOD, beside], unsure, 0.01) == [GOOD]

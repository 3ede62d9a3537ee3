"""The fraction that is told while a request is worked on."""

from __future__ import annotations

import pytest

from atelier.meter import PLAN, Expected, Meter


def run(meter: Meter, pictures: int) -> None:
    with meter.stage("perceive", meter.expected.perceive):
        pass
    with meter.stage("plan", PLAN):
        pass
    for _ in range(pictures):
        with meter.stage("render", meter.expected.picture) as inside:
            for k in range(5):
                inside("furniture", k / 4)


@pytest.mark.parametrize(("wanted", "made"), [(1, 1), (2, 2), (1, 3), (2, 3), (2, 1)])
def test_the_fraction_never_falls_and_never_claims_to_be_done(wanted: int, made: int) -> None:
    told: list[tuple[str, float]] = []
    run(Meter(lambda *step: told.append(step), Expected.of(1200, 800, wanted)), made)
    fractions = [fraction for _, fraction in told]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.0
    assert fractions[-1] <= 0.99
    assert {name for name, _ in told} == {"perceive", "plan", "render", "render:furniture"}


def test_the_fraction_is_the_share_of_the_expected_seconds() -> None:
    told: list[tuple[str, float]] = []
    expected = Expected.of(1200, 800, 2)
    run(Meter(lambda *step: told.append(step), expected), 2)
    assert dict(told)["plan"] == pytest.approx(expected.perceive / expected.total)
    quarter = [f for n, f in told if n == "render:furniture"][1]
    assert quarter == pytest.approx((expected.perceive + PLAN + expected.picture / 4) / expected.total)


def test_a_picture_that_must_be_made_again_makes_the_rest_longer() -> None:
    told: list[tuple[str, float]] = []
    meter = Meter(lambda *step: told.append(step), Expected.of(1200, 800, 1))
    run(meter, 1)
    meter.one_more()
    before = told[-1][1]
    with meter.stage("render", meter.expected.picture) as inside:
        inside("furniture", 0.5)
    assert told[-1][1] == before, "the second picture is not half done before the first would have been"
    again = Meter(lambda *step: told.append(step), meter.expected)
    with again.stage("perceive", meter.expected.perceive):
        again.one_more()
    with again.stage("render", meter.expected.picture):
        pass
    longer = meter.expected.total + meter.expected.picture
    assert told[-1][1] == pytest.approx(meter.expected.perceive / longer)


def test_larger_photos_and_more_pictures_take_longer() -> None:
    small, large = Expected.of(800, 600, 1), Expected.of(4000, 3000, 1)
    assert large.perceive > small.perceive
    assert large.render > small.render
    assert Expected.of(800, 600, 2).total == pytest.approx(small.total + small.picture)

"""What the gate says of a room by its measurements alone: stage, stage with care, or decline and say why."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from atelier import pipeline
from atelier.certificate import encode_jpeg
from atelier.model import Layout, Room, RoomRefusedError
from atelier.perceive.confidence import ROOM_WIDTH_M, Decision, decide, outdoors
from atelier.perceive.sureness import STAGE_OF, evidence, model, sureness, weakest
from engine_contract import EngineRequest, ObjectRef
from tests.unit.atelier.box_room import box_room

NUMBERS = {
    "focal_ratio": 0.56,
    "focal_known": 0.0,
    "line_score": 0.75,
    "support_x": 0.3,
    "support_y": 0.25,
    "support_z": 0.35,
    "floor_quality": 0.97,
    "floor_agreement": 1.0,
    "floor_share": 0.33,
    "floor_top": 0.42,
    "floor_m2": 14.0,
    "floor_width_m": 3.4,
    "outdoors": 0.0,
    "panorama": 0.0,
    "detail_px": 900.0,
    "longer_px": 1000.0,
    "balusters": 0.0,
}
CONFIDENCE = {"floor": 0.9, "lines": 1.0, "horizontal": 1.0, "scale": 0.9}


def decision(least_width_m: float = ROOM_WIDTH_M, **numbers: float) -> Decision:
    return decide(NUMBERS | numbers, CONFIDENCE, least_width_m)


def refusal(least_width_m: float = ROOM_WIDTH_M, **numbers: float) -> RoomRefusedError:
    with pytest.raises(RoomRefusedError) as refused:
        decision(least_width_m, **numbers)
    return refused.value


def test_a_room_seen_well_is_staged_in_full() -> None:
    found = decision()
    assert found.kind == "stage"
    assert found.sureness > 0.5
    assert not found.reasons


def test_less_evidence_is_never_more_sure() -> None:
    assert set(model()["weights"]) == set(STAGE_OF)
    assert min(model()["weights"].values()) >= 0
    best = sureness(NUMBERS, CONFIDENCE)
    for worse in ({"line_score": 0.4}, {"support_y": 0.01}, {"floor_agreement": 0.8}, {"support_z": 0.1}):
        assert sureness(NUMBERS | worse, CONFIDENCE) <= best
    assert sureness(NUMBERS, CONFIDENCE | {"scale": 0.3}) < best


def test_every_piece_of_evidence_is_a_share() -> None:
    wild = dict.fromkeys(NUMBERS, 9.0) | {"floor_agreement": 0.8, "focal_known": 1.0}
    for numbers in (NUMBERS, wild, dict.fromkeys(NUMBERS, 0.0)):
        assert all(0 <= value <= 1 for value in evidence(numbers, CONFIDENCE).values())


def test_the_less_sure_a_room_the_more_careful_the_answer_and_it_names_what_would_help() -> None:
    kinds: list[str] = []
    hints = set()
    for share in np.linspace(1, 0, 15):
        numbers = NUMBERS | {
            "line_score": 0.35 + 0.4 * share,
            "support_y": 0.01 + 0.24 * share,
            "support_z": 0.13 + 0.22 * share,
            "floor_share": 0.19 + 0.14 * share,
        }
        confidence = CONFIDENCE | {"scale": 0.9 * share}
        try:
            found = decide(numbers, confidence)
            kinds.append(found.kind)
            hints.add(found.hint)
        except RoomRefusedError as refused:
            kinds.append("refused")
            assert refused.code == "room_not_understood"
            assert "%" in refused.message
            hints.add(refused.hint)
    assert kinds == sorted(kinds, key=["stage", "conservative", "refused"].index)
    assert {"stage", "conservative"} <= set(kinds)
    assert any("camera_height_m" in hint or "focal_length_35mm" in hint for hint in hints)


def test_what_a_caller_sends_makes_a_room_surer() -> None:
    """A refusal asks for these: sending them has to help."""
    frontal = NUMBERS | {"support_y": 0.0}
    assert weakest(frontal, CONFIDENCE) == "lines"
    assert sureness(frontal | {"focal_known": 1.0}, CONFIDENCE) > sureness(frontal, CONFIDENCE) + 0.1
    unscaled = CONFIDENCE | {"scale": 0.4}
    assert sureness(NUMBERS, CONFIDENCE | {"scale": 1.0}) > sureness(NUMBERS, unscaled) + 0.1
    marked = NUMBERS | {"floor_quality": 1.0, "floor_agreement": 1.0}
    assert (
        sureness(marked, CONFIDENCE)
        > sureness(NUMBERS | {"floor_quality": 0.86, "floor_agreement": 0.8}, CONFIDENCE) + 0.04
    )


def test_the_weakest_stage_is_the_one_that_lacks_evidence() -> None:
    assert weakest(NUMBERS, CONFIDENCE | {"scale": 0.0}) == "scale"
    assert weakest(NUMBERS | {"line_score": 0.3, "support_y": 0.0}, CONFIDENCE | {"scale": 1.0}) == "lines"


@pytest.mark.parametrize(
    ("width", "area", "said", "hint"),
    [
        (1.2, 2.0, "Too little floor to furnish: 2.0 m²", "larger room"),
        (1.3, 6.0, "long and narrow, as in a corridor", "hallway"),
        (
            1.85,
            5.5,
            "Too little floor for what was asked: 5.5 m² of free floor in view, at most 1.8 m",
            "camera_height_m",
        ),
        (2.4, 2.95, "2.9 m² of free floor in view, at most 2.4 m wide, where 3.0 m²", "more of the floor"),
    ],
)
def test_rooms_that_are_none_are_told_so(width: float, area: float, said: str, hint: str) -> None:
    refused = refusal(floor_width_m=width, floor_m2=area)
    assert refused.code == "room_not_stageable"
    assert said in refused.message
    assert hint in refused.hint
    assert refused.numbers["floor_width_m"] == width


def test_a_strip_of_floor_that_takes_one_group_is_enough() -> None:
    assert decision(floor_width_m=2.0, floor_m2=3.9).kind == "stage"


def test_a_room_type_that_needs_less_floor_is_held_to_its_own_width() -> None:
    assert decision(1.25, floor_width_m=1.6, floor_m2=5.0).kind == "stage"
    assert "corridor" in refusal(floor_width_m=1.6, floor_m2=5.5).message
    assert refusal(1.25, floor_width_m=1.2, floor_m2=1.6).code == "room_not_stageable"


def test_a_photo_without_floor_is_told_apart_from_a_floor_that_was_not_found() -> None:
    assert refusal(floor_share=0.05).code == "room_not_stageable"
    assert refusal(floor_quality=0.6).code == "room_not_understood"
    assert "floor_polygon" in refusal(floor_quality=0.6).hint
    assert refusal(floor_agreement=0.8).code == "room_not_understood"
    little = refusal(floor_agreement=0.8, floor_share=0.1)
    assert "Only 10%" in little.message
    assert "step back" in little.hint
    assert decision(floor_share=0.1).kind in ("stage", "conservative")
    assert "Hardly any floor" in refusal(floor_agreement=0.8, floor_top=0.65).message  # a wall to its sloped ceiling
    assert decision(floor_top=0.65).kind == "stage"  # a phone held high and tilted down


def test_floor_seen_through_a_railing_is_not_furnished() -> None:
    assert "railing" in refusal(balusters=14.0).message
    assert decision(balusters=5.0).kind == "stage"  # window bars mirrored in varnish


def test_a_panorama_and_a_blown_up_thumbnail_are_refused_by_name() -> None:
    assert "panorama" in refusal(panorama=0.1).message
    assert "blurred" in refusal(detail_px=380.0).message
    assert decision(detail_px=440.0).kind == "stage"  # soft: so is the furniture
    assert decision(detail_px=326.0, longer_px=326.0).kind == "stage"  # small, but sharp


def test_a_street_view_is_no_room_but_a_terrace_is_outside() -> None:
    assert "outside" in refusal(outdoors=0.7).message
    assert decide(NUMBERS | {"outdoors": 0.7}, CONFIDENCE, terrace=True).kind == "stage"


def test_sky_and_lawn_are_outdoors_and_a_room_of_any_colour_is_not() -> None:
    rng = np.random.default_rng(0)
    lawn = np.empty((300, 450, 3), np.uint8)
    lawn[:150] = (140, 180, 230)
    lawn[150:] = (90, 140, 60)
    lawn[150:] = np.clip(lawn[150:] + rng.normal(0, 30, (150, 450, 1)), 0, 255).astype(np.uint8)
    assert outdoors(lawn) > 0.6
    garden = np.full_like(lawn, 200)
    garden[40:260, 100:350] = lawn[40:260, 100:350]
    assert outdoors(garden) < 0.1  # seen through a window
    for wall in ((235, 235, 235), (120, 150, 110), (175, 190, 215)):
        room = np.empty((300, 450, 3), np.uint8)
        room[:] = wall
        room[200:] = (150, 110, 70)
        assert outdoors(room) < 0.1


@pytest.mark.parametrize(
    ("kind", "room_type", "least", "terrace"),
    [
        ("stage", "living-room", ROOM_WIDTH_M, False),
        ("conservative", "hallway", 1.25, False),
        ("stage", "terrace", 1.4, True),
    ],
)
def test_the_engine_asks_for_the_room_type_and_plans_as_decided(
    monkeypatch: pytest.MonkeyPatch, kind: Literal["stage", "conservative"], room_type: str, least: float, terrace: bool
) -> None:
    asked: list[tuple[float, bool]] = []
    careful: list[bool] = []

    def decided(_room: Room, least_width_m: float, *, terrace: bool) -> Decision:
        asked.append((least_width_m, terrace))
        return Decision(kind, 0.3)

    def planned(*_given: object, conservative: bool) -> list[Layout]:
        careful.append(conservative)
        raise RoomRefusedError("room_not_stageable", "nothing fits", "another room", {})

    monkeypatch.setattr(pipeline, "perceive", lambda *_: box_room())
    monkeypatch.setattr(pipeline, "gate", decided)
    monkeypatch.setattr(pipeline, "plan", planned)
    request = EngineRequest(
        job_id="job_1",
        operation="stage",
        source=ObjectRef(bucket="b", key="in"),
        output_prefix=ObjectRef(bucket="b", key="out/"),
        room_types=[room_type],
    )
    photo = encode_jpeg(np.full((300, 400, 3), 128, np.uint8))
    staged = pipeline.Atelier().run(request, photo, lambda *_: None)
    assert staged.failure is not None
    assert asked == [(least, terrace)]
    assert careful == [kind == "conservative"]

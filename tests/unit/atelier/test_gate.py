"""What becomes of the pictures of one request: the approved ones first, the others kept with their reasons."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from atelier import pipeline
from atelier.candidates import LAST_START_S, Attempt
from atelier.certificate import encode_jpeg
from atelier.meter import Expected, Meter
from atelier.model import Composite, Layout, Light, Photo, Room, Scene
from atelier.photo import load_photo
from atelier.pipeline import Clock, Made
from atelier.plan import plan, programme_of
from atelier.result import Picture
from engine_contract import Check, EngineRequest, ObjectRef
from tests.unit.atelier.box_room import box_room
from tests.unit.atelier.test_check import finished, photo

ROOMS = ("living-room",)
REQUEST = EngineRequest(
    job_id="job_1",
    operation="stage",
    source=ObjectRef(bucket="b", key="in"),
    output_prefix=ObjectRef(bucket="b", key="out/"),
    room_types=list(ROOMS),
    seed=5,
    alternates=1,
)


def judge(name: str, value: float, threshold: float, passed: bool) -> Check:
    return Check(name=name, value=value, threshold=threshold, passed=passed, note="as judged")


SOUND, CUT = judge("exposure_matches", 0.1, 2.2, True), judge("nothing_cut", 0.3, 0.02, False)
DARK = judge("exposure_matches", -2.1, 2.2, True)


@pytest.fixture(scope="module")
def layouts() -> list[Layout]:
    return plan(box_room(), ROOMS, "modern", REQUEST.seed)


Run = Callable[..., tuple[Picture, ...]]
LIGHT = Light(np.zeros(3), np.ones(3), {}, (0, 0, 0), 0, 0)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, layouts: list[Layout]) -> Run:
    """Makes pictures whose checks come out as told; nothing is rendered."""

    def pictures(*verdicts: Check, wanted: int = 2, clock: Clock | None = None) -> tuple[Picture, ...]:
        coming = itertools.chain(verdicts)
        room = box_room()

        def make(_p: Photo, _r: Room, attempt: Attempt, *_rest: object) -> Made:
            done = finished(room, attempt.layout.placements)
            return Made(Scene((), {}), LIGHT, done, (next(coming),), attempt.seed, ())

        monkeypatch.setattr(pipeline, "make", make)
        meter = Meter(lambda *_: None, Expected.of(1000, 667, wanted))
        return pipeline._pictures(REQUEST, photo(), room, layouts, wanted, programme_of(ROOMS), meter, clock or Clock())

    return pictures


def test_an_approved_picture_and_its_alternate(run: Run) -> None:
    made = run(SOUND, SOUND)
    assert [p.approved for p in made] == [True, True]
    assert made[0].score >= made[1].score
    assert made[0].files["staged_png"].body != made[1].files["staged_png"].body


def test_a_rejected_picture_is_kept_last_with_its_reasons_and_a_certificate(run: Run) -> None:
    made = run(CUT, SOUND, SOUND)
    assert [p.approved for p in made] == [True, True, False]
    assert made[-1].reasons == ("nothing_cut: 0.3 against 0.02 (as judged)",)
    assert made[-1].certificate.pixels_identical == made[-1].certificate.pixels_outside
    assert made[-1].files["staged_png"].body


def test_the_jpeg_of_a_jpeg_comes_with_a_proof_of_its_own(layouts: list[Layout]) -> None:
    done = finished(box_room(), layouts[0].placements)
    source = load_photo(encode_jpeg(done.photo.rgb))
    changed = done.composite.changed
    staged = np.where(changed[..., None], done.composite.rgb, source.rgb)
    done = replace(done, photo=source, composite=Composite(staged, changed))
    picture = pipeline._picture(Made(Scene((), {}), LIGHT, done, (SOUND,), 1, ()), REQUEST)
    proof = picture.jpeg_certificate
    assert proof is not None
    assert proof.pixels_identical == proof.pixels_outside > 0
    assert proof.source_sha256 == picture.certificate.source_sha256
    assert proof.staged_sha256 != picture.certificate.staged_sha256


def test_nothing_approved_is_an_answer_with_every_reason(run: Run) -> None:
    made = run(CUT, CUT, CUT, wanted=1)
    assert len(made) == 3
    assert not any(p.approved for p in made)
    assert all(p.reasons for p in made)


def test_checks_score_a_picture_near_refusal_goes_behind_a_sound_one(run: Run) -> None:
    sound, dark = run(DARK, SOUND)
    assert (sound.checks, dark.checks) == ((SOUND,), (DARK,))
    assert sound.score - dark.score == pytest.approx(0.5 * ((2.1 / 2.2) ** 2 - (0.1 / 2.2) ** 2), abs=1e-3)


def test_no_picture_is_begun_when_the_time_is_up(run: Run) -> None:
    late = Clock()
    late.started -= LAST_START_S + 1
    assert len(run(SOUND, SOUND, clock=late)) == 1

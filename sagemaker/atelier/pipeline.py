"""One request through every stage: perceive ▶ plan ▶ furnish ▶ light ▶ render ▶ composite ▶ check."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from atelier import VERSION
from atelier.candidates import LAST_START_S, MAX_RENDERS, Attempt, next_attempt, worth_rendering
from atelier.certificate import certify
from atelier.check import Finished, run_checks
from atelier.composite import composite
from atelier.furnish import describe, furnish
from atelier.light import extent_of, fit_light
from atelier.meter import CHECK, COMPOSITE, ENCODE, FURNISH, LIGHT, PLAN, Expected, Meter
from atelier.model import Layout, Light, Photo, Report, Room, RoomRefusedError, Scene
from atelier.operations import OPERATIONS, available
from atelier.outputs import candidate_files, scene_record, source_file
from atelier.perceive import gate, perceive
from atelier.photo import SourceUnreadableError, load_photo
from atelier.plan import plan, programme_of
from atelier.plan.parts import Programme
from atelier.render import render
from atelier.result import Picture, Staged
from atelier.warm import compile_kernels
from atelier.weights import Weights, WeightsMissingError
from engine_contract import Check, EngineFailure, EngineRequest, FailureCode, PlacedPiece

DEFAULT_STYLE = "modern"
SAMPLES = 48
"""at most, a pixel: most are certain by a quarter of them"""
TERRACE = "terrace"
"""the one programme that is furnished under the open sky."""


@dataclass
class Clock:
    """Seconds per stage, summed over candidates."""

    seconds: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.perf_counter)

    @property
    def elapsed(self) -> float:
        return time.perf_counter() - self.started

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


@dataclass(frozen=True)
class Made:
    """One candidate with the intermediate values that can be drawn."""

    scene: Scene
    light: Light
    finished: Finished
    checks: tuple[Check, ...]
    seed: int
    pieces: tuple[PlacedPiece, ...]


class Atelier:
    """The CPU engine."""

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or Weights()

    @property
    def name(self) -> str:
        return f"atelier/{VERSION}"

    def warm(self) -> None:
        """Load and verify the weights and compile the render kernels. Raises WeightsMissingError."""
        for session in (self._weights.sam_encoder, self._weights.sam_decoder, self._weights.mlsd):
            session.get_inputs()
        compile_kernels()

    def run(self, request: EngineRequest, source: bytes, report: Report) -> Staged:
        """Stage one encoded photo. Refusals are outcomes; anything else that is raised is a defect."""
        clock = Clock()
        try:
            return stage(request, source, self._weights, report, clock)
        except RoomRefusedError as error:
            failure = EngineFailure(code=FailureCode(error.code), message=error.message, hint=error.hint)
            return Staged(failure=failure, seconds=clock.seconds, numbers=plain(error.numbers))
        except SourceUnreadableError as error:
            return Staged(failure=_unreadable(str(error)))
        except WeightsMissingError as error:
            hint = "Fetch the weights and start the container again."
            return Staged(failure=EngineFailure(code=FailureCode.WEIGHTS_MISSING, message=str(error), hint=hint))


def stage(request: EngineRequest, source: bytes, weights: Weights, report: Report, clock: Clock) -> Staged:
    """Photo bytes → pictures, approved ones first, best first; none approved is an outcome that says why.

    Raises RoomRefusedError, SourceUnreadableError, WeightsMissingError.
    """
    programme = checked_programme(request)
    with clock.stage("load"):
        photo = load_photo(source, request.hints.focal_length_35mm)
    height, width = photo.rgb.shape[:2]
    wanted = min(1 + request.alternates, MAX_RENDERS)
    meter = Meter(report, Expected.of(width, height, wanted))
    with clock.stage("perceive"), meter.stage("perceive", meter.expected.perceive):
        room = perceive(photo, request.hints, weights)
        decision = gate(room, programme.least_width_m, terrace=programme.kind == TERRACE)
    careful = decision.kind == "conservative"
    with clock.stage("plan"), meter.stage("plan", PLAN):
        planned = plan(room, request.room_types, request.style or DEFAULT_STYLE, request.seed, conservative=careful)
        layouts = worth_rendering(planned, room, programme.least_coverage)
    pictures = _pictures(request, photo, room, layouts, wanted, programme, meter, clock)
    measured = dict(room.numbers) | {f"confidence_{k}": v for k, v in room.confidence.items()}
    measured |= {"sureness": decision.sureness, "conservative": float(careful)}
    with clock.stage("encode"):
        original = source_file(photo)
    return Staged(pictures=pictures, source=original, seconds=clock.seconds, numbers=plain(measured))


def plain(numbers: Mapping[str, float]) -> dict[str, Any]:
    """Measurements as Python floats: array libraries' scalars do not belong in a manifest."""
    return {name: round(float(value), 5) for name, value in numbers.items()}


def checked_programme(request: EngineRequest) -> Programme:
    """How to furnish. Raises RoomRefusedError for an operation or a room this engine does not do."""
    operation = OPERATIONS.get(request.operation)
    if operation is None or not operation.available:
        raise RoomRefusedError(
            FailureCode.OPERATION_UNAVAILABLE,
            f"This engine does not do the operation {request.operation!r}.",
            f"Available: {', '.join(available())}.",
        )
    return programme_of(request.room_types)


def palette_name(style: str, programme: Programme) -> str:
    """The style as furniture is built in: its own colours, or a child's."""
    return f"{style}/kids" if programme.playful else style


def _pictures(
    request: EngineRequest,
    photo: Photo,
    room: Room,
    layouts: list[Layout],
    wanted: int,
    programme: Programme,
    meter: Meter,
    clock: Clock,
) -> tuple[Picture, ...]:
    """Every picture that was made: the approved ones by their score, then the others with their reasons."""
    tried: list[tuple[Attempt, bool]] = []
    pictures: list[Picture] = []
    while (attempt := next_attempt(layouts, tried, request.seed, wanted)) is not None:
        if pictures and clock.elapsed > LAST_START_S:
            break
        made = make(photo, room, attempt, request.style or DEFAULT_STYLE, programme, meter, clock)
        with clock.stage("encode"), meter.stage("encode", ENCODE):
            picture = _picture(made, request)
        pictures.append(picture)
        tried.append((attempt, picture.approved))
        if not picture.approved:
            meter.one_more()
    return tuple(sorted(pictures, key=lambda p: (not p.approved, -p.score)))


def make(
    photo: Photo, room: Room, attempt: Attempt, style: str, programme: Programme, meter: Meter, clock: Clock
) -> Made:
    """One layout → one finished, checked picture."""
    palette = palette_name(style, programme)
    with clock.stage("furnish"), meter.stage("furnish", FURNISH):
        scene = furnish(attempt.layout.placements, palette, attempt.seed)
    with clock.stage("light"), meter.stage("light", LIGHT):
        light = fit_light(photo, room, extent_of(scene))
    with clock.stage("render"), meter.stage("render", meter.expected.render) as inside:
        height, width = photo.rgb.shape[:2]
        layers = render(scene, room, light, width, height, SAMPLES, attempt.seed, inside)
    with clock.stage("composite"), meter.stage("composite", COMPOSITE):
        picture = composite(photo, room, layers)
    with clock.stage("check"), meter.stage("check", CHECK):
        finished = Finished(photo, room, attempt.layout, layers, picture, programme.least_coverage)
        checks = run_checks(finished)
        pieces = tuple(describe(attempt.layout.placements, palette, attempt.seed))
    return Made(scene, light, finished, checks, attempt.seed, pieces)


def _picture(made: Made, request: EngineRequest) -> Picture:
    done = made.finished
    failed = [c for c in made.checks if not c.passed]
    record = scene_record(done.room, done.layout, made.pieces, request.style or DEFAULT_STYLE, made.seed)
    encoded = candidate_files(done, made.checks, record)
    return Picture(
        approved=not failed,
        reasons=tuple(f"{c.name}: {c.value} against {c.threshold} ({c.note})" for c in failed),
        score=round(done.layout.energy - _tone_off(made.checks), 4),
        files=encoded.files,
        checks=made.checks,
        certificate=certify(done.photo.rgb, done.composite.rgb, done.composite.changed),
        pieces=made.pieces,
        jpeg_certificate=encoded.jpeg_certificate,
    )


def _tone_off(checks: Sequence[Check]) -> float:
    """0…1: how near the furniture's brightness and colour come to where a picture is refused."""
    tone = [abs(c.value) / c.threshold for c in checks if c.name in {"exposure_matches", "no_colour_cast"}]
    return 0.5 * max(tone, default=0.0) ** 2


def _unreadable(message: str) -> EngineFailure:
    return EngineFailure(
        code=FailureCode.SOURCE_UNREADABLE, message=message, hint="Send a JPEG or PNG photo of at least 200 px a side."
    )

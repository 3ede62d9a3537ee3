"""One request through every stage: perceive ▶ plan ▶ furnish ▶ light ▶ render ▶ composite ▶ check."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from atelier import VERSION
from atelier.certificate import certify
from atelier.check import Finished, run_checks
from atelier.composite import composite
from atelier.furnish import describe, furnish
from atelier.light import extent_of, fit_light
from atelier.model import Layout, Light, Photo, Report, Room, RoomRefusedError, Scene
from atelier.operations import OPERATIONS, available
from atelier.outputs import candidate_files, scene_record, source_file
from atelier.perceive import gate, perceive
from atelier.photo import SourceUnreadableError, load_photo
from atelier.plan import plan, programme_of
from atelier.render import render
from atelier.result import Picture, Staged
from atelier.warm import compile_kernels
from atelier.weights import Weights, WeightsMissingError
from engine_contract import Check, EngineFailure, EngineRequest, FailureCode

DEFAULT_STYLE = "modern"
SAMPLES = 32
EXTRA_TRIES = 2
"""layouts tried beyond those asked for when a finished picture fails its checks."""
_PERCEIVED, _PLANNED = 0.15, 0.2
"""fractions of the whole that are done after these stages."""


@dataclass
class Clock:
    """Seconds per stage, summed over candidates."""

    seconds: dict[str, float] = field(default_factory=dict)

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
    """Photo bytes → approved pictures, best first.

    Raises RoomRefusedError (also when no layout passes its checks), SourceUnreadableError, WeightsMissingError.
    """
    room_type = checked_room_type(request)
    with clock.stage("load"):
        photo = load_photo(source, request.hints.focal_length_35mm)
    with clock.stage("perceive"):
        report("perceive", 0.0)
        room = perceive(photo, request.hints, weights)
        gate(room)
    with clock.stage("plan"):
        report("plan", _PERCEIVED)
        layouts = plan(room, room_type, request.style or DEFAULT_STYLE, request.seed)
    pictures, rejected = _pictures(request, photo, room, layouts, report, clock)
    measured = dict(room.numbers) | {f"confidence_{k}": v for k, v in room.confidence.items()}
    numbers = plain(measured) | {"rejected": rejected}
    with clock.stage("encode"):
        original = source_file(photo)
    return Staged(pictures=pictures, source=original, seconds=clock.seconds, numbers=numbers)


def plain(numbers: Mapping[str, float]) -> dict[str, Any]:
    """Measurements as Python floats: array libraries' scalars do not belong in a manifest."""
    return {name: round(float(value), 5) for name, value in numbers.items()}


def checked_room_type(request: EngineRequest) -> str:
    """The room slug to furnish. Raises RoomRefusedError for an operation or room this engine does not do."""
    operation = OPERATIONS.get(request.operation)
    if operation is None or not operation.available:
        raise RoomRefusedError(
            FailureCode.OPERATION_UNAVAILABLE,
            f"This engine does not do the operation {request.operation!r}.",
            f"Available: {', '.join(available())}.",
        )
    if not request.room_types:
        raise RoomRefusedError(
            FailureCode.ROOM_NOT_STAGEABLE,
            "The request names no room type.",
            f"Name one of: {', '.join(sorted(operation.rooms))}.",
        )
    programme_of(request.room_types[0])
    return request.room_types[0]


def _pictures(
    request: EngineRequest, photo: Photo, room: Room, layouts: list[Layout], report: Report, clock: Clock
) -> tuple[tuple[Picture, ...], list[list[str]]]:
    """Finishes layouts until as many as asked for are approved; also why others were not."""
    wanted = 1 + request.alternates
    tries = layouts[: wanted + EXTRA_TRIES]
    share = (1.0 - _PLANNED) / min(wanted, len(tries))
    approved: list[Picture] = []
    rejected: list[list[str]] = []
    for layout in tries:
        start = _PLANNED + share * min(len(approved), wanted - 1)

        def inner(name: str, fraction: float, start: float = start) -> None:
            report(name, start + share * fraction)

        made = make(photo, room, layout, request.style or DEFAULT_STYLE, request.seed, inner, clock)
        if reasons := [f"{c.name}: {c.value} against {c.threshold} ({c.note})" for c in made.checks if not c.passed]:
            rejected.append(reasons)
            continue
        with clock.stage("encode"):
            approved.append(_picture(made, request))
        if len(approved) == wanted:
            break
    if not approved:
        raise RoomRefusedError(
            FailureCode.CHECKS_FAILED,
            "No finished picture passed its checks. Best layout: " + "; ".join(rejected[0]) + ".",
            "Use a photo that shows more floor, another room type, or hints for the floor and the camera height.",
            room.numbers,
        )
    return tuple(approved), rejected


def make(photo: Photo, room: Room, layout: Layout, style: str, seed: int, report: Report, clock: Clock) -> Made:
    """One layout → one finished, checked picture."""
    with clock.stage("furnish"):
        report("furnish", 0.0)
        scene = furnish(layout.placements, style, seed)
    with clock.stage("light"):
        report("light", 0.1)
        light = fit_light(photo, room, extent_of(scene))
    with clock.stage("render"):
        height, width = photo.rgb.shape[:2]
        layers = render(scene, room, light, width, height, SAMPLES, seed, lambda name, f: report(name, 0.15 + 0.65 * f))
    with clock.stage("composite"):
        report("composite", 0.8)
        picture = composite(photo, room, layers)
    with clock.stage("check"):
        report("check", 0.95)
        finished = Finished(photo, room, layout, layers, picture)
        checks = run_checks(finished)
    return Made(scene, light, finished, checks)


def _picture(made: Made, request: EngineRequest) -> Picture:
    done = made.finished
    style = request.style or DEFAULT_STYLE
    pieces = tuple(describe(done.layout.placements, style, request.seed))
    record = scene_record(done.room, done.layout, pieces, style, request.seed)
    return Picture(
        approved=True,
        reasons=(),
        score=round(done.layout.energy, 4),
        files=candidate_files(done.photo, done.composite, record),
        checks=made.checks,
        certificate=certify(done.photo.rgb, done.composite.rgb, done.composite.changed),
        pieces=pieces,
    )


def _unreadable(message: str) -> EngineFailure:
    return EngineFailure(
        code=FailureCode.SOURCE_UNREADABLE, message=message, hint="Send a JPEG or PNG photo of at least 200 px a side."
    )

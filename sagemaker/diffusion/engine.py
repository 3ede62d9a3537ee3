"""The diffusion engine behind the container's contract: perceive, paint, lock, certify."""

from __future__ import annotations

import time
from functools import cached_property

import cv2
import numpy as np

from atelier.certificate import certify
from atelier.model import Photo, Report, Room, RoomRefusedError
from atelier.outputs import picture_files, source_file
from atelier.perceive import gate, perceive
from atelier.photo import SourceUnreadableError, load_photo
from atelier.result import Picture, Staged
from atelier.weights import Weights, WeightsMissingError
from diffusion import VERSION
from diffusion.inpaint import blend, furniture_region, paint
from diffusion.loading import InpaintModel, ModelMissingError, load_inpaint_model, model_directory
from engine_contract import Check, EngineFailure, EngineRequest, FailureCode

STEPS = 30
FEATHER = 0.006
"""of the longer side: how softly painted pixels fade into the photo, inside the mask"""
_WEIGHTS_HINT = "Provide weights (docs/operations.md, diffusion) or route this operation to the atelier engine."


class Diffusion:
    """The GPU engine. Where furniture may stand comes from `atelier.perceive`; what stands there is painted."""

    def __init__(self, weights: Weights | None = None, steps: int = STEPS) -> None:
        self._weights = weights or Weights()
        self._steps = steps

    @property
    def name(self) -> str:
        return f"diffusion/{VERSION}"

    @cached_property
    def _model(self) -> InpaintModel:
        return load_inpaint_model(model_directory())

    def warm(self) -> None:
        """Load the pipeline and the perception weights. Raises ModelMissingError, WeightsMissingError."""
        self._weights.sam_encoder.get_inputs()
        self._model.pipeline.to(self._model.device)

    def run(self, request: EngineRequest, source: bytes, report: Report) -> Staged:
        """Stage one photo. Refusals are outcomes."""
        try:
            return self._stage(request, source, report)
        except RoomRefusedError as error:
            return _failed(FailureCode(error.code), error.message, error.hint)
        except SourceUnreadableError as error:
            return _failed(FailureCode.SOURCE_UNREADABLE, str(error), "Send a JPEG or PNG that opens in a viewer.")
        except (ModelMissingError, WeightsMissingError) as error:
            return _failed(FailureCode.WEIGHTS_MISSING, str(error), _WEIGHTS_HINT)

    def _stage(self, request: EngineRequest, source: bytes, report: Report) -> Staged:
        if request.operation != "stage":
            raise RoomRefusedError(
                FailureCode.OPERATION_UNAVAILABLE,
                f"This engine does not do {request.operation!r}.",
                "Available: stage.",
            )
        model = self._model
        start = time.perf_counter()
        report("perceive", 0.0)
        photo = load_photo(source, request.hints.focal_length_35mm)
        room = perceive(photo, request.hints, self._weights)
        gate(room)
        perceived = time.perf_counter()
        pictures = []
        for i in range(1 + request.alternates):
            report("paint", 0.1 + 0.9 * i / (1 + request.alternates))
            pictures.append(self._picture(model, photo, room, request, request.seed + i))
        seconds = {"perceive": perceived - start, "paint": time.perf_counter() - perceived}
        return Staged(pictures=tuple(pictures), source=source_file(photo), seconds=seconds, numbers=dict(room.numbers))

    def _picture(self, model: InpaintModel, photo: Photo, room: Room, request: EngineRequest, seed: int) -> Picture:
        height, width = photo.rgb.shape[:2]
        small = furniture_region(room).astype(np.uint8)
        region = cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST) > 0
        painted = paint(model, photo.rgb, region, prompt_of(request), seed, self._steps)
        staged, changed = blend(photo.rgb, painted, region, FEATHER * max(width, height))
        certificate = certify(photo.rgb, staged, changed)
        same = certificate.pixels_identical / max(certificate.pixels_outside, 1)
        check = Check(name="unchanged", value=same, threshold=1.0, passed=same == 1.0, note="share outside the mask")
        encoded = picture_files(photo, staged, changed)
        return Picture(
            approved=check.passed,
            reasons=() if check.passed else ("pixels outside the mask changed",),
            score=0.0,
            files=encoded.files,
            checks=(check,),
            certificate=certificate,
            pieces=(),
            jpeg_certificate=encoded.jpeg_certificate,
        )


def prompt_of(request: EngineRequest) -> str:
    """What the text encoder reads: style and room, then what a listing photo looks like."""
    room = (request.room_types[0] if request.room_types else "room").replace("-", " ")
    style = (request.style or "modern").replace("-", " ")
    return f"professional real estate photo of a {style} {room}, staged with furniture, natural light, photorealistic"


def _failed(code: FailureCode, message: str, hint: str) -> Staged:
    return Staged(failure=EngineFailure(code=code, message=message, hint=hint))

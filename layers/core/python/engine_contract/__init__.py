"""What the application and an inference container say to each other, and nothing else.

One request in (`EngineRequest`), one result out (`EngineResult`). Image bytes never travel in either:
both name objects in the owner's bucket. A refusal (the room was not understood, the operation is not
offered) is a normal result with `failure` set; only a crash is an HTTP error of the container.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

SCHEMA: Literal["roomwright.engine.v1"] = "roomwright.engine.v1"


class _Model(BaseModel):
    """Built at first use: a cold start of the API imports every model here and uses one."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class ObjectRef(_Model):
    """One object in the owner's bucket."""

    bucket: str
    key: str


def _enclosing(polygon: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Corners to a hundred-thousandth of the picture, in the order given. Raises ValueError where they enclose nothing:
    all in a line, or crossing over (shoelace formula).
    """
    rounded = [(round(x, 5), round(y, 5)) for x, y in polygon]
    following = [*rounded[1:], rounded[0]]
    doubled = sum(x * v - u * y for (x, y), (u, v) in zip(rounded, following, strict=True))
    if abs(doubled) < 2 * MIN_AREA:
        raise ValueError("encloses nothing: send the corners in order, as fractions of the width and the height")
    return rounded


MAX_POLYGONS = 16
"""of one kind"""
MAX_CORNERS = 256
"""of all polygons of a request together"""
MIN_AREA = 1e-5
"""of a polygon, as a fraction of the picture"""

_Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Polygon = Annotated[
    list[Annotated[tuple[_Fraction, _Fraction], Field(strict=False)]],
    Field(min_length=3, max_length=64),
    AfterValidator(_enclosing),
]
"""corners (x, y) in order, as fractions of the upright photo's width and height, from its top left corner"""
_Polygons = Annotated[list[Polygon], Field(max_length=MAX_POLYGONS)]


class Hints(_Model):
    """What a caller may know better than the engine. Every field overrides the engine's own estimate; an empty list
    says that there is none. Polygons take 256 corners together.
    """

    focal_length_35mm: Annotated[float, Field(gt=5, lt=300)] | None = Field(
        default=None, description="of the lens, in millimetres on 35 mm film"
    )
    camera_height_m: Annotated[float, Field(gt=0.3, lt=3.5)] | None = Field(
        default=None, description="of the lens above the floor"
    )
    ceiling_height_m: Annotated[float, Field(gt=1.8, lt=8)] | None = Field(default=None, description="above the floor")
    floor_polygon: Polygon | None = Field(default=None, description="visible floor, fractions of width and height")
    windows: _Polygons | None = Field(default=None, description="each window, glass and frame")
    doors: _Polygons | None = Field(default=None, description="each door or doorway that must stay free")
    keep_clear: _Polygons | None = Field(
        default=None, description="what nothing may be placed on or in front of: a radiator, a fireplace, a built-in"
    )

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @model_validator(mode="after")
    def _few_corners(self) -> Hints:
        lists = [self.windows or [], self.doors or [], self.keep_clear or []]
        polygons = [*(polygon for some in lists for polygon in some), self.floor_polygon or []]
        if sum(map(len, polygons)) > MAX_CORNERS:
            raise ValueError(f"the polygons take at most {MAX_CORNERS} corners together")
        return self


class EngineRequest(_Model):
    """One operation on one source image."""

    schema_: Literal["roomwright.engine.v1"] = Field(default=SCHEMA, alias="schema")
    job_id: str
    operation: str
    source: ObjectRef
    output_prefix: ObjectRef = Field(description="where the outputs go; `key` ends with '/'")
    room_types: list[str] = Field(default_factory=list, description="room slugs, main room first")
    style: str | None = Field(default=None, description="style slug")
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    alternates: Annotated[int, Field(ge=0, le=3)] = 0
    hints: Hints = Hints()

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FailureCode(StrEnum):
    """Why an engine gave no picture. The application maps these to each dialect's own codes."""

    ROOM_NOT_UNDERSTOOD = "room_not_understood"
    ROOM_NOT_STAGEABLE = "room_not_stageable"
    CHECKS_FAILED = "checks_failed"
    SOURCE_UNREADABLE = "source_unreadable"
    OPERATION_UNAVAILABLE = "operation_unavailable"
    WEIGHTS_MISSING = "weights_missing"
    ENGINE_ERROR = "engine_error"
    STOPPED = "stopped"


class EngineFailure(_Model):
    code: FailureCode
    message: str = Field(description="what was seen, for a person")
    hint: str = Field(description="what to do next")
    retryable: bool = False


class Artifact(_Model):
    """One written object with its content hash."""

    key: str
    content_type: str
    sha256: str
    width: int | None = None
    height: int | None = None


class Check(_Model):
    """One number held against one threshold."""

    name: str
    value: float
    threshold: float
    passed: bool
    note: str = ""


class Certificate(_Model):
    """Proof that the room did not change: every pixel outside the mask is the source's own.

    `pixels_identical` counts pixels outside the mask whose decoded RGB equals the source's;
    it equals `pixels_outside` or the picture is not published.
    """

    source_sha256: str = Field(description="of the decoded source: width, height and RGB bytes")
    staged_sha256: str = Field(description="of the decoded staged image, the same way")
    mask_sha256: str
    pixels: int
    pixels_outside: int
    pixels_identical: int


_Name = Annotated[str, Field(max_length=100)]


class PlacedPiece(_Model):
    """One piece of furniture as it stands in the room."""

    piece: _Name
    name: _Name
    size_m: tuple[float, float, float] = Field(description="width, depth, height")
    position_m: tuple[float, float, float] = Field(description="right, forward, up from the point below the camera")
    yaw_deg: float
    colours: list[Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")]] = Field(
        default_factory=list, max_length=16, description="#rrggbb of its main materials"
    )

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Candidate(_Model):
    """One staged picture. Only candidates with `approved` are ever published."""

    approved: bool
    reasons: list[str] = Field(default_factory=list, description="why it was not approved")
    score: float
    artifacts: dict[str, Artifact] = Field(
        description="staged_png, staged_jpg, before_after_jpg, changed_mask_png, scene_json; jpeg_mask_png with a "
        "jpeg_certificate; checks_png: the staged picture with what the checks measured drawn into it"
    )
    checks: list[Check]
    certificate: Certificate
    pieces: Annotated[list[PlacedPiece], Field(max_length=200)]
    jpeg_certificate: Certificate | None = Field(
        default=None,
        description="the same of staged_jpg and jpeg_mask_png, where the source is a JPEG whose own blocks were kept",
    )


class EngineResult(_Model):
    """What a container answers; also written as the manifest beside the outputs."""

    schema_: Literal["roomwright.engine.v1"] = Field(default=SCHEMA, alias="schema")
    job_id: str
    operation: str
    engine: str = Field(description="name and version, e.g. atelier/0.1.0")
    seed: int
    failure: EngineFailure | None = None
    candidates: list[Candidate] = Field(default_factory=list, description="best first")
    source: Artifact | None = Field(default=None, description="the source as the engine saw it, lossless")
    seconds: dict[str, float] = Field(default_factory=dict, description="per stage")
    peak_memory_mb: float | None = None
    numbers: dict[str, Any] = Field(default_factory=dict, description="what was measured on the way")

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="after")
    def _one_outcome(self) -> EngineResult:
        if (self.failure is None) == (not self.candidates):
            raise ValueError("a result has candidates or a failure, exactly one of them")
        return self


class Progress(_Model):
    """Written to `<output_prefix>progress.json` while an engine works."""

    stage: str
    fraction: Annotated[float, Field(ge=0, le=1)] = Field(description="of the time the whole is expected to take")
    stages_done: list[str]
    elapsed_s: Annotated[float, Field(ge=0)] = Field(default=0.0, description="since the engine began")

"""What an engine hands its server: pictures and measurements in memory, nothing stored yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from atelier.model import Report
from engine_contract import Certificate, Check, EngineFailure, EngineRequest, PlacedPiece


@dataclass(frozen=True)
class File:
    """One encoded output. width and height are None where the file is not a picture."""

    name: str
    body: bytes
    content_type: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class Picture:
    """One staged candidate. `files` maps the contract's artifact names to their encoded bytes."""

    approved: bool
    reasons: tuple[str, ...]
    score: float
    files: Mapping[str, File]
    checks: tuple[Check, ...]
    certificate: Certificate
    pieces: tuple[PlacedPiece, ...]
    jpeg_certificate: Certificate | None = None


@dataclass(frozen=True)
class Staged:
    """The outcome of one request: pictures best first, or a failure; never both and never neither."""

    pictures: tuple[Picture, ...] = ()
    failure: EngineFailure | None = None
    source: File | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    numbers: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if bool(self.pictures) == (self.failure is not None):
            raise ValueError("an outcome has pictures or a failure, exactly one of them")


class Engine(Protocol):
    """What the server drives. Engines are chosen by name at start."""

    @property
    def name(self) -> str:
        """Name and version, e.g. atelier/0.1.0."""

    def warm(self) -> None:
        """Verify weights and load everything a first request would otherwise wait for. Raises when it cannot."""

    def run(self, request: EngineRequest, source: bytes, report: Report) -> Staged:
        """Do one operation on one encoded photo. Refusals are outcomes; exceptions are crashes."""

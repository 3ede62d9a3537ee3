"""What a check looks at, and the number it answers with."""

from __future__ import annotations

from dataclasses import dataclass

from atelier.model import Composite, Layout, Photo, Render, Room
from atelier.plan.parts import LEAST_COVERAGE
from engine_contract import Check


@dataclass(frozen=True)
class Finished:
    """One candidate with everything it was made from."""

    photo: Photo
    room: Room
    layout: Layout
    render: Render
    composite: Composite
    least_coverage: float = LEAST_COVERAGE
    """a kitchen's own built-ins furnish it: a table alone is enough there."""


def measured(name: str, value: float, threshold: float, passed: bool, note: str) -> Check:
    """A check as it is reported: rounded, in plain Python types."""
    return Check(name=name, value=round(float(value), 4), threshold=threshold, passed=bool(passed), note=note)

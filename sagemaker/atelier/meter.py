"""How far a request is, as a share of the time it is expected to take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from atelier.model import Report

PLAN, FURNISH, LIGHT, COMPOSITE, CHECK, ENCODE = 0.4, 0.5, 0.5, 0.4, 0.2, 0.2
_PERCEIVE = (2.6, 2.2)
_RENDER = (0.5, 7.0)
"""Seconds on the reference machine: a constant, and per megapixel (of what is shaded, at most one)."""


@dataclass(frozen=True)
class Expected:
    """Seconds the stages of one request should take, to within one common factor: the machine's speed."""

    perceive: float
    render: float
    pictures: int

    @classmethod
    def of(cls, width: int, height: int, pictures: int) -> Expected:
        megapixels = width * height / 1e6
        perceive = _PERCEIVE[0] + _PERCEIVE[1] * megapixels
        return cls(perceive, _RENDER[0] + _RENDER[1] * min(megapixels, 1.0), pictures)

    @property
    def picture(self) -> float:
        return FURNISH + LIGHT + self.render + COMPOSITE + CHECK + ENCODE

    @property
    def total(self) -> float:
        return self.perceive + PLAN + self.pictures * self.picture


class Meter:
    """Turns stages of known cost into one fraction that never falls.

    A picture more than expected (a rejected one is made again) makes the whole longer: the fraction then waits.
    """

    def __init__(self, report: Report, expected: Expected) -> None:
        self._report, self.expected = report, expected
        self._total, self._done, self._told = expected.total, 0.0, 0.0

    @contextmanager
    def stage(self, name: str, cost: float) -> Iterator[Callable[[str, float], None]]:
        """A stage of `cost` expected seconds; yields a report for steps inside it (their name, share of it done)."""
        self._tell(name, self._done)

        def inside(step: str, share: float) -> None:
            self._tell(f"{name}:{step}", self._done + cost * share)

        yield inside
        self._done += cost

    def one_more(self) -> None:
        """Another picture must be made than was expected."""
        self._total += self.expected.picture

    def _tell(self, name: str, done: float) -> None:
        self._told = max(self._told, min(done / self._total, 0.99))
        self._report(name, self._told)

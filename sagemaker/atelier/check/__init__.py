"""The last look at a staged picture: every promise held against a number. One failed check, no publication."""

from __future__ import annotations

from atelier.check.base import Finished
from atelier.check.layout import layout_checks
from atelier.check.tone import picture_checks
from engine_contract import Check

__all__ = ["Finished", "run_checks"]


def run_checks(work: Finished) -> tuple[Check, ...]:
    """Every check of one finished candidate."""
    return (*picture_checks(work), *layout_checks(work.room, work.layout, work.render.alpha, work.least_coverage))

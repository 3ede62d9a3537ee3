"""The last look at a staged picture: every promise held against a number. One failed check, no publication."""

from __future__ import annotations

from atelier.check.base import Finished
from atelier.check.layout import layout_checks
from atelier.check.lock import lock_checks
from atelier.check.seams import seam_checks
from atelier.check.surroundings import surroundings_checks
from atelier.check.tone import tone_checks
from engine_contract import Check

__all__ = ["Finished", "run_checks"]


def run_checks(work: Finished) -> tuple[Check, ...]:
    """Every check of one finished candidate."""
    layout = layout_checks(work.room, work.layout, work.render.alpha, work.least_coverage)
    return (*lock_checks(work), *tone_checks(work), *seam_checks(work), *surroundings_checks(work), *layout)

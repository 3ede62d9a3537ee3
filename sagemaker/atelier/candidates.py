"""Which picture to make next: the best layout first, then one that a person would call another picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from atelier.check.layout import layout_checks
from atelier.model import Layout, Room
from atelier.plan.outlines import outlines
from atelier.plan.parts import FLAT
from atelier.plan.silhouettes import Silhouettes

MAX_RENDERS = 3
"""pictures rendered for one request at most, whatever becomes of them."""
LAST_START_S = 180.0
"""no further picture is begun after this: what is approved by then is the answer."""
_WORSE = 0.9
"""energy below the best at which another layout is no longer worth showing: the best one in other colours is."""


def worth_rendering(layouts: Sequence[Layout], room: Room, least_coverage: float) -> list[Layout]:
    """The layouts that pass every check a layout can be held to before it is rendered; the best alone where none does.

    Coverage is counted on the pieces' boxes, which are fuller than the pieces: too much of it is left to the render's
    own check, and what fails here fails there, so that one picture is enough to show why.
    """
    seen = Silhouettes(room)
    sound = [layout for layout in layouts if _sound(layout, room, seen, least_coverage)]
    return sound or list(layouts[:1])


def _sound(layout: Layout, room: Room, seen: Silhouettes, least_coverage: float) -> bool:
    drawn = seen.of(outlines([p for p in layout.placements if p.piece not in FLAT]))
    size = (room.camera.width, room.camera.height)
    alpha = np.asarray(cv2.resize(drawn, size, interpolation=cv2.INTER_NEAREST), np.float32)
    checks = layout_checks(room, layout, alpha, least_coverage)
    return all(check.passed for check in checks if check.name != "coverage_not_too_much")


@dataclass(frozen=True)
class Attempt:
    """A layout and the seed of the pieces, colours and pictures that furnish it."""

    layout: Layout
    seed: int


def next_attempt(
    layouts: Sequence[Layout], tried: Sequence[tuple[Attempt, bool]], seed: int, wanted: int
) -> Attempt | None:
    """The next picture to render, None when there are enough or nothing is left to try.

    tried: what was rendered, and whether its checks approved it. While nothing is approved, every further layout is
    tried as it is. After that an alternate is another layout where one is nearly as good, else the first in another
    dress; either way its seed is its own, so that no two pictures share their upholstery.
    """
    approved = [attempt for attempt, passed in tried if passed]
    if len(approved) >= wanted or len(tried) >= MAX_RENDERS:
        return None
    used = [attempt.layout for attempt, _ in tried]
    fresh = next((layout for layout in layouts if layout not in used), None)
    if not approved:
        return Attempt(fresh, seed) if fresh else None
    best = approved[0].layout
    other = fresh if fresh and fresh.energy >= best.energy - _WORSE else best
    return Attempt(other, seed + len(tried))

"""A picture of the checks: the staged photo with every piece outlined, and below it each number and its threshold."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from atelier.check.base import Finished
from atelier.check.seams import MOST_LIGHT_LEFT, contact
from atelier.model import F64, U8, Bool, Placement
from atelier.plan.outlines import boxes
from engine_contract import Check

_WIDTH = 1600
_ROW, _FONT = 26, cv2.FONT_HERSHEY_SIMPLEX
_PASS, _TIGHT, _FAIL, _QUIET = (120, 210, 130), (240, 200, 90), (245, 90, 80), (190, 190, 190)
_TOUCHED, _GLASS = (90, 200, 255), (255, 200, 60)
_LITTLE = 0.1
"""of the threshold: a check that passes by less than that is tight"""


def draw_checks(work: Finished, checks: Sequence[Check]) -> U8:
    """(h, w, 3) sRGB, at most 1600 px wide: what failed is red, what passed by little is yellow, the rest green.

    Blue is where the photo changed, yellow its glazing. A piece is red whose own contact shadow is missing.
    """
    height, width = work.photo.rgb.shape[:2]
    k = min(1.0, _WIDTH / width)
    size = (round(width * k), round(height * k))
    picture = np.asarray(cv2.resize(work.composite.rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    _outline(picture, work.composite.changed, _TOUCHED)
    _outline(picture, work.room.window_mask, _GLASS)
    shadows, placements = contact(work), work.layout.placements
    for i, corners in enumerate(boxes(placements)):
        _piece(picture, work, placements[i], corners, shadows.get(i))
    return np.vstack([picture, _table(checks, size[0])]).astype(np.uint8)


def _outline(picture: U8, mask: Bool, colour: tuple[int, int, int]) -> None:
    h, w = picture.shape[:2]
    small = cv2.resize(mask.astype(np.uint8), (w, h), interpolation=cv2.INTER_NEAREST)
    outlines, _ = cv2.findContours(small, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    cv2.drawContours(picture, outlines, -1, colour, 1)


def _piece(picture: U8, work: Finished, placement: Placement, corners: F64, left: float | None) -> None:
    camera = work.room.camera
    uv, depth = camera.project(corners)
    if (depth < 0.1).any():
        return
    points = np.clip(uv * picture.shape[1] / camera.width, -1e4, 1e4).astype(np.float32)
    colour = _FAIL if left is not None and left > MOST_LIGHT_LEFT else _PASS
    hull = cv2.convexHull(points).astype(np.int32)
    cv2.polylines(picture, [hull], True, colour, 1, cv2.LINE_AA)
    label = placement.piece if left is None else f"{placement.piece}, light at its foot {left:.2f}"
    _text(picture, label, (int(hull[:, 0, 0].min()), int(hull[:, 0, 1].min()) - 4), colour, 0.42)


def _table(checks: Sequence[Check], width: int) -> U8:
    """Failed first, then the tightest."""
    out = np.full((_ROW * (len(checks) + 1), width, 3), 24, np.uint8)
    for i, check in enumerate(sorted(checks, key=lambda c: (c.passed, _margin(c)))):
        colour = (_TIGHT if _margin(check) < _LITTLE else _PASS) if check.passed else _FAIL
        y = _ROW * (i + 1)
        _text(out, check.name, (12, y), colour, 0.5)
        _text(out, f"{check.value:g} against {check.threshold:g}", (round(0.25 * width), y), colour, 0.5)
        _text(out, check.note.encode("ascii", "replace").decode(), (round(0.45 * width), y), _QUIET, 0.45)
    return out


def _margin(check: Check) -> float:
    """How far the value is from its threshold, as a share of the threshold; 1 where they are equal by design."""
    if check.threshold == check.value:
        return 1.0
    return abs(check.value - check.threshold) / max(abs(check.threshold), 1e-6)


def _text(picture: U8, text: str, at: tuple[int, int], colour: tuple[int, int, int], size: float) -> None:
    place = (max(at[0], 4), int(np.clip(at[1], 14, picture.shape[0] - 4)))
    cv2.putText(picture, text, (place[0] + 1, place[1] + 1), _FONT, size, (0, 0, 0), 1, cv2.LINE_AA)
    cv2.putText(picture, text, place, _FONT, size, colour, 1, cv2.LINE_AA)

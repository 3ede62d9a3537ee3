"""Straight line segments of the picture, each with the weight of its vote for the camera.

Two detectors complement each other: LSD (von Gioi et al., 2010) is exact but breaks soft edges;
M-LSD (Gu et al., 2022, arXiv:2106.00186) finds wall and ceiling edges in blurry rooms. The floor's own
outline votes too, because it is the least ambiguous edge of an empty room.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import cv2
import numpy as np

from atelier.model import F64, I32, U8, Bool
from atelier.weights import Weights

_MLSD_SIDE = 512
_MLSD_SCORE = 0.08
_MLSD_LENGTH = 15.0  # in _MLSD_SIDE pixels
_PATTERN_SHARE = 1 / 3  # all lines inside the floor together weigh at most this share of the rest


class LineKind(IntEnum):
    """What a segment may vote for: ROOM any direction; FLOOR and OUTLINE only the two horizontal ones."""

    ROOM = 0
    FLOOR = 1
    OUTLINE = 2


@dataclass(frozen=True)
class Lines:
    segments: F64
    """(N, 4) x0, y0, x1, y1 in pixels, pixel centres at +0.5."""
    weights: F64
    """(N,)"""
    kinds: I32
    """(N,) LineKind."""


def find_lines(rgb: U8, floor: Bool, outline: F64, weights: Weights) -> Lines:
    """(H, W, 3) sRGB, floor mask and the floor outline's pieces (K, 4) → every usable segment."""
    width = floor.shape[1]
    lsd = lsd_segments(rgb)
    learned, score = mlsd_segments(rgb, weights)
    room = np.concatenate([lsd, learned])
    votes = np.concatenate(
        [
            np.minimum(_lengths(lsd), 0.25 * width),
            np.minimum(_lengths(learned), 0.35 * width) * np.clip(score / 0.3, 0.4, 1.5),
        ]
    )
    pattern = _inside(room, floor)
    inside, rest = votes[pattern].sum(), votes[~pattern].sum()
    if inside > _PATTERN_SHARE * rest:
        votes[pattern] *= _PATTERN_SHARE * rest / inside
    outline = outline[_lengths(outline) > 0.05 * width]
    return Lines(
        np.concatenate([room, outline]),
        np.concatenate([votes, np.minimum(_lengths(outline), 0.35 * width) * 2.5]),
        np.concatenate(
            [np.where(pattern, LineKind.FLOOR, LineKind.ROOM), np.full(len(outline), LineKind.OUTLINE)]
        ).astype(np.int32),
    )


def lsd_segments(rgb: U8) -> F64:
    """(N, 4) LSD segments longer than 2 % of the picture's diagonal."""
    gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    found: object = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(gray)[0]
    if found is None:  # OpenCV's way of saying "none", which its type stub does not know
        return np.zeros((0, 4))
    segments = np.asarray(found, np.float64).reshape(-1, 4) + 0.5
    return np.asarray(segments[_lengths(segments) > 0.02 * np.hypot(*gray.shape)], np.float64)


def mlsd_segments(rgb: U8, weights: Weights) -> tuple[F64, F64]:
    """((N, 4) M-LSD segments longer than 3 % of the width, (N,) scores 0…1)."""
    height, width = rgb.shape[:2]
    square = cv2.resize(rgb, (_MLSD_SIDE, _MLSD_SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    planes = np.concatenate([square, np.ones((_MLSD_SIDE, _MLSD_SIDE, 1), np.float32)], -1)[None]
    session = weights.mlsd
    offsets, scores = session.run(None, {session.get_inputs()[0].name: planes})
    offset, score = offsets[0], scores[0, ..., 0]
    peak = (cv2.dilate(score, np.ones((5, 5), np.uint8)) == score) & (score > _MLSD_SCORE)
    ys, xs = np.nonzero(peak)
    centre = np.stack([xs, ys, xs, ys], 1)
    segments = (centre + offset[ys, xs]).astype(np.float64) * 2 + 0.5
    values = score[ys, xs].astype(np.float64)
    long_enough = _lengths(segments) > _MLSD_LENGTH
    segments = segments[long_enough] * np.array([width, height, width, height]) / _MLSD_SIDE
    kept = _lengths(segments) > 0.03 * width
    return segments[kept], values[long_enough][kept]


def _lengths(segments: F64) -> F64:
    return np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])


def _inside(segments: F64, floor: Bool) -> Bool:
    """(N,) True where a segment lies wholly on the floor: its pattern, not the room's edge."""
    core = cv2.erode(floor.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    height, width = floor.shape

    def at(mask: Bool, x: F64, y: F64) -> Bool:
        column = np.clip(x.astype(int), 0, width - 1)
        row = np.clip(y.astype(int), 0, height - 1)
        return np.asarray(mask[row, column], np.bool_)

    x0, y0, x1, y1 = segments.T
    return at(core, (x0 + x1) / 2, (y0 + y1) / 2) & at(floor, x0, y0) & at(floor, x1, y1)

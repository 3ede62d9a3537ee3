"""Sideboards, one maker per silhouette."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.cabinets import carcass, divider, fronts, lift_of
from atelier.furnish.pieces.common import Size, board, by_form, legs
from atelier.furnish.pieces.shelf_fill import fill
from atelier.furnish.pieces.tabletops import frame, round_top, top
from atelier.furnish.shapes import Part, box, columns, disc, sheet
from atelier.furnish.styles import Style
from atelier.model import F64

Rng = np.random.Generator


def _board_doors(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    lift, across = lift_of(style), 2 * max(1, round(w / 0.9))
    return carcass(style, w, d - 0.01, h, lift) + fronts(
        style, w - 0.05, h - lift - 0.05, 1, across, -d / 2 + 0.008, lift + 0.025, "door"
    )


def _board_mixed(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Three drawers between two pairs of doors."""
    w, d, h = size
    lift = lift_of(style)
    tall, third, y = h - lift - 0.05, (w - 0.05) / 3, -d / 2 + 0.008
    parts = carcass(style, w, d - 0.01, h, lift) + fronts(style, third, tall, 3, 1, y, lift + 0.025, "drawer")
    for s in (-1, 1):
        parts += [
            p.moved(s * third) for p in fronts(style, third, tall, 1, 2 if w > 1.5 else 1, y, lift + 0.025, "door")
        ]
    return parts


def _board_sliding(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Flush panels that slide before each other, each with a round finger pull let into it."""
    w, d, h = size
    lift, n = lift_of(style), 2 if w < 1.4 else 3
    tall, cw = h - lift - 0.05, (w - 0.05) / n
    parts = carcass(style, w, d - 0.01, h, lift)
    for k in range(n):
        x, y = (k + 0.5) * cw - (w - 0.05) / 2, -d / 2 + 0.012 + 0.018 * (k % 2)
        parts.append(
            box(cw + 0.012 * (k % 2), 0.016, tall, style.case, 0.002).moved(x, y + 0.008, lift + 0.025 + tall / 2)
        )
        at = x + (0.5 if k == 0 else -0.5) * (cw - 0.13)
        ring = (
            disc(0.021, 0.003, style.metals[-1], 28, 0.001)
            .turned(90, "x")
            .moved(at, y + 0.0005, lift + 0.025 + tall * 0.55)
        )
        hollow = (
            disc(0.017, 0.003, "paint/2b2521", 28, 0.001)
            .turned(90, "x")
            .moved(at, y - 0.0005, lift + 0.025 + tall * 0.55)
        )
        parts += [ring, hollow]
    return parts


def _board_open(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Doors at the ends, open shelves in the middle."""
    w, d, h = size
    lift = lift_of(style)
    tall, third, y = h - lift - 0.05, (w - 0.05) / 3, -d / 2 + 0.008
    parts = carcass(style, w, d - 0.01, h, lift)
    parts += [divider(style, d, lift + 0.02, h - 0.02, s * third / 2) for s in (-1, 1)]
    middle = lift + 0.022 + tall * 0.48
    parts.append(board(third - 0.02, d - 0.03, 0.018, style.case, 0, 0.01, middle))
    for s in (-1, 1):
        parts += [p.moved(s * third) for p in fronts(style, third, tall, 1, 1, y, lift + 0.025, "door")]
    for kind, z in (("vessel", middle + 0.018), ("basket", lift + 0.022)):
        parts += [p.moved(0, -0.03, z) for p in fill(kind, third - 0.06, d - 0.06, tall * 0.42, style, rng)]
    return parts


def _board_tambour(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Rounded ends wrapped in slats that run round the whole front."""
    w, d, h = size
    lift, r = 0.10, min(d * 0.42, 0.18)
    angle = np.linspace(0, np.pi / 2, 12)
    right = np.c_[w / 2 - r + r * np.sin(angle), -d / 2 + r - r * np.cos(angle)]
    half = np.r_[
        np.c_[np.linspace(0, w / 2 - r, 80)[:-1], np.full(79, -d / 2)],
        right,
        np.c_[[w / 2, w / 2], [-d / 2 + r + 0.01, d / 2]],
    ]
    run = np.r_[half[::-1] * [-1, 1], half[1:]]
    length = np.r_[0, np.cumsum(np.hypot(*np.diff(run, axis=0).T))]
    fine = np.arange(0, length[-1], 0.0045)
    line = np.c_[np.interp(fine, length, run[:, 0]), np.interp(fine, length, run[:, 1])]
    tangent = np.gradient(line, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    out = np.c_[tangent[:, 1], -tangent[:, 0]]
    line = (
        line * [(w - 0.03) / w, (d - 0.03) / d] + out * (0.007 * np.abs(np.sin(np.pi * fine / 0.027)) ** 0.8)[:, None]
    )
    from_sheet = [columns(line, z) for z in (h - 0.024, lift)]
    return [
        *_pill(w, d, 0.024, r, style.wood, h),
        *_pill(w - 0.02, d - 0.02, 0.02, r, style.case, lift + 0.02),
        *_slats(np.stack(from_sheet, 1), style.case, fine),
        *legs("block" if style.legs == "plinth" else style.legs, w - 0.1, d, lift, style.wood, style.metal),
    ]


def _pill(w: float, d: float, t: float, r: float, material: str, h: float) -> list[Part]:
    """A board with both front corners rounded by r, its upper face at h."""
    slab = box(w, d, t, material, 0.005, 40, 2)

    def rounded(v: F64) -> F64:
        over = np.clip((np.abs(v[:, 0]) - (w / 2 - r)) / r, 0, 1)
        inset = r * (1 - np.sqrt(1 - over**2))
        return columns(v[:, 0], np.maximum(v[:, 1], -d / 2 + inset), v[:, 2])

    return [slab.warped(rounded).moved(0, 0, h - t / 2)]


def _slats(points: F64, material: str, along: F64) -> list[Part]:
    uv = np.stack([columns(points[:, 0, 2], along), columns(points[:, 1, 2], along)], 1)
    return [sheet(points, material, uv, flip=True)]


def _board_arched(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Doors with raised arches, on a plinth."""
    w, d, h = size
    lift, n = 0.07, max(3, round(w / 0.42))
    parts = carcass(style, w, d - 0.01, h, lift, "plinth")
    parts += fronts(style, w - 0.05, h - lift - 0.05, 1, n, -d / 2 + 0.010, lift + 0.025, "door", "flat")
    cw, tall = (w - 0.05) / n, h - lift - 0.16
    for x in (np.arange(n) + 0.5) * cw - (w - 0.05) / 2:
        r = cw / 2 - 0.04
        parts.append(
            box(2 * r, 0.008, tall - r, style.case, 0.003).moved(x, -d / 2 + 0.006, lift + 0.06 + (tall - r) / 2)
        )
        parts.append(
            round_top(r, 0.008, style.case, 0.004, 0.003)
            .turned(90, "x")
            .moved(x, -d / 2 + 0.006, lift + 0.06 + tall - r)
        )
    return parts


def _board_frame(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A cabinet carried by an open metal frame with a shelf below."""
    w, d, h = size
    parts = frame(w - 0.01, d - 0.01, h - 0.03, style.metal, 0.022)
    parts += [top(w, d, 0.03, style.wood, h, 0.005), board(w - 0.06, d - 0.05, 0.022, style.wood, 0, 0, 0.12)]
    parts.append(box(w - 0.05, d - 0.05, h - 0.40, style.case, 0.004).moved(0, 0, 0.37 + (h - 0.40) / 2))
    n = max(2, round(w / 0.5))
    return parts + fronts(style, w - 0.06, h - 0.42, 1, n, -d / 2 + 0.012, 0.38, "door")


sideboard = by_form(
    "sideboard",
    {
        "doors": _board_doors,
        "mixed": _board_mixed,
        "sliding": _board_sliding,
        "open": _board_open,
        "tambour": _board_tambour,
        "arched": _board_arched,
        "frame": _board_frame,
    },
)

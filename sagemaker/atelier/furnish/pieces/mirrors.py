"""Mirrors of seven shapes, and clocks."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form, filled
from atelier.furnish.pieces.lamp_parts import ball, smooth
from atelier.furnish.pieces.walls import BACK, GILT, backing, carved_profile, circle, flat_profile, moulding
from atelier.furnish.shapes import Part, box, columns, curve, disc, line, place, sheet, tube
from atelier.furnish.styles import Style
from atelier.model import F64


def _glazed(outline: F64, y: float, z0: float) -> Part:
    """Mirror glass in a convex (k, 2) xz outline, counter-clockwise."""
    middle = outline.mean(0)
    rim = np.r_[outline, outline[:1]]
    grid = np.stack([np.broadcast_to(middle, rim.shape), rim])
    points = np.stack([grid[..., 0], np.full(grid.shape[:2], y), grid[..., 1] + z0], -1)
    return sheet(points, "mirror")


def _rimmed(outline: F64, bar: float, d: float, material: str) -> list[Part]:
    """Glass with a round bar along its outline."""
    path = np.c_[outline[:, 0], np.zeros(len(outline)), outline[:, 1]]
    return [_glazed(outline, 0.0, 0.0), tube(path, bar, material, 10, closed=True).scaled(1, d / 2 / bar, 1)]


def _oval(w: float, h: float, k: int = 72) -> F64:
    a = np.linspace(0, 2 * np.pi, k + 1)[:-1]
    return columns(np.cos(a) * w / 2, np.sin(a) * h / 2 + h / 2)


def _round(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    bar = 0.014
    outline = (_oval(w - 2 * bar, h - 2 * bar) + np.array([0, bar])).astype(np.float64)
    return _rimmed(outline, bar, d, style.frame)


def _arch(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    bar = 0.012
    r = w / 2 - bar
    rise = min(r, h * 0.5)
    a = np.linspace(0, np.pi, 32)
    top = np.c_[r * np.cos(a), h - bar - rise + rise * np.sin(a)]
    sides = np.r_[[[-r, bar]], [[0, bar]], [[r, bar]], [[r, (h - rise) / 2]], top, [[-r, (h - rise) / 2]]]
    return _rimmed(sides, bar, d, style.frame)


def _pill(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    bar = 0.010
    r = min(w, h) * 0.30
    a = np.linspace(0, np.pi / 2, 10)
    corner = np.c_[np.cos(a), np.sin(a)] * r
    out = []
    for sx, sz, flip in ((1, 1, False), (-1, 1, True), (-1, -1, False), (1, -1, True)):
        c = corner[::-1] if flip else corner
        out.append(c * [sx, sz] + [sx * (w / 2 - r - bar), sz * (h / 2 - r - bar)])
    return _rimmed(np.concatenate(out) + np.array([0, h / 2]), bar, d, style.frame)


def _rectangle(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    glass = np.array([[w / 2, 0], [w / 2, h], [-w / 2, h], [-w / 2, 0]]) * [0.96, 0.96] + [0, 0.02 * h]
    return [*moulding(w, h, flat_profile(0.03, d), style.frame), _glazed(glass, d * 0.1, 0.0), backing(w, d, h)]


def _pane(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Divided by bars, like a factory window."""
    w, d, h = size
    n, m = (2, 3) if h > 1.1 * w else (3, 3)
    bars = [box(0.014, d * 0.7, h - 0.04, style.metal, 0.002).moved(w * (k / n - 0.5), 0, h / 2) for k in range(1, n)]
    bars += [box(w - 0.04, d * 0.7, 0.014, style.metal, 0.002).moved(0, 0, h * k / m) for k in range(1, m)]
    return [*_rectangle(size, style, rng), *bars]


def _sunburst(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Rods of two lengths around a small round glass."""
    w, d, h = size
    middle = np.array([0, d * 0.1, h / 2])
    inner = min(w, h) * 0.21
    gold = style.metals[-1] if style.metals[-1].startswith("metal") else "metal/brass"
    parts = [_glazed(_oval(2 * inner, 2 * inner) + np.array([0, h / 2 - inner]), 0.0, 0.0)]
    parts.append(tube(circle(inner), d * 0.3, gold, 8, closed=True).moved(0, 0, h / 2))
    for k in range(32):
        a = 2 * np.pi * k / 32
        way = np.array([np.cos(a) * w / 2, 0, np.sin(a) * h / 2])
        reach = 1.0 if k % 2 == 0 else 0.78
        parts.append(
            tube(
                line(middle + way * 2 * inner / min(w, h) * 0.9, middle + way * reach * 0.995), [0.006, 0.0025], gold, 6
            )
        )
    parts.append(disc(inner * 0.98, d * 0.3, BACK, 36).turned(90, "x").moved(0, d / 2, h / 2))
    return filled(parts, size)


def _ornate_mirror(size: Size, _style: Style, _rng: np.random.Generator) -> list[Part]:
    """A gilt moulding with a carved crest."""
    w, d, h = size
    bar, gilt = min(0.075, w * 0.12), GILT[0]
    crest = min(0.16 * h, 0.22)
    tall = h - crest
    parts = moulding(w, tall, carved_profile(bar, d), gilt)
    inner = np.array([[w / 2 - bar, bar], [w / 2 - bar, tall - bar], [-w / 2 + bar, tall - bar], [-w / 2 + bar, bar]])
    parts.append(_glazed(inner, d * 0.2, 0.0))
    scroll = smooth([(0.30, 0.0), (0.24, 0.35), (0.10, 0.55), (0.12, 0.8), (0.0, 0.98)], 5)
    for s in (-1, 1):
        path = np.c_[s * scroll[:, 0] * w, np.full(len(scroll), -d * 0.1), tall - 0.02 + scroll[:, 1] * crest]
        parts.append(tube(path, np.linspace(0.020, 0.010, len(path)), gilt, 8))
    parts.append(ball(crest * 0.22, gilt, 16).scaled(1, d / crest * 1.6, 1.15).moved(0, -d * 0.1, tall + crest * 0.72))
    shell = [
        tube(
            curve([(0, -d * 0.1, tall + 0.01), (0.10 * w * np.sin(a), -d * 0.2, tall + crest * 0.55 * np.cos(a))], 6),
            0.011,
            gilt,
            6,
        )
        for a in np.deg2rad([-60, -30, 0, 30, 60])
    ]
    return filled([*parts, *shell], size)


mirror = by_form(
    "mirror",
    {
        "round": _round, "arch": _arch, "rectangle": _rectangle, "sunburst": _sunburst, "pill": _pill, "pane": _pane,
        "ornate": _ornate_mirror,
    },
)  # fmt: skip


def _hands(r: float, y: float, material: str) -> list[Part]:
    """Ten past ten."""
    parts = []
    for angle, long, wide in ((-60, 0.52, 0.010), (60, 0.74, 0.007)):
        a = np.deg2rad(90 - angle)
        tip = (r * long * np.cos(a), y, r * long * np.sin(a))
        parts.append(tube(line((-tip[0] * 0.15, y, -tip[2] * 0.15), tip), wide / 2, material, 6))
    return parts


def _dial(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    r = w / 2
    face = disc(r - 0.006, d * 0.5, f"paint/{style.neutrals[0]}", 48).turned(90, "x").moved(y=d * 0.3)
    rim = tube(circle(r - 0.008), 0.008, style.frame, 10, closed=True).scaled(1, d / 0.016, 1)
    marks = []
    for k in range(12):
        a = np.deg2rad(30 * k)
        mark = box(0.006, 0.003, 0.028 if k % 3 else 0.045, "paint/2c2a29", 0.001).moved(z=r * 0.80)
        marks.append(mark.turned(float(np.degrees(a)), "y").moved(y=-d * 0.21))
    return place([face, rim, *marks, *_hands(r, -d * 0.3, "paint/2c2a29")], z=h / 2)


def _ring_clock(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """An open iron ring with bars for hours."""
    w, d, h = size
    r = w / 2
    parts = [tube(circle(q), 0.009, style.metal, 8, closed=True).scaled(1, d / 0.018, 1) for q in (r - 0.009, r * 0.62)]
    for k in range(12):
        bar = box(0.020, d * 0.5, r * 0.30, style.metal, 0.002).moved(z=r * 0.80)
        parts.append(bar.turned(30.0 * k, "y"))
    hub = disc(0.03, d * 0.6, style.metal, 20).turned(90, "x").moved(y=d * 0.3)
    stay = box(0.012, d * 0.4, r * 1.3, style.metal, 0.002)
    return place([*parts, hub, stay, *_hands(r * 0.8, -d * 0.3, style.metal)], z=h / 2)


clock = by_form("clock", {"minimal": _dial, "ring": _ring_clock})

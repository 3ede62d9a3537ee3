"""Bar stools."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form
from atelier.furnish.shapes import Part, box, columns, curve, disc, lathe, line, tube
from atelier.furnish.soft import cushion, piping
from atelier.furnish.styles import Style

Rng = np.random.Generator
SEAT = 0.66
"""height of a counter stool's seat, metres."""


def _legs(w: float, d: float, style: Style, material: str, top: float) -> list[Part]:
    """Four slim splayed legs with a footrest all round."""
    parts, rest = [], 0.24
    for sx in (-1, 1):
        for sy in (-1, 1):
            foot, head = (sx * (w / 2 - 0.015), sy * (d / 2 - 0.02), 0), (sx * w * 0.33, sy * d * 0.30, top)
            parts.append(tube(line(foot, head, 3), [0.011, 0.014, 0.016], material, 10))
    x, y = w / 2 - 0.015 - (w * 0.17 - 0.015) * rest / top, d / 2 - 0.02 - (d * 0.20 - 0.02) * rest / top
    for s in (-1, 1):
        parts.append(tube(line((-x, s * y, rest), (x, s * y, rest)), 0.010, style.metals[0] if s < 0 else material, 8))
        parts.append(tube(line((s * x, -y, rest + 0.03), (s * x, y, rest + 0.03)), 0.009, material, 8))
    return parts


def _upholstered(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A padded seat and a low curved back."""
    w, d, h = size
    cloth = style.chairs[0]
    pad = cushion(w - 0.02, d - 0.06, 0.09, cloth, r=0.04, puff=0.003, crown=0.014, wrinkle=0.003, seed=2)
    parts = [
        pad.moved(0, -0.02, SEAT - 0.045),
        piping(w - 0.03, d - 0.07, SEAT - 0.06, cloth, 0.05, 0.004).moved(0, -0.02),
    ]
    tall = h - SEAT - 0.02
    back = cushion(w - 0.02, 0.055, tall, cloth, r=0.026, puff=0.004, wrinkle=0.002, core=12, seed=4)
    back = back.warped(lambda v: v - columns(0.0, 0.09 * (v[:, 0] / (w / 2)) ** 2, 0.0))
    posts = [
        tube(line((x, d / 2 - 0.07, SEAT - 0.05), (x, d / 2 - 0.035, SEAT + 0.10), 3), 0.012, style.leg, 10)
        for x in (-w * 0.24, w * 0.24)
    ]
    back = back.turned(-8, "x").moved(0, d / 2 - 0.05, SEAT + 0.02 + tall / 2)
    return [*parts, back, *posts, *_legs(w, d, style, style.leg, SEAT - 0.07)]


def _saddle(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A carved wooden seat with a slim bent rest."""
    w, d, h = size
    seat = box(w - 0.01, d - 0.05, 0.05, style.wood, 0.02, 12, 2)
    seat = seat.warped(lambda v: v + columns(0.0, 0.0, 0.03 * (v[:, 0] / (w / 2)) ** 2 * (v[:, 2] > 0)))
    a = np.deg2rad(np.linspace(-62, 62, 13))
    rest = columns((w / 2 - 0.02) / np.sin(a[-1]) * np.sin(a), d / 2 - 0.02 - 0.16 * (1 - np.cos(a)), h - 0.022)
    posts = [
        tube(
            line((s * w * 0.26, d / 2 - 0.06, SEAT - 0.02), (s * w * 0.30, d / 2 - 0.04, h - 0.03), 3),
            0.011,
            style.wood,
            10,
        )
        for s in (-1, 1)
    ]
    back = tube(rest, np.r_[0.010, np.full(11, 0.020), 0.010], style.wood, 12)
    return [seat.moved(0, -0.01, SEAT - 0.03), back, *posts, *_legs(w, d, style, style.wood, SEAT - 0.05)]


def _swivel(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A screw stool with an iron foot ring and a wooden seat with a hoop back."""
    w, d, h = size
    r, iron = w / 2 - 0.03, style.metal
    seat = lathe(
        [(0, 0), (r - 0.01, 0), (r, 0.012), (r - 0.004, 0.032), (r * 0.7, 0.036), (0, 0.028)], style.wood, 36
    ).moved(z=SEAT - 0.035)
    parts = [
        seat,
        tube(line((0, 0, 0.26), (0, 0, SEAT - 0.03)), 0.016, iron, 12),
        disc(0.07, 0.02, iron, 20).moved(z=SEAT - 0.055),
    ]
    for a in np.deg2rad([0, 90, 180, 270]):
        c, s = float(np.cos(a)), float(np.sin(a))
        parts.append(
            tube(
                curve(
                    [
                        (c * (w / 2 - 0.013), s * (d / 2 - 0.013), 0),
                        (c * r * 0.62, s * r * 0.62, 0.30),
                        (c * 0.02, s * 0.02, 0.50),
                    ],
                    8,
                ),
                0.012,
                iron,
                10,
            )
        )
    ring = np.linspace(0, 2 * np.pi, 33)[:-1]
    parts.append(tube(columns(np.cos(ring) * r * 0.80, np.sin(ring) * r * 0.80, 0.20), 0.010, iron, 8, closed=True))
    a = np.deg2rad(np.linspace(-70, 70, 15))
    parts.append(
        tube(columns(r * np.sin(a), d / 2 - 0.03 - r * 0.5 * (1 - np.cos(a)), h - 0.03), 0.018, style.wood, 10)
    )
    return parts + [
        tube(
            line((r * k * 0.8, r * 0.45, SEAT - 0.02), (r * k * 0.9, d / 2 - 0.03 - r * 0.2 * k * k, h - 0.03)),
            0.009,
            iron,
            8,
        )
        for k in (-0.8, 0.8)
    ]


def _woven(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A cord seat in a wooden frame with two back rails."""
    w, d, h = size
    wood, parts = style.case if style.painted else style.wood, []
    for s in (-1, 1):
        x = s * (w / 2 - 0.02)
        parts.append(tube(line((x, -d / 2 + 0.02, 0), (x, -d / 2 + 0.035, SEAT), 3), 0.016, wood, 10))
        parts.append(
            tube(
                curve([(x, d / 2 - 0.015, 0), (x, d / 2 - 0.06, SEAT), (x, d / 2 - 0.02, h - 0.005)], 8),
                0.016,
                wood,
                10,
            )
        )
        parts += [tube(line((x, -d / 2 + 0.03, z), (x, d / 2 - 0.05, z)), 0.010, wood, 8) for z in (0.22, 0.40)]
    parts += [
        tube(line((-w / 2 + 0.02, y, z), (w / 2 - 0.02, y, z)), 0.011, wood, 8)
        for y, z in ((-d / 2 + 0.025, 0.20), (d / 2 - 0.03, 0.30))
    ]
    seat = cushion(w - 0.01, d - 0.05, 0.04, "rattan/cbb48a", r=0.018, puff=0.0, crown=-0.006, wrinkle=0.0, core=10)
    parts.append(seat.moved(0, -0.01, SEAT - 0.012))
    for z in (SEAT + 0.14, h - 0.05):
        rail = box(w - 0.05, 0.018, 0.055, wood, 0.007, 6).warped(
            lambda v: v + columns(0.0, 0.016 * (1 - (v[:, 0] / (w / 2)) ** 2), 0.0)
        )
        parts.append(rail.moved(0, d / 2 - 0.055 + 0.04 * (z - SEAT) / (h - SEAT), z))
    return parts


bar_stool = by_form("bar-stool", {"upholstered": _upholstered, "saddle": _saddle, "swivel": _swivel, "woven": _woven})

"""Dining chairs that bend: bentwood, cantilevers, curved backs."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size
from atelier.furnish.shapes import Part, box, columns, curve, disc, lathe, line, tube
from atelier.furnish.soft import cushion, piping
from atelier.furnish.styles import Style
from atelier.model import F64

Rng = np.random.Generator
SEAT = 0.455
"""height of a dining chair's seat, metres."""


def _pad(w: float, d: float, t: float, cloth: str, seed: float = 2.0) -> list[Part]:
    """A thin upholstered seat with a welt, its top at the seat's height."""
    part = cushion(w, d, t, cloth, r=t * 0.45, puff=0.003, crown=0.012, wrinkle=0.002, seed=seed)
    return [part.moved(z=SEAT - t / 2), piping(w - 0.006, d - 0.006, SEAT - t * 0.75, cloth, 0.04, 0.0035)]


def _bowed(v: F64, w: float, deep: float) -> F64:
    """Curve a board's ends forwards."""
    return v - columns(0.0, deep * (v[:, 0] / (w / 2)) ** 2, 0.0)


def cantilever(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """One bent tube without rear legs; cane in bent frames for the seat and the back."""
    w, d, h = size
    metal = (
        "metal/chrome" if style.metal.startswith("metal/chrome") or style.slug in {"modern", "bauhaus"} else style.metal
    )
    parts = []
    for s in (-1, 1):
        x = s * (w / 2 - 0.014)
        path = [
            (x, d / 2 - 0.04, 0.014),
            (x, -d / 2 + 0.09, 0.014),
            (x, -d / 2 + 0.016, 0.09),
            (x, -d / 2 + 0.016, 0.36),
        ]
        path += [
            (x, -d / 2 + 0.08, SEAT - 0.02),
            (x, d / 2 - 0.14, SEAT - 0.04),
            (x, d / 2 - 0.07, SEAT + 0.05),
            (x, d / 2 - 0.014, h - 0.02),
        ]
        parts.append(tube(curve(path, 44), 0.0125, metal, 10))
    parts.append(
        tube(line((-w / 2 + 0.014, d / 2 - 0.04, 0.014), (w / 2 - 0.014, d / 2 - 0.04, 0.014)), 0.0125, metal, 10)
    )
    seat = box(w - 0.035, d - 0.17, 0.03, style.wood, 0.012, 4, 2).moved(0, -0.035, SEAT - 0.012)
    cane = box(w - 0.10, d - 0.24, 0.004, "cane/d9c29a", 0.001).moved(0, -0.035, SEAT + 0.004)
    tall = h - SEAT - 0.16
    back = [
        box(w - 0.035, 0.024, tall, style.wood, 0.010, 4, 2),
        box(w - 0.09, 0.004, tall - 0.06, "cane/d9c29a", 0.001).moved(0, -0.0125),
    ]
    return [*parts, seat, cane, *[p.turned(-8, "x").moved(0, d / 2 - 0.055, h - 0.015 - tall / 2) for p in back]]


def bentwood(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """The café chair: two hoops for a back, a round seat, a ring between the legs."""
    w, d, h = size
    wood, r = style.wood, min(w, d) / 2 - 0.025

    def hoop(wide: float, top: float, y: float) -> F64:
        t = np.linspace(0, np.pi, 25)
        arc = np.c_[np.cos(t) * wide, np.full(25, 0.0), np.sin(t)]
        z0 = SEAT - 0.02
        return columns(arc[:, 0] * (1 + 0.06 * arc[:, 2]), y + 0.10 * arc[:, 2], z0 + (top - z0) * arc[:, 2] ** 0.8)

    rear = d / 2 - 0.125
    parts = [
        tube(hoop(r - 0.01, h - 0.013, rear), 0.0135, wood, 10),
        tube(hoop(r * 0.55, h - 0.12, rear), 0.010, wood, 8),
    ]
    seat = lathe(
        [(0, 0), (r - 0.01, 0), (r, 0.010), (r, 0.026), (r - 0.02, 0.032), (r - 0.05, 0.028), (0, 0.024)], wood, 36
    )
    parts += [
        seat.moved(0, -0.02, SEAT - 0.03),
        disc(r - 0.045, 0.006, "cane/d9c29a", 32).moved(0, -0.02, SEAT - 0.006),
    ]
    for sx in (-1, 1):
        parts.append(
            tube(
                line((sx * (w / 2 - 0.02), -d / 2 + 0.02, 0), (sx * r * 0.72, -r * 0.72 - 0.02, SEAT - 0.02), 3),
                [0.010, 0.013, 0.015],
                wood,
                10,
            )
        )
        parts.append(
            tube(
                curve(
                    [
                        (sx * (w / 2 - 0.035), d / 2 - 0.012, 0),
                        (sx * r * 0.80, rear - 0.02, 0.30),
                        (sx * (r - 0.01), rear, SEAT),
                    ],
                    8,
                ),
                0.0135,
                wood,
                10,
            )
        )
    ring = np.linspace(0, 2 * np.pi, 33)[:-1]
    return [
        *parts,
        tube(columns(np.cos(ring) * r * 0.80, np.sin(ring) * r * 0.80 - 0.01, 0.26), 0.008, wood, 8, closed=True),
    ]


def balloon(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """An oval padded back in a carved frame, a round seat, fluted tapering legs."""
    w, d, h = size
    wood, cloth = style.case if style.painted else style.wood, style.chairs[0]
    parts = [p.moved(0, -0.02) for p in _pad(w - 0.03, d - 0.08, 0.07, cloth)]
    parts.append(box(w - 0.02, d - 0.07, 0.05, wood, 0.016, 3, 2).moved(0, -0.02, SEAT - 0.085))
    a = np.linspace(0, 2 * np.pi, 37)[:-1]
    rx, rz = (w - 0.05) / 2, (h - SEAT - 0.08) / 2
    z = h - rz - 0.018
    ring = columns(rx * np.cos(a), 0.0, rz * np.sin(a))
    pad = cushion(2 * rx - 0.02, 0.05, 2 * rz - 0.02, cloth, r=0.022, puff=0.0, crown=0.0, wrinkle=0.0, core=12)

    def elliptic(v: F64) -> F64:
        q = v[:, [0, 2]] / np.array([rx, rz])
        k = np.sqrt(1 - 0.46 * q[:, ::-1] ** 2)
        return columns(v[:, 0] * k[:, 0], v[:, 1] - 0.012 * (1 - (q**2).sum(1)), v[:, 2] * k[:, 1])

    back = [tube(ring, 0.016, wood, 10, closed=True), pad.warped(elliptic)]
    parts += [p.turned(-10, "x").moved(0, d / 2 - 0.075, z) for p in back]
    for s in (-1, 1):
        t = np.linspace(0, 1, 9)
        parts.append(
            tube(
                columns(np.full(9, s * (w / 2 - 0.05)), -d / 2 + 0.06, t * 0.40),
                0.011 + 0.012 * t + 0.005 * (t > 0.86),
                wood,
                12,
            )
        )
        parts.append(
            tube(
                curve([(s * (w / 2 - 0.06), d / 2 - 0.015, 0), (s * (w / 2 - 0.07), d / 2 - 0.09, 0.38)], 4),
                0.016,
                wood,
                10,
            )
        )
        parts.append(
            tube(line((s * 0.07, d / 2 - 0.10, SEAT - 0.04), (s * 0.07, d / 2 - 0.075, z - rz + 0.03)), 0.013, wood, 8)
        )
    return parts


def tablet(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A wide curved tablet on two sabre posts: the klismos."""
    w, d, h = size
    wood = style.wood
    parts = [p.moved(0, -0.02) for p in _pad(w - 0.06, d - 0.11, 0.05, style.chairs[0])]
    parts.append(box(w - 0.05, d - 0.10, 0.04, wood, 0.008).moved(0, -0.02, SEAT - 0.065))
    rest = box(w - 0.01, 0.022, 0.15, wood, 0.009, 8, 2).warped(lambda v: _bowed(v, w, 0.06))
    parts.append(rest.turned(-9, "x").moved(0, d / 2 - 0.014, h - 0.078))
    for s in (-1, 1):
        x = s * (w / 2 - 0.055)
        front = curve([(x, -d / 2 + 0.01, 0), (x, -d / 2 + 0.05, 0.18), (x, -d / 2 + 0.05, SEAT - 0.05)], 8)
        rear = curve(
            [(x, d / 2 - 0.01, 0), (x, d / 2 - 0.075, 0.20), (x, d / 2 - 0.09, SEAT), (x, d / 2 - 0.045, h - 0.10)], 14
        )
        parts += [
            tube(front, np.linspace(0.010, 0.019, 8), wood, 10),
            tube(rear, np.r_[np.linspace(0.010, 0.019, 7), np.linspace(0.019, 0.014, 7)], wood, 10),
        ]
    return parts


def rounded(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A padded barrel back that hugs the seat, on four slim legs."""
    w, d, h = size
    cloth, r = style.chairs[0], w / 2 - 0.035
    arc, tall = 2 * r * 1.75, h - SEAT + 0.02
    shell = cushion(arc, 0.055, tall, cloth, r=0.026, puff=0.004, wrinkle=0.001, core=26, seed=4)

    def wrap(v: F64) -> F64:
        a, k = v[:, 0] / r, r + v[:, 1]
        drop = 0.55 * tall * np.clip(np.abs(v[:, 0]) / (arc / 2), 0, 1) ** 3 * np.clip(v[:, 2] / tall + 0.5, 0, 1)
        return columns(k * np.sin(a), k * np.cos(a) * (d / w), v[:, 2] - drop)

    seat = cushion(w - 0.06, d - 0.06, 0.09, cloth, r=0.04, puff=0.0, crown=0.014, wrinkle=0.003, seed=1)
    q = np.array([(w - 0.06) / 2, (d - 0.06) / 2])

    def disc_like(v: F64) -> F64:
        p = v[:, :2] / q
        k = np.sqrt(np.clip(1 - 0.42 * p[:, ::-1] ** 2, 0, 1))
        return columns(v[:, :2] * k, v[:, 2])

    parts = [
        shell.warped(wrap).moved(0, -0.01, SEAT - 0.03 + tall / 2),
        seat.warped(disc_like).moved(0, -0.01, SEAT - 0.045),
    ]
    leg = style.metal if style.legs in {"pin", "sled"} else style.wood
    corners = [(sx, sy) for sx in (-1, 1) for sy in (-1, 1)]
    ends = [
        ((x * (w / 2 - 0.045), y * (d / 2 - 0.055), 0), (x * w * 0.30, y * d * 0.28, SEAT - 0.08)) for x, y in corners
    ]
    parts += [tube(line(foot, head, 3), [0.009, 0.013, 0.016], leg, 10) for foot, head in ends]
    return parts


def hooped(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A steam-bent windsor bow with spindles, arms none, a saddled seat on turned legs; stained, never painted."""
    w, d, h = size
    wood = style.wood
    seat = box(w - 0.01, d - 0.08, 0.04, wood, 0.016, 10, 2)
    seat = seat.warped(
        lambda v: (
            v
            - columns(
                0.0,
                0.0,
                0.010 * np.exp(-((v[:, 0] / (w * 0.28)) ** 2) - ((v[:, 1] - 0.03) / 0.14) ** 2) * (v[:, 2] > 0),
            )
        )
    )
    parts, rear = [seat.moved(0, -0.02, SEAT - 0.02)], d / 2 - 0.085
    t = np.linspace(0, np.pi, 27)
    bow = columns(
        (w / 2 - 0.045) * np.cos(t) * (1 + 0.05 * np.sin(t)),
        rear + 0.075 * np.sin(t),
        SEAT + (h - SEAT - 0.012) * np.sin(t) ** 0.62,
    )
    parts.append(tube(bow, 0.0115, wood, 10))
    for x in np.linspace(-w * 0.27, w * 0.27, 7):
        k = float(np.sqrt(max(0.0, 1 - (x / (w / 2 - 0.035)) ** 2)))
        parts.append(
            tube(
                line(
                    (x * 0.82, rear - 0.01, SEAT - 0.01), (x, rear + 0.075 * k, SEAT + (h - SEAT - 0.016) * k**0.62), 3
                ),
                [0.006, 0.008, 0.005],
                wood,
                7,
            )
        )
    s = np.linspace(0, 1, 9)
    for sx in (-1, 1):
        for sy in (-1, 1):
            foot, head = (
                np.array([sx * (w / 2 - 0.02), sy * (d / 2 - 0.018), 0]),
                np.array([sx * w * 0.30, sy * d * 0.26 - 0.02, SEAT - 0.03]),
            )
            parts.append(
                tube(
                    foot + (head - foot) * s[:, None],
                    0.010 + 0.008 * np.sin(np.pi * s) + 0.003 * np.cos(6 * np.pi * s),
                    wood,
                    10,
                )
            )
        parts.append(tube(line((sx * w * 0.40, -d * 0.38, 0.20), (sx * w * 0.40, d * 0.36, 0.20)), 0.009, wood, 8))
    return [*parts, tube(line((-w * 0.40, 0, 0.20), (w * 0.40, 0, 0.20)), 0.009, wood, 8)]

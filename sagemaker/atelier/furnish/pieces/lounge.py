"""Lounge chairs: the odd chair out that names a style."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.armchairs import show_wood
from atelier.furnish.pieces.common import Size, by_form, legs
from atelier.furnish.pieces.loungers import moulded, safari, spool, woven
from atelier.furnish.shapes import Part, box, columns, curve, line, tube
from atelier.furnish.soft import cushion, leaning, nestled, pillow
from atelier.furnish.styles import Style
from atelier.model import F64


def _wrap(v: F64, radius: float, squash: float) -> F64:
    """Bend a straight slab (along x) round the back of a seat: x becomes the angle."""
    angle = v[:, 0] / radius
    r = radius + v[:, 1]
    return columns(r * np.sin(angle), r * np.cos(angle) * squash, v[:, 2])


def _barrel(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    cloth, r = style.chairs[0], w / 2 - 0.07
    arc = 2 * np.pi * r * 0.62
    shell = cushion(arc, 0.13, h - 0.12, cloth, r=0.06, puff=0.0, wrinkle=0.003, seed=3, core=34)
    top = h - 0.12

    def shape(v: F64) -> F64:
        dip = 0.16 * np.clip(np.abs(v[:, 0]) / (arc / 2), 0, 1) ** 2 * np.clip(v[:, 2] / top + 0.5, 0, 1)
        return _wrap(np.c_[v[:, :2], v[:, 2] - dip], r, d / w)

    parts = [shell.warped(shape).moved(0, 0, 0.12 + top / 2)]
    seat = cushion(w - 0.20, d - 0.14, 0.16, cloth, r=0.07, puff=0.01, crown=0.025, seed=rng.uniform(0, 9))
    round_seat = seat.warped(lambda v: np.c_[_disc_like(v[:, :2], (w - 0.2) / 2, (d - 0.14) / 2), v[:, 2]])
    parts += [round_seat.moved(0, -0.035, 0.385)]
    base = round_seat.scaled(1.02, 1.02, 1.1)
    parts.append(base.moved(0, -0.03, 0.23))
    return [
        *parts,
        *legs("tapered" if style.legs == "plinth" else style.legs, w * 0.70, d * 0.70, 0.16, style.wood, style.metal),
    ]


def _disc_like(xy: F64, rx: float, ry: float) -> F64:
    """Pull a rectangle's corners in until it is nearly an ellipse."""
    q = xy / np.array([rx, ry])
    x = q[:, 0] * np.sqrt(np.clip(1 - 0.42 * q[:, 1] ** 2, 0, 1))
    y = q[:, 1] * np.sqrt(np.clip(1 - 0.42 * q[:, 0] ** 2, 0, 1))
    return columns(x * rx, y * ry)


def _wing(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    cloth = style.chairs[0]
    parts = [box(w - 0.08, d - 0.10, 0.16, cloth, 0.03, 6, 3).moved(0, 0, 0.24)]
    seat = cushion(w - 0.25, d - 0.22, 0.16, cloth, r=0.05, puff=0.008, crown=0.025, seed=rng.uniform(0, 9))
    parts.append(seat.moved(0, -0.07, 0.39))
    back = cushion(w - 0.18, 0.15, h - 0.34, cloth, r=0.06, puff=0.012, wrinkle=0.006, seed=5)
    parts.append(back.turned(-11, "x").moved(0, d / 2 - 0.15, 0.32 + (h - 0.34) / 2))
    for s in (-1, 1):
        wing = cushion(0.07, 0.24, h - 0.66, cloth, r=0.033, puff=0.004, wrinkle=0.003, seed=s)
        parts.append(
            wing.turned(-8, "x").turned(-s * 9).moved(s * (w / 2 - 0.10), d / 2 - 0.23, h - (h - 0.66) / 2 - 0.06)
        )
        parts.append(
            cushion(0.11, d - 0.16, 0.32, cloth, r=0.045, puff=0.004, wrinkle=0.003, seed=s + 9).moved(
                s * (w / 2 - 0.08), -0.02, 0.42
            )
        )
        y = np.linspace(-d / 2 + 0.06, d / 2 - 0.2, 10)
        parts.append(tube(np.c_[np.full(10, s * (w / 2 - 0.066)), y, np.full(10, 0.585)], 0.062, cloth, 22))
    lumbar = leaning(pillow(0.44, 0.29, 0.13, style.cushions[0], rng.uniform(0, 9)), 20).moved(0, d / 2 - 0.31, 0.61)
    return [*parts, nestled(lumbar, parts), *legs("turned", w - 0.04, d - 0.04, 0.18, style.wood, style.metal)]


def _rattan(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    cane = "wood/pale-oak"
    angle = np.deg2rad(np.linspace(-115, 115, 30))
    x, y = w / 2 - 0.02, d / 2 - 0.02
    top = 0.58 + (h - 0.60) * np.clip(np.cos(angle * 0.75), 0, 1) ** 1.2
    hoop = np.c_[x * np.sin(angle), y * np.cos(angle), top]
    low = np.c_[(x - 0.06) * np.sin(angle), (y - 0.05) * np.cos(angle) - 0.01, np.full(30, 0.34)]
    parts = [tube(hoop, 0.019, cane, 12), tube(low, 0.016, cane, 12)]
    rib = np.linspace(0, 29, 36)
    for t in rib:
        i = min(int(t), 28)
        f = t - i
        parts.append(
            tube(line(low[i] * (1 - f) + low[i + 1] * f, hoop[i] * (1 - f) + hoop[i + 1] * f, 3), 0.006, cane, 6)
        )
    ring = np.deg2rad(np.linspace(0, 360, 40)[:-1])
    for z, k in ((0.34, 0.06), (0.15, 0.08)):
        parts.append(
            tube(
                np.c_[(x - k) * np.sin(ring), (y - k + 0.01) * np.cos(ring), np.full(39, z)],
                0.015,
                cane,
                10,
                closed=True,
            )
        )
    for a in (40, 140, 220, 320):
        s, c = np.sin(np.deg2rad(a)), np.cos(np.deg2rad(a))
        parts.append(
            tube(line(((x - 0.02) * s, (y - 0.02) * c, 0), ((x - 0.07) * s, (y - 0.06) * c, 0.34), 3), 0.018, cane, 12)
        )
    seat = cushion(w - 0.18, d - 0.16, 0.12, style.chairs[0], r=0.05, puff=0.0, crown=0.025, seed=rng.uniform(0, 9))
    parts.append(
        seat.warped(lambda v: np.c_[_disc_like(v[:, :2], (w - 0.18) / 2, (d - 0.16) / 2), v[:, 2]]).moved(
            0, -0.02, 0.41
        )
    )
    p = pillow(0.46, 0.44, 0.15, style.cushions[0], rng.uniform(0, 9), chop=0.02)
    return [*parts, nestled(leaning(p, 22, rng.uniform(-9, 9)).moved(0, d / 2 - 0.25, 0.64), parts)]


def _sling(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Leather slung on a metal frame."""
    w, d, h = size
    metal = style.metal if "26262a" in style.metal or "chrome" in style.metal else "paint/26262a"
    hide = next((m for m in (*style.chairs, *style.sofas) if m.startswith("leather")), style.chairs[0])
    profile = curve(
        [
            (0, -d / 2 + 0.02, 0.43),
            (0, -0.05, 0.36),
            (0, d / 2 - 0.28, 0.36),
            (0, d / 2 - 0.14, 0.60),
            (0, d / 2 - 0.02, h - 0.02),
        ],
        30,
    )
    parts = []
    for s in (-1, 1):
        x = s * (w / 2 - 0.02)
        parts.append(tube(profile + np.array([x - s * 0.03, 0, -0.03]), 0.013, metal, 10))
        runner = curve(
            [(x, -d / 2 + 0.03, 0.57), (x, -d / 2 + 0.02, 0.02), (x, d / 2 - 0.06, 0.02), (x, d / 2 - 0.14, 0.57)], 4
        )
        parts.append(tube(line(runner[0], runner[3]), 0.014, hide, 10))
        parts += [tube(line(runner[i], runner[i + 1]), 0.013, metal, 10) for i in range(3)]
    for y, z in ((-d / 2 + 0.03, 0.30), (d / 2 - 0.10, 0.30)):
        parts.append(tube(line((-w / 2 + 0.02, y, z), (w / 2 - 0.02, y, z)), 0.011, metal, 8))
    n = 6
    for i in range(n):
        a, b = 1 + i * 28 // n, 1 + (i + 1) * 28 // n
        seg = (profile[a] + profile[min(b, 29)]) / 2
        run = profile[min(b, 29)] - profile[a]
        length = float(np.linalg.norm(run))
        pad = cushion(
            w - 0.11, length, 0.055, hide, r=0.025, puff=0.004, crown=0.012, wrinkle=0.003, seed=i + rng.uniform(0, 5)
        )
        parts.append(pad.turned(float(np.degrees(np.arctan2(run[2], run[1]))), "x").moved(0, seg[1], seg[2] + 0.01))
    return parts


def _slipper(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """An armless chair with a low curved back."""
    w, d, h = size
    cloth = style.chairs[0]
    seat = cushion(w, d - 0.08, 0.22, cloth, r=0.06, puff=0.01, crown=0.03, wrinkle=0.005, seed=rng.uniform(0, 9))
    back = cushion(w, 0.16, h - 0.36, cloth, r=0.075, puff=0.02, wrinkle=0.008, seed=rng.uniform(0, 9))
    back = back.warped(
        lambda v: (
            v
            + np.c_[
                np.zeros(len(v)), -0.10 * (v[:, 0] / (w / 2)) ** 2, -0.05 * (v[:, 0] / (w / 2)) ** 2 * (v[:, 2] > 0)
            ]
        )
    )
    base = box(w - 0.04, d - 0.12, 0.08, cloth, 0.02).moved(0, -0.02, 0.20)
    p = leaning(pillow(0.44, 0.30, 0.13, style.cushions[0], rng.uniform(0, 9)), 22, 5).moved(0, d / 2 - 0.33, 0.58)
    kind = "splayed" if style.legs == "plinth" else style.legs
    feet = legs(kind, w - 0.02, d - 0.06, 0.18, style.wood, style.metal)
    back = back.turned(-13, "x").moved(0, d / 2 - 0.12, 0.34 + (h - 0.36) / 2)
    soft = [seat.moved(0, -0.03, 0.33), back, base]
    return [*soft, nestled(p, soft), *feet]


lounge_chair = by_form(
    "lounge-chair",
    {
        "frame": show_wood,
        "barrel": _barrel,
        "wing": _wing,
        "rattan": _rattan,
        "sling": _sling,
        "slipper": _slipper,
        "moulded": moulded,
        "spool": spool,
        "safari": safari,
        "woven": woven,
    },
)

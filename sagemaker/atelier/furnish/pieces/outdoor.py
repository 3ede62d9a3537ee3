"""Sofas and chairs that live outside."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form
from atelier.furnish.pieces.upholstery import back_cushion, scatter, seat
from atelier.furnish.shapes import Part, box, columns, curve, line, tube
from atelier.furnish.soft import cushion
from atelier.furnish.styles import Style

Rng = np.random.Generator
TEAK, ALU, ROPE = "wood/teak", "paint/34363a", "rattan/8c7a63"


def cover(style: Style) -> str:
    """Cloth for outside: the style's light neutral."""
    return f"fabric/linen/{style.neutrals[0]}"


def slats(w: float, d: float, z: float, wood: str, pitch: float = 0.075, t: float = 0.022) -> list[Part]:
    """Slats along x over a w × d area, their upper faces at z."""
    n = max(3, round(d / pitch))
    return [
        box(w, d / n - 0.010, t, wood, 0.005).moved(0, float(y), z - t / 2)
        for y in (np.arange(n) + 0.5) * d / n - d / 2
    ]


def _sofa_teak(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A slatted teak frame with loose cushions."""
    w, d, h = size
    parts = [
        box(0.055, 0.055, 0.58 if sy < 0 else h - 0.06, TEAK, 0.008).moved(
            sx * (w / 2 - 0.03), sy * (d / 2 - 0.03), (0.58 if sy < 0 else h - 0.06) / 2
        )
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    parts += [box(0.075, d - 0.02, 0.028, TEAK, 0.008).moved(s * (w / 2 - 0.037), 0, 0.595) for s in (-1, 1)]
    parts += [
        box(0.022, d - 0.08, 0.05, TEAK, 0.005).moved(s * (w / 2 - 0.03), 0, z) for s in (-1, 1) for z in (0.26, 0.42)
    ]
    parts += [box(w - 0.08, 0.022, 0.06, TEAK, 0.005).moved(0, d / 2 - 0.03, z) for z in (0.44, 0.56, h - 0.10)]
    parts += [box(w - 0.06, 0.03, 0.09, TEAK, 0.006).moved(0, s * (d / 2 - 0.03), 0.26) for s in (-1, 1)]
    parts += slats(w - 0.10, d - 0.10, 0.29, TEAK)
    return parts + _cushioned(w - 0.14, d - 0.10, h, style, rng)


def _cushioned(w: float, d: float, h: float, style: Style, rng: Rng) -> list[Part]:
    """Seats and backs over a w × d deck whose upper face is 0.29 m high."""
    count, cloth, parts = max(1, round(w / 0.66)), cover(style), []
    cw = w / count
    for i in range(count):
        x = -w / 2 + cw * (i + 0.5)
        parts += [p.moved(x, -0.06, 0.365) for p in seat(cw - 0.006, d - 0.12, cloth, rng, 0.14)]
        parts += [
            p.moved(x, d / 2 - 0.11, 0.40 + (h - 0.42) / 2)
            for p in back_cushion(cw - 0.016, h - 0.42, cloth, rng, 0.15)
        ]
    return parts


def _sofa_rope(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A metal frame wound with rope round the back and arms."""
    w, d, h = size
    x, y, low = w / 2 - 0.02, d / 2 - 0.02, 0.28
    corner = [(-x, -y), (-x, y - 0.12), (-x + 0.12, y), (x - 0.12, y), (x, y - 0.12), (x, -y)]
    run = curve(np.c_[np.array(corner), np.zeros(6)], 46)[:, :2]
    top = 0.56 + (h - 0.14 - 0.56) * np.clip((run[:, 1] + y) / (2 * y), 0, 1) ** 1.5
    parts = [tube(columns(run, top), 0.016, ALU, 10), tube(columns(run, low), 0.014, ALU, 8)]
    fine = np.linspace(0, 45, 120)
    for k in range(len(fine) - 1):
        i = min(int(fine[k]), 44)
        f = fine[k] - i
        a = np.r_[run[i] * (1 - f) + run[i + 1] * f, low]
        b = np.r_[a[:2], top[i] * (1 - f) + top[i + 1] * f]
        parts.append(tube(np.stack([a, b]), 0.0065, ROPE, 5))
    parts += [
        tube(line((sx * (x - 0.05), sy * (y - 0.05), 0), (sx * x, sy * y, low), 2), 0.016, TEAK, 10)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    deck = box(w - 0.06, d - 0.06, 0.03, ALU, 0.006).moved(0, 0, 0.275)
    soft = _cushioned(w - 0.12, d - 0.06, h, style, rng)
    return [*parts, deck, *soft, *scatter((min(w, 1.65), d + 0.14, h), style, rng, soft)[:2]]


def _sofa_block(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A low powder-coated box frame with deep cushions."""
    w, d, h = size
    parts = [
        box(w - 0.01, d - 0.01, 0.05, ALU, 0.004).moved(0, 0, 0.255),
        *[
            box(0.05, 0.05, 0.24, ALU, 0.004).moved(sx * (w / 2 - 0.03), sy * (d / 2 - 0.03), 0.12)
            for sx in (-1, 1)
            for sy in (-1, 1)
        ],
    ]
    for s in (-1, 1):
        parts += [
            box(0.05, d - 0.01, 0.05, ALU, 0.004).moved(s * (w / 2 - 0.03), 0, 0.53),
            box(0.05, 0.05, 0.28, ALU, 0.004).moved(s * (w / 2 - 0.03), -d / 2 + 0.03, 0.40),
        ]
        parts.append(box(0.08, d - 0.04, 0.018, TEAK, 0.004).moved(s * (w / 2 - 0.04), 0, 0.565))
    parts += [box(w - 0.01, 0.05, 0.05, ALU, 0.004).moved(0, d / 2 - 0.03, z) for z in (0.53, h - 0.16)]
    parts += [
        box(0.05, 0.05, h - 0.42, ALU, 0.004).moved(s * (w / 2 - 0.03), d / 2 - 0.03, 0.27 + (h - 0.42) / 2)
        for s in (-1, 1)
    ]
    return parts + _cushioned(w - 0.12, d - 0.08, h, style, rng)


outdoor_sofa = by_form("outdoor-sofa", {"teak": _sofa_teak, "rope": _sofa_rope, "block": _sofa_block})


def _chair_adirondack(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Wide boards, a raked seat, a fanned back and broad arms; at a café table, the folding chair of the same wood."""
    w, d, h = size
    if w < 0.62:
        return _chair_folding(size, style, rng)
    wood = f"paint/{style.neutrals[0]}" if style.painted else TEAK
    parts = []
    for s in (-1, 1):
        parts.append(box(0.028, 0.10, 0.52, wood, 0.005).moved(s * (w / 2 - 0.05), -d / 2 + 0.09, 0.26))
        stringer = box(0.028, d * 1.0, 0.10, wood, 0.005).turned(14, "x")
        parts.append(
            stringer.moved(s * (w / 2 - 0.09), 0.0, 0.20).warped(lambda v: columns(v[:, :2], np.maximum(v[:, 2], 0)))
        )
        parts.append(box(0.13, d * 0.78, 0.024, wood, 0.008).moved(s * (w / 2 - 0.065), -d * 0.07, 0.53))
    for k in range(5):
        y = -d / 2 + 0.07 + k * d * 0.125
        parts.append(
            box(w - 0.16, d * 0.115, 0.020, wood, 0.005).turned(-14, "x").moved(0, y, 0.365 - 0.25 * (y + d / 2))
        )
    n = 7
    for k in range(n):
        t = (k - (n - 1) / 2) / ((n - 1) / 2)
        tall = (h - 0.16) * (1 - 0.13 * t * t)
        board = box(0.072, 0.018, tall, wood, 0.005).moved(0, 0, tall / 2).turned(7 * t, "y").turned(-24, "x")
        parts.append(board.moved(t * (w / 2 - 0.15), d * 0.10, 0.17))
    return [*parts, box(w - 0.10, 0.022, 0.07, wood, 0.005).moved(0, d * 0.30, 0.56)]


def _chair_rope(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A tub of wound rope on splayed wooden legs."""
    w, d, h = size
    a = np.deg2rad(np.linspace(-118, 118, 32))
    x, y = w / 2 - 0.02, d / 2 - 0.02
    top = 0.60 + (h - 0.62) * np.clip(np.cos(a * 0.85), 0, 1)
    rim, low = columns(x * np.sin(a), y * np.cos(a), top), columns((x - 0.07) * np.sin(a), (y - 0.07) * np.cos(a), 0.38)
    parts = [tube(rim, 0.014, ALU, 10), tube(low, 0.012, ALU, 8)]
    for t in np.linspace(0, 30.9, 62):
        i, f = int(t), t - int(t)
        parts.append(
            tube(np.stack([low[i] * (1 - f) + low[i + 1] * f, rim[i] * (1 - f) + rim[i + 1] * f]), 0.0065, ROPE, 5)
        )
    parts += [
        tube(
            line((sx * (x - 0.03), sy * (y - 0.04), 0), (sx * x * 0.62, sy * y * 0.62, 0.38), 3),
            [0.012, 0.016, 0.018],
            TEAK,
            10,
        )
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    pad = cushion(
        w - 0.18, d - 0.18, 0.09, cover(style), r=0.04, puff=0.0, crown=0.018, wrinkle=0.005, seed=rng.uniform(0, 9)
    )
    return [*parts, box(w - 0.18, d - 0.18, 0.02, ALU, 0.006).moved(0, -0.01, 0.38), pad.moved(0, -0.01, 0.43)]


def _chair_folding(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Crossed wooden legs, a slatted seat and back: it folds."""
    w, d, h = size
    parts = []
    for s in (-1, 1):
        x = s * (w / 2 - 0.02)
        parts.append(tube(line((x, -d / 2 + 0.02, 0), (x, d / 2 - 0.14, 0.52), 3), 0.015, TEAK, 8))
        parts.append(
            tube(
                curve([(x * 0.93, d / 2 - 0.02, 0), (x * 0.93, -d * 0.12, 0.44), (x * 0.93, -d * 0.2, 0.46)], 6),
                0.015,
                TEAK,
                8,
            )
        )
        parts.append(tube(line((x * 0.9, d * 0.18, 0.40), (x * 0.9, d / 2 - 0.03, h - 0.01), 3), 0.014, TEAK, 8))
    parts += slats(w - 0.05, d * 0.62, 0.46, TEAK, 0.06)
    for z in np.linspace(0.54, h - 0.06, 5):
        parts.append(
            box(w - 0.06, 0.016, 0.045, TEAK, 0.005).moved(
                0, d * 0.18 + (d * 0.32 - 0.03) * (z - 0.40) / (h - 0.41), float(z)
            )
        )
    pad = cushion(
        w - 0.07,
        d * 0.58,
        0.045,
        style.cushions[int(rng.integers(len(style.cushions)))],
        r=0.02,
        puff=0.0,
        crown=0.01,
        wrinkle=0.005,
        seed=rng.uniform(0, 9),
    )
    return [*parts, pad.moved(0, -0.01, 0.482)]


outdoor_chair = by_form(
    "outdoor-chair", {"adirondack": _chair_adirondack, "rope": _chair_rope, "folding": _chair_folding}
)

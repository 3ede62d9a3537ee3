"""Desks and office chairs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from atelier.furnish.pieces.common import Size, legs, pull
from atelier.furnish.shapes import Part, box, columns, curve, lathe, line, tube
from atelier.furnish.soft import cushion
from atelier.furnish.styles import Style
from atelier.model import F64


def desk(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    parts = [box(w, d, 0.032, style.wood, 0.008, 2, 3).moved(0, 0, h - 0.016)]
    if style.base in {"sled", "hairpin", "pedestal"}:
        for sx in (-1, 1):
            x = sx * (w / 2 - 0.06)
            parts += [
                box(0.03, 0.03, h - 0.03, style.metal, 0.003).moved(x, sy * (d / 2 - 0.05), (h - 0.03) / 2)
                for sy in (-1, 1)
            ]
            parts.append(box(0.03, d - 0.1, 0.03, style.metal, 0.003).moved(x, 0, 0.015))
    else:
        parts += legs(
            style.legs if style.legs in {"turned", "splayed", "tapered"} else "block",
            w + 0.02,
            d + 0.02,
            h - 0.03,
            style.wood,
            style.metal,
        )
    dw = w * 0.40
    parts.append(box(dw, d - 0.08, 0.11, style.case, 0.004).moved(w / 2 - dw / 2 - 0.12, 0.01, h - 0.087))
    front = box(dw - 0.012, 0.016, 0.095, style.case, 0.003).moved(w / 2 - dw / 2 - 0.12, -d / 2 + 0.045, h - 0.087)
    return [*parts, front, pull(0.12, style.metals[-1], w / 2 - dw / 2 - 0.12, -d / 2 + 0.034, h - 0.087)]


def office_chair(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    cloth = style.chairs[0] if style.chairs[0].split("/")[0] != "cloth" else style.chairs[-1]
    frame = "metal/steel" if "chrome" not in style.metal else style.metal
    parts = []
    r = min(w, d) / 2 - 0.03
    for a in np.deg2rad(90 + 72 * np.arange(5)):
        c, s = np.cos(a), np.sin(a)
        parts.append(
            tube(
                curve([(0, 0, 0.115), (c * r * 0.5, s * r * 0.5, 0.10), (c * r, s * r, 0.065)], 8),
                np.linspace(0.024, 0.014, 8),
                frame,
                10,
            )
        )
        wheel = lathe(
            [(0, -0.02), (0.026, -0.02), (0.029, -0.012), (0.029, 0.012), (0.026, 0.02), (0, 0.02)],
            "plastic/2a2b2d",
            20,
        )
        parts.append(wheel.turned(90, "x").turned(float(np.degrees(a))).moved(c * r, s * r, 0.029))
    parts.append(tube(line((0, 0, 0.10), (0, 0, 0.40), 3), [0.028, 0.022, 0.022], frame, 14))
    parts.append(box(0.24, 0.26, 0.03, "plastic/2a2b2d", 0.01).moved(0, 0, 0.405))
    seat = cushion(w - 0.14, d - 0.16, 0.085, cloth, r=0.04, puff=0.004, crown=0.016, wrinkle=0.003, seed=2, core=22)
    parts.append(seat.warped(_waterfall(d)).moved(0, -0.03, 0.455))
    back = cushion(w - 0.18, 0.07, h - 0.56, cloth, r=0.033, puff=0.004, crown=0.004, wrinkle=0.003, seed=4, core=22)
    top = h - 0.56

    def shape(v: F64) -> F64:
        wrap = -0.05 * (v[:, 0] / (w / 2)) ** 2
        lumbar = -0.025 * np.cos(v[:, 2] / top * np.pi * 1.4)
        taper = 1 - 0.12 * np.clip(v[:, 2] / top, 0, 1)
        return columns(v[:, 0] * taper, v[:, 1] + wrap + lumbar, v[:, 2])

    parts.append(back.warped(shape).turned(-8, "x").moved(0, d / 2 - 0.10, 0.56 + top / 2))
    parts.append(
        tube(
            curve([(0, 0.08, 0.40), (0, d / 2 - 0.07, 0.42), (0, d / 2 - 0.05, 0.62), (0, d / 2 - 0.05, 0.74)], 14),
            0.019,
            frame,
            10,
        )
    )
    for s in (-1, 1):
        x = s * (w / 2 - 0.035)
        arm = curve([(s * 0.12, 0.02, 0.40), (x, 0.02, 0.45), (x, 0.04, 0.64)], 12)
        parts += [
            tube(arm, 0.013, frame, 10),
            box(0.055, 0.24, 0.028, "plastic/2f3032", 0.012, 3, 3).moved(x, 0.0, 0.655),
        ]
    return parts


def _waterfall(d: float) -> Callable[[F64], F64]:
    """Let the seat's front edge roll down."""

    def move(v: F64) -> F64:
        drop = 0.03 * np.clip(-v[:, 1] / (d / 2) - 0.5, 0, 1) ** 2 * 4
        return columns(v[:, :2], v[:, 2] - drop)

    return move


def laptop(size: Size, _style: Style, _rng: np.random.Generator) -> list[Part]:
    """An open laptop; the screen leans back."""
    w, d, h = size
    base = box(w, d * 0.80, 0.016, "metal/steel", 0.004).moved(0, -d * 0.1, 0.008)
    keys = box(w - 0.05, d * 0.34, 0.002, "plastic/2a2b2d", 0.0005).moved(0, -d * 0.02, 0.0165)
    lid = box(w, 0.008, h * 1.02, "metal/steel", 0.003)
    face = box(w - 0.02, 0.001, h - 0.01, "screen", 0.0003).moved(0, -0.0042, 0)
    tilt = [p.turned(-14, "x").moved(0, d * 0.36, h / 2 + 0.008) for p in (lid, face)]
    return [base, keys, *tilt]

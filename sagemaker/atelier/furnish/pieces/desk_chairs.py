"""Office chairs, one maker per silhouette."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from atelier.furnish.pieces.common import Size, by_form
from atelier.furnish.shapes import Part, box, columns, curve, lathe, line, sheet, tube
from atelier.furnish.soft import cushion, piping
from atelier.furnish.styles import Style
from atelier.model import F64

Rng = np.random.Generator


def _task(size: Size, style: Style, _rng: Rng) -> list[Part]:
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


def _frame_metal(style: Style) -> str:
    return style.metal if "chrome" in style.metal else "metal/steel"


def _star(w: float, d: float, material: str, column: float) -> list[Part]:
    """Five castored spokes and the column that rises to `column`."""
    parts = []
    r = min(w, d) / 2 - 0.03
    wheel = lathe(
        [(0, -0.02), (0.026, -0.02), (0.029, -0.012), (0.029, 0.012), (0.026, 0.02), (0, 0.02)], "plastic/2a2b2d", 16
    )
    for a in np.deg2rad(90 + 72 * np.arange(5)):
        c, s = float(np.cos(a)), float(np.sin(a))
        spoke = curve([(0, 0, 0.115), (c * r * 0.5, s * r * 0.5, 0.10), (c * r, s * r, 0.065)], 8)
        parts.append(tube(spoke, np.linspace(0.024, 0.014, 8), material, 10))
        parts.append(wheel.turned(90, "x").turned(float(np.degrees(a))).moved(c * r, s * r, 0.029))
    return [*parts, tube(line((0, 0, 0.10), (0, 0, column), 3), [0.028, 0.022, 0.022], _steel(material), 14)]


def _steel(material: str) -> str:
    return "metal/steel" if material.startswith("wood") else material


def _mesh(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Net stretched in a frame, with a lumbar bow and padded arms."""
    w, d, h = size
    cloth, dark = style.chairs[0], "plastic/2f3032"
    parts = _star(w, d, dark, 0.42)
    seat = cushion(w - 0.14, d - 0.15, 0.085, cloth, r=0.04, puff=0.004, crown=0.016, wrinkle=0.003, seed=2, core=14)
    parts.append(seat.warped(_waterfall(d)).moved(0, -0.03, 0.455))
    u, v = np.meshgrid(np.linspace(-1, 1, 11), np.linspace(0, 1, 15), indexing="ij")
    half = (w / 2 - 0.09) * (1 - 0.22 * v**3) * (1 - 0.10 * (1 - v) ** 2)
    y = d / 2 - 0.14 + 0.10 * v - 0.03 * np.sin(np.pi * v) + 0.045 * (1 - u**2)
    net = np.stack([u * half, y, 0.54 + (h - 0.555) * v], -1)
    rim = np.concatenate([net[0], net[1:, -1], net[-1, -2::-1], net[-2:0:-1, 0]])
    parts += [sheet(net, "fabric/plain/3a3b3e"), sheet(net + np.array([0, 0.003, 0]), "fabric/plain/3a3b3e", flip=True)]
    parts.append(tube(rim, 0.012, dark, 8, closed=True))
    parts.append(
        tube(
            curve([(0, 0.06, 0.41), (0, d / 2 - 0.04, 0.43), (0, d / 2 - 0.02, 0.60), (0, d / 2 - 0.045, 0.78)], 12),
            0.019,
            dark,
            10,
        )
    )
    for s in (-1, 1):
        x = s * (w / 2 - 0.035)
        parts.append(tube(curve([(s * 0.12, 0.02, 0.41), (x, 0.02, 0.45), (x, 0.04, 0.64)], 10), 0.014, dark, 10))
        parts.append(box(0.06, 0.24, 0.026, dark, 0.012).moved(x, 0.0, 0.655))
    return parts


def _executive(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """High, ribbed and padded, with looped metal arms."""
    w, d, h = size
    hide = next((m for m in (*style.chairs, *style.sofas) if m.startswith("leather")), "leather/3a322d")
    metal = _frame_metal(style)
    parts, n, tall = _star(w, d, metal, 0.42), 7, h - 0.47
    for i in range(n):
        z = 0.50 + tall / n * (i + 0.5)
        rib = cushion(w - 0.16, 0.075, tall / n + 0.006, hide, r=0.032, puff=0.004, wrinkle=0.001, seed=i, core=7)
        parts.append(rib.turned(-10, "x").moved(0, d / 2 - 0.15 + 0.13 * (z - 0.5) - 0.02 * np.sin(3 * (z - 0.5)), z))
    for i in range(5):
        pad = cushion(
            w - 0.16, (d - 0.20) / 5 + 0.006, 0.075, hide, r=0.032, puff=0.004, wrinkle=0.001, seed=i + 9, core=7
        )
        parts.append(pad.moved(0, -d / 2 + 0.06 + (d - 0.20) / 5 * (i + 0.5), 0.455 - 0.014 * (i == 0)))
    for s in (-1, 1):
        x = s * (w / 2 - 0.015)
        loop = [
            (x, -d / 2 + 0.12, 0.44),
            (x, -d / 2 + 0.10, 0.60),
            (x, -0.02, 0.66),
            (x, d / 2 - 0.16, 0.62),
            (x, d / 2 - 0.13, 0.48),
        ]
        parts.append(tube(curve(loop, 22), 0.013, metal, 10))
        parts.append(tube(line((x, -d / 2 + 0.12, 0.45), (0, -0.02, 0.42)), 0.011, metal, 8))
    return parts


def _captain(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """The banker's chair: a bent rail on spindles, a saddled wooden seat, four wooden spokes."""
    w, d, h = size
    wood, low = style.wood, h - 0.09
    parts = _star(w, d, wood, 0.42)
    seat = box(w - 0.10, d - 0.12, 0.045, wood, 0.02, 10, 2)
    seat = seat.warped(
        lambda v: (
            v
            - columns(
                0.0,
                0.0,
                0.014 * np.exp(-((v[:, 0] / (w * 0.26)) ** 2) - ((v[:, 1] - 0.02) / 0.16) ** 2) * (v[:, 2] > 0),
            )
        )
    )
    parts.append(seat.warped(_rounded_seat(w, d)).moved(0, -0.02, 0.45))
    a = np.deg2rad(np.linspace(-112, 112, 27))
    rail = columns((w / 2 - 0.03) * np.sin(a), (d / 2 - 0.04) * np.cos(a), low - 0.05 + 0.05 * np.cos(a))
    parts.append(tube(rail, 0.021, wood, 12))
    crest = box(w * 0.66, 0.022, h - low + 0.02, wood, 0.010, 14, 2)
    bent = crest.warped(
        lambda v: v - columns(0.0, (d / 2 - 0.04) * (1 - np.sqrt(1 - (v[:, 0] / (w / 2 - 0.03)) ** 2)), 0.0)
    )
    parts.append(bent.moved(0, d / 2 - 0.042, (h + low) / 2 - 0.01))
    for k in range(1, 27, 2):
        x, y, z = rail[k]
        parts.append(tube(line((x * 0.82, y * 0.80 - 0.01, 0.46), (x, y, z), 3), [0.007, 0.010, 0.007], wood, 8))
    pad = cushion(w - 0.18, d - 0.20, 0.035, style.chairs[0], r=0.016, puff=0.002, crown=0.010, wrinkle=0.003)
    return [*parts, pad.warped(_rounded_seat(w, d)).moved(0, -0.02, 0.488)]


def _rounded_seat(w: float, d: float) -> Callable[[F64], F64]:
    """A square seat's corners drawn in."""

    def move(v: F64) -> F64:
        corner = (4 * v[:, 0] * v[:, 1] / (w * d)) ** 2
        return columns(v[:, :2] * (1 - 0.22 * np.minimum(corner, 1.0))[:, None], v[:, 2])

    return move


def _shell(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A padded tub with low wings on castors."""
    w, d, h = size
    cloth, metal = style.chairs[0], _frame_metal(style)
    r, tall = w / 2 - 0.07, h - 0.42
    arc = 2 * r * 1.8
    back = cushion(arc, 0.06, tall, cloth, r=0.028, puff=0.004, wrinkle=0.001, seed=4, core=26)

    def wrap(v: F64) -> F64:
        a, k = v[:, 0] / r, r + v[:, 1]
        drop = (tall - 0.20) * np.clip(np.abs(v[:, 0]) / (arc / 2), 0, 1) ** 2.2 * np.clip(v[:, 2] / tall + 0.5, 0, 1)
        return columns(k * np.sin(a), k * np.cos(a) * (d - 0.10) / w, v[:, 2] - drop)

    seat = cushion(w - 0.17, d - 0.16, 0.10, cloth, r=0.045, puff=0.0, crown=0.018, wrinkle=0.003)
    parts = [*_star(w, d, metal, 0.42), back.warped(wrap).moved(0, 0.0, 0.42 + tall / 2), seat.moved(0, -0.03, 0.455)]
    return [*parts, piping(w - 0.18, d - 0.17, 0.475, cloth, 0.05, 0.004).moved(0, -0.03)]


office_chair = by_form(
    "office-chair", {"task": _task, "mesh": _mesh, "executive": _executive, "captain": _captain, "shell": _shell}
)

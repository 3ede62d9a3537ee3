"""Dining chairs, one maker per silhouette."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.chairs_more import balloon, bentwood, cantilever, hooped, rounded, tablet
from atelier.furnish.pieces.common import Builder, Size, board, by_form, legs
from atelier.furnish.shapes import Part, box, curve, line, sheet, tube
from atelier.furnish.soft import cushion
from atelier.furnish.styles import Legs, Style
from atelier.model import F64

Rng = np.random.Generator


def _posts(w: float, d: float, h: float, wood: str, r: float = 0.015) -> list[Part]:
    """Front legs and rear legs that rise into the back's posts."""
    parts = []
    for s in (-1, 1):
        parts.append(
            tube(
                line((s * (w / 2 - 0.02), -d / 2 + 0.02, 0), (s * (w / 2 - 0.035), -d / 2 + 0.05, 0.45), 3),
                [r * 0.7, r, r * 1.15],
                wood,
                12,
            )
        )
        rear = curve(
            [
                (s * (w / 2 - 0.03), d / 2 - 0.03, 0),
                (s * (w / 2 - 0.045), d / 2 - 0.09, 0.45),
                (s * (w / 2 - 0.05), d / 2 - 0.06, 0.68),
                (s * (w / 2 - 0.05), d / 2 - 0.01, h - 0.01),
            ],
            16,
        )
        parts.append(tube(rear, np.r_[np.linspace(r * 0.7, r * 1.15, 8), np.linspace(r * 1.1, r * 0.8, 8)], wood, 12))
        parts.append(
            tube(
                line((s * (w / 2 - 0.03), -d / 2 + 0.04, 0.22), (s * (w / 2 - 0.04), d / 2 - 0.06, 0.22)),
                r * 0.6,
                wood,
                8,
            )
        )
    parts.append(tube(line((-w / 2 + 0.035, 0, 0.22), (w / 2 - 0.035, 0, 0.22)), r * 0.6, wood, 8))
    return parts


def _wooden_chair(form: str, size: Size, style: Style) -> list[Part]:
    w, d, h = size
    wood = style.wood if not style.painted or form == "cane" else style.case
    woven = {"cane": "cane/d9c29a", "ladder": "rattan/c2a26c"}
    back = d / 2 - 0.03
    parts = _posts(w, d, h, wood)
    seat = woven.get(form)
    if seat:
        parts.append(
            cushion(w - 0.03, d - 0.08, 0.035, seat, r=0.015, puff=0, crown=-0.006, wrinkle=0, core=10).moved(
                0, -0.01, 0.452
            )
        )
        parts.append(box(w - 0.01, d - 0.05, 0.03, wood, 0.012).moved(0, -0.01, 0.435))
    elif form == "crossback":
        parts.append(
            cushion(w - 0.02, d - 0.06, 0.045, style.chairs[0], r=0.02, crown=0.012, puff=0.002, wrinkle=0.002).moved(
                0, -0.01, 0.455
            )
        )
    else:
        parts.append(box(w, d - 0.05, 0.035, wood, 0.014, 4, 3).moved(0, -0.01, 0.448))
    s = np.linspace(-1, 1, 15)

    def rail(z: float, r: float, lean: float, bow: float = 0.035) -> Part:
        return tube(np.c_[s * (w / 2 - 0.05), back - 0.03 + lean + bow * (1 - s**2) * 0.6, np.full(15, z)], r, wood, 10)

    if form == "spindle":
        parts.append(
            box(w - 0.03, 0.036, 0.080, wood, 0.014, 8, 3)
            .warped(lambda v: v + np.c_[np.zeros(len(v)), 0.02 * (0.62 - (v[:, 0] / (w / 2)) ** 2), np.zeros(len(v))])
            .moved(0, back + 0.014, h - 0.040)
        )
        for x in np.linspace(-w / 2 + 0.09, w / 2 - 0.09, 6):
            parts.append(
                tube(
                    line((x * 0.9, back - 0.05, 0.46), (x, back + 0.015, h - 0.06), 4),
                    [0.006, 0.008, 0.008, 0.006],
                    wood,
                    8,
                )
            )
    elif form == "crossback":
        parts += [rail(h - 0.02, 0.016, 0.02)]
        for sx in (-1, 1):
            parts.append(
                tube(
                    curve(
                        [
                            (sx * (w / 2 - 0.06), back - 0.05, 0.50),
                            (0, back - 0.01, 0.68),
                            (-sx * (w / 2 - 0.06), back + 0.01, h - 0.05),
                        ],
                        14,
                    ),
                    0.009,
                    wood,
                    8,
                )
            )
    elif form == "cane":
        parts += [rail(h - 0.02, 0.016, 0.02), rail(0.56, 0.012, -0.03)]
        panel = box(w - 0.11, 0.010, h - 0.60, "cane/d9c29a", 0.004, 8, 1)
        parts.append(
            panel.warped(lambda v: v + np.c_[np.zeros(len(v)), 0.02 * (1 - (v[:, 0] / (w / 2)) ** 2), np.zeros(len(v))])
            .turned(-8, "x")
            .moved(0, back - 0.035, (h + 0.55) / 2)
        )
    else:
        for z in np.linspace(0.56, h - 0.05, 4):
            lean = -0.045 + 0.06 * (z - 0.5) / (h - 0.5)
            parts.append(
                box(w - 0.09, 0.016, 0.05, wood, 0.006, 6, 2)
                .warped(lambda v: v + np.c_[np.zeros(len(v)), 0.018 * (1 - (v[:, 0] / (w / 2)) ** 2), np.zeros(len(v))])
                .moved(0, back + lean - 0.01, z)
            )
    return parts


def _wishbone(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    wood, x, y = style.wood, w / 2 - 0.03, d / 2 - 0.03
    angle = np.deg2rad(np.linspace(-108, 108, 30))
    hoop = np.c_[x * np.sin(angle), y * np.cos(angle) + 0.0, h - 0.02 - 0.055 * np.clip(-np.cos(angle) + 0.1, 0, 1)]
    parts = [tube(hoop, 0.0145, wood, 12)]
    spar = y * np.sqrt(1 - (0.075 / x) ** 2)  # where the hoop is above the spar's head
    for s in (-1, 1):
        parts.append(
            tube(
                line((s * (x - 0.02), -y, 0), (s * (x - 0.03), -y + 0.03, 0.44), 4),
                [0.011, 0.015, 0.017, 0.015],
                wood,
                12,
            )
        )
        rear = curve(
            [(s * (x - 0.05), y - 0.02, 0), (s * (x - 0.06), y - 0.06, 0.42), (s * x * 0.98, y * 0.25, h - 0.05)], 16
        )
        parts.append(tube(rear, np.linspace(0.011, 0.016, 16), wood, 12))
        parts.append(tube(line((s * (x - 0.03), -y + 0.02, 0.30), (s * (x - 0.055), y - 0.05, 0.26)), 0.010, wood, 8))
        parts.append(
            tube(
                curve([(0, y - 0.06, 0.45), (s * 0.02, y - 0.04, 0.55), (s * 0.075, spar, h - 0.02)], 10),
                0.012,
                wood,
                8,
            )
        )
    for yy, z in ((-y + 0.03, 0.33), (y - 0.06, 0.30)):
        parts.append(tube(line((-x + 0.05, yy, z), (x - 0.05, yy, z)), 0.010, wood, 8))
    pad = cushion(w - 0.08, d - 0.10, 0.035, "rattan/cbb48a", r=0.016, puff=0, crown=-0.008, wrinkle=0, core=10)
    return [
        *parts,
        pad.warped(lambda v: v * np.c_[1 - 0.18 * (v[:, 1] / d + 0.5), np.ones(len(v)), np.ones(len(v))]).moved(
            0, -0.02, 0.45
        ),
    ]


def _parsons(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    cloth = style.chairs[0]
    seat = cushion(w, d - 0.06, 0.12, cloth, r=0.035, puff=0.004, crown=0.016, wrinkle=0.003, seed=2)
    back = cushion(w, 0.08, h - 0.40, cloth, r=0.035, puff=0.004, crown=0.01, wrinkle=0.003, seed=4, core=24)
    back = back.warped(
        lambda v: (
            v
            + np.c_[
                np.zeros(len(v)),
                0.012 * (style.back == "channel") * np.abs(np.sin(v[:, 0] * np.pi / 0.09)),
                0.02 * np.cos(v[:, 0] / w * np.pi) * (v[:, 2] > 0.1),
            ]
        )
    )
    parts = [seat.moved(0, -0.02, 0.43), back.turned(-9, "x").moved(0, d / 2 - 0.09, 0.40 + (h - 0.40) / 2)]
    kind: Legs = style.legs if style.legs in {"pin", "turned"} else "tapered"
    return [*parts, *legs(kind, w + 0.06, d + 0.02, 0.385, style.wood, style.metal)]


def _shell(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A moulded, thinly upholstered shell on splayed legs."""
    w, d, h = size
    front, back, cloth = -d / 2 + 0.015, d / 2, style.chairs[0]
    line_yz = [(front, 0.430), (front + 0.06, 0.452), (0.0, 0.432), (back - 0.15, 0.442), (back - 0.075, 0.53)]
    profile = curve([*line_yz, (back - 0.035, 0.68), (back - 0.005, h - 0.015)], 40)
    t = (1 - np.cos(np.linspace(0.02, np.pi - 0.02, 30))) / 2
    y, z = (np.interp(t, np.linspace(0, 1, 40), profile[:, k]) for k in (0, 1))
    waist = 1 - 0.10 * np.exp(-(((t - 0.62) / 0.14) ** 2)) - 0.10 * t**3
    half = w / 2 * waist * (1 - np.abs(2 * t - 1) ** 7) ** 0.40
    slope = np.stack([np.gradient(y), np.gradient(z)], -1)
    slope /= np.linalg.norm(slope, axis=1, keepdims=True)
    s = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 19))[None]
    dish = (0.075 * (half / (w / 2))[:, None]) * np.abs(s) ** 2.4

    def skin(depth: float) -> F64:
        raised = dish + depth
        return np.stack([half[:, None] * s, y[:, None] - slope[:, 1:] * raised, z[:, None] + slope[:, :1] * raised], -1)

    inner, outer = skin(0.0), skin(-0.030)
    middle = (inner + outer) / 2
    rim = np.concatenate([middle[:, -1], middle[::-1, 0]])
    parts = [sheet(inner, cloth, flip=True), sheet(outer, cloth), tube(rim, 0.0175, cloth, 10, closed=True)]
    corners = [(sx, sy) for sx in (-1, 1) for sy in (-1, 1)]
    for sx, sy in corners:  # their heads end inside the shell
        path = line((sx * (w / 2 - 0.03), sy * (d / 2 - 0.045), 0), (sx * 0.13, sy * 0.13 - 0.03, 0.442), 4)
        parts.append(tube(path, [0.010, 0.013, 0.016, 0.018], style.wood, 12))
    return parts


def _metal_chair(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    metal = style.metal
    parts = [box(w - 0.01, d - 0.06, 0.03, style.wood, 0.012, 4, 3).moved(0, -0.02, 0.45)]
    for s in (-1, 1):
        x = s * (w / 2 - 0.03)
        parts.append(tube(line((s * (w / 2 - 0.011), -d / 2 + 0.012, 0), (x, -d / 2 + 0.06, 0.44)), 0.0115, metal, 10))
        parts.append(
            tube(
                curve(
                    [(s * (w / 2 - 0.011), d / 2 - 0.012, 0), (x, d / 2 - 0.08, 0.45), (x, d / 2 - 0.02, h - 0.015)], 10
                ),
                0.0115,
                metal,
                10,
            )
        )
        parts.append(tube(line((x, -d / 2 + 0.05, 0.2), (x, d / 2 - 0.06, 0.2)), 0.008, metal, 8))
    parts.append(tube(line((-w / 2 + 0.03, 0, 0.2), (w / 2 - 0.03, 0, 0.2)), 0.008, metal, 8))
    for z, lean in ((h - 0.06, -0.025), (h - 0.19, -0.045)):
        parts.append(board(w - 0.05, 0.018, 0.085, style.wood, 0, d / 2 + lean, z - 0.04, 0.006))
    return parts


def _wooden(form: str) -> Builder:
    def build(size: Size, style: Style, _rng: Rng) -> list[Part]:
        return _wooden_chair(form, size, style)

    return build


dining_chair = by_form(
    "dining-chair",
    {
        "shell": _shell,
        "parsons": _parsons,
        "metal": _metal_chair,
        "wishbone": _wishbone,
        "spindle": _wooden("spindle"),
        "crossback": _wooden("crossback"),
        "cane": _wooden("cane"),
        "ladder": _wooden("ladder"),
        "cantilever": cantilever,
        "bentwood": bentwood,
        "balloon": balloon,
        "tablet": tablet,
        "rounded": rounded,
        "hooped": hooped,
    },
)

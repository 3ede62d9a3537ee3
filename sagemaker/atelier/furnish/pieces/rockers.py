"""Rocking chairs."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form
from atelier.furnish.pieces.upholstery import seat
from atelier.furnish.shapes import Part, box, columns, curve, line, tube
from atelier.furnish.soft import cushion, leaning, nestled, pillow, piping
from atelier.furnish.styles import Style

Rng = np.random.Generator


def _runners(w: float, d: float, wood: str) -> list[Part]:
    """Two curved runners that touch the floor in the middle."""
    t = np.linspace(-1, 1, 15)
    return [
        tube(columns(np.full(15, s * (w / 2 - 0.06)), t * (d / 2 - 0.015), 0.016 + 0.075 * t**2), 0.016, wood, 10)
        for s in (-1, 1)
    ]


def _spindled(size: Size, style: Style, rng: Rng) -> list[Part]:
    w, d, h = size
    wood, y0, y1 = style.case if style.painted else style.wood, -d * 0.26, d * 0.16
    parts = _runners(w, d, wood)
    base = box(w - 0.06, d * 0.52, 0.04, wood, 0.016, 6, 2).moved(0, -d * 0.05, 0.42)
    for s in (-1, 1):
        x = s * (w / 2 - 0.06)
        for y, z in ((y0, 0.05), (y1, 0.03)):
            parts.append(
                tube(line((x, y * 1.25, z), (s * (w / 2 - 0.09), y, 0.42), 4), [0.013, 0.018, 0.018, 0.013], wood, 10)
            )
        parts.append(tube(line((x, y0 * 1.1, 0.43), (s * (w / 2 - 0.03), y0 * 1.1, 0.63)), 0.012, wood, 8))
        parts.append(box(0.06, d * 0.50, 0.024, wood, 0.010, 4, 2).moved(s * (w / 2 - 0.035), -d * 0.06, 0.64))
        parts.append(
            tube(
                curve(
                    [
                        (s * (w / 2 - 0.10), y1, 0.42),
                        (s * (w / 2 - 0.08), d * 0.26, 0.75),
                        (s * (w / 2 - 0.08), d * 0.36, h - 0.04),
                    ],
                    8,
                ),
                0.015,
                wood,
                10,
            )
        )
    crest = box(w - 0.11, 0.024, 0.13, wood, 0.010, 8, 2).warped(
        lambda v: v + columns(0.0, 0.03 * (1 - (v[:, 0] / (w / 2)) ** 2), 0.0)
    )
    parts += [base, crest.turned(-14, "x").moved(0, d * 0.35, h - 0.07)]
    for x in np.linspace(-w * 0.30, w * 0.30, 7):
        parts.append(
            tube(line((x * 0.85, y1 + 0.01, 0.43), (x, d * 0.355, h - 0.10), 3), [0.007, 0.010, 0.006], wood, 8)
        )
    pad = cushion(
        w - 0.12,
        d * 0.46,
        0.05,
        style.chairs[0],
        r=0.022,
        puff=0.003,
        crown=0.014,
        wrinkle=0.005,
        seed=rng.uniform(0, 9),
    )
    return [*parts, pad.moved(0, -d * 0.05, 0.463)]


def _padded(size: Size, style: Style, rng: Rng) -> list[Part]:
    """An upholstered winged shell on wooden runners: the nursery chair."""
    w, d, h = size
    cloth, wood = style.chairs[0], style.wood
    parts = _runners(w, d, wood)
    for s in (-1, 1):
        x = s * (w / 2 - 0.06)
        parts += [tube(line((x, y * 1.15, 0.05), (x * 0.9, y, 0.26)), 0.016, wood, 10) for y in (-d * 0.26, d * 0.20)]
    body = box(w - 0.12, d * 0.66, 0.14, cloth, 0.03, 4, 2).moved(0, -d * 0.05, 0.30)
    parts += [body, *[p.moved(0, -d * 0.08, 0.41) for p in seat(w - 0.26, d * 0.62, cloth, rng, 0.14)]]
    tall = h - 0.36
    back = cushion(w - 0.20, 0.13, tall, cloth, r=0.055, puff=0.012, wrinkle=0.005, seed=rng.uniform(0, 9))
    cord = piping(w - 0.22, tall - 0.02, 0, cloth, 0.05, 0.004).turned(90, "x").moved(0, -0.05)
    parts += [p.turned(-16, "x").moved(0, d * 0.29, 0.34 + tall / 2) for p in (back, cord)]
    for s in (-1, 1):
        parts.append(
            cushion(0.10, d * 0.62, 0.34, cloth, r=0.045, puff=0.005, wrinkle=0.003, seed=s + 3, core=9).moved(
                s * (w / 2 - 0.07), -d * 0.06, 0.44
            )
        )
        parts.append(
            cushion(0.07, 0.20, tall * 0.5, cloth, r=0.032, puff=0.004, wrinkle=0.002, core=9)
            .turned(-16, "x")
            .moved(s * (w / 2 - 0.12), d * 0.26, h - tall * 0.34)
        )
    lumbar = leaning(pillow(0.40, 0.27, 0.12, style.cushions[0], rng.uniform(0, 9)), 26, rng.uniform(-8, 8))
    return [*parts, nestled(lumbar.moved(0, d * 0.14, 0.58), parts)]


rocking_chair = by_form("rocking-chair", {"spindled": _spindled, "padded": _padded})

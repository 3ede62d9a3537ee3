"""Floor lamps, arc lamps, table lamps, desk lamps and pendants. Only the bulbs emit."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size
from atelier.furnish.shapes import Part, curve, disc, lathe, line, tube
from atelier.furnish.styles import Style

LINEN_SHADE, WOVEN_SHADE = "shade/e0d8c6", "rattan/c49f6b"


def _drum(bottom: float, top: float, z0: float, z1: float, material: str = LINEN_SHADE) -> list[Part]:
    """An open shade with rolled hems."""
    wall = lathe([(bottom, z0), (top, z1), (top - 0.003, z1), (bottom - 0.003, z0), (bottom, z0)], material, 48)
    ring = np.linspace(0, 2 * np.pi, 49)[:-1]
    circle = np.c_[np.cos(ring), np.sin(ring), np.zeros(48)]
    hems = [
        tube(circle * [r, r, 0] + [0, 0, z], 0.0035, material, 6, closed=True)
        for r, z in ((bottom - 0.001, z0), (top - 0.001, z1))
    ]
    return [wall, *hems, _bulb(0, 0, (z0 + z1) / 2)]


def _bulb(x: float, y: float, z: float, r: float = 0.03) -> Part:
    t = np.linspace(0, np.pi, 12)
    return lathe(np.c_[r * np.sin(t), -r * np.cos(t)], "bulb", 20).moved(x, y, z)


def _globe(r: float, x: float, y: float, z: float) -> list[Part]:
    t = np.linspace(0, np.pi, 24)
    return [lathe(np.c_[r * np.sin(t), -r * np.cos(t)], "shade/e8e2d4", 36).moved(x, y, z), _bulb(x, y, z, 0.02)]


def _paper(r: float, h: float, z: float) -> list[Part]:
    """A ribbed paper lantern centred at height z."""
    t = np.linspace(0.16, np.pi - 0.16, 70)
    ribs = 1 + 0.012 * np.abs(np.sin(t * 22))
    return [
        lathe(np.c_[r * np.sin(t) * ribs, -h / 2 * np.cos(t) / np.cos(0.16)], "shade/ebe3d0", 44).moved(z=z),
        _bulb(0, 0, z),
    ]


def floor_lamp(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    if style.lamp == "tripod":
        parts = _drum(r, r * 0.80, h - 0.27, h)
        for a in np.deg2rad([30, 150, 270]):
            c, s = np.cos(a), np.sin(a)
            parts.append(
                tube(
                    line((c * r * 0.98, s * r * 0.98, 0), (c * 0.03, s * 0.03, h - 0.30), 3),
                    [0.012, 0.015, 0.012],
                    style.wood,
                    12,
                )
            )
        return [
            *parts,
            disc(0.05, 0.03, style.metal, 24).moved(z=h - 0.31),
            tube(line((0, 0, h - 0.3), (0, 0, h - 0.12)), 0.007, style.metal, 8),
        ]
    if style.lamp == "lantern":
        feet = [
            tube(
                line(
                    (np.cos(a) * r * 0.8, np.sin(a) * r * 0.8, 0),
                    (np.cos(a) * r * 0.55, np.sin(a) * r * 0.55, h - 0.45),
                ),
                0.011,
                style.wood,
                10,
            )
            for a in np.deg2rad([45, 135, 225, 315])
        ]
        return [*feet, *_paper(r, 0.52, h - 0.26), tube(line((0, 0, h - 0.5), (0, 0, h - 0.2)), 0.005, style.metal, 6)]
    foot = lathe(
        [(0, 0), (r * 0.72, 0), (r * 0.74, 0.008), (r * 0.72, 0.02), (0.025, 0.028), (0, 0.028)], style.metal, 44
    )
    if style.lamp == "pharmacy":
        pole = tube(
            curve(
                [
                    (0, 0.0, 0.02),
                    (0, 0.0, h * 0.6),
                    (0, 0.0, h - 0.12),
                    (0, -r * 0.25, h - 0.02),
                    (0, -r * 0.62, h - 0.07),
                ],
                40,
            ),
            0.009,
            style.metal,
            12,
        )
        head = lathe(
            [(0.0, 0.10), (0.03, 0.10), (0.045, 0.085), (0.115, 0.0), (0.112, 0.0), (0.04, 0.08), (0, 0.085)],
            style.metal,
            36,
        )
        shift = (0, -r * 0.66, h - 0.19)
        rim = [
            head.moved(*shift),
            _bulb(0, shift[1], h - 0.155),
            tube(line((0, r * 0.74, 0.004), (0, r * 0.70, 0.016)), 0.004, style.metal, 6),
        ]
        return [foot, pole, *rim]
    pole = tube(line((0, 0, 0.02), (0, 0, h - 0.14), 4), 0.0095, style.metal, 12)
    if style.lamp == "globe":
        return [foot.scaled(0.9, 0.9, 1), pole, *_globe(r * 0.97, 0, 0, h - r * 0.97)]
    shade = WOVEN_SHADE if style.lamp == "woven" else LINEN_SHADE
    return [foot, pole, *_drum(r, r * 0.78, h - 0.30, h, shade)]


def arc_lamp(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Its foot stands at +x and the shade hangs at −x."""
    w, d, h = size
    x1, x0 = w / 2 - 0.16, -w / 2 + d / 2
    foot = disc(0.16, 0.045, style.stone, 48, 0.01).moved(x=x1)
    arc = curve(
        [
            (x1, 0, 0.04),
            (x1 + 0.02, 0, h * 0.45),
            (x1 - 0.16 * w, 0, h * 0.88),
            ((x0 + x1) / 2 - 0.05 * w, 0, h - 0.012),
            (x0 + 0.05, 0, h * 0.93),
            (x0, 0, h * 0.86),
        ],
        60,
    )
    dome = [
        (d / 2, 0),
        (d / 2 * 0.97, d * 0.18),
        (d / 2 * 0.7, d * 0.37),
        (0.02, d * 0.47),
        (0, d * 0.47),
        (0, d * 0.45),
        (d / 2 * 0.68, d * 0.35),
        (d / 2 * 0.955, d * 0.17),
        (d / 2 - 0.004, 0),
    ]
    z = h * 0.86 - d * 0.46
    return [
        foot,
        tube(arc, 0.010, style.metal, 12),
        lathe(dome, style.metal, 44).moved(x0, 0, z),
        _bulb(x0, 0, z + d * 0.2),
    ]


def table_lamp(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    glaze = f"ceramic/{(style.neutrals[0], style.accent(1), style.neutrals[1])[int(rng.integers(3))]}/0.7"
    if style.lamp == "lantern":
        return [
            disc(r * 0.6, 0.02, style.wood),
            *_paper(r, h - 0.04, 0.03 + (h - 0.04) / 2),
            tube(line((0, 0, 0.01), (0, 0, 0.08)), 0.008, style.metal, 8),
        ]
    if style.lamp == "globe":
        ball = h * 0.30
        stem = lathe(
            [
                (0, 0),
                (r * 0.62, 0),
                (r * 0.62, 0.02),
                (0.014, 0.035),
                (0.014, h - 2 * ball),
                (r * 0.3, h - 2 * ball + 0.01),
                (0, h - 2 * ball + 0.012),
            ],
            style.metal,
            36,
        )
        return [stem, *[p.scaled(1, 1, 1) for p in _globe(min(ball, r), 0, 0, h - min(ball, r))]]
    if style.lamp == "pharmacy":
        stem = lathe(
            [(0, 0), (r * 0.6, 0), (r * 0.6, 0.018), (0.012, 0.026), (0.010, h * 0.6), (0, h * 0.6)], style.metal, 36
        )
        return [stem, *_drum(r, r * 0.55, h * 0.56, h, style.metal)]
    t = np.linspace(0, 1, 26)
    swell = 0.030 + (r * 0.55 - 0.030) * np.sin(np.pi * t ** (0.8 if style.lamp == "drum" else 1.2)) ** 0.85
    body = lathe(
        np.r_[[[0, 0], [r * 0.42, 0], [r * 0.42, 0.012]], np.c_[swell, 0.012 + t * h * 0.52], [[0, h * 0.535]]],
        style.wood if style.lamp == "tripod" else glaze,
        40,
    )
    neck = tube(line((0, 0, h * 0.52), (0, 0, h * 0.72)), 0.007, style.metals[-1], 10)
    return [body, neck, *_drum(r, r * 0.76, h * 0.60, h, WOVEN_SHADE if style.lamp == "woven" else LINEN_SHADE)]


def desk_lamp(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A jointed task lamp; base at +x, head at −x."""
    w, d, h = size
    x = w / 2 - d / 2
    foot = disc(d / 2, 0.02, style.metal, 36).moved(x=x)
    elbow, head = (x + d * 0.2, 0.0, h * 0.52), (-w / 2 + 0.07, 0.0, h * 0.93)
    arms = [tube(line((x, 0, 0.015), elbow), 0.007, style.metal, 10), tube(line(elbow, head), 0.006, style.metal, 10)]
    cap = lathe(
        [(0, 0.075), (0.018, 0.075), (0.026, 0.055), (0.062, 0), (0.058, 0), (0.02, 0.05), (0, 0.052)], style.metal, 32
    )
    return [foot, *arms, cap.turned(-12, "y").moved(head[0], 0, h - 0.082), _bulb(head[0], 0, h - 0.06, 0.018)]


def pendant(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Hangs from the ceiling: its cord ends at the top of the stated height."""
    w, _, h = size
    r = w / 2
    drop = min(r * 1.25, h * 0.6)
    cord = tube(line((0, 0, drop * 0.9), (0, 0, h)), 0.004, "paint/2a2a2c", 6)
    rose = disc(0.05, 0.02, style.metal, 24).moved(z=h - 0.02)
    if style.lamp in {"lantern", "globe"}:
        return [cord, rose, *_paper(r, drop, drop / 2)]
    material = WOVEN_SHADE if style.lamp == "woven" else style.metal
    t = np.linspace(0, 1, 16)
    outer = np.c_[0.03 + (r - 0.03) * np.cos(t * np.pi / 2) ** 0.8, drop * np.sin(t * np.pi / 2)]
    shade = lathe(np.r_[outer, [[0, drop]], (outer * [0.975, 0.97])[::-1]], material, 44)
    return [cord, rose, shade, _bulb(0, 0, drop * 0.4, 0.035)]

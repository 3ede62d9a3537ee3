"""More lounge chairs: shells, bowls, ply, spools, safari frames and clouds."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size
from atelier.furnish.shapes import Part, box, columns, curve, disc, lathe, line, sheet, tube
from atelier.furnish.soft import cushion, leaning, pillow, piping
from atelier.furnish.styles import Style
from atelier.model import F64

Rng = np.random.Generator


def _hide(style: Style) -> str:
    return next((m for m in (*style.chairs, *style.sofas) if m.startswith("leather")), style.chairs[0])


def swivel_shell(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A moulded egg with a loose seat, turning on a star of polished metal."""
    w, d, h = size
    cloth, rise = style.chairs[0], 0.22
    a, t = np.meshgrid(np.deg2rad(np.linspace(-128, 128, 33)), np.linspace(0, 1, 15), indexing="ij")
    top = rise + (h - rise) * (0.50 + 0.50 * np.clip(np.cos(a * 0.72), 0, 1) ** 1.6)
    bulge = np.sin(np.pi * (0.16 + 0.62 * t))
    z = rise + (top - rise) * t
    lean = 0.10 * t * np.cos(a)

    def skin(k: float) -> F64:
        r = bulge - k
        return np.stack([(w / 2) * r * np.sin(a), (d / 2 - 0.06) * r * np.cos(a) + lean, z], -1)

    outer, inner = skin(0.0), skin(0.10)
    middle = (outer + inner) / 2
    parts = [sheet(outer, cloth, flip=True), sheet(inner, cloth)]
    parts += [tube(edge, 0.026, cloth, 10) for edge in (middle[:, -1], middle[0], middle[-1])]
    parts.append(
        lathe([(0, rise - 0.02), (w * 0.22, rise - 0.01), (w * 0.27, rise + 0.03), (0, rise + 0.08)], cloth, 28).scaled(
            1, d / w, 1
        )
    )
    seat = cushion(w * 0.68, d * 0.66, 0.15, cloth, r=0.06, puff=0.0, crown=0.03, wrinkle=0.006, seed=rng.uniform(0, 9))
    parts += [seat.moved(0, -0.05, 0.36), tube(line((0, 0, 0.03), (0, 0, rise)), 0.022, style.metal, 12)]
    for k in np.deg2rad([45, 135, 225, 315]):
        arm = [
            (0, 0, 0.06),
            (np.cos(k) * w * 0.18, np.sin(k) * w * 0.18, 0.05),
            (np.cos(k) * w * 0.38, np.sin(k) * w * 0.38, 0.012),
        ]
        parts.append(tube(curve(arm, 8), np.linspace(0.017, 0.011, 8), style.metal, 10))
    return parts


def papasan(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A deep round cushion in a tilted bowl of cane."""
    w, d, h = size
    cane, r, tilt = "wood/pale-oak", w / 2 - 0.03, 34
    a = np.linspace(0, 2 * np.pi, 41)[:-1]
    rim = tube(columns(r * np.cos(a), r * np.sin(a), 0.0), 0.018, cane, 10, closed=True)
    low = tube(columns(r * 0.5 * np.cos(a), r * 0.5 * np.sin(a), -0.16), 0.014, cane, 8, closed=True)
    ribs = [
        tube(line((r * np.cos(k), r * np.sin(k), 0), (r * 0.5 * np.cos(k), r * 0.5 * np.sin(k), -0.16)), 0.007, cane, 6)
        for k in np.linspace(0, 2 * np.pi, 25)[:-1]
    ]
    q, s = np.meshgrid(np.linspace(0, 2 * np.pi, 49), np.linspace(0, 1, 14), indexing="ij")
    tuft = 0.014 * np.abs(np.sin(4 * q)) ** 0.5 * np.sin(np.pi * s)
    rr = s * (r + 0.005)
    bowl = np.stack([rr * np.cos(q), rr * np.sin(q), -0.10 + 0.15 * s**2.2 + tuft - 0.03 * (s > 0.97)], -1)
    filling = sheet(bowl, style.cushions[0])
    edge = tube(
        columns((r - 0.02) * np.cos(a), (r - 0.02) * np.sin(a), 0.030), 0.042, style.cushions[0], 10, closed=True
    )
    z = 0.30 + r * float(np.sin(np.deg2rad(tilt))) * 0.62
    parts = [p.turned(tilt, "x").moved(0, -0.01, z) for p in (rim, low, *ribs, filling, edge)]
    foot = [
        tube(columns(r * k * np.cos(a), r * k * np.sin(a), zz), 0.016, cane, 10, closed=True)
        for k, zz in ((0.62, 0.016), (0.48, 0.26))
    ]
    stand = [
        tube(
            line(
                (r * 0.62 * np.cos(k), r * 0.62 * np.sin(k), 0.016), (r * 0.48 * np.cos(k), r * 0.48 * np.sin(k), 0.26)
            ),
            0.011,
            cane,
            8,
        )
        for k in np.linspace(0, 2 * np.pi, 9)[:-1]
    ]
    # the tilted bowl is as deep and high as its angle makes it: the stated size is a little deeper and higher
    return [p.scaled(1, d / (0.84 * w), h / (0.885 * w)) for p in (*parts, *foot, *stand)]


def moulded(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Bent ply shells with leather pads, reclining on a five-pointed foot."""
    w, d, h = size
    hide, metal = _hide(style), "metal/steel"

    def pad(wide: float, tall: float, thick: float, seed: float) -> list[Part]:
        ply = box(wide, 0.014, tall, style.wood, 0.005, 8).warped(
            lambda v: v - columns(0.0, 0.05 * (v[:, 0] / (wide / 2)) ** 2, 0.0)
        )
        soft = cushion(wide - 0.04, thick, tall - 0.04, hide, r=0.04, puff=0.010, crown=0.01, wrinkle=0.005, seed=seed)
        soft = soft.warped(lambda v: v - columns(0.0, 0.045 * (v[:, 0] / (wide / 2)) ** 2, 0.0))
        return [
            ply.moved(0, thick * 0.55),
            soft,
            piping(wide - 0.06, tall - 0.06, 0, hide, 0.05, 0.004).turned(90, "x").moved(0, -thick * 0.30),
        ]

    seat = [p.turned(-101, "x").moved(0, -0.05, 0.37) for p in pad(w - 0.14, d * 0.66, 0.10, rng.uniform(0, 9))]
    low = [
        p.turned(-24, "x").moved(0, d * 0.22, 0.52) for p in pad(w - 0.16, (h - 0.38) * 0.48, 0.09, rng.uniform(0, 9))
    ]
    high = [
        p.turned(-20, "x").moved(0, d * 0.38, h - 0.17)
        for p in pad(w - 0.20, (h - 0.38) * 0.50, 0.09, rng.uniform(0, 9))
    ]
    parts = [*seat, *low, *high]
    for s in (-1, 1):
        parts.append(
            cushion(0.075, d * 0.40, 0.055, hide, r=0.025, puff=0.003, wrinkle=0.002)
            .turned(5, "x")
            .moved(s * (w / 2 - 0.0375), 0.02, 0.56)
        )
        parts.append(
            tube(
                curve([(s * (w / 2 - 0.04), 0.02, 0.54), (s * (w / 2 - 0.09), 0.06, 0.42), (s * 0.12, 0.04, 0.34)], 8),
                0.010,
                metal,
                8,
            )
        )
    parts.append(tube(line((0, 0.02, 0.06), (0, 0.02, 0.34)), 0.022, "plastic/2a2b2d", 12))
    tips = [(np.cos(k) * w * 0.42, np.sin(k) * d * 0.42, 0.014) for k in np.deg2rad(90 + 72 * np.arange(5))]
    return parts + [tube(line((0, 0.0, 0.07), tip, 3), [0.020, 0.015, 0.012], "metal/steel", 10) for tip in tips]


def spool(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Beaded posts and rails round a boxed seat and back."""
    w, d, h = size
    wood, cloth = style.case if style.painted else style.wood, style.chairs[0]

    def beaded(a: tuple[float, float, float], b: tuple[float, float, float], r: float) -> Part:
        n = max(3, round(float(np.linalg.norm(np.subtract(b, a))) / 0.036))
        t = np.linspace(0, 1, n * 3 + 1)
        return tube(line(a, b, n * 3 + 1), r * (0.62 + 0.38 * np.abs(np.sin(np.pi * n * t))), wood, 8)

    x, y = w / 2 - 0.03, d / 2 - 0.03
    parts = []
    for s in (-1, 1):
        parts += [beaded((s * x, -y, 0), (s * x, -y, 0.60), 0.023), beaded((s * x, y, 0), (s * x, y, h - 0.02), 0.023)]
        parts += [beaded((s * x, -y, z), (s * x, y, z), 0.018) for z in (0.28, 0.59)]
        parts += [beaded((s * x, k, 0.30), (s * x, k, 0.58), 0.013) for k in (-d * 0.16, d * 0.16)]
    parts += [beaded((-x, yy, z), (x, yy, z), 0.018) for yy, z in ((-y, 0.28), (y, 0.28), (y, h - 0.05))]
    seat = cushion(
        w - 0.11, d - 0.10, 0.14, cloth, r=0.045, puff=0.004, crown=0.022, wrinkle=0.006, seed=rng.uniform(0, 9)
    )
    back = cushion(w - 0.13, 0.14, h - 0.46, cloth, r=0.055, puff=0.018, wrinkle=0.007, seed=rng.uniform(0, 9))
    return [*parts, seat.moved(0, -0.02, 0.37), back.turned(-13, "x").moved(0, d / 2 - 0.17, 0.42 + (h - 0.46) / 2)]


def safari(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A knock-down frame of turned wood with slung canvas or hide and strap arms."""
    w, d, h = size
    wood, hide = style.wood, _hide(style)
    x, y = w / 2 - 0.022, d / 2 - 0.05
    parts = []
    for s in (-1, 1):
        parts.append(tube(line((s * x, -y, 0), (s * x, -y, 0.58), 4), [0.014, 0.019, 0.019, 0.014], wood, 12))
        parts.append(
            tube(line((s * x, y - 0.10, 0), (s * x, y - 0.10, 0.58), 4), [0.014, 0.019, 0.019, 0.014], wood, 12)
        )
        parts.append(
            tube(line((s * (x - 0.04), y - 0.16, 0.24), (s * (x - 0.04), y + 0.035, h - 0.01), 3), 0.015, wood, 10)
        )
        parts.append(tube(line((s * x, -y, 0.33), (s * x, y - 0.10, 0.30)), 0.013, wood, 10))
        strap = box(0.06, d - 0.12, 0.006, hide, 0.002, 8).warped(
            lambda v: v - columns(0.0, 0.0, 0.022 * np.cos(np.pi * v[:, 1] / d))
        )
        parts.append(strap.moved(s * x, -0.05, 0.575))
    parts += [tube(line((-x, yy, z), (x, yy, z)), 0.013, wood, 10) for yy, z in ((-y, 0.33), (y - 0.10, 0.30))]
    u, v = np.meshgrid(np.linspace(-1, 1, 12), np.linspace(0, 1, 12), indexing="ij")
    seat = np.stack(
        [
            u * (x - 0.03),
            -y + 0.01 + v * (2 * y - 0.10),
            0.335 - 0.03 * v - 0.035 * np.sin(np.pi * v) * (1 - 0.5 * u**2),
        ],
        -1,
    )
    back = np.stack([u * (x - 0.05), y - 0.11 + 0.14 * v + 0.035 * (1 - u**2), 0.42 + (h - 0.46) * v], -1)
    for grid, flip in ((seat, False), (back, True)):
        under = grid + np.array([0, 0.0, -0.006]) if not flip else grid + np.array([0, 0.006, 0])
        parts += [sheet(grid, hide, flip=False), sheet(under, hide, flip=True)]
    return parts


def cloud(size: Size, style: Style, rng: Rng) -> list[Part]:
    """All cushion: a fat seat, two fat arms and a back, seams between."""
    w, d, h = size
    cloth, aw = style.chairs[0], 0.17
    base = cushion(w - 0.04, d - 0.04, 0.20, cloth, r=0.07, puff=0.01, wrinkle=0.005, seed=1)
    seat = cushion(
        w - 2 * aw + 0.02,
        d - 0.20,
        0.20,
        cloth,
        r=0.085,
        puff=0.012,
        crown=0.035,
        wrinkle=0.010,
        seed=rng.uniform(0, 9),
    )
    back = cushion(w - 0.06, 0.24, h - 0.22, cloth, r=0.11, puff=0.03, wrinkle=0.012, seed=rng.uniform(0, 9))
    parts = [
        base.moved(0, 0, 0.15),
        seat.moved(0, -0.08, 0.34),
        back.turned(-8, "x").moved(0, d / 2 - 0.16, 0.20 + (h - 0.22) / 2),
    ]
    for s in (-1, 1):
        side = cushion(aw, d - 0.08, 0.36, cloth, r=0.082, puff=0.022, wrinkle=0.010, seed=rng.uniform(0, 9))
        parts.append(side.moved(s * (w - aw) / 2 * 0.96, -0.02, 0.38))
    foot = disc(0.03, 0.06, "paint/2c2a29", 16)
    return [*parts, *[foot.moved(sx * (w / 2 - 0.12), sy * (d / 2 - 0.12)) for sx in (-1, 1) for sy in (-1, 1)]]


def woven(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A low chair of cane panels in a square wooden frame, with a loose seat."""
    w, d, h = size
    wood, x = style.wood, w / 2 - 0.025
    parts = []
    for s in (-1, 1):
        parts += [box(0.04, 0.04, 0.60, wood, 0.006).moved(s * x, yy, 0.30) for yy in (-d / 2 + 0.05, d / 2 - 0.12)]
        parts += [box(0.04, d - 0.14, 0.035, wood, 0.006).moved(s * x, -0.035, z) for z in (0.285, 0.585)]
        parts.append(box(0.008, d - 0.20, 0.25, "cane/d9c29a", 0.002).moved(s * x, -0.035, 0.435))
    tall = h - 0.30
    back = [box(w - 0.06, 0.035, 0.045, wood, 0.006).moved(0, 0, k * (tall / 2 - 0.022)) for k in (-1, 1)]
    back += [box(0.045, 0.035, tall, wood, 0.006).moved(k * (w / 2 - 0.055), 0, 0) for k in (-1, 1)]
    back.append(box(w - 0.14, 0.008, tall - 0.07, "cane/d9c29a", 0.002))
    parts += [p.turned(-14, "x").moved(0, d / 2 - 0.10, 0.29 + tall / 2) for p in back]
    parts += [box(w - 0.05, 0.035, 0.05, wood, 0.006).moved(0, yy, 0.285) for yy in (-d / 2 + 0.05, d / 2 - 0.14)]
    seat = cushion(
        w - 0.10,
        d - 0.20,
        0.12,
        style.chairs[0],
        r=0.045,
        puff=0.006,
        crown=0.022,
        wrinkle=0.007,
        seed=rng.uniform(0, 9),
    )
    lumbar = leaning(pillow(0.44, 0.30, 0.13, style.cushions[0], rng.uniform(0, 9)), 22, rng.uniform(-8, 8))
    return [*parts, seat.moved(0, -0.05, 0.365), lumbar.moved(0, d / 2 - 0.27, 0.57)]

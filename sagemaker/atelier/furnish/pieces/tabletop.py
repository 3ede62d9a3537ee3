"""What lies and stands on tops: books, trays, sculptures, candles, a laid place, things of kitchen and bath."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.bowls import tray_with_bowl
from atelier.furnish.pieces.common import Size, by_form
from atelier.furnish.pieces.decor import stack_of_books, tray
from atelier.furnish.pieces.lamp_parts import ball, smooth
from atelier.furnish.pieces.vessels import hollow, ware
from atelier.furnish.shapes import Part, box, curve, disc, lathe, line, place, sheet, tube
from atelier.furnish.soft import cushion
from atelier.furnish.styles import Style

STEEL, GLASS = "metal/steel", "glass/d5dcdb"


def books(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Large books lying on one another."""
    return stack_of_books(*size, style, rng)


trays = by_form("tray", {"rectangle": tray, "round": tray_with_bowl})


def _knot(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A quiet knot of a tube."""
    w, d, h = size
    r = min(w * 0.13, d / 2)
    t = np.linspace(0, 2 * np.pi, 81)[:-1]
    path = np.c_[(w / 2 - r) * np.sin(t), (d / 2 - r) * np.sin(2 * t), h / 2 + (h / 2 - r) * np.cos(t)]
    return [tube(path, r, ware(style, rng), 14, closed=True)]


def _arches(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Two arches of stone, one inside the other."""
    w, d, h = size
    parts = []
    for k, (wide, tall, deep) in enumerate(((w, h, d), (w * 0.52, h * 0.56, d * 0.8))):
        r = wide * 0.15
        a = np.linspace(0, np.pi, 24)
        rise = min(tall - r, wide / 2 - r)
        top = np.c_[(wide / 2 - r) * np.cos(a), 0 * a, tall - r - rise + rise * np.sin(a)]
        path = np.r_[[[wide / 2 - r, 0, 0]], top, [[-wide / 2 + r, 0, 0]]]
        leg = tube(path, r, style.stone if k == 0 else ware(style, rng), 12)
        parts.append(leg.scaled(1, deep / 2 / r, 1))
    return parts


sculpture = by_form("sculpture", {"knot": _knot, "arches": _arches})


def candles(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Three tapers in holders of three heights."""
    w, d, h = size
    metal = style.metals[-1]
    parts = []
    for x, y, tall in ((-0.30, 0.10, 1.0), (0.30, 0.20, 0.80), (0.02, -0.28, 0.62)):
        stick = h * tall * 0.55
        foot = [
            (0, 0),
            (w * 0.15, 0),
            (w * 0.15, 0.006),
            (0.010, 0.014),
            (0.008, stick * 0.5),
            (0.014, stick * 0.55),
            (0.008, stick * 0.6),
            (0.016, stick),
            (0, stick),
        ]
        wax = lathe(
            [(0.011, 0), (0.009, h * tall * 0.43), (0.003, h * tall * 0.45), (0, h * tall * 0.45)],
            f"ceramic/{style.neutrals[0]}/0.2",
            16,
        )
        parts += place([lathe(smooth(foot), metal, 28), wax.moved(z=stick - 0.004)], x * w, y * d)
    return parts


def wine_glasses(size: Size, _style: Style, _rng: np.random.Generator) -> list[Part]:
    """A pair of stemmed glasses."""
    w, d, h = size
    r = w * 0.23
    outside = smooth(
        [
            (r * 0.9, 0),
            (r * 0.85, 0.003),
            (0.005, 0.008),
            (0.0035, h * 0.2),
            (0.004, h * 0.42),
            (r * 0.62, h * 0.50),
            (r * 0.98, h * 0.68),
            (r * 0.9, h * 0.86),
            (r * 0.74, h),
        ],
        3,
    )
    bowl = outside[outside[:, 1] > h * 0.44][::-1] - [0.0015, 0]
    glass = lathe(np.r_[[[0, 0]], outside, bowl.clip(0.001), [[0, h * 0.46]]], GLASS, 28)
    return [glass.moved(-w / 2 + r, d * 0.5 - r), glass.moved(w / 2 - r, -d * 0.5 + r)]


def place_setting(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Mat, dinner plate, side plate, bowl, napkin, fork and knife; a tumbler behind. Its eater sits at −y."""
    w, d, h = size
    cloth, glaze = f"fabric/linen/{style.neutrals[1]}", ware(style, rng)
    r = d * 0.36
    parts = [box(w, d, 0.004, cloth, 0.0015).moved(0, 0, 0.002)]

    def dish(radius: float, tall: float, z: float, material: str) -> Part:
        return lathe(
            [
                (0, 0.002),
                (radius * 0.62, 0),
                (radius * 0.7, 0.004),
                (radius, tall),
                (radius - 0.004, tall + 0.002),
                (radius * 0.66, 0.008),
                (0, 0.007),
            ],
            material,
            44,
        ).moved(0, 0, z)

    parts += [dish(r, 0.016, 0.004, glaze), dish(r * 0.74, 0.014, 0.013, f"ceramic/{style.neutrals[0]}/0.6")]
    napkin = cushion(
        r * 0.5, d * 0.62, 0.012, f"fabric/linen/{style.accent(0)}", r=0.005, puff=0.001, wrinkle=0.002, core=8
    )
    parts.append(napkin.turned(6).moved(0, 0, 0.030))
    for x, blade in ((-r - 0.028, False), (r + 0.028, True)):
        handle = tube(
            [(x, -d * 0.28, 0.008), (x, 0, 0.009), (x, d * 0.10, 0.007)],
            [0.0045, 0.0035, 0.003],
            style.metals[-1] if "metal" in style.metals[-1] else STEEL,
            8,
        )
        head = box(0.014 if blade else 0.020, d * 0.22, 0.002, STEEL, 0.0008).moved(x, d * 0.20, 0.008)
        parts += [handle, head]
    tumbler = lathe([(0, 0), (0.030, 0), (0.036, h - 0.006), (0.034, h - 0.006), (0.028, 0.01), (0, 0.01)], GLASS, 28)
    return [*parts, tumbler.moved(w / 2 - 0.04, d / 2 - 0.042, 0.004)]


def kettle(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A whistling kettle, spout to −x."""
    w, _, h = size
    r, skin = w * 0.36, f"paint/{style.accent(0)}" if style.clutter > 1 else style.metals[-1]
    body = smooth(
        [
            (0, 0),
            (r * 0.92, 0),
            (r, h * 0.06),
            (r * 0.96, h * 0.28),
            (r * 0.55, h * 0.52),
            (r * 0.34, h * 0.56),
            (0, h * 0.57),
        ]
    )
    lid = ball(0.014, "paint/2c2a29", 14).moved(0, 0, h * 0.60)
    spout = tube(
        curve([(-r * 0.8, 0, h * 0.22), (-r * 1.1, 0, h * 0.34), (-w * 0.50, 0, h * 0.52)], 10),
        np.linspace(0.026, 0.013, 10),
        skin,
        12,
    )
    grip = tube(
        curve(
            [
                (r * 0.72, 0, h * 0.46),
                (r * 0.76, 0, h * 0.86),
                (0, 0, h - 0.012),
                (-r * 0.62, 0, h * 0.84),
                (-r * 0.66, 0, h * 0.48),
            ],
            22,
        ),
        0.009,
        style.wood,
        10,
    )
    return [part.moved(w * 0.07) for part in (lathe(body, skin, 44), lid, spout, grip)]


def chopping_boards(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Three boards leaning against the wall behind (+y)."""
    w, d, h = size
    parts = []
    for k, (x, wide, tall, wood) in enumerate(
        ((-0.13, 0.72, 1.0, style.wood), (0.17, 0.62, 0.72, "wood/oak"), (-0.20, 0.40, 0.56, "wood/walnut"))
    ):
        one = box(w * wide, 0.018, h * tall * 0.94, wood, 0.007, 2, 3).moved(0, 0, h * tall * 0.47)
        lean = -float(np.degrees(np.arctan2(d * 0.5, h)))
        parts.append(one.turned(lean, "x").moved(x * w, -d * 0.06 - 0.024 * k, 0.004))
    disc_board = (
        disc(w * 0.26, 0.018, "wood/walnut", 36).turned(90, "x").turned(-9, "x").moved(w * 0.24, -d * 0.30, w * 0.26)
    )
    return [*parts[:2], disc_board]


def utensil_jar(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Spoons, a spatula and a whisk in a stoneware jar."""
    w, _, h = size
    pot, r = h * 0.46, w * 0.36
    parts = [hollow(np.array([(r * 0.92, 0), (r, pot * 0.1), (r, pot * 0.9), (r * 1.02, pot)]), ware(style, rng), 36)]
    for k, a in enumerate(np.deg2rad(60 * np.arange(6) + 15)):
        c, s, top = float(np.cos(a)), float(np.sin(a)), h * (1.0 - 0.07 * (k % 3))
        foot, tip = np.array([-c * r * 0.5, -s * r * 0.5, 0.02]), np.array([c * w * 0.42, s * w * 0.42, top])
        wood = ("wood/oak", "wood/walnut", STEEL)[k % 3]
        shaft = foot + (tip - foot) * 0.82
        parts.append(tube(line(foot, shaft, 3), 0.005, wood, 8))
        head = (
            ball(0.5, wood, 14).scaled(w * 0.24, 0.012, h * 0.19)
            if k % 2 == 0
            else box(w * 0.18, 0.006, h * 0.18, wood, 0.003)
        )
        tilt = float(np.degrees(np.arctan2(np.hypot(*(tip - foot)[:2]), (tip - foot)[2])))
        at = foot + (tip - foot) * 0.91
        parts += place(
            [head.turned(90).turned(tilt, "y")], float(at[0]), float(at[1]), float(at[2]), float(np.degrees(a))
        )
    return parts


def soap_set(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A pump bottle, a beaker and a dish on a small tray."""
    w, d, h = size
    glaze = ware(style, rng)
    base = box(w, d, 0.012, style.stone, 0.004).moved(0, 0, 0.006)
    r = min(d * 0.34, w * 0.15)
    bottle = lathe(
        smooth(
            [(0, 0), (r, 0), (r, h * 0.5), (r * 0.9, h * 0.60), (0.012, h * 0.66), (0.012, h * 0.72), (0, h * 0.72)]
        ),
        glaze,
        32,
    )
    pump = [
        tube(line((0, 0, h * 0.70), (0, 0, h - 0.024), 2), 0.004, style.metal, 8),
        tube(curve([(0.012, 0, h - 0.02), (-0.01, 0, h - 0.018), (-r * 1.2, 0, h - 0.03)], 8), 0.006, style.metal, 8),
    ]
    cup = hollow(np.array([(r * 0.86, 0), (r * 0.9, h * 0.2), (r * 0.92, h * 0.5)]), glaze, 28)
    soap = cushion(
        r * 1.5, r * 1.0, 0.022, f"ceramic/{style.neutrals[0]}/0.3", r=0.010, puff=0.003, wrinkle=0.0, core=8
    )
    return [
        base,
        *place([bottle, *pump], -w * 0.28, 0.0, 0.012),
        cup.moved(w * 0.08, 0, 0.012),
        soap.moved(w * 0.34, 0, 0.024),
    ]


def towels(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Folded bath towels, one colour over another, with a rolled one on top."""
    w, d, h = size
    parts, count = [], 3
    layer = h * 0.72 / count
    for k in range(count):
        cloth = f"fabric/plain/{(style.neutrals[0], style.accent(0), style.neutrals[0])[k]}"
        fold = cushion(
            w * (1 - 0.02 * k),
            d * (1 - 0.03 * k),
            layer * 1.02,
            cloth,
            r=layer * 0.46,
            puff=0.002,
            crown=0.004,
            wrinkle=0.004,
            seed=float(rng.uniform(0, 50)),
            core=12,
        )
        parts.append(fold.turned(float(rng.uniform(-1.5, 1.5))).moved(0, 0, layer * (k + 0.5)))
        crease = tube(
            line(
                (-w * 0.46, -d / 2 * (1 - 0.03 * k) + 0.002, layer * (k + 0.5)),
                (w * 0.46, -d / 2 * (1 - 0.03 * k) + 0.002, layer * (k + 0.5)),
            ),
            0.0025,
            cloth,
            6,
        )
        parts.append(crease)
    t = np.linspace(0, 2.6 * 2 * np.pi, 70)
    r = h * 0.145 * (0.25 + 0.75 * t / t[-1])
    wound = np.c_[0 * t, r * np.cos(t), r * np.sin(t)]
    roll = sheet(
        np.stack([wound + np.array([x, 0, 0]) for x in (-w * 0.40, w * 0.40)]), f"fabric/plain/{style.neutrals[1]}"
    )
    end = [
        disc(h * 0.14, 0.006, f"fabric/plain/{style.neutrals[1]}", 24).turned(90, "y").moved(x, 0, 0)
        for x in (-w * 0.40, w * 0.40 - 0.006)
    ]
    return [*parts, *place([roll, *end], 0, 0, h * 0.72 + h * 0.14)]

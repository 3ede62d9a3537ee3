"""Entrances and dressing: wardrobes, shoe benches, coat stands."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.cabinets import fronts, knob, reeds
from atelier.furnish.pieces.common import Size, board, by_form, legs
from atelier.furnish.pieces.tabletops import planked
from atelier.furnish.shapes import Part, box, columns, curve, disc, lathe, line, sheet, tube
from atelier.furnish.soft import cushion, piping
from atelier.furnish.styles import Style

Rng = np.random.Generator


def _body(style: Style, w: float, d: float, h: float, lift: float) -> list[Part]:
    """A closed tall box from `lift` up."""
    return [box(w, d, h - lift, style.case, 0.004).moved(0, 0, lift + (h - lift) / 2)]


def _wardrobe_doors(size: Size, style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    n = max(2, 2 * round(w / 1.0))
    plinth = box(w - 0.04, d - 0.05, 0.07, style.case, 0.004).moved(0, 0.01, 0.035)
    return [
        plinth,
        *_body(style, w, d - 0.02, h, 0.06),
        *fronts(style, w - 0.03, h - 0.10, 1, n, -d / 2 - 0.008, 0.075, "door"),
    ]


def _wardrobe_sliding(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Two sliding leaves, one of reeded wood, one a mirror."""
    w, d, h = size
    parts = [
        *_body(style, w, d - 0.05, h, 0.0),
        board(w, 0.05, 0.05, style.case, 0, -d / 2 + 0.025, 0),
        board(w, 0.05, 0.05, style.case, 0, -d / 2 + 0.025, h - 0.05),
    ]
    leaf, tall = w / 2, h - 0.10
    parts += [
        box(leaf, 0.02, tall, style.case, 0.003).moved(-w / 4, -d / 2 + 0.034, h / 2),
        reeds(leaf - 0.04, tall - 0.02, style.case, 0.03).moved(-w / 4, -d / 2 + 0.024, h / 2),
    ]
    parts += [
        box(leaf, 0.02, tall, style.metal, 0.003).moved(w / 4, -d / 2 + 0.014, h / 2),
        box(leaf - 0.04, 0.004, tall - 0.04, "mirror", 0.001).moved(w / 4, -d / 2 + 0.003, h / 2),
    ]
    return parts


def _wardrobe_armoire(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A cornice, two arched doors over a drawer, turned feet."""
    w, d, h = size
    parts = _body(style, w - 0.06, d - 0.05, h - 0.07, 0.12)
    parts += [
        box(w - 0.05 + 0.025 * k, d - 0.04 + 0.02 * k, 0.03, style.case, 0.008).moved(0, 0, h - 0.075 + 0.03 * k)
        for k in range(3)
    ]
    parts += fronts(style, w - 0.10, 0.20, 1, 1, -d / 2 + 0.012, 0.15, "drawer", "framed")
    leaf, low, high = (w - 0.10) / 2, 0.37, h - 0.11
    for s in (-1, 1):
        x = s * leaf / 2
        parts.append(box(leaf - 0.006, 0.018, high - low, style.case, 0.004).moved(x, -d / 2 + 0.021, (low + high) / 2))
        wide, foot, top = leaf - 0.13, low + 0.07, high - 0.10
        arch = np.linspace(0, np.pi, 13)
        ring = np.r_[
            [[wide / 2, foot], [wide / 2, top - 0.08]],
            np.c_[wide / 2 * np.cos(arch), top - 0.08 + 0.08 * np.sin(arch)],
            [[-wide / 2, top - 0.08], [-wide / 2, foot]],
        ]
        parts.append(tube(columns(x + ring[:, 0], -d / 2 + 0.012, ring[:, 1]), 0.009, style.case, 8, closed=True))
        parts.append(knob(style.metals[-1], s * 0.035, -d / 2 + 0.012, (low + high) / 2))
    return [*parts, *legs("turned", w - 0.02, d, 0.125, style.wood, style.metal)]


def _wardrobe_rail(size: Size, style: Style, rng: Rng) -> list[Part]:
    """An open frame: clothes on a rail, a shelf above, boxes and shoes below."""
    w, d, h = size
    parts = [
        box(0.035, 0.035, h, style.wood, 0.005).moved(sx * (w / 2 - 0.0175), sy * (d / 2 - 0.0175), h / 2)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    parts += [board(w - 0.03, d - 0.02, 0.022, style.wood, 0, 0, z) for z in (0.14, h - 0.24)]
    parts += [box(0.022, d - 0.05, 0.03, style.wood, 0.004).moved(s * (w / 2 - 0.0175), 0, h - 0.015) for s in (-1, 1)]
    rail = h - 0.33
    parts.append(tube(line((-w / 2 + 0.02, 0, rail), (w / 2 - 0.02, 0, rail)), 0.011, style.metal, 10))
    colours = (*style.neutrals, *style.accents)
    x = -w / 2 + 0.10
    while x < w / 2 - 0.12 and x < w * 0.30:
        parts += [
            p.moved(x, 0, rail)
            for p in _garment(
                d * 0.40, rng.uniform(0.62, 1.02), f"fabric/twill/{colours[int(rng.integers(len(colours)))]}", rng
            )
        ]
        x += rng.uniform(0.045, 0.075)
    for k in (-1, 1):
        parts.append(
            box(0.30, d - 0.14, 0.15, f"fabric/linen/{style.neutrals[1]}", 0.010).moved(k * w * 0.24, 0, 0.237)
        )
    return [*parts, box(0.34, d - 0.12, 0.13, "rattan/b8935f", 0.02, 3, 2).moved(-w * 0.2, 0, h - 0.152)]


def _garment(half: float, drop: float, cloth: str, rng: Rng) -> list[Part]:
    """A coat or shirt seen end-on, hanging from a rail at z = 0 on its hanger."""
    t, s = np.meshgrid(np.linspace(0, 1, 10), np.linspace(-1, 1, 11), indexing="ij")
    wide = half * (0.80 + 0.16 * t)
    thick = 0.020 + 0.012 * np.sin(np.pi * t)
    wave = 0.006 * np.sin(s * 7 + rng.uniform(0, 6)) * t
    z = -0.05 - 0.05 * np.abs(s) * (1 - t) - (drop - 0.08) * t
    parts = []
    for side in (-1, 1):
        x = side * thick * np.sqrt(np.clip(1 - s**4, 0, 1)) + wave
        parts.append(sheet(np.stack([x, s * wide, z], -1), cloth, flip=side < 0))
    hook = curve([(0, 0, -0.05), (0, 0, -0.02), (0, 0.012, 0.006), (0, 0, 0.018), (0, -0.014, 0.008)], 9)
    return [*parts, tube(hook, 0.0025, "metal/steel", 5)]


wardrobe = by_form(
    "wardrobe",
    {"doors": _wardrobe_doors, "sliding": _wardrobe_sliding, "armoire": _wardrobe_armoire, "rail": _wardrobe_rail},
)


def _shoe(colour: str) -> list[Part]:
    """A low shoe, toe to −y, its sole on z = 0."""
    upper = cushion(0.085, 0.26, 0.085, colour, r=0.04, puff=0.0, wrinkle=0.001, core=9)
    upper = upper.warped(
        lambda v: columns(
            v[:, 0] * (1 - 0.25 * np.clip(-v[:, 1] / 0.13, 0, 1) ** 2),
            v[:, 1],
            v[:, 2] * (1 - 0.45 * np.clip(-v[:, 1] / 0.13 + 0.2, 0, 1)),
        )
    )
    return [upper.moved(0, 0, 0.055), box(0.088, 0.265, 0.02, "plastic/e6e2da", 0.008, 6, 2).moved(0, 0, 0.010)]


def _pairs(w: float, d: float, z: float, style: Style, rng: Rng) -> list[Part]:
    colours = (
        f"leather/{style.neutrals[2]}",
        "leather/8a5a36",
        f"fabric/twill/{style.neutrals[1]}",
        f"fabric/twill/{style.accent(0)}",
    )
    n = max(1, int(w / 0.34))
    parts = []
    for x in (np.arange(n) + 0.5) * w / n - w / 2:
        if rng.random() < 0.75:
            colour = colours[int(rng.integers(4))]
            parts += [
                p.turned(float(rng.uniform(-5, 5)))
                .scaled(1, min(1.0, (d - 0.04) / 0.27), 1)
                .moved(float(x) + k * 0.05, 0, z)
                for k in (-1, 1)
                for p in _shoe(colour)
            ]
    return parts


def _shoe_open(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A cushioned seat over two slatted racks with shoes."""
    w, d, h = size
    deck = h - 0.085
    parts = [board(0.028, d - 0.01, deck, style.wood, s * (w / 2 - 0.02), 0, 0) for s in (-1, 1)]
    parts.append(board(w, d, 0.03, style.wood, 0, 0, deck - 0.02))
    for z in (0.06, deck * 0.53):
        parts += [box(w - 0.06, 0.04, 0.016, style.wood, 0.004).moved(0, y, z) for y in (-d * 0.30, 0.0, d * 0.30)]
        parts += _pairs(w - 0.10, d, z + 0.008, style, rng)
    pad = cushion(
        w - 0.01,
        d - 0.01,
        0.075,
        style.chairs[0],
        r=0.03,
        puff=0.003,
        crown=0.012,
        wrinkle=0.005,
        seed=rng.uniform(0, 9),
    )
    return [*parts, pad.moved(0, 0, h - 0.044), piping(w - 0.02, d - 0.02, h - 0.028, style.chairs[0], 0.035, 0.004)]


def _shoe_doors(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Tilting fronts under a plank seat."""
    w, d, h = size
    body = box(w - 0.02, d - 0.02, h - 0.10, style.case, 0.004).moved(0, 0.005, 0.06 + (h - 0.10) / 2)
    parts = [body, *planked(w, d, 0.034, style.wood, h), *legs("block", w, d, 0.065, style.wood, style.metal)]
    parts += fronts(style, w - 0.04, h - 0.13, 1, max(2, round(w / 0.5)), -d / 2 - 0.004, 0.075, "drawer")
    return parts


shoe_bench = by_form("shoe-bench", {"open": _shoe_open, "doors": _shoe_doors})


def _hung(x: float, y: float, z: float, yaw: float, drop: float, colour: str, rng: Rng) -> list[Part]:
    """A coat on a peg: gathered at the collar, wider and folded below."""
    a, t = np.meshgrid(np.linspace(0, 2 * np.pi, 25), np.linspace(0, 1, 12), indexing="ij")
    r = 0.035 + 0.085 * np.sqrt(t) + 0.012 * np.sin(5 * a + rng.uniform(0, 6)) * t
    grid = np.stack([r * np.cos(a) * 1.25, r * np.sin(a) * 0.62 - 0.05, -drop * t - 0.01], -1)
    coat = sheet(grid, f"fabric/twill/{colour}", flip=True)
    sleeve = [
        tube(
            curve([(k * 0.09, -0.05, -0.08), (k * 0.15, -0.06, -drop * 0.4), (k * 0.15, -0.05, -drop * 0.66)], 8),
            np.linspace(0.045, 0.034, 8),
            f"fabric/twill/{colour}",
            10,
        )
        for k in (-1, 1)
    ]
    return [p.turned(yaw).moved(x, y, z) for p in (coat, *sleeve)]


def _stand_tree(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A turned pole on four feet with curled pegs, a coat and a bag on it."""
    w, d, h = size
    r, wood = min(w, d) / 2, style.wood
    pole = lathe(
        np.array(
            [
                (0, 0.10),
                (0.026, 0.10),
                (0.021, 0.5),
                (0.019, h - 0.10),
                (0.026, h - 0.06),
                (0.012, h - 0.03),
                (0.020, h - 0.015),
                (0, h),
            ]
        ),
        wood,
        16,
    )
    feet = [
        tube(
            curve(
                [
                    (0, 0, 0.15),
                    (np.cos(a) * r * 0.5, np.sin(a) * r * 0.5, 0.10),
                    (np.cos(a) * (r - 0.014), np.sin(a) * (r - 0.014), 0.014),
                ],
                8,
            ),
            np.linspace(0.021, 0.014, 8),
            wood,
            10,
        )
        for a in np.deg2rad([0, 90, 180, 270])
    ]
    parts = [pole, *feet]
    for k in range(6):
        a, z = np.deg2rad(60 * k + 15), h - 0.14 - 0.13 * (k % 2)
        c, s = np.cos(a), np.sin(a)
        parts.append(
            tube(
                curve([(c * 0.015, s * 0.015, z), (c * 0.10, s * 0.10, z + 0.02), (c * 0.14, s * 0.14, z + 0.09)], 8),
                np.linspace(0.010, 0.008, 8),
                wood,
                8,
            )
        )
    return (
        parts
        + _hung(0.0, -0.07, h - 0.16, 0.0, 0.85, style.neutrals[1], rng)
        + _hung(0.06, 0.05, h - 0.25, 150.0, 0.62, style.accent(0), rng)
    )


def _stand_rack(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A slim metal frame with hooks on a rail and a slatted foot."""
    w, d, h = size
    x = w / 2 - 0.011
    t = np.linspace(0, np.pi, 17)
    arch = np.r_[[[x, 0.0]], np.c_[x * np.cos(t), h - 0.011 - x + x * np.sin(t)], [[-x, 0.0]]]
    parts = [tube(columns(arch[:, 0], 0.0, arch[:, 1]), 0.011, style.metal, 10)]
    parts += [box(0.022, d, 0.022, style.metal, 0.004).moved(s * x, 0, 0.011) for s in (-1, 1)]
    parts += [box(w - 0.04, 0.05, 0.016, style.wood, 0.004).moved(0, y, 0.13) for y in (-0.06, 0.0, 0.06)]
    parts += [tube(line((s * x, -0.08, 0.12), (s * x, 0.08, 0.12)), 0.008, style.metal, 8) for s in (-1, 1)]
    rail = h - x - 0.06
    parts.append(box(2 * x, 0.03, 0.07, style.wood, 0.005).moved(0, 0, rail))
    peg = disc(0.012, 0.05, style.wood, 12).turned(90, "x")
    parts += [peg.moved(float(k), -0.01, rail) for k in np.linspace(-x * 0.75, x * 0.75, 4)]
    return parts + _hung(-x * 0.25, -0.03, rail - 0.01, 0.0, 0.80, style.neutrals[1], rng)


coat_stand = by_form("coat-stand", {"tree": _stand_tree, "rack": _stand_rack})

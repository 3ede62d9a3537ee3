"""Coffee, side, console and dining tables, and dining chairs."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, board, legs, pull
from atelier.furnish.shapes import Part, box, curve, disc, lathe, line, sheet, tube
from atelier.furnish.soft import cushion
from atelier.furnish.styles import Base, Style


def _leg_at(x: float, y: float, h: float, out: float, base: Base, style: Style, thick: float) -> list[Part]:
    sx, sy = np.sign(x), np.sign(y)
    if base == "turned":
        z = np.linspace(0, h, 26)
        t = z / h
        r = thick * (
            0.62
            + 0.30 * np.sin(np.pi * np.clip(t * 1.15, 0, 1)) ** 2
            - 0.22 * np.exp(-(((t - 0.82) / 0.03) ** 2))
            - 0.2 * np.exp(-(((t - 0.10) / 0.03) ** 2))
        )
        square = box(thick * 2, thick * 2, h * 0.16, style.wood, 0.004).moved(x, y, h * 0.92)
        return [tube(np.c_[np.full(26, x), np.full(26, y), z], r, style.wood, 18), square]
    if base == "hairpin":
        foot = np.array([x + sx * out, y + sy * out, 0.006])
        metal = style.metals[-1]
        return [tube(curve([(x - sx * 0.06, y, h), foot, (x, y - sy * 0.06, h)], 16), 0.006, metal, 8)]
    return [
        tube(line((x + sx * out, y + sy * out, 0), (x, y, h), 4), np.linspace(0.55, 1.0, 4) * thick, style.wood, 16)
    ]


def _frame(w: float, d: float, h: float, metal: str, bar: float = 0.026) -> list[Part]:
    """An open rectangular metal frame standing under a top."""
    parts = []
    for sx in (-1, 1):
        x = sx * (w / 2 - 0.05)
        parts += [box(bar, bar, h, metal, 0.003).moved(x, sy * (d / 2 - 0.04), h / 2) for sy in (-1, 1)]
        parts += [box(bar, d - 0.08, bar, metal, 0.003).moved(x, 0, z) for z in (bar / 2, h - bar / 2)]
    return [*parts, box(w - 0.1, bar, bar, metal, 0.003).moved(0, 0, h - bar / 2)]


def _under(base: Base, w: float, d: float, h: float, style: Style, thick: float) -> list[Part]:
    if base == "sled":
        return _frame(w, d, h, style.metal)
    if base in {"slab", "drum"}:
        return [box(0.05 + thick, d - 0.12, h, style.wood, 0.008).moved(s * (w / 2 - 0.16), 0, h / 2) for s in (-1, 1)]
    if base == "trestle":
        parts = []
        for s in (-1, 1):
            x = s * (w / 2 - w * 0.14)
            parts.append(box(0.07, d - 0.12, 0.06, style.wood, 0.006).moved(x, 0, 0.03))
            parts.append(box(0.07, d - 0.16, 0.05, style.wood, 0.006).moved(x, 0, h - 0.025))
            for t in (-1, 1):
                parts.append(
                    box(0.06, 0.07, np.hypot(h, d * 0.5) - 0.06, style.wood, 0.006)
                    .turned(t * np.degrees(np.arctan2(d * 0.5, h)), "x")
                    .moved(x, 0, h / 2)
                )
        return [*parts, box(w * 0.7, 0.05, 0.07, style.wood, 0.005).moved(0, 0, h * 0.45)]
    if base == "pedestal":
        parts = []
        for x in (-w * 0.24, w * 0.24):
            profile = [
                (0, 0),
                (d * 0.30, 0),
                (d * 0.30, 0.025),
                (d * 0.12, 0.05),
                (0.055, 0.16),
                (0.05, h * 0.5),
                (0.06, h - 0.10),
                (d * 0.22, h),
                (0, h),
            ]
            parts.append(lathe(_smooth(profile), style.wood, 36))
            parts[-1] = parts[-1].moved(x)
        return parts
    inset = 0.10 if w > 1.3 else 0.075
    out = 0.05 if base in {"tapered", "hairpin"} else 0.0
    parts = [
        p
        for sx in (-1, 1)
        for sy in (-1, 1)
        for p in _leg_at(sx * (w / 2 - inset - out), sy * (d / 2 - inset - out), h, out, base, style, thick)
    ]
    if base in {"tapered", "turned"} and w > 0.9:
        for sy in (-1, 1):
            parts.append(box(w - 0.30, 0.02, 0.06, style.wood, 0.003).moved(0, sy * (d / 2 - inset - 0.03), h - 0.03))
        for sx in (-1, 1):
            parts.append(box(0.02, d - 0.30, 0.06, style.wood, 0.003).moved(sx * (w / 2 - inset - 0.03), 0, h - 0.03))
    return parts


def _smooth(profile: list[tuple[float, float]]) -> np.ndarray:
    p = np.array(profile)
    return curve(np.c_[p, np.zeros(len(p))], len(p) * 5)[:, :2].clip(0)


def coffee_table(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    if style.base == "pedestal":
        top = [box(w, d, 0.028, style.stone, 0.006).moved(0, 0, h - 0.014)]
        return [*top, *_frame(w, d, h - 0.028, style.metal, 0.022)]
    if style.base == "drum":
        return [
            box(w, d, h - 0.03, "rattan/b98f5f", 0.03, 6, 3).moved(0, 0, (h - 0.03) / 2),
            box(w, d, 0.035, style.wood, 0.01).moved(0, 0, h - 0.0175),
        ]
    thick = 0.05 if style.base == "slab" else 0.032
    parts = [
        box(w, d, thick, style.wood, 0.009, 2, 3).moved(0, 0, h - thick / 2),
        *_under(style.base, w, d, h - thick, style, 0.024),
    ]
    if style.base in {"sled", "turned", "trestle"}:
        parts.append(box(w - 0.14, d - 0.14, 0.018, style.wood, 0.004).moved(0, 0, 0.13))
    return parts


def coffee_table_round(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    r = w / 2
    if style.base in {"drum", "slab"}:
        wall = lathe(
            [(r - 0.05, 0), (r - 0.045, h - 0.04), (r - 0.045, h - 0.035)],
            "rattan/b98f5f" if style.base == "drum" else style.wood,
            64,
        )
        return [wall, disc(r, 0.045, style.wood, edge=0.012).moved(z=h - 0.045)]
    if style.base == "pedestal":
        foot = lathe(
            _smooth(
                [
                    (0, 0),
                    (r * 0.62, 0),
                    (r * 0.62, 0.02),
                    (r * 0.25, 0.06),
                    (r * 0.16, h * 0.5),
                    (r * 0.3, h - 0.04),
                    (r * 0.45, h - 0.03),
                    (0, h - 0.03),
                ]
            ),
            style.metal,
            48,
        )
        return [foot, disc(r, 0.03, style.stone).moved(z=h - 0.03)]
    parts = [disc(r, 0.034, style.wood, edge=0.01).moved(z=h - 0.034)]
    if style.base == "sled":
        ring = np.linspace(0, 2 * np.pi, 41)[:-1]
        for z in (0.012, h - 0.046):
            parts.append(
                tube(
                    np.c_[np.cos(ring), np.sin(ring), np.zeros(40)] * (r - 0.06) + [0, 0, z],
                    0.011,
                    style.metal,
                    8,
                    closed=True,
                )
            )
    for a in np.deg2rad([45, 135, 225, 315]):
        out = 0.62 if style.base != "sled" else (r - 0.06) / r
        foot = (np.cos(a) * r * (0.8 if out < 0.7 else out), np.sin(a) * r * (0.8 if out < 0.7 else out), 0)
        head = (np.cos(a) * r * out, np.sin(a) * r * out, h - 0.034)
        metal = style.metal if style.base in {"sled", "hairpin"} else style.wood
        parts.append(tube(line(foot, head, 4), [0.011, 0.014, 0.018, 0.022], metal, 14))
    return parts


def side_table(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    if style.base in {"slab", "drum"}:
        waist = [
            (0, 0),
            (r * 0.92, 0),
            (r * 0.95, 0.03),
            (r * 0.66, h * 0.5),
            (r * 0.95, h - 0.05),
            (r, h - 0.03),
            (r, h - 0.008),
            (r - 0.008, h),
            (0, h),
        ]
        return [lathe(_smooth(waist), style.wood, 48)]
    if style.base in {"sled", "pedestal", "hairpin"}:
        top = style.stone if style.base != "hairpin" else style.wood
        pole = tube(line((0, 0, 0.01), (0, 0, h - 0.02)), 0.013, style.metal, 14)
        return [disc(r, 0.022, top).moved(z=h - 0.022), pole, disc(r * 0.66, 0.014, style.metal)]
    parts = [disc(r, 0.026, style.wood, edge=0.008).moved(z=h - 0.026)]
    for a in np.deg2rad([90, 210, 330]):
        parts.append(
            tube(
                line(
                    (np.cos(a) * r * 0.9, np.sin(a) * r * 0.9, 0),
                    (np.cos(a) * r * 0.55, np.sin(a) * r * 0.55, h - 0.026),
                    4,
                ),
                [0.009, 0.012, 0.015, 0.018],
                style.wood,
                12,
            )
        )
    return parts


def console(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    if style.base in {"sled", "pedestal", "hairpin"}:
        top = style.stone if style.base == "pedestal" else style.wood
        shelf = box(w - 0.1, d - 0.08, 0.02, top, 0.004).moved(0, 0, 0.18)
        return [box(w, d, 0.03, top, 0.006).moved(0, 0, h - 0.015), *_frame(w, d, h - 0.03, style.metal, 0.022), shelf]
    parts = [box(w, d, 0.028, style.wood, 0.007).moved(0, 0, h - 0.014)]
    parts.append(box(w - 0.08, d - 0.06, 0.13, style.case, 0.004).moved(0, 0.005, h - 0.095))
    for s in (-1, 1):
        parts.append(
            box((w - 0.1) / 2 - 0.01, 0.016, 0.115, style.case, 0.004).moved(
                s * (w - 0.1) / 4, -d / 2 + 0.022, h - 0.095
            )
        )
        parts.append(pull(0.12, style.metals[0], s * (w - 0.1) / 4, -d / 2 + 0.004, h - 0.095))
    return [
        *parts,
        *legs(
            "turned" if style.base == "turned" else "block" if style.base != "tapered" else "tapered",
            w - 0.04,
            d - 0.02,
            h - 0.15,
            style.wood,
            style.metal,
        ),
    ]


def dining_table(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    thick = 0.05 if style.base in {"slab", "trestle"} else 0.036
    base: Base = "slab" if style.base == "drum" else style.base
    top = style.stone if style.base == "pedestal" and style.slug == "luxury" else style.wood
    return [box(w, d, thick, top, 0.010, 2, 3).moved(0, 0, h - thick / 2), *_under(base, w, d, h - thick, style, 0.036)]


def dining_table_round(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = w / 2
    top = disc(r, 0.036, style.wood, 72, 0.011).moved(z=h - 0.036)
    if style.base in {"tapered", "hairpin", "sled", "turned"}:
        feet = [
            tube(
                line(
                    (np.cos(a) * r * 0.72, np.sin(a) * r * 0.72, 0),
                    (np.cos(a) * r * 0.52, np.sin(a) * r * 0.52, h - 0.03),
                    4,
                ),
                [0.018, 0.023, 0.028, 0.034],
                style.leg if style.base != "sled" else style.metal,
                16,
            )
            for a in np.deg2rad([45, 135, 225, 315])
        ]
        return [top, *feet, disc(r * 0.62, 0.05, style.wood).moved(z=h - 0.086)]
    foot = [
        (0, 0),
        (r * 0.52, 0),
        (r * 0.52, 0.025),
        (r * 0.42, 0.05),
        (0.10, 0.16),
        (0.075, h * 0.45),
        (0.10, h - 0.14),
        (r * 0.40, h - 0.04),
        (0, h - 0.036),
    ]
    return [top, lathe(_smooth(foot), style.wood, 48)]


def dining_chair(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    makers = {"shell": _shell, "parsons": _parsons, "metal": _metal_chair}
    if style.dining in makers:
        return makers[style.dining](size, style)
    return _wooden_chair(size, style)


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


def _wooden_chair(size: Size, style: Style) -> list[Part]:
    w, d, h = size
    wood = style.wood if not style.painted or style.dining == "cane" else style.case
    woven = {"wishbone": "rattan/cbb48a", "cane": "cane/d9c29a", "ladder": "rattan/c2a26c"}
    back = d / 2 - 0.03
    if style.dining == "wishbone":
        return _wishbone(size, style, woven["wishbone"])
    parts = _posts(w, d, h, wood)
    seat = woven.get(style.dining)
    if seat:
        parts.append(
            cushion(w - 0.03, d - 0.08, 0.035, seat, r=0.015, puff=0, crown=-0.006, wrinkle=0, core=10).moved(
                0, -0.01, 0.452
            )
        )
        parts.append(box(w - 0.01, d - 0.05, 0.03, wood, 0.012).moved(0, -0.01, 0.435))
    elif style.dining == "crossback":
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

    if style.dining == "spindle":
        parts.append(
            box(w - 0.02, 0.03, 0.075, wood, 0.012, 6, 3)
            .warped(lambda v: v + np.c_[np.zeros(len(v)), 0.03 * (1 - (v[:, 0] / (w / 2)) ** 2), np.zeros(len(v))])
            .moved(0, back - 0.005, h - 0.045)
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
    elif style.dining == "crossback":
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
    elif style.dining == "cane":
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


def _wishbone(size: Size, style: Style, seat: str) -> list[Part]:
    w, d, h = size
    wood, x, y = style.wood, w / 2 - 0.03, d / 2 - 0.03
    angle = np.deg2rad(np.linspace(-108, 108, 30))
    hoop = np.c_[x * np.sin(angle), y * np.cos(angle) + 0.0, h - 0.02 - 0.055 * np.clip(-np.cos(angle) + 0.1, 0, 1)]
    parts = [tube(hoop, 0.0145, wood, 12)]
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
                curve([(0, y - 0.05, 0.46), (s * 0.02, y - 0.03, 0.55), (s * 0.075, y - 0.005, h - 0.025)], 10),
                0.010,
                wood,
                8,
            )
        )
    for yy, z in ((-y + 0.03, 0.33), (y - 0.06, 0.30)):
        parts.append(tube(line((-x + 0.05, yy, z), (x - 0.05, yy, z)), 0.010, wood, 8))
    pad = cushion(w - 0.08, d - 0.10, 0.035, seat, r=0.016, puff=0, crown=-0.008, wrinkle=0, core=10)
    return [
        *parts,
        pad.warped(lambda v: v * np.c_[1 - 0.18 * (v[:, 1] / d + 0.5), np.ones(len(v)), np.ones(len(v))]).moved(
            0, -0.02, 0.45
        ),
    ]


def _parsons(size: Size, style: Style) -> list[Part]:
    w, d, h = size
    cloth = style.chairs[0]
    seat = cushion(w, d - 0.06, 0.12, cloth, r=0.035, puff=0.004, crown=0.016, wrinkle=0.003, seed=2)
    back = cushion(w, 0.08, h - 0.40, cloth, r=0.035, puff=0.004, crown=0.01, wrinkle=0.003, seed=4, core=24)
    n = 1.0 if style.back != "channel" else 0.0
    back = back.warped(
        lambda v: (
            v
            + np.c_[
                np.zeros(len(v)),
                0.012 * (1 - n) * np.abs(np.sin(v[:, 0] * np.pi / 0.09)),
                0.02 * np.cos(v[:, 0] / w * np.pi) * (v[:, 2] > 0.1),
            ]
        )
    )
    parts = [seat.moved(0, -0.02, 0.43), back.turned(-9, "x").moved(0, d / 2 - 0.09, 0.40 + (h - 0.40) / 2)]
    kind = "pin" if style.legs == "pin" else "turned" if style.legs == "turned" else "tapered"
    return [*parts, *legs(kind, w + 0.06, d + 0.02, 0.385, style.wood, style.metal)]


def _shell(size: Size, style: Style) -> list[Part]:
    """A moulded, thinly upholstered shell on splayed legs."""
    w, d, h = size
    profile = curve(
        [
            (-d / 2 + 0.01, 0.435),
            (-d / 2 + 0.06, 0.455),
            (0.0, 0.435),
            (d / 2 - 0.16, 0.445),
            (d / 2 - 0.075, 0.55),
            (d / 2 - 0.03, 0.70),
            (d / 2, h),
        ],
        34,
    )
    t = np.linspace(0, 1, 34)[:, None]
    s = np.linspace(-1, 1, 22)[None]
    half = (w / 2) * (0.90 + 0.10 * np.sin(np.pi * t)) * (1 - 0.22 * np.clip(t - 0.7, 0, 1) / 0.3 * np.ones_like(t))
    dish = 0.055 * np.abs(s) ** 2.6
    slope = np.gradient(profile, axis=0)
    slope /= np.linalg.norm(slope, axis=1, keepdims=True)
    ny, nz = -slope[:, 1:], slope[:, :1]
    x = half * np.sin(s * 1.35) / np.sin(1.35)
    sides = []
    corner = 0.05 * np.abs(s) ** 6 * (np.exp(-t / 0.05) - np.exp(-(1 - t) / 0.05))
    for depth in (0.0, -0.030):
        y = profile[:, :1] + ny * (dish + depth) + slope[:, :1] * corner
        z = profile[:, 1:] + nz * (dish + depth) + slope[:, 1:] * corner
        sides.append(np.stack([x, y, z], -1))
    rim = np.concatenate(
        [np.concatenate([g[:-1, 0], g[-1, :-1], g[:0:-1, -1], g[0, :0:-1]])[None] for g in (sides[0], sides[1])]
    )
    cloth = style.chairs[0]
    parts = [
        sheet(sides[0], cloth, flip=True),
        sheet(sides[1], cloth),
        tube(rim.mean(0), 0.0165, cloth, 10, closed=True),
    ]
    for sx in (-1, 1):
        for sy in (-1, 1):
            parts.append(
                tube(
                    line((sx * (w / 2 - 0.03), sy * (d / 2 - 0.045), 0), (sx * 0.13, sy * 0.13 - 0.03, 0.42), 4),
                    [0.010, 0.013, 0.016, 0.018],
                    style.wood,
                    12,
                )
            )
    return parts


def _metal_chair(size: Size, style: Style) -> list[Part]:
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

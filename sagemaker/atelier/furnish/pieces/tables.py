"""Coffee, side, console and dining tables."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, legs, pull
from atelier.furnish.shapes import Part, box, columns, curve, disc, lathe, line, tube
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
        foot = (x + sx * out, y + sy * out, 0.006)
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
            brace = box(0.06, 0.07, np.hypot(h, d * 0.5) - 0.06, style.wood, 0.006)
            lean = float(np.degrees(np.arctan2(d * 0.5, h)))
            parts += [brace.turned(t * lean, "x").moved(x, 0, h / 2) for t in (-1, 1)]
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


def coffee_table(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
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


def coffee_table_round(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
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
        hoop = columns(np.cos(ring), np.sin(ring), 0.0) * (r - 0.06)
        parts += [tube(hoop + np.array([0, 0, z]), 0.011, style.metal, 8, closed=True) for z in (0.012, h - 0.046)]
    for a in np.deg2rad([45, 135, 225, 315]):
        out = 0.62 if style.base != "sled" else (r - 0.06) / r
        stance = 0.8 if out < 0.7 else out
        toe = (np.cos(a) * r * stance, np.sin(a) * r * stance, 0)
        head = (np.cos(a) * r * out, np.sin(a) * r * out, h - 0.034)
        metal = style.metal if style.base in {"sled", "hairpin"} else style.wood
        parts.append(tube(line(toe, head, 4), [0.011, 0.014, 0.018, 0.022], metal, 14))
    return parts


def side_table(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
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
    for c, s in ((np.cos(a) * r, np.sin(a) * r) for a in np.deg2rad([90, 210, 330])):
        path = line((c * 0.9, s * 0.9, 0), (c * 0.55, s * 0.55, h - 0.026), 4)
        parts += [tube(path, [0.009, 0.012, 0.015, 0.018], style.wood, 12)]
    return parts


def console(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
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


def dining_table(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    thick = 0.05 if style.base in {"slab", "trestle"} else 0.036
    base: Base = "slab" if style.base == "drum" else style.base
    top = style.stone if style.base == "pedestal" and style.slug == "luxury" else style.wood
    return [box(w, d, thick, top, 0.010, 2, 3).moved(0, 0, h - thick / 2), *_under(base, w, d, h - thick, style, 0.036)]


def dining_table_round(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
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

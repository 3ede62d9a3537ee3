"""Sofas, one maker per silhouette."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Builder, Size, by_form, legs
from atelier.furnish.pieces.upholstery import (
    SEAT,
    SQUARE,
    Cut,
    back_cushion,
    backrest,
    scatter,
    seat,
    throw_over,
    upholstered,
)
from atelier.furnish.shapes import Part, box, columns, curve, tube
from atelier.furnish.soft import cushion, tufts
from atelier.furnish.styles import Legs, Style
from atelier.model import F64


def _seats(w: float, style: Style) -> int:
    return max(1, min(style.seats, round((w - 0.3) / 0.62)))


def _straight(arm: str, width: float, top: float = 0.62, count: int = 0, feet: Legs | None = None) -> Builder:
    def build(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
        legs_kind = feet or style.legs
        cut = Cut(arm, style.back, count or _seats(size[0], style), legs_kind, min(width, size[0] * 0.2), top)
        parts = upholstered(size, style, style.sofas[0], cut, rng)
        loose = scatter(size, style, rng, parts)
        over = throw_over(size, cut, style, rng) if arm in SQUARE else []
        return parts + loose + over

    return build


def camelback(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A tight back that rises in one hump, scroll arms, a bench seat and six turned feet."""
    w, d, h = size
    cloth, rise = style.sofas[0], 0.11
    cut = Cut("rolled", "tight", 1, "turned", 0.19)
    parts = upholstered((w, d, h - rise), style, cloth, cut, rng)
    hump = cushion(w - 0.34, 0.15, h - rise - 0.12, cloth, r=0.07, puff=0.01, wrinkle=0.003, seed=6, core=30)

    def arched(v: F64) -> F64:
        up = np.clip(v[:, 2] / (h - rise - 0.12) + 0.5, 0, 1) ** 2
        return v + columns(0.0, 0.0, rise * np.exp(-((v[:, 0] / (w * 0.23)) ** 2)) * up)

    parts.append(hump.warped(arched).turned(-6, "x").moved(0, d / 2 - 0.13, 0.14 + (h - rise - 0.12) / 2))
    return parts + scatter((w, d, h), style, rng, parts)


def tuxedo(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Arms as high as the back, both slim; one bench cushion."""
    w, d, h = size
    feet: Legs = style.legs if style.legs in {"pin", "sled", "plinth"} else "block"
    back = style.back if style.back != "loose" else "channel"
    cut = Cut("track", back, 1, feet, 0.11, h - 0.03)
    parts = upholstered((w, d, h), style, style.sofas[0], cut, rng)
    return parts + scatter((w, d, h), style, rng, parts)


def chesterfield(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """One tufted roll runs along both arms and the back at a single height."""
    w, d, h = size
    cloth, roll, lift = style.sofas[0], 0.088, 0.11
    z, x, y = h - roll, w / 2 - roll, d / 2 - roll
    corner = [(x, -d / 2 + 0.02), (x, 0), (x, y - 0.14), (x - 0.04, y - 0.04), (x - 0.14, y), (0, y)]
    run = np.array([*corner, *[(-a, b) for a, b in reversed(corner[:-1])]])
    path = curve(np.c_[run, np.full(len(run), z)], 44)
    parts = [box(w - 0.05, d - 0.06, 0.22, cloth, 0.025, 4, 2).moved(0, 0, lift + 0.11)]
    parts += [tube(path, roll, cloth, 20), *legs("turned", w, d, lift + 0.01, style.wood, style.metal)]
    inner, tall = w - 4 * roll - 0.02, z - 0.28
    for yaw, px, py, wide in (
        (0, 0.0, y - 0.03, inner + 0.10),
        (90, -x + 0.03, -0.02, d - 0.16),
        (-90, x - 0.03, -0.02, d - 0.16),
    ):
        panel = cushion(
            wide, 0.13, tall + 0.05, cloth, r=0.05, puff=0.01, wrinkle=0.002, seed=yaw, core=round(wide / 0.045)
        )
        parts.append(panel.warped(lambda v: tufts(v, 0.17, 0.15)).turned(yaw).moved(px, py, 0.28 + tall / 2))
    count = _seats(w, style)
    for i in range(count):
        cw = inner / count
        parts += [
            p.moved(-inner / 2 + cw * (i + 0.5), -0.07, SEAT - 0.06) for p in seat(cw - 0.004, d - 0.22, cloth, rng)
        ]
    return parts + scatter((w, d + 0.08, h), style, rng, parts)[:2]


def bent(v: F64, radius: float) -> F64:
    """Bend what is straight along x towards −y, about a centre `radius` in front of it."""
    angle, r = v[:, 0] / radius, radius + v[:, 1]
    return columns(r * np.sin(angle), r * np.cos(angle) - radius, v[:, 2])


def curved(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A crescent on a recessed plinth, without arms; the back follows the seat and falls towards its ends."""
    w, d, h = size
    cloth, radius = style.sofas[0], w * 0.95
    deep = d - 0.24
    arc = (w - 0.02) * 1.02

    def ends(v: F64) -> F64:
        """Round off both ends of the crescent in plan."""
        t = np.clip((np.abs(v[:, 0]) - (arc / 2 - deep * 0.45)) / (deep * 0.45), 0, 1)
        return bent(columns(v[:, 0], v[:, 1] * np.sqrt(1 - 0.72 * t**2), v[:, 2]), radius)

    def swept(v: F64) -> F64:
        drop = (h - 0.58) * np.clip(np.abs(v[:, 0]) / (arc / 2), 0, 1) ** 2.6
        up = np.clip(v[:, 2] / (h - 0.20) + 0.5, 0, 1)
        return bent(v - columns(0.0, 0.0, drop * up), radius)

    base = cushion(arc - 0.10, deep - 0.12, 0.10, "paint/2c2a29", r=0.02, puff=0.0, wrinkle=0.0, core=24)
    body = cushion(arc, deep, 0.20, cloth, r=0.06, puff=0.006, wrinkle=0.003, seed=2, core=30)
    top = cushion(
        arc - 0.01,
        deep - 0.02,
        0.17,
        cloth,
        r=0.065,
        puff=0.006,
        crown=0.025,
        wrinkle=0.008,
        seed=rng.uniform(0, 9),
        core=34,
    )
    back = cushion(
        arc * 0.93, 0.22, h - 0.20, cloth, r=0.10, puff=0.012, wrinkle=0.006, seed=rng.uniform(0, 9), core=34
    )
    parts = [
        base.warped(ends).moved(0, 0, 0.05),
        body.warped(ends).moved(0, 0, 0.20),
        top.warped(ends).moved(0, 0, SEAT - 0.075),
    ]
    parts.append(back.warped(swept).moved(0, deep / 2 - 0.03, 0.20 + (h - 0.20) / 2))
    return parts + scatter((w - 0.5, d - 0.16, h), style, rng, parts)[:3]


def modular(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Deep, low blocks pushed together: each has its own seam, seat and back; the end ones a low arm."""
    w, d, h = size
    cloth, aw, count = style.sofas[0], 0.22, max(2, round(w / 0.85))
    parts = [box(w - 0.10, d - 0.10, 0.04, "paint/2c2a29", 0.004).moved(0, 0, 0.02)]
    inner = w - 2 * aw
    cw = inner / count
    for s in (-1, 1):
        block = cushion(aw - 0.004, d - 0.01, 0.52, cloth, r=0.045, puff=0.006, wrinkle=0.004, seed=rng.uniform(0, 9))
        parts.append(block.moved(s * (w - aw) / 2, 0, 0.035 + 0.26))
    for i in range(count):
        x = -inner / 2 + cw * (i + 0.5)
        parts.append(
            cushion(cw - 0.004, d - 0.02, 0.24, cloth, r=0.05, puff=0.008, wrinkle=0.004, seed=i).moved(x, 0, 0.155)
        )
        parts += [p.moved(x, -0.11, SEAT - 0.085) for p in seat(cw - 0.006, d - 0.26, cloth, rng, 0.20)]
        rear = cushion(cw - 0.004, 0.20, 0.42, cloth, r=0.045, puff=0.006, wrinkle=0.004, seed=rng.uniform(0, 9))
        parts.append(rear.moved(x, d / 2 - 0.11, 0.46))
        parts += [
            p.moved(x, d / 2 - 0.27, SEAT + (h - SEAT) / 2 + 0.0)
            for p in back_cushion(cw - 0.03, h - SEAT + 0.02, cloth, rng, 0.19)
        ]
    return parts + scatter((w - 0.16, d, h), style, rng, parts)


def platform(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A futon on a slatted wooden platform that reaches past the cushions as a shelf at both ends."""
    w, d, h = size
    wood, cloth, shelf = style.wood, style.sofas[0], 0.20
    parts = [
        box(0.07, d - 0.08, 0.035, wood, 0.006).moved(x, 0, 0.225) for x in np.linspace(-w / 2 + 0.05, w / 2 - 0.05, 9)
    ]
    parts += [box(w, 0.05, 0.075, wood, 0.008).moved(0, s * (d / 2 - 0.03), 0.205) for s in (-1, 1)]
    parts += [
        box(0.07, 0.07, 0.19, wood, 0.008).moved(sx * (w / 2 - 0.22), sy * (d / 2 - 0.05), 0.095)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    inner = w - 2 * shelf
    posts = [
        box(0.05, 0.045, h - 0.34, wood, 0.008).turned(-9, "x").moved(x, d / 2 - 0.065, 0.24 + (h - 0.34) / 2)
        for x in np.linspace(-inner / 2 + 0.05, inner / 2 - 0.05, 4)
    ]
    rails = [
        box(inner, 0.03, 0.065, wood, 0.008).turned(-9, "x").moved(0, d / 2 - 0.07 + 0.15 * (z - 0.5), z)
        for z in (0.46, 0.58, h - 0.10)
    ]
    count = max(2, min(3, round(inner / 0.75)))
    for i in range(count):
        cw = inner / count
        x = -inner / 2 + cw * (i + 0.5)
        parts += [p.moved(x, -0.08, 0.325) for p in seat(cw - 0.004, d - 0.20, cloth, rng, 0.16)]
        parts += [
            p.moved(x, d / 2 - 0.23, 0.40 + (h - 0.38) / 2) for p in back_cushion(cw - 0.012, h - 0.40, cloth, rng)
        ]
    lowered = [p.moved(0, -0.02, 0.03) for p in parts]
    loose = [p.moved(0, 0.02, -0.03) for p in scatter((w - 0.36, d, h), style, rng, lowered)]
    return [*parts, *posts, *rails, *loose]


def settee(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A show-wood settee: a carved rail over a tight back, open padded arms, cabriole-thin legs."""
    w, d, h = size
    wood, cloth = style.wood, style.sofas[0]
    parts = seat(w - 0.10, d - 0.16, cloth, rng, 0.13)
    parts = [p.moved(0, -0.03, 0.40) for p in parts]
    parts += [p.moved(0, 0, -0.02) for p in backrest("tight", w - 0.14, 1, d + 0.10, h - 0.05, cloth, rng)]
    s = np.linspace(-1, 1, 25)
    crest = np.c_[s * (w / 2 - 0.05), d / 2 - 0.05 + 0 * s, h - 0.06 + 0.036 * np.cos(np.pi * s) + 0.0 * s]
    parts.append(tube(crest, 0.022, wood, 12))
    parts.append(box(w - 0.06, d - 0.12, 0.07, wood, 0.012).moved(0, -0.01, 0.31))
    for k in (-1, 1):
        x = k * (w / 2 - 0.035)
        parts.append(
            tube(
                curve([(x, d / 2 - 0.02, 0), (x, d / 2 - 0.07, 0.35), (x - k * 0.015, d / 2 - 0.05, h - 0.10)], 12),
                0.021,
                wood,
                12,
            )
        )
        parts.append(
            tube(
                curve([(x, -d / 2 + 0.05, 0), (x - k * 0.02, -d / 2 + 0.07, 0.12), (x, -d / 2 + 0.05, 0.31)], 10),
                np.linspace(0.014, 0.028, 10),
                wood,
                12,
            )
        )
        rest = curve(
            [
                (x, d / 2 - 0.07, 0.66),
                (x, 0, 0.63),
                (x, -d / 2 + 0.16, 0.61),
                (x, -d / 2 + 0.14, 0.52),
                (x, -d / 2 + 0.10, 0.33),
            ],
            20,
        )
        parts.append(tube(rest, 0.019, wood, 12))
        parts.append(cushion(0.055, 0.26, 0.04, cloth, r=0.018, puff=0.003, wrinkle=0.0).moved(x, 0.0, 0.645))
    return parts


_MAKERS = {
    "track": _straight("track", 0.16),
    "slim": _straight("slim", 0.09),
    "rolled": _straight("rolled", 0.20),
    "english": _straight("english", 0.15, 0.60, feet="turned"),
    "slope": _straight("slope", 0.20, 0.56),
    "wood": _straight("wood", 0.05),
    "bench": _straight("slim", 0.11, 0.56, 1, "splayed"),
    "camelback": camelback,
    "tuxedo": tuxedo,
    "chesterfield": chesterfield,
    "curved": curved,
    "modular": modular,
    "platform": platform,
}
sofa = by_form("sofa", _MAKERS)
loveseat = by_form("loveseat", {**_MAKERS, "settee": settee})


def sectional(size: Size, style: Style, rng: np.random.Generator, cut: Cut) -> list[Part]:
    """A sofa with a chaise on its right (+x) end: the chaise is 0.95 m wide and as deep as the piece."""
    w, depth, h = size
    d, chaise, cloth = 0.95, 0.95, style.sofas[0]
    parts = [p.moved(y=(depth - d) / 2) for p in upholstered((w, d, h), style, cloth, cut, rng)]
    length = depth - d + 0.12
    front, x = -depth / 2 + length / 2, w / 2 - chaise / 2
    base = 0.32 - cut.lift
    parts.append(box(chaise - 0.02, length, base, cloth, 0.03).moved(x, front, cut.lift + base / 2))
    parts += [p.moved(x, front, SEAT - 0.055) for p in seat(chaise - 0.02, length, cloth, rng)]
    parts += [p.moved(x, front) for p in legs(cut.legs, chaise, length, cut.lift, style.wood, style.metal)]
    at_rear = [p.moved(y=(d - depth) / 2) for p in parts]
    return parts + [p.moved(y=(depth - d) / 2) for p in scatter((w, d, h), style, rng, at_rear)]


def _chaise(arm: str, width: float, top: float, feet: Legs | None = None) -> Builder:
    def build(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
        return sectional(size, style, rng, Cut(arm, style.back, 3, feet or style.legs, width, top))

    return build


sofa_sectional = by_form(
    "sofa-sectional",
    {
        "track": _chaise("track", 0.16, 0.62),
        "slim": _chaise("slim", 0.09, 0.60),
        "rolled": _chaise("rolled", 0.20, 0.62),
        "slope": _chaise("slope", 0.20, 0.56),
        "wood": _chaise("wood", 0.05, 0.60),
        "low": _chaise("track", 0.26, 0.50, "plinth"),
    },
)

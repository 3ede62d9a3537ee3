"""Bathroom furniture: stools, towel ladders, laundry baskets."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form
from atelier.furnish.pieces.tabletops import smooth
from atelier.furnish.shapes import Part, box, columns, lathe, line, sheet, tube
from atelier.furnish.soft import cushion, piping
from atelier.furnish.styles import Style

Rng = np.random.Generator


def _stool_slatted(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Teak slats on two frames with a shelf."""
    w, d, h = size
    wood, n = style.wood, 5
    parts = [
        box(w / n - 0.010, d, 0.024, wood, 0.005).moved(float(x), 0, h - 0.012)
        for x in (np.arange(n) + 0.5) * w / n - w / 2
    ]
    parts += [
        box(0.03, 0.03, h - 0.02, wood, 0.005).moved(sx * (w / 2 - 0.03), sy * (d / 2 - 0.025), (h - 0.02) / 2)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    parts += [box(w - 0.05, 0.022, 0.045, wood, 0.004).moved(0, s * (d / 2 - 0.03), h - 0.05) for s in (-1, 1)]
    return [
        *parts,
        *[box(w - 0.08, d / 4 - 0.012, 0.016, wood, 0.004).moved(0, y, 0.16) for y in (-d * 0.26, 0.0, d * 0.26)],
    ]


def _stool_turned(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A round dished seat on three splayed legs."""
    w, _, h = size
    r = w / 2
    seat = lathe(
        np.array(
            [
                (0, h - 0.04),
                (r - 0.012, h - 0.036),
                (r, h - 0.022),
                (r - 0.006, h),
                (r * 0.6, h - 0.008),
                (0, h - 0.010),
            ]
        ),
        style.wood,
        36,
    )
    ends = [
        ((np.cos(a) * r * 0.94, np.sin(a) * r * 0.94, 0), (np.cos(a) * r * 0.52, np.sin(a) * r * 0.52, h - 0.03))
        for a in np.deg2rad([45, 135, 225, 315])
    ]
    return [seat, *[tube(line(foot, head, 3), [0.012, 0.016, 0.018], style.wood, 10) for foot, head in ends]]


def _stool_vanity(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A padded drum on slim metal legs, for a dressing table."""
    w, d, h = size
    cloth = style.chairs[0]
    pad = cushion(w, d, 0.15, cloth, r=0.05, puff=0.004, crown=0.02, wrinkle=0.004, seed=rng.uniform(0, 9), core=14)
    parts = [pad.moved(0, 0, h - 0.095), piping(w - 0.006, d - 0.006, h - 0.14, cloth, 0.05, 0.005)]
    x, y = w / 2 - 0.03, d / 2 - 0.03
    parts += [
        tube(line((sx * x, sy * y, 0), (sx * x, sy * y, h - 0.15)), 0.010, style.metals[-1], 10)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    return [*parts, *[tube(line((-x, s * y, 0.05), (x, s * y, 0.05)), 0.008, style.metals[-1], 8) for s in (-1, 1)]]


bath_stool = by_form("bath-stool", {"slatted": _stool_slatted, "turned": _stool_turned, "vanity": _stool_vanity})


def _towel(w: float, front: float, rear: float, material: str, rng: Rng) -> list[Part]:
    """A towel over a bar along x at the origin: it falls `front` before and `rear` behind."""
    n, m = 12, 22
    s = np.linspace(-rear - 0.03, front + 0.03, m)
    u = np.linspace(-w / 2, w / 2, n)
    over = np.clip(s / 0.03, -1, 1)
    y = -0.020 * over
    z = np.where(np.abs(s) < 0.03, 0.016 * np.sqrt(np.clip(1 - over**2, 0, 1)), -(np.abs(s) - 0.03))
    phase, sway = rng.uniform(0, 6), rng.uniform(0.005, 0.010)
    fold = sway * np.sin(u[:, None] * 26 + phase) * np.clip(np.abs(s)[None] / max(front, rear), 0, 1)
    grid = np.stack([np.broadcast_to(u[:, None], (n, m)), y[None] + fold, np.broadcast_to(z[None], (n, m))], -1)
    inner = grid + np.array([0, 0, -0.005])
    flat = np.stack(np.meshgrid(u, s, indexing="ij"), -1)
    hem = [tube(grid[:, k], 0.005, material, 6) for k in (0, -1)]
    return [sheet(grid, material, flat), sheet(inner, material, flat, flip=True), *hem]


def _ladder(size: Size, style: Style, rng: Rng) -> list[Part]:
    """Two rails leaning on a wall, round rungs, two or three towels hung over them."""
    return _leaning(size, style, rng, style.wood, 0.018)


def _ladder_metal(size: Size, style: Style, rng: Rng) -> list[Part]:
    return _leaning(size, style, rng, style.metal, 0.011)


def _leaning(size: Size, style: Style, rng: Rng, material: str, r: float) -> list[Part]:
    w, d, h = size
    x, y0, y1 = w / 2 - r, -d / 2 + r, d / 2 - r
    parts = [tube(line((s * x, y0, 0), (s * x, y1, h), 3), r, material, 10) for s in (-1, 1)]
    cloths = (f"fabric/knit/{style.neutrals[0]}", f"fabric/knit/{style.accent(0)}", f"fabric/knit/{style.neutrals[1]}")
    for k, t in enumerate((0.20, 0.38, 0.56, 0.74, 0.92)):
        y, z = y0 + (y1 - y0) * t, h * t
        parts.append(tube(line((-x, y, z), (x, y, z)), r * 0.75, material, 8))
        if k in {2, 4} or (k == 3 and rng.random() < 0.3):
            wide = w * rng.uniform(0.56, 0.72)
            hung = _towel(wide, rng.uniform(0.30, 0.40), rng.uniform(0.20, 0.28), cloths[k % 3], rng)
            aside = float(rng.uniform(-0.2, 0.2)) * (w - wide)
            parts += [p.moved(aside, y, z + 0.004) for p in hung]
    return parts


towel_ladder = by_form("towel-ladder", {"wood": _ladder, "metal": _ladder_metal})


def _basket_woven(size: Size, _style: Style, _rng: Rng) -> list[Part]:
    """Woven, with a lid and two handles."""
    w, d, h = size
    r = w / 2 - 0.012
    wall = lathe(
        smooth([(0, 0), (r * 0.82, 0), (r * 0.88, 0.02), (r, h * 0.55), (r * 0.96, h - 0.06), (r * 0.94, h - 0.05)]),
        "rattan/b8935f",
        40,
    )
    lid = lathe(smooth([(r * 0.99, h - 0.055), (r, h - 0.03), (r * 0.6, h - 0.008), (0, h)]), "rattan/b8935f", 40)
    parts, k = [wall, lid], d / w
    for s in (-1, 1):
        a = np.linspace(0, np.pi, 11)
        parts.append(
            tube(
                columns(s * (r + 0.012 * np.sin(a)), 0.06 * np.cos(a), h * 0.66 + 0.03 * np.sin(a)),
                0.008,
                "leather/7d5233",
                8,
            )
        )
    return [p.scaled(1, k, 1) for p in parts]


def _basket_frame(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A linen bag slung in a folding frame."""
    w, d, h = size
    linen = f"fabric/linen/{style.neutrals[0]}"
    a, t = np.meshgrid(np.linspace(0, 2 * np.pi, 41), np.linspace(0, 1, 11), indexing="ij")
    square = 1 / np.maximum(np.abs(np.cos(a)), np.abs(np.sin(a))) ** 0.75
    sag = 1 - 0.16 * np.sin(np.pi * t) * (1 - 0.3 * np.cos(4 * a + rng.uniform(0, 6)))
    x, y = (w / 2 - 0.03) * np.cos(a) * square * sag, (d / 2 - 0.03) * np.sin(a) * square * sag
    x, y = np.clip(x, -w / 2 + 0.02, w / 2 - 0.02), np.clip(y, -d / 2 + 0.02, d / 2 - 0.02)
    bag = np.stack([x, y, 0.07 + (h - 0.085) * t], -1)
    floor = np.stack([x[:, :1] * np.array([[0.0, 1.0]]), y[:, :1] * np.array([[0.0, 1.0]]), np.full((41, 2), 0.07)], -1)
    parts = [
        sheet(bag, linen),
        sheet(bag * [0.985, 0.985, 1], linen, flip=True),
        sheet(floor, linen),
        sheet(floor, linen, flip=True),
    ]
    for s in (-1, 1):
        parts += [
            tube(
                line(
                    (k * (w / 2 - 0.012), s * (d / 2 - 0.012), 0),
                    (k * (w / 2 - 0.012), -s * (d / 2 - 0.012), h - 0.012),
                ),
                0.011,
                style.wood,
                8,
            )
            for k in (-1, 1)
        ]
        parts.append(
            tube(
                line((-w / 2 + 0.012, s * (d / 2 - 0.012), h - 0.012), (w / 2 - 0.012, s * (d / 2 - 0.012), h - 0.012)),
                0.011,
                style.wood,
                8,
            )
        )
    return parts


def _basket_slatted(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A tall box of upright slats with a hinged lid."""
    w, d, h = size
    parts = [
        box(w, d, 0.022, style.wood, 0.006).moved(0, 0, h - 0.011),
        box(w - 0.03, d - 0.03, h - 0.05, f"fabric/linen/{style.neutrals[0]}", 0.006).moved(
            0, 0, 0.03 + (h - 0.06) / 2
        ),
    ]
    for long, deep, yaw in ((w, d, 0.0), (d, w, 90.0)):
        n = max(5, round(long / 0.05))
        slat = box(0.026, 0.012, h - 0.03, style.wood, 0.003).moved(0, 0, (h - 0.03) / 2)
        parts += [
            slat.moved(float(x), s * (deep / 2 - 0.012)).turned(yaw)
            for s in (-1, 1)
            for x in (np.arange(n) + 0.5) * (long - 0.01) / n - (long - 0.01) / 2
        ]
    return parts


laundry_basket = by_form("laundry-basket", {"woven": _basket_woven, "frame": _basket_frame, "slatted": _basket_slatted})

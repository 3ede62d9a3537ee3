"""What hangs from the ceiling and gives light; a piece ends at the top of its stated height."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form
from atelier.furnish.pieces.lamp_parts import (
    CORD,
    OPAL,
    WOVEN_SHADE,
    ball,
    bell,
    bulb,
    candle,
    dome,
    drum,
    globe,
    hook,
    openwork,
    paper,
    pole,
    smooth,
)
from atelier.furnish.shapes import Part, columns, curve, disc, lathe, line, tube
from atelier.furnish.styles import Style
from atelier.model import F64


def _ring(r: float, z: float, k: int = 48) -> F64:
    a = np.linspace(0, 2 * np.pi, k + 1)[:-1]
    return columns(r * np.cos(a), r * np.sin(a), np.full(k, z))


def _dome(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    drop = min(w * 0.62, h * 0.6)
    return [*hook(h, drop * 0.9, style.metal), dome(w / 2, drop, 0, style.metal, 0.006), bulb(0, 0, drop * 0.4, 0.035)]


def _cone(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r, tall = w / 2, min(w * 0.9, h * 0.6)
    wall = [
        (r, 0),
        (0.045, tall - 0.06),
        (0.03, tall),
        (0, tall),
        (0, tall - 0.01),
        (0.04, tall - 0.06),
        (r - 0.005, 0),
    ]
    return [*hook(h, tall, style.metal), lathe(wall, f"paint/{style.accent(0)}", 44), bulb(0, 0, tall * 0.35, 0.035)]


def _lantern(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    drop = min(w * 0.70, h * 0.6)
    return [*hook(h, drop * 0.9, style.metal), *paper(w / 2, drop, drop / 2)]


def _woven(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r, drop = w / 2, min(w * 0.75, h * 0.6)
    outline = [(r * 0.82, 0), (r, drop * 0.25), (r * 0.9, drop * 0.6), (r * 0.45, drop * 0.9), (0.04, drop)]
    canes = openwork(outline, WOVEN_SHADE, 9, 22, 0.0045)
    return [*hook(h, drop, style.metal), *canes, ball(0.05, OPAL, 18).moved(z=drop * 0.5), bulb(0, 0, drop * 0.5, 0.03)]


def _globe(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    r = min(w / 2, h * 0.35)
    cap = lathe([(0, 0), (0.05, 0), (0.045, 0.03), (0.01, 0.05), (0, 0.05)], style.metal, 24).moved(z=2 * r - 0.012)
    return [*hook(h, 2 * r, style.metal), cap, *globe(r, 0, 0, r)]


def _drum(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    tall = min(w * 0.45, h * 0.5)
    spider = [
        tube(line((-w / 2 + 0.01, 0, tall - 0.02), (w / 2 - 0.01, 0, tall - 0.02)), 0.003, style.metal, 6).turned(a)
        for a in (0, 60, 120)
    ]
    return [*hook(h, tall - 0.02, style.metal), *spider, *drum(w / 2, w / 2, 0, tall)]


def _cluster(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Three small globes at three heights from one plate."""
    w, _, h = size
    r = w * 0.21
    parts = [disc(w * 0.28, 0.025, style.metal, 36).moved(z=h - 0.025)]
    for k, a in enumerate(np.deg2rad([90, 210, 330])):
        x, y = (w / 2 - r) * float(np.cos(a)), (w / 2 - r) * float(np.sin(a))
        z = r + k * h * 0.16
        parts += [*globe(r, x, y, z), pole(z + r, h - 0.02, 0.003, CORD, x, y)]
        parts.append(lathe([(0, 0), (0.03, 0), (0.02, 0.035), (0, 0.035)], style.metal, 20).moved(x, y, z + r - 0.008))
    return parts


def _bell(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    drop = min(w * 0.8, h * 0.6)
    return [
        *hook(h, drop, style.metals[-1]),
        *bell(w / 2, w * 0.12, 0, drop),
        disc(0.045, 0.02, style.metals[-1], 24).moved(z=drop - 0.01),
    ]


pendant = by_form(
    "pendant",
    {
        "dome": _dome, "cone": _cone, "lantern": _lantern, "woven": _woven, "globe": _globe, "drum": _drum,
        "cluster": _cluster, "bell": _bell,
    },
)  # fmt: skip


def _arms(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Six scrolled arms with candles around a turned stem."""
    w, _, h = size
    r, body = w / 2 - 0.032, min(h * 0.62, w * 0.75)
    metal = style.metals[-1]
    stem = smooth(
        [
            (0, 0),
            (0.02, 0.01),
            (0.035, 0.05),
            (0.012, 0.09),
            (0.045, 0.16),
            (0.02, body * 0.5),
            (0.03, body * 0.8),
            (0.008, body),
        ]
    )
    parts = [*hook(h, body, metal), lathe(stem, metal, 28)]
    for a in np.deg2rad(60 * np.arange(6)):
        c, s = float(np.cos(a)), float(np.sin(a))
        z = 0.18 + body * 0.12
        sweep = [(0.03, 0.16), (r * 0.35, 0.10), (r * 0.72, 0.07), (r, z - 0.05), (r, z)]
        parts.append(tube(curve([(c * q, s * q, t) for q, t in sweep], 18), 0.007, metal, 8))
        parts += candle(c * r, s * r, z, metal)
    return parts


def _sputnik(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    w, _, h = size
    reach = w / 2 - 0.028
    parts = [ball(0.05, style.metal, 24).moved(z=reach + 0.028), pole(reach + 0.05, h, 0.006, style.metal)]
    parts.append(disc(0.055, 0.02, style.metal, 24).moved(z=h - 0.02))
    golden = np.arange(14)
    lift = 1 - 2 * (golden + 0.5) / 14
    for k in range(14):
        flat, a = float(np.sqrt(1 - lift[k] ** 2)), float(np.deg2rad(137.508 * k))
        d = np.array([flat * np.cos(a), flat * np.sin(a), lift[k]])
        if d[2] > 0.9:
            continue
        tip = d * reach + [0, 0, reach + 0.028]
        parts.append(tube(line(d * 0.04 + [0, 0, reach + 0.028], tip), 0.0045, style.metal, 7))
        parts += globe(0.028, *(float(t) for t in tip))
    return parts


def _hoop(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Two rings of light at a slant, on three wires."""
    w, _, h = size
    parts = [disc(0.07, 0.022, style.metal, 32).moved(z=h - 0.022)]
    for r, z, tilt in ((w / 2 - 0.014, 0.10, 5.0), (w * 0.32, 0.26, -7.0)):
        rim = tube(_ring(r, 0.0), 0.013, style.metal, 8, closed=True).turned(tilt, "x").moved(z=z)
        glow = tube(_ring(r, -0.010), 0.009, OPAL, 6, closed=True).turned(tilt, "x").moved(z=z)
        parts += [rim, glow]
        at = _ring(r, 0.0, 3)
        lean = np.deg2rad(tilt)
        lifted = np.c_[at[:, 0], at[:, 1] * np.cos(lean), z + at[:, 1] * np.sin(lean)]
        parts += [tube(line(p, (p[0] * 0.12, p[1] * 0.12, h - 0.015)), 0.0015, CORD, 5) for p in lifted]
        parts += [bulb(float(x), float(y), float(t) - 0.012, 0.011) for x, y, t in lifted]
    return parts


def _beads(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Strings of wooden beads from a small crown down to a hoop and back to a point."""
    w, _, h = size
    r, tall = w / 2 - 0.012, min(h * 0.75, w * 0.9)
    wide_z, crown_z = tall * 0.42, tall * 0.97
    bead = f"paint/{style.neutrals[0]}"
    parts = [*hook(h, crown_z, style.metals[-1])]
    parts += [tube(_ring(q, z), 0.011, style.wood, 7, closed=True) for q, z in ((r, wide_z), (r * 0.34, crown_z))]
    for k in range(20):
        a = 2 * np.pi * k / 20
        for (r0, z0), (r1, z1) in (((r * 0.34, crown_z), (r, wide_z)), ((r, wide_z), (0.02, 0.02))):
            t = np.linspace(0, 1, 19)
            sag = 0.06 * w * np.sin(np.pi * t) * (1 if z1 < 0.1 else -0.5)
            q, z = r0 + (r1 - r0) * t, z0 + (z1 - z0) * t - sag
            swell = 0.0025 + 0.0055 * np.abs(np.sin(np.linspace(0, 9 * np.pi, 19) + 0.4))
            parts.append(tube(np.c_[q * np.cos(a), q * np.sin(a), z.clip(0.01)], swell, bead, 5))
    return [*parts, bulb(0, 0, wide_z, 0.035)]


def _wheel(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A wooden hoop on chains, candles around it."""
    w, _, h = size
    r, z = w / 2 - 0.03, 0.0
    flat = [(r - 0.012, z), (r + 0.012, z), (r + 0.012, z + 0.05), (r - 0.012, z + 0.05), (r - 0.012, z)]
    parts = [lathe(flat, style.wood, 56), disc(0.06, 0.02, style.metals[-1], 28).moved(z=h - 0.02)]
    for a in np.deg2rad(45 * np.arange(8)):
        parts += candle(r * float(np.cos(a)), r * float(np.sin(a)), 0.05, style.metals[-1])
    for a in np.deg2rad([22.5, 142.5, 262.5]):
        foot = (r * np.cos(a), r * np.sin(a), 0.05)
        parts.append(tube(line(foot, (0, 0, h * 0.72)), 0.004, style.metals[-1], 6))
    return [*parts, pole(h * 0.72, h, 0.005, style.metals[-1])]


def _branch(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A forked metal branch with small globes at its tips."""
    w, _, h = size
    r = 0.055
    parts = [pole(0.2, h, 0.008, style.metal), disc(0.055, 0.02, style.metal, 24).moved(z=h - 0.02)]
    for k, a in enumerate(np.deg2rad(72 * np.arange(5) + 10)):
        c, s, reach = float(np.cos(a)), float(np.sin(a)), w / 2 - r
        z = r + 0.16 * (k % 2) + rng.uniform(0, 0.02)
        path = curve(
            [
                (0, 0, 0.30 + 0.04 * k),
                (c * reach * 0.45, s * reach * 0.45, 0.26 + z * 0.4),
                (c * reach, s * reach, z + r),
            ],
            12,
        )
        parts += [tube(path, 0.006, style.metal, 8), *globe(r, c * reach, s * reach, z)]
    return parts


chandelier = by_form(
    "chandelier",
    {"candle": _arms, "sputnik": _sputnik, "ring": _hoop, "beads": _beads, "wheel": _wheel, "branch": _branch},
)

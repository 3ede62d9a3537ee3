"""Plants in pots. Every leaf is a bent, veined blade placed along a stem by the golden angle."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces import greenery
from atelier.furnish.pieces.common import Builder, Size, by_variant
from atelier.furnish.pieces.foliage import GOLDEN, LEAF, along, blade, leaves, split_blade, trunk_line
from atelier.furnish.pieces.pots import pot
from atelier.furnish.shapes import Part, curve, tube
from atelier.furnish.styles import Style
from atelier.model import F64


def _grower(kind: str) -> Builder:
    """A potted plant of one kind."""

    def build(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
        w, _, h = size
        low = kind in {"fern", "pothos", "succulent"}
        pot_h = h * (0.38 if low else 0.30 if h < 0.8 else 0.21)
        pot_r = min(w * 0.30, pot_h * (0.72 if low else 0.52))
        grown = GROWERS[kind](w, h, pot_h, pot_r, rng)
        return pot(style, pot_r, pot_h) + _filling([_contained(p, w / 2, h) for p in grown], size, pot_h * 0.85)

    return build


def _contained(part: Part, reach: float, top: float) -> Part:
    """Squeeze what grew beyond the stated size back inside, softly, so that leaves are not cut flat."""
    v = part.vertices.copy()
    radius = np.hypot(v[:, 0], v[:, 1])
    soft = np.where(
        radius > 0.7 * reach, 0.7 * reach + 0.3 * reach * np.tanh((radius - 0.7 * reach) / (0.3 * reach)), radius
    )
    v[:, :2] *= (soft / np.maximum(radius, 1e-9))[:, None]
    v[:, 2] = np.where(
        v[:, 2] > 0.9 * top, 0.9 * top + 0.1 * top * np.tanh((v[:, 2] - 0.9 * top) / (0.1 * top)), v[:, 2]
    )
    return Part(v, part.faces, part.uv, part.material, part.fitted)


def _filling(grown: list[Part], size: Size, soil: float) -> list[Part]:
    """Stretch the foliage (never the pot) so that its crown has exactly the stated size."""
    everything = np.concatenate([p.vertices for p in grown])
    low, high = everything.min(0), everything.max(0)
    wide = np.array(size[:2]) / (high - low)[:2]
    middle = np.append((low + high)[:2] / 2, soil)
    stretch = np.append(wide, (size[2] - soil) / (high[2] - soil))

    def grow(v: F64) -> F64:
        up = np.clip((v[:, 2:] - soil) / (high[2] - soil), 0, 1)  # stems stay rooted in the pot
        aside = v[:, :2] + (stretch[:2] - 1) * (v[:, :2] - middle[:2]) * up - middle[:2] * up
        return np.concatenate([aside, soil + (v[:, 2:] - soil) * stretch[2]], axis=1)

    return [p.warped(grow) for p in grown]


def _leafy(
    w: float,
    h: float,
    pot: float,
    rng: np.random.Generator,
    *,
    stems: int,
    length: float,
    width: float,
    tip: float,
    material: str,
    bare: int,
) -> list[Part]:
    parts = []
    for i in range(stems):
        angle = rng.uniform(0, 2 * np.pi) if stems == 1 else 2 * np.pi * i / stems + rng.uniform(-0.4, 0.4)
        out = w * (0.05 if stems == 1 else 0.16)
        lean = np.array([np.cos(angle) * out, np.sin(angle) * out, 0])
        rise = (h - pot - length * 0.45) * (1 - 0.17 * i)
        stem = trunk_line(np.array([lean[0] * 0.2, lean[1] * 0.2, pot * 0.85]), lean, rise, rng)
        parts.append(tube(stem, np.linspace(0.014, 0.006, len(stem)) * (0.5 + h / 3), "bark", 8))
        at, yaw, up = along(stem, bare, 2, rng)
        n = len(at)
        pitch = 8 + 42 * up**2 + rng.uniform(-14, 14, n)
        scale = (1.0 - 0.35 * up**3) * rng.uniform(0.78, 1.12, n)
        root = at + 0.03 * np.c_[np.cos(np.deg2rad(yaw)), np.sin(np.deg2rad(yaw)), np.zeros(n)]
        half = n // 2
        for part, curl in ((slice(0, half), 0.34), (slice(half, n), 0.20)):
            shape = blade(length, width, n=9, m=5, tip=tip, curl=curl, fold=0.25)
            parts.append(
                leaves(shape, root[part], yaw[part], pitch[part], rng.uniform(-28, 28, n)[part], scale[part], material)
            )
    return parts


def _fig(w: float, h: float, pot: float, _r: float, rng: np.random.Generator) -> list[Part]:
    return _leafy(
        w,
        h,
        pot,
        rng,
        stems=3,
        length=min(0.30, w * 0.38),
        width=min(0.20, w * 0.26),
        tip=0.72,
        material=LEAF["fig"],
        bare=6,
    )


def _rubber(w: float, h: float, pot: float, _r: float, rng: np.random.Generator) -> list[Part]:
    return _leafy(
        w,
        h,
        pot,
        rng,
        stems=2,
        length=min(0.27, w * 0.45),
        width=min(0.12, w * 0.19),
        tip=0.9,
        material=LEAF["rubber"],
        bare=4,
    )


def _olive(w: float, h: float, pot: float, _r: float, rng: np.random.Generator) -> list[Part]:
    trunk = trunk_line(np.array([0, 0, pot * 0.85]), np.array([0.05, 0.02, 0]), (h - pot) * 0.55, rng)
    parts = [tube(trunk, np.linspace(0.020, 0.010, len(trunk)) * (0.4 + h / 2.6), "bark", 10)]
    shape = blade(0.075 if h > 0.9 else 0.05, 0.017, n=4, m=3, curl=0.15, fold=0.2)
    for i in range(24):
        start = trunk[int(rng.integers(len(trunk) // 2, len(trunk)))]
        angle, reach = i * np.deg2rad(GOLDEN), w / 2 * rng.uniform(0.35, 0.98)
        rise = (h - start[2]) * rng.uniform(0.25, 1.0) * (1.0 - 0.45 * reach / (w / 2))
        tip = np.array([np.cos(angle) * reach, np.sin(angle) * reach, start[2] + rise])
        twig = curve([start, start * 0.5 + tip * 0.5 + [0, 0, 0.06], tip], 12)
        parts.append(tube(twig, np.linspace(0.005, 0.0015, 12), "bark", 5))
        at, yaw, _ = along(twig, 3, 4, rng)
        n = len(at)
        parts.append(
            leaves(
                shape,
                at,
                yaw,
                rng.uniform(-10, 60, n),
                rng.uniform(-60, 60, n),
                rng.uniform(0.7, 1.2, n),
                LEAF["olive"],
            )
        )
    return parts


def _snake(_w: float, h: float, pot: float, r: float, rng: np.random.Generator) -> list[Part]:
    n = 13
    angle = np.arange(n) * np.deg2rad(GOLDEN)
    spread = r * 0.6 * np.sqrt((np.arange(n) + 0.5) / n)
    at = np.c_[np.cos(angle) * spread, np.sin(angle) * spread, np.full(n, pot * 0.85)]
    shape = blade(1.0, 0.085 / max(h - pot, 0.3), n=14, m=5, tip=0.62, curl=0.05, fold=0.5)
    scale = (h - pot * 0.85) * np.r_[1.0, rng.uniform(0.62, 0.98, n - 1)]
    return [
        leaves(
            shape,
            at,
            np.degrees(angle),
            85 - 20 * spread / r + rng.uniform(-4, 4, n),
            rng.uniform(-90, 90, n),
            scale,
            LEAF["snake"],
        )
    ]


def _palm(w: float, h: float, pot: float, r: float, rng: np.random.Generator) -> list[Part]:
    parts = []
    fronds = 15
    for i in range(fronds):
        angle = i * np.deg2rad(GOLDEN)
        reach = w / 2 * (0.45 + 0.55 * i / fronds)
        rise = (h - pot) * (1.0 - 0.50 * i / fronds)
        root = np.array([np.cos(angle), np.sin(angle), 0]) * r * 0.25 + [0, 0, pot * 0.85]
        out = np.array([np.cos(angle), np.sin(angle), 0])
        rib = curve(
            [
                root,
                root + out * reach * 0.12 + [0, 0, rise * 0.52],
                root + out * reach * 0.5 + [0, 0, rise * 0.95],
                root + out * reach * 0.98 + [0, 0, rise * 0.80],
            ],
            26,
        )
        parts.append(tube(rib, np.linspace(0.006, 0.0015, 26), "leaf/56623e", 5))
        k = np.repeat(np.arange(10, 26), 2)
        side = np.tile([-1.0, 1.0], 16)
        u = (k - 10) / 15
        length = np.sin(np.pi * np.clip(0.18 + 0.80 * u, 0, 1)) ** 0.7
        yaw = np.degrees(angle) + side * (62 - 40 * u)
        shape = blade(min(0.34, w * 0.34), 0.026, n=5, m=3, curl=0.30, fold=0.35)
        parts.append(
            leaves(
                shape,
                rib[k],
                yaw,
                16 - 26 * u + rng.uniform(-8, 8, len(k)),
                side * 25,
                length * rng.uniform(0.85, 1.1, len(k)),
                LEAF["palm"],
            )
        )
    return parts


def _monstera(w: float, h: float, pot: float, r: float, rng: np.random.Generator) -> list[Part]:
    parts = []
    shape = split_blade(min(0.36, w * 0.42))
    at, yaw, pitch = [], [], []
    count = 18
    for i in range(count):
        angle = i * np.deg2rad(GOLDEN)
        u = i / (count - 1)
        reach, rise = w * (0.10 + 0.18 * u), (h - pot) * (0.90 - 0.60 * u)
        out = np.array([np.cos(angle), np.sin(angle), 0])
        root = out * r * 0.3 + [0, 0, pot * 0.85]
        stem = curve([root, root + out * reach * 0.35 + [0, 0, rise * 0.65], root + out * reach + [0, 0, rise]], 14)
        parts.append(tube(stem, np.linspace(0.007, 0.004, 14), "leaf/4f6340", 6))
        at.append(stem[-1])
        yaw.append(float(np.degrees(angle)))
        pitch.append(rng.uniform(-38, 2))
    n = len(at)
    parts.append(
        leaves(
            shape,
            np.array(at),
            np.array(yaw),
            np.array(pitch),
            rng.uniform(-20, 20, n),
            rng.uniform(0.75, 1.1, n),
            LEAF["monstera"],
        )
    )
    return parts


GROWERS = {
    "fig": _fig, "rubber": _rubber, "olive": _olive, "snake": _snake, "palm": _palm, "monstera": _monstera,
    "strelitzia": greenery.strelitzia, "dracaena": greenery.dracaena,
    "fern": greenery.fern, "pothos": greenery.pothos, "succulent": greenery.succulent, "orchid": greenery.orchid,
}  # fmt: skip
plant_large = by_variant("plant-large", {kind: _grower(kind) for kind in GROWERS})
plant_small = by_variant("plant-small", {kind: _grower(kind) for kind in GROWERS})

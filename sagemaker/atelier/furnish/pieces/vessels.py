"""Vases: seven ways to fill a corner of a table, from a jug of branches to bare stoneware."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_variant, filled
from atelier.furnish.pieces.decor import leafy_branches
from atelier.furnish.pieces.foliage import GOLDEN, blade, leaves, spiral
from atelier.furnish.pieces.lamp_parts import ball, smooth
from atelier.furnish.shapes import Part, curve, lathe, tube
from atelier.furnish.styles import Style
from atelier.model import F64

STONEWARE = {"japandi", "wabi-sabi", "bohemian", "mediterranean", "desert-modern", "rustic", "southwestern", "moroccan"}


def ware(style: Style, rng: np.random.Generator) -> str:
    """A pot's surface in the home's colours: glazed, or raw clay where the style is of the earth."""
    colour = (style.neutrals[0], style.accent(1), style.neutrals[1], style.accent(0))[int(rng.integers(4))]
    return f"clay/{colour}" if style.slug in STONEWARE or rng.random() < 0.3 else f"ceramic/{colour}/0.7"


def hollow(profile: F64, material: str, n: int = 36, wall: float = 0.006) -> Part:
    """A vessel that is open above: the (radius, z) outside, its lip and a little of its inside."""
    p = smooth(profile)
    inside = p[::-1][: max(4, len(p) // 3)] - [wall, 0]
    closed = np.r_[[[0, p[0, 1]]], p, np.clip(inside, 0.002, None), [[0, inside[-1, 1]]]]
    return lathe(closed, material, n)


def _leafy(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    return leafy_branches(size, style, rng)


def _stems(size: Size, mouth: float, count: int, spread: float, rng: np.random.Generator) -> list[F64]:
    """Stems that rise from a mouth at height `mouth` and fan out to the crown of the piece."""
    w, _, h = size
    out = []
    for k in range(count):
        a, u = np.deg2rad(GOLDEN * k), np.sqrt((k + 0.5) / count)
        reach = w / 2 * spread * u
        top = mouth + (h - mouth) * (1.0 - 0.32 * u * rng.uniform(0.5, 1.0))
        c, s = float(np.cos(a)), float(np.sin(a))
        out.append(
            curve(
                [
                    (0.01 * c, 0.01 * s, mouth * 0.6),
                    (reach * 0.3 * c, reach * 0.3 * s, mouth + (top - mouth) * 0.5),
                    (reach * c, reach * s, top),
                ],
                12,
            )
        )
    return out


def _dry(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Pampas plumes in a narrow-necked jar."""
    w, _, h = size
    pot = h * 0.38
    jar = [(w * 0.10, 0), (w * 0.19, pot * 0.25), (w * 0.20, pot * 0.5), (w * 0.07, pot * 0.85), (w * 0.075, pot)]
    parts = [hollow(np.array(jar), ware(style, rng))]
    straw = ("leaf/d3bf9a", "leaf/c2a67c")
    for k, stem in enumerate(_stems(size, pot, 9, 0.92, rng)):
        parts.append(tube(stem, np.linspace(0.002, 0.0012, 12), "leaf/b59b6f", 5))
        n, tip, below = 44, stem[-1], stem[-5]
        t = np.linspace(0, 1, n)
        at = below + (tip - below) * t[:, None]
        yaw, pitch = spiral(n), 62 - 20 * t + rng.uniform(-8, 8, n)
        shape = blade(h * 0.14, h * 0.016, n=4, m=2, curl=0.5, fold=0.0)
        parts.append(
            leaves(shape, at, yaw, pitch, np.zeros(n), 0.55 + 0.5 * np.sin(np.pi * (0.15 + 0.8 * t)), straw[k % 2])
        )
    return parts


def _flowers(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A round bunch of tulips and leaves in a plain cylinder."""
    w, _, h = size
    pot = h * 0.42
    parts = [
        hollow(
            np.array([(w * 0.15, 0), (w * 0.17, pot * 0.4), (w * 0.17, pot * 0.8), (w * 0.18, pot)]), ware(style, rng)
        )
    ]
    petal = f"leaf/{style.accent(int(rng.integers(2)))}"
    cup = smooth([(0.0, 0), (0.5, 0.12), (0.62, 0.5), (0.42, 0.92), (0.30, 1.0)], 2)
    for k, stem in enumerate(_stems(size, pot, 12, 0.75, rng)):
        parts.append(tube(stem, 0.0028, "leaf/50633d", 5))
        bloom = h * 0.085 * rng.uniform(0.85, 1.1)
        head = lathe(np.r_[cup * [bloom * 0.62, bloom], (cup[::-1] - [0.06, 0]) * [bloom * 0.62, bloom]], petal, 10)
        lean = (stem[-1] - stem[-3]) / np.linalg.norm(stem[-1] - stem[-3])
        tilt = float(np.degrees(np.arccos(np.clip(lean[2], -1, 1))))
        yaw = float(np.degrees(np.arctan2(lean[1], lean[0])))
        parts += [
            p.turned(tilt, "y").turned(yaw).moved(*(float(v) for v in stem[-1] - lean * bloom * 0.5)) for p in (head,)
        ]
        if k % 2 == 0:
            shape = blade(h * 0.24, h * 0.045, n=6, m=3, curl=0.5, fold=0.3)
            parts.append(
                leaves(
                    shape, stem[4:5], np.array([GOLDEN * k]), np.array([60.0]), np.zeros(1), np.ones(1), "leaf/4d643d"
                )
            )
    return parts


def _trio(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Three bare vessels of three heights."""
    w, d, h = size
    shapes = (
        [(0.10, 0), (0.20, 0.10), (0.22, 0.35), (0.08, 0.62), (0.05, 0.80), (0.07, 1.0)],
        [(0.16, 0), (0.30, 0.30), (0.28, 0.62), (0.10, 0.92), (0.12, 1.0)],
        [(0.22, 0), (0.40, 0.38), (0.34, 0.75), (0.16, 0.95), (0.17, 1.0)],
    )
    parts = []
    for (x, y, tall), shape in zip(((-0.20, 0.12, 1.0), (0.22, 0.10, 0.62), (0.0, -0.25, 0.36)), shapes, strict=True):
        high = h * tall
        p = np.array(shape) * [high if tall < 1 else high * 0.9, high]
        p[:, 0] = np.minimum(p[:, 0], w * 0.27)
        parts.append(hollow(p, ware(style, rng)).moved(x * w, y * d, 0))
    return parts


def _amphora(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """An old oil jar with two handles."""
    w, _, h = size
    r, clay = w / 2, ware(style, rng)
    jar = np.array(
        [
            (r * 0.36, 0),
            (r * 0.44, h * 0.04),
            (r * 0.80, h * 0.34),
            (r * 0.86, h * 0.52),
            (r * 0.40, h * 0.78),
            (r * 0.28, h * 0.86),
            (r * 0.40, h),
        ]
    )
    handles = [
        tube(
            curve(
                [
                    (s * r * 0.30, 0, h * 0.90),
                    (s * r * 0.78, 0, h * 0.94),
                    (s * r * 0.98, 0, h * 0.78),
                    (s * r * 0.74, 0, h * 0.60),
                ],
                14,
            ),
            h * 0.022,
            clay,
            8,
        )
        for s in (-1, 1)
    ]
    return [hollow(jar, clay, 40), *handles]


def _jar(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A ginger jar with its lid."""
    w, _, h = size
    r, glaze = w / 2 * 0.98, f"ceramic/{style.accent(int(rng.integers(3)))}/0.9"
    jar = smooth(
        [
            (0, 0),
            (r * 0.50, 0),
            (r * 0.52, h * 0.03),
            (r * 0.84, h * 0.32),
            (r, h * 0.56),
            (r * 0.72, h * 0.74),
            (r * 0.42, h * 0.79),
            (r * 0.42, h * 0.83),
        ]
    )
    lid = smooth(
        [
            (r * 0.50, h * 0.82),
            (r * 0.52, h * 0.85),
            (r * 0.42, h * 0.92),
            (r * 0.12, h * 0.94),
            (r * 0.13, h * 0.97),
            (0.0, h),
        ]
    )
    return [lathe(jar, glaze, 40), lathe(lid, glaze, 36)]


def _bottle(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A slim bottle with one bare branch."""
    w, _, h = size
    tall = h * 0.55
    r = w * 0.24
    neck = np.array(
        [
            (r * 0.9, 0),
            (r, tall * 0.1),
            (r * 0.96, tall * 0.42),
            (r * 0.26, tall * 0.66),
            (r * 0.20, tall * 0.9),
            (r * 0.27, tall),
        ]
    )
    parts = [hollow(neck, ware(style, rng))]
    for k in range(4):
        a, lean = np.deg2rad(k * 97 + 20), w / 2 * (0.5 + 0.16 * k)
        c, s = float(np.cos(a)), float(np.sin(a))
        stem = curve(
            [
                (0, 0, tall * 0.7),
                (c * lean * 0.2, s * lean * 0.2, h * 0.72),
                (c * lean * 0.7, s * lean * 0.7, h * (0.92 - 0.08 * k)),
                (c * lean, s * lean, h * (0.99 - 0.11 * k)),
            ],
            16,
        )
        parts.append(tube(stem, np.linspace(0.0034, 0.0012, 16), "bark", 6))
        for i in range(6, 16, 2):
            twig = (
                np.array([c, s, 0.6])
                @ np.array([[np.cos(i), np.sin(i), 0], [-np.sin(i), np.cos(i), 0], [0, 0, 1.0]])
                * h
                * 0.05
            )
            parts.append(tube([stem[i], stem[i] + twig * 0.5, stem[i] + twig], [0.0015, 0.0012, 0.0008], "bark", 5))
            parts.append(ball(0.006, f"leaf/{style.accent(0)}", 8).moved(*(float(v) for v in stem[i] + twig)))
    return filled(parts, size)


vase = by_variant(
    "vase",
    {
        "leafy": _leafy, "dry": _dry, "flowers": _flowers, "trio": _trio, "amphora": _amphora, "jar": _jar,
        "bottle": _bottle,
    },
)  # fmt: skip

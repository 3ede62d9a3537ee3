"""What hangs flat on a wall: pictures in ten kinds of frame, a gallery, a picture ledge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from atelier.furnish.pieces.common import Size, by_variant, filled
from atelier.furnish.pieces.lamp_parts import ball
from atelier.furnish.shapes import Part, box, columns, lathe, line, place, sheet, tube
from atelier.furnish.styles import Style
from atelier.model import F64

PAPER, BACK = "paint/e6e1d7", "paint/4a4540"
GILT = ("metal/aged-brass", "metal/brass")
PRINTS = 4096
"""pictures there are of a kind: so many that a home never shows one twice."""
SERIES = (
    "lines", "botanical", "landscape", "sea", "horizon", "wash", "grasses", "contour", "gesture", "planes", "shore",
    "grove", "orbits", "collage",
)  # fmt: skip
"""kinds whose pictures hang side by side as a set, each clearly another."""


def moulding(w: float, h: float, profile: ArrayLike, material: str) -> list[Part]:
    """A mitred frame standing on z = 0: `profile` is (k, 2) of inset from the outer edge and y; −y is the front."""
    p = np.asarray(profile, np.float64)
    corners = np.array([[-1, 0], [1, 0], [1, 1], [-1, 1]], np.float64)
    outer = corners * [w / 2, h]
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float64)
    sides = []
    for i in range(4):
        ends = []
        for j in (i, (i + 1) % 4):
            xz = outer[j] + inward[j] * p[:, :1]
            ends.append(np.c_[xz[:, 0], p[:, 1], xz[:, 1]])
        sides.append(sheet(np.stack(ends), material))
    return sides


def flat_profile(bar: float, depth: float) -> list[tuple[float, float]]:
    """A square bar: up its outside, over its face, down inside to the picture."""
    f, b = -depth / 2, depth / 2
    return [(0, b), (0, f + 0.002), (0.002, f), (bar - 0.002, f), (bar, f + 0.002), (bar, b)]


def carved_profile(bar: float, depth: float) -> F64:
    """A deep moulding: bead, hollow, ridge, small bead at the sight edge."""
    f, b = -depth / 2, depth / 2
    t = np.array(
        [(0, b), (0, 0.2), (0.06, -0.35), (0.16, -0.55), (0.26, -0.25), (0.45, 0.15), (0.62, -0.2), (0.74, -1.0),
         (0.86, -0.95), (0.9, -0.45), (0.97, -0.5), (1.0, -0.2), (1.0, 0.4)]
    )  # fmt: skip
    t[0, 1] = 1.0
    return columns(t[:, 0] * bar, f + (t[:, 1] + 1) / 2 * (b - f))


def picture(w: float, h: float, style: Style, rng: np.random.Generator, y: float) -> Part:
    """The picture itself, w × h, standing on z = 0 and facing −y."""
    kind = style.art[int(rng.integers(len(style.art)))]
    name = f"art/{kind}/{'-'.join(style.inks)}/{w / h:.2f}/{int(rng.integers(PRINTS))}"
    points = np.array([[[-w / 2, y, h], [-w / 2, y, 0]], [[w / 2, y, h], [w / 2, y, 0]]])
    uv = np.array([[[0.004, 0.004], [0.004, 0.996]], [[0.996, 0.004], [0.996, 0.996]]])
    return sheet(points, name, uv, flip=True, fitted=True)


def backing(w: float, d: float, h: float) -> Part:
    return box(w - 0.012, 0.004, h - 0.012, BACK, 0.001).moved(0, d / 2 - 0.002, h / 2)


def _framed(size: Size, style: Style, rng: np.random.Generator, bar: float, mat: float) -> list[Part]:
    """A bar frame; `mat` metres of passe-partout with a bevelled window around the print."""
    w, d, h = size
    parts = [*moulding(w, h, flat_profile(bar, d), style.frame), backing(w, d, h)]
    inner_w, inner_h = w - 2 * bar, h - 2 * bar
    if mat:
        board = [(0, d * 0.18), (mat - 0.004, d * 0.18), (mat, d * 0.26)]
        parts += place(moulding(inner_w, inner_h, board, PAPER), z=bar)
    m = mat * 0.98
    return [*parts, picture(inner_w - 2 * m, inner_h - 2 * m, style, rng, d * 0.25).moved(z=bar + m)]


def _matted(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    return _framed(size, style, rng, 0.018, min(size[0], size[2]) * 0.13)


def _bleed(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    return _framed(size, style, rng, 0.026, 0.0)


def _ornate(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    bar = min(0.085, min(w, h) * 0.16)
    gilt = GILT[0] if style.metals[-1] != GILT[1] else GILT[1]
    parts = [*moulding(w, h, carved_profile(bar, d), gilt), backing(w, d, h)]
    for sx in (-1, 1):
        for z in (0, h):
            boss = ball(bar * 0.30, gilt, 12).scaled(1, 0.35, 1)
            parts.append(boss.moved(sx * (w / 2 - bar * 0.45), -d * 0.25, z + (0.45 * bar if z == 0 else -0.45 * bar)))
    inside = bar * 0.97
    return [*parts, picture(w - 2 * inside, h - 2 * inside, style, rng, d * 0.1).moved(z=inside)]


def _canvas(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Stretched canvas, no frame; its cloth wraps around the edge."""
    w, d, h = size
    rim = moulding(w, h, [(0.0, d / 2), (0.0, -d / 2 + 0.004), (0.004, -d / 2)], PAPER)
    return [*rim, backing(w, d, h), picture(w - 0.008, h - 0.008, style, rng, -d / 2).moved(z=0.004)]


def _floater(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A canvas standing free inside a narrow tray frame."""
    w, d, h = size
    gap = 0.024
    tray = moulding(w, h, [*flat_profile(0.012, d)[:-1], (0.012, d * 0.3), (gap + 0.01, d * 0.3)], style.frame)
    inner = place(_canvas((w - 2 * gap, d * 0.8, h - 2 * gap), style, rng), y=-d * 0.06, z=gap)
    return [*tray, backing(w, d, h), *inner]


def _row(count: int, size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Like frames side by side, or one over the other where the place is tall; one kind of picture in all."""
    w, d, h = size
    style = replace(style, art=tuple(kind for kind in style.art if kind in SERIES)[:1] or ("botanical",))
    gap = 0.05
    parts: list[Part] = []
    for k in range(count):
        if w >= h * 0.8:
            each = (w - gap * (count - 1)) / count
            parts += place(_matted((each, d, h), style, rng), x=-w / 2 + each / 2 + k * (each + gap))
        else:
            each = (h - gap * (count - 1)) / count
            parts += place(_matted((w, d, each), style, rng), z=k * (each + gap))
    return parts


def _pair(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    return _row(2, size, style, rng)


def _three(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    return _row(3, size, style, rng)


def _baskets(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Flat woven baskets hung in a cluster."""
    w, d, h = size
    spots = [
        (-0.28, 0.36, 0.72),
        (0.26, 0.60, 0.80),
        (-0.12, 0.78, 0.44),
        (0.34, 0.20, 0.40),
        (0.02, 0.30, 0.36),
        (-0.40, 0.72, 0.34),
    ]
    parts = []
    short = min(w, h)
    for k, (x, z, s) in enumerate(spots):
        r = s * short * 0.36
        colour = ("c49f6b", style.neutrals[1], "a97f4e", "8a6a45")[k % 4]
        t = np.linspace(0, 1, 12)
        bowl = lathe(np.c_[r * t, -d * 0.8 * (t**2) + 0.004 * np.abs(np.sin(t * 25))], f"rattan/{colour}", 36)
        rim = tube(circle(r, 36), 0.006, f"rattan/{colour}", 6, closed=True)
        at = (float(np.clip(x * w, -w / 2 + r, w / 2 - r)), float(np.clip(z * h, r, h - r)))
        face = [bowl.turned(90, "x").moved(y=d / 2), rim.moved(y=-d * 0.3)]
        parts += place(face, at[0], rng.uniform(-0.001, 0.001), at[1])
    return filled(parts, size)


def circle(r: float, k: int = 48) -> F64:
    """A circle standing in the xz plane around the origin."""
    a = np.linspace(0, 2 * np.pi, k + 1)[:-1]
    return columns(r * np.cos(a), np.zeros(k), r * np.sin(a))


def _relief(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A plaster panel with raised arcs, in a thin frame."""
    w, d, h = size
    n, m = 54, min(80, max(24, round(54 * h / w)))
    x, z = np.meshgrid(np.linspace(-w / 2 + 0.02, w / 2 - 0.02, n), np.linspace(0.02, h - 0.02, m), indexing="ij")
    centre = np.array([rng.uniform(-0.4, 0.1) * w, rng.uniform(0.0, 0.35) * h])
    reach = np.hypot(x - centre[0], z - centre[1]) / min(w, h)
    other = np.hypot(x - centre[0] - 0.5 * w, z - centre[1] - 0.55 * h) / min(w, h)
    ridge = np.where(reach < other, np.sin(reach * 28), np.sin(other * 28))
    y = d * 0.05 - d * 0.16 * np.tanh(1.4 * ridge)
    panel = sheet(np.stack([x, y, z], -1), f"clay/{style.neutrals[0]}")
    return [*moulding(w, h, flat_profile(0.022, d), style.frame), panel, backing(w, d, h)]


def _hanging(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Knotted cords on a dowel, cut to a point, over a woven band."""
    w, d, h = size
    cord = f"fabric/knit/{style.neutrals[0]}"
    top = h - 0.10
    parts = [tube(line((-w / 2, 0, top), (w / 2, 0, top), 3), d * 0.38, style.wood, 10)]
    string = [(-w * 0.44, 0, top), (0, 0, h - 0.004), (w * 0.44, 0, top)]
    parts.append(tube(np.array(string), 0.003, cord, 5))
    n = max(14, round(w * 0.86 / 0.022))
    for k in range(n):
        u = 2 * k / (n - 1) - 1
        x = u * w * 0.43
        end = (0.0 + 0.42 * top * abs(u)) + rng.uniform(0, 0.012)
        if k == n // 2:
            end = 0.0
        z = np.linspace(top, end, 14)
        wave = 0.010 * np.sin((top - z) * 26 + np.pi * (k % 2)) * (z > top * 0.45)
        parts.append(tube(np.c_[x + wave, np.full(14, -d * 0.05), z], np.r_[np.full(13, 0.0075), 0.011], cord, 6))
    band = box(w * 0.88, d * 0.5, 0.05, f"fabric/knit/{style.neutrals[1]}", 0.01).moved(0, -d * 0.06, top * 0.74)
    return filled([*parts, band], size)


art = by_variant(
    "art",
    {
        "matted": _matted, "bleed": _bleed, "ornate": _ornate, "canvas": _canvas, "floater": _floater, "pair": _pair,
        "three": _three, "baskets": _baskets, "relief": _relief, "hanging": _hanging,
    },
)  # fmt: skip


def gallery(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Five frames of different sizes hung as one."""
    w, d, h = size
    g = 0.045
    left, low = w * 0.42, h * 0.56
    spots = [
        (-w / 2, 0.0, left, low), (-w / 2, low + g, left * 0.55, h - low - g),
        (-w / 2 + left * 0.55 + g, low + g, left * 0.45 - g, h - low - g),
        (-w / 2 + left + g, h * 0.42 + g, w - left - g, h * 0.58 - g), (-w / 2 + left + g, 0.0, w - left - g, h * 0.42),
    ]  # fmt: skip
    makers = (_matted, _bleed, _matted, _matted, _bleed)
    parts: list[Part] = []
    for k, ((x, z, a, b), make) in enumerate(zip(spots, makers, strict=True)):
        of_its_own = replace(style, art=(style.art[k % len(style.art)],))
        parts += place(make((a, d, b), of_its_own, rng), x + a / 2, 0, z)
    return parts


def picture_ledge(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A shallow shelf with a lip; three frames lean on it, overlapping."""
    w, d, h = size
    shelf = [
        box(w, d, 0.018, style.case, 0.003).moved(0, 0, 0.04),
        box(w, 0.012, 0.05, style.case, 0.003).moved(0, -d / 2 + 0.006, 0.025),
    ]
    shelf.append(box(w, 0.012, 0.09, style.case, 0.003).moved(0, d / 2 - 0.006, 0.045))
    tall = h - 0.049
    frames: list[Part] = []
    for k, (x, a, b) in enumerate(((-0.26, 0.36, 1.0), (0.10, 0.30, 0.72), (0.33, 0.24, 0.84))):
        each = (
            _matted((w * a, 0.02, tall * b - 0.006), style, rng)
            if k != 1
            else _bleed((w * a, 0.02, tall * b), style, rng)
        )
        frames += place([p.turned(-5, "x") for p in each], x * w, -d * 0.05 - 0.022 * (k == 1), 0.05)
    return [*shelf, *frames]

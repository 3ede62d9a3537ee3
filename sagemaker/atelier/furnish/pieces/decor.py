"""Small things that other pieces carry too: books, pots, bowls, branches, a tray."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size
from atelier.furnish.shapes import Part, box, columns, lathe, place, tube
from atelier.furnish.styles import Style
from atelier.model import F64


def _glaze(style: Style, i: int = 0) -> str:
    colour = (style.neutrals[0], style.accent(1), style.neutrals[1])[i % 3]
    return f"ceramic/{colour}/{0.3 if style.slug in {'japandi', 'wabi-sabi', 'bohemian'} else 0.7}"


def stack_of_books(w: float, d: float, h: float, style: Style, rng: np.random.Generator) -> list[Part]:
    """A pile of coffee-table books inside w × d × h."""
    count = max(2, round(h / 0.032))
    thick = h / count
    colours = (style.neutrals[0], style.neutrals[1], style.accent(1), style.neutrals[1], style.neutrals[2])
    start = int(rng.integers(5))
    parts: list[Part] = []
    for i in range(count):
        bw, bd = w * (1 - 0.07 * i) * 0.97, d * (1 - 0.06 * i) * 0.95
        turn = rng.uniform(-5, 5) if i else 0.0
        cover = f"clay/{colours[(start + i) % 5]}"
        parts += place(
            [
                box(bw, bd, 0.003, cover, 0.001).moved(0, 0, -thick / 2 + 0.0015),
                box(bw, bd, 0.003, cover, 0.001).moved(0, 0, thick / 2 - 0.0015),
                box(bw, 0.004, thick - 0.001, cover, 0.0015).moved(0, -bd / 2 + 0.002, 0),
                box(bw - 0.010, bd - 0.010, thick - 0.006, "paper", 0.001).moved(0, 0.002, 0),
            ],
            z=thick * (i + 0.5), yaw=turn,
        )  # fmt: skip
    return parts


def _vessel(h: float, belly: float, neck: float, kind: int) -> F64:
    t = np.linspace(0, 1, 30)
    if kind == 0:
        r = belly * (0.55 + 0.45 * np.sin(np.pi * np.clip(t * 1.15, 0, 1)) ** 0.9)
        r = np.where(t > 0.6, neck + (r - neck) * np.clip((1 - t) / 0.4, 0, 1) ** 0.8, r)
    elif kind == 1:
        r = belly * (0.7 + 0.3 * np.cos((t - 0.35) * 2.6)) * (1 - 0.25 * t)
    else:
        r = np.where(
            t < 0.55,
            belly * np.sqrt(np.clip(1 - ((t - 0.32) / 0.36) ** 2, 0.04, 1)),
            neck * (1 + 0.3 * np.clip(t - 0.85, 0, 1) / 0.15),
        )
        r = np.maximum(r, neck)
    wall = columns(r, t * h)
    inner = columns(np.maximum(wall[:-8:-1, 0] - 0.006, 0.004), wall[:-8:-1, 1])
    return np.concatenate([[[0, 0], [r[0] * 0.9, 0]], wall, inner, [[0, inner[-1, 1]]]])


def vase_at(x: float, y: float, z: float, h: float, style: Style, rng: np.random.Generator) -> list[Part]:
    kind = int(rng.integers(3))
    profile = _vessel(h, h * (0.38, 0.30, 0.40)[kind], h * 0.13, kind)
    return [lathe(profile, _glaze(style, int(rng.integers(3))), 40).moved(x, y, z)]


def leafy_branches(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A vase of branches: the vase takes 40 % of the height."""
    w, _, h = size
    pot = h * 0.40
    parts = [lathe(_vessel(pot, min(w * 0.27, pot * 0.42), pot * 0.14, 0), _glaze(style, int(rng.integers(2))), 40)]
    leafy = style.plants[0] not in {"palm", "snake"}
    colour = "leaf/566143" if leafy else "leaf/b59b6f"
    blades: list[tuple[F64, float, float]] = []
    for k in range(11):
        a, s = k * 2.399, np.linspace(0, 1, 10)
        reach, rise = (
            w / 2 * (0.55 + 0.45 * ((k * 7) % 11) / 10) * 0.93,
            (h - pot * 0.8) * (1 - 0.35 * ((k * 3) % 11) / 10),
        )
        stem = np.c_[
            np.cos(a) * reach * s**1.5, np.sin(a) * reach * s**1.5, pot * 0.8 + rise * (s - 0.12 * s**3) / 0.88
        ]
        parts.append(tube(stem, np.linspace(0.0028, 0.0012, 10), "bark", 6))
        for i in range(3, 10):
            blades += [(stem[i], float(np.degrees(a)) + rng.uniform(-80, 80), rng.uniform(0.6, 1.0)) for _ in range(3)]
    base = np.array(
        [[0, 0, 0], [0.3, 0.28, 0.05], [0.3, -0.28, 0.05], [0.65, 0.26, 0.04], [0.65, -0.26, 0.04], [1, 0, -0.06]]
    )
    faces = np.array([[0, 2, 1], [1, 2, 3], [2, 4, 3], [3, 4, 5]])
    parts.append(
        _scattered(base, faces, blades, 0.055 if leafy else 0.075, 0.6 if leafy else 0.25, colour, w / 2, h, rng)
    )
    return parts


def _scattered(
    base: F64, faces: F64, spots: list[tuple[F64, float, float]], length: float, wide: float, colour: str,
    reach: float, top: float, rng: np.random.Generator,
) -> Part:  # fmt: skip
    """Copies of one small leaf at (point, yaw, size); kept inside the vase's stated size."""
    n = len(spots)
    yaw = np.deg2rad([s[1] for s in spots])
    pitch = np.deg2rad(rng.uniform(-35, 55, n))
    size = length * np.array([s[2] for s in spots])
    local = base[None] * np.stack([size, size * wide, size], -1)[:, None]
    x, z = (
        local[..., 0] * np.cos(pitch)[:, None] - local[..., 2] * np.sin(pitch)[:, None],
        local[..., 0] * np.sin(pitch)[:, None] + local[..., 2],
    )
    y = local[..., 1]
    out = np.stack(
        [x * np.cos(yaw)[:, None] - y * np.sin(yaw)[:, None], x * np.sin(yaw)[:, None] + y * np.cos(yaw)[:, None], z],
        -1,
    )
    out = out + np.array([s[0] for s in spots])[:, None]
    out = np.clip(out, [-reach, -reach, 0], [reach, reach, top])
    index = (faces[None] + (np.arange(n) * len(base))[:, None, None]).reshape(-1, 3).astype(np.int32)
    uv = np.tile(np.c_[base[:, 0] * 0.96 + 0.02, base[:, 1] / 0.6 + 0.5], (n, 1))
    return Part(out.reshape(-1, 3), index, uv, colour, fitted=True)


def bowl_at(x: float, y: float, z: float, r: float, style: Style) -> list[Part]:
    h = r * 0.55
    t = np.linspace(0, 1, 14)
    outer = np.c_[r * (0.32 + 0.68 * np.sqrt(t)), h * t]
    inner = outer[::-1] * [0.955, 0.93] + [0, h * 0.07]
    profile = np.r_[[[0, 0]], outer, inner, [[0, h * 0.08]]]
    material = style.wood if style.plants[0] in {"olive", "monstera", "fig"} and not style.painted else _glaze(style)
    return [lathe(profile, material, 44).moved(x, y, z)]


def tray(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A tray with a low candle and a small bowl on it; height includes the candle."""
    w, d, h = size
    parts = [box(w, d, 0.012, style.wood, 0.004).moved(0, 0, 0.006)]
    parts += [box(w, 0.010, 0.032, style.wood, 0.003).moved(0, s * (d / 2 - 0.005), 0.022) for s in (-1, 1)]
    parts += [box(0.010, d, 0.032, style.wood, 0.003).moved(s * (w / 2 - 0.005), 0, 0.022) for s in (-1, 1)]
    candle = lathe([(0, 0), (0.036, 0), (0.036, h - 0.020), (0.032, h - 0.012), (0, h - 0.012)], _glaze(style, 1), 32)
    return [*parts, candle.moved(w * 0.25, 0.02, 0.012), *bowl_at(-w * 0.18, -0.01, 0.012, 0.075, style)]

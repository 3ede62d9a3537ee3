"""Rugs by how they are made: woven, shaggy, bound or braided. Sides are soft: pile leans out and down."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form, filled
from atelier.furnish.shapes import Part, columns, noise, sheet, tube
from atelier.furnish.styles import Style
from atelier.model import F64

RIM, RIM_SHADOW_M, ROUND_M = 0.52, 0.0035, 0.016
"""how high a rug's side stands, of its thickness; the dark line under it and how broadly its edge rounds, metres."""
WANDER_M = 0.006


def _print(style: Style, kind: str | None, aspect: float, rng: np.random.Generator) -> str:
    """The rug's surface: the home's own pattern, or `kind` in the same colours."""
    own, colours = style.rugs[0]
    return f"rug/{kind or own}/{colours}/{aspect:.2f}/{int(rng.integers(6))}"


def _ticks(length: float, n: int) -> F64:
    inner = np.linspace(-length / 2 + ROUND_M, length / 2 - ROUND_M, n)
    rim = length / 2 - ROUND_M * np.array([0.0, 0.06, 0.22, 0.5])
    return np.concatenate([-rim, inner, rim[::-1]])


def _body(
    w: float, d: float, h: float, material: str, rng: np.random.Generator, rough: float = 0.055, n: int = 34,
    rim: float = 0.0,
) -> Part:  # fmt: skip
    """A rectangle with soft edges, `rim` of its thickness off the floor, whose surface lies not quite flat."""
    x, y = np.meshgrid(_ticks(w, n), _ticks(d, n), indexing="ij")
    edge = np.minimum(w / 2 - np.abs(x), d / 2 - np.abs(y))
    z = h * (rim + (0.86 - rim) * np.sqrt(1 - (1 - np.clip(edge / ROUND_M, 0, 1)) ** 2))
    z = z + h * rough * noise(np.stack([x * 2, y * 2, np.zeros_like(x)], -1), rng.uniform(0, 9), 2) * (edge > 0.01)
    z[z.shape[0] // 2, z.shape[1] // 2] = h
    uv = np.stack([np.clip(x / w + 0.5, 0.003, 0.997), np.clip(y / d + 0.5, 0.003, 0.997)], -1)
    return sheet(np.stack([x, y, z], -1), material, uv, fitted=True)


def _edge(outline: F64, h: float, ground: str) -> list[Part]:
    """The side of a rug along its (k, 2) outline, counter-clockwise: bound cloth, and the line of shadow it stands on.

    ground: hex. The line is dark by itself: it is thinner than the light that a room's shadows are drawn with.
    """
    ring = np.concatenate([outline, outline[:1]])
    inward = ring * (1 - 0.004 / np.abs(ring).max(0))
    levels = ((inward, 0.0, ring, RIM_SHADOW_M, 0.30), (ring, RIM_SHADOW_M, ring, RIM * h, 0.80))
    parts = []
    for low, z0, high, z1, tone in levels:
        grid = np.stack([np.c_[low, np.full(len(ring), z0)], np.c_[high, np.full(len(ring), z1)]], 1)
        colour = bytes(round(tone * c) for c in bytes.fromhex(ground)).hex()
        parts.append(sheet(grid, f"fabric/plain/{colour}"))
    return parts


def _square(w: float, d: float, n: int = 24) -> F64:
    """A rectangle's outline, `n` points a side."""
    s = np.linspace(-0.5, 0.5, n, endpoint=False)
    sides = (s * w, 0 * s - d / 2), (0 * s + w / 2, s * d), (-s * w, 0 * s + d / 2), (0 * s - w / 2, -s * d)
    return np.concatenate([columns(x, y) for x, y in sides])


def _laid(parts: list[Part], seed: float) -> list[Part]:
    """No rug lies ruler-straight: its sides wander by a few millimetres over a metre."""

    def wander(v: F64) -> F64:
        at = np.c_[v[:, :2] * 0.9, np.zeros(len(v))]
        return v + WANDER_M * columns(noise(at, seed), noise(at, seed + 3), 0.0)

    return [p.warped(wander) for p in parts]


def _ring(w: float, d: float) -> F64:
    a = np.linspace(0, 2 * np.pi, 73)[:-1]
    return columns(w / 2 * np.cos(a), d / 2 * np.sin(a))


def _woven(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    side = _edge(_square(w, d), h, style.rugs[0][1][:6])
    return _laid([_body(w, d, h, _print(style, None, w / d, rng), rng, rim=RIM), *side], rng.uniform(0, 9))


def _tousled(part: Part, h: float, seed: float) -> Part:
    """Long pile: its height uneven, its outline straight."""
    v = part.vertices.copy()
    high = v[:, 2] > 0.5 * h
    v[:, 2] += high * h * 0.10 * np.clip(noise(v * np.array([14.0, 14.0, 0.0]), seed, 2), -1.5, 1.5)
    return Part(v, part.faces, part.uv, part.material, part.fitted)


def _shag(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    body = _body(w, d, h, _print(style, "shag", w / d, rng), rng, 0.05, 42, RIM)
    side = _edge(_square(w, d), h, style.rugs[0][1][:6])
    return filled(_laid([_tousled(body, h, rng.uniform(0, 9)), *side], rng.uniform(0, 9)), size)


def _bound(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Coarse grass weave inside a sewn tape."""
    w, d, h = size
    tape, cloth = 0.04, f"fabric/twill/{style.neutrals[1]}"
    parts = [_body(w - tape, d - tape, h, _print(style, "jute", w / d, rng), rng, rim=RIM)]
    for sx, sy, length in ((0, 1, w), (0, -1, w), (1, 0, d), (-1, 0, d)):
        strip = _body(length if sy else tape, tape if sy else length, h * 1.04, cloth, rng, 0.02, 6, RIM)
        strip = Part(strip.vertices, strip.faces, strip.vertices[:, :2], cloth)
        parts.append(strip.moved(sx * (w - tape) / 2, sy * (d - tape) / 2))
    return _laid([*parts, *_edge(_square(w, d), h, style.neutrals[1])], rng.uniform(0, 9))


def _outlined(
    radius: F64, half: tuple[float, float], h: float, material: str, rings: int = 14, rim: float = 0.0
) -> Part:
    """A flat thing given by its outline's radius (k,), in units of the half size, per angle; edges soft."""
    k = len(radius)
    a = np.linspace(0, 2 * np.pi, k + 1)
    r = np.append(radius, radius[0])[:, None]
    soft = 1 - ROUND_M / half[0] * np.array([1.0, 0.5, 0.22, 0.06, 0.0])
    s = np.r_[np.linspace(0, soft[0] - 0.02, rings), soft][None]
    x, y = half[0] * r * s * np.cos(a)[:, None], half[1] * r * s * np.sin(a)[:, None]
    rounded = rim + (1 - rim) * np.sqrt(1 - np.array([0.0, 0.5, 0.78, 0.94, 1.0]) ** 2)
    rise = np.r_[np.full(rings, 1.0), rounded][None] * h
    z = np.broadcast_to(rise, x.shape).copy()
    uv = np.stack([np.clip(x / half[0] / 2 + 0.5, 0.003, 0.997), np.clip(y / half[1] / 2 + 0.5, 0.003, 0.997)], -1)
    return sheet(np.stack([x, y, z], -1), material, uv, flip=True, fitted=True)


rug = by_form("rug", {"woven": _woven, "shag": _shag, "bound": _bound})


def _round(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    kind = "plain" if style.rugs[0][0] in {"border", "kilim"} else None  # a square border does not suit a circle
    side = _edge(_ring(w, d), h, style.rugs[0][1][:6])
    return [_outlined(np.ones(72), (w / 2, d / 2), h, _print(style, kind, 1.0, rng), rim=RIM), *side]


def _braided(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """One braid wound from the middle outwards."""
    w, d, h = size
    pitch = 0.045
    turns = w / 2 / pitch
    k = int(turns * 44)
    t = np.linspace(0.25, turns - 0.5, k)
    tucked = np.clip((turns - 0.5 - t) / 0.4, 0.15, 1.0)  # the last turn thins out against the one before
    out = pitch * (t - 0.52 * (1.0 - tucked))
    path = np.c_[out * np.cos(2 * np.pi * t), out * np.sin(2 * np.pi * t) * d / w, np.full(k, h / 2)]
    flat = tube(path, pitch * 0.52 * tucked, f"rattan/{style.rugs[0][1][:6]}", 4)
    v = flat.vertices.copy()
    v[:, 2] = h / 2 + (v[:, 2] - h / 2) * (h / 2) / (pitch * 0.52)
    return [Part(v, flat.faces, flat.uv, flat.material)]


def _round_shag(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    part = _outlined(np.ones(72), (w / 2, d / 2), h, _print(style, "shag", 1.0, rng), 26, RIM)
    return filled([_tousled(part, h, rng.uniform(0, 9)), *_edge(_ring(w, d), h, style.rugs[0][1][:6])], size)


round_rug = by_form("round-rug", {"woven": _round, "braided": _braided, "shag": _round_shag})
runner = by_form("runner", {"woven": _woven, "bound": _bound})


def bath_mat(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Thick looped cotton with a woven border."""
    w, d, h = size
    cloth = f"fabric/boucle/{style.neutrals[0]}"
    rim = _body(w, d, h * 0.7, f"fabric/twill/{style.neutrals[0]}", rng, 0.03, 12)
    pile = _body(w - 0.07, d - 0.07, h, cloth, rng, 0.09, 26)
    return [Part(p.vertices, p.faces, p.vertices[:, :2], p.material) for p in (rim, pile)]

"""What many pieces share: legs, rounded boards, handles."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from atelier.furnish.shapes import Part, box, line, tube
from atelier.furnish.styles import Legs, Style

Size = tuple[float, float, float]
Builder = Callable[[Size, Style, np.random.Generator], list[Part]]


def by_form(role: str, makers: Mapping[str, Builder]) -> Builder:
    """Builds the silhouette of `role` that the home's style has chosen. Raises KeyError for one that nobody makes."""

    def build(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
        return makers[style.form(role)](size, style, rng)

    return build


def by_variant(role: str, makers: Mapping[str, Builder]) -> Builder:
    """As `by_form`, but each piece of a home draws its own silhouette: no two vases of a room need match."""

    def build(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
        return makers[style.varied(role, rng)](size, style, rng)

    return build


def filled(parts: list[Part], size: Size) -> list[Part]:
    """The parts stretched together to exactly the stated size, centred and standing on z = 0."""
    low = np.min([p.vertices.min(0) for p in parts], axis=0)
    high = np.max([p.vertices.max(0) for p in parts], axis=0)
    k, middle = np.array(size) / (high - low), np.array([*((low + high) / 2)[:2], low[2]])
    return [p.warped(lambda v: (v - middle) * k) for p in parts]


def pick(rng: np.random.Generator, offers: tuple[str, ...]) -> str:
    return offers[int(rng.integers(len(offers)))]


def board(w: float, d: float, h: float, material: str, x: float, y: float, z: float, r: float = 0.004) -> Part:
    """A rounded board whose underside is at height z."""
    return box(w, d, h, material, r).moved(x, y, z + h / 2)


def legs(kind: Legs, w: float, d: float, h: float, wood: str, metal: str) -> list[Part]:
    """Four legs (or what stands for them) under a w × d base, from the floor to height h."""
    parts: list[Part] = []
    if kind == "plinth":
        return [box(w - 0.08, d - 0.08, h, "paint/2c2a29", 0.006).moved(z=h / 2)]
    if kind == "sled":
        for sx in (-1, 1):
            x = sx * (w / 2 - 0.06)
            parts.append(box(0.03, d - 0.08, 0.016, metal, 0.003).moved(x, 0, 0.008))
            parts += [box(0.03, 0.016, h, metal, 0.003).moved(x, sy * (d / 2 - 0.05), h / 2) for sy in (-1, 1)]
        return parts
    for sx in (-1, 1):
        for sy in (-1, 1):
            x, y = sx * (w / 2 - 0.075), sy * (d / 2 - 0.075)
            if kind == "block":
                parts.append(box(0.055, 0.055, h, wood, 0.006).moved(x, y, h / 2))
            elif kind == "pin":
                parts.append(tube(line((x, y, 0), (x, y, h), 3), [0.008, 0.011, 0.013], metal, 12))
            elif kind == "turned":
                z = np.linspace(0, h, 14)
                t = z / h
                radius = 0.016 + 0.014 * np.sin(np.pi * np.clip(t * 1.2, 0, 1)) ** 2 + 0.008 * (t > 0.85)
                parts.append(tube(np.c_[np.full(14, x), np.full(14, y), z], radius, wood, 16))
            else:
                out = 0.055 if kind == "splayed" else 0.018
                foot = (x + sx * out, y + sy * out, 0)
                parts.append(tube(line(foot, (x, y, h), 4), [0.011, 0.015, 0.019, 0.023], wood, 14))
    return parts


def pull(w: float, metal: str, x: float, y: float, z: float) -> Part:
    """A bar handle w wide standing off a front that faces −y."""
    path = [(-w / 2, 0.014, 0), (-w / 2, -0.012, 0), (w / 2, -0.012, 0), (w / 2, 0.014, 0)]
    return tube(np.array(path) + np.array([x, y, z]), 0.0055, metal, 8)

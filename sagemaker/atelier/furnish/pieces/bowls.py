"""Bowls: bare, heaped with fruit, and on a tray."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form, filled
from atelier.furnish.pieces.decor import bowl_at
from atelier.furnish.pieces.foliage import GOLDEN
from atelier.furnish.pieces.lamp_parts import ball, smooth
from atelier.furnish.pieces.vessels import hollow, ware
from atelier.furnish.shapes import Part, disc, lathe, place, tube
from atelier.furnish.styles import Style
from atelier.model import F64


def _round_bowl(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    r = size[0] / 2
    return [p.scaled(1, 1, size[2] / (r * 0.55)) for p in bowl_at(0, 0, 0, r, style)]


def _footed(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A shallow dish on a stem."""
    w, _, h = size
    r = w / 2
    cup = np.array(
        [(r * 0.36, 0), (r * 0.34, h * 0.06), (r * 0.10, h * 0.22), (r * 0.10, h * 0.44), (r * 0.6, h * 0.6), (r, h)]
    )
    return [hollow(cup, ware(style, rng), 44, 0.008)]


def _wave(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A wide bowl turned from wood, its rim in waves."""
    w, _, h = size
    r = w / 2
    cup = [
        (0.001, 0),
        (r * 0.40, 0.002),
        (r * 0.8, h * 0.42),
        (r, h * 0.9),
        (r - 0.010, h * 0.89),
        (r * 0.74, h * 0.42),
        (0.001, h * 0.14),
    ]
    body = lathe(smooth(cup), style.wood, 60)

    def waved(v: F64) -> F64:
        angle, out = np.arctan2(v[:, 1], v[:, 0]), v.copy()
        out[:, 2] += 0.10 * v[:, 2] * np.cos(5 * angle)
        return out

    return filled([body.warped(waved)], size)


bowl = by_form("bowl", {"round": _round_bowl, "footed": _footed, "wave": _wave})


def fruit_bowl(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """Lemons, oranges, apples or pears heaped in a bowl."""
    w, _, h = size
    r = w / 2
    parts = [p.scaled(1, 1, h * 0.55 / (r * 0.55)) for p in bowl_at(0, 0, 0, r, style)]
    kind, fruit = int(rng.integers(3)), w * 0.125
    skin, squash = (("leaf/e0b93c", 1.22), ("leaf/d9812f", 0.95), ("leaf/8fa544", 0.98))[kind]
    spots = [(0.0, 0.0, 0.62), *((0.52 * np.cos(a), 0.52 * np.sin(a), 0.36) for a in np.deg2rad(72 * np.arange(5)))]
    spots += [(0.26 * np.cos(a), 0.26 * np.sin(a), 0.62) for a in np.deg2rad(120 * np.arange(3) + 30)]
    for k, (x, y, z) in enumerate(spots):
        one = ball(fruit, skin, 18).scaled(1, 1, squash)
        if kind == 0:
            one = one.warped(lambda v: v * (1 + 0.35 * np.clip(np.abs(v[:, 2:]) / fruit - 0.95, 0, 1)))
        top = (
            [one]
            if kind == 0
            else [one, tube([(0, 0, fruit * squash * 0.9), (0.003, 0, fruit * squash * 1.25)], 0.0015, "bark", 5)]
        )
        turn = float(rng.uniform(20, 80))
        parts += place(
            [p.turned(turn, "x") for p in top], x * r * 0.95, y * r * 0.95, z * h + fruit * 0.2, float(k * GOLDEN)
        )
    return parts


def tray_with_bowl(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A round tray with a low rim, a candle and a small bowl."""
    w, _, h = size
    r = w / 2
    rim = lathe([(0, 0), (r, 0), (r, 0.028), (r - 0.008, 0.028), (r - 0.01, 0.012), (0, 0.012)], style.wood, 48)
    wax = disc(0.034, h - 0.012, f"ceramic/{style.neutrals[0]}/0.2", 28, 0.006).moved(r * 0.42, 0.03, 0.012)
    return [rim.scaled(1, size[1] / w, 1), wax, *bowl_at(-r * 0.36, -0.01, 0.012, min(0.075, r * 0.4), style)]

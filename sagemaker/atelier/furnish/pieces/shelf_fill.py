"""What stands on shelves: books in runs that lean and lie, vessels, baskets, boxes, a framed picture, a plant."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.decor import bowl_at, vase_at
from atelier.furnish.pieces.walls import picture
from atelier.furnish.shapes import Part, box, lathe, sheet
from atelier.furnish.styles import Style

Rng = np.random.Generator
_CLOTH = ("c9bfa8", "8c4a3c", "33414e", "5f6b52", "d8cfc0", "44413e", "a98a56", "7d6b5d", "a3adb0", "6b3a42")
"""bindings: sun-faded cloth and paper."""


def _binding(style: Style, rng: Rng) -> str:
    own = (*style.neutrals, *style.accents)
    pool = own if rng.random() < 0.4 else _CLOTH
    return f"paint/{pool[int(rng.integers(len(pool)))]}"


def _book(t: float, deep: float, tall: float, cover: str) -> list[Part]:
    """A book standing with its spine to −y (at y = 0): a cover, and pages that show above."""
    spine = box(t - 0.001, deep, tall, cover, min(0.003, t * 0.3)).moved(0, deep / 2, tall / 2)
    x, y = np.array([-1, 1]) * max(0.003, t / 2 - 0.003), np.array([0.010, deep - 0.003])
    top = np.stack([*np.meshgrid(x, y, indexing="ij"), np.full((2, 2), tall + 0.0005)], -1)
    return [spine, sheet(top, "paper")]


def books(run: float, room: float, d: float, style: Style, rng: Rng) -> list[Part]:
    """Upright books over `run` metres from x = −run/2, spines 4 cm behind the shelf's edge; the last one may lean."""
    parts: list[Part] = []
    x, tall, cover = -run / 2, min(room, 0.28), _binding(style, rng)
    series = 0
    while x < run / 2 - 0.045:
        if series <= 0:
            series = int(rng.integers(1, 5)) if rng.random() < 0.3 else 1
            cover, t = _binding(style, rng), rng.uniform(0.014, 0.042)
            high, deep = tall * rng.uniform(0.66, 1.0), min(d - 0.05, rng.uniform(0.14, 0.20))
        series -= 1
        parts += [p.moved(x + t / 2, -d / 2 + 0.03 + rng.uniform(0, 0.014)) for p in _book(t, deep, high, cover)]
        x += t
    if run / 2 - x > 0.015 and rng.random() < 0.7:
        high, t = tall * 0.8, 0.022
        lean = [
            p.moved(t / 2).turned(-11, "y").moved(x + 0.001, -d / 2 + 0.04, 0.004)
            for p in _book(t, 0.16, high, _binding(style, rng))
        ]
        parts += lean
    return parts


def pile(w: float, d: float, room: float, style: Style, rng: Rng) -> list[Part]:
    """Books lying on each other, the largest below, none quite square."""
    parts, z = [], 0.0
    wide, deep = min(w, rng.uniform(0.22, 0.28)), min(d, rng.uniform(0.16, 0.20))
    for k in range(int(rng.integers(2, 5))):
        t = rng.uniform(0.018, 0.034)
        if z + t > room:
            break
        cover, shrink, yaw = _binding(style, rng), 1 - 0.06 * k, float(rng.uniform(-7, 7))
        a, b = wide * shrink, deep * shrink
        shell = [box(a, b, 0.003, cover, 0.001).moved(0, 0, h) for h in (0.0015, t - 0.0015)]
        block = [
            box(a - 0.008, b - 0.006, t - 0.005, "paper", 0.001).moved(0, 0.002, t / 2),
            box(a, 0.003, t, cover, 0.001).moved(0, -b / 2, t / 2),
        ]
        parts += [p.turned(yaw).moved(0, 0, z) for p in (*shell, *block)]
        z += t
    return parts


def _basket(w: float, d: float, room: float, rng: Rng) -> list[Part]:
    r, h = min(w, d) / 2 - 0.005, min(room * 0.72, rng.uniform(0.15, 0.19))
    profile = [
        (0, 0),
        (r * 0.86, 0),
        (r * 0.95, 0.012),
        (r, h * 0.6),
        (r * 0.98, h),
        (r * 0.93, h + 0.004),
        (r * 0.92, h * 0.6),
        (0, h * 0.55),
    ]
    return [lathe(np.array(profile), "rattan/b8935f", 28)]


def _frame(w: float, room: float, style: Style, rng: Rng) -> list[Part]:
    tall = min(room - 0.02, rng.uniform(0.20, 0.28))
    wide = min(w, tall * 0.76)
    shown = picture(wide - 0.06, tall - 0.06, style, rng, -0.0078).moved(z=0.03)
    mount = box(wide - 0.026, 0.006, tall - 0.026, "paper", 0.001).moved(0, -0.004, tall / 2)
    edge = box(wide, 0.014, tall, style.frame, 0.003).moved(0, 0.002, tall / 2)
    return [p.turned(-9, "x").moved(0, -0.02, 0.003) for p in (edge, mount, shown)]


def _cases(w: float, d: float, room: float, style: Style) -> list[Part]:
    """A linen storage box with a label holder."""
    wide, deep, tall = min(w, 0.30), min(d, 0.24), min(room * 0.6, 0.17)
    body = box(wide, deep, tall, f"fabric/linen/{style.neutrals[1]}", 0.006).moved(0, 0, tall / 2)
    lid = box(wide + 0.006, deep + 0.006, 0.03, f"fabric/linen/{style.neutrals[1]}", 0.006).moved(0, 0, tall - 0.012)
    return [body, lid, box(0.06, 0.004, 0.03, style.metals[-1], 0.001).moved(0, -deep / 2 - 0.002, tall * 0.42)]


def fill(kind: str, w: float, d: float, room: float, style: Style, rng: Rng) -> list[Part]:
    """One thing (or pile) of a kind, centred at x = 0, standing on z = 0, within w × d × room."""
    if kind == "pile":
        return pile(w, d, room, style, rng)
    if kind == "vessel":
        return vase_at(0.0, 0.0, 0.0, min(0.24, room - 0.03), style, rng)
    if kind == "bowl":
        return bowl_at(0.0, 0.0, 0.0, min(0.11, w / 2), style)
    if kind == "basket":
        return _basket(min(w, 0.28), d, room, rng)
    if kind == "frame":
        return _frame(w, room, style, rng)
    return _cases(w, d, room, style)


KINDS = ("vessel", "basket", "frame", "bowl", "pile", "case")


def shelf(w: float, d: float, z: float, room: float, style: Style, rng: Rng, row: int) -> list[Part]:
    """A furnished shelf w wide: a run of books on one side, a thing or two on the other, air between."""
    order = rng.permutation(len(KINDS))
    first, second = KINDS[int(order[0])], KINDS[int(order[1])]
    if w < 0.42:
        things = (
            books(w - 0.06, room - 0.03, d, style, rng)
            if row % 2
            else fill(first, w - 0.06, d - 0.06, room, style, rng)
        )
        return [p.moved(0, -0.02 * (1 - row % 2), z) for p in things]
    side = 1 if (row + int(rng.integers(2))) % 2 else -1
    run = w * rng.uniform(0.36, 0.58)
    parts = [p.moved(side * (w - run) / 2 * 0.98, 0, z) for p in books(run, room - 0.03, d, style, rng)]
    rest = w - run
    if rest > 0.46:
        parts += [
            p.moved(side * (run - w / 2 + 0.14), -0.02, z) for p in fill(second, 0.22, d - 0.06, room, style, rng)
        ]
    parts += [
        p.moved(-side * (w / 2 - min(0.17, rest / 2)), -0.02, z)
        for p in fill(first, min(0.30, rest - 0.04), d - 0.06, room, style, rng)
    ]
    return parts

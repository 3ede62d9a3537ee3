"""Terraces, balconies and porches: a place to sit, a pair of loungers, a small table for two."""

from __future__ import annotations

import numpy as np

from atelier.plan.parts import Extra, Group, Part, Rung, Size, size_of, slots

_SOFAS: tuple[tuple[Rung, Size, Size], ...] = (
    ("L", (2.1, 0.82, 0.74), (1.1, 0.65, 0.38)),
    ("M", (1.65, 0.8, 0.74), (0.9, 0.55, 0.38)),
)


def terrace(rng: np.random.Generator) -> tuple[Group, ...]:
    side = 1.0 if rng.random() < 0.5 else -1.0
    return (*(_lounge(*row, side) for row in _SOFAS), _loungers(), *_bistro(rng))


def _lounge(rung: Rung, sofa: Size, table: Size, side: float) -> Group:
    """A sofa, its table, a chair at either end of the table."""
    chair = size_of("outdoor-chair", default=(0.72, 0.76, 0.76))
    front = -sofa[1] - 0.08
    y = front - 0.4 - table[1] / 2
    core = (Part("outdoor-sofa", sofa, 0, -sofa[1] / 2 - 0.08), Part("outdoor-table", table, 0, y))
    x = sofa[0] / 2 + 0.35
    chairs = tuple(
        Extra(slots(f"chair{s:+.0f}"), (Part("outdoor-chair", chair, s * x, y - 0.1, -s * 80),)) for s in (side, -side)
    )
    pots = tuple(Extra(slots(f"end{s:+.0f}"), _pot(s * (sofa[0] / 2 + 0.38), -0.36)) for s in (-side, side))
    return Group(rung, "both", core, 0, (*chairs, *pots))


def _pot(x: float, y: float) -> tuple[Part, ...]:
    return (Part("planter-outdoor", size_of("planter-outdoor", default=(0.5, 0.5, 1.1)), x, y),)


def _loungers() -> Group:
    """Two loungers side by side, a low table between their heads."""
    w, d, h = size_of("sun-lounger", default=(0.68, 1.95, 0.5))
    core = tuple(Part("sun-lounger", (w, d, h), s * (w / 2 + 0.3), -d / 2 - 0.15) for s in (-1.0, 1.0))
    return Group("M", "both", core, 0, bonus=-0.1)


def _bistro(rng: np.random.Generator) -> tuple[Group, ...]:
    """A small round table with two chairs, for balconies."""
    top = size_of("bistro-table", default=(0.65, 0.65, 0.74))
    chair = size_of("outdoor-chair", "S", default=(0.55, 0.58, 0.78))
    x, turn = top[0] / 2 + chair[1] / 2 - 0.02, rng.uniform(-8, 8, 2)
    core = (
        Part("bistro-table", top, 0, -0.6),
        *(Part("outdoor-chair", chair, s * x, -0.6, -s * 90 + t) for s, t in zip((-1.0, 1.0), turn, strict=True)),
    )
    return (Group("S", "both", core, 0, (Extra(slots("pot"), _pot(x + chair[1] / 2 + 0.35, -0.4)),)),)

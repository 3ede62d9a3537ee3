"""What a kitchen and a bathroom take beside their own fittings: stools at a counter, a mat and towels at a tub."""

from __future__ import annotations

import numpy as np

from atelier.plan.parts import Extra, Group, Part, Rung, size_of, slots

_STOOL_EVERY_M, _STOOL_OUT_M = 0.62, 0.31
_STOOLS: tuple[tuple[Rung, int], ...] = (("L", 4), ("M", 3), ("S", 2))
COUNTERS = frozenset({"counter", "island"})
BATH = frozenset({"bathtub", "counter"})


def bar(rng: np.random.Generator) -> tuple[Group, ...]:
    """A row of stools along an island's edge, looking at it."""
    turn = rng.uniform(-8, 8, 4)
    stool = size_of("bar-stool", default=(0.42, 0.44, 0.92))
    groups = []
    for rung, count in _STOOLS:
        xs = (np.arange(count) - (count - 1) / 2) * _STOOL_EVERY_M
        core = tuple(
            Part("bar-stool", stool, float(x), -_STOOL_OUT_M, 180.0 + float(t)) for x, t in zip(xs, turn, strict=False)
        )
        span = count * _STOOL_EVERY_M
        groups.append(Group(rung, "standing", core, 0, beside=frozenset({"island"}), span_m=span))
    return tuple(groups)


def runner_at_counter(rng: np.random.Generator) -> tuple[Group, ...]:
    """A runner where one stands to work."""
    out = 0.45 + float(rng.uniform(0, 0.08))
    sizes: tuple[tuple[Rung, float], ...] = (("M", 2.0), ("S", 1.5))
    return tuple(
        Group(rung, "standing", (Part("runner", (w, 0.68, 0.012), 0, -out),), 0, beside=COUNTERS, span_m=w)
        for rung, w in sizes
    )


def bath(rng: np.random.Generator) -> tuple[Group, ...]:
    """A mat before the tub or the vanity, and a stool with towels at its end."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    stool, towels = size_of("bath-stool", default=(0.36, 0.36, 0.45)), size_of("towels", "S", default=(0.3, 0.22, 0.14))
    mat = size_of("bath-mat", default=(0.8, 0.5, 0.018))
    groups = []
    for s in (side, -side):
        x = s * (mat[0] / 2 + stool[0] / 2 + 0.12)
        core = (
            Part("bath-stool", stool, x, -stool[1] / 2 - 0.08),
            Part("towels", towels, x, -stool[1] / 2 - 0.08, z=stool[2], on=0),
        )
        rug = Extra(slots("rug"), (Part("bath-mat", mat, 0, -mat[1] / 2 - 0.1),), 0.35)
        basket = Part("laundry-basket", size_of("laundry-basket", default=(0.4, 0.4, 0.55)), -x * 1.15, -0.3)
        groups.append(
            Group("M", "standing", core, 0, (rug, Extra(slots("basket"), (basket,))), beside=BATH, span_m=0.7)
        )
    return tuple(groups)

"""Tables and loungers of terraces and balconies."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form
from atelier.furnish.pieces.outdoor import ALU, TEAK, cover, slats
from atelier.furnish.pieces.tabletops import fluted, round_top, tulip
from atelier.furnish.shapes import Part, box, columns, curve, line, tube
from atelier.furnish.soft import cushion, pillow
from atelier.furnish.styles import Style

Rng = np.random.Generator


def _table_slatted(size: Size, _style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    rim = [box(w, 0.07, 0.03, TEAK, 0.006).moved(0, s * (d / 2 - 0.035), h - 0.015) for s in (-1, 1)]
    rim += [box(0.07, d - 0.14, 0.03, TEAK, 0.006).moved(s * (w / 2 - 0.035), 0, h - 0.015) for s in (-1, 1)]
    feet = [
        box(0.065, 0.065, h - 0.03, TEAK, 0.008).moved(sx * (w / 2 - 0.05), sy * (d / 2 - 0.05), (h - 0.03) / 2)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    apron = [box(w - 0.12, 0.025, 0.07, TEAK, 0.005).moved(0, s * (d / 2 - 0.05), h - 0.065) for s in (-1, 1)]
    return [*rim, *feet, *apron, *slats(w - 0.145, d - 0.145, h - 0.003, TEAK, 0.085)]


def _table_concrete(size: Size, _style: Style, _rng: Rng) -> list[Part]:
    w, d, h = size
    stone = "stone/concrete/b4b1aa/8d8a84"
    slab = round_top(w / 2, 0.045, stone, h, 0.015).scaled(1, d / w, 1)
    return [slab, *[p.moved(s * w * 0.20) for s in (-1, 1) for p in fluted(d * 0.24, 0, h - 0.04, stone, 0.045)]]


def _table_metal(size: Size, _style: Style, _rng: Rng) -> list[Part]:
    """A slatted aluminium top on tapering sheet legs."""
    w, d, h = size
    feet = [
        box(0.055, 0.055, h - 0.02, ALU, 0.004).moved(sx * (w / 2 - 0.04), sy * (d / 2 - 0.04), (h - 0.02) / 2)
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    rim = [box(w, 0.05, 0.035, ALU, 0.004).moved(0, s * (d / 2 - 0.025), h - 0.0175) for s in (-1, 1)] + [
        box(0.05, d - 0.1, 0.035, ALU, 0.004).moved(s * (w / 2 - 0.025), 0, h - 0.0175) for s in (-1, 1)
    ]
    return [*feet, *rim, *slats(w - 0.10, d - 0.10, h - 0.002, ALU, 0.06, 0.016)]


outdoor_table = by_form(
    "outdoor-table", {"slatted": _table_slatted, "concrete": _table_concrete, "metal": _table_metal}
)


def _lounger_teak(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A slatted bed with a raised back, wheels at the head; its head is at +y."""
    w, d, h = size
    parts = [box(0.045, d, 0.07, TEAK, 0.006).moved(s * (w / 2 - 0.023), 0, 0.27) for s in (-1, 1)]
    parts += [
        box(0.05, 0.05, 0.27, TEAK, 0.006).moved(s * (w / 2 - 0.025), y, 0.135)
        for s in (-1, 1)
        for y in (-d / 2 + 0.18, d / 2 - 0.25)
    ]
    split = d * 0.14
    parts += [p.moved(0, -d / 2 + (d / 2 + split) / 2) for p in slats(w - 0.09, d / 2 + split - 0.02, 0.31, TEAK)]
    return parts + _reclined(w, d, h, split, style, rng, TEAK)


def _reclined(w: float, d: float, h: float, split: float, style: Style, rng: Rng, frame: str) -> list[Part]:
    """The raised back and a long cushion that bends with it at y = split."""
    long = d / 2 - split - 0.02
    lean = float(np.degrees(np.arcsin(np.clip((h - 0.42) / long, 0, 0.95))))
    back = [
        p.moved(0, long / 2, -0.31).turned(lean, "x").moved(0, split, 0.31) for p in slats(w - 0.09, long, 0.31, frame)
    ]
    cloth = cover(style)
    pads = [
        cushion(
            w - 0.07,
            (d / 2 + split) / 2 - 0.01,
            0.08,
            cloth,
            r=0.036,
            puff=0.002,
            crown=0.012,
            wrinkle=0.005,
            seed=rng.uniform(0, 9),
        ).moved(0, -d / 2 + (d / 2 + split) * (k + 0.5) / 2, 0.35)
        for k in (0, 1)
    ]
    top = cushion(
        w - 0.07, long - 0.01, 0.08, cloth, r=0.036, puff=0.002, crown=0.012, wrinkle=0.005, seed=rng.uniform(0, 9)
    )
    rest = pillow(w - 0.22, 0.28, 0.11, style.cushions[0], rng.uniform(0, 50)).moved(0, long * 0.32, 0.08)
    lifted = [p.moved(0, long / 2, 0.045).turned(lean, "x").moved(0, split, 0.31) for p in (top, rest)]
    return [*back, *pads, *lifted]


def _lounger_sling(size: Size, style: Style, rng: Rng) -> list[Part]:
    """A slim metal frame with runners instead of legs."""
    w, d, h = size
    split = d * 0.10
    parts = [box(0.035, d - 0.02, 0.035, ALU, 0.004).moved(s * (w / 2 - 0.0175), 0, 0.295) for s in (-1, 1)]
    for s in (-1, 1):
        parts.append(box(0.035, d * 0.72, 0.03, ALU, 0.004).moved(s * (w / 2 - 0.0175), 0, 0.015))
        parts += [
            box(0.035, 0.03, 0.28, ALU, 0.004).moved(s * (w / 2 - 0.0175), y, 0.15) for y in (-d * 0.345, d * 0.345)
        ]
    parts += [p.moved(0, -d / 2 + (d / 2 + split) / 2) for p in slats(w - 0.07, d / 2 + split - 0.03, 0.31, ALU, 0.12)]
    return [*parts, *_reclined(w, d, h, split, style, rng, ALU)]


sun_lounger = by_form("sun-lounger", {"teak": _lounger_teak, "runner": _lounger_sling})


def _bistro_metal(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A folding café table: a slim iron top on crossed legs."""
    r, h = size[0] / 2, size[2]
    iron = f"paint/{style.neutrals[2]}"
    parts = [round_top(r, 0.016, iron, h, 0.005)]
    for s in (-1, 1):
        parts += [
            tube(line((s * r * 0.62, k * r * 0.70, 0.008), (s * r * 0.50, -k * r * 0.70, h - 0.02), 2), 0.009, iron, 8)
            for k in (-1, 1)
        ]
    parts += [
        tube(line((-r * 0.62, k * r * 0.70, 0.03), (r * 0.62, k * r * 0.70, 0.03)), 0.007, iron, 8) for k in (-1, 1)
    ]
    return parts


def _bistro_marble(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """Marble with a metal rim on a cast foot."""
    r, h = size[0] / 2, size[2]
    ring = np.linspace(0, 2 * np.pi, 49)[:-1]
    rim = tube(
        columns(np.cos(ring) * (r - 0.006), np.sin(ring) * (r - 0.006), h - 0.012),
        0.006,
        style.metals[-1],
        8,
        closed=True,
    )
    return [round_top(r - 0.006, 0.024, style.stone, h, 0.004), rim, tulip(r * 0.86, h - 0.02, "paint/26262a")]


def _bistro_wood(size: Size, style: Style, _rng: Rng) -> list[Part]:
    """A small round top on a column with three curved feet."""
    r, h = size[0] / 2, size[2]
    feet = [
        tube(
            curve(
                [
                    (0, 0, 0.24),
                    (np.cos(a) * r * 0.4, np.sin(a) * r * 0.4, 0.16),
                    (np.cos(a) * r * 0.82, np.sin(a) * r * 0.82, 0.016),
                ],
                9,
            ),
            np.linspace(0.026, 0.015, 9),
            style.wood,
            10,
        )
        for a in np.deg2rad([90, 210, 330])
    ]
    return [
        round_top(r, 0.028, style.wood, h, 0.010),
        tube(line((0, 0, 0.16), (0, 0, h - 0.02), 4), [0.034, 0.030, 0.026, 0.040], style.wood, 16),
        *feet,
    ]


bistro_table = by_form("bistro-table", {"metal": _bistro_metal, "marble": _bistro_marble, "wood": _bistro_wood})

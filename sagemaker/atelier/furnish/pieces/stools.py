"""Ottomans, benches and poufs: what one sits on without a back."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, by_form, legs
from atelier.furnish.shapes import Part, box, columns, disc, lathe, line, sheet, tube
from atelier.furnish.soft import cushion, piping
from atelier.furnish.styles import Style
from atelier.model import F64


def _boxed_ottoman(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    cloth = style.chairs[0]
    parts = legs(style.legs, w, d, 0.12, style.wood, style.metal)
    parts.append(box(w - 0.01, d - 0.01, h - 0.26, cloth, 0.03, 6, 3).moved(0, 0, 0.11 + (h - 0.26) / 2))
    top = cushion(w - 0.005, d - 0.005, 0.15, cloth, r=0.045, puff=0.005, crown=0.02, seed=rng.uniform(0, 9))
    welt = piping(w - 0.012, d - 0.012, h - 0.15, cloth, 0.05)
    return [*parts, top.moved(0, 0, h - 0.09), welt]


def _padded_bench(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    w, d, h = size
    cloth = style.chairs[0]
    pad = cushion(w, d, 0.11, cloth, r=0.035, puff=0.004, crown=0.014, wrinkle=0.004, seed=rng.uniform(0, 9), core=22)
    frame = box(w - 0.05, d - 0.05, 0.05, style.leg, 0.006).moved(0, 0, h - 0.13)
    welt = [piping(w - 0.008, d - 0.008, h - 0.06 + dz, cloth, 0.04, 0.004) for dz in (-0.035, 0.037)]
    return [pad.moved(0, 0, h - 0.062), frame, *welt, *legs(style.legs, w, d, h - 0.11, style.wood, style.metal)]


def _round_ottoman(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """A drum with a crowned lid, a cord around it and a recessed plinth."""
    w, d, h = size
    r, cloth = w / 2, style.chairs[0]
    side = [(0, 0.05), (r - 0.025, 0.05), (r - 0.004, 0.07), (r, 0.12), (r - 0.002, h - 0.14), (r - 0.008, h - 0.125)]
    lid = [(r - 0.002, h - 0.115), (r, h - 0.05), (r - 0.02, h - 0.012), (r * 0.7, h - 0.002), (0, h)]
    ring = np.linspace(0, 2 * np.pi, 41)[:-1]
    cord = tube(columns(np.cos(ring) * (r - 0.003), np.sin(ring) * (r - 0.003), h - 0.12), 0.005, cloth, 6, closed=True)
    parts = [lathe(np.array(side), cloth, 44), lathe(np.array(lid), cloth, 44), cord]
    parts.append(disc(r - 0.06, 0.06, "paint/2c2a29", 40))
    return [p.scaled(1, d / w, 1) for p in parts]


def _tufted_ottoman(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A buttoned square top over a skirted box on turned feet."""
    w, d, h = size
    cloth = style.chairs[0]
    top = cushion(w, d, 0.17, cloth, r=0.06, puff=0.004, crown=0.02, wrinkle=0.003, seed=rng.uniform(0, 9), core=26)

    def buttoned(v: F64) -> F64:
        step = max(0.13, w / max(3, round(w / 0.17)))
        a, b = (v[:, 0] + v[:, 1]) / step, (v[:, 0] - v[:, 1]) / step
        fold = sum(np.exp(-(((((t + 0.5) % 1) - 0.5) / 0.10) ** 2)) for t in (a, b))
        return v - columns(0.0, 0.0, 0.011 * fold * (v[:, 2] > 0.03))

    body = box(w - 0.02, d - 0.02, h - 0.27, cloth, 0.02, 4, 2).moved(0, 0, 0.12 + (h - 0.27) / 2)
    feet = legs("turned", w, d, 0.125, style.wood, style.metal)
    return [
        top.warped(buttoned).moved(0, 0, h - 0.105),
        body,
        piping(w - 0.008, d - 0.008, h - 0.16, cloth, 0.05),
        *feet,
    ]


def _slatted_bench(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Wooden slats on two square frames."""
    w, d, h = size
    n = max(4, round(d / 0.075))
    parts = [
        box(w, d / n - 0.014, 0.028, style.wood, 0.006).moved(0, y, h - 0.014)
        for y in (np.arange(n) + 0.5) * d / n - d / 2
    ]
    for s in (-1, 1):
        x = s * (w / 2 - 0.14)
        parts.append(box(0.035, d - 0.02, 0.035, style.wood, 0.005).moved(x, 0, h - 0.045))
        parts.append(box(0.035, d - 0.02, 0.03, style.wood, 0.005).moved(x, 0, 0.015))
        parts += [
            box(0.035, 0.035, h - 0.05, style.wood, 0.005).moved(x, k * (d / 2 - 0.028), (h - 0.05) / 2)
            for k in (-1, 1)
        ]
    return parts


def _crossed_bench(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A button-soft pad on two crossed frames joined by a rail."""
    w, d, h = size
    cloth, leg = style.chairs[0], style.leg
    pad = cushion(w, d, 0.12, cloth, r=0.045, puff=0.006, crown=0.022, wrinkle=0.006, seed=rng.uniform(0, 9), core=22)
    parts = [pad.moved(0, 0, h - 0.075), piping(w - 0.01, d - 0.01, h - 0.10, cloth, 0.045, 0.0045)]
    for s in (-1, 1):
        x = s * (w / 2 - 0.16)
        parts += [
            tube(line((x, k * (d / 2 - 0.02), 0), (x, -k * (d / 2 - 0.05), h - 0.12), 3), 0.017, leg, 10)
            for k in (-1, 1)
        ]
    return [*parts, tube(line((-w / 2 + 0.16, 0, h * 0.42), (w / 2 - 0.16, 0, h * 0.42)), 0.013, leg, 10)]


def _chest_bench(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A storage bench: a panelled chest under a loose cushion."""
    w, d, h = size
    case = style.case
    parts = [box(w - 0.02, d - 0.02, h - 0.15, case, 0.006).moved(0, 0, 0.05 + (h - 0.15) / 2)]
    parts.append(box(w, d, 0.022, style.wood, 0.006).moved(0, 0, h - 0.09))
    parts.append(box(w - 0.05, d - 0.05, 0.05, case, 0.004).moved(0, 0, 0.025))
    n = max(2, round(w / 0.45))
    panel = box(w / n - 0.10, 0.012, h - 0.25, case, 0.005).moved(0, -d / 2 + 0.008, 0.05 + (h - 0.15) / 2)
    parts += [panel.moved(x) for x in (np.arange(n) + 0.5) * (w - 0.06) / n - (w - 0.06) / 2]
    pad = cushion(
        w - 0.02,
        d - 0.02,
        0.08,
        style.cushions[0],
        r=0.03,
        puff=0.004,
        crown=0.012,
        wrinkle=0.005,
        seed=rng.uniform(0, 9),
    )
    return [*parts, pad.moved(0, 0, h - 0.044)]


def _knit_pouf(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A squashed ball of thick cord."""
    w, _, h = size
    r, n = w / 2, 15
    t = np.linspace(-np.pi / 2, np.pi / 2, n * 4 + 1)
    bead = 0.011 * np.abs(np.sin(np.linspace(0, n * np.pi, n * 4 + 1)))
    profile = columns((r - 0.012) * np.cos(t) ** 0.62 + bead, h / 2 + (h / 2 - 0.006) * np.sin(t))
    body = lathe(np.clip(profile, 0, None), f"fabric/knit/{style.accent(int(rng.integers(3)))}", 40)
    return [body.warped(lambda v: v * columns(1 + 0.02 * np.sin(2 * np.arctan2(v[:, 1], v[:, 0])), 1.0, 1.0))]


def _leather_pouf(size: Size, style: Style, _rng: np.random.Generator) -> list[Part]:
    """Twelve gores stitched to a centre, slumped: the Moroccan pouf."""
    w, _, h = size
    hide = next((m for m in (*style.chairs, *style.sofas) if m.startswith("leather")), "leather/a9713f")
    angle, t = np.meshgrid(np.linspace(0, 2 * np.pi, 97), np.linspace(-np.pi / 2, np.pi / 2, 17), indexing="ij")
    gore = 1 - 0.05 * np.abs(np.cos(6 * angle)) ** 8
    r = w / 2 * np.cos(t) ** 0.55 * gore
    z = h / 2 * (1 + np.sign(np.sin(t)) * np.abs(np.sin(t)) ** 0.85)
    points = np.stack([r * np.cos(angle), r * np.sin(angle), z], -1)
    from_above = disc(0.035, 0.008, hide, 20).moved(0, 0, h - 0.006)
    return [sheet(points, hide), from_above]


def _cube_pouf(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """A soft cube with corded edges."""
    w, d, h = size
    cloth = style.cushions[int(rng.integers(len(style.cushions)))]
    body = cushion(w, d, h, cloth, r=0.06, puff=0.014, crown=0.018, wrinkle=0.007, seed=rng.uniform(0, 9), core=16)
    return [body.moved(0, 0, h / 2), *[piping(w - 0.004, d - 0.004, z, cloth, 0.06, 0.005) for z in (0.045, h - 0.05)]]


ottoman = by_form("ottoman", {"boxed": _boxed_ottoman, "round": _round_ottoman, "tufted": _tufted_ottoman})
bench = by_form(
    "bench", {"padded": _padded_bench, "slatted": _slatted_bench, "crossed": _crossed_bench, "chest": _chest_bench}
)
pouf = by_form("pouf", {"knit": _knit_pouf, "leather": _leather_pouf, "cube": _cube_pouf})

"""Beds, made: frame, mattress, a duvet that falls, pillows and a throw."""

from __future__ import annotations

import numpy as np

from atelier.furnish.pieces.common import Size, legs
from atelier.furnish.shapes import Part, box, line, tube
from atelier.furnish.soft import cloth, cushion, drape, leaning, pillow, tufts, within
from atelier.furnish.styles import Style

MATTRESS_TOP = 0.54
FOOT_DROP = 0.30
"""how far the duvet hangs over the foot end, metres."""
SKIRT = 0.10
"""room that hanging bedding takes beside the mattress, metres; part of the stated size."""
CELL = 0.060
"""spacing of simulated cloth, metres."""


def bed(size: Size, style: Style, rng: np.random.Generator) -> list[Part]:
    """size: outer width, length with headboard, height of the headboard."""
    w, length, h = size
    thick = 0.10
    mw = w - 2 * SKIRT
    ml = length - thick - SKIRT - 0.01
    y0 = -length / 2 + SKIRT
    centre = y0 + ml / 2
    parts = _frame(style, w, length, mw, ml, centre)
    parts += [p.moved(0, length / 2 - thick / 2, 0) for p in _headboard(style, mw + 0.10, h, thick)]
    parts.append(
        cushion(mw - 0.04, ml - 0.06, 0.24, style.sheets, r=0.07, puff=0.004, wrinkle=0.002, seed=1).moved(
            0, centre, MATTRESS_TOP - 0.125
        )
    )
    return parts + _bedding(style, mw, ml, y0, rng)


def _frame(style: Style, _w: float, _length: float, mw: float, ml: float, centre: float) -> list[Part]:
    if style.bed in {"upholstered", "channel", "tufted"}:
        base = box(mw - 0.02, ml - 0.06, 0.22, style.sofas[0], 0.03, 6, 3).moved(0, centre, 0.22)
        return [
            base,
            *[
                p.moved(0, centre)
                for p in legs("plinth" if style.legs == "plinth" else "tapered", mw, ml, 0.12, style.wood, style.metal)
            ],
        ]
    if style.bed == "metal":
        x, foot, head = mw / 2 - 0.035, centre - ml / 2 + 0.06, centre + ml / 2
        runs = [((s * x, foot, 0.30), (s * x, head, 0.30)) for s in (-1, 1)] + [((-x, foot, 0.30), (x, foot, 0.30))]
        posts = [((s * x, foot, 0.0), (s * x, foot, 0.30)) for s in (-1, 1)]
        bars = [tube(line(a, b), 0.018, style.metal, 10) for a, b in runs + posts]
        return [*bars, box(mw - 0.1, ml - 0.08, 0.03, style.wood, 0.004).moved(0, centre, 0.31)]
    low = style.bed == "platform"
    rails = box(mw - 0.02, ml - 0.06, 0.10 if low else 0.17, style.wood, 0.01, 2, 3).moved(
        0, centre, 0.26 if low else 0.24
    )
    return [
        rails,
        *[
            p.moved(0, centre)
            for p in legs(
                "block" if low else style.legs if style.legs in {"turned", "splayed", "tapered"} else "block",
                mw,
                ml,
                0.22,
                style.wood,
                style.metal,
            )
        ],
    ]


def _headboard(style: Style, w: float, h: float, t: float) -> list[Part]:
    fabric, wood = style.sofas[0], style.wood
    panel_h = h - 0.22
    z = 0.22 + panel_h / 2
    post = [box(0.05, 0.04, 0.3, wood, 0.004).moved(s * (w / 2 - 0.12), 0.02, 0.15) for s in (-1, 1)]
    if style.bed == "channel":
        n = max(5, round(w / 0.16))
        return [
            *post,
            *[
                cushion(w / n + 0.003, t, panel_h, fabric, r=0.045, puff=0.006, wrinkle=0.001, seed=i, core=8).moved(
                    -w / 2 + w / n * (i + 0.5), 0, z
                )
                for i in range(n)
            ],
        ]
    if style.bed in {"upholstered", "tufted"}:
        panel = cushion(w, t, panel_h, fabric, r=0.045, puff=0.004, crown=0.0, wrinkle=0.002, seed=3, core=46)
        if style.bed == "tufted":
            panel = panel.warped(
                lambda v: tufts(v, w / max(4, round(w / 0.21)), panel_h / max(3, round(panel_h / 0.17)))
            )
        return [*post, panel.moved(0, 0, z)]
    if style.bed == "metal":
        s = np.linspace(-1, 1, 25)
        arch = np.c_[s * (w / 2 - 0.022), np.zeros(25), h - 0.022 - 0.10 * np.abs(s) ** 4]
        bars = [
            tube(line((x, 0, 0.35), (x, 0, h - 0.03 - 0.10 * abs(x / (w / 2)) ** 4)), 0.009, style.metal, 8)
            for x in np.linspace(-w / 2 + 0.16, w / 2 - 0.16, 9)
        ]
        ends = [
            tube(line((k * (w / 2 - 0.022), 0, 0), (k * (w / 2 - 0.022), 0, h - 0.12)), 0.02, style.metal, 12)
            for k in (-1, 1)
        ]
        low = tube(line((-w / 2 + 0.03, 0, 0.36), (w / 2 - 0.03, 0, 0.36)), 0.014, style.metal, 10)
        return [tube(arch, 0.021, style.metal, 12), low, *bars, *ends]
    frame = [box(0.06, 0.05, h, wood, 0.008).moved(s * (w / 2 - 0.03), 0, h / 2) for s in (-1, 1)]
    frame.append(box(w, 0.055, 0.06, wood, 0.008).moved(0, 0, h - 0.03))
    if style.bed == "cane":
        frame.append(box(w - 0.1, 0.015, h - 0.52, "cane/d8c09a", 0.003).moved(0, 0, 0.46 + (h - 0.52) / 2))
        frame += [box(0.045, 0.04, h - 0.5, wood, 0.005).moved(x, 0, 0.45 + (h - 0.5) / 2) for x in (-w / 6, w / 6)]
        return [*frame, box(w - 0.08, 0.05, 0.06, wood, 0.006).moved(0, 0, 0.46)]
    if style.bed == "slat":
        n = max(9, round(w / 0.13))
        return [
            *frame,
            *[
                box(0.05, 0.022, h - 0.42, wood, 0.005).moved(x, 0, 0.38 + (h - 0.42) / 2)
                for x in np.linspace(-w / 2 + 0.12, w / 2 - 0.12, n)
            ],
        ]
    case = style.case if style.bed == "panel" else wood
    frame.append(box(w - 0.1, 0.028, h - 0.38, case, 0.004).moved(0, 0.004, 0.35 + (h - 0.40) / 2))
    if style.bed == "panel":
        frame += [
            box((w - 0.3) / 3, 0.012, h - 0.62, case, 0.005).moved(k * (w - 0.16) / 3, -0.016, 0.47 + (h - 0.62) / 2)
            for k in (-1, 0, 1)
        ]
    return frame


def _bedding(style: Style, mw: float, ml: float, y0: float, rng: np.random.Generator) -> list[Part]:
    reach = ml - 0.58
    wide, long = round(mw + 0.60, 3), round(reach + FOOT_DROP, 3)
    block = (round(mw + 0.04, 3), 4.0, MATTRESS_TOP + 0.035, 0.075)
    duvet = drape(wide, long, block, (round(wide / CELL), round(long / CELL)), int(rng.integers(3)), foot=FOOT_DROP)
    duvet = within(
        duvet + np.array([0, y0 + long / 2 - FOOT_DROP, 0]),
        (-mw / 2 - SKIRT + 0.015, y0 - SKIRT + 0.015),
        (mw / 2 + SKIRT - 0.015, 9.0),
    )
    over = np.array([-mw / 2 - 0.012, y0 + 0.01, -1.0]), np.array([mw / 2 + 0.012, 9.0, MATTRESS_TOP + 0.012])
    parts = cloth(duvet, style.duvet, loft=0.036, seed=int(rng.integers(90)), dense=2, hem=0.010, over=over)
    # the sheet folded back over the duvet's head end, and a throw across the foot, fall on both sides
    for width, depth, lift, y, material, hem in (
        (mw + 0.50, 0.36, 0.066, reach - 0.06, style.sheets, 0.012),
        (mw + 0.56, 0.60, 0.086, 0.62, f"fabric/knit/{style.accent(0)}", 0.008),
    ):
        raised = (round(mw + 0.10, 3), 4.0, MATTRESS_TOP + lift, 0.085)
        band = drape(round(width, 3), depth, raised, (round(width / CELL), round(depth / CELL)), int(rng.integers(3)))
        laid = within(band + np.array([0, y0 + y, 0]), (-mw / 2 - SKIRT + 0.01, -9.0), (mw / 2 + SKIRT - 0.01, 9.0))
        parts += cloth(laid, material, loft=0.013, seed=int(rng.integers(90)), dense=2, hem=hem)
    return parts + _pillows(style, mw, y0 + ml, rng)


def _pillows(style: Style, mw: float, head: float, rng: np.random.Generator) -> list[Part]:
    parts, top = [], MATTRESS_TOP
    pair = (-1, 1) if mw > 1.15 else (0,)
    pw = min(0.70, mw * 0.47)
    for s in pair:
        x = s * mw * 0.248
        for tilt, back, material, k in ((20, 0.13, style.sheets, 0.0), (33, 0.30, style.duvet, -0.03)):
            p = pillow(pw + k, 0.50 + k, 0.21, material, rng.uniform(0, 50), chop=0.02)
            parts.append(
                leaning(p, tilt + rng.uniform(-2, 2), rng.uniform(-3, 3)).moved(x, head - back, top + 0.235 + k)
            )
    if len(pair) > 1:
        for s in pair:
            p = pillow(0.48, 0.48, 0.16, style.cushions[0], rng.uniform(0, 50), chop=0.03)
            parts.append(leaning(p, 36, rng.uniform(-8, 8)).moved(s * 0.27, head - 0.46, top + 0.225))
    p = pillow(0.54, 0.30, 0.14, style.cushions[1], rng.uniform(0, 50))
    return [*parts, leaning(p, 42, rng.uniform(-5, 5)).moved(0, head - 0.60, top + 0.165)]

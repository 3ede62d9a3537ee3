"""Headboards and bed bases, one maker per silhouette. A headboard stands centred on x and y = 0, its face to −y."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from atelier.furnish.pieces.common import legs
from atelier.furnish.pieces.tabletops import planked
from atelier.furnish.shapes import Part, box, columns, curve, disc, line, tube
from atelier.furnish.soft import cushion, piping, tufts
from atelier.furnish.styles import Legs, Style

Headboard = Callable[[Style, float, float, float], list[Part]]
FOOT = 0.22
"""height at which upholstered headboards begin, metres."""


def _struts(style: Style, w: float) -> list[Part]:
    return [box(0.05, 0.04, 0.3, style.wood, 0.004).moved(s * (w / 2 - 0.12), 0.02, 0.15) for s in (-1, 1)]


def _padded(style: Style, w: float, h: float, t: float) -> list[Part]:
    tall = h - FOOT
    panel = cushion(w, t, tall, style.sofas[0], r=0.045, puff=0.004, crown=0.0, wrinkle=0.002, seed=3, core=16)
    cord = piping(w - 0.02, tall - 0.02, 0, style.sofas[0], 0.04, 0.005).turned(90, "x").moved(0, -t / 2 + 0.012)
    return [*_struts(style, w), *[p.moved(0, 0, FOOT + tall / 2) for p in (panel, cord)]]


def _tufted(style: Style, w: float, h: float, t: float) -> list[Part]:
    tall = h - FOOT
    panel = cushion(w, t, tall, style.sofas[0], r=0.045, puff=0.004, crown=0.0, wrinkle=0.002, seed=3, core=46)
    steps = w / max(4, round(w / 0.21)), tall / max(3, round(tall / 0.17))
    return [*_struts(style, w), panel.warped(lambda v: tufts(v, *steps)).moved(0, 0, FOOT + tall / 2)]


def _channel(style: Style, w: float, h: float, t: float) -> list[Part]:
    n, tall = max(5, round(w / 0.16)), h - FOOT
    xs = -w / 2 + w / n * (np.arange(n) + 0.5)
    rolls = [
        cushion(w / n + 0.003, t, tall, style.sofas[0], r=0.045, puff=0.006, wrinkle=0.001, seed=i, core=6)
        for i in range(n)
    ]
    return [*_struts(style, w), *[p.moved(float(x), 0, FOOT + tall / 2) for p, x in zip(rolls, xs, strict=True)]]


def _winged(style: Style, w: float, h: float, t: float) -> list[Part]:
    """A padded panel between two wings that come forward, nailed along the edge."""
    parts = _padded(style, w - 0.06, h, t)
    tall = h - 0.10
    for s in (-1, 1):
        wing = cushion(0.065, t + 0.12, tall, style.sofas[0], r=0.03, puff=0.003, wrinkle=0.001, core=8)
        parts.append(wing.moved(s * (w / 2 - 0.033), -0.06, 0.10 + tall / 2))
        stud = disc(0.007, 0.004, style.metals[-1], 8).turned(90, "x")
        parts += [stud.moved(s * (w / 2 - 0.033), -t / 2 - 0.120, z) for z in np.arange(0.20, h - 0.06, 0.06)]
    return parts


def _arched(style: Style, w: float, h: float, t: float) -> list[Part]:
    """A padded panel with a camel-back curve and a welt that follows it."""
    tall, rise = h - FOOT, 0.18
    panel = cushion(w, t, tall - rise, style.sofas[0], r=0.045, puff=0.006, wrinkle=0.002, seed=5, core=24)
    low = tall - rise
    panel = panel.warped(
        lambda v: (
            v + columns(0.0, 0.0, rise * np.cos(np.pi * v[:, 0] / w * 0.96) * np.clip(v[:, 2] / low + 0.5, 0, 1) ** 2)
        )
    )
    s = np.linspace(-0.5, 0.5, 25)
    cord = tube(
        columns(s * (w - 0.09), -t / 2 + 0.008, FOOT + low - 0.045 + rise * np.cos(np.pi * s * 0.94)),
        0.005,
        style.sofas[0],
        6,
    )
    return [*_struts(style, w), panel.moved(0, 0, FOOT + low / 2), cord]


def _metal(style: Style, w: float, h: float, _t: float) -> list[Part]:
    s = np.linspace(-1, 1, 25)
    arch = columns(s * (w / 2 - 0.022), 0.0, h - 0.022 - 0.10 * np.abs(s) ** 4)
    spokes = np.linspace(-w / 2 + 0.16, w / 2 - 0.16, 9)
    bars = [
        tube(line((x, 0, 0.35), (x, 0, h - 0.03 - 0.10 * abs(x / (w / 2)) ** 4)), 0.009, style.metal, 8) for x in spokes
    ]
    ends = [
        tube(line((k * (w / 2 - 0.022), 0, 0), (k * (w / 2 - 0.022), 0, h - 0.12)), 0.02, style.metal, 12)
        for k in (-1, 1)
    ]
    low = tube(line((-w / 2 + 0.03, 0, 0.36), (w / 2 - 0.03, 0, 0.36)), 0.014, style.metal, 10)
    return [tube(arch, 0.021, style.metal, 12), low, *bars, *ends]


def _framed(style: Style, w: float, h: float) -> list[Part]:
    posts = [box(0.06, 0.05, h, style.wood, 0.008).moved(s * (w / 2 - 0.03), 0, h / 2) for s in (-1, 1)]
    return [*posts, box(w, 0.055, 0.06, style.wood, 0.008).moved(0, 0, h - 0.03)]


def _cane(style: Style, w: float, h: float, _t: float) -> list[Part]:
    parts = [
        *_framed(style, w, h),
        box(w - 0.1, 0.015, h - 0.52, "cane/d8c09a", 0.003).moved(0, 0, 0.46 + (h - 0.52) / 2),
    ]
    parts += [box(0.045, 0.04, h - 0.5, style.wood, 0.005).moved(x, 0, 0.45 + (h - 0.5) / 2) for x in (-w / 6, w / 6)]
    return [*parts, box(w - 0.08, 0.05, 0.06, style.wood, 0.006).moved(0, 0, 0.46)]


def _slatted(style: Style, w: float, h: float, _t: float) -> list[Part]:
    xs = np.linspace(-w / 2 + 0.12, w / 2 - 0.12, max(9, round(w / 0.13)))
    slat = box(0.05, 0.022, h - 0.42, style.wood, 0.005).moved(0, 0, 0.38 + (h - 0.42) / 2)
    return [*_framed(style, w, h), *[slat.moved(float(x)) for x in xs]]


def _platform(style: Style, w: float, h: float, _t: float) -> list[Part]:
    return [
        *_framed(style, w, h),
        box(w - 0.1, 0.028, h - 0.38, style.wood, 0.004).moved(0, 0.004, 0.35 + (h - 0.40) / 2),
    ]


def _panelled(style: Style, w: float, h: float, _t: float) -> list[Part]:
    parts = [
        *_framed(style, w, h),
        box(w - 0.1, 0.028, h - 0.38, style.case, 0.004).moved(0, 0.004, 0.35 + (h - 0.40) / 2),
    ]
    field = box((w - 0.3) / 3, 0.012, h - 0.62, style.case, 0.005).moved(0, -0.016, 0.47 + (h - 0.62) / 2)
    return [*parts, *[field.moved(k * (w - 0.16) / 3) for k in (-1, 0, 1)]]


def _spindled(style: Style, w: float, h: float, _t: float) -> list[Part]:
    """Turned posts with ball finials, thin spindles between two rails."""
    wood = style.case if style.painted else style.wood
    parts = [
        tube(line((s * (w / 2 - 0.03), 0, 0), (s * (w / 2 - 0.03), 0, h - 0.05), 3), 0.026, wood, 14) for s in (-1, 1)
    ]
    ball = np.linspace(-np.pi / 2, np.pi / 2, 9)
    parts += [
        tube(
            columns(np.full(9, s * (w / 2 - 0.03)), 0.0, h - 0.03 + 0.03 * np.sin(ball)),
            0.031 * np.cos(ball) + 0.002,
            wood,
            14,
        )
        for s in (-1, 1)
    ]
    parts += [tube(line((-w / 2 + 0.04, 0, z), (w / 2 - 0.04, 0, z)), 0.017, wood, 10) for z in (0.42, h - 0.16)]
    t = np.linspace(0, 1, 8)
    for x in np.linspace(-w / 2 + 0.13, w / 2 - 0.13, max(8, round(w / 0.13))):
        parts.append(
            tube(columns(np.full(8, x), 0.0, 0.42 + (h - 0.58) * t), 0.008 + 0.005 * np.sin(np.pi * t), wood, 8)
        )
    return parts


def _sleigh(style: Style, w: float, h: float, t: float) -> list[Part]:
    """A solid panel that rolls over backwards at the top."""
    profile = curve(
        [
            (-0.02, 0.20),
            (-0.03, h * 0.5),
            (0.0, h * 0.80),
            (t * 0.45, h * 0.96),
            (t * 0.9, h - 0.02),
            (t * 1.0, h * 0.92),
        ],
        22,
    )
    s = np.linspace(-w / 2, w / 2, 3)
    boards = []
    for k in range(len(profile) - 1):
        (y0, z0), (y1, z1) = profile[k][:2], profile[k + 1][:2]
        long, lean = float(np.hypot(y1 - y0, z1 - z0)), float(np.degrees(np.arctan2(-(y1 - y0), z1 - z0)))
        boards.append(
            box(w, 0.034, long + 0.01, style.wood, 0.002).turned(lean, "x").moved(0, (y0 + y1) / 2, (z0 + z1) / 2)
        )
    roll = tube(columns(s, t * 0.80, h - 0.035), 0.035, style.wood, 16)
    posts = [box(0.055, 0.06, h * 0.8, style.wood, 0.010).moved(k * (w / 2 - 0.026), 0.0, h * 0.4) for k in (-1, 1)]
    return [p.moved(0, -t * 0.35) for p in (*boards, roll, *posts)]


def _planks(style: Style, w: float, h: float, _t: float) -> list[Part]:
    """Wide rough boards one above the other on two posts."""
    tall = h - 0.34
    panel = [p.turned(90, "x").moved(0, 0, 0.33 + tall / 2) for p in planked(w, tall, 0.03, style.wood, 0.015)]
    return [
        *panel,
        *[
            box(0.09, 0.04, h - 0.01, style.wood, 0.005).moved(s * (w / 2 - 0.16), 0.035, (h - 0.01) / 2)
            for s in (-1, 1)
        ],
    ]


def _shelved(style: Style, w: float, h: float, t: float) -> list[Part]:
    """A panel with a ledge along its top for a book and a glass."""
    panel = box(w, 0.03, h - 0.30, style.wood, 0.004).moved(0, t / 2 - 0.02, 0.28 + (h - 0.30) / 2)
    ledge = box(w, t, 0.032, style.wood, 0.005).moved(0, 0, h - 0.016)
    return [
        panel,
        ledge,
        *[box(0.032, t, h - 0.02, style.wood, 0.004).moved(s * (w / 2 - 0.016), 0, (h - 0.02) / 2) for s in (-1, 1)],
    ]


HEADBOARDS: Mapping[str, Headboard] = {
    "upholstered": _padded,
    "tufted": _tufted,
    "channel": _channel,
    "winged": _winged,
    "arched": _arched,
    "metal": _metal,
    "cane": _cane,
    "slat": _slatted,
    "platform": _platform,
    "panel": _panelled,
    "spindle": _spindled,
    "sleigh": _sleigh,
    "planks": _planks,
    "shelf": _shelved,
}
SOFT = {"upholstered", "tufted", "channel", "winged", "arched"}
LOW = {"platform", "shelf"}


def base(form: str, style: Style, w: float, length: float, centre: float) -> list[Part]:
    """What the mattress (w × length, its middle at y = centre) lies on."""
    if form in SOFT:
        soft_kind: Legs = "plinth" if style.legs == "plinth" else "tapered"
        rail = box(w - 0.02, length, 0.22, style.sofas[0], 0.03, 4, 2).moved(0, centre + 0.03, 0.22)
        return [rail, *[p.moved(0, centre) for p in legs(soft_kind, w, length, 0.12, style.wood, style.metal)]]
    if form == "metal":
        return _metal_base(style, w, length, centre)
    if form in LOW:
        deck = box(w, length + 0.05, 0.09, style.wood, 0.008).moved(0, centre + 0.045, 0.235)
        stout = [
            box(0.09, 0.09, 0.195, style.wood, 0.008).moved(
                sx * (w / 2 - 0.10), centre + sy * (length / 2 - 0.16), 0.0975
            )
            for sx in (-1, 1)
            for sy in (-1, 1)
        ]
        return [deck, *stout]
    rails = box(w + 0.01, length + 0.03, 0.17, style.wood, 0.01, 2, 2).moved(0, centre + 0.045, 0.24)
    kind: Legs = style.legs if style.legs in {"turned", "splayed", "tapered"} else "block"
    return [rails, *[p.moved(0, centre) for p in legs(kind, w, length, 0.22, style.wood, style.metal)]]


def _metal_base(style: Style, w: float, length: float, centre: float) -> list[Part]:
    x, foot, head = w / 2 - 0.035, centre - length / 2 + 0.06, centre + length / 2
    runs = [((s * x, foot, 0.30), (s * x, head, 0.30)) for s in (-1, 1)] + [((-x, foot, 0.30), (x, foot, 0.30))]
    posts = [((s * x, foot, 0.0), (s * x, foot, 0.30)) for s in (-1, 1)]
    bars = [tube(line(a, b), 0.018, style.metal, 10) for a, b in runs + posts]
    return [*bars, box(w - 0.1, length - 0.08, 0.03, style.wood, 0.004).moved(0, centre, 0.31)]

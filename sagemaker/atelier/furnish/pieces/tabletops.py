"""Tops and what carries them: shared by every table."""

from __future__ import annotations

import numpy as np

from atelier.furnish.shapes import Part, box, columns, curve, disc, lathe, line, noise, tube
from atelier.furnish.styles import Style
from atelier.model import F64

CORNERS = ((-1, -1), (1, -1), (1, 1), (-1, 1))


def top(w: float, d: float, t: float, material: str, h: float, r: float = 0.008) -> Part:
    """A rectangular top whose upper face is at height h."""
    return box(w, d, t, material, r, 2, 2).moved(0, 0, h - t / 2)


def planked(w: float, d: float, t: float, wood: str, h: float, cleat: float = 0.0) -> list[Part]:
    """Planks side by side, with a cross board (breadboard end) of width `cleat` at both ends."""
    n = max(3, round(d / 0.17))
    inner = w - 2 * cleat
    boards = [
        box(inner - 0.002, d / n - 0.002, t, wood, 0.004).moved(0, y, h - t / 2)
        for y in (np.arange(n) + 0.5) * d / n - d / 2
    ]
    ends = [box(cleat, d, t, wood, 0.005).moved(s * (w - cleat) / 2, 0, h - t / 2) for s in (-1, 1) if cleat]
    return [*boards, *ends]


def undercut(part: Part, h: float, t: float, cut: float) -> Part:
    """Bevel a top's underside inwards by `cut`, so that a thick top shows a thin edge."""

    def move(v: F64) -> F64:
        low = np.clip((h - v[:, 2]) / t, 0, 1)[:, None]
        half = np.abs(v[:, :2]).max(0)
        return columns(v[:, :2] * (1 - cut / half * low), v[:, 2])

    return part.warped(move)


def live_edge(w: float, d: float, t: float, wood: str, h: float, seed: float) -> Part:
    """A slab sawn along the trunk: both long edges wander."""
    slab = box(w, d, t, wood, 0.012, 26, 2)

    def wander(v: F64) -> F64:
        edge = 0.03 * noise(columns(v[:, 0] * 1.6, np.sign(v[:, 1]) * 3.0, 0.0), seed, 2)
        return columns(v[:, 0], v[:, 1] * (0.93 + edge), v[:, 2])

    return slab.warped(wander).moved(0, 0, h - t / 2)


def smooth(profile: list[tuple[float, float]]) -> F64:
    """A turner's curve through a few (radius, z) points."""
    p = np.array(profile)
    return np.asarray(curve(np.c_[p, np.zeros(len(p))], len(p) * 4)[:, :2].clip(0), np.float64)


def fluted(r: float, z0: float, z1: float, material: str, pitch: float = 0.024) -> list[Part]:
    """A drum of half-round reeds `pitch` metres wide, from height z0 to z1, standing on a recessed dark foot."""
    reeds, gap = max(24, round(2 * np.pi * r / pitch)), 0.022
    wall = lathe([(0, z0 + gap), (r - 0.012, z0 + gap), (r, z0 + gap + 0.003), (r, z1)], material, reeds * 4)

    def reeded(v: F64) -> F64:
        a = np.arctan2(v[:, 1], v[:, 0])
        k = 1 - 0.45 * pitch / r * (1 - np.abs(np.sin(a * reeds / 2)) ** 0.7)
        return columns(v[:, :2] * k[:, None], v[:, 2])

    return [wall.warped(reeded), disc(r - 0.035, gap + 0.004, "paint/2c2a29", 40).moved(z=z0)]


def turned_leg(x: float, y: float, h: float, thick: float, wood: str) -> list[Part]:
    """A baluster under a square block that takes the rails."""
    t = np.linspace(0, 1, 22)
    swell = 0.30 * np.sin(np.pi * np.clip(t * 1.15, 0, 1)) ** 2
    rings = 0.22 * np.exp(-(((t - 0.80) / 0.03) ** 2)) + 0.2 * np.exp(-(((t - 0.10) / 0.03) ** 2))
    leg = tube(columns(np.full(22, x), y, t * h * 0.86), thick * (0.62 + swell - rings), wood, 16)
    return [leg, box(thick * 2, thick * 2, h * 0.18, wood, 0.004).moved(x, y, h * 0.91)]


def rails(w: float, d: float, h: float, wood: str, deep: float = 0.06) -> list[Part]:
    """The apron between legs that stand on a w × d rectangle, its upper edge at h."""
    along = [box(w, 0.02, deep, wood, 0.003).moved(0, s * d / 2, h - deep / 2) for s in (-1, 1)]
    return along + [box(0.02, d, deep, wood, 0.003).moved(s * w / 2, 0, h - deep / 2) for s in (-1, 1)]


def tapered_legs(w: float, d: float, h: float, wood: str, thick: float, out: float = 0.05) -> list[Part]:
    """Four round legs whose feet stand on the w × d rectangle and whose heads lean in by `out`."""
    parts = []
    for sx, sy in CORNERS:
        foot, head = (sx * w / 2, sy * d / 2, 0), (sx * (w / 2 - out), sy * (d / 2 - out), h)
        parts.append(tube(line(foot, head, 4), np.linspace(0.55, 1.0, 4) * thick, wood, 14))
    return parts


def hairpins(w: float, d: float, h: float, metal: str) -> list[Part]:
    """Bent rods, one per corner of the w × d rectangle."""
    parts = []
    for sx, sy in CORNERS:
        x, y = sx * w / 2, sy * d / 2
        path = [(x - sx * 0.09, y - sy * 0.03, h), (x, y, 0.006), (x - sx * 0.03, y - sy * 0.09, h)]
        parts.append(tube(curve(path, 14), 0.006, metal, 8))
        parts.append(box(0.12, 0.12, 0.004, metal, 0.001).moved(x - sx * 0.05, y - sy * 0.05, h - 0.002))
    return parts


def frame(w: float, d: float, h: float, metal: str, bar: float = 0.026) -> list[Part]:
    """An open rectangular metal frame of outer size w × d, standing under a top at h."""
    parts = []
    for s in (-1, 1):
        x = s * (w - bar) / 2
        parts += [box(bar, bar, h, metal, 0.003).moved(x, k * (d - bar) / 2, h / 2) for k in (-1, 1)]
        parts += [box(bar, d, bar, metal, 0.003).moved(x, 0, z) for z in (bar / 2, h - bar / 2)]
    return [*parts, *[box(w, bar, bar, metal, 0.003).moved(0, k * (d - bar) / 2, h - bar / 2) for k in (-1, 1)]]


def crossed(x: float, d: float, h: float, material: str, bar: float = 0.06) -> list[Part]:
    """Two beams crossing in the plane x, feet d apart."""
    lean = float(np.degrees(np.arctan2(d - bar, h - bar * 0.5)))
    long = float(np.hypot(d - bar, h)) - bar * 0.6
    beam = box(bar, bar * 0.9, long, material, 0.005)
    return [beam.turned(s * lean, "x").moved(x, 0, h / 2) for s in (-1, 1)]


def trestle(w: float, d: float, h: float, wood: str) -> list[Part]:
    """Two A-shaped ends with a stretcher keyed through them."""
    parts = []
    for s in (-1, 1):
        x = s * w * 0.36
        parts.append(box(0.08, d - 0.10, 0.06, wood, 0.006).moved(x, 0, 0.03))
        parts.append(box(0.08, d - 0.16, 0.05, wood, 0.006).moved(x, 0, h - 0.025))
        parts += crossed(x, d * 0.62, h - 0.08, wood)
        parts.append(box(0.05, 0.03, 0.10, wood, 0.004).moved(s * (w * 0.36 + 0.06), 0, h * 0.45))
    return [*parts, box(w * 0.72 + 0.18, 0.045, 0.08, wood, 0.005).moved(0, 0, h * 0.45)]


def pedestal(r: float, h: float, material: str, neck: float = 0.055, foot: float = 0.62) -> Part:
    """A turned column on a round foot, carrying a top of radius r."""
    profile = [
        (0, 0), (r * foot, 0), (r * foot, 0.012), (r * foot * 0.97, 0.030), (r * foot * 0.76, 0.046),
        (r * foot * 0.44, 0.085), (neck, 0.19), (neck * 0.8, h * 0.45),
        (neck * 1.1, h - 0.14), (r * 0.42, h - 0.03), (0, h - 0.02),
    ]  # fmt: skip
    return lathe(smooth(profile), material, 36)


def tulip(r: float, h: float, material: str) -> Part:
    """One thin flowing stem from a wide foot into the top."""
    profile = [
        (0, 0), (r * 0.44, 0), (r * 0.445, 0.012), (r * 0.43, 0.030), (r * 0.34, 0.042), (r * 0.24, 0.060),
        (r * 0.14, 0.095), (0.045, 0.17), (0.031, h * 0.5), (0.045, h - 0.16), (r * 0.16, h - 0.06),
        (r * 0.34, h - 0.012), (0, h - 0.01),
    ]  # fmt: skip
    return lathe(smooth(profile), material, 40)


def oval(part: Part, w: float, d: float) -> Part:
    """A round part of diameter w squeezed to d."""
    return part.scaled(1, d / w, 1)


def round_top(r: float, t: float, material: str, h: float, edge: float = 0.009) -> Part:
    return disc(r, t, material, 64, edge).moved(z=h - t)


def slabs(w: float, d: float, h: float, style: Style, thick: float) -> list[Part]:
    """Two upright boards under a top."""
    return [box(thick, d, h, style.wood, 0.008).moved(s * (w - thick) / 2, 0, h / 2) for s in (-1, 1)]

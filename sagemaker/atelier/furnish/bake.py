"""Draws the relief of cloth, wood and stone, once: `python -m atelier.furnish.bake` writes `furnish/data/*.png`.

A map is one grey channel, 0.5 where the surface has its mean tone, that tiles. Nothing in a map is wider than a
quarter of its tile, but for veins and grain, so that no repeat shows. What is drawn here costs a job nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from scipy.spatial import cKDTree

from atelier.model import F32, F64, U8

DATA = Path(__file__).parent / "data"
SIZE, WOOD = 512, 768
CLOSE = 18.0
"""of a plain cloth: its tone is even over more than 1/18 of the tile, a good centimetre."""
STEP = 4
"""grey levels kept: noise of 256 levels does not compress, and nobody sees the finer ones."""


def noise(seed: int, rows: float, columns: float, n: int = SIZE, band: float = 0.0) -> F64:
    """Periodic (n, n) noise of unit variance, features `rows` × `columns` pixels wide; band > 0 keeps only those."""
    f = np.hypot(np.fft.fftfreq(n)[:, None] * rows, np.fft.rfftfreq(n)[None] * columns)
    amplitude = np.exp(-(((f - 0.5) / band) ** 2)) if band else np.exp(-2.0 * f**2)
    white = np.fft.rfft2(np.random.default_rng(seed).normal(size=(n, n)))
    amplitude[0, 0] = 0
    out = np.fft.irfft2(white * amplitude, (n, n))
    return np.asarray(out / out.std(), np.float64)


def _levelled(x: F64, contrast: float, widest: float = 4.0) -> F64:
    """Without what is wider than 1/`widest` of the tile (it would show the tile, and cloth would look stained), unit
    variance, then 0.5 ± contrast."""
    n = len(x)
    f = np.hypot(np.fft.fftfreq(n)[:, None] * n, np.fft.rfftfreq(n)[None] * n)
    flat = np.fft.irfft2(np.fft.rfft2(x) * (1 - np.exp(-((f / widest) ** 2))), (n, n))
    return np.asarray(0.5 + contrast * flat / flat.std(), np.float64)


def _shrunk(x: F64, n: int = SIZE) -> F64:
    return np.asarray(cv2.resize(x.astype(np.float32), (n, n), interpolation=cv2.INTER_AREA), np.float64)


def _warped(image: F64, dx: F64, dy: F64) -> F64:
    """The tile sampled at pixels moved by (dx, dy), wrapping around."""
    n = len(image)
    y, x = np.mgrid[0:n, 0:n].astype(np.float64)
    moved = cv2.remap(
        np.pad(image, 64, mode="wrap").astype(np.float32),
        ((x + dx) % n + 64).astype(np.float32), ((y + dy) % n + 64).astype(np.float32), cv2.INTER_LINEAR,
    )  # fmt: skip
    return np.asarray(moved, np.float64)


def weave(yarns: int, float_over: int, uneven: float, tone: float, seed: int, shift: int = 1) -> F64:
    """Crossing yarns at four times the final resolution: round profiles, uneven thickness, each its own tone.

    float_over: how many crossings a yarn passes over (1 plain weave, 2 twill); shift: step of the next row.
    """
    n, rng = SIZE * 4, np.random.default_rng(seed)
    y, x = np.mgrid[0:n, 0:n] / n * yarns
    soft = cv2.INTER_CUBIC
    wander = [cv2.resize(noise(seed + k, *s).astype(np.float32), (n, n), interpolation=soft) for k, s in
              enumerate(((40, 6), (6, 40), (70, 3), (3, 70)))]  # fmt: skip
    u, v = x + 0.10 * uneven * wander[0], y + 0.10 * uneven * wander[1]
    column, row = np.floor(u).astype(int) % yarns, np.floor(v).astype(int) % yarns
    over = ((column * shift + row) // 1) % (2 * float_over) < float_over
    tones = rng.normal(0, tone, (2, yarns))
    heights = []
    for k, (across, along, index, thick) in enumerate(((u, v, column, wander[2]), (v, u, row, wander[3]))):
        profile = np.sqrt(np.clip(1 - ((across % 1 - 0.5) / (0.48 + 0.07 * uneven * thick)) ** 2, 0.02, 1))
        rise = 0.5 + 0.5 * np.cos(2 * np.pi * ((along % 1) - 0.5)) if float_over == 1 else 0.9
        up = over if k == 0 else ~over
        heights.append((profile * (0.55 + 0.45 * np.where(up, rise, -rise)), tones[k][index] + 0.25 * tone * thick))
    first = heights[0][0] >= heights[1][0]
    shade = np.where(first, heights[0][0] + heights[0][1], heights[1][0] * 0.94 + heights[1][1])
    return _shrunk(shade)


def _slubs(strength: float, seed: int) -> F64:
    """Thick places in single yarns, a finger's breadth long, both ways: what is seen of a weave from across a room."""
    return strength * (noise(seed, 1.8, 44) + noise(seed + 1, 44, 1.8))


def splatted(count: int, reach: float, kind: str, seed: int, n: int = SIZE * 2) -> F64:
    """Loops (`ring`), locks (`strand`) or pile ends (`dot`) lying over each other in random order; a height map."""
    rng = np.random.default_rng(seed)
    canvas = np.zeros((n + 256, n + 256), np.float32)
    flow = noise(seed + 1, 90, 90, n) * 1.6
    for k in range(count):
        x, y = rng.integers(0, n, 2)
        size = reach * rng.uniform(0.7, 1.3)
        level = 0.35 + 0.65 * k / count + rng.normal(0, 0.06)
        angle = float(flow[y, x]) + rng.normal(0, 0.5)
        for ox in _copies(int(x), n):
            for oy in _copies(int(y), n):
                at = (int(x) + ox + 64, int(y) + oy + 64)
                _stamp(canvas, at, size, angle, float(level), kind)
    out = canvas[64 : 64 + n, 64 : 64 + n]
    return _shrunk(out.astype(np.float64))


def _copies(x: int, n: int) -> tuple[int, ...]:
    return (0, n) if x < 64 else (0, -n) if x > n - 64 else (0,)


def _stamp(canvas: F32, at: tuple[int, int], size: float, angle: float, level: float, kind: str) -> None:
    if kind == "dot":
        cv2.circle(canvas, at, round(size) + 1, level * 0.72, -1, cv2.LINE_AA)
        cv2.circle(canvas, at, max(1, round(size * 0.6)), level, -1, cv2.LINE_AA)
        return
    axes = (max(2, round(size)), max(2, round(size * 0.62)))
    degrees = float(np.degrees(angle))
    end = 360.0 if kind == "ring" else 120.0
    width = max(2, round(size * 0.5)) if kind == "ring" else max(2, round(size * 0.16))
    cv2.ellipse(canvas, at, axes, degrees, 0, end, level * 0.66, width + 2, cv2.LINE_AA)
    cv2.ellipse(canvas, at, axes, degrees, 0, end, level, max(1, width - 1), cv2.LINE_AA)


def _knit() -> F64:
    n, columns, rows = SIZE * 2, 36, 52
    y, x = np.mgrid[0:n, 0:n] / n
    x = x + 0.0016 * np.kron(noise(3, 30, 30), np.ones((2, 2)))
    u = (x * columns) % 1
    side = np.abs(u - 0.5)
    v = (y * rows + side * 1.5) % 1
    strand = np.sqrt(np.clip(1 - ((v - 0.5) / 0.5) ** 2, 0, 1)) * np.sqrt(
        np.clip(1 - ((side - 0.25) / 0.26) ** 2, 0, 1)
    )
    fibre = np.kron(noise(4, 3, 3), np.ones((2, 2)))
    return _shrunk(strand + 0.07 * fibre)


def _velvet() -> F64:
    """Brushed nap: broad soft marks that turn like a hand did, and a bloom of single fibres too fine to follow."""
    marks = noise(11, 62, 100)
    marks = _warped(marks, 26 * noise(12, 120, 120), 26 * noise(13, 120, 120))
    return np.asarray(np.tanh(marks * 0.9) + 0.22 * noise(14, 1.6, 1.6) + 0.25 * noise(15, 20, 24), np.float64)


def _fleece() -> F64:
    locks = splatted(5200, 17, "strand", 21)
    return np.asarray(locks + 0.05 * noise(22, 2, 2), np.float64)


def _leather() -> F64:
    """Pebbled grain: the borders of cells around random points, some stretched into creases."""
    n, rng = SIZE * 2, np.random.default_rng(31)
    points = rng.uniform(0, n, (9000, 2))
    tiled = np.concatenate([points + np.array([i * n, j * n]) for i in (-1, 0, 1) for j in (-1, 0, 1)])
    tiled = tiled[((tiled > -40) & (tiled < n + 40)).all(1)]
    y, x = np.mgrid[0:n, 0:n]
    where = np.stack([x + 6 * np.kron(noise(32, 30, 30), np.ones((2, 2))), y], -1)
    d = np.asarray(cKDTree(tiled).query(where.reshape(-1, 2) % n, k=2)[0])
    grain = np.clip((d[:, 1] - d[:, 0]) / 5.0, 0, 1).reshape(n, n) ** 0.7
    crease = np.exp(-((noise(33, 60, 60) / 0.13) ** 2)) * np.clip(noise(34, 110, 110) - 0.2, 0, 1.5)
    return np.asarray(_shrunk(grain) * 0.9 - 0.35 * crease + 0.16 * noise(35, 70, 70), np.float64)


def _braid(pitch: int, seed: int) -> F64:
    """Rows of plaited cord along u, as in jute."""
    n = SIZE * 2
    y, x = np.mgrid[0:n, 0:n] / n
    y = y + 0.0016 * np.kron(noise(seed, 60, 60), np.ones((2, 2)))
    row = np.floor(y * pitch)
    v = (y * pitch) % 1 - 0.5
    u = (x * pitch * 1.4 + np.abs(v) * 1.1 + 0.37 * (row % 3)) % 1 - 0.5
    lobe = np.sqrt(np.clip(1 - (u / 0.52) ** 2, 0, 1)) * np.sqrt(np.clip(1 - (v / 0.5) ** 2, 0.0, 1))
    straw = np.kron(noise(seed + 1, 2.5, 12), np.ones((2, 2)))
    return _shrunk(lobe + 0.10 * straw)


def _basket(columns: int, rows: int, seed: int) -> F64:
    """Flat strands over and under upright stakes."""
    n = SIZE * 2
    y, x = np.mgrid[0:n, 0:n] / n
    row = np.floor(y * rows)
    v = (y * rows) % 1 - 0.5
    bulge = 0.5 + 0.5 * np.cos(2 * np.pi * (x * columns / 2 + 0.5 * (row % 2)))
    strand = np.sqrt(np.clip(1 - (v / 0.5) ** 2, 0, 1)) * (0.45 + 0.55 * bulge**0.6)
    return _shrunk(strand + 0.09 * np.kron(noise(seed, 2, 34), np.ones((2, 2))))


def _cane() -> F64:
    """Webbing: pairs of strands both ways, one diagonal each way; open octagons between."""
    n, cells = SIZE * 2, 34
    y, x = np.mgrid[0:n, 0:n] / n * cells
    u, v = x % 1 - 0.5, y % 1 - 0.5
    solid = np.zeros((n, n))
    for distance, wide in ((u, 0.17), (v, 0.17)):
        solid = np.maximum(solid, np.clip((wide - np.abs(np.abs(distance) - 0.33)) * 14, 0, 1) * 0.95)
    for distance in ((u + v + 0.5) % 1 - 0.5, (u - v + 0.5) % 1 - 0.5):
        solid = np.maximum(solid, np.clip((0.075 - np.abs(np.abs(distance) - 0.5)) * 14, 0, 1) * 0.8)
    return _shrunk(solid + 0.05 * np.kron(noise(41, 4, 4), np.ones((2, 2))))


def _wood(cathedral: float, rings: float, pores: float, seed: int, n: int = WOOD) -> F64:
    """Growth rings cut by a board: straight where the cut is radial, arched where it is tangential. u runs along."""
    y, _ = np.mgrid[0:n, 0:n] / n
    sway = 0.07 * cathedral * noise(seed, 170, 760, n) + 0.006 * noise(seed + 1, 60, 420, n)
    sway = sway + 0.0012 * noise(seed + 2, 16, 160, n)
    phase = rings * (y + sway) + 0.4 * noise(seed + 3, 40, 700, n)
    ring = phase % 1.0
    late = np.clip(ring, 0, 1) ** 2.4 * np.clip((1 - ring) * 9, 0, 1)  # slow to darken, quick to begin again
    pore = np.clip(noise(seed + 4, 1.3, 46, n) - 0.9, 0, 3) * (0.5 + 0.9 * late)
    fibre = 0.5 * noise(seed + 5, 1.8, 130, n) + 0.5 * noise(seed + 6, 5, 240, n)
    fleck = np.clip(noise(seed + 7, 3.5, 14, n) - 1.5, 0, 2) * (1.4 - cathedral)
    tone = 0.6 * noise(seed + 8, 110, 800, n)
    return np.asarray(
        -1.5 * late * (0.75 + 0.3 * noise(seed + 9, 60, 500, n))
        - pores * pore
        + 0.34 * fibre
        + 0.18 * fleck
        + 0.5 * tone,
        np.float64,
    )


def _rustic() -> F64:
    checks = np.clip(noise(79, 2.4, 260, WOOD) - 2.0, 0, 1.5) * 3.2
    worn = 0.35 * noise(82, 40, 200, WOOD) + 0.3 * noise(83, 9, 60, WOOD)
    return np.asarray(_wood(1.0, 40, 0.9, 71) - checks + worn, np.float64)


def _marble() -> F64:
    """0 where the ground is clean, towards 1 in a vein: a few strong veins across, many faint ones, clouds between."""
    y, _ = np.mgrid[0:SIZE, 0:SIZE].astype(np.float64)

    def veins(seed: int, size: float, wide: float) -> F64:
        x = (
            noise(seed, size * 0.55, size * 1.6)
            + 0.45 * noise(seed + 4, size / 3, size / 2)
            + 0.14 * noise(seed + 5, 9, 9)
        )
        reach = np.clip(0.5 + 0.6 * noise(seed + 3, 90, 120), 0.02, 1.5)
        return _warped(np.exp(-np.abs(x) / (wide * reach + 1e-3)) * np.minimum(reach, 1.0), y, np.zeros_like(y))

    cloud = _warped(0.06 * noise(50, 40, 120) + 0.05 * noise(51, 20, 60), y, np.zeros_like(y))
    return np.clip(0.12 + cloud + 0.7 * veins(52, 150, 0.06) + 0.34 * veins(90, 64, 0.06), 0, 1)


def _travertine() -> F64:
    bands = 0.5 + 0.16 * noise(61, 12, 420) + 0.12 * noise(62, 40, 420) + 0.05 * noise(63, 4, 60)
    pits = np.clip(noise(64, 3.2, 15) - 1.9, 0, 1) * 1.1 + np.clip(noise(65, 7, 30) - 2.2, 0, 1) * 1.3
    return np.clip(bands * 0.55 + pits, 0, 1)


def _terrazzo() -> F64:
    """Chips of three tones in a fine matrix; chips touch nowhere."""
    rng, n = np.random.default_rng(66), SIZE * 2
    canvas = np.full((n, n), 0.08, np.float32)
    taken = np.zeros((n, n), np.uint8)
    for k in range(1500):
        size = 26 * (1 - k / 1500) ** 1.5 + 4
        x, y = rng.integers(0, n, 2)
        corners = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(4, 8))))
        radius = size * rng.uniform(0.55, 1.0, len(corners))
        chip = np.round(np.c_[x + np.cos(corners) * radius, y + np.sin(corners) * radius]).astype(np.int32)
        stamp = np.zeros_like(taken)
        around = [chip + np.array([i * n, j * n], np.int32) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        for copy in around:
            cv2.fillPoly(stamp, [copy], 1)
        if not taken[cv2.dilate(stamp, np.ones((5, 5), np.uint8)) > 0].any():
            taken |= stamp
            canvas[stamp > 0] = rng.choice([0.35, 0.6, 0.95])
    return np.clip(_shrunk(canvas.astype(np.float64)) + 0.02 * noise(67, 2, 2), 0, 1)


def _plaster() -> F64:
    """Trowelled concrete, plaster and unglazed clay."""
    sweep = noise(68, 18, 18) + 0.5 * noise(69, 9, 30)
    holes = np.clip(noise(71, 3, 3) - 2.6, 0, 1) * 3.0
    return np.asarray(0.3 * sweep + 0.7 * noise(72, 80, 80) + 0.25 * noise(73, 4, 4) - holes, np.float64)


MAPS: dict[str, Callable[[], F64]] = {
    "plain": lambda: _levelled(weave(150, 1, 0.6, 0.05, 1), 0.13, CLOSE),
    "linen": lambda: _levelled(weave(176, 1, 1.7, 0.13, 2) + _slubs(0.10, 90), 0.14, CLOSE),
    "melange": lambda: _levelled(weave(120, 1, 1.0, 0.10, 3) + _slubs(0.14, 5), 0.17, CLOSE),
    "twill": lambda: _levelled(weave(168, 2, 0.7, 0.06, 4), 0.13, CLOSE),
    "boucle": lambda: _levelled(np.maximum(splatted(13000, 9, "ring", 6), 0.5), 0.16),
    "velvet": lambda: _levelled(_velvet(), 0.13),
    "knit": lambda: _levelled(_knit(), 0.20),
    "sheepskin": lambda: _levelled(_fleece(), 0.15),
    "leather": lambda: _levelled(_leather(), 0.14),
    "pile": lambda: _levelled(splatted(26000, 3.4, "dot", 7) + 0.05 * noise(8, 40, 40), 0.16, CLOSE / 2),
    "shag": lambda: _levelled(splatted(7000, 26, "strand", 9), 0.18),
    "flatweave": lambda: _levelled(weave(84, 1, 0.9, 0.12, 10) + _slubs(0.12, 16), 0.17, CLOSE),
    "braid": lambda: _levelled(_braid(38, 12), 0.20),
    "rattan": lambda: _levelled(_basket(26, 46, 13), 0.20),
    "cane": lambda: np.clip(_cane(), 0, 1),
    "plainsawn": lambda: _levelled(_wood(1.0, 44, 0.55, 40), 0.16),
    "quartered": lambda: _levelled(_wood(0.25, 120, 0.45, 60), 0.15),
    "rustic": lambda: _levelled(_rustic(), 0.17),
    "marble": _marble,
    "travertine": _travertine,
    "terrazzo": _terrazzo,
    "plaster": lambda: _levelled(_plaster(), 0.15),
}  # fmt: skip


def draw(name: str) -> U8:
    """One map as it is shipped. Raises KeyError for an unknown name."""
    grey = np.clip(MAPS[name](), 0, 1) * 255
    return np.asarray(np.minimum(np.round(grey / STEP) * STEP, 255), np.uint8)


def main() -> None:
    DATA.mkdir(exist_ok=True)
    for name in sys.argv[1:] or MAPS:
        cv2.imwrite(str(DATA / f"{name}.png"), draw(name), [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    main()

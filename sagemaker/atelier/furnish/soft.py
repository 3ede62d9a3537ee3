"""Upholstery: cushions, pillows, piping and cloth that falls under its own weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from scipy.ndimage import zoom
from scipy.spatial import cKDTree

from atelier.furnish.shapes import Part, box, curve, noise, rounded_rectangle, sheet, tube, weld_normals
from atelier.model import F64, Bool

FRICTION = 0.25
"""share of a sliding step that a surface under the cloth holds back, per solver pass."""
EARS = 0.035
"""how far a pillow's sides draw in between its corners, of its half size."""


def cushion(
    w: float,
    d: float,
    h: float,
    material: str,
    *,
    r: float = 0.05,
    puff: float = 0.012,
    crown: float | None = None,
    wrinkle: float = 0.006,
    seed: float = 0.0,
    core: int = 12,
) -> Part:
    """A stuffed box centred on the origin: sides bulge by `puff`, top and bottom by `crown`, with soft dents."""
    part = box(w, d, h, material, r, core, 3 if r > 0.04 else 2)
    v = part.vertices
    q = np.clip(v / (np.array([w, d, h]) / 2), -1, 1)
    full = np.clip(1 - q**2, 0, 1) ** 0.6
    bulge = np.array([puff, puff, puff if crown is None else crown])
    v = v + q * bulge * full[:, [1, 2, 0]] * full[:, [2, 0, 1]]
    if wrinkle:
        v = v + weld_normals(v, part.faces) * (wrinkle * _dents(v, seed))[:, None]
    return replace(part, vertices=v)


def _dents(v: F64, seed: float) -> F64:
    """Broad dents of stuffing, sparse pull lines and, across them, the fine creases of cloth that was sat on."""
    broad = noise(v * 3.2, seed, 2)
    pulls = np.exp(-((noise(v * np.array([5.0, 3.0, 4.0]), seed + 5) / 0.22) ** 2))
    bent = v * np.array([3.4, 6.0, 6.0]) + 0.25 * noise(v * 4.0, seed + 9)[:, None]
    creases = np.exp(-((noise(bent, seed + 7) / 0.16) ** 2)) * np.clip(noise(v * 2.4, seed + 8) + 0.3, 0, 1.2)
    return np.asarray(0.55 * broad - 0.5 * pulls - 0.45 * creases, np.float64)


def piping(w: float, d: float, z: float, material: str, corner: float = 0.05, radius: float = 0.005) -> Part:
    """A welt cord around a cushion's edge at height z."""
    outline = rounded_rectangle(w, d, corner, 6)
    return tube(np.c_[outline, np.full(len(outline), z)], radius, material, 6, closed=True)


def pillow(w: float, h: float, t: float, material: str, seed: float = 0.0, n: int = 20, chop: float = 0.0) -> Part:
    """A knife-edge pillow lying in the xy plane, centred; `chop` dents its +y edge as a hand would (metres)."""
    s = np.linspace(-1, 1, n)
    s = np.sign(s) * np.abs(s) ** 0.8
    x, y = np.meshgrid(s, s, indexing="ij")
    px = x * w / 2 * (1 - EARS * (1 - y**2) * np.abs(x) ** 3)
    py = y * h / 2 * (1 - EARS * (1 - x**2) * np.abs(y) ** 3)
    loft = np.clip((1 - x**4) * (1 - y**4), 0, 1) ** 0.5 * (0.55 + 0.45 * (1 - x**2) * (1 - y**2))
    edge = np.clip((1 - np.abs(x)) * (1 - np.abs(y)) * 4, 0, 1)
    radial = np.stack([np.arctan2(y, x) * 1.6, np.hypot(x, y) * 0.5, np.full_like(x, seed * 1.7)], -1)
    pucker = np.exp(-((noise(radial, seed + 2) / 0.3) ** 2)) * np.clip(np.hypot(x, y) - 0.35, 0, 1)
    dent = np.exp(-((x / 0.22) ** 2)) * np.clip((y + 0.2) / 1.2, 0, 1) ** 1.5
    sides = []
    for sign in (1.0, -1.0):
        low = noise(np.stack([px * 6, py * 6, np.full_like(x, seed + sign)], -1), seed)
        z = sign * (t / 2) * loft + sign * edge * (0.010 * low - 0.022 * pucker * t / 0.16)
        p = np.stack([px, py - chop * dent, z * (1 - 0.35 * dent * (chop > 0))], -1)
        sides.append(sheet(p, material, np.stack([px, py], -1), flip=sign < 0))
    offset = len(sides[0].vertices)
    return Part(
        np.concatenate([s.vertices for s in sides]),
        np.concatenate([sides[0].faces, sides[1].faces + offset]).astype(np.int32),
        np.concatenate([s.uv for s in sides]),
        material,
    )


def leaning(p: Part, tilt: float, yaw: float = 0.0) -> Part:
    """Stand a lying pillow up: its face to −y, leaning back by `tilt` degrees from vertical."""
    return p.turned(90 - tilt, "x").turned(yaw)


def nestled(p: Part, against: Sequence[Part]) -> Part:
    """A `pillow` whose filling gives way wherever it would reach into what it lies on, leans on or is wedged beside.

    A cushion cut off in an arc by the sofa behind it is the plainest sign of a drawing.
    """
    points = np.concatenate([q.vertices for q in against])
    normals = np.concatenate([weld_normals(q.vertices, q.faces) for q in against])
    middle = p.vertices.mean(0)
    near = np.abs(points - middle).max(1) < _REACH
    points, normals = points[near], normals[near]
    v = p.vertices.copy()
    front, rear = np.split(v, 2)
    filling = np.minimum(np.linalg.norm(front - rear, axis=1), 0.05)
    for axis, way in ((1, -1.0), (2, 1.0), (0, 1.0), (0, -1.0)):
        facing = (normals[:, axis] * way > 0.5) & ((middle - points)[:, axis] * way > 0.02)
        if axis == 0:  # an arm beside it, not the gap between two seats or two backs
            facing &= (points[:, 1] < middle[1]) & (points[:, 2] > v[:, 2].min() + 0.08)
        if facing.sum() < 8:
            continue
        level = _level(points[facing], np.delete(v, axis, 1), axis, way) + 0.002
        if axis == 1:
            level[: len(filling)] += 0.35 * filling
        v[:, axis] = way * np.maximum(way * v[:, axis], level)
    return replace(p, vertices=v)


_REACH, _CELL, _GRIP = 0.6, 0.12, 0.08
"""metres: what concerns a cushion, the gaps that it bridges, and how far beyond its edge a surface still holds it."""


def _level(surface: F64, at: F64, axis: int, way: float) -> F64:
    """How far a surface of loose points reaches along `way` of an axis at (k, 2) places; -inf where there is none."""
    flat, high = np.delete(surface, axis, 1), way * surface[:, axis]
    cell = np.floor(flat / _CELL).astype(np.int64)
    cell -= cell.min(0)
    key = cell[:, 0] * (int(cell[:, 1].max()) + 1) + cell[:, 1]
    top = np.full(int(key.max()) + 1, -np.inf)
    np.maximum.at(top, key, high)
    outer = high > top[key] - 0.015  # not what lies behind the surface
    count = min(6, int(outer.sum()))
    found = cKDTree(flat[outer]).query(at, k=count)
    distance, nearest = (np.asarray(q).reshape(len(at), count) for q in found)
    weight = 1 / (distance + 0.01) ** 2
    mean = (weight * high[outer][nearest]).sum(1) / weight.sum(1)
    return np.asarray(np.where(distance[:, 0] < _GRIP, mean, -np.inf), np.float64)


def tufts(v: F64, step_x: float, step_z: float) -> F64:
    """Buttons in a diamond lattice on the −y face, with folds running between them."""
    row = np.floor(v[:, 2] / step_z + 0.5)
    offset = (row % 2) * step_x / 2
    dx = (v[:, 0] - offset + step_x / 2) % step_x - step_x / 2
    dz = v[:, 2] - row * step_z
    a, b = v[:, 0] / step_x + v[:, 2] / (2 * step_z), v[:, 0] / step_x - v[:, 2] / (2 * step_z)
    fold = sum(np.exp(-(((((t + 0.5) % 1) - 0.5) / 0.07) ** 2)) for t in (a, b))
    depth = 0.026 * np.exp(-(dx**2 + dz**2) / 0.028**2) + 0.009 * np.minimum(fold, 1)
    front = np.clip(-v[:, 1] / 0.07, 0, 1)
    out = v.copy()
    out[:, 1] += depth * front
    return out


@lru_cache(maxsize=64)
def drape(
    w: float,
    length: float,
    block: tuple[float, float, float, float],
    cells: tuple[int, int],
    seed: int = 0,
    steps: int = 85,
) -> F64:
    """Drop a w × length cloth on a rounded block and let it settle; (n, m, 3) points.

    block = (width, depth, height, edge radius), standing on z = 0 and centred at the origin; the cloth starts
    flat above it, centred. Position-based dynamics (Müller et al. 2007) with
    stretch, shear and bending distances, red-black ordered so that every pass is one array operation.
    """
    n, m = cells
    bw, bd, bh, br = block
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(-w / 2, w / 2, n), np.linspace(-length / 2, length / 2, m), indexing="ij")
    p = np.stack([x, y, np.full_like(x, bh + 0.02)], -1) + rng.normal(0, 0.004, (n, m, 3))
    p[..., :2] += 0.012 * rng.normal(size=2)
    velocity = np.zeros_like(p)
    hx, hy = w / (n - 1), length / (m - 1)
    for _ in range(steps):
        velocity = velocity * 0.96 + np.array([0, 0, -9.81 * 0.012**2])
        before = p.copy()
        p = p + velocity
        for _ in range(3):
            _constrain(p, hx, hy)
            touching = _collide(p, bw / 2, bd / 2, bh, br)[..., None]
            p[..., :2] = np.where(touching, before[..., :2] * FRICTION + p[..., :2] * (1 - FRICTION), p[..., :2])
        velocity = np.clip(p - before, -0.02, 0.02)
    p.setflags(write=False)
    return p


def _constrain(p: F64, hx: float, hy: float) -> None:
    diagonal = float(np.hypot(hx, hy))
    for di, dj, rest, stiff in (
        (1, 0, hx, 0.5), (0, 1, hy, 0.5), (1, 1, diagonal, 0.22), (1, -1, diagonal, 0.22),
        (2, 0, 2 * hx, 0.004), (0, 2, 2 * hy, 0.004),
    ):  # fmt: skip
        for parity in (0, 1):
            step = 2 if max(di, abs(dj)) == 1 else 1
            if step == 1 and parity:
                continue
            along_i = di > 0
            i0 = slice(parity, p.shape[0] - di, step) if along_i else slice(0, p.shape[0])
            j_low, j_high = (0, p.shape[1] - dj) if dj >= 0 else (-dj, p.shape[1])
            j0 = slice(j_low, j_high) if along_i else slice(parity, p.shape[1] - dj, step)
            i1 = slice((i0.start or 0) + di, i0.stop + di, step if along_i else None)
            j1 = slice(j0.start + dj, j0.stop + dj, None if along_i else step)
            delta = p[i1, j1] - p[i0, j0]
            size = np.linalg.norm(delta, axis=-1, keepdims=True)
            push = stiff * (1 - rest / np.maximum(size, 1e-9)) * delta
            p[i0, j0] += push
            p[i1, j1] -= push


def _collide(p: F64, hx: float, hy: float, top: float, r: float) -> Bool:
    """Push points out of the rounded block and off the floor; (n, m) which of them lie on its top."""
    half = np.array([hx - r, hy - r, 1e6])
    centre = np.array([0, 0, top - r - 1e6])
    q = p - centre
    inside = np.clip(q, -half, half)
    away = q - inside
    distance = np.linalg.norm(away, axis=-1)
    touching = (distance < r) & (distance > 1e-9)
    push = np.where(touching, r / np.maximum(distance, 1e-9), 1.0)[..., None]
    out = centre + inside + away * push
    deep = (distance <= 1e-9)[..., None]
    escape = np.stack([p[..., 0], p[..., 1], np.full_like(p[..., 2], top)], -1)
    p[:] = np.where(deep, escape, out)
    p[..., 2] = np.maximum(p[..., 2], 0.012)
    return np.asarray((touching | (distance <= 1e-9)) & (p[..., 2] > top - r / 2), np.bool_)


def thrown(path: F64, across: F64, width: float, material: str, seed: float) -> list[Part]:
    """A woollen throw laid along a (k, 3) path over furniture, `width` wide along the unit vector `across`.

    It lies in loose folds along its length, its hems wander, and it lifts a little where it hangs.
    """
    way = curve(path, 44)
    s, t = np.meshgrid(np.linspace(-0.5, 0.5, 26), np.linspace(0, 1, len(way)), indexing="ij")
    tangent = np.gradient(way, axis=0)
    normal = np.cross(tangent, across)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    at = np.stack([s * 2.6 * width / 0.45, t * 0.9, np.full_like(s, seed)], -1)
    gather = 1 - 0.14 * np.clip(noise(np.stack([t * 1.3, 0 * t, 0 * t], -1), seed + 1), -0.6, 1.2)
    folds = 0.013 * noise(at, seed, 2) + 0.010 * np.exp(-((noise(at * 1.3, seed + 3) / 0.3) ** 2))
    rise = 0.014 + np.maximum(folds, -0.006)
    points = way[None] + across * (s * width * gather)[..., None] + normal[None] * rise[..., None]
    slip = 0.016 * noise(np.stack([s * 1.4, 0 * s, 0 * s], -1), seed + 5) * (2 * t - 1)
    points = points + (tangent / np.linalg.norm(tangent, axis=1, keepdims=True))[None] * slip[..., None]
    top = sheet(points, material)
    rim = np.concatenate([points[:-1, 0], points[-1, :-1], points[:0:-1, -1], points[0, :0:-1]])
    return [top, tube(rim, 0.006, material, 6, closed=True)]


def within(points: F64, low: tuple[float, float], high: tuple[float, float], soft: float = 0.05) -> F64:
    """Ease (…, 3) points back inside low…high in x and y over the last `soft` metres."""
    out = points.copy()
    for k in range(2):
        centre, half = (low[k] + high[k]) / 2, (high[k] - low[k]) / 2
        q = out[..., k] - centre
        beyond = np.maximum(np.abs(q) - (half - soft), 0)
        out[..., k] = centre + np.sign(q) * (np.minimum(np.abs(q), half - soft) + soft * np.tanh(beyond / soft))
    return out


def settled_on(points: F64, under: Part, gap: float, dense: int = 1, near: float = 0.10) -> F64:
    """A cloth, (n, m, 3) refined `dense` times, laid `gap` metres off the one under it: two cloths never mingle.

    Points farther than `near` from the other cloth hang as they did.
    """
    fine = np.stack([zoom(points[..., k], dense, order=3, grid_mode=False) for k in range(3)], -1)
    flat = fine.reshape(-1, 3)
    found = cKDTree(under.vertices).query(flat, k=8)
    distance, nearest = np.asarray(found[0]), np.asarray(found[1])
    normal = weld_normals(under.vertices, under.faces)[nearest]
    weight = 1 / (distance + 0.01)[..., None] ** 2
    weight /= weight.sum(1, keepdims=True)
    along = np.einsum("pkc,pkc->pk", flat[:, None] - under.vertices[nearest], normal)
    off = (along * weight[..., 0]).sum(1)
    held = np.clip(1.5 - distance.min(1) / near, 0, 1)
    out = flat + (normal * weight).sum(1) * ((gap - off) * held)[:, None]
    return np.asarray(out.reshape(fine.shape), np.float64)


def cloth(
    points: F64,
    material: str,
    *,
    loft: float,
    seed: int,
    dense: int = 3,
    hem: float = 0.006,
) -> list[Part]:
    """A settled cloth refined `dense` times, with its own small wrinkles and a thick hem."""
    fine = np.stack([zoom(points[..., k], dense, order=3, grid_mode=False) for k in range(3)], -1)
    n, m = fine.shape[:2]
    wide = np.linalg.norm(np.diff(points, axis=0), axis=-1).sum(0).mean()
    long = np.linalg.norm(np.diff(points, axis=1), axis=-1).sum(1).mean()
    u, v = np.meshgrid(np.linspace(0, wide, n), np.linspace(0, long, m), indexing="ij")
    flat = np.stack([u, v, np.zeros_like(u)], -1)
    skew = np.stack([u * 0.9 + v * 0.5, v * 1.1 - u * 0.4, np.zeros_like(u)], -1) * 2.6
    swirl = skew + 0.35 * noise(flat * 1.8, seed + 1)[..., None]
    creases = np.exp(-((noise(swirl, seed + 4) / 0.25) ** 2))
    height = loft * (0.42 * noise(flat * 2.2, seed, 3) + 0.58 * creases)
    base = sheet(fine, material, np.stack([u, v], -1))
    normal = weld_normals(base.vertices, base.faces)
    top = replace(base, vertices=base.vertices + normal * height.reshape(-1, 1))
    grid = top.vertices.reshape(n, m, 3)
    rim = np.concatenate([grid[:-1, 0], grid[-1, :-1], grid[:0:-1, -1], grid[0, :0:-1]])
    return [top, tube(rim, hem, material, 6, closed=True)]

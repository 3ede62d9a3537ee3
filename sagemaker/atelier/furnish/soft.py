"""Upholstery: cushions, pillows, piping and cloth that falls under its own weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.ndimage import gaussian_filter, maximum_filter
from scipy.spatial import cKDTree

from atelier.furnish.shapes import Part, box, curve, grid_faces, noise, rounded_rectangle, sheet, tube, weld_normals
from atelier.model import F64

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


def thrown(path: F64, across: F64, width: float, material: str, seed: float) -> Part:
    """A woollen throw laid along a (k, 3) path over furniture, `width` wide along the unit vector `across`.

    It lies in soft pleats along its length, closer where it bends and fanned out at its ends, which hang askew.
    """
    way = curve(path, 44)
    s, t = np.meshgrid(np.linspace(-0.5, 0.5, 40), np.linspace(0, 1, len(way)), indexing="ij")
    tangent = np.gradient(way, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    normal = np.cross(tangent, across)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    free = np.abs(2 * t - 1) ** 1.5
    lean = s + 0.10 * (t - 0.5) * noise(np.stack([0 * s, t, np.full_like(s, seed)], -1), seed + 1)
    pleat = noise(np.stack([lean * 1.5 * width / 0.42, t * 0.35, np.full_like(s, seed)], -1), seed, 2)
    rise = 0.012 + (0.010 + 0.014 * free) * np.clip(pleat + 0.5, 0, 1.8)
    skew = (0.05 * s + 0.03 * noise(np.stack([s * 1.2, 0 * s, 0 * s], -1), seed + 5)) * (2 * t - 1) * free
    points = way[None] + across * (s * width * (0.84 + 0.16 * free))[..., None] + normal[None] * rise[..., None]
    points = points + tangent[None] * skew[..., None]
    up = weld_normals(points.reshape(-1, 3), grid_faces(*points.shape[:2])).reshape(points.shape)
    up = up * np.sign((up * normal[None]).sum(-1, keepdims=True))
    return sheet(_hemmed(points, up, rise), material)


def laid(flat: F64, under: Part, gap: float, material: str, loft: float, seed: float, roll: float = 0.0) -> Part:
    """A cloth that lies on `under`, whose uv is itself unrolled, metres: it follows every fold and never cuts in.

    flat: (n, m, 2) where the cloth's points lie on the unrolled surface. It is `gap` thick, its hems close the gap
    to what they lie on; folds up to `loft` metres high run along its first axis. roll: how far the hem at the end of
    the second axis turns down over the edge that it covers.
    """
    points, around = _followed(flat, under)
    up = weld_normals(points.reshape(-1, 3), grid_faces(*points.shape[:2])).reshape(points.shape)
    folded = np.stack([flat[..., 0] * 0.6, flat[..., 1] * 5.0, np.full(flat.shape[:2], seed)], -1)
    crease = np.exp(-((noise(folded * 1.2, seed + 4) / 0.25) ** 2))
    # over hollows it lies on their rims, as cloth does
    over = np.einsum("nmkc,nmc->nmk", around - points[:, :, None], up).max(-1)
    bridged = gaussian_filter(maximum_filter(np.maximum(over, 0.0), 3), 1.0)
    height = bridged + gap + loft * np.clip(0.5 * noise(folded, seed, 2) + 0.5 * crease, -0.2, 1.6)
    down = np.maximum(roll - gap, 0.0) * (0.25 + 0.75 * np.clip(up[:, -1, 2], 0, 1))
    return sheet(_hemmed(points + up * height[..., None], up, height, down), material)


def _followed(flat: F64, under: Part) -> tuple[F64, F64]:
    """Places on `under`'s surface for (n, m, 2) places on it unrolled, and its vertices round each, (n, m, k, 3).

    Moving least squares over the nearest vertices.

    A triangulation of the unrolled points degenerates where rings of them meet, and searching it took seconds.
    """
    at = flat.reshape(-1, 2)
    near = ((under.uv >= at.min(0) - 0.2) & (under.uv <= at.max(0) + 0.2)).all(1)
    distance, index = (np.asarray(q) for q in cKDTree(under.uv[near]).query(at, k=_NEIGHBOURS))
    weight = np.exp(-((distance / distance[:, 4:5]) ** 2))
    away = under.uv[near][index] - at[:, None]
    basis = np.concatenate([np.ones((*away.shape[:2], 1)), away], -1)
    weighted = basis * weight[..., None]
    normal = np.einsum("pki,pkj->pij", weighted, basis) + np.diag([0.0, 1e-7, 1e-7])
    around = under.vertices[near][index]
    values = np.einsum("pki,pkc->pic", weighted, around)
    points = np.asarray(np.linalg.solve(normal, values)[:, 0], np.float64)
    return points.reshape(*flat.shape[:2], 3), around.reshape(*flat.shape[:2], _NEIGHBOURS, 3)


_NEIGHBOURS = 10


def _hemmed(points: F64, up: F64, height: F64, roll: F64 | None = None) -> F64:
    """The (n, m, 3) cloth, `height` (n, m) above what it lies on, its four hems rounded and brought down to that.

    roll: how much farther down the hem at the end of the second axis goes, (n,).
    """
    field = np.concatenate([points, up, height[..., None]], -1)
    for axis in (1, 0):
        rows, hems = np.moveaxis(field, axis, 0), list[list[F64]]()
        for end, inner in ((rows[0], rows[1]), (rows[-1], rows[-2])):
            out = end[:, :3] - inner[:, :3]
            out = out * (0.5 * _HEM / np.maximum(np.linalg.norm(out, axis=-1, keepdims=True), 1e-9))
            deep = end[:, 6:] + 0.5 * _HEM
            if roll is not None and hems and axis == 1:
                deep = deep + roll[:, None]
            turned = end[:, :3] + out
            levels = (turned - 0.4 * _HEM * end[:, 3:6], turned - deep * end[:, 3:6])
            hems.append([np.concatenate([level, end[:, 3:]], -1) for level in levels])
        (a1, a2), (b1, b2) = hems
        field = np.moveaxis(np.concatenate([[a2, a1], rows, [b1, b2]]), 0, axis)
    return np.asarray(field[..., :3], np.float64)


_HEM = 0.012
"""thickness of a hem, metres."""


def rested(p: Part, behind: Sequence[Part], dent: float) -> Part:
    """The pillow brought forward (−y) until it reaches no more than `dent` metres into what stands behind it."""
    points = np.concatenate([q.vertices for q in behind]) if behind else np.zeros((0, 3))
    keys = [np.floor(v[:, [0, 2]] / _WEAVE).astype(np.int64) + 4096 for v in (p.vertices, points)]
    mine, theirs = (k[:, 0] * 8192 + k[:, 1] for k in keys)
    cells, place = np.unique(theirs, return_inverse=True)
    front = np.full(len(cells), np.inf)
    np.minimum.at(front, place, points[:, 1])
    found = np.searchsorted(cells, mine).clip(max=max(len(cells) - 1, 0))
    shared = cells[found] == mine if len(cells) else np.zeros(len(mine), bool)
    over = p.vertices[shared, 1] - front[found[shared]] if shared.any() else np.zeros(1)
    return p.moved(y=-max(0.0, float(over.max()) - dent))


_WEAVE = 0.03
"""metres: places compared by `rested`; pillows have a point in each."""

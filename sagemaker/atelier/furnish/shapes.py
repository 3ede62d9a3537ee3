"""Mesh primitives. All lengths in metres, angles in degrees; every primitive is centred as its docstring says.

A `Part` is geometry still being assembled (float64, one material); `finish` turns parts into a `Furniture`.
Wood parts carry their grain along u. `fitted` parts map the whole texture once (u, v in 0…1, v downwards).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.ndimage import map_coordinates

from atelier.model import F32, F64, I32, Furniture, Mesh

FIT_TOLERANCE = 0.12
"""largest relative correction `finish` may make to reach the stated size."""
MIN_FACE_AREA = 1e-9
FINE_EDGE = 0.006


@dataclass(frozen=True)
class Part:
    """Triangles of one material. vertices (V, 3), faces (F, 3), uv (V, 2) in metres (or 0…1 when fitted)."""

    vertices: F64
    faces: I32
    uv: F64
    material: str
    fitted: bool = False

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Part:
        return replace(self, vertices=self.vertices + np.array([x, y, z]))

    def turned(self, degrees: float, axis: str = "z") -> Part:
        """Counter-clockwise about the axis, seen from its positive end."""
        return replace(self, vertices=self.vertices @ rotation(degrees, axis).T)

    def scaled(self, sx: float, sy: float, sz: float) -> Part:
        return replace(self, vertices=self.vertices * np.array([sx, sy, sz]))

    def warped(self, move: Callable[[F64], F64]) -> Part:
        return replace(self, vertices=move(self.vertices))

    def of(self, material: str) -> Part:
        return replace(self, material=material)


def rotation(degrees: float, axis: str) -> F64:
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    i, j = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    R = np.eye(3)
    R[i, i], R[j, j], R[i, j], R[j, i] = c, c, -s, s
    return R


def place(parts: Sequence[Part], x: float = 0.0, y: float = 0.0, z: float = 0.0, yaw: float = 0.0) -> list[Part]:
    return [p.turned(yaw).moved(x, y, z) if yaw else p.moved(x, y, z) for p in parts]


def grid_faces(n: int, m: int, flip: bool = False) -> I32:
    """Two triangles per cell of an (n, m) vertex grid; normals along ∂i × ∂j unless flipped."""
    a = (np.arange(n - 1)[:, None] * m + np.arange(m - 1)[None]).ravel()
    faces = np.r_[np.c_[a, a + m, a + m + 1], np.c_[a, a + m + 1, a + 1]]
    return np.asarray(faces[:, ::-1] if flip else faces, np.int32)


def sheet(points: F64, material: str, uv: F64 | None = None, flip: bool = False, fitted: bool = False) -> Part:
    """A surface through an (n, m, 3) grid of points."""
    n, m = points.shape[:2]
    if uv is None:
        du = np.linalg.norm(np.diff(points, axis=0), axis=-1).mean(1)
        dv = np.linalg.norm(np.diff(points, axis=1), axis=-1).mean(0)
        uv = np.stack(np.meshgrid(np.r_[0, np.cumsum(du)], np.r_[0, np.cumsum(dv)], indexing="ij"), -1)
    return Part(points.reshape(-1, 3), grid_faces(n, m, flip), uv.reshape(-1, 2), material, fitted)


def columns(*values: ArrayLike) -> F64:
    """Coordinates side by side: 1-d arrays or numbers (spread over the others' length) and (n, k) blocks."""
    arrays = [np.asarray(v, np.float64) for v in values]
    n = max(a.shape[0] for a in arrays if a.ndim)
    return np.concatenate([(a if a.ndim == 2 else np.broadcast_to(a, (n,))[:, None]) for a in arrays], axis=1)


def weld_normals(vertices: F64, faces: I32) -> F64:
    """Area-weighted unit normals (V, 3), shared by vertices at the same place (to 0.1 mm)."""
    q = np.round(vertices * 1e4).astype(np.int64) + (1 << 20)
    _, group = np.unique(q[:, 0] | (q[:, 1] << 21) | (q[:, 2] << 42), return_inverse=True)
    v = vertices[faces]
    cross = np.cross(v[:, 1] - v[:, 0], v[:, 2] - v[:, 0])
    count = int(group.max()) + 1
    corners = group[faces].ravel()
    total = np.stack([np.bincount(corners, np.repeat(cross[:, k], 3), count) for k in range(3)], -1)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    unit = np.where(length > 1e-14, total / np.maximum(length, 1e-14), np.array([0.0, 0.0, 1.0]))
    return np.asarray(unit[group], np.float64)


@cache
def _noise_volume() -> F64:
    """A periodic 32³ volume of smooth unit-variance noise (Gaussian spectrum, one bump per 4 voxels)."""
    k = np.fft.fftfreq(32)
    radius2 = k[:, None, None] ** 2 + k[None, :, None] ** 2 + k[None, None, :] ** 2
    white = np.random.default_rng(20).normal(size=(32, 32, 32))
    smooth = np.fft.ifftn(np.fft.fftn(white) * np.exp(-radius2 * 60)).real
    return np.asarray(smooth / smooth.std(), np.float64)


def noise(points: F64, seed: float = 0.0, octaves: int = 1) -> F64:
    """Smooth noise of about unit variance at (..., 3) points; features are about one unit wide."""
    p = np.asarray(points, np.float64)
    total, gain = np.zeros(p.shape[:-1]), 1.0
    for octave in range(octaves):
        q = p * (4.0 * 2**octave) + np.array([7.31, 3.77, 5.13]) * (seed + 11 * octave)
        sample = map_coordinates(_noise_volume(), q.reshape(-1, 3).T, order=1, mode="grid-wrap")
        total += gain * sample.reshape(total.shape)
        gain *= 0.5
    return total


def _ticks(half: float, radius: float, core: int, bevel: int) -> F64:
    edge = half - radius + radius * np.sin(np.linspace(0, np.pi / 2, bevel + 1))[1:]
    return np.concatenate([-edge[::-1], np.linspace(-(half - radius), half - radius, core), edge])


def box(w: float, d: float, h: float, material: str, r: float = 0.004, core: int = 2, bevel: int | None = None) -> Part:
    """A rounded box centred on the origin; grain (u) runs along its longest side, at its ends along
    the longer one there; the longest side is cut into `core` pieces.

    An edge of up to 6 mm is one pixel wide in a picture of a room: two facets under smooth normals round it.
    """
    bevel = (1 if r <= FINE_EDGE else 2) if bevel is None else bevel
    half = np.array([w, d, h]) / 2
    r = min(r, float(half.min()) * 0.96)
    grain, across = (int(k) for k in np.argsort(-half, kind="stable")[:2])
    if core > 2:
        vertices, faces, uv, _ = _rounded(half, r, core, bevel, grain, across)
        return Part(vertices, faces, uv, material)
    # without inner cells every vertex belongs to a corner: any such box is one block with its corners moved
    vertices, faces, uv, axes = _block(r, bevel, grain, across)
    grown = vertices + np.sign(vertices) * (half - _BLOCK)
    return Part(grown, faces, uv + np.sign(uv) * (half - _BLOCK)[axes], material)


_BLOCK = 10.0


@lru_cache(maxsize=128)
def _block(r: float, bevel: int, grain: int, across: int) -> tuple[F64, I32, F64, I32]:
    return _rounded(np.full(3, _BLOCK), r, 2, bevel, grain, across)


def _rounded(half: F64, r: float, core: int, bevel: int, grain: int, across: int) -> tuple[F64, I32, F64, I32]:
    """Vertices, faces, uv and which axis each uv runs along, of a rounded box of these half sizes.

    u runs along `grain`, at the two ends along `across`: a lipped edge, as boards have that are seen end on.
    """
    vertices, faces, uvs, axes, offset = [], [], [], [], 0
    for axis in range(3):
        a, b = [(1, 2), (2, 0), (0, 1)][axis]
        u, v = (_ticks(half[k], r, max(2, round(core * half[k] / half[grain])), bevel) for k in (a, b))
        uu, vv = np.meshgrid(u, v, indexing="ij")
        for sign in (-1.0, 1.0):
            p = np.zeros((*uu.shape, 3))
            p[..., a], p[..., b], p[..., axis] = uu, vv, sign * half[axis]
            inside = np.clip(p, -(half - r), half - r)
            away = p - inside
            p = inside + r * away / np.linalg.norm(away, axis=-1, keepdims=True)
            vertices.append(p.reshape(-1, 3))
            turned = b == (across if axis == grain else grain)
            order = (b, a) if turned else (a, b)
            uvs.append(np.stack([vv, uu] if turned else [uu, vv], -1).reshape(-1, 2))
            axes.append(np.tile(np.array(order, np.int32), (uu.size, 1)))
            faces.append(grid_faces(len(u), len(v), flip=sign < 0) + offset)
            offset += uu.size
    return np.concatenate(vertices), np.concatenate(faces), np.concatenate(uvs), np.concatenate(axes)


def lathe(profile: ArrayLike, material: str, n: int = 40) -> Part:
    """Turns a (k, 2) profile of (radius, z) about the z axis; profile from the bottom up faces outwards."""
    pr = np.asarray(profile, np.float64)
    angle = np.linspace(0, 2 * np.pi, n + 1)
    length = np.r_[0, np.cumsum(np.hypot(*np.diff(pr, axis=0).T))]
    p = np.stack([pr[:, :1] * np.cos(angle), pr[:, :1] * np.sin(angle), np.repeat(pr[:, 1:], n + 1, 1)], -1)
    uv = np.stack(np.meshgrid(length, angle * pr[:, 0].max(), indexing="ij"), -1)
    return sheet(p, material, uv, flip=True)


def disc(radius: float, thickness: float, material: str, n: int = 56, edge: float = 0.005) -> Part:
    """A round top with softened edges, its underside at z = 0; grain runs straight across, on its rim along it."""
    t, e = thickness, min(edge, thickness * 0.45)
    profile = [(0, 0), (radius - e, 0), (radius - e * 0.3, e * 0.3), (radius, e), (radius, t - e)]
    profile += [(radius - e * 0.3, t - e * 0.3), (radius - e, t), (radius * 0.5, t), (0, t)]
    low, side, high = (lathe(rows, material, n) for rows in (profile[:3], profile[2:7], profile[6:]))
    caps = [replace(cap, uv=cap.vertices[:, :2]) for cap in (low, high)]
    return joined([*caps, replace(side, uv=side.uv[:, ::-1])])


def joined(parts: Sequence[Part]) -> Part:
    """Parts of one material as one: where they touch they are shaded as one surface."""
    offsets = np.cumsum([0, *(len(p.vertices) for p in parts)])
    faces = [p.faces + int(o) for p, o in zip(parts, offsets, strict=False)]
    return Part(
        np.concatenate([p.vertices for p in parts]), np.concatenate(faces).astype(np.int32),
        np.concatenate([p.uv for p in parts]), parts[0].material,
    )  # fmt: skip


def tube(path: ArrayLike, radius: ArrayLike, material: str, n: int = 10, closed: bool = False) -> Part:
    """Sweeps a circle along a (k, 3) path; radius is one number or k. Open ends are capped."""
    p = np.asarray(path, np.float64)
    r = np.broadcast_to(np.asarray(radius, np.float64), (len(p),)).copy()
    if closed:
        tangent = np.roll(p, -1, 0) - np.roll(p, 1, 0)
        p, r, tangent = np.r_[p, p[:1]], np.r_[r, r[:1]], np.r_[tangent, tangent[:1]]
    else:
        tangent = np.gradient(p, axis=0)
        p, r, tangent = np.r_[p[:1], p, p[-1:]], np.r_[1e-4, r, 1e-4], np.r_[tangent[:1], tangent, tangent[-1:]]
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    side = np.zeros_like(p)
    x = np.array([0.0, 0.0, 1.0]) if abs(tangent[0, 2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    for i, t in enumerate(tangent):  # parallel transport keeps the ring from twisting
        x = x - t * (x @ t)
        x /= np.linalg.norm(x)
        side[i] = x
    up = np.cross(tangent, side)
    angle = np.linspace(0, 2 * np.pi, n + 1)[None, :, None]
    ring = p[:, None] + r[:, None, None] * (np.cos(angle) * side[:, None] + np.sin(angle) * up[:, None])
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1))]
    uv = np.stack(np.meshgrid(length, angle[0, :, 0] * float(r.max()), indexing="ij"), -1)
    return sheet(ring, material, uv)


def line(a: ArrayLike, b: ArrayLike, k: int = 2) -> F64:
    start, end = np.asarray(a, np.float64), np.asarray(b, np.float64)
    return start + (end - start) * np.linspace(0, 1, k)[:, None]


def curve(points: ArrayLike, k: int = 24) -> F64:
    """A Catmull-Rom curve through (n, 3) points, k samples."""
    p = np.asarray(points, np.float64)
    p = np.r_[2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]]
    t = np.linspace(0, len(p) - 3 - 1e-9, k)
    i, f = t.astype(int), (t % 1)[:, None]
    a, b, c, d = p[i], p[i + 1], p[i + 2], p[i + 3]
    out = 0.5 * (2 * b + (c - a) * f + (2 * a - 5 * b + 4 * c - d) * f**2 + (3 * b - a - 3 * c + d) * f**3)
    return np.asarray(out, np.float64)


def rounded_rectangle(w: float, d: float, r: float, k: int = 6) -> F64:
    """(4k, 2) closed outline, counter-clockwise."""
    a = np.linspace(0, np.pi / 2, k)
    quarter = np.c_[np.cos(a), np.sin(a)] * r
    corners = [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    turns = [quarter @ rotation(90 * i, "z")[:2, :2].T for i in range(4)]
    return np.concatenate(
        [q + np.array([sx * (w / 2 - r), sy * (d / 2 - r)]) for q, (sx, sy) in zip(turns, corners, strict=True)]
    )


def finish(
    piece: str, name: str, size: tuple[float, float, float], parts: Sequence[Part], tolerance: float = FIT_TOLERANCE
) -> Furniture:
    """Weld, shade and merge parts by material; correct the last few per cent to the stated size.

    Soft shapes bulge by centimetres; the stated size is what layout reasons with, so it wins.
    Raises ValueError when the parts miss the size by more than `tolerance`: that is a builder's error.
    """
    everything = np.concatenate([p.vertices for p in parts])
    low, high = everything.min(0), everything.max(0)
    factor = np.asarray(size) / (high - low)
    if np.abs(factor - 1).max() > tolerance:
        raise ValueError(f"{piece}: built {np.round(high - low, 3)} m for a stated size of {size} m")
    shift = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    groups: dict[str, list[tuple[F32, I32, F32, F32]]] = {}
    for index, part in enumerate(parts):
        vertices = (part.vertices - shift) * factor
        # boards cut from one texture must not show the same knot: each part starts elsewhere on it
        jump = np.zeros(2) if part.fitted else np.array([0.618, 0.414]) * index
        groups.setdefault(part.material, []).append(_shaded(vertices, part.faces, part.uv + jump))
    return Furniture(piece, name, size, tuple(_joined(material, group) for material, group in groups.items()))


def _shaded(vertices: F64, faces: I32, uv: F64) -> tuple[F32, I32, F32, F32]:
    v = vertices[faces]
    area = np.linalg.norm(np.cross(v[:, 1] - v[:, 0], v[:, 2] - v[:, 0]), axis=1) / 2
    kept = faces[area > MIN_FACE_AREA]
    normals = weld_normals(vertices, kept)
    used, compact = np.unique(kept, return_inverse=True)
    new_faces = compact.reshape(-1, 3).astype(np.int32)
    return vertices[used].astype(np.float32), new_faces, normals[used].astype(np.float32), uv[used].astype(np.float32)


def _joined(material: str, group: Sequence[tuple[F32, I32, F32, F32]]) -> Mesh:
    offsets = np.r_[0, np.cumsum([len(g[0]) for g in group])]
    faces = np.concatenate([g[1] + int(o) for g, o in zip(group, offsets, strict=False)]).astype(np.int32)
    return Mesh(
        np.concatenate([g[0] for g in group]),
        faces,
        np.concatenate([g[2] for g in group]),
        np.concatenate([g[3] for g in group]),
        material,
    )

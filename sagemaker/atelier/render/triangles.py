"""Meshes made ready for rays: one list of triangles, long ones divided, vertices clustered for the bake."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from atelier.model import F32, I32, Mesh

LONGEST_EDGE_M = 0.25
"""Irradiance is baked at vertices: larger triangles would smear a shadow over a whole table top."""
_NODE_M = 0.035
"""Vertices this close that face the same way share one irradiance."""


@dataclass(frozen=True)
class Geometry:
    vertices: F32
    normals: F32
    uv: F32
    faces: I32
    material: I32


def refined(mesh: Mesh) -> Mesh:
    """Without degenerate triangles, with long ones bisected at their longest edge."""
    v, n, uv, f = mesh.vertices, mesh.normals, mesh.uv, mesh.faces
    area = np.linalg.norm(np.cross(v[f[:, 1]] - v[f[:, 0]], v[f[:, 2]] - v[f[:, 0]]), axis=1)
    f = f[area > 1e-13]
    for _ in range(12):
        edges = np.linalg.norm(v[np.roll(f, -1, 1)] - v[f], axis=2)
        long = np.flatnonzero(edges.max(1) > LONGEST_EDGE_M) if len(f) else np.empty(0, np.intp)
        if not len(long):
            break
        turn = edges[long].argmax(1)
        a, b, c = (f[long, (turn + k) % 3] for k in range(3))
        middle = (len(v) + np.arange(len(long))).astype(np.int32)
        normal = n[a] + n[b]
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        v = np.concatenate([v, (v[a] + v[b]) / 2])
        n, uv = np.concatenate([n, normal]), np.concatenate([uv, (uv[a] + uv[b]) / 2])
        keep = np.delete(f, long, 0)
        f = np.concatenate([keep, np.stack([a, middle, c], 1), np.stack([middle, b, c], 1)])
    return Mesh(v.astype(np.float32), f.astype(np.int32), n.astype(np.float32), uv.astype(np.float32), mesh.material)


def merge(meshes: list[Mesh], names: list[str]) -> Geometry:
    starts = np.cumsum([0] + [len(m.vertices) for m in meshes])
    return Geometry(
        np.concatenate([m.vertices for m in meshes]).astype(np.float32),
        np.concatenate([m.normals for m in meshes]).astype(np.float32),
        np.concatenate([m.uv for m in meshes]).astype(np.float32),
        np.concatenate([m.faces + s for m, s in zip(meshes, starts, strict=False)]).astype(np.int32),
        np.concatenate([np.full(len(m.faces), names.index(m.material)) for m in meshes]).astype(np.int32),
    )


@dataclass(frozen=True)
class Nodes:
    """Clusters of vertices that share one irradiance a side: of one material, in one cell, facing one main way."""

    of_vertex: I32
    positions: F32
    normals: F32
    uv: F32
    material: I32


def cluster(g: Geometry) -> Nodes:
    """One real vertex stands for its cell: a mean position could lie inside the piece."""
    cell = np.floor(g.vertices / _NODE_M).astype(np.int64)
    cell -= cell.min(0)
    size = cell.max(0) + 1
    axis = np.abs(g.normals).argmax(1)
    facing = axis * 2 + (np.take_along_axis(g.normals, axis[:, None], 1)[:, 0] < 0)
    material = np.zeros(len(g.vertices), np.int32)
    material[g.faces] = g.material[:, None]
    key = ((cell[:, 0] * size[1] + cell[:, 1]) * size[2] + cell[:, 2]) * 6 + facing
    key = key * (int(material.max()) + 1) + material
    _, first, node = np.unique(key, return_index=True, return_inverse=True)
    return Nodes(node.astype(np.int32), g.vertices[first], g.normals[first], g.uv[first], material[first])


def face_sides(g: Geometry) -> F32:
    """(F, 4) unit normal of each face on the side its vertices' normals are on, and its material."""
    a, b, c = (g.vertices[g.faces[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-20)
    mean = g.normals[g.faces].sum(1)
    away = (normal * mean).sum(1) < 0
    normal[away] = -normal[away]
    return np.concatenate([normal, g.material[:, None]], 1).astype(np.float32)

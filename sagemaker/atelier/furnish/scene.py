"""From a layout to a scene: pieces built, small things put on empty tops, all in world coordinates."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from atelier.furnish.catalogue import CATALOGUE, build
from atelier.furnish.dressing import dressed
from atelier.furnish.materials import material, mean_hex
from atelier.furnish.style_index import palette_of
from atelier.model import F32, F64, Furniture, Mesh, Placement, Scene
from engine_contract import PlacedPiece

_THREADS = min(os.cpu_count() or 1, 4)


def _height(placements: Sequence[Placement], p: Placement) -> float:
    """Where a piece stands: its own z, or the top of what it stands on."""
    if p.on is None:
        return p.z
    base = placements[p.on]
    top = CATALOGUE[base.piece].surface(base.size_m)
    return _height(placements, base) + (base.size_m[2] if top is None else top)


def _built(p: Placement, style: str, seed: int) -> Furniture:
    return build(p.piece, p.size_m, style, seed, p.variant)


def furnish(placements: Sequence[Placement], style: str, seed: int) -> Scene:
    """Every placement as triangles in world coordinates, one mesh per material, tops dressed.

    Deterministic in its arguments. Raises KeyError for an unknown piece or style.
    """
    everything = dressed(placements, seed, palette_of(style, seed).clutter)
    groups: dict[str, list[tuple[Mesh, F32, F32]]] = {}
    for p in everything:
        a = np.deg2rad(p.yaw_deg)
        R = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
        origin: F64 = np.array([p.x, p.y, _height(everything, p)])
        for mesh in _built(p, style, seed).meshes:
            v = (mesh.vertices @ R.T + origin).astype(np.float32)
            groups.setdefault(mesh.material, []).append((mesh, v, (mesh.normals @ R.T).astype(np.float32)))
    meshes = tuple(_merged(name, group) for name, group in groups.items())
    with ThreadPoolExecutor(_THREADS) as pool:  # pictures and weaves are large arrays, which leave Python to others
        return Scene(meshes, dict(zip(groups, pool.map(material, groups), strict=True)))


def _merged(name: str, group: Sequence[tuple[Mesh, F32, F32]]) -> Mesh:
    offsets = np.cumsum([0, *(len(v) for _, v, _ in group)])
    faces = np.concatenate([m.faces + int(o) for (m, _, _), o in zip(group, offsets, strict=False)]).astype(np.int32)
    return Mesh(
        np.concatenate([v for _, v, _ in group]),
        faces,
        np.concatenate([n for _, _, n in group]),
        np.concatenate([m.uv for m, _, _ in group]),
        name,
    )


def describe(placements: Sequence[Placement], style: str, seed: int) -> list[PlacedPiece]:
    """What stands in the room, for the manifest: name, size, pose and the three colours that cover most of it."""
    everything = dressed(placements, seed, palette_of(style, seed).clutter)
    out = []
    for p in everything:
        piece = _built(p, style, seed)
        area: dict[str, float] = {}
        for mesh in piece.meshes:
            v = mesh.vertices[mesh.faces]
            doubled = np.linalg.norm(np.cross(v[:, 1] - v[:, 0], v[:, 2] - v[:, 0]), axis=1).sum()
            colour = mean_hex(material(mesh.material))
            area[colour] = area.get(colour, 0.0) + float(doubled)
        colours = sorted(area, key=lambda c: (-area[c], c))[:3]
        placed = replace(p, z=_height(everything, p))
        out.append(
            PlacedPiece(
                piece=p.piece, name=piece.name, size_m=p.size_m, position_m=(placed.x, placed.y, placed.z),
                yaw_deg=p.yaw_deg, colours=colours,
            )
        )  # fmt: skip
    return out

"""From a layout to a scene: pieces built, small things put on empty tops, all in world coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from atelier.furnish.catalogue import CATALOGUE, SizeClass, build
from atelier.furnish.materials import material, mean_hex
from atelier.model import F32, F64, Furniture, Mesh, Placement, Scene
from engine_contract import PlacedPiece

Thing = tuple[str, SizeClass, float, float, float]
"""(piece, size, x and y as fractions of the half size of what it stands on, turn in degrees)."""

_LAMP_LEFT: Thing = ("table-lamp", "M", -0.70, 0.1, 0)
_LAMP_RIGHT: Thing = ("table-lamp", "M", 0.70, 0.0, 0)

DRESSING: dict[str, tuple[tuple[Thing, ...], ...]] = {
    "coffee-table": (
        (("books", "M", -0.42, 0.15, 12), ("vase", "S", 0.45, 0.0, 0), ("bowl", "S", 0.02, -0.25, 0)),
        (("tray", "M", -0.30, 0.0, 4), ("books", "S", 0.52, 0.1, -14)),
        (("books", "L", 0.40, 0.0, -8), ("vase", "S", -0.45, 0.1, 0)),
    ),
    "coffee-table-round": (
        (("tray", "S", -0.25, 0.1, 14), ("vase", "S", 0.42, 0.25, 0)),
        (("books", "M", -0.2, -0.2, 24), ("bowl", "S", 0.40, 0.30, 0)),
    ),
    "side-table": ((("books", "S", 0.0, 0.0, 16),), (("bowl", "S", 0.0, 0.0, 0),), (("sculpture", "S", 0.0, 0.0, 20),)),
    "nightstand": ((("table-lamp", "M", 0.0, 0.15, 0),),),
    "console": (
        (_LAMP_LEFT, ("books", "M", 0.05, 0.0, 6), ("vase", "M", 0.66, 0.0, 0)),
        (("vase", "M", -0.62, 0.0, 0), ("sculpture", "M", 0.0, 0.0, 10), _LAMP_RIGHT),
    ),
    "sideboard": (
        (_LAMP_LEFT, ("bowl", "M", -0.05, -0.1, 0), ("books", "M", 0.40, 0.0, -5), ("vase", "M", 0.74, 0.0, 0)),
        (("vase", "L", -0.66, 0.0, 0), ("tray", "M", 0.05, 0.0, 3), _LAMP_RIGHT),
    ),
    "dresser": ((_LAMP_LEFT, ("tray", "S", 0.05, -0.1, 5), ("plant-small", "M", 0.66, 0.0, 0)),),
    "bench": ((("throw", "M", 0.55, 0.0, 0),), (("books", "M", -0.5, 0.0, 8),)),
    "ottoman": ((("tray", "S", 0.0, 0.0, 6),), (("throw", "S", 0.1, 0.0, -7),)),
    "dining-table": (
        (("vase", "M", 0.0, 0.0, 0),),
        (("bowl", "L", 0.0, 0.0, 0),),
        (("vase", "M", -0.14, 0.0, 0), ("bowl", "M", 0.24, 0.1, 0)),
    ),
    "dining-table-round": ((("vase", "M", 0.0, 0.0, 0),), (("bowl", "L", 0.0, 0.0, 0),)),
    "desk": (
        (
            ("laptop", "M", 0.0, -0.05, 0),
            ("desk-lamp", "M", 0.68, 0.35, 0),
            ("books", "M", -0.66, 0.2, 8),
            ("plant-small", "S", -0.72, -0.45, 0),
        ),
    ),
}
"""What lives on a bare top: per piece, some alternatives to choose from."""


def dressed(placements: Sequence[Placement], seed: int) -> tuple[Placement, ...]:
    """The placements plus small things on every top nobody stands on; what was given keeps its index."""
    out = list(placements)
    taken = {p.on for p in placements if p.on is not None}
    for index, base in enumerate(placements):
        if index in taken or base.piece not in DRESSING:
            continue
        choices = DRESSING[base.piece]
        rng = np.random.default_rng([seed, base.variant, len(base.piece)])
        for k, (piece, size, fx, fy, turn) in enumerate(choices[int(rng.integers(len(choices)))]):
            out.append(_standing_on(base, index, piece, CATALOGUE[piece].size(size), (fx, fy), turn, base.variant + k))
    return tuple(out)


def _standing_on(
    base: Placement, index: int, piece: str, size: tuple[float, float, float], where: tuple[float, float], turn: float,
    variant: int,
) -> Placement:  # fmt: skip
    """`where` is −1…1 across the base; the thing is kept a centimetre inside the edge."""
    limit = [max(0.0, (b - s) / 2 - 0.01) for b, s in zip(base.size_m[:2], size[:2], strict=True)]
    local = [float(np.clip(f * b / 2, -m, m)) for f, b, m in zip(where, base.size_m[:2], limit, strict=True)]
    a = np.deg2rad(base.yaw_deg)
    x = base.x + local[0] * float(np.cos(a)) - local[1] * float(np.sin(a))
    y = base.y + local[0] * float(np.sin(a)) + local[1] * float(np.cos(a))
    return Placement(piece, size, x, y, 0.0, base.yaw_deg + turn, variant, on=index)


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
    everything = dressed(placements, seed)
    groups: dict[str, list[tuple[Mesh, F32, F32]]] = {}
    for p in everything:
        a = np.deg2rad(p.yaw_deg)
        R = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
        origin: F64 = np.array([p.x, p.y, _height(everything, p)])
        for mesh in _built(p, style, seed).meshes:
            v = (mesh.vertices @ R.T + origin).astype(np.float32)
            groups.setdefault(mesh.material, []).append((mesh, v, (mesh.normals @ R.T).astype(np.float32)))
    meshes = tuple(_merged(name, group) for name, group in groups.items())
    return Scene(meshes, {name: material(name) for name in groups})


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
    everything = dressed(placements, seed)
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

"""From a `Scene` and a `Light` to the flat arrays the kernels read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import warp as wp
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from atelier.model import F32, I32, U8, Camera, Light, Material, Scene
from atelier.render.accel import Accelerator
from atelier.render.footing import find_footing
from atelier.render.kernels.structs import CELLS, FACE, FLOOR, World
from atelier.render.runtime import upload, upload_vec3
from atelier.render.sequence import sequence_table
from atelier.render.triangles import LONGEST_EDGE_M, Geometry, cluster, face_sides, merge, refined

FACE_ORDER = ("back", "left", "right", "ceiling", "rear", "floor")
_CLEARANCE_CELL_M = 0.1
_BULB_RADIUS_M = 0.12


@dataclass(frozen=True)
class BuiltWorld:
    """The kernels' struct with the arrays and the ray accelerator that must outlive it."""

    struct: Any
    node_positions: Any
    node_normals: Any
    node_material: Any
    node_uv: Any
    accelerator: Accelerator

    @property
    def nodes(self) -> int:
        return len(self.node_positions)


def linearise(values: NDArray[Any]) -> F32:
    """sRGB 0…1 → linear (IEC 61966-2-1)."""
    a = np.asarray(values, np.float32)
    return np.where(a <= 0.04045, a / 12.92, ((a + 0.055) / 1.055) ** 2.4).astype(np.float32)


def build_world(scene: Scene, light: Light, camera: Camera, samples: int) -> BuiltWorld:
    """Upload everything, with random numbers for `samples` a pixel.

    Raises ValueError for a scene without triangles or with unknown materials.
    """
    names = sorted({m.material for m in scene.meshes})
    unknown = [n for n in names if n not in scene.materials]
    if unknown or not scene.meshes:
        raise ValueError(f"the scene needs meshes with known materials; unknown: {unknown}")
    geometry = merge([refined(m) for m in scene.meshes], names)
    w = World()
    accelerator = Accelerator(geometry.vertices, geometry.faces)
    accelerator.install(w)
    table = sequence_table(samples)
    w.sequence, w.sequence_mask = upload(table.ravel(), wp.uint32), table.shape[1] - 1
    w.normals, w.uvs = upload_vec3(geometry.normals), upload(geometry.uv, wp.vec2)
    nodes = cluster(geometry)
    w.faces = upload(geometry.faces, wp.vec3i)
    w.face_node = upload(nodes.of_vertex[geometry.faces], wp.vec3i)
    w.face_side = upload(face_sides(geometry), wp.vec4)
    w.node_irradiance = w.node_radiance = upload_vec3(np.zeros((2 * len(nodes.positions), 3)))
    white = float(light.numbers.get("white", 0.7))
    materials = [scene.materials[n] for n in names]
    _upload_bulbs(w, geometry, materials, white)
    _upload_materials(w, materials, white)
    _upload_room(w, light)
    _upload_sun(w, light)
    _upload_footing(w, geometry)
    _upload_clearance(w, geometry, light)
    aim(w, camera)
    positions, normals = upload_vec3(nodes.positions), upload_vec3(nodes.normals)
    return BuiltWorld(w, positions, normals, upload(nodes.material, int), upload(nodes.uv, wp.vec2), accelerator)


def aim(w: Any, camera: Camera) -> None:
    """Point the struct's camera."""
    w.eye = wp.vec3(*(float(v) for v in camera.centre))
    w.rotation = wp.mat33(*np.asarray(camera.R, np.float64).ravel().tolist())
    w.f, w.cx, w.cy, w.k1 = (float(v) for v in (camera.f, camera.cx, camera.cy, camera.k1))


def _upload_bulbs(w: Any, g: Geometry, materials: list[Material], white: float) -> None:
    """Compact glowing parts become spheres that are sampled as lights."""
    glowing = [i for i, m in enumerate(materials) if _is_bulb(m)]
    spheres: list[list[float]] = []
    radiance: list[NDArray[np.float64]] = []
    for i in glowing:
        f = g.faces[g.material == i]
        edges = np.concatenate([f[:, :2], f[:, 1:]])
        links = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(len(g.vertices),) * 2)
        _, label = connected_components(links, directed=False)
        used = np.unique(f)
        for part in np.unique(label[used]):
            points = g.vertices[used[label[used] == part]]
            centre = (points.min(0) + points.max(0)) / 2
            radius = float(np.linalg.norm(points - centre, axis=1).max())
            if radius <= _BULB_RADIUS_M:
                spheres.append([*(float(v) for v in centre), radius])
                radiance.append(np.asarray(materials[i].emission) * white)
    w.bulb_count = len(spheres)
    w.bulbs = upload(np.array(spheres or [[0, 0, 0, 0]], np.float32), wp.vec4)
    w.bulb_radiance = upload_vec3(np.array(radiance or np.zeros((1, 3)), np.float32))


def _is_bulb(material: Material) -> bool:
    return max(material.emission) >= 0.5 and material.translucent == 0.0


def _upload_materials(w: Any, materials: list[Material], white: float) -> None:
    w.colour = upload_vec3(linearise(np.array([m.colour for m in materials])))
    w.emission = upload_vec3(np.array([m.emission for m in materials]) * white)
    surface = [[max(m.roughness, 0.08), 0.08 * m.specular, m.metal, 0.35 * m.sheen] for m in materials]
    extra = [[m.translucent, m.texture_scale, float(_is_bulb(m)), 0.0] for m in materials]
    w.surface = upload(np.array(surface, np.float32), wp.vec4)
    w.extra = upload(np.array(extra, np.float32), wp.vec4)
    where, texels, packed = [], [], {}
    offset = 0
    for m in materials:
        if m.texture is None:
            where.append([0, 0, 0, 0])
            continue
        if id(m.texture) not in packed:
            levels = _mips(m.texture)
            packed[id(m.texture)] = [offset, m.texture.shape[1], m.texture.shape[0], len(levels)]
            texels += levels
            offset += sum(len(level) for level in levels)
        where.append(packed[id(m.texture)])
    w.texture = upload(np.array(where, np.int32), wp.vec4i)
    atlas = np.concatenate(texels) if texels else np.zeros(1, np.uint32)
    w.texels = upload(atlas, wp.uint32)
    w.linear = upload(linearise(np.arange(256) / 255.0), float)


def _mips(texture: U8) -> list[NDArray[np.uint32]]:
    """A texture's mip levels, each packed 0x00BBGGRR."""
    levels: list[NDArray[np.uint32]] = []
    image = np.ascontiguousarray(texture)
    while True:
        c = image.astype(np.uint32)
        levels.append((c[..., 0] | c[..., 1] << 8 | c[..., 2] << 16).ravel().astype(np.uint32))
        height, width = image.shape[:2]
        if max(height, width) == 1:
            return levels
        smaller = cv2.resize(image, (max(width // 2, 1), max(height // 2, 1)), interpolation=cv2.INTER_AREA)
        image = smaller.astype(np.uint8)


def _upload_clearance(w: Any, g: Geometry, light: Light) -> None:
    """Lower bounds on the distance to furniture: rays that cannot meet it are not traced."""
    size = np.ceil((light.hi - light.lo) / _CLEARANCE_CELL_M).astype(int) + 1
    empty = np.ones(size, bool)
    cell = np.clip(((g.vertices - light.lo) / _CLEARANCE_CELL_M).astype(int), 0, size - 1)
    empty[tuple(cell.T)] = False
    # Between centres of cells: each may be half a diagonal off, and a triangle's inside is off its corners.
    slack = _CLEARANCE_CELL_M * np.sqrt(3) + LONGEST_EDGE_M / np.sqrt(3)
    distance = distance_transform_edt(empty) * _CLEARANCE_CELL_M - slack
    w.clearance = upload(distance.astype(np.float32).ravel(), float)
    w.clearance_cell, w.clearance_size = _CLEARANCE_CELL_M, wp.vec3i(*(int(v) for v in size))


def _upload_footing(w: Any, g: Geometry) -> None:
    contact = find_footing(g.vertices, g.faces)
    w.contact = upload(contact.left.ravel(), float)
    w.contact_at = wp.vec3(*contact.corner, contact.cell_m)


def _upload_room(w: Any, light: Light) -> None:
    faces = np.stack([_face(light.faces, name) for name in FACE_ORDER])
    w.radiance = upload_vec3(np.concatenate([faces.reshape(-1, 3), np.zeros((2 * FACE, 3), np.float32)]))
    w.floor_gain = upload_vec3(np.ones((FLOOR * FLOOR + FLOOR + 2, 3)))
    patches = np.ones((FACE, FACE), np.float32) if light.patches is None else light.patches
    w.patches = upload_vec3(np.repeat(patches.reshape(-1, 1), 3, 1))
    w.lo, w.hi = wp.vec3(*map(float, light.lo)), wp.vec3(*map(float, light.hi))
    w.floor_albedo = wp.vec3(*map(float, light.floor_albedo))
    w.floor_alpha = float(max(light.floor_roughness, 0.08) ** 2)
    w.floor_f0 = 0.08 * float(light.floor_specular)
    probability, keep, other = _alias_table(faces, light)
    w.cell_probability = upload(probability, float)
    w.alias_keep = upload(keep, float)
    w.alias_other = upload(other, int)


def _upload_sun(w: Any, light: Light) -> None:
    sun, none = light.sun, np.zeros((FACE, FACE), np.float32)
    w.sun_on = int(sun is not None and sun.direction[2] > 0)
    openings = sun.openings if sun else {}
    shares = [openings.get(name, none) for name in FACE_ORDER]
    sized = [cv2.resize(a.astype(np.float32), (FACE, FACE), interpolation=cv2.INTER_AREA) for a in shares]
    w.sun_open = upload(np.stack(sized).ravel(), float)
    w.sun_direction = wp.vec3(*(float(v) for v in sun.direction)) if sun else wp.vec3(0.0, 0.0, 1.0)
    w.sun_irradiance = wp.vec3(*(float(v) for v in sun.irradiance)) if sun else wp.vec3(0.0, 0.0, 0.0)


def _face(faces: Mapping[str, F32], name: str) -> F32:
    return cv2.resize(faces[name], (FACE, FACE), interpolation=cv2.INTER_AREA).astype(np.float32)


def _alias_table(faces: F32, light: Light) -> tuple[F32, F32, I32]:
    """Vose's alias method over box cells, weighted by power above 1.3 times the mean: lamps and windows."""
    x, y, z = light.hi - light.lo
    area = np.array([x * z, y * z, y * z, x * y, x * z, x * y])
    step = FACE // CELLS
    power = faces.mean(-1).reshape(6, CELLS, step, CELLS, step).mean((2, 4))
    mean = float(np.average(power.mean((1, 2)), weights=area))
    weight = (np.maximum(power - 1.3 * mean, 0) + 1e-3 * power + 1e-6 * mean + 1e-12) * area[:, None, None]
    probability = (weight / weight.sum()).ravel()
    n = len(probability)
    rest, keep, other = probability * n, np.ones(n), np.arange(n)
    small, large = [int(i) for i in np.flatnonzero(rest < 1)], [int(i) for i in np.flatnonzero(rest >= 1)]
    while small and large:
        a, b = small.pop(), large[-1]
        keep[a], other[a] = rest[a], b
        rest[b] -= 1 - rest[a]
        if rest[b] < 1:
            small.append(large.pop())
    return probability.astype(np.float32), keep.astype(np.float32), other.astype(np.int32)

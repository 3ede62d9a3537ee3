"""A box room with simple furniture, made by hand: nothing of it depends on perception or the catalogue."""

from __future__ import annotations

import numpy as np

from atelier.light import FACES
from atelier.model import F32, Camera, Light, Material, Mesh, Photo, Room, Scene

LO, HI = np.array([-2.2, -1.5, 0.0]), np.array([2.4, 4.5, 2.6])
MATERIALS = {
    "grey": Material("grey", colour=(0.6, 0.6, 0.6), roughness=0.7, specular=0.2),
    "white": Material("white", colour=(1.0, 1.0, 1.0), roughness=1.0, specular=0.0),
    "leaf": Material("leaf", colour=(0.2, 0.4, 0.15), translucent=0.25),
}


def camera(width: int, height: int) -> Camera:
    turn = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    return Camera(0.55 * width, width / 2, 0.47 * height, width, height, turn, 1.3)


def photo_and_room(width: int = 120, height: int = 84) -> tuple[Photo, Room]:
    """A photo of grey walls, a brown floor and one white window in the left wall, and what is known of it."""
    view = camera(width, height)
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    d = view.rays(np.stack([x, y], -1))
    d = np.where(np.abs(d) < 1e-9, 1e-9, d)
    t = np.where(d > 0, HI - view.centre, LO - view.centre) / d
    axis, p = t.argmin(-1), view.centre + d * t.min(-1)[..., None]
    floor = (axis == 2) & (d[..., 2] < 0)
    window = (axis == 0) & (d[..., 0] < 0) & (p[..., 1] > 1.5) & (p[..., 1] < 3.2) & (np.abs(p[..., 2] - 1.5) < 0.6)
    rgb = np.full((height, width, 3), (190, 186, 182), np.uint8)
    rgb[floor] = (140, 110, 85)
    rgb[window] = (252, 252, 252)
    noise = np.random.default_rng(0).integers(-2, 3, rgb.shape)
    rgb = np.clip(rgb.astype(np.int64) + noise, 0, 255).astype(np.uint8)
    outline = np.array([[-2.2, 1.2], [2.4, 1.2], [2.4, 4.5], [-2.2, 4.5]])
    return Photo(rgb, rgb, 1.0), Room(view, floor, window, outline, (), (), 2.6, {})


def block(centre: tuple[float, float, float], size: tuple[float, float, float], material: str = "grey") -> Mesh:
    """An axis-aligned box."""
    corners: list[F32] = []
    normals: list[F32] = []
    faces: list[list[int]] = []
    for axis in range(3):
        first, second = (k for k in range(3) if k != axis)
        for side in (-1.0, 1.0):
            quad = np.zeros((4, 3), np.float32)
            quad[:, axis], quad[:, first], quad[:, second] = side, [-1, 1, 1, -1], [-1, -1, 1, 1]
            start = len(faces) * 2
            order = [0, 1, 2, 3] if (side > 0) == (axis != 1) else [3, 2, 1, 0]
            faces += [[start + order[0], start + order[1], start + order[2]]]
            faces += [[start + order[0], start + order[2], start + order[3]]]
            corners.append((quad * np.array(size) / 2 + np.array(centre)).astype(np.float32))
            normals.append(np.tile(np.eye(3, dtype=np.float32)[axis] * side, (4, 1)).astype(np.float32))
    v = np.concatenate(corners)
    return Mesh(v, np.array(faces, np.int32), np.concatenate(normals), v[:, :2].copy(), material)


def furnished() -> Scene:
    """A low table with a thin leaf above it."""
    leaf = block((0.1, 2.4, 0.75), (0.3, 0.3, 0.002), "leaf")
    return Scene((block((0.0, 2.4, 0.25), (1.0, 0.6, 0.5)), leaf), MATERIALS)


def uniform_light(radiance: float, albedo: float = 0.4) -> Light:
    faces = {name: np.full((8, 8, 3), radiance, np.float32) for name in FACES}
    return Light(LO, HI, faces, (albedo, albedo, albedo), 0.6, 0.2, {"white": 0.7})


def side_light() -> Light:
    """Dim walls and a bright window in the left one."""
    light = uniform_light(0.3)
    left = np.full((32, 32, 3), 0.3, np.float32)
    left[10:22, 14:24] = 6.0
    return Light(LO, HI, {**light.faces, "left": left}, (0.4, 0.4, 0.4), 0.3, 0.4, {"white": 0.7})

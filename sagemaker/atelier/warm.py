"""Compile what the first job would otherwise wait for."""

from __future__ import annotations

import numpy as np

from atelier.light import FACES
from atelier.model import Camera, Light, Material, Mesh, Room, Scene
from atelier.render import render


def compile_kernels() -> None:
    """Render one small triangle: every kernel is compiled, or found in the cache and loaded."""
    corners = np.array([[-0.5, 2, 0], [0.5, 2, 0], [0, 2, 0.5]], np.float32)
    normals = np.tile(np.array([[0, -1, 0]], np.float32), (3, 1))
    mesh = Mesh(corners, np.array([[0, 1, 2]], np.int32), normals, np.zeros((3, 2), np.float32), "grey")
    turn = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    camera = Camera(20.0, 16.0, 12.0, 32, 24, turn, 1.2)
    floor = np.zeros((24, 32), bool)
    floor[14:] = True
    outline = np.array([[-1.0, 1], [1, 1], [1, 3], [-1, 3]])
    room = Room(camera, floor, ~floor & False, outline, (), (), 2.5, {})
    faces = {name: np.full((8, 8, 3), 0.5, np.float32) for name in FACES}
    light = Light(np.array([-2.0, -1, 0]), np.array([2.0, 4, 2.5]), faces, (0.4, 0.4, 0.4), 0.5, 0.2)
    scene = Scene((mesh,), {"grey": Material("grey")})
    render(scene, room, light, camera.width, camera.height, 1, 0, lambda *_: None)

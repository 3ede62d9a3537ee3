"""Which ray tracer a scene uses: Embree where it works, Warp's own BVH otherwise (same hits, half the speed)."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

import numpy as np
import warp as wp

from atelier.model import F32, I32
from atelier.render import accel_embree
from atelier.render.kernels import probe
from atelier.render.kernels.structs import World
from atelier.render.runtime import DEVICE, download, upload, upload_vec3, zeros

_log = logging.getLogger(__name__)
_TEST_RAYS = 4000


class Accelerator:
    """A ray accelerator over one triangle mesh, kept alive as long as a kernel may use it."""

    def __init__(self, vertices: F32, faces: I32, embree: bool | None = None) -> None:
        """embree: force (True) or avoid (False) Embree; by default it is used when its self-test passes."""
        use = embree_works() if embree is None else embree
        self._embree = accel_embree.EmbreeScene(vertices, faces) if use else None
        self._mesh: Any = None
        if self._embree is None:
            self._mesh = wp.Mesh(upload_vec3(vertices), upload(faces.ravel().astype(np.int32), int))

    @property
    def name(self) -> str:
        return "warp" if self._embree is None else "embree"

    def install(self, world: Any) -> None:
        """Write the addresses into a `World` struct."""
        if self._embree is not None:
            world.intersect, world.occluded = self._embree.intersect, self._embree.occluded
            world.scene, world.mesh = self._embree.scene, 0
        else:
            world.intersect, world.occluded, world.scene = 0, 0, 0
            world.mesh = self._mesh.id


def cast(accelerator: Accelerator, origins: F32, directions: F32, reach: float) -> tuple[F32, I32]:
    """Trace rays (N, 3) + (N, 3): hits (N, 4) as `geometry.trace` returns them, and occlusion (N,)."""
    world = World()
    accelerator.install(world)
    hits, shadowed = zeros(len(origins), wp.vec4), zeros(len(origins), int)
    inputs = [world, upload_vec3(origins), upload_vec3(directions), reach, hits, shadowed]
    wp.launch(probe, dim=len(origins), inputs=inputs, device=DEVICE)
    return download(hits), download(shadowed)


def disagreement(rays: int = _TEST_RAYS) -> float:
    """Share of rays on which Embree and Warp's BVH differ on a cloud of random triangles (0…1)."""
    rng = np.random.default_rng(5)
    centres = rng.uniform(-1, 1, (300, 1, 3))
    vertices = (centres + rng.uniform(-0.2, 0.2, (300, 3, 3))).reshape(-1, 3).astype(np.float32)
    faces = np.arange(900, dtype=np.int32).reshape(-1, 3)
    origins = rng.uniform(-2, 2, (rays, 3)).astype(np.float32)
    directions = rng.normal(size=(rays, 3)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    ours, theirs = (cast(Accelerator(vertices, faces, embree=e), origins, directions, 5.0) for e in (True, False))
    near = np.abs(ours[0][:, :3] - theirs[0][:, :3]).max(1) < 1e-3
    agree = (ours[0][:, 3] == theirs[0][:, 3]) & near & (ours[1] == theirs[1])
    return float(1.0 - agree.mean())


@cache
def embree_works() -> bool:
    """True when the bundled library loads and agrees with Warp's BVH; tested once per process."""
    if accel_embree.load_library() is None:
        _log.warning("Embree not found in the embreex package; rendering with Warp's BVH at half the speed")
        return False
    share = disagreement()
    if share > 0.002:
        _log.warning("Embree disagrees with Warp's BVH on %.2f %% of test rays; not used", 100 * share)
        return False
    return True

"""Every kernel of the renderer, gathered: importing this declares the whole Warp module."""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render.kernels.bakes import bake_floor, bake_nodes, light_nodes
from atelier.render.kernels.catching import catcher, floor_contact
from atelier.render.kernels.enlarge import detail
from atelier.render.kernels.rays import blocked, trace
from atelier.render.kernels.shading import coverage, furniture
from atelier.render.kernels.structs import MODULE, World

__all__ = [
    "bake_floor",
    "bake_nodes",
    "catcher",
    "coverage",
    "detail",
    "floor_contact",
    "furniture",
    "light_nodes",
    "probe",
]


@wp.kernel(module=MODULE)
def probe(
    w: World,
    origins: wp.array(dtype=wp.vec3),
    directions: wp.array(dtype=wp.vec3),
    reach: float,
    hits: wp.array(dtype=wp.vec4),
    shadowed: wp.array(dtype=int),
) -> None:
    """Hits and occlusion of given rays: what the self-test compares."""
    i = wp.tid()
    hits[i] = trace(w, origins[i], directions[i], reach)
    shadowed[i] = 0
    if blocked(w, origins[i], directions[i], reach):
        shadowed[i] = 1

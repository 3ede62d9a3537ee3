"""What every kernel reads: the furnished room as flat arrays. All kernels are one Warp module, compiled once.

The room is a box whose six faces (0 back y=hi, 1 left x=lo, 2 right x=hi, 3 ceiling, 4 rear y=lo, 5 floor) hold
the photo's own linear radiance. Face coordinates (u, v) run along the face's two world axes, in order x, y, z.
"""
# mypy: ignore-errors
# Warp compiles this struct itself: its annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render import runtime as _runtime  # noqa: F401  (configures Warp)

FACE = 128
"""texels along a side of a box face"""
CELLS = 32
"""light-picking cells along a side of a box face"""
FLOOR = 64
"""cells along a side of the floor's irradiance grid"""
CONTACT = 1024
"""cells along a side of the contact map"""
FAR = 1.0e6
"""metres; no ray is longer"""
DARKEST = 0.02
"""added to albedo where shading is light ÷ albedo: black has shading too"""

MODULE = wp.get_module("atelier.render.kernels")
# Warp's default inlines everything: twice the compile time of this module for no speed at run time.
_FLAGS = "-march=native -mllvm=-inline-threshold=1200 -mllvm=-slp-recursion-max-depth=4"
wp.set_module_options({"enable_backward": False, "cpu_compiler_flags": _FLAGS}, MODULE)


@wp.struct
class World:
    """Addresses of Embree's functions (0: use `mesh`), furniture, materials, room, lights, camera."""

    intersect: wp.uint64
    occluded: wp.uint64
    scene: wp.uint64
    mesh: wp.uint64
    sequence: wp.array(dtype=wp.uint32)
    sequence_mask: int
    normals: wp.array(dtype=wp.vec3)
    uvs: wp.array(dtype=wp.vec2)
    faces: wp.array(dtype=wp.vec3i)
    face_node: wp.array(dtype=wp.vec3i)
    face_side: wp.array(dtype=wp.vec4)
    colour: wp.array(dtype=wp.vec3)
    emission: wp.array(dtype=wp.vec3)
    surface: wp.array(dtype=wp.vec4)
    extra: wp.array(dtype=wp.vec4)
    texture: wp.array(dtype=wp.vec4i)
    texels: wp.array(dtype=wp.uint32)
    linear: wp.array(dtype=float)
    radiance: wp.array(dtype=wp.vec3)
    floor_gain: wp.array(dtype=wp.vec3)
    patches: wp.array(dtype=wp.vec3)
    node_irradiance: wp.array(dtype=wp.vec3)
    node_radiance: wp.array(dtype=wp.vec3)
    cell_probability: wp.array(dtype=float)
    alias_keep: wp.array(dtype=float)
    alias_other: wp.array(dtype=int)
    bulbs: wp.array(dtype=wp.vec4)
    bulb_radiance: wp.array(dtype=wp.vec3)
    bulb_count: int
    sun_on: int
    sun_direction: wp.vec3
    sun_irradiance: wp.vec3
    sun_open: wp.array(dtype=float)
    lo: wp.vec3
    hi: wp.vec3
    clearance: wp.array(dtype=float)
    clearance_cell: float
    clearance_size: wp.vec3i
    contact: wp.array(dtype=float)
    contact_at: wp.vec3
    floor_albedo: wp.vec3
    floor_alpha: float
    floor_f0: float
    eye: wp.vec3
    rotation: wp.mat33
    f: float
    cx: float
    cy: float
    k1: float

"""Rays: from the camera through a pixel, and against furniture by Embree or by Warp's own BVH. Warp functions."""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render.kernels.structs import World

# RTCRayHit of Embree 4: RTCRay (48 bytes), RTCHit; padded for the wheel's instance stack. A GPU never gets here.
_RAY = """
#if defined(__CUDA_ARCH__)
{miss}
#else
struct alignas(16) RayHit {{
    float ox, oy, oz, tnear, dx, dy, dz, time, tfar; unsigned mask, id, flags;
    float nx, ny, nz, u, v; unsigned prim, geom, inst, pad[8];
}} r;
r.ox = origin[0]; r.oy = origin[1]; r.oz = origin[2]; r.tnear = 0.f; r.time = 0.f; r.tfar = reach;
r.dx = direction[0]; r.dy = direction[1]; r.dz = direction[2];
r.mask = ~0u; r.id = 0; r.flags = 0; r.geom = ~0u; r.inst = ~0u;
((void (*)(void*, void*, void*))function)((void*)scene, &r, 0);
{result}
#endif
"""
_MISS = "return wp::vec4f(-1.f, 0.f, 0.f, -1.f);"
_HIT = f"if (r.geom == ~0u) {_MISS}\nreturn wp::vec4f(r.tfar, r.u, r.v, (float)r.prim);"


@wp.func_native(_RAY.format(miss=_MISS, result=_HIT))
def _embree_intersect(
    function: wp.uint64, scene: wp.uint64, origin: wp.vec3, direction: wp.vec3, reach: float
) -> wp.vec4: ...


@wp.func_native(_RAY.format(miss="return 0;", result="return r.tfar < 0.f ? 1 : 0;"))
def _embree_occluded(
    function: wp.uint64, scene: wp.uint64, origin: wp.vec3, direction: wp.vec3, reach: float
) -> int: ...


@wp.func
def trace(w: World, origin: wp.vec3, direction: wp.vec3, reach: float) -> wp.vec4:
    """Nearest hit: distance (−1: none), weights of the triangle's second and third corner, triangle."""
    hit = wp.vec4(-1.0, 0.0, 0.0, -1.0)
    if w.intersect != wp.uint64(0):
        hit = _embree_intersect(w.intersect, w.scene, origin, direction, reach)
    else:
        q = wp.mesh_query_ray(w.mesh, origin, direction, reach)
        if q.result:
            hit = wp.vec4(q.t, q.v, 1.0 - q.u - q.v, float(q.face))
    return hit


@wp.func
def blocked(w: World, origin: wp.vec3, direction: wp.vec3, reach: float) -> bool:
    hit = bool(False)
    if w.intersect != wp.uint64(0):
        hit = _embree_occluded(w.occluded, w.scene, origin, direction, reach) == 1
    else:
        hit = wp.mesh_query_ray_anyhit(w.mesh, origin, direction, reach)
    return hit


@wp.func
def camera_direction(w: World, x: float, y: float) -> wp.vec3:
    """Unit world direction through a pixel position, lens distortion undone as `model.Camera` does."""
    u = (x - w.cx) / w.f
    v = (y - w.cy) / w.f
    k = 1.0 / wp.max(1.0 + w.k1 * (u * u + v * v), 0.1)
    return wp.normalize(wp.transpose(w.rotation) * wp.vec3(u * k, v * k, 1.0))

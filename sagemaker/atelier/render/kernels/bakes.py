"""Irradiance baked on furniture and on the floor: what light meets second. Warp kernels."""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render.kernels.box import box_hit, box_radiance
from atelier.render.kernels.lights import (
    bulb_at,
    bulb_reach,
    light_density,
    pick_bulb,
    pick_light,
    sun_through,
    sun_towards,
)
from atelier.render.kernels.rays import blocked, trace
from atelier.render.kernels.sampling import cosine_direction, sample2, stream_of
from atelier.render.kernels.structs import FLOOR, MODULE, World
from atelier.render.kernels.surfaces import base_colour, leaving, sent

PI = wp.constant(3.141592653589793)
_FLOOR = wp.constant(FLOOR)


@wp.func
def lamps(w: World, x: wp.vec3, n: wp.vec3, stream: wp.uint32, i: int, pick: float) -> wp.vec3:
    """One sample of the light of bulbs / π."""
    light = wp.vec3(0.0)
    if w.bulb_count > 0:
        q = pick_bulb(w, x, pick, sample2(w, stream, i, 5))
        d = wp.vec3(q[0], q[1], q[2])
        c = wp.dot(n, d)
        if q[3] > 0.0 and c > 0.0 and not blocked(w, x, d, bulb_reach(w, x, pick)):
            light = bulb_at(w, pick) * (c / PI / q[3])
    return light


@wp.func
def sunshine(w: World, x: wp.vec3, n: wp.vec3, stream: wp.uint32, i: int) -> wp.vec3:
    """One sample of the sun's light / π."""
    light = wp.vec3(0.0)
    if w.sun_on == 1 and wp.dot(n, w.sun_direction) > 0.0:
        d = sun_towards(w, sample2(w, stream, i, 6))
        b = box_hit(w, x, d)
        share = sun_through(w, b)
        if share > 0.0 and not blocked(w, x, d, b[0]):
            light = w.sun_irradiance * (share * wp.max(wp.dot(n, d), 0.0) / PI)
    return light


@wp.func
def gather(w: World, x: wp.vec3, n: wp.vec3, stream: wp.uint32, i: int) -> wp.vec3:
    """One sample pair (cosine and light, balance heuristic) of irradiance / π, one of a bulb, one of the sun."""
    d = cosine_direction(n, sample2(w, stream, i, 0))
    b = box_hit(w, x, d)
    hit = trace(w, x, d, b[0])
    light = wp.vec3(0.0)
    if hit[0] >= 0.0:
        light = leaving(w, hit, d)
    else:
        p = wp.max(wp.dot(n, d), 0.0) / PI
        light = box_radiance(w, b) * (p / (p + light_density(w, b, d) + 1.0e-9))
    u = sample2(w, stream, i, 2)
    to = wp.normalize(pick_light(w, sample2(w, stream, i, 1), u) - x)
    c = wp.dot(n, to)
    if c > 0.0:
        b = box_hit(w, x, to)
        p = light_density(w, b, to)
        if p > 0.0 and not blocked(w, x, to, b[0] * 0.9999):
            light = light + box_radiance(w, b) * (c / PI / (p + c / PI))
    return light + lamps(w, x, n, stream, i, u[1]) + sunshine(w, x, n, stream, i)


@wp.func
def gather_empty(w: World, x: wp.vec3, n: wp.vec3, stream: wp.uint32, i: int) -> wp.vec3:
    """Like `gather` in the empty room, by the same directions."""
    d = cosine_direction(n, sample2(w, stream, i, 0))
    b = box_hit(w, x, d)
    p = wp.max(wp.dot(n, d), 0.0) / PI
    light = box_radiance(w, b) * (p / (p + light_density(w, b, d) + 1.0e-9))
    to = wp.normalize(pick_light(w, sample2(w, stream, i, 1), sample2(w, stream, i, 2)) - x)
    c = wp.dot(n, to)
    if c > 0.0:
        b = box_hit(w, x, to)
        p = light_density(w, b, to)
        if p > 0.0:
            light = light + box_radiance(w, b) * (c / PI / (p + c / PI))
    return light


@wp.kernel(module=MODULE)
def bake_floor(
    w: World, first: int, ids: wp.array(dtype=int), samples: int, furnished: int, out: wp.array(dtype=wp.vec3)
) -> None:
    """Irradiance / π on the floor grid, with furniture or without (the same rays)."""
    q = ids[wp.tid() + first]
    e = w.hi - w.lo
    x = wp.vec3(
        w.lo[0] + (float(q % _FLOOR) + 0.5) / float(_FLOOR) * e[0],
        w.lo[1] + (float(q / _FLOOR) + 0.5) / float(_FLOOR) * e[1],
        w.lo[2] + 1.0e-3,
    )
    n = wp.vec3(0.0, 0.0, 1.0)
    stream = stream_of(q, 11)
    total = wp.vec3(0.0)
    for i in range(samples):
        if furnished == 1:
            total = total + gather(w, x, n, stream, i)
        else:
            total = total + gather_empty(w, x, n, stream, i)
    out[q] = total / float(samples)


@wp.kernel(module=MODULE)
def bake_nodes(
    w: World,
    first: int,
    ids: wp.array(dtype=int),
    samples: int,
    positions: wp.array(dtype=wp.vec3),
    normals: wp.array(dtype=wp.vec3),
    out: wp.array(dtype=wp.vec3),
) -> None:
    """Irradiance on both sides of clustered furniture vertices."""
    q = ids[wp.tid() + first]
    n = normals[q / 2]
    if q % 2 == 1:
        n = -n
    x = positions[q / 2] + n * 2.0e-3
    stream = stream_of(q, 23)
    total = wp.vec3(0.0)
    for i in range(samples):
        total = total + gather(w, x, n, stream, i)
    out[q] = total * (PI / float(samples))


@wp.kernel(module=MODULE)
def light_nodes(
    w: World,
    first: int,
    ids: wp.array(dtype=int),
    material: wp.array(dtype=int),
    uv: wp.array(dtype=wp.vec2),
    irradiance: wp.array(dtype=wp.vec3),
    out: wp.array(dtype=wp.vec3),
) -> None:
    """What each side of a node sends out."""
    q = ids[wp.tid() + first]
    m = material[q / 2]
    behind = irradiance[q + 1 - 2 * (q % 2)]
    out[q] = sent(w, m, irradiance[q], behind, base_colour(w, m, uv[q / 2], 0.03))

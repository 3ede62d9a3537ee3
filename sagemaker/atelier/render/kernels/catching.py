"""What furniture does to the room around it: shadows, colour bleed, reflections, contact. Warp kernels."""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render.kernels import bsdf
from atelier.render.kernels.bakes import lamps
from atelier.render.kernels.box import box_hit, box_normal, box_radiance, clearance, footing
from atelier.render.kernels.lights import light_density, pick_light, sun_through, sun_towards
from atelier.render.kernels.rays import camera_direction, trace
from atelier.render.kernels.sampling import cosine_direction, sample2, stream_of
from atelier.render.kernels.structs import MODULE, World
from atelier.render.kernels.surfaces import leaving

PI = wp.constant(3.141592653589793)
_LAMP_REACH = wp.constant(1.6)
"""Metres around a bulb that its pool of light covers."""
_MATTE = wp.constant(0.0125)
"""Mirrored share, straight on, up to which a floor mirrors nothing that is seen."""
_WALL_AT_MOST = wp.constant(1.0)
"""Radiance from which what a floor mirrors is a window: the photo shows how bright, better than the box knows."""


_NO_REACH = wp.constant(1.0e-3)
"""Metres: light comes to a ceiling from the whole room, and no piece hides enough of it to be seen there."""


_OVER_RUGS = wp.constant(0.015)
"""Metres: light comes to a floor over the edge of a rug, whose own line of shadow is finer than a pixel; asked for
pixel by pixel it broke into dashes."""


@wp.func
def lamp_near(w: World, x: wp.vec3) -> float:
    """Share of a bulb's light that reaches the room at x: bounded like shadows are, by the nearest bulb."""
    near = float(0.0)
    for i in range(w.bulb_count):
        b = w.bulbs[i]
        away = wp.length(wp.vec3(b[0], b[1], b[2]) - x)
        near = wp.max(near, 1.0 - wp.smoothstep(0.4 * _LAMP_REACH, _LAMP_REACH, away))
    return near


@wp.func
def sun_on_room(w: World, x: wp.vec3, n: wp.vec3, stream: wp.uint32, i: int) -> wp.vec3:
    """The sun's light / π at x in the empty room, by one ray."""
    light = wp.vec3(0.0)
    if w.sun_on == 1 and wp.dot(n, w.sun_direction) > 0.0:
        d = sun_towards(w, sample2(w, stream, i, 6))
        light = w.sun_irradiance * (sun_through(w, box_hit(w, x, d)) * wp.max(wp.dot(n, d), 0.0) / PI)
    return light


@wp.func
def sun_left(w: World, x: wp.vec3, stream: wp.uint32, i: int, reach: float) -> float:
    """What furniture leaves of the sun along the ray of `sun_on_room`."""
    d = sun_towards(w, sample2(w, stream, i, 6))
    b = box_hit(w, x, d)
    left = float(1.0)
    if sun_through(w, b) > 0.0:
        hit = trace(w, x, d, wp.min(b[0], reach))
        if hit[0] >= 0.0:
            left = wp.smoothstep(0.4 * reach, reach, hit[0])
    return left


@wp.func
def mirrored_share(w: World, x: wp.vec3, d0: wp.vec3, u: wp.vec2, reach: float) -> wp.vec4:
    """One sample of what the floor at x mirrors of furniture towards the eye, see `catcher`."""
    out = wp.vec4(0.0)
    n = wp.vec3(0.0, 0.0, 1.0)
    v = -d0
    h = bsdf.ggx_visible_normal(n, v, w.floor_alpha, u)
    l = h * (2.0 * wp.dot(v, h)) - v  # noqa: E741
    if l[2] > 1.0e-4:
        b = box_hit(w, x, l)
        hit = trace(w, x, l, wp.min(b[0], reach))
        if hit[0] >= 0.0:
            fresnel = w.floor_f0 + (1.0 - w.floor_f0) * wp.pow(1.0 - wp.max(wp.dot(v, h), 0.0), 5.0)
            lv = bsdf.ggx_lambda(v[2], w.floor_alpha)
            weight = fresnel * (1.0 + lv) / (1.0 + lv + bsdf.ggx_lambda(l[2], w.floor_alpha))
            near = 1.0 - wp.smoothstep(0.4 * reach, reach, hit[0])
            light = leaving(w, hit, l)
            wall = box_radiance(w, b)
            if wp.max(wall[0], wp.max(wall[1], wall[2])) < _WALL_AT_MOST:
                light = light - wall
            light = light * (weight * near)
            out = wp.vec4(light[0], light[1], light[2], near)
    return out


@wp.kernel(module=MODULE)
def catcher(  # noqa: PLR0912
    w: World,
    first: int,
    ids: wp.array(dtype=int),
    width: int,
    is_floor: wp.array(dtype=int),
    samples: int,
    gloss_samples: int,
    seed: int,
    reach_floor: float,
    reach_wall: float,
    reach_gloss: float,
    without: wp.array(dtype=wp.vec3),
    with_it: wp.array(dtype=wp.vec3),
    pools: wp.array(dtype=float),
    glaze: wp.array(dtype=wp.vec4),
) -> None:
    """Light at room surfaces without and with furniture, by the same rays.

    Support is bounded: a hit fades out between 0.4 and 1 times `reach`, beyond which it counts as the empty room
    in both sums, so that far from furniture both are equal to the bit. Surfaces that furniture hides get −1.
    pools: what bulbs add to a surface, as a share of its light without. glaze: what a glossy floor mirrors of
    furniture, less the wall it hides there (linear radiance), and the share of what is mirrored that it hides.
    """
    q = ids[wp.tid() + first]
    stream = stream_of(q, seed)
    d0 = camera_direction(w, float(q % width) + 0.5, float(q / width) + 0.5)
    b0 = box_hit(w, w.eye, d0)
    k = int(b0[1])
    t = b0[0]
    if is_floor[q] == 1 and d0[2] < -1.0e-4:
        k = 5
        t = -w.eye[2] / d0[2]
    n = box_normal(k)
    x = w.eye + d0 * t + n * wp.where(k == 5, _OVER_RUGS, 1.0e-3)
    inside = x[0] > w.lo[0] - 1.0e-2 and x[0] < w.hi[0] + 1.0e-2 and x[1] > w.lo[1] - 1.0e-2 and x[1] < w.hi[1] + 1.0e-2
    lit = lamp_near(w, x)
    s0 = wp.vec3(0.0)
    s1 = wp.vec3(0.0)
    pool = wp.vec3(0.0)
    if trace(w, w.eye, d0, t * 0.9999)[0] >= 0.0:
        s0 = wp.vec3(-1.0)
        s1 = wp.vec3(-1.0)
    elif inside and (clearance(w, x) < wp.where(k == 5, reach_gloss, reach_wall) or lit > 0.0):
        reach = wp.where(k == 5, reach_floor, wp.where(k == 3, _NO_REACH, reach_wall))
        for i in range(samples):
            d = cosine_direction(n, sample2(w, stream, i, 0))
            b = box_hit(w, x, d)
            c = wp.max(wp.dot(n, d), 1.0e-4) / PI
            light = box_radiance(w, b) * (c / (c + light_density(w, b, d)))
            s0 = s0 + light
            hit = trace(w, x, d, wp.min(b[0], reach))
            if hit[0] >= 0.0:
                near = 1.0 - wp.smoothstep(0.4 * reach, reach, hit[0])
                s1 = s1 + light * (1.0 - near) + leaving(w, hit, d) * near
            else:
                s1 = s1 + light
            to = wp.normalize(pick_light(w, sample2(w, stream, i, 1), sample2(w, stream, i, 2)) - x)
            c = wp.dot(n, to) / PI
            if c > 1.0e-4:
                b = box_hit(w, x, to)
                p = light_density(w, b, to)
                if p > 0.0:
                    light = box_radiance(w, b) * (c / (p + c))
                    s0 = s0 + light
                    hit = trace(w, x, to, wp.min(b[0] * 0.9999, reach))
                    if hit[0] >= 0.0:
                        light = light * wp.smoothstep(0.4 * reach, reach, hit[0])
                    s1 = s1 + light
            light = sun_on_room(w, x, n, stream, i)
            if light[0] + light[1] + light[2] > 0.0:
                s0 = s0 + light
                s1 = s1 + light * sun_left(w, x, stream, i, reach_gloss)
            if lit > 0.0:
                pool = pool + lamps(w, x, n, stream, i, sample2(w, stream, i, 7)[0]) * lit
        pools[q] = (pool[0] + pool[1] + pool[2]) / wp.max(s0[0] + s0[1] + s0[2], 1.0e-6)
        s0 = s0 / float(samples)
        s1 = (s1 + pool) / float(samples)
        if k == 5:
            for i in range(wp.where(w.floor_f0 > _MATTE, gloss_samples, 0)):
                glaze[q] = glaze[q] + mirrored_share(w, x, d0, sample2(w, stream, i, 3), reach_gloss) / float(
                    gloss_samples
                )
    without[q] = s0
    with_it[q] = s1


@wp.kernel(module=MODULE)
def floor_contact(
    w: World,
    first: int,
    ids: wp.array(dtype=int),
    width: int,
    is_floor: wp.array(dtype=int),
    out: wp.array(dtype=float),
) -> None:
    """What contact leaves of the light on the bare floor, mean of four points a pixel."""
    q = ids[wp.tid() + first]
    left = float(4.0)
    if is_floor[q] == 1:
        left = float(0.0)
        for i in range(4):
            x = float(q % width) + 0.25 + 0.5 * float(i % 2)
            d = camera_direction(w, x, float(q / width) + 0.25 + 0.5 * float(i / 2))
            left = left + wp.where(d[2] < -1.0e-4, footing(w, w.eye - d * (w.eye[2] / d[2])), 1.0)
    out[q] = 0.25 * left

"""Furniture as the camera sees it: coverage, radiance, and the denoiser's guides. Warp kernels.

Secondary hits do not recurse: they read irradiance baked on furniture (two-sided, clustered vertices) and on the
floor, so a sample costs three or four rays at any depth.
"""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.photo_look import SHADE_CONTRAST
from atelier.render.kernels import bsdf
from atelier.render.kernels.bakes import gather_empty
from atelier.render.kernels.box import box_hit, box_radiance, footing, patch
from atelier.render.kernels.lights import (
    bulb_at,
    bulb_reach,
    light_density,
    pick_bulb,
    pick_light,
    sun_through,
    sun_towards,
)
from atelier.render.kernels.rays import blocked, camera_direction, trace
from atelier.render.kernels.sampling import sample2, stream_of, tent
from atelier.render.kernels.structs import FAR, MODULE, World
from atelier.render.kernels.surfaces import (
    base_colour,
    face_normal,
    leaving,
    material_of,
    mirrored,
    shading_normal,
    uv_at,
)

_FAR = wp.constant(FAR)
_LOW = wp.constant(0.03)
"""Metres: rugs are lower than this; what stands on them is not."""
_SHADE = wp.constant(SHADE_CONTRAST - 1.0)
_DARKEST_SHADE = wp.constant(0.02)
_CLAMP = wp.constant(8.0)
"""Largest radiance of one sample: fireflies cost more than the little highlight energy they carry."""
_POLISHED = wp.constant(0.3)
"""Roughness below which a surface mirrors what it faces."""


@wp.kernel(module=MODULE)
def coverage(
    w: World,
    first: int,
    ids: wp.array(dtype=int),
    width: int,
    out: wp.array(dtype=int),
    ground: wp.array(dtype=float),
) -> None:
    """How many of five rays through a pixel (centre and just beyond its corners) meet furniture, and how far off
    along the floor the nearest of it stands (infinite: none does)."""
    q = ids[wp.tid() + first]
    count = int(0)
    nearest = float(wp.inf)
    for i in range(5):
        u = wp.vec2(0.5, 0.5)
        if i > 0:
            u = wp.vec2(-0.1 + 1.2 * float((i - 1) % 2), -0.1 + 1.2 * float((i - 1) / 2))
        d = camera_direction(w, float(q % width) + u[0], float(q / width) + u[1])
        hit = trace(w, w.eye, d, _FAR)
        if hit[0] >= 0.0:
            count = count + 1
            nearest = wp.min(nearest, hit[0] * wp.sqrt(d[0] * d[0] + d[1] * d[1]))
    out[q] = count
    ground[q] = nearest


@wp.func
def met(w: World, hit: wp.vec4, d: wp.vec3, surface: wp.vec4) -> wp.vec3:
    """Radiance of furniture seen by a second ray: sharp where the surface that sends the ray is polished."""
    light = wp.vec3(0.0)
    if surface[0] < _POLISHED:
        light = mirrored(w, hit, d, 2.0e-3)
    else:
        light = leaving(w, hit, d)
    return light


@wp.func
def shade(
    w: World, hit: wp.vec4, d: wp.vec3, n: wp.vec3, ng: wp.vec3, base: wp.vec3, stream: wp.uint32, i: int
) -> wp.vec3:
    """Radiance towards the eye: a BSDF and a light sample (balance heuristic), one of a bulb, one of the sun."""
    m = material_of(w, int(hit[3]))
    surface = w.surface[m]
    through = w.extra[m][0]
    v = -d
    x = w.eye + d * hit[0]
    light = w.emission[m]
    specular = bsdf.specular_share(wp.dot(n, v), base, surface)
    u2 = sample2(w, stream, i, 2)
    l = bsdf.sample(n, v, surface, through, specular, sample2(w, stream, i, 1), u2)  # noqa: E741
    r = bsdf.respond(n, v, l, base, surface, through, specular)
    p = r[3]
    side = wp.where(wp.dot(ng, l) > 0.0, 1.0, -1.0)
    if p > 1.0e-6 and not (wp.dot(n, l) > 0.0 and side < 0.0):
        o = x + ng * (side * 3.0e-4)
        b = box_hit(w, o, l)
        weight = wp.vec3(r[0], r[1], r[2]) / p
        second = trace(w, o, l, b[0])
        if second[0] >= 0.0:
            light = light + wp.cw_mul(weight, met(w, second, l, surface))
        else:
            light = light + wp.cw_mul(weight, box_radiance(w, b)) * (p / (p + light_density(w, b, l)))
    u4 = sample2(w, stream, i, 4)
    l = wp.normalize(pick_light(w, sample2(w, stream, i, 3), u4) - x)  # noqa: E741
    side = wp.where(wp.dot(ng, l) > 0.0, 1.0, -1.0)
    if (side > 0.0 and wp.dot(n, l) > 0.0) or (side < 0.0 and through > 0.0):
        o = x + ng * (side * 3.0e-4)
        b = box_hit(w, o, l)
        p = light_density(w, b, l)
        if p > 0.0 and not blocked(w, o, l, b[0] * 0.9999):
            r = bsdf.respond(n, v, l, base, surface, through, specular)
            light = light + wp.cw_mul(wp.vec3(r[0], r[1], r[2]), box_radiance(w, b)) / (p + r[3])
    if w.bulb_count > 0 and w.extra[m][2] == 0.0:
        q = pick_bulb(w, x, u4[1], sample2(w, stream, i, 5))
        l = wp.vec3(q[0], q[1], q[2])  # noqa: E741
        side = wp.where(wp.dot(ng, l) > 0.0, 1.0, -1.0)
        o = x + ng * (side * 3.0e-4)
        if q[3] > 0.0 and ((side > 0.0 and wp.dot(n, l) > 0.0) or (side < 0.0 and through > 0.0)):
            if not blocked(w, o, l, bulb_reach(w, o, u4[1])):
                r = bsdf.respond(n, v, l, base, surface, through, specular)
                light = light + wp.cw_mul(wp.vec3(r[0], r[1], r[2]), bulb_at(w, u4[1])) / q[3]
    if w.sun_on == 1:
        l = sun_towards(w, sample2(w, stream, i, 6))  # noqa: E741
        side = wp.where(wp.dot(ng, l) > 0.0, 1.0, -1.0)
        if (side > 0.0 and wp.dot(n, l) > 0.0) or (side < 0.0 and through > 0.0):
            o = x + ng * (side * 3.0e-4)
            b = box_hit(w, o, l)
            share = sun_through(w, b)
            if share > 0.0 and not blocked(w, o, l, b[0]):
                r = bsdf.respond(n, v, l, base, surface, through, specular)
                light = light + wp.cw_mul(wp.vec3(r[0], r[1], r[2]), w.sun_irradiance) * share
    brightest = wp.max(light[0], wp.max(light[1], light[2]))
    if brightest > _CLAMP:
        light = light * (_CLAMP / brightest)
    return light


@wp.func
def shade_shown(light: wp.vec3, empty: wp.vec3) -> float:
    """What a photo leaves of light where the empty room would give `empty`: rugs are shaded as the floor is."""
    out = float(1.0)
    open_sum = empty[0] + empty[1] + empty[2]
    if open_sum > 0.0:
        out = wp.pow(wp.clamp((light[0] + light[1] + light[2]) / open_sum, _DARKEST_SHADE, 1.0), _SHADE)
    return out


@wp.kernel(module=MODULE)
def furniture(
    w: World,
    first: int,
    ids: wp.array(dtype=int),
    width: int,
    begin: int,
    end: int,
    seed: int,
    colour: wp.array(dtype=wp.vec3),
    hits: wp.array(dtype=wp.vec3),
    albedo: wp.array(dtype=wp.vec3),
    normal: wp.array(dtype=wp.vec3),
) -> None:
    """Adds samples begin…end: radiance of furniture, (coverage, luminance², distance), and the denoiser's guides."""
    q = ids[wp.tid() + first]
    stream = stream_of(q, seed)
    sum_light = wp.vec3(0.0)
    sum_hits = wp.vec3(0.0)
    sum_albedo = wp.vec3(0.0)
    sum_normal = wp.vec3(0.0)
    flat_light = wp.vec3(0.0)
    flat_open = wp.vec3(0.0)
    flat_square = float(0.0)
    for i in range(begin, end):
        j = sample2(w, stream, i, 0)
        d = camera_direction(w, float(q % width) + 0.5 + tent(j[0]) * 0.75, float(q / width) + 0.5 + tent(j[1]) * 0.75)
        hit = trace(w, w.eye, d, _FAR)
        if hit[0] >= 0.0:
            f = int(hit[3])
            m = material_of(w, f)
            ng = face_normal(w, f)
            if wp.dot(ng, d) > 0.0:
                ng = -ng
            n = shading_normal(w, hit, d, ng)
            base = base_colour(w, m, uv_at(w, hit), 0.5 * hit[0] / w.f)
            light = shade(w, hit, d, n, ng, base, stream, i)
            grey = (light[0] + light[1] + light[2]) / 3.0
            if ng[2] > 0.5 and w.eye[2] + d[2] * hit[0] < _LOW:
                at = w.eye + d * hit[0]
                left = footing(w, at)
                beyond = patch(w, at)
                flat_light = flat_light + light * (left * beyond)
                flat_square = flat_square + grey * grey * left * left * beyond * beyond
                flat_open = flat_open + wp.cw_mul(base, gather_empty(w, at, n, stream, i)) * beyond
                grey = float(0.0)
            else:
                sum_light = sum_light + light
            sum_hits = sum_hits + wp.vec3(1.0, grey * grey, hit[0])
            metal = w.surface[m][2]
            sum_albedo = sum_albedo + base * (1.0 - metal) + wp.vec3(metal)
            sum_normal = sum_normal + n
    shown = shade_shown(flat_light, flat_open)
    sum_light = sum_light + flat_light * shown
    sum_hits = sum_hits + wp.vec3(0.0, flat_square * shown * shown, 0.0)
    colour[q] = colour[q] + sum_light
    hits[q] = hits[q] + sum_hits
    albedo[q] = albedo[q] + sum_albedo
    normal[q] = normal[q] + sum_normal

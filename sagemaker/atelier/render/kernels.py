"""The integrator: bakes for what light meets second, one pass over furniture, one over what it stands before.

Secondary hits do not recurse: they read irradiance baked on furniture (two-sided, clustered vertices) and on the
floor, so a sample costs three or four rays at any depth. The same source compiles for CPU and CUDA.
"""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render import bsdf
from atelier.render.geometry import (
    FLOOR,
    World,
    base_colour,
    blend2,
    blend3,
    blocked,
    box_hit,
    box_normal,
    box_radiance,
    bulb_reach,
    camera_direction,
    clearance,
    face_normal,
    footing,
    light_density,
    photo_floor,
    pick_bulb,
    pick_light,
    trace,
)
from atelier.render.sampling import cosine_direction, sample2, stream_of, tent

# Warp's default inlines everything: twice the compile time of this module for no speed at run time.
_FLAGS = "-march=native -mllvm=-inline-threshold=1200 -mllvm=-slp-recursion-max-depth=4"
wp.set_module_options({"enable_backward": False, "cpu_compiler_flags": _FLAGS})

PI = wp.constant(3.141592653589793)
_FLOOR = wp.constant(FLOOR)
_FAR = wp.constant(1.0e6)
_LOW = wp.constant(0.03)
"""Metres: rugs are lower than this; what stands on them is not."""
_UNEXPLAINED = wp.constant(1.5)
"""Floor brighter than this many times its modelled light mirrors something: planks and stains vary less."""
_CLAMP = wp.constant(8.0)
"""Largest radiance of one sample: fireflies cost more than the little highlight energy they carry."""


@wp.func
def leaving(w: World, hit: wp.vec4, d: wp.vec3) -> wp.vec3:
    """Radiance that leaves furniture at a secondary hit. Bulbs are sampled as lights, so here they are dark."""
    f = int(hit[3])
    m = w.face_material[f]
    side = wp.where(wp.dot(blend3(w.normals, w, f, hit), d) > 0.0, 1, 0)
    a = 1.0 - hit[1] - hit[2]
    i = 2 * w.node[w.faces[3 * f]]
    j = 2 * w.node[w.faces[3 * f + 1]]
    k = 2 * w.node[w.faces[3 * f + 2]]
    e = w.node_irradiance
    here = e[i + side] * a + e[j + side] * hit[1] + e[k + side] * hit[2]
    through = w.extra[m][0]
    if through > 0.0:
        back = 1 - side
        other = e[i + back] * a + e[j + back] * hit[1] + e[k + back] * hit[2]
        here = here * (1.0 - through) + other * through
    light = wp.cw_mul(base_colour(w, m, blend2(w, f, hit), 0.01), here) * (1.0 / PI)
    if w.extra[m][2] == 0.0:
        light = light + w.emission[m]
    return light


@wp.func
def gather(w: World, x: wp.vec3, n: wp.vec3, stream: wp.uint32, i: int) -> wp.vec3:
    """One sample pair (cosine and light, balance heuristic) of irradiance / π, and one of a bulb."""
    d = cosine_direction(n, sample2(stream, i, 0))
    b = box_hit(w, x, d)
    hit = trace(w, x, d, b[0])
    light = wp.vec3(0.0)
    if hit[0] >= 0.0:
        light = leaving(w, hit, d)
    else:
        p = wp.max(wp.dot(n, d), 0.0) / PI
        light = box_radiance(w, b) * (p / (p + light_density(w, b, d) + 1.0e-9))
    u = sample2(stream, i, 2)
    to = wp.normalize(pick_light(w, sample2(stream, i, 1), u) - x)
    c = wp.dot(n, to)
    if c > 0.0:
        b = box_hit(w, x, to)
        p = light_density(w, b, to)
        if p > 0.0 and not blocked(w, x, to, b[0] * 0.9999):
            light = light + box_radiance(w, b) * (c / PI / (p + c / PI))
    return light + bulb_light(w, x, n, stream, i, u[1])


@wp.func
def bulb_light(w: World, x: wp.vec3, n: wp.vec3, stream: wp.uint32, i: int, pick: float) -> wp.vec3:
    light = wp.vec3(0.0)
    if w.bulb_count > 0:
        q = pick_bulb(w, x, pick, sample2(stream, i, 5))
        d = wp.vec3(q[0], q[1], q[2])
        c = wp.dot(n, d)
        if q[3] > 0.0 and c > 0.0 and not blocked(w, x, d, bulb_reach(w, x, pick)):
            which = wp.min(int(pick * float(w.bulb_count)), w.bulb_count - 1)
            light = w.bulb_radiance[which] * (c / PI / q[3])
    return light


@wp.kernel
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


@wp.func
def gather_empty(w: World, x: wp.vec3, n: wp.vec3, stream: wp.uint32, i: int) -> wp.vec3:
    d = cosine_direction(n, sample2(stream, i, 0))
    b = box_hit(w, x, d)
    p = wp.max(wp.dot(n, d), 0.0) / PI
    light = box_radiance(w, b) * (p / (p + light_density(w, b, d) + 1.0e-9))
    to = wp.normalize(pick_light(w, sample2(stream, i, 1), sample2(stream, i, 2)) - x)
    c = wp.dot(n, to)
    if c > 0.0:
        b = box_hit(w, x, to)
        p = light_density(w, b, to)
        if p > 0.0:
            light = light + box_radiance(w, b) * (c / PI / (p + c / PI))
    return light


@wp.kernel
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


@wp.kernel
def coverage(w: World, first: int, ids: wp.array(dtype=int), width: int, out: wp.array(dtype=int)) -> None:
    """How many of five rays through a pixel (centre and just beyond its corners) meet furniture."""
    q = ids[wp.tid() + first]
    count = int(0)
    for i in range(5):
        u = wp.vec2(0.5, 0.5)
        if i > 0:
            u = wp.vec2(-0.1 + 1.2 * float((i - 1) % 2), -0.1 + 1.2 * float((i - 1) / 2))
        hit = trace(w, w.eye, camera_direction(w, float(q % width) + u[0], float(q / width) + u[1]), _FAR)
        if hit[0] >= 0.0:
            count = count + 1
    out[q] = count


@wp.func
def shade(
    w: World, hit: wp.vec4, d: wp.vec3, n: wp.vec3, ng: wp.vec3, base: wp.vec3, stream: wp.uint32, i: int
) -> wp.vec3:
    """Radiance towards the eye: one BSDF sample, one light sample (balance heuristic), one bulb sample."""
    m = w.face_material[int(hit[3])]
    surface = w.surface[m]
    through = w.extra[m][0]
    v = -d
    x = w.eye + d * hit[0]
    light = w.emission[m]
    share = bsdf.specular_share(wp.dot(n, v), base, surface)
    u2 = sample2(stream, i, 2)
    l = bsdf.sample(n, v, surface, through, share, sample2(stream, i, 1), u2)  # noqa: E741
    p = bsdf.density(n, v, l, surface, through, share)
    side = wp.where(wp.dot(ng, l) > 0.0, 1.0, -1.0)
    if p > 1.0e-6 and not (wp.dot(n, l) > 0.0 and side < 0.0):
        o = x + ng * (side * 3.0e-4)
        b = box_hit(w, o, l)
        weight = bsdf.evaluate(n, v, l, base, surface, through) / p
        second = trace(w, o, l, b[0])
        if second[0] >= 0.0:
            light = light + wp.cw_mul(weight, leaving(w, second, l))
        else:
            light = light + wp.cw_mul(weight, box_radiance(w, b)) * (p / (p + light_density(w, b, l)))
    u4 = sample2(stream, i, 4)
    l = wp.normalize(pick_light(w, sample2(stream, i, 3), u4) - x)  # noqa: E741
    side = wp.where(wp.dot(ng, l) > 0.0, 1.0, -1.0)
    if (side > 0.0 and wp.dot(n, l) > 0.0) or (side < 0.0 and through > 0.0):
        o = x + ng * (side * 3.0e-4)
        b = box_hit(w, o, l)
        p = light_density(w, b, l)
        if p > 0.0 and not blocked(w, o, l, b[0] * 0.9999):
            f = bsdf.evaluate(n, v, l, base, surface, through)
            light = light + wp.cw_mul(f, box_radiance(w, b)) / (p + bsdf.density(n, v, l, surface, through, share))
    if w.bulb_count > 0 and w.extra[m][2] == 0.0:
        q = pick_bulb(w, x, u4[1], sample2(stream, i, 5))
        l = wp.vec3(q[0], q[1], q[2])  # noqa: E741
        side = wp.where(wp.dot(ng, l) > 0.0, 1.0, -1.0)
        o = x + ng * (side * 3.0e-4)
        if q[3] > 0.0 and ((side > 0.0 and wp.dot(n, l) > 0.0) or (side < 0.0 and through > 0.0)):
            if not blocked(w, o, l, bulb_reach(w, o, u4[1])):
                which = wp.min(int(u4[1] * float(w.bulb_count)), w.bulb_count - 1)
                f = bsdf.evaluate(n, v, l, base, surface, through)
                light = light + wp.cw_mul(f, w.bulb_radiance[which]) / q[3]
    brightest = wp.max(light[0], wp.max(light[1], light[2]))
    if brightest > _CLAMP:
        light = light * (_CLAMP / brightest)
    return light


@wp.func
def shading_normal(w: World, hit: wp.vec4, d: wp.vec3, ng: wp.vec3) -> wp.vec3:
    """Interpolated normal, on the eye's side and never quite edge-on."""
    n = wp.normalize(blend3(w.normals, w, int(hit[3]), hit))
    if wp.dot(n, ng) < 0.0:
        n = -n
    facing = wp.dot(n, -d)
    if facing < 0.05:
        n = wp.normalize(n - d * (0.05 - facing))
    return n


@wp.kernel
def furniture(
    w: World,
    first: int,
    ids: wp.array(dtype=int),
    width: int,
    begin: int,
    end: int,
    seed: int,
    colour: wp.array(dtype=wp.vec3),
    hits: wp.array(dtype=wp.vec2),
    albedo: wp.array(dtype=wp.vec3),
    normal: wp.array(dtype=wp.vec3),
) -> None:
    """Adds samples begin…end: radiance of furniture, (coverage, luminance²), and the denoiser's guides."""
    q = ids[wp.tid() + first]
    stream = stream_of(q, seed)
    sum_light = wp.vec3(0.0)
    sum_hits = wp.vec2(0.0)
    sum_albedo = wp.vec3(0.0)
    sum_normal = wp.vec3(0.0)
    for i in range(begin, end):
        j = sample2(stream, i, 0)
        d = camera_direction(w, float(q % width) + 0.5 + tent(j[0]) * 0.75, float(q / width) + 0.5 + tent(j[1]) * 0.75)
        hit = trace(w, w.eye, d, _FAR)
        if hit[0] >= 0.0:
            f = int(hit[3])
            m = w.face_material[f]
            ng = face_normal(w, f)
            if wp.dot(ng, d) > 0.0:
                ng = -ng
            n = shading_normal(w, hit, d, ng)
            base = base_colour(w, m, blend2(w, f, hit), 0.5 * hit[0] / w.f)
            light = shade(w, hit, d, n, ng, base, stream, i)
            if ng[2] > 0.5 and w.eye[2] + d[2] * hit[0] < _LOW:
                light = light * footing(w, w.eye + d * hit[0])
            sum_light = sum_light + light
            grey = (light[0] + light[1] + light[2]) / 3.0
            sum_hits = sum_hits + wp.vec2(1.0, grey * grey)
            metal = w.surface[m][2]
            sum_albedo = sum_albedo + base * (1.0 - metal) + wp.vec3(metal)
            sum_normal = sum_normal + n
    colour[q] = colour[q] + sum_light
    hits[q] = hits[q] + sum_hits
    albedo[q] = albedo[q] + sum_albedo
    normal[q] = normal[q] + sum_normal


@wp.kernel
def detail(
    w: World,
    first: int,
    ids: wp.array(dtype=int),
    width: int,
    samples: int,
    seed: int,
    alpha: wp.array(dtype=float),
    albedo: wp.array(dtype=wp.vec3),
) -> None:
    """Coverage and premultiplied texture alone, for pictures larger than what is shaded."""
    q = ids[wp.tid() + first]
    stream = stream_of(q, seed)
    sum_alpha = float(0.0)
    sum_albedo = wp.vec3(0.0)
    for i in range(samples):
        j = sample2(stream, i, 0)
        d = camera_direction(w, float(q % width) + 0.5 + tent(j[0]) * 0.75, float(q / width) + 0.5 + tent(j[1]) * 0.75)
        hit = trace(w, w.eye, d, _FAR)
        if hit[0] >= 0.0:
            f = int(hit[3])
            m = w.face_material[f]
            base = base_colour(w, m, blend2(w, f, hit), 0.5 * hit[0] / w.f)
            sum_alpha = sum_alpha + 1.0
            sum_albedo = sum_albedo + base * (1.0 - w.surface[m][2]) + wp.vec3(w.surface[m][2])
    alpha[q] = sum_alpha / float(samples)
    albedo[q] = sum_albedo / float(samples)


@wp.kernel
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
    plane: wp.array(dtype=wp.vec3),
) -> None:
    """Light at room surfaces without and with furniture, by the same rays.

    Support is bounded: a hit fades out between 0.4 and 1 times `reach`, beyond which it counts as the empty room
    in both sums, so that far from furniture both are equal to the bit. Surfaces that furniture hides get −1.
    A floor far brighter in the photo than its modelled light holds a reflection: what stands in its way ends it.
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
    plane[q] = n
    x = w.eye + d0 * t + n * 1.0e-3
    inside = x[0] > w.lo[0] - 1.0e-2 and x[0] < w.hi[0] + 1.0e-2 and x[1] > w.lo[1] - 1.0e-2 and x[1] < w.hi[1] + 1.0e-2
    s0 = wp.vec3(0.0)
    s1 = wp.vec3(0.0)
    if trace(w, w.eye, d0, t * 0.9999)[0] >= 0.0:
        s0 = wp.vec3(-1.0)
        s1 = wp.vec3(-1.0)
    elif inside and clearance(w, x) < wp.where(k == 5, reach_gloss, reach_wall):
        reach = wp.where(k == 5, reach_floor, reach_wall)
        for i in range(samples):
            d = cosine_direction(n, sample2(stream, i, 0))
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
            to = wp.normalize(pick_light(w, sample2(stream, i, 1), sample2(stream, i, 2)) - x)
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
        s0 = s0 / float(samples)
        s1 = s1 / float(samples)
        if k == 5:
            s0 = wp.cw_mul(s0, w.floor_albedo)
            s1 = wp.cw_mul(s1, w.floor_albedo)
            v = -d0
            mirrored = float(0.0)
            for i in range(gloss_samples):
                h = bsdf.ggx_visible_normal(n, v, w.floor_alpha, sample2(stream, i, 3))
                l = h * (2.0 * wp.dot(v, h)) - v  # noqa: E741
                if l[2] > 1.0e-4:
                    fresnel = w.floor_f0 + (1.0 - w.floor_f0) * wp.pow(1.0 - wp.max(wp.dot(v, h), 0.0), 5.0)
                    lv = bsdf.ggx_lambda(v[2], w.floor_alpha)
                    weight = fresnel * (1.0 + lv) / (1.0 + lv + bsdf.ggx_lambda(l[2], w.floor_alpha))
                    b = box_hit(w, x, l)
                    light = box_radiance(w, b) * (weight / float(gloss_samples))
                    s0 = s0 + light
                    hit = trace(w, x, l, wp.min(b[0], reach_gloss))
                    if hit[0] >= 0.0:
                        near = 1.0 - wp.smoothstep(0.4 * reach_gloss, reach_gloss, hit[0])
                        seen = leaving(w, hit, l) * (weight / float(gloss_samples))
                        light = light * (1.0 - near) + seen * near
                        mirrored = mirrored + near / float(gloss_samples)
                    s1 = s1 + light
            beyond = wp.max(photo_floor(w, x) - s0 * _UNEXPLAINED, wp.vec3(0.0))
            s0 = s0 + beyond
            s1 = s1 + beyond * (1.0 - mirrored)
    without[q] = s0
    with_it[q] = s1


@wp.kernel
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


@wp.kernel
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

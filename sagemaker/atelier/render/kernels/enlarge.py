"""Full-resolution edges and texture for furniture that was shaded at a smaller size. Warp kernels."""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render.kernels.rays import camera_direction, trace
from atelier.render.kernels.sampling import sample2, stream_of, tent
from atelier.render.kernels.structs import DARKEST, FAR, MODULE, World
from atelier.render.kernels.surfaces import base_colour, face_normal, material_of, shading_normal, uv_at

_FAR = wp.constant(FAR)
_DARKEST = wp.constant(DARKEST)


_ALIKE = wp.constant(8.0)
"""How fast shading of another orientation loses its say, per unit of 1 − cosine."""
_DEEP = wp.constant(0.02)
"""Relative difference in distance at which it has lost most of it."""


@wp.func
def shading_at(
    x: float,
    y: float,
    n: wp.vec3,
    t: float,
    size: wp.vec2i,
    shading: wp.array(dtype=wp.vec4),
    guide: wp.array(dtype=wp.vec4),
) -> wp.vec3:
    """Shading at a position in the small picture, from those of its four pixels that show the same surface.

    Joint bilateral upsampling (Kopf et al. 2007) with orientation and distance for guides; plain bilinear where
    none of the four is alike.
    """
    left = int(wp.floor(x))
    top = int(wp.floor(y))
    like = wp.vec3(0.0)
    weight = float(0.0)
    plain = wp.vec3(0.0)
    for k in range(4):
        i = left + k % 2
        j = top + k / 2
        near = (1.0 - wp.abs(x - float(i))) * (1.0 - wp.abs(y - float(j)))
        at = wp.clamp(j, 0, size[1] - 1) * size[0] + wp.clamp(i, 0, size[0] - 1)
        s = shading[at]
        g = guide[at]
        colour = wp.vec3(s[0], s[1], s[2])
        plain = plain + colour * near
        other = (1.0 - wp.dot(n, wp.vec3(g[0], g[1], g[2]))) * _ALIKE + wp.abs(t - g[3]) / (t * _DEEP)
        share = near * s[3] * wp.exp(-other)
        like = like + colour * share
        weight = weight + share
    out = plain
    if weight > 1.0e-3:
        out = like / weight
    return out


@wp.kernel(module=MODULE)
def detail(
    w: World,
    first: int,
    ids: wp.array(dtype=int),
    width: int,
    samples: int,
    seed: int,
    scale: float,
    size: wp.vec2i,
    shading: wp.array(dtype=wp.vec4),
    guide: wp.array(dtype=wp.vec4),
    alpha: wp.array(dtype=float),
    colour: wp.array(dtype=wp.vec3),
) -> None:
    """Coverage and premultiplied colour of pictures larger than what is shaded: their own edges and texture.

    shading: light per albedo, and coverage, of the small picture; guide: its unit normals and distances; scale:
    small pixels per pixel. Half of `samples`, an even number, will do where they all or none of them meet furniture.
    """
    q = ids[wp.tid() + first]
    stream = stream_of(q, seed)
    sum_alpha = float(0.0)
    sum_colour = wp.vec3(0.0)
    count = samples
    i = int(0)
    while i < count:
        j = sample2(w, stream, i, 0)
        x = float(q % width) + 0.5 + tent(j[0]) * 0.75
        y = float(q / width) + 0.5 + tent(j[1]) * 0.75
        d = camera_direction(w, x, y)
        hit = trace(w, w.eye, d, _FAR)
        if hit[0] >= 0.0:
            f = int(hit[3])
            m = material_of(w, f)
            ng = face_normal(w, f)
            if wp.dot(ng, d) > 0.0:
                ng = -ng
            n = shading_normal(w, hit, d, ng)
            base = base_colour(w, m, uv_at(w, hit), 0.5 * hit[0] / w.f)
            metal = w.surface[m][2]
            light = shading_at(x * scale - 0.5, y * scale - 0.5, n, hit[0], size, shading, guide)
            sum_alpha = sum_alpha + 1.0
            sum_colour = sum_colour + wp.cw_mul(light, base * (1.0 - metal) + wp.vec3(metal + _DARKEST))
        i = i + 1
        if 2 * i == samples and (sum_alpha == 0.0 or sum_alpha == float(i)):
            count = i
    alpha[q] = sum_alpha / float(count)
    colour[q] = sum_colour / float(count)

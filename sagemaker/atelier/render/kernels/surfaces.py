"""Furniture at a hit: normals, texture, and the light that baked nodes send out. Warp functions."""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render.kernels.structs import World

INV_PI = wp.constant(0.3183098861837907)


@wp.func
def material_of(w: World, face: int) -> int:
    return int(w.face_side[face][3])


@wp.func
def face_normal(w: World, face: int) -> wp.vec3:
    """Unit, on the side the vertex normals are on."""
    s = w.face_side[face]
    return wp.vec3(s[0], s[1], s[2])


@wp.func
def smooth_normal(w: World, hit: wp.vec4) -> wp.vec3:
    f = w.faces[int(hit[3])]
    return w.normals[f[0]] * (1.0 - hit[1] - hit[2]) + w.normals[f[1]] * hit[1] + w.normals[f[2]] * hit[2]


@wp.func
def uv_at(w: World, hit: wp.vec4) -> wp.vec2:
    f = w.faces[int(hit[3])]
    return w.uvs[f[0]] * (1.0 - hit[1] - hit[2]) + w.uvs[f[1]] * hit[1] + w.uvs[f[2]] * hit[2]


@wp.func
def shading_normal(w: World, hit: wp.vec4, d: wp.vec3, ng: wp.vec3) -> wp.vec3:
    """Interpolated normal, on the eye's side and never quite edge-on."""
    n = wp.normalize(smooth_normal(w, hit))
    if wp.dot(n, ng) < 0.0:
        n = -n
    facing = wp.dot(n, -d)
    if facing < 0.05:
        n = wp.normalize(n - d * (0.05 - facing))
    return n


@wp.func
def texel(w: World, at: int) -> wp.vec3:
    c = w.texels[at]
    m = wp.uint32(255)
    return wp.vec3(
        w.linear[int(c & m)], w.linear[int((c >> wp.uint32(8)) & m)], w.linear[int((c >> wp.uint32(16)) & m)]
    )


@wp.func
def base_colour(w: World, material: int, uv: wp.vec2, footprint: float) -> wp.vec3:
    """Linear albedo; bilinear in the mip level where `footprint` (metres) is about one texel."""
    t = w.texture[material]
    c = w.colour[material]
    if t[1] > 0:
        k = w.extra[material][1]
        level = int(wp.clamp(wp.log2(wp.max(footprint * k * float(t[1]), 1.0)), 0.0, float(t[3] - 1)))
        at = t[0]
        nx = t[1]
        ny = t[2]
        for _ in range(level):
            at = at + nx * ny
            nx = wp.max(nx >> 1, 1)
            ny = wp.max(ny >> 1, 1)
        x = (uv[0] * k - wp.floor(uv[0] * k)) * float(nx) - 0.5
        y = (uv[1] * k - wp.floor(uv[1] * k)) * float(ny) - 0.5
        left = wp.floor(x)
        above = wp.floor(y)
        i = wp.where(left < 0.0, nx - 1, int(left))
        j = wp.where(above < 0.0, ny - 1, int(above))
        i2 = wp.where(i + 1 >= nx, 0, i + 1)
        j2 = wp.where(j + 1 >= ny, 0, j + 1)
        fx = x - left
        fy = y - above
        top = texel(w, at + j * nx + i) * (1.0 - fx) + texel(w, at + j * nx + i2) * fx
        low = texel(w, at + j2 * nx + i) * (1.0 - fx) + texel(w, at + j2 * nx + i2) * fx
        c = top * (1.0 - fy) + low * fy
    return c


@wp.func
def sent(w: World, material: int, here: wp.vec3, behind: wp.vec3, base: wp.vec3) -> wp.vec3:
    """Radiance that leaves one side, from irradiance on it and behind it. Bulbs are sampled as lights: here, dark."""
    through = w.extra[material][0]
    light = wp.cw_mul(base, here * (1.0 - through) + behind * through) * INV_PI
    if w.extra[material][2] == 0.0:
        light = light + w.emission[material]
    return light


@wp.func
def leaving(w: World, hit: wp.vec4, d: wp.vec3) -> wp.vec3:
    """Radiance that leaves furniture at a secondary hit, at the bake's resolution."""
    f = int(hit[3])
    side = wp.where(wp.dot(face_normal(w, f), d) > 0.0, 1, 0)
    n = w.face_node[f]
    r = w.node_radiance
    return r[2 * n[0] + side] * (1.0 - hit[1] - hit[2]) + r[2 * n[1] + side] * hit[1] + r[2 * n[2] + side] * hit[2]


@wp.func
def mirrored(w: World, hit: wp.vec4, d: wp.vec3, footprint: float) -> wp.vec3:
    """Like `leaving`, with the surface's own texture: for what a mirror or a polished top shows."""
    f = int(hit[3])
    side = wp.where(wp.dot(face_normal(w, f), d) > 0.0, 1, 0)
    a = 1.0 - hit[1] - hit[2]
    n = w.face_node[f]
    e = w.node_irradiance
    here = e[2 * n[0] + side] * a + e[2 * n[1] + side] * hit[1] + e[2 * n[2] + side] * hit[2]
    side = 1 - side
    behind = e[2 * n[0] + side] * a + e[2 * n[1] + side] * hit[1] + e[2 * n[2] + side] * hit[2]
    m = material_of(w, f)
    return sent(w, m, here, behind, base_colour(w, m, uv_at(w, hit), footprint))

"""The photographed room around a ray: the emissive box, the contact map, the clearance grid. Warp functions."""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render.kernels.structs import CONTACT, FACE, FLOOR, World

_FACE = wp.constant(FACE)
_FLOOR = wp.constant(FLOOR)
_CONTACT = wp.constant(CONTACT)


@wp.func
def bilinear(a: wp.array(dtype=wp.vec3), at: int, n: int, u: float, v: float) -> wp.vec3:
    x = wp.clamp(u * float(n) - 0.5, 0.0, float(n) - 1.001)
    y = wp.clamp(v * float(n) - 0.5, 0.0, float(n) - 1.001)
    i = int(x)
    j = int(y)
    fx = x - float(i)
    fy = y - float(j)
    k = at + j * n + i
    return (a[k] * (1.0 - fx) + a[k + 1] * fx) * (1.0 - fy) + (a[k + n] * (1.0 - fx) + a[k + n + 1] * fx) * fy


@wp.func
def box_hit(w: World, o: wp.vec3, d: wp.vec3) -> wp.vec4:
    """Where a ray from inside leaves the box: distance, face, u, v."""
    t = float(1.0e9)
    k = int(0)
    if wp.abs(d[1]) > 1.0e-9:
        t = (wp.where(d[1] > 0.0, w.hi[1], w.lo[1]) - o[1]) / d[1]
        k = wp.where(d[1] > 0.0, 0, 4)
    if wp.abs(d[0]) > 1.0e-9:
        tx = (wp.where(d[0] > 0.0, w.hi[0], w.lo[0]) - o[0]) / d[0]
        if tx < t:
            t = tx
            k = wp.where(d[0] > 0.0, 2, 1)
    if wp.abs(d[2]) > 1.0e-9:
        tz = (wp.where(d[2] > 0.0, w.hi[2], w.lo[2]) - o[2]) / d[2]
        if tz < t:
            t = tz
            k = wp.where(d[2] > 0.0, 3, 5)
    t = wp.max(t, 0.0)
    p = o + d * t
    e = w.hi - w.lo
    x = wp.clamp((p[0] - w.lo[0]) / e[0], 0.0, 1.0)
    y = wp.clamp((p[1] - w.lo[1]) / e[1], 0.0, 1.0)
    z = wp.clamp((p[2] - w.lo[2]) / e[2], 0.0, 1.0)
    u = wp.where(k == 1 or k == 2, y, x)
    v = wp.where(k == 3 or k == 5, y, z)
    return wp.vec4(t, float(k), u, v)


@wp.func
def box_normal(k: int) -> wp.vec3:
    n = wp.vec3(0.0, -1.0, 0.0)
    if k == 1:
        n = wp.vec3(1.0, 0.0, 0.0)
    if k == 2:
        n = wp.vec3(-1.0, 0.0, 0.0)
    if k == 3:
        n = wp.vec3(0.0, 0.0, -1.0)
    if k == 4:
        n = wp.vec3(0.0, 1.0, 0.0)
    if k == 5:
        n = wp.vec3(0.0, 0.0, 1.0)
    return n


@wp.func
def box_area(w: World, k: int) -> float:
    e = w.hi - w.lo
    a = e[0] * e[2]
    if k == 1 or k == 2:
        a = e[1] * e[2]
    if k == 3 or k == 5:
        a = e[0] * e[1]
    return a


@wp.func
def box_radiance(w: World, h: wp.vec4) -> wp.vec3:
    """Photo radiance of the room there; the floor dimmed where furniture stands over it."""
    k = int(h[1])
    light = bilinear(w.radiance, k * _FACE * _FACE, _FACE, h[2], h[3])
    if k == 5:
        light = wp.cw_mul(light, bilinear(w.floor_gain, 0, _FLOOR, h[2], h[3]))
    return light


@wp.func
def clearance(w: World, x: wp.vec3) -> float:
    """No furniture is nearer to x than this, metres; x inside the box."""
    i = wp.clamp(int((x[0] - w.lo[0]) / w.clearance_cell), 0, w.clearance_size[0] - 1)
    j = wp.clamp(int((x[1] - w.lo[1]) / w.clearance_cell), 0, w.clearance_size[1] - 1)
    k = wp.clamp(int((x[2] - w.lo[2]) / w.clearance_cell), 0, w.clearance_size[2] - 1)
    return w.clearance[(i * w.clearance_size[1] + j) * w.clearance_size[2] + k]


@wp.func
def footing(w: World, x: wp.vec3) -> float:
    """What contact with feet leaves of the light on the floor at x (0…1); 1 off the map."""
    left = float(1.0)
    u = (x[0] - w.contact_at[0]) / w.contact_at[2] - 0.5
    v = (x[1] - w.contact_at[1]) / w.contact_at[2] - 0.5
    i = int(wp.floor(u))
    j = int(wp.floor(v))
    if i >= 0 and j >= 0 and i < _CONTACT - 1 and j < _CONTACT - 1:
        k = j * _CONTACT + i
        a = w.contact[k] + (w.contact[k + 1] - w.contact[k]) * (u - float(i))
        b = w.contact[k + _CONTACT] + (w.contact[k + _CONTACT + 1] - w.contact[k + _CONTACT]) * (u - float(i))
        left = a + (b - a) * (v - float(j))
    return left


@wp.func
def patch(w: World, x: wp.vec3) -> float:
    """Times by which a sun patch of the photo outshines the floor around it below x; 1 off any."""
    e = w.hi - w.lo
    return bilinear(w.patches, 0, _FACE, (x[0] - w.lo[0]) / e[0], (x[1] - w.lo[1]) / e[1])[0]

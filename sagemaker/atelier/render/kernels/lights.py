"""Where light comes from, to be aimed at: bright cells of the box, bulbs, the sun through windows. Warp functions."""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render.kernels.box import box_area, box_normal
from atelier.render.kernels.sampling import cone_direction
from atelier.render.kernels.structs import CELLS, FACE, World

PI = wp.constant(3.141592653589793)
SUN_COSINE = wp.constant(0.99996)
"""of the half angle of the sun's cone: half a degree, twice the true one, for the haze around it"""
_CELLS = wp.constant(CELLS)
_FACE = wp.constant(FACE)


@wp.func
def light_density(w: World, h: wp.vec4, d: wp.vec3) -> float:
    """Solid-angle density of `pick_light` for the ray that left the box at h."""
    k = int(h[1])
    n = float(_CELLS)
    cell = k * _CELLS * _CELLS + wp.min(int(h[3] * n), _CELLS - 1) * _CELLS + wp.min(int(h[2] * n), _CELLS - 1)
    facing = wp.max(wp.abs(wp.dot(box_normal(k), d)), 1.0e-4)
    return w.cell_probability[cell] * n * n / box_area(w, k) * h[0] * h[0] / facing


@wp.func
def pick_light(w: World, a: wp.vec2, b: wp.vec2) -> wp.vec3:
    """A point on the box, brighter cells more often (alias table)."""
    count = 6 * _CELLS * _CELLS
    x = a[0] * float(count)
    c = wp.min(int(x), count - 1)
    if x - float(c) > w.alias_keep[c]:
        c = w.alias_other[c]
    k = c / (_CELLS * _CELLS)
    r = c - k * _CELLS * _CELLS
    j = r / _CELLS
    i = r - j * _CELLS
    u = (float(i) + a[1]) / float(_CELLS)
    v = (float(j) + b[0]) / float(_CELLS)
    e = w.hi - w.lo
    p = wp.vec3(w.lo[0] + u * e[0], wp.where(k == 0, w.hi[1], w.lo[1]), w.lo[2] + v * e[2])
    if k == 1 or k == 2:
        p = wp.vec3(wp.where(k == 1, w.lo[0], w.hi[0]), w.lo[1] + u * e[1], w.lo[2] + v * e[2])
    if k == 3 or k == 5:
        p = wp.vec3(w.lo[0] + u * e[0], w.lo[1] + v * e[1], wp.where(k == 3, w.hi[2], w.lo[2]))
    return p


@wp.func
def pick_bulb(w: World, x: wp.vec3, pick: float, u: wp.vec2) -> wp.vec4:
    """A direction into the cone of one bulb's sphere, and its density (0: no bulb, or x inside it)."""
    out = wp.vec4(0.0, 0.0, 1.0, 0.0)
    if w.bulb_count > 0:
        b = w.bulbs[wp.min(int(pick * float(w.bulb_count)), w.bulb_count - 1)]
        axis = wp.vec3(b[0], b[1], b[2]) - x
        distance = wp.length(axis)
        if distance > b[3] * 1.05:
            sine = b[3] / distance
            cos_max = wp.sqrt(1.0 - sine * sine)
            d = cone_direction(axis / distance, cos_max, u)
            out = wp.vec4(d[0], d[1], d[2], 1.0 / (2.0 * PI * (1.0 - cos_max) * float(w.bulb_count)))
    return out


@wp.func
def bulb_reach(w: World, x: wp.vec3, pick: float) -> float:
    """How far a shadow ray to the bulb may go without meeting the bulb's own mesh."""
    b = w.bulbs[wp.min(int(pick * float(w.bulb_count)), w.bulb_count - 1)]
    return wp.length(wp.vec3(b[0], b[1], b[2]) - x) - b[3] * 1.02


@wp.func
def bulb_at(w: World, pick: float) -> wp.vec3:
    """Radiance of the bulb that `pick` chooses."""
    return w.bulb_radiance[wp.min(int(pick * float(w.bulb_count)), w.bulb_count - 1)]


@wp.func
def sun_towards(w: World, u: wp.vec2) -> wp.vec3:
    return cone_direction(w.sun_direction, SUN_COSINE, u)


@wp.func
def sun_through(w: World, h: wp.vec4) -> float:
    """Share of sun that comes in where a ray towards it left the box at h."""
    i = wp.min(int(h[2] * float(_FACE)), _FACE - 1)
    j = wp.min(int(h[3] * float(_FACE)), _FACE - 1)
    return w.sun_open[(int(h[1]) * _FACE + j) * _FACE + i]

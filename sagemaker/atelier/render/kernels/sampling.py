"""Points of a sample's sequence (`render.sequence`) for one pixel, and directions from them, as Warp functions."""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render.kernels.structs import World

TAU = wp.constant(6.283185307179586)
_HASH = wp.constant(wp.uint32(2221713035))
_GOLDEN = wp.constant(wp.uint32(0x9E3779B9))
_OTHER = wp.constant(wp.uint32(0xB5297A4D))


@wp.func
def hash_u32(a: wp.uint32) -> wp.uint32:
    x = a
    x = (x ^ (x >> wp.uint32(16))) * wp.uint32(2146121005)
    x = (x ^ (x >> wp.uint32(15))) * _HASH
    return x ^ (x >> wp.uint32(16))


@wp.func
def unit(x: wp.uint32) -> float:
    return float(x >> wp.uint32(8)) * (1.0 / 16777216.0)


@wp.func
def sample2(w: World, stream: wp.uint32, index: int, dimension: int) -> wp.vec2:
    """Point `index` of the pair of dimensions `dimension` of one pixel's stream, in [0, 1)².

    The table's points with one pixel's digits flipped: a digital shift keeps what makes them even.
    """
    at = 2 * (dimension * (w.sequence_mask + 1) + (index & w.sequence_mask))
    shift = hash_u32(stream + wp.uint32(dimension) * _GOLDEN)
    return wp.vec2(unit(w.sequence[at] ^ shift), unit(w.sequence[at + 1] ^ (shift * _OTHER + _GOLDEN)))


@wp.func
def stream_of(pixel: int, seed: int) -> wp.uint32:
    return hash_u32(wp.uint32(pixel) + hash_u32(wp.uint32(seed) * wp.uint32(7919) + wp.uint32(77)))


@wp.func
def basis(n: wp.vec3) -> wp.mat33:
    """Orthonormal frame around n as columns (Duff et al., JCGT 2017)."""
    s = wp.where(n[2] >= 0.0, 1.0, -1.0)
    a = -1.0 / (s + n[2])
    b = n[0] * n[1] * a
    return wp.mat33(
        1.0 + s * n[0] * n[0] * a, b, n[0], s * b, s + n[1] * n[1] * a, n[1], -s * n[0], -n[1], n[2]
    )  # fmt: skip


@wp.func
def cosine_direction(n: wp.vec3, u: wp.vec2) -> wp.vec3:
    r = wp.sqrt(u[0])
    p = TAU * u[1]
    return basis(n) * wp.vec3(r * wp.cos(p), r * wp.sin(p), wp.sqrt(wp.max(0.0, 1.0 - u[0])))


@wp.func
def cone_direction(axis: wp.vec3, cos_max: float, u: wp.vec2) -> wp.vec3:
    z = 1.0 - u[0] * (1.0 - cos_max)
    r = wp.sqrt(wp.max(0.0, 1.0 - z * z))
    p = TAU * u[1]
    return basis(axis) * wp.vec3(r * wp.cos(p), r * wp.sin(p), z)


@wp.func
def tent(u: float) -> float:
    """Tent-distributed offset in [-1, 1)."""
    return wp.where(u < 0.5, wp.sqrt(2.0 * u) - 1.0, 1.0 - wp.sqrt(2.0 - 2.0 * u))

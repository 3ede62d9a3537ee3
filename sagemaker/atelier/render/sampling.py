"""Sample sequences and directions, as Warp functions.

Every pair of dimensions is its own Owen-scrambled, shuffled (0, 2)-sequence (Burley, "Practical Hash-based
Owen Scrambling", JCGT 2020; permutation constants from Vegdahl). One low-discrepancy sequence with mere
offsets per dimension would correlate the dimensions: pictures look fine and never converge.
"""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render import runtime as _runtime  # noqa: F401  (configures Warp)

TAU = wp.constant(6.283185307179586)
_HASH = wp.constant(wp.uint32(2221713035))
_HIGH16 = wp.constant(wp.uint32(0xFFFF0000))
_HIGH8 = wp.constant(wp.uint32(0xFF00FF00))
_HIGH4 = wp.constant(wp.uint32(0xF0F0F0F0))
_HIGH2 = wp.constant(wp.uint32(0xCCCCCCCC))
_HIGH1 = wp.constant(wp.uint32(0xAAAAAAAA))
_GOLDEN = wp.constant(wp.uint32(0x9E3779B9))


@wp.func
def hash_u32(a: wp.uint32) -> wp.uint32:
    x = a
    x = (x ^ (x >> wp.uint32(16))) * wp.uint32(2146121005)
    x = (x ^ (x >> wp.uint32(15))) * _HASH
    return x ^ (x >> wp.uint32(16))


@wp.func
def reverse_bits(a: wp.uint32) -> wp.uint32:
    x = a
    x = ((x >> wp.uint32(1)) & wp.uint32(0x55555555)) | ((x & wp.uint32(0x55555555)) << wp.uint32(1))
    x = ((x >> wp.uint32(2)) & wp.uint32(0x33333333)) | ((x & wp.uint32(0x33333333)) << wp.uint32(2))
    x = ((x >> wp.uint32(4)) & wp.uint32(0x0F0F0F0F)) | ((x & wp.uint32(0x0F0F0F0F)) << wp.uint32(4))
    x = ((x >> wp.uint32(8)) & wp.uint32(0x00FF00FF)) | ((x & wp.uint32(0x00FF00FF)) << wp.uint32(8))
    return (x >> wp.uint32(16)) | (x << wp.uint32(16))


@wp.func
def permute_low_to_high(a: wp.uint32, seed: wp.uint32) -> wp.uint32:
    """Owen scrambling of a bit-reversed number: a bit only influences higher bits."""
    x = a
    x = x ^ (x * wp.uint32(0x3D20ADEA))
    x = x + seed
    x = x * ((seed >> wp.uint32(16)) | wp.uint32(1))
    x = x ^ (x * wp.uint32(0x05526C56))
    return x ^ (x * wp.uint32(0x53A22864))


@wp.func
def second_sobol_reversed(a: wp.uint32) -> wp.uint32:
    """Bits of Sobol's second dimension, reversed: the index as a polynomial over GF(2), shifted by one."""
    q = a
    q = q ^ ((q & _HIGH16) >> wp.uint32(16))
    q = q ^ ((q & _HIGH8) >> wp.uint32(8))
    q = q ^ ((q & _HIGH4) >> wp.uint32(4))
    q = q ^ ((q & _HIGH2) >> wp.uint32(2))
    return q ^ ((q & _HIGH1) >> wp.uint32(1))


@wp.func
def unit(x: wp.uint32) -> float:
    return float(x >> wp.uint32(8)) * (1.0 / 16777216.0)


@wp.func
def sample2(stream: wp.uint32, index: int, dimension: int) -> wp.vec2:
    """Point `index` of the pair of dimensions `dimension` of one pixel's stream, in [0, 1)²."""
    seed = hash_u32(stream ^ (wp.uint32(dimension) * _GOLDEN))
    i = reverse_bits(permute_low_to_high(reverse_bits(wp.uint32(index)), seed))
    a = reverse_bits(permute_low_to_high(i, hash_u32(seed + wp.uint32(1))))
    b = reverse_bits(permute_low_to_high(second_sobol_reversed(i), hash_u32(seed + wp.uint32(2))))
    return wp.vec2(unit(a), unit(b))


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

"""One layered surface: GGX specular over diffuse with sheen, or a thin translucent sheet. Warp functions.

`surface` = (roughness, F0 of the dielectric, metalness, sheen), `translucent` = share passed to the other side.
Sources: Heitz, "Sampling the GGX Distribution of Visible Normals", JCGT 2018 (spherical-cap form: Dupuy &
Benyoub 2023); Estevez & Kulla, "Production Friendly Microfacet Sheen BRDF", 2017 (fixed low-order lobe).
"""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render.kernels.sampling import basis, cosine_direction

PI = wp.constant(3.141592653589793)


@wp.func
def ggx_d(nh: float, a: float) -> float:
    q = nh * nh * (a * a - 1.0) + 1.0
    return a * a / (PI * q * q + 1.0e-12)


@wp.func
def ggx_lambda(c: float, a: float) -> float:
    return 0.5 * (wp.sqrt(1.0 + a * a * (1.0 - c * c) / (c * c + 1.0e-9)) - 1.0)


@wp.func
def ggx_visible_normal(n: wp.vec3, v: wp.vec3, a: float, u: wp.vec2) -> wp.vec3:
    frame = basis(n)
    w = wp.transpose(frame) * v
    h = wp.normalize(wp.vec3(a * w[0], a * w[1], wp.max(w[2], 1.0e-4)))
    p = 2.0 * PI * u[0]
    z = (1.0 - u[1]) * (1.0 + h[2]) - h[2]
    r = wp.sqrt(wp.clamp(1.0 - z * z, 0.0, 1.0))
    c = wp.vec3(r * wp.cos(p), r * wp.sin(p), z) + h
    return frame * wp.normalize(wp.vec3(a * c[0], a * c[1], wp.max(c[2], 1.0e-6)))


@wp.func
def grazing_rise(cosine: float) -> float:
    """Schlick's (1 − cosine)⁵."""
    k = 1.0 - cosine
    return k * k * k * k * k


@wp.func
def specular_share(nv: float, base: wp.vec3, surface: wp.vec4) -> float:
    """Probability of sampling the specular lobe."""
    fresnel = (surface[1] + (1.0 - surface[1]) * grazing_rise(nv)) * (1.0 - surface[2]) + surface[2]
    diffuse = (base[0] + base[1] + base[2]) * 0.3333 * (1.0 - surface[2])
    return wp.clamp(fresnel / (fresnel + diffuse + 1.0e-4), 0.08, 0.92)


@wp.func
def respond(
    n: wp.vec3,
    v: wp.vec3,
    l: wp.vec3,  # noqa: E741
    base: wp.vec3,
    surface: wp.vec4,
    translucent: float,
    share: float,
) -> wp.vec4:
    """BSDF × |cos| for a light direction on either side, and the solid-angle density of `sample` for it."""
    nl = wp.dot(n, l)
    f = base * (translucent * wp.max(-nl, 0.0) / PI)
    p = translucent * wp.max(-nl, 0.0) / PI
    if nl > 0.0:
        nv = wp.max(wp.dot(n, v), 1.0e-3)
        a = surface[0] * surface[0]
        h = wp.normalize(v + l)
        nh = wp.dot(n, h)
        masked = 1.0 + ggx_lambda(nv, a)
        d = ggx_d(nh, a) / (4.0 * nv)
        f0 = wp.vec3(surface[1]) * (1.0 - surface[2]) + base * surface[2]
        rise = grazing_rise(wp.max(wp.dot(v, h), 0.0)) * wp.min(1.0, surface[1] * 25.0 + surface[2])
        specular = (f0 + (wp.vec3(1.0) - f0) * rise) * (d / (masked + ggx_lambda(nl, a)))
        # What the coat reflects does not reach the diffuse layer; rough coats lose their grazing rise.
        lost = surface[1] + (1.0 - surface[1]) * grazing_rise(nv) * 0.6 * (1.0 - surface[0] * 0.7)
        lost = wp.where(surface[1] > 0.0, lost, 0.0)
        diffuse = base * ((1.0 - surface[2]) * (1.0 - lost) * nl / PI)
        grazing = wp.max(1.0 - nh * nh, 0.0)
        sheen = surface[3] * 4.0 * grazing / (8.0 * PI * (nl + nv - nl * nv)) * nl
        f = (specular + diffuse * (1.0 - 0.5 * surface[3]) + wp.vec3(sheen)) * (1.0 - translucent)
        p = (1.0 - translucent) * (share * d / masked + (1.0 - share) * nl / PI)
    return wp.vec4(f[0], f[1], f[2], p)


@wp.func
def sample(
    n: wp.vec3, v: wp.vec3, surface: wp.vec4, translucent: float, share: float, u: wp.vec2, lobe: wp.vec2
) -> wp.vec3:
    l = wp.vec3(0.0)  # noqa: E741
    if lobe[0] >= translucent and lobe[1] < share:
        h = ggx_visible_normal(n, v, surface[0] * surface[0], u)
        l = h * (2.0 * wp.dot(v, h)) - v  # noqa: E741
    else:
        l = cosine_direction(wp.where(lobe[0] < translucent, -n, n), u)  # noqa: E741
    return l

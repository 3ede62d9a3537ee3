"""A quick look at a scene on a seamless studio floor: one sun, a soft sky, one bounce. Not the product's renderer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from embreex import rtcore_scene
from embreex.mesh_construction import TriangleMesh

from atelier.furnish.dyes import linear
from atelier.furnish.materials import material as texture_of
from atelier.model import F32, F64, I32, U8, Material, Scene
from atelier.render.denoise import denoise

SUN = np.array([-0.45, -0.62, 0.64]) / np.linalg.norm([-0.45, -0.62, 0.64])
FLOOR, SKY = np.array([0.62, 0.60, 0.57]), np.array([0.86, 0.88, 0.92])


@dataclass(frozen=True)
class _Surfaces:
    """Flat arrays over all triangles of a scene."""

    vertices: F32
    normals: F32
    uv: F32
    faces: I32
    owner: I32
    materials: tuple[Material, ...]


def _flatten(scene: Scene) -> _Surfaces:
    offsets = np.cumsum([0, *(len(m.vertices) for m in scene.meshes)])
    return _Surfaces(
        np.concatenate([m.vertices for m in scene.meshes]),
        np.concatenate([m.normals for m in scene.meshes]),
        np.concatenate([m.uv for m in scene.meshes]),
        np.concatenate([m.faces + int(o) for m, o in zip(scene.meshes, offsets, strict=False)]).astype(np.int32),
        np.concatenate([np.full(len(m.faces), i) for i, m in enumerate(scene.meshes)]).astype(np.int32),
        tuple(scene.materials[m.material] for m in scene.meshes),
    )


@lru_cache(maxsize=256)
def _smaller(material: str, level: int) -> U8:
    """A material's texture with `level` halvings, so that a pixel sees the mean of what it covers."""
    image = texture_of(material).texture
    if image is None:
        raise ValueError(f"{material} has no texture")
    size = (max(1, image.shape[1] >> level), max(1, image.shape[0] >> level))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _albedo(s: _Surfaces, tri: I32, uv: F64, pixel_m: float) -> F64:
    """Linear albedo at hits, for pixels `pixel_m` wide."""
    out = np.zeros((len(tri), 3))
    owner = s.owner[tri]
    for i in np.unique(owner):
        m, hit = s.materials[i], owner == i
        if m.texture is None:
            out[hit] = m.colour
            continue
        level = int(np.clip(np.log2(max(pixel_m * m.texture_scale * m.texture.shape[1], 1.0)), 0, 9))
        texture = _smaller(m.name, level)
        h, w = texture.shape[:2]
        q = (uv[hit] * m.texture_scale) % 1.0
        out[hit] = texture[(q[:, 1] * h).astype(int) % h, (q[:, 0] * w).astype(int) % w] / 255.0
    return linear(out)


class Studio:
    """One scene ready to be looked at from any side."""

    def __init__(self, scene: Scene) -> None:
        self.s = _flatten(scene)
        self.pixel_m = 0.0
        self.embree = rtcore_scene.EmbreeScene()
        TriangleMesh(self.embree, self.s.vertices[self.s.faces].astype(np.float32))

    def _hit(self, origin: F64, direction: F64) -> tuple[I32, F64, F64, F64]:
        r = self.embree.run(origin.astype(np.float32), direction.astype(np.float32), output=1, query="INTERSECT")
        return r["primID"], r["tfar"].astype(np.float64), r["u"].astype(np.float64), r["v"].astype(np.float64)

    def _blocked(self, origin: F64, direction: F64) -> np.ndarray:
        return np.asarray(
            self.embree.run(origin.astype(np.float32), direction.astype(np.float32), query="OCCLUDED") >= 0
        )

    def _at(self, tri: I32, u: F64, v: F64) -> tuple[F64, F64]:
        f = self.s.faces[tri]
        weights = np.stack([1 - u - v, u, v], -1)[..., None]
        normal = (self.s.normals[f] * weights).sum(1)
        return normal / np.linalg.norm(normal, axis=1, keepdims=True), (self.s.uv[f] * weights).sum(1)

    def look(self, size: int, azimuth: float, target: F64, distance: float, rays: int = 2, rise: float = 20.0) -> U8:
        """(size, size, 3) sRGB picture from `azimuth` degrees right of the front, `rise` degrees up."""
        rng = np.random.default_rng(3)
        a, e = np.deg2rad(azimuth - 90), np.deg2rad(rise)
        eye = target + distance * np.array([np.cos(a) * np.cos(e), np.sin(a) * np.cos(e), np.sin(e)])
        fwd = (target - eye) / distance
        right = np.cross(fwd, [0, 0, 1.0])
        right /= np.linalg.norm(right)
        up = np.cross(right, fwd)
        n = size * 3 // 2
        self.pixel_m = distance * 0.52 / n
        jj, ii = np.meshgrid((np.arange(n) + 0.5) / n * 2 - 1, (np.arange(n) + 0.5) / n * 2 - 1)
        d = (fwd + 0.26 * (jj[..., None] * right - ii[..., None] * up)).reshape(-1, 3)
        d /= np.linalg.norm(d, axis=1, keepdims=True)
        noisy, *guides = self._shade(np.broadcast_to(eye, d.shape).copy(), d, rays, rng)
        colour, albedo, normal = (layer.reshape(n, n, 3).astype(np.float32) for layer in (noisy, *guides))
        small = cv2.resize(denoise(colour, (albedo, normal)), (size, size), interpolation=cv2.INTER_AREA)
        toned = np.clip(small / (1 + 0.12 * small), 0, 1)
        return np.asarray(
            np.round(np.where(toned <= 0.0031308, toned * 12.92, 1.055 * toned ** (1 / 2.4) - 0.055) * 255), np.uint8
        )

    def _shade(self, o: F64, d: F64, rays: int, rng: np.random.Generator) -> tuple[F64, F64, F64]:
        """Linear colour, and the albedo and normal that guide the denoiser."""
        tri, t, u, v = self._hit(o, d)
        t_floor = np.where(d[:, 2] < -1e-6, -o[:, 2] / np.minimum(d[:, 2], -1e-6), 1e9)
        on_piece = tri >= 0
        colour = np.tile(FLOOR * 0.98, (len(d), 1))
        live = np.flatnonzero(on_piece | (t_floor < 40))
        normal, albedo = np.tile([0.0, 0, 1], (len(live), 1)), np.tile(FLOOR, (len(live), 1))
        emission, through = np.zeros((len(live), 3)), np.zeros(len(live))
        mirror, gloss = np.full((len(live), 3), 0.0), np.ones(len(live))
        piece = on_piece[live]
        k = live[piece]
        normal[piece], uv = self._at(tri[k], u[k], v[k])
        normal[piece] *= np.sign(-(normal[piece] * d[k]).sum(1, keepdims=True) + 1e-12)
        albedo[piece] = _albedo(self.s, tri[k], uv, self.pixel_m)
        guide, facing = np.tile(FLOOR * 0.98, (len(d), 1)), np.tile([0.0, 0, 1], (len(d), 1))
        guide[live], facing[live] = albedo, normal
        cos = np.clip(-(normal * d[live]).sum(1), 0, 1)
        for i, m in enumerate(self.s.materials):
            mine = np.flatnonzero(piece)[self.s.owner[tri[k]] == i]
            if len(mine) == 0:
                continue
            f0 = albedo[mine] if m.metal > 0 else np.full((len(mine), 3), 0.08 * m.specular)
            mirror[mine] = f0 + (1 - f0) * ((1 - cos[mine]) ** 5)[:, None] * (1 - m.roughness) ** 2
            gloss[mine], through[mine] = m.roughness, m.translucent
            albedo[mine] *= (1 - m.metal) * (1 + 0.35 * m.sheen * ((1 - cos[mine]) ** 3)[:, None])
            emission[mine] = m.emission
        p = o[live] + d[live] * np.where(piece, t[live], t_floor[live])[:, None]
        light = self._light(p + normal * 1e-3, normal, rays, rng)
        if through.any():
            thin = through > 0
            back = self._light(p[thin] - normal[thin] * 2e-3, -normal[thin], 2, rng)
            light[thin] = light[thin] * (1 - through[thin, None]) + back * through[thin, None]
        shiny = np.flatnonzero(mirror.max(1) > 0.02)
        r = d[live][shiny] - 2 * (d[live][shiny] * normal[shiny]).sum(1, keepdims=True) * normal[shiny]
        r = r + rng.normal(size=r.shape) * (gloss[shiny, None] ** 2) * 0.5
        seen = self._environment(p[shiny] + normal[shiny] * 2e-3, r / np.linalg.norm(r, axis=1, keepdims=True))
        out = albedo * light + emission
        out[shiny] = out[shiny] * (1 - mirror[shiny]) + mirror[shiny] * seen
        fade = np.clip((t_floor[live] - 6) / 8, 0, 1)[:, None] * ~piece[:, None]
        colour[live] = out * (1 - fade) + FLOOR * 0.98 * fade
        return colour, guide, facing

    def _light(self, p: F64, n: F64, rays: int, rng: np.random.Generator) -> F64:
        """Irradiance / π: one jittered sun ray and `rays` cosine rays to sky, floor or neighbours."""
        sun = SUN + rng.normal(size=p.shape) * 0.10
        sun /= np.linalg.norm(sun, axis=1, keepdims=True)
        cos = np.clip((n * sun).sum(1), 0, 1)
        total = (cos * ~self._blocked(p, sun))[:, None] * np.array([0.66, 0.63, 0.58])
        for _ in range(rays):
            d = n + _sphere(rng, len(p))
            d /= np.linalg.norm(d, axis=1, keepdims=True) + 1e-9
            total = total + self._environment(p, d) * 0.72 / rays
        return np.asarray(total, np.float64)

    def _environment(self, p: F64, d: F64) -> F64:
        tri, _, u, v = self._hit(p, d)
        left = np.clip(0.75 - 0.45 * d[:, :1] - 0.25 * d[:, 1:2], 0.2, 1.5)
        out = np.where(d[:, 2:] > 0, SKY * left, FLOOR * 0.8)
        hit = tri >= 0
        if hit.any():
            _, uv = self._at(tri[hit], u[hit], v[hit])
            out[hit] = _albedo(self.s, tri[hit], uv, 8 * self.pixel_m) * 0.45
        return np.asarray(out, np.float64)


def _sphere(rng: np.random.Generator, n: int) -> F64:
    v = rng.normal(size=(n, 3))
    return np.asarray(v / np.linalg.norm(v, axis=1, keepdims=True), np.float64)

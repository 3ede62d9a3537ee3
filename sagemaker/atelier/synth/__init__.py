"""Synthetic empty rooms whose camera, floor, doors and windows are known exactly.

A room is a floor polygon extruded to a ceiling; a ray caster finds what each pixel sees, radiosity on a
coarse grid lights it from the windows. They are the ground truth of the geometry tests and the project's
own example photo.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from atelier.model import F32, F64, U8, Bool, Camera, Opening
from atelier.perceive.camera import rotation
from atelier.synth.light import irradiance_maps, look_up, sun_irradiance
from atelier.synth.materials import floor_texture, outdoor_radiance, sample_mipmapped
from atelier.synth.room import (
    CEILING,
    FLOOR,
    WALL,
    Fixture,
    Hits,
    Lamp,
    Panel,
    RoomParams,
    Slope,
    cast,
    ceiling_at,
    glazed,
    random_params,
    rectangle,
    wall_frames,
)

__all__ = ["Fixture", "Lamp", "Panel", "RoomParams", "Slope", "SyntheticRoom", "random_params", "synthetic_room"]

_CASING_M = 0.075
_SOCKET_M, _SOCKET_HEIGHT_M = 0.042, 0.30
_SPOT_RADIUS_M = 0.05
_WHITE = np.array([0.80, 0.79, 0.77], np.float32)


@dataclass(frozen=True)
class SyntheticRoom:
    rgb: U8
    camera: Camera
    """its k1 is the division model's to first order in `RoomParams.barrel`."""
    polygon: F64
    """(N, 2) the whole room's floor, metres."""
    ceiling_m: float
    floor_mask: Bool
    window_mask: Bool
    doors: tuple[Opening, ...]
    windows: tuple[Opening, ...]
    passages: tuple[Opening, ...] = ()
    columns: tuple[F64, ...] = ()
    """(N, 2) footprints of what stands on the floor."""


def synthetic_room(params: RoomParams | int, width: int = 1000, supersample: int = 1) -> SyntheticRoom:
    """Render one room, deterministically. An int picks random parameters. Picture: width × aspect·width."""
    if isinstance(params, int):
        params = random_params(params)
    height = round(width * params.aspect)
    camera = _camera(params, width, height)
    fine = camera.resized(width * supersample, height * supersample)
    v, u = np.mgrid[0 : fine.height, 0 : fine.width] + 0.5
    straight = _straightened(np.stack([u, v], -1).reshape(-1, 2), params, fine)
    rays = replace(fine, k1=0.0).rays(straight).astype(np.float32)
    hits = cast(params, camera.centre.astype(np.float32), rays)
    radiance, glass = _radiance(params, hits, rays, pixel=1 / fine.f)
    image = _expose(params, radiance.reshape(fine.height, fine.width, 3), glass.reshape(fine.height, fine.width))
    image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.float32)
    image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.55), np.float32)
    grain = np.random.default_rng(params.seed).standard_normal(image.shape[:2]).astype(np.float32)
    encoded = _srgb(image) + params.grain * grain[..., None]
    middle = (slice(supersample // 2, None, supersample),) * 2
    return SyntheticRoom(
        rgb=np.clip(encoded * 255 + 0.5, 0, 255).astype(np.uint8),
        camera=camera,
        polygon=np.array(params.polygon, np.float64),
        ceiling_m=params.ceiling_m,
        floor_mask=(hits.surface == FLOOR).reshape(fine.height, fine.width)[middle],
        window_mask=glass.reshape(fine.height, fine.width)[middle],
        doors=tuple(_opening(params, f) for f in params.fixtures if f.kind == "door"),
        windows=tuple(_opening(params, f) for f in params.fixtures if f.kind == "window"),
        passages=tuple(Opening("passage", np.array(p, np.float64), 0.0, 2.1, 1.0) for p in params.passages),
        columns=tuple(np.array(c, np.float64) for c in params.columns),
    )


def _radiance(params: RoomParams, hits: Hits, rays: F32, pixel: float) -> tuple[F32, Bool]:
    """(N, 3) radiance along the rays and (N,) True where they leave through glass."""
    rng = np.random.default_rng(params.seed)
    texture = floor_texture(params.floor, rng) * np.array(params.floor_tint, np.float32)
    maps = irradiance_maps(params, texture.mean((0, 1)))
    albedo, glass = _albedo(params, hits, texture, pixel)
    light = look_up(params, maps, hits.surface, hits.point, hits.along) * _crevices(params, hits)[:, None]
    light += sun_irradiance(params, hits.point, hits.surface)
    out = np.asarray(albedo * light / np.pi, np.float32)
    out[glass] = outdoor_radiance(rays[glass])
    for lamp in params.lamps:
        spot = np.linalg.norm(hits.point - np.array(lamp.position, np.float32), axis=1) < 2 * _SPOT_RADIUS_M
        out[spot & (hits.surface == CEILING)] = 4.0
    _reflect_floor(params, hits, rays, maps, out)
    return out, glass


def _reflect_floor(params: RoomParams, hits: Hits, rays: F32, maps: F32, out: F32) -> None:
    """Add what a satin floor mirrors: windows and walls, stronger at grazing angles (Schlick, 1994)."""
    if params.floor == "carpet":
        return
    on = np.flatnonzero(hits.surface == FLOOR)
    if not len(on):
        return
    mirrored = rays[on] * np.array([1, 1, -1], np.float32)
    wobble = np.random.default_rng(params.seed + 1).normal(0, 0.025, (len(on), 2)).astype(np.float32)
    mirrored[:, :2] += wobble * mirrored[:, 2:]
    seen = cast(params, hits.point[on] + np.array([0, 0, 1e-3], np.float32), mirrored)
    glass = _in_glass(params, seen)
    wall = np.array(params.wall_colour, np.float32)
    radiance = wall * look_up(params, maps, seen.surface, seen.point, seen.along) / np.float32(np.pi)
    radiance[glass] = outdoor_radiance(mirrored[glass])
    fresnel = 0.03 + 0.55 * (1 - hits.cosine[on]) ** 5
    out[on] += radiance * fresnel[:, None]


def _albedo(params: RoomParams, hits: Hits, texture: F32, pixel: float) -> tuple[F32, Bool]:
    albedo = np.empty((len(hits.surface), 3), np.float32)
    albedo[:] = params.wall_colour
    if params.accent is not None:
        albedo[hits.surface == WALL + params.accent[0]] = params.accent[1]
    albedo[hits.surface == CEILING] = _WHITE
    on = hits.surface == FLOOR
    footprint = hits.distance[on] * pixel / np.sqrt(np.maximum(hits.cosine[on], 0.02))
    albedo[on] = sample_mipmapped(texture, _turned(hits.point[on][:, 1::-1], params.floor_turn_deg), footprint)
    wall = hits.surface >= WALL
    z = hits.point[:, 2]
    albedo[wall & (z < params.skirting_m)] = params.joinery
    albedo[wall & (np.abs(z - params.skirting_m) < 0.004)] *= 0.8
    albedo[wall & (z < 0.006)] *= 0.45
    for fixture in params.fixtures:
        _paint(albedo, fixture, hits.surface == WALL + fixture.wall, hits.along, z, np.array(params.joinery))
    for index, s in params.sockets:
        aside = np.maximum(np.abs(hits.along - s), np.abs(z - _SOCKET_HEIGHT_M))
        plate = (hits.surface == WALL + index) & (aside < _SOCKET_M)
        albedo[plate] = np.where(aside[plate, None] > _SOCKET_M - 0.008, 0.6, 0.84)
    return albedo, _in_glass(params, hits)


def _paint(albedo: F32, fixture: Fixture, on_wall: Bool, s: F32, z: F32, joinery: F64) -> None:
    """Casing, leaf and panels of a door; casing and sashes of a window."""
    outside = rectangle(s, z, fixture, _CASING_M)
    inside = rectangle(s, z, fixture, 0.0)
    casing = on_wall & (outside > 0)
    albedo[casing] = joinery * 1.04
    albedo[on_wall & (np.abs(outside) < 0.003)] *= 0.78
    albedo[on_wall & (np.abs(inside) < 0.005)] *= 0.6
    if fixture.kind == "door":
        leaf = on_wall & (inside > 0.006)
        albedo[leaf] = joinery * 0.93
        middle = (fixture.start + fixture.end) / 2
        for low, high in ((0.22, 0.85), (1.05, 1.85)):
            for side in (-1, 1):
                left = middle + (0.05 if side > 0 else 0.05 - (fixture.end - middle - 0.05))
                panel = Fixture("door", fixture.wall, left, left + fixture.end - middle - 0.15, low, high)
                edge = rectangle(s, z, panel, 0.0)
                albedo[leaf & (np.abs(edge) < 0.008)] *= 0.74
        albedo[leaf & (np.hypot(s - fixture.end + 0.07, z - 1.0) < 0.03)] = 0.12


def _in_glass(params: RoomParams, hits: Hits) -> Bool:
    glass = np.zeros(len(hits.surface), np.bool_)
    for fixture in params.fixtures:
        if fixture.kind == "window":
            glass |= (hits.surface == WALL + fixture.wall) & glazed(fixture, hits.along, hits.point[:, 2])
    return glass


def _crevices(params: RoomParams, hits: Hits) -> F32:
    """(N,) ambient occlusion near edges, finer than the radiosity grid."""
    z = hits.point[:, 2]
    gap = np.where(hits.surface >= WALL, np.minimum(z, ceiling_at(params, hits.point[:, :2]) - z), np.inf)
    for index, (start, unit, normal, length) in enumerate(wall_frames(params)):
        on = hits.surface == WALL + index
        gap[on] = np.minimum(gap[on], np.minimum(hits.along[on], length - hits.along[on]))
        flat = hits.surface < WALL
        offset = (hits.point[flat, :2] - start) @ normal
        s = (hits.point[flat, :2] - start) @ unit
        away = np.hypot(offset, s - np.clip(s, 0, length))
        gap[flat] = np.where(offset > -1e-3, np.minimum(gap[flat], away), gap[flat])
    return np.asarray(1 - 0.22 * np.exp(-gap / 0.10), np.float32)


def _expose(params: RoomParams, radiance: F32, glass: Bool) -> F32:
    """Scene radiance → 0…1 linear: white balance on the bright half of the room, its bright surfaces at
    two thirds, highlights rolled off."""
    room = radiance[~glass]
    luminance = room @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    bright = np.median(room[luminance >= np.median(luminance)], axis=0)
    balance = (float(bright.mean()) / np.maximum(bright, 1e-6)) ** params.balance
    exposed = radiance * (balance * 0.66 / max(float(np.percentile(luminance, 75)), 1e-6)).astype(np.float32)
    exposed *= np.float32(params.exposure)
    # The view is exposed for itself, as in merged brackets.
    exposed[glass] = radiance[glass] * np.float32(params.view_exposure)
    knee = np.float32(0.6)
    return np.where(exposed > knee, knee + (1 - knee) * (1 - np.exp(-(exposed - knee) / (1 - knee))), exposed)


def _straightened(uv: F64, params: RoomParams, camera: Camera) -> F64:
    """Where an undistorted lens would have put what is seen at each pixel (N, 2): one radial term about the middle."""
    if params.barrel == 0:
        return uv
    middle = np.array([camera.width / 2, camera.height / 2])
    radius2 = ((uv - middle) ** 2).sum(-1, keepdims=True) / float((middle**2).sum())
    return np.asarray(middle + (uv - middle) * (1 + params.barrel * radius2), np.float64)


def _turned(xy: F32, degrees: float) -> F32:
    if degrees == 0:
        return xy
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.asarray(xy @ np.array([[c, s], [-s, c]]), np.float32)


def _srgb(linear: F32) -> F32:
    x = np.clip(linear, 0, 1)
    return np.asarray(np.where(x <= 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055), np.float32)


def _camera(params: RoomParams, width: int, height: int) -> Camera:
    yaw, pitch, roll = np.deg2rad([params.yaw_deg, params.pitch_deg, params.roll_deg])
    f = params.focal_ratio * width
    return Camera(
        f=f,
        cx=width / 2,
        cy=height * (0.5 + params.shift),
        width=width,
        height=height,
        R=rotation(float(yaw), float(pitch), float(roll)),
        height_m=params.camera_height_m,
        k1=-params.barrel * 4 * f**2 / (width**2 + height**2),
    )


def _opening(params: RoomParams, fixture: Fixture) -> Opening:
    start, unit, _, _ = wall_frames(params)[fixture.wall]
    ground = np.stack([start + unit * fixture.start, start + unit * fixture.end]).astype(np.float64)
    return Opening(fixture.kind, ground, fixture.bottom, fixture.top, 1.0)

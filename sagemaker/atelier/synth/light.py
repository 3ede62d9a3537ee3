"""Light in a synthetic room: windows as area emitters, interreflection by radiosity on a coarse grid."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from shapely import contains_xy
from shapely.geometry import Polygon

from atelier.model import F32, F64, I32
from atelier.synth.materials import outdoor_radiance
from atelier.synth.room import CEILING, FLOOR, WALL, Fixture, RoomParams, ceiling_at, rectangle, wall_frames

_GRID, _COARSE_GRID = 12, 7
_MANY_SURFACES = 9
"""from here on a coarser grid: the exchange grows with the square of all cells."""
_PANE = 8
_BOUNCES = 6
_LAMP_SIZE_M2 = 0.04
"""keeps the wall beside a lamp finite."""
_SUN_RADIUS = 0.018  # blur of the sun's edge per metre of travel: 0.53° disc plus haze
_SUN = np.array([5.4, 4.9, 4.1])  # irradiance; blue is scattered out


@dataclass(frozen=True)
class _Patches:
    centre: F64
    normal: F64
    area: F64
    albedo: F64


def irradiance_maps(params: RoomParams, floor_albedo: F32) -> F32:
    """(surfaces · n, n, 3) irradiance of every surface over its own two coordinates."""
    patches = _patches(params, floor_albedo)
    direct = np.zeros((len(patches.area), 3))
    for window in (f for f in params.fixtures if f.kind == "window"):
        direct += _from_window(params, window, patches)
    for lamp in params.lamps:
        offset = np.array(lamp.position) - patches.centre
        squared = (offset**2).sum(1)
        facing = np.clip((offset * patches.normal).sum(1), 0, None) / np.sqrt(squared)
        direct += (facing / (squared + _LAMP_SIZE_M2))[:, None] * np.array(lamp.intensity)
    if params.sun is not None:
        direct += sun_share(params, patches.centre.astype(np.float32))[:, None] * _SUN
    exchange = _form_factors(patches.centre, patches.normal, patches)
    radiosity = patches.albedo * direct
    for _ in range(_BOUNCES):
        radiosity = patches.albedo * (direct + exchange @ radiosity)
    # Sunlight itself is drawn per pixel; only what it scatters belongs on the coarse grid.
    total = direct + exchange @ radiosity
    if params.sun is not None:
        total -= sun_share(params, patches.centre.astype(np.float32))[:, None] * _SUN
    return np.asarray(total.reshape(-1, grid_of(params), 3), np.float32)


def grid_of(params: RoomParams) -> int:
    """Cells a side of each surface's irradiance map."""
    return _GRID if 2 + len(params.polygon) + len(params.panels) < _MANY_SURFACES else _COARSE_GRID


def look_up(params: RoomParams, maps: F32, surface: I32, point: F32, along: F32) -> F32:
    """Irradiance (N, 3) where N rays landed."""
    low, size = _floor_extent(params)
    lengths = np.array([1.0, 1.0, *(frame[3] for frame in wall_frames(params))], np.float32)
    flat = surface < WALL
    a = np.where(flat, (point[:, 0] - low[0]) / size[0], along / lengths[surface])
    b = np.where(flat, (point[:, 1] - low[1]) / size[1], point[:, 2] / params.ceiling_m)
    n = grid_of(params)
    row = np.clip(a * n - 0.5, 0, n - 1) + surface * n
    column = np.clip(b * n - 0.5, 0, n - 1)
    width = 4096
    rows = -(-len(surface) // width)
    grid = np.zeros((2, rows * width), np.float32)
    grid[0, : len(surface)], grid[1, : len(surface)] = column, row
    folded = grid.reshape(2, rows, width)
    found = cv2.remap(maps, folded[0], folded[1], cv2.INTER_LINEAR)
    return np.asarray(found.reshape(-1, 3)[: len(surface)], np.float32)


def sun_irradiance(params: RoomParams, point: F32, surface: I32) -> F32:
    """(N, 3) direct sunlight at points of the room, by the angle it strikes their surface at."""
    if params.sun is None:
        return np.zeros((len(point), 3), np.float32)
    travel = np.array(params.sun, np.float32) / np.float32(np.linalg.norm(params.sun))
    normals = np.array([[0, 0, 1], [0, 0, -1], *((*f[2], 0) for f in wall_frames(params))], np.float32)
    strike = np.clip(-(normals @ travel), 0, 1)[surface] / max(float(-travel[2]), 0.1)
    return np.asarray((sun_share(params, point) * strike)[:, None] * _SUN.astype(np.float32), np.float32)


def sun_share(params: RoomParams, point: F32) -> F32:
    """(N,) share of the sun's disc seen through a window from each point."""
    share = np.zeros(len(point), np.float32)
    if params.sun is None:
        return share
    travel = np.array(params.sun, np.float32) / np.float32(np.linalg.norm(params.sun))
    for window in (f for f in params.fixtures if f.kind == "window"):
        start, unit, normal, _ = wall_frames(params)[window.wall]
        speed = float(travel[:2] @ normal)
        if speed <= 1e-3:
            continue
        back = ((point[:, :2] - start) @ normal) / speed
        origin = point - back[:, None] * travel
        s, z = ((origin[:, :2] - start) @ unit).astype(np.float32), origin[:, 2].astype(np.float32)
        blur = np.maximum(back * _SUN_RADIUS, 0.004)
        inside = np.minimum(rectangle(s, z, window, -0.055), np.abs(s - (window.start + window.end) / 2) - 0.045)
        inside = np.minimum(inside, np.abs(z - (window.bottom + window.top) / 2) - 0.03)
        share += np.where(back > 0.02, np.clip(0.5 + inside / (2 * blur), 0, 1), 0).astype(np.float32)
    return np.asarray(np.minimum(share, 1), np.float32)


def _patches(params: RoomParams, floor_albedo: F32) -> _Patches:
    centres: list[F64] = []
    normals: list[F64] = []
    areas: list[F64] = []
    albedos: list[F64] = []
    n = grid_of(params)
    cell = (np.arange(n) + 0.5) / n
    a, b = (grid.ravel() for grid in np.meshgrid(cell, cell, indexing="ij"))
    low, size = _floor_extent(params)
    xy = np.stack([low[0] + a * size[0], low[1] + b * size[1]], 1)
    inside = contains_xy(Polygon(params.polygon), xy[:, 0], xy[:, 1])
    top = ceiling_at(params, xy.astype(np.float32)).astype(np.float64)
    for surface, z, facing, albedo in (
        (FLOOR, np.zeros(len(xy)), np.tile([0.0, 0.0, 1.0], (len(xy), 1)), floor_albedo),
        (CEILING, top, _down(params, top), (0.8, 0.79, 0.77)),
    ):
        assert surface == len(centres)  # noqa: S101 - maps are stacked in surface order
        centres.append(np.column_stack([xy, z]))
        normals.append(facing)
        areas.append(np.where(inside, size[0] * size[1] / n**2, 0.0))
        albedos.append(np.tile(albedo, (len(xy), 1)))
    for start, unit, normal, length in wall_frames(params):
        foot = start + np.outer(a * length, unit)
        centres.append(np.column_stack([foot, b * params.ceiling_m]))
        normals.append(np.tile([normal[0], normal[1], 0.0], (len(a), 1)))
        area = length * params.ceiling_m / n**2
        areas.append(np.where(b * params.ceiling_m < ceiling_at(params, foot.astype(np.float32)), area, 0.0))
        albedos.append(np.tile(params.wall_colour, (len(a), 1)))
    return _Patches(*(np.concatenate(part).astype(np.float64) for part in (centres, normals, areas, albedos)))


def _down(params: RoomParams, top: F64) -> F64:
    """(N, 3) normal of the ceiling at the heights `top`, into the room."""
    down = np.tile([0.0, 0.0, -1.0], (len(top), 1))
    if params.slope is not None:
        tilted = np.array([params.slope.rise * c for c in params.slope.uphill] + [-1.0])
        down[top < params.ceiling_m - 1e-6] = tilted / np.linalg.norm(tilted)
    return down


def _form_factors(centre: F64, normal: F64, source: _Patches) -> F64:
    """(N, P) share of what each of N points receives that comes from each source patch.

    Points against discs (Wallace et al., 1989); the disc's own area in the denominator tames close pairs.
    """
    offset = source.centre[None] - centre[:, None]
    squared = (offset**2).sum(-1)
    distance = np.sqrt(np.maximum(squared, 1e-12))
    leaving = np.clip((offset * normal[:, None]).sum(-1) / distance, 0, None)
    arriving = np.clip(-(offset * source.normal[None]).sum(-1) / distance, 0, None)
    factors = leaving * arriving * source.area / (np.pi * squared + source.area + 1e-12)
    return np.asarray(factors / np.maximum(factors.sum(1, keepdims=True), 1.0), np.float64)


def _from_window(params: RoomParams, window: Fixture, patches: _Patches) -> F64:
    """(P, 3) irradiance from one window's panes."""
    start, unit, normal, _ = wall_frames(params)[window.wall]
    cell = (np.arange(_PANE) + 0.5) / _PANE
    s, z = (grid.ravel() for grid in np.meshgrid(cell, cell, indexing="ij"))
    foot = start + np.outer(window.start + s * (window.end - window.start), unit)
    height = window.bottom + z * (window.top - window.bottom)
    area = (window.end - window.start) * (window.top - window.bottom) / _PANE**2
    total = np.zeros((len(patches.area), 3))
    # Haze and glass mix what the panes show: the light they give is paler than the view.
    for x, y, up in np.column_stack([foot, height]):
        offset = np.array([x, y, up]) - patches.centre
        squared = (offset**2).sum(1)
        towards = offset / np.sqrt(np.maximum(squared, 1e-12))[:, None]
        facing = np.clip((towards * patches.normal).sum(1), 0, None)
        leaving = np.clip(towards[:, :2] @ -normal.astype(np.float64), 0, None)
        strength = facing * leaving * area / (squared + area)
        view = outdoor_radiance(towards.astype(np.float32))
        total += strength[:, None] * 2.2 * (0.25 * view + 0.75 * view.mean(1, keepdims=True))
    return total


def _floor_extent(params: RoomParams) -> tuple[F64, F64]:
    corners = np.array(params.polygon, np.float64)
    return corners.min(0), np.maximum(corners.max(0) - corners.min(0), 1e-6)

"""The render stage: furniture under the photo's own light, and what it does to the room around it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import warp as wp

from atelier.model import F32, Bool, Camera, Light, Render, Report, Room, Scene
from atelier.render import kernels
from atelier.render.catcher import CATCHER_SAMPLES, catch, upscaled
from atelier.render.denoise import denoise
from atelier.render.images import box_of, fill
from atelier.render.job import Job
from atelier.render.kernels.structs import DARKEST, FLOOR
from atelier.render.runtime import download, upload, upload_vec3, zeros
from atelier.render.world import BuiltWorld, aim, build_world

SHADED_PIXELS = 1_000_000
"""Furniture is shaded at no more than this; larger pictures get their own coverage and texture."""
_MANY_PIXELS = 6_000_000
"""Above this a pixel is so small that half the detail samples will do."""
NODE_SAMPLES, FLOOR_SAMPLES = (4, 12), 32
"""One pass per diffuse bounce; the first only feeds the second, which averages its noise away."""
_ENOUGH = 0.13
"""Relative standard error of a pixel before denoising at which it needs no more samples."""
_ROUNDS = ((0.25, 0.35), (0.5, 0.6), (1.0, 1.0))
"""Samples are taken in rounds: up to this share of them, by this share of the stage's time. Each spares the certain."""
_SEEN = 0.1
"""Share of a pixel that furniture must fill for its light to be known."""
DETAIL_SAMPLES = 8


def render(
    scene: Scene, room: Room, light: Light, width: int, height: int, samples: int, seed: int, report: Report
) -> Render:
    """Render `scene` into `room` at width × height, at most `samples` per shaded pixel.

    The same inputs give the same bytes whatever the threads do. Raises ValueError for an empty scene.
    """
    job = Job(report)
    camera = room.camera.resized(width, height)
    shrink = min(1.0, (SHADED_PIXELS / (width * height)) ** 0.5)
    shaded = camera.resized(round(width * shrink), round(height * shrink)) if shrink < 1 else camera
    with job.stage("build", 0.0, 0.03):
        world = build_world(scene, light, shaded, max(samples, CATCHER_SAMPLES))
    with job.stage("bake", 0.03, 0.12):
        _bake(job, world)
    with job.stage("furniture", 0.12, 0.7):
        layer = _furniture(job, world, shaded, samples, seed)
    with job.stage("denoise", 0.7, 0.79):
        colour = _denoise_layer(layer)
    with job.stage("catcher", 0.79, 0.97):
        caught = catch(job, world, room, light, shaded, layer.covered, seed)
        ratio = caught.ratio
    with job.stage("detail", 0.97, 1.0):
        alpha = layer.alpha
        if shrink < 1:
            colour, alpha = _detail(job, world, camera, colour, layer, seed)
            ratio = upscaled(ratio, width, height)
    distance = cv2.resize(layer.distance, (width, height), interpolation=cv2.INTER_NEAREST)
    return Render(colour, alpha, ratio, camera, job.seconds, np.asarray(distance, np.float32), caught.glaze)


def _bake(job: Job, world: BuiltWorld) -> None:
    """Fill irradiance on furniture and the floor's dimming; each pass adds one diffuse bounce."""
    w = world.struct
    cells = np.arange(FLOOR * FLOOR)
    sides = np.arange(2 * world.nodes)
    padding = FLOOR * FLOOR + FLOOR + 2
    empty, now = upload_vec3(np.ones((padding, 3))), upload_vec3(np.ones((padding, 3)))
    job.launch(kernels.bake_floor, cells, w, FLOOR_SAMPLES, 0, empty)
    for samples in NODE_SAMPLES:
        irradiance, radiance = (upload_vec3(np.zeros((2 * world.nodes, 3))) for _ in range(2))
        job.launch(kernels.bake_nodes, sides, w, samples, world.node_positions, world.node_normals, irradiance)
        every = np.arange(2 * world.nodes)
        job.launch(kernels.light_nodes, every, w, world.node_material, world.node_uv, irradiance, radiance)
        w.node_irradiance, w.node_radiance = irradiance, radiance
        # Closed pieces have an inside: what no light reached by the first rays is spared the rest.
        sides = sides[download(irradiance)[sides].any(-1)]
        job.launch(kernels.bake_floor, cells, w, FLOOR_SAMPLES, 1, now)
        w.floor_gain = upload_vec3(np.clip(download(now) / np.maximum(download(empty), 1e-6), 0.0, 2.0))


@dataclass(frozen=True)
class _Layer:
    colour: F32
    alpha: F32
    albedo: F32
    normal: F32
    covered: Bool
    """pixels that furniture fills entirely"""
    depth: F32
    """mean metres along the rays that meet it"""
    distance: F32
    """metres along the floor to the nearest of it, infinite where there is none"""


def _furniture(job: Job, world: BuiltWorld, camera: Camera, samples: int, seed: int) -> _Layer:
    w, width, height = world.struct, camera.width, camera.height
    aim(w, camera)
    counts, ground = zeros(width * height, int), zeros(width * height, float)
    job.launch(kernels.coverage, np.arange(width * height), w, width, counts, ground)
    hits = download(counts).reshape(height, width)
    touched = cv2.dilate((hits > 0).astype(np.uint8), np.ones((3, 3), np.uint8))
    ids_touched = np.flatnonzero(touched)
    sums = [zeros(width * height, kind) for kind in (wp.vec3,) * 4]
    taken = np.ones(width * height, np.float32)
    rest, begin, told = ids_touched, 0, 0.05
    for share, then in _ROUNDS:
        end = max(round(share * samples), begin + 1)
        inputs = [width, begin, end, seed, *sums]
        job.launch(kernels.furniture, rest, w, *inputs, share=(told, then))
        taken[rest], begin, told = end, end, then
        if begin >= samples:
            break
        rest = rest[_noisy(download(sums[0]), download(sums[1]), end, 2 * end < samples, (height, width))[rest]]
    colour, hit, albedo, normal = (download(a) / taken[:, None] for a in sums)
    images = [a.reshape(height, width, 3).astype(np.float32) for a in (colour, albedo, normal)]
    alpha = hit[:, 0].reshape(height, width).astype(np.float32)
    distance = download(ground).reshape(height, width)
    depth = (hit[:, 2] / np.maximum(hit[:, 0], 1e-6)).reshape(height, width).astype(np.float32)
    return _Layer(images[0], alpha, images[1], images[2], hits == 5, depth, distance)


def _noisy(colour: F32, hit: F32, samples: int, edges: bool, shape: tuple[int, int]) -> Bool:
    """(N,) pixels that need more than `samples`: edges where asked for, and uncertain means.

    colour (N, 3), hit (N, 3): sums over samples, the latter of coverage, squared luminance and distance.
    """
    mean = colour.mean(1) / samples
    variance = np.maximum(hit[:, 1] / samples - mean**2, 0.0) / samples
    # Few samples know their own variance badly: the neighbours' is as good a guess, and the denoiser mixes them.
    spread = np.maximum(cv2.blur(variance.reshape(shape), (5, 5)), 0.0)  # a running sum may end below nothing
    error = np.sqrt(spread) / (cv2.blur(mean.reshape(shape), (5, 5)) + 0.05)
    edge = (hit[:, 0] > 0) & (hit[:, 0] < samples)
    return np.asarray((edge & edges) | (error.ravel() > _ENOUGH))


def _denoise_layer(layer: _Layer) -> F32:
    """Only the part of the frame that holds furniture; nothing may appear where there is none."""
    box = box_of(layer.alpha > 0, 16)
    colour = layer.colour.copy()
    if colour[box].size:
        # The light alone, without the cloth it falls on and without an end: the denoiser takes a fine weave for noise,
        # and what is seen through the last pixels for a dark rim.
        alpha = layer.alpha[box][..., None]
        albedo = layer.albedo[box] + DARKEST * alpha + 1e-4
        light = fill((layer.colour[box] / albedo).astype(np.float32), layer.alpha[box] < _SEEN)
        whole = np.maximum(alpha, _SEEN)
        albedo_seen, normal = ((g[box] / whole).astype(np.float32) for g in (layer.albedo, layer.normal))
        clean = denoise(light, (albedo_seen, normal))
        colour[box] = np.where(alpha > 0, np.maximum(clean, 0.0) * albedo, 0.0)
    return colour


def _detail(job: Job, world: BuiltWorld, camera: Camera, colour: F32, layer: _Layer, seed: int) -> tuple[F32, F32]:
    """Colour and coverage at full size: own edges and texture, under shading (light ÷ albedo) interpolated."""
    w, width, height = world.struct, camera.width, camera.height
    aim(w, camera)
    near = cv2.dilate((layer.alpha > 0).astype(np.uint8), np.ones((3, 3), np.uint8))
    ids_near = np.flatnonzero(cv2.resize(near, (width, height), interpolation=cv2.INTER_NEAREST))
    samples = DETAIL_SAMPLES if width * height < _MANY_PIXELS else DETAIL_SAMPLES // 2
    alpha, large = zeros(width * height, float), zeros(width * height, wp.vec3)
    small = (layer.alpha.shape[1], layer.alpha.shape[0])
    light = colour / np.maximum(layer.albedo + DARKEST * layer.alpha[..., None], 1e-4)
    shading = np.dstack([fill(light.astype(np.float32), layer.alpha < 0.3), layer.alpha])
    unit = layer.normal / np.maximum(np.linalg.norm(layer.normal, axis=-1, keepdims=True), 1e-6)
    planes = [upload(a.reshape(-1, 4), wp.vec4) for a in (shading, np.dstack([unit, layer.depth]))]
    inputs = [width, samples, seed, small[0] / width, wp.vec2i(*small), *planes, alpha, large]
    job.launch(kernels.detail, ids_near, w, *inputs)
    return download(large).reshape(height, width, 3), download(alpha).reshape(height, width)

"""The render stage: furniture under the photo's own light, and what it does to the room around it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import warp as wp

from atelier.model import F32, Bool, Camera, Light, Render, Report, Room, Scene
from atelier.render import kernels
from atelier.render.denoise import denoise
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
CATCHER_SAMPLES, GLOSS_SAMPLES, DETAIL_SAMPLES = 32, 16, 8
REACH_FLOOR_M, REACH_WALL_M, REACH_GLOSS_M = 1.2, 1.0, 3.0
"""Bounded support of shadows and reflections: beyond it the ratio is exactly 1 (0.4 of it at full strength)."""


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
        ratio = _catcher(job, world, room, shaded, layer.covered, seed)
    with job.stage("detail", 0.97, 1.0):
        alpha = layer.alpha
        if shrink < 1:
            colour, alpha = _detail(job, world, camera, colour, layer, seed)
            ratio = _upscale_ratio(ratio, width, height)
    distance = cv2.resize(layer.distance, (width, height), interpolation=cv2.INTER_NEAREST)
    return Render(colour, alpha, ratio, camera, job.seconds, np.asarray(distance, np.float32))


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


def _box_of(mask: Bool, margin: int) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return (
        slice(max(int(rows[0]) - margin, 0), int(rows[-1]) + 1 + margin),
        slice(max(int(columns[0]) - margin, 0), int(columns[-1]) + 1 + margin),
    )


def _denoise_layer(layer: _Layer) -> F32:
    """Only the part of the frame that holds furniture; nothing may appear where there is none."""
    box = _box_of(layer.alpha > 0, 16)
    colour = layer.colour.copy()
    if colour[box].size:
        # The light alone, without the cloth it falls on and without an end: the denoiser takes a fine weave for noise,
        # and what is seen through the last pixels for a dark rim.
        alpha = layer.alpha[box][..., None]
        albedo = layer.albedo[box] + DARKEST * alpha + 1e-4
        light = _fill((layer.colour[box] / albedo).astype(np.float32), layer.alpha[box] < _SEEN)
        whole = np.maximum(alpha, _SEEN)
        albedo_seen, normal = ((g[box] / whole).astype(np.float32) for g in (layer.albedo, layer.normal))
        clean = denoise(light, (albedo_seen, normal))
        colour[box] = np.where(alpha > 0, np.maximum(clean, 0.0) * albedo, 0.0)
    return colour


def _catcher(job: Job, world: BuiltWorld, room: Room, camera: Camera, covered: Bool, seed: int) -> F32:
    """With/without ratio at half resolution, denoised, exactly 1 wherever no ray met furniture."""
    w = world.struct
    half = camera.resized((camera.width + 1) // 2, (camera.height + 1) // 2)
    width, height = half.width, half.height
    aim(w, half)
    inner = cv2.erode(covered.astype(np.uint8), np.ones((5, 5), np.uint8))
    hidden = cv2.resize(inner, (width, height), interpolation=cv2.INTER_NEAREST) > 0
    floor = cv2.resize(room.floor_mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    is_floor = upload(floor.astype(np.int32).ravel(), int)
    ids_seen = np.flatnonzero(~hidden)
    without, with_it = (zeros(width * height, wp.vec3) for _ in range(2))
    tail = [is_floor, CATCHER_SAMPLES, GLOSS_SAMPLES, seed, REACH_FLOOR_M, REACH_WALL_M, REACH_GLOSS_M]
    tail += [without, with_it]
    job.launch(kernels.catcher, ids_seen, w, width, *tail, share=(0.05, 0.8))
    s0, s1 = (download(a).reshape(height, width, 3) for a in (without, with_it))
    # Under a rug it is dark; at the rug's edge the photo must go on as it looks beside it.
    hidden |= s0[..., 0] < 0
    ratio = _clean_ratio(s0, s1, hidden, camera.width, camera.height)
    return (ratio * _contact(job, world, room, camera)[..., None]).astype(np.float32)


def _contact(job: Job, world: BuiltWorld, room: Room, camera: Camera) -> F32:
    """Contact shadows on the bare floor, at full resolution: half would blur them away."""
    size = (camera.width, camera.height)
    aim(world.struct, camera)
    floor = cv2.resize(room.floor_mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).ravel()
    left = upload(np.ones(floor.size, np.float32), float)
    inputs = [camera.width, upload(floor.astype(np.int32), int), left]
    job.launch(kernels.floor_contact, np.flatnonzero(floor), world.struct, *inputs)
    return download(left).reshape(camera.height, camera.width)


def _clean_ratio(s0: F32, s1: F32, hidden: Bool, width: int, height: int) -> F32:
    exact = (s0 == s1).all(-1) & ~hidden
    known = ~(exact | hidden)[..., None]
    raw = np.where(known, np.clip(s1 / np.maximum(s0, 1e-5), 0.0, 4.0), 1.0)
    ratio = _fill(raw.astype(np.float32), hidden)
    box = _box_of(~exact & ~hidden, 16)
    if ratio[box].size:
        ratio[box] = denoise(ratio[box])
    ratio[exact] = 1.0
    large = cv2.resize(ratio, (width, height), interpolation=cv2.INTER_LINEAR)
    untouched = cv2.resize((~exact).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR) == 0
    large[untouched] = 1.0
    return np.maximum(large, 0.0).astype(np.float32)


def _fill(image: F32, hole: Bool) -> F32:
    """Continue an image under what hides it, from near to far, so that no edge remains for the denoiser.

    Push-pull over a pyramid: every level fills the holes of the finer one (Gortler et al. 1996).
    """
    if not hole.any():
        return image
    height, width = hole.shape
    if min(height, width) < 2 or hole.all():
        known = image[~hole]
        level = known.mean(0) if len(known) else np.ones(image.shape[2:], np.float32)
        return np.where(hole[..., None], level, image).astype(np.float32)
    half = (width // 2, height // 2)
    share = cv2.resize((~hole).astype(np.float32), half, interpolation=cv2.INTER_AREA)
    total = cv2.resize(np.where(hole[..., None], 0, image).astype(np.float32), half, interpolation=cv2.INTER_AREA)
    coarse = (total / np.maximum(share, 1e-6)[..., None]).astype(np.float32)
    large = cv2.resize(_fill(coarse, share < 1e-3), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.where(hole[..., None], large, image).astype(np.float32)


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
    shading = np.dstack([_fill(light.astype(np.float32), layer.alpha < 0.3), layer.alpha])
    unit = layer.normal / np.maximum(np.linalg.norm(layer.normal, axis=-1, keepdims=True), 1e-6)
    planes = [upload(a.reshape(-1, 4), wp.vec4) for a in (shading, np.dstack([unit, layer.depth]))]
    inputs = [width, samples, seed, small[0] / width, wp.vec2i(*small), *planes, alpha, large]
    job.launch(kernels.detail, ids_near, w, *inputs)
    return download(large).reshape(height, width, 3), download(alpha).reshape(height, width)


def _upscale_ratio(ratio: F32, width: int, height: int) -> F32:
    large = cv2.resize(ratio, (width, height), interpolation=cv2.INTER_LINEAR)
    changed = cv2.resize((ratio != 1.0).any(-1).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    large[changed == 0] = 1.0
    return large.astype(np.float32)

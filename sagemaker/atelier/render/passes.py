"""The render stage: furniture under the photo's own light, and what it does to the room around it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import cv2
import numpy as np
import warp as wp
from numpy.typing import NDArray

from atelier.model import F32, Bool, Camera, Light, Render, Report, Room, Scene
from atelier.render import kernels
from atelier.render.denoise import denoise
from atelier.render.kernels.structs import FLOOR
from atelier.render.runtime import DEVICE, download, upload, upload_vec3, zeros
from atelier.render.world import BuiltWorld, aim, build_world

THREADS = min(os.cpu_count() or 1, 8)
SHADED_PIXELS = 1_000_000
"""Furniture is shaded at no more than this; larger pictures get their own coverage and texture."""
_MANY_PIXELS = 4_000_000
"""Above this a pixel is so small that half the detail samples will do."""
NODE_SAMPLES, FLOOR_SAMPLES = (8, 24), 32
"""One pass per diffuse bounce; the first only feeds the second, which averages its noise away."""
_ENOUGH = 0.12
"""Relative standard error of a pixel before denoising at which half the samples do."""
_FIRST_HALF = 0.65
"""share of the shading that the first half of the samples takes: the second spares pixels that are certain."""
CATCHER_SAMPLES, GLOSS_SAMPLES, DETAIL_SAMPLES = 32, 16, 8
REACH_FLOOR_M, REACH_WALL_M, REACH_GLOSS_M = 1.2, 0.8, 3.0
"""Bounded support of shadows and reflections: beyond it the ratio is exactly 1 (0.4 of it at full strength)."""


def render(
    scene: Scene, room: Room, light: Light, width: int, height: int, samples: int, seed: int, report: Report
) -> Render:
    """Render `scene` into `room` at width × height, `samples` per shaded pixel.

    The same inputs give the same bytes whatever the threads do. Raises ValueError for an empty scene.
    """
    job = _Job(report)
    camera = room.camera.resized(width, height)
    shrink = min(1.0, (SHADED_PIXELS / (width * height)) ** 0.5)
    shaded = camera.resized(round(width * shrink), round(height * shrink)) if shrink < 1 else camera
    with job.stage("build", 0.0, 0.03):
        world = build_world(scene, light, shaded, max(samples, CATCHER_SAMPLES))
    with job.stage("bake", 0.03, 0.12):
        _bake(job, world, seed)
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


class _Job:
    """Timing, progress and the thread pool of one render."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._lock = Lock()
        self._stage, self._from, self._to = "", 0.0, 0.0
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, begin: float, end: float) -> Iterator[None]:
        """A stage that takes the render from one share of its usual time to another."""
        start = time.perf_counter()
        self._stage, self._from, self._to = name, begin, end
        self._report(name, begin)
        yield
        self.seconds[name] = time.perf_counter() - start

    def launch(
        self,
        kernel: Any,
        ids: NDArray[Any],
        world: Any,
        *inputs: Any,
        share: tuple[float, float] | None = None,
    ) -> None:
        """Run `kernel(world, first, ids, *inputs)` over ids on all cores, in chunks that start at `first`.

        A CPU launch is a serial loop that releases the GIL, so chunks on threads use every core; each id writes
        only its own output, so the order does not matter. share: the part of its stage's time, told as it goes.
        """
        if not len(ids):
            return
        on_device = upload(ids.astype(np.int32), int)
        wp.load_module(kernel.module, device=DEVICE)
        chunk = max(256, -(-len(ids) // (THREADS * 12)))
        done = 0

        def one(first: int) -> None:
            nonlocal done
            count = min(chunk, len(ids) - first)
            wp.launch(kernel, dim=count, inputs=[world, first, on_device, *inputs], device=DEVICE, record_tape=False)
            if share:
                with self._lock:
                    done += count
                    within = share[0] + (share[1] - share[0]) * done / len(ids)
                    self._report(self._stage, self._from + (self._to - self._from) * within)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(one, range(0, len(ids), chunk)))


def _bake(job: _Job, world: BuiltWorld, seed: int) -> None:
    """Fill irradiance on furniture and the floor's dimming; each pass adds one diffuse bounce."""
    w = world.struct
    cells = np.arange(FLOOR * FLOOR)
    sides = np.random.default_rng(seed).permutation(2 * world.nodes)
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
    distance: F32
    """metres along the floor to the nearest furniture, infinite where there is none"""


def _furniture(job: _Job, world: BuiltWorld, camera: Camera, samples: int, seed: int) -> _Layer:
    w, width, height = world.struct, camera.width, camera.height
    aim(w, camera)
    counts, ground = zeros(width * height, int), zeros(width * height, float)
    job.launch(kernels.coverage, np.arange(width * height), w, width, counts, ground)
    hits = download(counts).reshape(height, width)
    touched = cv2.dilate((hits > 0).astype(np.uint8), np.ones((3, 3), np.uint8))
    ids_touched = np.flatnonzero(touched)
    np.random.default_rng(seed).shuffle(ids_touched)
    sums = [zeros(width * height, kind) for kind in (wp.vec3,) * 4]
    taken = np.ones(width * height, np.float32)
    first_half = samples - samples // 2
    rest = ids_touched
    for begin, end, share in ((0, first_half, (0.05, _FIRST_HALF)), (first_half, samples, (_FIRST_HALF, 1.0))):
        inputs = [width, begin, end, seed, *sums]
        job.launch(kernels.furniture, rest, w, *inputs, share=share)
        taken[rest] = end
        rest = rest[_noisy(download(sums[0])[rest], download(sums[1])[rest], end)]
    colour, hit, albedo, normal = (download(a) / taken[:, None] for a in sums)
    images = [a.reshape(height, width, 3).astype(np.float32) for a in (colour, albedo, normal)]
    alpha = hit[:, 0].reshape(height, width).astype(np.float32)
    distance = download(ground).reshape(height, width)
    return _Layer(images[0], alpha, images[1], images[2], hits == 5, distance)


def _noisy(colour: F32, hit: F32, samples: int) -> Bool:
    """Pixels that need the other half of their samples: edges, and those whose mean is still uncertain.

    colour (N, 3), hit (N, 2): sums over samples, the latter of coverage and squared luminance.
    """
    mean = colour.mean(1) / samples
    error = np.sqrt(np.maximum(hit[:, 1] / samples - mean**2, 0.0) / samples)
    return np.asarray((hit[:, 0] < samples) | (error > _ENOUGH * (mean + 0.05)))


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
        clean = denoise(layer.colour[box], layer.albedo[box], layer.normal[box])
        colour[box] = np.where(layer.alpha[box][..., None] > 0, np.maximum(clean, 0.0), 0.0)
    return colour


def _catcher(job: _Job, world: BuiltWorld, room: Room, camera: Camera, covered: Bool, seed: int) -> F32:
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
    np.random.default_rng(seed).shuffle(ids_seen)
    without, with_it, plane = (zeros(width * height, wp.vec3) for _ in range(3))
    tail = [is_floor, CATCHER_SAMPLES, GLOSS_SAMPLES, seed, REACH_FLOOR_M, REACH_WALL_M, REACH_GLOSS_M]
    tail += [without, with_it, plane]
    job.launch(kernels.catcher, ids_seen, w, width, *tail, share=(0.05, 0.8))
    s0, s1, normal = (download(a).reshape(height, width, 3) for a in (without, with_it, plane))
    # Under a rug it is dark; at the rug's edge the photo must go on as it looks beside it.
    hidden |= s0[..., 0] < 0
    ratio = _clean_ratio(s0, s1, normal, hidden, camera.width, camera.height)
    return (ratio * _contact(job, world, room, camera)[..., None]).astype(np.float32)


def _contact(job: _Job, world: BuiltWorld, room: Room, camera: Camera) -> F32:
    """Contact shadows on the bare floor, at full resolution: half would blur them away."""
    size = (camera.width, camera.height)
    aim(world.struct, camera)
    floor = cv2.resize(room.floor_mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).ravel()
    left = upload(np.ones(floor.size, np.float32), float)
    inputs = [camera.width, upload(floor.astype(np.int32), int), left]
    job.launch(kernels.floor_contact, np.flatnonzero(floor), world.struct, *inputs)
    return download(left).reshape(camera.height, camera.width)


def _clean_ratio(s0: F32, s1: F32, normal: F32, hidden: Bool, width: int, height: int) -> F32:
    exact = (s0 == s1).all(-1) & ~hidden
    known = ~(exact | hidden)[..., None]
    raw = np.where(known, np.clip(s1 / np.maximum(s0, 1e-5), 0.0, 4.0), 1.0)
    ratio = _fill(raw.astype(np.float32), hidden)
    box = _box_of(~exact & ~hidden, 16)
    if ratio[box].size:
        ratio[box] = denoise(ratio[box], np.ones_like(ratio[box]), normal[box])
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


def _detail(job: _Job, world: BuiltWorld, camera: Camera, colour: F32, layer: _Layer, seed: int) -> tuple[F32, F32]:
    """Coverage and texture at full size; shading (colour ÷ texture) is smooth enough to be interpolated."""
    w, width, height = world.struct, camera.width, camera.height
    aim(w, camera)
    near = cv2.dilate((layer.alpha > 0).astype(np.uint8), np.ones((3, 3), np.uint8))
    ids_near = np.flatnonzero(cv2.resize(near, (width, height), interpolation=cv2.INTER_NEAREST))
    np.random.default_rng(seed).shuffle(ids_near)
    samples = DETAIL_SAMPLES if width * height < _MANY_PIXELS else DETAIL_SAMPLES // 2
    alpha = zeros(width * height, float)
    albedo = zeros(width * height, wp.vec3)
    job.launch(kernels.detail, ids_near, w, width, samples, seed, alpha, albedo)
    a, b = download(alpha).reshape(height, width), download(albedo).reshape(height, width, 3)
    floor = 0.02 * layer.alpha[..., None]
    shading = _fill((colour / np.maximum(layer.albedo + floor, 1e-4)).astype(np.float32), layer.alpha < 0.3)
    up = cv2.resize(shading, (width, height), interpolation=cv2.INTER_CUBIC)
    return (np.maximum(up, 0.0) * (b + 0.02 * a[..., None])).astype(np.float32), a


def _upscale_ratio(ratio: F32, width: int, height: int) -> F32:
    large = cv2.resize(ratio, (width, height), interpolation=cv2.INTER_LINEAR)
    changed = cv2.resize((ratio != 1.0).any(-1).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    large[changed == 0] = 1.0
    return large.astype(np.float32)

"""What furniture does to the room around it, at half the picture's size: a ratio, and what a glossy floor mirrors."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import warp as wp

from atelier.model import F32, Bool, Camera, Glaze, Light, Room
from atelier.render import kernels
from atelier.render.denoise import denoise
from atelier.render.images import box_of, fill, sized
from atelier.render.job import Job
from atelier.render.runtime import download, upload, zeros
from atelier.render.world import BuiltWorld, aim

CATCHER_SAMPLES, GLOSS_SAMPLES = 32, 16
REACH_FLOOR_M, REACH_WALL_M, REACH_GLOSS_M = 1.2, 1.0, 3.0
"""Bounded support of shadows and reflections: beyond it the ratio is exactly 1 (0.4 of it at full strength)."""
_POOL_BLUR = 3.0
"""Pixels over which the noise of a bulb's light on walls is averaged."""
_MIRRORED_BLUR, _MATTE_BLUR = 0.8, 2.0
"""Pixels over which noise is averaged of what a floor mirrors, and of its light."""


@dataclass(frozen=True)
class Caught:
    """ratio: (h, w, 3) light with furniture ÷ light without, exactly 1 wherever no ray met any."""

    ratio: F32
    glaze: Glaze | None


def catch(job: Job, world: BuiltWorld, room: Room, light: Light, camera: Camera, covered: Bool, seed: int) -> Caught:
    """The denoised ratio at the camera's size, the glaze at half of it. covered (H, W): pixels full of furniture."""
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
    pools = zeros(width * height, float)
    mirrored = zeros(width * height, wp.vec4)
    tail = [is_floor, CATCHER_SAMPLES, GLOSS_SAMPLES, seed, REACH_FLOOR_M, REACH_WALL_M, REACH_GLOSS_M]
    tail += [without, with_it, pools, mirrored]
    job.launch(kernels.catcher, ids_seen, w, width, *tail, share=(0.05, 0.8))
    s0, s1 = (download(a).reshape(height, width, 3) for a in (without, with_it))
    # Under a rug it is dark; at the rug's edge the photo must go on as it looks beside it.
    hidden |= s0[..., 0] < 0
    ratio = _clean_ratio(s0, s1, hidden, camera.width, camera.height)
    _by_bulbs_only(ratio, download(pools).reshape(height, width), room)
    ratio = (ratio * _contact(job, world, room, camera)[..., None]).astype(np.float32)
    return Caught(ratio, _glaze(download(mirrored).reshape(height, width, 4), s0, hidden, light))


def _glaze(mirrored: F32, irradiance: F32, hidden: Bool, light: Light) -> Glaze | None:
    """mirrored, irradiance (÷ π): as the kernel leaves them, (h, w, …); hidden (h, w): where furniture covers them."""
    if not mirrored[..., 3].any():
        return None
    whole = fill(mirrored, hidden)
    soft = np.asarray(cv2.GaussianBlur(whole, (0, 0), _MIRRORED_BLUR), np.float32)
    matte = fill(irradiance, hidden | (irradiance <= 0).any(-1)) * np.array(light.floor_albedo, np.float32)
    return Glaze(soft[..., :3], soft[..., 3], np.asarray(cv2.GaussianBlur(matte, (0, 0), _MATTE_BLUR), np.float32))


def _by_bulbs_only(ratio: F32, pools: F32, room: Room) -> None:
    """Walls get lighter by bulbs alone: what a pale piece sends back to them is less than what is not known of them.

    ratio (h, w, 3) is changed; pools: what bulbs add to the light, as a share of it, at any size.
    """
    height, width = ratio.shape[:2]
    most = 1.0 + sized(np.asarray(cv2.GaussianBlur(pools, (0, 0), _POOL_BLUR), np.float32), width, height)
    wall = sized(room.floor_mask.astype(np.float32), width, height) < 0.5
    over = np.where(wall, most / np.maximum(ratio.mean(-1), 1e-6), 1.0)
    ratio *= np.minimum(over, 1.0)[..., None].astype(np.float32)


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
    ratio = fill(raw.astype(np.float32), hidden)
    box = box_of(~exact & ~hidden, 16)
    if ratio[box].size:
        ratio[box] = denoise(ratio[box])
    ratio[exact] = 1.0
    large = cv2.resize(ratio, (width, height), interpolation=cv2.INTER_LINEAR)
    untouched = cv2.resize((~exact).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR) == 0
    large[untouched] = 1.0
    return np.maximum(large, 0.0).astype(np.float32)


def upscaled(ratio: F32, width: int, height: int) -> F32:
    """The ratio at another size, 1 wherever all of it is 1 that a pixel is made of."""
    large = cv2.resize(ratio, (width, height), interpolation=cv2.INTER_LINEAR)
    changed = cv2.resize((ratio != 1.0).any(-1).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    large[changed == 0] = 1.0
    return large.astype(np.float32)

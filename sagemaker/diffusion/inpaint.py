"""Paint furniture into the part of the picture where furniture may stand, and nowhere else."""

from __future__ import annotations

import cv2
import numpy as np

from atelier.model import F32, U8, Bool, Room
from diffusion.loading import InpaintModel

STANDING_HEIGHT_M = 1.7
"""how high above the visible floor the model may paint"""


def furniture_region(room: Room) -> Bool:
    """Where furniture may appear, at the size of the analysis picture: the floor and the space above it.

    → (h, w) bool. Windows are left out: they are never repainted.
    """
    h, w = room.floor_mask.shape
    rows, columns = np.nonzero(room.floor_mask)
    rays = room.camera.rays(np.stack([columns + 0.5, rows + 0.5], -1))
    reach = room.camera.height_m / np.maximum(-rays[:, 2], 1e-4)
    feet = rays * reach[:, None] + room.camera.centre
    tops, depth = room.camera.project(feet + np.array([0.0, 0.0, STANDING_HEIGHT_M]))
    top = np.full(w, h, np.int64)
    seen = depth > 0
    np.minimum.at(top, columns[seen], np.clip(tops[seen, 1], 0, h - 1).astype(np.int64))
    bottom = np.full(w, -1, np.int64)
    np.maximum.at(bottom, columns, rows)
    line = np.arange(h)[:, None]
    region: Bool = (line >= top) & (line <= bottom) & ~room.window_mask
    return region


def working_size(width: int, height: int, model: InpaintModel) -> tuple[int, int]:
    """(width, height) the model works at: its native longer side, both multiples it accepts."""
    k = model.native_side / max(width, height)
    w, h = (max(model.multiple, round(side * k / model.multiple) * model.multiple) for side in (width, height))
    return w, h


def paint(model: InpaintModel, rgb: U8, region: Bool, prompt: str, seed: int, steps: int) -> U8:
    """Run the pipeline once. → (H, W, 3) at the size of `rgb`; pixels outside `region` are not to be used."""
    import torch  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    h, w = rgb.shape[:2]
    size = working_size(w, h, model)
    result = model.pipeline(
        prompt=prompt,
        image=Image.fromarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)),
        mask_image=Image.fromarray(cv2.resize(region.astype(np.uint8) * 255, size, interpolation=cv2.INTER_NEAREST)),
        width=size[0],
        height=size[1],
        num_inference_steps=steps,
        generator=torch.Generator("cpu").manual_seed(seed),
        output_type="np",
    ).images[0]
    painted = np.clip(np.asarray(result) * 255 + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(painted, (w, h), interpolation=cv2.INTER_CUBIC), np.uint8)


def blend(rgb: U8, painted: U8, region: Bool, feather_px: float) -> tuple[U8, Bool]:
    """Lay `painted` over `rgb` inside `region`, feathered inwards. → (staged, changed mask).

    The change lock: a pixel whose weight is zero keeps the source's byte.
    """
    distance = cv2.distanceTransform(region.astype(np.uint8), cv2.DIST_L2, 3)
    weight: F32 = np.clip(distance / max(feather_px, 1e-6), 0, 1).astype(np.float32)[..., None]
    mixed = rgb * (1 - weight) + painted * weight
    changed: Bool = weight[..., 0] > 0
    staged = np.where(changed[..., None], np.round(mixed), rgb).astype(np.uint8)
    return staged, changed

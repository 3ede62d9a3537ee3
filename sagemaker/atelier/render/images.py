"""Images of the renderer: their part that holds anything, another size, holes filled."""

from __future__ import annotations

import cv2
import numpy as np

from atelier.model import F32, Bool


def box_of(mask: Bool, margin: int) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    return (
        slice(max(int(rows[0]) - margin, 0), int(rows[-1]) + 1 + margin),
        slice(max(int(columns[0]) - margin, 0), int(columns[-1]) + 1 + margin),
    )


def sized(image: F32, width: int, height: int) -> F32:
    smaller = image.shape[1] > width
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=how), np.float32)


def fill(image: F32, hole: Bool) -> F32:
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
    large = cv2.resize(fill(coarse, share < 1e-3), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.where(hole[..., None], large, image).astype(np.float32)

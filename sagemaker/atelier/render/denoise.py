"""Intel Open Image Denoise through pyoidn."""

from __future__ import annotations

import numpy as np
import pyoidn

from atelier.model import F32


def denoise(colour: F32, guides: tuple[F32, F32] | None = None) -> F32:
    """Denoise linear HDR `colour` (h, w, 3) by the `guides` of its size, albedo (0…1) and normals (−1…1), where given.

    Guides are taken at their word: they hold many samples of what hardly varies, and texture stays sharp by them.
    Soft light without guides loses nothing by the smallest network; for all else more samples remove more error than
    the largest network does in the same time.
    """
    image = np.ascontiguousarray(colour, np.float32)
    if guides is None:
        return np.asarray(pyoidn.denoise(image, hdr=True, quality="fast"), np.float32)
    albedo, normal = (
        np.ascontiguousarray(np.clip(guide, least, 1.0), np.float32)
        for guide, least in zip(guides, (0.0, -1.0), strict=True)
    )
    clean = pyoidn.denoise(image, albedo, normal, hdr=True, clean_aux=True, quality="balanced")
    return np.asarray(clean, np.float32)

"""Intel Open Image Denoise through pyoidn."""

from __future__ import annotations

import numpy as np
import pyoidn

from atelier.model import F32


def denoise(colour: F32, albedo: F32, normal: F32) -> F32:
    """Denoise linear HDR `colour` guided by `albedo` (0…1) and `normal` (−1…1), all (h, w, 3) float32.

    Guides are taken at their word: they hold many samples of what hardly varies, and texture stays sharp by them.
    """
    guides = {
        "albedo": np.ascontiguousarray(np.clip(albedo, 0.0, 1.0), np.float32),
        "normal": np.ascontiguousarray(np.clip(normal, -1.0, 1.0), np.float32),
    }
    clean = pyoidn.denoise(np.ascontiguousarray(colour, np.float32), hdr=True, clean_aux=True, **guides)
    return np.asarray(clean, np.float32)

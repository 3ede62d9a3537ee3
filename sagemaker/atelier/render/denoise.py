"""Intel Open Image Denoise through pyoidn."""

from __future__ import annotations

import numpy as np
import pyoidn

from atelier.model import F32


def denoise(colour: F32, albedo: F32, normal: F32) -> F32:
    """Denoise linear HDR `colour` guided by `albedo` (0…1) and `normal` (−1…1), all (h, w, 3) float32."""
    guides = {
        "albedo": np.ascontiguousarray(np.clip(albedo, 0.0, 1.0), np.float32),
        "normal": np.ascontiguousarray(np.clip(normal, -1.0, 1.0), np.float32),
    }
    clean = pyoidn.denoise(np.ascontiguousarray(colour, np.float32), hdr=True, **guides)
    return np.asarray(clean, np.float32)

"""The light stage: the photographed room as a near-field box of emitters.

Each face of the box carries the photo's own linear radiance, so light falls off over the room, the window side is
bright, and furniture picks up the colours of the walls and floor it stands between (differential rendering after
Debevec 1998). What the photo does not show is filled in, and two unknown gains (windows, whose true brightness the
photo clips, and unseen surfaces) are fitted so that walls and floor shade under that light as they do in the photo.

Face arrays are (n, n, 3): columns run along the face's first world axis, rows along its second (order x, y, z).
"""

from __future__ import annotations

import numpy as np

from atelier.light.box import FACE_N, FACES, LUMA, box_of, extent_of, form_factors, to_linear
from atelier.light.faces import rectify
from atelier.light.fit import photo_white, solve, white_balance
from atelier.light.gloss import fit_floor
from atelier.light.sun import find_sun, sun_patches
from atelier.model import F64, Light, Photo, Room

__all__ = ["FACES", "FACE_N", "LUMA", "extent_of", "fit_light", "form_factors", "to_linear"]


def fit_light(photo: Photo, room: Room, extent: F64) -> Light:
    """Estimate the room's light. extent: (2, 3) corners of the furniture, which the box must hold (metres)."""
    lo, hi = box_of(room, extent)
    linear = to_linear(photo.small)
    faces = {name: rectify(linear, room, lo, hi, name) for name in FACES}
    solution = solve(faces, lo, hi, extent, photo_white(linear, room))
    gain = white_balance(faces, solution, lo, hi, extent, linear, room).astype(np.float32) * solution.exposure
    emitters = {n: f.emission(solution.window_gain, solution.unseen_gain) * gain for n, f in faces.items()}
    floor = fit_floor(linear, room, lo, hi, emitters)
    sun = find_sun(faces, floor, room.camera, lo, hi)
    numbers = {
        "white": solution.white,
        "window_gain": solution.window_gain,
        "unseen_gain": solution.unseen_gain,
        "exposure": solution.exposure,
        "exposure_walls": solution.exposure_walls,
        "residual": solution.residual,
        "floor_gloss": floor.gloss,
        "sun": max(sun.irradiance) if sun else 0.0,
    }
    patches = None if sun else sun_patches(faces["floor"])
    coat = (floor.roughness, floor.specular)
    return Light(lo, hi, emitters, floor.albedo, *coat, numbers, sun, patches)

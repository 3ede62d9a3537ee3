"""Full-resolution edges and texture for furniture that was shaded at a smaller size. Warp kernels."""
# mypy: ignore-errors
# Warp compiles these functions itself: their annotations are Warp's types, not Python's.

from __future__ import annotations

import warp as wp

from atelier.render.kernels.rays import camera_direction, trace
from atelier.render.kernels.sampling import sample2, stream_of, tent
from atelier.render.kernels.structs import FAR, MODULE, World
from atelier.render.kernels.surfaces import base_colour, material_of, uv_at

_FAR = wp.constant(FAR)


@wp.kernel(module=MODULE)
def detail(
    w: World,
    first: int,
    ids: wp.array(dtype=int),
    width: int,
    samples: int,
    seed: int,
    alpha: wp.array(dtype=float),
    albedo: wp.array(dtype=wp.vec3),
) -> None:
    """Coverage and premultiplied texture alone, for pictures larger than what is shaded."""
    q = ids[wp.tid() + first]
    stream = stream_of(q, seed)
    sum_alpha = float(0.0)
    sum_albedo = wp.vec3(0.0)
    for i in range(samples):
        j = sample2(w, stream, i, 0)
        d = camera_direction(w, float(q % width) + 0.5 + tent(j[0]) * 0.75, float(q / width) + 0.5 + tent(j[1]) * 0.75)
        hit = trace(w, w.eye, d, _FAR)
        if hit[0] >= 0.0:
            f = int(hit[3])
            m = material_of(w, f)
            base = base_colour(w, m, uv_at(w, hit), 0.5 * hit[0] / w.f)
            sum_alpha = sum_alpha + 1.0
            sum_albedo = sum_albedo + base * (1.0 - w.surface[m][2]) + wp.vec3(w.surface[m][2])
    alpha[q] = sum_alpha / float(samples)
    albedo[q] = sum_albedo / float(samples)

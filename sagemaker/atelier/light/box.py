"""The box that stands for the room: its faces, their cells, and how much of each a surface sees."""

from __future__ import annotations

import cv2
import numpy as np

from atelier.model import F32, F64, Room, Scene

FACE_N = 128
PATCHES = 12
"""Patches along a side of a face in the form-factor solution."""
FACES = ("back", "left", "right", "ceiling", "rear", "floor")
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)

# name: fixed axis, at the high end?, first axis (columns), second axis (rows)
AXES = {
    "back": (1, True, 0, 2),
    "left": (0, False, 1, 2),
    "right": (0, True, 1, 2),
    "ceiling": (2, True, 0, 1),
    "rear": (1, False, 0, 2),
    "floor": (2, False, 0, 1),
}


def to_linear(rgb: np.ndarray) -> F32:
    """uint8 sRGB → linear 0…1."""
    a = np.arange(256, dtype=np.float32) / 255
    table = np.where(a <= 0.04045, a / 12.92, ((a + 0.055) / 1.055) ** 2.4).astype(np.float32)
    return np.asarray(table[rgb], np.float32)


def extent_of(scene: Scene) -> F64:
    """(2, 3) lowest and highest corner of everything placed, metres."""
    points = np.concatenate([m.vertices for m in scene.meshes]).astype(np.float64)
    return np.stack([points.min(0), points.max(0)])


def box_of(room: Room, extent: F64) -> tuple[F64, F64]:
    """Longest wall per side, else the polygon's own extent: an oversized box makes light too weak."""
    p = room.polygon
    sides: dict[str, tuple[float, float]] = {}
    for piece in room.pieces:
        if piece.kind != "wall":
            continue
        nx, ny = piece.normal
        side = "back" if ny < -0.5 else "rear" if ny > 0.5 else "left" if nx > 0.5 else "right" if nx < -0.5 else ""
        length = float(np.linalg.norm(piece.pixels[1] - piece.pixels[0])) * (0.3 + 0.7 * piece.tall)
        at = float(piece.ground[:, 1 if side in ("back", "rear") else 0].mean())
        if side and length > sides.get(side, (0.0, 0.0))[0]:
            sides[side] = (length, at)
    # Where no wall is seen the frame, not the room, may end the floor: some room is left beside the camera.
    left = sides["left"][1] if "left" in sides else min(float(np.percentile(p[:, 0], 3)) - 0.2, -1.5)
    right = sides["right"][1] if "right" in sides else max(float(np.percentile(p[:, 0], 97)) + 0.2, 1.5)
    back = sides["back"][1] if "back" in sides else float(np.percentile(p[:, 1], 97)) + 0.2
    (x0, y0, _), (x1, y1, z1) = extent
    ceiling = max(room.ceiling_m or _unseen_ceiling(room, min(back, 10.0)), z1 + 0.1, room.camera.height_m + 0.3)
    # 3 cm: a sofa against the wall must not stick out of the box that lights it.
    lo = [max(min(left, x0 - 0.03, -0.4), -8.0), min(-1.5, y0 - 0.5), 0.0]
    hi = [min(max(right, x1 + 0.03, 0.4), 8.0), min(max(back, y1 + 0.03, 1.0), 12.0), ceiling]
    return np.array(lo), np.array(hi)


def _unseen_ceiling(room: Room, back: float) -> float:
    """Height at which the back wall leaves the frame, within what ceilings are: none of it may be taken for one."""
    ray = room.camera.rays(np.array([room.camera.width / 2, 0.0]))
    top = room.camera.height_m + back * float(ray[2]) / max(float(ray[1]), 0.2)
    return float(np.clip(top, 2.5, 3.6))


def points_of(lo: F64, hi: F64, name: str, n: int) -> F64:
    """(n, n, 3) centres of a face's cells."""
    axis, high, first, second = AXES[name]
    u = (np.arange(n) + 0.5) / n
    out = np.empty((n, n, 3))
    out[..., axis] = (hi if high else lo)[axis]
    out[..., first] = (lo[first] + u * (hi - lo)[first])[None, :]
    out[..., second] = (lo[second] + u * (hi - lo)[second])[:, None]
    return out


def form_factors(points: F64, normals: F64, lo: F64, hi: F64) -> F64:
    """(P, 6·PATCHES²) share of a receiver's cosine-weighted view that each box patch fills; rows sum to 1.

    Point-to-disc form factor, normalised: exact in sum, a few per cent off for a patch next to the receiver.
    """
    columns = []
    for name in FACES:
        axis = AXES[name][0]
        centres = points_of(lo, hi, name, PATCHES).reshape(-1, 3)
        size = np.delete(hi - lo, axis) / PATCHES
        area = float(size[0] * size[1])
        d = centres[None] - points[:, None]
        r2 = (d**2).sum(-1)
        cos_i = np.maximum((d * normals[:, None]).sum(-1), 0.0)
        cos_product = cos_i * np.abs(d[..., axis]) / np.maximum(r2, 1e-9)
        columns.append(cos_product * area / (np.pi * r2 + area))
    f = np.concatenate(columns, 1)
    return np.asarray(f / np.maximum(f.sum(1, keepdims=True), 1e-9))


def patch_means(image: F32) -> F64:
    """(PATCHES², …) means over a face's patches, row by row like `points_of`."""
    small = cv2.resize(image.astype(np.float32), (PATCHES, PATCHES), interpolation=cv2.INTER_AREA)
    return np.asarray(small.reshape(PATCHES * PATCHES, -1), np.float64)


def receivers(lo: F64, hi: F64) -> tuple[F64, F64]:
    """(6·PATCHES², 3) centres and inward normals of all patches, face by face."""
    points, normals = [], []
    for name in FACES:
        axis, high, _, _ = AXES[name]
        normal = np.zeros(3)
        normal[axis] = -1.0 if high else 1.0
        centres = points_of(lo, hi, name, PATCHES).reshape(-1, 3)
        points.append(centres)
        normals.append(np.broadcast_to(normal, centres.shape))
    return np.concatenate(points), np.concatenate(normals)


def object_views(extent: F64, lo: F64, hi: F64) -> F64:
    """(4, patches) form factors of furniture: its top, then the sides towards the camera, left and right."""
    centre = (extent[0] + extent[1]) / 2
    centre[2] = 0.6
    centre = np.clip(centre, lo + 0.2, hi - 0.2)
    faces = np.array([(0, 0, 1), (0, -1, 0), (-1, 0, 0), (1, 0, 0)], np.float64)
    return form_factors(np.repeat(centre[None], len(faces), 0), faces, lo, hi)


def table_views(extent: F64, lo: F64, hi: F64) -> F64:
    """(9, patches) form factors of surfaces that lie flat and low, three by three over the furnished floor."""
    low, high = np.maximum(extent[0, :2], lo[:2] + 0.3), np.minimum(extent[1, :2], hi[:2] - 0.3)
    t = np.array([0.15, 0.5, 0.85])
    x, y = np.meshgrid(low[0] + t * (high[0] - low[0]), low[1] + t * (high[1] - low[1]))
    points = np.stack([x.ravel(), y.ravel(), np.full(9, 0.1)], 1)
    return form_factors(points, np.broadcast_to(np.array([0.0, 0.0, 1.0]), (9, 3)), lo, hi)

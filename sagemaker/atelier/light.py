"""The light stage: the photographed room as a near-field box of emitters.

Each face of the box carries the photo's own linear radiance, so light falls off over the room, the window side is
bright, and furniture picks up the colours of the walls and floor it stands between (differential rendering after
Debevec 1998). What the photo does not show is filled in, and two unknown gains (windows, whose true brightness the
photo clips, and unseen surfaces) are fitted so that white walls under that light look as they do in the photo.

Face arrays are (n, n, 3): columns run along the face's first world axis, rows along its second (order x, y, z).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.optimize import nnls

from atelier.model import F32, F64, Bool, Camera, Light, Photo, Room, Scene

FACE_N = 128
PATCHES = 12
"""Patches along a side of a face in the form-factor solution."""
FACES = ("back", "left", "right", "ceiling", "rear", "floor")
WALL_ALBEDO = 0.72
WHITE_ALBEDO = 0.8
_TRIM_OVER_WALL = 1.2
_CUT_WINDOW_M = 0.6
"""How far a window that the frame cuts is taken to go on, along the wall."""
_WINDOW_GAIN = (3.0, 20.0)
_UNSEEN_GAIN = (0.6, 4.0)
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)

# name: fixed axis, at the high end?, first axis (columns), second axis (rows)
_AXES = {
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


def fit_light(photo: Photo, room: Room, extent: F64) -> Light:
    """Estimate the room's light. extent: (2, 3) corners of the furniture, which the box must hold (metres)."""
    lo, hi = _box(room, extent)
    linear = to_linear(photo.small)
    faces = {name: _rectify(linear, room, lo, hi, name) for name in FACES}
    solution = _solve(faces, lo, hi, extent, _white(linear, room))
    emitters = {
        n: (f.emission(solution.window_gain, solution.unseen_gain) * solution.exposure) for n, f in faces.items()
    }
    floor = _floor(linear, room, lo, hi, emitters)
    numbers = {
        "white": solution.white,
        "window_gain": solution.window_gain,
        "unseen_gain": solution.unseen_gain,
        "exposure_walls": solution.exposure_walls,
        "exposure_object": solution.exposure_object,
        "residual": solution.residual,
        "floor_gloss": floor.gloss,
    }
    return Light(lo, hi, emitters, floor.albedo, floor.roughness, floor.specular, solution.exposure, numbers)


def _box(room: Room, extent: F64) -> tuple[F64, F64]:
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


def _points(lo: F64, hi: F64, name: str, n: int) -> F64:
    """(n, n, 3) centres of a face's cells."""
    axis, high, first, second = _AXES[name]
    u = (np.arange(n) + 0.5) / n
    out = np.empty((n, n, 3))
    out[..., axis] = (hi if high else lo)[axis]
    out[..., first] = (lo[first] + u * (hi - lo)[first])[None, :]
    out[..., second] = (lo[second] + u * (hi - lo)[second])[:, None]
    return out


@dataclass(frozen=True)
class _Face:
    radiance: F32
    seen: Bool
    window: Bool

    def emission(self, window_gain: float, unseen_gain: float) -> F32:
        light = self.radiance * np.where(self.seen, 1.0, unseen_gain)[..., None]
        # What clips has lost its colour: the light beyond it is taken as mostly neutral.
        neutral = (self.radiance @ _LUMA)[..., None]
        beyond = (0.35 * self.radiance + 0.65 * neutral) * np.where(self.window, window_gain, 0.0)[..., None]
        return np.asarray(cv2.GaussianBlur((light + beyond).astype(np.float32), (0, 0), 0.8), np.float32)


def _rectify(linear: F32, room: Room, lo: F64, hi: F64, name: str) -> _Face:
    h, w = linear.shape[:2]
    if name == "rear":
        return _unseen_face(linear, ~(room.floor_mask | room.window_mask))
    uv, depth = room.camera.project(_points(lo, hi, name, FACE_N))
    x, y = (uv[..., 0] - 0.5).astype(np.float32), (uv[..., 1] - 0.5).astype(np.float32)
    seen = (depth > 0.1) & (uv[..., 0] >= 1) & (uv[..., 0] < w - 1) & (uv[..., 1] >= 1) & (uv[..., 1] < h - 1)
    x, y = np.clip(x, -1, w), np.clip(y, -1, h)
    on_floor = cv2.remap(room.floor_mask.astype(np.float32), x, y, cv2.INTER_LINEAR) > 0.5
    seen &= on_floor if name == "floor" else ~on_floor
    if seen.sum() < 50:
        return _unseen_face(linear, room.floor_mask if name == "floor" else ~(room.floor_mask | room.window_mask))
    image = np.asarray(cv2.remap(cv2.GaussianBlur(linear, (0, 0), 1.5), x, y, cv2.INTER_LINEAR), np.float32)
    window = np.zeros_like(seen)
    if name != "floor":
        glazing = cv2.remap(room.window_mask.astype(np.float32), x, y, cv2.INTER_LINEAR) > 0.5
        window = (glazing | _bright_regions(image @ _LUMA, seen)) & seen
    wall = seen & ~window
    typical = np.median(image[wall], 0) if wall.sum() > 20 else np.median(image[seen], 0)
    filled = np.where(seen[..., None], image, _diffuse(image, wall, typical))
    if name in ("left", "right") and window.any():
        beyond = _beyond_frame(window, seen, float(hi[1] - lo[1]))
        filled[beyond] = np.median(image[window], 0)
        seen, window = seen | beyond, window | beyond
    # The floor's unseen part is lit like the seen one: no gain.
    return _Face(filled, np.ones_like(seen) if name == "floor" else seen, window)


def _beyond_frame(window: Bool, seen: Bool, length: float) -> Bool:
    """Cells of a side wall (columns: `length` metres) out of sight on which a window that the frame cuts goes on."""
    cells = max(1, round(_CUT_WINDOW_M / length * FACE_N))
    widened = cv2.dilate(window.astype(np.uint8), np.ones((1, 2 * cells + 1), np.uint8)) > 0
    return np.asarray(widened & ~seen)


def _bright_regions(luminance: F32, seen: Bool) -> Bool:
    """Connected near-clipped regions far above the face's median: lamps, glass the window mask missed."""
    limit = max(0.8, min(1.8 * float(np.median(luminance[seen])), 0.97))
    bright = ((luminance > limit) & seen).astype(np.uint8)
    return cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)) > 0


def _diffuse(image: F32, known: Bool, typical: F32) -> F32:
    """Continue what is known outwards, fading to the face's typical radiance."""
    weight = known.astype(np.float32)
    total, share = 1e-6 * typical[None, None], 1e-6
    for sigma in (4.0, 12.0, 40.0):
        k = 10.0 ** (-sigma / 4)
        total = total + k * cv2.GaussianBlur(image * weight[..., None], (0, 0), sigma)
        share = share + k * cv2.GaussianBlur(weight, (0, 0), sigma)[..., None]
    return np.asarray(total / share, np.float32)


def _unseen_face(linear: F32, like: Bool) -> _Face:
    """A surface out of sight: the median of what it is probably like."""
    colour = np.median(linear[like], 0) if like.any() else np.median(linear.reshape(-1, 3), 0)
    nothing = np.zeros((FACE_N, FACE_N), bool)
    return _Face(np.broadcast_to(colour, (FACE_N, FACE_N, 3)).astype(np.float32), nothing, nothing)


def form_factors(points: F64, normals: F64, lo: F64, hi: F64) -> F64:
    """(P, 6·PATCHES²) share of a receiver's cosine-weighted view that each box patch fills; rows sum to 1.

    Point-to-disc form factor, normalised: exact in sum, a few per cent off for a patch next to the receiver.
    """
    columns = []
    for name in FACES:
        axis = _AXES[name][0]
        centres = _points(lo, hi, name, PATCHES).reshape(-1, 3)
        size = np.delete(hi - lo, axis) / PATCHES
        area = float(size[0] * size[1])
        d = centres[None] - points[:, None]
        r2 = (d**2).sum(-1)
        cos_i = np.maximum((d * normals[:, None]).sum(-1), 0.0)
        cos_product = cos_i * np.abs(d[..., axis]) / np.maximum(r2, 1e-9)
        columns.append(cos_product * area / (np.pi * r2 + area))
    f = np.concatenate(columns, 1)
    return np.asarray(f / np.maximum(f.sum(1, keepdims=True), 1e-9))


def _patches(image: F32) -> F64:
    """(PATCHES², …) means over a face's patches, row by row like `_points`."""
    small = cv2.resize(image.astype(np.float32), (PATCHES, PATCHES), interpolation=cv2.INTER_AREA)
    return np.asarray(small.reshape(PATCHES * PATCHES, -1), np.float64)


@dataclass(frozen=True)
class _Solution:
    window_gain: float
    unseen_gain: float
    exposure: float
    exposure_walls: float
    exposure_object: float
    white: float
    residual: float


def _solve(faces: dict[str, _Face], lo: F64, hi: F64, extent: F64, white: float) -> _Solution:
    """Non-negative least squares for the two gains, then one exposure for walls and furniture alike."""
    base, window, unseen = [], [], []
    for f in faces.values():
        lum = f.radiance @ _LUMA
        base.append(_patches(np.where(f.seen, lum, 0)))
        window.append(_patches(np.where(f.window, lum, 0)))
        unseen.append(_patches(np.where(f.seen, 0, lum)))
    emitters = np.concatenate([np.concatenate(v) for v in (base, window, unseen)], 1)
    points, normals = _receivers(lo, hi)
    response = WALL_ALBEDO * form_factors(points, normals, lo, hi) @ emitters
    whole, clear = [], []
    for name in FACES[:4]:
        f = faces[name]
        whole.append(_patches(f.radiance @ _LUMA)[:, 0])
        clear.append(_patches((f.seen & ~f.window).astype(np.float32))[:, 0] > 0.9)
    y, ok = np.concatenate(whole), np.concatenate(clear)
    ok &= (y > 0.02) & (y < 0.9)
    if ok.sum() < 8:
        ok = y > 0.0
    a, y = response[ok], y[ok]
    weight = 1 / np.maximum(y, 0.05)
    pull = 0.15 * np.sqrt(len(y)) * float((a[:, 2] * weight).mean())
    rows = np.concatenate([a[:, 1:] * weight[:, None], [[0.0, pull]]])
    gains, _ = nnls(rows, np.append((y - a[:, 0]) * weight, pull))
    gw, gu = float(np.clip(gains[0], *_WINDOW_GAIN)), float(np.clip(gains[1], *_UNSEEN_GAIN))
    predicted = a @ [1.0, gw, gu]
    walls = float(np.median(y / np.maximum(predicted, 1e-4)))
    # A white thing standing in the room must look about as bright as what is white in the photo.
    seen_by_object = _object_view(extent, lo, hi) @ emitters @ [1.0, gw, gu]
    thing = white / max(WHITE_ALBEDO * float(seen_by_object), 1e-4)
    exposure = float(np.clip(np.sqrt(walls * thing), 0.95 * thing, 1.2 * thing))
    residual = float(np.abs(predicted * walls - y).mean() / y.mean())
    return _Solution(gw, gu, exposure, walls, thing, white, residual)


def _white(linear: F32, room: Room) -> float:
    """Luminance at which the photo shows something white: its trim, ceiling or bright walls.

    Painted walls are seldom white; trim is, but small, and so are reflections: neither may go far beyond the other.
    """
    luminance = linear @ _LUMA
    room_pixels = luminance[~(room.floor_mask | room.window_mask) & (luminance < 0.98)]
    if not len(room_pixels):
        return 0.7
    wall, trim = np.percentile(room_pixels, [92, 98])
    return float(np.clip(min(trim, _TRIM_OVER_WALL * wall), 0.15, 0.9))


def _receivers(lo: F64, hi: F64) -> tuple[F64, F64]:
    """Centres and inward normals of the patches of the faces a photo can show."""
    points, normals = [], []
    for name in FACES[:4]:
        axis, high, _, _ = _AXES[name]
        normal = np.zeros(3)
        normal[axis] = -1.0 if high else 1.0
        centres = _points(lo, hi, name, PATCHES).reshape(-1, 3)
        points.append(centres)
        normals.append(np.broadcast_to(normal, centres.shape))
    return np.concatenate(points), np.concatenate(normals)


def _object_view(extent: F64, lo: F64, hi: F64) -> F64:
    """(patches,) mean form factors of furniture: its top and the sides the camera sees."""
    centre = (extent[0] + extent[1]) / 2
    centre[2] = 0.6
    centre = np.clip(centre, lo + 0.2, hi - 0.2)
    sides = [(0, 0, 1), (0, -1, 0), (-np.sign(centre[0]) or 1, 0, 0)]
    f = form_factors(np.repeat(centre[None], 3, 0), np.array(sides, np.float64), lo, hi)
    return np.asarray(np.average(f, axis=0, weights=[0.4, 0.4, 0.2]))


@dataclass(frozen=True)
class _Floor:
    albedo: tuple[float, float, float]
    roughness: float
    specular: float
    gloss: float


def _floor(linear: F32, room: Room, lo: F64, hi: F64, emitters: dict[str, F32]) -> _Floor:
    """Albedo from photo ÷ irradiance; gloss from how well the mirrored room explains the floor's brightness.

    Regresses floor luminance on [irradiance, Fresnel × mirrored radiance blurred for a roughness]; a matte floor
    gets a weight near zero (Schlick 1994 for Fresnel).
    """
    points, pixels = _floor_points(room, lo, hi)
    if len(points) < 30:
        return _Floor((0.4, 0.4, 0.4), 0.6, 0.15, 0.0)
    up = np.broadcast_to(np.array([0.0, 0.0, 1.0]), points.shape)
    radiances = np.concatenate([_patches(emitters[n]) for n in FACES])
    irradiance = form_factors(points, up, lo, hi) @ radiances  # ÷ π
    colour = cv2.GaussianBlur(linear, (0, 0), 3.0)[pixels[:, 1], pixels[:, 0]].astype(np.float64)
    albedo = np.clip(np.median(colour, 0) / np.maximum(np.median(irradiance, 0), 1e-4), 0.02, 0.85)
    y, e = colour @ _LUMA, irradiance @ _LUMA
    view = points - room.camera.centre
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    mirrored = view * [1, 1, -1]
    fresnel = 0.04 + 0.96 * (1 - mirrored[:, 2]) ** 5
    # The constant takes up light that the box does not know about; without it, it would pass for gloss.
    plain = np.stack([e, np.full_like(e, e.mean())], 1)
    matte = float(nnls(plain, y)[1] ** 2)
    best = (matte, 0.6, 0.0)
    for roughness in (0.15, 0.25, 0.35, 0.5):
        seen = _look(emitters, points, mirrored, lo, hi, roughness) * fresnel
        solution, norm = nnls(np.column_stack([plain, seen]), y)
        if norm**2 < best[0]:
            best = (norm**2, roughness, float(solution[2]))
    gain = 1 - best[0] / max(matte, 1e-12)
    red, green, blue = (float(v) for v in albedo)
    visible = np.sqrt(max(matte - best[0], 0.0) / len(y)) / max(float(y.mean()), 1e-6)
    if gain < 0.05 or visible < 0.02 or best[2] < 0.1:
        return _Floor((red, green, blue), 0.6, 0.15, gain)
    return _Floor((red, green, blue), best[1], float(np.clip(0.5 * best[2], 0.15, 0.6)), gain)


def _floor_points(room: Room, lo: F64, hi: F64) -> tuple[F64, np.ndarray]:
    """Up to about 2000 visible floor points inside the box, and their pixels."""
    # Away from the outline, where blurred walls mix in.
    inner = cv2.erode(room.floor_mask.astype(np.uint8), np.ones((17, 17), np.uint8))
    rows, columns = np.nonzero(inner)
    if not len(rows):
        return np.empty((0, 3)), np.empty((0, 2), np.intp)
    pick = np.linspace(0, len(rows) - 1, min(len(rows), 2000)).astype(np.intp)
    pixels = np.stack([columns[pick], rows[pick]], 1)
    camera: Camera = room.camera
    d = camera.rays((pixels + 0.5).astype(np.float64))
    down = d[:, 2] < -0.02
    points = camera.centre + d * (-camera.height_m / np.minimum(d[:, 2], -0.02))[:, None]
    points[:, 2] = 1e-3
    inside = down & (points[:, :2] > lo[:2] + 0.05).all(1) & (points[:, :2] < hi[:2] - 0.05).all(1)
    return points[inside], pixels[inside]


def _look(emitters: dict[str, F32], origins: F64, directions: F64, lo: F64, hi: F64, roughness: float) -> F64:
    """Luminance met by rays that leave the box, each face blurred as a lobe of that roughness would."""
    safe = np.where(np.abs(directions) < 1e-9, 1e-9, directions)
    t = np.where(safe > 0, hi - origins, lo - origins) / safe
    axis = t.argmin(1)
    p = (origins + directions * t.min(1)[:, None] - lo) / (hi - lo)
    out = np.zeros(len(origins))
    for name in FACES:
        fixed, high, first, second = _AXES[name]
        on = (axis == fixed) & ((safe[:, fixed] > 0) == high)
        image = cv2.GaussianBlur(emitters[name] @ _LUMA, (0, 0), max(0.35 * roughness**2 * FACE_N, 0.5))
        column, row = (np.clip((p[on, k] * FACE_N).astype(np.intp), 0, FACE_N - 1) for k in (first, second))
        out[on] = image[row, column]
    return out

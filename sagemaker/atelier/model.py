"""The typed values that flow through the engine. Each stage takes some of these and returns one.

Conventions, used everywhere:

- World: metres, right-handed. x right, y forward (into the picture), z up, floor at z = 0.
  The axes follow the room's Manhattan directions. The camera stands at (0, 0, camera.height_m).
- Camera frame: x right, y down, z along the optical axis. p_cam = R @ (p_world - centre).
- Image: u = f·x/z + cx, v = f·y/z + cy, pixel centres at +0.5; (cx, cy) need not be the image centre
  (perspective-corrected listing photos carry a vertical lens shift).
- Yaw of a piece: degrees, counter-clockwise seen from above; at yaw 0 its front faces −y (towards the camera).
- Images: uint8 RGB (H, W, 3) when encoded sRGB, float32 RGB (H, W, 3) when linear.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]
Bool = NDArray[np.bool_]

Report = Callable[[str, float], None]
"""Progress callback: stage name and overall fraction done."""


class RoomRefusedError(Exception):
    """The engine declines to stage this photo. `code` is an `engine_contract.FailureCode` value."""

    def __init__(self, code: str, message: str, hint: str, numbers: Mapping[str, float] | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.hint, self.numbers = code, message, hint, dict(numbers or {})


@dataclass(frozen=True)
class Photo:
    """One decoded source image at full resolution, plus the reduced copy that analysis works on."""

    rgb: U8
    """(H, W, 3) full resolution, sRGB."""
    small: U8
    """(h, w, 3) reduced so that the longer side is at most 1000 px."""
    scale: float
    """small pixels per full pixel (≤ 1)."""
    focal_length_35mm: float | None = None
    jpeg: bytes | None = None
    """The encoded source where it is a JPEG."""


@dataclass(frozen=True)
class Camera:
    """A camera with vertical lens shift and radial distortion, in pixels of an image `width` × `height`."""

    f: float
    cx: float
    cy: float
    width: int
    height: int
    R: F64
    """(3, 3) world → camera rotation."""
    height_m: float
    k1: float = 0.0
    """Radial distortion (division model, Fitzgibbon 2001): p_straight = p / (1 + k1·|p|²), p in focal lengths from
    (cx, cy); negative for the barrel of a wide angle."""

    @property
    def centre(self) -> F64:
        return np.array([0.0, 0.0, self.height_m])

    def project(self, points: F64) -> tuple[F64, F64]:
        """World points (..., 3) → pixel coordinates (..., 2) and depths (...,). Depth ≤ 0 is behind the camera."""
        p = (np.asarray(points, np.float64) - self.centre) @ self.R.T
        z = p[..., 2]
        safe = np.where(np.abs(z) < 1e-9, 1e-9, z)
        xy = p[..., :2] / safe[..., None]
        if self.k1 != 0.0:
            root = np.sqrt(np.maximum(1 - 4 * self.k1 * (xy**2).sum(-1, keepdims=True), 0.0))
            xy = xy * (2 / (1 + root))
        return self.f * xy + np.array([self.cx, self.cy]), z

    def rays(self, uv: F64) -> F64:
        """Pixel coordinates (..., 2) → unit world directions (..., 3)."""
        xy = self._straight(np.asarray(uv, np.float64))
        d = np.concatenate([xy, np.ones((*xy.shape[:-1], 1))], -1) @ self.R
        unit: F64 = d / np.linalg.norm(d, axis=-1, keepdims=True)
        return unit

    def straightened(self, uv: F64) -> F64:
        """Pixel coordinates (..., 2) → where a lens without distortion would have put them."""
        return np.asarray(self.f * self._straight(uv) + np.array([self.cx, self.cy]), np.float64)

    def _straight(self, uv: F64) -> F64:
        xy = (uv - np.array([self.cx, self.cy])) / self.f
        if self.k1 != 0.0:
            xy = xy / np.maximum(1 + self.k1 * (xy**2).sum(-1, keepdims=True), 0.1)
        return np.asarray(xy, np.float64)

    def resized(self, width: int, height: int) -> Camera:
        """The same camera for the same picture at another resolution."""
        k = width / self.width
        return replace(
            self, f=self.f * k, cx=self.cx * k, cy=self.cy * height / self.height, width=width, height=height
        )


PieceKind = Literal["wall", "border", "free"]


@dataclass(frozen=True)
class BoundaryPiece:
    """One straight piece of the visible floor's outline.

    wall: straight, along a room axis, something tall stands on it. border: the frame cuts the floor here.
    free: anything else (an opening, a jamb, an obstacle).
    """

    kind: PieceKind
    pixels: F64
    """(2, 2) end points in `Photo.small` pixels."""
    ground: F64
    """(2, 2) end points on the floor, metres."""
    normal: F64
    """(2,) unit vector into the room; zero for border pieces."""
    tall: float = 1.0
    """0…1: how sure it is that a full-height wall stands here."""


@dataclass(frozen=True)
class Opening:
    """A door, window, fireplace, passage or wall of shelves that layout must respect, standing on or in a wall."""

    kind: Literal["door", "window", "fireplace", "passage", "built_in"]
    ground: F64
    """(2, 2) its two feet projected on the floor, metres."""
    bottom_m: float
    top_m: float
    confidence: float


StandingKind = Literal["radiator", "bathtub", "counter", "island", "column", "stairs", "object"]


@dataclass(frozen=True)
class Standing:
    """A thing that stands in the photographed room: it keeps its floor and hides what is behind it.

    object: anything that was not recognised, from a wood stove to a forgotten box.
    """

    kind: StandingKind
    mask: Bool
    """(h, w) its pixels at `Photo.small` resolution."""
    footprint: F64
    """(N, 2) the floor it covers, metres, counter-clockwise, not closed."""
    height_m: float
    confidence: float

    @property
    def distance_m(self) -> float:
        """Metres along the floor from the camera's foot to the footprint's nearest corner."""
        return float(np.linalg.norm(self.footprint, axis=1).min())


@dataclass(frozen=True)
class Room:
    """What was understood of the room. Image-space arrays are at `Photo.small` resolution."""

    camera: Camera
    """for `Photo.small`."""
    floor_mask: Bool
    window_mask: Bool
    """bright glazing: copied, never relit."""
    polygon: F64
    """(N, 2) visible floor on the ground, metres, counter-clockwise, not closed."""
    pieces: tuple[BoundaryPiece, ...]
    openings: tuple[Opening, ...]
    ceiling_m: float | None
    """None when no ceiling line was found."""
    confidence: Mapping[str, float]
    """named 0…1 scores: floor, lines, horizontal, scale …"""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """measurements worth reporting: focal ratio, pitch, shift, floor area …"""
    standing: tuple[Standing, ...] = ()
    """what stands in the room already: layouts keep off the footprints, pictures keep it in front."""
    keep_clear: Bool | None = None
    """(h, w) pixels to keep in sight, stairs and what a caller marks: no piece may cover them."""
    marks: Bool | None = None
    """(h, w) long edges in the photo: where they cross a wall, it is not plain, whatever else is known of it."""

    @cached_property
    def front_of(self) -> F32:
        """(h, w) metres along the floor from the camera's foot to the thing that stands at a pixel; infinite where
        none does. A piece whose own ground distance is larger there stays behind it."""
        distance = np.full(self.floor_mask.shape, np.inf, np.float32)
        for thing in self.standing:
            columns = np.flatnonzero(thing.mask.any(0))
            lowest = self.camera.height - thing.mask[::-1, columns].argmax(0)  # where it meets the floor
            rays = self.camera.rays(np.stack([columns + 0.5, lowest.astype(np.float64)], -1))
            corners = np.linalg.norm(thing.footprint, axis=1)
            drop = np.maximum(-rays[:, 2], 1e-6)
            feet = np.clip(
                self.camera.height_m * np.linalg.norm(rays[:, :2], axis=1) / drop, corners.min(), corners.max()
            )
            here = np.where(thing.mask[:, columns], feet[None].astype(np.float32), np.float32(np.inf))
            distance[:, columns] = np.minimum(distance[:, columns], here)
        return distance


@dataclass(frozen=True)
class Material:
    """A surface. Colour and texture are sRGB; the renderer linearises them."""

    name: str
    colour: tuple[float, float, float] = (0.5, 0.5, 0.5)
    texture: U8 | None = None
    """(h, w, 3) sRGB, tiles; replaces `colour`."""
    texture_scale: float = 1.0
    """texture repeats per unit of UV; UVs are in metres."""
    roughness: float = 0.6
    specular: float = 0.4
    metal: float = 0.0
    sheen: float = 0.0
    translucent: float = 0.0
    """share of light that passes through a thin sheet (leaves, shades)."""
    emission: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """linear radiance relative to a lit white wall = 1."""


@dataclass(frozen=True)
class Mesh:
    """A triangle mesh of one material, in a piece's own frame or in the world."""

    vertices: F32
    """(V, 3) metres."""
    faces: I32
    """(F, 3)."""
    normals: F32
    """(V, 3) unit, for smooth shading."""
    uv: F32
    """(V, 2) metres along the surface."""
    material: str
    """name of a `Material`."""


@dataclass(frozen=True)
class Furniture:
    """One piece at true size in its own frame: footprint centred on the origin, standing on z = 0, front to −y."""

    piece: str
    name: str
    size_m: tuple[float, float, float]
    """width (x), depth (y), height (z)."""
    meshes: tuple[Mesh, ...]


@dataclass(frozen=True)
class Placement:
    """Where one piece stands."""

    piece: str
    """catalogue id."""
    size_m: tuple[float, float, float]
    x: float
    y: float
    z: float = 0.0
    yaw_deg: float = 0.0
    variant: int = 0
    """seeds colours and clutter of the piece."""
    on: int | None = None
    """index of the placement it stands on (a vase on a table)."""


@dataclass(frozen=True)
class Layout:
    """One furnished plan of the room with its energy (higher is better) and the terms it came from."""

    placements: tuple[Placement, ...]
    energy: float
    terms: Mapping[str, float]


@dataclass(frozen=True)
class Scene:
    """Everything placed, in world coordinates, ready to render."""

    meshes: tuple[Mesh, ...]
    materials: Mapping[str, Material]


@dataclass(frozen=True)
class Sun:
    """Direct sun that comes in through windows. None of it is in `Light.faces`: it would count twice."""

    direction: F64
    """(3,) unit, from the room towards the sun, metres frame."""
    irradiance: tuple[float, float, float]
    """on a surface that faces it, in the photo's linear scale: a white one shows irradiance / π."""
    openings: Mapping[str, F32]
    """name → (n, n) share of sun that passes each cell of a face of the box (0…1); faces left out pass none."""


@dataclass(frozen=True)
class Light:
    """The room as a box of emitters: each face carries the photo's own radiance; unseen parts are filled in.

    lo, hi: opposite corners of the box, metres. faces: name → (n, n, 3) linear radiance for
    back (y = hi), left (x = lo), right (x = hi), ceiling (z = hi), rear (y = lo).
    """

    lo: F64
    hi: F64
    faces: Mapping[str, F32]
    floor_albedo: tuple[float, float, float]
    floor_roughness: float
    floor_specular: float
    numbers: Mapping[str, float] = field(default_factory=dict)
    sun: Sun | None = None
    patches: F32 | None = None
    """(n, n) times, at least 1, by which sun from nobody knows where outshines the floor around it: what lies flat on
    the floor is as much brighter there. None where the sun is known, or none is seen."""


@dataclass(frozen=True)
class Glaze:
    """What a glossy floor mirrors: of furniture, and no more of what furniture hides. At any size."""

    light: F32
    """(h, w, 3) linear radiance of furniture mirrored in the floor, less that of the walls it hides there."""
    hidden: F32
    """(h, w) share of what the floor mirrors that furniture hides; 0 away from it."""
    matte: F32
    """(h, w, 3) what the floor would show without mirroring anything, in the photo's linear scale."""


@dataclass(frozen=True)
class Render:
    """Linear layers at render resolution."""

    colour: F32
    """(h, w, 3) furniture, premultiplied by alpha."""
    alpha: F32
    """(h, w)."""
    ratio: F32
    """(h, w, 3) what the furniture does to the room's own light; exactly 1 where it does nothing."""
    camera: Camera
    seconds: Mapping[str, float] = field(default_factory=dict)
    distance: F32 | None = None
    """(h, w) metres along the floor from the camera's foot to the nearest furniture of a pixel; infinite where there
    is none: compare with `Room.front_of`."""
    glaze: Glaze | None = None
    """None where the floor is matte."""


@dataclass(frozen=True)
class Composite:
    """The staged picture at full resolution."""

    rgb: U8
    changed: Bool
    """(H, W): True where a pixel may differ from the source. Everywhere else it is the source's byte."""
    blur: float = 0.0
    """Gaussian sigma of the photo's detail, pixels, that the furniture was given too."""

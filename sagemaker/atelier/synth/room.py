"""What a synthetic room is, and what a ray in it meets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from atelier.model import F32, I32, Bool
from atelier.synth.materials import FloorKind

FLOOR, CEILING, WALL = 0, 1, 2
"""Surface numbers; wall i is WALL + i."""
FRAME_M = 0.055


@dataclass(frozen=True)
class Fixture:
    """A door or window in wall `wall` (edge of the polygon), metres along it and above the floor."""

    kind: Literal["door", "window"]
    wall: int
    start: float
    end: float
    bottom: float
    top: float


@dataclass(frozen=True)
class RoomParams:
    """One room and the camera in it. The camera's foot is the origin of the polygon."""

    polygon: tuple[tuple[float, float], ...]
    """counter-clockwise, metres; edges along the axes."""
    fixtures: tuple[Fixture, ...]
    ceiling_m: float = 2.6
    focal_ratio: float = 0.55
    """focal length over picture width."""
    camera_height_m: float = 1.25
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    shift: float = 0.0
    """vertical lens shift over picture height."""
    aspect: float = 2 / 3
    floor: FloorKind = "planks"
    wall_colour: tuple[float, float, float] = (0.70, 0.68, 0.64)
    """linear albedo."""
    sun: tuple[float, float, float] | None = None
    """direction sunlight travels in, or none."""
    seed: int = 0


@dataclass(frozen=True)
class Hits:
    """What N rays meet first."""

    surface: I32
    point: F32
    """(N, 3) metres."""
    along: F32
    """(N,) metres along the wall from its start; 0 on floor and ceiling."""
    distance: F32
    cosine: F32
    """(N,) between ray and surface normal, 0…1."""


def random_params(seed: int) -> RoomParams:
    """A plausible listing photo: two or three walls, a door, one or two windows, half of them lens-shifted."""
    rng = np.random.default_rng(seed)
    left, right = -rng.uniform(1.5, 2.9), rng.uniform(1.5, 2.9)
    back, front = rng.uniform(3.6, 5.6), -rng.uniform(0.3, 0.8)
    corners = [(left, front), (right, front), (right, back), (left, back)]
    if seed % 3 == 2:  # an L: a nook taken out of the far left corner
        nook_x, nook_y = left + rng.uniform(0.5, 0.9), back - rng.uniform(0.6, 1.2)
        corners = [*corners[:3], (nook_x, back), (nook_x, nook_y), (left, nook_y)]
    room_width, depth = corners[2][0] - corners[3][0], back - front
    door = rng.uniform(0.4, room_width - 1.5)
    window = rng.uniform(0.35, 0.6) * depth
    fixtures = [
        Fixture("door", 2, door, door + 0.86, 0.0, 2.03),
        Fixture("window", 1, window, window + 1.3, 0.8, 2.15),
    ]
    shifted = bool(seed % 2)
    grey = float(rng.uniform(0.5, 0.74))
    return RoomParams(
        polygon=tuple((float(x), float(y)) for x, y in corners),
        fixtures=tuple(fixtures),
        ceiling_m=float(rng.uniform(2.4, 2.8)),
        focal_ratio=float(rng.uniform(0.48, 0.66)),
        camera_height_m=float(rng.uniform(1.05, 1.45)),
        yaw_deg=float(rng.uniform(-32, 32)),
        pitch_deg=0.0 if shifted else float(rng.uniform(-2, 8)),
        roll_deg=float(rng.uniform(-0.8, 0.8)),
        shift=float(rng.uniform(-0.13, -0.04)) if shifted else 0.0,
        floor=("planks", "carpet", "tiles")[seed % 3],
        wall_colour=(grey, 0.985 * grey, 0.96 * grey),
        seed=seed,
    )


def cast(params: RoomParams, origin: F32, rays: F32) -> Hits:
    """The first surface each ray (N, 3) from `origin` (3,) or (N, 3) meets."""
    z, dz = np.broadcast_to(origin[..., 2], len(rays)), rays[:, 2]
    down = dz < 0
    safe = np.where(np.abs(dz) < 1e-6, 1e-6, dz)
    distance = np.where(down, -z / safe, (params.ceiling_m - z) / safe).astype(np.float32)
    surface = np.where(down, FLOOR, CEILING).astype(np.int32)
    along = np.zeros(len(rays), np.float32)
    cosine = np.abs(dz)
    for index, (start, unit, normal, length) in enumerate(wall_frames(params)):
        facing = rays[:, :2] @ normal
        reach = (start - origin[..., :2]) @ normal
        t = reach / np.where(np.abs(facing) < 1e-6, 1e-6, facing)
        s = ((origin[..., :2] - start) @ unit) + t * (rays[:, :2] @ unit)
        nearer = (facing < 0) & (t > 1e-4) & (t < distance) & (s >= 0) & (s <= length)
        distance = np.where(nearer, t, distance).astype(np.float32)
        surface[nearer], along[nearer], cosine = WALL + index, s[nearer], np.where(nearer, -facing, cosine)
    return Hits(surface, origin + rays * distance[:, None], along, distance, cosine.astype(np.float32))


def wall_frames(params: RoomParams) -> list[tuple[F32, F32, F32, float]]:
    """Per wall: start (2,), unit vector along it (2,), normal into the room (2,), length in metres."""
    corners = np.array(params.polygon, np.float32)
    frames = []
    for a, b in zip(corners, np.roll(corners, -1, 0), strict=True):
        length = float(np.linalg.norm(b - a))
        unit = (b - a) / length
        frames.append((a, unit, np.array([-unit[1], unit[0]], np.float32), length))
    return frames


def glazed(window: Fixture, s: F32, z: F32) -> Bool:
    """True inside a pane: not on the frame, the mullion or the meeting rail."""
    inside = rectangle(s, z, window, -FRAME_M) > 0
    mullion = np.abs(s - (window.start + window.end) / 2) < FRAME_M * 0.8
    rail = np.abs(z - (window.bottom + window.top) / 2) < FRAME_M * 0.5
    return np.asarray(inside & ~mullion & ~rail, np.bool_)


def rectangle(s: F32, z: F32, fixture: Fixture, grown: float) -> F32:
    """Signed distance to the fixture's outline, positive inside; a door has no lower edge."""
    sides = np.minimum(s - fixture.start, fixture.end - s) + grown
    below = z - fixture.bottom + grown if fixture.bottom > 0 else np.full_like(z, np.inf)
    return np.asarray(np.minimum(sides, np.minimum(below, fixture.top - z + grown)), np.float32)

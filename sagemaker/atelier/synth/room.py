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
class Panel:
    """A wall face that is not an edge of the floor: a side of a column, the lintel over a passage.

    The room lies on the left of the way from `start` to `end`; metres.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    bottom: float = 0.0
    top: float = 99.0


@dataclass(frozen=True)
class Slope:
    """A ceiling that rises from `knee_m` above the line through `start` along the unit vector `uphill`."""

    start: tuple[float, float]
    uphill: tuple[float, float]
    knee_m: float
    rise: float
    """metres of height per metre of floor."""


@dataclass(frozen=True)
class Lamp:
    """A small light, sending the same in all directions."""

    position: tuple[float, float, float]
    intensity: tuple[float, float, float]


@dataclass(frozen=True)
class RoomParams:
    """One room and the camera in it. The camera's foot is the origin of the polygon."""

    polygon: tuple[tuple[float, float], ...]
    """counter-clockwise, metres."""
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
    panels: tuple[Panel, ...] = ()
    columns: tuple[tuple[tuple[float, float], ...], ...] = ()
    """footprints of what stands on the floor; their sides are among the panels."""
    passages: tuple[tuple[tuple[float, float], tuple[float, float]], ...] = ()
    """feet of the openings into other rooms; the floor goes on behind them."""
    slope: Slope | None = None
    barrel: float = 0.0
    """lens distortion: what is seen at the corner belongs this share of the half diagonal farther out."""
    lamps: tuple[Lamp, ...] = ()
    exposure: float = 1.0
    view_exposure: float = 1.25
    """of what is seen through the panes."""
    balance: float = 0.75
    """share of the light's colour that the camera takes out: cameras leave a little."""
    grain: float = 0.006
    floor_tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    floor_turn_deg: float = 0.0
    accent: tuple[int, tuple[float, float, float]] | None = None
    """one wall of another colour."""
    joinery: tuple[float, float, float] = (0.80, 0.79, 0.77)
    """albedo of skirting, casings and doors."""
    skirting_m: float = 0.11
    sockets: tuple[tuple[int, float], ...] = ()
    """wall and metres along it."""


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
    safe = np.where(np.abs(dz) < 1e-6, np.where(down, -1e-6, 1e-6), dz)
    distance = np.where(down, -z / safe, (params.ceiling_m - z) / safe).astype(np.float32)
    surface = np.where(down, FLOOR, CEILING).astype(np.int32)
    along = np.zeros(len(rays), np.float32)
    cosine = np.abs(dz)
    if params.slope is not None:
        _cast_slope(params.slope, origin, rays, distance, surface)
    for index, (start, unit, normal, length) in enumerate(wall_frames(params)):
        low, high = _span(params, index)
        facing = rays[:, :2] @ normal
        reach = (start - origin[..., :2]) @ normal
        t = reach / np.where(np.abs(facing) < 1e-6, 1e-6, facing)
        s = ((origin[..., :2] - start) @ unit) + t * (rays[:, :2] @ unit)
        nearer = (facing < 0) & (t > 1e-4) & (t < distance) & (s >= 0) & (s <= length)
        if low > 0 or high < params.ceiling_m:
            nearer &= (z + t * dz >= low) & (z + t * dz <= high)
        distance = np.where(nearer, t, distance).astype(np.float32)
        surface[nearer], along[nearer], cosine = WALL + index, s[nearer], np.where(nearer, -facing, cosine)
    return Hits(surface, origin + rays * distance[:, None], along, distance, cosine.astype(np.float32))


def wall_frames(params: RoomParams) -> list[tuple[F32, F32, F32, float]]:
    """Per wall, the polygon's edges before the panels: start (2,), unit vector along it (2,), normal into the room
    (2,), length in metres."""
    corners = np.array(params.polygon, np.float32)
    ends = list(zip(corners, np.roll(corners, -1, 0), strict=True))
    ends += [(np.array(p.start, np.float32), np.array(p.end, np.float32)) for p in params.panels]
    frames = []
    for a, b in ends:
        length = float(np.linalg.norm(b - a))
        unit = (b - a) / length
        frames.append((a, unit, np.array([-unit[1], unit[0]], np.float32), length))
    return frames


def ceiling_at(params: RoomParams, xy: F32) -> F32:
    """(N,) height in metres of the ceiling above points (N, 2)."""
    flat = np.full(len(xy), params.ceiling_m, np.float32)
    if params.slope is None:
        return flat
    across = (xy - np.array(params.slope.start, np.float32)) @ np.array(params.slope.uphill, np.float32)
    return np.asarray(np.minimum(flat, params.slope.knee_m + params.slope.rise * across), np.float32)


def _cast_slope(slope: Slope, origin: F32, rays: F32, distance: F32, surface: I32) -> None:
    uphill = np.array([slope.rise * slope.uphill[0], slope.rise * slope.uphill[1]], np.float32)
    climbing = rays[:, 2] - rays[:, :2] @ uphill
    above = slope.knee_m - origin[..., 2] + (origin[..., :2] - np.array(slope.start, np.float32)) @ uphill
    t = above / np.where(climbing > 1e-6, climbing, 1e-6)
    nearer = (climbing > 1e-6) & (t < distance)
    distance[nearer], surface[nearer] = t[nearer], CEILING


def _span(params: RoomParams, index: int) -> tuple[float, float]:
    """Heights between which wall `index` exists."""
    edges = len(params.polygon)
    return (0.0, np.inf) if index < edges else (params.panels[index - edges].bottom, params.panels[index - edges].top)


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

"""Rooms for the benchmark: shapes, ceilings, cameras, lenses, light and materials drawn at random.

Some are no rooms to stage (a closet, a corridor, a photo without floor): what declines them is measured too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from atelier.synth.room import Fixture, Lamp, Panel, RoomParams, Slope

Kind = Literal["room", "closet", "corridor", "no-floor"]
Shape = Literal["box", "L", "bay", "alcove", "column", "passage"]
XY = tuple[float, float]
FULL_FRAME_DIAGONAL_MM = 43.27

_SHAPES: tuple[tuple[Shape, float], ...] = (
    ("box", 0.36),
    ("L", 0.14),
    ("bay", 0.11),
    ("alcove", 0.13),
    ("column", 0.11),
    ("passage", 0.15),
)
_UNFIT_EVERY = 12
_WALLS: tuple[tuple[float, float, float], ...] = (
    (0.72, 0.70, 0.66),
    (0.62, 0.61, 0.59),
    (0.55, 0.53, 0.45),
    (0.38, 0.45, 0.47),
    (0.56, 0.43, 0.34),
    (0.30, 0.33, 0.27),
)
"""linear albedo: white, light grey, cream, blue-grey, terracotta, dark green."""
_DARK_JOINERY = ((0.24, 0.13, 0.07), (0.42, 0.27, 0.15), (0.09, 0.09, 0.10))


@dataclass(frozen=True)
class VariedRoom:
    """Parameters of one room of the benchmark and what kind it was drawn as."""

    params: RoomParams
    kind: Kind
    shape: Shape
    focal_mm: float
    """35 mm equivalent."""


@dataclass(frozen=True)
class _Plan:
    """A floor with what stands on it, the camera's foot at the origin."""

    polygon: tuple[XY, ...]
    panels: tuple[Panel, ...] = ()
    columns: tuple[tuple[XY, ...], ...] = ()
    passages: tuple[tuple[XY, XY], ...] = ()


def varied_params(seed: int) -> VariedRoom:
    """The benchmark's room of this number; every twelfth is no room to stage."""
    rng = np.random.default_rng([4, seed])
    kind: Kind = "room"
    if seed % _UNFIT_EVERY == _UNFIT_EVERY - 1:
        kind = ("closet", "corridor", "no-floor")[seed // _UNFIT_EVERY % 3]
    names, weights = zip(*_SHAPES, strict=True)
    shape: Shape = "box" if kind in {"closet", "corridor"} else names[int(rng.choice(len(names), p=weights))]
    plan = _plan(shape, kind, rng)
    base = _camera(RoomParams(polygon=plan.polygon, fixtures=(), seed=seed), kind, rng)
    room = replace(
        base, ceiling_m=float(rng.uniform(2.3, 3.2)), panels=plan.panels, columns=plan.columns, passages=plan.passages
    )
    if kind == "room" and rng.random() < 0.2:
        room = replace(room, slope=_slope(room, rng))
    room = _materials(_lit(replace(room, fixtures=_fixtures(room, rng)), rng), rng)
    diagonal = float(np.hypot(1.0, room.aspect))
    return VariedRoom(room, kind, shape, room.focal_ratio / diagonal * FULL_FRAME_DIAGONAL_MM)


def _plan(shape: Shape, kind: Kind, rng: np.random.Generator) -> _Plan:
    width, depth = rng.uniform(2.7, 6.2), rng.uniform(3.2, 7.0)
    if kind == "closet":
        width, depth = rng.uniform(1.0, 1.6), rng.uniform(1.3, 2.0)
    elif kind == "corridor":
        width, depth = rng.uniform(0.95, 1.4), rng.uniform(4.0, 8.0)
    # The photographer stands near the front wall, often in a corner of it.
    foot_x = width * float(rng.uniform(0.15, 0.85))
    foot_y = float(rng.uniform(0.3, 0.3 + 0.12 * depth))
    left, right, front, back = -foot_x, width - foot_x, -foot_y, depth - foot_y
    plain: tuple[XY, ...] = ((left, front), (right, front), (right, back), (left, back))
    if shape == "L":
        x, y = left + width * rng.uniform(0.2, 0.5), back - depth * rng.uniform(0.15, 0.4)
        polygon = (*plain[:3], (x, back), (x, y), (left, y))
        if rng.random() < 0.5:
            polygon = (plain[0], plain[1], (right, y), (-x, y), (-x, back), (left, back)) if -x < right else polygon
        return _Plan(_floats(polygon))
    if shape == "bay":
        a, b, deep = left + width * 0.22, right - width * 0.22, rng.uniform(0.5, 0.9)
        return _Plan(
            _floats((*plain[:3], (b, back), (b - deep, back + deep), (a + deep, back + deep), (a, back), plain[3]))
        )
    if shape == "alcove":
        a = left + width * rng.uniform(0.0, 0.3)
        b, deep = a + width * rng.uniform(0.35, 0.55), rng.uniform(0.3, 1.1)
        return _Plan(_floats((*plain[:3], (b, back), (b, back + deep), (a, back + deep), (a, back), plain[3])))
    if shape == "column":
        return _columned(plain, rng)
    if shape == "passage":
        return _opened(plain, rng)
    return _Plan(_floats(plain))


def _columned(plain: tuple[XY, ...], rng: np.random.Generator) -> _Plan:
    (left, _), (right, _), (_, back) = plain[0], plain[1], plain[2]
    side = rng.uniform(0.25, 0.55)
    x = rng.uniform(left + 0.2, right - side - 0.2)
    y = back - side if rng.random() < 0.5 else rng.uniform(0.5 * back, back - side - 0.3)
    # Clockwise: the room is outside.
    feet = _floats(((x, y), (x, y + side), (x + side, y + side), (x + side, y)))
    sides = tuple(Panel(a, b) for a, b in zip(feet, (*feet[1:], feet[0]), strict=True))
    return _Plan(_floats(plain), sides, (feet,))


def _opened(plain: tuple[XY, ...], rng: np.random.Generator) -> _Plan:
    """A passage in the back or a side wall, with a lintel, into a bit of another room."""
    (left, _), (right, _), (_, back) = plain[0], plain[1], plain[2]
    wide, deep = rng.uniform(0.85, 2.2), rng.uniform(1.0, 3.0)
    lintel = 2.05 if rng.random() < 0.7 else 99.0
    if rng.random() < 0.5:
        wide = min(wide, right - left - 0.6)
        x = rng.uniform(left + 0.3, right - 0.3 - wide)
        mouth = _floats(((x + wide, back), (x, back)))
        behind = ((x + wide, back), (x + wide, back + deep), (x, back + deep), (x, back))
        polygon = (*plain[:3], *behind, plain[3])
    else:
        y = rng.uniform(0.45 * back, back - 0.3 - min(wide, 0.4 * back))
        wide = min(wide, back - 0.3 - y)
        mouth = _floats(((right, y), (right, y + wide)))
        behind = ((right, y), (right + deep, y), (right + deep, y + wide), (right, y + wide))
        polygon = (*plain[:2], *behind, *plain[2:])
    over = (Panel(mouth[0], mouth[1], bottom=lintel),) if lintel < 3 else ()
    return _Plan(_floats(polygon), over, passages=((mouth[0], mouth[1]),))


def _camera(params: RoomParams, kind: Kind, rng: np.random.Generator) -> RoomParams:
    portrait = rng.random() < 0.2
    aspect = float(rng.choice([4 / 3, 3 / 2] if portrait else [2 / 3, 2 / 3, 3 / 4, 9 / 16]))
    focal_mm = float(np.exp(rng.uniform(np.log(14), np.log(35))))
    shifted = rng.random() < 0.45
    pitch = 0.0 if shifted else float(rng.uniform(-2, 12))
    if kind == "no-floor":
        shifted, pitch, focal_mm = False, -float(rng.uniform(6, 12)), float(rng.uniform(26, 35))
    elif kind == "closet":
        pitch = float(rng.uniform(8, 18))
    # Look into the depth of the room: from the left of it to the right, from the right to the left.
    middle = (min(x for x, _ in params.polygon) + max(x for x, _ in params.polygon)) / 2
    towards = float(np.rad2deg(np.arctan2(middle, max(y for _, y in params.polygon) * 0.7)))
    return replace(
        params,
        focal_ratio=focal_mm / FULL_FRAME_DIAGONAL_MM * float(np.hypot(1.0, aspect)),
        # Chest height, as listing photos are taken: uniform over the same range would hide what a prior is worth.
        camera_height_m=float(np.clip(rng.normal(1.3, 0.2), 0.9, 1.7)),
        yaw_deg=float(np.clip(towards + rng.normal(0, 9), -44, 44)) * (0.3 if kind == "corridor" else 1.0),
        pitch_deg=pitch,
        roll_deg=float(rng.normal(0, 0.3 if shifted else 0.7)),
        shift=float(rng.uniform(-0.14, 0.01)) if shifted else 0.0,
        aspect=aspect,
        barrel=0.0 if rng.random() < 0.5 else float(np.clip(rng.normal(0, 0.015), -0.04, 0.04)),
    )


def _slope(params: RoomParams, rng: np.random.Generator) -> Slope:
    """Rises from one side wall, or from the back wall, as under a roof."""
    xs, ys = zip(*params.polygon, strict=True)
    knee, rise = float(rng.uniform(1.1, 1.8)), float(rng.uniform(0.7, 1.2))
    if rng.random() < 0.3:
        return Slope((0.0, max(ys)), (0.0, -1.0), knee, rise)
    return (
        Slope((min(xs), 0.0), (1.0, 0.0), knee, rise)
        if rng.random() < 0.5
        else Slope((max(xs), 0.0), (-1.0, 0.0), knee, rise)
    )


def _fixtures(params: RoomParams, rng: np.random.Generator) -> tuple[Fixture, ...]:
    """One or two doors and one to three windows, each on a stretch of wall that is free and high enough."""
    corners = np.array(params.polygon)
    lengths = np.linalg.norm(np.roll(corners, -1, 0) - corners, axis=1)
    wanted = ["door"] * int(rng.integers(1, 3)) + ["window"] * int(rng.integers(1, 4))
    out: list[Fixture] = []
    for kind in wanted:
        wide = float(rng.choice([0.76, 0.86, 0.92])) if kind == "door" else float(rng.uniform(0.7, 2.2))
        bottom = 0.0 if kind == "door" else float(rng.choice([0.02, 0.45, 0.8, 0.95]))
        top = float(rng.choice([2.0, 2.03, 2.1])) if kind == "door" else float(rng.uniform(1.9, 2.2))
        walls = np.flatnonzero(lengths > wide + 0.4)
        for wall in rng.permutation(walls):
            start = float(rng.uniform(0.2, lengths[wall] - wide - 0.2))
            fixture = Fixture("door" if kind == "door" else "window", int(wall), start, start + wide, bottom, top)
            if _free(fixture, out, params):
                out.append(fixture)
                break
    return tuple(out)


def _free(fixture: Fixture, others: list[Fixture], params: RoomParams) -> bool:
    corners = np.array(params.polygon)
    a, b = corners[fixture.wall], corners[(fixture.wall + 1) % len(corners)]
    unit = (b - a) / np.linalg.norm(b - a)
    clear = all(o.wall != fixture.wall or o.start > fixture.end + 0.2 or o.end < fixture.start - 0.2 for o in others)
    for mouth in params.passages:
        feet = np.array(mouth) - a
        clear &= bool(np.abs(feet @ np.array([-unit[1], unit[0]])).min() > 0.2)
    if params.slope is not None:
        feet = np.stack([a + unit * fixture.start, a + unit * fixture.end]) - np.array(params.slope.start)
        lowest = params.slope.knee_m + params.slope.rise * float((feet @ np.array(params.slope.uphill)).min())
        clear &= lowest > fixture.top + 0.1
    return clear


def _lit(params: RoomParams, rng: np.random.Generator) -> RoomParams:
    """By the windows, by lamps, both; dim or blown out; sometimes with sun on the floor."""
    xs, ys = zip(*params.polygon, strict=True)
    lamps: tuple[Lamp, ...] = ()
    if rng.random() < 0.4 or not any(f.kind == "window" for f in params.fixtures):
        warm = np.array([1.0, 0.8, 0.58]) * float(rng.uniform(0.6, 2.5))
        rows = int(rng.integers(1, 3))
        lamps = tuple(
            Lamp((float(x), float(y), params.ceiling_m - 0.04), (float(warm[0]), float(warm[1]), float(warm[2])))
            for x in np.linspace(min(xs), max(xs), rows + 2)[1:-1]
            for y in np.linspace(0.0, max(ys), rows + 2)[1:-1]
        )
    sun = None
    if rng.random() < 0.2:
        heading = rng.uniform(-np.pi, np.pi)
        sun = (float(np.cos(heading)), float(np.sin(heading)), -float(rng.uniform(0.5, 1.0)))
    mood = rng.random()
    exposure, view = (0.5, 0.7) if mood < 0.15 else (1.5, 4.0) if mood < 0.35 else (1.0, 1.25)
    return replace(
        params,
        lamps=lamps,
        sun=sun,
        exposure=exposure * float(rng.uniform(0.85, 1.15)),
        view_exposure=view,
        balance=float(rng.uniform(0.35, 0.95)),
        grain=float(rng.choice([0.004, 0.008, 0.018])),
    )


def _materials(params: RoomParams, rng: np.random.Generator) -> RoomParams:
    wall = np.array(_WALLS[int(rng.choice(len(_WALLS), p=[0.42, 0.22, 0.12, 0.09, 0.08, 0.07]))]) * rng.uniform(
        0.9, 1.05
    )
    accent = None
    if rng.random() < 0.2:
        accent = (int(rng.integers(len(params.polygon))), _colour(_WALLS[int(rng.integers(3, len(_WALLS)))]))
    joinery = params.joinery if rng.random() < 0.75 else _DARK_JOINERY[int(rng.integers(len(_DARK_JOINERY)))]
    tone = rng.uniform(0.35, 1.5) * np.exp(rng.normal(0, 0.08, 3))
    sockets = tuple(
        (int(w), float(rng.uniform(0.2, 2.2))) for w in rng.integers(0, len(params.polygon), int(rng.integers(0, 5)))
    )
    return replace(
        params,
        floor=("planks", "planks", "carpet", "tiles")[int(rng.integers(4))],
        floor_tint=_colour(np.clip(tone, 0.25, 1.6)),
        floor_turn_deg=float(rng.choice([0.0, 90.0, 45.0], p=[0.5, 0.4, 0.1])),
        wall_colour=_colour(wall),
        accent=accent,
        joinery=joinery,
        skirting_m=float(rng.choice([0.0, 0.07, 0.11, 0.15], p=[0.1, 0.3, 0.4, 0.2])),
        sockets=sockets,
    )


def _colour(values: np.ndarray | tuple[float, float, float]) -> tuple[float, float, float]:
    r, g, b = (float(v) for v in values)
    return r, g, b


def _floats(points: tuple[XY, ...]) -> tuple[XY, ...]:
    return tuple((float(x), float(y)) for x, y in points)

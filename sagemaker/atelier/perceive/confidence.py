"""Which rooms the engine declines: better no picture than a flying sofa."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from atelier.model import Bool, BoundaryPiece, Room, RoomRefusedError
from atelier.perceive.camera import Calibration
from atelier.perceive.floor import FloorMask, Outline

_MARK_FLOOR = "Send another photo of the room, or mark the visible floor (floor_polygon)."
_LEVEL_PHOTO = "Send a level, undistorted photo that shows two walls and open floor."
_MIN_UPRIGHT = 0.12
"""share of line length that is vertical; rooms have 0.25 to 0.5, a carpet or a plain surface none."""


def measure(calibration: Calibration, seen: FloorMask, mask: Bool, outline: Outline) -> dict[str, float]:
    """The numbers the gates look at. Metres and square metres for what lies on the floor."""
    camera = calibration.camera
    floor = Polygon(outline.polygon)
    return {
        "focal_ratio": camera.f / max(camera.width, camera.height),
        "yaw_deg": float(np.rad2deg(calibration.yaw)),
        "pitch_deg": float(np.rad2deg(calibration.pitch)),
        "roll_deg": float(np.rad2deg(calibration.roll)),
        "shift": calibration.shift,
        "line_score": calibration.score,
        "support_x": calibration.support[0],
        "support_y": calibration.support[1],
        "support_z": calibration.support[2],
        "floor_quality": seen.quality,
        "floor_doubtful": float(seen.doubtful),
        "floor_share": float(mask.mean()),
        "floor_m2": float(floor.area),
        "floor_width_m": widest_circle(with_foreground(floor, outline.pieces)),
    }


def with_foreground(floor: Polygon, pieces: Sequence[BoundaryPiece]) -> BaseGeometry:
    """The floor and what lies between it and the camera's foot, below the frame's lower edge."""
    nearer = [
        Polygon([(0.0, 0.0), *(tuple(end) for end in piece.ground)]).buffer(0.01)
        for piece in pieces
        if piece.kind == "border"
    ]
    return unary_union([floor.buffer(0.01), *nearer])


def widest_circle(floor: BaseGeometry) -> float:
    """Diameter in metres of the largest circle on the floor: how wide the room is where it is widest."""
    low, high = 0.0, 4.0
    for _ in range(12):
        middle = (low + high) / 2
        if floor.buffer(-middle).is_empty:
            high = middle
        else:
            low = middle
    return 2 * low


def gate(room: Room) -> None:
    """Raises RoomRefusedError with what was seen when the room should not be staged."""
    n = room.numbers
    floor = {"floor_share": n["floor_share"], "floor_quality": n["floor_quality"]}
    if n["floor_quality"] < 0.85 or (n["floor_doubtful"] and n["floor_share"] < 0.18):
        raise _not_understood("The floor could not be told from the rest of the photo.", _MARK_FLOOR, floor)
    if n["floor_share"] < 0.08:
        raise _not_stageable("Too little floor is visible.", "Step back or lower the camera's view a little.", floor)
    if n["line_score"] < 0.34 or n["support_x"] + n["support_y"] < 0.19:
        lines = {k: n[k] for k in ("line_score", "support_x", "support_y")}
        raise _not_understood("The room's straight lines do not agree on one camera.", _LEVEL_PHOTO, lines)
    if n["support_z"] < _MIN_UPRIGHT:
        upright = {"support_z": n["support_z"]}
        raise _not_understood("Nothing upright was found: no wall, door or window edges.", _LEVEL_PHOTO, upright)
    size = {k: n[k] for k in ("floor_m2", "floor_width_m")}
    if n["floor_m2"] < 4.5:
        raise _not_stageable(f"Only {n['floor_m2']:.1f} m² of floor is visible.", "Show more of the floor.", size)
    if n["floor_width_m"] < 2.2:
        raise _not_stageable(
            f"The floor is at most {n['floor_width_m']:.1f} m wide: a corridor or a nook.", "Stage a larger room.", size
        )


def _not_understood(message: str, hint: str, numbers: dict[str, float]) -> RoomRefusedError:
    return RoomRefusedError("room_not_understood", message, hint, numbers)


def _not_stageable(message: str, hint: str, numbers: dict[str, float]) -> RoomRefusedError:
    return RoomRefusedError("room_not_stageable", message, hint, numbers)

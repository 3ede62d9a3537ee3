"""Which rooms the engine declines, and which it stages with care: better no picture than a flying sofa."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from atelier.model import U8, Bool, BoundaryPiece, Room, RoomRefusedError
from atelier.perceive.camera import Calibration
from atelier.perceive.floor import Outline
from atelier.perceive.floor_mask import LITTLE_FLOOR, FloorMask
from atelier.perceive.sureness import Stage, sureness, weakest

_MARK_FLOOR = "Send a brighter photo with more open floor, or mark the visible floor (floor_polygon)."
_LEVEL_PHOTO = "Send a level, undistorted photo that shows two walls and open floor."
_MIN_UPRIGHT = 0.12
"""share of line length that is vertical; rooms have 0.25 to 0.5, a carpet or a plain surface none."""
_OUTDOORS = 0.3
_HIGH = 0.58
"""of the photo's height: a floor that is not sure and seems to reach this high is a wall; floors reach 0.3 to 0.5."""
_RAILING = 8
"""balusters: railings drawn into seven rooms had 9 to 23, rooms and what their varnish mirrors 5 at most."""
_LEAST_QUALITY, _LEAST_AGREEMENT = 0.85, 0.87
"""of the floor's mask, see `FloorMask`."""
_PANORAMA = 0.04
"""gain in line score: panoramas have 0.1, rooms seen by one lens less than nothing."""
_LEAST_DETAIL_PX, _BLURRED = 400.0, 0.7
"""Furniture is given the photo's blur, but this little detail is a thumbnail's; and the photo's share of its size."""
ROOM_WIDTH_M = 1.9
"""what a living room, a bedroom or an office needs free."""
_FLOOR_PER_WIDTH = 0.82
"""square metres to see per square of the least width: 3 m² for a living room, a loveseat with a table and a picture."""
_CLOSET_WIDTH_M, _CLOSET_M2 = 1.7, 3.6
_CORRIDOR_WIDTH_M, _LONG = 1.8, 2.0
_REFUSED_BELOW, _CONSERVATIVE_BELOW = 0.15, 0.33
"""sureness."""

_SEND_ROOM = "Send a photo of a room."
_SHOW_FLOOR = "Show more of the floor: step back, or tilt the camera down a little. Or mark it (floor_polygon)."
_STAGE_LARGER = "Show more of the floor or stage a larger room; send camera_height_m if it was measured too small."
_ASK_HALLWAY = "Ask for the room type hallway, or send camera_height_m if the room was measured too narrow."
_SMALLER = "Show more of the floor or ask for a smaller room type; send camera_height_m if it was measured too small."
_STAGES: Mapping[Stage, str] = {
    "floor": "where the floor ends",
    "lines": "which way the walls run",
    "lens": "the focal length",
    "scale": "the scale",
}
_HINTS: Mapping[Stage, str] = {
    "floor": "Mark the visible floor (floor_polygon).",
    "lines": "Send a level photo that shows two walls, or the focal length (focal_length_35mm).",
    "lens": "Send the focal length (focal_length_35mm), or the camera's own file with its EXIF data.",
    "scale": "Send the height of the camera or of the ceiling (camera_height_m, ceiling_height_m).",
}


@dataclass(frozen=True)
class Decision:
    """How a room is staged. conservative: only what does little harm where the room was misunderstood."""

    kind: Literal["stage", "conservative"]
    sureness: float
    """probability that the room was understood well."""
    reasons: tuple[str, ...] = ()
    hint: str = ""
    """what a caller may send to have the room staged in full."""


def measure(
    calibration: Calibration, seen: FloorMask, mask: Bool, outline: Outline, small: U8, *, focal_known: bool
) -> dict[str, float]:
    """The numbers the gates look at. Metres and square metres for what lies on the floor."""
    camera = calibration.camera
    floor = Polygon(outline.polygon)
    return {
        "focal_ratio": camera.f / max(camera.width, camera.height),
        "focal_known": float(focal_known),
        "yaw_deg": float(np.rad2deg(calibration.yaw)),
        "pitch_deg": float(np.rad2deg(calibration.pitch)),
        "roll_deg": float(np.rad2deg(calibration.roll)),
        "shift": calibration.shift,
        "line_score": calibration.score,
        "support_x": calibration.support[0],
        "support_y": calibration.support[1],
        "support_z": calibration.support[2],
        "floor_quality": seen.quality,
        "floor_agreement": seen.agreement,
        "floor_share": float(mask.mean()),
        "floor_top": float(1 - mask.any(1).argmax() / len(mask)) if mask.any() else 0.0,
        "floor_m2": float(floor.area),
        "outdoors": outdoors(small),
        "longer_px": float(max(small.shape[:2])),
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


def outdoors(small: U8) -> float:
    """How much a photo has sky above and grass underfoot, 0…1: a blue wall or a view of a garden is but one of them.

    The geometric mean of two shares: of the upper edge, of what is smooth, bright and bluish; of the lowest quarter,
    of what is rough and green. A white sky looks like a ceiling and is not counted.
    """
    height = max(2, round(400 * small.shape[0] / max(small.shape[:2])))
    width = max(2, round(400 * small.shape[1] / max(small.shape[:2])))
    image = cv2.resize(small, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    red, green, blue = (image[..., i] for i in range(3))
    light = image.mean(-1)
    mean = cv2.blur(light, (7, 7))
    rough = np.sqrt(np.maximum(cv2.blur(light * light, (7, 7)) - mean**2, 0))
    bluish = (blue > red + 0.05) & (blue >= green - 0.01) & (light > 0.45) & (rough < 0.05)
    colourful = image.max(-1) - image.min(-1) > 0.15 * image.max(-1)
    leaves = (green > 1.03 * red) & (green > 1.12 * blue) & colourful & (rough > 0.03)
    return float(np.sqrt(bluish[0].mean() * leaves[3 * height // 4 :].mean()))


def gate(room: Room, least_width_m: float = ROOM_WIDTH_M, *, terrace: bool = False) -> Decision:
    """Whether and how to stage. least_width_m: the narrowest free floor the asked room type is
    furnished on.

    Raises RoomRefusedError with what was seen, and which hint would help, when the room should not be staged.
    """
    return decide(room.numbers, room.confidence, least_width_m, terrace=terrace)


def decide(
    numbers: Mapping[str, float],
    confidence: Mapping[str, float],
    least_width_m: float = ROOM_WIDTH_M,
    *,
    terrace: bool = False,
) -> Decision:
    """`gate` by a room's measurements alone."""
    n = numbers
    if not terrace and n["outdoors"] > _OUTDOORS:
        raise _not_stageable("This is a photo of the outside of a building.", _SEND_ROOM, {"outdoors": n["outdoors"]})
    _photo_fit(n)
    _floor_seen(n)
    _camera_found(n)
    _large_enough(n, least_width_m)
    sure, weak = sureness(n, confidence), weakest(n, confidence)
    if sure < _REFUSED_BELOW:
        raise _not_understood(
            f"The room could not be read surely enough to furnish it ({sure:.0%} sure). Least sure: {_STAGES[weak]}.",
            _HINTS[weak],
            {"sureness": sure},
        )
    if sure < _CONSERVATIVE_BELOW:
        return Decision("conservative", sure, (f"least sure: {_STAGES[weak]}",), _HINTS[weak])
    return Decision("stage", sure)


def _photo_fit(n: Mapping[str, float]) -> None:
    """Furniture drawn straight and sharp would give itself away."""
    detail = n["detail_px"]
    if detail < _LEAST_DETAIL_PX and detail < _BLURRED * n["longer_px"]:
        seen = f"The photo is blurred: a sharp one of {detail:.0f} px on its longer side would show as much."
        raise _not_stageable(seen, "Send the camera's own file, or a sharp photo.", {"detail_px": detail})
    if n["panorama"] > _PANORAMA:
        seen = "The room's straight lines are bent, as in a panorama that was put together."
        raise _not_stageable(seen, "Send a photo taken in one shot instead of a panorama.", {"panorama": n["panorama"]})


def _floor_seen(n: Mapping[str, float]) -> None:
    if n["balusters"] >= _RAILING:
        seen = f"A railing stands before the floor ({n['balusters']:.0f} balusters)."
        raise _not_stageable(
            seen, "Take the photo from inside the room, past the railing.", {"balusters": n["balusters"]}
        )
    floor = {k: n[k] for k in ("floor_share", "floor_quality", "floor_agreement")}
    if n["floor_quality"] < _LEAST_QUALITY or n["floor_agreement"] < _LEAST_AGREEMENT:
        if n["floor_share"] < LITTLE_FLOOR:
            seen = (
                f"Only {n['floor_share']:.0%} of the photo could be told to be free floor; the rest of its lower half "
            )
            raise _not_understood(seen + "looks like walls, fittings or things.", _SHOW_FLOOR, floor)
        if n["floor_top"] > _HIGH:
            seen = "Hardly any floor is in view: what is lowest in the photo looks like the walls above it."
            raise _not_understood(seen, _SHOW_FLOOR, floor)
        raise _not_understood("Where the floor ends could not be told.", _MARK_FLOOR, floor)
    if n["floor_share"] < 0.08:
        raise _not_stageable(f"Only {n['floor_share']:.0%} of the photo is free floor.", _SHOW_FLOOR, floor)


def _camera_found(n: Mapping[str, float]) -> None:
    if n["line_score"] < 0.34 or n["support_x"] + n["support_y"] < 0.19:
        lines = {k: n[k] for k in ("line_score", "support_x", "support_y")}
        raise _not_understood("The room's straight lines do not agree on one camera.", _LEVEL_PHOTO, lines)
    if n["support_z"] < _MIN_UPRIGHT:
        upright = {"support_z": n["support_z"]}
        raise _not_understood("Nothing upright was found: no wall, door or window edges.", _LEVEL_PHOTO, upright)


def _large_enough(n: Mapping[str, float], least_width_m: float) -> None:
    """A corridor is long and narrow, a closet short and narrow; a room may be too small for what was asked.

    Whether doors and ways leave enough of a floor that is barely large enough is the plan's to find.
    """
    width, area = n["floor_width_m"], n["floor_m2"]
    least_m2 = _FLOOR_PER_WIDTH * least_width_m**2
    if width >= least_width_m and area >= least_m2:
        return
    size = {"floor_m2": area, "floor_width_m": width}
    seen = f"{_down(area):.1f} m² of free floor in view, at most {_down(width):.1f} m wide"
    if width < _CLOSET_WIDTH_M and area < _CLOSET_M2:
        raise _not_stageable(f"Too little floor to furnish: {seen}.", _STAGE_LARGER, size)
    if width < _CORRIDOR_WIDTH_M and area > _LONG * width**2:
        raise _not_stageable(f"The floor is long and narrow, as in a corridor: {seen}.", _ASK_HALLWAY, size)
    needed = f"where {least_m2:.1f} m² and {least_width_m:.1f} m are the least"
    raise _not_stageable(f"Too little floor for what was asked: {seen}, {needed}.", _SMALLER, size)


def _down(value: float) -> float:
    """To a tenth below: what is too little never reads as enough."""
    return float(np.floor(10 * value) / 10)


def _not_understood(message: str, hint: str, numbers: dict[str, float]) -> RoomRefusedError:
    return RoomRefusedError("room_not_understood", message, hint, numbers)


def _not_stageable(message: str, hint: str, numbers: dict[str, float]) -> RoomRefusedError:
    return RoomRefusedError("room_not_stageable", message, hint, numbers)

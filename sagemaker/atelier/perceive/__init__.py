"""From a photo to a measured room: floor, camera, walls, openings, scale, and what stands in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from atelier.model import Bool, BoundaryPiece, Camera, Opening, Photo, Room
from atelier.perceive.camera import Calibration, calibrations
from atelier.perceive.confidence import Decision, gate, measure
from atelier.perceive.doors import Frame, doors_among, find_door_frames
from atelier.perceive.faults import bent_as_panorama, detail_px
from atelier.perceive.features import find_fireplaces, overlap
from atelier.perceive.floor import Outline, outline_segments, trace
from atelier.perceive.floor_mask import FloorMask, clean_mask, segment_floor
from atelier.perceive.hints import hinted_doors, hinted_obstacles, hinted_windows, polygons_mask
from atelier.perceive.lines import Lines, find_lines
from atelier.perceive.marks import find_marks
from atelier.perceive.openings import find_frames, find_passages, joined, without_windows
from atelier.perceive.railing import count_balusters
from atelier.perceive.scale import Ceiling, Scale, find_ceiling, infer_scale, known_scale
from atelier.perceive.segment import embed
from atelier.perceive.stairs import find_stairs, under_stairs
from atelier.perceive.standing import Sight, find_standing, footprints
from atelier.perceive.support import SupportMaps
from atelier.perceive.walls import presumed_walls, slanted_share, slanted_walls, stretched, whole_walls
from atelier.perceive.windows import find_windows
from atelier.weights import Weights
from engine_contract import Hints

__all__ = ["Decision", "gate", "perceive"]

_SLANTED_DECIDE = 0.5
"""A wrong camera makes its room's axes slanted walls, which explain what it does not: they count for half."""


def perceive(photo: Photo, hints: Hints, weights: Weights) -> Room:
    """Understand an empty room. Deterministic.

    Raises RoomRefusedError where there is no floor at all, WeightsMissingError without model files.
    Whether the room is understood well enough to stage is `gate`'s decision.
    """
    small = photo.small
    height, width = small.shape[:2]
    embedding = embed(small, weights)
    if hints.floor_polygon is None:
        seen = segment_floor(small, embedding, weights)
    else:
        seen = FloorMask(polygons_mask([hints.floor_polygon], width, height), 1.0, 1.0)
    mask = clean_mask(seen.mask)
    lines = find_lines(small, mask, outline_segments(mask), weights)
    focal_mm = hints.focal_length_35mm or photo.focal_length_35mm
    calibration = _calibrated(lines, mask, focal_mm)
    support = SupportMaps(calibration)
    measured = _measured(calibration, lines, mask, hints, support)
    camera, outline = measured.camera, measured.outline
    planes = stretched(camera, [*whole_walls(camera, outline.pieces), *presumed_walls(outline.pieces)])
    keep_clear = find_stairs(lines, mask)
    openings, glazing = _openings(photo, hints, mask, measured, planes, support)
    openings = [o for o in openings if o.kind != "fireplace" or not under_stairs(o, camera, keep_clear)]
    bites = footprints(outline.pieces, outline.polygon, openings)
    standing = list(find_standing(bites, camera, Sight(small, mask, lines, embedding, weights)))
    if hints.keep_clear:
        marked = polygons_mask(hints.keep_clear, width, height)
        keep_clear = marked if keep_clear is None else keep_clear | marked
        built_in, lying = hinted_obstacles(hints.keep_clear, camera, planes, mask)
        openings += built_in
        standing += lying
    panorama = bent_as_panorama(calibration, mask)
    calibration = _explained(calibration, outline.pieces, lines)
    low, high = measured.scale.low_m, measured.scale.high_m
    numbers = measure(calibration, seen, mask, outline, small, focal_known=focal_mm is not None) | {
        "distortion": calibration.bend,
        "panorama": panorama,
        "detail_px": detail_px(small),
        "balusters": float(count_balusters(lines, mask, camera)),
        "camera_height_low_m": low,
        "camera_height_high_m": high,
        "scale_low": low / camera.height_m,
        "scale_high": high / camera.height_m,
    }
    confidence = {
        "floor": float(np.clip((seen.quality - 0.7) / 0.3, 0, 1)),
        "lines": float(np.clip(calibration.score / 0.7, 0, 1)),
        "horizontal": float(np.clip((calibration.support[0] + calibration.support[1]) / 0.4, 0, 1)),
        "scale": measured.scale.sure,
    }
    return Room(
        camera=camera,
        floor_mask=mask,
        window_mask=glazing,
        polygon=outline.polygon,
        pieces=outline.pieces,
        openings=tuple(openings),
        ceiling_m=measured.ceiling_m,
        confidence=MappingProxyType(confidence),
        numbers=MappingProxyType(numbers),
        standing=tuple(standing),
        keep_clear=keep_clear,
        marks=find_marks(photo.small),
    )


def _calibrated(lines: Lines, mask: Bool, focal_35mm: float | None) -> Calibration:
    """Of the cameras that explain the room's axes about equally well, the one in which slanted walls fit best."""
    rivals = calibrations(lines, mask, focal_35mm)
    if len(rivals) == 1:
        return rivals[0]

    def fit(rival: Calibration) -> float:
        camera = replace(rival.camera, height_m=infer_scale(Ceiling()).height_m)
        slanted = _explained(rival, slanted_walls(camera, trace(mask, camera).pieces, lines), lines).score - rival.score
        return rival.rank + _SLANTED_DECIDE * slanted

    return max(rivals, key=fit)


@dataclass(frozen=True)
class _Measured:
    """The room in metres."""

    camera: Camera
    outline: Outline
    scale: Scale
    ceiling_m: float | None
    doors: tuple[Opening, ...]


def _measured(calibration: Calibration, lines: Lines, mask: Bool, hints: Hints, support: SupportMaps) -> _Measured:
    """The outline with all its walls, and the scale from ceiling and doors, at first guessed without the doors."""
    unit = trace(mask, calibration.camera)
    ceiling = find_ceiling(calibration.camera, unit.pieces, support)
    told = _told(ceiling, hints)
    guess = (told or infer_scale(ceiling)).height_m
    guessed = replace(calibration.camera, height_m=guess)
    pieces = slanted_walls(guessed, unit.scaled(guess).pieces, lines)
    unit = Outline(unit.polygon, tuple(replace(p, ground=p.ground / guess) for p in pieces))
    walls = whole_walls(guessed, pieces)
    if hints.doors is None:
        frames = find_door_frames(guessed, walls, pieces, support)
    else:
        marked = hinted_doors(hints.doors, guessed, [*walls, *presumed_walls(pieces)])
        frames = [Frame(door.ground, door.top_m, door.confidence) for door in marked]
    scale = told or infer_scale(ceiling, [frame.scaled(1 / guess) for frame in frames])
    frames = [frame.scaled(scale.height_m / guess) for frame in frames]
    ratio = ceiling.ratio(scale.height_m)
    ceiling_m = None if ratio is None else ratio * scale.height_m
    doors = doors_among(frames, ceiling_m) if hints.doors is None else [frame.door() for frame in frames]
    camera = replace(calibration.camera, height_m=scale.height_m)
    return _Measured(camera, unit.scaled(scale.height_m), scale, ceiling_m, tuple(doors))


def _told(ceiling: Ceiling, hints: Hints) -> Scale | None:
    """The scale a caller gives: the camera's height, or the ceiling's where its line is seen."""
    if hints.camera_height_m is not None:
        return known_scale(hints.camera_height_m)
    if hints.ceiling_height_m is not None and ceiling.lines:
        return known_scale(hints.ceiling_height_m / ceiling.lines[0][0])
    return None


def _openings(
    photo: Photo,
    hints: Hints,
    mask: Bool,
    measured: _Measured,
    planes: list[BoundaryPiece],
    support: SupportMaps,
) -> tuple[list[Opening], Bool]:
    """Everything in the walls, in metres, and the glass."""
    camera, pieces, doors = measured.camera, measured.outline.pieces, measured.doors
    if hints.windows is None:
        windows, glazing = find_windows(photo.small, mask, camera, planes, measured.ceiling_m, support)
        windows = joined([*windows, *find_frames(camera, planes, support, doors)])
    else:
        windows = hinted_windows(hints.windows, camera, planes)
        glazing = polygons_mask(hints.windows, camera.width, camera.height) & ~mask
    if hints.doors is None:
        doors = tuple(without_windows(doors, windows))
    hearths = find_fireplaces(photo.small, camera, whole_walls(camera, pieces), [*doors, *windows])
    seen_through = [*windows, *hearths]
    openings = [
        *(d for d in doors if d.kind == "door" or not any(overlap(o, d) for o in seen_through)),
        *seen_through,
    ]
    openings += [p for p in find_passages(pieces) if not any(overlap(p, d) for d in doors)]
    return openings, glazing


def _explained(calibration: Calibration, pieces: tuple[BoundaryPiece, ...], lines: Lines) -> Calibration:
    """The calibration with the lines that run along slanted walls counted as level ones too."""
    slanted = slanted_share(calibration.camera, pieces, lines, calibration.labels)
    along_x, along_y, upright = calibration.support
    return replace(
        calibration,
        score=calibration.score + slanted,
        support=(along_x + slanted / 2, along_y + slanted / 2, upright),
    )

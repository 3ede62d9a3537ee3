"""From a photo to a measured room: floor, camera, walls, openings, scale."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np

from atelier.model import Photo, Room
from atelier.perceive.camera import calibrate
from atelier.perceive.confidence import Decision, gate, measure
from atelier.perceive.features import find_fireplaces, overlap
from atelier.perceive.floor import FloorMask, Outline, clean_mask, floor_from_hint, outline_edges, segment_floor, trace
from atelier.perceive.lines import find_lines
from atelier.perceive.openings import find_doors, find_frames, find_passages, joined, scaled
from atelier.perceive.scale import camera_height, find_ceiling, rescaled_by_door, scale_confidence
from atelier.perceive.segment import embed
from atelier.perceive.support import SupportMaps
from atelier.perceive.walls import presumed_walls, slanted_share, slanted_walls, stretched, whole_walls
from atelier.perceive.windows import find_windows
from atelier.weights import Weights
from engine_contract import Hints

__all__ = ["Decision", "gate", "perceive"]


def perceive(photo: Photo, hints: Hints, weights: Weights) -> Room:
    """Understand an empty room. Deterministic.

    Raises RoomRefusedError where there is no floor at all, WeightsMissingError without model files.
    Whether the room is understood well enough to stage is `gate`'s decision.
    """
    small = photo.small
    height, width = small.shape[:2]
    if hints.floor_polygon is None:
        seen = segment_floor(embed(small, weights), weights)
    else:
        seen = FloorMask(floor_from_hint(hints.floor_polygon, width, height), 1.0, doubtful=False)
    mask = clean_mask(seen.mask)
    edges, on_frame = outline_edges(mask)
    lines = find_lines(small, mask, edges[~on_frame].reshape(-1, 4), weights)
    calibration = calibrate(lines, mask, hints.focal_length_35mm or photo.focal_length_35mm)
    unit = trace(mask, calibration.camera)
    support = SupportMaps(calibration)
    ceiling = find_ceiling(calibration.camera, unit.pieces, support)
    guess = hints.camera_height_m or camera_height(ceiling, hints.ceiling_height_m)
    guessed = replace(calibration.camera, height_m=guess)
    pieces = slanted_walls(guessed, unit.scaled(guess).pieces, lines)
    unit = Outline(unit.polygon, tuple(replace(p, ground=p.ground / guess) for p in pieces))
    doors = find_doors(guessed, whole_walls(guessed, pieces), support)
    hinted = hints.camera_height_m is not None or hints.ceiling_height_m is not None
    metres = guess if hinted else rescaled_by_door(guess, doors)
    camera = replace(calibration.camera, height_m=metres)
    outline = unit.scaled(metres)
    ceiling_m = None if ceiling.ratio is None else ceiling.ratio * metres
    doors = [scaled(door, metres / guess) for door in doors]
    planes = stretched(camera, [*whole_walls(camera, outline.pieces), *presumed_walls(outline.pieces)])
    windows, glazing = find_windows(small, mask, camera, planes, ceiling_m, support)
    windows = joined([*windows, *find_frames(camera, planes, support, doors)])
    hearths = find_fireplaces(small, camera, outline.pieces, [*doors, *windows])
    seen_through = [*windows, *hearths]
    openings = [
        *(d for d in doors if d.kind != "built_in" or not any(overlap(o, d) for o in seen_through)),
        *seen_through,
    ]
    openings += [p for p in find_passages(outline.pieces) if not any(overlap(p, d) for d in doors)]
    slanted = slanted_share(calibration.camera, outline.pieces, lines, calibration.labels)
    along_x, along_y, upright = calibration.support
    calibration = replace(
        calibration,
        score=calibration.score + slanted,
        support=(along_x + slanted / 2, along_y + slanted / 2, upright),
    )
    numbers = measure(calibration, seen, mask, outline, small) | {"distortion": calibration.bend}
    confidence = {
        "floor": float(np.clip((seen.quality - 0.7) / 0.3, 0, 1)),
        "lines": float(np.clip(calibration.score / 0.7, 0, 1)),
        "horizontal": float(np.clip((calibration.support[0] + calibration.support[1]) / 0.4, 0, 1)),
        "scale": scale_confidence(ceiling, doors, hinted),
    }
    return Room(
        camera=camera,
        floor_mask=mask,
        window_mask=glazing,
        polygon=outline.polygon,
        pieces=outline.pieces,
        openings=tuple(openings),
        ceiling_m=ceiling_m,
        confidence=MappingProxyType(confidence),
        numbers=MappingProxyType(numbers),
    )

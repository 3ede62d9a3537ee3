"""Encode one finished candidate into the files an owner gets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from atelier.certificate import before_after, encode_jpeg, encode_mask, encode_png
from atelier.check import Finished
from atelier.check.draw import draw_checks
from atelier.jpeg import keep_jpeg
from atelier.model import U8, Bool, Layout, Photo, Room
from atelier.result import File
from engine_contract import Certificate, Check, PlacedPiece


@dataclass(frozen=True)
class Encoded:
    """One candidate's files by artifact name, and the proof for its JPEG where it kept the source's own blocks."""

    files: dict[str, File]
    jpeg_certificate: Certificate | None


def source_file(photo: Photo) -> File:
    """The source as the engine saw it, lossless."""
    return _picture("source.png", "image/png", encode_png(photo.rgb), photo.rgb)


def candidate_files(work: Finished, checks: Sequence[Check], scene: Mapping[str, object]) -> Encoded:
    """The contract's artifacts of one candidate, the scene it was rendered from, and what the checks measured."""
    drawn = draw_checks(work, checks)
    more = {
        "scene_json": File("scene.json", json.dumps(scene, indent=1).encode(), "application/json"),
        "checks_png": _picture("checks.png", "image/png", encode_png(drawn), drawn),
    }
    encoded = picture_files(work.photo, work.composite.rgb, work.composite.changed)
    return Encoded(encoded.files | more, encoded.jpeg_certificate)


def picture_files(photo: Photo, staged: U8, changed: Bool) -> Encoded:
    """The pictures of one candidate: `staged` (H, W, 3) and where it may differ, `changed` (H, W).

    A kept JPEG may differ in whole blocks around `changed`, so it comes with a mask of its own.
    """
    pair = before_after(photo.rgb, staged)
    kept = keep_jpeg(photo.jpeg, photo.rgb, staged, changed) if photo.jpeg else None
    files = {
        "staged_png": _picture("staged.png", "image/png", encode_png(staged), staged),
        "staged_jpg": _picture("staged.jpg", "image/jpeg", kept.body if kept else encode_jpeg(staged), staged),
        "before_after_jpg": _picture("before_after.jpg", "image/jpeg", encode_jpeg(pair), pair),
        "changed_mask_png": _picture("changed_mask.png", "image/png", encode_mask(changed), staged),
    }
    if kept:
        files["jpeg_mask_png"] = _picture("jpeg_mask.png", "image/png", encode_mask(kept.mask), staged)
    return Encoded(files, kept.certificate if kept else None)


def _picture(name: str, content_type: str, body: bytes, pixels: U8) -> File:
    return File(name, body, content_type, pixels.shape[1], pixels.shape[0])


def scene_record(room: Room, layout: Layout, pieces: Sequence[PlacedPiece], style: str, seed: int) -> dict[str, object]:
    """Enough to draw the same furniture into the same room again: camera, floor, openings, pieces."""
    camera = room.camera
    return {
        "schema": "roomwright.scene.v1",
        "style": style,
        "seed": seed,
        "camera": {
            "focal_px": round(camera.f, 3),
            "centre_px": [round(camera.cx, 3), round(camera.cy, 3)],
            "distortion_k1": round(camera.k1, 6),
            "size_px": [camera.width, camera.height],
            "rotation": np.round(camera.R, 6).tolist(),
            "height_m": round(camera.height_m, 4),
        },
        "floor_m": np.round(room.polygon, 3).tolist(),
        "ceiling_m": None if room.ceiling_m is None else round(room.ceiling_m, 3),
        "openings": [
            {
                "kind": o.kind,
                "ground_m": np.round(o.ground, 3).tolist(),
                "bottom_m": round(o.bottom_m, 3),
                "top_m": round(o.top_m, 3),
            }
            for o in room.openings
        ],
        "pieces": [p.model_dump(mode="json") for p in pieces],
        "terms": {k: round(v, 4) for k, v in layout.terms.items()},
    }

"""One picture per stage and the numbers beside them: why a room was staged so, or refused."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import cv2
import numpy as np

from atelier.candidates import Attempt
from atelier.certificate import before_after, encode_mask, encode_png
from atelier.light import FACES
from atelier.meter import Expected, Meter
from atelier.model import F32, U8, Bool, Layout, Light, Material, Photo, Render, Room, RoomRefusedError, Scene
from atelier.perceive import gate, perceive
from atelier.perceive.draw import draw_room
from atelier.photo import load_photo
from atelier.pipeline import TERRACE, Clock, Made, make
from atelier.plan import plan, programme_of
from atelier.plan.draw import draw_layout, draw_plan
from atelier.render import render
from atelier.weights import Weights
from engine_contract import Hints

_CLAY = Material("clay", (0.72, 0.71, 0.69), roughness=0.9, specular=0.1)
_CLAY_SIDE, _CLAY_SAMPLES = 800, 8
_FACE_PX = 256


def explain(
    photo_bytes: bytes,
    out_dir: Path,
    room_type: str,
    style: str = "modern",
    seed: int = 0,
    hints: Hints | None = None,
    weights: Weights | None = None,
) -> dict[str, object]:
    """Write 01-….png to NN-….png and numbers.json into `out_dir`; returns the numbers.

    A refused room gets every picture up to the stage that refused, and `numbers["refused"]` says why.
    Raises SourceUnreadableError and WeightsMissingError.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    clock = Clock()
    album = _Album(out_dir)
    try:
        _walk(album, clock, load_photo(photo_bytes), room_type, style, seed, hints or Hints(), weights or Weights())
    except RoomRefusedError as error:
        album.numbers["refused"] = {
            "code": str(error.code),
            "message": error.message,
            "hint": error.hint,
            "numbers": error.numbers,
        }
    album.numbers["seconds"] = {k: round(v, 3) for k, v in clock.seconds.items()}
    (out_dir / "numbers.json").write_text(json.dumps(album.numbers, indent=1, default=float), "utf-8")
    return album.numbers


class _Album:
    """Numbers the pictures as they are made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers: dict[str, object] = {}
        self._count = 0

    def add(self, name: str, pixels: U8 | Bool) -> None:
        self._count += 1
        body = encode_mask(np.asarray(pixels, bool)) if pixels.ndim == 2 else encode_png(np.asarray(pixels, np.uint8))
        (self.folder / f"{self._count:02d}-{name}.png").write_bytes(body)


def _walk(
    album: _Album,
    clock: Clock,
    photo: Photo,
    room_type: str,
    style: str,
    seed: int,
    hints: Hints,
    weights: Weights,
) -> None:
    with clock.stage("perceive"):
        room = perceive(photo, hints, weights)
    album.numbers["room"] = dict(room.numbers) | {"confidence": dict(room.confidence), "ceiling_m": room.ceiling_m}
    album.add("room", draw_room(photo, room))
    album.add("floor-and-windows", _masks(photo, room))
    programme = programme_of((room_type,))
    decision = gate(room, programme.least_width_m, terrace=programme.kind == TERRACE)
    album.numbers["decision"] = asdict(decision)
    with clock.stage("plan"):
        layouts = plan(room, (room_type,), style, seed, conservative=decision.kind == "conservative")
    album.numbers["layouts"] = [{"energy": x.energy, "terms": dict(x.terms)} for x in layouts]
    _draw_plans(album, photo, room, layouts)
    meter = Meter(lambda *_: None, Expected.of(photo.rgb.shape[1], photo.rgb.shape[0], 1))
    made = make(photo, room, Attempt(layouts[0], seed), style, programme, meter, clock)
    _draw_made(album, made, seed)


def _draw_plans(album: _Album, photo: Photo, room: Room, layouts: list[Layout]) -> None:
    album.add("layout", draw_layout(photo, room, layouts[0]))
    album.add("plan", draw_plan(room, layouts[0]))
    for i, layout in enumerate(layouts[1:3], 2):
        album.add(f"layout-choice-{i}", draw_layout(photo, room, layout))


def _draw_made(album: _Album, made: Made, seed: int) -> None:
    done = made.finished
    album.add("clay", _clay(done.room, made.scene, made.light, seed))
    album.add("light-faces", draw_light(made.light))
    album.add("furniture", _encoded(done.render.colour + 0.18 * (1 - done.render.alpha[..., None])))
    album.add("ratio", draw_ratio(done.render))
    album.add("changed-mask", done.composite.changed)
    album.add("result", done.composite.rgb)
    album.add("before-after", before_after(done.photo.rgb, done.composite.rgb))
    album.numbers["light"] = dict(made.light.numbers)
    album.numbers["render_seconds"] = dict(done.render.seconds)
    album.numbers["checks"] = [c.model_dump() for c in made.checks]
    album.numbers["pieces"] = [f"{p.piece} {p.x:.2f} {p.y:.2f} {p.yaw_deg:.0f}°" for p in done.layout.placements]


def _masks(photo: Photo, room: Room) -> U8:
    out = photo.small.astype(np.float32)
    for mask, colour in ((room.floor_mask, (255, 60, 200)), (room.window_mask, (0, 200, 255))):
        out[mask] = 0.5 * out[mask] + 0.5 * np.array(colour)
    return out.astype(np.uint8)


def _clay(room: Room, scene: Scene, light: Light, seed: int) -> U8:
    """The furniture in one grey material under the room's light: form without colour."""
    grey = Scene(scene.meshes, {name: replace(_CLAY, name=name) for name in scene.materials})
    k = min(1.0, _CLAY_SIDE / max(room.camera.width, room.camera.height))
    size = round(room.camera.width * k), round(room.camera.height * k)
    layers = render(grey, room, light, *size, _CLAY_SAMPLES, seed, lambda *_: None)
    return _encoded(layers.colour + 0.5 * (1 - layers.alpha[..., None]))


def draw_light(light: Light) -> U8:
    """(2·256, 3·256, 3): the box's faces as emitters, tone-mapped."""
    tiles = []
    for name in FACES:
        face = light.faces.get(name, np.zeros((4, 4, 3), np.float32))
        tile = cv2.resize(_encoded(face / (1 + face)), (_FACE_PX, _FACE_PX), interpolation=cv2.INTER_NEAREST)[::-1]
        tile = np.ascontiguousarray(tile)
        cv2.putText(tile, name, (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255, 255, 0), 1, cv2.LINE_AA)
        tiles.append(tile)
    return np.vstack([np.hstack(tiles[:3]), np.hstack(tiles[3:6])]).astype(np.uint8)


def draw_ratio(layers: Render) -> U8:
    """Where the furniture darkens (blue) or brightens (red) the room; white is exactly 1."""
    change = np.log2(np.maximum(layers.ratio.mean(-1), 1e-3))
    strength = np.clip(np.abs(change), 0, 1)[..., None]
    colour = np.where(change[..., None] < 0, np.array([40.0, 80.0, 230.0]), np.array([230.0, 60.0, 40.0]))
    out: U8 = (255 * (1 - strength) + colour * strength).astype(np.uint8)
    return out


def _encoded(linear: F32) -> U8:
    encoded: U8 = (np.clip(linear, 0, 1) ** (1 / 2.2) * 255 + 0.5).astype(np.uint8)
    return encoded

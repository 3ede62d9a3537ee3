"""Rooms of the benchmark, one JSON line each."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from atelier.bench.against import errors, violations, visible_m2
from atelier.model import Room, RoomRefusedError
from atelier.perceive import gate, perceive
from atelier.photo import photo_from_rgb
from atelier.plan import plan
from atelier.synth import SyntheticRoom, synthetic_room
from atelier.synth.varied import VariedRoom, varied_params
from atelier.weights import Weights
from engine_contract import Hints

LONGER_SIDE_PX = 800
_ROOM_TYPES = ("living-room", "bedroom", "dining-room", "home-office")

Row = dict[str, Any]


def rows_of(folder: Path) -> dict[int, Row]:
    """What was measured so far, by seed."""
    kept = folder / "rooms.jsonl"
    if not kept.is_file():
        return {}
    rows = [json.loads(line) for line in kept.read_text("utf-8").splitlines() if line]
    return {int(row["seed"]): row for row in rows}


def measure_rooms(seeds: Sequence[int], folder: Path, weights: Weights, at_most: int | None = None) -> dict[int, Row]:
    """Measure the rooms of these seeds that are not in the folder yet, `at_most` of them; all rows of the seeds."""
    folder.mkdir(parents=True, exist_ok=True)
    known = rows_of(folder)
    missing = [seed for seed in seeds if seed not in known]
    with (folder / "rooms.jsonl").open("a", encoding="utf-8") as kept:
        for seed in missing[:at_most]:
            known[seed] = measure_room(seed, weights)
            kept.write(json.dumps(known[seed]) + "\n")
            kept.flush()
    return {seed: known[seed] for seed in seeds if seed in known}


def measure_room(seed: int, weights: Weights) -> Row:
    """Render, perceive and furnish one room. A refusal is kept with its code."""
    varied = varied_params(seed)
    aspect = varied.params.aspect
    truth = synthetic_room(varied.params, round(LONGER_SIDE_PX / max(1.0, aspect)))
    row = _described(seed, varied, truth)
    start = time.process_time()
    try:
        room = perceive(photo_from_rgb(truth.rgb), Hints(), weights)
    except RoomRefusedError as refused:
        return row | {"refused": refused.code, "said": refused.message}
    row["perceive_cpu_s"] = round(time.process_time() - start, 2)
    row["errors"] = {k: round(v, 5) for k, v in errors(truth, room).items()}
    row["numbers"] = {k: round(float(v), 5) for k, v in room.numbers.items()}
    row["confidence"] = {k: round(float(v), 5) for k, v in room.confidence.items()}
    return row | {"layout": _layout(seed, truth, room)}


def _described(seed: int, varied: VariedRoom, truth: SyntheticRoom) -> Row:
    return {
        "seed": seed,
        "kind": varied.kind,
        "shape": varied.shape,
        "slope": varied.params.slope is not None,
        "barrel": round(varied.params.barrel, 4),
        "focal_mm": round(varied.focal_mm, 1),
        "shifted": varied.params.shift != 0,
        "portrait": varied.params.aspect > 1,
        "floor_share": round(float(truth.floor_mask.mean()), 4),
        "floor_m2": round(visible_m2(truth), 2),
    }


def _layout(seed: int, truth: SyntheticRoom, room: Room) -> Row:
    """The best layout against the truth, made as the engine would make it: with care, or not at all."""
    room_type = _ROOM_TYPES[seed % len(_ROOM_TYPES)]
    try:
        careful = gate(room).kind == "conservative"
        best = plan(room, [room_type], "modern", seed, conservative=careful)[0]
    except RoomRefusedError as refused:
        return {"room_type": room_type, "refused": refused.code, "said": refused.message}
    return {"room_type": room_type, "conservative": careful, **violations(truth, room, best.placements)}

"""The whole of perception on synthetic rooms, with the real segmenter and line detector."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from atelier.model import Room, RoomRefusedError
from atelier.perceive import gate, perceive
from atelier.perceive.draw import draw_room
from atelier.perceive.floor import to_ground
from atelier.perceive.floor_mask import clean_mask, segment_floor
from atelier.perceive.segment import embed
from atelier.photo import load_photo, photo_from_rgb
from atelier.synth import SyntheticRoom, random_params, synthetic_room
from atelier.weights import DIRECTORY_VARIABLE, Weights, WeightsMissingError
from engine_contract import Hints

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "empty-living-room.jpg"
WEIGHTS = Weights()
needs_weights = [
    pytest.mark.engine,
    pytest.mark.skipif(
        not WEIGHTS.available(),
        reason=f"MODEL WEIGHTS ABSENT, perception is untested: run `python3 -m local up` or set {DIRECTORY_VARIABLE}.",
    ),
]
# Rooms in which both walls of a corner and some floor are seen; the others test the gate below.
SEEDS = (1, 3, 4, 8, 10, 14, 15)


@cache
def understood(seed: int) -> tuple[SyntheticRoom, Room]:
    truth = synthetic_room(seed)
    return truth, perceive(photo_from_rgb(truth.rgb), Hints(), WEIGHTS)


class TestRooms:
    pytestmark = needs_weights

    @pytest.mark.parametrize("seed", SEEDS)
    def test_room_is_understood(self, seed: int) -> None:
        truth, room = understood(seed)
        gate(room)
        both = (room.floor_mask & truth.floor_mask).sum() / (room.floor_mask | truth.floor_mask).sum()
        assert both > 0.93
        cosine = (np.trace(room.camera.R @ truth.camera.R.T) - 1) / 2
        assert np.rad2deg(np.arccos(np.clip(cosine, -1, 1))) < 1.0
        assert abs(room.camera.cy - truth.camera.cy) / truth.camera.height < 0.02
        assert abs(room.camera.f / truth.camera.f - 1) < 0.2
        assert abs(room.camera.height_m / truth.camera.height_m - 1) < 0.12

    def test_a_checkered_floor_is_one_floor(self) -> None:
        """The prompts' points fall on tiles of both colours, and none of them sees more than a part."""
        truth = synthetic_room(4)
        ys, xs = np.nonzero(truth.floor_mask)
        tiles = np.floor(to_ground(truth.camera, np.stack([xs + 0.5, ys + 0.5], 1)) / 0.4).sum(1) % 2
        rgb = truth.rgb.copy()
        rgb[ys, xs] = (rgb[ys, xs] * np.where(tiles > 0, 1.0, 0.15)[:, None]).astype(np.uint8)
        seen = segment_floor(rgb, embed(rgb, WEIGHTS), WEIGHTS)
        mask = clean_mask(seen.mask)
        assert (mask & truth.floor_mask).sum() / (mask | truth.floor_mask).sum() > 0.95
        assert seen.agreement > 0.97

    def test_typical_errors(self) -> None:
        pairs = [understood(seed) for seed in SEEDS]
        focal = [abs(room.camera.f / truth.camera.f - 1) for truth, room in pairs]
        height = [abs(room.camera.height_m / truth.camera.height_m - 1) for truth, room in pairs]
        assert np.median(focal) < 0.03
        assert np.median(height) < 0.04

    def test_doors_are_found_where_they_are(self) -> None:
        """At the room's own scale, whose error is another test's."""
        near = []
        for seed in SEEDS:
            truth, room = understood(seed)
            scale = truth.camera.height_m / room.camera.height_m
            middles = [scale * o.ground.mean(0) for o in room.openings if o.kind == "door"]
            target = truth.doors[0].ground.mean(0)
            near.append(any(np.linalg.norm(middle - target) < 0.3 for middle in middles))
        assert sum(near) >= len(SEEDS) - 1

    def test_glazing_is_where_windows_are(self) -> None:
        for seed in SEEDS:
            truth, room = understood(seed)
            wrong = (room.window_mask & ~truth.window_mask).mean()
            assert wrong < 0.02  # frames and mullions may be inside the hull
            if truth.window_mask.mean() > 0.03:  # the sky and, below it, foliage no brighter than the wall
                assert (room.window_mask & truth.window_mask).sum() > 0.6 * truth.window_mask.sum()

    def test_sills_are_found_below_dark_views(self) -> None:
        checked = 0
        for seed in SEEDS:
            truth, room = understood(seed)
            for window in (o for o in room.openings if o.kind == "window" and o.confidence > 0.6):
                known = min(
                    truth.windows, key=lambda t: float(np.linalg.norm(t.ground.mean(0) - window.ground.mean(0)))
                )
                assert abs(window.bottom_m - known.bottom_m) < 0.2
                checked += 1
        assert checked >= 4

    def test_same_photo_same_room(self) -> None:
        truth, room = understood(3)
        again = perceive(photo_from_rgb(truth.rgb), Hints(), Weights())
        assert np.array_equal(again.polygon, room.polygon)
        assert np.array_equal(again.floor_mask, room.floor_mask)
        assert dict(again.numbers) == dict(room.numbers)

    def test_hints_override(self, monkeypatch: pytest.MonkeyPatch) -> None:
        truth, unhinted = understood(3)
        photo = photo_from_rgb(truth.rgb)
        embedding = embed(photo.small, WEIGHTS)
        monkeypatch.setattr("atelier.perceive.embed", lambda *_: embedding)  # it knows nothing of hints, and is dear
        room = perceive(photo, Hints(camera_height_m=1.0), WEIGHTS)
        assert room.camera.height_m == 1.0
        corners = [(0.3, 0.75), (0.8, 0.75), (0.95, 1.0), (0.1, 1.0)]
        marked = perceive(photo, Hints(floor_polygon=corners), WEIGHTS)
        assert marked.floor_mask.sum() < unhinted.floor_mask.sum()

    def test_the_example_photo_passes_the_gate(self) -> None:
        photo = load_photo(EXAMPLE.read_bytes())
        room = perceive(photo, Hints(), WEIGHTS)
        gate(room)
        assert room.numbers["focal_ratio"] == pytest.approx(0.53, rel=0.08)
        assert room.camera.height_m == pytest.approx(1.28, rel=0.08)
        assert room.numbers["yaw_deg"] == pytest.approx(9.0, abs=1.0)
        assert any(o.kind == "door" for o in room.openings)
        drawn = draw_room(photo, room)
        assert drawn.shape == photo.small.shape
        assert (drawn != photo.small).any()

    def test_noise_is_refused(self) -> None:
        rng = np.random.default_rng(0)
        rgb = rng.integers(0, 255, (400, 600, 3)).astype(np.uint8)
        with pytest.raises(RoomRefusedError) as refused:
            gate(perceive(photo_from_rgb(rgb), Hints(), WEIGHTS))
        assert refused.value.hint

    @pytest.mark.parametrize(
        ("number", "value", "code"),
        [
            ("floor_quality", 0.5, "room_not_understood"),
            ("line_score", 0.1, "room_not_understood"),
            ("support_z", 0.02, "room_not_understood"),
            ("floor_share", 0.03, "room_not_stageable"),
            ("floor_m2", 2.0, "room_not_stageable"),
            ("floor_width_m", 1.4, "room_not_stageable"),
        ],
    )
    def test_gate_says_what_it_saw(self, number: str, value: float, code: str) -> None:
        room = understood(3)[1]
        with pytest.raises(RoomRefusedError) as refused:
            gate(replace(room, numbers={**room.numbers, number: value}))
        assert refused.value.code == code
        assert refused.value.numbers[number] == value


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissingError, match="weights"):
        _ = Weights(tmp_path).mlsd


def test_altered_weights_are_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "mlsd_512_large.onnx").write_bytes(b"not a model")
    with pytest.raises(WeightsMissingError, match="not the pinned file"):
        _ = Weights(tmp_path).mlsd


def test_synthetic_rooms_are_deterministic_and_varied() -> None:
    assert np.array_equal(synthetic_room(5, width=300).rgb, synthetic_room(5, width=300).rgb)
    assert random_params(5) != random_params(6)

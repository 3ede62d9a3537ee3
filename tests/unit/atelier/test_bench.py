"""The benchmark's own rulers: rooms that are what they say, errors that are zero for the truth, rules that bite."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely import contains_xy
from shapely.geometry import Point, Polygon

from atelier.bench import run as bench_run
from atelier.bench.against import errors, is_good, violations, visible_m2
from atelier.bench.draw import write_report
from atelier.bench.fit import fit
from atelier.bench.report import curve, report
from atelier.bench.run import measure_rooms
from atelier.model import F64, Opening, Placement, Room
from atelier.perceive.camera import rotation
from atelier.perceive.sureness import STAGE_OF
from atelier.synth import SyntheticRoom, synthetic_room
from atelier.synth.room import CEILING, FLOOR, RoomParams, cast, ceiling_at
from atelier.synth.varied import varied_params
from atelier.weights import Weights

SEEDS = range(500, 620)
ROOMS = {seed: varied_params(seed) for seed in SEEDS}
SHARP = next(s for s, v in ROOMS.items() if v.params.barrel == 0 and v.kind == "room" and v.params.columns)
BENT = next(s for s, v in ROOMS.items() if abs(v.params.barrel) > 0.015 and v.kind == "room")
SLOPED = next(s for s, v in ROOMS.items() if v.params.slope is not None)


def truth_of(seed: int) -> SyntheticRoom:
    return synthetic_room(ROOMS[seed].params, width=180)


def as_seen(truth: SyntheticRoom) -> Room:
    """A perfect perception of a room."""
    return Room(truth.camera, truth.floor_mask, truth.window_mask, truth.polygon, (), (), truth.ceiling_m, {})


BOX = RoomParams(polygon=((-2.0, -1.0), (2.0, -1.0), (2.0, 5.0), (-2.0, 5.0)), fixtures=())


@pytest.fixture(scope="module")
def box() -> SyntheticRoom:
    truth = synthetic_room(BOX, width=180)
    door, window = (
        (np.array([[-2.0, 3.0], [-2.0, 3.9]]), "door", 0.0, 2.03),
        (np.array([[0.2, 5.0], [1.6, 5.0]]), "window", 0.8, 2.1),
    )
    return replace(
        truth,
        doors=(Opening("door", door[0], door[2], door[3], 1.0),),
        windows=(Opening("window", window[0], window[2], window[3], 1.0),),
    )


def piece(x: float, y: float, name: str = "sofa", size: tuple[float, float, float] = (1.0, 0.6, 0.8)) -> Placement:
    return Placement(name, size, x, y)


class TestRooms:
    def test_the_same_number_is_the_same_room(self) -> None:
        assert varied_params(7) == varied_params(7)
        assert varied_params(7) != varied_params(8)
        assert np.array_equal(truth_of(SHARP).rgb, truth_of(SHARP).rgb)

    def test_every_kind_of_room_occurs(self) -> None:
        shapes, kinds = Counter(v.shape for v in ROOMS.values()), Counter(v.kind for v in ROOMS.values())
        assert set(shapes) == {"box", "L", "bay", "alcove", "column", "passage"}
        assert min(shapes.values()) >= 5
        assert set(kinds) == {"room", "closet", "corridor", "no-floor"}
        assert kinds["room"] == len(SEEDS) * 11 / 12
        params = [v.params for v in ROOMS.values()]
        for share in (
            [p.slope is not None for p in params],
            [p.aspect > 1 for p in params],
            [p.shift != 0 for p in params],
            [p.barrel != 0 for p in params],
            [bool(p.lamps) for p in params],
            [p.exposure > 1.2 for p in params],
            [p.exposure < 0.6 for p in params],
        ):
            assert 0.08 < np.mean(share) < 0.6
        assert {p.floor for p in params} == {"planks", "carpet", "tiles"}
        millimetres = [v.focal_mm for v in ROOMS.values()]
        assert 14 <= min(millimetres) < 16
        assert 30 < max(millimetres) <= 35.01
        assert 0.9 <= min(p.camera_height_m for p in params) < max(p.camera_height_m for p in params) <= 1.7

    def test_rooms_can_be_built(self) -> None:
        for varied in ROOMS.values():
            p = varied.params
            floor = Polygon(p.polygon)
            assert floor.is_valid
            assert floor.exterior.is_ccw
            assert floor.contains(Point(0, 0))
            assert not any(Polygon(c).contains(Point(0, 0)) for c in p.columns)
            for i, one in enumerate(p.fixtures):
                a, b = np.array(p.polygon[one.wall]), np.array(p.polygon[(one.wall + 1) % len(p.polygon)])
                length = float(np.linalg.norm(b - a))
                assert 0 < one.start < one.end < length
                feet = a + np.outer([one.start, one.end], (b - a) / length)
                assert ceiling_at(p, feet.astype(np.float32)).min() > one.top
                for other in p.fixtures[:i]:
                    assert other.wall != one.wall or other.end < one.start or other.start > one.end

    @pytest.mark.parametrize("seed", [SHARP, BENT])
    def test_the_true_camera_sees_floor_where_the_mask_says(self, seed: int) -> None:
        truth = truth_of(seed)
        rows, columns = np.nonzero(truth.floor_mask)
        rays = truth.camera.rays(np.asarray(np.stack([columns, rows], -1) + 0.5, np.float64))
        ground = rays[:, :2] * (truth.camera.height_m / -rays[:, 2:])
        assert contains_xy(Polygon(truth.polygon).buffer(0.15), ground[:, 0], ground[:, 1]).mean() > 0.99
        for column in truth.columns:
            assert not contains_xy(Polygon(column).buffer(-0.05), ground[:, 0], ground[:, 1]).any()

    def test_nothing_is_above_a_sloped_ceiling(self) -> None:
        params = ROOMS[SLOPED].params
        rng = np.random.default_rng(0)
        rays = rng.normal(size=(2000, 3)).astype(np.float32)
        rays /= np.linalg.norm(rays, axis=1, keepdims=True)
        hits = cast(params, np.array([0, 0, 1.0], np.float32), rays)
        top = ceiling_at(params, hits.point[:, :2])
        assert (hits.point[:, 2] < top + 1e-3).all()
        overhead = hits.surface == CEILING
        assert np.allclose(hits.point[overhead, 2], top[overhead], atol=1e-3)
        assert (hits.point[hits.surface == FLOOR, 2] < 1e-3).all()
        assert (top[overhead] < params.ceiling_m - 0.05).any()


class TestErrors:
    def test_the_floor_in_sight_is_measured_where_it_is(self, box: SyntheticRoom) -> None:
        seen = visible_m2(box)
        assert 8 < seen < Polygon(box.polygon).area
        assert visible_m2(replace(box, floor_mask=box.floor_mask & (np.arange(180) < 90))) == pytest.approx(
            seen / 2, rel=0.1
        )

    def test_the_truth_has_none(self) -> None:
        truth = truth_of(SHARP)
        found = errors(truth, as_seen(truth))
        assert found["focal"] == found["height"] == found["horizon"] == 0
        assert found["floor_iou"] == 1
        assert found["rotation_deg"] < 1e-4
        assert is_good(found)

    def test_the_visible_floor_covers_itself_and_a_floor_of_another_size_does_not(self, box: SyntheticRoom) -> None:
        camera = box.camera
        low = np.array([[0.0, camera.height], [camera.width, camera.height], [camera.width, 64.0], [0.0, 64.0]])
        rays = camera.rays(low)
        cone = Polygon(rays[:, :2] * (camera.height_m / -rays[:, 2:]))
        seen = np.array(cone.intersection(Polygon(box.polygon)).boundary.coords)
        assert errors(box, replace(as_seen(box), polygon=seen))["ground_iou"] > 0.9
        assert errors(box, replace(as_seen(box), polygon=1.2 * seen))["ground_iou"] < 0.75

    def test_axes_named_otherwise_are_the_same_rotation(self, box: SyntheticRoom) -> None:
        turned = replace(box.camera, R=rotation(np.pi / 2, 0.0, 0.0))
        assert errors(box, replace(as_seen(box), camera=turned))["rotation_deg"] < 1e-3
        tilted = replace(box.camera, R=rotation(0.0, np.deg2rad(3.0), 0.0))
        assert errors(box, replace(as_seen(box), camera=tilted))["rotation_deg"] == pytest.approx(3.0, abs=1e-6)

    @pytest.mark.parametrize("change", [{"f": 1.12}, {"height_m": 0.8}])
    def test_a_wrong_lens_or_scale_is_not_good(self, box: SyntheticRoom, change: dict[str, float]) -> None:
        values = {name: getattr(box.camera, name) * factor for name, factor in change.items()}
        found = errors(box, replace(as_seen(box), camera=replace(box.camera, **values)))
        assert not is_good(found)
        assert max(abs(found["focal"]), abs(found["height"])) == pytest.approx(
            abs(next(iter(change.values())) - 1), abs=1e-6
        )


class TestViolations:
    def count(self, box: SyntheticRoom, *pieces: Placement, room: Room | None = None) -> dict[str, int]:
        found = violations(box, room or as_seen(box), pieces)
        assert found.pop("pieces") == len(pieces)
        return {rule: n for rule, n in found.items() if n}

    def test_what_stands_well_breaks_no_rule(self, box: SyntheticRoom) -> None:
        assert self.count(box, piece(0.0, 3.0), piece(1.4, 2.0)) == {}

    def test_each_rule(self, box: SyntheticRoom) -> None:
        assert self.count(box, piece(1.9, 3.0)) == {"outside": 1}
        assert self.count(box, piece(-1.4, 3.4)) == {"door": 1}
        assert self.count(box, piece(1.0, 4.6, size=(0.8, 0.4, 1.9))) == {"window": 1}
        assert self.count(box, piece(1.0, 4.6, size=(0.8, 0.4, 0.9))) == {}
        assert self.count(box, piece(0.0, 3.0), piece(0.3, 3.2)) == {"overlap": 1}

    def test_chairs_may_stand_under_tables(self, box: SyntheticRoom) -> None:
        table = piece(0.0, 3.0, "dining-table", (1.6, 0.9, 0.75))
        assert self.count(box, table, piece(0.0, 2.5, "dining-chair", (0.5, 0.5, 0.9))) == {}
        assert self.count(box, table, piece(0.0, 2.5, "sofa", (0.5, 0.5, 0.9))) == {"overlap": 1}

    def test_rugs_art_and_what_stands_on_a_table_take_no_floor(self, box: SyntheticRoom) -> None:
        rug = Placement("rug", (6.0, 3.0, 0.02), 0.0, 3.0)
        vase = Placement("vase", (0.2, 0.2, 0.3), 5.0, 3.0, z=0.7, on=0)
        art = Placement("art", (0.8, 0.04, 0.6), 1.0, 5.0, z=1.4)
        assert violations(box, as_seen(box), [rug, vase, art])["pieces"] == 0

    def test_the_picture_decides_where_a_piece_stands(self, box: SyntheticRoom) -> None:
        """A camera thought 1.5 times too high puts everything 1.5 times too far: in the picture it is the same."""
        higher = replace(as_seen(box), camera=replace(box.camera, height_m=1.5 * box.camera.height_m))
        assert self.count(box, piece(0.0, 4.5), room=higher) == {}
        assert self.count(box, piece(1.4, 4.5), room=higher) == {}
        assert self.count(box, piece(0.0, 8.5), room=higher) == {"outside": 1}


def row(seed: int, *, sure: float, good: bool, kind: str = "room", **more: Any) -> dict[str, Any]:
    """A made-up row: evidence in proportion to `sure`."""
    return {
        "seed": seed,
        "kind": kind,
        "shape": "box",
        "floor_share": 0.3,
        "floor_m2": 9.0,
        "errors": {
            "focal": 0.01 if good else 0.3,
            "height": -0.05,
            "rotation_deg": 0.4,
            "horizon": 0.0,
            "floor_iou": 0.95,
            "ground_iou": 0.8,
        },
        "numbers": {
            "focal_ratio": 0.56,
            "focal_known": 0.0,
            "line_score": 0.35 + 0.45 * sure,
            "support_x": 0.2 + 0.1 * sure,
            "support_y": 0.15 * sure,
            "support_z": 0.13 + 0.2 * sure,
            "floor_quality": 0.9,
            "floor_agreement": 1.0,
            "floor_share": 0.3,
            "floor_m2": 12.0,
            "floor_width_m": 3.0,
            "outdoors": 0.0,
            "panorama": 0.0,
            "detail_px": 800.0,
            "balusters": 0.0,
            "floor_top": 0.42,
            "longer_px": 800.0,
            "camera_height_low_m": 1.0 if good else 1.27,
            "camera_height_high_m": 1.69 if good else 1.33,
        },
        "confidence": {"scale": sure},
        "layout": {"pieces": 4, "outside": 0, "door": 0, "window": 0, "overlap": 0},
        "perceive_cpu_s": 2.0,
        **more,
    }


def made_up(n: int = 120) -> list[dict[str, Any]]:
    rng = np.random.default_rng(1)
    sure: F64 = rng.random(n)
    return [row(i, sure=float(s), good=bool(rng.random() < s)) for i, s in enumerate(sure)]


class TestReport:
    def test_a_fit_follows_the_evidence(self) -> None:
        model = fit(made_up())
        assert set(model["weights"]) == set(STAGE_OF)
        assert min(model["weights"].values()) >= 0
        assert sum(model["weights"].values()) > 1
        assert model["provenance"]["rooms"] == 120
        against = [row(r["seed"], sure=1 - r["confidence"]["scale"], good=is_good(r["errors"])) for r in made_up()]
        assert sum(fit(against)["weights"].values()) < 0.05

    def test_a_fit_needs_rooms_of_both_kinds(self) -> None:
        with pytest.raises(ValueError, match="Too few"):
            fit([row(i, sure=0.5, good=True) for i in range(50)])
        with pytest.raises(ValueError, match="Too few"):
            fit(made_up(5))

    def test_figures_add_up(self) -> None:
        rows = [
            row(0, sure=1.0, good=True),
            row(1, sure=1.0, good=False, layout={"pieces": 3, "outside": 1, "door": 0, "window": 2, "overlap": 0}),
            row(2, sure=0.0, good=True),
            row(3, sure=1.0, good=True, kind="closet"),
            {
                "seed": 4,
                "kind": "no-floor",
                "shape": "box",
                "floor_share": 0.0,
                "floor_m2": 0.0,
                "refused": "room_not_understood",
            },
        ]
        found = report(rows[::-1])
        assert found["rooms"] == 5
        assert found["stageable"] == 3
        gate = found["gate"]
        assert gate["acceptance"] == pytest.approx(2 / 3, abs=1e-3)
        assert gate["false_accept"] == pytest.approx(2 / 3, abs=1e-3)  # misunderstood, and a closet
        assert gate["false_refusal"] == 0.5
        assert gate["others_refused"] == 0.5
        assert found["layout"]["window"] == 2
        assert found["scale_interval_covers"] == pytest.approx(2 / 3, abs=1e-3)
        assert found["layout"]["rooms_without_violation"] == pytest.approx(2 / 3, abs=1e-3)
        assert found["errors"]["stageable"]["good"] == pytest.approx(2 / 3, abs=1e-3)

    def test_the_curve_counts_every_perceived_room_once(self) -> None:
        rows = made_up()
        bins = curve(rows)
        assert sum(b["rooms"] for b in bins) == len(rows)
        assert all(b["least"] <= b["good"] <= b["most"] for b in bins)
        shares = [b["good"] for b in bins if b["rooms"] > 10]
        assert shares[-1] > shares[0]

    def test_a_stopped_run_goes_on_where_it_ended(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        measured: list[int] = []

        def measure(seed: int, _weights: Weights) -> dict[str, Any]:
            measured.append(seed)
            return row(seed, sure=0.7, good=True)

        monkeypatch.setattr(bench_run, "measure_room", measure)
        first = measure_rooms(range(10, 15), tmp_path, Weights(tmp_path), at_most=2)
        assert sorted(first) == [10, 11]
        rows = measure_rooms(range(10, 15), tmp_path, Weights(tmp_path))
        assert measured == [10, 11, 12, 13, 14]
        assert sorted(rows) == measured
        write_report(list(rows.values()), tmp_path)
        assert (tmp_path / "numbers.json").stat().st_size > 500
        written = (tmp_path / "tables.md").read_text("utf-8")
        assert "5 rooms, seeds 10 to 14." in written
        assert "| focal length | 1.0%, 1.0% | 1.0%, 1.0% |" in written
        assert "| stageable rooms | 5 | 0 | 0 |" in written
        assert all(len(line) < 160 for line in written.splitlines())
        assert (tmp_path / "calibration.png").read_bytes().startswith(b"\x89PNG")

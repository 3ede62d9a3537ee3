"""Placements to a scene: poses, tops, determinism, cost, and what the manifest says."""

from __future__ import annotations

import numpy as np
import pytest

from atelier.furnish import CATALOGUE, describe, dressed, furnish
from atelier.model import Placement


def at(piece: str, x: float, y: float, yaw: float = 0.0, variant: int = 0, on: int | None = None) -> Placement:
    return Placement(piece, CATALOGUE[piece].size("M"), x, y, 0.0, yaw, variant, on)


LIVING = (
    at("rug", 0, 3),
    at("sofa", 0, 4.2),
    at("coffee-table", 0, 3.0, on=0),
    at("armchair", -1.6, 2.6, 60),
    at("armchair", 1.6, 2.6, -60),
    at("floor-lamp", 1.5, 4.4),
    at("side-table", -1.5, 4.4),
    at("plant-large", 2.2, 4.3),
    at("console", 0, 1.2, 180),
    Placement("art", CATALOGUE["art"].size("M"), 0, 4.7, 1.2),
)


def test_yaw_turns_counter_clockwise_and_keeps_the_spot() -> None:
    size = (2.0, 0.9, 0.83)
    scene = furnish([Placement("sofa", size, 1.0, 5.0, yaw_deg=90.0)], "standard", 0)
    v = np.concatenate([m.vertices for m in scene.meshes])
    assert np.ptp(v[:, 0]) == pytest.approx(0.9, abs=0.01)
    assert np.ptp(v[:, 1]) == pytest.approx(2.0, abs=0.01)
    assert (v.max(0) + v.min(0))[:2] / 2 == pytest.approx([1.0, 5.0], abs=0.01)
    # at yaw 90 the front (−y) has turned to +x, so the back stands at −x
    assert v[v[:, 2] > 0.75][:, 0].mean() < 0.9
    for mesh in scene.meshes:
        assert np.abs(np.linalg.norm(mesh.normals, axis=1) - 1).max() < 1e-4


def test_things_stand_on_what_they_are_on() -> None:
    pieces = [at("rug", 0, 3), at("coffee-table", 0, 3, on=0), at("vase", 0.2, 3, on=1)]
    told = {p.piece: p.position_m[2] for p in describe(pieces, "modern", 0)}
    assert told["coffee-table"] == pytest.approx(0.016)
    assert told["vase"] == pytest.approx(0.416)


def test_bare_tops_are_dressed_and_given_ones_left_alone() -> None:
    table = at("coffee-table", 1.0, 3.0, yaw=30.0)
    extra = dressed([table], 4)[1:]
    assert extra
    for thing in extra:
        assert thing.on == 0
        a = np.deg2rad(-30.0)
        dx, dy = thing.x - 1.0, thing.y - 3.0
        local = abs(dx * np.cos(a) - dy * np.sin(a)), abs(dx * np.sin(a) + dy * np.cos(a))
        assert local[0] + thing.size_m[0] / 2 <= table.size_m[0] / 2 + 0.02
        assert local[1] + thing.size_m[1] / 2 <= table.size_m[1] / 2 + 0.02
    assert len(dressed([table, at("bowl", 1.0, 3.0, on=0)], 4)) == 2


def test_same_seed_same_scene_another_seed_another() -> None:
    pieces = [at("sofa", 0, 4), at("rug", 0, 3)]
    first, again, other = (furnish(pieces, "bohemian", s) for s in (5, 5, 6))
    assert [m.material for m in first.meshes] == [m.material for m in again.meshes]
    assert all(np.array_equal(a.vertices, b.vertices) for a, b in zip(first.meshes, again.meshes, strict=True))
    assert {m.material for m in first.meshes} != {m.material for m in other.meshes}


def test_styles_differ_in_shape_not_only_in_colour() -> None:
    counts = set()
    for style in ("modern", "scandinavian", "country", "industrial", "luxury"):
        counts.add(sum(len(m.faces) for m in furnish([at("dining-chair", 0, 3)], style, 0).meshes))
    assert len(counts) == 5


def test_twin_chairs_are_twins() -> None:
    told = describe([at("armchair", -1, 3), at("armchair", 1, 3)], "country", 2)
    assert told[0].colours == told[1].colours


def test_a_living_room_is_few_enough_triangles() -> None:
    scene = furnish(LIVING, "modern", 2)
    assert sum(len(m.faces) for m in scene.meshes) < 400_000
    assert set(scene.materials) == {m.material for m in scene.meshes}


def test_describe_names_every_piece() -> None:
    told = describe(LIVING, "modern", 1)
    assert len(told) == len(dressed(LIVING, 1))
    for p in told:
        assert p.piece in CATALOGUE
        assert 1 <= len(p.colours) <= 3
        assert all(len(c) == 7 and c.startswith("#") for c in p.colours)


def test_unknown_names_are_refused() -> None:
    with pytest.raises(KeyError):
        furnish([Placement("hammock", (1, 1, 1), 0, 3)], "modern", 0)
    with pytest.raises(KeyError, match="choose one of"):
        furnish([at("sofa", 0, 3)], "brutalist", 0)


def test_two_nightstands_and_their_lamps_are_twins() -> None:
    told = dressed([at("bed", 0, 3), at("nightstand", -1.2, 4, variant=7), at("nightstand", 1.2, 4, variant=8)], 1)
    on = [sorted((p.piece, p.size_m, p.variant) for p in told if p.on == k) for k in (1, 2)]
    assert on[0]
    assert on[0] == on[1]
    assert told[1].variant == told[2].variant


def test_curtains_of_a_window_share_one_rod() -> None:
    """It reaches past both; two windows of a wall have two, and a lone panel has only its own."""
    size = (0.42, 0.12, 2.3)
    panels = [Placement("curtain", size, x, 4.0, 0.02, 0.0) for x in (-2.0, -1.0, 1.0, 2.2)]
    rods = [p for p in dressed(panels, 1) if p.piece == "curtain-rod"]
    assert [(round(r.x, 3), r.y) for r in rods] == [(-1.5, 4.0), (1.6, 4.0)]
    assert rods[0].size_m[0] > 1.0 + size[0]
    assert 2.2 < rods[0].z < rods[0].z + rods[0].size_m[2] < 2.33
    assert not [p for p in dressed(panels[:1], 1) if p.piece == "curtain-rod"]

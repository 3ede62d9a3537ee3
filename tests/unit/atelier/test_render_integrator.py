"""The integrator: it converges, keeps energy, repeats itself, and leaves far pixels alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from atelier.model import F32, I32, Light, Render, Scene, Sun
from atelier.photo_look import SHADE_CONTRAST
from atelier.render import accel, accel_embree, kernels, render
from atelier.render.job import Job
from atelier.render.kernels.structs import CELLS
from tests.unit.atelier.furnished_box import HI, MATERIALS, block, furnished, photo_and_room, side_light, uniform_light

SIZE = (96, 68)


def run(scene: Scene, samples: int, seed: int, light_level: float | None = None) -> Render:
    _, room = photo_and_room()
    light = side_light() if light_level is None else uniform_light(light_level)
    return render(scene, room, light, *SIZE, samples, seed, lambda _name, _fraction: None)


def raw(monkeypatch: pytest.MonkeyPatch, samples: int, seed: int) -> F32:
    monkeypatch.setattr("atelier.render.passes.denoise", lambda colour, *_: colour)
    monkeypatch.setattr("atelier.render.passes._ENOUGH", 0.0)
    return run(furnished(), samples, seed).colour


def samples_taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many samples each further launch of the furniture kernel takes, all pixels together."""
    launch, taken = Job.launch, list[int]()

    def counted(job: Job, kernel: Any, ids: I32, world: Any, *inputs: Any, share: Any = None) -> None:
        if kernel is kernels.furniture:
            taken.append(len(ids) * (inputs[2] - inputs[1]))
        launch(job, kernel, ids, world, *inputs, share=share)

    monkeypatch.setattr(Job, "launch", counted)
    return taken


def every_cell_alike(faces: F32, _light: Light) -> tuple[F32, F32, I32]:
    """Picks every cell of the box as often: plain sampling of the light."""
    n = 6 * CELLS * CELLS
    return np.full(n, 1 / n, np.float32), np.ones(n, np.float32), np.arange(n, dtype=np.int32)


def test_error_falls_as_samples_rise_against_another_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    reference = raw(monkeypatch, 512, 99)
    few, many = (float(np.sqrt(((raw(monkeypatch, n, 3) - reference) ** 2).mean())) for n in (4, 64))
    # Four by √16 for independent samples; correlated dimensions would stop falling.
    assert many < few / 2.5


def test_a_white_object_in_a_uniform_room_shows_the_room() -> None:
    scene = Scene((block((0.0, 2.4, 1.2), (0.8, 0.6, 0.5), "white"),), MATERIALS)
    layer = run(scene, 64, 1, 0.5)
    solid = layer.alpha == 1.0
    assert solid.sum() > 100
    assert layer.colour[solid].mean() == pytest.approx(0.5, rel=0.04)


def test_a_bent_lens_bends_the_furniture() -> None:
    middle = (-1.7, 2.6, 0.3)
    _, room = photo_and_room()
    bent = replace(room, camera=replace(room.camera, k1=-0.25))
    scene = Scene((block(middle, (0.3, 0.3, 0.3)),), MATERIALS)
    for seen in (room, bent):
        layer = render(scene, seen, side_light(), *SIZE, 4, 1, lambda _name, _fraction: None)
        rows, columns = np.nonzero(layer.alpha > 0.5)
        target, _ = seen.camera.resized(*SIZE).project(np.array(middle))
        assert [columns.mean() + 0.5, rows.mean() + 0.5] == pytest.approx(target.tolist(), abs=1.2)


def test_the_same_job_gives_the_same_bytes() -> None:
    first, second = run(furnished(), 8, 7), run(furnished(), 8, 7)
    for name in ("colour", "alpha", "ratio"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
    assert run(furnished(), 8, 8).colour.tobytes() != first.colour.tobytes()


def test_ratio_darkens_beside_furniture_and_is_exactly_one_beyond_its_support() -> None:
    scene = Scene((block((-1.0, 3.0, 0.2), (0.4, 0.4, 0.4)),), MATERIALS)
    layer = run(scene, 4, 2)
    _, room = photo_and_room(*SIZE)
    x, y = np.meshgrid(np.arange(SIZE[0]) + 0.5, np.arange(SIZE[1]) + 0.5)
    rays = layer.camera.rays(np.stack([x, y], -1))
    ground = layer.camera.centre + rays * (-1.3 / np.minimum(rays[..., 2], -1e-3))[..., None]
    distance = np.hypot(ground[..., 0] + 1.0, ground[..., 1] - 3.0)
    open_floor = room.floor_mask & (layer.alpha == 0)
    near = open_floor & (distance < 0.45)
    assert layer.ratio[near].mean() < 0.95
    ceiling = np.zeros_like(open_floor)
    ceiling[: SIZE[1] // 4] = True
    assert (layer.ratio[ceiling] == 1.0).all()
    assert (layer.ratio[open_floor & (distance > 3.3)] == 1.0).all()


def test_nothing_near_the_ceiling_darkens_it() -> None:
    tall = block((0.0, 4.2, 1.25), (0.3, 0.1, 2.4))
    layer = run(Scene((tall,), MATERIALS), 1, 1)
    _, room = photo_and_room(*SIZE)
    x, y = np.meshgrid(np.arange(SIZE[0]) + 0.5, np.arange(SIZE[1]) + 0.5)
    d = room.camera.rays(np.stack([x, y], -1))
    above = (d[..., 2] > 0) & ((HI[2] - 1.3) * d[..., 1] < 0.85 * HI[1] * d[..., 2]) & (layer.alpha == 0)
    assert (layer.ratio[above & (abs(x - SIZE[0] / 2) < SIZE[0] / 8)] == 1.0).all()
    assert layer.ratio[~above & (layer.alpha == 0)].min() < 0.95, "the wall behind it is in its shade"


def test_a_rug_laid_over_a_sun_patch_is_as_much_brighter() -> None:
    rug = Scene((block((0.0, 2.6, 0.01), (2.0, 1.6, 0.02)),), MATERIALS)
    _, room = photo_and_room(*SIZE)
    sunny = replace(uniform_light(0.3), patches=np.full((128, 128), 2.0, np.float32))
    plain, lit = (render(rug, room, a, *SIZE, 16, 1, lambda *_: None) for a in (uniform_light(0.3), sunny))
    inside = plain.alpha == 1
    assert lit.colour[inside].mean() == pytest.approx(2.0 * plain.colour[inside].mean(), rel=0.05)


def test_a_rug_is_shaded_as_the_floor_beside_it_is_shown() -> None:
    table = block((0.0, 3.9, 0.5), (1.6, 0.6, 0.4))
    rug = block((0.0, 3.0, 0.005), (3.0, 2.4, 0.01), "grey")
    bare, laid = (run(Scene(meshes, MATERIALS), 64, 1, 0.5) for meshes in ((table,), (table, rug)))
    uv, _ = bare.camera.project(np.array([[0.0, 3.5, 0.01], [0.0, 2.1, 0.01]]))
    (column, row), (_, far_row) = uv.astype(int)
    near, far = (laid.colour[slice(r - 1, r + 2), column - 3 : column + 4].mean() for r in (row, far_row))
    shown = float(bare.ratio[row, column - 3 : column + 4].mean()) ** SHADE_CONTRAST
    assert shown < 0.85
    assert near / far == pytest.approx(shown, abs=0.09)  # without photos' contrast 0.14 off


def test_a_glossy_floor_mirrors_a_pale_piece_and_a_matte_one_nothing() -> None:
    _, room = photo_and_room()
    scene = Scene((block((0.0, 2.8, 0.5), (1.2, 0.4, 0.6), "white"),), MATERIALS)
    shiny = replace(uniform_light(0.2), floor_specular=0.5, floor_roughness=0.15)
    glowing = {**shiny.faces, "rear": np.full((8, 8, 3), 0.9, np.float32)}
    glossy, matte = (
        render(scene, room, replace(shiny, faces=glowing, floor_specular=s), *SIZE, 4, 1, lambda *_: None)
        for s in (0.5, 0.15)
    )
    assert matte.glaze is None and glossy.glaze is not None
    uv, _ = glossy.camera.project(np.array([[0.0, 2.3, 0.0], [-2.0, 4.2, 0.0]]))
    (near, off), glaze = (uv / 2).astype(int), glossy.glaze
    assert glaze.hidden[near[1], near[0]] > 0.8 and glaze.hidden[off[1], off[0]] == 0
    # White lit from the front instead of a wall of 0.2: some 5 % of the difference, by Fresnel at that angle.
    assert 0.001 < float(glaze.light[near[1], near[0]].mean()) < 0.03


def test_walls_get_lighter_by_bulbs_alone() -> None:
    _, room = photo_and_room()
    pale = block((0.0, 4.2, 1.0), (1.6, 0.3, 0.4), "white")
    light = uniform_light(0.1)
    lit = replace(light, faces={**light.faces, "rear": np.full((8, 8, 3), 3.0, np.float32)})
    layer = render(Scene((pale,), MATERIALS), room, lit, *SIZE, 4, 1, lambda *_: None)
    wall = ~cv2.resize(room.floor_mask.astype(np.uint8), SIZE, interpolation=cv2.INTER_NEAREST).astype(bool)
    assert float(layer.ratio[wall].mean(-1).max()) < 1.001
    assert float(layer.ratio[wall].min()) < 0.9


def test_large_pictures_get_full_size_edges_over_smaller_shading(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run(furnished(), 64, 1)
    monkeypatch.setattr("atelier.render.passes.SHADED_PIXELS", SIZE[0] * SIZE[1] // 4)
    scaled = run(furnished(), 64, 1)
    assert scaled.colour.shape == whole.colour.shape
    assert np.abs(scaled.alpha - whole.alpha).mean() < 0.01
    inside = (whole.alpha == 1) & (scaled.alpha == 1)
    assert np.abs(scaled.colour - whole.colour)[inside].mean() < 0.06 * whole.colour[inside].mean()


def test_embree_and_warp_find_the_same_hits() -> None:
    if accel_embree.load_library() is None:
        pytest.skip("embreex carries no library for this platform")
    assert accel.disagreement(2000) < 0.002


def test_without_embree_the_picture_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    with_embree = run(furnished(), 16, 4)
    monkeypatch.setattr(accel, "embree_works", lambda: False)
    without = run(furnished(), 16, 4)
    assert np.abs(with_embree.colour - without.colour).mean() < 0.01 * with_embree.colour.mean() + 1e-4


def test_unknown_materials_are_named() -> None:
    with pytest.raises(ValueError, match="velvet"):
        run(Scene((block((0, 2, 0.5), (1, 1, 1), "velvet"),), MATERIALS), 1, 0)


def test_rounds_that_spare_certain_pixels_are_no_worse_than_their_least_everywhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reference = raw(monkeypatch, 512, 99)
    even = float(np.sqrt(((raw(monkeypatch, 12, 3) - reference) ** 2).mean()))
    monkeypatch.setattr("atelier.render.passes._ENOUGH", 0.13)
    spared = run(furnished(), 48, 3).colour
    assert float(np.sqrt(((spared - reference) ** 2).mean())) < 1.02 * even, "a pixel gets 12 at the least"


def test_plain_sampling_of_the_same_budget_errs_more_than_twice_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    reference = raw(monkeypatch, 256, 99)
    monkeypatch.setattr("atelier.render.passes._ENOUGH", 0.13)
    taken = samples_taken(monkeypatch)
    fast = run(furnished(), 48, 3).colour
    budget = round(12 * sum(taken) / taken[0])  # samples a pixel: the first round takes 12 of every one
    monkeypatch.setattr("atelier.render.world._alias_table", every_cell_alike)
    plain = raw(monkeypatch, budget, 3)
    fast_error, plain_error = (float(np.sqrt(((colour - reference) ** 2).mean())) for colour in (fast, plain))
    assert fast_error < 0.5 * plain_error


def test_the_sun_lights_what_faces_it_through_a_window_and_casts_its_shadow() -> None:
    _, room = photo_and_room(*SIZE)
    dark = uniform_light(0.05)
    window = np.ones((8, 8), np.float32)
    sun = Sun(np.array([-0.8, 0.0, 0.6]), (9.0, 9.0, 9.0), {"left": window})
    lit, unlit = (render(furnished(), room, replace(dark, sun=s), *SIZE, 8, 1, lambda *_: None) for s in (sun, None))
    assert lit.colour.mean() > 3 * unlit.colour.mean()
    assert lit.ratio.min() < 0.5 * unlit.ratio.min(), "the shadow on the floor"
    closed = replace(sun, openings={})
    shut = render(furnished(), room, replace(dark, sun=closed), *SIZE, 8, 1, lambda *_: None)
    assert np.abs(shut.colour - unlit.colour).max() < 1e-6

"""The emissive box: form factors, fitted gains, exposure."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from atelier.light import FACE_N, FACES, extent_of, fit_light, form_factors
from atelier.light.box import LUMA, PATCHES, receivers
from atelier.light.faces import Face, _beyond_frame
from atelier.light.fit import Solution, photo_white, solve, white_balance
from tests.unit.atelier.furnished_box import HI, LO, furnished, photo_and_room


def test_form_factors_of_a_closed_box_sum_to_one_and_match_the_opposite_face() -> None:
    lo, hi = np.zeros(3), np.ones(3)
    f = form_factors(np.array([[0.5, 0.5, 1e-3]]), np.array([[0.0, 0.0, 1.0]]), lo, hi)
    assert f.sum() == pytest.approx(1.0)
    patches = f.shape[1] // len(FACES)
    ceiling = f[0, FACES.index("ceiling") * patches :][:patches].sum()
    # 4/(2π) · 2 · x atan(x), x = 0.5/√1.25: a unit square one metre above its centre (Howell's catalogue, B-3).
    assert ceiling == pytest.approx(0.2394, abs=0.01)


def test_light_keeps_the_room_box_and_makes_a_white_thing_as_bright_as_the_walls() -> None:
    photo, room = photo_and_room(300, 210)
    light = fit_light(photo, room, extent_of(furnished()))
    assert light.hi[1] == pytest.approx(HI[1], abs=0.4)
    assert light.lo[0] == pytest.approx(LO[0], abs=0.4)
    window = light.faces["left"].max()
    assert window > 2.0, "a window must be brighter than the clipped photo shows it"
    points, up = np.array([[0.0, 2.4, 0.6]]), np.array([[0.0, 0.0, 1.0]])
    patch = np.concatenate([_patches(light.faces[n]) for n in FACES])
    table = 0.8 * float((form_factors(points, up, light.lo, light.hi) @ patch)[0])
    assert 0.6 < table / light.numbers["white"] < 1.6


@pytest.mark.parametrize("true_gain", [5.0, 14.0])
def test_windows_send_what_light_the_walls_need_though_software_flattened_their_shading(true_gain: float) -> None:
    lo, hi = np.array([-2.0, -1.5, 0.0]), np.array([2.0, 4.5, 2.5])
    cells, per = len(FACES) * PATCHES**2, PATCHES**2
    window = np.zeros((len(FACES), PATCHES, PATCHES), bool)
    window[FACES.index("left"), 4:9, 5:9] = True
    flat = window.reshape(cells)
    albedo = np.where(np.arange(cells) // per == FACES.index("floor"), 0.3, 0.75)
    transfer = np.where(flat, 0.0, albedo)[:, None] * form_factors(*receivers(lo, hi), lo, hi)
    radiance = np.linalg.solve(np.eye(cells) - transfer, np.where(flat, 0.9 * (1 + true_gain), 0.0))
    shown = radiance.reshape(len(FACES), per)
    level = np.array([[np.median(s[~f])] for s, f in zip(shown, flat.reshape(len(FACES), per), strict=True)])
    shown = np.where(flat.reshape(len(FACES), per), 0.9, level * (shown / level) ** 0.6).astype(np.float32)
    whole = np.ones((FACE_N, FACE_N), bool)
    faces = {}
    for i, name in enumerate(FACES):
        grey = cv2.resize(shown[i].reshape(PATCHES, PATCHES), (FACE_N, FACE_N), interpolation=cv2.INTER_NEAREST)
        glass = cv2.resize(window[i].astype(np.uint8), (FACE_N, FACE_N), interpolation=cv2.INTER_NEAREST) > 0
        faces[name] = Face(np.repeat(grey[..., None], 3, -1), whole, whole, glass)
    found = solve(faces, lo, hi, np.array([[-0.5, 1.0, 0.0], [0.5, 2.0, 0.8]]), 0.5)
    assert 0.6 * true_gain < found.window_gain < 1.7 * true_gain
    assert found.exposure_walls == pytest.approx(1.0, abs=0.25)


def test_light_goes_halfway_from_the_boxs_warmth_to_that_of_the_photos_white() -> None:
    _, room = photo_and_room(300, 210)
    lo, hi = np.array([-2.0, -1.5, 0.0]), np.array([2.0, 4.5, 2.5])
    whole = np.ones((FACE_N, FACE_N), bool)
    warm = np.tile(np.array([0.5, 0.45, 0.36], np.float32), (FACE_N, FACE_N, 1))
    faces = {name: Face(warm, whole, whole, ~whole) for name in FACES}
    white = np.full((210, 300, 3), 0.6, np.float32)
    gains = white_balance(faces, Solution(8.0, 1.0, 1.0, 1.0, 0.6, 0.1), lo, hi, extent_of(furnished()), white, room)
    lit = warm[0, 0] * gains
    assert lit[0] / lit[2] == pytest.approx((0.5 / 0.36) ** 0.5, abs=0.01)
    assert float(lit @ LUMA) == pytest.approx(float(warm[0, 0] @ LUMA), abs=1e-4)


def test_a_uniform_floor_is_taken_for_matte() -> None:
    photo, room = photo_and_room(300, 210)
    light = fit_light(photo, room, extent_of(furnished()))
    assert light.floor_specular <= 0.3
    assert all(0.02 <= c <= 0.85 for c in light.floor_albedo)
    assert light.floor_albedo[0] > light.floor_albedo[2], "a brown floor stays brown"


def test_a_window_that_the_frame_cuts_goes_on_out_of_sight() -> None:
    seen, window = np.zeros((FACE_N, FACE_N), bool), np.zeros((FACE_N, FACE_N), bool)
    seen[:, 40:] = True
    window[50:80, 40:60] = True
    beyond = _beyond_frame(window, seen, 5.0)
    assert beyond[60, 30] and not beyond[60, 10] and not beyond[20, 30] and not (beyond & seen).any()


def test_white_is_the_trim_unless_it_outshines_the_walls_like_a_reflection() -> None:
    _, room = photo_and_room(300, 210)
    room = replace(room, window_mask=np.zeros_like(room.window_mask))
    for trim, white in ((0.55, 0.55), (0.9, 0.6)):
        linear = np.full((210, 300, 3), 0.5, np.float32)
        linear[:8] = trim
        assert photo_white(linear, room) == pytest.approx(white, abs=0.01)


def _patches(face: np.ndarray) -> np.ndarray:
    n = 12
    rows = np.array_split(face.mean(-1), n)
    return np.array([cell.mean() for row in rows for cell in np.array_split(row, n, axis=1)])

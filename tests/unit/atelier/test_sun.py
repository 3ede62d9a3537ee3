"""Sun patches: their direction and strength, and what only looks like one."""

from __future__ import annotations

import numpy as np
import pytest

from atelier.light.box import FACE_N, FACES, points_of
from atelier.light.faces import Face
from atelier.light.gloss import Floor
from atelier.light.sun import find_sun, sun_patches
from atelier.model import F64, Bool
from tests.unit.atelier.furnished_box import HI, LO, camera

ALBEDO = 0.4
VIEW = camera(300, 210)


def faces(window: Bool, lit: Bool) -> dict[str, Face]:
    """A dim room, all in sight, with a window in its left wall and bright cells on its floor."""
    everywhere, nowhere = np.ones((FACE_N, FACE_N), bool), np.zeros((FACE_N, FACE_N), bool)
    out = {n: Face(np.full((FACE_N, FACE_N, 3), 0.3, np.float32), everywhere, everywhere, nowhere) for n in FACES}
    bright = np.where(window[..., None], 1.0, 0.3).repeat(3, 2).astype(np.float32)
    out["left"] = Face(bright, everywhere, everywhere, window)
    ground = np.where(lit[..., None], 0.12 + 0.5, 0.12).repeat(3, 2).astype(np.float32)
    out["floor"] = Face(ground, everywhere, everywhere, nowhere)
    return out


def window() -> Bool:
    p = points_of(LO, HI, "left", FACE_N)
    return np.asarray((p[..., 1] > 2.0) & (p[..., 1] < 3.4) & (p[..., 2] > 0.9) & (p[..., 2] < 2.1))


def sunlit(towards: F64) -> Bool:
    """Floor cells from which the sun is seen through the window, worked out backwards."""
    floor = points_of(LO, HI, "floor", FACE_N)
    p = floor + towards * ((LO[0] - floor[..., 0]) / towards[0])[..., None]
    return np.asarray((p[..., 1] > 2.0) & (p[..., 1] < 3.4) & (p[..., 2] > 0.9) & (p[..., 2] < 2.1))


@pytest.mark.parametrize(("azimuth", "elevation"), [(180, 40), (150, 30), (210, 50)])
def test_the_sun_is_found_where_a_window_throws_it(azimuth: float, elevation: float) -> None:
    a, e = np.radians([azimuth, elevation])
    towards = np.array([np.cos(e) * np.cos(a), np.cos(e) * np.sin(a), np.sin(e)])
    sun = find_sun(faces(window(), sunlit(towards)), Floor((ALBEDO,) * 3, 0.6, 0.15, 0.0), VIEW, LO, HI)
    assert sun is not None
    assert np.degrees(np.arccos(np.clip(sun.direction @ towards, -1, 1))) < 6
    assert sun.irradiance[0] == pytest.approx(np.pi * 0.5 / (ALBEDO * towards[2]), rel=0.15)
    assert set(sun.openings) == {"left"} and sun.openings["left"].sum() == window().sum()


def test_a_bright_patch_that_no_window_explains_is_not_sun() -> None:
    rug = np.zeros((FACE_N, FACE_N), bool)
    rug[5:25, 5:110] = True
    assert find_sun(faces(window(), rug), Floor((ALBEDO,) * 3, 0.6, 0.15, 0.0), VIEW, LO, HI) is None
    assert find_sun(faces(np.zeros_like(rug), rug), Floor((ALBEDO,) * 3, 0.6, 0.15, 0.0), VIEW, LO, HI) is None


def test_a_mirrored_window_is_not_sun() -> None:
    floor = points_of(LO, HI, "floor", FACE_N)
    up = (floor - VIEW.centre) * [1, 1, -1]
    p = floor + up * ((LO[0] - floor[..., 0]) / np.minimum(up[..., 0], -1e-9))[..., None]
    mirrored = (up[..., 0] < 0) & (p[..., 1] > 2.0) & (p[..., 1] < 3.4) & (p[..., 2] > 0.9) & (p[..., 2] < 2.1)
    assert mirrored.sum() > 100
    assert find_sun(faces(window(), mirrored), Floor((ALBEDO,) * 3, 0.6, 0.15, 0.0), VIEW, LO, HI) is None


@pytest.mark.parametrize(("bright", "carried"), [((0.9, 0.7, 0.4), True), ((0.9, 0.88, 0.85), False)])
def test_a_patch_of_the_floors_own_hue_is_carried_and_glare_is_not(
    bright: tuple[float, float, float], carried: bool
) -> None:
    everywhere, lit = np.ones((FACE_N, FACE_N), bool), np.zeros((FACE_N, FACE_N), bool)
    lit[40:60, 30:50] = True
    ground = np.where(lit[..., None], bright, (0.45, 0.3, 0.15)).astype(np.float32)
    gain = sun_patches(Face(ground, everywhere, everywhere, ~everywhere))
    assert (gain is not None) == carried
    if gain is not None:
        assert gain[45:55, 35:45].min() > 1.9
        assert (gain[~lit & (np.abs(np.arange(FACE_N) - 40) > 15)] == 1.0).all()

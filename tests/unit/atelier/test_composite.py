"""The change lock, windows, grain and edges of the composite."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atelier import photo_look
from atelier.composite import composite
from atelier.light import to_linear
from atelier.model import F32, Glaze, Opening, Render, Standing
from atelier.relight import WALL_AWAY, windows
from tests.unit.atelier.furnished_box import photo_and_room


def layers(alpha: F32, ratio: F32, colour: float = 0.3) -> Render:
    _, room = photo_and_room()
    h, w = alpha.shape
    return Render((alpha[..., None] * np.float32(colour)).repeat(3, 2), alpha, ratio, room.camera.resized(w, h))


def ones(h: int, w: int) -> F32:
    return np.ones((h, w, 3), np.float32)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), width=st.sampled_from([40, 75, 120, 200]))
def test_nothing_outside_the_mask_ever_changes(seed: int, width: int) -> None:
    photo, room = photo_and_room()
    rng = np.random.default_rng(seed)
    h = round(width * 0.7)
    alpha = np.where(rng.random((h, width)) < 0.1, rng.random((h, width)), 0).astype(np.float32)
    ratio = np.where(rng.random((h, width, 3)) < 0.3, rng.random((h, width, 3)) * 3, 1).astype(np.float32)
    done = composite(photo, room, layers(alpha, ratio))
    assert done.rgb.shape == photo.rgb.shape
    assert (done.rgb[~done.changed] == photo.rgb[~done.changed]).all()


def test_without_furniture_the_picture_is_the_source() -> None:
    photo, room = photo_and_room()
    done = composite(photo, room, layers(np.zeros((84, 120), np.float32), ones(84, 120)))
    assert not done.changed.any()
    assert done.rgb.tobytes() == photo.rgb.tobytes()


def test_windows_are_copied_whatever_the_ratio() -> None:
    photo, room = photo_and_room()
    done = composite(photo, room, layers(np.zeros((84, 120), np.float32), ones(84, 120) * 0.5))
    assert room.window_mask.sum() > 20
    assert (done.rgb[room.window_mask] == photo.rgb[room.window_mask]).all()
    assert (done.rgb[room.floor_mask] < photo.rgb[room.floor_mask]).mean() > 0.9


def test_a_lamp_brightens_a_wall_by_a_seventh_at_most_and_nothing_beyond_its_pool() -> None:
    photo, room = photo_and_room()
    ratio = ones(84, 120)
    ratio[5:40, 80:110] = 1.2
    some, most = (composite(photo, room, layers(np.zeros((84, 120), np.float32), r)) for r in (ratio, ratio**9))
    pool = np.zeros((84, 120), bool)
    pool[8:25, 90:105] = True
    assert not (room.floor_mask | room.window_mask)[pool].any()
    before, by_some, by_most = (to_linear(image[pool][None]).mean() for image in (photo.rgb, some.rgb, most.rgb))
    assert 1.05 < by_some / before < 1.15
    assert by_most / before == pytest.approx(1.15, abs=0.02)
    assert (some.rgb[:40, :70] == photo.rgb[:40, :70]).all()


def test_wood_beside_a_wall_tints_it_by_a_few_per_cent_and_a_floor_as_it_will() -> None:
    photo, room = photo_and_room()
    ratio, alpha = ones(84, 120) * np.array([1.2, 0.9, 0.75], np.float32), np.zeros((84, 120), np.float32)
    alpha[20:40, 60] = 1
    done = composite(photo, room, layers(alpha, ratio))
    red_to_blue = [(to_linear(a) @ [1, 0, 0], to_linear(a) @ [0, 0, 1]) for a in (photo.rgb, done.rgb)]
    (red, blue), (red_after, blue_after) = red_to_blue
    shift = (red_after / red) / np.maximum(blue_after / blue, 1e-3)
    wall = ~room.floor_mask & ~windows(room) & (done.rgb != photo.rgb).any(-1) & (np.abs(np.arange(120) - 60) < 12)
    assert 1.02 < float(np.median(shift[wall])) < 1.12
    assert float(np.median(shift[room.floor_mask])) > 1.4


def test_a_shadow_on_a_wall_ends_softly_however_ragged_it_was_rendered() -> None:
    photo, room = photo_and_room()
    ratio, alpha = ones(84, 120), np.zeros((84, 120), np.float32)
    ratio[5:40, 80:100] = 0.4
    ratio[5:40:2, 80:104] = 0.4
    alpha[5:40, 84:88] = 1
    done = composite(photo, room, layers(alpha, ratio))
    light = (to_linear(done.rgb) / to_linear(photo.rgb)).mean(-1)[10:25]
    assert float(np.abs(np.diff(light, axis=0)).max()) < 0.06, "teeth"
    assert float(np.abs(np.diff(light[:, 90:112], axis=1)).max()) < 0.25, "a step"
    assert 0.55 < float(light[:, 88:90].mean()) < 0.72


def test_a_shadow_on_a_wall_ends_with_the_distance_from_what_casts_it() -> None:
    photo, room = photo_and_room()
    ratio, alpha = ones(84, 120) * np.float32(0.4), np.zeros((84, 120), np.float32)
    alpha[5:40, 84:86] = 1
    done = composite(photo, room, layers(alpha, ratio))
    light = (to_linear(done.rgb) / to_linear(photo.rgb)).mean(-1)[10:22]
    row = light[:, 88:118].mean(0)
    assert row[0] < 0.78 and row[4] > WALL_AWAY - 0.04 and row[-1] > 0.93
    assert float(np.diff(row).min()) > -0.02


def test_windows_keep_their_frames_and_a_wall_goes_back_to_its_shade_beside_them() -> None:
    photo, room = photo_and_room()
    window = Opening("window", np.array([[0.2, 4.5], [1.2, 4.5]]), 0.9, 1.9, 1.0)
    room = replace(room, openings=(window,))
    alpha = np.zeros((84, 120), np.float32)
    alpha[40:60, 30:90] = 1
    done = composite(photo, room, layers(alpha, ones(84, 120) * np.float32(0.6)))
    frame = windows(room) & ~room.floor_mask & (alpha == 0)
    uv, _ = room.camera.project(np.array([[0.7, 4.5, 1.4], [0.7, 4.5, 2.0]]))
    assert frame[tuple(uv.astype(int).T[::-1])].all(), "the pane and its casing"
    assert (done.rgb[frame] == photo.rgb[frame]).all()
    light = (to_linear(done.rgb) / to_linear(photo.rgb)).mean(-1)
    assert float(np.median(light[36:39, 30:45])) < 0.9


def glaze(light: float, hidden: float, matte: tuple[float, float, float]) -> Glaze:
    return Glaze(
        np.full((84, 120, 3), light, np.float32),
        np.full((84, 120), hidden, np.float32),
        np.tile(np.array(matte, np.float32), (84, 120, 1)),
    )


def test_glare_that_furniture_hides_leaves_the_floors_own_colour() -> None:
    photo, room = photo_and_room()
    brown = to_linear(np.array([140, 110, 85], np.uint8))
    rgb = photo.rgb.copy()
    rgb[70:78, 50:70] = (190, 205, 235)
    shown = replace(photo, rgb=rgb, small=rgb)
    plain = layers(np.zeros((84, 120), np.float32), ones(84, 120))
    # The model's floor may be lighter than the photo's: how light it is, the photo says.
    half, gone = (
        composite(shown, room, replace(plain, glaze=glaze(0.0, share, tuple(1.2 * brown)))) for share in (0.5, 1.0)
    )
    before, some, after = (to_linear(a[72:76, 55:65]).mean((0, 1)) for a in (rgb, half.rgb, gone.rgb))
    assert after[0] > 1.5 * after[2], "navy where the window's mirror image was"
    assert after == pytest.approx(1.3 * brown, rel=0.16)
    assert (some < before).all() and (some > after).all()
    wall = ~room.floor_mask
    assert (gone.rgb[wall] == rgb[wall]).all()


def test_a_pale_piece_is_mirrored_in_a_varnished_floor_and_a_dark_one_takes_half_its_light_at_most() -> None:
    photo, room = photo_and_room()
    plain = layers(np.zeros((84, 120), np.float32), ones(84, 120))
    pale, dark = (composite(photo, room, replace(plain, glaze=glaze(v, 0.0, (0.3, 0.2, 0.1)))) for v in (0.05, -9.0))
    inner = slice(70, 80), slice(40, 80)
    before, lighter, darker = (to_linear(a[inner]).mean((0, 1)) for a in (photo.rgb, pale.rgb, dark.rgb))
    assert lighter - before == pytest.approx([0.05] * 3, abs=0.006)
    assert darker / before == pytest.approx([0.5] * 3, abs=0.02)


def test_light_that_is_added_to_a_floor_has_not_the_floors_texture() -> None:
    photo, room = photo_and_room()
    rgb = photo.rgb.copy()
    rgb[1::2] = rgb[1::2] // 2  # planks
    done = composite(
        replace(photo, rgb=rgb, small=rgb), room, layers(np.zeros((84, 120), np.float32), ones(84, 120) * 2.0)
    )
    inner = slice(70, 80), slice(40, 80)
    assert room.floor_mask[inner].all()
    before, after = (to_linear(a[inner]).mean((1, 2)) for a in (rgb, done.rgb))
    step_before, step_after = (abs(rows[0::2].mean() - rows[1::2].mean()) for rows in (before, after))
    assert after.mean() > 1.8 * before.mean()
    assert step_after < 1.1 * step_before


def test_small_isolated_specks_are_forgotten_and_shadows_at_furniture_kept() -> None:
    photo, room = photo_and_room()
    alpha, ratio = np.zeros((84, 120), np.float32), ones(84, 120)
    alpha[60:70, 50:70] = 1
    ratio[70:72, 50:70] = 0.5
    ratio[75:77, 10:12] = 0.5
    done = composite(photo, room, layers(alpha, ratio))
    assert done.changed[60:72, 50:70].all()
    assert not done.changed[74:79, 8:14].any()


def test_small_layers_fill_a_large_photo_with_edges_of_one_photo_pixel_or_two() -> None:
    photo, room = photo_and_room(240, 168)
    alpha = np.zeros((84, 120), np.float32)
    alpha[50:74, 40:80] = 1
    done = composite(photo, room, layers(alpha, ones(84, 120), 0.02))
    row = done.rgb[124, :, 0].astype(int)
    dark, light = int(row[100]), int(row[60])
    between = ((row > dark + 12) & (row < light - 12))[60:100].sum()
    assert dark < light - 60
    assert between <= 3


def test_grain_is_measured_and_given_to_furniture() -> None:
    photo, room = photo_and_room(240, 168)
    rng = np.random.default_rng(1)
    noisy = np.clip(photo.rgb + rng.normal(0, 5, photo.rgb.shape), 0, 255).astype(np.uint8)
    look = photo_look.measure(noisy)
    assert look.grain[2] > 2.5 * photo_look.measure(photo.rgb).grain[2]
    alpha = np.zeros((168, 240), np.float32)
    alpha[100:150, 80:160] = 1
    smooth, rough = (
        composite(p, room, layers(alpha, ones(168, 240))).rgb[110:140, 90:150].astype(float).std()
        for p in (photo, replace(photo, rgb=noisy))
    )
    assert rough > smooth + 1.0


def test_blur_of_a_photo_is_measured() -> None:
    step = np.zeros((200, 200, 3), np.uint8)
    step[:, 100:] = 200
    soft = np.asarray(cv2.GaussianBlur(step, (0, 0), 2.0), np.uint8)
    assert photo_look.measure(soft).blur == pytest.approx(2.0, abs=0.3)
    assert photo_look.measure(step).blur < 0.5


def test_enlarging_and_hard_compression_are_blur_whatever_edges_they_leave() -> None:
    rng = np.random.default_rng(3)
    sharp = np.full((300, 400, 3), 120, np.uint8)
    for x, y, w, h, level in zip(*(rng.integers(0, n, 60) for n in (400, 300, 90, 90, 255)), strict=True):
        sharp[y : y + h, x : x + w] = level
    small = cv2.resize(sharp, None, fx=1 / 3, fy=1 / 3, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 30])
    decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    enlarged = cv2.resize(decoded, (400, 300), interpolation=cv2.INTER_CUBIC)
    assert photo_look.measure(sharp).blur < 0.4
    assert photo_look.measure(np.asarray(enlarged, np.uint8)).blur > 0.9


def test_furniture_in_a_soft_photo_has_an_outline_as_soft_on_both_sides() -> None:
    photo, room = photo_and_room(240, 168)
    soft = np.asarray(cv2.GaussianBlur(photo.rgb, (0, 0), 2.0), np.uint8)
    alpha = np.zeros((168, 240), np.float32)
    alpha[100:150, 80:160] = 1
    done = composite(replace(photo, rgb=soft, small=soft), room, layers(alpha, ones(168, 240), 0.02))
    row = to_linear(done.rgb[125:126]).mean(-1)[0]
    inside, outside = float(row[100]), float(to_linear(soft)[125, 70].mean())
    share = (row[72:88] - outside) / (inside - outside)
    assert done.blur > 1.3
    assert float(np.abs(share[:8][::-1] + share[8:] - 1).max()) < 0.15, "cut off at the silhouette"
    assert ((share > 0.1) & (share < 0.9)).sum() >= 4
    assert (done.rgb[~done.changed] == soft[~done.changed]).all()


@pytest.mark.parametrize("white", [0.3, 0.6, 0.9])
def test_nothing_outshines_the_photos_white_by_far_and_what_is_darker_keeps_its_tone(white: float) -> None:
    light = np.linspace(0.0, 3.0, 400, dtype=np.float32)
    shown = photo_look.shoulder(light, white)
    assert (shown[light < 0.85 * white] == light[light < 0.85 * white]).all()
    assert (np.diff(shown) >= 0).all() and np.abs(np.diff(shown)).max() < 1.01 * light[1]
    assert shown.max() < 0.5 * (1 + white) + 1e-6


def test_grain_is_given_back_as_it_is_measured_at_each_level() -> None:
    given_look = photo_look.PhotoLook(0.3, 0.0, (0.012, 0.01, 0.008), 0.004, 0.8, 0.0)
    wide = np.repeat(np.linspace(0.05, 0.95, 3, dtype=np.float32)[:, None], 200, 0).repeat(600, 1)
    noisy = np.clip(wide[..., None] + photo_look.grain(wide, given_look, 3), 0, 1)
    look = photo_look.measure((noisy * 255 + 0.5).astype(np.uint8))
    assert look.grain == pytest.approx(given_look.grain, rel=0.3)
    assert look.clump == pytest.approx(given_look.clump, abs=0.2)


def test_haze_lifts_the_darkest_furniture_and_a_bright_room_without_dark_things_hardly_does() -> None:
    level = np.random.default_rng(2).uniform(0.0, 1.0, (300, 400, 1)).astype(np.float32)
    dark = np.asarray(cv2.GaussianBlur(level, (0, 0), 5.0), np.float32)
    dark = (dark - dark.min()) / (dark.max() - dark.min())
    scene = dark[..., None] * np.array([1.0, 0.8, 0.6], np.float32)
    clear, hazy, bright = (
        photo_look.measure((a * 255 + 0.5).astype(np.uint8)).black
        for a in (scene, 0.2 + 0.7 * scene, 0.12 + 0.85 * scene)
    )
    assert clear < 0.01
    assert hazy == pytest.approx(0.11, abs=0.03)
    assert bright < 0.08


def test_sharpening_of_a_photo_is_measured() -> None:
    y, x = np.mgrid[:200, :200]
    step = np.clip(0.2 + 0.6 * (x + 0.15 * y - 110), 0.2, 0.8).astype(np.float32)[..., None].repeat(3, 2)
    plain, sharp = ((photo_look.sharpen(step, k) * 255 + 0.5).astype(np.uint8) for k in (0.0, 0.3))
    assert photo_look.measure(plain).sharpening < 0.1
    assert photo_look.measure(sharp).sharpening == pytest.approx(0.3, abs=0.1)


def test_what_stands_before_a_piece_stays_before_it_and_unlit() -> None:
    photo, room = photo_and_room()
    column = np.zeros_like(room.floor_mask)
    column[20:80, 55:65] = True
    foot = np.array([[-0.1, 1.5], [0.1, 1.5], [0.1, 1.7], [-0.1, 1.7]])
    room = replace(room, standing=(Standing("column", column, foot, 2.6, 1.0),))
    alpha = np.zeros((84, 120), np.float32)
    alpha[50:74, 40:80] = 1
    near, far = (
        composite(
            photo, room, replace(layers(alpha, ones(84, 120) * 0.5, 0.02), distance=np.full((84, 120), d, np.float32))
        )
        for d in (1.0, 3.0)
    )
    inside = np.zeros_like(column)
    inside[52:72, 57:63] = True
    assert (far.rgb[inside] == photo.rgb[inside]).all() and not far.changed[inside].any()
    assert (near.rgb[inside] < 90).all()
    assert (far.rgb[60, 42:52] < 90).all()

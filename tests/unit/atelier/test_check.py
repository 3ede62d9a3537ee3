"""Each check must pass on a sound picture and fail on the one defect it is there for."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from atelier.check import Finished, run_checks
from atelier.check.draw import draw_checks
from atelier.light import to_linear
from atelier.model import U8, Composite, Layout, Opening, Photo, Placement, Render, Room
from atelier.plan import plan
from atelier.plan.outlines import boxes
from atelier.relight import windows
from engine_contract import Check
from tests.unit.atelier.box_room import HEIGHT, WIDTH, box_room


def photo() -> Photo:
    rgb = np.random.default_rng(0).integers(110, 150, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    return Photo(rgb, rgb, 1.0)


def finished(
    room: Room, placements: tuple[Placement, ...], tint: tuple[int, int, int] = (120, 118, 115), shaded: bool = True
) -> Finished:
    """The placements painted as flat boxes with a shadow around them: enough picture for every check."""
    source = photo()
    alpha = np.zeros((HEIGHT, WIDTH), np.float32)
    uv, _ = room.camera.project(boxes([p for p in placements if p.piece != "rug"]))
    for points in uv:
        cv2.fillConvexPoly(alpha, cv2.convexHull(points.astype(np.float32)).astype(np.int32), 1.0)
    shadow = (cv2.dilate(alpha, np.ones((31, 31), np.uint8)) > 0) & room.floor_mask & shaded
    staged = np.where(shadow[..., None], source.rgb * 0.7, source.rgb)
    staged = np.where(alpha[..., None] > 0, np.array(tint) + source.rgb * 0.5 - 65, staged)
    ones = np.ones((HEIGHT, WIDTH, 3), np.float32)
    render = Render(to_linear(np.array(tint, np.uint8)) * alpha[..., None], alpha, ones, room.camera)
    made = Composite(np.clip(staged, 0, 255).astype(np.uint8), (alpha > 0) | shadow)
    return Finished(source, room, Layout(placements, 1.0, {}), render, made)


def failed(work: Finished) -> set[str]:
    return {c.name for c in run_checks(work) if not c.passed}


@pytest.fixture(scope="module")
def room() -> Room:
    door = Opening("door", np.array([[-2.4, 4.4], [-2.4, 5.2]]), 0.0, 2.03, 1.0)
    return box_room(openings=(door,))


@pytest.fixture(scope="module")
def placements(room: Room) -> tuple[Placement, ...]:
    return plan(room, ("living-room",), "modern", 1)[0].placements


def sofa(placements: tuple[Placement, ...]) -> int:
    return next(i for i, p in enumerate(placements) if p.piece in {"sofa", "loveseat"})


def moved(placements: tuple[Placement, ...], index: int, **changes: float) -> tuple[Placement, ...]:
    return tuple(replace(p, **changes) if i == index else p for i, p in enumerate(placements))  # type: ignore[arg-type]


def test_a_sound_picture_passes_every_check(room: Room, placements: tuple[Placement, ...]) -> None:
    checks = run_checks(finished(room, placements))
    assert not [c for c in checks if not c.passed]
    assert {"unchanged_outside_mask", "windows_untouched", "door_clear", "exposure_matches"} <= {c.name for c in checks}


def test_one_changed_pixel_outside_the_mask_is_found(room: Room, placements: tuple[Placement, ...]) -> None:
    work = finished(room, placements)
    staged: U8 = work.composite.rgb.copy()
    staged[0, 0, 2] += 1
    spoiled = replace(work, composite=Composite(staged, work.composite.changed))
    assert failed(spoiled) == {"unchanged_outside_mask"}


def test_relit_glazing_is_found_even_inside_the_mask(room: Room, placements: tuple[Placement, ...]) -> None:
    glass = np.zeros((HEIGHT, WIDTH), bool)
    glass[20:60, 20:80] = True
    work = finished(replace(room, window_mask=glass), placements)
    assert not failed(work)
    staged, changed = work.composite.rgb.copy(), work.composite.changed.copy()
    staged[30:40, 30:40] += 3
    changed[30:40, 30:40] = True
    assert failed(replace(work, composite=Composite(staged, changed))) == {"windows_untouched"}


def test_a_window_frame_that_bounced_light_brightens_is_found(room: Room, placements: tuple[Placement, ...]) -> None:
    window = Opening("window", np.array([[-0.8, 5.5], [0.8, 5.5]]), 1.0, 2.2, 1.0)
    work = finished(replace(room, openings=(*room.openings, window)), placements)
    assert not {"windows_keep_light", "walls_keep_light"} & failed(work)
    staged, changed = work.composite.rgb.copy(), work.composite.changed.copy()
    pixels = windows(work.room)
    staged[pixels] += 6
    changed[pixels] = True
    assert "windows_keep_light" in failed(replace(work, composite=Composite(staged, changed)))


def test_a_wall_dimmed_far_from_all_furniture_is_found(room: Room, placements: tuple[Placement, ...]) -> None:
    work = finished(room, placements)
    staged, changed = work.composite.rgb.copy(), work.composite.changed.copy()
    staged[:150, :300] = (0.8 * staged[:150, :300]).astype(np.uint8)
    changed[:150, :300] = True
    assert failed(replace(work, composite=Composite(staged, changed))) == {"walls_keep_light"}


def test_a_piece_before_the_door_is_found(room: Room, placements: tuple[Placement, ...]) -> None:
    assert "door_clear" in failed(finished(room, moved(placements, sofa(placements), x=-1.7, y=4.6)))


def test_a_piece_off_the_floor_is_found(room: Room, placements: tuple[Placement, ...]) -> None:
    assert "stands_on_floor" in failed(finished(room, moved(placements, sofa(placements), y=6.2)))


@pytest.mark.parametrize("z", [0.3, -0.2])
def test_a_floating_or_sunken_piece_is_found(room: Room, placements: tuple[Placement, ...], z: float) -> None:
    assert "nothing_floats_or_sinks" in failed(finished(room, moved(placements, sofa(placements), z=z)))


def test_interpenetration_is_found(room: Room, placements: tuple[Placement, ...]) -> None:
    table = next(p for p in placements if p.piece.startswith("coffee-table"))
    assert "pieces_apart" in failed(finished(room, moved(placements, sofa(placements), x=table.x, y=table.y)))


def test_a_chair_under_its_table_is_apart_and_one_in_its_leaf_is_not(room: Room) -> None:
    table = Placement("dining-table", (1.6, 0.9, 0.75), 0.0, 4.0)
    under = Placement("dining-chair", (0.47, 0.53, 0.82), 0.0, 3.45, yaw_deg=180.0)
    assert "pieces_apart" not in failed(finished(room, (table, under)))
    turned = replace(under, y=3.75, yaw_deg=0.0)
    assert "pieces_apart" in failed(finished(room, (table, turned)))


def test_a_picture_in_a_bookshelf_is_found(room: Room) -> None:
    shelf = Placement("bookshelf", (0.9, 0.34, 1.85), 0.0, 5.3)
    art = Placement("art", (0.6, 0.03, 0.6), 0.0, 5.4, 1.2)
    assert "pieces_apart" in failed(finished(room, (shelf, art)))
    assert "pieces_apart" not in failed(finished(room, (shelf, replace(art, z=1.9))))


def test_a_hidden_window_is_found(room: Room) -> None:
    window = Opening("window", np.array([[-0.6, 5.5], [0.6, 5.5]]), 0.8, 2.0, 1.0)
    shelf = Placement("bookshelf", (1.2, 0.34, 1.85), 0.0, 4.6)
    assert "window_in_sight" in failed(finished(replace(room, openings=(window,)), (shelf,)))
    aside = replace(shelf, x=-1.6)
    assert "window_in_sight" not in failed(finished(replace(room, openings=(window,)), (aside,)))


def test_one_lamp_does_not_furnish_a_room_and_a_doubtful_scale_is_found(room: Room) -> None:
    lamp = (Placement("floor-lamp", (0.42, 0.42, 1.6), 0.8, 4.5),)
    assert {"across_the_frame", "floor_furnished", "coverage_enough"} <= failed(finished(room, lamp))
    unsure = replace(room, numbers={"scale_low": 0.6, "scale_high": 1.4})
    assert "scale_known" in failed(finished(unsure, lamp))


def test_a_looming_and_a_cut_piece_are_found(room: Room, placements: tuple[Placement, ...]) -> None:
    names = failed(finished(room, moved(placements, sofa(placements), x=0.0, y=1.2)))
    assert {"nothing_looms", "nothing_cut"} <= names


def test_an_empty_and_a_full_picture_are_found(room: Room, placements: tuple[Placement, ...]) -> None:
    lonely = (Placement("plant", (0.3, 0.3, 0.5), 0.0, 5.0),)
    assert "coverage_enough" in failed(finished(room, lonely))
    work = finished(room, placements)
    crowded = replace(work.render, alpha=np.ones_like(work.render.alpha))
    assert "coverage_not_too_much" in failed(replace(work, render=crowded))


@pytest.mark.parametrize(("tint", "name"), [((6, 6, 6), "exposure_matches"), ((40, 90, 240), "no_colour_cast")])
def test_wrong_light_is_found(
    room: Room, placements: tuple[Placement, ...], tint: tuple[int, int, int], name: str
) -> None:
    assert name in failed(finished(room, placements, tint))


def test_a_stain_on_a_wall_is_found_and_a_shadow_is_not_one(room: Room, placements: tuple[Placement, ...]) -> None:
    work = finished(room, placements)
    wall = ~room.floor_mask & (work.render.alpha == 0)
    wall[:, : WIDTH // 2] = False
    for light, wrong in (((0.8, 0.8, 0.8), False), ((1.05, 0.93, 0.88), True)):
        rgb = np.where(wall[..., None], work.photo.rgb * np.array(light), work.composite.rgb).astype(np.uint8)
        stained = replace(work, composite=Composite(rgb, work.composite.changed | wall))
        assert ("walls_keep_colour" in failed(stained)) == wrong


def test_glowing_furniture_is_found(room: Room, placements: tuple[Placement, ...]) -> None:
    assert "nothing_glows" in failed(finished(room, placements, (255, 255, 255)))


def test_a_stop_too_much_light_is_found_though_highlights_were_rolled_off(
    room: Room, placements: tuple[Placement, ...]
) -> None:
    work = finished(room, placements, (132, 130, 128))
    for stops, wrong in ((0.0, False), (1.0, True)):
        lit = replace(work.render, colour=work.render.colour * np.float32(2**stops))
        assert ("nothing_glows" in failed(replace(work, render=lit))) == wrong


def test_a_missing_contact_shadow_is_found(room: Room, placements: tuple[Placement, ...]) -> None:
    assert failed(finished(room, placements, shaded=False)) == {"contact_shadow"}


def test_a_halo_around_furniture_is_found(room: Room, placements: tuple[Placement, ...]) -> None:
    work = finished(room, placements)
    ring = (cv2.dilate(work.render.alpha, np.ones((5, 5), np.uint8)) > 0) & (work.render.alpha == 0)
    staged = work.composite.rgb.copy()
    staged[ring] = np.minimum(work.photo.rgb[ring].astype(int) + 40, 255)
    halo = Composite(staged, work.composite.changed | ring)
    assert "no_halo" in failed(replace(work, composite=halo))


def test_furniture_without_grain_is_found(room: Room, placements: tuple[Placement, ...]) -> None:
    work = finished(room, placements)
    clean = np.where((work.render.alpha > 0)[..., None], 118, work.composite.rgb).astype(np.uint8)
    assert failed(replace(work, composite=Composite(clean, work.composite.changed))) == {"grain_as_the_photo"}


def test_furniture_softer_than_the_photo_is_found(room: Room, placements: tuple[Placement, ...]) -> None:
    work = finished(room, placements)
    stripes = np.where((np.arange(WIDTH) // 12 % 2 > 0)[None, :, None], 150, 90).repeat(HEIGHT, 0).repeat(3, 2)
    sharp = stripes.astype(np.uint8)
    soft = np.where((work.render.alpha > 0)[..., None], cv2.GaussianBlur(sharp, (0, 0), 2.0), sharp).astype(np.uint8)
    work = replace(work, photo=Photo(sharp, sharp, 1.0))
    done = (replace(work, composite=Composite(a, np.ones((HEIGHT, WIDTH), bool))) for a in (sharp, soft))
    assert ["sharp_as_the_photo" in failed(each) for each in done] == [False, True]


def test_the_picture_of_the_checks_holds_every_number(room: Room, placements: tuple[Placement, ...]) -> None:
    work = finished(room, placements)
    checks = run_checks(work)
    drawn = draw_checks(work, checks)
    bare = draw_checks(work, checks[:-1])
    assert drawn.shape[1] == WIDTH and drawn.shape[0] > HEIGHT
    assert drawn.shape[0] - bare.shape[0] > 10
    bad = [replace_passed(c) for c in checks]
    red = (drawn[HEIGHT:] == (245, 90, 80)).all(-1).sum()
    assert red == 0 and (draw_checks(work, bad)[HEIGHT:] == (245, 90, 80)).all(-1).sum() > 100


def replace_passed(check: Check) -> Check:
    return check.model_copy(update={"passed": False})

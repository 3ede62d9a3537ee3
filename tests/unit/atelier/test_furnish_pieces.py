"""Every piece of the catalogue, as geometry: true size, standing, sound, affordable and repeatable."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.spatial import cKDTree

from atelier.furnish import CATALOGUE, build
from atelier.furnish.catalogue import SizeClass
from atelier.furnish.materials import material
from atelier.furnish.pieces import bedding
from atelier.furnish.shapes import box, finish, sheet, weld_normals
from atelier.furnish.soft import laid, leaning, nestled, pillow, rested
from atelier.furnish.style_index import palette_of
from atelier.model import Furniture

STYLES = ("modern", "bohemian", "industrial", "luxury", "japandi", "traditional")
SIZES: tuple[SizeClass, ...] = ("S", "M", "L")


def cases() -> Iterator[tuple[str, SizeClass, str]]:
    """Every piece in its extreme sizes, the styles taken in turn."""
    for i, piece in enumerate(CATALOGUE):
        for k, size in enumerate((SIZES[0], SIZES[-1])):
            yield piece, size, STYLES[(i + 2 * k) % len(STYLES)]


@pytest.mark.parametrize(("piece", "size", "style"), list(cases()))
def test_piece_is_sound(piece: str, size: SizeClass, style: str) -> None:
    stated = CATALOGUE[piece].size(size)
    made = build(piece, stated, style)
    vertices = np.concatenate([m.vertices for m in made.meshes])
    assert np.isfinite(vertices).all()
    assert np.abs(np.ptp(vertices, axis=0) - stated).max() < 0.01
    assert abs(float(vertices[:, 2].min())) < 0.001
    assert np.abs((vertices.max(0) + vertices.min(0))[:2]).max() < 0.01
    assert sum(len(m.faces) for m in made.meshes) <= 60_000
    for mesh in made.meshes:
        assert mesh.faces.min() >= 0
        assert mesh.faces.max() < len(mesh.vertices)
        assert np.abs(np.linalg.norm(mesh.normals, axis=1) - 1).max() < 1e-4
        assert np.isfinite(mesh.uv).all()
        corners = mesh.vertices[mesh.faces].astype(np.float64)
        doubled = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
        assert doubled.min() > 0


def digest(made: Furniture) -> str:
    h = hashlib.sha256()
    for m in made.meshes:
        for array in (m.vertices, m.faces, m.normals, m.uv):
            h.update(np.ascontiguousarray(array).tobytes())
        h.update(m.material.encode())
    return h.hexdigest()


@pytest.mark.parametrize("piece", ["sofa", "bed", "plant-large", "bookshelf", "rug", "vase"])
def test_two_builds_are_the_same_bytes(piece: str) -> None:
    size = CATALOGUE[piece].size("M")
    first = digest(build.__wrapped__(piece, size, "bohemian", 3, 1))
    assert digest(build.__wrapped__(piece, size, "bohemian", 3, 1)) == first
    assert digest(build.__wrapped__(piece, size, "bohemian", 3, 2)) != first


@pytest.mark.parametrize("piece", ["sofa", "armchair", "dining-chair", "office-chair", "bed"])
def test_front_faces_minus_y(piece: str) -> None:
    """What rises highest (a back, a headboard) stands on the +y side."""
    made = build(piece, CATALOGUE[piece].size("M"), "standard")
    vertices = np.concatenate([m.vertices for m in made.meshes])
    high = vertices[vertices[:, 2] > 0.9 * made.size_m[2]]
    assert high[:, 1].mean() > 0.1 * made.size_m[1]


@pytest.mark.parametrize("piece", list(CATALOGUE))
def test_every_mesh_names_a_material(piece: str) -> None:
    for mesh in build(piece, CATALOGUE[piece].size("M"), "eclectic").meshes:
        made = material(mesh.material)
        assert made.name == mesh.material
        assert (max(made.emission) > 0) == (mesh.material == "bulb")


@pytest.mark.parametrize("piece", ["cushion", "throw", "plant-large", "plant-small", "vase", "books", "table-lamp"])
def test_chance_never_breaks_the_size(piece: str) -> None:
    """What is random within a piece must stay within what `finish` may correct, or a job would fail by luck."""
    for i, style in enumerate(STYLES):
        for k, size in enumerate(SIZES):
            build.__wrapped__(piece, CATALOGUE[piece].size(size), style, 11 * i + k, i)


def test_a_builder_that_misses_its_size_is_told() -> None:
    with pytest.raises(ValueError, match="stated size"):
        finish("crate", "crate", (1.0, 1.0, 1.0), [box(0.5, 1.0, 1.0, "wood/oak")])


def test_surface_is_where_the_top_is() -> None:
    table = CATALOGUE["dining-table"]
    assert table.surface(table.size("M")) == pytest.approx(0.75)
    assert CATALOGUE["sofa"].surface(CATALOGUE["sofa"].size("M")) is None


@pytest.mark.parametrize("width", [1.06, 1.6, 1.8])
@pytest.mark.parametrize("drop", [bedding.SHORT_DROP, bedding.SIDE_DROP])
def test_no_crease_of_the_duvet_lets_the_mattress_through(width: float, drop: float) -> None:
    mw, foot = width - 2 * bedding.SKIRT, -1.0
    for seed in range(5):
        duvet = bedding.duvet(mw, foot, foot + 1.4, drop, "fabric/cotton/e0e0e0", seed)
        surface = np.concatenate([duvet.vertices, duvet.vertices[duvet.faces].mean(1)])
        depths = (
            mw / 2 - 0.02 - np.abs(surface[:, 0]),
            surface[:, 1] - foot - 0.03,
            bedding.MATTRESS_TOP - surface[:, 2],
        )
        into = np.stack(depths).min(0)
        assert into.max() <= 0.006, f"the mattress shows {into.max():.3f} m through the duvet"
        assert np.abs(surface[:, 0]).max() <= width / 2, "it hangs beyond the bed's stated width"


def test_the_hem_of_a_duvet_hangs_level_and_no_corner_stands_up() -> None:
    for seed in range(5):
        high = bedding.duvet(1.4, -1.0, 0.4, bedding.SIDE_DROP, "fabric/cotton/e0e0e0", seed).vertices[:, 2]
        assert high.min() > bedding.MATTRESS_TOP - bedding.SIDE_DROP - 0.06
        assert high.max() < bedding.MATTRESS_TOP + 0.12


def test_a_cloth_laid_on_another_stays_above_it_and_its_hems_touch_it() -> None:
    x, y = np.meshgrid(np.linspace(-1, 1, 40), np.linspace(-1, 1, 40), indexing="ij")

    def below(at: np.ndarray) -> np.ndarray:
        return np.asarray(0.05 * np.sin(5 * at[..., 0]) * np.cos(4 * at[..., 1]))

    under = sheet(np.stack([x, y, below(np.stack([x, y], -1))], -1), "fabric/plain/808080", np.stack([x, y], -1))
    flat = np.stack([x, y], -1)[8:-8, 8:-8]
    cover = laid(flat, under, 0.012, "fabric/knit/808080", 0.006, 3.0)
    gap = (cover.vertices[:, 2] - below(cover.vertices)).reshape(flat.shape[0] + 4, flat.shape[1] + 4)
    assert gap[2:-2, 2:-2].min() > 0.004
    assert gap.max() < 0.03
    for hem in (gap[0], gap[-1], gap[:, 0], gap[:, -1]):
        assert hem.max() < 0.003, "light would show under it"


def test_no_fold_of_the_duvet_pokes_through_what_lies_on_it() -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        under, _, throw, *_ = bedding.bedding(palette_of("modern", 0), 0.8, 1.7, -0.85, 0.33, rng, "fabric/knit/c04030")
        grid = throw.vertices.reshape(-1, 30, 3)[2:-2, 2:-2].reshape(-1, 3)
        nearest = cKDTree(under.vertices).query(grid)[1]
        outward = weld_normals(under.vertices, under.faces)[nearest]
        above = np.einsum("pc,pc->p", grid - under.vertices[nearest], outward)
        assert above.min() > 0.0


def test_a_pillow_stands_before_those_behind_it() -> None:
    first = leaning(pillow(0.5, 0.5, 0.2, "fabric/plain/808080"), 25)
    second = leaning(pillow(0.4, 0.4, 0.2, "fabric/plain/808080"), 35).moved(0.1, -0.05)
    moved = rested(second, [first], 0.02)
    assert second.vertices[:, 1].mean() - moved.vertices[:, 1].mean() > 0.08
    assert np.array_equal(rested(moved, [first], 0.03).vertices, moved.vertices)
    beside = second.moved(0.6)
    assert np.array_equal(rested(beside, [first], 0.02).vertices, beside.vertices)


def test_a_cushion_gives_way_to_what_it_leans_on_and_keeps_its_front() -> None:
    x, z = np.meshgrid(np.linspace(-0.6, 0.6, 40), np.linspace(-0.2, 0.8, 40), indexing="ij")
    back = sheet(np.stack([x, 0.1 + 0.05 * x**2, z], -1), "fabric/plain/808080")
    assert np.isclose(back.vertices[:, 1].min(), 0.1, atol=1e-3)
    loose = leaning(pillow(0.45, 0.45, 0.18, "fabric/plain/808080"), 25).moved(0, 0.05, 0.3)
    beyond = loose.vertices[:, 1] - (0.1 + 0.05 * loose.vertices[:, 0] ** 2)
    assert beyond.max() > 0.05, "it reaches into the back"
    made = nestled(loose, [back]).vertices
    assert (made[:, 1] - (0.1 + 0.05 * made[:, 0] ** 2)).max() < 0.002
    unmoved = beyond < -0.06
    assert np.array_equal(made[unmoved], loose.vertices[unmoved])


@pytest.mark.parametrize("style", ["modern", "farmhouse", "japandi"])
def test_frames_hung_together_show_no_picture_twice(style: str) -> None:
    """A gallery mixes kinds of picture; like frames in a row show one kind."""
    for seed in range(3):
        shown = {
            role: [m.material.split("/")[1] for m in build(role, CATALOGUE[role].size("L"), style, seed, 0, form).meshes
                   if m.material.startswith("art/")]
            for role, form in (("gallery", None), ("art", "three"))
        }  # fmt: skip
        assert len(shown["gallery"]) == 5
        assert len(set(shown["gallery"])) >= 3
        assert len(shown["art"]) == 3
        assert len(set(shown["art"])) == 1


def test_a_rectangular_rug_has_a_side_and_a_dark_line_under_it() -> None:
    made = build("rug", CATALOGUE["rug"].size("M"), "modern", 0, 0, "woven")
    sides = [m for m in made.meshes if m.material.startswith("fabric/")]
    tones = sorted(float(np.mean(t)) for m in sides if (t := material(m.material).texture) is not None)
    assert len(tones) == 2
    assert tones[0] < 0.5 * tones[1]
    assert max(m.vertices[:, 2].max() for m in sides) > 0.008

"""The style table covers every slug the product offers, and its surfaces are believable."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from atelier.furnish import STYLE_SLUGS, bake, paintings, prints, style, textures
from atelier.furnish.dyes import CLOTH, PILE, linear
from atelier.furnish.materials import material
from atelier.furnish.style_table import OWN
from atelier.furnish.textures import field, relief, wood

SLUGS = [
    "modern",
    "contemporary",
    "minimalist",
    "warm-minimalist",
    "scandinavian",
    "japandi",
    "wabi-sabi",
    "asian-zen",
    "bohemian",
    "industrial",
    "industrial-chic",
    "mediterranean",
    "tuscan",
    "moroccan",
    "arabic",
    "luxury",
    "hollywood-regency",
    "art-deco",
    "art-nouveau",
    "eclectic",
    "maximalist",
    "country",
    "french-country",
    "farmhouse",
    "modern-farmhouse",
    "rustic",
    "cabin",
    "coastal",
    "coastal-grandmother",
    "tropical",
    "mid-century-modern",
    "transitional",
    "traditional",
    "new-traditional",
    "neo-traditional",
    "european-classic",
    "victorian",
    "gothic",
    "vintage",
    "shabby-chic",
    "cottagecore",
    "grandmillennial",
    "southwestern",
    "desert-modern",
    "organic-modern",
    "urban-modern",
    "bauhaus",
    "retro-futurism",
    "high-tech",
    "global",
    "standard",
]


def test_every_slug_has_a_style() -> None:
    assert sorted(STYLE_SLUGS) == sorted(SLUGS)
    assert all(style(s).slug == s for s in SLUGS)
    assert style("boho") is style("bohemian")


def test_no_two_styles_share_a_palette() -> None:
    palettes = [(style(s).neutrals, style(s).accents) for s in SLUGS]
    assert len(set(palettes)) == len(SLUGS)


def test_own_styles_differ_in_silhouette() -> None:
    forms = ("arm", "back", "legs", "dining", "lounge", "base", "bed", "front", "lamp")
    for i, a in enumerate(OWN):
        for b in OWN[i + 1 :]:
            assert sum(getattr(a, f) != getattr(b, f) for f in forms) >= 3, (a.slug, b.slug)


@pytest.mark.parametrize("slug", SLUGS)
def test_neighbouring_seeds_change_upholstery_and_rug_but_not_what_the_style_offers(slug: str) -> None:
    base = style(slug)
    homes = [base.seeded(seed) for seed in (7, 8)]
    assert homes[0].sofas[0] != homes[1].sofas[0]
    assert homes[0].rugs[0] != homes[1].rugs[0]
    assert homes[0].bedding[0] != homes[1].bedding[0]
    offers = ("sofas", "rugs", "chairs", "accents", "plants", "art", "woods", "bedding", "forms")
    for home in homes:
        assert {role: set(names) for role, names in home.forms.items()} == {r: set(n) for r, n in base.forms.items()}
        assert dataclasses.replace(home, **{key: getattr(base, key) for key in offers}) == base
        assert set(home.sofas) == set(base.sofas)
    assert base.seeded(7) == homes[0]


def test_every_wood_has_a_kin_that_can_be_drawn() -> None:
    for slug in SLUGS:
        for wood_name in style(slug).seeded(3).woods:
            assert material(f"wood/{wood_name}").texture is not None


def named_materials(slug: str) -> list[str]:
    s = style(slug)
    rugs = [f"rug/{kind}/{colours}/1.44/1" for kind, colours in s.rugs]
    return [*s.sofas, *s.chairs, *s.cushions, s.duvet, s.sheets, s.stone, s.wood, s.case, *s.metals, *rugs]


@pytest.mark.parametrize("slug", [s.slug for s in OWN])
def test_albedo_is_neither_black_nor_white(slug: str) -> None:
    for name in named_materials(slug):
        made = material(name)
        if made.texture is None:
            assert 0.1 <= max(made.colour) <= 0.92
            continue
        assert max(made.texture.shape) <= 1280
        assert made.texture.dtype == np.uint8
        some = made.texture[::5, ::5]
        assert np.percentile(some, 1) >= 15
        assert np.percentile(some, 99) <= 240
        mean = some.reshape(-1, 3).mean(0)
        assert 30 <= mean.max() <= 236


def test_every_style_can_cover_a_sofa() -> None:
    for slug in SLUGS:
        s = style(slug)
        assert material(s.sofas[0]).name == s.sofas[0]


def test_a_name_that_is_no_recipe_is_refused() -> None:
    with pytest.raises(ValueError, match="no recipe"):
        material("granite")


@pytest.mark.parametrize("name", sorted(bake.MAPS))
def test_shipped_relief_tiles_and_shows_no_repeat(name: str) -> None:
    """The step across the seam is no larger than steps inside; nothing but veins and grain is as wide as the tile."""
    shipped = relief(name)
    for axis in (0, 1):
        inside = np.abs(np.diff(shipped, axis=axis)).mean()
        assert np.abs(np.take(shipped, 0, axis) - np.take(shipped, -1, axis)).mean() < 2.0 * inside + 0.01
    if name in textures.GAIN:
        quarters = cv2.resize(shipped, (4, 4), interpolation=cv2.INTER_AREA)
        assert np.abs(quarters - shipped.mean()).max() < 0.5 * shipped.std()


def test_what_is_shipped_is_what_the_project_draws() -> None:
    drawn = bake.draw("velvet").astype(np.float32) / 127.5 - 1
    assert np.abs(relief("velvet") - drawn).max() <= 1.01 * bake.STEP / 127.5


def test_textures_tile() -> None:
    """The step across the seam is no larger than steps inside."""
    noise = field(3, 40, 40)
    inside = np.abs(np.diff(noise, axis=1)).mean()
    assert np.abs(noise[:, 0] - noise[:, -1]).mean() < 1.5 * inside
    grain = wood("oak", 1).astype(float)
    assert np.abs(grain[:, 0] - grain[:, -1]).mean() < 2 * np.abs(np.diff(grain, axis=1)).mean() + 1


def chroma(hexes: str) -> float:
    lab = cv2.cvtColor(np.array([[list(bytes.fromhex(hexes))]], np.float32) / 255, cv2.COLOR_RGB2LAB)[0, 0]
    return float(np.hypot(lab[1], lab[2]))


@pytest.mark.parametrize("slug", [s.slug for s in OWN])
def test_large_cloth_is_no_lighter_than_real_fibre(slug: str) -> None:
    """Undyed linen reflects at most two thirds of the light, a rug less; what is pale has hardly any hue."""
    home = style(slug)
    rugs = [f"rug/{kind}/{colours}/1.44/1" for kind, colours in home.rugs]
    for name in (*home.sofas, home.duvet, home.sheets, *rugs):
        texture = material(name).texture
        assert texture is not None
        mean = texture[::9, ::9].reshape(-1, 3).mean(0) / 255
        luminance = float(linear(mean) @ [0.2126, 0.7152, 0.0722])
        assert luminance <= (0.55 if name in rugs else 0.66), name
        shade = "".join(f"{round(255 * float(c)):02x}" for c in mean)
        assert luminance < 0.5 or chroma(shade) <= 12, name


def test_a_dye_leaves_what_is_within_its_limits() -> None:
    assert CLOTH((0.42, 0.40, 0.38)) == pytest.approx((0.42, 0.40, 0.38), abs=0.004)
    assert PILE((0.95, 0.93, 0.80))[0] < 0.80


@pytest.mark.parametrize("slug", [s.slug for s in OWN if not s.bold])
def test_duvets_of_quiet_styles_are_quiet(slug: str) -> None:
    for seed in range(6):
        assert chroma(style(slug).seeded(seed).bedding[0]) < 22


@pytest.mark.parametrize("weave", sorted(set(textures.GAIN) - {"knit"}))
def test_cloth_is_even_across_a_room(weave: str) -> None:
    """Seen at 2 mm a pixel, luminance varies by less than 6 %."""
    made = material(f"fabric/{weave}/b9b2a6")
    assert made.texture is not None
    n = round(made.texture.shape[0] / (0.002 * made.texture_scale * made.texture.shape[0]))
    seen = cv2.resize(made.texture.astype(np.float32).mean(-1), (n, n), interpolation=cv2.INTER_AREA)
    assert seen.std() / seen.mean() < 0.06


def test_every_picture_a_style_may_hang_can_be_painted_and_is_no_other() -> None:
    """The same name is the same picture; another number is another; none is a plain sheet."""
    offered = {kind for own in OWN for kind in own.art}
    assert offered <= set(paintings.KINDS)
    inks = [textures.rgb(h) for h in style("modern").inks]
    for kind in ("gesture", "planes", "contour", "orbits", "collage", "grasses", "shore"):
        first, again, other = (paintings.art(kind, inks, 0.4, seed) for seed in (3, 3, 4))
        assert np.array_equal(first, again), kind
        assert np.abs(first.astype(float) - other).mean() > 2, kind
        assert first.astype(float).std() > 6, kind


def test_a_calm_rug_keeps_its_ground() -> None:
    """Patterns are drawn on the ground; none takes it over, and none of them is another."""
    colours = [textures.rgb(h) for h in ("d6cfc3", "8a847b", "8f8a83")]
    calm = {kind: prints.rug(kind, colours, 1.5, 1).astype(float) for kind in ("plain", "grid", "strokes", "ribbed")}
    ground = calm["plain"].mean((0, 1))
    for kind, drawn in calm.items():
        assert np.abs(drawn.mean((0, 1)) - ground).max() < 20, kind
        assert kind == "plain" or np.abs(drawn - calm["plain"]).mean() > 2, kind
    with pytest.raises(ValueError, match="unknown rug"):
        prints.rug("carpet", colours, 1.5)

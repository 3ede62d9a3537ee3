"""The silhouettes of furniture: each is real, its own, true to size, and some home of some style has it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from atelier.furnish import CATALOGUE, STYLE_SLUGS, build
from atelier.furnish.catalogue import SizeClass
from atelier.furnish.furniture_forms import furniture_forms
from atelier.furnish.pieces.headboards import HEADBOARDS
from atelier.furnish.rows_furniture import ROWS
from atelier.furnish.style_index import palette_of, style
from atelier.model import F32, Furniture

FORMS = furniture_forms()
SHARED = {"loveseat", "tv-unit"}
"""roles whose makers are those of the sofa and of the media shelf."""
STYLES = ("modern", "country", "japandi", "industrial", "luxury")


def points(made: Furniture) -> F32:
    return np.concatenate([m.vertices for m in made.meshes])


@pytest.mark.parametrize("role", sorted(set(FORMS) - SHARED - {"bed"}))
def test_every_form_is_sound_and_its_own(role: str) -> None:
    """All forms of a role at one size: true to it, standing, sound; no two with the same geometry."""
    shapes = set()
    size = CATALOGUE[role].size("M")
    for form in FORMS[role]:
        made = build.__wrapped__(role, size, "modern", 0, 0, form)
        vertices = points(made)
        assert np.isfinite(vertices).all(), form
        assert np.abs(np.ptp(vertices, axis=0) - size).max() < 0.01, form
        assert abs(float(vertices[:, 2].min())) < 0.001, form
        assert sum(len(m.faces) for m in made.meshes) <= 45_000, form
        cells = np.clip((vertices / np.array(size) + [0.5, 0.5, 0.0]) * 24, 0, 23).astype(np.int64)
        filled = np.unique(cells @ [576, 24, 1])
        shapes.add(filled.tobytes())
    assert len(shapes) == len(FORMS[role]), "two forms fill the same space"


def test_every_bed_has_a_headboard_of_its_own() -> None:
    """Without their bedding: cloth that falls takes longer than all the rest."""
    assert set(HEADBOARDS) == set(FORMS["bed"])
    seen = set()
    for form, make in HEADBOARDS.items():
        vertices = np.concatenate([p.vertices for p in make(palette_of("modern", 0), 1.5, 1.16, 0.10)])
        assert np.isfinite(vertices).all(), form
        assert np.ptp(vertices[:, 0]) == pytest.approx(1.5, abs=0.04), form
        assert vertices[:, 2].max() == pytest.approx(1.16, abs=0.05), form
        assert vertices[:, 2].min() > -0.001, form
        seen.add(np.unique(np.round(vertices * 20).astype(np.int64) @ [10_000, 100, 1]).tobytes())
    assert len(seen) == len(HEADBOARDS)


def test_there_are_at_least_75_pieces_of_furniture() -> None:
    roles = {row.piece for row in ROWS}
    assert roles == set(FORMS), "every role has named forms"
    assert sum(len(FORMS[role]) for role in roles - SHARED) >= 75


@pytest.mark.parametrize("slug", STYLE_SLUGS)
def test_every_style_offers_a_form_of_every_role(slug: str) -> None:
    offered = style(slug).forms
    for role, forms in FORMS.items():
        assert offered[role]
        assert set(offered[role]) <= set(forms)


def test_homes_of_one_style_differ_in_silhouette() -> None:
    homes = [palette_of("modern", seed) for seed in range(12)]
    sets = {
        tuple(home.form(role) for role in ("sofa", "coffee-table", "lounge-chair", "dining-chair", "bed"))
        for home in homes
    }
    assert len(sets) >= 4
    for a, b in pairwise(homes):
        assert a.form("sofa") != b.form("sofa")


@pytest.mark.parametrize("role", ["ottoman", "coat-stand", "towel-ladder"])
@pytest.mark.parametrize("size", ["S"])
def test_chance_never_breaks_the_size(role: str, size: SizeClass) -> None:
    for k, form in enumerate(FORMS[role]):
        build.__wrapped__(role, CATALOGUE[role].size(size), STYLES[k % len(STYLES)], 7 * k + 1, k, form)


@pytest.mark.parametrize("role", ["sofa", "bookshelf", "lounge-chair"])
def test_the_same_form_twice_is_the_same_bytes(role: str) -> None:
    size, form = CATALOGUE[role].size("M"), FORMS[role][-1]
    first, again = (points(build.__wrapped__(role, size, "modern", 5, 2, form)) for _ in range(2))
    assert first.tobytes() == again.tobytes()


@pytest.mark.parametrize(
    "role", ["armchair", "lounge-chair", "rocking-chair", "outdoor-chair", "outdoor-sofa", "bar-stool"]
)
def test_backs_stand_at_the_rear(role: str) -> None:
    for form in FORMS[role]:
        made = build.__wrapped__(role, CATALOGUE[role].size("M"), "standard", 0, 0, form)
        vertices = points(made)
        high = vertices[vertices[:, 2] > 0.9 * made.size_m[2]]
        assert high[:, 1].mean() > 0.08 * made.size_m[1], form


def test_an_unknown_form_is_told() -> None:
    with pytest.raises(KeyError):
        build("sofa", CATALOGUE["sofa"].size("M"), "modern", form="no-such")

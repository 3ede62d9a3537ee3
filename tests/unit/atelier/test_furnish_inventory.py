"""The catalogue is as wide as it says: distinct silhouettes, each buildable, and pictures of them."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest

from atelier.furnish.catalogue import CATALOGUE
from atelier.furnish.inventory import inventory, shape_of
from atelier.furnish.sheet import CELL, turntable
from atelier.furnish.style_index import STYLE_SLUGS, style
from atelier.furnish.style_table import OWN

DECOR = ("lighting", "plant", "textile", "decor")
BY_ROLE = {role: list(pieces) for role, pieces in groupby(inventory(), key=lambda p: p.role)}


def test_there_are_enough_pieces_and_none_twice() -> None:
    assert len(inventory()) >= 120
    assert len(set(inventory())) == len(inventory())
    assert set(BY_ROLE) == set(CATALOGUE)


@pytest.mark.parametrize("role", [role for role in BY_ROLE if CATALOGUE[role].category in DECOR])
def test_no_two_silhouettes_of_a_role_are_the_same(role: str) -> None:
    made = [piece.built("eclectic", 1) for piece in BY_ROLE[role]]
    assert len({shape_of(one) for one in made}) == len(made)
    limit = 16_000 if CATALOGUE[role].category == "plant" else 12_000
    assert max(sum(len(m.faces) for m in one.meshes) for one in made) <= limit


def test_every_offer_of_a_style_exists() -> None:
    known = {role: {p.form for p in pieces} for role, pieces in BY_ROLE.items()}
    for slug in STYLE_SLUGS:
        for role, forms in style(slug).forms.items():
            assert set(forms) <= known.get(role, set(forms)), (slug, role)
            assert forms, (slug, role)


def test_styles_of_their_own_differ_in_what_stands_around() -> None:
    """At least sixteen, and no two of them share seven of ten typical things."""
    assert len(OWN) >= 16
    roles = ("floor-lamp", "table-lamp", "pendant", "art", "mirror", "plant-large", "vase", "rug", "curtain", "pot")
    for a in OWN:
        for b in OWN:
            same = sum(style(a.slug).forms[r][0] == style(b.slug).forms[r][0] for r in roles)
            assert a is b or same < 7, (a.slug, b.slug, same)


def test_homes_of_one_style_show_other_silhouettes() -> None:
    homes = [style("modern").seeded(seed) for seed in range(3)]
    assert len({tuple(h.form(r) for r in ("floor-lamp", "table-lamp", "pendant", "mirror")) for h in homes}) == 3


def test_a_turntable_shows_the_piece_from_three_sides() -> None:
    image = turntable(next(p for p in inventory() if p.role == "speaker"), "modern")
    assert image.shape == (CELL + 12, 3 * CELL, 3)
    front, back = image[12:, :CELL].astype(float), image[12:, 2 * CELL :].astype(float)
    assert np.abs(front - back).mean() > 2

"""Every distinct piece once: a role in one of its silhouettes. Colour, cloth and size make no new piece."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

import numpy as np

from atelier.furnish.catalogue import CATALOGUE, build
from atelier.furnish.forms import FORMS
from atelier.furnish.furniture_forms import furniture_forms
from atelier.model import Furniture


@dataclass(frozen=True)
class Piece:
    """A role of the catalogue and its silhouette; form is None where the role has one only."""

    role: str
    form: str | None

    def built(self, style: str = "modern", seed: int = 0) -> Furniture:
        """At its middle size."""
        return build(self.role, CATALOGUE[self.role].size("M"), style, seed, 0, self.form)


@cache
def inventory() -> tuple[Piece, ...]:
    """In the catalogue's order."""
    forms = {**FORMS, **furniture_forms()}
    return tuple(Piece(role, form) for role in CATALOGUE for form in forms.get(role, (None,)))


def shape_of(made: Furniture) -> str:
    """A digest of the geometry in units of the stated size: what two pieces of one shape share."""
    unit = np.concatenate([m.vertices for m in made.meshes]) / np.asarray(made.size_m, np.float32)
    ordered = np.unique(np.round(unit, 3), axis=0)
    return hashlib.sha256(np.ascontiguousarray(ordered).tobytes()).hexdigest()

"""The one table of pieces. Layout reads ids, sizes and where things may stand; `build` turns an id into geometry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from zlib import crc32

import numpy as np

from atelier.furnish import rows_decor, rows_furniture
from atelier.furnish.entry import CatalogueEntry, Category, SizeClass
from atelier.furnish.pieces.common import Size
from atelier.furnish.shapes import finish
from atelier.furnish.style_index import palette_of
from atelier.model import Furniture

__all__ = ["CATALOGUE", "CatalogueEntry", "Category", "SizeClass", "build"]

CATALOGUE: Mapping[str, CatalogueEntry] = {e.piece: e for e in (*rows_furniture.ROWS, *rows_decor.ROWS)}


@lru_cache(maxsize=192)
def build(piece: str, size: Size, style: str, seed: int = 0, variant: int = 0, form: str | None = None) -> Furniture:
    """The piece at exactly this size. Same arguments, same bytes. Raises KeyError for an unknown id, form or style.

    The home's `seed` chooses among the style's offers, silhouettes (unless `form` names one) among them; `variant`
    moves only what is random within the piece, so two chairs of one variant are twins.
    """
    entry = CATALOGUE[piece]
    rng = np.random.default_rng([seed, variant, crc32(piece.encode())])
    chosen = palette_of(style, seed)
    if form is not None:
        chosen = replace(chosen, forms={**chosen.forms, piece: (form,)})
    return finish(piece, f"{chosen.name} {entry.name}", size, entry.builder(size, chosen, rng), entry.tolerance)

# ruff: noqa: E501 (a table: one piece, one row)
"""The one table of pieces. Layout reads ids, sizes and where things may stand; `build` turns an id into geometry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from atelier.furnish.pieces import (
    beds,
    chairs,
    decor,
    lighting,
    lounge,
    office,
    plants,
    seating,
    storage,
    tables,
    textiles,
)
from atelier.furnish.pieces.common import Builder, Size
from atelier.furnish.shapes import finish
from atelier.furnish.style_index import palette_of
from atelier.model import Furniture

SizeClass = Literal["S", "M", "L"]
Category = Literal["seating", "table", "bed", "storage", "lighting", "plant", "textile", "decor", "office"]
Rooms = tuple[str, ...]

LIVING, BED, DINING, OFFICE = "living-room", "bedroom", "dining-room", "home-office"
ALL: Rooms = (LIVING, BED, DINING, OFFICE)


@dataclass(frozen=True)
class CatalogueEntry:
    """One kind of piece. sizes are (width, depth, height) in metres for S, M, L; M is the default.

    surface_m: height of the top that smaller things can stand on (None: nothing stands on it; a negative
    value means that far below the piece's own top, 0 its very top). mount: where it stands by itself.
    """

    piece: str
    category: Category
    name: str
    sizes: tuple[Size, Size, Size]
    rooms: Rooms
    builder: Builder
    surface_m: float | None = None
    mount: Literal["floor", "surface", "wall", "ceiling"] = "floor"
    tolerance: float = 0.12

    def size(self, size_class: SizeClass = "M") -> Size:
        return self.sizes["SML".index(size_class)]

    def surface(self, size: Size) -> float | None:
        """Height above its own floor at which something may stand on this piece."""
        if self.surface_m is None:
            return None
        return self.surface_m if self.surface_m > 0 else size[2] + self.surface_m


_E = CatalogueEntry
_TABLE: tuple[CatalogueEntry, ...] = (
    _E("sofa", "seating", "sofa", ((1.75, 0.90, 0.82), (2.10, 0.93, 0.83), (2.35, 0.97, 0.84)), (LIVING,), seating.sofa),
    _E("loveseat", "seating", "loveseat", ((1.35, 0.86, 0.82), (1.50, 0.90, 0.82), (1.62, 0.92, 0.83)), (LIVING, OFFICE, BED), seating.loveseat),
    # the L: a 0.95 m deep sofa along +y with a chaise 0.95 m wide on the +x end, reaching the full depth
    _E("sofa-sectional", "seating", "corner sofa with chaise", ((2.40, 1.50, 0.82), (2.70, 1.60, 0.83), (3.00, 1.70, 0.84)), (LIVING,), seating.sectional),
    _E("armchair", "seating", "armchair", ((0.74, 0.78, 0.80), (0.80, 0.84, 0.82), (0.88, 0.88, 0.84)), (LIVING, BED, OFFICE), seating.armchair),
    _E("lounge-chair", "seating", "lounge chair", ((0.70, 0.72, 0.80), (0.76, 0.78, 0.86), (0.82, 0.84, 0.94)), (LIVING, BED, OFFICE), lounge.lounge_chair, tolerance=0.16),
    _E("ottoman", "seating", "ottoman", ((0.50, 0.45, 0.42), (0.65, 0.50, 0.42), (0.90, 0.60, 0.42)), (LIVING, BED), seating.ottoman, surface_m=0.0),
    _E("bench", "seating", "bench", ((1.00, 0.38, 0.45), (1.25, 0.42, 0.46), (1.45, 0.44, 0.47)), (BED, DINING), seating.bench, surface_m=0.0),
    _E("dining-chair", "seating", "dining chair", ((0.44, 0.50, 0.80), (0.47, 0.53, 0.82), (0.52, 0.57, 0.86)), (DINING, OFFICE), chairs.dining_chair),
    _E("coffee-table", "table", "coffee table", ((0.90, 0.50, 0.40), (1.15, 0.60, 0.40), (1.35, 0.70, 0.40)), (LIVING,), tables.coffee_table, surface_m=0.0),
    _E("coffee-table-round", "table", "round coffee table", ((0.70, 0.70, 0.38), (0.85, 0.85, 0.38), (1.00, 1.00, 0.38)), (LIVING,), tables.coffee_table_round, surface_m=0.0),
    _E("side-table", "table", "side table", ((0.38, 0.38, 0.52), (0.45, 0.45, 0.54), (0.50, 0.50, 0.56)), (LIVING, BED), tables.side_table, surface_m=0.0),
    _E("console", "table", "console table", ((1.00, 0.32, 0.78), (1.30, 0.36, 0.78), (1.55, 0.38, 0.78)), (LIVING, DINING), tables.console, surface_m=0.0),
    _E("dining-table", "table", "dining table", ((1.20, 0.80, 0.75), (1.70, 0.90, 0.75), (2.10, 0.98, 0.75)), (DINING,), tables.dining_table, surface_m=0.0),
    _E("dining-table-round", "table", "round dining table", ((0.95, 0.95, 0.75), (1.15, 1.15, 0.75), (1.35, 1.35, 0.75)), (DINING,), tables.dining_table_round, surface_m=0.0),
    _E("desk", "office", "desk", ((1.10, 0.55, 0.75), (1.40, 0.65, 0.75), (1.60, 0.75, 0.75)), (OFFICE, BED), office.desk, surface_m=0.0),
    _E("office-chair", "office", "office chair", ((0.62, 0.62, 0.95), (0.65, 0.65, 1.00), (0.68, 0.68, 1.08)), (OFFICE, BED), office.office_chair),
    _E("bed", "bed", "bed", ((1.12, 2.24, 1.02), (1.62, 2.24, 1.08), (1.84, 2.24, 1.12)), (BED,), beds.bed),
    _E("nightstand", "storage", "nightstand", ((0.40, 0.36, 0.52), (0.50, 0.40, 0.55), (0.58, 0.42, 0.57)), (BED,), storage.nightstand, surface_m=0.0),
    _E("dresser", "storage", "dresser", ((0.95, 0.45, 0.80), (1.25, 0.47, 0.82), (1.55, 0.50, 0.84)), (BED,), storage.dresser, surface_m=0.0),
    _E("sideboard", "storage", "sideboard", ((1.20, 0.40, 0.75), (1.55, 0.44, 0.78), (1.85, 0.46, 0.80)), (DINING, LIVING), storage.sideboard, surface_m=0.0),
    _E("tv-unit", "storage", "TV unit with television", ((1.30, 0.40, 1.16), (1.65, 0.42, 1.26), (1.95, 0.45, 1.36)), (LIVING, BED), storage.tv_unit),
    _E("bookshelf", "storage", "bookshelf", ((0.70, 0.32, 1.60), (0.90, 0.34, 1.85), (1.15, 0.36, 2.05)), (LIVING, OFFICE, BED), storage.bookshelf),
    _E("floor-lamp", "lighting", "floor lamp", ((0.36, 0.36, 1.45), (0.42, 0.42, 1.58), (0.48, 0.48, 1.68)), (LIVING, BED, OFFICE), lighting.floor_lamp, tolerance=0.4),
    _E("arc-lamp", "lighting", "arc lamp", ((1.05, 0.36, 1.80), (1.20, 0.38, 1.95), (1.35, 0.40, 2.05)), (LIVING,), lighting.arc_lamp),
    _E("table-lamp", "lighting", "table lamp", ((0.26, 0.26, 0.44), (0.32, 0.32, 0.54), (0.38, 0.38, 0.64)), ALL, lighting.table_lamp, mount="surface", tolerance=0.3),
    _E("desk-lamp", "lighting", "desk lamp", ((0.36, 0.16, 0.42), (0.42, 0.17, 0.48), (0.48, 0.18, 0.54)), (OFFICE, BED), lighting.desk_lamp, mount="surface"),
    _E("pendant", "lighting", "pendant lamp", ((0.34, 0.34, 0.80), (0.44, 0.44, 0.90), (0.56, 0.56, 1.00)), (DINING,), lighting.pendant, mount="ceiling"),
    _E("rug", "textile", "rug", ((2.00, 1.40, 0.012), (2.60, 1.80, 0.014), (3.20, 2.30, 0.016)), (LIVING, BED, DINING, OFFICE), textiles.rug, surface_m=0.0, tolerance=0.2),
    _E("cushion", "textile", "cushion", ((0.40, 0.17, 0.36), (0.45, 0.18, 0.42), (0.50, 0.19, 0.48)), ALL, textiles.cushion, mount="surface", tolerance=0.4),
    _E("throw", "textile", "folded throw", ((0.35, 0.28, 0.08), (0.42, 0.32, 0.10), (0.50, 0.36, 0.11)), (LIVING, BED), textiles.throw, mount="surface", tolerance=0.4),
    _E("plant-large", "plant", "tall plant", ((0.65, 0.65, 1.25), (0.80, 0.80, 1.60), (0.95, 0.95, 1.85)), ALL, plants.plant_large, tolerance=0.45),
    _E("plant-small", "plant", "potted plant", ((0.22, 0.22, 0.30), (0.30, 0.30, 0.42), (0.40, 0.40, 0.60)), ALL, plants.plant_small, mount="surface", tolerance=0.7),
    _E("art", "decor", "framed art", ((0.50, 0.03, 0.70), (0.75, 0.03, 1.00), (1.30, 0.035, 0.90)), ALL, decor.art, mount="wall"),
    _E("mirror", "decor", "mirror", ((0.60, 0.03, 0.60), (0.80, 0.03, 0.80), (0.75, 0.035, 1.60)), ALL, decor.mirror, mount="wall"),
    _E("vase", "decor", "vase with branches", ((0.30, 0.30, 0.42), (0.38, 0.38, 0.56), (0.46, 0.46, 0.70)), ALL, decor.vase, mount="surface", tolerance=0.3),
    _E("books", "decor", "stack of books", ((0.24, 0.18, 0.06), (0.29, 0.21, 0.10), (0.32, 0.24, 0.12)), ALL, decor.books, mount="surface", tolerance=0.15),
    _E("bowl", "decor", "bowl", ((0.22, 0.22, 0.09), (0.28, 0.28, 0.12), (0.36, 0.36, 0.14)), ALL, decor.bowl, mount="surface"),
    _E("tray", "decor", "tray with candle", ((0.32, 0.22, 0.11), (0.40, 0.28, 0.13), (0.48, 0.32, 0.15)), ALL, decor.tray, mount="surface"),
    _E("sculpture", "decor", "sculpture", ((0.18, 0.10, 0.16), (0.22, 0.12, 0.20), (0.28, 0.14, 0.26)), ALL, decor.sculpture, mount="surface"),
    _E("laptop", "decor", "laptop", ((0.30, 0.30, 0.20), (0.33, 0.31, 0.22), (0.36, 0.33, 0.24)), (OFFICE,), office.laptop, mount="surface", tolerance=0.2),
)  # fmt: skip

CATALOGUE: Mapping[str, CatalogueEntry] = {entry.piece: entry for entry in _TABLE}


@lru_cache(maxsize=96)
def build(piece: str, size: Size, style: str, seed: int = 0, variant: int = 0) -> Furniture:
    """The piece at exactly this size. Same arguments, same bytes. Raises KeyError for an unknown id or style.

    The home's `seed` chooses among the style's offers; `variant` moves only what is random within the piece,
    so two chairs of one variant are twins.
    """
    entry = CATALOGUE[piece]
    rng = np.random.default_rng([seed, variant, list(CATALOGUE).index(piece)])
    chosen = palette_of(style, seed)
    parts = entry.builder(size, chosen, rng)
    return finish(piece, f"{chosen.name} {entry.name}", size, parts, entry.tolerance)

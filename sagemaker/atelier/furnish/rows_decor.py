# ruff: noqa: E501 (a table: one piece, one row)
"""Lighting, plants, textiles, decoration and electronics: one kind of piece, one row."""

from __future__ import annotations

from atelier.furnish.entry import ALL, BED, DINING, LIVING, OFFICE, CatalogueEntry
from atelier.furnish.pieces import decor, lighting, office, plants, textiles

_E = CatalogueEntry
ROWS: tuple[CatalogueEntry, ...] = (
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

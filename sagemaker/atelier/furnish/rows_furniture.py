# ruff: noqa: E501 (a table: one piece, one row)
"""Seating, tables, beds, storage and desks: one kind of piece, one row."""

from __future__ import annotations

from atelier.furnish.entry import BED, DINING, KIDS, LIVING, OFFICE, CatalogueEntry
from atelier.furnish.pieces import (
    armchairs,
    beds,
    chairs,
    lounge,
    media,
    office,
    shelves,
    sofas,
    stools,
    storage,
    tables,
    tables_small,
)

_E = CatalogueEntry
ROWS: tuple[CatalogueEntry, ...] = (
    _E("sofa", "seating", "sofa", ((1.75, 0.90, 0.82), (2.10, 0.93, 0.83), (2.35, 0.97, 0.84)), (LIVING,), sofas.sofa),
    _E("loveseat", "seating", "loveseat", ((1.35, 0.86, 0.82), (1.50, 0.90, 0.82), (1.62, 0.92, 0.83)), (LIVING, OFFICE, BED), sofas.loveseat),
    # the L: a 0.95 m deep sofa along +y with a chaise 0.95 m wide on the +x end, reaching the full depth
    _E("sofa-sectional", "seating", "corner sofa with chaise", ((2.40, 1.50, 0.82), (2.70, 1.60, 0.83), (3.00, 1.70, 0.84)), (LIVING,), sofas.sofa_sectional),
    _E("armchair", "seating", "armchair", ((0.74, 0.78, 0.80), (0.80, 0.84, 0.82), (0.88, 0.88, 0.84)), (LIVING, BED, OFFICE), armchairs.armchair),
    _E("lounge-chair", "seating", "lounge chair", ((0.70, 0.72, 0.80), (0.76, 0.78, 0.86), (0.82, 0.84, 0.94)), (LIVING, BED, OFFICE), lounge.lounge_chair, tolerance=0.16),
    _E("ottoman", "seating", "ottoman", ((0.50, 0.45, 0.42), (0.65, 0.50, 0.42), (0.90, 0.60, 0.42)), (LIVING, BED), stools.ottoman, surface_m=0.0),
    _E("bench", "seating", "bench", ((1.00, 0.38, 0.45), (1.25, 0.42, 0.46), (1.45, 0.44, 0.47)), (BED, DINING), stools.bench, surface_m=0.0),
    _E("pouf", "seating", "pouf", ((0.42, 0.42, 0.34), (0.50, 0.50, 0.38), (0.58, 0.58, 0.40)), (LIVING, BED, KIDS), stools.pouf),
    _E("dining-chair", "seating", "dining chair", ((0.44, 0.50, 0.80), (0.47, 0.53, 0.82), (0.52, 0.57, 0.86)), (DINING, OFFICE), chairs.dining_chair),
    _E("coffee-table", "table", "coffee table", ((0.90, 0.50, 0.40), (1.15, 0.60, 0.40), (1.35, 0.70, 0.40)), (LIVING,), tables.coffee_table, surface_m=0.0),
    _E("coffee-table-round", "table", "round coffee table", ((0.70, 0.70, 0.38), (0.85, 0.85, 0.38), (1.00, 1.00, 0.38)), (LIVING,), tables_small.coffee_table_round, surface_m=0.0),
    _E("side-table", "table", "side table", ((0.38, 0.38, 0.52), (0.45, 0.45, 0.54), (0.50, 0.50, 0.56)), (LIVING, BED), tables_small.side_table, surface_m=0.0),
    _E("console", "table", "console table", ((1.00, 0.32, 0.78), (1.30, 0.36, 0.78), (1.55, 0.38, 0.78)), (LIVING, DINING), tables_small.console, surface_m=0.0),
    _E("dining-table", "table", "dining table", ((1.20, 0.80, 0.75), (1.70, 0.90, 0.75), (2.10, 0.98, 0.75)), (DINING,), tables.dining_table, surface_m=0.0),
    _E("dining-table-round", "table", "round dining table", ((0.95, 0.95, 0.75), (1.15, 1.15, 0.75), (1.35, 1.35, 0.75)), (DINING,), tables_small.dining_table_round, surface_m=0.0),
    _E("desk", "office", "desk", ((1.10, 0.55, 0.75), (1.40, 0.65, 0.75), (1.60, 0.75, 0.75)), (OFFICE, BED), office.desk, surface_m=0.0),
    _E("office-chair", "office", "office chair", ((0.62, 0.62, 0.95), (0.65, 0.65, 1.00), (0.68, 0.68, 1.08)), (OFFICE, BED), office.office_chair),
    _E("bed", "bed", "bed", ((1.12, 2.24, 1.02), (1.62, 2.24, 1.08), (1.84, 2.24, 1.12)), (BED,), beds.bed),
    _E("nightstand", "storage", "nightstand", ((0.40, 0.36, 0.52), (0.50, 0.40, 0.55), (0.58, 0.42, 0.57)), (BED,), storage.nightstand, surface_m=0.0),
    _E("dresser", "storage", "dresser", ((0.95, 0.45, 0.80), (1.25, 0.47, 0.82), (1.55, 0.50, 0.84)), (BED,), storage.dresser, surface_m=0.0),
    _E("sideboard", "storage", "sideboard", ((1.20, 0.40, 0.75), (1.55, 0.44, 0.78), (1.85, 0.46, 0.80)), (DINING, LIVING), storage.sideboard, surface_m=0.0),
    _E("tv-unit", "storage", "TV unit with television", ((1.30, 0.40, 1.16), (1.65, 0.42, 1.26), (1.95, 0.45, 1.36)), (LIVING, BED), media.tv_unit),
    _E("media-shelf", "storage", "media shelf", ((1.30, 0.38, 0.46), (1.65, 0.40, 0.48), (1.95, 0.42, 0.50)), (LIVING, BED), media.media_shelf, surface_m=0.0),
    _E("bookshelf", "storage", "bookshelf", ((0.70, 0.32, 1.60), (0.90, 0.34, 1.85), (1.15, 0.36, 2.05)), (LIVING, OFFICE, BED), shelves.bookshelf),
)  # fmt: skip

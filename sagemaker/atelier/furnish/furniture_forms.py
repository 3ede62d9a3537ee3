# ruff: noqa: E501 (a table: one style, one row)
"""The silhouettes of furniture: which exist per role, and which of them suit a style.

A style states its own form in a field (its `arm`, its `dining` chair, …); another home of the style may have one
of that form's kin instead. Names in a row are separated by spaces, the most typical first.
"""

from __future__ import annotations

from collections.abc import Mapping

from atelier.furnish import furniture_kin
from atelier.furnish.styles import Style

KIN: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "sofa": ("arm", furniture_kin.SOFAS),
    "loveseat": ("arm", {**furniture_kin.SOFAS, "traditional": "settee rolled", "french-country": "settee english"}),
    "sofa-sectional": ("arm", furniture_kin.SECTIONALS),
    "armchair": ("arm", furniture_kin.ARMCHAIRS),
    "ottoman": ("back", {"loose": "boxed round", "tight": "boxed round", "tufted": "tufted boxed", "channel": "round"}),
    "bench": (
        "legs",
        {
            "tapered": "padded slatted", "block": "slatted chest", "sled": "slatted crossed", "turned": "chest padded",
            "plinth": "chest padded", "splayed": "padded slatted", "pin": "crossed padded",
        },
    ),
    "coffee-table": ("base", furniture_kin.COFFEE),
    "coffee-table-round": ("base", furniture_kin.COFFEE_ROUND),
    "side-table": ("base", furniture_kin.SIDE),
    "console": ("base", furniture_kin.CONSOLE),
    "dining-table": ("base", furniture_kin.DINING_TABLE),
    "dining-table-round": ("base", furniture_kin.DINING_ROUND),
    "nightstand": ("front", furniture_kin.NIGHTSTAND),
    "dresser": ("front", furniture_kin.DRESSER),
    "sideboard": ("front", furniture_kin.SIDEBOARD),
    "tv-unit": ("front", furniture_kin.MEDIA),
    "media-shelf": ("front", furniture_kin.MEDIA),
    "bookshelf": ("front", furniture_kin.BOOKSHELF),
    "bed": ("bed", furniture_kin.BED),
    "dining-chair": ("dining", furniture_kin.DINING_CHAIR),
    "lounge-chair": ("lounge", furniture_kin.LOUNGE),
    "desk": ("base", furniture_kin.DESK),
    "office-chair": ("lounge", furniture_kin.OFFICE_CHAIR),
    "rocking-chair": ("lounge", dict.fromkeys(furniture_kin.LOUNGE, "padded spindled") | {"wing": "spindled padded"}),
    "bar-stool": ("dining", furniture_kin.BAR_STOOL),
    "daybed": (
        "bed",
        {
            "upholstered": "padded low", "channel": "padded low", "tufted": "padded", "slat": "low spindled",
            "platform": "low padded", "metal": "low padded", "cane": "spindled low", "panel": "spindled padded",
        },
    ),
    "bunk-bed": ("bed", dict.fromkeys(furniture_kin.BED, "house ladder") | {"panel": "ladder house", "tufted": "ladder"}),
    "crib": ("bed", dict.fromkeys(furniture_kin.BED, "slatted panelled") | {"panel": "panelled slatted", "tufted": "panelled"}),
    "changing-table": ("bed", dict.fromkeys(furniture_kin.BED, "dresser open") | {"cane": "open dresser", "platform": "open dresser"}),
    "toy-box": ("bed", dict.fromkeys(furniture_kin.BED, "bins chest") | {"panel": "chest bins", "tufted": "chest"}),
    "wardrobe": ("front", {"flat": "doors sliding rail", "reeded": "sliding doors", "shaker": "doors armoire", "cane": "doors rail", "framed": "armoire doors", "industrial": "rail doors"}),
    "shoe-bench": ("front", {"flat": "open doors", "reeded": "doors open", "shaker": "open doors", "cane": "open doors", "framed": "doors open"}),
    "coat-stand": ("lamp", {"drum": "tree rack", "tripod": "rack tree", "pharmacy": "rack tree", "globe": "rack tree", "woven": "tree rack", "lantern": "tree rack"}),
    "outdoor-sofa": ("base", furniture_kin.OUTDOOR | {"pedestal": "block rope", "sled": "block teak"}),
    "outdoor-chair": (
        "base",
        {
            "tapered": "rope folding", "trestle": "adirondack folding", "pedestal": "rope folding", "sled": "folding rope",
            "slab": "rope folding", "turned": "adirondack folding", "drum": "rope adirondack", "hairpin": "folding rope",
        },
    ),
    "outdoor-table": (
        "base",
        {
            "tapered": "slatted concrete", "trestle": "slatted", "pedestal": "concrete metal", "sled": "metal concrete",
            "slab": "concrete slatted", "turned": "slatted", "drum": "slatted concrete", "hairpin": "metal slatted",
        },
    ),
    "bistro-table": (
        "base",
        {
            "tapered": "wood marble", "trestle": "metal wood", "pedestal": "marble metal", "sled": "metal marble",
            "slab": "wood metal", "turned": "metal wood", "drum": "metal wood", "hairpin": "marble metal",
        },
    ),
    "sun-lounger": ("base", dict.fromkeys(furniture_kin.DINING_ROUND, "teak runner") | {"pedestal": "runner teak", "sled": "runner teak"}),
    "bath-stool": ("lounge", dict.fromkeys(furniture_kin.LOUNGE, "slatted turned") | {"barrel": "turned slatted", "slipper": "vanity turned", "wing": "vanity turned"}),
    "towel-ladder": ("front", {"flat": "wood metal", "reeded": "metal wood", "shaker": "wood", "cane": "wood", "framed": "metal wood"}),
    "laundry-basket": ("front", {"flat": "frame slatted", "reeded": "slatted woven", "shaker": "woven frame", "cane": "woven", "framed": "slatted woven"}),
    "pouf": (
        "lounge",
        {
            "frame": "knit cube", "barrel": "cube knit", "wing": "knit cube", "rattan": "leather knit",
            "sling": "leather cube", "slipper": "cube knit",
        },
    ),
}  # fmt: skip
"""role → the field that decides, and per value of it (or per style's slug) the silhouettes offered."""


def furniture_offers(style: Style) -> dict[str, tuple[str, ...]]:
    """Every furniture role's silhouettes in this style."""
    return {
        role: tuple(table[style.slug if style.slug in table else str(getattr(style, field))].split())
        for role, (field, table) in KIN.items()
    }


def furniture_forms() -> dict[str, tuple[str, ...]]:
    """Every silhouette that exists, per role."""
    return {
        role: tuple(dict.fromkeys(name for row in table.values() for name in row.split()))
        for role, (_, table) in KIN.items()
    }

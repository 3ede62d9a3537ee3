# ruff: noqa: E501 (a table: one style, one row)
"""Which silhouettes of a role suit which style. A form is geometry; colour and cloth come from the palette."""

from __future__ import annotations

from collections.abc import Mapping

Offers = Mapping[str, tuple[str, ...]]

FORMS: Offers = {
    "floor-lamp": ("drum", "tripod", "pharmacy", "globe", "woven", "lantern", "column", "mushroom", "tree", "turned"),
    "table-lamp": ("urn", "turned", "pharmacy", "globe", "lantern", "mushroom", "column", "gourd", "candlestick", "woven"),
    "arc-lamp": ("dome", "drum"),
    "desk-lamp": ("jointed", "banker", "stem"),
    "pendant": ("dome", "cone", "lantern", "woven", "globe", "drum", "cluster", "bell"),
    "chandelier": ("candle", "sputnik", "ring", "beads", "wheel", "branch"),
    "wall-lamp": ("globe", "shade", "swing", "cylinder", "lantern"),
    "plant-large": ("fig", "rubber", "olive", "snake", "palm", "monstera", "strelitzia", "dracaena", "cactus"),
    "plant-small": ("rubber", "olive", "snake", "monstera", "fern", "pothos", "succulent", "orchid"),
    "pot": ("tapered", "bowl", "cylinder", "basket", "footed", "box"),
    "vase": ("leafy", "dry", "flowers", "trio", "amphora", "jar", "bottle", "ring"),
    "bowl": ("round", "footed", "wave"),
    "tray": ("rectangle", "round"),
    "books": ("stack", "upright"),
    "sculpture": ("knot", "arches", "stones", "links"),
    "rug": ("woven", "fringed", "shag", "bound", "hide", "scalloped"),
    "round-rug": ("woven", "braided", "shag"),
    "runner": ("woven", "fringed"),
    "curtain": ("pleated", "wave", "eyelet", "tab", "tied"),
    "art": ("matted", "bleed", "ornate", "canvas", "floater", "pair", "three", "baskets", "relief", "hanging"),
    "mirror": ("round", "arch", "rectangle", "sunburst", "pill", "pane", "ornate"),
    "clock": ("minimal", "ring"),
    "basket": ("tall", "low"),
}  # fmt: skip
"""Every silhouette that exists, per role. The first is the fallback."""

OFFERS: Mapping[str, Offers] = {
    "modern": {"floor-lamp": ("drum", "mushroom", "globe"), "table-lamp": ("mushroom", "column", "urn")},
}  # fmt: skip
"""Per style: the silhouettes it draws from. A style that starts from another inherits that one's."""


def offers(slug: str, base: str) -> Offers:
    """Every role's silhouettes for the style `slug`, which starts from the style `base`."""
    return {**FORMS, **OFFERS.get(base, {}), **OFFERS.get(slug, {})}

"""The silhouettes of furniture: which exist per role, and which of them suit a style.

A style states its own form in a field (its `arm`, its `dining` chair, …); another home of the style may have one
of that form's kin instead. Names in a row are separated by spaces, the most typical first.
"""

from __future__ import annotations

from collections.abc import Mapping

from atelier.furnish.styles import Style

KIN: Mapping[str, tuple[str, Mapping[str, str]]] = {}
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

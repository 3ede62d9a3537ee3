"""Furniture at true size: procedural pieces, materials and styles.

`CATALOGUE` is what exists, `furnish` turns placements into a scene, `describe` names what stands in it.
"""

from atelier.furnish.catalogue import CATALOGUE, CatalogueEntry, build
from atelier.furnish.dressing import dressed
from atelier.furnish.scene import describe, furnish
from atelier.furnish.style_index import STYLE_SLUGS, style

__all__ = ["CATALOGUE", "STYLE_SLUGS", "CatalogueEntry", "build", "describe", "dressed", "furnish", "style"]

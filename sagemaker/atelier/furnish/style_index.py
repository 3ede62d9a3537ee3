# ruff: noqa: E501 (a table: one style, one row)
"""Every style slug the product offers, and how each one departs from the nearest of those that are fully their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from atelier.furnish.forms import offers
from atelier.furnish.furniture_forms import furniture_offers
from atelier.furnish.style_table import OWN
from atelier.furnish.styles import Style

_OWN = {s.slug: s for s in OWN}
_ALIASES = {"scandi": "scandinavian", "boho": "bohemian", "mid-century": "mid-century-modern"}


def _palette(light: str, middle: str, dark: str, *accents: str, sofa: str, **forms: Any) -> dict[str, Any]:
    """A neighbour's own palette: three neutrals, accents, its typical sofa; others and the cushions follow."""
    cushions = (f"fabric/linen/{accents[0]}", f"fabric/linen/{light}", f"fabric/velvet/{accents[-1]}")
    sofas = (sofa, f"fabric/linen/{middle}", f"fabric/boucle/{light}")
    return {"neutrals": (light, middle, dark), "accents": accents, "sofas": sofas, "cushions": cushions, **forms}


_BLACK = ("paint/26262a",)
_BRASS = ("metal/brass",)

NEAR: Mapping[str, tuple[str, str, dict[str, Any]]] = {
    "warm-minimalist": ("minimalist", "Warm minimalist", _palette("ebe2d5", "cbb9a2", "5e4d40", "b98a63", "a3876a", sofa="fabric/boucle/e0d5c4", arm="slope", legs="plinth")),
    "asian-zen": ("japandi", "Asian zen", _palette("e3dccb", "a89a80", "33302b", "7a3b2e", "6c7a5c", sofa="fabric/linen/d6ccb6", woods=("espresso",), plants=("palm", "snake"))),
    "industrial-chic": ("industrial", "Industrial chic", _palette("d5d0c9", "8f8a86", "303033", "b08a55", "6a4a52", sofa="fabric/velvet/5b5f66", back="channel", metals=("metal/brass", "paint/26262a"))),
    "tuscan": ("mediterranean", "Tuscan", _palette("e8d8bb", "c79e6b", "5f4330", "a4532f", "6f7440", sofa="fabric/linen/d5bf98", arm="rolled", legs="turned", woods=("cherry",))),
    "arabic": ("luxury", "Arabic", _palette("eaddc4", "b99a6b", "3d2c25", "7a2331", "c7a052", sofa="fabric/velvet/c9b089", back="tufted", lamp="lantern", rugs=(("vintage", "d3b78c-6e1f2a-2f3f58"),))),
    "hollywood-regency": ("luxury", "Hollywood Regency", _palette("eee9e2", "9a9ba0", "1f1f23", "c04a78", "1e5a54", sofa="fabric/velvet/d8cfc4", back="tufted", rugs=(("border", "e2dcd2-2a2a2e-c2a26a"),))),
    "art-nouveau": ("traditional", "Art nouveau", _palette("e6dcc6", "a3916f", "40382c", "5f7445", "8a5a2f", sofa="fabric/velvet/66744c", back="tight", art=("botanical",))),
    "maximalist": ("eclectic", "Maximalist", _palette("e6d5c3", "a0707a", "34232f", "b3264a", "1f6a62", "d99a1e", sofa="fabric/velvet/9a2748")),
    "french-country": ("country", "French country", _palette("ece5d6", "c3b397", "6d6253", "6f86a0", "a9a06a", sofa="fabric/linen/d9d0bd", dining="cane", legs="turned", painted="cfd0c4")),
    "modern-farmhouse": ("farmhouse", "Modern farmhouse", _palette("eae7e1", "aaa59c", "2f2f31", "50595a", "b08f62", sofa="fabric/linen/d3cdc2", dining="crossback", base="trestle", arm="track", metals=_BLACK, painted="dcd9d2", woods=("oak",))),
    "rustic": ("country", "Rustic", _palette("ddcdb2", "9c7d58", "493726", "7a3f28", "5c6844", sofa="leather/7d5233", woods=("reclaimed",), base="slab", dining="ladder", painted=None)),
    "cabin": ("country", "Cabin", _palette("dccbb0", "8e6d4b", "3b2e24", "8e2f2a", "3f5540", sofa="leather/6d452b", woods=("reclaimed",), base="slab", painted=None, rugs=(("check", "b8a68a-7a2f2a-3b2e24"),))),
    "coastal-grandmother": ("coastal", "Coastal grandmother", _palette("efeadf", "d0c2a8", "77726a", "8ea7b3", "b8a887", sofa="fabric/linen/ebe5d8", art=("botanical", "landscape"))),
    "transitional": ("traditional", "Transitional", _palette("e7e1d6", "b0a696", "4a4846", "5e7382", "b39366", sofa="fabric/linen/d2cabd", arm="slope", back="loose", woods=("walnut",), dining="parsons", rugs=(("vintage", "cfc8bb-7f8890-a59a88"),))),
    "new-traditional": ("traditional", "New traditional", _palette("ebe4d8", "b6a792", "3d4450", "3a5878", "c08a62", sofa="fabric/velvet/3f5a78", arm="rolled", back="loose")),
    "neo-traditional": ("traditional", "Neo-traditional", _palette("e8e0d5", "a99a8a", "39343a", "6a3a52", "b8995c", sofa="fabric/velvet/6d5a66", metals=_BRASS)),
    "european-classic": ("traditional", "European classic", _palette("ece4d3", "bda988", "54443a", "8a6a3c", "61707c", sofa="fabric/velvet/c2b08c", painted="e0d8c6")),
    "gothic": ("victorian", "Gothic", _palette("c9c0b6", "6f6468", "26222a", "5a1f2e", "4a3f66", sofa="fabric/velvet/3a2f40", woods=("ebony",), metals=_BLACK)),
    "vintage": ("mid-century-modern", "Vintage", _palette("e5d8c0", "b0967a", "4d3c34", "a8563f", "5f7a72", sofa="fabric/velvet/8a9a86", rugs=(("vintage", "d0b490-8a4a3c-44606a"),))),
    "shabby-chic": ("country", "Shabby chic", _palette("f0ebe2", "d3c8bb", "8a7f78", "d3a3a0", "9fb5ad", sofa="fabric/linen/e9e2d7", painted="e6e1d8", art=("botanical",))),
    "cottagecore": ("country", "Cottagecore", _palette("efe7d6", "c9b493", "6b5a48", "c07c74", "8a9a6a", sofa="cloth/floral/ece3cf/b8766c", art=("botanical",))),
    "grandmillennial": ("traditional", "Grandmillennial", _palette("eee6da", "c4b5a3", "4f5560", "5f86a8", "c27f86", sofa="cloth/floral/e9e2d4/5f86a8", painted="dfe2de")),
    "southwestern": ("bohemian", "Southwestern", _palette("e8d7bd", "c1895f", "4f372b", "a84a2c", "3f7a7a", sofa="leather/8f5a37", arm="track", rugs=(("kilim", "e0c9a2-a84a2c-3f7a7a"),), plants=("snake",))),
    "desert-modern": ("japandi", "Desert modern", _palette("ecdfca", "cda27c", "5b4335", "b9643f", "8a8f6a", sofa="fabric/boucle/e2d3bb", plants=("snake", "olive"), rugs=(("berber", "e6d6bc-a5653f-8a6a4a"),))),
    "organic-modern": ("modern", "Organic modern", _palette("ebe4d8", "c0b19c", "55493f", "8c7a5f", "7f8a6d", sofa="fabric/boucle/e3dccf", arm="slope", woods=("oak",), lounge="barrel", base="drum", lamp="lantern", rugs=(("plain", "e0d7c8-bdb09c-a09381"),))),
    "urban-modern": ("contemporary", "Urban modern", _palette("d9d7d3", "8c8c8e", "2b2c30", "c0772f", "3f5566", sofa="fabric/melange/6e7175", legs="sled", base="sled", woods=("espresso",))),
    "retro-futurism": ("mid-century-modern", "Retro-futurism", _palette("ebe6df", "a4a7ab", "33343c", "e0702a", "2a9a9a", sofa="fabric/velvet/d9692b", metals=("metal/chrome",), lounge="barrel", base="pedestal")),
    "high-tech": ("modern", "High-tech", _palette("e2e4e6", "9da1a6", "25272b", "3b6fa0", "70757c", sofa="leather/3b3d42", metals=("metal/chrome",), legs="sled", woods=("ebony",), base="sled")),
    "global": ("bohemian", "Global", _palette("e7dac4", "ab8c69", "42342c", "8e3f2f", "2d5a6b", "b98a3a", sofa="fabric/linen/cdb898", woods=("mango",))),
    "standard": ("traditional", "Standard", _palette("e8e3da", "b8afa2", "4c4a48", "5a748a", "b59a72", sofa="fabric/melange/b9b2a6", arm="track", back="loose", legs="tapered", dining="ladder", base="tapered", bed="upholstered", front="flat", woods=("oak",))),
}  # fmt: skip

_PLAYFUL: tuple[dict[str, Any], ...] = tuple(
    {
        "accents": (first, second, third),
        "chairs": (f"fabric/twill/{second}", f"fabric/twill/{first}"),
        "cushions": (f"fabric/plain/{first}", f"cloth/stripe/f1ece2/{second}", f"fabric/knit/{third}"),
        "neutrals": ("efe8da", duvet, "4a4846"),
        "bedding": (duvet, "f0ece4"),
        "rugs": rugs,
        "art": ("shapes", "field"),
        "bold": True,
    }
    for first, second, third, duvet, rugs in (
        (
            "4f86b8",
            "e9b44c",
            "dd6e5a",
            "a9c4d8",
            (("check", "ece4d2-7fa8c6-e9b44c"), ("stripe", "efe8da-4f86b8-e9b44c")),
        ),
        (
            "5fa58f",
            "e8845f",
            "f0c75e",
            "b9d6c8",
            (("stripe", "f0e9da-5fa58f-e8845f"), ("abstract", "efe6d4-8cc0ad-f0c75e")),
        ),
        (
            "8c7bb8",
            "e7b650",
            "6aa9c4",
            "cdc4e0",
            (("abstract", "efe8e2-b3a6d3-e7b650"), ("check", "efe9df-9d8fc6-6aa9c4")),
        ),
    )
)
"""A child's colours over any style's forms: three schemes of two strong colours and one for small things."""

STYLE_SLUGS: tuple[str, ...] = (*_OWN, *NEAR)


def style(slug: str) -> Style:
    """The style called `slug` (or its short name). Raises KeyError naming what exists."""
    slug = _ALIASES.get(slug, slug)
    return _styled(slug)


@cache
def _styled(slug: str) -> Style:
    if slug in _OWN:
        own = _OWN[slug]
        return replace(own, forms={**offers(slug, slug), **furniture_offers(own)})
    if slug not in NEAR:
        raise KeyError(f"no style {slug!r}; choose one of {', '.join(STYLE_SLUGS)}")
    base, name, changes = NEAR[slug]
    near = replace(_OWN[base], slug=slug, name=name, **changes)
    return replace(near, forms={**offers(slug, base), **furniture_offers(near)})


def palette_of(slug: str, seed: int) -> Style:
    """What one home of the style is made of. `<style>/kids` is the style in a child's colours. Raises KeyError."""
    name, _, mood = slug.partition("/")
    own = style(name)
    return (replace(own, **_PLAYFUL[seed % len(_PLAYFUL)]) if mood == "kids" else own).seeded(seed)

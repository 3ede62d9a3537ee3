"""A material's name is its recipe: `kind/…` spells out what to make, and the same name is always the same surface.

fabric/<weave>/<hex>        cloth/<pattern>/<ground>/<ink>     leather/<hex>       paint/<hex>
wood/<species>              metal/<name>                       ceramic/<hex>/<gloss 0…1>
stone/<kind>/<hex>/<vein>   cane/<hex>   rattan/<hex>          leaf/<hex>          plastic/<hex>
clay/<hex>                 drape/<hex>   sheer/<hex>           glass/<hex>
rug/<kind>/<hex-hex-…>/<aspect>/<seed>                         art/<kind>/<hex-hex-…>/<aspect>/<seed>
spines/<hex-hex-…>/<seed>   shade/<hex>   bulb   mirror   screen   glow/<hex>
"""

from __future__ import annotations

import zlib
from functools import lru_cache

from atelier.furnish import paintings, prints, textures
from atelier.furnish.dyes import CLOTH, FOLK, GLAZE, GRASS, LEATHER, PAINT, PILE, Dye
from atelier.furnish.textures import RGB, rgb
from atelier.model import Material

METALS: dict[str, tuple[RGB, float]] = {
    "brass": (rgb("b0945f"), 0.34),
    "aged-brass": (rgb("8f744a"), 0.42),
    "chrome": (rgb("c9cbcd"), 0.12),
    "steel": (rgb("a9abad"), 0.32),
    "bronze": (rgb("5f4a38"), 0.40),
    "copper": (rgb("a87558"), 0.34),
    "nickel": (rgb("b5b0a8"), 0.25),
}
PLAIN = {"paint": (0.5, 0.4, 0.0), "plastic": (0.38, 0.45, 0.0), "shade": (0.9, 0.1, 0.5), "glass": (0.08, 0.5, 0.85)}
"""roughness, specular and the share of light let through."""
RUG_DYES: dict[str, Dye] = {"jute": GRASS, "kilim": FOLK, "vintage": FOLK}
FABRIC_SHEEN = {"velvet": 1.0, "boucle": 0.5, "sheepskin": 0.6}


def mean_hex(material: Material) -> str:
    """The material's main colour as '#rrggbb'."""
    colour = material.colour
    if material.texture is not None:
        mean = material.texture.reshape(-1, 3).mean(0) / 255
        colour = (float(mean[0]), float(mean[1]), float(mean[2]))
    return "#" + "".join(f"{round(255 * c):02x}" for c in colour)


def _palette(spec: str) -> list[RGB]:
    return [rgb(h) for h in spec.split("-")]


@lru_cache(maxsize=512)
def material(name: str) -> Material:
    """The surface called `name`. Raises ValueError for a name that is no recipe."""
    kind, *rest = name.split("/")
    seed = zlib.crc32(name.encode()) % 3 * 50  # few seeds, so that noise fields are shared by many surfaces
    maker = {"rug": _rug, "art": _art, "spines": _spines}.get(kind)
    if maker:
        return maker(name, rest)
    if kind in {"fabric", "cloth", "leather"}:
        return _upholstery(name, kind, rest, seed)
    if kind in {"drape", "sheer"}:
        through = 0.22 if kind == "drape" else 0.55
        cloth = textures.fabric("linen", CLOTH(rgb(rest[0])), seed)
        return Material(name, texture=cloth, texture_scale=4.4, roughness=0.95, specular=0.08, translucent=through)
    if kind in {"wood", "stone", "cane", "rattan", "leaf", "clay"}:
        return _grown(name, kind, rest, seed)
    return _plain(name, kind, rest)


def _upholstery(name: str, kind: str, rest: list[str], seed: int) -> Material:
    if kind == "fabric":
        texture = textures.fabric(rest[0], CLOTH(rgb(rest[1])), seed)
        sheen = FABRIC_SHEEN.get(rest[0], 0.35)
        scale = {"knit": 4.2, "sheepskin": 3.2, "boucle": 4.0, "velvet": 1.3, "twill": 4.0}.get(rest[0], 4.4)
        return Material(name, texture=texture, texture_scale=scale, roughness=0.9, specular=0.15, sheen=sheen)
    if kind == "cloth":
        texture = textures.pattern(rest[0], CLOTH(rgb(rest[1])), CLOTH(rgb(rest[2])), seed)
        return Material(name, texture=texture, texture_scale=2.0, roughness=0.9, specular=0.12, sheen=0.3)
    hide = textures.leather(LEATHER(rgb(rest[0])), seed)
    return Material(name, texture=hide, texture_scale=2.2, roughness=0.5, specular=0.35)


def _grown(name: str, kind: str, rest: list[str], seed: int) -> Material:
    if kind == "wood":
        matt = 0.62 if rest[0] in {"driftwood", "reclaimed", "white-oak", "ash"} else 0.5  # oiled, or a satin lacquer
        return Material(name, texture=textures.wood(rest[0], seed), texture_scale=0.62, roughness=matt, specular=0.35)
    if kind == "stone":
        texture = textures.stone(rest[0], rgb(rest[1]), rgb(rest[2]), seed)
        rough = {"marble": 0.18, "terrazzo": 0.3}.get(rest[0], 0.6)
        return Material(name, texture=texture, texture_scale=1.1, roughness=rough, specular=0.5)
    if kind == "clay":
        clay = textures.clay(GLAZE(rgb(rest[0])), seed)
        return Material(name, texture=clay, texture_scale=2.5, roughness=0.85, specular=0.2)
    if kind == "leaf":
        leaf = textures.leaf(rgb(rest[0]), seed)
        return Material(name, texture=leaf, roughness=0.5, specular=0.4, translucent=0.12)
    make, scale = (textures.cane, 2.4) if kind == "cane" else (textures.rattan, 2.6)
    return Material(name, texture=make(GRASS(rgb(rest[0])), seed), texture_scale=scale, roughness=0.6, specular=0.3)


def _plain(name: str, kind: str, rest: list[str]) -> Material:
    if kind == "metal":
        colour, rough = METALS[rest[0]]
        return Material(name, colour, roughness=rough, specular=0.5, metal=1.0)
    if kind in PLAIN:
        rough, specular, through = PLAIN[kind]
        colour = PAINT(rgb(rest[0])) if kind == "paint" else rgb(rest[0])
        return Material(name, colour, roughness=rough, specular=specular, translucent=through)
    if kind == "ceramic":
        return Material(name, GLAZE(rgb(rest[0])), roughness=0.65 - 0.45 * float(rest[1]), specular=0.5)
    fixed = {
        "bulb": Material(name, rgb("e6e2d8"), roughness=0.5, emission=(5.0, 3.8, 2.4)),
        "mirror": Material(name, rgb("d9dcdc"), roughness=0.02, specular=0.5, metal=1.0),
        "screen": Material(name, rgb("1c1d20"), roughness=0.12, specular=0.5),
        "paper": Material(name, rgb("e3dccb"), roughness=0.9, specular=0.1),
        "soil": Material(name, rgb("3a2d24"), roughness=1.0, specular=0.1),
        "bark": Material(name, rgb("6a5643"), roughness=0.9, specular=0.2),
    }
    if kind not in fixed:
        raise ValueError(f"no recipe for a material called {name!r}")
    return fixed[kind]


def _rug(name: str, rest: list[str]) -> Material:
    dye = RUG_DYES.get(rest[0], PILE)
    texture = prints.rug(rest[0], [dye(c) for c in _palette(rest[1])], float(rest[2]), int(rest[3]))
    return Material(name, texture=texture, roughness=1.0, specular=0.05, sheen=0.4)


def _art(name: str, rest: list[str]) -> Material:
    texture = paintings.art(rest[0], _palette(rest[1]), float(rest[2]), int(rest[3]))
    return Material(name, texture=texture, roughness=0.55, specular=0.25)


def _spines(name: str, rest: list[str]) -> Material:
    texture = prints.spines(_palette(rest[0]), int(rest[1]))
    return Material(name, texture=texture, roughness=0.6, specular=0.25)

# ruff: noqa: E501 (a table: one style, one row)
"""The silhouettes of furniture: which exist per role, and which of them suit a style.

A style states its own form in a field (its `arm`, its `dining` chair, …); another home of the style may have one
of that form's kin instead. Names in a row are separated by spaces, the most typical first.
"""

from __future__ import annotations

from collections.abc import Mapping

from atelier.furnish.styles import Style

_SOFAS = {
    "track": "track modular bench",
    "slim": "slim bench track",
    "rolled": "rolled english slope",
    "slope": "slope english",
    "pad": "slope modular",
    "wood": "wood platform bench",
    "modern": "track bench slim slope",
    "japandi": "wood modular platform",
    "mid-century-modern": "slim wood bench",
    "scandinavian": "slim bench slope",
    "industrial": "track chesterfield modular",
    "luxury": "tuxedo slope curved",
    "art-deco": "tuxedo curved",
    "hollywood-regency": "tuxedo chesterfield curved",
    "traditional": "rolled camelback english",
    "victorian": "chesterfield camelback rolled",
    "gothic": "chesterfield rolled",
    "european-classic": "camelback rolled english",
    "organic-modern": "slope bench curved",
    "arabic": "chesterfield rolled tuxedo",
    "minimalist": "track modular",
    "asian-zen": "platform wood",
    "bohemian": "rolled modular platform",
    "farmhouse": "rolled english slope",
}
_ARMCHAIRS = {
    "track": "track tuxedo bridge",
    "slim": "slim bridge track",
    "rolled": "rolled english bergere",
    "slope": "slope english",
    "pad": "slope slim",
    "wood": "wood bridge slim",
    "mid-century-modern": "wood bridge slim",
    "scandinavian": "wood slim bridge",
    "traditional": "rolled bergere english",
    "european-classic": "bergere rolled",
    "luxury": "tuxedo slope english",
    "modern": "track tuxedo bridge",
    "industrial": "track english bridge",
    "french-country": "bergere english",
}
_SECTIONALS = {
    "track": "track low",
    "slim": "slim track",
    "rolled": "rolled slope",
    "slope": "slope low",
    "pad": "slope low",
    "wood": "wood low",
}
_COFFEE = {
    "tapered": "tapered drawers oval",
    "trestle": "trestle drawers turned",
    "pedestal": "turned drawers stone",
    "sled": "shelf stone waterfall",
    "slab": "waterfall tapered oval",
    "turned": "turned drawers trestle",
    "drum": "drawers hairpin tapered",
    "hairpin": "hairpin tapered drawers",
    "coastal": "trestle turned drawers",
    "luxury": "stone oval",
    "art-deco": "oval stone",
    "hollywood-regency": "stone oval",
    "retro-futurism": "oval stone",
}
_COFFEE_ROUND = {
    "tapered": "legs fluted chunky",
    "trestle": "pedestal tray legs",
    "pedestal": "pedestal tulip tray",
    "sled": "hoops tray chunky",
    "slab": "chunky fluted legs",
    "turned": "pedestal legs tray",
    "drum": "tray legs fluted",
    "hairpin": "legs hoops tulip",
    "luxury": "tulip fluted chunky",
    "art-deco": "fluted tulip",
}
_SIDE = {
    "tapered": "tripod shelf drum",
    "trestle": "shelf gueridon",
    "pedestal": "pole gueridon drum",
    "sled": "cantilever pole shelf",
    "slab": "drum cantilever",
    "turned": "gueridon shelf",
    "drum": "gueridon tripod shelf",
    "hairpin": "tripod pole",
    "coastal": "shelf gueridon tripod",
}
_CONSOLE = {
    "tapered": "legs drawers frame",
    "trestle": "crossed drawers turned",
    "pedestal": "frame demilune drawers",
    "sled": "frame crossed legs",
    "slab": "legs drawers",
    "turned": "turned drawers demilune",
    "drum": "drawers crossed turned",
    "hairpin": "legs frame drawers",
}
_DINING_TABLE = {
    "tapered": "tapered oval slab",
    "trestle": "trestle turned crossed",
    "pedestal": "pedestals turned oval",
    "sled": "frame crossed slab",
    "slab": "slab tapered columns",
    "turned": "turned trestle pedestals",
    "drum": "slab hairpin trestle",
    "hairpin": "hairpin oval tapered",
    "luxury": "columns oval pedestals",
    "art-deco": "columns oval",
    "organic-modern": "columns slab oval",
    "minimalist": "slab tapered",
}
_DINING_ROUND = {
    "tapered": "legs tulip planes",
    "trestle": "pedestal turned",
    "pedestal": "pedestal tulip fluted",
    "sled": "spider planes fluted",
    "slab": "planes fluted legs",
    "turned": "turned pedestal",
    "drum": "fluted legs turned",
    "hairpin": "spider tulip legs",
}
_NIGHTSTAND = {
    "flat": "open drawers table",
    "reeded": "drum drawers open",
    "shaker": "door table drawers",
    "cane": "door open table",
    "framed": "drawers table door",
    "industrial": "frame drawers",
    "japandi": "open drum table",
}
_DRESSER = {
    "flat": "six raised seven",
    "reeded": "doors six seven",
    "shaker": "seven six doors",
    "cane": "doors raised six",
    "framed": "seven bow six",
    "industrial": "campaign six",
    "traditional": "bow seven",
    "mid-century-modern": "raised six",
}
_SIDEBOARD = {
    "flat": "doors mixed open",
    "reeded": "tambour doors open",
    "shaker": "mixed doors arched",
    "cane": "doors open arched",
    "framed": "mixed doors",
    "industrial": "frame mixed",
    "luxury": "tambour arched",
    "mediterranean": "arched mixed",
    "japandi": "tambour open",
}
_MEDIA = {
    "flat": "drawers bays low",
    "reeded": "slatted drawers low",
    "shaker": "bays drawers",
    "cane": "bays slatted drawers",
    "framed": "bays drawers",
    "industrial": "metal bays",
    "minimalist": "low slatted",
    "modern": "low drawers bays",
    "luxury": "slatted low",
}
_BOOKSHELF = {
    "flat": "case grid staggered",
    "reeded": "etagere case staggered",
    "shaker": "cabinet case",
    "cane": "ladder case etagere",
    "framed": "cabinet case",
    "industrial": "etagere ladder",
    "luxury": "arched etagere",
    "scandinavian": "grid ladder case",
    "modern": "etagere case grid",
    "traditional": "cabinet case",
    "eclectic": "arched staggered ladder",
    "coastal": "ladder cabinet case",
}
_BED = {
    "upholstered": "upholstered winged arched",
    "channel": "channel upholstered arched",
    "tufted": "tufted winged upholstered",
    "slat": "slat platform spindle",
    "platform": "platform shelf slat",
    "metal": "metal planks",
    "cane": "cane slat arched",
    "panel": "panel spindle sleigh",
    "modern": "channel upholstered shelf",
    "luxury": "channel winged tufted",
    "traditional": "tufted sleigh panel",
    "victorian": "tufted sleigh",
    "country": "spindle panel planks",
    "french-country": "arched spindle cane",
    "rustic": "planks panel",
    "cabin": "planks panel",
    "bohemian": "cane arched spindle",
    "japandi": "platform shelf slat",
    "mid-century-modern": "slat shelf cane",
}
_DINING_CHAIR = {
    "shell": "shell rounded cantilever",
    "wishbone": "wishbone tablet hooped",
    "spindle": "spindle hooped ladder",
    "crossback": "crossback spindle bentwood",
    "metal": "metal cantilever bentwood",
    "parsons": "parsons balloon tablet",
    "cane": "cane bentwood ladder",
    "ladder": "ladder crossback hooped",
    "modern": "shell cantilever rounded",
    "luxury": "rounded parsons balloon",
    "traditional": "parsons balloon tablet",
    "french-country": "balloon cane crossback",
    "european-classic": "balloon tablet parsons",
    "scandinavian": "wishbone hooped shell",
    "japandi": "wishbone tablet",
    "bauhaus": "cantilever metal",
    "mid-century-modern": "shell tablet wishbone",
}
_LOUNGE = {
    "frame": "frame woven moulded",
    "barrel": "barrel slipper",
    "wing": "wing spool slipper",
    "rattan": "rattan woven",
    "sling": "sling safari moulded",
    "slipper": "slipper spool",
    "mid-century-modern": "frame moulded woven",
    "modern": "slipper frame sling",
    "industrial": "sling safari moulded",
    "country": "wing spool",
    "japandi": "frame woven",
    "organic-modern": "barrel woven slipper",
    "bohemian": "rattan safari woven",
    "scandinavian": "frame woven moulded",
}
_DESK = {
    "tapered": "legged framed",
    "trestle": "trestles pedestals",
    "pedestal": "pedestals framed",
    "sled": "framed trestles",
    "slab": "legged trestles",
    "turned": "pedestals legged",
    "drum": "legged trestles",
    "hairpin": "framed legged",
    "mid-century-modern": "legged",
    "scandinavian": "legged trestles",
    "farmhouse": "trestles legged",
}
_OFFICE_CHAIR = {
    "frame": "task shell",
    "barrel": "shell task executive",
    "wing": "captain shell",
    "rattan": "captain shell",
    "sling": "executive mesh captain",
    "slipper": "shell captain",
    "modern": "task mesh shell",
    "high-tech": "mesh executive",
    "luxury": "executive shell",
    "traditional": "captain executive",
}
_BAR_STOOL = {
    "shell": "upholstered saddle",
    "wishbone": "woven saddle",
    "spindle": "saddle woven",
    "crossback": "woven swivel",
    "metal": "swivel saddle",
    "parsons": "upholstered woven",
    "cane": "woven upholstered",
    "ladder": "woven saddle",
}
_OUTDOOR = {
    "tapered": "teak rope",
    "trestle": "teak",
    "pedestal": "rope block",
    "sled": "block rope",
    "slab": "rope teak block",
    "turned": "teak",
    "drum": "rope teak",
    "hairpin": "rope block",
}

KIN: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "sofa": ("arm", _SOFAS),
    "loveseat": ("arm", {**_SOFAS, "traditional": "settee rolled", "french-country": "settee english"}),
    "sofa-sectional": ("arm", _SECTIONALS),
    "armchair": ("arm", _ARMCHAIRS),
    "ottoman": ("back", {"loose": "boxed round", "tight": "boxed round", "tufted": "tufted boxed", "channel": "round"}),
    "bench": (
        "legs",
        {
            "tapered": "padded slatted", "block": "slatted chest", "sled": "slatted crossed", "turned": "chest padded",
            "plinth": "chest padded", "splayed": "padded slatted", "pin": "crossed padded",
        },
    ),
    "coffee-table": ("base", _COFFEE),
    "coffee-table-round": ("base", _COFFEE_ROUND),
    "side-table": ("base", _SIDE),
    "console": ("base", _CONSOLE),
    "dining-table": ("base", _DINING_TABLE),
    "dining-table-round": ("base", _DINING_ROUND),
    "nightstand": ("front", _NIGHTSTAND),
    "dresser": ("front", _DRESSER),
    "sideboard": ("front", _SIDEBOARD),
    "tv-unit": ("front", _MEDIA),
    "media-shelf": ("front", _MEDIA),
    "bookshelf": ("front", _BOOKSHELF),
    "bed": ("bed", _BED),
    "dining-chair": ("dining", _DINING_CHAIR),
    "lounge-chair": ("lounge", _LOUNGE),
    "desk": ("base", _DESK),
    "office-chair": ("lounge", _OFFICE_CHAIR),
    "rocking-chair": ("lounge", dict.fromkeys(_LOUNGE, "padded spindled") | {"wing": "spindled padded"}),
    "bar-stool": ("dining", _BAR_STOOL),
    "daybed": (
        "bed",
        {
            "upholstered": "padded low", "channel": "padded low", "tufted": "padded", "slat": "low spindled",
            "platform": "low padded", "metal": "low padded", "cane": "spindled low", "panel": "spindled padded",
        },
    ),
    "bunk-bed": ("bed", dict.fromkeys(_BED, "house ladder") | {"panel": "ladder house", "tufted": "ladder"}),
    "crib": ("bed", dict.fromkeys(_BED, "slatted panelled") | {"panel": "panelled slatted", "tufted": "panelled"}),
    "changing-table": ("bed", dict.fromkeys(_BED, "dresser open") | {"cane": "open dresser", "platform": "open dresser"}),
    "toy-box": ("bed", dict.fromkeys(_BED, "bins chest") | {"panel": "chest bins", "tufted": "chest"}),
    "wardrobe": ("front", {"flat": "doors sliding rail", "reeded": "sliding doors", "shaker": "doors armoire", "cane": "doors rail", "framed": "armoire doors", "industrial": "rail doors"}),
    "shoe-bench": ("front", {"flat": "open doors", "reeded": "doors open", "shaker": "open doors", "cane": "open doors", "framed": "doors open"}),
    "coat-stand": ("lamp", {"drum": "tree rack", "tripod": "rack tree", "pharmacy": "rack tree", "globe": "rack tree", "woven": "tree rack", "lantern": "tree rack"}),
    "outdoor-sofa": ("base", _OUTDOOR | {"pedestal": "block rope", "sled": "block teak"}),
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
    "sun-lounger": ("base", dict.fromkeys(_DINING_ROUND, "teak runner") | {"pedestal": "runner teak", "sled": "runner teak"}),
    "bath-stool": ("lounge", dict.fromkeys(_LOUNGE, "slatted turned") | {"barrel": "turned slatted", "slipper": "vanity turned", "wing": "vanity turned"}),
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

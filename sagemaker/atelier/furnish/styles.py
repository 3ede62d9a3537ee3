"""What a style is: a palette, its materials and the silhouettes that make it recognisable.

`style(slug)` answers every slug of `STYLE_SLUGS`; twenty-one styles are fully their own (`style_table.OWN`), the
others start from the nearest of them and bring their own palette and the silhouettes that set them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

import numpy as np

_T = TypeVar("_T")
_OFFERS = 51
"""keeps these draws apart from other uses of the same seed."""
_KIN = {
    "pale-oak": "birch",
    "ash": "white-oak",
    "birch": "pale-oak",
    "walnut": "teak",
    "teak": "walnut",
    "mahogany": "cherry",
    "cherry": "mahogany",
    "espresso": "walnut",
    "ebony": "espresso",
    "driftwood": "white-oak",
    "reclaimed": "walnut",
    "mango": "teak",
    "white-oak": "ash",
    "oak": "walnut",
}
"""a wood that goes where the other goes."""

Arm = Literal["track", "slim", "rolled", "slope", "pad", "wood"]
Back = Literal["loose", "tight", "tufted", "channel"]
Legs = Literal["tapered", "block", "sled", "turned", "plinth", "splayed", "pin"]
DiningChair = Literal["shell", "wishbone", "spindle", "crossback", "metal", "parsons", "cane", "ladder"]
Lounge = Literal["frame", "barrel", "wing", "rattan", "sling", "slipper"]
Base = Literal["tapered", "trestle", "pedestal", "sled", "slab", "turned", "drum", "hairpin"]
BedFrame = Literal["upholstered", "channel", "tufted", "slat", "platform", "metal", "cane", "panel"]
Front = Literal["flat", "reeded", "shaker", "cane", "framed"]
Lamp = Literal["drum", "tripod", "pharmacy", "globe", "woven", "lantern"]
Plant = Literal["fig", "olive", "snake", "palm", "monstera", "rubber"]
Art = Literal[
    "shapes", "landscape", "lines", "botanical", "field", "wash", "mist", "horizon", "sea", "blocks", "arches", "dunes",
    "still", "gesture", "planes", "contour", "orbits", "collage", "grasses", "grove", "shore",
]  # fmt: skip
Rug = Literal[
    "plain", "border", "grid", "strokes", "ribbed", "berber", "vintage", "abstract", "stripe", "jute", "check", "kilim"
]


@dataclass(frozen=True)
class Style:
    """Colours are sRGB hex without '#'; upholstery entries are material recipes (see materials.py).

    Where a field offers several, the first is the style's most typical; `seeded` rotates the offers so that
    two homes of one style differ while the pieces of one home agree.
    """

    slug: str
    name: str
    neutrals: tuple[str, str, str]
    """light, middle, dark."""
    accents: tuple[str, ...]
    woods: tuple[str, ...]
    metals: tuple[str, ...]
    sofas: tuple[str, ...]
    chairs: tuple[str, ...]
    cushions: tuple[str, ...]
    bedding: tuple[str, str]
    """duvet and sheets, hex."""
    stone: str
    rugs: tuple[tuple[Rug, str], ...]
    """(kind, 'ground-line-accent')."""
    arm: Arm
    back: Back
    legs: Legs
    dining: DiningChair
    lounge: Lounge
    base: Base
    bed: BedFrame
    front: Front
    lamp: Lamp
    plants: tuple[Plant, ...]
    art: tuple[Art, ...]
    seats: int = 3
    """cushions of a full-size sofa."""
    painted: str | None = None
    """hex of painted case furniture; wood where None."""
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """role → its silhouettes in this style, the most typical first (see forms.py); other roles have a default."""
    clutter: int = 1
    """how much stands on a top: 0 hardly anything, 1 a few things, 2 many."""
    bold: bool = False
    """strong colour on large surfaces too: duvets, curtains, armchairs."""

    def form(self, role: str) -> str:
        """The silhouette that all pieces of a role share in this home."""
        return self.forms[role][0]

    def varied(self, role: str, rng: np.random.Generator) -> str:
        """One of the role's silhouettes: pieces of one home differ (vases, plants, pictures)."""
        offers = self.forms[role]
        return offers[int(rng.integers(len(offers)))]

    @property
    def wood(self) -> str:
        return f"wood/{self.woods[0]}"

    @property
    def case(self) -> str:
        """What cupboards and shelves are made of."""
        return f"paint/{self.painted}" if self.painted else self.wood

    @property
    def metal(self) -> str:
        return self.metals[0]

    @property
    def leg(self) -> str:
        """Legs of upholstery: metal for sleds and pins, else wood."""
        return self.metal if self.legs in {"sled", "pin"} else self.wood

    @property
    def frame(self) -> str:
        """Picture and mirror frames."""
        return self.metal if self.metal.startswith("paint") and self.lamp == "pharmacy" else self.wood

    @property
    def inks(self) -> tuple[str, ...]:
        """What pictures are painted with: paper, three accents (quiet ones, unless bold), the middle and the dark."""
        light, middle, dark = self.neutrals
        fade = 1.0 if self.bold else 0.55
        return (light, *(_mixed(self.accent(k), middle, fade) for k in range(3)), middle, dark)

    @property
    def duvet(self) -> str:
        return f"fabric/cotton/{self.bedding[0]}"

    @property
    def sheets(self) -> str:
        return f"fabric/cotton/{self.bedding[1]}"

    def accent(self, i: int) -> str:
        return self.accents[i % len(self.accents)]

    def _large(self) -> tuple[tuple[str, str, str], str, str]:
        """Hues that large surfaces may have besides the style's own: duvets, a rug's ground, an armchair's cloth.

        Who looks at a listing wants to see the room: strong colour covers small things only, but for bold styles.
        """
        light, middle, _ = self.neutrals
        first, second = self.accents[:2]
        if self.bold:
            return (_mixed(first, light, 0.4), _mixed(second, light, 0.3), middle), middle, second
        calm = (_mixed(first, light, 0.10), _mixed(middle, light, 0.45), light)
        return calm, _mixed(middle, light, 0.5), _mixed(second, middle, 0.45)

    def seeded(self, seed: int) -> Style:
        """The same style with another first choice per offer; the same seed gives the same home.

        What fills a picture changes from each seed to the next. Lists of a length that is a multiple of three skip
        one at every third seed: without that, those of three turn together, and the third home is the first again.
        """
        rng = np.random.default_rng([seed, _OFFERS])

        def drawn(offers: tuple[_T, ...]) -> tuple[_T, ...]:
            return _from(offers, int(rng.integers(len(offers))))

        def turned(offers: tuple[_T, ...]) -> tuple[_T, ...]:
            return _from(offers, seed + (0 if len(offers) % 3 else seed // 3))

        light, kind = self.neutrals[0], self.rugs[0][0]
        tints, ground, second = self._large()
        return replace(
            self,
            sofas=turned(self.sofas),
            rugs=turned((*self.rugs, (kind, f"{ground}-{light}-{self.accents[0] if self.bold else self.neutrals[1]}"))),
            chairs=turned((*self.chairs, f"fabric/twill/{second}")),
            accents=drawn(self.accents),
            plants=drawn(self.plants),
            art=drawn(self.art),
            woods=turned((*self.woods, _KIN[self.woods[0]])),
            bedding=(turned((self.bedding[0], *tints))[0], self.bedding[1]),
            forms={
                role: _from(offers, (seed + seed // max(len(offers), 1)) * (1 - 2 * (k % 2)))
                for k, (role, offers) in enumerate(sorted(self.forms.items()))
            },
        )


def _from(offers: tuple[_T, ...], k: int) -> tuple[_T, ...]:
    """The same offers, beginning at the k-th."""
    k %= len(offers)
    return offers[k:] + offers[:k]


def _mixed(a: str, b: str, share: float) -> str:
    """`share` of a colour in another, both hex."""
    channels = zip(bytes.fromhex(a), bytes.fromhex(b), strict=True)
    return bytes(round(share * x + (1 - share) * y) for x, y in channels).hex()

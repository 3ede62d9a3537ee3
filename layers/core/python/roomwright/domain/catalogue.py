"""Rooms and styles by name: one slug each, the labels and aliases that dialects use, and what can be staged now.

Every wire value is resolved the same way: case folded, spaces, underscores and hyphens dropped, then looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Room:
    """`label` is the name a person reads; `staged` says whether the default engine furnishes it in this version."""

    slug: str
    label: str
    aliases: tuple[str, ...] = ()
    staged: bool = False


@dataclass(frozen=True)
class Style:
    """`preset` is the id of the Katalo dialect; None for a style that Katalo does not have."""

    slug: str
    label: str
    preset: str | None = None
    aliases: tuple[str, ...] = ()

    @property
    def wire(self) -> str:
        """What the Katalo dialect calls it: its own preset, else the slug."""
        return self.preset or self.slug


ROOMS: tuple[Room, ...] = (
    Room("living-room", "Living Room", ("living", "lounge"), staged=True),
    Room("kitchen", "Kitchen", staged=True),
    Room("dining-room", "Dining Room", ("dining",), staged=True),
    Room("bedroom", "Bedroom", ("bed",), staged=True),
    Room("kids-room", "Kids Room", ("kid bedroom", "children's room"), staged=True),
    Room("home-office", "Home Office", ("office",), staged=True),
    Room("hallway", "Hallway", staged=True),
    Room("bathroom", "Bathroom", staged=True),
    Room("shower", "Shower", staged=True),
    Room("toilet", "Toilet", staged=True),
    Room("nursery", "Nursery", staged=True),
    Room("powder-room", "Powder Room", staged=True),
    Room("private-office", "Private Office", staged=True),
    Room("study-room", "Study Room", ("study",), staged=True),
    Room("open-plan", "Open Plan", staged=True),
    Room("living-dining", "Living and Dining Room", ("open living and dining room", "dining + living room"), True),
    Room("studio", "Studio", staged=True),
    Room("family-room", "Family Room", staged=True),
    Room("reading-nook", "Reading Nook", staged=True),
    Room("sunroom", "Sunroom", staged=True),
    Room("walk-in-closet", "Walk-in Closet"),
    Room("mudroom", "Mudroom"),
    Room("toy-room", "Toy Room"),
    Room("game-room", "Game Room"),
    Room("foyer", "Foyer", ("entrance",), staged=True),
    Room("laundry-room", "Laundry Room"),
    Room("gym", "Gym", ("home gym",)),
    Room("spa-room", "Spa Room"),
    Room("basement", "Basement", staged=True),
    Room("garage", "Garage"),
    Room("home-bar", "Home Bar"),
    Room("cafe", "Cafe"),
    Room("balcony", "Balcony", staged=True),
    Room("terrace", "Terrace", staged=True),
    Room("patio", "Patio", ("back patio",), staged=True),
    Room("front-porch", "Front Porch", staged=True),
    Room("back-porch", "Back Porch", staged=True),
    Room("outdoor", "Outdoor"),
    Room("pergola", "Pergola", staged=True),
    Room("pool", "Pool"),
    Room("conference-room", "Conference Room"),
    Room("boardroom", "Boardroom"),
    Room("meeting-room", "Meeting Room"),
    Room("open-workspace", "Open Workspace"),
    Room("front-yard", "Front Yard"),
    Room("backyard", "Backyard"),
    Room("side-yard", "Side Yard"),
)
"""The rooms of every dialect; those of the Katalo dialect first. A word used for several rooms names one."""

STYLES: tuple[Style, ...] = (
    Style("modern", "Modern", "modern"),
    Style("scandinavian", "Scandinavian", "scandi"),
    Style("bohemian", "Bohemian", "boho"),
    Style("country", "Country", "country"),
    Style("industrial", "Industrial", "industrial"),
    Style("mediterranean", "Mediterranean", "mediterranean"),
    Style("luxury", "Luxury", "luxury", ("luxe modern",)),
    Style("eclectic", "Eclectic", "eclectic"),
    Style("japandi", "Japandi", "japandia"),
    Style("contemporary", "Contemporary"),
    Style("minimalist", "Minimalist"),
    Style("warm-minimalist", "Warm Minimalist"),
    Style("wabi-sabi", "Wabi-sabi"),
    Style("asian-zen", "Asian Zen"),
    Style("industrial-chic", "Industrial Chic"),
    Style("tuscan", "Tuscan"),
    Style("moroccan", "Moroccan"),
    Style("arabic", "Arabic"),
    Style("hollywood-regency", "Hollywood Regency"),
    Style("art-deco", "Art Deco"),
    Style("art-nouveau", "Art Nouveau"),
    Style("maximalist", "Maximalist"),
    Style("french-country", "French Country", aliases=("french",)),
    Style("farmhouse", "Farmhouse"),
    Style("modern-farmhouse", "Modern Farmhouse"),
    Style("rustic", "Rustic"),
    Style("cabin", "Cabin", aliases=("pyrenees",)),
    Style("coastal", "Coastal"),
    Style("coastal-grandmother", "Coastal Grandmother"),
    Style("tropical", "Tropical"),
    Style("mid-century-modern", "Mid-century modern", aliases=("mid-century", "midcentury")),
    Style("transitional", "Transitional"),
    Style("traditional", "Traditional"),
    Style("new-traditional", "New Traditional"),
    Style("neo-traditional", "Neo-traditional"),
    Style("european-classic", "European Classic"),
    Style("victorian", "Victorian"),
    Style("gothic", "Gothic"),
    Style("vintage", "Vintage"),
    Style("shabby-chic", "Shabby Chic"),
    Style("cottagecore", "Cottagecore"),
    Style("grandmillennial", "Grandmillennial"),
    Style("southwestern", "Southwestern"),
    Style("desert-modern", "Desert Modern"),
    Style("organic-modern", "Organic Modern"),
    Style("urban-modern", "Urban Modern"),
    Style("bauhaus", "Bauhaus"),
    Style("retro-futurism", "Retro-futurism"),
    Style("high-tech", "High-tech"),
    Style("global", "Global"),
    Style("standard", "Standard"),
)
"""The styles of every dialect; the nine presets of the Katalo dialect first."""

FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"living-room", "kitchen", "dining-room"}),
    frozenset({"bathroom", "shower", "toilet"}),
)
"""Rooms that may share one photo."""


def _folded(name: str) -> str:
    return name.casefold().translate(str.maketrans("", "", " _-"))


def _index(entries: Iterable[tuple[str, tuple[str, ...]]]) -> Mapping[str, str]:
    index: dict[str, str] = {}
    for slug, names in entries:
        for name in (slug, *names):
            if index.setdefault(_folded(name), slug) != slug:
                raise ValueError(f"the name {name!r} means two things")
    return index


_ROOM_BY_SLUG = {room.slug: room for room in ROOMS}
_STYLE_BY_SLUG = {style.slug: style for style in STYLES}
_ROOM_NAMES = _index((room.slug, (room.label, *room.aliases)) for room in ROOMS)
_STYLE_NAMES = _index((style.slug, (style.label, style.wire, *style.aliases)) for style in STYLES)


def room(name: str) -> Room | None:
    """The room a slug, label or alias names; None when there is none."""
    slug = _ROOM_NAMES.get(_folded(name))
    return _ROOM_BY_SLUG[slug] if slug else None


def style(name: str) -> Style | None:
    """The style a slug, label, preset id or alias names; None when there is none."""
    slug = _STYLE_NAMES.get(_folded(name))
    return _STYLE_BY_SLUG[slug] if slug else None


def staged_rooms() -> tuple[Room, ...]:
    """Rooms that can be furnished now."""
    return tuple(room for room in ROOMS if room.staged)


def presets() -> tuple[str, ...]:
    """The presets of the Katalo dialect, in its own order."""
    return tuple(style.preset for style in STYLES if style.preset)


def one_family(slugs: Iterable[str]) -> bool:
    """Whether these rooms may be asked for together: one room, or all within one family."""
    wanted = frozenset(slugs)
    return len(wanted) == 1 or any(wanted <= family for family in FAMILIES)

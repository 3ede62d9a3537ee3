"""Names of rooms, styles and operations."""

from __future__ import annotations

import pytest

from atelier.furnish.style_index import STYLE_SLUGS
from atelier.operations import OPERATIONS as OPERATIONS_OF_THE_ENGINE
from roomwright.domain import catalogue
from roomwright.domain.errors import OperationUnavailableError
from roomwright.domain.operations import OPERATIONS, available_operation

WIRE_ROOMS = {
    "living-room": "Living Room|livingroom|living room|Living room|living|living_room",
    "kitchen": "Kitchen",
    "dining-room": "Dining Room|diningroom|dining room|Dining room|dining|dining_room",
    "bedroom": "Bedroom|bed",
    "kids-room": "Kids Room|kidsroom|kids room|kids_room|kid_bedroom",
    "nursery": "",
    "bathroom": "Bathroom",
    "shower": "Shower",
    "toilet": "Toilet|powderroom",
    "powder-room": "powderroom",
    "home-office": "Home Office|office|home office|Office|home_office",
    "private-office": "privateoffice|Office",
    "study-room": "study_room",
    "open-plan": "openplan|open living and dining room|Dining + Living room",
    "living-dining": "openplan|open living and dining room|Dining + Living room",
    "studio": "",
    "family-room": "familyroom",
    "reading-nook": "readingnook",
    "sunroom": "",
    "walk-in-closet": "walkincloset",
    "mudroom": "",
    "toy-room": "toyroom",
    "game-room": "game room",
    "foyer": "Entrance",
    "hallway": "Hallway|Entrance",
    "laundry-room": "laundryroom|laundry room",
    "gym": "home gym",
    "spa-room": "spa room",
    "basement": "",
    "garage": "",
    "home-bar": "homebar",
    "cafe": "",
    "balcony": "Terrace|terrace",
    "terrace": "Terrace|outdoor",
    "patio": "back_patio|outdoor|Terrace|terrace",
    "front-porch": "front_porch",
    "back-porch": "back_porch",
    "outdoor": "",
    "pergola": "",
    "pool": "",
    "conference-room": "boardroom|conference room",
    "boardroom": "conference room",
    "meeting-room": "meetingroom|conference room",
    "open-workspace": "openworkspace",
    "front-yard": "front yard",
    "backyard": "",
    "side-yard": "side yard",
}  # fmt: skip
"""Every room of every dialect: our slug, and the words that the dialects send for it."""

WIRE_STYLES = {
    "modern": "Modern",
    "contemporary": "Contemporary",
    "minimalist": "Minimalist",
    "warm-minimalist": "warmminimalist",
    "scandinavian": "scandi|Scandinavian",
    "japandi": "japandia",
    "wabi-sabi": "wabi_sabi",
    "asian-zen": "asian_zen",
    "bohemian": "boho|Bohemian",
    "industrial": "Industrial",
    "industrial-chic": "industrialchic",
    "mediterranean": "Mediterranean",
    "tuscan": "",
    "moroccan": "",
    "arabic": "",
    "luxury": "luxemodern",
    "hollywood-regency": "hollywoodregency",
    "art-deco": "artdeco",
    "art-nouveau": "artnouveau",
    "eclectic": "",
    "maximalist": "",
    "country": "",
    "french-country": "frenchcountry|french",
    "farmhouse": "Farmhouse",
    "modern-farmhouse": "modernfarmhouse",
    "rustic": "Rustic",
    "cabin": "Pyrenees",
    "coastal": "Coastal",
    "coastal-grandmother": "coastalgrandmother",
    "tropical": "",
    "mid-century-modern": "midcenturymodern|mid-century|Mid-century modern|midcentury",
    "transitional": "",
    "traditional": "Traditional|standard",
    "new-traditional": "newtraditional",
    "neo-traditional": "neotraditional",
    "european-classic": "europeanclassic",
    "victorian": "",
    "gothic": "",
    "vintage": "",
    "shabby-chic": "shabbychic",
    "cottagecore": "",
    "grandmillennial": "",
    "southwestern": "",
    "desert-modern": "desertmodern",
    "organic-modern": "organicmodern",
    "urban-modern": "urbanmodern",
    "bauhaus": "",
    "retro-futurism": "retrofuturism",
    "high-tech": "high_tech",
    "global": "",
    "standard": "",
}  # fmt: skip


@pytest.mark.parametrize("slug", WIRE_ROOMS)
def test_every_dialects_rooms_are_known(slug: str) -> None:
    found = catalogue.room(slug)
    assert found is not None
    assert found.slug == slug
    for word in filter(None, WIRE_ROOMS[slug].split("|")):
        named = catalogue.room(word)
        assert named is not None, word
        assert word in {*WIRE_ROOMS[named.slug].split("|"), named.slug}, f"{word} does not mean {named.slug}"


@pytest.mark.parametrize("slug", WIRE_STYLES)
def test_every_dialects_styles_are_known(slug: str) -> None:
    found = catalogue.style(slug)
    assert found is not None
    assert found.slug == slug
    for word in filter(None, WIRE_STYLES[slug].split("|")):
        named = catalogue.style(word)
        assert named is not None, word
        assert word in {*WIRE_STYLES[named.slug].split("|"), named.slug}, f"{word} does not mean {named.slug}"


def test_the_engine_furnishes_every_style_and_every_room_that_is_offered() -> None:
    assert {style.slug for style in catalogue.STYLES} == set(STYLE_SLUGS) == set(WIRE_STYLES)
    assert {room.slug for room in catalogue.staged_rooms()} == OPERATIONS_OF_THE_ENGINE["stage"].rooms
    assert {room.slug for room in catalogue.ROOMS} == set(WIRE_ROOMS)


@pytest.mark.parametrize("room", catalogue.ROOMS, ids=lambda room: room.slug)
def test_every_name_of_a_room_finds_it(room: catalogue.Room) -> None:
    for name in (room.slug, room.label, room.label.upper(), room.slug.replace("-", "_"), room.slug.replace("-", "")):
        assert catalogue.room(name) == room
    for alias in room.aliases:
        assert catalogue.room(alias) == room


@pytest.mark.parametrize("style", catalogue.STYLES, ids=lambda style: style.slug)
def test_every_name_of_a_style_finds_it(style: catalogue.Style) -> None:
    for name in (style.slug, style.label, style.wire, style.wire.upper(), *style.aliases):
        assert catalogue.style(name) == style


@pytest.mark.parametrize("name", ["", " ", "dungeon", "living room 2", "../living-room"])
def test_other_names_find_nothing(name: str) -> None:
    assert catalogue.room(name) is None
    assert catalogue.style(name) is None


def test_katalos_own_rooms_and_presets_come_first() -> None:
    assert [style.preset for style in catalogue.STYLES[:9]] == list(catalogue.presets())
    assert all(style.preset is None and style.wire == style.slug for style in catalogue.STYLES[9:])
    labels = ["Living Room", "Kitchen", "Dining Room", "Bedroom", "Kids Room", "Home Office", "Hallway"]
    assert [room.label for room in catalogue.ROOMS[:7] if room.staged] == labels


@pytest.mark.parametrize(
    ("slugs", "together"),
    [
        (["bedroom"], True),
        (["living-room", "kitchen", "dining-room"], True),
        (["kitchen", "dining-room"], True),
        (["bathroom", "shower", "toilet"], True),
        (["bedroom", "living-room"], False),
        (["living-room", "bathroom"], False),
        (["living-room", "home-office"], False),
    ],
)
def test_families(slugs: list[str], together: bool) -> None:
    assert catalogue.one_family(slugs) is together


def test_operations_say_what_is_available() -> None:
    assert available_operation("stage").credits == 1
    for name in (*(name for name, operation in OPERATIONS.items() if not operation.available), "teleport"):
        with pytest.raises(OperationUnavailableError, match=r"Available: stage\."):
            available_operation(name)

"""Names of rooms, styles and operations."""

from __future__ import annotations

import pytest

from roomwright.domain import catalogue
from roomwright.domain.errors import OperationUnavailableError
from roomwright.domain.operations import OPERATIONS, available_operation


@pytest.mark.parametrize("room", catalogue.ROOMS, ids=lambda room: room.slug)
def test_every_name_of_a_room_finds_it(room: catalogue.Room) -> None:
    for name in (room.slug, room.label, room.label.upper(), room.slug.replace("-", "_"), room.slug.replace("-", "")):
        assert catalogue.room(name) == room
    for alias in room.aliases:
        assert catalogue.room(alias) == room


@pytest.mark.parametrize("style", catalogue.STYLES, ids=lambda style: style.slug)
def test_every_name_of_a_style_finds_it(style: catalogue.Style) -> None:
    for name in (style.slug, style.label, style.preset, style.preset.upper(), *style.aliases):
        assert catalogue.style(name) == style


@pytest.mark.parametrize("name", ["", " ", "dungeon", "living room 2", "../living-room"])
def test_other_names_find_nothing(name: str) -> None:
    assert catalogue.room(name) is None
    assert catalogue.style(name) is None


def test_what_is_staged_now() -> None:
    assert {room.slug for room in catalogue.staged_rooms()} == {"living-room", "bedroom", "dining-room", "home-office"}


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

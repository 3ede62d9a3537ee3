"""The table of what goes together, held to a second telling of the rules over every combination there is."""

from __future__ import annotations

import itertools
import typing
from pathlib import Path

import pytest

from roomwright.dialects.katalo import matrix
from roomwright.dialects.katalo.models import CreateGeneration, RegenerateGeneration
from roomwright.domain import catalogue
from roomwright.domain.errors import OperationUnavailableError, RoomwrightError, ValidationError
from roomwright.domain.operations import OPERATIONS

DOCUMENT = Path(__file__).parents[3] / "docs/api/katalo.md"
WORKFLOWS = ("staging", "pro_capture")
CAPTURES = ("photo", "panorama360", "floorplan")
MODES = (None, "furnish", "refurnish", "clean")
ROOMS: dict[str, list[str]] = {
    "none": [],
    "one": ["Living Room"],
    "family": ["Dining Room", "living_room"],
    "two families": ["Living Room", "Bathroom"],
    "unknown": ["Living Room", "Dungeon"],
    "not staged": ["Garage"],
}
STYLES: dict[str, str | None] = {"none": None, "preset": "scandi", "alias": "Scandinavian", "unknown": "brutalist"}
FURNISH = ("furnish", "refurnish")


def expected(workflow: str, capture: str, mode: str | None, rooms: str, style: str) -> set[str]:
    """The fields that are wrong, by the words of Katalo's documentation."""
    wrong = set()
    photo = (workflow, capture) == ("staging", "photo")
    if workflow == "pro_capture" and capture != "photo":
        return {"capture_type"}
    if photo == (mode is None):
        return {"mode"}
    furnished = mode in FURNISH or capture != "photo"
    if (mode in FURNISH and rooms == "none") or (not furnished and rooms != "none"):
        wrong.add("room_types")
    if furnished and rooms in ("two families", "unknown"):
        wrong.add("room_types")
    if (capture == "panorama360" and style == "none") or (not furnished and style != "none"):
        wrong.add("style_preset")
    if furnished and style == "unknown":
        wrong.add("style_preset")
    return wrong


@pytest.mark.parametrize("workflow", WORKFLOWS)
@pytest.mark.parametrize("capture", CAPTURES)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("rooms", ROOMS)
@pytest.mark.parametrize("style", STYLES)
def test_every_cell_of_the_product(workflow: str, capture: str, mode: str | None, rooms: str, style: str) -> None:
    wrong = expected(workflow, capture, mode, rooms, style)
    cells = [c for c in matrix.MATRIX if (c.workflow, c.capture_type, c.mode) == (workflow, capture, mode)]
    available = bool(cells) and OPERATIONS[cells[0].operation].available
    try:
        choice = matrix.choose(workflow, capture, mode, ROOMS[rooms], STYLES[style])
    except ValidationError as error:
        assert {part.split(":")[0].split("[")[0] for part in error.message.split("; ")} == wrong
    except OperationUnavailableError as error:
        assert not wrong
        assert not available or rooms == "not staged"
        assert "Available: " in error.message
    else:
        assert not wrong
        assert available
        assert choice.cell == cells[0]
        assert choice.rooms == {"none": (), "one": ("living-room",), "family": ("dining-room", "living-room")}[rooms]
        assert choice.style == (None if style == "none" else "scandinavian")


def test_every_problem_has_its_own_message_that_says_what_to_do() -> None:
    told = set()
    for row in itertools.product(WORKFLOWS, CAPTURES, MODES, ROOMS.values(), STYLES.values()):
        try:
            matrix.choose(*row)
        except RoomwrightError as error:
            told |= set(error.message.split("; ")) if isinstance(error, ValidationError) else set()
    for message in told:
        assert ": " in message, message
        ways = ("Send one of: ", "Leave it out", "Name at least one", "are: ", "must be of one family: ")
        assert any(way in message for way in ways), message
    kinds = {
        ("mode", "required"), ("mode", "not allowed"), ("room_types", "required"), ("room_types", "not allowed"),
        ("room_types[1]", "unknown"), ("room_types", "family"), ("style_preset", "required"),
        ("style_preset", "not allowed"), ("style_preset", "unknown"), ("capture_type", "not offered"),
    }  # fmt: skip
    for field, word in kinds:
        assert any(message.startswith(f"{field}:") and word in message for message in told), (field, word)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        matrix.choose("staging", "photo", "clean", ["Kitchen"], "modern")
    assert "room_types: not allowed" in caught.value.message
    assert "style_preset: not allowed" in caught.value.message


def test_names_that_only_the_table_would_see_are_refused_too() -> None:
    for row in (("paint", "photo", None), ("staging", "video", None), ("staging", "photo", "dream")):
        with pytest.raises(ValidationError, match="Send one of: "):
            matrix.find(*row)


def values(field: str) -> set[str]:
    """What the request's model takes."""
    annotation = CreateGeneration.model_fields[field].annotation
    parts = typing.get_args(annotation)
    return {v for part in parts for v in (typing.get_args(part) or (part,)) if isinstance(v, str)}


def test_the_request_takes_exactly_what_the_table_has() -> None:
    assert values("workflow") == {cell.workflow for cell in matrix.MATRIX} == set(WORKFLOWS)
    assert values("capture_type") == {cell.capture_type for cell in matrix.MATRIX} == set(CAPTURES)
    assert values("mode") == {cell.mode for cell in matrix.MATRIX if cell.mode} == set(MODES) - {None}
    assert {name for cell in matrix.MATRIX for name in cell.overrides} == set(RegenerateGeneration.model_fields)
    assert {cell.operation for cell in matrix.MATRIX} <= set(OPERATIONS)


def test_the_nine_presets_are_katalos_own() -> None:
    nine = ["modern", "scandi", "boho", "country", "industrial", "mediterranean", "luxury", "eclectic", "japandia"]
    assert list(catalogue.presets()) == nine


def test_the_documentation_has_this_table() -> None:
    _, _, rest = DOCUMENT.read_text("utf-8").partition("<!-- the table of dialects/katalo/matrix.py -->\n")
    table, _, _ = rest.partition("<!-- end of the table -->")
    assert table == matrix.markdown(), f"put this into {DOCUMENT.name}:\n{matrix.markdown()}"

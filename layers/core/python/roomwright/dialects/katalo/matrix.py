"""Which fields of a Katalo request go together: one table that validates, documents itself and fills /capabilities.

Source: Katalo's documentation of POST /generations. Where it is silent the cell says "unverified".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from roomwright.domain import catalogue
from roomwright.domain.errors import OperationUnavailableError, ValidationError
from roomwright.domain.operations import OPERATIONS


class Need(StrEnum):
    """What a request must do about a field."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    FORBIDDEN = "not allowed"


_ALWAYS = ("include_alternates", "reference", "metadata", "webhook", "seed", "hints")
_FURNISHED = (*_ALWAYS, "room_types", "style_preset")


@dataclass(frozen=True)
class Cell:
    """One kind of generation: what it is asked for by, and what else its request holds."""

    workflow: str
    capture_type: str
    mode: str | None
    """None where the workflow and the capture type say it all: then a request must not name one"""
    operation: str
    room_types: Need
    style_preset: Need
    overrides: tuple[str, ...]
    """what a regenerate may change (unverified: the documentation only says that it depends on the parent)"""

    @property
    def name(self) -> str:
        """For messages."""
        mode = f" and mode '{self.mode}'" if self.mode else ""
        return f"workflow '{self.workflow}' with capture_type '{self.capture_type}'{mode}"

    @property
    def available(self) -> bool:
        return OPERATIONS[self.operation].available


MATRIX: tuple[Cell, ...] = (
    Cell("staging", "photo", "furnish", "stage", Need.REQUIRED, Need.OPTIONAL, _FURNISHED),
    Cell("staging", "photo", "refurnish", "stage", Need.REQUIRED, Need.OPTIONAL, _FURNISHED),
    # unverified: rooms are "required unless clean" and come back empty; whether sending them is refused is not said
    Cell("staging", "photo", "clean", "clear", Need.FORBIDDEN, Need.FORBIDDEN, _ALWAYS),
    Cell("staging", "panorama360", None, "panorama", Need.OPTIONAL, Need.REQUIRED, _FURNISHED),
    # unverified: rooms and style of floor plans, and of pro_capture
    Cell("staging", "floorplan", None, "floorplan", Need.OPTIONAL, Need.OPTIONAL, _FURNISHED),
    Cell("pro_capture", "photo", None, "enhance", Need.FORBIDDEN, Need.FORBIDDEN, _ALWAYS),
)


@dataclass(frozen=True)
class Choice:
    """A valid combination, in the domain's words."""

    cell: Cell
    rooms: tuple[str, ...]
    """slugs in the order given, each once"""
    style: str | None


def choose(
    workflow: str, capture_type: str, mode: str | None, room_types: Sequence[str], style_preset: str | None
) -> Choice:
    """What these fields ask for together.

    Raises ValidationError (every field that is wrong, and what to send instead), and OperationUnavailableError for a
    request that is right but cannot be done in this version (what can).
    """
    cell = find(workflow, capture_type, mode)
    problems = [*_needs(cell, room_types, style_preset)]
    rooms = [catalogue.room(name) for name in room_types]
    style = catalogue.style(style_preset) if style_preset is not None else None
    if cell.room_types is not Need.FORBIDDEN:
        problems += _room_problems(rooms)
    if cell.style_preset is not Need.FORBIDDEN and style_preset is not None and style is None:
        known = ", ".join(style.wire for style in catalogue.STYLES)
        problems.append(f"style_preset: unknown preset. Presets are: {known}")
    if problems:
        raise ValidationError("; ".join(problems))
    known_rooms = tuple(dict.fromkeys(room for room in rooms if room))
    _require_available(cell, known_rooms)
    return Choice(cell, tuple(room.slug for room in known_rooms), style.slug if style else None)


def find(workflow: str, capture_type: str, mode: str | None) -> Cell:
    """Raises ValidationError for a workflow, capture type and mode that do not go together."""
    captures = [cell for cell in MATRIX if cell.workflow == workflow]
    cells = [cell for cell in captures if cell.capture_type == capture_type]
    if not captures:
        raise ValidationError(f"workflow: unknown. Send one of: {_listed(cell.workflow for cell in MATRIX)}")
    if not cells:
        offered = _listed(cell.capture_type for cell in captures)
        raise ValidationError(f"capture_type: not offered for workflow '{workflow}'. Send one of: {offered}")
    modes = [cell.mode for cell in cells if cell.mode]
    pair = f"workflow '{workflow}' with capture_type '{capture_type}'"
    if modes and mode is None:
        raise ValidationError(f"mode: required for {pair}. Send one of: {_listed(modes)}")
    if not modes and mode is not None:
        raise ValidationError(f"mode: not allowed for {pair}. Leave it out")
    for cell in cells:
        if cell.mode == mode:
            return cell
    raise ValidationError(f"mode: unknown. Send one of: {_listed(modes)}")


def _needs(cell: Cell, room_types: Sequence[str], style_preset: str | None) -> Iterator[str]:
    if cell.room_types is Need.REQUIRED and not room_types:
        yield f"room_types: required for {cell.name}. Name at least one room, such as 'Living Room'"
    if cell.room_types is Need.FORBIDDEN and room_types:
        yield f"room_types: not allowed for {cell.name}. Leave it out"
    if cell.style_preset is Need.REQUIRED and style_preset is None:
        yield f"style_preset: required for {cell.name}. Send one of: {', '.join(catalogue.presets())}"
    if cell.style_preset is Need.FORBIDDEN and style_preset is not None:
        yield f"style_preset: not allowed for {cell.name}. Leave it out"


def _room_problems(rooms: Sequence[catalogue.Room | None]) -> Iterator[str]:
    unknown = [f"[{position}]" for position, room in enumerate(rooms) if room is None]
    if unknown:
        known = ", ".join(room.label for room in catalogue.ROOMS)
        yield f"room_types{unknown[0]}: unknown room{_more(unknown)}. Rooms are: {known}"
    elif rooms and not catalogue.one_family(room.slug for room in rooms if room):
        families = " · ".join(
            ", ".join(room.label for room in catalogue.ROOMS if room.slug in family) for family in catalogue.FAMILIES
        )
        yield f"room_types: several rooms must be of one family: {families}"


def _more(positions: Sequence[str]) -> str:
    return f" (as {', '.join(positions[1:])})" if len(positions) > 1 else ""


def _require_available(cell: Cell, rooms: Sequence[catalogue.Room]) -> None:
    if not cell.available:
        offered = "; ".join(cell.name for cell in MATRIX if cell.available)
        raise OperationUnavailableError(f"{cell.name} is not available in this version. Available: {offered}.")
    missing = [room.label for room in rooms if not room.staged]
    if missing:
        offered = ", ".join(room.label for room in catalogue.staged_rooms())
        raise OperationUnavailableError(
            f"room_types: staging {', '.join(missing)} is not available in this version. Available: {offered}."
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def markdown() -> str:
    """The table of the documentation."""
    heads = ("workflow", "capture_type", "mode", "room_types", "style_preset", "operation", "regenerate may change")
    rows = [
        (
            f"`{cell.workflow}`",
            f"`{cell.capture_type}`",
            f"`{cell.mode}`" if cell.mode else Need.FORBIDDEN.value,
            cell.room_types.value,
            cell.style_preset.value,
            f"{cell.operation}{'' if cell.available else ' (not available yet)'}",
            ", ".join(f"`{name}`" for name in cell.overrides),
        )
        for cell in MATRIX
    ]
    lines = [heads, ("---",) * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)

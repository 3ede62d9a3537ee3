"""What can be done to a photo, what class of change it is, and whether this version does it.

Validation, capabilities and documentation read this one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from roomwright.domain.errors import OperationUnavailableError


class ChangeClass(StrEnum):
    """What kind of change an operation makes to the property as shown; disclosure rules speak of these."""

    COSMETIC = "cosmetic"
    MOVABLE = "movable"
    OBJECT_REMOVAL = "object-removal"
    GENERATED = "generated"


@dataclass(frozen=True)
class Operation:
    """`credits` is what one successful job costs."""

    name: str
    summary: str
    change: ChangeClass
    available: bool
    credits: int = 1


_ALL = (
    Operation("stage", "furnish the room of one photo", ChangeClass.MOVABLE, available=True),
    Operation("clear", "remove the furniture from a photo", ChangeClass.OBJECT_REMOVAL, available=False),
    Operation("panorama", "furnish a 360° panorama", ChangeClass.MOVABLE, available=False),
    Operation("floorplan", "picture a floor plan", ChangeClass.GENERATED, available=False),
    Operation("enhance", "correct exposure, colour and perspective", ChangeClass.COSMETIC, available=False),
)

OPERATIONS: Mapping[str, Operation] = {operation.name: operation for operation in _ALL}


def available_operation(name: str) -> Operation:
    """The operation of that name. Raises OperationUnavailableError naming what is available."""
    operation = OPERATIONS.get(name)
    if operation is None or not operation.available:
        offered = ", ".join(o.name for o in _ALL if o.available)
        raise OperationUnavailableError(f"The operation {name} is not available in this version. Available: {offered}.")
    return operation

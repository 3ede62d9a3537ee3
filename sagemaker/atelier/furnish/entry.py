"""What the table of pieces says about one kind of piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from atelier.furnish.pieces.common import Builder, Size

SizeClass = Literal["S", "M", "L"]
Category = Literal[
    "seating", "table", "bed", "storage", "lighting", "plant", "textile", "decor", "office", "bath", "outdoor"
]  # fmt: skip
Rooms = tuple[str, ...]

LIVING, BED, DINING, OFFICE = "living-room", "bedroom", "dining-room", "home-office"
KIDS, HALL, KITCHEN, BATH, TERRACE = "kids-room", "hallway", "kitchen", "bathroom", "terrace"
ALL: Rooms = (LIVING, BED, DINING, OFFICE)


@dataclass(frozen=True)
class CatalogueEntry:
    """One kind of piece. sizes are (width, depth, height) in metres for S, M, L; M is the default.

    surface_m: height of the top that smaller things can stand on (None: nothing stands on it; a negative
    value means that far below the piece's own top, 0 its very top). mount: where it stands by itself.
    """

    piece: str
    category: Category
    name: str
    sizes: tuple[Size, Size, Size]
    rooms: Rooms
    builder: Builder
    surface_m: float | None = None
    mount: Literal["floor", "surface", "wall", "ceiling"] = "floor"
    tolerance: float = 0.12

    def size(self, size_class: SizeClass = "M") -> Size:
        return self.sizes["SML".index(size_class)]

    def surface(self, size: Size) -> float | None:
        """Height above its own floor at which something may stand on this piece."""
        if self.surface_m is None:
            return None
        return self.surface_m if self.surface_m > 0 else size[2] + self.surface_m

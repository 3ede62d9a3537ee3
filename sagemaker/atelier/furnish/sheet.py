"""Contact sheets of the catalogue: every distinct piece on a turntable, and one corner of a room per style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from atelier.furnish.catalogue import CATALOGUE
from atelier.furnish.inventory import Piece, inventory
from atelier.furnish.materials import material
from atelier.furnish.preview import Studio
from atelier.furnish.scene import furnish
from atelier.furnish.shapes import box, finish
from atelier.furnish.style_index import style
from atelier.model import U8, Placement, Scene

CELL = 88
AZIMUTHS = (25.0, 115.0, 205.0)
COLUMNS = 6
STYLES = ("modern", "country", "mid-century-modern", "japandi", "luxury", "bohemian", "coastal", "art-deco")
"""whose colours the pieces wear in turn."""
WANTED_BYTES = 600_000


def turntable(piece: Piece, slug: str) -> U8:
    """One piece from three sides, side by side, its name printed above. (CELL + 12, 3 · CELL, 3)."""
    made = piece.built(slug)
    w, d, h = made.size_m
    studio = Studio(Scene(made.meshes, {m.material: material(m.material) for m in made.meshes}))
    reach = 0.5 * float(np.sqrt(w * w + d * d + h * h))
    flat = h < 0.05
    rise = 38.0 if flat else 15.0
    distance = reach / (0.2 if flat else 0.235)
    views = [studio.look(CELL, a, np.array([0, 0, h * 0.5]), distance, rise=rise) for a in AZIMUTHS]
    image = np.full((CELL + 12, CELL * len(views), 3), 245, np.uint8)
    image[12:] = np.hstack(views)
    label = piece.role if piece.form is None else f"{piece.role}: {piece.form}"
    return np.asarray(cv2.putText(image, label, (3, 9), cv2.FONT_HERSHEY_SIMPLEX, 0.32, (40, 40, 40), 1, cv2.LINE_AA))


def draw_pieces(out: Path, at_most: int | None = None) -> int:
    """Write one picture per piece to `out`, going on where a run before stopped; how many are still missing."""
    out.mkdir(parents=True, exist_ok=True)
    missing = [(k, p) for k, p in enumerate(inventory()) if not _file(out, p).exists()]
    for k, piece in missing[:at_most]:
        image = turntable(piece, STYLES[k % len(STYLES)])
        cv2.imwrite(str(_file(out, piece)), cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    return max(0, len(missing) - (len(missing) if at_most is None else at_most))


def _file(out: Path, piece: Piece) -> Path:
    return out / f"{piece.role}.{piece.form or 'only'}.png"


def contact_sheet(out: Path) -> Path:
    """All pictures of `out` on one page, `furniture.jpg`, no larger than WANTED_BYTES. Raises OSError for none."""
    files = [_file(out, p) for p in inventory()]
    cells = [cv2.imdecode(np.fromfile(f, np.uint8), cv2.IMREAD_COLOR) for f in files if f.exists()]
    if not cells:
        raise FileNotFoundError(f"no pictures in {out}")
    return page([np.asarray(c, np.uint8) for c in cells if c is not None], COLUMNS, out / "furniture.jpg")


def page(cells: list[U8], columns: int, path: Path) -> Path:
    """Cells of one size (BGR) on one sheet, as good a JPEG as WANTED_BYTES allow."""
    cells = cells + [np.full_like(cells[0], 245)] * (-len(cells) % columns)
    page = np.vstack([np.hstack(cells[i : i + columns]) for i in range(0, len(cells), columns)])
    for quality in (88, 80, 72, 64, 56, 48, 40, 32, 24):
        data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
        if len(data) <= WANTED_BYTES:
            break
    path.write_bytes(data)
    return path


ROOM = (("sofa", 0.15, 0.52, 0.0), ("coffee-table", 0.1, -0.75, 0.0), ("lounge-chair", -1.55, -0.45, 62.0),
        ("floor-lamp", 1.55, 0.62, 0.0), ("plant-large", -1.5, 0.62, 0.0), ("rug", 0.0, -0.45, 0.0))  # fmt: skip
"""A corner that every style furnishes: role, x, y, yaw; the wall stands at y = 1."""
WALL = "paint/dcd8d0"
VIGNETTE = (300, 205)


def vignette(slug: str) -> U8:
    """One corner of a room in the style, with its name. (h, w, 3)."""
    things = [Placement(role, CATALOGUE[role].size("M"), x, y, 0.0, yaw) for role, x, y, yaw in ROOM]
    rug = next(k for k, p in enumerate(things) if p.piece == "rug")
    things = [replace(p, on=rug) if p.piece == "coffee-table" else p for p in things]
    w, d, h = 1.30, 0.035, 0.80
    things.append(Placement("art", (w, d, h), 0.15, 0.97, 1.12))
    things.append(Placement("curtain", CATALOGUE["curtain"].size("M"), -1.95, 0.93, 0.0))
    scene = furnish(things, slug, 0)
    shell = [box(7.0, 0.05, 2.9, WALL).moved(0, 1.025, 1.45)]
    walls = finish("wall", "wall", (7.0, 0.05, 2.9), shell).meshes[0]
    walls = replace(walls, vertices=walls.vertices + np.array([0, 1.025, 0], np.float32))
    studio = Studio(Scene((*scene.meshes, walls), {**scene.materials, WALL: material(WALL)}))
    wide, high = VIGNETTE
    image = studio.look(wide, 8.0, np.array([0.0, 0.2, 1.02]), 7.6, rays=3, rise=7.0)
    top = (wide - high) // 2
    cut = np.ascontiguousarray(image[top : top + high])
    cut[:15] = 245
    name = style(slug).name
    return np.asarray(cv2.putText(cut, name, (4, 11), cv2.FONT_HERSHEY_SIMPLEX, 0.38, (30, 30, 30), 1, cv2.LINE_AA))


def draw_styles(out: Path, slugs: Sequence[str]) -> Path:
    """`styles.jpg`: one corner per style, five in a row; what a run before has drawn is kept."""
    out.mkdir(parents=True, exist_ok=True)
    cells = []
    for slug in slugs:
        file = out / f"style.{slug}.png"
        if not file.exists():
            cv2.imwrite(str(file), cv2.cvtColor(vignette(slug), cv2.COLOR_RGB2BGR))
        cells.append(cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_COLOR))
    return page([np.asarray(c, np.uint8) for c in cells if c is not None], 5, out / "styles.jpg")

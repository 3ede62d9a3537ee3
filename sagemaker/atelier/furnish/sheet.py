"""A contact sheet of the catalogue: `python -m atelier.furnish.sheet OUT.png [--style modern] [--pieces sofa,bed]`."""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from atelier.furnish.catalogue import CATALOGUE
from atelier.furnish.preview import Studio
from atelier.furnish.scene import furnish
from atelier.model import U8, Placement


def picture(piece: str, style: str, size: int, azimuth: float, seed: int = 0) -> U8:
    """One piece (its top left bare) with its name and dimensions printed under it."""
    entry = CATALOGUE[piece]
    w, d, h = entry.size("M")
    scene = furnish([Placement(piece, (w, d, h), 0, 0)], style, seed)
    top = max(float(m.vertices[:, 2].max()) for m in scene.meshes)
    reach = 0.5 * float(np.sqrt(w * w + d * d + top * top))
    rise = 32.0 if piece == "rug" else 16.0
    image = Studio(scene).look(size, azimuth, np.array([0, 0, top * 0.47]), reach / 0.245, rise=rise)
    label = f"{style} {piece}  {w * 100:.0f} x {d * 100:.0f} x {h * 100:.0f} cm"
    return np.asarray(
        cv2.putText(image, label, (8, size - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.38, (40, 40, 40), 1, cv2.LINE_AA)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--style", default="modern", help="one slug or several with commas")
    parser.add_argument("--pieces", default=",".join(CATALOGUE))
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--azimuth", type=float, default=28.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--columns", type=int, default=5)
    a = parser.parse_args()
    cells = [picture(p, s, a.size, a.azimuth, a.seed) for s in a.style.split(",") for p in a.pieces.split(",")]
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % a.columns)
    rows = [np.hstack(cells[i : i + a.columns]) for i in range(0, len(cells), a.columns)]
    cv2.imwrite(str(a.out), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


if __name__ == "__main__":
    main()

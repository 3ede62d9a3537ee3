"""Render the example photo: an empty living room that exists only in numbers.

Run from the repository's root: python examples/make.py
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / folder) for folder in ("sagemaker", "layers/core/python")]

from atelier.synth import Fixture, RoomParams, synthetic_room  # noqa: E402

LIVING_ROOM = RoomParams(
    polygon=((-2.35, -0.9), (2.55, -0.9), (2.55, 4.9), (-2.35, 4.9)),
    fixtures=(
        Fixture("window", 1, 2.1, 3.7, 0.75, 2.2),
        Fixture("window", 1, 4.25, 5.35, 0.75, 2.2),
        Fixture("window", 1, 0.2, 1.5, 0.75, 2.2),
        Fixture("door", 2, 3.55, 4.41, 0.0, 2.03),
    ),
    ceiling_m=2.62,
    focal_ratio=0.53,
    camera_height_m=1.28,
    yaw_deg=9.0,
    shift=-0.05,
    aspect=1067 / 1600,
    wall_colour=(0.74, 0.725, 0.69),
    seed=7,
)


def main() -> None:
    room = synthetic_room(LIVING_ROOM, width=1600, supersample=2)
    Image.fromarray(room.rgb).save(HERE / "empty-living-room.jpg", quality=93, subsampling=0)


if __name__ == "__main__":
    main()

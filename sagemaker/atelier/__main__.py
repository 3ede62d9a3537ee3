"""`python -m atelier explain photo.jpg out/`: one picture per stage of how a photo was staged, or refused."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from atelier.explain import explain
from atelier.operations import OPERATIONS


def main() -> int:
    """Run the command line; 0 when the room was staged, 1 when it was refused."""
    parser = argparse.ArgumentParser(prog="atelier")
    command = parser.add_subparsers(dest="command", required=True).add_parser("explain")
    command.add_argument("photo", type=Path)
    command.add_argument("out", type=Path, help="folder for the pictures and numbers.json")
    command.add_argument("--room", default="living-room", choices=sorted(OPERATIONS["stage"].rooms))
    command.add_argument("--style", default="modern")
    command.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    numbers = explain(given.photo.read_bytes(), given.out, given.room, given.style, given.seed)
    return 1 if "refused" in numbers else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m atelier explain photo.jpg out/`: one picture per stage of how a photo was staged, or refused.
`python -m atelier bench --out out/`: how well rooms are understood and furnished whose truth is known.
`python -m atelier catalogue out/`: every piece of furniture on a turntable, and one corner of a room per style.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from atelier.bench.draw import write_report
from atelier.bench.fit import fit, write
from atelier.bench.run import measure_rooms
from atelier.bench.speed import MEGAPIXELS, measure_speed
from atelier.explain import explain
from atelier.furnish.sheet import contact_sheet, draw_pieces, draw_styles
from atelier.furnish.style_table import OWN
from atelier.operations import OPERATIONS
from atelier.weights import Weights


def main() -> int:
    """Run the command line; 1 when a photo was refused or a benchmark is not complete yet, else 0."""
    parser = argparse.ArgumentParser(prog="atelier")
    commands = parser.add_subparsers(dest="command", required=True)
    _explain_arguments(commands.add_parser("explain", help="one picture per stage of one photo"))
    _bench_arguments(commands.add_parser("bench", help="measure perception and layout on synthetic rooms"))
    _catalogue_arguments(commands.add_parser("catalogue", help="contact sheets of the furniture and the styles"))
    _speed_arguments(commands.add_parser("speed", help="measure seconds and memory of whole jobs"))
    given = parser.parse_args()
    return int(given.run(given))


def _explain_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("photo", type=Path)
    command.add_argument("out", type=Path, help="folder for the pictures and numbers.json")
    command.add_argument("--room", default="living-room", choices=sorted(OPERATIONS["stage"].rooms))
    command.add_argument("--style", default="modern")
    command.add_argument("--seed", type=int, default=0)
    command.set_defaults(run=_explain)


def _bench_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--rooms", type=int, default=200)
    command.add_argument("--seed", type=int, default=0, help="number of the first room")
    command.add_argument("--out", type=Path, required=True, help="folder for rooms.jsonl, numbers.json and plots")
    command.add_argument("--at-most", type=int, help="measure only this many more rooms; run again to go on")
    command.add_argument("--fit", action="store_true", help="fit the gate's model to these rooms and write it")
    command.set_defaults(run=_bench)


def _catalogue_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("out", type=Path, help="folder for furniture.jpg, styles.jpg and one picture per piece")
    command.add_argument("--at-most", type=int, help="draw only this many more pieces; run again to go on")
    command.set_defaults(run=_catalogue)


def _catalogue(given: argparse.Namespace) -> int:
    missing = draw_pieces(given.out, given.at_most)
    contact_sheet(given.out)
    if missing:
        return 1
    draw_styles(given.out, [own.slug for own in OWN])
    return 0


def _speed_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("photo", type=Path)
    command.add_argument("--out", type=Path, required=True, help="folder for speed.json")
    command.add_argument("--megapixels", type=float, nargs="+", default=MEGAPIXELS)
    command.add_argument("--diffusion", action="store_true", help="compare with an SDXL pass (needs diffusers, 12 GB)")
    command.set_defaults(run=_speed)


def _explain(given: argparse.Namespace) -> int:
    numbers = explain(given.photo.read_bytes(), given.out, given.room, given.style, given.seed)
    return 1 if "refused" in numbers else 0


def _speed(given: argparse.Namespace) -> int:
    measure_speed(given.photo.read_bytes(), given.out, tuple(given.megapixels), given.diffusion)
    return 0


def _bench(given: argparse.Namespace) -> int:
    seeds = range(given.seed, given.seed + given.rooms)
    rows = measure_rooms(seeds, given.out, Weights(), given.at_most)
    if given.fit:
        write(fit(list(rows.values())))
    write_report(list(rows.values()), given.out)
    return 0 if len(rows) == given.rooms else 1


if __name__ == "__main__":
    sys.exit(main())

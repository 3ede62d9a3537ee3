"""`python3 -m local <command>`: see README.md."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from local import admin, layers, stack, stage, suite
from local.console import Console
from local.install import Installer
from local.layout import Layout, LocalRunError, check_machine, layout
from local.settings import load_settings
from local.supervisor import base_environment


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command → the exit status."""
    options = _parser().parse_args(arguments)
    console, place = Console(), layout()
    try:
        check_machine()
        return int(options.run(place, console, options))
    except LocalRunError as error:
        console.warn(f"\n{error}")
        return 1
    except KeyboardInterrupt:
        console.warn("\nStopped. What was started keeps running; `python3 -m local down` ends it.")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m local", description="Roomwright on this machine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("stage", help="stage one photo, all the way through the local AWS")
    one.add_argument("photo", nargs="?", type=Path, metavar="PHOTO", help="default: examples/empty-living-room.jpg")
    one.add_argument("--room", default="living-room", help="room slug (default: living-room)")
    one.add_argument("--style", default="modern", help="style slug (default: modern)")
    one.add_argument("--seed", type=int, help="another seed, another layout")
    one.add_argument("--alternates", action="store_true", help="a second picture, if one is approved")
    one.add_argument("--hints", type=Path, metavar="FILE", help="JSON: what is known of the room (docs/api/katalo.md)")
    one.add_argument("--out", type=Path, metavar="DIR", help="default: out/<photo's name>/")
    one.add_argument("--open", action="store_true", help="show the before and after when it is there")
    one.set_defaults(run=_stage)

    up = commands.add_parser("up", help="start the local AWS, deploy, start the engine")
    up.add_argument("--allow-host", action="append", metavar="HOST:PORT", help="let webhooks and source URLs go there")
    up.set_defaults(run=_up)
    commands.add_parser("down", help="stop everything that was started").set_defaults(run=_down)
    logs = commands.add_parser("logs", help="the last lines of every log")
    logs.add_argument("-n", "--lines", type=int, default=40)
    logs.set_defaults(run=_logs)
    status = commands.add_parser("status", help="what runs, where, and with which key")
    status.add_argument("--json", action="store_true")
    status.set_defaults(run=_status)

    operator = commands.add_parser("admin", help="create_tenant, grant_credits, issue_key, set_plan or read_tenant")
    operator.add_argument("action", metavar="ACTION")
    operator.add_argument("arguments", nargs="?", default="{}", metavar="JSON")
    operator.set_defaults(run=_admin)

    build = commands.add_parser("build", help="build the Lambda layers")
    build.add_argument("--target", choices=sorted(layers.TARGETS), default="host")
    build.set_defaults(run=_build)
    commands.add_parser("test", help="everything CI runs").set_defaults(run=_test)
    commands.add_parser("openapi", help="write docs/api/openapi.json anew").set_defaults(run=_openapi)
    explain = commands.add_parser("explain", help="one picture for each stage of the engine, with its numbers")
    explain.add_argument("photo", type=Path, metavar="PHOTO")
    explain.add_argument("--room", default="living-room")
    explain.add_argument("--style", default="modern")
    explain.add_argument("--seed", type=int, default=0)
    explain.add_argument("--out", type=Path, metavar="DIR", help="default: out/<photo's name>-explained/")
    explain.set_defaults(run=_explain)
    return parser


def _stage(place: Layout, console: Console, options: argparse.Namespace) -> int:
    photo = stage.find_photo(place, options.photo)
    with stack.exclusive(place, console):
        stack.up(place, console)
    out = options.out or place.root / "out" / photo.stem
    wish = stage.Wish(photo, options.room, options.style, options.seed, out, options.alternates, options.hints)
    return stage.run(place, console, wish, show=options.open)


def _up(place: Layout, console: Console, options: argparse.Namespace) -> int:
    with stack.exclusive(place, console):
        stack.up(place, console, options.allow_host)
    console.say("Ready")
    return _print_status(place, console)


def _down(place: Layout, console: Console, options: argparse.Namespace) -> int:  # noqa: ARG001
    with stack.exclusive(place, console):
        stack.down(place, console)
    return 0


def _logs(place: Layout, console: Console, options: argparse.Namespace) -> int:
    stack.logs(place, console, options.lines)
    return 0


def _status(place: Layout, console: Console, options: argparse.Namespace) -> int:
    if options.json:
        console.plain(json.dumps(stack.status(place), indent=2))
        return 0
    return _print_status(place, console)


def _admin(place: Layout, console: Console, options: argparse.Namespace) -> int:
    arguments = admin.parse(options.arguments)
    result = admin.administer(place, load_settings(place.settings), options.action, arguments)
    console.plain(json.dumps(result, indent=2))
    return 0


def _print_status(place: Layout, console: Console) -> int:
    for name, value in stack.status(place).items():
        if name in {"outputs", "webhook_secret"}:
            continue
        parts = [f"{k} {v}" for k, v in value.items()] if isinstance(value, dict) else value
        text = ", ".join(parts) if isinstance(parts, list) else parts
        console.plain(f"{name.replace('_', ' '):>22}  {text}")
    return 0


def _build(place: Layout, console: Console, options: argparse.Namespace) -> int:
    with stack.exclusive(place, console):
        installer = Installer(place, console)
        installer.ensure(["runtime"], node=False, weights=False)
        console.plain(str(layers.build(options.target, place, installer, console)))
    return 0


def _test(place: Layout, console: Console, options: argparse.Namespace) -> int:  # noqa: ARG001
    with stack.exclusive(place, console):
        suite.prepare(place, console)
    return suite.run(place, console)


def _openapi(place: Layout, console: Console, options: argparse.Namespace) -> int:  # noqa: ARG001
    with stack.exclusive(place, console):
        Installer(place, console).ensure(["test"], node=False, weights=False)
    command = [str(place.python("test")), "-m", "local.openapi"]
    return subprocess.run(command, cwd=place.root, env=dict(suite.environment(place)), check=False).returncode


def _explain(place: Layout, console: Console, options: argparse.Namespace) -> int:
    photo = stage.find_photo(place, options.photo)
    with stack.exclusive(place, console):
        Installer(place, console).ensure(["engine"], node=False, weights=True)
    out = options.out or place.root / "out" / f"{photo.stem}-explained"
    command = [str(place.python("engine")), "-m", "atelier", "explain", str(photo), str(out.resolve())]
    command += ["--room", options.room, "--style", options.style, "--seed", str(options.seed)]
    env = {
        **base_environment(),
        "PYTHONPATH": str(place.root / "layers" / "core" / "python"),
        "ROOMWRIGHT_WEIGHTS_DIR": str(place.weights),
        "WARP_CACHE_PATH": str(place.tools / "warp"),
    }
    return subprocess.run(command, cwd=place.root / "sagemaker", env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

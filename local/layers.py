"""Build the Lambda layers: ours as it is, and the pinned packages for the machine they will run on."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from local.console import Console
from local.files import digest, read_json, write_json
from local.install import PYTHON, Installer
from local.layout import Layout

TARGETS: dict[str, tuple[str, ...]] = {
    "host": (),
    "lambda": ("--python-platform", "aarch64-manylinux_2_28", "--python-version", "3.13", "--only-binary", ":all:"),
}
"""`host` is this machine and this Python; `lambda` the runtime python3.13 on arm64"""
PACKAGES = {"dependencies": "requirements/functions.txt", "imaging": "requirements/imaging.txt"}


def build(target: str, layout: Layout, installer: Installer, console: Console) -> Path:
    """Make `build/layers/<target>/<layer>/python` for every layer that changed → the folder of layers."""
    folder = layout.root / "build" / "layers" / target
    for layer, requirements in PACKAGES.items():
        made_from = digest([layout.root / requirements], target, PYTHON if target == "host" else "")
        stamp = folder / f"{layer}.json"
        if read_json(stamp).get("made_from") == made_from and (folder / layer / "python").is_dir():
            continue
        console.say(f"Building the {layer} layer for {target}")
        fresh = _fresh(folder / f".{layer}")
        installer.install_target(f"layer-{layer}", fresh / "python", [requirements], TARGETS[target])
        _trim(fresh / "python")
        if target == "host":
            _compile(installer_python(layout), fresh / "python")
        _swap(fresh, folder / layer)
        write_json(stamp, {"made_from": made_from})
    _copy_core(layout, folder)
    return folder


def installer_python(layout: Layout) -> Path:
    return layout.python("runtime")


def _copy_core(layout: Layout, folder: Path) -> None:
    """Our own code, copied so that byte code of other Pythons does not come along."""
    source, stamp = layout.root / "layers" / "core" / "python", folder / "core.json"
    made_from = digest([source])
    if read_json(stamp).get("made_from") == made_from and (folder / "core").is_dir():
        return
    fresh = _fresh(folder / ".core")
    shutil.copytree(source, fresh / "python", ignore=shutil.ignore_patterns("__pycache__"))
    _swap(fresh, folder / "core")
    write_json(stamp, {"made_from": made_from})


def _trim(python: Path) -> None:
    """Leave out what an import never reads and what differs from one build to the next."""
    for path in [*python.rglob("__pycache__"), python / "bin"]:
        shutil.rmtree(path, ignore_errors=True)
    for path in [*python.rglob("*.dist-info/RECORD"), *python.rglob("*.dist-info/direct_url.json"), python / ".lock"]:
        path.unlink(missing_ok=True)


def _compile(interpreter: Path, python: Path) -> None:
    """Byte code that is valid by its own word: the emulator unpacks a layer anew and would compile it each time."""
    subprocess.run(
        [str(interpreter), "-m", "compileall", "-q", "-j", "2", "--invalidation-mode", "unchecked-hash", str(python)],
        check=False,
        capture_output=True,
    )


def _fresh(path: Path) -> Path:
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def _swap(fresh: Path, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    fresh.rename(place)

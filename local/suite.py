"""`python3 -m local test`: everything CI runs, in one environment, with a stack of its own for the end-to-end tests."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence

from local import layers
from local.console import Console
from local.install import FOR_STACK, Installer
from local.layout import STATE_VARIABLE, Layout
from local.supervisor import base_environment

TORCH = "requirements/torch.txt"
DIFFUSION = "requirements/diffusion.txt"
IMPORT_ROOTS = (".", "layers/core/python", "sagemaker")
MARKERS = "not emulator"
BESIDE, LAST = "types", "end to end"


def prepare(place: Layout, console: Console) -> None:
    """Install everything the suite needs."""
    installer = Installer(place, console)
    installer.ensure([*FOR_STACK, "test"], node=True, weights=True)
    installer.add_with_pip("test", TORCH, hashed=False)
    installer.add_with_pip("test", DIFFUSION)
    layers.build("host", place, installer, console)


def steps(place: Layout) -> dict[str, list[str]]:
    """Name → command, in order."""
    python = str(place.python("test"))
    tool = str(place.python("test").parent)
    pytest = [python, "-m", "pytest", "-q"]
    return {
        "style": [f"{tool}/ruff", "check"],
        "format": [f"{tool}/ruff", "format", "--check"],
        "types": [f"{tool}/mypy"],
        "imports": [f"{tool}/lint-imports"],
        "tests": [*pytest, "-n", "2", "--dist", "loadfile", "-m", MARKERS, "tests"],
        "end to end": [*pytest, "tests/e2e"],
    }


def environment(place: Layout) -> Mapping[str, str]:
    tools = os.pathsep.join([str(place.python("test").parent), os.environ.get("PATH", "")])
    return {
        **base_environment(),
        "PATH": tools,
        "PYTHONPATH": os.pathsep.join(str(place.root / part) for part in IMPORT_ROOTS),
        "AWS_DEFAULT_REGION": "us-east-1",
        "ROOMWRIGHT_WEIGHTS_DIR": str(place.weights),
        "WARP_CACHE_PATH": str(place.tools / "warp"),
        STATE_VARIABLE: str(place.tools / "test-stack"),
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def run(place: Layout, console: Console) -> int:
    """Run every step, the failed ones too, so that one run tells all → the exit status.

    Types are checked beside the end-to-end tests, which wait for the local AWS most of the time, and on what
    processor time those leave: nobody waits for types.
    """
    results: dict[str, tuple[int, float]] = {}
    commands = steps(place)
    beside = commands.pop(BESIDE)
    for name, command in commands.items():
        console.say(f"── {name}")
        began = time.monotonic()
        if name != LAST:
            results[name] = (_run(place, command), time.monotonic() - began)
            continue
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                ["nice", "-n", "19", *beside],
                cwd=place.root,
                env=dict(environment(place)),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            results[name] = (_run(place, command), time.monotonic() - began)
            code = process.wait()
            output.seek(0)
            console.say(f"── {BESIDE}")
            console.plain(output.read().decode(errors="replace"))
            results[BESIDE] = (code, time.monotonic() - began)
    console.plain("")
    for name, (code, seconds) in results.items():
        console.plain(f"{'ok    ' if code == 0 else 'FAILED'} {name} ({seconds:.0f} s)")
    return max(1 if code else 0 for code, _ in results.values())


def _run(place: Layout, command: Sequence[str]) -> int:
    return subprocess.run(
        command, cwd=place.root, env=dict(environment(place)), stdin=subprocess.DEVNULL, check=False
    ).returncode

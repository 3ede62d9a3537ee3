"""The same room, furniture and seed give the same picture in another process: no network and no weights needed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from atelier.certificate import encode_png
from atelier.composite import composite
from atelier.furnish import furnish
from atelier.light import extent_of, fit_light
from atelier.model import Photo
from atelier.plan import plan
from atelier.render import job, render
from tests.unit.atelier.box_room import HEIGHT, WIDTH, box_room

pytestmark = pytest.mark.engine

ROOT = Path(__file__).resolve().parents[3]
_SIZE = (200, 133)


def staged_png(seed: int, threads: int) -> str:
    """SHA-256 of staged.png: a bedroom planned, built, lit, rendered and composited at the size of a thumbnail."""
    room = box_room()
    grey = np.random.default_rng(0).integers(150, 190, (HEIGHT, WIDTH, 1))
    small = np.broadcast_to(grey, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    photo = Photo(np.asarray(cv2.resize(small, _SIZE), np.uint8), small, 1.0)
    scene = furnish(plan(room, ["bedroom"], "modern", seed)[0].placements, "modern", seed)
    job.THREADS = threads
    layers = render(scene, room, fit_light(photo, room, extent_of(scene)), *_SIZE, 4, seed, lambda *_: None)
    return hashlib.sha256(encode_png(composite(photo, room, layers).rgb)).hexdigest()


def elsewhere(seed: int, threads: int, hashing: str) -> str:
    code = f"from tests.unit.atelier.test_same_bytes import staged_png; print(staged_png({seed}, {threads}))"
    path = os.pathsep.join(map(str, (ROOT, ROOT / "layers/core/python", ROOT / "sagemaker")))
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": hashing},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return answer.stdout.strip().splitlines()[-1]


def test_another_process_with_other_hashes_and_threads_gives_the_same_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "THREADS", job.THREADS)  # put back what staged_png sets
    assert elsewhere(7, 3, "1") == staged_png(7, 1)

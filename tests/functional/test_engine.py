"""The real engine on the project's own example photo: from bytes to certified pictures."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from atelier.certificate import certify
from atelier.pipeline import Atelier
from atelier.result import Staged
from atelier.weights import Weights
from engine_contract import EngineRequest, FailureCode, ObjectRef

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "empty-living-room.jpg"
_WIDTH = 640

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(not Weights().available(), reason="NO MODEL WEIGHTS: `python3 -m local up` fetches them"),
]


def small_photo() -> bytes:
    with Image.open(EXAMPLE) as image:
        small = image.resize((_WIDTH, round(image.height * _WIDTH / image.width)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "PNG")
    return out.getvalue()


def request(**changes: object) -> EngineRequest:
    base: dict[str, object] = {
        "job_id": "job_1",
        "operation": "stage",
        "source": ObjectRef(bucket="b", key="k"),
        "output_prefix": ObjectRef(bucket="b", key="p/"),
        "room_types": ["living-room"],
        "style": "modern",
        "seed": 7,
    }
    return EngineRequest.model_validate(base | changes)


def stage_hashes(seed: int) -> dict[str, str]:
    """SHA-256 of every file of the first candidate, for comparison across processes."""
    done = Atelier().run(request(seed=seed), small_photo(), lambda *_: None)
    assert done.failure is None, done.failure
    return {name: hashlib.sha256(f.body).hexdigest() for name, f in done.pictures[0].files.items()}


@pytest.fixture(scope="module")
def done() -> Staged:
    return Atelier().run(request(), small_photo(), lambda *_: None)


def _decoded(body: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(body)) as image:
        return np.asarray(image)


def test_the_example_is_staged_and_approved(done: Staged) -> None:
    assert done.failure is None, done.failure
    picture = done.pictures[0]
    assert picture.approved
    assert all(c.passed for c in picture.checks)
    names = {p.piece for p in picture.pieces}
    assert "rug" in names
    assert names & {"sofa", "loveseat", "sofa-sectional"}
    assert set(done.seconds) >= {"perceive", "plan", "furnish", "light", "render", "composite", "check"}


def test_the_certificate_holds_for_the_files_as_published(done: Staged) -> None:
    picture = done.pictures[0]
    assert done.source is not None
    source, staged = _decoded(done.source.body), _decoded(picture.files["staged_png"].body)
    mask = _decoded(picture.files["changed_mask_png"].body) > 0
    assert certify(source, staged, mask) == picture.certificate
    assert picture.certificate.pixels_identical == picture.certificate.pixels_outside
    assert 0.2 < picture.certificate.pixels_outside / picture.certificate.pixels < 0.95
    assert (source != staged).any(-1).mean() > 0.05


def test_another_process_gives_the_same_bytes(done: Staged) -> None:
    code = "import json; from tests.functional.test_engine import stage_hashes; print(json.dumps(stage_hashes(7)))"
    path = os.pathsep.join(map(str, (ROOT, ROOT / "layers/core/python", ROOT / "sagemaker")))
    answer = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": path},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=500,
    )
    there = json.loads(answer.stdout.strip().splitlines()[-1])
    here = {name: hashlib.sha256(f.body).hexdigest() for name, f in done.pictures[0].files.items()}
    assert there == here


@pytest.mark.parametrize(
    ("changes", "code", "offered"),
    [
        ({"operation": "clear"}, FailureCode.OPERATION_UNAVAILABLE, "stage"),
        ({"room_types": ["garage"]}, FailureCode.ROOM_NOT_STAGEABLE, "living-room"),
        ({"room_types": []}, FailureCode.ROOM_NOT_STAGEABLE, "living-room"),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_can(changes: dict[str, object], code: str, offered: str) -> None:
    refused = Atelier().run(request(**changes), b"never read", lambda *_: None)
    assert refused.failure is not None
    assert refused.failure.code == code
    assert offered in refused.failure.hint


def test_bytes_that_are_no_photo_are_refused() -> None:
    refused = Atelier().run(request(), b"\xff\xd8 not a photo", lambda *_: None)
    assert refused.failure is not None
    assert refused.failure.code == FailureCode.SOURCE_UNREADABLE


def test_a_wall_is_not_a_room() -> None:
    out = io.BytesIO()
    noise = np.random.default_rng(0).integers(118, 128, (400, 600, 3)).astype(np.uint8)
    Image.fromarray(noise).save(out, "PNG")
    refused = Atelier().run(request(), out.getvalue(), lambda *_: None)
    assert refused.failure is not None
    assert refused.failure.code in {FailureCode.ROOM_NOT_UNDERSTOOD, FailureCode.ROOM_NOT_STAGEABLE}
    assert refused.failure.hint

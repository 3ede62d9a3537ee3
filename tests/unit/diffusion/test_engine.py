"""The diffusion engine behind the contract, on the example room and a pipeline of random weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from atelier.photo import load_photo
from atelier.weights import WeightsMissingError
from diffusion.engine import Diffusion
from diffusion.loading import MODEL_DIR
from engine_contract import EngineRequest, FailureCode, ObjectRef

EXAMPLE = Path(__file__).parents[3] / "examples" / "empty-living-room.jpg"


def request(operation: str = "stage", seed: int = 1) -> EngineRequest:
    where = ObjectRef(bucket="media", key="tenants/t/jobs/j/")
    return EngineRequest(
        job_id="job_1",
        operation=operation,
        source=where,
        output_prefix=where,
        room_types=["living-room"],
        style="scandi",
        seed=seed,
    )


def test_without_weights_it_refuses_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MODEL_DIR, raising=False)
    failure = Diffusion().run(request(), EXAMPLE.read_bytes(), lambda *_: None).failure
    assert failure is not None
    assert failure.code is FailureCode.WEIGHTS_MISSING
    assert MODEL_DIR in failure.message


@pytest.mark.torch
@pytest.mark.engine
@pytest.mark.filterwarnings("ignore::FutureWarning:diffusers")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_it_paints_inside_its_mask_and_certifies_the_rest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed: the diffusion engine is not exercised")
    from tests.unit.diffusion.tiny import save_tiny_inpaint_pipeline

    save_tiny_inpaint_pipeline(tmp_path)
    monkeypatch.setenv(MODEL_DIR, str(tmp_path))
    engine = Diffusion(steps=1)
    try:
        engine.warm()
    except WeightsMissingError as error:
        pytest.skip(f"perception weights are absent: {error}")
    stages: list[str] = []
    staged = engine.run(request(), EXAMPLE.read_bytes(), lambda stage, _: stages.append(stage))
    assert staged.failure is None
    assert stages == ["perceive", "paint"]
    picture = staged.pictures[0]
    assert picture.approved
    assert picture.certificate.pixels_identical == picture.certificate.pixels_outside
    assert picture.jpeg_certificate, "the example is a JPEG"
    source = load_photo(EXAMPLE.read_bytes()).rgb
    painted = load_photo(picture.files["staged_png"].body).rgb
    differs = (source != painted).any(-1)
    assert 0.05 < np.mean(differs) < 0.9
    assert picture.certificate.pixels - picture.certificate.pixels_outside >= differs.sum()
    unknown = engine.run(request("sky"), EXAMPLE.read_bytes(), lambda *_: None)
    assert unknown.failure is not None
    assert unknown.failure.code is FailureCode.OPERATION_UNAVAILABLE

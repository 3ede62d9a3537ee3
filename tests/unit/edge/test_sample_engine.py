"""Test keys' engine: a picture nobody can mistake for a staged one, and an honest certificate."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine_contract import EngineRequest, EngineResult, ObjectRef
from roomwright.adapters.sample_engine import LONGEST, SampleEngine, certify
from roomwright.domain.job import JobStatus
from roomwright.usecases.finish_job import finish_job
from roomwright.usecases.resume_job import resume_job
from roomwright.usecases.start_inference import start_inference
from tests.fakes import make
from tests.fakes.make import HOUR, TENANT
from tests.fakes.ports import START, FakeClock, MemoryBlobs, MemoryMachine
from tests.fakes.store import MemoryStores
from tests.unit.edge import pictures

SOURCE, PREFIX = "tenants/t/sources/src.jpg", "tenants/t/jobs/job/"


@dataclass
class Notices:
    sent: list[Mapping[str, object]] = field(default_factory=list)

    def send(self, message: Mapping[str, object]) -> None:
        self.sent.append(message)


def run(source: bytes | None, seed: int = 0, alternates: int = 0) -> tuple[EngineResult, MemoryBlobs]:
    blobs, notices = MemoryBlobs(), Notices()
    if source is not None:
        blobs.objects[SOURCE] = source
    request = EngineRequest(
        job_id="job",
        operation="stage",
        source=ObjectRef(bucket="media", key=SOURCE),
        output_prefix=ObjectRef(bucket="media", key=PREFIX),
        seed=seed,
        alternates=alternates,
    )
    SampleEngine(blobs, notices).start(request, "ten/job")
    ((message),) = notices.sent
    assert (message["invocationStatus"], message["inferenceId"]) == ("Completed", "ten/job")
    return EngineResult.model_validate_json(blobs.objects["inference/results/ten/job.json"]), blobs


def pixels(blobs: MemoryBlobs, name: str) -> np.ndarray:
    with Image.open(io.BytesIO(blobs.objects[PREFIX + name])) as picture:
        return np.asarray(picture)


def test_the_files_are_the_engines_and_the_certificate_is_counted() -> None:
    result, blobs = run(pictures.encoded(pictures.gradient(), "PNG"))
    (candidate,) = result.candidates
    assert set(candidate.artifacts) == {"staged_png", "staged_jpg", "before_after_jpg", "changed_mask_png"}
    photo, staged, mask = (pixels(blobs, f"{name}.png") for name in ("source", "staged", "changed_mask"))
    assert np.array_equal(photo, np.asarray(pictures.gradient()))
    outside = mask == 0
    same = (photo == staged).all(-1)
    proof = candidate.certificate
    assert proof.pixels_identical == int((same & outside).sum()) == proof.pixels_outside == int(outside.sum())
    assert 0.7 * mask.size < outside.sum() < 0.9 * mask.size
    assert proof.source_sha256 == pixel_hash(photo)
    assert proof.staged_sha256 == pixel_hash(staged)
    assert proof.mask_sha256 == pixel_hash((mask // 255).astype(np.uint8))
    for artifact in candidate.artifacts.values():
        assert hashlib.sha256(blobs.objects[artifact.key]).hexdigest() == artifact.sha256


def pixel_hash(array: np.ndarray) -> str:
    """The definition, once more: width and height (8 bytes each, big-endian), then the bytes."""
    height, width = array.shape[:2]
    return hashlib.sha256(width.to_bytes(8) + height.to_bytes(8) + array.tobytes()).hexdigest()


def test_a_certificate_counts_what_really_changed() -> None:
    photo = pictures.gradient()
    staged, mask = photo.copy(), Image.new("L", photo.size, 0)
    staged.putpixel((3, 4), (1, 2, 3))
    staged.putpixel((5, 6), (255, 255, 255))
    mask.putpixel((5, 6), 255)
    proof = certify(photo, staged, mask)
    assert proof.pixels_outside - proof.pixels_identical == 1
    assert proof.pixels - proof.pixels_outside == 1


@pytest.mark.parametrize("size", [(256, 256), (256, 1600), (3000, 256), (800, 600)])
def test_the_banner_says_sample_in_any_shape(size: tuple[int, int]) -> None:
    """The word is white on a dark ground and spans a good part of the picture, whatever its shape."""
    white = pictures.encoded(Image.new("RGB", size, "white"), "PNG")
    _, blobs = run(white)
    staged, mask = pixels(blobs, "staged.png").astype(int), pixels(blobs, "changed_mask.png")
    banner = staged[mask == 255].reshape(-1, mask.shape[1], 3)
    letters = (banner[: round(len(banner) * 0.7)] > 240).all(-1)
    ground = banner[~(banner > 140).any(-1)]
    assert len(ground) > 0.4 * banner.shape[0] * banner.shape[1]
    columns, rows = np.flatnonzero(letters.any(0)), np.flatnonzero(letters.any(1))
    height = rows[-1] - rows[0]
    assert height >= 0.09 * mask.shape[0] or columns[-1] - columns[0] >= 0.7 * mask.shape[1]
    assert columns[0] > 0 and columns[-1] < mask.shape[1] - 1, "nothing of the word is cut off"


def test_the_same_request_gives_the_same_bytes_and_another_seed_another_picture() -> None:
    source = pictures.encoded(pictures.gradient(), "JPEG")
    first, again, other = (run(source, seed)[1].objects for seed in (1, 1, 2))
    assert first == again
    assert first[PREFIX + "staged.png"] != other[PREFIX + "staged.png"]


def test_alternates_are_other_pictures_in_folders_of_their_own() -> None:
    result, blobs = run(pictures.encoded(pictures.gradient(), "JPEG"), alternates=1)
    primary, alternate = result.candidates
    assert alternate.artifacts["staged_png"].key == f"{PREFIX}alternate-1/staged.png"
    assert primary.artifacts["staged_png"].sha256 != alternate.artifacts["staged_png"].sha256
    assert blobs.objects.keys() >= {a.key for c in result.candidates for a in c.artifacts.values()}


def test_a_missing_source_is_a_failure_with_a_way_on() -> None:
    result, blobs = run(None)
    assert result.failure
    assert result.failure.code == "source_unreadable"
    assert list(blobs.objects) == ["inference/results/ten/job.json"]


def test_a_test_keys_job_goes_through_the_whole_line() -> None:
    stores, blobs, machine, notices = MemoryStores(), MemoryBlobs(), MemoryMachine(), Notices()
    stores.create_tenant(make.account(live=False, plan="test"))
    store = stores.tenant(TENANT)
    asset = make.asset()
    asset = store.finish_asset(make.ready(store.put_asset(asset)[0]), START + HOUR)[0]
    assert asset.key
    blobs.objects[asset.key] = pictures.encoded(pictures.gradient(), "JPEG")
    job = make.job(live=False, credits=0)
    spec = replace(job.spec, source_asset_id=asset.source_asset_id)
    job = store.admit(replace(job, spec=spec)).job
    assert store.acquire_slot(job.job_id, START + HOUR, START)
    engines = {False: SampleEngine(blobs, notices)}
    start_inference(stores, blobs, engines.__getitem__, FakeClock(), 900, TENANT, job.job_id, "token")
    assert resume_job(stores, machine, dict(notices.sent[0]))
    ((token, output),) = machine.resumed
    done = finish_job(stores, blobs, FakeClock(), TENANT, job.job_id, output["output_location"])
    assert (token, done.status, store.account().spent) == ("token", JobStatus.SUCCEEDED, 0)
    assert done.outputs[0].artifacts["staged_jpg"].endswith(f"{job.job_id}/staged.jpg")


LARGE = """
import resource, sys
from roomwright.adapters import sample_engine
data = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(sample_engine._photo(data).size, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts the peak in Linux's unit")
def test_a_large_photo_is_held_in_memory_once_at_most(tmp_path: Path) -> None:
    """20 megapixels (60 MB) of a PNG, which has to be decoded whole."""
    path = tmp_path / "large"
    path.write_bytes(pictures.encoded(Image.new("RGB", (5500, 3700), (90, 120, 150)), "PNG", compress_level=1))
    command = [sys.executable, "-c", LARGE, str(path)]
    done = subprocess.run(  # noqa: S603 - this interpreter
        command, capture_output=True, text=True, check=True, timeout=60, env={"PYTHONPATH": "layers/core/python"}
    )
    size, peak = done.stdout.rsplit(" ", 1)
    assert size == f"({LONGEST}, {round(LONGEST * 3700 / 5500)})"
    assert int(peak) < 85

"""What an engine answers is outside input: only what it proved about this very job is published."""

from __future__ import annotations

from typing import Any

import pytest

from engine_contract import EngineResult, FailureCode
from roomwright.domain.errors import NotFoundError
from roomwright.domain.job import Job, JobStatus, Output, Piece
from roomwright.domain.keys import job_prefix
from roomwright.domain.limits import MAX_RESULT_BYTES
from roomwright.usecases.finish_job import finish_job
from tests.fakes import engine, make
from tests.fakes.make import HOUR, TENANT
from tests.fakes.ports import START, FakeClock, MemoryBlobs
from tests.fakes.store import MemoryStores

JOB_ID = make.job().job_id
PREFIX = job_prefix(TENANT, JOB_ID)
KEY = "inference/results/x.out"


class Line:
    """One running job."""

    def __init__(self, *, include_alternates: bool = False) -> None:
        self.stores, self.blobs, self.clock = MemoryStores(), MemoryBlobs(), FakeClock()
        self.stores.create_tenant(make.account())
        store, job = self.stores.tenant(TENANT), make.job()
        changed = {**job.spec.__dict__, "include_alternates": include_alternates}
        store.admit(make.job(spec=type(job.spec)(**changed)))
        store.acquire_slot(JOB_ID, START + HOUR, START)
        store.mark_running(JOB_ID, "token", START + HOUR, START)

    def finish(self, answer: bytes | None, location: str = f"s3://media/{KEY}") -> Job:
        if answer is not None:
            self.blobs.objects[KEY] = answer
        return finish_job(self.stores, self.blobs, self.clock, TENANT, JOB_ID, location)


def code(job: Job) -> str | None:
    return job.failure.code if job.failure else None


def test_an_approved_picture_is_published_with_its_manifest() -> None:
    line = Line()
    job = line.finish(answer := engine.result(JOB_ID, PREFIX))
    assert job.status is JobStatus.SUCCEEDED
    keys = {"staged_png": f"{PREFIX}a/staged_png", "staged_jpg": f"{PREFIX}a/staged_jpg"}
    sofa = Piece("sofa", "two-seater", (1.62, 0.8, 0.75), (-0.412, 3.2, 0.0), 90.0, ("#aabbcc",))
    assert job.outputs == (Output("primary", keys, (sofa,)),)
    assert (job.manifest_key, job.source_key) == (PREFIX + "manifest.json", PREFIX + "source.png")
    manifest = EngineResult.model_validate_json(line.blobs.objects[PREFIX + "manifest.json"])
    assert manifest == EngineResult.model_validate_json(answer)


@pytest.mark.parametrize(("wanted", "roles"), [(False, ["primary"]), (True, ["primary", "alternate"])])
def test_at_most_one_alternate_and_only_when_asked(wanted: bool, roles: list[str]) -> None:
    candidates = [engine.candidate(PREFIX, name, approved=name != "a") for name in "abcd"]
    job = Line(include_alternates=wanted).finish(engine.result(JOB_ID, PREFIX, candidates))
    assert [o.role for o in job.outputs] == roles
    assert job.outputs[0].artifacts["staged_png"] == f"{PREFIX}b/staged_png", "the best that was approved"


def scored(name: str, score: float, *, approved: bool = True) -> dict[str, Any]:
    return {**engine.candidate(PREFIX, name, approved=approved), "score": score}


def published(job: Job) -> list[str]:
    """The folders of the outputs, primary first."""
    return [output.artifacts["staged_png"].removeprefix(PREFIX).split("/")[0] for output in job.outputs]


@pytest.mark.parametrize(("wanted", "folders"), [(False, ["c"]), (True, ["c", "d"])])
def test_the_best_approved_are_published_whatever_order_they_come_in(wanted: bool, folders: list[str]) -> None:
    candidates = [scored("a", 0.4), scored("b", 0.99, approved=False), scored("c", 0.9), scored("d", 0.7)]
    line = Line(include_alternates=wanted)
    job = line.finish(engine.result(JOB_ID, PREFIX, candidates))
    assert published(job) == folders
    manifest = EngineResult.model_validate_json(line.blobs.objects[PREFIX + "manifest.json"])
    kept = {c.artifacts["staged_png"].key.removeprefix(PREFIX).split("/")[0]: c.reasons for c in manifest.candidates}
    assert list(kept) == ["b", "c", "d", "a"], "best first"
    assert kept["b"] == ["a chair floats"]
    assert all(("scored higher" in " ".join(kept[name])) == (name not in folders) for name in "acd")


def test_a_score_that_is_no_number_comes_last() -> None:
    answer = engine.result(JOB_ID, PREFIX, [scored("a", 0.5), scored("b", 0.6)])
    job = Line().finish(answer.replace(b'"score":0.6', b'"score":NaN'))
    assert published(job) == ["a"]


def test_a_candidate_without_proof_stays_private_and_says_so() -> None:
    broken = {**scored("a", 0.9), "certificate": engine.candidate(PREFIX, identical=89)["certificate"]}
    line = Line(include_alternates=True)
    assert published(line.finish(engine.result(JOB_ID, PREFIX, [broken, scored("b", 0.5)]))) == ["b"]
    manifest = EngineResult.model_validate_json(line.blobs.objects[PREFIX + "manifest.json"])
    assert [c.approved for c in manifest.candidates] == [False, True]
    assert "does not prove" in manifest.candidates[0].reasons[0]


@pytest.mark.parametrize(
    "certificate",
    [
        {"pixels_identical": 89},
        {"pixels_identical": 91},
        {"pixels_outside": 101, "pixels_identical": 101},
        {"pixels_outside": -1, "pixels_identical": -1},
    ],
)
def test_no_picture_without_proof_that_the_room_is_unchanged(certificate: dict[str, int]) -> None:
    candidate = engine.candidate(PREFIX)
    candidate["certificate"] |= certificate
    line = Line()
    job = line.finish(engine.result(JOB_ID, PREFIX, [candidate]))
    assert code(job) == "checks_failed"
    assert PREFIX + "manifest.json" not in line.blobs.objects


@pytest.mark.parametrize(("identical", "told"), [(80, None), (79, "checks_failed")])
def test_a_jpeg_that_claims_to_be_unchanged_has_to_prove_it(identical: int, told: str | None) -> None:
    candidate = engine.candidate(PREFIX)
    proof = {"pixels_outside": 80, "pixels_identical": identical}
    candidate["jpeg_certificate"] = candidate["certificate"] | proof
    assert code(Line().finish(engine.result(JOB_ID, PREFIX, [candidate]))) == told


def test_refused_candidates_say_why() -> None:
    job = Line().finish(engine.result(JOB_ID, PREFIX, [engine.candidate(PREFIX, approved=False)]))
    assert job.failure
    assert "a chair floats" in job.failure.message
    assert job.failure.hint


@pytest.mark.parametrize("said", FailureCode)
def test_every_failure_of_an_engine_becomes_the_jobs_with_its_hint(said: FailureCode) -> None:
    job = Line().finish(engine.failure(JOB_ID, said.value))
    assert job.failure
    assert (job.failure.code, job.failure.hint) == (said.value, "Show the floor.")


def elsewhere(key: str) -> bytes:
    candidate = engine.candidate(PREFIX)
    candidate["artifacts"]["staged_png"]["key"] = key
    return engine.result(JOB_ID, PREFIX, [candidate])


def with_artifacts(*kept: str) -> bytes:
    candidate = engine.candidate(PREFIX)
    mask = {**candidate["artifacts"]["staged_png"], "key": f"{PREFIX}a/changed_mask.png"}
    artifacts = {"changed_mask_png": mask}
    return engine.result(JOB_ID, PREFIX, [{**candidate, "artifacts": {name: artifacts[name] for name in kept}}])


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"{",
        b"[]",
        b'{"schema":"roomwright.engine.v2"}',
        b"\xff\xfe",
        engine.result("job_other", PREFIX),
        elsewhere("tenants/ten_other/jobs/x/a.png"),
        elsewhere(PREFIX + "../other/a.png"),
        elsewhere(PREFIX.rstrip("/") + "-else/a.png"),
        engine.result(JOB_ID, PREFIX, source={"key": "uploads/x", "content_type": "image/png", "sha256": engine.SHA}),
        with_artifacts(),
        with_artifacts("changed_mask_png"),
        b" " * (MAX_RESULT_BYTES + 1),
    ],
    ids=range(14),
)
def test_an_answer_that_is_not_about_this_job_fails_it(answer: bytes | None) -> None:
    line = Line()
    job = line.finish(answer)
    assert (job.status, code(job)) == (JobStatus.FAILED, "engine_error")
    assert line.stores.tenant(TENANT).account().available == 10


@pytest.mark.parametrize("location", ["", f"s3://other/{KEY}", "s3://media/tenants/x", KEY, "s3://media/inference/"])
def test_only_the_endpoints_own_place_is_read(location: str) -> None:
    assert code(Line().finish(engine.result(JOB_ID, PREFIX), location)) == "engine_error"


@pytest.mark.parametrize(("error", "expected"), [("States.Timeout", "timeout"), ("EngineCrashed", "engine_error")])
def test_an_error_of_the_state_machine_ends_the_job_and_keeps_its_cause_inside(error: str, expected: str) -> None:
    line = Line()
    cause: dict[str, Any] = {"Error": error, "Cause": "arn:aws:secret"}
    job = finish_job(line.stores, line.blobs, line.clock, TENANT, JOB_ID, error=cause)
    assert code(job) == expected
    assert "arn:aws" not in repr(job)


def test_a_job_that_ended_stays_as_it_is_and_no_manifest_appears() -> None:
    line = Line()
    first = finish_job(line.stores, line.blobs, line.clock, TENANT, JOB_ID, error={"Error": "X"})
    assert line.finish(engine.result(JOB_ID, PREFIX)) == first
    assert PREFIX + "manifest.json" not in line.blobs.objects


def test_an_unknown_job_is_refused() -> None:
    with pytest.raises(NotFoundError):
        finish_job(MemoryStores(), MemoryBlobs(), FakeClock(), TENANT, JOB_ID)

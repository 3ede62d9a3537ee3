"""The steps of the line that the store's contract does not cover by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from roomwright.domain import errors, ids, limits
from roomwright.domain.job import AssetStatus, Job, JobSpec, JobStatus, SourceAsset
from roomwright.ports import FetchError
from roomwright.usecases import create_source_asset as create
from roomwright.usecases.dispatch_jobs import dispatch_jobs
from roomwright.usecases.ingest_source import ingest_source, upload_arrived
from roomwright.usecases.resume_job import resume_job
from roomwright.usecases.start_inference import start_inference
from roomwright.usecases.submit_generation import job_id_for, submit_generation
from roomwright.usecases.sweep_jobs import sweep_jobs
from tests.fakes import engine, make
from tests.fakes.make import HOUR, OTHER, TENANT
from tests.fakes.ports import (
    START,
    FakeClock,
    FakeFetcher,
    FakeImaging,
    MemoryBlobs,
    MemoryEngine,
    MemoryMachine,
    MemoryQueue,
)
from tests.fakes.store import MemoryStores

SPEC = JobSpec("stage", "", room_types=("bedroom",), style="modern", seed=7, include_alternates=True)


class Line:
    """One tenant and everything it needs."""

    def __init__(self) -> None:
        self.stores, self.blobs, self.clock, self.machine = MemoryStores(), MemoryBlobs(), FakeClock(), MemoryMachine()
        self.stores.create_tenant(make.account())
        self.store = self.stores.tenant(TENANT)
        self.fetcher, self.later = FakeFetcher(), MemoryQueue()

    def submit(self, key: str = "k", **options: Any) -> Job:
        options = {"source_bytes": b"photo", "fingerprint": "f", "spec": SPEC, **options}
        return submit_generation(
            self.stores, self.blobs, self.clock, make.principal(), idempotency_key=key, **options
        ).job

    def ingest(self, asset: SourceAsset) -> SourceAsset:
        return ingest_source(self.stores, self.blobs, self.fetcher, FakeImaging(), self.clock, TENANT, asset.ingest_id)

    def asset_of(self, job: Job) -> SourceAsset:
        asset = self.store.asset(ids.ingest_id(job.spec.source_asset_id))
        assert asset
        return asset

    def running(self, **changes: Any) -> Job:
        job = self.submit(**changes)
        self.ingest(self.asset_of(job))
        dispatch_jobs(self.stores, self.machine, self.clock, TENANT)
        asked, token = MemoryEngine(), "token-1"
        return start_inference(self.stores, self.blobs, lambda _: asked, self.clock, 900, TENANT, job.job_id, token)


@pytest.fixture
def line() -> Line:
    return Line()


def test_a_replay_returns_the_same_job_and_another_body_is_a_conflict(line: Line) -> None:
    first = line.submit()
    line.clock.advance(HOUR)
    assert line.submit() == first
    for change in ({"fingerprint": "g"}, {"source_bytes": b"other"}, {"parent_job_id": first.job_id}):
        with pytest.raises(errors.IdempotencyConflictError):
            line.submit(**change)
    assert line.ingest(line.asset_of(first)).status is AssetStatus.READY
    key = line.asset_of(first).key
    assert key
    assert line.blobs.objects[key] == b"photo", "a refused request must not change the first one's image"


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_an_idempotency_key_has_1_to_255_characters(line: Line, key: str) -> None:
    with pytest.raises(errors.BadRequestError, match="255"):
        line.submit(key)


def test_ids_are_per_tenant_and_known_before(line: Line) -> None:
    assert line.submit("k").job_id == job_id_for(TENANT, "k") != job_id_for(OTHER, "k")


def test_a_job_needs_an_asset_that_is_ready(line: Line) -> None:
    asset = create.create_from_bytes(line.stores, line.blobs, line.clock, make.principal(), "k", b"photo")
    spec = replace(SPEC, source_asset_id=asset.source_asset_id)
    with pytest.raises(errors.ValidationError, match="not ready"):
        line.submit(spec=spec, source_bytes=None)
    line.ingest(asset)
    assert line.submit(spec=spec, source_bytes=None).status is JobStatus.QUEUED
    for unknown in ("src_x", "src_" + "0" * 26, asset.ingest_id):
        with pytest.raises(errors.ValidationError, match="no source asset"):
            line.submit(spec=replace(SPEC, source_asset_id=unknown), source_bytes=None)
    bad = create.create_from_bytes(line.stores, line.blobs, line.clock, make.principal(), "bad", b"bad")
    assert line.ingest(bad).status is AssetStatus.FAILED
    with pytest.raises(errors.ValidationError, match="another image"):
        line.submit(spec=replace(SPEC, source_asset_id=bad.source_asset_id), source_bytes=None)


def test_an_image_too_large_and_a_url_that_is_not_https_are_refused(line: Line) -> None:
    with pytest.raises(errors.PayloadTooLargeError):
        line.submit(source_bytes=b"x" * (limits.MAX_SOURCE_BYTES + 1))
    for url in ("http://a.example/x", "file:///etc/passwd", "https://" + "a" * 3000):
        with pytest.raises(errors.ValidationError):
            line.submit(source_bytes=None, source_url=url)
    assert line.stores.table.jobs == {}


def test_an_upload_is_bound_and_becomes_an_asset_when_it_arrives(line: Line) -> None:
    asset, form = create.create_upload(line.stores, line.blobs, line.clock, make.principal(), "k", "image/heic")
    assert (form.fields["key"], form.max_bytes) == (asset.upload_key, limits.MAX_SOURCE_BYTES)
    assert asset.status is AssetStatus.AWAITING_UPLOAD
    assert line.ingest(asset).status is AssetStatus.AWAITING_UPLOAD, "nothing to read yet"
    assert asset.upload_key
    line.blobs.put(asset.upload_key, b"photo", "image/heic")
    queued = upload_arrived(line.stores, line.clock, asset.upload_key)
    assert queued
    assert queued.status is AssetStatus.QUEUED
    assert line.ingest(asset).status is AssetStatus.READY
    with pytest.raises(errors.ValidationError, match="image/png"):
        create.create_upload(line.stores, line.blobs, line.clock, make.principal(), "k2", "image/svg+xml")


def test_a_conflicting_request_leaves_the_upload_that_waits_alone(line: Line) -> None:
    """Its bytes are in storage before it is refused, and their notification must not pass for the upload's."""
    asset, _ = create.create_upload(line.stores, line.blobs, line.clock, make.principal(), "k", "image/png")
    with pytest.raises(errors.IdempotencyConflictError):
        create.create_from_bytes(line.stores, line.blobs, line.clock, make.principal(), "k", b"photo")
    (stray,) = line.blobs.objects
    assert upload_arrived(line.stores, line.clock, stray) is None
    assert line.store.asset(asset.ingest_id) == asset


@pytest.mark.parametrize("key", ["uploads/x", "uploads/ten_x/ing_y", f"uploads/{TENANT}/ing_y/z", "tenants/a/b"])
def test_objects_that_are_no_upload_of_ours_are_left_alone(line: Line, key: str) -> None:
    assert upload_arrived(line.stores, line.clock, key) is None


@pytest.mark.parametrize(
    ("web", "code"),
    [
        (FetchError("The server answered 404."), "source_unreachable"),
        (errors.UnsafeUrlError("The address is private."), "validation_error"),
        (errors.PayloadTooLargeError("Too large."), "payload_too_large"),
        (b"bad", "image_rejected"),
    ],
)
def test_a_source_that_cannot_be_read_fails_its_job_with_the_reason(
    line: Line, web: bytes | Exception, code: str
) -> None:
    line.fetcher.web["https://a.example/x.jpg"] = web
    job = line.submit(source_bytes=None, source_url="https://a.example/x.jpg")
    assert line.ingest(line.asset_of(job)).status is AssetStatus.FAILED
    ended = line.store.job(job.job_id)
    assert ended
    assert ended.failure
    assert (ended.status, ended.failure.code) == (JobStatus.FAILED, code)
    assert line.store.account().available == 10


def test_bytes_that_are_gone_fail_the_ingest(line: Line) -> None:
    job = line.submit()
    line.blobs.objects.clear()
    failure = line.ingest(line.asset_of(job)).failure
    assert failure
    assert (failure.code, failure.retryable) == ("upload_missing", True)


def test_a_plans_concurrency_holds_work_back_in_order(line: Line) -> None:
    jobs = [line.submit(f"k{n}") for n in range(4)]
    for job in reversed(jobs):
        line.clock.advance(timedelta(seconds=1))
        line.ingest(line.asset_of(job))
    assert dispatch_jobs(line.stores, line.machine, line.clock, TENANT) == 2
    assert list(line.machine.started) == [jobs[3].job_id, jobs[2].job_id]
    assert line.machine.started[jobs[3].job_id] == {"tenant_id": TENANT, "job_id": jobs[3].job_id}
    assert dispatch_jobs(line.stores, line.machine, line.clock, TENANT) == 0
    assert line.store.line(9) == [jobs[1].job_id, jobs[0].job_id]


def test_the_engine_is_asked_with_everything_and_the_token_stays_here(line: Line) -> None:
    job = line.running()
    asked = MemoryEngine()
    start_inference(line.stores, line.blobs, {True: asked}.__getitem__, line.clock, 900, TENANT, job.job_id, "token-2")
    ((request, inference_id),) = asked.requests
    assert inference_id == f"{TENANT}/{job.job_id}"
    assert request.source.key == f"tenants/{TENANT}/sources/{job.spec.source_asset_id}.jpg"
    assert request.output_prefix.key == f"tenants/{TENANT}/jobs/{job.job_id}/"
    assert (request.room_types, request.style, request.seed, request.alternates) == (["bedroom"], "modern", 7, 1)
    assert request.hints.focal_length_35mm == 24.0
    assert "token" not in request.model_dump_json()


def test_what_the_caller_knows_of_the_room_wins_over_what_the_photo_says(line: Line) -> None:
    door = [[0.1, 0.2], [0.2, 0.2], [0.2, 0.8]]
    job = line.running(spec=replace(SPEC, hints={"focal_length_35mm": 17.0, "doors": [door], "windows": []}))
    asked = MemoryEngine()
    start_inference(line.stores, line.blobs, {True: asked}.__getitem__, line.clock, 900, TENANT, job.job_id, "token-2")
    ((request, _),) = asked.requests
    assert (request.hints.focal_length_35mm, request.hints.windows) == (17.0, [])
    assert request.hints.doors == [[tuple(corner) for corner in door]]
    assert request.hints.keep_clear is None
    assert job.deadline_at == line.clock.now() + timedelta(seconds=900) + limits.RUN_GRACE


def test_a_notification_answers_the_token_that_waits(line: Line) -> None:
    job = line.running()
    location = "s3://media/inference/results/x.out"
    assert resume_job(line.stores, line.machine, engine.notification(TENANT, job.job_id, location))
    assert line.machine.resumed == [("token-1", {"output_location": location})]
    assert resume_job(line.stores, line.machine, engine.notification(TENANT, job.job_id, None))
    assert line.machine.failed == [("token-1", "EngineCrashed", "ModelError")]


def test_a_notification_for_nobody_is_dropped_and_a_strange_one_refused(line: Line) -> None:
    assert not resume_job(line.stores, line.machine, engine.notification(TENANT, "job_" + "0" * 26, "s3://x/y"))
    for strange in ({}, {"inferenceId": "x"}, {"inferenceId": 7}, {"inferenceId": f"{TENANT}/../x"}):
        with pytest.raises(errors.BadRequestError):
            resume_job(line.stores, line.machine, strange)


class Sweeps:
    """A line with the sweeper's three queues."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.jobs, self.ingests, self.webhooks = MemoryQueue(), MemoryQueue(), MemoryQueue()

    def __call__(self) -> dict[str, int]:
        swept = sweep_jobs(self.line.stores, self.jobs, self.ingests, self.webhooks, self.line.clock)
        assert swept.errors == ()
        return dict(swept.done)


def test_the_sweeper_sends_again_what_was_lost(line: Line) -> None:
    sweep, ingesting = Sweeps(line), line.submit("a")
    line.ingest(line.asset_of(line.submit("b")))
    assert sweep() == {}, "nothing is lost yet"
    line.clock.advance(limits.LOST_AFTER)
    assert sweep() == {"ingests_woken": 1, "jobs_woken": 1}
    assert sweep.jobs.sent == [({"tenant_id": TENANT}, 0)]
    expected = {"tenant_id": TENANT, "ingest_id": line.asset_of(ingesting).ingest_id}
    assert sweep.ingests.sent == [(expected, 0)]
    delivery = make.delivery(ingesting)
    line.store.put_delivery(delivery)
    assert sweep()["deliveries_woken"] == 1
    message = {"tenant_id": TENANT, "job_id": ingesting.job_id, "delivery_id": delivery.delivery_id}
    assert sweep.webhooks.sent == [(message, 0)]


@pytest.mark.parametrize("state", ["ingesting", "queued", "starting", "running"])
def test_the_sweeper_ends_what_went_silent(line: Line, state: str) -> None:
    sweep = Sweeps(line)
    if state == "running":
        job = line.running()
    else:
        job = line.submit()
        if state != "ingesting":
            line.ingest(line.asset_of(job))
        if state == "starting":
            dispatch_jobs(line.stores, line.machine, line.clock, TENANT)
    current = line.store.job(job.job_id)
    assert current
    line.clock.at = current.deadline_at - timedelta(seconds=1)
    if state != "ingesting":  # its asset is due a little earlier, and ends it
        assert "jobs_ended" not in sweep()
    line.clock.at = current.deadline_at
    sweep()
    ended = line.store.job(job.job_id)
    assert ended
    assert ended.failure
    assert (ended.status, ended.failure.code, ended.failure.retryable) == (JobStatus.FAILED, "timeout", True)
    account = line.store.account()
    assert (account.available, account.in_flight, account.running) == (10, 0, 0)
    line.clock.advance(HOUR)
    assert sweep() == {}


def test_an_upload_that_never_came_ends(line: Line) -> None:
    asset, _ = create.create_upload(line.stores, line.blobs, line.clock, make.principal(), "k", "image/png")
    line.clock.at = START + limits.UPLOAD_WINDOW
    assert Sweeps(line)() == {"ingests_ended": 1}
    failure = line.ingest(asset).failure
    assert failure
    assert failure.code == "upload_missing"


def test_after_an_outage_messages_go_by_the_batch(line: Line) -> None:
    for number in range(23):
        line.store.put_delivery(make.delivery(line.submit("a"), delivery_id=f"msg_{number:026}"))
    line.clock.advance(limits.LOST_AFTER)
    sweep, batches = Sweeps(line), list[int]()
    real = sweep.webhooks.send_all

    def counted(messages: Sequence[Mapping[str, str]]) -> None:
        batches.append(len(messages))
        real(messages)

    sweep.webhooks.send_all = counted  # type: ignore[method-assign]
    assert sweep()["deliveries_woken"] == 23
    assert batches == [10, 10, 3]
    assert len({message["delivery_id"] for message, _ in sweep.webhooks.sent}) == 23


def test_one_item_that_cannot_be_handled_keeps_no_other_waiting(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [line.submit(f"k{n}") for n in range(3)]
    real = type(line.store).finish_asset

    def finish_asset(self: Any, asset: SourceAsset, at: Any) -> Any:
        if asset.job_id == jobs[1].job_id:
            raise RuntimeError("poison")
        return real(self, asset, at)

    monkeypatch.setattr(type(line.store), "finish_asset", finish_asset)
    line.clock.advance(limits.INGEST_WINDOW)
    queues = [MemoryQueue() for _ in range(3)]
    swept = sweep_jobs(line.stores, queues[0], queues[1], queues[2], line.clock)
    assert swept.done == {"ingests_ended": 2}
    assert [str(e) for e in swept.errors] == ["poison"]

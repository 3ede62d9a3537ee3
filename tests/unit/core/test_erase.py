"""What an organisation keeps is bounded, and goes when it says so: from the bucket and from the count."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roomwright.domain import keys
from roomwright.domain.errors import ConflictError, NotFoundError, StorageLimitExceededError
from roomwright.domain.job import AssetStatus, JobStatus, SourceAsset
from roomwright.ports import SafeImage
from roomwright.usecases import create_source_asset as create
from roomwright.usecases.cancel_job import cancel_job
from roomwright.usecases.erase import erase_asset, erase_outputs
from roomwright.usecases.ingest_source import ingest_source
from roomwright.usecases.read_job import read_job
from tests.contract.katalo.desk import JOBS, Desk, wanted
from tests.fakes import make
from tests.fakes.make import TENANT
from tests.fakes.ports import FakeImaging, MemoryBlobs

ME = make.principal()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def lying(desk: Desk) -> int:
    return desk.blobs.stored_bytes(f"tenants/{TENANT}/")


def asset_of(desk: Desk, source_asset_id: str) -> SourceAsset:
    return desk.stores.table.assets[TENANT, "ing_" + source_asset_id.removeprefix("src_")]


def fill(desk: Desk, spare: int = 0) -> None:
    account = desk.account()
    desk.stores.table.accounts[TENANT] = replace(account, max_stored_bytes=account.stored_bytes + spare)


def test_the_count_is_what_lies_in_the_bucket(desk: Desk) -> None:
    source = desk.ready_asset()
    job = desk.staged(wanted(source)).body
    assert desk.account().stored_bytes == lying(desk) > len(b"a photo")
    erase_outputs(desk.stores, desk.blobs, desk.clock, ME, job["job_id"])
    assert desk.account().stored_bytes == lying(desk) == len(b"a photo")
    deleted = erase_asset(desk.stores, desk.blobs, desk.clock, ME, source)
    assert (deleted.status, desk.account().stored_bytes, lying(desk)) == (AssetStatus.DELETED, 0, 0)
    assert erase_asset(desk.stores, desk.blobs, desk.clock, ME, deleted.ingest_id).status is AssetStatus.DELETED
    again = desk.post(JOBS, wanted(source))
    assert (again.status, again.code) == (422, "validation_error")
    assert "deleted" in again.message


def test_who_dies_on_the_way_can_ask_again(desk: Desk) -> None:
    class Dying(MemoryBlobs):
        def erase(self, prefix: str) -> None:
            raise OSError

    source = desk.ready_asset()
    with pytest.raises(OSError):
        erase_asset(desk.stores, Dying(desk.clock), desk.clock, ME, source)
    assert desk.account().stored_bytes == lying(desk) > 0, "counted as long as it lies there"
    erase_asset(desk.stores, desk.blobs, desk.clock, ME, source)
    assert desk.account().stored_bytes == lying(desk) == 0


def test_what_is_in_use_stays(desk: Desk) -> None:
    source = desk.ready_asset()
    job_id = desk.post(JOBS, wanted(source)).body["job_id"]
    with pytest.raises(ConflictError, match="uses"):
        erase_asset(desk.stores, desk.blobs, desk.clock, ME, source)
    with pytest.raises(ConflictError, match="not ended"):
        erase_outputs(desk.stores, desk.blobs, desk.clock, ME, job_id)
    made = create.create_from_bytes(desk.stores, desk.blobs, desk.clock, ME, "k", b"x")
    with pytest.raises(ConflictError, match="not ready"):
        erase_asset(desk.stores, desk.blobs, desk.clock, ME, made.ingest_id)
    with pytest.raises(NotFoundError):
        erase_asset(desk.stores, desk.blobs, desk.clock, make.principal(make.OTHER), source)
    assert lying(desk) == len(b"a photo")


def test_what_the_cache_answered_goes_with_the_first(desk: Desk) -> None:
    source = desk.ready_asset()
    first = desk.staged(wanted(source)).body["job_id"]
    second = desk.post(JOBS, wanted(source)).body
    assert second["outputs"]
    erase_outputs(desk.stores, desk.blobs, desk.clock, ME, second["job_id"])
    assert desk.call("GET", f"{JOBS}/{first}").body["outputs"], "the first keeps its own"
    third = desk.post(JOBS, wanted(source)).body["job_id"]
    erase_outputs(desk.stores, desk.blobs, desk.clock, ME, first)
    assert read_job(desk.stores, ME, third).erased_at
    shown = desk.call("GET", f"{JOBS}/{third}").body
    assert (shown["outputs"], shown["source_image_url"]) == ([], None)
    assert shown["outputs_erased_at"]
    assert desk.post(JOBS, wanted(source)).body["status"] == "queued", "and the cache knows it no more"


def test_a_full_organisation_sends_nothing_more(desk: Desk) -> None:
    before = create.create_from_bytes(desk.stores, desk.blobs, desk.clock, ME, "before", b"x")
    source = desk.ready_asset()
    fill(desk)
    with pytest.raises(StorageLimitExceededError):
        create.create_from_bytes(desk.stores, desk.blobs, desk.clock, ME, "k", b"x")
    with pytest.raises(StorageLimitExceededError):
        create.create_from_url(desk.stores, desk.clock, ME, "k", "https://photos.example/a.jpg")
    with pytest.raises(StorageLimitExceededError):
        create.create_upload(desk.stores, desk.blobs, desk.clock, ME, "k", "image/png")
    answer = desk.post(JOBS, wanted(source))
    assert (answer.status, answer.code) == (403, "storage_limit_exceeded")
    assert "DELETE" in answer.message
    again = create.create_from_bytes(desk.stores, desk.blobs, desk.clock, ME, "before", b"x")
    assert again == before, "what was asked before is answered as then"
    refused = desk.ingest(before.ingest_id)
    assert refused.failure
    assert (refused.failure.code, refused.stored_bytes) == ("storage_limit_exceeded", 0)
    erase_asset(desk.stores, desk.blobs, desk.clock, ME, source)
    assert desk.ready_asset(b"y")


def test_what_an_engine_writes_for_a_cancelled_job_is_swept_up(desk: Desk) -> None:
    job_id = desk.post(JOBS, wanted(desk.ready_asset())).body["job_id"]
    desk.run(job_id)
    cancel_job(desk.stores, desk.clock, ME, job_id)
    desk.blobs.objects[keys.job_prefix(TENANT, job_id) + "staged.png"] = b"late"
    assert desk.finish(job_id).status is JobStatus.CANCELLED
    assert desk.account().stored_bytes == lying(desk) == len(b"a photo")


def test_an_image_whose_asset_ended_meanwhile_does_not_stay(desk: Desk) -> None:
    made = create.create_from_bytes(desk.stores, desk.blobs, desk.clock, ME, "k", b"x")

    class Slow(FakeImaging):
        def sanitise(self, data: bytes) -> SafeImage:
            store = desk.stores.tenant(TENANT)
            store.finish_asset(replace(made, status=AssetStatus.FAILED, failure=make.FAILURE.failure), desk.clock.now())
            return super().sanitise(data)

    ingest_source(desk.stores, desk.blobs, desk.fetcher, Slow(), desk.clock, TENANT, made.ingest_id)
    assert (desk.account().stored_bytes, lying(desk)) == (0, 0)


def test_deleting_by_the_api(desk: Desk) -> None:
    source = desk.ready_asset()
    ingest = asset_of(desk, source).ingest_id
    gone = desk.call("DELETE", f"/api/v1/source-assets/{ingest}")
    assert (gone.status, gone.body["status"], gone.body["source_asset_id"]) == (200, "deleted", None)
    assert desk.call("GET", f"/api/v1/source-assets/{ingest}").body == gone.body
    usage = desk.call("GET", "/api/v1/usage/summary").body["storage"]
    assert usage == {"stored_bytes": 0, "limit_bytes": desk.account().max_stored_bytes}

"""What every store of the job line must do. Run against the in-memory store and against the DynamoDB adapter."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from roomwright.domain import errors
from roomwright.domain.ids import derived_id
from roomwright.domain.job import AssetStatus, Failure, JobStatus, Outcome
from roomwright.ports import Admission, Stores
from tests.fakes import make
from tests.fakes.make import HOUR, OTHER, SUCCESS, TENANT
from tests.fakes.ports import START

FAILED = make.FAILURE
LATER = START + timedelta(minutes=1)


def counters(stores: Stores) -> tuple[int, int, int, int, int]:
    """available, reserved, spent, in_flight, running."""
    a = stores.tenant(TENANT).account()
    return a.available, a.reserved, a.spent, a.in_flight, a.running


def run(stores: Stores, key: str = "k1") -> str:
    """Admit a job and bring it to `running`."""
    store = stores.tenant(TENANT)
    job = store.admit(make.job(key)).job
    assert store.acquire_slot(job.job_id, START + HOUR, LATER)
    store.mark_started(job.job_id)
    store.mark_running(job.job_id, "token-1", START + HOUR, LATER)
    return job.job_id


def test_an_admitted_job_reads_back_as_it_was(stores: Stores) -> None:
    store, job = stores.tenant(TENANT), make.job(live=False, parent_job_id="job_x")
    assert store.admit(job) == Admission(job, False)
    assert store.job(job.job_id) == job
    assert counters(stores) == (9, 1, 0, 1, 0)
    assert store.line(5) == [job.job_id]


def test_a_replay_returns_the_first_job_and_charges_nothing(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    first = store.admit(make.job())
    replay = store.admit(make.job(created_at=LATER, updated_at=LATER, queued_at=LATER))
    assert (first.replayed, replay.replayed) == (False, True)
    assert replay.job == first.job
    assert counters(stores) == (9, 1, 0, 1, 0)
    assert len(store.line(5)) == 1


def test_another_request_with_the_same_key_is_a_conflict(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    store.admit(make.job())
    with pytest.raises(errors.IdempotencyConflictError):
        store.admit(make.job(fingerprint="other"))
    assert counters(stores) == (9, 1, 0, 1, 0)


def test_admission_without_credits_leaves_nothing_behind(stores: Stores) -> None:
    store, dear = stores.tenant(TENANT), make.job(credits=11)
    with pytest.raises(errors.InsufficientCreditsError):
        store.admit(dear, make.asset(job_id=dear.job_id))
    assert store.job(dear.job_id) is None
    assert store.asset(make.asset().ingest_id) is None
    assert counters(stores) == (10, 0, 0, 0, 0)
    assert store.line(5) == []


def test_the_last_credit_can_be_spent(stores: Stores) -> None:
    assert not stores.tenant(TENANT).admit(make.job(credits=10)).replayed
    assert counters(stores) == (0, 10, 0, 1, 0)


def test_admission_beyond_the_in_flight_limit_is_refused_until_a_job_ends(stores: Stores) -> None:
    stores.create_tenant(make.account(OTHER, max_in_flight=1))
    store = stores.tenant(OTHER)
    first = store.admit(make.job("k1", OTHER)).job
    with pytest.raises(errors.TooManyInFlightError):
        store.admit(make.job("k2", OTHER))
    store.finish(first, FAILED, LATER)
    assert not store.admit(make.job("k2", OTHER)).replayed


def test_a_replay_is_answered_even_at_the_limits(stores: Stores) -> None:
    stores.create_tenant(make.account(OTHER, credits=1, max_in_flight=1))
    store = stores.tenant(OTHER)
    store.admit(make.job("k1", OTHER))
    assert store.admit(make.job("k1", OTHER)).replayed


def test_a_number_in_a_chain_of_regenerations_is_given_once(stores: Stores) -> None:
    stores.create_tenant(make.account(OTHER))
    store, root = stores.tenant(TENANT), make.job("root").job_id
    made = [make.job(f"r{n}", root_job_id=root, regeneration=n, parent_job_id=root) for n in (1, 2)]
    assert store.regenerations(root) == 0
    for job in made:
        assert store.admit(job) == Admission(job, False)
        assert store.job(job.job_id) == job
    assert store.admit(made[0]) == Admission(made[0], True), "a replay is known, though its number is over"
    for taken in (1, 2, 4):
        with pytest.raises(errors.StaleStateError):
            store.admit(make.job("late", root_job_id=root, regeneration=taken))
    with pytest.raises(errors.InsufficientCreditsError):
        store.admit(make.job("dear", root_job_id=root, regeneration=3, credits=11))
    assert store.regenerations(root) == 2, "who is refused takes no number"
    assert counters(stores) == (8, 2, 0, 2, 0)
    assert stores.tenant(OTHER).regenerations(root) == 0
    assert store.regenerations(make.job("else").job_id) == 0


def stored(stores: Stores) -> int:
    return stores.tenant(TENANT).account().stored_bytes


def test_bytes_are_counted_when_they_are_there_and_uncounted_once(stores: Stores) -> None:
    store, queued = stores.tenant(TENANT), make.asset()
    store.put_asset(queued)
    ready = make.ready(queued, stored_bytes=700)
    assert store.finish_asset(ready, START + HOUR) == (ready, True)
    store.finish_asset(ready, START + HOUR)
    assert stored(stores) == 700, "a second ingest of it counts nothing"
    job = store.job(run(stores))
    assert job
    done, _ = store.finish(job, replace(SUCCESS, stored_bytes=50), LATER)
    assert (done.stored_bytes, stored(stores)) == (50, 750)
    erased = store.erase_outputs(done, LATER)
    assert store.job(done.job_id) == erased
    assert (erased.erased_at, erased.outputs, stored(stores)) == (LATER, done.outputs, 750)
    for _ in range(2):
        store.uncount(erased)
    assert stored(stores) == 700
    deleted = store.delete_asset(ready, LATER)
    assert store.asset(ready.ingest_id) == deleted == replace(ready, status=AssetStatus.DELETED, updated_at=LATER)
    for _ in range(2):
        store.uncount(deleted)
    assert stored(stores) == 0
    with pytest.raises(errors.StaleStateError):
        store.delete_asset(ready, LATER)
    with pytest.raises(errors.StaleStateError):
        store.erase_outputs(done, LATER)


def test_what_is_deleted_is_used_by_no_job_and_what_is_used_is_not_deleted(stores: Stores) -> None:
    store, queued = stores.tenant(TENANT), make.asset()
    store.put_asset(queued)
    ready = store.finish_asset(make.ready(queued), START + HOUR)[0]
    spec = replace(make.job().spec, source_asset_id=ready.source_asset_id)
    first, second = (store.admit(make.job(key, spec=spec)).job for key in ("k1", "k2"))
    store.finish(first, FAILED, LATER)
    with pytest.raises(errors.ConflictError):
        store.delete_asset(ready, LATER)
    store.finish(second, Outcome(), LATER)
    store.finish(second, Outcome(), LATER)
    store.delete_asset(ready, LATER)
    with pytest.raises(errors.ConflictError):
        store.admit(make.job("k3", spec=spec))
    assert store.admit(first).replayed, "what was asked before is answered as then"
    assert counters(stores) == (10, 0, 0, 0, 0)


def test_a_full_organisation_gets_no_more_jobs_but_those_that_keep_nothing(stores: Stores) -> None:
    stores.create_tenant(make.account(OTHER, stored_bytes=99, max_stored_bytes=100))
    store = stores.tenant(OTHER)
    first = store.admit(make.job("k1", OTHER)).job
    store.finish(first, replace(FAILED, stored_bytes=1), LATER)
    with pytest.raises(errors.StorageLimitExceededError, match="DELETE"):
        store.admit(make.job("k2", OTHER))
    assert store.admit(make.job("k1", OTHER)).replayed
    known = make.job("k3", OTHER, status=JobStatus.SUCCEEDED, credits=0, queued_at=None, completed_at=START)
    assert not store.admit(known).replayed
    ended = store.job(first.job_id)
    assert ended
    store.uncount(ended)
    assert not store.admit(make.job("k2", OTHER)).replayed


def test_an_unknown_tenant_is_refused_everywhere(stores: Stores) -> None:
    store = stores.tenant(OTHER)
    with pytest.raises(errors.NotFoundError):
        store.account()
    with pytest.raises(errors.NotFoundError):
        store.admit(make.job(tenant_id=OTHER))
    with pytest.raises(errors.NotFoundError):
        store.mark_started("job_x")
    with pytest.raises(errors.NotFoundError):
        store.account()


@pytest.mark.parametrize("tenant_id", ["", "ten_", TENANT + "#JOB", "ten_" + "A" * 26, f"{TENANT}\n"])
def test_a_malformed_tenant_id_opens_no_store(stores: Stores, tenant_id: str) -> None:
    with pytest.raises(errors.NotFoundError):
        stores.tenant(tenant_id)


def test_creating_a_tenant_again_keeps_its_account(stores: Stores) -> None:
    stores.tenant(TENANT).admit(make.job())
    stores.create_tenant(make.account(credits=500))
    assert counters(stores) == (9, 1, 0, 1, 0)


def test_the_line_is_first_come_first_served(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    waits = {key: START + timedelta(seconds=s) for key, s in {"k1": 30, "k2": 10, "k3": 20}.items()}
    made = {key: store.admit(make.job(key, queued_at=at, updated_at=at)).job.job_id for key, at in waits.items()}
    assert store.line(2) == [made["k2"], made["k3"]]
    assert store.line(9) == [made["k2"], made["k3"], made["k1"]]


def test_slots_are_taken_once_and_only_up_to_the_plan(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    a, b, c = (store.admit(make.job(key)).job.job_id for key in ("k1", "k2", "k3"))
    assert store.acquire_slot(a, LATER, LATER)
    assert store.acquire_slot(a, LATER, LATER), "a held slot is confirmed"
    assert store.acquire_slot(b, LATER, LATER)
    assert not store.acquire_slot(c, LATER, LATER)
    assert counters(stores)[4] == 2
    assert store.account().starting == {a, b}
    assert store.line(9) == [c]
    held = store.job(a)
    assert held
    assert (held.slot_held, held.deadline_at, held.status) == (True, LATER, JobStatus.QUEUED)


def test_a_slot_is_for_queued_jobs_alone(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    assert not store.acquire_slot(make.job().job_id, LATER, LATER)
    ended = store.finish(store.admit(make.job()).job, FAILED, LATER)[0]
    assert not store.acquire_slot(ended.job_id, LATER, LATER)
    assert not store.acquire_slot(run(stores, "k2"), LATER, LATER)
    assert counters(stores)[4] == 1


def test_marking_a_start_is_idempotent_and_keeps_the_slot(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    job = store.admit(make.job()).job
    store.acquire_slot(job.job_id, LATER, LATER)
    for _ in range(2):
        store.mark_started(job.job_id)
    account = store.account()
    assert (account.starting, account.running) == (frozenset(), 1)


def test_running_needs_a_slot_and_takes_the_newest_token(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    job = store.admit(make.job()).job
    with pytest.raises(errors.StaleStateError):
        store.mark_running(job.job_id, "early", LATER, LATER)
    store.acquire_slot(job.job_id, LATER, LATER)
    store.mark_running(job.job_id, "first", START + HOUR, LATER)
    second = store.mark_running(job.job_id, "second", START + 2 * HOUR, LATER)
    assert (second.task_token, second.status) == ("second", JobStatus.RUNNING)
    assert second.deadline_at == START + 2 * HOUR
    assert store.job(job.job_id) == second


@pytest.mark.parametrize("job_id", [None, "job_" + "z" * 26])
def test_a_job_that_ended_or_never_was_does_not_run(stores: Stores, job_id: str | None) -> None:
    store = stores.tenant(TENANT)
    ended = store.finish(store.admit(make.job()).job, FAILED, LATER)[0]
    with pytest.raises(errors.StaleStateError):
        store.mark_running(job_id or ended.job_id, "late", LATER, LATER)
    assert store.job(ended.job_id) == ended


def test_success_spends_the_credit_and_gives_everything_else_back(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    running = store.job(run(stores))
    assert running
    final, ended = store.finish(running, SUCCESS, LATER)
    assert ended
    assert store.job(final.job_id) == final
    assert (final.status, final.task_token, final.slot_held) == (JobStatus.SUCCEEDED, None, False)
    assert (final.outputs, final.manifest_key, final.completed_at) == (SUCCESS.outputs, "m", LATER)
    assert counters(stores) == (9, 0, 1, 0, 0)
    assert [(e.movement, e.credits) for e in store.ledger(5).entries] == [("charge", 1)]
    assert list(stores.open_jobs()) == []


@pytest.mark.parametrize("outcome", [FAILED, Outcome()], ids=["failed", "cancelled"])
@pytest.mark.parametrize("state", ["queued", "starting", "running"])
def test_any_other_end_refunds_from_every_open_state(stores: Stores, state: str, outcome: Outcome) -> None:
    store = stores.tenant(TENANT)
    job = store.admit(make.job()).job
    if state != "queued":
        store.acquire_slot(job.job_id, LATER, LATER)
    if state == "running":
        store.mark_running(job.job_id, "t", LATER, LATER)
    read = store.job(job.job_id)
    assert read
    assert store.finish(read, outcome, LATER)[1]
    assert counters(stores) == (10, 0, 0, 0, 0)
    assert [(e.movement, e.job_id) for e in store.ledger(5).entries] == [("refund", job.job_id)]
    assert store.account().starting == frozenset()
    assert store.line(5) == []


def test_the_first_end_stands(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    running = store.job(run(stores))
    assert running
    first, _ = store.finish(running, FAILED, LATER)
    again, ended = store.finish(running, SUCCESS, LATER + HOUR)
    assert (again, ended) == (first, False)
    assert store.finish(first, SUCCESS, LATER + HOUR) == (first, False)
    assert counters(stores) == (10, 0, 0, 0, 0)
    assert len(store.ledger(5).entries) == 1


def test_an_end_decided_on_an_old_state_is_refused(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    queued = store.admit(make.job()).job
    store.acquire_slot(queued.job_id, LATER, LATER)
    with pytest.raises(errors.StaleStateError):
        store.finish(queued, FAILED, LATER)
    assert counters(stores) == (9, 1, 0, 1, 1)


def test_a_queued_job_cannot_succeed(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    with pytest.raises(errors.StaleStateError):
        store.finish(store.admit(make.job()).job, SUCCESS, LATER)
    assert counters(stores) == (9, 1, 0, 1, 0)


def test_assets_replay_and_conflict_like_jobs(stores: Stores) -> None:
    store, asset = stores.tenant(TENANT), make.asset(source_url="https://x.example/a.jpg")
    assert store.put_asset(asset) == (asset, False)
    assert store.put_asset(replace(asset, created_at=LATER)) == (asset, True)
    assert store.asset(asset.ingest_id) == asset
    with pytest.raises(errors.IdempotencyConflictError):
        store.put_asset(replace(asset, fingerprint="other"))


def test_an_upload_queues_its_asset_once(stores: Stores) -> None:
    store, asset = stores.tenant(TENANT), make.asset(status=AssetStatus.AWAITING_UPLOAD)
    assert store.queue_asset(asset.ingest_id, LATER, LATER) is None
    store.put_asset(asset)
    queued = store.queue_asset(asset.ingest_id, START + HOUR, LATER)
    assert queued == store.asset(asset.ingest_id)
    assert queued
    assert queued.status is AssetStatus.QUEUED
    assert store.queue_asset(asset.ingest_id, START + 2 * HOUR, START + HOUR) == queued


def test_a_ready_asset_puts_its_job_in_line(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    job = make.job(status=JobStatus.INGESTING, queued_at=None)
    asset = make.asset(job_id=job.job_id)
    store.admit(job, asset)
    assert store.line(5) == []
    done = make.ready(asset, updated_at=LATER, focal_length_35mm=24.5)
    assert store.finish_asset(done, START + 2 * HOUR) == (done, True)
    assert store.asset(asset.ingest_id) == done
    queued = store.job(job.job_id)
    assert queued
    assert (queued.status, queued.queued_at, queued.deadline_at) == (JobStatus.QUEUED, LATER, START + 2 * HOUR)
    assert store.line(5) == [job.job_id]
    assert list(stores.open_assets()) == []
    assert store.finish_asset(replace(done, status=AssetStatus.FAILED), LATER) == (done, False)
    assert store.acquire_slot(job.job_id, LATER, LATER)


def test_a_failed_asset_fails_and_refunds_its_job(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    job = make.job(status=JobStatus.INGESTING, queued_at=None)
    asset = make.asset(job_id=job.job_id)
    store.admit(job, asset)
    failure = Failure("image_rejected", "No image.", False, "Send another.")
    store.finish_asset(replace(asset, status=AssetStatus.FAILED, updated_at=LATER, failure=failure), LATER)
    final = store.job(job.job_id)
    assert final
    assert (final.status, final.failure) == (JobStatus.FAILED, failure)
    assert counters(stores) == (10, 0, 0, 0, 0)
    assert len(store.ledger(5).entries) == 1


def test_an_asset_ends_also_when_its_job_has(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    job = make.job(status=JobStatus.INGESTING, queued_at=None)
    asset = make.asset(job_id=job.job_id)
    final = store.finish(store.admit(job, asset).job, FAILED, LATER)[0]
    assert store.finish_asset(make.ready(asset), LATER)[1]
    assert store.job(job.job_id) == final
    assert counters(stores) == (10, 0, 0, 0, 0)
    with pytest.raises(errors.NotFoundError):
        store.finish_asset(make.asset("never"), LATER)


def test_what_is_open_is_seen_with_its_deadline(stores: Stores) -> None:
    stores.create_tenant(make.account(OTHER))
    mine, running = stores.tenant(TENANT).admit(make.job()).job, run(stores, "k2")
    theirs = stores.tenant(OTHER).admit(make.job("k1", OTHER)).job
    seen = {(o.tenant_id, o.item_id): (o.status, o.since, o.deadline_at) for o in stores.open_jobs()}
    assert seen == {
        (TENANT, mine.job_id): ("queued", START, START + HOUR),
        (TENANT, running): ("running", LATER, START + HOUR),
        (OTHER, theirs.job_id): ("queued", START, START + HOUR),
    }
    asset = stores.tenant(TENANT).put_asset(make.asset())[0]
    assert [(o.item_id, o.status) for o in stores.open_assets()] == [(asset.ingest_id, "queued")]


def test_one_tenant_does_not_see_anothers(stores: Stores) -> None:
    stores.create_tenant(make.account(OTHER))
    mine, other = stores.tenant(TENANT), stores.tenant(OTHER)
    job = mine.admit(make.job()).job
    asset = mine.put_asset(make.asset())[0]
    delivery = mine.put_delivery(make.delivery(job))[0]
    assert other.job(job.job_id) is None
    assert other.asset(asset.ingest_id) is None
    assert other.delivery(job.job_id, delivery.delivery_id) is None
    assert (other.deliveries(job.job_id), other.line(5)) == ([], [])
    assert not other.acquire_slot(job.job_id, LATER, LATER)
    assert derived_id("job", TENANT, "generation", "k") != derived_id("job", OTHER, "generation", "k")


def test_a_store_takes_no_value_of_another_tenant(stores: Stores) -> None:
    stores.create_tenant(make.account(OTHER))
    mine, foreign, asset = stores.tenant(TENANT), make.job("k1", OTHER), make.asset("k1", OTHER)
    for call in (
        lambda: mine.admit(foreign),
        lambda: mine.admit(make.job(), asset),
        lambda: mine.finish(foreign, FAILED, LATER),
        lambda: mine.put_asset(asset),
        lambda: mine.finish_asset(make.ready(asset), LATER),
        lambda: mine.put_delivery(make.delivery(foreign)),
    ):
        with pytest.raises(ValueError, match="another tenant"):
            call()
    assert stores.tenant(OTHER).account() == make.account(OTHER)

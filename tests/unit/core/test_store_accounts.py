"""What every store must do with credits, periods, overage, the result cache and the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from roomwright.domain import errors
from roomwright.domain.account import Account, UsageType
from roomwright.domain.job import AssetStatus, Job, JobStatus, Outcome, config_fingerprint
from roomwright.domain.plans import month_of, renewed, used_in_period
from roomwright.ports import Admission, Stores
from tests.fakes import make
from tests.fakes.make import HOUR, OTHER, SUCCESS, TENANT
from tests.fakes.ports import START

LATER = START + timedelta(minutes=1)
NEXT_MONTH = month_of(START)[1]
GRANT = "led_" + "g" * 26


def run(stores: Stores, job: Job) -> Job:
    """Admit a job and bring it to `running`."""
    store = stores.tenant(TENANT)
    store.admit(job)
    assert store.acquire_slot(job.job_id, START + HOUR, START)
    store.mark_started(job.job_id)
    return store.mark_running(job.job_id, "token", START + HOUR, START)


def hit(key: str, first: Job, **changes: Any) -> Job:
    """A job that is answered with another's result."""
    answered = make.job(key, status=JobStatus.SUCCEEDED, queued_at=None, cached_from=first.job_id, credits=0)
    outcome = {name: getattr(first, name) for name in ("outputs", "manifest_key", "source_key", "config_fingerprint")}
    return replace(answered, **outcome, completed_at=START, **changes)


def test_a_job_belongs_to_an_open_period(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    last = make.job("last", created_at=NEXT_MONTH - timedelta(microseconds=1))
    assert not store.admit(last).replayed
    for key, at in (("first", NEXT_MONTH), ("later", NEXT_MONTH + timedelta(days=400))):
        with pytest.raises(errors.PeriodOverError):
            store.admit(make.job(key, created_at=at))
    assert store.admit(last).replayed
    assert store.account().in_flight == 1


def test_an_account_without_a_period_admits_nothing(stores: Stores) -> None:
    stores.create_tenant(make.account(OTHER, period_started_at=None, period_ends_at=None))
    store = stores.tenant(OTHER)
    with pytest.raises(errors.PeriodOverError):
        store.admit(make.job("k", OTHER))
    before = store.account()
    assert store.renew(before, renewed(before, START), START)
    assert not store.admit(make.job("k", OTHER)).replayed


def test_an_ended_period_is_told_before_anything_else_that_is_lacking(stores: Stores) -> None:
    stores.create_tenant(make.account(OTHER, credits=0, max_in_flight=0))
    with pytest.raises(errors.PeriodOverError):
        stores.tenant(OTHER).admit(make.job("k", OTHER, created_at=NEXT_MONTH))
    with pytest.raises(errors.InsufficientCreditsError):
        stores.tenant(OTHER).admit(make.job("k", OTHER))


def team(stores: Stores, **changes: Any) -> Account:
    """OTHER on the plan `team`, which includes 500 units and allows 500 more."""
    stores.create_tenant(make.account(OTHER, **{"credits": 3, "plan": "team", **changes}))
    return stores.tenant(OTHER).account()


def test_a_new_period_tops_up_and_says_so_in_the_ledger(stores: Stores) -> None:
    before, store = team(stores), stores.tenant(OTHER)
    after = renewed(before, NEXT_MONTH)
    assert store.renew(before, after, NEXT_MONTH)
    assert store.account() == after
    assert (after.available, after.granted, after.overage_available) == (500, 500, 500)
    assert (after.period_started_at, after.period_ends_at) == month_of(NEXT_MONTH)
    (line,) = store.ledger(5).entries
    assert (line.movement, line.credits, line.created_at, line.job_id) == ("grant", 497, NEXT_MONTH, None)
    assert line.usage_type is UsageType.GRANT


def test_of_two_renewals_one_counts(stores: Stores) -> None:
    before, store = team(stores), stores.tenant(OTHER)
    after = renewed(before, NEXT_MONTH)
    assert [store.renew(before, after, NEXT_MONTH) for _ in range(2)] == [True, False]
    assert store.account() == after
    assert len(store.ledger(5).entries) == 1


def test_a_renewal_decided_on_another_balance_is_refused(stores: Stores) -> None:
    before, store = team(stores), stores.tenant(OTHER)
    store.grant(4, GRANT, START)
    assert not store.renew(before, renewed(before, NEXT_MONTH), NEXT_MONTH)
    read = store.account()
    assert read.available == 7
    assert store.renew(read, renewed(read, NEXT_MONTH), NEXT_MONTH)
    assert [entry.credits for entry in store.ledger(5).entries] == [493, 4]
    with pytest.raises(errors.NotFoundError):
        unknown = make.account("ten_" + "c" * 26)
        stores.tenant(unknown.tenant_id).renew(unknown, renewed(unknown, NEXT_MONTH), NEXT_MONTH)


def test_what_ends_while_a_period_is_renewed_is_not_lost(stores: Stores) -> None:
    """Overage given back between the reading and the renewal stays given back."""
    before = team(stores, credits=0, overage_available=2, overage_granted=2)
    store = stores.tenant(OTHER)
    job = store.admit(make.job("k", OTHER, overage=True, unit_price_usd="0.25")).job
    read = store.account()
    store.finish(job, make.FAILURE, LATER)
    assert store.renew(read, renewed(read, NEXT_MONTH), NEXT_MONTH)
    after = store.account()
    assert (after.overage_available, after.overage_reserved, after.overage_granted) == (500, 0, 500)
    assert (after.jobs_failed, after.in_flight) == (1, 0)
    assert before.overage_granted == 2


def test_a_period_counts_what_happened_in_it(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    store.finish(run(stores, make.job("old")), SUCCESS, LATER)
    before = store.account()
    store.renew(before, renewed(before, NEXT_MONTH), NEXT_MONTH)
    now = store.account()
    assert (now.jobs_succeeded, used_in_period(now, "jobs_succeeded"), used_in_period(now, "spent")) == (1, 0, 0)
    store.admit(make.job("new", created_at=NEXT_MONTH))
    assert used_in_period(store.account(), "jobs_total") == 1


def test_a_plan_with_its_limits_is_taken_like_a_period(stores: Stores) -> None:
    store, before = stores.tenant(TENANT), stores.tenant(TENANT).account()
    after = replace(before, plan="business", max_in_flight=200, max_running=10)
    assert store.renew(before, after, START)
    assert store.account() == after
    assert not store.renew(before, after, START), "the plan is another by now"
    assert store.ledger(5).entries == ()


def test_credits_are_granted_once(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    for at in (START, LATER):
        account = store.grant(5, GRANT, at)
        assert (account.available, account.granted) == (15, 15)
    assert store.account() == account
    (line,) = store.ledger(5).entries
    assert (line.entry_id, line.movement, line.credits, line.created_at) == (GRANT, "grant", 5, START)
    assert store.grant(1, "led_" + "h" * 26, START).granted == 16
    with pytest.raises(errors.NotFoundError):
        stores.tenant(OTHER).grant(5, GRANT, START)


@pytest.mark.parametrize(
    ("outcome", "left", "spent"), [(SUCCESS, 1, 1), (make.FAILURE, 2, 0)], ids=["success", "failure"]
)
def test_overage_is_a_bucket_of_its_own(stores: Stores, outcome: Outcome, left: int, spent: int) -> None:
    made = make.account(OTHER, credits=0, overage_available=2, overage_granted=2)
    stores.create_tenant(made)
    store = stores.tenant(OTHER)
    with pytest.raises(errors.InsufficientCreditsError):
        store.admit(make.job("k", OTHER))
    with pytest.raises(errors.InsufficientCreditsError):
        store.admit(make.job("k", OTHER, overage=True, credits=3))
    job = store.admit(make.job("k", OTHER, overage=True, unit_price_usd="0.25")).job
    held = store.account()
    assert (held.available, held.overage_available, held.overage_reserved) == (0, 1, 1)
    store.acquire_slot(job.job_id, LATER, LATER)
    running = store.mark_running(job.job_id, "t", LATER, LATER)
    store.finish(running, outcome, LATER)
    after = store.account()
    assert (after.overage_available, after.overage_reserved, after.overage_spent) == (left, 0, spent)
    assert (after.available, after.reserved, after.spent) == (0, 0, 0)
    (line,) = store.ledger(5).entries
    assert (line.overage, line.amount_usd) == (True, "0.25" if spent else "0.00")


def test_jobs_are_counted_by_how_they_end(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    store.finish(run(stores, make.job("a", parent_job_id="job_x")), SUCCESS, LATER)
    store.finish(run(stores, make.job("b")), make.FAILURE, LATER)
    store.finish(store.admit(make.job("c")).job, Outcome(), LATER)
    store.admit(make.job("d"))
    a = store.account()
    assert (a.jobs_total, a.jobs_succeeded, a.jobs_failed, a.jobs_cancelled) == (4, 1, 1, 1)
    assert (a.outputs_returned, a.regenerate_count, a.cache_hit_count) == (1, 1, 0)


def test_the_account_remembers_how_long_the_last_success_ran(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    store.finish(run(stores, make.job("a")), make.FAILURE, LATER)
    assert store.account().recent_run_s == 0.0
    final, _ = store.finish(run(stores, make.job("b")), SUCCESS, START + timedelta(seconds=12, microseconds=345600))
    assert (final.started_at, store.account().recent_run_s) == (START, 12.346)
    stored = store.job(final.job_id)
    assert stored == final


def test_a_success_answers_its_configuration(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    assert store.cached("cf") is None
    final, _ = store.finish(run(stores, make.job(config_fingerprint="cf")), SUCCESS, LATER)
    assert store.cached("cf") == final
    assert store.cached("other") is None
    stores.create_tenant(make.account(OTHER))
    assert stores.tenant(OTHER).cached("cf") is None


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"parent_job_id": "job_x", "config_fingerprint": "cf"}, SUCCESS),
        ({"config_fingerprint": "cf"}, make.FAILURE),
        ({"config_fingerprint": "cf"}, Outcome()),
        ({"config_fingerprint": None}, SUCCESS),
    ],
    ids=["regeneration", "failure", "cancelled", "unknown configuration"],
)
def test_nothing_else_answers_a_configuration(stores: Stores, changes: dict[str, Any], outcome: Outcome) -> None:
    store = stores.tenant(TENANT)
    store.finish(run(stores, make.job(**changes)), outcome, LATER)
    assert store.cached("cf") is None


def test_an_inline_sources_configuration_is_known_when_it_is_ready(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    job = make.job(status=JobStatus.INGESTING, queued_at=None)
    asset = make.asset(job_id=job.job_id)
    store.admit(job, asset)
    ready = make.ready(asset, sha256="5" * 64, focal_length_35mm=24.0)
    store.finish_asset(ready, START + HOUR)
    queued = store.job(job.job_id)
    assert queued
    assert queued.config_fingerprint == config_fingerprint(job.spec, ready)
    assert store.acquire_slot(job.job_id, LATER, LATER)
    final, _ = store.finish(store.mark_running(job.job_id, "t", LATER, LATER), SUCCESS, LATER)
    assert queued.config_fingerprint
    assert store.cached(queued.config_fingerprint) == final
    assert store.asset(asset.ingest_id) == ready
    assert make.ready(asset).status is AssetStatus.READY


def test_a_cached_answer_costs_nothing_and_is_in_the_ledger(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    first, _ = store.finish(run(stores, make.job(config_fingerprint="cf")), SUCCESS, START)
    before = store.account()
    job = hit("k2", first, updated_at=LATER)
    assert store.admit(job) == Admission(job, False)
    assert store.admit(job) == Admission(job, True)
    assert store.job(job.job_id) == job
    moved: dict[str, Any] = {"jobs_total": 2, "jobs_succeeded": 2, "cache_hit_count": 1, "outputs_returned": 2}
    assert store.account() == replace(before, **moved)
    line = store.ledger(1).entries[0]
    assert (line.movement, line.usage_type, line.credits) == ("cache_hit", UsageType.CACHE_HIT, 0)
    assert (line.job_id, line.config_fingerprint, line.amount_usd) == (job.job_id, "cf", "0.00")
    assert store.line(5) == []
    assert list(stores.open_jobs()) == []
    assert store.cached("cf") == first


def test_a_cached_answer_needs_no_credit_and_no_place_but_a_period(stores: Stores) -> None:
    stores.create_tenant(make.account(OTHER, credits=0, max_in_flight=0))
    store, first = stores.tenant(OTHER), make.job(outputs=SUCCESS.outputs, manifest_key="m", config_fingerprint="cf")
    assert not store.admit(hit("k", first, tenant_id=OTHER)).replayed
    with pytest.raises(errors.PeriodOverError):
        store.admit(hit("k2", first, tenant_id=OTHER, created_at=NEXT_MONTH))
    with pytest.raises(errors.IdempotencyConflictError):
        store.admit(hit("k", first, tenant_id=OTHER, fingerprint="other"))
    assert store.account().jobs_total == 1


def test_a_job_knows_how_many_wait_before_it(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    jobs = [make.job(f"k{n}", queued_at=START + timedelta(seconds=n // 2)) for n in range(5)]
    for job in jobs:
        store.admit(replace(job, updated_at=job.queued_at or START))
    order = sorted(jobs, key=lambda job: (job.queued_at, job.job_id))
    assert [store.ahead(job) for job in order] == [0, 1, 2, 3, 4]
    store.acquire_slot(order[0].job_id, LATER, LATER)
    assert [store.ahead(job) for job in order[1:]] == [0, 1, 2, 3]


def test_the_ledger_pages_newest_first(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    for n in range(4):
        job = store.admit(make.job(f"k{n}")).job
        store.finish(job, make.FAILURE, START + timedelta(minutes=n))
    store.grant(7, GRANT, START + timedelta(minutes=4))
    pages, cursor = [], None
    while True:
        page = store.ledger(2, cursor)
        pages.append(page.entries)
        cursor = page.cursor
        if cursor is None:
            break
    assert [len(p) for p in pages] == [2, 2, 1]
    assert [e.created_at.minute for p in pages for e in p] == [4, 3, 2, 1, 0]


def test_ends_at_one_instant_all_have_their_line(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    for n in range(3):
        store.finish(store.admit(make.job(f"k{n}")).job, make.FAILURE, LATER)
    first = store.ledger(2)
    rest = store.ledger(2, first.cursor)
    assert len({e.entry_id for e in (*first.entries, *rest.entries)}) == 3

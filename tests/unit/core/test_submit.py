"""The one way in: what a job is charged to, when it is answered from the cache, and what opens a billing period."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

import atelier
import diffusion
from roomwright.adapters import sample_engine
from roomwright.domain import job as jobs
from roomwright.domain.account import Account, Principal, UsageType
from roomwright.domain.errors import (
    ContendedError,
    InsufficientCreditsError,
    OperationUnavailableError,
    PeriodOverError,
    ValidationError,
)
from roomwright.domain.job import Job, JobSpec, JobStatus, SourceAsset, config_fingerprint
from roomwright.domain.plans import PLANS
from roomwright.ports import Admission
from roomwright.usecases.regenerate_generation import SEEDS, regenerate_generation
from roomwright.usecases.submit_generation import TRIES, submit_generation
from tests.fakes import make
from tests.fakes.make import HOUR, SUCCESS, TENANT
from tests.fakes.ports import START, FakeClock, MemoryBlobs
from tests.fakes.store import MemoryStores, MemoryTenantStore

SHA = "5" * 64
SOURCE = make.ready(make.asset(), sha256=SHA)


class Desk:
    """One tenant with a ready source asset."""

    def __init__(self, stores: MemoryStores | None = None, **account: Any) -> None:
        self.stores, self.clock, self.blobs = stores or MemoryStores(), FakeClock(), MemoryBlobs()
        self.blobs.objects["m"] = b"{}"  # the manifest of SUCCESS
        self.stores.create_tenant(make.account(**account))
        self.source = self.asset(make.asset())

    def asset(self, queued: SourceAsset, sha256: str | None = SHA) -> str:
        store = self.stores.tenant(TENANT)
        store.put_asset(queued)
        store.finish_asset(make.ready(queued, sha256=sha256), START + HOUR)
        return queued.source_asset_id

    def spec(self, **changes: Any) -> JobSpec:
        return replace(make.job().spec, **{"source_asset_id": self.source, **changes})

    def submit(self, key: str, principal: Principal | None = None, **spec: Any) -> Admission:
        who = principal or make.principal()
        return submit_generation(self.stores, self.blobs, self.clock, who, self.spec(**spec), key, "f")

    def succeed(self, job: Job) -> Job:
        store = self.stores.tenant(TENANT)
        assert store.acquire_slot(job.job_id, START + HOUR, self.clock.now())
        running = store.mark_running(job.job_id, "token", START + HOUR, self.clock.now())
        return store.finish(running, SUCCESS, self.clock.now())[0]

    def account(self) -> Account:
        return self.stores.tenant(TENANT).account()


def test_a_test_keys_job_costs_nothing() -> None:
    desk = Desk(credits=0, live=False, plan="test")
    job = desk.submit("k", replace(make.principal(), live=False)).job
    assert (job.credits, job.live) == (0, False)


def test_a_job_carries_its_correlation_id_and_what_its_result_is_known_by() -> None:
    desk = Desk()
    job = submit_generation(
        desk.stores, desk.blobs, desk.clock, make.principal(), desk.spec(), "k", "f", correlation_id="req-1"
    ).job
    assert job.correlation_id == "req-1"
    assert job.config_fingerprint == config_fingerprint(desk.spec(), SOURCE)


@pytest.mark.parametrize(
    "changes",
    [
        {"operation": "clear"},
        {"room_types": ("bedroom",)},
        {"style": None},
        {"seed": 1},
        {"include_alternates": True},
        {"hints": {"ceiling_height_m": 2.5}},
    ],
)
def test_a_fingerprint_tells_every_field_that_an_engine_is_given(changes: dict[str, Any]) -> None:
    spec = make.job().spec
    assert config_fingerprint(replace(spec, **changes), SOURCE) != config_fingerprint(spec, SOURCE)
    for other in (replace(SOURCE, sha256="6" * 64), replace(SOURCE, focal_length_35mm=24.0)):
        assert config_fingerprint(spec, other) != config_fingerprint(spec, SOURCE)
    echoed = replace(spec, reference="other", metadata={}, webhook_url="https://x.example/", source_asset_id="src_x")
    assert config_fingerprint(echoed, SOURCE) == config_fingerprint(spec, SOURCE)


def test_the_cache_knows_the_engines_whose_pictures_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who raises an engine's version raises it there too, or customers are answered with the old one's pictures."""
    assert (f"atelier/{atelier.VERSION}", f"diffusion/{diffusion.VERSION}", sample_engine.ENGINE) == jobs.ENGINES
    desk = Desk()
    desk.succeed(desk.submit("a").job)
    monkeypatch.setattr(jobs, "ENGINES", ("atelier/next",))
    assert desk.submit("b").job.status is JobStatus.QUEUED


def test_a_result_that_was_removed_from_the_bucket_answers_nothing() -> None:
    desk = Desk()
    desk.succeed(desk.submit("a").job)
    del desk.blobs.objects["m"]
    again = desk.succeed(desk.submit("b").job)
    desk.blobs.objects["m"] = b"{}"
    assert desk.submit("c").job.cached_from == again.job_id


def test_an_approved_result_answers_the_same_request_at_once() -> None:
    desk = Desk(credits=1)
    first = desk.succeed(desk.submit("a").job)
    hit = desk.submit("b", reference="other").job
    assert (hit.status, hit.cached_from, hit.credits) == (JobStatus.SUCCEEDED, first.job_id, 0)
    assert (hit.outputs, hit.manifest_key, hit.source_key) == (first.outputs, first.manifest_key, first.source_key)
    account = desk.account()
    assert (account.available, account.in_flight, account.cache_hit_count) == (0, 0, 1)
    lines = {entry.job_id: entry for entry in desk.stores.tenant(TENANT).ledger(9).entries}
    assert (lines[hit.job_id].usage_type, lines[hit.job_id].credits) == (UsageType.CACHE_HIT, 0)
    assert lines[first.job_id].usage_type is UsageType.GENERATION
    assert not desk.stores.tenant(TENANT).line(9)


def test_a_replay_is_the_first_job_though_the_cache_would_answer_by_now() -> None:
    desk = Desk()
    waiting = desk.submit("a").job
    desk.succeed(desk.submit("b").job)
    again = desk.submit("a")
    assert (again.replayed, again.job) == (True, waiting)


def test_a_source_whose_bytes_are_not_known_meets_no_cache() -> None:
    desk = Desk()
    desk.source = desk.asset(make.asset("old"), sha256=None)
    first = desk.succeed(desk.submit("a").job)
    assert first.config_fingerprint is None
    assert desk.submit("b").job.status is JobStatus.QUEUED


def regenerate(desk: Desk, parent: Job, key: str, seed: int | None = None) -> Job:
    given = (desk.stores, desk.blobs, desk.clock, make.principal(), parent, desk.spec(seed=99), seed, key, "f")
    return regenerate_generation(*given).job


def test_a_regeneration_reads_and_writes_no_cache() -> None:
    desk = Desk()
    parent = desk.succeed(desk.submit("a").job)
    made = [regenerate(desk, parent, f"r-{seed}", seed) for seed in (None, parent.spec.seed)]
    assert [job.status for job in made] == [JobStatus.QUEUED] * 2
    assert made[1].spec.seed == parent.spec.seed
    desk.succeed(made[1])
    assert desk.submit("b").job.cached_from == parent.job_id


def test_every_regeneration_of_a_chain_has_the_next_seed_whichever_it_was_asked_of() -> None:
    desk = Desk()
    root = desk.succeed(desk.submit("a", seed=40).job)
    first = regenerate(desk, root, "1")
    second = regenerate(desk, root, "2")
    third = regenerate(desk, first, "3")
    assert [job.spec.seed for job in (first, second, third)] == [41, 42, 43]
    assert third.parent_job_id == first.job_id
    assert regenerate(desk, root, "1") == first, "a replay has the first answer"
    assert regenerate(desk, second, "4").spec.seed == 44, "and takes no number"
    answered = desk.submit("b", seed=40).job
    assert regenerate(desk, answered, "5").spec.seed == 45, "the cache's answer is the same picture"


def test_a_seed_that_was_given_begins_a_chain_of_its_own() -> None:
    desk = Desk()
    root = desk.succeed(desk.submit("a", seed=40).job)
    chosen = regenerate(desk, root, "1", seed=SEEDS - 1)
    assert regenerate(desk, chosen, "2").spec.seed == 0, "seeds go round"
    assert regenerate(desk, regenerate(desk, chosen, "2"), "3").spec.seed == 1
    assert regenerate(desk, root, "4").spec.seed == 41


class CrowdedTenantStore(MemoryTenantStore):
    """Others are regenerated whenever somebody has counted."""

    crowd = 3

    def regenerations(self, root_job_id: str) -> int:
        found = super().regenerations(root_job_id)
        if CrowdedTenantStore.crowd:
            CrowdedTenantStore.crowd -= 1
            self.table.chains[self.tenant_id, root_job_id] = found + 1
        return found


def test_a_number_that_another_took_is_not_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    stores = MemoryStores()
    stores.tenant_store = CrowdedTenantStore
    desk = Desk(stores)
    root = desk.submit("a", seed=40).job
    assert regenerate(desk, root, "1").spec.seed == 44
    monkeypatch.setattr(CrowdedTenantStore, "crowd", 100)
    with pytest.raises(ContendedError):
        regenerate(desk, root, "2")


def test_overage_is_taken_only_when_the_balance_ends_and_the_plan_has_it() -> None:
    desk = Desk(credits=1, plan="team", overage_available=1, overage_granted=1)
    first, second = desk.submit("a").job, desk.submit("b", seed=1).job
    assert [(job.overage, job.unit_price_usd) for job in (first, second)] == [(False, "0.00"), (True, "0.25")]
    with pytest.raises(InsufficientCreditsError):
        desk.submit("c", seed=2)
    with pytest.raises(InsufficientCreditsError):
        Desk(credits=0).submit("a")


def test_the_next_job_opens_a_period_that_has_come() -> None:
    desk = Desk(credits=3, plan="team", period_ends_at=START)
    desk.submit("a")
    account = desk.account()
    assert (account.available, account.granted) == (PLANS["team"].included - 1, PLANS["team"].included)
    assert account.period_ends_at is not None
    assert account.period_ends_at > START
    grants = [entry.credits for entry in desk.stores.tenant(TENANT).ledger(9).entries if entry.movement == "grant"]
    assert grants == [PLANS["team"].included - 3]


class _Racing(MemoryTenantStore):
    """Somebody else opens the period between the read and the write."""

    def renew(self, before: Account, after: Account, now: datetime) -> bool:
        super().renew(before, after, now)
        return super().renew(before, after, now)


class _Broken(MemoryTenantStore):
    """The period can never be opened."""

    tries = 0

    def admit(self, job: Job, asset: SourceAsset | None = None) -> Admission:
        type(self).tries += 1
        raise PeriodOverError("over")


def test_a_period_that_another_request_opened_is_as_good() -> None:
    stores = MemoryStores()
    stores.tenant_store = _Racing
    desk = Desk(stores, credits=0, plan="team", period_ends_at=START - timedelta(days=1))
    assert desk.submit("a").job.status is JobStatus.QUEUED
    assert desk.account().available == PLANS["team"].included - 1


def test_what_never_gets_through_is_said_to_be_busy() -> None:
    stores = MemoryStores()
    desk = Desk(stores)
    stores.tenant_store = _Broken
    with pytest.raises(ContendedError) as caught:
        desk.submit("a")
    assert caught.value.retryable
    assert _Broken.tries == TRIES


def test_what_no_engine_does_is_refused_whoever_asks() -> None:
    desk = Desk()
    for operation in ("clear", "dream"):
        with pytest.raises(OperationUnavailableError, match="stage"):
            desk.submit("a", operation=operation)
    with pytest.raises(ValidationError, match="no source asset"):
        desk.submit("a", source_asset_id="src_01JXSRCABCDEFGHIJKL012345")

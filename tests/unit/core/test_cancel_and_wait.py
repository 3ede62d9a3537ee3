"""Calling a job off while it moves, and waiting for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine_contract import Progress
from roomwright.domain.errors import ConflictError, ContendedError, NotFoundError, StaleStateError
from roomwright.domain.job import Job, JobStatus, Outcome
from roomwright.usecases.cancel_job import cancel_job
from roomwright.usecases.estimate_completion import estimate_completion
from roomwright.usecases.wait_for_job import LOOK_EVERY_S, wait_for_job
from tests.fakes import make
from tests.fakes.make import HOUR, SUCCESS, TENANT
from tests.fakes.ports import START, FakeClock
from tests.fakes.store import MemoryStores, MemoryTenantStore


class _Moving(MemoryTenantStore):
    """The job takes another step just before each of the first writes that would end it."""

    steps = 1

    def finish(self, job: Job, outcome: Outcome, now: datetime) -> tuple[Job, bool]:
        if outcome.status is JobStatus.CANCELLED and type(self).steps:
            type(self).steps -= 1
            self._step(job)
            raise StaleStateError("the job moved on")
        return super().finish(job, outcome, now)

    def _step(self, job: Job) -> None:
        if not job.slot_held:
            assert self.acquire_slot(job.job_id, START + HOUR, START)
        elif job.status is JobStatus.QUEUED:
            self.mark_running(job.job_id, "token", START + HOUR, START)
        elif job.status is JobStatus.RUNNING:
            super().finish(job, SUCCESS, START)


def moving(memory: MemoryStores, steps: int) -> Job:
    job = memory.tenant(TENANT).admit(make.job()).job
    memory.tenant_store = _Moving
    _Moving.steps = steps
    return job


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_job_that_moves_is_cancelled_where_it_is(memory: MemoryStores, steps: int) -> None:
    job = moving(memory, steps)
    assert cancel_job(memory, FakeClock(), make.principal(), job.job_id).status is JobStatus.CANCELLED
    account = memory.tenant(TENANT).account()
    assert (account.available, account.reserved, account.running, account.in_flight) == (10, 0, 0, 0)


def test_a_job_that_ends_first_keeps_its_result(memory: MemoryStores) -> None:
    job = moving(memory, 3)
    with pytest.raises(ConflictError, match="succeeded"):
        cancel_job(memory, FakeClock(), make.principal(), job.job_id)
    assert memory.tenant(TENANT).account().spent == 1


def test_a_job_that_never_stands_still_is_left_alone(memory: MemoryStores, monkeypatch: pytest.MonkeyPatch) -> None:
    job = moving(memory, 1000)
    monkeypatch.setattr(_Moving, "_step", lambda *_: None)
    with pytest.raises(ContendedError):
        cancel_job(memory, FakeClock(), make.principal(), job.job_id)


def test_nobody_elses_job_is_cancelled_or_waited_for(memory: MemoryStores) -> None:
    job = memory.tenant(TENANT).admit(make.job()).job
    memory.create_tenant(make.account(make.OTHER))
    with pytest.raises(NotFoundError):
        cancel_job(memory, FakeClock(), make.principal(make.OTHER), job.job_id)
    clock = FakeClock()
    with pytest.raises(NotFoundError):
        wait_for_job(memory, clock, lambda _: clock.advance(HOUR), make.principal(make.OTHER), job, 5)


@pytest.mark.parametrize("seconds", [1, 3, 20])
def test_a_wait_looks_often_and_never_longer_than_asked(memory: MemoryStores, seconds: int) -> None:
    job, clock, naps = memory.tenant(TENANT).admit(make.job()).job, FakeClock(), list[float]()

    def sleep(for_s: float) -> None:
        naps.append(for_s)
        clock.advance(timedelta(seconds=for_s * 1.3))  # a sleep and a read take longer than the sleep

    assert wait_for_job(memory, clock, sleep, make.principal(), job, seconds) == job
    assert max(naps) <= LOOK_EVERY_S
    assert timedelta(seconds=seconds) <= clock.now() - START < timedelta(seconds=seconds + 1)


def test_a_job_that_has_ended_is_not_waited_for(memory: MemoryStores) -> None:
    store = memory.tenant(TENANT)
    job, _ = store.finish(store.admit(make.job()).job, Outcome(), START)

    def sleep(_: float) -> None:
        raise AssertionError("it slept")

    assert wait_for_job(memory, FakeClock(), sleep, make.principal(), job, 20) is job


def progress(fraction: float, elapsed_s: float) -> Progress:
    return Progress(stage="render", fraction=fraction, stages_done=[], elapsed_s=elapsed_s)


@pytest.mark.parametrize(
    ("fraction", "elapsed_s", "left_s"), [(0.5, 20, 20), (0.9, 90, 10), (1.0, 40, 0), (0.01, 40, 30), (0.5, 0, 30)]
)
def test_the_rest_takes_as_long_as_the_pace_says(
    memory: MemoryStores, fraction: float, elapsed_s: float, left_s: float
) -> None:
    running = replace(make.job(), status=JobStatus.RUNNING, slot_held=True, started_at=START)
    at = estimate_completion(memory, FakeClock(), running, progress(fraction, elapsed_s))
    assert at is not None
    assert at - START == pytest.approx(timedelta(seconds=left_s), abs=timedelta(milliseconds=1))


def test_a_job_in_line_takes_its_turn_after_those_before_it(memory: MemoryStores) -> None:
    store = memory.tenant(TENANT)
    times = [START + timedelta(seconds=n) for n in range(4)]
    jobs = [store.admit(make.job(f"k{n}", queued_at=at, updated_at=at)).job for n, at in enumerate(times)]
    memory.table.put_account(replace(store.account(), recent_run_s=10.0, max_running=2))
    ends = [estimate_completion(memory, FakeClock(), job, None) for job in jobs]
    assert ends == [START + timedelta(seconds=s) for s in (10, 10, 20, 20)]
    assert estimate_completion(memory, FakeClock(), replace(jobs[0], status=JobStatus.CANCELLED), None) is None


def test_a_job_that_has_its_slot_waits_for_nobody(memory: MemoryStores) -> None:
    store = memory.tenant(TENANT)
    jobs = [store.admit(make.job(f"k{n}", queued_at=START + timedelta(seconds=n))).job for n in range(5)]
    assert store.acquire_slot(jobs[-1].job_id, START + HOUR, START)
    held = store.job(jobs[-1].job_id)
    assert held is not None
    assert estimate_completion(memory, FakeClock(), held, None) == START + timedelta(seconds=30)

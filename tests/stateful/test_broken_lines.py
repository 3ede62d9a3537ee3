"""The harness can fail: each of these breaks one promise of the line, and the runs must notice which."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import count

import pytest

from roomwright.domain import ids, signatures
from roomwright.domain.account import Account
from roomwright.domain.delivery import Attempt, Delivery, DeliveryStatus
from roomwright.domain.job import Job, JobStatus, Outcome, SourceAsset, ended
from roomwright.ports import Admission
from roomwright.usecases import finish_job
from tests.fakes.store import MemoryTenantStore
from tests.stateful.faults import Trouble
from tests.stateful.simulate import several, simulate
from tests.stateful.world import World


class FinishesTwice(MemoryTenantStore):
    """The terminal write names no expected state."""

    def finish(self, job: Job, outcome: Outcome, now: datetime) -> tuple[Job, bool]:
        before = self.job(job.job_id) or job
        final = replace(ended(replace(before, status=JobStatus.RUNNING), outcome, now))
        self._settle(before, final)
        return self.table.put_job(final), True


class RefundsTwice(MemoryTenantStore):
    def _settle(self, before: Job, final: Job) -> None:
        super()._settle(before, final)
        if final.status is JobStatus.FAILED:
            self.table.add(self.tenant_id, {"available": final.credits})


class KeepsSlots(MemoryTenantStore):
    def _settle(self, before: Job, final: Job) -> None:
        super()._settle(replace(before, slot_held=False), final)


class ForgetsStarting(MemoryTenantStore):
    """The dispatcher does not restart what held a slot when it died."""

    def account(self) -> Account:
        return replace(super().account(), starting=frozenset())


class AdmitsTwice(MemoryTenantStore):
    """A repeated request is a new job under the old id."""

    def admit(self, job: Job, asset: SourceAsset | None = None) -> Admission:
        self.table.jobs.pop((self.tenant_id, job.job_id), None)
        return super().admit(job, asset)


class NumbersAttemptsTwice(MemoryTenantStore):
    def record_attempt(
        self,
        job_id: str,
        delivery_id: str,
        attempt: Attempt,
        status: DeliveryStatus,
        next_attempt_at: datetime | None,
    ) -> Delivery:
        current = self.table.deliveries[self.tenant_id, job_id, delivery_id]
        after = replace(current, attempts=(*current.attempts, attempt), status=status, next_attempt_at=next_attempt_at)
        self.table.deliveries[self.tenant_id, job_id, delivery_id] = after
        return after


class OverlooksWaiting(MemoryTenantStore):
    """An asset that got ready leaves its job behind."""

    def _release(self, job: Job, asset: SourceAsset, deadline_at: datetime) -> None:
        return


class TakesEverySlot(MemoryTenantStore):
    def account(self) -> Account:
        return replace(super().account(), max_running=99)


class RelaysOnce(World):
    """A change counts as relayed before it is."""

    def _relay(self) -> None:
        at = self.relayed
        super()._relay()
        self.relayed = at + 1


class NeverSweeps(World):
    def _sweep_at(self) -> datetime | None:
        return None


def troubled_runs(store: type[MemoryTenantStore], world_type: type[World]) -> None:
    """Several troubles in a random run, single ones in a healthy run, by turns: most bugs show in one of them soon."""
    for at in range(1, 130):
        simulate(at, several(at), healthy=False, tenant_store=store, world_type=world_type)
        for trouble in Trouble:
            simulate(1, {at: trouble}, healthy=True, tenant_store=store, world_type=world_type)


@pytest.mark.parametrize(
    ("store", "world_type", "noticed"),
    [
        (FinishesTwice, World, "below zero|written after its end"),
        (RefundsTwice, World, "credits are conserved"),
        (KeepsSlots, World, "every counted slot"),
        (ForgetsStarting, World, "did not succeed"),
        (AdmitsTwice, World, "every counted slot|written after its end|in flight is|what is reserved|: \\w+ → "),
        (NumbersAttemptsTwice, World, "numbered once"),
        (OverlooksWaiting, World, "did not succeed"),
        (TakesEverySlot, World, "concurrency"),
        (MemoryTenantStore, RelaysOnce, "did not succeed|not announced|does not settle|deliveries"),
        (MemoryTenantStore, NeverSweeps, "pending|never ended"),
    ],
)
def test_a_broken_line_is_noticed(store: type[MemoryTenantStore], world_type: type[World], noticed: str) -> None:
    with pytest.raises(AssertionError, match=noticed):
        troubled_runs(store, world_type)


def test_unstable_event_ids_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    number = count()
    monkeypatch.setattr(ids, "event_id", lambda subject_id, status: f"evt_{next(number)}")
    with pytest.raises(AssertionError, match=r"one event, two ids|2 deliveries"):
        troubled_runs(MemoryTenantStore, World)


def test_publishing_what_was_refused_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finish_job, "_room_unchanged", lambda candidate: True)
    with pytest.raises(AssertionError, match="published what the checks refused"):
        troubled_runs(MemoryTenantStore, World)


def test_a_webhook_id_that_changes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    number = count()
    real = signatures.standard_headers
    monkeypatch.setattr(
        signatures,
        "standard_headers",
        lambda key, message_id, at, body: real(key, f"{message_id}-{next(number)}", at, body),
    )
    with pytest.raises(AssertionError, match="an attempt was recorded that was never made"):
        troubled_runs(MemoryTenantStore, World)

"""The table in memory: every method is one atomic step, as one DynamoDB transaction is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from roomwright.domain import ids
from roomwright.domain.account import Account, ApiKey, admission, cache_settlement, settlement
from roomwright.domain.errors import (
    ConflictError,
    IdempotencyConflictError,
    InsufficientCreditsError,
    NotFoundError,
    PeriodOverError,
    StaleStateError,
    StorageLimitExceededError,
    TooManyInFlightError,
)
from roomwright.domain.job import AssetStatus, Job, JobStatus, Outcome, SourceAsset, caches, ended, moved, released
from roomwright.domain.plans import period_over
from roomwright.ports import Admission, OpenItem
from tests.fakes.records import MemoryRecords, change_key
from tests.fakes.table import Table


class MemoryTenantStore(MemoryRecords):
    """One tenant's items: jobs and assets here, everything else in the base class."""

    def admit(self, job: Job, asset: SourceAsset | None = None) -> Admission:
        self.require_own(job, asset)
        account, first = self.account(), self.job(job.job_id)
        if first and first.fingerprint != job.fingerprint:
            raise IdempotencyConflictError("This Idempotency-Key was used with another request.")
        if first:
            return Admission(first, True)
        if period_over(account, job.created_at):
            raise PeriodOverError("The billing period is over.")
        if job.status is JobStatus.SUCCEEDED:
            return self._admit_answered(job)
        if (account.overage_available if job.overage else account.available) < job.credits:
            raise InsufficientCreditsError("Not enough credits.")
        if account.in_flight >= account.max_in_flight:
            raise TooManyInFlightError("Too many jobs.", retry_after_s=30)
        if account.stored_bytes >= account.max_stored_bytes:
            raise StorageLimitExceededError(account.stored_bytes, account.max_stored_bytes)
        source = (self.tenant_id, job.spec.source_asset_id)
        if source in self.table.closed:
            raise ConflictError("This source asset was deleted.")
        if job.root_job_id:
            if self.regenerations(job.root_job_id) != job.regeneration - 1:
                raise StaleStateError("another regeneration took this number")
            self.table.chains[self.tenant_id, job.root_job_id] = job.regeneration
        self.table.add(self.tenant_id, admission(job))
        self.table.uses[source] += 1
        if asset:
            self.table.put_asset(asset)
        self.table.put_job(job)
        if job.status is JobStatus.QUEUED:
            self.table.line[self.tenant_id, job.job_id] = job.updated_at
        return Admission(job, False)

    def _admit_answered(self, job: Job) -> Admission:
        moves, entry = cache_settlement(job)
        self.table.add(self.tenant_id, moves)
        self.table.put_line(entry)
        return Admission(self.table.put_job(job), False)

    def regenerations(self, root_job_id: str) -> int:
        return self.table.chains.get((self.tenant_id, root_job_id), 0)

    def cached(self, config_fingerprint: str) -> Job | None:
        job_id = self.table.cache.get((self.tenant_id, config_fingerprint))
        return self.job(job_id) if job_id else None

    def job(self, job_id: str) -> Job | None:
        return self.table.jobs.get((self.tenant_id, job_id))

    def line(self, limit: int) -> list[str]:
        mine = sorted((at, job_id) for (tenant, job_id), at in self.table.line.items() if tenant == self.tenant_id)
        return [job_id for _, job_id in mine[:limit]]

    def ahead(self, job: Job) -> int:
        if job.queued_at is None:
            raise ValueError("a job in line was queued at some time")
        mine = ((at, job_id) for (tenant, job_id), at in self.table.line.items() if tenant == self.tenant_id)
        return min(1000, sum(place < (job.queued_at, job.job_id) for place in mine))

    def acquire_slot(self, job_id: str, deadline_at: datetime, now: datetime) -> bool:
        account, job = self.account(), self.job(job_id)
        if job is None or job.status is not JobStatus.QUEUED:
            return False
        if job.slot_held:
            return True
        if account.running >= account.max_running:
            return False
        self.table.add(self.tenant_id, {"running": 1})
        self._starting(job_id, present=True)
        del self.table.line[self.tenant_id, job_id]
        self.table.put_job(replace(job, slot_held=True, deadline_at=deadline_at, updated_at=now))
        return True

    def mark_started(self, job_id: str) -> None:
        self.account()
        self._starting(job_id, present=False)

    def _starting(self, job_id: str, *, present: bool) -> None:
        account = self.table.accounts[self.tenant_id]
        starting = account.starting | {job_id} if present else account.starting - {job_id}
        self.table.put_account(replace(account, starting=starting))

    def mark_running(self, job_id: str, task_token: str, deadline_at: datetime, now: datetime) -> Job:
        job = self.job(job_id)
        if job is None:
            raise StaleStateError("no such job")
        if job.status is JobStatus.RUNNING:
            running = replace(job, updated_at=now, deadline_at=deadline_at)
        elif job.slot_held:
            running = moved(job, JobStatus.RUNNING, now, deadline_at)
        else:
            raise StaleStateError("the job holds no slot")
        return self.table.put_job(replace(running, task_token=task_token, started_at=now))

    def finish(self, job: Job, outcome: Outcome, now: datetime) -> tuple[Job, bool]:
        self.require_own(job)
        current = self.job(job.job_id)
        if current and current.status.terminal:
            return current, False
        if current is None or (current.status, current.slot_held) != (job.status, job.slot_held):
            raise StaleStateError("the job moved on")
        self._settle(current, final := ended(current, outcome, now))
        return self.table.put_job(final), True

    def _settle(self, before: Job, final: Job) -> None:
        moves, entry = settlement(final, slot_held=before.slot_held)
        self.table.add(self.tenant_id, moves)
        self._starting(final.job_id, present=False)
        self.table.uses[self.tenant_id, final.spec.source_asset_id] -= 1
        self.table.line.pop((self.tenant_id, final.job_id), None)
        self.table.put_line(entry)
        if (seconds := final.run_s) is not None:
            self.table.put_account(replace(self.account(), recent_run_s=seconds))
        if caches(final) and final.config_fingerprint:
            self.table.cache[self.tenant_id, final.config_fingerprint] = final.job_id

    def put_asset(self, asset: SourceAsset) -> tuple[SourceAsset, bool]:
        self.require_own(asset)
        first = self.asset(asset.ingest_id)
        if first and first.fingerprint != asset.fingerprint:
            raise IdempotencyConflictError("This Idempotency-Key was used with another request.")
        return (first, True) if first else (self.table.put_asset(asset), False)

    def asset(self, ingest_id: str) -> SourceAsset | None:
        return self.table.assets.get((self.tenant_id, ingest_id))

    def queue_asset(self, ingest_id: str, deadline_at: datetime, now: datetime) -> SourceAsset | None:
        asset = self.asset(ingest_id)
        if asset is None or asset.status is not AssetStatus.AWAITING_UPLOAD:
            return asset
        return self.table.put_asset(replace(asset, status=AssetStatus.QUEUED, updated_at=now, deadline_at=deadline_at))

    def finish_asset(self, asset: SourceAsset, job_deadline_at: datetime) -> tuple[SourceAsset, bool]:
        self.require_own(asset)
        current = self.asset(asset.ingest_id)
        if current is None:
            raise NotFoundError("no such ingest")
        if current.status.terminal:
            return current, False
        self.table.put_asset(asset)
        self.table.add(self.tenant_id, {"stored_bytes": asset.stored_bytes})
        job = self.job(asset.job_id) if asset.job_id else None
        if job and job.status is JobStatus.INGESTING:
            self._release(job, asset, job_deadline_at)
        return asset, True

    def _release(self, job: Job, asset: SourceAsset, deadline_at: datetime) -> None:
        if asset.status is AssetStatus.READY:
            self.table.put_job(released(job, asset, deadline_at))
            self.table.line[self.tenant_id, job.job_id] = asset.updated_at
        else:
            self._settle(job, final := ended(job, Outcome(failure=asset.failure), asset.updated_at))
            self.table.put_job(final)

    def delete_asset(self, asset: SourceAsset, now: datetime) -> SourceAsset:
        self.require_own(asset)
        current, source = self.asset(asset.ingest_id), (self.tenant_id, asset.source_asset_id)
        if current is None or current.status is not asset.status:
            raise StaleStateError("the asset was changed meanwhile")
        if self.table.uses[source] > 0:
            raise ConflictError("A job uses this source asset.")
        self.table.closed.add(source)
        return self.table.put_asset(replace(current, status=AssetStatus.DELETED, updated_at=now))

    def erase_outputs(self, job: Job, now: datetime) -> Job:
        self.require_own(job)
        current = self.job(job.job_id)
        if current is None or current.status is not job.status or current.erased_at:
            raise StaleStateError("the job was changed meanwhile")
        return self.table.put_job(replace(current, erased_at=now, updated_at=now))

    def uncount(self, kept: Job | SourceAsset) -> None:
        self.require_own(kept)
        if isinstance(kept, Job):
            job = self.job(kept.job_id)
            current = job.stored_bytes if job else 0
            if job and current and current == kept.stored_bytes:
                self.table.put_job(replace(job, stored_bytes=0))
                self.table.add(self.tenant_id, {"stored_bytes": -current})
            return
        asset = self.asset(kept.ingest_id)
        current = asset.stored_bytes if asset else 0
        if asset and current and current == kept.stored_bytes:
            self.table.put_asset(replace(asset, stored_bytes=0))
            self.table.add(self.tenant_id, {"stored_bytes": -current})


class MemoryStores:
    """The doors into the table."""

    tenant_store: type[MemoryTenantStore] = MemoryTenantStore

    def __init__(self, table: Table | None = None) -> None:
        self.table = table or Table()

    def tenant(self, tenant_id: str) -> MemoryTenantStore:
        if not ids.is_id("ten", tenant_id):
            raise NotFoundError("There is no such tenant.")
        return self.tenant_store(self.table, tenant_id)

    def create_tenant(self, account: Account) -> None:
        if account.tenant_id not in self.table.accounts:
            self.table.put_account(account)

    def put_key(self, key: ApiKey, replaces: ApiKey | None = None) -> None:
        if key.key_id in self.table.keys:
            raise ConflictError("There is a key with this id.")
        if replaces:
            current = self.table.keys.get(replaces.key_id)
            if current is None or current.tenant_id != key.tenant_id:
                raise StaleStateError("there is no such key to replace")
            change_key(self.table, replace(current, revoked_at=None, replaced_by=None), replaces)
        self.table.keys[key.key_id] = key

    def key(self, key_id: str) -> ApiKey | None:
        return self.table.keys.get(key_id)

    def touch_key(self, key: ApiKey, now: datetime) -> None:
        current = self.table.keys.get(key.key_id)
        if current and current.last_used_at == key.last_used_at:
            self.table.keys[key.key_id] = replace(current, last_used_at=now)

    def count(self, subject: str, names: Sequence[str], window_ends_at: datetime) -> Mapping[str, int]:
        counts = self.table.counts.setdefault((subject, window_ends_at), Counter())
        counts.update(names)
        return {name: counts[name] for name in names}

    def open_jobs(self) -> Iterator[OpenItem]:
        for job in sorted(self.table.jobs.values(), key=lambda j: (j.deadline_at, j.job_id)):
            if not job.status.terminal:
                yield OpenItem(job.tenant_id, job.job_id, job.status, job.updated_at, job.deadline_at)

    def open_assets(self) -> Iterator[OpenItem]:
        for asset in sorted(self.table.assets.values(), key=lambda a: (a.deadline_at, a.ingest_id)):
            if not asset.status.terminal:
                yield OpenItem(asset.tenant_id, asset.ingest_id, asset.status, asset.updated_at, asset.deadline_at)

    def due_deliveries(self, before: datetime) -> Iterator[tuple[str, str, str]]:
        for key, delivery in sorted(self.table.deliveries.items(), key=lambda kv: kv[0]):
            if delivery.next_attempt_at and delivery.next_attempt_at <= before:
                yield key

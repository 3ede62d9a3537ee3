"""The table in memory: every method is one atomic step, as one DynamoDB transaction is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from roomwright.domain import ids
from roomwright.domain.account import ADMITTED, Account, ApiKey, LedgerEntry, settlement
from roomwright.domain.delivery import Attempt, Delivery, DeliveryStatus
from roomwright.domain.errors import (
    IdempotencyConflictError,
    InsufficientCreditsError,
    NotFoundError,
    StaleStateError,
    TooManyInFlightError,
)
from roomwright.domain.job import AssetStatus, Job, JobStatus, Outcome, SourceAsset, ended, moved
from roomwright.ports import Admission, OpenItem

Change = tuple[Job | SourceAsset | None, Job | SourceAsset | None]
Key = tuple[str, str]


@dataclass
class Table:
    """What is stored, and (as the stream) every change of a job or an asset."""

    accounts: dict[str, Account] = field(default_factory=dict)
    jobs: dict[Key, Job] = field(default_factory=dict)
    assets: dict[Key, SourceAsset] = field(default_factory=dict)
    line: dict[Key, datetime] = field(default_factory=dict)
    ledger: dict[Key, LedgerEntry] = field(default_factory=dict)
    deliveries: dict[tuple[str, str, str], Delivery] = field(default_factory=dict)
    keys: dict[str, ApiKey] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def put_job(self, job: Job) -> Job:
        key = (job.tenant_id, job.job_id)
        self.changes.append((self.jobs.get(key), job))
        self.jobs[key] = job
        return job

    def put_asset(self, asset: SourceAsset) -> SourceAsset:
        key = (asset.tenant_id, asset.ingest_id)
        self.changes.append((self.assets.get(key), asset))
        self.assets[key] = asset
        return asset

    def add(self, tenant_id: str, moves: Mapping[str, int]) -> None:
        account = self.accounts[tenant_id]
        self.accounts[tenant_id] = replace(account, **{n: getattr(account, n) + by for n, by in moves.items()})


class MemoryTenantStore:
    """One tenant's items."""

    def __init__(self, table: Table, tenant_id: str) -> None:
        self.table = table
        self.tenant_id = tenant_id

    def require_own(self, *values: Job | SourceAsset | Delivery | None) -> None:
        if any(value and value.tenant_id != self.tenant_id for value in values):
            raise ValueError("this value belongs to another tenant")

    def account(self) -> Account:
        if self.tenant_id not in self.table.accounts:
            raise NotFoundError("There is no such tenant.")
        return self.table.accounts[self.tenant_id]

    def admit(self, job: Job, asset: SourceAsset | None = None) -> Admission:
        self.require_own(job, asset)
        account, first = self.account(), self.job(job.job_id)
        if first and first.fingerprint != job.fingerprint:
            raise IdempotencyConflictError("This Idempotency-Key was used with another request.")
        if first:
            return Admission(first, True)
        if account.available < job.credits:
            raise InsufficientCreditsError("Not enough credits.")
        if account.in_flight >= account.max_in_flight:
            raise TooManyInFlightError("Too many jobs.", retry_after_s=30)
        moves = {name: job.credits * sign for name, sign in ADMITTED.items()}
        self.table.add(self.tenant_id, {**moves, "in_flight": 1})
        if asset:
            self.table.put_asset(asset)
        self.table.put_job(job)
        if job.status is JobStatus.QUEUED:
            self.table.line[self.tenant_id, job.job_id] = job.updated_at
        return Admission(job, False)

    def job(self, job_id: str) -> Job | None:
        return self.table.jobs.get((self.tenant_id, job_id))

    def line(self, limit: int) -> list[str]:
        mine = sorted((at, job_id) for (tenant, job_id), at in self.table.line.items() if tenant == self.tenant_id)
        return [job_id for _, job_id in mine[:limit]]

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
        self.table.accounts[self.tenant_id] = replace(account, starting=starting)

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
        return self.table.put_job(replace(running, task_token=task_token))

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
        self.table.line.pop((self.tenant_id, final.job_id), None)
        self.table.ledger[self.tenant_id, f"{entry.created_at.isoformat()}#{entry.job_id}"] = entry

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
        job = self.job(asset.job_id) if asset.job_id else None
        if job and job.status is JobStatus.INGESTING:
            self._release(job, asset, job_deadline_at)
        return asset, True

    def _release(self, job: Job, asset: SourceAsset, deadline_at: datetime) -> None:
        if asset.status is AssetStatus.READY:
            self.table.put_job(moved(job, JobStatus.QUEUED, asset.updated_at, deadline_at))
            self.table.line[self.tenant_id, job.job_id] = asset.updated_at
        else:
            self._settle(job, final := ended(job, Outcome(failure=asset.failure), asset.updated_at))
            self.table.put_job(final)

    def put_delivery(self, delivery: Delivery) -> tuple[Delivery, bool]:
        self.require_own(delivery)
        key = (self.tenant_id, delivery.job_id, delivery.delivery_id)
        existed = key in self.table.deliveries
        return self.table.deliveries.setdefault(key, delivery), existed

    def delivery(self, job_id: str, delivery_id: str) -> Delivery | None:
        return self.table.deliveries.get((self.tenant_id, job_id, delivery_id))

    def deliveries(self, job_id: str) -> list[Delivery]:
        mine = self.table.deliveries.items()
        return [d for key, d in sorted(mine, key=lambda kv: kv[0]) if key[:2] == (self.tenant_id, job_id)]

    def record_attempt(
        self,
        job_id: str,
        delivery_id: str,
        attempt: Attempt,
        status: DeliveryStatus,
        next_attempt_at: datetime | None,
    ) -> Delivery:
        current = self.delivery(job_id, delivery_id)
        if (
            current is None
            or current.status is not DeliveryStatus.PENDING
            or len(current.attempts) != attempt.number - 1
        ):
            raise StaleStateError("this attempt was recorded already")
        after = replace(current, attempts=(*current.attempts, attempt), status=status, next_attempt_at=next_attempt_at)
        self.table.deliveries[self.tenant_id, job_id, delivery_id] = after
        return after

    def ledger(self, limit: int, cursor: str | None = None) -> tuple[list[LedgerEntry], str | None]:
        mine = sorted((key for tenant, key in self.table.ledger if tenant == self.tenant_id), reverse=True)
        rest = [key for key in mine if cursor is None or key < cursor]
        page = rest[:limit]
        return [self.table.ledger[self.tenant_id, key] for key in page], page[-1] if len(rest) > limit else None


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
        self.table.accounts.setdefault(account.tenant_id, account)

    def put_key(self, key: ApiKey) -> None:
        self.table.keys[key.key_id] = key

    def key(self, key_id: str) -> ApiKey | None:
        return self.table.keys.get(key_id)

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

"""The table: every step of a job as one conditional write or one transaction.

A tenant's store only ever builds keys under its own partition; `DynamoStores.tenant` is the one way to get it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from roomwright.adapters import dynamo_items as items
from roomwright.adapters.dynamo_accounts import NO_TENANT
from roomwright.adapters.dynamo_codec import Item, instant, number, text
from roomwright.adapters.dynamo_items import ASSETS, JOBS, LINE
from roomwright.adapters.dynamo_keys import DynamoKeys
from roomwright.adapters.dynamo_storage import DynamoStorage, asset_step, used
from roomwright.adapters.dynamo_table import RefusedError, Write, difference, new
from roomwright.adapters.dynamo_webhooks import DynamoWebhooks
from roomwright.domain.account import admission, cache_settlement, settlement
from roomwright.domain.errors import (
    ConflictError,
    ContendedError,
    IdempotencyConflictError,
    InsufficientCreditsError,
    NotFoundError,
    PeriodOverError,
    StaleStateError,
    StorageLimitExceededError,
    TooManyInFlightError,
)
from roomwright.domain.job import AssetStatus, Job, JobStatus, Outcome, SourceAsset, caches, ended, released
from roomwright.domain.plans import period_over
from roomwright.ports import Admission

REREADS = 4
"""of an asset and its job that change under a transaction: each has two open states at most"""
MAX_AHEAD = 1000
_ROOM = "(attribute_not_exists(#max_stored_bytes) OR #stored_bytes < #max_stored_bytes)"


class DynamoTenantStore(DynamoStorage, DynamoKeys, DynamoWebhooks):
    """One tenant's items: jobs and assets here, everything else in the base classes."""

    def admit(self, job: Job, asset: SourceAsset | None = None) -> Admission:
        self.require_own(job, asset)
        try:
            self.table.transact(
                *(self._answered(job) if job.status is JobStatus.SUCCEEDED else self._reserve(job, asset))
            )
        except RefusedError as refused:
            return _not_admitted(job, *refused.found[:3])
        return Admission(job, False)

    def _reserve(self, job: Job, asset: SourceAsset | None) -> list[Write]:
        bucket = "#overage_available" if job.overage else "#available"
        condition = f"#period_ends_at > :now AND {bucket} >= :cost AND #in_flight < #max_in_flight AND {_ROOM}"
        values: Item = {":now": text(instant(job.created_at)), ":cost": number(job.credits)}
        writes = [new(items.job_item(job)), self.account_write(admission(job), condition, values), used(job, 1)]
        if job.status is JobStatus.QUEUED:
            writes.append(new(items.line_item(job)))
        if asset:
            writes.append(new(items.asset_item(asset)))
        if job.root_job_id:
            writes.append(_next_in_chain(job))
        return writes

    def _answered(self, job: Job) -> list[Write]:
        """A job that is born succeeded: nothing to wait for and nothing to pay."""
        moves, entry = cache_settlement(job)
        count = self.account_write(moves, "#period_ends_at > :now", {":now": text(instant(job.created_at))})
        return [new(items.job_item(job)), count, new(items.ledger_item(entry))]

    def regenerations(self, root_job_id: str) -> int:
        item = self.table.get(items.chain_key(self.tenant_id, root_job_id))
        return int(item["regenerations"]["N"]) if item else 0

    def cached(self, config_fingerprint: str) -> Job | None:
        item = self.table.get(items.cache_key(self.tenant_id, config_fingerprint))
        return self.job(item["job_id"]["S"]) if item else None

    def job(self, job_id: str) -> Job | None:
        item = self.table.get(items.job_key(self.tenant_id, job_id))
        return JOBS.decode(item) if item else None

    def line(self, limit: int) -> list[str]:
        found = self.table.query(self.pk, LINE, limit)
        return [item["sk"]["S"].rpartition("#")[2] for item in found]

    def ahead(self, job: Job) -> int:
        place = items.line_key(job)["sk"]["S"]
        return self.table.count(self.pk, LINE, place[:-1], MAX_AHEAD)  # a key's beginning sorts just before it

    def acquire_slot(self, job_id: str, deadline_at: datetime, now: datetime) -> bool:
        job = self.job(job_id)
        if job is None or job.status is not JobStatus.QUEUED:
            return False
        if job.slot_held:
            return True
        held = replace(job, slot_held=True, deadline_at=deadline_at, updated_at=now)
        take = self.account_write({"running": 1}, "#running < #max_running", starting=("ADD", job_id))
        try:
            self.table.transact(_step(job, held), take, {"Delete": {"Key": items.line_key(job)}})
        except RefusedError:
            current = self.job(job_id)
            return current is not None and current.status is JobStatus.QUEUED and current.slot_held
        return True

    def mark_started(self, job_id: str) -> None:
        try:
            self.table.update(self.account_write({}, "attribute_exists(pk)", starting=("DELETE", job_id))["Update"])
        except RefusedError:
            raise NotFoundError(NO_TENANT) from None

    def mark_running(self, job_id: str, task_token: str, deadline_at: datetime, now: datetime) -> Job:
        """Without a read before: the condition names both states it may be in."""
        since = (JobStatus.RUNNING, instant(now))
        values: Item = {
            "status": text(JobStatus.RUNNING),
            "task_token": text(task_token),
            "deadline_at": text(instant(deadline_at)),
            "updated_at": text(instant(now)),
            "started_at": text(instant(now)),
            **items.OpenKey("job", job_id, deadline_at, since).attributes(),
        }
        try:
            after = self.table.update(
                {
                    "Key": items.job_key(self.tenant_id, job_id),
                    "UpdateExpression": "SET " + ", ".join(f"#{n} = :{n}" for n in values),
                    "ConditionExpression": "(#status = :queued AND slot_held = :true) OR #status = :status",
                    "ExpressionAttributeNames": {f"#{n}": n for n in values},
                    "ExpressionAttributeValues": {f":{n}": value for n, value in values.items()}
                    | {":queued": text(JobStatus.QUEUED), ":true": {"BOOL": True}},
                }
            )
        except RefusedError:
            raise StaleStateError(f"job {job_id} holds no slot or has ended") from None
        return JOBS.decode(after)

    def finish(self, job: Job, outcome: Outcome, now: datetime) -> tuple[Job, bool]:
        self.require_own(job)
        try:
            final = ended(job, outcome, now)
            self.table.transact(*self._ending(job, final))
        except (RefusedError, StaleStateError) as stale:
            current = self.job(job.job_id)
            if current and current.status.terminal:
                return current, False
            raise StaleStateError(f"job {job.job_id} is not where it was: {stale}") from None
        return final, True

    def _ending(self, job: Job, final: Job) -> list[Write]:
        """The writes that end a job; the first is the one that only one caller can win."""
        moves, entry = settlement(final, slot_held=job.slot_held)
        ran: Item = {"recent_run_s": number(final.run_s)} if final.run_s is not None else {}
        settle = self.account_write(moves, "attribute_exists(pk)", starting=("DELETE", job.job_id), sets=ran)
        writes = [_step(job, final), settle, new(items.ledger_item(entry)), used(job, -1)]
        if caches(final):
            writes.append({"Put": {"Item": items.cache_item(final)}})
        if job.status is JobStatus.QUEUED and not job.slot_held:
            writes.append({"Delete": {"Key": items.line_key(job)}})
        return writes

    def put_asset(self, asset: SourceAsset) -> tuple[SourceAsset, bool]:
        self.require_own(asset)
        found = self.table.put_new(items.asset_item(asset))
        if found is None:
            return asset, False
        first = ASSETS.decode(found)
        _require_same(first.fingerprint, asset.fingerprint)
        return first, True

    def asset(self, ingest_id: str) -> SourceAsset | None:
        item = self.table.get(items.asset_key(self.tenant_id, ingest_id))
        return ASSETS.decode(item) if item else None

    def queue_asset(self, ingest_id: str, deadline_at: datetime, now: datetime) -> SourceAsset | None:
        asset = self.asset(ingest_id)
        if asset is None or asset.status is not AssetStatus.AWAITING_UPLOAD:
            return asset
        queued = replace(asset, status=AssetStatus.QUEUED, updated_at=now, deadline_at=deadline_at)
        try:
            self.table.update(asset_step(asset, queued)["Update"])
        except RefusedError:
            return self.asset(ingest_id)
        return queued

    def finish_asset(self, asset: SourceAsset, job_deadline_at: datetime) -> tuple[SourceAsset, bool]:
        self.require_own(asset)
        for _ in range(REREADS):
            current = self.asset(asset.ingest_id)
            if current is None:
                raise NotFoundError("There is no such ingest.")
            if current.status.terminal:
                return current, False
            job = self.job(asset.job_id) if asset.job_id else None
            waits = job if job and job.status is JobStatus.INGESTING else None
            try:
                self.table.transact(
                    asset_step(current, asset),
                    *([self._count_bytes(asset.stored_bytes)] if asset.stored_bytes else []),
                    *(self._release(waits, asset, job_deadline_at) if waits else []),
                )
            except RefusedError:
                continue
            return asset, True
        raise ContendedError("The asset and its job keep changing. Try again.", retry_after_s=1)

    def _release(self, job: Job, asset: SourceAsset, deadline_at: datetime) -> list[Write]:
        if asset.status is AssetStatus.READY:
            queued = released(job, asset, deadline_at)
            return [_step(job, queued), new(items.line_item(queued))]
        return self._ending(job, ended(job, Outcome(failure=asset.failure), asset.updated_at))


def _not_admitted(
    job: Job,
    first: Mapping[str, Any] | None,
    account: Mapping[str, Any] | None,
    uses: Mapping[str, Any] | None = None,
) -> Admission:
    """Why an admission was refused. `first`: the job that was there already; `account`: as it stood, None if it would
    have taken the job; `uses`: of the source asset, if it is closed."""
    if first:
        before = JOBS.decode(first)
        _require_same(before.fingerprint, job.fingerprint)
        return Admission(before, True)
    if uses is not None:
        raise ConflictError("This source asset was deleted. Create another one.")
    if account is None:
        raise StaleStateError("another regeneration took this number")
    if not account:
        raise NotFoundError(NO_TENANT)
    stood = items.account_of(account)
    if period_over(stood, job.created_at):
        raise PeriodOverError("The billing period is over.")
    if (stood.overage_available if job.overage else stood.available) < job.credits:
        raise InsufficientCreditsError("Not enough credits for this job. Add credits, then send it again.")
    if stood.stored_bytes >= stood.max_stored_bytes:
        raise StorageLimitExceededError(stood.stored_bytes, stood.max_stored_bytes)
    raise TooManyInFlightError("Too many jobs in flight. Send it again when one has ended.", retry_after_s=30)


def _next_in_chain(job: Job) -> Write:
    """The count of the job's chain, if the job is the next one in it."""
    item = items.chain_item(job)
    if job.regeneration == 1:
        return new(item)
    condition, values = "regenerations = :before", {":before": number(job.regeneration - 1)}
    return {"Put": {"Item": item, "ConditionExpression": condition, "ExpressionAttributeValues": values}}


def _require_same(first: str, second: str) -> None:
    if first != second:
        raise IdempotencyConflictError("This Idempotency-Key belongs to another request. Send this one with a new key.")


def _step(before: Job, after: Job) -> Write:
    """A job's change, if it still is where `before` says."""
    where: Item = {":was": text(before.status), ":held": {"BOOL": before.slot_held}}
    condition = "#status = :was AND #slot_held = :held"
    return {"Update": difference(items.job_item(before), items.job_item(after), condition, where)}

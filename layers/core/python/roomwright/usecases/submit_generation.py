"""The one way in for work: every dialect, workflow and drop folder ends in this call."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from roomwright.domain import ids, limits
from roomwright.domain.account import Principal
from roomwright.domain.errors import ContendedError, InsufficientCreditsError, PeriodOverError, ValidationError
from roomwright.domain.job import AssetStatus, Job, JobSpec, JobStatus, SourceAsset, config_fingerprint
from roomwright.domain.operations import available_operation
from roomwright.domain.plans import PLANS, period_over, renewed
from roomwright.ports import Admission, BlobStore, Clock, Stores, TenantStore
from roomwright.usecases.create_source_asset import asset_of_bytes, asset_of_url, check_key, keep_upload

TRIES = 5
"""to be admitted: the period may have to be opened, perhaps beside others who open it, and then overage taken"""


def job_id_for(tenant_id: str, idempotency_key: str) -> str:
    """The id that a job with this idempotency key has, before and after it exists."""
    return ids.derived_id("job", tenant_id, "generation", idempotency_key)


def submit_generation(
    stores: Stores,
    blobs: BlobStore,
    clock: Clock,
    principal: Principal,
    spec: JobSpec,
    idempotency_key: str,
    fingerprint: str,
    *,
    source_bytes: bytes | None = None,
    source_url: str | None = None,
    parent_job_id: str | None = None,
    place: tuple[str, int] | None = None,
    correlation_id: str | None = None,
) -> Admission:
    """Admit a job, once per idempotency key.

    Its source is `spec.source_asset_id` (ready), or bytes or a URL given here: then the job starts in `ingesting`
    and `spec.source_asset_id` is filled in. A ready source whose approved result for this very configuration is known
    is answered with it, as long as it lies in the bucket: the job is born `succeeded` and costs nothing. Who
    regenerates (`parent_job_id`) always gets a new picture; `place` is the root and the number of a regeneration in
    its chain. `fingerprint` is the hash of the canonical request.
    Raises ValidationError, OperationUnavailableError, IdempotencyConflictError, InsufficientCreditsError,
    TooManyInFlightError, StorageLimitExceededError, ConflictError (the source was deleted meanwhile), StaleStateError
    (the place was taken meanwhile).
    """
    check_key(idempotency_key)
    operation = available_operation(spec.operation)
    tenant_id, now = principal.tenant_id, clock.now()
    store, job_id = stores.tenant(tenant_id), job_id_for(tenant_id, idempotency_key)
    ingest_id = ids.derived_id("ing", tenant_id, "generation", idempotency_key)
    asset: SourceAsset | None = None
    known: str | None = None
    if source_bytes is not None:
        asset = asset_of_bytes(tenant_id, ingest_id, source_bytes, now, job_id)
        keep_upload(blobs, asset, source_bytes)
    elif source_url is not None:
        asset = asset_of_url(tenant_id, ingest_id, source_url, now, job_id)
    else:
        known = config_fingerprint(spec, _ready_asset(store, spec.source_asset_id))
    if asset:
        asset = replace(asset, correlation_id=correlation_id)
        spec = replace(spec, source_asset_id=asset.source_asset_id)
    job = Job(
        tenant_id=tenant_id,
        job_id=job_id,
        status=JobStatus.INGESTING if asset else JobStatus.QUEUED,
        spec=spec,
        fingerprint=ids.fingerprint([fingerprint, parent_job_id, asset.fingerprint if asset else None]),
        credits=operation.credits if principal.live else 0,
        created_at=now,
        updated_at=now,
        deadline_at=_deadline(now, asset),
        queued_at=None if asset else now,
        parent_job_id=parent_job_id,
        root_job_id=place[0] if place else None,
        regeneration=place[1] if place else 0,
        live=principal.live,
        correlation_id=correlation_id,
        config_fingerprint=known,
    )
    first = _kept(store, blobs, known) if known and parent_job_id is None else None
    return _admitted(store, _answered(job, first) if first else job, asset)


def _kept(store: TenantStore, blobs: BlobStore, known: str) -> Job | None:
    """The job whose result answers this configuration, unless it was erased, or the bucket's owner removed it: the
    manifest lies beside the pictures and goes with them.
    """
    first = store.cached(known)
    kept = first and first.manifest_key and not first.erased_at and blobs.exists(first.manifest_key)
    return first if kept else None


def _answered(job: Job, first: Job) -> Job:
    """The job with the approved result of another that asked the same. It never waits, so it is not in the line."""
    return replace(
        job,
        status=JobStatus.SUCCEEDED,
        credits=0,
        queued_at=None,
        completed_at=job.created_at,
        deadline_at=job.created_at,
        outputs=first.outputs,
        manifest_key=first.manifest_key,
        source_key=first.source_key,
        cached_from=first.job_id,
    )


def _admitted(store: TenantStore, job: Job, asset: SourceAsset | None) -> Admission:
    """Out of the balance, or else out of the plan's overage; the billing period is opened on the way if it is over."""
    for _ in range(TRIES):
        try:
            return store.admit(job, asset)
        except PeriodOverError:
            account = store.account()
            if period_over(account, job.created_at):
                store.renew(account, renewed(account, job.created_at), job.created_at)
        except InsufficientCreditsError:
            plan = PLANS.get(store.account().plan)
            if job.overage or plan is None or not plan.overage:
                raise
            job = replace(job, overage=True, unit_price_usd=plan.overage_usd)
    raise ContendedError("Too many requests at once. Try again.", retry_after_s=1)


def _deadline(now: datetime, asset: SourceAsset | None) -> datetime:
    return asset.deadline_at + limits.RUN_GRACE if asset else now + limits.LINE_WINDOW


def _ready_asset(store: TenantStore, source_asset_id: str) -> SourceAsset:
    asset = store.asset(ids.ingest_id(source_asset_id)) if ids.is_id("src", source_asset_id) else None
    if asset is None:
        raise ValidationError(f"There is no source asset '{source_asset_id[:64]}'. Create one first.")
    if asset.status is AssetStatus.DELETED:
        raise ValidationError("This source asset was deleted. Create another one.")
    if asset.status is AssetStatus.FAILED:
        raise ValidationError("This source asset could not be read. Send another image.")
    if asset.status is not AssetStatus.READY:
        raise ValidationError("This source asset is not ready yet. Poll its ingest until its status is 'ready'.")
    return asset

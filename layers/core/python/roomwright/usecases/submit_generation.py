"""The one way in for work: every dialect, workflow and drop folder ends in this call."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from roomwright.domain import ids, limits
from roomwright.domain.account import Principal
from roomwright.domain.errors import ValidationError
from roomwright.domain.job import AssetStatus, Job, JobSpec, JobStatus, SourceAsset
from roomwright.ports import Admission, BlobStore, Clock, Stores, TenantStore
from roomwright.usecases.create_source_asset import asset_of_bytes, asset_of_url, check_key, keep_upload


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
    credits: int = 1,
) -> Admission:
    """Admit a job, once per idempotency key.

    Its source is `spec.source_asset_id` (ready), or bytes or a URL given here: then the job starts in `ingesting`
    and `spec.source_asset_id` is filled in. `fingerprint` is the hash of the canonical request.
    Raises ValidationError, IdempotencyConflictError, InsufficientCreditsError, TooManyInFlightError.
    """
    check_key(idempotency_key)
    store, now = stores.tenant(principal.tenant_id), clock.now()
    job_id = job_id_for(principal.tenant_id, idempotency_key)
    ingest_id = ids.derived_id("ing", principal.tenant_id, "generation", idempotency_key)
    asset: SourceAsset | None = None
    if source_bytes is not None:
        asset = asset_of_bytes(principal.tenant_id, ingest_id, source_bytes, now, job_id)
        keep_upload(blobs, asset, source_bytes)
    elif source_url is not None:
        asset = asset_of_url(principal.tenant_id, ingest_id, source_url, now, job_id)
    else:
        _require_ready(store, spec.source_asset_id)
    if asset:
        spec = replace(spec, source_asset_id=asset.source_asset_id)
    job = Job(
        tenant_id=principal.tenant_id,
        job_id=job_id,
        status=JobStatus.INGESTING if asset else JobStatus.QUEUED,
        spec=spec,
        fingerprint=ids.fingerprint([fingerprint, parent_job_id, asset.fingerprint if asset else None]),
        credits=credits,
        created_at=now,
        updated_at=now,
        deadline_at=_deadline(now, asset),
        queued_at=None if asset else now,
        parent_job_id=parent_job_id,
        live=principal.live,
    )
    return store.admit(job, asset)


def _deadline(now: datetime, asset: SourceAsset | None) -> datetime:
    return asset.deadline_at + limits.RUN_GRACE if asset else now + limits.LINE_WINDOW


def _require_ready(store: TenantStore, source_asset_id: str) -> None:
    asset = store.asset(ids.ingest_id(source_asset_id)) if ids.is_id("src", source_asset_id) else None
    if asset is None:
        raise ValidationError(f"There is no source asset '{source_asset_id[:64]}'. Create one first.")
    if asset.status is AssetStatus.FAILED:
        raise ValidationError("This source asset could not be read. Send another image.")
    if asset.status is not AssetStatus.READY:
        raise ValidationError("This source asset is not ready yet. Poll its ingest until its status is 'ready'.")

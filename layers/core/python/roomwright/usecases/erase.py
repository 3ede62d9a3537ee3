"""Erase what an organisation keeps: a source asset, or the pictures of a job.

Three steps, each harmless to repeat: nothing new can use it; its objects go; its bytes leave the count. Whoever dies
in between leaves bytes counted that may be gone, never the other way round, and the same request again goes on.
"""

from __future__ import annotations

from roomwright.domain import keys
from roomwright.domain.account import Principal
from roomwright.domain.errors import ConflictError
from roomwright.domain.job import AssetStatus, Job, SourceAsset
from roomwright.ports import BlobStore, Clock, Stores
from roomwright.usecases.read_asset import read_asset
from roomwright.usecases.read_job import read_job


def erase_asset(stores: Stores, blobs: BlobStore, clock: Clock, principal: Principal, ingest_id: str) -> SourceAsset:
    """→ the asset, deleted. Raises NotFoundError, ConflictError (it is not ready yet, or a job that has not ended uses
    it), StaleStateError.
    """
    store, asset = stores.tenant(principal.tenant_id), read_asset(stores, principal, ingest_id)
    if not asset.status.terminal:
        raise ConflictError("This source asset is not ready yet. Wait until it is ready or failed, then delete it.")
    if asset.status is not AssetStatus.DELETED:
        asset = store.delete_asset(asset, clock.now())
    if asset.key:
        blobs.erase(asset.key)
    store.uncount(asset)
    return asset


def erase_outputs(stores: Stores, blobs: BlobStore, clock: Clock, principal: Principal, job_id: str) -> Job:
    """→ the job, without pictures; those of a job that was answered with another's stay that one's. Raises
    NotFoundError, ConflictError (it has not ended), StaleStateError.
    """
    store, job = stores.tenant(principal.tenant_id), read_job(stores, principal, job_id)
    if not job.status.terminal:
        raise ConflictError("This job has not ended. Wait for it or cancel it, then delete its outputs.")
    if job.erased_at is None:
        job = store.erase_outputs(job, clock.now())
    blobs.erase(keys.job_prefix(job.tenant_id, job.job_id))
    store.uncount(job)
    return job

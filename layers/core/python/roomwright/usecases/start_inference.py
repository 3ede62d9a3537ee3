"""Ask the engine for one job. The state machine waits on the task token until the engine has answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from engine_contract import EngineRequest, Hints, ObjectRef
from roomwright.domain import ids, keys, limits
from roomwright.domain.errors import NotFoundError
from roomwright.domain.job import Job, SourceAsset
from roomwright.ports import BlobStore, Clock, Engine, Stores


def start_inference(
    stores: Stores,
    blobs: BlobStore,
    engine_for: Callable[[bool], Engine],
    clock: Clock,
    timeout_s: int,
    tenant_id: str,
    job_id: str,
    task_token: str,
) -> Job:
    """queued → running, then the request; `timeout_s` is the state machine's own limit for the answer, `engine_for`
    gives the engine of live jobs (True) or of test keys' (False).

    The token is kept before the engine is asked, so no answer can come too early. Called again with a new token (a
    retry), the engine may work twice; it writes the same bytes to the same place and the second answer is ignored.
    Raises StaleStateError for a job that has ended, NotFoundError without job or source.
    """
    store, now = stores.tenant(tenant_id), clock.now()
    job = store.mark_running(job_id, task_token, now + limits.RUN_GRACE + timedelta(seconds=timeout_s), now)
    asset = store.asset(ids.ingest_id(job.spec.source_asset_id))
    if asset is None or asset.key is None:
        raise NotFoundError(f"job {job_id} has no source")
    engine_for(job.live).start(_request(blobs.bucket, job, asset, asset.key), f"{tenant_id}/{job_id}")
    return job


def _request(bucket: str, job: Job, asset: SourceAsset, source_key: str) -> EngineRequest:
    return EngineRequest(
        job_id=job.job_id,
        operation=job.spec.operation,
        source=ObjectRef(bucket=bucket, key=source_key),
        output_prefix=ObjectRef(bucket=bucket, key=keys.job_prefix(job.tenant_id, job.job_id)),
        room_types=list(job.spec.room_types),
        style=job.spec.style,
        seed=job.spec.seed,
        alternates=1 if job.spec.include_alternates else 0,
        hints=Hints.model_validate({"focal_length_35mm": _plausible(asset.focal_length_35mm), **job.spec.hints}),
    )


def _plausible(focal_length_35mm: float | None) -> float | None:
    """EXIF may say anything; the engine takes 5–300 mm."""
    return focal_length_35mm if focal_length_35mm and 5 < focal_length_35mm < 300 else None

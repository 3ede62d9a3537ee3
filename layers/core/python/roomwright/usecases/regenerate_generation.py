"""Another picture of the same source: a new job beside its parent."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from roomwright.domain.account import Principal
from roomwright.domain.job import Job, JobSpec
from roomwright.ports import Admission, BlobStore, Clock, Stores
from roomwright.usecases.submit_generation import job_id_for, submit_generation


def regenerate_generation(
    stores: Stores,
    blobs: BlobStore,
    clock: Clock,
    principal: Principal,
    parent: Job,
    spec: JobSpec,
    seed: int | None,
    idempotency_key: str,
    fingerprint: str,
    *,
    correlation_id: str | None = None,
) -> Admission:
    """`spec` is what the new job asks for, its source the parent's. It takes `seed`, or else one of its own, never the
    parent's: so that the picture is another one, and the same again for the same idempotency key. Raises like
    submit_generation.
    """
    if seed is None:
        seed = own_seed(job_id_for(principal.tenant_id, idempotency_key), parent.spec.seed)
    return submit_generation(
        stores,
        blobs,
        clock,
        principal,
        replace(spec, seed=seed, source_asset_id=parent.spec.source_asset_id),
        idempotency_key,
        fingerprint,
        parent_job_id=parent.job_id,
        correlation_id=correlation_id,
    )


def own_seed(job_id: str, other: int) -> int:
    """A seed (31 bits) that follows from the job's id and is not `other`."""
    seed = int.from_bytes(hashlib.sha256(job_id.encode()).digest()[:4]) >> 1
    return seed if seed != other else seed ^ 1

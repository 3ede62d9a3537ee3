"""Another picture of the same source: a new job beside its parent."""

from __future__ import annotations

from dataclasses import replace

from roomwright.domain.account import Principal
from roomwright.domain.errors import ContendedError, StaleStateError
from roomwright.domain.job import Job, JobSpec
from roomwright.ports import Admission, BlobStore, Clock, Stores
from roomwright.usecases.submit_generation import submit_generation

SEEDS = 2**31
"""seeds are counted round this"""
TRIES = 10
"""to be the next in a chain that others are regenerated in at the same time"""


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
    """`spec` is what the new job asks for, its source the parent's. With `seed` it begins a chain of its own; else it
    is the next of its parent's chain, with the next seed: the engine draws neighbouring seeds in other colours. The
    same idempotency key always has the first answer. Raises like submit_generation, and ContendedError.
    """

    def submit(seed: int, place: tuple[str, int] | None) -> Admission:
        return submit_generation(
            stores,
            blobs,
            clock,
            principal,
            replace(spec, seed=seed, source_asset_id=parent.spec.source_asset_id),
            idempotency_key,
            fingerprint,
            parent_job_id=parent.job_id,
            place=place,
            correlation_id=correlation_id,
        )

    if seed is not None:
        return submit(seed, None)
    root_id, first_seed = _root(parent)
    for _ in range(TRIES):
        number = stores.tenant(principal.tenant_id).regenerations(root_id) + 1
        try:
            return submit((first_seed + number) % SEEDS, (root_id, number))
        except StaleStateError:  # another was regenerated in between
            continue
    raise ContendedError("Too many regenerations of one picture at once. Try again.", retry_after_s=1)


def _root(parent: Job) -> tuple[str, int]:
    """→ (the first of the parent's chain, its seed). An answer of the cache is its first job's picture, and so in that
    one's chain."""
    first_seed = (parent.spec.seed - parent.regeneration) % SEEDS
    return parent.root_job_id or parent.cached_from or parent.job_id, first_seed

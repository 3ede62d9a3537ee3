"""A tenant's own jobs and what was sent about them."""

from __future__ import annotations

from dataclasses import replace

from roomwright.domain.account import Principal
from roomwright.domain.delivery import Delivery
from roomwright.domain.errors import NotFoundError
from roomwright.domain.ids import is_id
from roomwright.domain.job import Job
from roomwright.ports import Stores


def read_job(stores: Stores, principal: Principal, job_id: str) -> Job:
    """Raises NotFoundError, also for another tenant's job. Pictures that are another job's go with that one."""
    job = stores.tenant(principal.tenant_id).job(job_id) if is_id("job", job_id) else None
    if job is None:
        raise NotFoundError("There is no job with this id.")
    if job.cached_from and job.erased_at is None:
        first = stores.tenant(principal.tenant_id).job(job.cached_from)
        job = replace(job, erased_at=first.erased_at if first else None)
    return job


def read_deliveries(stores: Stores, principal: Principal, job_id: str) -> list[Delivery]:
    """The delivery log of one job, every attempt in it."""
    job = read_job(stores, principal, job_id)
    return stores.tenant(principal.tenant_id).deliveries(job.job_id)

"""End a job that its owner does not want any more: slot and credits go back in the same write."""

from __future__ import annotations

from roomwright.domain.account import Principal
from roomwright.domain.errors import ConflictError, ContendedError, StaleStateError
from roomwright.domain.job import Job, JobStatus, Outcome
from roomwright.ports import Clock, Stores
from roomwright.usecases.read_job import read_job

MOVES = 4
"""states a job can pass through while it is being cancelled"""


def cancel_job(stores: Stores, clock: Clock, principal: Principal, job_id: str) -> Job:
    """→ the cancelled job; one that was cancelled before is answered the same way.

    An engine that works on it is told to stop (see relay_changes); what it answers is thrown away. Raises
    NotFoundError, and ConflictError for a job that ended otherwise.
    """
    store = stores.tenant(principal.tenant_id)
    for _ in range(MOVES):
        job = read_job(stores, principal, job_id)
        if not job.status.terminal:
            try:
                job, _ = store.finish(job, Outcome(), clock.now())
            except StaleStateError:
                continue
        if job.status is not JobStatus.CANCELLED:
            raise ConflictError(f"This job has {job.status.value} already: it cannot be cancelled.")
        return job
    raise ContendedError("This job is changing too fast to be cancelled. Try again.", retry_after_s=1)

"""When a job will probably have ended: from what its engine reports, or from the line before it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from roomwright.domain.job import Job, JobStatus
from roomwright.ports import Clock, Stores

if TYPE_CHECKING:
    from engine_contract import Progress

USUAL_RUN_S = 30.0
"""until an account's first job has shown what is usual"""
LEAST_FRACTION = 0.02
"""of the work; from less, no pace can be read"""


def estimate_completion(stores: Stores, clock: Clock, job: Job, progress: Progress | None) -> datetime | None:
    """None for a job that has ended, and for one whose source is not there yet. Never after the job's deadline.

    Running: the time it took so far tells the rest. Queued: full rounds of the plan's slots before it, each as long
    as the account's last job took.
    """
    if job.status is JobStatus.RUNNING and progress and progress.elapsed_s and progress.fraction >= LEAST_FRACTION:
        left = progress.elapsed_s * (1 - progress.fraction) / progress.fraction
        return min(clock.now() + timedelta(seconds=left), job.deadline_at)
    if job.status not in (JobStatus.RUNNING, JobStatus.QUEUED):
        return None
    store, now = stores.tenant(job.tenant_id), clock.now()
    account = store.account()
    run = timedelta(seconds=account.recent_run_s or USUAL_RUN_S)
    if job.status is JobStatus.RUNNING:
        return min(max(now, (job.started_at or now) + run), job.deadline_at)
    ahead = 0 if job.slot_held else store.ahead(job)
    return min(now + (ahead // account.max_running + 1) * run, job.deadline_at)

"""Hold a request until its job has ended, for a while."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from roomwright.domain.account import Principal
from roomwright.domain.job import Job
from roomwright.ports import Clock, Stores
from roomwright.usecases.read_job import read_job

LOOK_EVERY_S = 0.5


def wait_for_job(
    stores: Stores, clock: Clock, sleep: Callable[[float], None], principal: Principal, job: Job, seconds: int
) -> Job:
    """→ the job as it is when it has ended, or after `seconds`."""
    until = clock.now() + timedelta(seconds=seconds)
    while not job.status.terminal and (left := (until - clock.now()).total_seconds()) > 0:
        sleep(min(LOOK_EVERY_S, left))
        job = read_job(stores, principal, job.job_id)
    return job

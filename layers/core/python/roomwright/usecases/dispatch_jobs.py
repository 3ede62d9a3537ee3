"""Move a tenant's waiting line: as many jobs start as its plan lets run at once.

Woken by every admission and every end, and by the sweeper for a wake-up that was lost. Safe to run twice at once:
slots are taken in a transaction, and the state machine refuses a second start of a name.
"""

from __future__ import annotations

from roomwright.domain import limits
from roomwright.ports import Clock, StateMachine, Stores, TenantStore


def dispatch_jobs(stores: Stores, machine: StateMachine, clock: Clock, tenant_id: str) -> int:
    """→ how many starts were made. Raises NotFoundError for an unknown tenant."""
    store = stores.tenant(tenant_id)
    account, started = store.account(), 0
    for job_id in sorted(account.starting):  # slots of a dispatcher that died before its start was noted
        _start(store, machine, tenant_id, job_id)
        started += 1
    free = account.max_running - account.running
    for job_id in store.line(free) if free > 0 else []:
        now = clock.now()
        if store.acquire_slot(job_id, now + limits.START_WINDOW, now):
            _start(store, machine, tenant_id, job_id)
            started += 1
    return started


def _start(store: TenantStore, machine: StateMachine, tenant_id: str, job_id: str) -> None:
    machine.start(job_id, {"tenant_id": tenant_id, "job_id": job_id})
    store.mark_started(job_id)

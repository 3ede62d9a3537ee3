"""Once a minute: end what went silent, and send again what was lost on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice

from roomwright.domain import limits
from roomwright.domain.job import AssetStatus, Failure, JobStatus, Outcome
from roomwright.ports import Clock, OpenItem, Queue, Stores

SILENT = Failure("timeout", "The job did not end in time.", True, "Send it again; nothing was charged.")
NO_UPLOAD = Failure("upload_missing", "No image was uploaded in time.", True, "Create a new upload and send the image.")
NO_INGEST = Failure("timeout", "The image was not read in time.", True, "Send the image again.")

Task = tuple[str, int, Callable[[], None]]
"""(kind, how many things it does, the doing)"""
BATCH = 10
"""messages that a queue takes at once"""


@dataclass(frozen=True)
class Sweep:
    """What one sweep did, by kind: jobs_ended, ingests_ended, jobs_woken, ingests_woken, deliveries_woken.

    `errors` are items that could not be handled; the next sweep sees them again.
    """

    done: Counter[str]
    errors: tuple[Exception, ...]


def sweep_jobs(stores: Stores, jobs: Queue, ingests: Queue, webhooks: Queue, clock: Clock) -> Sweep:
    """Every item by itself: one that cannot be handled keeps no other waiting."""
    now = clock.now()
    done: Counter[str] = Counter()
    errors: list[Exception] = []
    for tasks in (
        _ingests(stores, ingests, now),
        _jobs(stores, jobs, now),
        _deliveries(stores, webhooks, now),
    ):
        for kind, number, do in tasks:
            try:
                do()
                done[kind] += number
            except Exception as error:  # noqa: BLE001 - whatever it is, the others still have their turn
                errors.append(error)
    return Sweep(done, tuple(errors))


def _ingests(stores: Stores, queue: Queue, now: datetime) -> Iterator[Task]:
    lost = []
    for item in stores.open_assets():
        if item.deadline_at <= now:
            yield "ingests_ended", 1, partial(_end_ingest, stores, item, now)
        elif item.status == AssetStatus.QUEUED and item.since + limits.LOST_AFTER <= now:
            lost.append({"tenant_id": item.tenant_id, "ingest_id": item.item_id})
    yield from _woken("ingests_woken", queue, lost)


def _jobs(stores: Stores, queue: Queue, now: datetime) -> Iterator[Task]:
    waiting: set[str] = set()
    for item in stores.open_jobs():
        if item.deadline_at <= now:
            yield "jobs_ended", 1, partial(_end_job, stores, item, now)
        elif item.status == JobStatus.QUEUED and item.since + limits.LOST_AFTER <= now:
            waiting.add(item.tenant_id)
    yield from _woken("jobs_woken", queue, ({"tenant_id": tenant_id} for tenant_id in sorted(waiting)))


def _deliveries(stores: Stores, queue: Queue, now: datetime) -> Iterator[Task]:
    due = stores.due_deliveries(now - limits.DELIVERY_GRACE)
    messages = ({"tenant_id": tenant, "job_id": job, "delivery_id": delivery} for tenant, job, delivery in due)
    yield from _woken("deliveries_woken", queue, messages)


def _woken(kind: str, queue: Queue, messages: Iterable[Mapping[str, str]]) -> Iterator[Task]:
    """A message for each, by the batch: after an outage there are many, and the sweeper has less than a minute."""
    rest = iter(messages)
    while batch := list(islice(rest, BATCH)):
        yield kind, len(batch), partial(queue.send_all, batch)


def _end_ingest(stores: Stores, item: OpenItem, now: datetime) -> None:
    """The list may lag behind: the asset itself says whether it is overdue."""
    store = stores.tenant(item.tenant_id)
    asset = store.asset(item.item_id)
    if asset is None or asset.status.terminal or asset.deadline_at > now:
        return
    failure = NO_UPLOAD if asset.status is AssetStatus.AWAITING_UPLOAD else NO_INGEST
    store.finish_asset(replace(asset, status=AssetStatus.FAILED, updated_at=now, failure=failure), now)


def _end_job(stores: Stores, item: OpenItem, now: datetime) -> None:
    store = stores.tenant(item.tenant_id)
    job = store.job(item.item_id)
    if job is None or job.status.terminal or job.deadline_at > now:
        return
    store.finish(job, Outcome(failure=SILENT), now)

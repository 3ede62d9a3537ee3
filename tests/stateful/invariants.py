"""What must hold after every step, and what must hold besides when the line has come to rest."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace

from roomwright.domain import ids
from roomwright.domain.account import Account, LedgerEntry
from roomwright.domain.delivery import Delivery, DeliveryStatus
from roomwright.domain.endpoint import Endpoint, EndpointStatus
from roomwright.domain.job import TRANSITIONS, AssetStatus, Job, JobStatus
from roomwright.domain.keys import job_prefix
from roomwright.ports import Event
from tests.fakes.table import Table
from tests.stateful.line import Line

GOOD_WAYS = {"good", "pair"}
TERMINAL_EVENTS = {
    JobStatus.SUCCEEDED: "generation.completed",
    JobStatus.FAILED: "generation.failed",
    JobStatus.CANCELLED: "generation.cancelled",
}
MOVEMENTS = {JobStatus.SUCCEEDED: "charge", JobStatus.FAILED: "refund", JobStatus.CANCELLED: "refund"}
ENDS = {"gone": DeliveryStatus.DISABLED, "unsafe": DeliveryStatus.DISABLED, "dead": DeliveryStatus.EXHAUSTED}


@dataclass
class Watch:
    """What was seen so far of one line, so that each step is looked at once."""

    changes: int = 0
    events: int = 0
    statuses: dict[str, JobStatus] = field(default_factory=dict)
    opening: dict[str, int] = field(default_factory=dict)
    """tenant → units it was created with"""
    told: dict[tuple[str, str], str] = field(default_factory=dict)
    """(event type, job or asset) → event id"""
    owners: dict[str, tuple[str, str]] = field(default_factory=dict)
    """event id → what it is about"""


def always(line: Line, watch: Watch) -> None:
    """Raises AssertionError that says which promise was broken."""
    _histories(line.table, watch)
    for account in line.table.accounts.values():
        _books(line, account, watch.opening[account.tenant_id])
    _told_once(line.bus.events, watch)


def _histories(table: Table, watch: Watch) -> None:
    for old, new in table.changes[watch.changes :]:
        if isinstance(new, Account) and old is None:
            watch.opening[new.tenant_id] = new.granted
        if not isinstance(new, Job):
            continue
        before = watch.statuses.get(new.job_id)
        if before is not None:
            assert not before.terminal or _erased(old, new), f"{new.job_id} was written after its end"
            assert new.status is before or new.status in TRANSITIONS[before], f"{new.job_id}: {before} → {new.status}"
        watch.statuses[new.job_id] = new.status
    watch.changes = len(table.changes)


def _erased(old: object, new: Job) -> bool:
    """All that may happen to an ended job: its pictures are given up, and then count no more."""
    if not isinstance(old, Job) or new.erased_at is None:
        return False
    given_up = old.erased_at is None and new.stored_bytes == old.stored_bytes
    uncounted = old.erased_at == new.erased_at and old.stored_bytes > new.stored_bytes == 0
    same = replace(new, updated_at=old.updated_at, erased_at=old.erased_at, stored_bytes=old.stored_bytes) == old
    return same and (given_up or uncounted)


def _books(line: Line, account: Account, opening: int) -> None:
    """The counters of one account, its ledger and its jobs say the same."""
    table, tenant_id = line.table, account.tenant_id
    assert account.available + account.reserved + account.spent == account.granted, "credits are conserved"
    over = (account.overage_available, account.overage_reserved, account.overage_spent)
    assert sum(over) == account.overage_granted, "overage is conserved"
    counters = (account.available, account.reserved, account.spent, account.in_flight, account.running, *over)
    assert min(counters) >= 0, "a counter went below zero"
    jobs = [job for (tenant, _), job in table.jobs.items() if tenant == tenant_id]
    assert all(job.tenant_id == tenant_id for job in jobs), "a job in another tenant's partition"
    _slots(table, account, jobs)
    unended = [job for job in jobs if not job.status.terminal]
    paid = [job for job in jobs if job.status is JobStatus.SUCCEEDED]
    for overage, reserved, spent in (
        (False, account.reserved, account.spent),
        (True, account.overage_reserved, account.overage_spent),
    ):
        assert reserved == sum(j.credits for j in unended if j.overage is overage), "what is reserved is the open jobs'"
        assert spent == sum(j.credits for j in paid if j.overage is overage), "what is spent is the succeeded jobs'"
    for job in paid:
        assert job.outputs, f"{job.job_id} succeeded without a picture"
        maker = table.jobs.get((tenant_id, job.cached_from or job.job_id))
        assert maker, "the cache gave another's answer"
        if maker.erased_at is None:
            assert job.manifest_key in line.blobs.objects, "an output without a manifest"
    _storage(table, account, jobs)
    _usage(account, jobs)
    _ledger(table, account, jobs, opening)


def _storage(table: Table, account: Account, jobs: list[Job]) -> None:
    assets = {a.source_asset_id: a for (tenant, _), a in table.assets.items() if tenant == account.tenant_id}
    kept = sum(asset.stored_bytes for asset in assets.values()) + sum(job.stored_bytes for job in jobs)
    assert account.stored_bytes == kept, "what is counted as stored is what is kept"
    for job in jobs:
        source = assets.get(job.spec.source_asset_id)
        deleted = source and source.status is AssetStatus.DELETED
        assert job.status.terminal or not deleted, f"{job.job_id} lost its source"


def _slots(table: Table, account: Account, jobs: list[Job]) -> None:
    held = {job.job_id for job in jobs if job.slot_held}
    assert account.running == len(held), "every counted slot is held by a job"
    assert account.running <= account.max_running, "a plan's concurrency is never exceeded"
    assert account.starting <= held, "what is starting holds a slot"
    assert account.in_flight == sum(not job.status.terminal for job in jobs), "in flight is what has not ended"
    waiting = {job.job_id for job in jobs if job.status is JobStatus.QUEUED and not job.slot_held}
    assert {job_id for tenant, job_id in table.line if tenant == account.tenant_id} == waiting, "the line is who waits"


def _usage(account: Account, jobs: list[Job]) -> None:
    counted = Counter(job.status for job in jobs)
    assert (account.jobs_total, account.jobs_succeeded, account.jobs_failed, account.jobs_cancelled) == (
        len(jobs), counted[JobStatus.SUCCEEDED], counted[JobStatus.FAILED], counted[JobStatus.CANCELLED],
    ), "usage counts the jobs"  # fmt: skip
    assert account.outputs_returned == sum(len(job.outputs) for job in jobs), "usage counts the pictures"
    assert account.cache_hit_count == sum(job.cached_from is not None for job in jobs), "usage counts the cache hits"
    places = [(job.root_job_id, job.regeneration) for job in jobs if job.root_job_id]
    assert len(set(places)) == len(places), "a number in a chain of regenerations was given twice"
    assert account.regenerate_count == sum(job.parent_job_id is not None for job in jobs), "usage counts regenerations"


def _ledger(table: Table, account: Account, jobs: list[Job], opening: int) -> None:
    entries = [entry for (tenant, _), entry in table.ledger.items() if tenant == account.tenant_id]
    assert all(entry.tenant_id == account.tenant_id for entry in entries), "a line in another tenant's ledger"
    assert len({entry.entry_id for entry in entries}) == len(entries), "a line of the ledger was written twice"
    of_jobs: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        if entry.job_id:
            of_jobs[entry.job_id].append(entry)
    ended = {job.job_id: job for job in jobs if job.status.terminal}
    assert set(of_jobs) == set(ended), "the ledger has the ended jobs, and no other"
    for job_id, lines in of_jobs.items():
        job, line = ended[job_id], lines[0]
        movement = "cache_hit" if job.cached_from else MOVEMENTS[job.status]
        assert len(lines) == 1, f"the ledger has {len(lines)} lines for {job_id}"
        assert (line.movement, line.credits, line.overage) == (movement, job.credits, job.overage), "the ledger"
    granted = sum(entry.credits for entry in entries if entry.movement == "grant")
    assert opening + granted == account.granted, "every unit granted has its line in the ledger"


def _told_once(events: list[Event], watch: Watch) -> None:
    for event in events[watch.events :]:
        subject = str(event.detail.get("job_id") or event.detail.get("ingest_id") or event.event_id)
        about = (event.type, subject)
        assert watch.told.setdefault(about, event.event_id) == event.event_id, "one event, two ids"
        assert watch.owners.setdefault(event.event_id, about) == about, "one id, two events"
        assert event.detail["tenant_id"] == event.tenant_id
    watch.events = len(events)


def at_rest(line: Line) -> None:
    """Nothing was lost, and everybody was told."""
    table = line.table
    assert line.accepted <= set(table.jobs), "an accepted job was lost"
    for account in table.accounts.values():
        assert (account.in_flight, account.running, account.starting) == (0, 0, frozenset()), "something is still held"
    assert not table.line, "somebody waits for ever"
    for job in table.jobs.values():
        assert job.status.terminal, f"{job.job_id} never ended"
        _outputs(line, job)
        _events(line, job)
    for delivery in table.deliveries.values():
        _delivery(line, delivery)
    _bucket(line)
    _nothing_leaks(line)
    for sweep in line.sweeps:
        assert not sweep.errors, sweep.errors


def _outputs(line: Line, job: Job) -> None:
    if job.status is JobStatus.CANCELLED:
        assert (job.outputs, job.failure) == ((), None)
        return
    if job.status is not JobStatus.SUCCEEDED:
        assert not job.outputs
        assert job.failure, "a failure says why"
        assert job.failure.hint, "and what to do next"
        return
    maker = line.table.jobs.get((job.tenant_id, job.cached_from)) if job.cached_from else job
    assert maker, "the cache gave another's answer"
    way = line.engine.ways[maker.job_id]
    assert way in GOOD_WAYS, f"published what the checks refused ({way})"
    assert [o.role for o in job.outputs] in (["primary"], ["primary", "alternate"])
    assert len(job.outputs) == 1 or job.spec.include_alternates
    prefix = job_prefix(job.tenant_id, maker.job_id)
    assert all(key.startswith(prefix) for o in job.outputs for key in o.artifacts.values()), "another's picture"
    if job.cached_from:
        assert job.parent_job_id is None, "a regeneration was answered out of the cache"
        assert maker.config_fingerprint == job.config_fingerprint, "the cache answered another question"


def _events(line: Line, job: Job) -> None:
    ended = {e.type for e in line.bus.events if e.detail.get("job_id") == job.job_id} & {*TERMINAL_EVENTS.values()}
    assert ended == {TERMINAL_EVENTS[job.status]}, f"{job.job_id} was not announced"


def _delivery(line: Line, delivery: Delivery) -> None:
    """One destination of one event, at its end; its attempts are the posts that were made."""
    assert delivery.status is not DeliveryStatus.PENDING, f"{delivery.delivery_id} is pending for ever"
    numbers = [a.number for a in delivery.attempts]
    assert numbers == list(range(1, len(numbers) + 1)), f"attempts are numbered once each: {numbers}"
    posts = [(body, h) for _, body, h in line.receiver.posts if h.get("webhook-id") == delivery.delivery_id]
    made = [a for a in delivery.attempts if a.status_code is not None]
    assert len(posts) >= len(made), "an attempt was recorded that was never made"
    assert {body for body, _ in posts} <= {delivery.body.encode()}, "the body changed"


def own_deliveries(line: Line, job: Job) -> None:
    """A job with a callback of its own: one delivery, ended as its receiver is, under one webhook-id."""
    url = job.spec.webhook_url or ""
    found = [d for d in line.table.deliveries.values() if d.job_id == job.job_id and d.endpoint_id is None]
    assert len(found) == 1, f"{job.job_id} has {len(found)} deliveries"
    delivery, way = found[0], line.receiver.ways[url]
    assert delivery.status is ENDS.get(way, DeliveryStatus.DELIVERED), f"a receiver that is {way}: {delivery.status}"


def everyone_told(line: Line) -> None:
    """An endpoint that was active all the time has every event it asked for; a job's own callback its end."""
    sent = {(d.endpoint_id, d.event_id) for d in line.table.deliveries.values()}
    for job in line.table.jobs.values():
        own = [d for d in line.table.deliveries.values() if d.job_id == job.job_id and d.endpoint_id is None]
        assert len(own) == (1 if job.spec.webhook_url else 0), f"{job.job_id}: {len(own)} callbacks"
    for endpoint in line.table.endpoints.values():
        since = _active_since(line.table, endpoint)
        for old, new in line.table.changes[since:] if since is not None else ():
            if not isinstance(new, Job) or new.tenant_id != endpoint.tenant_id:
                continue
            event = f"generation.{'completed' if new.status is JobStatus.SUCCEEDED else new.status.value}"
            if event in endpoint.events and (old is None or getattr(old, "status", None) != new.status):
                event_id = ids.event_id(new.job_id, new.status)
                assert (endpoint.endpoint_id, event_id) in sent, f"{endpoint.url} was never sent {event}"


def _active_since(table: Table, endpoint: Endpoint) -> int | None:
    """The change from which on it was active, as it is now; None when it is not."""
    since: int | None = None
    for at, (_, new) in enumerate(table.changes):
        if isinstance(new, Endpoint) and new.endpoint_id == endpoint.endpoint_id:
            active = new.status is EndpointStatus.ACTIVE and new.events == endpoint.events
            since = (at if since is None else since) if active else None
    return since


def _bucket(line: Line) -> None:
    """Every byte that is counted lies in the bucket, and what was erased does not."""
    for asset in line.table.assets.values():
        lies = line.blobs.stored_bytes(asset.key) if asset.key else 0
        assert lies == asset.stored_bytes, f"{asset.ingest_id}: {lies} bytes lie there, {asset.stored_bytes} count"
    for job in line.table.jobs.values():
        lies = line.blobs.stored_bytes(job_prefix(job.tenant_id, job.job_id))
        if job.status is JobStatus.SUCCEEDED:
            assert lies == job.stored_bytes, f"{job.job_id}: {lies} bytes lie there, {job.stored_bytes} count"


def _nothing_leaks(line: Line) -> None:
    told = [json.dumps(event.detail, default=str) for event in line.bus.events]
    told += [seen for queue in line.queues.values() for seen in queue.seen]
    told += [d.body for d in line.table.deliveries.values()]
    assert not any("task-token" in text or "secret cause" in text for text in told), "a token or an inner cause got out"

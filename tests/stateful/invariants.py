"""What must hold when the line has come to rest, whatever went wrong on the way."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import pairwise

from roomwright.domain.account import LedgerEntry
from roomwright.domain.delivery import DeliveryStatus
from roomwright.domain.job import TRANSITIONS, Job, JobStatus
from roomwright.domain.keys import job_prefix
from tests.fakes.make import TENANT
from tests.stateful.world import World

GOOD_WAYS = {"good", "pair"}
TERMINAL_EVENTS = {JobStatus.SUCCEEDED: "generation.completed", JobStatus.FAILED: "generation.failed"}


def check(world: World) -> None:
    """Raises AssertionError that says which promise was broken."""
    jobs = list(world.table.jobs.values())
    assert world.accepted <= {job.job_id for job in jobs}, "an accepted job was lost"
    _histories(world)
    _credits(world, jobs)
    for job in jobs:
        assert job.status.terminal, f"{job.job_id} never ended"
        _outputs(world, job)
        _events(world, job)
        _deliveries(world, job)
    _nothing_leaks(world)
    for sweep in world.sweeps:
        assert not sweep.errors, sweep.errors


def _histories(world: World) -> None:
    states: dict[str, list[JobStatus]] = defaultdict(list)
    for _, new in world.table.changes:
        if isinstance(new, Job):
            states[new.job_id].append(new.status)
    for job_id, seen in states.items():
        assert sum(status.terminal for status in seen) <= 1, f"{job_id} was written after its end"
        for before, after in pairwise(seen):
            assert after is before or after in TRANSITIONS[before], f"{job_id} went {before} → {after}"


def _credits(world: World, jobs: list[Job]) -> None:
    account = world.table.accounts[TENANT]
    paid = sum(job.credits for job in jobs if job.status is JobStatus.SUCCEEDED)
    assert (account.reserved, account.spent) == (0, paid), "credits are charged for outputs and nothing else"
    assert account.available == account.granted - paid
    assert (account.in_flight, account.running, account.starting) == (0, 0, frozenset()), "something is still held"
    assert not world.table.line, "somebody waits for ever"
    lines: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in world.table.ledger.values():
        lines[entry.job_id].append(entry)
    expected = {j.job_id: [("charge" if j.status is JobStatus.SUCCEEDED else "refund", j.credits)] for j in jobs}
    assert {job_id: [(e.movement, e.credits) for e in es] for job_id, es in lines.items()} == expected, "the ledger"


def _outputs(world: World, job: Job) -> None:
    way = world.engine.ways[job.job_id]
    if job.status is not JobStatus.SUCCEEDED:
        assert not job.outputs
        assert job.failure, "a failure says why"
        assert job.failure.hint, "and what to do next"
        return
    assert way in GOOD_WAYS, f"published what the checks refused ({way})"
    assert job.manifest_key in world.blobs.objects, "an output without a manifest"
    assert [o.role for o in job.outputs] in (["primary"], ["primary", "alternate"])
    assert len(job.outputs) == 1 or job.spec.include_alternates
    prefix = job_prefix(job.tenant_id, job.job_id)
    assert all(key.startswith(prefix) for o in job.outputs for key in o.artifacts.values())


def _events(world: World, job: Job) -> None:
    of_job = [e for e in world.bus.events if e.detail.get("job_id") == job.job_id]
    ended = [e for e in of_job if e.type in TERMINAL_EVENTS.values()]
    assert {e.type for e in ended} == {TERMINAL_EVENTS[job.status]}, f"{job.job_id} was not announced"
    by_type: dict[str, set[str]] = defaultdict(set)
    for event in of_job:
        by_type[event.type].add(event.event_id)
    assert all(len(event_ids) == 1 for event_ids in by_type.values()), "one event, two ids"


def _deliveries(world: World, job: Job) -> None:
    url = job.spec.webhook_url or ""
    found = [d for d in world.table.deliveries.values() if d.job_id == job.job_id]
    assert len(found) == 1, f"{job.job_id} has {len(found)} deliveries"
    delivery, way = found[0], world.receiver.ways[url]
    ends = {"gone": DeliveryStatus.DISABLED, "unsafe": DeliveryStatus.DISABLED, "dead": DeliveryStatus.EXHAUSTED}
    assert delivery.status is ends.get(way, DeliveryStatus.DELIVERED), f"a receiver that is {way}: {delivery.status}"
    numbers = [a.number for a in delivery.attempts]
    assert numbers == list(range(1, len(numbers) + 1)), f"attempts are numbered once each: {numbers}"
    posts = [(body, headers) for seen, body, headers in world.receiver.posts if seen == url]
    assert len(posts) >= len(delivery.attempts) or way == "unsafe", "an attempt was recorded that was never made"
    assert {headers["webhook-id"] for _, headers in posts} <= {delivery.delivery_id}, "the webhook-id changed"
    assert {body for body, _ in posts} <= {delivery.body.encode()}, "the body changed"


def _nothing_leaks(world: World) -> None:
    told = [json.dumps(event.detail, default=str) for event in world.bus.events]
    told += [seen for queue in world.queues.values() for seen in queue.seen]
    told += [d.body for d in world.table.deliveries.values()]
    assert not any("task-token" in text or "secret cause" in text for text in told), "a token or an inner cause got out"

"""One run of the line, checked."""

from __future__ import annotations

import random

from roomwright.domain.job import JobStatus
from tests.fakes.store import MemoryStores, MemoryTenantStore
from tests.stateful.faults import Faults, Trouble
from tests.stateful.invariants import at_rest, own_deliveries
from tests.stateful.world import World


def simulate(
    seed: int,
    plan: dict[int, Trouble],
    *,
    healthy: bool,
    tenant_store: type[MemoryTenantStore] = MemoryTenantStore,
    world_type: type[World] = World,
) -> World:
    """Raises AssertionError for a promise broken. In a healthy run every job must succeed."""
    stores = MemoryStores()
    stores.tenant_store = tenant_store
    jobs = 3 if healthy else 2 + seed % 4
    return settle(world_type(seed, Faults(plan), stores, stores.table, healthy=healthy, jobs=jobs))


def settle(world: World) -> World:
    """Run a world to its end and hold it to its promises."""
    world.run()
    at_rest(world)
    for job in world.table.jobs.values():
        own_deliveries(world, job)
    if world.healthy:
        states = {job.status for job in world.table.jobs.values()}
        assert len(world.table.jobs) == len(world.accepted) == 3
        assert states == {JobStatus.SUCCEEDED}, f"a job that only met {world.faults.plan} did not succeed: {states}"
    return world


def several(seed: int) -> dict[int, Trouble]:
    """One to six troubles somewhere in the first 250 calls."""
    source = random.Random(f"plan {seed}")  # noqa: S311 - a run repeats itself
    return {source.randint(1, 250): source.choice(list(Trouble)) for _ in range(source.randint(1, 6))}

"""One run of the line, checked."""

from __future__ import annotations

import random

from roomwright.domain.job import JobStatus
from tests.fakes.store import MemoryStores
from tests.stateful.faults import Faults, Trouble
from tests.stateful.invariants import check
from tests.stateful.world import World


def simulate(
    seed: int,
    plan: dict[int, Trouble],
    *,
    healthy: bool,
    stores: MemoryStores | None = None,
    world_type: type[World] = World,
) -> World:
    """Raises AssertionError for a promise broken. In a healthy run every job must succeed."""
    world = world_type(seed, Faults(plan), healthy=healthy, jobs=3 if healthy else 2 + seed % 4, stores=stores)
    world.run()
    check(world)
    if healthy:
        states = {job.status for job in world.stores.table.jobs.values()}
        assert len(world.stores.table.jobs) == len(world.accepted) == 3
        assert states == {JobStatus.SUCCEEDED}, f"a job that only met {plan} did not succeed: {states}"
    return world


def several(seed: int) -> dict[int, Trouble]:
    """One to six troubles somewhere in the first 250 calls."""
    source = random.Random(f"plan {seed}")  # noqa: S311 - a run repeats itself
    return {source.randint(1, 250): source.choice(list(Trouble)) for _ in range(source.randint(1, 6))}

"""No job lost, none twice terminal, credits conserved: with trouble at every call of every port.

First every call of a run in which all goes well meets every kind of trouble, one at a time, and every job must still
succeed. Then runs drawn from seeds meet several troubles at once, with engines and receivers of every kind, and every
job must still end as it should. `test_broken_lines.py` breaks the line on purpose to show that these runs notice.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.stateful.faults import Trouble
from tests.stateful.simulate import several, simulate

SEEDS_OF_SINGLE_TROUBLE = (1, 2, 3)
RANDOM_RUNS = 1600
CHUNKS = 8


def test_a_run_without_trouble_touches_every_port() -> None:
    world = simulate(1, {}, healthy=True)
    ports = Counter(name.split(".")[0] for name in world.faults.calls)
    assert set(ports) == {
        *("store", "stores", "blobs", "fetcher", "imaging", "machine", "engine"),
        *("queue", "bus", "sender", "secrets", "dialect"),
    }
    assert len(world.receiver.posts) == 3


@pytest.mark.parametrize("seed", SEEDS_OF_SINGLE_TROUBLE)
@pytest.mark.parametrize("trouble", Trouble)
def test_one_trouble_at_any_call_of_any_port_costs_nobody_a_job(trouble: Trouble, seed: int) -> None:
    calls = len(simulate(seed, {}, healthy=True).faults.calls)
    assert calls > 100
    for at in range(1, calls + 1):
        simulate(seed, {at: trouble}, healthy=True)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_many_troubles_at_once_leave_every_promise_kept(chunk: int) -> None:
    per_chunk = RANDOM_RUNS // CHUNKS
    for seed in range(chunk * per_chunk, (chunk + 1) * per_chunk):
        try:
            simulate(seed, several(seed), healthy=False)
        except AssertionError as broken:
            raise AssertionError(f"seed {seed}, {several(seed)}: {broken}") from broken


def test_the_same_seed_is_the_same_run() -> None:
    runs = [simulate(7, several(7), healthy=False) for _ in range(2)]
    assert runs[0].faults.calls == runs[1].faults.calls
    assert runs[0].table.changes == runs[1].table.changes

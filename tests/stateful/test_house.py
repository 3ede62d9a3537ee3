"""Jobs, credits, keys and webhooks of two organisations, in any order, with trouble at every port.

Hypothesis draws the acts; the invariants are looked at after each of them, and again when everything has come to rest.
`test_broken_house.py` breaks each guard once to show that one of the invariants notices.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from roomwright.domain.endpoint import DEFAULT_EVENTS, EVENT_TYPES
from roomwright.domain.job import Job
from tests.fakes.make import TENANT
from tests.fakes.store import MemoryStores, MemoryTenantStore
from tests.stateful.faults import Trouble
from tests.stateful.house import TENANTS, Held, House, Wish
from tests.stateful.services import ENGINE_WAYS, RECEIVER_WAYS

EXAMPLES, STEPS = 90, 160
LEAST = 10_000
INDEX = st.integers(0, 11)
IDEMPOTENCY = st.sampled_from([f"key-{n}" for n in range(6)])
WISHES = st.builds(
    Wish,
    room=st.sampled_from(("bedroom", "living-room")),
    source=st.sampled_from(("asset", "asset", "asset", "bytes", "url", "bad bytes")),
    alternates=st.sampled_from((False, False, True)),
    way=st.sampled_from(("", "", *RECEIVER_WAYS)),
)
ENGINE = st.sampled_from(("good",) * 7 + ENGINE_WAYS)
WAITS = st.sampled_from((1, 5, 10, 20, 70, 70, 400, 400, 2_000))
_STORE = (
    *("admit", "finish", "finish_asset", "acquire_slot", "mark_running", "mark_started", "renew", "grant"),
    *("put_delivery", "record_attempt", "reopen_delivery", "put_endpoint", "change_endpoint", "change_key"),
    *("delete_asset", "erase_outputs", "uncount"),
)
_OTHERS = (
    "stores.put_key",
    "queue.send",
    "queue.send_all",
    "bus.publish",
    "machine.start",
    "machine.resume",
    "sender.post",
)
_BLOBS = ("blobs.put", "blobs.erase")
WRITES = (*(f"store.{name}" for name in _STORE), *_OTHERS, *_BLOBS)
ACTS = st.sampled_from(("pause", "resume", "move", "verify", "delete", "rotate", "ping", "again"))


class Machine(RuleBasedStateMachine):
    """One house; `store` is what a broken one replaces."""

    store: type[MemoryTenantStore] = MemoryTenantStore
    house_type: type[House] = House
    taken = 0
    """steps of all examples"""

    @initialize(seed=st.integers(0, 1000))
    def build(self, seed: int) -> None:
        stores = MemoryStores()
        stores.tenant_store = self.store
        self.house = self.house_type(seed, stores, stores.table)
        self.requests = 0

    def _held(self, index: int) -> Held:
        """Mostly a key that works."""
        keys, now = self.house.keys, self.house.clock.now()
        working = [k for k in keys if not k.revoked and (k.ends_at is None or k.ends_at > now)]
        return working[index % len(working)] if working and index < 9 else keys[index % len(keys)]

    def _fresh(self) -> str:
        self.requests += 1
        return f"key-{self.requests}"

    def _job(self, index: int) -> Job:
        jobs = sorted(self.house.table.jobs)
        return self.house.table.jobs[jobs[index % len(jobs)]]

    @rule(key=INDEX, wish=WISHES, way=ENGINE)
    def create(self, key: int, wish: Wish, way: str) -> None:
        self.house.create(self._held(key), self._fresh(), wish, way)

    @rule(key=INDEX, before=INDEX, wish=WISHES, same=st.booleans())
    def repeat(self, key: int, before: int, wish: Wish, same: bool) -> None:
        """An idempotency key again: with what it was first used for, or with something else."""
        requests = [(k, asked) for k, (asked, _) in self.house.answered.items() if isinstance(asked, Wish)]
        (tenant_id, idempotency_key), asked = (
            requests[before % len(requests)] if requests else ((TENANT, "key-0"), wish)
        )
        held = next((h for h in self.house.keys if h.tenant_id == tenant_id and not h.revoked), self._held(key))
        self.house.create(held, idempotency_key, asked if same else wish, "good")

    @precondition(lambda self: self.house.table.jobs)
    @rule(key=INDEX, job=INDEX, way=ENGINE)
    def regenerate(self, key: int, job: int, way: str) -> None:
        self.house.regenerate(self._held(key), self._job(job), self._fresh(), way)

    @precondition(lambda self: self.house.table.jobs)
    @rule(key=INDEX, job=INDEX)
    def cancel(self, key: int, job: int) -> None:
        self.house.cancel(self._held(key), self._job(job))

    @precondition(lambda self: self.house.table.jobs)
    @rule(key=INDEX, job=INDEX)
    def read(self, key: int, job: int) -> None:
        self.house.read(self._held(key), self._job(job))

    @precondition(lambda self: self.house.table.jobs)
    @rule(key=INDEX, job=INDEX)
    def erase_outputs(self, key: int, job: int) -> None:
        self.house.erase_outputs(self._held(key), self._job(job))

    @rule(key=INDEX)
    def erase_photo(self, key: int) -> None:
        self.house.erase_photo(self._held(key))

    @rule(picks=st.lists(INDEX, min_size=1, max_size=6))
    def work(self, picks: list[int]) -> None:
        """The line goes on: some ready thing, or time until something is."""
        for pick in picks:
            ready = self.house.ready()
            if ready:
                self.house.take(ready[pick % len(ready)])
            else:
                self.house.advance()

    @rule(steps=st.integers(5, 60))
    def work_on(self, steps: int) -> None:
        """A good while of it, drawn from the house's own seed."""
        for _ in range(steps):
            if not self.house.step():
                self.house.advance()

    @rule(seconds=WAITS)
    def wait(self, seconds: int) -> None:
        self.house.clock.advance(timedelta(seconds=seconds))

    @rule(what=st.sampled_from(("nothing",) * 4 + ("hours", "a day", "the next month")))
    def wait_long(self, what: str) -> None:
        """Seldom: what is waited for ends meanwhile. In the next month a billing period begins."""
        clock = self.house.clock
        if what == "the next month":
            now = clock.now()
            clock.at = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, 8, tzinfo=UTC)
        else:
            clock.advance(timedelta(hours={"nothing": 0, "hours": 5, "a day": 25}[what]))

    @rule()
    def sweep(self) -> None:
        self.house.sweep()

    @rule(trouble=st.sampled_from(list(Trouble)), within=st.integers(1, 14))
    def trouble(self, trouble: Trouble, within: int) -> None:
        self.house.arm(trouble, within)

    @rule(trouble=st.sampled_from(list(Trouble)), names=st.sets(st.sampled_from(WRITES), min_size=1, max_size=8))
    def trouble_with(self, trouble: Trouble, names: set[str]) -> None:
        for name in names:
            self.house.arm_next(trouble, name)

    @rule(tenant=st.sampled_from(TENANTS), units=st.integers(1, 3), entry=st.sampled_from("abc"))
    def grant(self, tenant: str, units: int, entry: str) -> None:
        self.house.grant(tenant, units, entry)

    @rule(tenant=st.sampled_from(TENANTS), plan=st.sampled_from(("prepaid", "team", "business")))
    def upgrade(self, tenant: str, plan: str) -> None:
        self.house.upgrade(tenant, plan)

    @rule(key=INDEX, idempotency_key=IDEMPOTENCY, live=st.booleans())
    def issue(self, key: int, idempotency_key: str, live: bool) -> None:
        self.house.issue(self._held(key), idempotency_key, live=live)

    @rule(key=INDEX, other=INDEX, hours=st.sampled_from((0, 1, 24)), idempotency_key=IDEMPOTENCY)
    def rotate(self, key: int, other: int, hours: int, idempotency_key: str) -> None:
        self.house.rotate(self._held(key), self._held(other), timedelta(hours=hours), idempotency_key)

    @rule(key=INDEX, other=INDEX)
    def revoke(self, key: int, other: int) -> None:
        self.house.revoke(self._held(key), self._held(other))

    @rule(
        key=INDEX,
        way=st.sampled_from((*RECEIVER_WAYS, "wrong")),
        events=st.sampled_from((tuple(DEFAULT_EVENTS), EVENT_TYPES)),
        idempotency_key=IDEMPOTENCY,
    )
    def register(self, key: int, way: str, events: tuple[str, ...], idempotency_key: str) -> None:
        self.house.register(self._held(key), way, events, idempotency_key)

    @precondition(lambda self: self.house.table.endpoints)
    @rule(key=INDEX, endpoint=INDEX, act=ACTS)
    def change(self, key: int, endpoint: int, act: str) -> None:
        endpoints = sorted(self.house.table.endpoints)
        chosen = self.house.table.endpoints[endpoints[endpoint % len(endpoints)]]
        self.house.change(self._held(key), chosen, act)

    @precondition(lambda self: self.house.ended_deliveries())
    @rule(key=INDEX, delivery=INDEX)
    def replay(self, key: int, delivery: int) -> None:
        ended = self.house.ended_deliveries()
        owner, job_id, delivery_id = ended[delivery % len(ended)]
        self.house.replay(self._held(key), job_id, delivery_id, owner)

    @invariant()
    def holds(self) -> None:
        type(self).taken += 1
        self.house.always()

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.house.settle()


CI = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)


def test_the_house_keeps_its_promises(capsys: pytest.CaptureFixture[str]) -> None:
    Machine.taken = 0
    run_state_machine_as_test(Machine, settings=CI)
    with capsys.disabled():
        print(f"\n{Machine.taken:,} steps of the state machine")
    assert Machine.taken >= LEAST

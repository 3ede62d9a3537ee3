"""The line in one process: every function as its trigger would run it, one step at a time, trouble at every port."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from roomwright.domain import limits
from roomwright.domain.delivery import Lane
from roomwright.domain.errors import RoomwrightError
from roomwright.ports import OpenItem, Stores
from roomwright.usecases import relay_changes as relay
from roomwright.usecases.deliver_webhook import Sending
from roomwright.usecases.dispatch_jobs import dispatch_jobs
from roomwright.usecases.finish_job import finish_job
from roomwright.usecases.ingest_source import ingest_source
from roomwright.usecases.receive_webhook_work import receive_webhook_work
from roomwright.usecases.resume_job import resume_job
from roomwright.usecases.start_inference import start_inference
from roomwright.usecases.sweep_jobs import Sweep, sweep_jobs
from tests.fakes.ports import FakeClock, FakeDialect, FakeFetcher, FakeImaging, FakeRandom, FakeSecrets, MemoryBlobs
from tests.fakes.store import MemoryStores
from tests.fakes.table import Table
from tests.stateful.faults import Crash, Faults
from tests.stateful.services import (
    RETRY_AFTER,
    TIMEOUT,
    Execution,
    Message,
    SimBus,
    SimEngine,
    SimMachine,
    SimQueue,
    SimReceiver,
)

Step = Callable[[], None]
MINUTE = timedelta(minutes=1)
MAX_STEPS = 6000
MAX_PAUSE_STEPS = 10


class LateStores:
    """Its index lags: what is open is seen as it was at the sweep before."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._before: dict[str, list[OpenItem]] = {"jobs": [], "assets": []}
        self.tenant = stores.tenant
        self.due_deliveries = stores.due_deliveries

    def open_jobs(self) -> Iterator[OpenItem]:
        return self._late("jobs", list(self._stores.open_jobs()))

    def open_assets(self) -> Iterator[OpenItem]:
        return self._late("assets", list(self._stores.open_assets()))

    def _late(self, kind: str, now: list[OpenItem]) -> Iterator[OpenItem]:
        before, self._before[kind] = self._before[kind], now
        return iter(before)


class Line:
    """Services and functions over one table. `calm` makes delays short, as they are when all goes well.

    `table` is what `stores` keeps, seen from outside: the in-memory table itself, or a mirror of DynamoDB's.
    """

    def __init__(self, seed: int, faults: Faults, stores: Stores, table: Table, *, calm: bool) -> None:
        self.source = random.Random(seed)  # noqa: S311 - a run repeats itself
        self.faults, self.calm = faults, calm
        faults.others = self._others
        self.clock = FakeClock()
        self.stores, self.table, self.blobs = stores, table, MemoryBlobs(self.clock)
        self.late_stores, self.seen = LateStores(stores), MemoryStores(table)
        names = {"jobs": 3, "ingests": 3, "inference": 3, "quick": 8, "slow": 8}
        self.queues = {name: SimQueue(name, self.clock, most) for name, most in names.items()}
        self.machine, self.bus = SimMachine(self.clock), SimBus(self.queues["quick"])
        self.engine = SimEngine(self.clock, self.blobs, self.queues["inference"], self.source)
        self.receiver, self.fetcher = SimReceiver(), FakeFetcher()
        self.accepted: set[tuple[str, str]] = set()
        """(tenant, job) that a client was told of"""
        self.relayed, self.relaying, self.depth = 0, False, 0
        self.swept_at = self.clock.now()
        self.steps = 0
        self.sweeps: list[Sweep] = []

    def port(self, name: str, target: Any) -> Any:
        return self.faults.port(target, name)

    def alive(self, work: Callable[[], object]) -> bool:
        """Run one invocation: it may die, and it may refuse. Any other exception is a bug and ends the run."""
        try:
            work()
        except (Crash, RoomwrightError):
            return False
        return True

    def always(self) -> None:
        """What holds after every single step; a world says what."""

    def run(self) -> None:
        """Until nothing is left to do. Raises AssertionError when that does not come."""
        self.steps = 0
        while self.step() or self.advance():
            pass

    def step(self) -> bool:
        """One ready thing, chosen by the seed. False when none is ready."""
        ready = list(self.ready())
        if not ready:
            return False
        self.take(self.source.choice(ready))
        return True

    def take(self, step: Step) -> None:
        self.steps += 1
        assert self.steps < MAX_STEPS, "the line does not settle"
        step()
        self.always()

    def _others(self) -> None:
        """What happens while one call is delayed: time passes, and others take a few whole steps."""
        longest = 20 if self.calm else self.source.choice((20, 90, 1500))
        self.clock.advance(timedelta(seconds=self.source.randint(0, longest)))
        if self.depth < 2:
            self.depth += 1
            for _ in range(self.source.randint(1, MAX_PAUSE_STEPS)):
                if not self.step() and longest > 20:
                    self.advance()
            self.depth -= 1

    def ready(self) -> list[Step]:
        """Everything that could happen now."""
        now = self.clock.now()
        found: list[Step] = []
        if self.relayed < len(self.table.changes) and not self.relaying:
            found.append(self._relay)
        for queue in self.queues.values():
            found += [partial(self._receive, queue, m) for m in queue.messages if m.ready_at <= now]
        executions = self.machine.executions.values()
        found += [partial(self._execute, e) for e in executions if e.ready_at and e.ready_at <= now]
        found += [partial(self.engine.answer, a) for a in self.engine.asked if a[0] <= now]
        return found

    def advance(self) -> bool:
        """To the next moment at which something is due, the sweeper's included. False at the end of everything."""
        moments = self._moments()
        sweep_at = self._sweep_at()
        if sweep_at and sweep_at <= min(moments, default=sweep_at):
            self.clock.at = max(self.clock.at, sweep_at)
            self.take(self.sweep)
            return True
        if moments:
            self.clock.at = max(self.clock.at, min(moments))
        return bool(moments)

    def _moments(self) -> list[datetime]:
        moments = [m.ready_at for q in self.queues.values() for m in q.messages]
        moments += [e.ready_at for e in self.machine.executions.values() if e.ready_at]
        return moments + [a[0] for a in self.engine.asked]

    def _sweep_at(self) -> datetime | None:
        """The first whole minute at which the sweeper may find something."""
        moments: list[datetime] = []
        for item in (*self.seen.open_jobs(), *self.seen.open_assets()):
            moments += [item.deadline_at] + ([item.since + limits.LOST_AFTER] if item.status == "queued" else [])
        due = (d.next_attempt_at for d in self.table.deliveries.values() if d.next_attempt_at)
        moments += [at + limits.DELIVERY_GRACE for at in due]
        if not moments:
            return None
        return max(self.swept_at + MINUTE, min(moments))

    def _relay(self) -> None:
        old, new = self.table.changes[self.relayed]
        jobs, ingests = (self.port("queue", self.queues[name]) for name in ("jobs", "ingests"))
        self.relaying = True
        found = relay.relay_changes(old, new, self.clock.now())
        bus, blobs = self.port("bus", self.bus), self.port("blobs", self.blobs)
        if self.alive(lambda: relay.send(found, jobs, ingests, bus, blobs)):
            self.relayed += 1
        self.relaying = False

    def _receive(self, queue: SimQueue, message: Message) -> None:
        if queue.receive(message) and self.alive(lambda: self._handle(queue.name, message.body)):
            queue.delete(message)

    def _handle(self, name: str, body: dict[str, Any]) -> None:
        stores, blobs = self.port("stores", self.stores), self.port("blobs", self.blobs)
        machine = self.port("machine", self.machine)
        if name == "jobs":
            dispatch_jobs(stores, machine, self.clock, body["tenant_id"])
        elif name == "ingests":
            fetcher, imaging = self.port("fetcher", self.fetcher), self.port("imaging", FakeImaging())
            ingest_source(stores, blobs, fetcher, imaging, self.clock, body["tenant_id"], body["ingest_id"])
        elif name == "inference":
            resume_job(stores, machine, body)
        else:
            receive_webhook_work(self._sending(Lane.QUICK if name == "quick" else Lane.SLOW), body)

    def _sending(self, lane: Lane) -> Sending:
        return Sending(
            stores=self.port("stores", self.stores),
            sender=self.port("sender", self.receiver),
            queue=self.port("queue", self.queues["slow"]),
            quick=self.port("queue", self.queues["quick"]),
            secrets=self.port("secrets", FakeSecrets()),
            clock=self.clock,
            random=FakeRandom(self.steps),
            dialects={"katalo": self.port("dialect", FakeDialect())},
            lane=lane,
        )

    def _execute(self, execution: Execution) -> None:
        """One state of one execution, as the state machine's definition has it: retries, time-out, catch."""
        if execution.state == "waiting":
            self.machine.advance(execution, "finish", error={"Error": "States.Timeout", "Cause": ""})
            return
        state, execution.ready_at = execution.state, None
        done = self.alive(lambda: self._task(state, execution))
        if execution.state != state:  # answered while its own task was still running
            return
        if done:
            self.machine.advance(execution, "waiting" if state == "start" else "over")
        elif execution.tries < 3:
            execution.tries += 1
            execution.ready_at = self.clock.now() + RETRY_AFTER
        elif state == "start":
            self.machine.advance(execution, "finish", error={"Error": "Lambda.Unknown", "Cause": "secret cause"})
        else:
            self.machine.advance(execution, "over")

    def _task(self, state: str, execution: Execution) -> None:
        stores, blobs = self.port("stores", self.stores), self.port("blobs", self.blobs)
        tenant_id, job_id = execution.payload["tenant_id"], execution.payload["job_id"]
        if state == "finish":
            finish_job(stores, blobs, self.clock, tenant_id, job_id, **execution.result)
            return
        token, engine = self.machine.issue(execution), self.port("engine", self.engine)
        seconds = int(TIMEOUT.total_seconds())
        start_inference(stores, blobs, lambda _: engine, self.clock, seconds, tenant_id, job_id, token)

    def sweep(self) -> None:
        self.swept_at = self.clock.now()
        stores = self.port("stores", self.late_stores)
        jobs, ingests, webhooks = (self.port("queue", self.queues[n]) for n in ("jobs", "ingests", "slow"))
        self.alive(lambda: self.sweeps.append(sweep_jobs(stores, jobs, ingests, webhooks, self.clock)))

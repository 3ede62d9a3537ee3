"""The whole job line in one process, one step at a time, in an order drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from roomwright.domain import ids, limits
from roomwright.domain.errors import InsufficientCreditsError, RoomwrightError
from roomwright.domain.job import JobSpec
from roomwright.ports import OpenItem, Stores
from roomwright.usecases import relay_changes as relay
from roomwright.usecases.create_source_asset import create_from_bytes
from roomwright.usecases.deliver_webhook import Sending, attempt_delivery, deliver_event
from roomwright.usecases.dispatch_jobs import dispatch_jobs
from roomwright.usecases.finish_job import finish_job
from roomwright.usecases.ingest_source import ingest_source
from roomwright.usecases.resume_job import resume_job
from roomwright.usecases.start_inference import start_inference
from roomwright.usecases.submit_generation import job_id_for, submit_generation
from roomwright.usecases.sweep_jobs import Sweep, sweep_jobs
from tests.fakes import make
from tests.fakes.make import TENANT
from tests.fakes.ports import FakeClock, FakeDialect, FakeFetcher, FakeImaging, FakeRandom, FakeSecrets, MemoryBlobs
from tests.fakes.store import MemoryStores, Table
from tests.stateful.faults import Crash, Faults
from tests.stateful.services import (
    ENGINE_WAYS,
    RECEIVER_WAYS,
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
MAX_STEPS = 4000
MAX_PAUSE_STEPS = 10
SOURCES = ("asset", "bytes", "url", "bad bytes")


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


class World:
    """`jobs` requests of one tenant with 2 slots. `healthy` makes everything outside the project go well.

    `table` is what `stores` keeps, seen from outside: the in-memory table itself, or a mirror of DynamoDB's.
    """

    def __init__(
        self, seed: int, faults: Faults, stores: Stores, table: Table, *, healthy: bool, jobs: int = 3
    ) -> None:
        self.source = random.Random(seed)  # noqa: S311 - a run repeats itself
        self.faults = faults
        faults.others = self._others
        self.clock = FakeClock()
        self.stores, self.table, self.blobs = stores, table, MemoryBlobs(self.clock)
        self.late_stores, self.seen = LateStores(stores), MemoryStores(table)
        self.stores.create_tenant(make.account(credits=jobs))
        names = {"jobs": 3, "ingests": 3, "inference": 3, "webhooks": 8}
        self.queues = {name: SimQueue(name, self.clock, most) for name, most in names.items()}
        self.machine, self.bus = SimMachine(self.clock), SimBus(self.queues["webhooks"])
        self.engine = SimEngine(self.clock, self.blobs, self.queues["inference"], self.source)
        self.receiver, self.fetcher = SimReceiver(), FakeFetcher()
        self.healthy = healthy
        self.requests = [self._request(n) for n in range(jobs)]
        self.accepted: set[str] = set()
        self.relayed, self.relaying, self.depth = 0, False, 0
        self.swept_at = self.clock.now()
        self.steps = 0
        self.sweeps: list[Sweep] = []

    def _request(self, n: int) -> dict[str, Any]:
        url, photo = f"https://hooks.example/{n}", f"https://photos.example/{n}.jpg"
        self.receiver.ways[url] = "well" if self.healthy else self.source.choice(RECEIVER_WAYS)
        self.engine.ways[job_id_for(TENANT, f"key-{n}")] = "good" if self.healthy else self.source.choice(ENGINE_WAYS)
        self.fetcher.web[photo] = b"photo"
        kind = SOURCES[n % 3] if self.healthy else self.source.choice(SOURCES)
        spec = JobSpec("stage", "", room_types=("bedroom",), webhook_url=url, include_alternates=n % 2 == 0)
        return {"key": f"key-{n}", "spec": spec, "kind": kind, "photo": photo, "at": self.clock.now()}

    def port(self, name: str, target: Any) -> Any:
        return self.faults.port(target, name)

    def run(self) -> None:
        """Until nothing is left to do. Raises AssertionError when that does not come."""
        while self.step() or self._advance():
            pass

    def step(self) -> bool:
        """One ready thing, chosen by the seed. False when none is ready."""
        ready = list(self._ready())
        if not ready:
            return False
        self.steps += 1
        assert self.steps < MAX_STEPS, "the line does not settle"
        self.source.choice(ready)()
        self._always()
        return True

    def _others(self) -> None:
        """What happens while one call is delayed: time passes, and others take a few whole steps."""
        longest = 20 if self.healthy else self.source.choice((20, 90, 1500))
        self.clock.advance(timedelta(seconds=self.source.randint(0, longest)))
        if self.depth < 2:
            self.depth += 1
            for _ in range(self.source.randint(1, MAX_PAUSE_STEPS)):
                if not self.step() and longest > 20:
                    self._advance()
            self.depth -= 1

    def _ready(self) -> list[Step]:
        now = self.clock.now()
        found: list[Step] = [partial(self._submit, r) for r in self.requests if r["at"] <= now]
        if self.relayed < len(self.table.changes) and not self.relaying:
            found.append(self._relay)
        for queue in self.queues.values():
            found += [partial(self._receive, queue, m) for m in queue.messages if m.ready_at <= now]
        executions = self.machine.executions.values()
        found += [partial(self._execute, e) for e in executions if e.ready_at and e.ready_at <= now]
        found += [partial(self.engine.answer, a) for a in self.engine.asked if a[0] <= now]
        return found

    def _advance(self) -> bool:
        """To the next moment at which something is due, the sweeper's included. False at the end of everything."""
        moments = [m.ready_at for q in self.queues.values() for m in q.messages]
        moments += [e.ready_at for e in self.machine.executions.values() if e.ready_at]
        moments += [a[0] for a in self.engine.asked] + [r["at"] for r in self.requests]
        sweep_at = self._sweep_at()
        if sweep_at and sweep_at <= min(moments, default=sweep_at):
            self.clock.at = max(self.clock.at, sweep_at)
            self._sweep()
            return True
        if moments:
            self.clock.at = max(self.clock.at, min(moments))
        return bool(moments)

    def _sweep_at(self) -> datetime | None:
        """The first whole minute at which the sweeper may find something."""
        table = self.table
        moments: list[datetime] = []
        for item in (*self.seen.open_jobs(), *self.seen.open_assets()):
            moments += [item.deadline_at] + ([item.since + limits.LOST_AFTER] if item.status == "queued" else [])
        moments += [d.next_attempt_at + limits.DELIVERY_GRACE for d in table.deliveries.values() if d.next_attempt_at]
        if not moments:
            return None
        return max(self.swept_at + MINUTE, min(moments))

    def _alive(self, work: Step) -> bool:
        """Run one invocation: it may die, and it may refuse. Any other exception is a bug and ends the run."""
        try:
            work()
        except (Crash, RoomwrightError):
            return False
        return True

    def _submit(self, request: dict[str, Any]) -> None:
        """A client that repeats its request, with its key, until it is answered."""
        request["at"] = self.clock.now() + RETRY_AFTER
        try:
            self._send_request(request)
        except (Crash, RoomwrightError) as refused:
            if isinstance(refused, InsufficientCreditsError) or "another image" in str(refused):
                self.requests.remove(request)

    def _send_request(self, request: dict[str, Any]) -> None:
        stores, blobs = self.port("stores", self.stores), self.port("blobs", self.blobs)
        kind, spec, key = request["kind"], request["spec"], request["key"]
        source: dict[str, Any] = {"source_bytes": b"bad" if kind == "bad bytes" else b"photo"}
        if kind == "url":
            source = {"source_url": request["photo"]}
        if kind == "asset":
            asset = create_from_bytes(stores, blobs, self.clock, make.principal(), key, b"photo")
            source, spec = {}, JobSpec(**{**spec.__dict__, "source_asset_id": asset.source_asset_id})
        admission = submit_generation(
            stores, blobs, self.clock, make.principal(), spec, key, ids.fingerprint(key), **source
        )
        self.accepted.add(admission.job.job_id)
        if request in self.requests:
            self.requests.remove(request)

    def _relay(self) -> None:
        old, new = self.table.changes[self.relayed]
        jobs, ingests = (self.port("queue", self.queues[name]) for name in ("jobs", "ingests"))
        self.relaying = True
        found = relay.relay_changes(old, new)
        if self._alive(lambda: relay.send(found, jobs, ingests, self.port("bus", self.bus))):
            self.relayed += 1
        self.relaying = False

    def _receive(self, queue: SimQueue, message: Message) -> None:
        if queue.receive(message) and self._alive(lambda: self._handle(queue.name, message.body)):
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
        elif "delivery_id" in body:
            attempt_delivery(self._sending(), body["tenant_id"], body["job_id"], body["delivery_id"])
        else:
            d = body["detail"]
            deliver_event(self._sending(), d["tenant_id"], d["job_id"], d["event_id"], body["detail-type"])

    def _sending(self) -> Sending:
        return Sending(
            stores=self.port("stores", self.stores),
            sender=self.port("sender", self.receiver),
            queue=self.port("queue", self.queues["webhooks"]),
            secrets=self.port("secrets", FakeSecrets()),
            clock=self.clock,
            random=FakeRandom(self.steps),
            dialects={"katalo": self.port("dialect", FakeDialect())},
        )

    def _execute(self, execution: Execution) -> None:
        """One state of one execution, as the state machine's definition has it: retries, time-out, catch."""
        if execution.state == "waiting":
            self.machine.advance(execution, "finish", error={"Error": "States.Timeout", "Cause": ""})
            return
        state, execution.ready_at = execution.state, None
        done = self._alive(lambda: self._task(state, execution))
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
        start_inference(stores, blobs, engine, self.clock, seconds, tenant_id, job_id, token)

    def _sweep(self) -> None:
        self.swept_at, self.steps = self.clock.now(), self.steps + 1
        assert self.steps < MAX_STEPS, "the line does not settle"
        stores = self.port("stores", self.late_stores)
        jobs, ingests, webhooks = (self.port("queue", self.queues[n]) for n in ("jobs", "ingests", "webhooks"))
        self._alive(lambda: self.sweeps.append(sweep_jobs(stores, jobs, ingests, webhooks, self.clock)))
        self._always()

    def _always(self) -> None:
        """What holds after every single step."""
        account = self.table.accounts[TENANT]
        assert account.available + account.reserved + account.spent == account.granted, "credits are conserved"
        counters = (account.available, account.reserved, account.spent, account.in_flight, account.running)
        assert min(counters) >= 0, "a counter went below zero"
        assert account.running <= account.max_running, "a plan's concurrency is never exceeded"
        held = {j.job_id for j in self.table.jobs.values() if j.slot_held}
        assert account.running == len(held), "every counted slot is held by a job"
        assert account.starting <= held

"""Webhook delivery over the in-memory ports: both lanes' queues, a receiver and a clock that is moved by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from roomwright.domain import ids
from roomwright.domain.delivery import Delivery, Destination, Lane, receiver
from roomwright.domain.endpoint import DEFAULT_EVENTS, Endpoint, EndpointStatus
from roomwright.domain.job import Job
from roomwright.ports import HttpAnswer, Stores
from roomwright.usecases import manage_endpoints as manage
from roomwright.usecases.deliver_webhook import Sending, attempt_delivery
from roomwright.usecases.fan_out_event import deliver_event
from roomwright.usecases.manage_endpoints import Managing
from roomwright.usecases.receive_webhook_work import receive_webhook_work
from tests.fakes import make
from tests.fakes.make import TENANT
from tests.fakes.ports import FakeClock, FakeDialect, FakeRandom, FakeSecrets, FakeSender, MemoryQueue

URL = "https://hooks.example/in"
Answer = Callable[[], HttpAnswer]


NO_CONTENT = HttpAnswer(204, "", None)


def status(code: int, retry_after_s: int | None = None) -> Answer:
    return lambda: HttpAnswer(code, "excerpt", retry_after_s)


def raising(error: Exception) -> Answer:
    def answer() -> HttpAnswer:
        raise error

    return answer


def endpoint(name: str = "one", **changes: object) -> Endpoint:
    """An active endpoint of the first tenant."""
    made = Endpoint(
        tenant_id=TENANT,
        endpoint_id=ids.derived_id("whe", TENANT, "endpoint", name),
        url=f"https://{name}.example/in",
        events=DEFAULT_EVENTS,
        status=EndpointStatus.ACTIVE,
        created_at=FakeClock().now(),
        updated_at=FakeClock().now(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # a test names fields that exist


class Line:
    """One tenant with one job; every receiver answers as `answer` says."""

    def __init__(self, stores: Stores, answer: Answer = lambda: NO_CONTENT, *, url: str | None = URL) -> None:
        self.stores, self.clock = stores, FakeClock()
        self.store = stores.tenant(TENANT)
        self.queue, self.quick, self.sender = MemoryQueue(), MemoryQueue(), FakeSender(answer)
        self.random = FakeRandom(3)
        self.job = self.admit("k1", url)

    def admit(self, key: str, url: str | None = URL) -> Job:
        job = make.job(key)
        return self.store.admit(replace(job, spec=replace(job.spec, webhook_url=url))).job

    def sending(self, lane: Lane = Lane.SLOW) -> Sending:
        return Sending(
            stores=self.stores,
            sender=self.sender,
            queue=self.queue,
            quick=self.quick,
            secrets=FakeSecrets(),
            clock=self.clock,
            random=self.random,
            dialects={"katalo": FakeDialect()},
            lane=lane,
        )

    def managing(self) -> Managing:
        return Managing(TENANT, self.store, self.clock, self.queue, ())

    def earn(self, url: str = URL, until: datetime | None = None) -> None:
        """The quick lane for whoever answers at `url`."""
        self.store.note_destination(
            Destination(TENANT, receiver(url), until or self.clock.now() + timedelta(minutes=9))
        )

    def events(self, kind: str = "generation.completed", job: Job | None = None) -> list[Delivery]:
        """An event from the bus, as the quick lane's consumer sees it."""
        of = job or self.job
        return deliver_event(self.sending(Lane.QUICK), TENANT, of.job_id, ids.event_id(of.job_id, kind), kind)

    def event(self) -> Delivery:
        """The event of a job's end, and its first attempt in the slow lane."""
        (delivery,) = self.events()
        if delivery.attempts:
            return delivery
        self.queue.sent.clear()
        return self.retry(delivery)

    def retry(self, delivery: Delivery) -> Delivery:
        return attempt_delivery(self.sending(), TENANT, delivery.job_id, delivery.delivery_id)

    def drain(self) -> int:
        """Work through both queues, whatever their messages' delays, until they are empty. → how many there were."""
        worked = 0
        while self.queue.sent or self.quick.sent:
            lane, queue = (Lane.QUICK, self.quick) if self.quick.sent else (Lane.SLOW, self.queue)
            message, delay_s = queue.sent.pop(0)
            self.clock.advance(timedelta(seconds=delay_s))
            receive_webhook_work(self.sending(lane), message)
            worked += 1
        return worked


def register(line: Line, key: str = "k1", url: str = "https://one.example/in") -> Endpoint:
    return manage.register_endpoint(line.managing(), url, DEFAULT_EVENTS, "", key)[0]


def echoing(line: Line, form: Callable[[str], str] = str) -> None:
    """A receiver that agrees."""

    def answer() -> HttpAnswer:
        return HttpAnswer(200, form(json.loads(line.sender.posts[-1][1]).get("challenge", "")), None)

    line.sender.answer = answer


def active(line: Line, name: str = "one", **changes: object) -> Endpoint:
    return line.store.put_endpoint(endpoint(name, **changes))[0]

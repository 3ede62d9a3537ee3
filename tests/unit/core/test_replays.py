"""Pinged, and sent again: one delivery, a range, the default callback."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from roomwright.domain import ids
from roomwright.domain.delivery import MAX_ATTEMPTS, PING, DeliveryStatus
from roomwright.domain.endpoint import (
    Endpoint,
    EndpointStatus,
)
from roomwright.domain.errors import (
    ConflictError,
    NotFoundError,
    ValidationError,
)
from roomwright.domain.job import Failure, Outcome
from roomwright.ports import Stores
from roomwright.usecases import manage_default_webhook as default
from roomwright.usecases import manage_endpoints as manage
from roomwright.usecases.replay_deliveries import PAGE, Range, replay_delivery, replay_range
from tests.fakes.make import TENANT
from tests.fakes.webhooks import URL, Line, active, echoing, register, status

HOUR = timedelta(hours=1)
_ENDED = Outcome(failure=Failure("engine_error", "It broke."))


def test_a_ping_is_sent_and_kept_like_any_other(stores: Stores) -> None:
    line = Line(stores)
    one = active(line)
    sent, replayed = manage.ping_endpoint(line.managing(), one.endpoint_id, "katalo", "k1")
    assert not replayed
    assert manage.ping_endpoint(line.managing(), one.endpoint_id, "katalo", "k1") == (sent, True)
    assert line.drain() == 1
    ((url, body, headers),) = line.sender.posts
    assert (url, json.loads(body)["event_type"]) == (one.url, PING)
    assert headers["webhook-id"] == sent.delivery_id
    now = line.clock.now()
    page = line.store.endpoint_deliveries(one.endpoint_id, now - HOUR, now + HOUR, 10)
    assert page.entries == ((one.endpoint_id, sent.delivery_id),)
    disabled = active(line, "off", status=EndpointStatus.DISABLED)
    with pytest.raises(ConflictError, match="Verify it first"):
        manage.ping_endpoint(line.managing(), disabled.endpoint_id, "katalo", "k1")


def test_a_replay_is_the_same_message_with_new_attempts_and_the_schedule_from_its_beginning(stores: Stores) -> None:
    line = Line(stores, status(500))
    delivery = line.event()
    while delivery.next_attempt_at:
        line.clock.at = delivery.next_attempt_at
        delivery = line.retry(delivery)
    assert delivery.status is DeliveryStatus.EXHAUSTED
    line.queue.sent.clear()
    opened = replay_delivery(line.store, line.queue, line.clock, line.job.job_id, delivery.delivery_id)
    assert (opened.status, opened.schedule_from, opened.next_attempt_at) == (
        DeliveryStatus.PENDING,
        10,
        line.clock.now(),
    )
    with pytest.raises(ConflictError, match="still being sent"):
        replay_delivery(line.store, line.queue, line.clock, line.job.job_id, delivery.delivery_id)
    again = line.retry(opened)
    assert len(again.attempts) == 11
    assert again.next_attempt_at
    assert again.next_attempt_at - line.clock.now() <= timedelta(seconds=6), "the second step of the schedule"
    (first, *_, last) = line.sender.posts
    assert (first[1], first[2]["webhook-id"]) == (last[1], last[2]["webhook-id"])
    while again.next_attempt_at:
        line.clock.at = again.next_attempt_at
        again = line.retry(again)
    assert (again.status, len(again.attempts)) == (DeliveryStatus.EXHAUSTED, 20)


def test_what_cannot_be_replayed_says_why(memory: Stores) -> None:
    line = Line(memory, status(200))
    one = active(line)
    delivery = next(d for d in line.events() if d.endpoint_id)
    line.drain()
    manage.change_endpoint(line.managing(), one.endpoint_id, active=False)
    with pytest.raises(ConflictError, match="disabled"):
        replay_delivery(line.store, line.queue, line.clock, line.job.job_id, delivery.delivery_id)
    manage.delete_endpoint(line.store, one.endpoint_id)
    with pytest.raises(ConflictError, match="deleted"):
        replay_delivery(line.store, line.queue, line.clock, line.job.job_id, delivery.delivery_id)
    with pytest.raises(NotFoundError):
        replay_delivery(line.store, line.queue, line.clock, line.job.job_id, ids.derived_id("msg", "a", "b", "c"))
    (callback,) = [d for d in line.store.deliveries(line.job.job_id) if not d.endpoint_id]
    for _ in range(MAX_ATTEMPTS - 1):
        replay_delivery(line.store, line.queue, line.clock, line.job.job_id, callback.delivery_id)
        line.drain()
    with pytest.raises(ConflictError, match="25 times"):
        replay_delivery(line.store, line.queue, line.clock, line.job.job_id, callback.delivery_id)


def _log(line: Line, count: int) -> Endpoint:
    """An endpoint that was told of so many jobs, a minute apart."""
    one = active(line)
    line.earn(one.url)
    line.store.grant(count, "led_" + "0" * 26, line.clock.now())
    for n in range(count):
        job = line.admit(f"log-{n}", None)
        line.events(job=job)
        line.store.finish(job, _ENDED, line.clock.now())
        line.clock.advance(timedelta(seconds=20))
        line.earn(one.url)
    assert len(line.sender.posts) == count
    line.sender.posts.clear()
    return one


def test_a_range_is_sent_again_page_by_page(memory: Stores) -> None:
    line = Line(memory, url=None)
    began = line.clock.now()
    one = _log(line, 2 * PAGE + 5)
    asked = Range(TENANT, one.endpoint_id, began + timedelta(seconds=40), line.clock.now(), line.clock.now())
    assert Range.parse(asked.message()) == asked
    line.queue.send(asked.message())
    line.drain()
    sent = [headers["webhook-id"] for _, _, headers in line.sender.posts]
    assert len(sent) == len(set(sent)) == 2 * PAGE + 3, "all but the first two"
    assert all(d.status is DeliveryStatus.DELIVERED for d in memory.table.deliveries.values())  # type: ignore[attr-defined]


def test_a_page_that_is_worked_on_twice_sends_nothing_twice(stores: Stores) -> None:
    line = Line(stores, url=None)
    began = line.clock.now()
    one = _log(line, 4)
    asked = Range(TENANT, one.endpoint_id, began, line.clock.now(), line.clock.now())
    assert len(replay_range(line.sending(), asked)) == 4
    assert replay_range(line.sending(), asked) == [], "they are on their way"
    line.drain()
    assert replay_range(line.sending(), asked) == [], "they had their turn"
    assert len(line.sender.posts) == 4
    assert len(replay_range(line.sending(), replace(asked, asked_at=line.clock.now() + HOUR))) == 4, "asked for again"


def test_the_default_callback_is_set_checked_and_unset(stores: Stores) -> None:
    line = Line(stores)
    assert default.set_default_url(line.store, URL, ()).webhook_url == URL
    with pytest.raises(ValidationError, match="https"):
        default.set_default_url(line.store, "http://plain.example/", ())
    account = default.rotate_default_secret(line.store, line.clock)
    assert (account.webhook_key_version, account.webhook_url) == (2, URL)
    assert default.set_default_url(line.store, None, ()).webhook_url is None
    assert line.store.account().webhook_key_version == 2


def test_the_quick_lanes_consumer_does_every_kind_of_work(memory: Stores) -> None:
    """A message on the wrong queue is late, and not lost."""
    line = Line(memory, url=None)
    made = register(line)
    echoing(line)
    line.quick.sent, line.queue.sent = line.queue.sent, []
    line.drain()
    after = line.store.endpoint(made.endpoint_id)
    assert after
    assert after.status is EndpointStatus.ACTIVE

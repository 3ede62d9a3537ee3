"""Registered endpoints that fail, move or go: given up some time, and nothing lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from roomwright.domain.delivery import DeliveryStatus
from roomwright.domain.endpoint import (
    DISABLE_AFTER,
    Endpoint,
    EndpointStatus,
)
from roomwright.domain.errors import (
    NotFoundError,
)
from roomwright.ports import Stores
from roomwright.usecases import manage_endpoints as manage
from roomwright.usecases.challenge_endpoint import challenge_endpoint
from roomwright.usecases.relay_changes import relay_changes
from tests.fakes.make import TENANT
from tests.fakes.store import MemoryStores
from tests.fakes.webhooks import Line, active, echoing, status

HOUR = timedelta(hours=1)


def test_an_endpoint_that_only_fails_is_disabled_after_days(stores: Stores) -> None:
    line = Line(stores, status(500), url=None)
    one = active(line)

    def tell(n: int) -> Endpoint:
        (delivery,) = line.events(job=line.admit(f"f{n}", None))
        if not delivery.attempts:
            line.retry(delivery)
        after = line.store.endpoint(one.endpoint_id)
        assert after
        return after

    began = line.clock.now()
    assert tell(1).failing_since == began
    line.clock.advance(DISABLE_AFTER / 2)
    tell(2)
    line.clock.advance(DISABLE_AFTER / 2 - HOUR)
    still = tell(3)
    assert (still.status, still.failing_since) == (EndpointStatus.ACTIVE, began)
    line.sender.answer = status(200)
    assert tell(4).failing_since is None, "one success ends it"
    line.sender.answer = status(500)
    line.clock.advance(HOUR)
    tell(5)
    line.clock.advance(DISABLE_AFTER / 2)
    tell(6)
    line.clock.advance(DISABLE_AFTER / 2)
    gone = tell(7)
    assert gone.status is EndpointStatus.DISABLED
    assert gone.reason
    assert gone.reason.startswith("Nothing but failures since 2026")
    assert line.events(job=line.admit("f8", None)) == []


def test_failures_far_apart_are_no_days_of_failures(stores: Stores) -> None:
    """With an event a month, one refused message after another would be a month of nothing but failures."""
    line = Line(stores, status(500), url=None)
    one = active(line)
    for n in range(3):
        (delivery,) = line.events(job=line.admit(f"f{n}", None))
        line.retry(delivery)
        after = line.store.endpoint(one.endpoint_id)
        assert after
        assert (after.status, after.failing_since) == (EndpointStatus.ACTIVE, line.clock.now())
        line.clock.advance(timedelta(days=30))


def test_failures_close_together_are_noted_once_an_hour(stores: Stores) -> None:
    line = Line(stores, status(500), url=None)
    one = active(line)
    revisions = []
    for n in range(4):
        (delivery,) = line.events(job=line.admit(f"f{n}", None))
        line.retry(delivery)
        after = line.store.endpoint(one.endpoint_id)
        assert after
        revisions.append(after.revision)
        line.clock.advance(HOUR / 2)
    assert revisions == [1, 1, 2, 2]


def test_410_disables_the_endpoint_at_once_and_what_was_on_its_way_is_not_sent(stores: Stores) -> None:
    line = Line(stores, status(503), url=None)
    one = active(line)
    (first,) = line.events()
    line.retry(first)
    line.sender.answer = status(410)
    (second,) = line.events(job=line.admit("k2", None))
    assert line.retry(second).status is DeliveryStatus.DISABLED
    after = line.store.endpoint(one.endpoint_id)
    assert after
    assert (after.status, after.reason) == (EndpointStatus.DISABLED, "It answered 410 Gone.")
    line.clock.advance(HOUR)
    posts = len(line.sender.posts)
    last = line.retry(first)
    assert (last.status, last.attempts[-1].error) == (DeliveryStatus.DISABLED, "not sent: the endpoint is disabled")
    assert len(line.sender.posts) == posts


def test_the_end_of_an_endpoint_is_an_event_and_its_failures_are_none(memory: MemoryStores) -> None:
    line = Line(memory, status(503), url=None)
    active(line)
    for key, code in (("k2", 503), ("k3", 410)):
        line.sender.answer = status(code)
        (delivery,) = line.events(job=line.admit(key, None))
        line.retry(delivery)
    changes = [change for change in memory.table.changes if isinstance(change[1], Endpoint)]
    events = [event for old, new in changes for event in relay_changes(old, new, line.clock.now()).events]
    assert len(changes) == 3, "registered, failing, disabled"
    (told,) = events
    assert (told.type, told.detail["reason"]) == ("webhook.disabled", "It answered 410 Gone.")


def test_what_waits_for_a_deleted_endpoint_is_not_sent(stores: Stores) -> None:
    line = Line(stores, url=None)
    one = active(line)
    (delivery,) = line.events()
    manage.delete_endpoint(line.store, one.endpoint_id)
    after = line.retry(delivery)
    assert (after.status, line.sender.posts) == (DeliveryStatus.DISABLED, [])
    with pytest.raises(NotFoundError):
        manage.delete_endpoint(line.store, one.endpoint_id)


def test_retries_wait_for_an_endpoint_that_moved_and_go_to_its_new_address(stores: Stores) -> None:
    line = Line(stores, status(500), url=None)
    one = active(line)
    (delivery,) = line.events()
    delivery = line.retry(delivery)
    manage.change_endpoint(line.managing(), one.endpoint_id, url="https://new.example/in")
    line.clock.advance(timedelta(seconds=10))
    delivery = line.retry(delivery)
    assert (delivery.status, delivery.attempts[-1].error) == (
        DeliveryStatus.PENDING,
        "not sent: the endpoint is pending",
    )
    moved = line.store.endpoint(one.endpoint_id)
    assert moved
    line.store.change_endpoint(replace(moved, status=EndpointStatus.ACTIVE))
    line.sender.answer = status(200)
    line.clock.advance(HOUR)
    assert line.retry(delivery).status is DeliveryStatus.DELIVERED
    assert [url for url, _, _ in line.sender.posts] == [one.url, "https://new.example/in"]


def test_what_happens_while_an_endpoint_moves_is_kept_for_it(stores: Stores) -> None:
    line = Line(stores, status(500), url=None)
    one = active(line)
    manage.change_endpoint(line.managing(), one.endpoint_id, url="https://new.example/in")
    manage.change_endpoint(line.managing(), one.endpoint_id, url="https://newer.example/in")
    (delivery,) = line.events()
    assert line.retry(delivery).attempts[-1].error == "not sent: the endpoint is pending"
    assert line.sender.posts == [], "nobody is sent events who has not agreed to them"
    echoing(line)
    challenge_endpoint(line.sending(), TENANT, one.endpoint_id, 1)
    line.clock.advance(HOUR)
    assert line.retry(delivery).status is DeliveryStatus.DELIVERED
    assert line.sender.posts[-1][0] == "https://newer.example/in"


@pytest.mark.parametrize("paused", [False, True], ids=["never agreed", "disabled before"])
def test_an_endpoint_that_was_not_active_before_is_kept_nothing(stores: Stores, paused: bool) -> None:
    line = Line(stores, url=None)
    one = active(line, status=EndpointStatus.ACTIVE if paused else EndpointStatus.PENDING).endpoint_id
    if paused:
        manage.change_endpoint(line.managing(), one, url="https://new.example/in")
        manage.change_endpoint(line.managing(), one, active=False)
        manage.change_endpoint(line.managing(), one, active=True)
    manage.change_endpoint(line.managing(), one, url="https://newer.example/in")
    assert line.events() == []

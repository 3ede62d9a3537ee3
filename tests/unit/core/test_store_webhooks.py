"""What every store must do with deliveries, registered endpoints and what is known of receivers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from roomwright.domain import errors
from roomwright.domain.delivery import DeliveryStatus, Destination
from roomwright.domain.endpoint import EndpointStatus
from roomwright.domain.ids import derived_id
from roomwright.ports import Stores
from tests.fakes import make
from tests.fakes.make import HOUR, OTHER, TENANT
from tests.fakes.ports import START

LATER = START + timedelta(minutes=1)
ENDPOINT = make.endpoint().endpoint_id


def test_a_delivery_keeps_every_attempt(stores: Stores) -> None:
    store, delivery = stores.tenant(TENANT), make.delivery(make.job())
    job_id, delivery_id = delivery.job_id, delivery.delivery_id
    assert store.put_delivery(delivery) == (delivery, False)
    assert store.put_delivery(replace(delivery, body="other")) == (delivery, True)
    store.record_attempt(job_id, delivery_id, make.attempt(1), DeliveryStatus.PENDING, LATER)
    done = store.record_attempt(
        job_id, delivery_id, make.attempt(2, status_code=None, error="No answer."), DeliveryStatus.DELIVERED, None
    )
    assert [a.number for a in done.attempts] == [1, 2]
    assert (done.status, done.next_attempt_at) == (DeliveryStatus.DELIVERED, None)
    assert store.delivery(job_id, delivery_id) == done
    assert store.deliveries(job_id) == [done]
    assert store.deliveries("job_" + "0" * 26) == []
    assert store.delivery(job_id, "msg_none") is None


@pytest.mark.parametrize("number", [1, 3])
def test_no_attempt_is_recorded_twice_or_skipped(stores: Stores, number: int) -> None:
    store, delivery = stores.tenant(TENANT), make.delivery(make.job())
    store.put_delivery(delivery)
    store.record_attempt(delivery.job_id, delivery.delivery_id, make.attempt(1), DeliveryStatus.PENDING, LATER)
    with pytest.raises(errors.StaleStateError):
        store.record_attempt(delivery.job_id, delivery.delivery_id, make.attempt(number), DeliveryStatus.PENDING, LATER)


def test_a_closed_delivery_takes_no_attempt(stores: Stores) -> None:
    store, delivery = stores.tenant(TENANT), make.delivery(make.job())
    store.put_delivery(delivery)
    store.record_attempt(delivery.job_id, delivery.delivery_id, make.attempt(1), DeliveryStatus.DISABLED, None)
    with pytest.raises(errors.StaleStateError):
        store.record_attempt(delivery.job_id, delivery.delivery_id, make.attempt(2), DeliveryStatus.PENDING, None)


def test_due_deliveries_are_those_whose_time_has_come(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    now, later = make.delivery(make.job("k1")), make.delivery(make.job("k2"), next_attempt_at=START + HOUR)
    store.put_delivery(now)
    store.put_delivery(later)
    assert list(stores.due_deliveries(START)) == [(TENANT, now.job_id, now.delivery_id)]
    assert len(list(stores.due_deliveries(START + HOUR))) == 2
    store.record_attempt(now.job_id, now.delivery_id, make.attempt(1), DeliveryStatus.DELIVERED, None)
    assert list(stores.due_deliveries(START)) == []


def test_a_delivery_is_put_off_without_an_attempt(stores: Stores) -> None:
    store, delivery = stores.tenant(TENANT), make.delivery(make.job())
    store.put_delivery(delivery)
    assert store.postpone_delivery(delivery, START + HOUR)
    after = store.delivery(delivery.job_id, delivery.delivery_id)
    assert after == replace(delivery, next_attempt_at=START + HOUR)
    assert list(stores.due_deliveries(LATER)) == []
    assert len(list(stores.due_deliveries(START + HOUR))) == 1


def test_only_what_stands_as_it_was_read_is_put_off(stores: Stores) -> None:
    store, delivery = stores.tenant(TENANT), make.delivery(make.job())
    assert not store.postpone_delivery(delivery, LATER), "there is none"
    store.put_delivery(delivery)
    assert store.postpone_delivery(delivery, LATER)
    assert not store.postpone_delivery(delivery, START + HOUR), "put off already"
    due = replace(delivery, next_attempt_at=LATER)
    store.record_attempt(delivery.job_id, delivery.delivery_id, make.attempt(1), DeliveryStatus.PENDING, LATER)
    assert not store.postpone_delivery(due, START + HOUR), "tried meanwhile"
    tried = store.record_attempt(delivery.job_id, delivery.delivery_id, make.attempt(2), DeliveryStatus.DELIVERED, None)
    assert not store.postpone_delivery(tried, START + HOUR), "delivered"
    assert store.delivery(delivery.job_id, delivery.delivery_id) == tried


@pytest.mark.parametrize("end", [DeliveryStatus.DELIVERED, DeliveryStatus.EXHAUSTED, DeliveryStatus.DISABLED])
def test_a_replay_opens_a_delivery_again_once(stores: Stores, end: DeliveryStatus) -> None:
    store, delivery = stores.tenant(TENANT), make.delivery(make.job())
    store.put_delivery(delivery)
    done = store.record_attempt(delivery.job_id, delivery.delivery_id, make.attempt(1), end, None)
    opened = store.reopen_delivery(done, LATER)
    assert opened == replace(done, status=DeliveryStatus.PENDING, next_attempt_at=LATER, schedule_from=1)
    assert store.delivery(delivery.job_id, delivery.delivery_id) == opened
    assert list(stores.due_deliveries(LATER)) == [(TENANT, delivery.job_id, delivery.delivery_id)]
    with pytest.raises(errors.StaleStateError):
        store.reopen_delivery(done, LATER)
    again = store.record_attempt(delivery.job_id, delivery.delivery_id, make.attempt(2), end, None)
    with pytest.raises(errors.StaleStateError):
        store.reopen_delivery(done, LATER)
    assert store.reopen_delivery(again, LATER).schedule_from == 2


def test_what_never_was_or_is_pending_is_not_replayed(stores: Stores) -> None:
    store, delivery = stores.tenant(TENANT), make.delivery(make.job())
    with pytest.raises(errors.StaleStateError):
        store.reopen_delivery(delivery, LATER)
    store.put_delivery(delivery)
    with pytest.raises(errors.StaleStateError):
        store.reopen_delivery(delivery, LATER)
    assert store.delivery(delivery.job_id, delivery.delivery_id) == delivery


def send(stores: Stores, count: int, endpoint_id: str = ENDPOINT) -> list[tuple[str, str]]:
    """One delivery a minute to a registered endpoint."""
    made = []
    for n in range(count):
        job = make.job(f"k{n}")
        delivery = make.delivery(
            job,
            delivery_id=derived_id("msg", TENANT, job.job_id, endpoint_id),
            endpoint_id=endpoint_id,
            created_at=START + timedelta(minutes=n),
        )
        assert stores.tenant(TENANT).put_delivery(delivery) == (delivery, False)
        assert stores.tenant(TENANT).put_delivery(replace(delivery, body="other")) == (delivery, True)
        made.append((delivery.job_id, delivery.delivery_id))
    return made


def test_an_endpoints_log_pages_oldest_first(stores: Stores) -> None:
    made, store = send(stores, 5), stores.tenant(TENANT)
    send(stores, 3, "whe_" + "z" * 26)
    store.put_delivery(make.delivery(make.job("own-url")))
    pages, cursor = [], None
    while True:
        page = store.endpoint_deliveries(ENDPOINT, START, START + HOUR, 2, cursor)
        pages.append(page.entries)
        cursor = page.cursor
        if cursor is None:
            break
    assert [len(p) for p in pages] == [2, 2, 1]
    assert [e for p in pages for e in p] == made


def test_an_endpoints_log_holds_to_its_range(stores: Stores) -> None:
    made, store = send(stores, 5), stores.tenant(TENANT)
    some = store.endpoint_deliveries(ENDPOINT, LATER, START + timedelta(minutes=3), 10)
    assert (list(some.entries), some.cursor) == (made[1:3], None), "the end is not in it"
    first = store.endpoint_deliveries(ENDPOINT, START, START + HOUR, 2)
    assert first.cursor
    assert store.endpoint_deliveries(ENDPOINT, START, LATER, 2, first.cursor).entries == ()
    late = store.endpoint_deliveries(ENDPOINT, START + timedelta(minutes=3), START + HOUR, 9, first.cursor)
    assert list(late.entries) == made[3:], "a cursor does not reach back before the range"
    assert store.endpoint_deliveries(ENDPOINT, START + HOUR, START, 2).entries == ()


@pytest.mark.parametrize("cursor", ["", "x", "2026-11-23T09:00:00.000000Z#led_" + "a" * 26, "../" * 20])
def test_a_cursor_of_our_own_is_asked_for(stores: Stores, cursor: str) -> None:
    store = stores.tenant(TENANT)
    with pytest.raises(errors.BadRequestError):
        store.endpoint_deliveries(ENDPOINT, START, LATER, 2, cursor)
    with pytest.raises(errors.BadRequestError):
        store.ledger(2, cursor.replace("led_", "msg_"))


def test_endpoints_read_back_as_they_were(stores: Stores) -> None:
    store, endpoint, second = stores.tenant(TENANT), make.endpoint(), make.endpoint("b", reason="Why.")
    assert store.endpoint(endpoint.endpoint_id) is None
    assert store.endpoints() == []
    assert store.put_endpoint(endpoint) == (endpoint, False)
    assert store.put_endpoint(replace(endpoint, url="https://other.example/")) == (endpoint, True)
    store.put_endpoint(second)
    assert store.endpoint(endpoint.endpoint_id) == endpoint
    assert sorted(store.endpoints(), key=lambda e: e.description) == [endpoint, second]


def test_an_endpoint_is_changed_by_who_read_it_last(stores: Stores) -> None:
    store, endpoint = stores.tenant(TENANT), make.endpoint()
    store.put_endpoint(endpoint)
    first = store.change_endpoint(replace(endpoint, status=EndpointStatus.ACTIVE, failing_since=LATER))
    assert first == replace(endpoint, status=EndpointStatus.ACTIVE, failing_since=LATER, revision=1)
    with pytest.raises(errors.StaleStateError):
        store.change_endpoint(replace(endpoint, status=EndpointStatus.DISABLED))
    assert store.endpoint(endpoint.endpoint_id) == first
    assert store.change_endpoint(replace(first, failing_since=None)).revision == 2
    again = store.endpoint(endpoint.endpoint_id)
    assert again
    assert again.failing_since is None


def test_a_deleted_endpoint_is_gone_and_stays_so(stores: Stores) -> None:
    store, endpoint = stores.tenant(TENANT), make.endpoint()
    store.put_endpoint(endpoint)
    for _ in range(2):
        store.delete_endpoint(endpoint.endpoint_id)
    assert (store.endpoint(endpoint.endpoint_id), store.endpoints()) == (None, [])
    with pytest.raises(errors.StaleStateError):
        store.change_endpoint(endpoint)
    assert store.endpoints() == []


def test_what_is_known_of_a_receiver_is_the_last_that_was_noted(stores: Stores) -> None:
    store, url = stores.tenant(TENANT), "https://hooks.example:8443"
    assert store.destination(url) is None
    for until in (LATER, START + HOUR):
        store.note_destination(Destination(TENANT, url, until))
    assert store.destination(url) == Destination(TENANT, url, START + HOUR)
    assert store.destination("https://hooks.example") is None
    stores.create_tenant(make.account(OTHER))
    assert stores.tenant(OTHER).destination(url) is None


def test_the_default_callback_changes_by_the_version_that_was_read(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    store.change_account_webhooks("https://new.example/", 2, LATER, 1)
    account = store.account()
    assert account == make.account(
        webhook_url="https://new.example/", webhook_key_version=2, webhook_previous_until=LATER
    )
    with pytest.raises(errors.StaleStateError):
        store.change_account_webhooks("https://late.example/", 2, LATER, 1)
    assert store.account() == account
    store.change_account_webhooks(None, 2, None, 2)
    assert store.account() == make.account(webhook_key_version=2)
    with pytest.raises(errors.NotFoundError):
        stores.tenant(OTHER).change_account_webhooks(None, 2, None, 1)

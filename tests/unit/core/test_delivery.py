"""Webhooks: who is told, how it is signed, when it is tried again, and when no more."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from roomwright.domain import ids, signatures
from roomwright.domain.delivery import JITTER, SCHEDULE, Delivery, DeliveryStatus, wait_before
from roomwright.domain.errors import NotFoundError, UnsafeUrlError
from roomwright.ports import DeliveryError, HttpAnswer, Stores
from roomwright.usecases.deliver_webhook import Sending, attempt_delivery, deliver_event
from tests.fakes import make
from tests.fakes.make import TENANT
from tests.fakes.ports import FakeClock, FakeDialect, FakeRandom, FakeSecrets, FakeSender, MemoryQueue

URL = "https://hooks.example/in"
Answer = Callable[[], HttpAnswer]


class Line:
    """One ended job with a webhook, a receiver and a clock."""

    def __init__(self, stores: Stores, answer: Answer, *, url: str | None = URL) -> None:
        self.stores, self.clock, self.queue = stores, FakeClock(), MemoryQueue()
        self.sender = FakeSender(answer)
        job = make.job()
        self.job = stores.tenant(TENANT).admit(replace(job, spec=replace(job.spec, webhook_url=url))).job
        self.with_ = Sending(
            stores, self.sender, self.queue, FakeSecrets(), self.clock, FakeRandom(3), {"katalo": FakeDialect()}
        )

    def event(self) -> Delivery:
        event_id = ids.event_id(self.job.job_id, "succeeded")
        delivery = deliver_event(self.with_, TENANT, self.job.job_id, event_id, "generation.completed")
        assert delivery
        return delivery

    def retry(self, delivery: Delivery) -> Delivery:
        return attempt_delivery(self.with_, TENANT, self.job.job_id, delivery.delivery_id)


def status(code: int, retry_after_s: int | None = None) -> Answer:
    return lambda: HttpAnswer(code, "excerpt", retry_after_s)


def raising(error: Exception) -> Answer:
    def answer() -> HttpAnswer:
        raise error

    return answer


def test_a_delivery_verifies_with_the_standard_library_and_the_plain_header(stores: Stores) -> None:
    line = Line(stores, status(204))
    now = line.clock.at = datetime.now(UTC)  # the library holds the timestamp against the real clock
    assert line.event().status is DeliveryStatus.DELIVERED
    ((url, body, headers),) = line.sender.posts
    secret = signatures.secret_text(FakeSecrets().webhook_key(TENANT, 1))
    assert Webhook(secret).verify(body, headers) == {"event_type": "generation.completed", "job_id": line.job.job_id}
    assert url == URL
    assert headers["webhook-timestamp"] == str(int(now.timestamp()))
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert headers["x-katalo-signature"] == expected
    assert headers["content-type"] == "application/json"
    with pytest.raises(Exception, match=r"[Nn]o matching signature"):
        Webhook(secret).verify(body + b" ", headers)


def test_a_secret_is_long_enough_for_the_standard() -> None:
    assert signatures.secret_text(b"k" * 32) == "whsec_" + base64.b64encode(b"k" * 32).decode()
    with pytest.raises(ValueError, match="24 to 64"):
        signatures.secret_text(b"short")


def test_the_schedule_runs_to_its_last_attempt_on_the_clock(stores: Stores) -> None:
    line = Line(stores, status(500))
    delivery, waits = line.event(), []
    while delivery.next_attempt_at:
        waits.append(delivery.next_attempt_at - line.clock.now())
        assert line.retry(delivery) == delivery, "not before it is due"
        line.clock.at = delivery.next_attempt_at
        delivery = line.retry(delivery)
    assert delivery.status is DeliveryStatus.EXHAUSTED
    assert [a.number for a in delivery.attempts] == list(range(1, 11))
    assert len(line.sender.posts) == 10
    for wait, step in zip(waits, SCHEDULE[1:], strict=True):
        assert step * (1 - JITTER) <= wait <= step * (1 + JITTER)
    assert len({round(wait / step, 3) for wait, step in zip(waits, SCHEDULE[1:], strict=True)}) > 3, "jitter varies"
    assert sum(SCHEDULE, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


def test_every_attempt_is_the_same_message_signed_anew(stores: Stores) -> None:
    line = Line(stores, status(503))
    delivery = line.event()
    line.clock.advance(timedelta(minutes=1))
    line.retry(delivery)
    (_, first, a), (_, second, b) = line.sender.posts
    assert first == second == delivery.body.encode()
    assert a["webhook-id"] == b["webhook-id"] == delivery.delivery_id
    assert a["webhook-timestamp"] != b["webhook-timestamp"]
    assert a["webhook-signature"] != b["webhook-signature"]


def test_short_waits_go_by_the_queue_and_long_ones_by_the_sweeper(stores: Stores) -> None:
    line = Line(stores, status(500))
    delivery = line.event()
    message = {"tenant_id": TENANT, "job_id": line.job.job_id, "delivery_id": delivery.delivery_id}
    for _ in range(3):
        assert delivery.next_attempt_at
        line.clock.at = delivery.next_attempt_at
        delivery = line.retry(delivery)
    assert [sent for sent, _ in line.queue.sent] == [message, message]
    assert [4 <= line.queue.sent[0][1] <= 6, 240 <= line.queue.sent[1][1] <= 360] == [True, True]
    assert delivery.next_attempt_at
    assert delivery.next_attempt_at - line.clock.now() > timedelta(minutes=15)
    assert list(stores.due_deliveries(delivery.next_attempt_at)) == [(TENANT, line.job.job_id, delivery.delivery_id)]


@pytest.mark.parametrize("code", [200, 201, 204, 299])
def test_2xx_is_success(memory: Stores, code: int) -> None:
    delivery = Line(memory, status(code)).event()
    assert (delivery.status, delivery.next_attempt_at) == (DeliveryStatus.DELIVERED, None)


@pytest.mark.parametrize("code", [100, 301, 302, 304, 400, 404, 429, 500, 502, 504])
def test_anything_else_is_tried_again(memory: Stores, code: int) -> None:
    delivery = Line(memory, status(code)).event()
    assert delivery.status is DeliveryStatus.PENDING
    assert (delivery.attempts[0].status_code, delivery.attempts[0].response_excerpt) == (code, "excerpt")


def test_no_answer_is_tried_again_and_says_why(stores: Stores) -> None:
    delivery = Line(stores, raising(DeliveryError("No answer within 20 s."))).event()
    assert delivery.status is DeliveryStatus.PENDING
    assert (delivery.attempts[0].status_code, delivery.attempts[0].error) == (None, "No answer within 20 s.")


@pytest.mark.parametrize("answer", [status(410), raising(UnsafeUrlError("The address is private."))])
def test_a_receiver_that_is_gone_or_forbidden_is_not_called_again(stores: Stores, answer: Answer) -> None:
    line = Line(stores, answer)
    delivery = line.event()
    assert (delivery.status, delivery.next_attempt_at) == (DeliveryStatus.DISABLED, None)
    line.clock.advance(timedelta(days=2))
    assert line.retry(delivery) == delivery
    assert line.queue.sent == []


def test_retry_after_lengthens_a_step_but_not_beyond_twice_it() -> None:
    assert wait_before(2, 8, 0.0) == timedelta(seconds=8)
    assert wait_before(2, 86_400, 0.0) == timedelta(seconds=10)
    assert wait_before(3, 60, 0.0) == timedelta(minutes=5)
    assert wait_before(10, None, -JITTER) == timedelta(hours=24) * 0.8
    assert wait_before(11, 5, 0.0) is None


def test_the_same_event_twice_is_one_delivery_and_one_attempt(stores: Stores) -> None:
    line = Line(stores, status(500))
    assert line.event() == line.event()
    assert len(line.sender.posts) == 1
    assert len(stores.tenant(TENANT).deliveries(line.job.job_id)) == 1


def test_a_duplicate_that_overtakes_leaves_one_record(stores: Stores) -> None:
    line = Line(stores, status(204))
    overtaken: list[Delivery] = []

    def answer() -> HttpAnswer:
        line.sender.answer = status(204)
        (waiting,) = stores.tenant(TENANT).deliveries(line.job.job_id)
        overtaken.append(line.retry(waiting))
        return HttpAnswer(500, "", None)

    line.sender.answer = answer
    delivery = line.event()
    assert len(line.sender.posts) == 2
    assert delivery == overtaken[0]
    assert [(a.number, a.status_code) for a in delivery.attempts] == [(1, 204)]


def test_the_accounts_url_is_used_when_the_job_names_none_and_nothing_without_either(stores: Stores) -> None:
    line = Line(stores, status(204), url=None)
    assert deliver_event(line.with_, TENANT, line.job.job_id, "evt_1", "generation.completed") is None
    other = make.account(make.OTHER, webhook_url="https://default.example/")
    stores.create_tenant(other)
    job = stores.tenant(make.OTHER).admit(make.job("k1", make.OTHER)).job
    delivery = deliver_event(line.with_, make.OTHER, job.job_id, "evt_1", "generation.completed")
    assert delivery
    assert delivery.url == "https://default.example/"
    assert json.loads(delivery.body)["job_id"] == job.job_id


def test_an_event_of_no_job_is_refused(stores: Stores) -> None:
    line = Line(stores, status(204))
    with pytest.raises(NotFoundError):
        deliver_event(line.with_, TENANT, "job_none", "evt_1", "generation.completed")
    with pytest.raises(NotFoundError):
        attempt_delivery(line.with_, TENANT, line.job.job_id, "msg_none")

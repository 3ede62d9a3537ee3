"""Webhooks: who is told, how it is signed, when it is tried again, and when no more."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from roomwright.adapters.dynamo_items import delivery_item
from roomwright.dialects.katalo.webhook import KataloWebhooks
from roomwright.domain import signatures
from roomwright.domain.delivery import (
    JITTER,
    MAX_ATTEMPTS,
    PER_RECEIVER,
    PER_TENANT,
    QUICK_FOR,
    SCHEDULE,
    TIMEOUT_S,
    Delivery,
    DeliveryStatus,
    Lane,
    receiver,
    wait_before,
)
from roomwright.domain.errors import NotFoundError, UnsafeUrlError
from roomwright.domain.job import Output
from roomwright.ports import DeliveryError, HttpAnswer, Stores
from roomwright.usecases.deliver_webhook import attempt_delivery, message_of
from roomwright.usecases.fan_out_event import deliver_event
from roomwright.usecases.receive_webhook_work import receive_webhook_work
from roomwright.usecases.sweep_jobs import sweep_jobs
from tests.fakes import make
from tests.fakes.make import TENANT
from tests.fakes.ports import FakeSecrets, MemoryQueue
from tests.fakes.webhooks import URL, Answer, Line, raising, status


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


def test_the_sweeper_alone_carries_the_schedule_to_its_end(stores: Stores) -> None:
    """A restart that loses every message, after every attempt: only what the table says is due is left."""
    line, nothing = Line(stores, status(500)), MemoryQueue()
    delivery, sweeps = line.events()[0], 0
    while delivery.next_attempt_at:
        line.queue.sent.clear()
        line.quick.sent.clear()
        line.clock.at = max(line.clock.at, delivery.next_attempt_at) + timedelta(minutes=1)
        sweep_jobs(stores, nothing, nothing, line.queue, line.clock)
        ((message, _),) = line.queue.sent
        assert message == message_of(delivery)
        delivery = attempt_delivery(line.sending(), TENANT, message["job_id"], message["delivery_id"])
        sweeps += 1
    assert (delivery.status, len(delivery.attempts), sweeps) == (DeliveryStatus.EXHAUSTED, 10, 10)
    line.queue.sent.clear()
    line.clock.advance(timedelta(days=2))
    sweep_jobs(stores, nothing, nothing, line.queue, line.clock)
    assert line.queue.sent == [], "nothing more is due"
    waited = [b.at - a.at for a, b in zip(delivery.attempts, delivery.attempts[1:], strict=False)]
    for wait, step in zip(waited, SCHEDULE[1:], strict=True):
        assert step * (1 - JITTER) <= wait <= step * (1 + JITTER) + timedelta(minutes=1)


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
    line = Line(stores, url=None)
    assert line.events() == []
    store = line.store
    store.change_account_webhooks("https://default.example/", 1, None, was_version=1)
    delivery = line.event()
    assert delivery.url == "https://default.example/"
    assert json.loads(delivery.body)["job_id"] == line.job.job_id


def test_an_event_of_no_job_is_refused(stores: Stores) -> None:
    line = Line(stores)
    with pytest.raises(NotFoundError):
        line.events(job=make.job("never admitted"))
    with pytest.raises(NotFoundError):
        attempt_delivery(line.sending(), TENANT, line.job.job_id, "msg_none")


def test_an_unknown_receiver_has_the_slow_lane_and_earns_the_quick_one(stores: Stores) -> None:
    line = Line(stores)
    (first,) = line.events()
    assert (line.sender.posts, line.quick.sent, line.queue.sent) == ([], [], [(message_of(first), 0)])
    assert line.retry(first).status is DeliveryStatus.DELIVERED
    (second,) = line.events(job=line.admit("k2", "https://HOOKS.example/other?path=1"))
    assert second.status is DeliveryStatus.DELIVERED, "attempted with the event itself"
    assert len(line.queue.sent) == 1
    line.clock.advance(QUICK_FOR)
    (third,) = line.events(job=line.admit("k3"))
    assert (third.attempts, line.queue.sent[1:]) == ((), [(message_of(third), 0)]), "it has to be earned again"


def test_only_attempts_that_were_made_are_told_of(stores: Stores) -> None:
    line = Line(stores)
    (delivery,) = line.events()
    message = message_of(delivery)
    assert receive_webhook_work(line.sending(Lane.QUICK), message) == [], "left to the slow lane"
    (made,) = receive_webhook_work(line.sending(), message)
    assert len(made.attempts) == 1
    line.clock.advance(timedelta(minutes=1))
    assert receive_webhook_work(line.sending(), message) == [], "its message came twice"
    event = {"tenant_id": TENANT, "job_id": line.job.job_id, "event_id": delivery.event_id}
    assert receive_webhook_work(line.sending(), {"detail-type": delivery.event_type, "detail": event}) == []


@pytest.mark.parametrize("late", [True, False])
def test_a_late_answer_or_none_loses_the_quick_lane_and_an_error_does_not(stores: Stores, late: bool) -> None:
    line = Line(stores)
    line.earn()

    def slow() -> HttpAnswer:
        line.clock.advance(timedelta(seconds=4 if late else 1))
        return HttpAnswer(503, "", None)

    line.sender.answer = slow
    line.events()
    known = line.store.destination(receiver(URL))
    assert known
    assert (known.quick_until <= line.clock.now()) is late
    line.sender.answer = raising(DeliveryError("No answer within 5 s."))
    line.earn()
    line.events(job=line.admit("k2"))
    known = line.store.destination(receiver(URL))
    assert known is None or known.quick_until <= line.clock.now()


def test_the_quick_lane_hands_over_what_lost_it_meanwhile(stores: Stores) -> None:
    line = Line(stores)
    (delivery,) = line.events()
    line.queue.sent.clear()
    attempt_delivery(line.sending(Lane.QUICK), TENANT, delivery.job_id, delivery.delivery_id)
    assert (line.sender.posts, line.queue.sent) == ([], [(message_of(delivery), 0)])


def test_each_lane_has_its_own_patience(memory: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    line, given = Line(memory), list[float]()

    def post(url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> HttpAnswer:
        given.append(timeout_s)
        return HttpAnswer(204, "", None)

    monkeypatch.setattr(line.sender, "post", post)
    line.event()
    line.events(job=line.admit("k2"))
    assert given == [TIMEOUT_S[Lane.SLOW], TIMEOUT_S[Lane.QUICK]] == [20, 5]


def _unanswered(line: Line, *, receivers: int = 1, jobs: int) -> list[Delivery]:
    """As many first attempts in one minute at receivers that never answer."""
    line.sender.answer = raising(DeliveryError("No answer within 20 s."))
    opened = []
    for n in range(jobs):
        job = line.admit(f"many-{n}", f"https://r{n % receivers}.example/")
        opened += line.events(job=job)
    line.queue.sent.clear()
    return [line.retry(delivery) for delivery in opened]


@pytest.mark.parametrize(("receivers", "most"), [(1, PER_RECEIVER), (7, PER_TENANT)])
def test_a_tenants_silent_receivers_hold_a_bounded_part_of_the_slow_lane(
    memory: Stores, receivers: int, most: int
) -> None:
    line = Line(memory)
    line.store.grant(500, "led_" + "0" * 26, line.clock.now())
    _widen(memory)
    after = _unanswered(line, receivers=receivers, jobs=150)
    tried = [delivery for delivery in after if delivery.attempts]
    assert len(tried) == most
    later = [delivery for delivery in after if not delivery.attempts]
    stored = [line.store.delivery(d.job_id, d.delivery_id) for d in later]
    waits = sorted(d.next_attempt_at - line.clock.now() for d in stored if d and d.next_attempt_at)
    assert len(waits) == 150 - most
    assert timedelta(0) < waits[0]
    minutes = Counter(wait // timedelta(minutes=1) for wait in waits)
    assert max(minutes.values()) <= most, "as many a minute as a minute takes, so that none comes round in circles"
    assert waits[-1] <= timedelta(minutes=150 // most + 2)
    assert all(not d.attempts and d.status is DeliveryStatus.PENDING for d in stored if d)
    messages = [delay for message, delay in line.queue.sent if message in [message_of(d) for d in later]]
    assert len(messages) == len(later), "a wait that a queue can hold has its message"


def _widen(stores: Stores) -> None:
    """Let the tenant have many jobs at once."""
    account = stores.tenant(TENANT).account()
    stores.table.accounts[TENANT] = replace(account, max_in_flight=500)  # type: ignore[attr-defined]  # the fake's own


def test_another_tenants_attempt_does_not_wait_for_them(memory: Stores) -> None:
    line = Line(memory)
    line.store.grant(500, "led_" + "0" * 26, line.clock.now())
    _widen(memory)
    _unanswered(line, receivers=7, jobs=100)
    memory.create_tenant(make.account(make.OTHER, webhook_url=URL))
    job = memory.tenant(make.OTHER).admit(make.job("k1", make.OTHER)).job
    line.sender.answer = status(204)
    (opened,) = deliver_event(line.sending(), make.OTHER, job.job_id, "evt_1", "generation.completed")
    attempted = attempt_delivery(line.sending(), make.OTHER, job.job_id, opened.delivery_id)
    assert attempted.status is DeliveryStatus.DELIVERED


@pytest.mark.parametrize(
    ("body", "kept"), [("a" * 2000, 1024), ('"' * 2000, 512), ("\U0001f600" * 2000, 256), ("ä\x01", 2), ("", 0)]
)
def test_what_a_receiver_says_is_kept_to_a_kilobyte_as_it_is_stored(memory: Stores, body: str, kept: int) -> None:
    line = Line(memory, lambda: HttpAnswer(500, body, None))
    assert line.event().attempts[0].response_excerpt == body[:kept]


def test_the_largest_delivery_is_half_of_what_an_item_holds(memory: Stores) -> None:
    """400 kB is what DynamoDB takes. After the last attempt but one a replay begins the schedule anew."""
    worst = "\U0001f600" * 500
    names = {worst[:60] + str(n): worst for n in range(20)}
    job = replace(make.job(), spec=replace(make.job().spec, metadata=names, reference=worst))
    line = Line(memory, lambda: HttpAnswer(500, '"' * 1024, None))
    attempt = replace(line.event().attempts[0], number=99)
    body = KataloWebhooks(lambda key: "https://bucket.example/" + "k" * 2000).body(
        replace(job, outputs=(Output("primary", dict.fromkeys("abcd", "k")),) * 2), "generation.completed"
    )
    attempts = (attempt,) * (MAX_ATTEMPTS - 1 + len(SCHEDULE))
    stored = delivery_item(make.delivery(job, url="https://a.example/" + "u" * 2000, body=body, attempts=attempts))
    texts = [*(value.get("S", "") for value in stored.values()), *(one["S"] for one in stored["attempts"]["L"])]
    assert sum(len(text.encode()) for text in (*stored, *texts)) < 200_000
    assert len(body) > 100_000

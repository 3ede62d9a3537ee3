"""Registered endpoints: agreed to, told what they asked for, signed with their own secret, given up some time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
import svix.webhooks

from roomwright.domain import ids, signatures
from roomwright.domain.delivery import MAX_ATTEMPTS, PING, DeliveryStatus
from roomwright.domain.endpoint import (
    DEFAULT_EVENTS,
    DISABLE_AFTER,
    EVENT_TYPES,
    MAX_ENDPOINTS,
    Endpoint,
    EndpointStatus,
)
from roomwright.domain.errors import (
    ConflictError,
    IdempotencyConflictError,
    NotFoundError,
    StaleStateError,
    UnsafeUrlError,
    ValidationError,
)
from roomwright.domain.job import Failure, Outcome
from roomwright.ports import DeliveryError, HttpAnswer, Stores
from roomwright.usecases import manage_default_webhook as default
from roomwright.usecases import manage_endpoints as manage
from roomwright.usecases.challenge_endpoint import WAITS, challenge_endpoint
from roomwright.usecases.relay_changes import relay_changes
from roomwright.usecases.replay_deliveries import PAGE, Range, replay_delivery, replay_range
from tests.fakes.make import OTHER, TENANT
from tests.fakes.ports import FakeSecrets
from tests.fakes.store import MemoryStores
from tests.fakes.webhooks import URL, Line, endpoint, raising, status

HOUR = timedelta(hours=1)
_ENDED = Outcome(failure=Failure("engine_error", "It broke."))


def register(line: Line, key: str = "k1", url: str = "https://one.example/in") -> Endpoint:
    return manage.register_endpoint(line.managing(), url, DEFAULT_EVENTS, "", key)[0]


def echoing(line: Line, form: Callable[[str], str] = str) -> None:
    """A receiver that agrees."""

    def answer() -> HttpAnswer:
        return HttpAnswer(200, form(json.loads(line.sender.posts[-1][1]).get("challenge", "")), None)

    line.sender.answer = answer


def active(line: Line, name: str = "one", **changes: object) -> Endpoint:
    return line.store.put_endpoint(endpoint(name, **changes))[0]


# Registered and challenged


def test_an_endpoint_is_pending_until_it_answers_its_challenge(stores: Stores) -> None:
    line = Line(stores, url=None)
    made = register(line)
    assert made.status is EndpointStatus.PENDING
    assert line.events() == [], "nobody is told anything before"
    echoing(line)
    assert line.drain() == 1
    after = line.store.endpoint(made.endpoint_id)
    assert after
    assert (after.status, after.reason) == (EndpointStatus.ACTIVE, None)
    ((url, body, headers),) = line.sender.posts
    assert url == "https://one.example/in"
    assert json.loads(body)["type"] == "webhook.verification"
    key = FakeSecrets().webhook_key(made.endpoint_id, 1)
    sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert signatures.standard_headers([key], headers["webhook-id"], sent_at, body).items() <= headers.items()
    assert [d.endpoint_id for d in line.events()] == [made.endpoint_id]


@pytest.mark.parametrize("form", [lambda c: f" {c}\r\n", lambda c: json.dumps({"challenge": c, "more": 1})])
def test_the_challenge_may_come_back_as_text_or_json(memory: Stores, form: Callable[[str], str]) -> None:
    line = Line(memory)
    made = register(line)
    echoing(line, form)
    line.drain()
    after = line.store.endpoint(made.endpoint_id)
    assert after
    assert after.status is EndpointStatus.ACTIVE


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (status(204), "something else"),
        (lambda: HttpAnswer(200, '{"challenge": null}', None), "something else"),
        (lambda: HttpAnswer(200, "[" * 1000, None), "something else"),
        (status(404), "status 404"),
        (status(302), "status 302"),
        (raising(DeliveryError("it did not answer in time")), "did not answer in time"),
        (raising(UnsafeUrlError("It resolves to an address that is not public.")), "not public"),
    ],
)
def test_any_other_answer_leaves_it_pending_and_says_why(
    memory: Stores, answer: Callable[[], HttpAnswer], reason: str
) -> None:
    line = Line(memory, answer)
    made = register(line)
    began = line.clock.now()
    assert line.drain() == 1 + len(WAITS)
    after = line.store.endpoint(made.endpoint_id)
    assert after
    assert after.status is EndpointStatus.PENDING
    assert reason in (after.reason or "")
    assert line.clock.now() - began == sum(WAITS, timedelta())
    challenges = {json.loads(body)["challenge"] for _, body, _ in line.sender.posts}
    assert len(challenges) == len(line.sender.posts), "never the same twice"


def test_a_challenge_answered_for_an_address_that_was_changed_meanwhile_counts_for_nothing(stores: Stores) -> None:
    line = Line(stores)
    made = register(line)
    challenge = line.queue.sent.pop()[0]

    def answer() -> HttpAnswer:
        manage.change_endpoint(line.managing(), made.endpoint_id, url="https://other.example/")
        return HttpAnswer(200, json.loads(line.sender.posts[-1][1])["challenge"], None)

    line.sender.answer = answer
    with pytest.raises(StaleStateError):
        challenge_endpoint(line.sending(), TENANT, challenge["endpoint_id"], 1)
    after = line.store.endpoint(made.endpoint_id)
    assert after
    assert (after.status, after.url) == (EndpointStatus.PENDING, "https://other.example/")


def test_the_same_key_registers_once(stores: Stores) -> None:
    line = Line(stores)
    first, replayed = manage.register_endpoint(line.managing(), URL, ["generation.failed"], "a", "k1")
    assert not replayed
    assert manage.register_endpoint(line.managing(), URL, ["generation.failed"], "a", "k1") == (first, True)
    with pytest.raises(IdempotencyConflictError):
        manage.register_endpoint(line.managing(), URL, ["generation.failed"], "b", "k1")
    assert line.store.endpoints() == [first]


def test_a_challenge_that_was_lost_before_the_queue_is_sent_when_the_request_is_repeated(memory: Stores) -> None:
    line = Line(memory)
    register(line)
    line.queue.sent.clear()
    one = register(line)
    assert len(line.queue.sent) == 1
    challenge_endpoint(line.sending(), TENANT, one.endpoint_id, 1)
    line.queue.sent.clear()
    register(line)
    assert line.queue.sent == [], "it has been asked, and is asked again by itself"
    manage.change_endpoint(line.managing(), one.endpoint_id, url="https://new.example/in")
    manage.change_endpoint(line.managing(), one.endpoint_id, url="https://new.example/in")
    assert len(line.queue.sent) == 2


def test_what_cannot_be_an_endpoint_is_refused(memory: Stores) -> None:
    line = Line(memory)
    for url in ("http://one.example/", "https://127.0.0.1/", "https://user:pw@one.example/", "nonsense"):
        with pytest.raises(ValidationError, match="url"):
            register(line, url=url)
    for events in ([], ["generation.completed", "everything"]):
        with pytest.raises(ValidationError, match="events"):
            manage.register_endpoint(line.managing(), URL, events, "", "k1")
    for n in range(MAX_ENDPOINTS):
        register(line, f"k{n}")
    with pytest.raises(ConflictError, match="Delete one"):
        register(line, "one too many")
    assert register(line, "k3"), "a replay is no new one"


def test_changes_that_need_a_new_challenge_and_those_that_do_not(stores: Stores) -> None:
    line = Line(stores)
    one = active(line).endpoint_id
    changed = manage.change_endpoint(line.managing(), one, events=EVENT_TYPES, description="CRM")
    assert (changed.status, changed.events, changed.description) == (
        EndpointStatus.ACTIVE,
        frozenset(EVENT_TYPES),
        "CRM",
    )
    assert line.queue.sent == []
    moved = manage.change_endpoint(line.managing(), one, url="https://new.example/")
    assert moved.status is EndpointStatus.PENDING
    off = manage.change_endpoint(line.managing(), one, active=False)
    assert (off.status, off.reason) == (EndpointStatus.DISABLED, "Its owner disabled it.")
    assert manage.change_endpoint(line.managing(), one, url=URL).status is EndpointStatus.DISABLED
    assert manage.change_endpoint(line.managing(), one, active=True).status is EndpointStatus.PENDING
    assert len(line.queue.sent) == 2
    with pytest.raises(NotFoundError):
        manage.change_endpoint(line.managing(), endpoint("other").endpoint_id, active=False)


def test_an_outcome_written_in_between_does_not_lose_the_change(memory: Stores) -> None:
    line = Line(memory)
    one = active(line)
    managing = line.managing()
    read = managing.store.endpoint
    seen = [one]  # the first read is from before a delivery's failure was noted
    line.store.change_endpoint(replace(one, failing_since=line.clock.now()))
    managing.store.endpoint = lambda endpoint_id: seen.pop() if seen else read(endpoint_id)  # type: ignore[method-assign]
    after = manage.rotate_secret(managing, one.endpoint_id)
    assert (after.key_version, after.failing_since) == (2, line.clock.now())


# Told what they asked for


def test_every_destination_has_a_delivery_of_its_own(stores: Stores) -> None:
    line = Line(stores)
    one = active(line, events=frozenset({"generation.completed"}))
    two = active(line, "two", events=frozenset(EVENT_TYPES))
    active(line, "three", events=frozenset({"generation.failed"}))
    active(line, "four", status=EndpointStatus.DISABLED)
    active(line, "five", status=EndpointStatus.PENDING)
    opened = line.events()
    assert {d.endpoint_id for d in opened} == {one.endpoint_id, two.endpoint_id, None}
    assert len({d.delivery_id for d in opened}) == 3
    assert len(line.queue.sent) == 3
    assert line.events() == opened, "the event again"
    line.drain()
    assert {url for url, _, _ in line.sender.posts} == {URL, one.url, two.url}
    assert all(d.status is DeliveryStatus.DELIVERED for d in line.store.deliveries(line.job.job_id))
    assert len(line.sender.posts) == 3, "though every message came twice"
    line.events()
    assert (line.queue.sent, line.quick.sent) == ([], []), "what was attempted is not sent on its way again"


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_events_nobody_asked_for_write_nothing(stores: Stores, kind: str) -> None:
    line = Line(stores, url=None)
    active(line, events=frozenset(EVENT_TYPES) - {kind})
    assert line.events(kind) == []
    assert (line.queue.sent, line.quick.sent, line.store.deliveries(line.job.job_id)) == ([], [], [])


def test_a_callback_hears_of_the_end_only_and_of_a_cancelled_job_as_a_failed_one(stores: Stores) -> None:
    line = Line(stores)
    assert [line.events("generation.queued"), line.events("generation.running")] == [[], []]
    (delivery,) = line.events("generation.cancelled")
    assert delivery.event_type == json.loads(delivery.body)["event_type"] == "generation.failed"


def test_several_first_attempts_go_by_the_lane_that_each_receiver_has(stores: Stores) -> None:
    line = Line(stores, url=None)
    one, two = active(line), active(line, "two")
    line.earn(one.url)
    opened = {d.endpoint_id: d for d in line.events()}
    assert [m["delivery_id"] for m, _ in line.quick.sent] == [opened[one.endpoint_id].delivery_id]
    assert [m["delivery_id"] for m, _ in line.queue.sent] == [opened[two.endpoint_id].delivery_id]


# Signed


def verified(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    """Whether both libraries accept it; they must never disagree."""
    judgements = set()
    for judge, refusal in (
        (standardwebhooks.Webhook(secret), standardwebhooks.WebhookVerificationError),
        (svix.webhooks.Webhook(secret), svix.webhooks.WebhookVerificationError),
    ):
        try:
            judge.verify(body, headers)
            judgements.add(True)
        except refusal:
            judgements.add(False)
    (judgement,) = judgements
    return judgement


def secret_of(subject: str, version: int) -> str:
    return signatures.secret_text(FakeSecrets().webhook_key(subject, version))


@pytest.mark.parametrize("registered", [True, False])
def test_both_secrets_verify_while_a_rotation_overlaps_and_only_the_new_one_after(
    stores: Stores, registered: bool
) -> None:
    line = Line(stores, url=None if registered else URL)
    line.clock.at = datetime.now(UTC).replace(microsecond=0)  # the libraries hold timestamps against the real clock
    subject = active(line).endpoint_id if registered else TENANT

    def rotate() -> object:
        if registered:
            return manage.rotate_secret(line.managing(), subject)
        return default.rotate_default_secret(line.store, line.clock)

    def last() -> tuple[bytes, dict[str, str]]:
        line.events(job=line.admit(f"k{len(line.sender.posts)}x", None if registered else URL))
        line.drain()
        return line.sender.posts[-1][1:]

    old, new, third = (secret_of(subject, version) for version in (1, 2, 3))
    body, headers = last()
    assert [verified(secret, body, headers) for secret in (old, new)] == [True, False]
    rotated = rotate()
    assert rotate() == rotated, "a repeated request does not rotate again"
    body, headers = last()
    assert [verified(secret, body, headers) for secret in (old, new, third)] == [True, True, False]
    assert len(headers["webhook-signature"].split(" ")) == 2
    assert headers["x-katalo-signature"] == signatures.hex_signature(new, body)
    assert not verified(old, body + b" ", headers)
    line.clock.advance(timedelta(hours=24))
    body, headers = last()
    assert headers["webhook-signature"].count("v1,") == 1
    sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    expected = signatures.standard_headers(
        [FakeSecrets().webhook_key(subject, 2)], headers["webhook-id"], sent_at, body
    )
    assert headers["webhook-signature"] == expected["webhook-signature"]


def test_a_rotation_without_overlap_ends_every_older_secret_at_once(stores: Stores) -> None:
    line = Line(stores, url=None)
    one = active(line).endpoint_id
    manage.rotate_secret(line.managing(), one)
    after = manage.rotate_secret(line.managing(), one, overlap=timedelta(0))
    assert after.key_version == 3
    line.clock.at = datetime.now(UTC)
    line.events()
    line.drain()
    _, body, headers = line.sender.posts[-1]
    assert [verified(secret_of(one, version), body, headers) for version in (1, 2, 3)] == [False, False, True]


def test_endpoints_and_tenants_have_different_secrets() -> None:
    keys = {FakeSecrets().webhook_key(subject, 1) for subject in (TENANT, OTHER, endpoint().endpoint_id)}
    assert len(keys) == 3


# Given up some time


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


# Pinged and replayed


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
    with pytest.raises(ConflictError, match="100 times"):
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

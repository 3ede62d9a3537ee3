"""Registered endpoints: agreed to, told what they asked for, signed with their own secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
import svix.webhooks

from roomwright.domain import signatures
from roomwright.domain.delivery import DeliveryStatus
from roomwright.domain.endpoint import (
    EVENT_TYPES,
    MAX_ENDPOINTS,
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
from roomwright.ports import DeliveryError, HttpAnswer, Stores
from roomwright.usecases import manage_default_webhook as default
from roomwright.usecases import manage_endpoints as manage
from roomwright.usecases.challenge_endpoint import WAITS, challenge_endpoint
from tests.fakes.make import OTHER, TENANT
from tests.fakes.ports import FakeSecrets
from tests.fakes.webhooks import URL, Line, active, echoing, endpoint, raising, register, status

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
    key = FakeSecrets().webhook_key(made.key_subject, 1)
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


def test_an_attempt_says_where_it_went_when_its_endpoint_had_moved(stores: Stores) -> None:
    line = Line(stores, url=None)
    one = active(line)
    (opened,) = line.events()
    line.store.change_endpoint(replace(one, url="https://new.example/"))
    after = line.retry(opened)
    assert line.sender.posts[-1][0] == "https://new.example/"
    assert (after.url, [attempt.url for attempt in after.attempts]) == (one.url, ["https://new.example/"])
    assert line.store.delivery(after.job_id, after.delivery_id) == after


def test_an_endpoint_made_again_under_the_same_key_has_another_secret(stores: Stores) -> None:
    """Whoever knew the secret of the one that was deleted must not be believed by the new one."""
    line = Line(stores, url=None)
    first = register(line)
    assert register(line).key_subject == first.key_subject
    manage.delete_endpoint(line.store, first.endpoint_id)
    line.clock.advance(timedelta(seconds=1))
    second = register(line)
    assert second.endpoint_id == first.endpoint_id
    assert secret_of(second.key_subject, 1) != secret_of(first.key_subject, 1)
    assert active(line, "old").key_subject == active(line, "old").endpoint_id, "those that were there keep theirs"


def test_endpoints_and_tenants_have_different_secrets() -> None:
    keys = {FakeSecrets().webhook_key(subject, 1) for subject in (TENANT, OTHER, endpoint().endpoint_id)}
    assert len(keys) == 3

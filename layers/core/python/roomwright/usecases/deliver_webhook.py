"""One attempt at a webhook: signed, on a schedule, every attempt kept.

The body is built once and stored, so every attempt sends the same bytes under the same webhook-id; each attempt is
signed anew with its own timestamp. Signed URLs in a body are as old as the body: receivers of a late attempt read
the job for fresh ones.

Retries, and whatever goes to a receiver that has not earned the quick lane, wait in the slow one (`domain.delivery`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from roomwright.domain import signatures
from roomwright.domain.delivery import (
    JITTER,
    PER_RECEIVER,
    PER_TENANT,
    QUICK_FOR,
    QUICK_WITHIN,
    TIMEOUT_S,
    WINDOW,
    Attempt,
    Delivery,
    DeliveryStatus,
    Destination,
    Lane,
    overflow,
    receiver,
    said,
    wait_before,
)
from roomwright.domain.endpoint import Endpoint, EndpointStatus, after_attempt, signing_versions
from roomwright.domain.errors import NotFoundError, StaleStateError, UnsafeUrlError
from roomwright.domain.ids import fingerprint
from roomwright.ports import (
    Clock,
    DeliveryError,
    HttpAnswer,
    HttpSender,
    Queue,
    Random,
    Secrets,
    Stores,
    TenantStore,
    WebhookDialect,
)

MAX_QUEUE_DELAY = timedelta(minutes=15)
"""of SQS; longer waits are the sweeper's"""
EARLY = timedelta(seconds=1)
"""clocks of two machines may differ by this"""
GONE = 410


@dataclass(frozen=True)
class Sending:
    """What an attempt needs."""

    stores: Stores
    sender: HttpSender
    queue: Queue
    """the slow lane: anything may be sent there"""
    quick: Queue
    secrets: Secrets
    clock: Clock
    random: Random
    dialects: Mapping[str, WebhookDialect]
    lane: Lane = Lane.SLOW
    """whose consumer this is"""

    def send_on(self, delivery: Delivery, lane: Lane, wait: timedelta = timedelta()) -> None:
        """A message for the next attempt, if its wait is one that a queue can hold."""
        if wait <= MAX_QUEUE_DELAY:
            to = self.quick if lane is Lane.QUICK else self.queue
            to.send(message_of(delivery), math.ceil(wait.total_seconds()))


def message_of(delivery: Delivery) -> Mapping[str, str]:
    """What asks for the attempt that is due."""
    return {"tenant_id": delivery.tenant_id, "job_id": delivery.job_id, "delivery_id": delivery.delivery_id}


def lane_of(store: TenantStore, url: str, now: datetime) -> Lane:
    """The lane of a first attempt."""
    known = store.destination(receiver(url))
    return Lane.QUICK if known and known.quick_until > now else Lane.SLOW


def attempt_delivery(with_: Sending, tenant_id: str, job_id: str, delivery_id: str) -> Delivery:
    """Make the attempt that is due, if one is. → the delivery afterwards. Raises NotFoundError."""
    store = with_.stores.tenant(tenant_id)
    delivery = store.delivery(job_id, delivery_id)
    if delivery is None:
        raise NotFoundError(f"no delivery {delivery_id}")
    now = with_.clock.now()
    if delivery.next_attempt_at is None or delivery.next_attempt_at > now + EARLY:
        return delivery
    endpoint = store.endpoint(delivery.endpoint_id) if delivery.endpoint_id else None
    obstacle = _obstacle(delivery, endpoint)
    if obstacle:
        return _record(with_, delivery, _unsent(delivery, now, obstacle), None, given_up=endpoint_over(endpoint))
    url = _address(delivery, endpoint)
    lane = lane_of(store, url, now)
    if lane is Lane.SLOW and with_.lane is Lane.QUICK:
        with_.send_on(delivery, Lane.SLOW)
        return delivery
    wait = timedelta() if lane is Lane.QUICK else pace(with_, tenant_id, url)
    if wait:
        if store.postpone_delivery(delivery, now + wait):
            with_.send_on(delivery, Lane.SLOW, wait)
        return delivery
    return _attempt(with_, store, delivery, endpoint)


def _address(delivery: Delivery, endpoint: Endpoint | None) -> str:
    """Where it goes now: its endpoint may have moved since it was opened."""
    return endpoint.url if endpoint else delivery.url


def endpoint_over(endpoint: Endpoint | None) -> bool:
    """Whether nothing will be sent there any more: it was disabled or deleted."""
    return endpoint is None or endpoint.status is EndpointStatus.DISABLED


def _obstacle(delivery: Delivery, endpoint: Endpoint | None) -> str | None:
    """Why nothing may be sent to the endpoint now."""
    if delivery.endpoint_id is None or (endpoint and endpoint.status is EndpointStatus.ACTIVE):
        return None
    if endpoint is None:
        return "not sent: the endpoint was deleted"
    return f"not sent: the endpoint is {endpoint.status}"


def _unsent(delivery: Delivery, now: datetime, why: str) -> Attempt:
    return Attempt(len(delivery.attempts) + 1, now, duration_ms=0, status_code=None, error=why)


def pace(with_: Sending, tenant_id: str, url: str) -> timedelta:
    """How long an attempt at a receiver without a quick answer has to wait, so that one tenant's receivers cannot
    hold all of the slow lane; zero for now.
    """
    now = with_.clock.now()
    window_s = int(WINDOW.total_seconds())
    ends_at = datetime.fromtimestamp((int(now.timestamp()) // window_s + 1) * window_s, UTC)
    here = fingerprint(receiver(url))[:16]
    counts = with_.stores.count(f"webhooks#{tenant_id}", ["all", here], ends_at)
    windows = max(overflow(counts["all"], PER_TENANT), overflow(counts[here], PER_RECEIVER))
    if not windows:
        return timedelta()
    return ends_at - now + (windows - 1) * WINDOW + timedelta(seconds=with_.random.uniform(0, window_s))


def _attempt(with_: Sending, store: TenantStore, delivery: Delivery, endpoint: Endpoint | None) -> Delivery:
    attempt, answer, refused = _send(with_, store, delivery, endpoint)
    if not refused:
        note_receiver(with_, delivery.tenant_id, _address(delivery, endpoint), attempt.at, answered=answer is not None)
    gone = answer is not None and answer.status_code == GONE
    recorded = _record(with_, delivery, attempt, answer, given_up=refused or gone)
    if endpoint:
        _note_endpoint(with_, store, endpoint, delivered(answer), gone)
    return recorded


def delivered(answer: HttpAnswer | None) -> bool:
    """Only 2xx is success; a redirect is a failure like any other."""
    return answer is not None and 200 <= answer.status_code < 300


def _send(
    with_: Sending, store: TenantStore, delivery: Delivery, endpoint: Endpoint | None
) -> tuple[Attempt, HttpAnswer | None, bool]:
    """→ (the attempt, its answer, whether the address itself is refused)."""
    at, body, url = with_.clock.now(), delivery.body.encode(), _address(delivery, endpoint)
    keys = signing_keys(with_.secrets, store, delivery.tenant_id, endpoint, at)
    headers = {
        "content-type": "application/json",
        **with_.dialects[delivery.dialect].headers(signatures.secret_text(keys[0]), body),
        **signatures.standard_headers(keys, delivery.delivery_id, at, body),
    }
    answer, error, refused = None, None, False
    try:
        answer = with_.sender.post(url, body, headers, TIMEOUT_S[with_.lane])
    except DeliveryError as problem:
        error = str(problem)
    except UnsafeUrlError as problem:
        error, refused = problem.message, True
    took = with_.clock.now() - at
    attempt = Attempt(
        number=len(delivery.attempts) + 1,
        at=at,
        duration_ms=int(took.total_seconds() * 1000),
        status_code=answer.status_code if answer else None,
        error=said(error) if error else None,
        response_excerpt=said(answer.excerpt) if answer else "",
        url=url if url != delivery.url else None,
    )
    return attempt, answer, refused


def signing_keys(
    secrets: Secrets, store: TenantStore, tenant_id: str, endpoint: Endpoint | None, now: datetime
) -> Sequence[bytes]:
    """The key of the endpoint or of the tenant, and while a rotation overlaps also the one before; newest first."""
    if endpoint:
        versions = signing_versions(endpoint.key_version, endpoint.previous_until, now)
        return [secrets.webhook_key(endpoint.key_subject, version) for version in versions]
    account = store.account()
    versions = signing_versions(account.webhook_key_version, account.webhook_previous_until, now)
    return [secrets.webhook_key(tenant_id, version) for version in versions]


def note_receiver(with_: Sending, tenant_id: str, url: str, began: datetime, *, answered: bool) -> None:
    """Give the receiver the quick lane, or take it; seldom more than one write in QUICK_FOR / 2."""
    store, now = with_.stores.tenant(tenant_id), with_.clock.now()
    known = store.destination(receiver(url))
    quick_until = known.quick_until if known else now
    if not answered or now - began > QUICK_WITHIN:
        if quick_until > now:
            store.note_destination(Destination(tenant_id, receiver(url), now))
    elif quick_until < now + QUICK_FOR / 2:
        store.note_destination(Destination(tenant_id, receiver(url), now + QUICK_FOR))


def _record(
    with_: Sending, delivery: Delivery, attempt: Attempt, answer: HttpAnswer | None, *, given_up: bool
) -> Delivery:
    """Keep the attempt and see to the next one. → the delivery afterwards."""
    store = with_.stores.tenant(delivery.tenant_id)
    status, wait = _judge(delivery, attempt, answer, given_up, with_.random.uniform(-JITTER, JITTER))
    next_at = with_.clock.now() + wait if wait is not None else None
    try:
        after = store.record_attempt(delivery.job_id, delivery.delivery_id, attempt, status, next_at)
    except StaleStateError:  # a duplicate of this message was faster: its attempt counts, and it has sent the next
        return store.delivery(delivery.job_id, delivery.delivery_id) or delivery
    if wait is not None:
        with_.send_on(after, Lane.SLOW, wait)
    return after


def _judge(
    delivery: Delivery, attempt: Attempt, answer: HttpAnswer | None, given_up: bool, jitter: float
) -> tuple[DeliveryStatus, timedelta | None]:
    """→ (status, wait before the next attempt)."""
    if delivered(answer):
        return DeliveryStatus.DELIVERED, None
    if given_up:
        return DeliveryStatus.DISABLED, None
    number = attempt.number - delivery.schedule_from + 1
    wait = wait_before(number, answer.retry_after_s if answer else None, jitter)
    return (DeliveryStatus.PENDING, wait) if wait is not None else (DeliveryStatus.EXHAUSTED, None)


def _note_endpoint(with_: Sending, store: TenantStore, endpoint: Endpoint, success: bool, gone: bool) -> None:
    """How the endpoint has been answering. Whoever changed it meanwhile knows better; the next attempt tells again."""
    after = after_attempt(endpoint, with_.clock.now(), success=success, gone=gone)
    if after != endpoint:
        try:
            store.change_endpoint(after)
        except StaleStateError:
            return

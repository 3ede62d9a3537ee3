"""Tell a tenant's endpoint how a job ended: signed, on a schedule, every attempt kept.

The body is built once and stored, so every attempt sends the same bytes under the same webhook-id; each attempt is
signed anew with its own timestamp. Signed URLs in a body are as old as the body: receivers of a late attempt read
the job for fresh ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from roomwright.domain import ids, signatures
from roomwright.domain.delivery import JITTER, Attempt, Delivery, DeliveryStatus, wait_before
from roomwright.domain.errors import NotFoundError, StaleStateError, UnsafeUrlError
from roomwright.ports import (
    Clock,
    DeliveryError,
    HttpAnswer,
    HttpSender,
    Queue,
    Random,
    Secrets,
    Stores,
    WebhookDialect,
)

TIMEOUT_S = 20.0
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
    secrets: Secrets
    clock: Clock
    random: Random
    dialects: Mapping[str, WebhookDialect]


def open_delivery(with_: Sending, tenant_id: str, job_id: str, event_id: str, event_type: str) -> Delivery | None:
    """An event from the bus: its delivery, created once. None for a job without a webhook. Raises NotFoundError."""
    store = with_.stores.tenant(tenant_id)
    job = store.job(job_id)
    if job is None:
        raise NotFoundError(f"no job {job_id}")
    url = job.spec.webhook_url or store.account().webhook_url
    if not url:
        return None
    now = with_.clock.now()
    delivery = Delivery(
        tenant_id=tenant_id,
        delivery_id=ids.derived_id("msg", tenant_id, event_id, url),
        job_id=job_id,
        event_id=event_id,
        event_type=event_type,
        dialect=job.spec.dialect,
        url=url,
        body=with_.dialects[job.spec.dialect].body(job, event_type),
        status=DeliveryStatus.PENDING,
        created_at=now,
        next_attempt_at=now,
    )
    return store.put_delivery(delivery)[0]


def deliver_event(with_: Sending, tenant_id: str, job_id: str, event_id: str, event_type: str) -> Delivery | None:
    """Open the delivery of an event and make its first attempt."""
    delivery = open_delivery(with_, tenant_id, job_id, event_id, event_type)
    return delivery and attempt_delivery(with_, tenant_id, job_id, delivery.delivery_id)


def attempt_delivery(with_: Sending, tenant_id: str, job_id: str, delivery_id: str) -> Delivery:
    """Make the attempt that is due, if one is. → the delivery afterwards. Raises NotFoundError."""
    store = with_.stores.tenant(tenant_id)
    delivery = store.delivery(job_id, delivery_id)
    if delivery is None:
        raise NotFoundError(f"no delivery {delivery_id}")
    started = with_.clock.now()
    if delivery.next_attempt_at is None or delivery.next_attempt_at > started + EARLY:
        return delivery
    attempt, answer, refused = _send(with_, delivery, started)
    status, wait = _judge(attempt, answer, refused, with_.random.uniform(-JITTER, JITTER))
    next_at = with_.clock.now() + wait if wait is not None else None
    try:
        delivery = store.record_attempt(job_id, delivery_id, attempt, status, next_at)
    except StaleStateError:  # a duplicate of this message was faster: its attempt counts, and it has sent the next
        return store.delivery(job_id, delivery_id) or delivery
    if wait is not None and wait <= MAX_QUEUE_DELAY:
        message = {"tenant_id": tenant_id, "job_id": job_id, "delivery_id": delivery_id}
        with_.queue.send(message, math.ceil(wait.total_seconds()))
    return delivery


def _send(with_: Sending, delivery: Delivery, at: datetime) -> tuple[Attempt, HttpAnswer | None, bool]:
    """→ (the attempt, its answer, whether the address itself is refused)."""
    body = delivery.body.encode()
    headers = _headers(with_, delivery, at, body)
    answer, error, refused = None, None, False
    try:
        answer = with_.sender.post(delivery.url, body, headers, TIMEOUT_S)
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
        error=error,
        response_excerpt=answer.excerpt[:1024] if answer else "",
    )
    return attempt, answer, refused


def _headers(with_: Sending, delivery: Delivery, at: datetime, body: bytes) -> Mapping[str, str]:
    account = with_.stores.tenant(delivery.tenant_id).account()
    key = with_.secrets.webhook_key(delivery.tenant_id, account.webhook_key_version)
    return {
        "content-type": "application/json",
        **with_.dialects[delivery.dialect].headers(signatures.secret_text(key), body),
        **signatures.standard_headers(key, delivery.delivery_id, at, body),
    }


def _judge(
    attempt: Attempt, answer: HttpAnswer | None, refused: bool, jitter: float
) -> tuple[DeliveryStatus, timedelta | None]:
    """→ (status, wait before the next attempt). Only 2xx is success; a redirect is a failure like any other."""
    if answer and 200 <= answer.status_code < 300:
        return DeliveryStatus.DELIVERED, None
    if refused or (answer and answer.status_code == GONE):
        return DeliveryStatus.DISABLED, None
    wait = wait_before(attempt.number + 1, answer.retry_after_s if answer else None, jitter)
    return (DeliveryStatus.PENDING, wait) if wait is not None else (DeliveryStatus.EXHAUSTED, None)

"""A tenant's webhook endpoints: registered, changed, pinged, and their secrets rotated.

Nothing here talks to an address: challenges and pings are sent by the consumer of the webhook queue.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from roomwright.domain import ids
from roomwright.domain.delivery import PING, Delivery, DeliveryStatus
from roomwright.domain.endpoint import (
    EVENT_TYPES,
    MAX_ENDPOINTS,
    Endpoint,
    EndpointStatus,
    disabled,
    pending,
    rotated,
)
from roomwright.domain.errors import (
    ConflictError,
    IdempotencyConflictError,
    NotFoundError,
    StaleStateError,
    UnsafeUrlError,
    ValidationError,
)
from roomwright.domain.urls import HostPort, checked_url
from roomwright.ports import Clock, Queue, TenantStore
from roomwright.usecases.challenge_endpoint import challenge_message
from roomwright.usecases.deliver_webhook import message_of
from roomwright.usecases.replay_deliveries import require_active

OVERLAP = timedelta(hours=24)
"""how long the secret before signs as well after a rotation, unless told otherwise"""
_TRIES = 3


@dataclass(frozen=True)
class Managing:
    """One tenant's endpoints and what changing them needs."""

    tenant_id: str
    store: TenantStore
    clock: Clock
    queue: Queue
    allow: Collection[HostPort]

    def challenge(self, endpoint: Endpoint) -> Endpoint:
        self.queue.send(challenge_message(self.tenant_id, endpoint.endpoint_id))
        return endpoint


def checked(url: str, allow: Collection[HostPort]) -> str:
    """Raises ValidationError for a URL that must not be called."""
    try:
        checked_url(url, allow)
    except UnsafeUrlError as error:
        raise ValidationError(f"url: {error.message}") from error
    return url


def _known(events: Collection[str]) -> frozenset[str]:
    unknown = sorted(set(events) - set(EVENT_TYPES))
    if unknown or not events:
        raise ValidationError(f"events: name one or more of {', '.join(EVENT_TYPES)}")
    return frozenset(events)


def register_endpoint(
    with_: Managing, url: str, events: Collection[str], description: str, key: str
) -> tuple[Endpoint, bool]:
    """A new endpoint, its challenge on the way. → (the endpoint, whether `key` had created it before).

    Raises ValidationError, ConflictError (MAX_ENDPOINTS), IdempotencyConflictError.
    """
    print_ = ids.fingerprint([url, sorted(events), description])
    endpoint_id = ids.derived_id("whe", with_.tenant_id, "endpoint", key)
    first = with_.store.endpoint(endpoint_id)
    if first is None:
        url, wanted = checked(url, with_.allow), _known(events)
        if len(with_.store.endpoints()) >= MAX_ENDPOINTS:  # two at the same moment may make it one more: no harm
            raise ConflictError(f"An organisation has at most {MAX_ENDPOINTS} endpoints. Delete one first.")
        now = with_.clock.now()
        new = Endpoint(
            tenant_id=with_.tenant_id,
            endpoint_id=endpoint_id,
            url=url,
            events=wanted,
            status=EndpointStatus.PENDING,
            created_at=now,
            updated_at=now,
            description=description,
            fingerprint=print_,
            salt=f"{now.timestamp():.6f}",
        )
        stored, existed = with_.store.put_endpoint(pending(new, now))
        if not existed:
            return with_.challenge(stored), False
        first = stored
    if first.fingerprint != print_:
        raise IdempotencyConflictError("This Idempotency-Key was used with another request.")
    if first.status is EndpointStatus.PENDING and first.revision == 0:  # its challenge may never have reached the queue
        with_.challenge(first)
    return first, True


def read_endpoint(store: TenantStore, endpoint_id: str) -> Endpoint:
    """Raises NotFoundError, also for another tenant's."""
    endpoint = store.endpoint(endpoint_id) if ids.is_id("whe", endpoint_id) else None
    if endpoint is None:
        raise NotFoundError("There is no webhook endpoint with this id.")
    return endpoint


def _changed(with_: Managing, endpoint_id: str, how: Callable[[Endpoint], Endpoint]) -> Endpoint:
    """Read, change, write; again when a delivery's outcome was written in between. Raises StaleStateError."""
    for left in reversed(range(_TRIES)):
        before = read_endpoint(with_.store, endpoint_id)
        after = how(before)
        if after == before:
            return before
        try:
            return with_.store.change_endpoint(after)
        except StaleStateError:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


def change_endpoint(
    with_: Managing,
    endpoint_id: str,
    *,
    url: str | None = None,
    events: Collection[str] | None = None,
    description: str | None = None,
    active: bool | None = None,
) -> Endpoint:
    """Change what is not None. A new URL, or `active` after it was disabled, needs a new challenge; repeating the
    request repeats it, as it may never have reached the queue.

    Raises NotFoundError, ValidationError.
    """
    if url is not None:
        checked(url, with_.allow)
    wanted = None if events is None else _known(events)

    def change(endpoint: Endpoint) -> Endpoint:
        now = with_.clock.now()
        after = replace(
            endpoint,
            url=endpoint.url if url is None else url,
            events=endpoint.events if wanted is None else wanted,
            description=endpoint.description if description is None else description,
        )
        if active is False:
            return disabled(after, "Its owner disabled it.", now)
        woken = active is True and endpoint.status is EndpointStatus.DISABLED
        moved = after.url != endpoint.url and endpoint.status is not EndpointStatus.DISABLED
        if woken or moved:
            return pending(after, now)
        return replace(after, updated_at=now) if after != endpoint else endpoint

    before = read_endpoint(with_.store, endpoint_id)
    after = _changed(with_, endpoint_id, change)
    asked = after.revision != before.revision or url is not None or active is True
    return with_.challenge(after) if asked and after.status is EndpointStatus.PENDING else after


def verify_endpoint(with_: Managing, endpoint_id: str) -> Endpoint:
    """Send the challenge again, to one that is pending or disabled. Raises NotFoundError, ConflictError."""

    def change(endpoint: Endpoint) -> Endpoint:
        if endpoint.status is EndpointStatus.ACTIVE:
            raise ConflictError("This endpoint is active; there is nothing to verify.")
        return pending(endpoint, with_.clock.now())

    return with_.challenge(_changed(with_, endpoint_id, change))


def delete_endpoint(store: TenantStore, endpoint_id: str) -> Endpoint:
    """→ the endpoint as it was. What is still on its way to it is not sent any more. Raises NotFoundError."""
    endpoint = read_endpoint(store, endpoint_id)
    store.delete_endpoint(endpoint_id)
    return endpoint


def rotate_secret(with_: Managing, endpoint_id: str, overlap: timedelta = OVERLAP) -> Endpoint:
    """A new key; the one before signs as well while `overlap` lasts. Raises NotFoundError."""

    def change(endpoint: Endpoint) -> Endpoint:
        now = with_.clock.now()
        version, until = rotated(endpoint.key_version, endpoint.previous_until, overlap, now)
        if version == endpoint.key_version:
            return endpoint
        return replace(endpoint, key_version=version, previous_until=until, updated_at=now)

    return _changed(with_, endpoint_id, change)


def ping_endpoint(with_: Managing, endpoint_id: str, dialect: str, key: str) -> tuple[Delivery, bool]:
    """A message that is only there to be seen, sent and kept like any other. → (it, whether `key` had sent it before).

    Raises NotFoundError, ConflictError (not active).
    """
    endpoint = require_active(read_endpoint(with_.store, endpoint_id))
    now = with_.clock.now()
    event_id = ids.derived_id("evt", with_.tenant_id, "ping", f"{endpoint_id}/{key}")
    delivery, existed = with_.store.put_delivery(
        Delivery(
            tenant_id=with_.tenant_id,
            delivery_id=ids.derived_id("msg", with_.tenant_id, event_id, endpoint_id),
            job_id=endpoint_id,  # it is about the endpoint, and no job
            event_id=event_id,
            event_type=PING,
            dialect=dialect,
            url=endpoint.url,
            body=json.dumps({"event_type": PING, "endpoint_id": endpoint_id}, separators=(",", ":")),
            status=DeliveryStatus.PENDING,
            created_at=now,
            next_attempt_at=now,
            endpoint_id=endpoint_id,
        )
    )
    if not existed:
        with_.queue.send(message_of(delivery))
    return delivery, existed

"""Send again what was sent before: the same webhook-id and body, new attempts, the schedule from its beginning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from roomwright.domain.delivery import MAX_ATTEMPTS, Delivery, DeliveryStatus, Lane
from roomwright.domain.endpoint import Endpoint, EndpointStatus
from roomwright.domain.errors import ConflictError, NotFoundError, StaleStateError
from roomwright.domain.ids import is_id
from roomwright.ports import Clock, Queue, TenantStore
from roomwright.usecases.deliver_webhook import Sending, lane_of, message_of

PAGE = 25
"""deliveries sent again by one message of a range"""


@dataclass(frozen=True)
class Range:
    """Deliveries to one endpoint created from `since` to before `until`, asked for at `asked_at`."""

    tenant_id: str
    endpoint_id: str
    since: datetime
    until: datetime
    asked_at: datetime
    cursor: str | None = None

    def message(self) -> Mapping[str, str]:
        return {
            "tenant_id": self.tenant_id,
            "endpoint_id": self.endpoint_id,
            "replay_since": self.since.isoformat(),
            "replay_until": self.until.isoformat(),
            "asked_at": self.asked_at.isoformat(),
            **({"cursor": self.cursor} if self.cursor else {}),
        }

    @classmethod
    def parse(cls, message: Mapping[str, str]) -> Range:
        return cls(
            message["tenant_id"],
            message["endpoint_id"],
            datetime.fromisoformat(message["replay_since"]),
            datetime.fromisoformat(message["replay_until"]),
            datetime.fromisoformat(message["asked_at"]),
            message.get("cursor"),
        )


def replay_delivery(store: TenantStore, queue: Queue, clock: Clock, job_id: str, delivery_id: str) -> Delivery:
    """Open one delivery again. → the delivery, due now.

    Raises NotFoundError, and ConflictError for one that is still being sent, has no active endpoint any more, or has
    been tried too often.
    """
    delivery = store.delivery(job_id, delivery_id) if is_id("msg", delivery_id) else None
    if delivery is None:
        raise NotFoundError("There is no delivery with this id.")
    if delivery.endpoint_id:
        require_active(store.endpoint(delivery.endpoint_id))
    if delivery.status is DeliveryStatus.PENDING:
        raise ConflictError("This delivery is still being sent; its log says when the next attempt is due.")
    if len(delivery.attempts) >= MAX_ATTEMPTS:
        raise ConflictError(f"This delivery was tried {MAX_ATTEMPTS} times. Read the generation instead.")
    try:
        opened = store.reopen_delivery(delivery, clock.now())
    except StaleStateError as error:
        raise ConflictError("This delivery was sent again just now.") from error
    queue.send(message_of(opened))
    return opened


def require_active(endpoint: Endpoint | None) -> Endpoint:
    """Raises ConflictError with what to do."""
    if endpoint is None:
        raise ConflictError("The endpoint of this delivery was deleted.")
    if endpoint.status is not EndpointStatus.ACTIVE:
        raise ConflictError(f"The endpoint is {endpoint.status}. Verify it first: POST …/webhooks/<id>/verify.")
    return endpoint


def replay_range(with_: Sending, asked: Range) -> list[Delivery]:
    """Send one page of a range again, and a message for the rest. → what was opened again.

    A message that comes twice opens nothing twice: what was attempted since the range was asked for has had its turn.
    """
    store = with_.stores.tenant(asked.tenant_id)
    endpoint = store.endpoint(asked.endpoint_id)
    if endpoint is None or endpoint.status is not EndpointStatus.ACTIVE:
        return []
    page = store.endpoint_deliveries(asked.endpoint_id, asked.since, asked.until, PAGE, asked.cursor)
    found = (store.delivery(job_id, delivery_id) for job_id, delivery_id in page.entries)
    lane = lane_of(store, endpoint.url, with_.clock.now())
    opened = [again for delivery in found if delivery and (again := _again(with_, store, delivery, asked, lane))]
    if page.cursor:
        rest = Range(asked.tenant_id, asked.endpoint_id, asked.since, asked.until, asked.asked_at, page.cursor)
        with_.queue.send(rest.message())
    return opened


def _again(with_: Sending, store: TenantStore, delivery: Delivery, asked: Range, lane: Lane) -> Delivery | None:
    recent = delivery.attempts and delivery.attempts[-1].at >= asked.asked_at
    if recent or delivery.status is DeliveryStatus.PENDING or len(delivery.attempts) >= MAX_ATTEMPTS:
        return None
    try:
        opened = store.reopen_delivery(delivery, with_.clock.now())
    except StaleStateError:  # a repeat of this message was faster
        return None
    with_.send_on(opened, lane)
    return opened

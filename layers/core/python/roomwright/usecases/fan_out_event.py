"""An event from the bus → a delivery to each of its destinations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from roomwright.domain import ids
from roomwright.domain.delivery import Delivery, DeliveryStatus, Lane
from roomwright.domain.endpoint import Endpoint, EndpointStatus
from roomwright.domain.errors import NotFoundError
from roomwright.domain.job import Job
from roomwright.ports import TenantStore
from roomwright.usecases.deliver_webhook import Sending, attempt_delivery, lane_of

CALLBACK_TYPES: Mapping[str, str] = {
    "generation.completed": "generation.completed",
    "generation.failed": "generation.failed",
    "generation.cancelled": "generation.failed",
}
"""What a job's own callback (or the tenant's default) is told of, in the words its contract has: Katalo shows a
cancelled job as a failed one (unverified: its documentation names no cancellation)."""


def deliver_event(with_: Sending, tenant_id: str, job_id: str, event_id: str, event_type: str) -> list[Delivery]:
    """Open the event's deliveries and send them on their way; empty when nobody wants to know.

    A single one that may take the quick lane is attempted here and now. Raises NotFoundError for an unknown job.
    """
    store, now = with_.stores.tenant(tenant_id), with_.clock.now()
    opened = [store.put_delivery(delivery)[0] for delivery in _deliveries(with_, store, job_id, event_id, event_type)]
    lanes = [lane_of(store, delivery.url, now) for delivery in opened]
    if lanes == [Lane.QUICK]:
        return [attempt_delivery(with_, tenant_id, job_id, opened[0].delivery_id)]
    for delivery, lane in zip(opened, lanes, strict=True):
        if not delivery.attempts and delivery.status is DeliveryStatus.PENDING:  # else the event came again
            with_.send_on(delivery, lane)
    return opened


def _deliveries(with_: Sending, store: TenantStore, job_id: str, event_id: str, event_type: str) -> Sequence[Delivery]:
    """Most events of most tenants end after the first read."""
    listening = [e for e in store.endpoints() if e.status is EndpointStatus.ACTIVE or e.moved]
    wanting = [e for e in listening if event_type in e.events]
    if not wanting and event_type not in CALLBACK_TYPES:
        return ()
    job = store.job(job_id)
    if job is None:
        raise NotFoundError(f"no job {job_id}")
    now = with_.clock.now()
    made = [_to_endpoint(with_, job, event_id, event_type, endpoint, now) for endpoint in wanting]
    callback = CALLBACK_TYPES.get(event_type) and (job.spec.webhook_url or store.account().webhook_url)
    if callback:
        made.append(_made(with_, job, event_id, CALLBACK_TYPES[event_type], callback, now))
    return made


def _to_endpoint(
    with_: Sending, job: Job, event_id: str, event_type: str, endpoint: Endpoint, now: datetime
) -> Delivery:
    return _made(with_, job, event_id, event_type, endpoint.url, now, endpoint.endpoint_id)


def _made(
    with_: Sending, job: Job, event_id: str, event_type: str, url: str, now: datetime, endpoint_id: str | None = None
) -> Delivery:
    return Delivery(
        tenant_id=job.tenant_id,
        delivery_id=ids.derived_id("msg", job.tenant_id, event_id, endpoint_id or url),
        job_id=job.job_id,
        event_id=event_id,
        event_type=event_type,
        dialect=job.spec.dialect,
        url=url,
        body=with_.dialects[job.spec.dialect].body(job, event_type),
        status=DeliveryStatus.PENDING,
        created_at=now,
        next_attempt_at=now,
        endpoint_id=endpoint_id,
    )

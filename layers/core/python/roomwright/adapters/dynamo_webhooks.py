"""A tenant's webhooks: deliveries with their attempts, registered endpoints, and how addresses have been answering."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from roomwright.adapters import dynamo_items as items
from roomwright.adapters.dynamo_codec import Item, attributes, instant, number, text
from roomwright.adapters.dynamo_items import DESTINATIONS, ENDPOINT, ENDPOINTS
from roomwright.adapters.dynamo_partition import Partition
from roomwright.adapters.dynamo_table import RefusedError, new
from roomwright.domain.delivery import Attempt, Delivery, DeliveryStatus, Destination
from roomwright.domain.endpoint import MAX_ENDPOINTS, Endpoint
from roomwright.domain.errors import BadRequestError, StaleStateError
from roomwright.ports import Page

MAX_DELIVERIES = 100
"""shown per job; one event and one endpoint make one delivery"""
_CURSOR = re.compile(r"[0-9TZ:.-]{27}#msg_[0-9a-z]{26}")


class DynamoWebhooks(Partition):
    """Deliveries, endpoints and destinations of one tenant."""

    def put_delivery(self, delivery: Delivery) -> tuple[Delivery, bool]:
        self.require_own(delivery)
        if delivery.endpoint_id is None:
            found = self.table.put_new(items.delivery_item(delivery))
            return (delivery, False) if found is None else (items.delivery_of(found), True)
        try:
            self.table.transact(new(items.delivery_item(delivery)), {"Put": {"Item": items.sent_item(delivery)}})
        except RefusedError as refused:
            return items.delivery_of(refused.found[0] or {}), True
        return delivery, False

    def delivery(self, job_id: str, delivery_id: str) -> Delivery | None:
        item = self.table.get(items.delivery_key(self.tenant_id, job_id, delivery_id))
        return items.delivery_of(item) if item else None

    def deliveries(self, job_id: str) -> list[Delivery]:
        found = self.table.query(self.pk, f"DELIVERY#{job_id}#", MAX_DELIVERIES)
        return [items.delivery_of(item) for item in found]

    def record_attempt(
        self,
        job_id: str,
        delivery_id: str,
        attempt: Attempt,
        status: DeliveryStatus,
        next_attempt_at: datetime | None,
    ) -> Delivery:
        """Appended without a read: the condition counts the attempts that are there."""
        next_values: Item = {}
        if next_attempt_at:
            next_values = {"next_attempt_at": text(instant(next_attempt_at))}
            next_values |= items.delivery_open(job_id, delivery_id, next_attempt_at)
        sets = ["#status = :status", "attempts = list_append(attempts, :attempt)"]
        sets += [f"{name} = :{name}" for name in next_values]
        gone = "" if next_attempt_at else " REMOVE next_attempt_at, open_pk, open_sk"
        try:
            after = self.table.update(
                {
                    "Key": items.delivery_key(self.tenant_id, job_id, delivery_id),
                    "UpdateExpression": "SET " + ", ".join(sets) + gone,
                    "ConditionExpression": "#status = :pending AND size(attempts) = :before",
                    "ExpressionAttributeNames": {"#status": "status"},
                    "ExpressionAttributeValues": {f":{name}": value for name, value in next_values.items()}
                    | {
                        ":status": text(status),
                        ":pending": text(DeliveryStatus.PENDING),
                        ":attempt": items.attempts_list([attempt]),
                        ":before": number(attempt.number - 1),
                    },
                }
            )
        except RefusedError:
            raise StaleStateError(f"attempt {attempt.number} of {delivery_id} was recorded already") from None
        return items.delivery_of(after)

    def postpone_delivery(self, delivery: Delivery, until: datetime) -> bool:
        self.require_own(delivery)
        sets: Item = {"next_attempt_at": text(instant(until))}
        sets |= items.delivery_open(delivery.job_id, delivery.delivery_id, until)
        values: Item = {":pending": text(DeliveryStatus.PENDING), ":made": number(len(delivery.attempts))}
        due = "attribute_not_exists(next_attempt_at)"
        if delivery.next_attempt_at:
            due, values[":due"] = "next_attempt_at = :due", text(instant(delivery.next_attempt_at))
        try:
            self.table.update(
                {
                    "Key": items.delivery_key(self.tenant_id, delivery.job_id, delivery.delivery_id),
                    "UpdateExpression": "SET " + ", ".join(f"{name} = :{name}" for name in sets),
                    "ConditionExpression": f"#status = :pending AND size(attempts) = :made AND {due}",
                    "ExpressionAttributeNames": {"#status": "status"},
                    "ExpressionAttributeValues": values | {f":{name}": value for name, value in sets.items()},
                }
            )
        except RefusedError:
            return False
        return True

    def reopen_delivery(self, delivery: Delivery, now: datetime) -> Delivery:
        self.require_own(delivery)
        made = len(delivery.attempts)
        fields = {"status": DeliveryStatus.PENDING.value, "next_attempt_at": now, "schedule_from": made}
        sets = attributes(fields) | items.delivery_open(delivery.job_id, delivery.delivery_id, now)
        try:
            after = self.table.update(
                {
                    "Key": items.delivery_key(self.tenant_id, delivery.job_id, delivery.delivery_id),
                    "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in sets),
                    "ConditionExpression": "attribute_exists(pk) AND #status <> :status AND size(attempts) = :made",
                    "ExpressionAttributeNames": {f"#{name}": name for name in sets},
                    "ExpressionAttributeValues": {f":{name}": value for name, value in sets.items()}
                    | {":made": number(made)},
                }
            )
        except RefusedError:
            raise StaleStateError(f"{delivery.delivery_id} was replayed already") from None
        return items.delivery_of(after)

    def endpoint_deliveries(
        self, endpoint_id: str, since: datetime, until: datetime, limit: int, cursor: str | None = None
    ) -> Page[tuple[str, str]]:
        if cursor is not None and not _CURSOR.fullmatch(cursor):
            raise BadRequestError("Send the cursor as it came, or none.")
        log = items.sent(endpoint_id)
        low = max(instant(since), f"{cursor}~" if cursor else "")  # longer than any key that begins like the cursor
        found = self.table.between(self.pk, log + low, log + instant(until), limit + 1)
        sent = [(item["job_id"]["S"], item["sk"]["S"].removeprefix(log)) for item in found]
        page = tuple((job_id, place.rpartition("#")[2]) for job_id, place in sent[:limit])
        return Page(page, sent[limit - 1][1] if len(sent) > limit else None)

    def destination(self, url: str) -> Destination | None:
        item = self.table.get(items.destination_key(self.tenant_id, url))
        return DESTINATIONS.decode(item) if item else None

    def note_destination(self, destination: Destination) -> None:
        self.require_own(destination)
        self.table.put(items.destination_item(destination))

    def put_endpoint(self, endpoint: Endpoint) -> tuple[Endpoint, bool]:
        self.require_own(endpoint)
        found = self.table.put_new(items.endpoint_item(endpoint))
        return (endpoint, False) if found is None else (ENDPOINTS.decode(found), True)

    def endpoint(self, endpoint_id: str) -> Endpoint | None:
        item = self.table.get(items.endpoint_key(self.tenant_id, endpoint_id))
        return ENDPOINTS.decode(item) if item else None

    def endpoints(self) -> list[Endpoint]:
        """A race of two creations may have made a few more than MAX_ENDPOINTS."""
        return [ENDPOINTS.decode(item) for item in self.table.query(self.pk, ENDPOINT, 2 * MAX_ENDPOINTS)]

    def change_endpoint(self, endpoint: Endpoint) -> Endpoint:
        self.require_own(endpoint)
        after = replace(endpoint, revision=endpoint.revision + 1)
        try:
            self.table.put(
                items.endpoint_item(after), "#revision = :revision", {":revision": number(endpoint.revision)}
            )
        except RefusedError:
            raise StaleStateError("the endpoint was changed meanwhile") from None
        return after

    def delete_endpoint(self, endpoint_id: str) -> None:
        self.table.delete(items.endpoint_key(self.tenant_id, endpoint_id))

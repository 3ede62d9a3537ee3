"""A tenant's records of what happened: webhook deliveries with their attempts, and the ledger."""

from __future__ import annotations

import re
from datetime import datetime

from roomwright.adapters import dynamo_items as items
from roomwright.adapters.dynamo_items import LEDGER, Item, number, text
from roomwright.adapters.dynamo_table import RefusedError, Table
from roomwright.domain.account import LedgerEntry
from roomwright.domain.delivery import Attempt, Delivery, DeliveryStatus
from roomwright.domain.errors import BadRequestError, StaleStateError
from roomwright.domain.job import Job, SourceAsset

MAX_DELIVERIES = 100
"""shown per job; one event and one endpoint make one delivery"""
_CURSOR = re.compile(r"[0-9TZ:.-]{27}#job_[0-9a-z]{26}")


class DynamoLog:
    """Deliveries and ledger of one tenant."""

    def __init__(self, table: Table, tenant_id: str) -> None:
        self.table = table
        self.tenant_id = tenant_id

    def require_own(self, *values: Job | SourceAsset | Delivery | None) -> None:
        """A value of another tenant must not become a key of this one's call."""
        if any(value and value.tenant_id != self.tenant_id for value in values):
            raise ValueError("this value belongs to another tenant")

    def put_delivery(self, delivery: Delivery) -> tuple[Delivery, bool]:
        self.require_own(delivery)
        found = self.table.put_new(items.delivery_item(delivery))
        return (delivery, False) if found is None else (items.delivery_of(found), True)

    def delivery(self, job_id: str, delivery_id: str) -> Delivery | None:
        item = self.table.get(items.delivery_key(self.tenant_id, job_id, delivery_id))
        return items.delivery_of(item) if item else None

    def deliveries(self, job_id: str) -> list[Delivery]:
        found = self.table.query({"pk": items.pk(self.tenant_id)}, f"DELIVERY#{job_id}#", MAX_DELIVERIES)
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
            next_values = {"next_attempt_at": text(items.instant(next_attempt_at))}
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

    def ledger(self, limit: int, cursor: str | None = None) -> tuple[list[LedgerEntry], str | None]:
        if cursor is not None and not _CURSOR.fullmatch(cursor):
            raise BadRequestError("Send the cursor as it came, or none.")
        after = f"LEDGER#{cursor}" if cursor else None
        found = list(
            self.table.query({"pk": items.pk(self.tenant_id)}, "LEDGER#", limit + 1, newest_first=True, after=after)
        )
        page = found[:limit]
        more = page[-1]["sk"]["S"].removeprefix("LEDGER#") if len(found) > limit else None
        return [LEDGER.decode(item) for item in page], more

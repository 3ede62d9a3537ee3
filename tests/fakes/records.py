"""The in-memory store's account, ledger, keys, deliveries and endpoints."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar

from roomwright.domain.account import Account, ApiKey, LedgerEntry, grant_entry, renewal_entry
from roomwright.domain.delivery import Attempt, Delivery, DeliveryStatus, Destination
from roomwright.domain.endpoint import Endpoint
from roomwright.domain.errors import BadRequestError, NotFoundError, StaleStateError
from roomwright.ports import Page
from tests.fakes.table import Table

RENEWED = (
    "plan",
    "max_in_flight",
    "max_running",
    "max_stored_bytes",
    "period_started_at",
    "period_ends_at",
    "period_opening",
)
BALANCES = ("available", "granted", "overage_available", "overage_granted")
T = TypeVar("T")


class Owned(Protocol):
    @property
    def tenant_id(self) -> str: ...


class MemoryRecords:
    """One tenant's items, jobs and assets apart."""

    def __init__(self, table: Table, tenant_id: str) -> None:
        self.table = table
        self.tenant_id = tenant_id

    def require_own(self, *values: Owned | None) -> None:
        if any(value and value.tenant_id != self.tenant_id for value in values):
            raise ValueError("this value belongs to another tenant")

    def account(self) -> Account:
        if self.tenant_id not in self.table.accounts:
            raise NotFoundError("There is no such tenant.")
        return self.table.accounts[self.tenant_id]

    def renew(self, before: Account, after: Account, now: datetime) -> bool:
        self.require_own(before, after)
        current = self.account()
        if any(getattr(current, n) != getattr(before, n) for n in ("period_ends_at", "plan", "available")):
            return False
        moved = {n: getattr(current, n) + getattr(after, n) - getattr(before, n) for n in BALANCES}
        self.table.put_account(replace(current, **{n: getattr(after, n) for n in RENEWED}, **moved))
        if entry := renewal_entry(before, after, now):
            self.table.put_line(entry)
        return True

    def grant(self, credits: int, entry_id: str, now: datetime) -> Account:
        account = self.account()
        if (self.tenant_id, entry_id) not in self.table.grants:
            self.table.grants.add((self.tenant_id, entry_id))
            self.table.put_line(grant_entry(self.tenant_id, entry_id, credits, now))
            self.table.add(self.tenant_id, {"available": credits, "granted": credits})
            account = self.account()
        return account

    def change_account_webhooks(
        self, url: str | None, key_version: int, previous_until: datetime | None, was_version: int
    ) -> None:
        account = self.account()
        if account.webhook_key_version != was_version:
            raise StaleStateError("the webhook key was changed meanwhile")
        changed = replace(account, webhook_url=url, webhook_key_version=key_version)
        self.table.put_account(replace(changed, webhook_previous_until=previous_until))

    def ledger(self, limit: int, cursor: str | None = None) -> Page[LedgerEntry]:
        mine = {key: entry for (tenant, key), entry in self.table.ledger.items() if tenant == self.tenant_id}
        if cursor is not None and not re.fullmatch(r"[0-9T:.+-]{32}#led_[0-9a-z]{26}", cursor):
            raise BadRequestError("Send the cursor as it came, or none.")
        rest = [key for key in sorted(mine, reverse=True) if cursor is None or key < cursor]
        return _page(rest, [mine[key] for key in rest], limit)

    def keys(self) -> list[ApiKey]:
        mine = [key for key in self.table.keys.values() if key.tenant_id == self.tenant_id]
        return sorted(mine, key=lambda key: (key.created_at, key.key_id), reverse=True)

    def change_key(self, before: ApiKey, after: ApiKey) -> None:
        self.require_own(before, after)
        change_key(self.table, before, after)

    def put_delivery(self, delivery: Delivery) -> tuple[Delivery, bool]:
        self.require_own(delivery)
        key = (self.tenant_id, delivery.job_id, delivery.delivery_id)
        existed = key in self.table.deliveries
        return self.table.deliveries.setdefault(key, delivery), existed

    def delivery(self, job_id: str, delivery_id: str) -> Delivery | None:
        return self.table.deliveries.get((self.tenant_id, job_id, delivery_id))

    def deliveries(self, job_id: str) -> list[Delivery]:
        mine = self.table.deliveries.items()
        return [d for key, d in sorted(mine, key=lambda kv: kv[0]) if key[:2] == (self.tenant_id, job_id)]

    def record_attempt(
        self,
        job_id: str,
        delivery_id: str,
        attempt: Attempt,
        status: DeliveryStatus,
        next_attempt_at: datetime | None,
    ) -> Delivery:
        current = self.delivery(job_id, delivery_id)
        if (
            current is None
            or current.status is not DeliveryStatus.PENDING
            or len(current.attempts) != attempt.number - 1
        ):
            raise StaleStateError("this attempt was recorded already")
        after = replace(current, attempts=(*current.attempts, attempt), status=status, next_attempt_at=next_attempt_at)
        self.table.deliveries[self.tenant_id, job_id, delivery_id] = after
        return after

    def postpone_delivery(self, delivery: Delivery, until: datetime) -> bool:
        self.require_own(delivery)
        current = self.delivery(delivery.job_id, delivery.delivery_id)
        wanted = (DeliveryStatus.PENDING, len(delivery.attempts), delivery.next_attempt_at)
        if current is None or (current.status, len(current.attempts), current.next_attempt_at) != wanted:
            return False
        key = (self.tenant_id, delivery.job_id, delivery.delivery_id)
        self.table.deliveries[key] = replace(current, next_attempt_at=until)
        return True

    def reopen_delivery(self, delivery: Delivery, now: datetime) -> Delivery:
        self.require_own(delivery)
        current = self.delivery(delivery.job_id, delivery.delivery_id)
        if (
            current is None
            or current.status is DeliveryStatus.PENDING
            or len(current.attempts) != len(delivery.attempts)
        ):
            raise StaleStateError("this delivery was replayed already")
        after = replace(
            current, status=DeliveryStatus.PENDING, next_attempt_at=now, schedule_from=len(current.attempts)
        )
        self.table.deliveries[self.tenant_id, delivery.job_id, delivery.delivery_id] = after
        return after

    def endpoint_deliveries(
        self, endpoint_id: str, since: datetime, until: datetime, limit: int, cursor: str | None = None
    ) -> Page[tuple[str, str]]:
        if cursor is not None and not re.fullmatch(r"[0-9T:.+-]{32}#msg_[0-9a-z]{26}", cursor):
            raise BadRequestError("Send the cursor as it came, or none.")
        log = {
            f"{d.created_at.isoformat(timespec='microseconds')}#{d.delivery_id}": (d.job_id, d.delivery_id)
            for d in self.table.deliveries.values()
            if (d.tenant_id, d.endpoint_id) == (self.tenant_id, endpoint_id) and since <= d.created_at < until
        }
        rest = [key for key in sorted(log) if cursor is None or key > cursor]
        return _page(rest, [log[key] for key in rest], limit)

    def destination(self, url: str) -> Destination | None:
        return self.table.destinations.get((self.tenant_id, url))

    def note_destination(self, destination: Destination) -> None:
        self.require_own(destination)
        self.table.destinations[self.tenant_id, destination.url] = destination

    def put_endpoint(self, endpoint: Endpoint) -> tuple[Endpoint, bool]:
        self.require_own(endpoint)
        first = self.endpoint(endpoint.endpoint_id)
        return (first, True) if first else (self.table.put_endpoint(endpoint), False)

    def endpoint(self, endpoint_id: str) -> Endpoint | None:
        return self.table.endpoints.get((self.tenant_id, endpoint_id))

    def endpoints(self) -> list[Endpoint]:
        mine = sorted(self.table.endpoints.items())
        return [endpoint for (tenant_id, _), endpoint in mine if tenant_id == self.tenant_id]

    def change_endpoint(self, endpoint: Endpoint) -> Endpoint:
        self.require_own(endpoint)
        current = self.endpoint(endpoint.endpoint_id)
        if current is None or current.revision != endpoint.revision:
            raise StaleStateError("the endpoint was changed meanwhile")
        return self.table.put_endpoint(replace(endpoint, revision=endpoint.revision + 1))

    def delete_endpoint(self, endpoint_id: str) -> None:
        self.table.endpoints.pop((self.tenant_id, endpoint_id), None)


def change_key(table: Table, before: ApiKey, after: ApiKey) -> None:
    """What changes of a key is written, if that is as `before` says."""
    names = ("expires_at", "revoked_at", "replaced_by", "name")
    held = ("tenant_id", *names)
    current = table.keys.get(before.key_id)
    if current is None or any(getattr(current, n) != getattr(before, n) for n in held):
        raise StaleStateError("the key was changed meanwhile")
    table.keys[before.key_id] = replace(current, **{n: getattr(after, n) for n in names})


def _page(cursors: list[str], entries: list[T], limit: int) -> Page[T]:
    return Page(tuple(entries[:limit]), cursors[limit - 1] if len(entries) > limit else None)

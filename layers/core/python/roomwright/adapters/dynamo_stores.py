"""The doors into the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from roomwright.adapters import dynamo_items as items
from roomwright.adapters.dynamo import DynamoTenantStore
from roomwright.adapters.dynamo_codec import attributes, instant, number, text
from roomwright.adapters.dynamo_keys import put_key
from roomwright.adapters.dynamo_table import RefusedError, Table
from roomwright.domain import ids
from roomwright.domain.account import Account, ApiKey
from roomwright.domain.errors import ConflictError, ContendedError, NotFoundError, StaleStateError
from roomwright.ports import OpenItem


class DynamoStores:
    """Tenants, keys, and what is open across tenants (for the sweeper alone)."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def tenant(self, tenant_id: str) -> DynamoTenantStore:
        if not ids.is_id("ten", tenant_id):
            raise NotFoundError("There is no such tenant.")
        return DynamoTenantStore(self.table, tenant_id)

    def create_tenant(self, account: Account) -> None:
        self.table.put_new(items.account_item(account))

    def put_key(self, key: ApiKey, replaces: ApiKey | None = None) -> None:
        try:
            self.table.transact(*put_key(key, replaces))
        except RefusedError as refused:
            if refused.found[0] is not None:
                raise ConflictError("There is a key with this id.") from None
            raise StaleStateError("the key to be replaced was changed meanwhile") from None

    def key(self, key_id: str) -> ApiKey | None:
        item = self.table.get(items.key_key(key_id))
        return items.KEYS.decode(item) if item else None

    def touch_key(self, key: ApiKey, now: datetime) -> None:
        was = attributes({":was": key.last_used_at})
        try:
            self.table.update(
                {
                    "Key": items.key_key(key.key_id),
                    "UpdateExpression": "SET last_used_at = :now",
                    "ConditionExpression": "attribute_exists(pk) AND "
                    + ("last_used_at = :was" if was else "attribute_not_exists(last_used_at)"),
                    "ExpressionAttributeValues": {":now": text(instant(now)), **was},
                }
            )
        except (RefusedError, ContendedError):
            return  # another request noted it

    def count(self, subject: str, names: Sequence[str], window_ends_at: datetime) -> Mapping[str, int]:
        """In attributes `n:<name>`, so that no name is mistaken for one of the item's own."""
        placed = {f"#n{place}": f"n:{name}" for place, name in enumerate(names)}
        after = self.table.update(
            {
                "Key": items.count_key(subject, window_ends_at),
                "UpdateExpression": "SET #ttl = :ttl, #kind = :kind ADD " + ", ".join(f"{n} :one" for n in placed),
                "ExpressionAttributeNames": placed | {"#ttl": "ttl", "#kind": "kind"},
                "ExpressionAttributeValues": {
                    ":one": number(1),
                    ":ttl": items.ttl(window_ends_at),
                    ":kind": text("rate"),
                },
            }
        )
        return {name: int(after[f"n:{name}"]["N"]) for name in names}

    def open_jobs(self) -> Iterator[OpenItem]:
        return self._open("job")

    def open_assets(self) -> Iterator[OpenItem]:
        return self._open("asset")

    def due_deliveries(self, before: datetime) -> Iterator[tuple[str, str, str]]:
        for shard in range(items.SHARDS):
            until = instant(before) + "~"
            for item in self.table.open(items.open_pk("delivery", shard), until):
                _, job_id, delivery_id = item["open_sk"]["S"].split("#")
                yield item["pk"]["S"].removeprefix("TENANT#"), job_id, delivery_id

    def _open(self, kind: str) -> Iterator[OpenItem]:
        for shard in range(items.SHARDS):
            for item in self.table.open(items.open_pk(kind, shard)):
                deadline, status, since, item_id = item["open_sk"]["S"].split("#")
                tenant_id = item["pk"]["S"].removeprefix("TENANT#")
                yield OpenItem(
                    tenant_id, item_id, status, datetime.fromisoformat(since), datetime.fromisoformat(deadline)
                )

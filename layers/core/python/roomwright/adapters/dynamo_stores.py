"""The doors into the table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from roomwright.adapters import dynamo_items as items
from roomwright.adapters.dynamo import DynamoTenantStore
from roomwright.adapters.dynamo_table import Table
from roomwright.domain import ids
from roomwright.domain.account import Account, ApiKey
from roomwright.domain.errors import NotFoundError
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

    def put_key(self, key: ApiKey) -> None:
        self.table.put_new(items.key_item(key))

    def key(self, key_id: str) -> ApiKey | None:
        item = self.table.get(items.key_key(key_id))
        return items.KEYS.decode(item) if item else None

    def open_jobs(self) -> Iterator[OpenItem]:
        return self._open("job")

    def open_assets(self) -> Iterator[OpenItem]:
        return self._open("asset")

    def due_deliveries(self, before: datetime) -> Iterator[tuple[str, str, str]]:
        for shard in range(items.SHARDS):
            until = items.instant(before) + "~"
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

"""API keys: the item that every request reads, and their list in the tenant's partition."""

from __future__ import annotations

from dataclasses import replace

from roomwright.adapters import dynamo_items as items
from roomwright.adapters.dynamo_codec import Item, attributes, text
from roomwright.adapters.dynamo_items import KEYS, POINTER
from roomwright.adapters.dynamo_partition import Partition
from roomwright.adapters.dynamo_table import RefusedError, Write, difference, new
from roomwright.domain.account import ApiKey
from roomwright.domain.errors import StaleStateError

CHANGEABLE = ("expires_at", "revoked_at", "replaced_by", "name")


class DynamoKeys(Partition):
    """One tenant's keys. Their items lie outside its partition, so each is held to be this tenant's own."""

    def keys(self) -> list[ApiKey]:
        pointers = self.table.query(self.pk, POINTER, None, newest_first=True)
        found = (self.table.get(items.key_key(item["sk"]["S"].rpartition("#")[2])) for item in pointers)
        keys = [KEYS.decode(item) for item in found if item]
        self.require_own(*keys)
        return keys

    def change_key(self, before: ApiKey, after: ApiKey) -> None:
        self.require_own(before, after)
        try:
            self.table.update(_change(before, after)["Update"])
        except RefusedError:
            raise StaleStateError("the key was changed meanwhile") from None


def put_key(key: ApiKey, replaces: ApiKey | None) -> list[Write]:
    """A new key with its pointer; the one it replaces takes its expiry, if nobody revoked or replaced it."""
    writes = [new(items.key_item(key)), new(items.pointer_item(key))]
    return [*writes, _replace(key, replaces)] if replaces else writes


def _change(before: ApiKey, after: ApiKey) -> Write:
    """`before` in what can change of a key, if it still is so."""
    was = attributes({name: getattr(before, name) for name in CHANGEABLE})
    held = [f"#{n} = :was_{n}" if n in was else f"attribute_not_exists(#{n})" for n in CHANGEABLE]
    values: Item = {f":was_{name}": value for name, value in was.items()}
    wanted = replace(before, **{name: getattr(after, name) for name in CHANGEABLE})
    condition = " AND ".join(("#tenant_id = :tenant_id", *held))
    values[":tenant_id"] = text(before.tenant_id)
    return {"Update": difference(items.key_item(before), items.key_item(wanted), condition, values)}


def _replace(key: ApiKey, replaces: ApiKey) -> Write:
    condition = "#tenant_id = :tenant_id AND attribute_not_exists(#revoked_at) AND attribute_not_exists(#replaced_by)"
    after = replace(replaces, revoked_at=None)
    before = replace(after, expires_at=None, replaced_by=None)
    values: Item = {":tenant_id": text(key.tenant_id)}
    return {"Update": difference(items.key_item(before), items.key_item(after), condition, values)}

"""What every part of a tenant's store is given: the table, and whose partition it may write to."""

from __future__ import annotations

from typing import Protocol

from roomwright.adapters import dynamo_items as items
from roomwright.adapters.dynamo_codec import Item
from roomwright.adapters.dynamo_table import Table


class Owned(Protocol):
    @property
    def tenant_id(self) -> str: ...


class Partition:
    """One tenant's. Every key that a store of it builds begins with `self.tenant_id`'s own."""

    def __init__(self, table: Table, tenant_id: str) -> None:
        self.table = table
        self.tenant_id = tenant_id

    @property
    def pk(self) -> Item:
        return {"pk": items.pk(self.tenant_id)}

    def require_own(self, *values: Owned | None) -> None:
        """A value of another tenant must not become a key of this one's call."""
        if any(value and value.tenant_id != self.tenant_id for value in values):
            raise ValueError("this value belongs to another tenant")

"""DynamoDB for the simulated line: trouble at every call of its client, and a mirror of what it holds.

The adapter makes several calls for one step of the port (a read, then a transaction); here others come between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID

from roomwright.adapters import dynamo_items as items
from roomwright.adapters.dynamo_stores import DynamoStores
from roomwright.adapters.dynamo_table import Table as DynamoTable
from tests.fakes.ports import FakeRandom
from tests.fakes.table import Table
from tests.stateful.faults import Faults, Trouble

WRITES = {"put_item", "update_item", "transact_write_items"}


class TroubledClient:
    """A client whose calls go through `faults`; after each write the mirror and its stream of changes are renewed."""

    def __init__(self, client: Any, name: str, faults: Faults) -> None:
        self._client, self._name, self._faults = client, name, faults
        self.table = Table()
        self._raw: dict[tuple[str, str], Any] = {}
        # past its HTTP: a scan after each write would cost more than all of the line
        self._backend = get_backend("dynamodb")[DEFAULT_ACCOUNT_ID][client.meta.region_name]
        self.renew()

    def __getattr__(self, verb: str) -> Any:
        real = getattr(self._client, verb)
        if verb == "get_paginator":
            return lambda operation: _Pages(real(operation), self._faults)
        if verb not in WRITES | {"get_item"}:
            return real
        return lambda **named: self._faults.call(f"dynamo.{verb}", self._effect(verb, real, named))

    def _effect(self, verb: str, real: Callable[..., Any], named: dict[str, Any]) -> Callable[[], Any]:
        """A transaction that is sent twice carries one token, and DynamoDB answers the second without writing."""
        answers: list[Any] = []

        def effect() -> Any:
            if verb == "transact_write_items" and answers:
                return answers[0]
            answers.append(real(**named))
            if verb in WRITES:
                self.renew()
            return answers[-1]

        return effect

    def renew(self) -> None:
        """What was written since the last time, item by item; only what leaves the line is ever deleted."""
        table = self.table
        found = [item.to_json()["Attributes"] for item in self._backend.tables[self._name].all_items()]
        for item in found:
            key = (item["pk"]["S"], item["sk"]["S"])
            if self._raw.get(key) != item:
                self._raw[key] = item
                self._take(item["kind"]["S"], item)
        table.line = dict(_place(item) for item in found if item["kind"]["S"] == "line")

    def _take(self, kind: str, item: Any) -> None:
        table = self.table
        if kind == "asset":
            table.put_asset(items.ASSETS.decode(item))
        elif kind == "job":
            table.put_job(items.JOBS.decode(item))
        elif kind == "account":
            table.put_account(items.account_of(item))
        elif kind == "endpoint":
            table.put_endpoint(items.ENDPOINTS.decode(item))
        elif kind == "ledger":
            table.ledger[item["tenant_id"]["S"], item["sk"]["S"]] = items.LEDGER.decode(item)
        elif kind == "delivery":
            delivery = items.delivery_of(item)
            table.deliveries[delivery.tenant_id, delivery.job_id, delivery.delivery_id] = delivery


def _place(item: Any) -> tuple[tuple[str, str], datetime]:
    _, queued_at, job_id = item["sk"]["S"].split("#")
    return (item["pk"]["S"].removeprefix("TENANT#"), job_id), datetime.fromisoformat(queued_at)


class _Pages:
    def __init__(self, paginator: Any, faults: Faults) -> None:
        self._paginator, self._faults = paginator, faults

    def paginate(self, **named: Any) -> Iterable[Any]:
        pages: Iterable[Any] = self._faults.call("dynamo.query", lambda: list(self._paginator.paginate(**named)))
        return pages


def troubled_dynamo(plain: DynamoStores, client: Any, plan: dict[int, Trouble]) -> tuple[Faults, DynamoStores, Table]:
    """→ (faults, stores over the troubled client, mirror of the table)."""
    faults = Faults(plan)
    troubled: Any = TroubledClient(client, plain.table.name, faults)
    stores = DynamoStores(DynamoTable(troubled, plain.table.name, FakeRandom(), sleep=lambda seconds: None))
    return faults, stores, troubled.table

"""The few calls the store makes, with contention retried and refused conditions told apart. No call scans."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from roomwright.adapters.dynamo_codec import Item, text
from roomwright.domain.errors import ContendedError
from roomwright.ports import Random

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")
Write = dict[str, dict[str, Any]]
"""one write of a transaction: {"Put" | "Update" | "Delete": {…}}, without the table's name"""
INDEX = "open"
TRIES = 8
FIRST_WAIT_S = 0.025
LONGEST_WAIT_S = 0.8
_PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_PASSING_EXCEPTIONS = {"TransactionConflictException", "TransactionInProgressException"}


class RefusedError(Exception):
    """A condition did not hold. `found` has, per write, the item that refused it ({} where there is none), or None
    where the condition held."""

    def __init__(self, found: list[Mapping[str, Any] | None]) -> None:
        super().__init__("condition refused")
        self.found = found


class Table:
    """One table, seen through low-level calls (typed attribute values in and out)."""

    def __init__(
        self, client: DynamoDBClient, name: str, random: Random, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self.name = name
        self._random = random
        self._sleep = sleep

    def get(self, key: Item) -> Item | None:
        """Strongly consistent."""
        found = self._client.get_item(TableName=self.name, Key=key, ConsistentRead=True)
        return found.get("Item")

    def put(self, item: Item, condition: str = "", values: Item | None = None) -> None:
        """In place of what was there, if `condition` (every attribute written `#name`) holds. Raises RefusedError."""
        when: Any = {
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names_in(condition),
            "ExpressionAttributeValues": values,
        }
        self._patiently(lambda: self._client.put_item(TableName=self.name, Item=item, **(when if condition else {})))

    def delete(self, key: Item) -> None:
        """Idempotent."""
        self._patiently(lambda: self._client.delete_item(TableName=self.name, Key=key))

    def put_new(self, item: Item) -> Mapping[str, Any] | None:
        """→ None when written, else the item that was there first."""
        try:
            self._patiently(
                lambda: self._client.put_item(
                    TableName=self.name,
                    Item=item,
                    ConditionExpression="attribute_not_exists(pk)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            )
        except RefusedError as refused:
            return refused.found[0] or {}
        return None

    def update(self, update: dict[str, Any]) -> Item:
        """One `Update` as a transaction would take it. → the item afterwards. Raises RefusedError."""
        return self._patiently(
            lambda: self._client.update_item(**self._named(update), ReturnValues="ALL_NEW")["Attributes"]
        )

    def transact(self, *writes: Write) -> None:
        """All or none. Raises RefusedError, and ContendedError when others kept writing the same items."""
        items: Sequence[Any] = [{verb: self._named(what) for verb, what in write.items()} for write in writes]
        self._patiently(lambda: self._client.transact_write_items(TransactItems=items))

    def query(
        self, tenant_pk: Item, prefix: str, limit: int | None, *, newest_first: bool = False, after: str | None = None
    ) -> Iterator[Item]:
        """At most `limit` items (None: all) of one partition whose sort key begins with `prefix`, beyond `after`.

        Strongly consistent.
        """
        start: Any = {"ExclusiveStartKey": tenant_pk | {"sk": text(after)}} if after else {}
        pages = self._client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={":pk": tenant_pk["pk"], ":prefix": text(prefix)},
            ConsistentRead=True,
            ScanIndexForward=not newest_first,
            PaginationConfig={"MaxItems": limit, "PageSize": limit} if limit else {},
            **start,
        )
        for page in pages:
            yield from page["Items"]

    def between(self, tenant_pk: Item, low: str, high: str, limit: int) -> list[Item]:
        """At most `limit` items of one partition, by sort key, from `low` to `high`. Strongly consistent."""
        if low > high:
            return []
        found = self._client.query(**self._range(tenant_pk, low, high, limit), ConsistentRead=True)
        return found["Items"]

    def count(self, tenant_pk: Item, low: str, high: str, limit: int) -> int:
        """How many these are, at most `limit`. Eventually consistent."""
        return self._client.query(**self._range(tenant_pk, low, high, limit), Select="COUNT")["Count"]

    def _range(self, tenant_pk: Item, low: str, high: str, limit: int) -> Any:
        return {
            "TableName": self.name,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :low AND :high",
            "ExpressionAttributeValues": {":pk": tenant_pk["pk"], ":low": text(low), ":high": text(high)},
            "Limit": limit,
        }

    def open(self, partition: str, until: str | None = None) -> Iterator[Item]:
        """Keys in one partition of the index, soonest first, up to `until`."""
        values = {":pk": text(partition)} | ({":until": text(until)} if until else {})
        pages = self._client.get_paginator("query").paginate(
            TableName=self.name,
            IndexName=INDEX,
            KeyConditionExpression="open_pk = :pk" + (" AND open_sk <= :until" if until else ""),
            ExpressionAttributeValues=values,
        )
        for page in pages:
            yield from page["Items"]

    def _named(self, what: dict[str, Any]) -> dict[str, Any]:
        named = {"TableName": self.name, **what}
        if "ConditionExpression" in what:
            named["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        return named

    def _patiently(self, call: Callable[[], T]) -> T:
        """Retry what passes, with full jitter. Throttling of single calls is botocore's own to retry."""
        for attempt in range(TRIES):
            try:
                return call()
            except ClientError as error:
                _raise_unless_passing(error)
            self._sleep(self._random.uniform(0, min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**attempt)))
        raise ContendedError("Too many writes at once. Send the request again.", retry_after_s=1)


def _raise_unless_passing(error: ClientError) -> None:
    response: Mapping[str, Any] = error.response
    code = response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        raise RefusedError([response.get("Item") or {}]) from None
    reasons = response.get("CancellationReasons", [])
    codes = {reason["Code"] for reason in reasons} - {"None"}
    if "ConditionalCheckFailed" in codes:
        raise RefusedError(
            [(r.get("Item") or {}) if r["Code"] == "ConditionalCheckFailed" else None for r in reasons]
        ) from None
    if code in _PASSING_EXCEPTIONS or (codes and codes <= _PASSING):
        return
    raise error


def new(item: Item) -> Write:
    """A `Put` of an item that must not exist."""
    return {"Put": {"Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}


def names_in(expression: str) -> dict[str, str]:
    """The attributes that an expression writes as `#name`."""
    return {f"#{name}": name for name in re.findall(r"#(\w+)", expression)}


def difference(before: Item, after: Item, condition: str, values: Item) -> dict[str, Any]:
    """An `Update` that makes `after` of `before`, touching only what differs, if `condition` holds.

    In `condition`, every attribute is written `#name`; `values` are its own placeholders.
    """
    changed = sorted(name for name, value in after.items() if before.get(name) != value)
    gone = sorted(before.keys() - after.keys())
    expression = "SET " + ", ".join(f"#{n} = :new_{n}" for n in changed)
    if gone:
        expression += " REMOVE " + ", ".join(f"#{n}" for n in gone)
    return {
        "Key": {"pk": after["pk"], "sk": after["sk"]},
        "UpdateExpression": expression,
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {f"#{n}": n for n in (*changed, *gone)} | names_in(condition),
        "ExpressionAttributeValues": {f":new_{n}": after[n] for n in changed} | values,
    }

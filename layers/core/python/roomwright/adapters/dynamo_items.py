"""How the domain's values lie in the table. Layout and access patterns: docs/data-model.md.

An item is the domain value's own fields: scalars as DynamoDB scalars (None is absent), anything nested as JSON text
under `<field>_json` (customers' metadata may hold numbers that a DynamoDB number cannot).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import TypeAdapter

from roomwright.domain.account import Account, ApiKey, LedgerEntry
from roomwright.domain.delivery import Attempt, Delivery
from roomwright.domain.job import Job, SourceAsset
from roomwright.domain.limits import DELIVERY_RETENTION

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

Item = dict[str, "AttributeValueTypeDef"]
T = TypeVar("T")

INDEX = "open"
SHARDS = 4
"""partitions of the index per kind: one takes 1,000 writes a second"""
_JSON = "_json"


def text(value: str) -> AttributeValueTypeDef:
    return {"S": value}


def number(value: float) -> AttributeValueTypeDef:
    return {"N": str(value)}


def instant(at: datetime) -> str:
    """Aware UTC, fixed width: sorts as text."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def pk(tenant_id: str) -> AttributeValueTypeDef:
    return text(f"TENANT#{tenant_id}")


def _attribute(value: Any) -> AttributeValueTypeDef:
    if isinstance(value, bool):
        return {"BOOL": value}
    return number(value) if isinstance(value, int | float) else text(value)


class Codec(Generic[T]):
    """One domain type to attributes and back. `kind` is the item's, so no field of the type may be called so."""

    def __init__(self, type_: type[T], kind: str) -> None:
        if "kind" in type_.__annotations__:
            raise TypeError(f"{type_.__name__}.kind would hide the kind of its items")
        self.kind = kind
        self._adapter: TypeAdapter[T] = TypeAdapter(type_)

    def encode(self, value: T) -> Item:
        item: Item = {"kind": text(self.kind)}
        for name, content in self._adapter.dump_python(value, mode="json").items():
            if isinstance(content, dict | list):
                item[name + _JSON] = text(json.dumps(content, sort_keys=True, ensure_ascii=False))
            elif content is not None:
                item[name] = _attribute(content)
        return item

    def decode(self, item: Mapping[str, Any]) -> T:
        """Numbers stay text: pydantic reads them as the field's own type."""
        fields: dict[str, Any] = {}
        for name, attribute in item.items():
            ((_, content),) = attribute.items()
            if name.endswith(_JSON):
                fields[name.removesuffix(_JSON)] = json.loads(content)
            else:
                fields[name] = content
        return self._adapter.validate_python(fields)


JOBS = Codec(Job, "job")
ASSETS = Codec(SourceAsset, "asset")
LEDGER = Codec(LedgerEntry, "ledger")
KEYS = Codec(ApiKey, "key")
_ACCOUNTS = Codec(Account, "account")
_DELIVERIES = Codec(Delivery, "delivery")
_ATTEMPTS = TypeAdapter(Attempt)


@dataclass(frozen=True)
class OpenKey:
    """The index's view of something open: everything the sweeper needs, in its two keys."""

    kind: str
    item_id: str
    when: datetime
    rest: tuple[str, ...] = ()

    def attributes(self) -> Item:
        shard = zlib.crc32(self.item_id.encode()) % SHARDS
        return {
            "open_pk": text(open_pk(self.kind, shard)),
            "open_sk": text("#".join((instant(self.when), *self.rest, self.item_id))),
        }


def open_pk(kind: str, shard: int) -> str:
    return f"OPEN#{kind}#{shard}"


def job_key(tenant_id: str, job_id: str) -> Item:
    return {"pk": pk(tenant_id), "sk": text(f"JOB#{job_id}")}


def job_item(job: Job) -> Item:
    item = JOBS.encode(job) | job_key(job.tenant_id, job.job_id)
    if not job.status.terminal:
        item |= OpenKey("job", job.job_id, job.deadline_at, (job.status, instant(job.updated_at))).attributes()
    return item


def line_key(job: Job) -> Item:
    """A queued job's place in its tenant's waiting line: first come, first served."""
    if job.queued_at is None:
        raise ValueError("a job in line was queued at some time")
    return {"pk": pk(job.tenant_id), "sk": text(f"LINE#{instant(job.queued_at)}#{job.job_id}")}


def line_item(job: Job) -> Item:
    return {"kind": text("line")} | line_key(job)


def asset_key(tenant_id: str, ingest_id: str) -> Item:
    return {"pk": pk(tenant_id), "sk": text(f"ASSET#{ingest_id}")}


def asset_item(asset: SourceAsset) -> Item:
    item = ASSETS.encode(asset) | asset_key(asset.tenant_id, asset.ingest_id)
    if not asset.status.terminal:
        rest = (asset.status, instant(asset.updated_at))
        item |= OpenKey("asset", asset.ingest_id, asset.deadline_at, rest).attributes()
    return item


def account_key(tenant_id: str) -> Item:
    return {"pk": pk(tenant_id), "sk": text("ACCOUNT")}


def account_item(account: Account) -> Item:
    """A new account: nothing is starting (an empty set cannot be stored, an absent one is empty)."""
    item = _ACCOUNTS.encode(account) | account_key(account.tenant_id)
    item.pop("starting" + _JSON)
    return item


def account_of(item: Mapping[str, Any]) -> Account:
    return _ACCOUNTS.decode(item)


def ledger_item(entry: LedgerEntry) -> Item:
    sk = f"LEDGER#{instant(entry.created_at)}#{entry.job_id}"
    return LEDGER.encode(entry) | {"pk": pk(entry.tenant_id), "sk": text(sk)}


def delivery_key(tenant_id: str, job_id: str, delivery_id: str) -> Item:
    return {"pk": pk(tenant_id), "sk": text(f"DELIVERY#{job_id}#{delivery_id}")}


def delivery_open(job_id: str, delivery_id: str, next_attempt_at: datetime) -> Item:
    return OpenKey("delivery", delivery_id, next_attempt_at, (job_id,)).attributes()


def delivery_item(delivery: Delivery) -> Item:
    """A new delivery; attempts are a list of JSON texts, so that one can be appended without a read."""
    item = _DELIVERIES.encode(delivery)
    item |= delivery_key(delivery.tenant_id, delivery.job_id, delivery.delivery_id)
    item.pop("attempts" + _JSON)
    item["attempts"] = attempts_list(delivery.attempts)
    item["ttl"] = number(int((delivery.created_at + DELIVERY_RETENTION).timestamp()))
    if delivery.next_attempt_at:
        item |= delivery_open(delivery.job_id, delivery.delivery_id, delivery.next_attempt_at)
    return item


def attempts_list(attempts: Iterable[Attempt]) -> AttributeValueTypeDef:
    return {"L": [text(_ATTEMPTS.dump_json(a).decode()) for a in attempts]}


def delivery_of(item: Mapping[str, Any]) -> Delivery:
    attempts = [json.loads(a["S"]) for a in item["attempts"]["L"]]
    rest = {name: value for name, value in item.items() if name != "attempts"}
    return _DELIVERIES.decode(rest | {"attempts" + _JSON: text(json.dumps(attempts))})


def key_key(key_id: str) -> Item:
    return {"pk": text(f"KEY#{key_id}"), "sk": text("KEY")}


def key_item(key: ApiKey) -> Item:
    return KEYS.encode(key) | key_key(key.key_id)


def change_of(image: Mapping[str, Any] | None) -> Job | SourceAsset | None:
    """One image of a stream record (DynamoDB JSON) → the job or asset in it; None for none, or another kind."""
    kind = image["kind"]["S"] if image else None
    if image and kind == JOBS.kind:
        return JOBS.decode(image)
    return ASSETS.decode(image) if image and kind == ASSETS.kind else None

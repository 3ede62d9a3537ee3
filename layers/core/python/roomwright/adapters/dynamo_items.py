"""How the domain's values lie in the table: their keys and what is beside their own fields.

Layout and access patterns: docs/data-model.md.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from roomwright.adapters.dynamo_codec import JSON, Codec, Item, instant, number, text
from roomwright.domain.account import Account, ApiKey, LedgerEntry
from roomwright.domain.delivery import Attempt, Delivery, Destination
from roomwright.domain.endpoint import Endpoint
from roomwright.domain.job import Job, SourceAsset
from roomwright.domain.limits import DELIVERY_RETENTION

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

Streamed = Job | SourceAsset | Account | Endpoint
"""what of the table the stream is read for"""
SHARDS = 4
"""partitions of the index per kind: one takes 1,000 writes a second"""

LINE, LEDGER_LINE, ENDPOINT, POINTER = "LINE#", "LEDGER#", "ENDPOINT#", "APIKEY#"
"""what sort keys of a kind begin with"""

JOBS = Codec(Job, "job")
ASSETS = Codec(SourceAsset, "asset")
LEDGER = Codec(LedgerEntry, "ledger")
KEYS = Codec(ApiKey, "key")
ENDPOINTS = Codec(Endpoint, "endpoint")
DESTINATIONS = Codec(Destination, "destination")
_ACCOUNTS = Codec(Account, "account")
_DELIVERIES = Codec(Delivery, "delivery")
_ATTEMPTS = Codec(Attempt, "attempt")


def pk(tenant_id: str) -> AttributeValueTypeDef:
    return text(f"TENANT#{tenant_id}")


def own(tenant_id: str, sort_key: str) -> Item:
    """The key of an item in a tenant's partition."""
    return {"pk": pk(tenant_id), "sk": text(sort_key)}


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
    return own(tenant_id, f"JOB#{job_id}")


def job_item(job: Job) -> Item:
    item = JOBS.encode(job) | job_key(job.tenant_id, job.job_id)
    if not job.status.terminal:
        item |= OpenKey("job", job.job_id, job.deadline_at, (job.status, instant(job.updated_at))).attributes()
    return item


def line_key(job: Job) -> Item:
    """A queued job's place in its tenant's waiting line: first come, first served."""
    if job.queued_at is None:
        raise ValueError("a job in line was queued at some time")
    return own(job.tenant_id, f"{LINE}{instant(job.queued_at)}#{job.job_id}")


def line_item(job: Job) -> Item:
    return {"kind": text("line")} | line_key(job)


def asset_key(tenant_id: str, ingest_id: str) -> Item:
    return own(tenant_id, f"ASSET#{ingest_id}")


def asset_item(asset: SourceAsset) -> Item:
    item = ASSETS.encode(asset) | asset_key(asset.tenant_id, asset.ingest_id)
    if not asset.status.terminal:
        rest = (asset.status, instant(asset.updated_at))
        item |= OpenKey("asset", asset.ingest_id, asset.deadline_at, rest).attributes()
    return item


def account_key(tenant_id: str) -> Item:
    return own(tenant_id, "ACCOUNT")


def account_item(account: Account) -> Item:
    """A new account: nothing is starting (an empty set cannot be stored, an absent one is empty). Whose it is, its key
    says: what is written at every step of a job should be small."""
    item = _ACCOUNTS.encode(account) | account_key(account.tenant_id)
    del item["starting" + JSON], item["tenant_id"]
    return item


def account_of(item: Mapping[str, Any]) -> Account:
    return _ACCOUNTS.decode({**item, "tenant_id": text(item["pk"]["S"].removeprefix("TENANT#"))})


def ledger_item(entry: LedgerEntry) -> Item:
    """In the order of time, one for each thing it is about."""
    return LEDGER.encode(entry) | own(entry.tenant_id, f"{LEDGER_LINE}{instant(entry.created_at)}#{entry.entry_id}")


def grant_item(tenant_id: str, entry_id: str) -> Item:
    """That this was granted: the ledger's own key has a time in it, so it cannot say."""
    return {"kind": text("grant")} | own(tenant_id, f"GRANT#{entry_id}")


def cache_key(tenant_id: str, config_fingerprint: str) -> Item:
    return own(tenant_id, f"CACHE#{config_fingerprint}")


def cache_item(job: Job) -> Item:
    """That this job's result answers its configuration."""
    if job.config_fingerprint is None:
        raise ValueError("a job without a known configuration answers none")
    return {"kind": text("cache"), "job_id": text(job.job_id)} | cache_key(job.tenant_id, job.config_fingerprint)


def chain_key(tenant_id: str, root_job_id: str) -> Item:
    return own(tenant_id, f"CHAIN#{root_job_id}")


def chain_item(job: Job) -> Item:
    """How many regenerations a chain has with this one. Not on the root itself: that has ended, and stays as it is."""
    if job.root_job_id is None:
        raise ValueError("a job without a number is in no chain")
    return {"kind": text("chain"), "regenerations": number(job.regeneration)} | chain_key(
        job.tenant_id, job.root_job_id
    )


def uses_key(tenant_id: str, source_asset_id: str) -> Item:
    """How many jobs that have not ended use a source asset, and whether it is closed to more. Not on the asset itself:
    each change of that goes out with the stream."""
    return own(tenant_id, f"USES#{source_asset_id}")


def delivery_key(tenant_id: str, job_id: str, delivery_id: str) -> Item:
    return own(tenant_id, f"DELIVERY#{job_id}#{delivery_id}")


def delivery_open(job_id: str, delivery_id: str, next_attempt_at: datetime) -> Item:
    return OpenKey("delivery", delivery_id, next_attempt_at, (job_id,)).attributes()


def delivery_item(delivery: Delivery) -> Item:
    """A new delivery; attempts are a list of JSON texts, so that one can be appended without a read."""
    item = _DELIVERIES.encode(delivery)
    item |= delivery_key(delivery.tenant_id, delivery.job_id, delivery.delivery_id)
    item.pop("attempts" + JSON)
    item["attempts"] = attempts_list(delivery.attempts)
    item["ttl"] = ttl(delivery.created_at + DELIVERY_RETENTION)
    if delivery.next_attempt_at:
        item |= delivery_open(delivery.job_id, delivery.delivery_id, delivery.next_attempt_at)
    return item


def attempts_list(attempts: Iterable[Attempt]) -> AttributeValueTypeDef:
    return {"L": [text(_ATTEMPTS.adapter.dump_json(a).decode()) for a in attempts]}


def delivery_of(item: Mapping[str, Any]) -> Delivery:
    attempts = [json.loads(a["S"]) for a in item["attempts"]["L"]]
    rest = {name: value for name, value in item.items() if name != "attempts"}
    return _DELIVERIES.decode(rest | {"attempts" + JSON: text(json.dumps(attempts))})


def sent_key(delivery: Delivery) -> str:
    """The sort key of a delivery's line in the log of its endpoint."""
    return f"{sent(delivery.endpoint_id or '')}{instant(delivery.created_at)}#{delivery.delivery_id}"


def sent(endpoint_id: str) -> str:
    return f"SENT#{endpoint_id}#"


def sent_item(delivery: Delivery) -> Item:
    item: Item = {"kind": text("sent"), "job_id": text(delivery.job_id)}
    item["ttl"] = ttl(delivery.created_at + DELIVERY_RETENTION)
    return item | own(delivery.tenant_id, sent_key(delivery))


def endpoint_key(tenant_id: str, endpoint_id: str) -> Item:
    return own(tenant_id, f"{ENDPOINT}{endpoint_id}")


def endpoint_item(endpoint: Endpoint) -> Item:
    return ENDPOINTS.encode(endpoint) | endpoint_key(endpoint.tenant_id, endpoint.endpoint_id)


def destination_key(tenant_id: str, url: str) -> Item:
    """By its hash: an address may be longer than a key."""
    return own(tenant_id, f"DEST#{hashlib.sha256(url.encode()).hexdigest()[:32]}")


def destination_item(destination: Destination) -> Item:
    item = DESTINATIONS.encode(destination) | destination_key(destination.tenant_id, destination.url)
    return item | {"ttl": ttl(destination.quick_until)}


def key_key(key_id: str) -> Item:
    return {"pk": text(f"KEY#{key_id}"), "sk": text("KEY")}


def key_item(key: ApiKey) -> Item:
    return KEYS.encode(key) | key_key(key.key_id)


def pointer_item(key: ApiKey) -> Item:
    """That a tenant has this key: written once and never changed, because the key's own item is what counts."""
    sort_key = f"{POINTER}{instant(key.created_at)}#{key.key_id}"
    return {"kind": text("key_pointer")} | own(key.tenant_id, sort_key)


def count_key(subject: str, window_ends_at: datetime) -> Item:
    return {"pk": text(f"RATE#{subject}"), "sk": text(instant(window_ends_at))}


def ttl(at: datetime) -> AttributeValueTypeDef:
    """DynamoDB deletes an item some time after this."""
    return number(int(at.timestamp()))


_STREAMED: Mapping[str, Callable[[Mapping[str, Any]], Streamed]] = {
    "job": JOBS.decode,
    "asset": ASSETS.decode,
    "account": account_of,
    "endpoint": ENDPOINTS.decode,
}


def change_of(image: Mapping[str, Any] | None) -> Streamed | None:
    """One image of a stream record (DynamoDB JSON) → what lies in it; None for none, or a kind nobody reads."""
    decode = _STREAMED.get(image["kind"]["S"]) if image else None
    return decode(image) if decode and image else None

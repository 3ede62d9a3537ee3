"""What the table does when others write the same items, and that it never reads what it should not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from roomwright.adapters.dynamo_codec import Codec
from roomwright.adapters.dynamo_items import Streamed, account_item, asset_item, change_of, endpoint_item, job_item
from roomwright.adapters.dynamo_stores import DynamoStores
from roomwright.adapters.dynamo_table import LONGEST_WAIT_S, TRIES, Table
from roomwright.domain.account import Account
from roomwright.domain.delivery import Destination
from roomwright.domain.endpoint import Endpoint
from roomwright.domain.errors import ContendedError, InsufficientCreditsError
from roomwright.domain.job import Job, JobStatus, SourceAsset
from roomwright.domain.plans import OPENING
from roomwright.ports import Admission
from tests.fakes import make
from tests.fakes.dynamo import dynamo_stores
from tests.fakes.make import HOUR, TENANT
from tests.fakes.ports import START, FakeRandom

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DATA_MODEL = Path("docs/data-model.md")


class Contended:
    """A client whose writes meet `refusals` first."""

    def __init__(self, client: DynamoDBClient, refusals: list[ClientError]) -> None:
        self._client, self.refusals = client, refusals

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._client, name)
        if name not in {"transact_write_items", "update_item", "put_item"}:
            return real

        def call(**named: Any) -> Any:
            if self.refusals:
                raise self.refusals.pop()
            return real(**named)

        return call


def cancelled(*codes: str) -> ClientError:
    reasons = [{"Code": code} for code in codes]
    answer: Any = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
    return ClientError(answer, "TransactWriteItems")


def contended(client: DynamoDBClient, refusals: list[ClientError]) -> tuple[DynamoStores, list[float]]:
    waits: list[float] = []
    plain = dynamo_stores(client)
    plain.create_tenant(make.account())
    fighting: Any = Contended(client, refusals)
    return DynamoStores(Table(fighting, plain.table.name, FakeRandom(), sleep=waits.append)), waits


def test_a_conflict_is_retried_with_growing_random_waits(dynamo: DynamoDBClient) -> None:
    stores, waits = contended(dynamo, [cancelled("None", "TransactionConflict", "None")] * (TRIES - 1))
    assert stores.tenant(TENANT).admit(make.job()) == Admission(make.job(), False)
    assert len(waits) == TRIES - 1
    assert len(set(waits)) == len(waits), "full jitter"
    assert max(waits) <= LONGEST_WAIT_S
    assert stores.tenant(TENANT).account().reserved == 1


def test_a_conflict_without_end_is_a_refusal_that_may_be_repeated(dynamo: DynamoDBClient) -> None:
    stores, _ = contended(dynamo, [cancelled("TransactionConflict", "None", "None")] * TRIES)
    with pytest.raises(ContendedError) as refused:
        stores.tenant(TENANT).admit(make.job())
    assert refused.value.retryable
    assert stores.tenant(TENANT).job(make.job().job_id) is None


def test_a_single_write_that_meets_a_transaction_is_retried(dynamo: DynamoDBClient) -> None:
    error = ClientError({"Error": {"Code": "TransactionConflictException"}}, "UpdateItem")
    stores, waits = contended(dynamo, [])
    store = stores.tenant(TENANT)
    store.admit(make.job())
    store.acquire_slot(make.job().job_id, START + HOUR, START)
    client: Any = stores.table._client
    client.refusals.append(error)
    assert store.mark_running(make.job().job_id, "t", START, START).status is JobStatus.RUNNING
    assert len(waits) == 1


@pytest.mark.parametrize("code", ["ValidationError", "AccessDeniedException"])
def test_any_other_error_is_not_hidden(dynamo: DynamoDBClient, code: str) -> None:
    stores, waits = contended(dynamo, [ClientError({"Error": {"Code": code}}, "TransactWriteItems")])
    with pytest.raises(ClientError, match=code):
        stores.tenant(TENANT).admit(make.job())
    assert waits == []


def test_a_refused_condition_wins_over_a_conflict_beside_it(dynamo: DynamoDBClient) -> None:
    stores, waits = contended(dynamo, [])
    with pytest.raises(InsufficientCreditsError):
        stores.tenant(TENANT).admit(make.job(credits=11))
    assert waits == []


def test_nothing_scans(dynamo: DynamoDBClient) -> None:
    called: list[str] = []

    def watch(model: Any, **_: Any) -> None:
        called.append(model.name)

    dynamo.meta.events.register("before-call.dynamodb.*", watch)
    try:
        stores = dynamo_stores(dynamo)
        stores.create_tenant(make.account())
        stores.tenant(TENANT).admit(make.job())
        assert len([*stores.open_jobs(), *stores.open_assets(), *stores.due_deliveries(START)]) == 1
    finally:
        dynamo.meta.events.unregister("before-call.dynamodb.*", watch)
    assert "Query" in called
    assert "Scan" not in called


def test_an_image_of_the_stream_is_the_job_it_was() -> None:
    job = make.job(slot_held=True)
    assert change_of(job_item(job)) == job
    assert change_of(None) is None
    assert change_of({"kind": {"S": "ledger"}}) is None


def test_metadata_that_no_dynamodb_number_can_hold_comes_back_unchanged() -> None:
    job = make.job()
    assert change_of(job_item(job)) == job
    assert job.spec.metadata["huge"] == 1e300


@pytest.mark.parametrize("value", [make.job(), make.ready(make.asset()), make.account(), make.endpoint(revision=3)])
def test_the_stream_tells_what_an_image_is(value: Streamed) -> None:
    match value:
        case Job():
            item = job_item(value)
        case SourceAsset():
            item = asset_item(value)
        case Account():
            item = account_item(value)
        case Endpoint():
            item = endpoint_item(value)
    assert change_of(item) == value


def test_a_schema_is_not_built_before_it_is_used() -> None:
    codec = Codec(Job, "job")
    assert "adapter" not in vars(codec)
    assert codec.decode(codec.encode(make.job())) == make.job()
    built = codec.adapter
    codec.encode(make.job())
    assert codec.adapter is built


def test_times_in_the_table_sort_and_compare_as_text() -> None:
    """A condition compares a stored time with another as text, whatever zone and precision each came with."""
    tokyo = timezone(timedelta(hours=9))
    item = account_item(make.account(period_ends_at=datetime(2026, 12, 1, 9, tzinfo=tokyo)))
    assert item["period_ends_at"] == {"S": "2026-12-01T00:00:00.000000Z"}


def test_every_item_says_what_it_is_as_the_documentation_does(dynamo: DynamoDBClient) -> None:
    stores = dynamo_stores(dynamo)
    stores.create_tenant(make.account())
    store, job, done = stores.tenant(TENANT), make.job("k1"), make.job("k2", config_fingerprint="cf")
    store.admit(replace(job, root_job_id=done.job_id, regeneration=1), make.asset())
    store.admit(done)
    store.acquire_slot(done.job_id, START, START)
    store.finish(store.mark_running(done.job_id, "t", START, START), make.SUCCESS, START)
    store.grant(1, "led_" + "g" * 26, START)
    store.put_endpoint(make.endpoint())
    store.put_delivery(make.delivery(job, endpoint_id=make.endpoint().endpoint_id))
    store.note_destination(Destination(TENANT, "https://hooks.example", START))
    stores.put_key(make.key())
    stores.count("address", ["read"], START)
    found = {
        (item["kind"]["S"], item["pk"]["S"].split("#")[0], item["sk"]["S"].split("#")[0])
        for item in dynamo.scan(TableName=stores.table.name)["Items"]
        if item["kind"]["S"] != "rate"
    }
    rows = re.findall(r"\| `(\w+)#[^|]*\| `(\w+)[^|]*\| `(\w+)` \|$", DATA_MODEL.read_text("utf-8"), re.MULTILINE)
    assert found == {(kind, pk, sk) for pk, sk, kind in rows}
    assert "| `RATE#<subject>` | `<window_ends_at>` | `rate` |" in DATA_MODEL.read_text("utf-8")


def test_a_busy_account_is_one_write_unit() -> None:
    """It is written in four of a job's five steps, and in each costs as many units as it has kilobytes."""
    counters: dict[str, int] = dict.fromkeys(OPENING, 12345678)
    values: dict[str, Any] = {
        "plan": "business",
        "available": 123_456,
        "reserved": 200,
        "running": 10,
        "in_flight": 200,
    }
    values |= {"name": "A rather long name of an agency, with its town", "period_opening": counters, **counters}
    values |= {"webhook_url": "https://hooks.agency.example/roomwright/jobs", "webhook_previous_until": START}
    values |= {"stored_bytes": 1_234_567_890_123, "max_stored_bytes": 2_000_000_000_000}
    values |= {"overage_available": 5000, "overage_granted": 5000, "recent_run_s": 12.345}
    item = account_item(make.account(**values))
    starting = item | {"starting": {"SS": [make.job().job_id]}}
    assert sum(map(_stored, starting.items())) <= 1024


def _stored(attribute: tuple[str, Any]) -> int:
    """Bytes, as DynamoDB's documentation counts them: names and values; two digits a byte, and one more."""
    name, ((kind, value),) = attribute[0], attribute[1].items()
    if kind == "S":
        return len(name) + len(value.encode())
    if kind == "N":
        return len(name) + -(-len(value) // 2) + 1
    return len(name) + (1 if kind == "BOOL" else sum(3 + len(each) for each in value))

"""A tenant's store can only ever name its own tenant, whatever it is given.

Every method is driven with hostile ids and with values of another tenant, over a client whose calls are all read. A
method that is added without a case here fails the first test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from inspect import get_annotations, getmembers, isfunction
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from roomwright.adapters.dynamo import DynamoTenantStore
from roomwright.adapters.dynamo_stores import DynamoStores
from roomwright.domain import ids, keys
from roomwright.domain.delivery import DeliveryStatus, Destination
from roomwright.domain.errors import RoomwrightError
from roomwright.domain.job import Job, JobStatus, Outcome
from roomwright.domain.plans import renewed
from roomwright.ports import TenantStore
from tests.fakes import make
from tests.fakes.dynamo import dynamo_stores
from tests.fakes.make import OTHER, SUCCESS, TENANT
from tests.fakes.ports import START

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Store = DynamoTenantStore
LATER = START + timedelta(minutes=1)
THEIRS = make.job(tenant_id=OTHER)
HOSTILE = st.sampled_from(
    [OTHER, f"TENANT#{OTHER}", f"../{OTHER}/x", THEIRS.job_id, f"{THEIRS.job_id}#..", "", "#", "~", "KEY#theirs"]
) | st.text(st.characters(codec="utf-8"), max_size=30)
HELPERS = {"require_own", "account_write"}
"""methods that call nothing"""


class Given:
    """Arguments: hostile texts, and values of `owner` with hostile ids or plain ones."""

    def __init__(self, data: st.DataObject, owner: str) -> None:
        self._draw = data.draw
        self._owner = owner

    def text(self) -> str:
        return self._draw(HOSTILE)

    def maybe_text(self) -> str | None:
        return self._draw(st.none() | HOSTILE)

    def own_job(self) -> str:
        """An id that a job of this tenant may have."""
        return self._draw(st.sampled_from([make.job("k1").job_id, make.job("k2").job_id]) | HOSTILE)

    def job(self) -> Job:
        status = self._draw(st.sampled_from([JobStatus.QUEUED, JobStatus.INGESTING, JobStatus.SUCCEEDED]))
        changes: dict[str, Any] = {"status": status, "parent_job_id": self.maybe_text()}
        changes |= {"root_job_id": self.maybe_text(), "regeneration": self._draw(st.integers(1, 2))}
        changes |= {"config_fingerprint": self.maybe_text(), "overage": self._draw(st.booleans())}
        return make.job(tenant_id=self._owner, job_id=self.own_job(), **changes)

    def outcome(self) -> Outcome:
        return self._draw(st.sampled_from([SUCCESS, make.FAILURE, Outcome()]))

    def asset(self) -> Any:
        return make.asset(tenant_id=self._owner, ingest_id=self.text(), job_id=self.maybe_text())

    def ended_asset(self) -> Any:
        asset = make.asset(self._draw(st.sampled_from(["k1", "k2"])), self._owner, job_id=self.maybe_text())
        return make.ready(asset, updated_at=LATER, sha256=self.text())

    def kept(self) -> Any:
        return replace(self._draw(st.sampled_from([self.job(), self.ended_asset()])), stored_bytes=5)

    def delivery(self) -> Any:
        of = make.job("k1", self._owner)
        named = {"job_id": self.own_job(), "delivery_id": self.text(), "endpoint_id": self.maybe_text()}
        return self._draw(st.sampled_from([make.delivery(of), make.delivery(of, **named)]))

    def endpoint(self) -> Any:
        ours = make.endpoint(tenant_id=self._owner)
        return self._draw(st.sampled_from([ours, replace(ours, endpoint_id=self.text())]))

    def account(self) -> Any:
        return make.account(self._owner, webhook_url=self.maybe_text())

    def key(self) -> Any:
        return make.key("mine" if self._owner == TENANT else "theirs", self._owner, name=self.text())


CASES: Mapping[str, Callable[[Store, Given], object]] = {
    "account": lambda store, _: store.account(),
    "admit": lambda store, a: store.admit(a.job(), a.asset()),
    "renew": lambda store, a: store.renew(a.account(), renewed(a.account(), LATER), LATER),
    "grant": lambda store, a: store.grant(1, a.text(), LATER),
    "regenerations": lambda store, a: store.regenerations(a.own_job()),
    "cached": lambda store, a: store.cached(a.text()),
    "job": lambda store, a: store.job(a.own_job()),
    "line": lambda store, _: store.line(9),
    "ahead": lambda store, a: store.ahead(a.job()),
    "acquire_slot": lambda store, a: store.acquire_slot(a.own_job(), LATER, LATER),
    "mark_started": lambda store, a: store.mark_started(a.own_job()),
    "mark_running": lambda store, a: store.mark_running(a.own_job(), a.text(), LATER, LATER),
    "finish": lambda store, a: store.finish(a.job(), a.outcome(), LATER),
    "put_asset": lambda store, a: store.put_asset(a.asset()),
    "asset": lambda store, a: store.asset(a.text()),
    "queue_asset": lambda store, a: store.queue_asset(a.text(), LATER, LATER),
    "finish_asset": lambda store, a: store.finish_asset(a.ended_asset(), LATER),
    "delete_asset": lambda store, a: store.delete_asset(a.ended_asset(), LATER),
    "erase_outputs": lambda store, a: store.erase_outputs(a.job(), LATER),
    "uncount": lambda store, a: store.uncount(a.kept()),
    "put_delivery": lambda store, a: store.put_delivery(a.delivery()),
    "delivery": lambda store, a: store.delivery(a.own_job(), a.text()),
    "deliveries": lambda store, a: store.deliveries(a.own_job()),
    "record_attempt": lambda store, a: store.record_attempt(
        a.own_job(), a.text(), make.attempt(), DeliveryStatus.PENDING, LATER
    ),
    "postpone_delivery": lambda store, a: store.postpone_delivery(a.delivery(), LATER),
    "reopen_delivery": lambda store, a: store.reopen_delivery(a.delivery(), LATER),
    "endpoint_deliveries": lambda store, a: store.endpoint_deliveries(a.text(), START, LATER, 5, a.maybe_text()),
    "destination": lambda store, a: store.destination(a.text()),
    "note_destination": lambda store, a: store.note_destination(Destination(a.key().tenant_id, a.text(), LATER)),
    "put_endpoint": lambda store, a: store.put_endpoint(a.endpoint()),
    "endpoint": lambda store, a: store.endpoint(a.text()),
    "endpoints": lambda store, _: store.endpoints(),
    "change_endpoint": lambda store, a: store.change_endpoint(a.endpoint()),
    "delete_endpoint": lambda store, a: store.delete_endpoint(a.text()),
    "change_account_webhooks": lambda store, a: store.change_account_webhooks(a.maybe_text(), 2, LATER, 1),
    "keys": lambda store, _: store.keys(),
    "change_key": lambda store, a: store.change_key(a.key(), a.key()),
    "ledger": lambda store, a: store.ledger(5, a.maybe_text()),
}


class Watch:
    """Every call of a client, held to one tenant."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        self.calls += 1
        assert model.name != "Scan"
        assert "IndexName" not in params, "the index holds all tenants"
        for partition in partitions(params):
            assert partition in {f"TENANT#{TENANT}", "KEY#mine"}, f"{model.name} names {partition}"


def partitions(value: Any) -> Iterator[str]:
    """Every partition key that a call's parameters name, wherever."""
    if isinstance(value, dict):
        for name, content in value.items():
            if name in {"pk", ":pk"}:
                yield content["S"]
            else:
                yield from partitions(content)
    elif isinstance(value, list):
        for content in value:
            yield from partitions(content)


@contextmanager
def watched(client: DynamoDBClient) -> Iterator[Watch]:
    watch = Watch()
    client.meta.events.register("provide-client-params.dynamodb.*", watch)
    try:
        yield watch
    finally:
        client.meta.events.unregister("provide-client-params.dynamodb.*", watch)


@pytest.fixture(scope="module")
def lived_in(dynamo: DynamoDBClient) -> DynamoStores:
    """Both tenants with one of everything, under the same names."""
    stores = dynamo_stores(dynamo)
    for tenant_id, key_id in ((TENANT, "mine"), (OTHER, "theirs")):
        stores.create_tenant(make.account(tenant_id, credits=1000, max_in_flight=1000))
        stores.put_key(make.key(key_id, tenant_id))
        store = stores.tenant(tenant_id)
        waiting = make.job("k1", tenant_id, config_fingerprint="cf")
        store.admit(waiting)
        store.put_asset(make.asset("k1", tenant_id))
        store.finish(store.admit(make.job("k2", tenant_id)).job, make.FAILURE, LATER)
        store.put_endpoint(make.endpoint(tenant_id=tenant_id))
        store.put_delivery(make.delivery(waiting, endpoint_id=make.endpoint(tenant_id=tenant_id).endpoint_id))
        store.note_destination(Destination(tenant_id, "https://hooks.example", LATER))
    return stores


def items_of_others(client: DynamoDBClient, stores: DynamoStores) -> list[Any]:
    return [
        item
        for partition in (f"TENANT#{OTHER}", "KEY#theirs")
        for item in client.query(
            TableName=stores.table.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
        )["Items"]
    ]


def owners(value: Any) -> Iterator[str]:
    """Whose each value in a result is."""
    if is_dataclass(value):
        if isinstance(owner := getattr(value, "tenant_id", None), str):
            yield owner
        for each in fields(value):
            yield from owners(getattr(value, each.name))
    elif isinstance(value, tuple | list):
        for each in value:
            yield from owners(each)


def test_every_method_has_a_case() -> None:
    port = {name for name, _ in getmembers(TenantStore, isfunction) if not name.startswith("_")}
    built = {name for name, _ in getmembers(DynamoTenantStore, isfunction) if not name.startswith("_")}
    assert set(CASES) == port
    assert built == port | HELPERS


@pytest.mark.parametrize("method", CASES)
def test_no_call_names_another_tenant(dynamo: DynamoDBClient, lived_in: DynamoStores, method: str) -> None:
    before = items_of_others(dynamo, lived_in)
    assert {item["kind"]["S"] for item in before} >= {"account", "job", "asset", "endpoint", "delivery", "key"}

    @settings(
        max_examples=10,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def drive(data: st.DataObject) -> None:
        for owner in (TENANT, OTHER):
            with suppress(RoomwrightError, ValueError, ClientError):
                for found in owners(CASES[method](lived_in.tenant(TENANT), Given(data, owner))):
                    assert found == TENANT

    with watched(dynamo) as watch:
        drive()
    assert watch.calls, "it was driven"
    assert items_of_others(dynamo, lived_in) == before


def test_a_store_that_forgets_whose_it_is_would_be_seen(dynamo: DynamoDBClient, lived_in: DynamoStores) -> None:
    class Forgetful(DynamoTenantStore):
        def require_own(self, *values: Any) -> None:
            """Takes anything."""

    forgetful = Forgetful(lived_in.table, TENANT)
    with watched(dynamo), pytest.raises(AssertionError, match=OTHER):
        forgetful.put_asset(make.asset("new", OTHER))
    with watched(dynamo), pytest.raises(AssertionError, match="KEY#theirs"):
        forgetful.change_key(make.key("theirs", OTHER), make.key("theirs", OTHER, name="taken"))
    with watched(dynamo), pytest.raises(AssertionError, match="all tenants"):
        list(lived_in.open_jobs())


OBJECTS = ("upload", "source", "job_prefix", "manifest", "stop")
"""what of `domain.keys` names objects by tenant; a drop's are named by its path"""


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_objects_lie_under_their_own_tenant(one: str, room: str, style: str, name: str) -> None:
    made = [keys.upload(TENANT, one, one), keys.source(TENANT, one, "image/png")]
    made += [keys.job_prefix(TENANT, one), keys.manifest(TENANT, one), keys.stop(TENANT, one)]
    drop = keys.Drop(TENANT, room, style, name)
    made += [drop.manifest_key, drop.results, keys.drop_error(f"inbox/{TENANT}/{room}/{style}/{name}")]
    for key in made:
        root, tenant_id, _ = key.split("/", 2)
        assert (root in {"uploads", "tenants", "inbox", "results"}, tenant_id) == (True, TENANT)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(st.lists(HOSTILE | st.sampled_from(["inbox", "uploads", TENANT, make.asset().ingest_id]), max_size=6))
def test_a_key_is_only_read_as_the_tenants_whose_folder_it_lies_in(parts: list[str]) -> None:
    key = "/".join(parts)
    drop, upload = keys.parse_drop(key), keys.parse_upload(key)
    for tenant_id in [drop.tenant_id] * bool(drop) if drop else [upload[0]] if upload else []:
        assert ids.is_id("ten", tenant_id)
        assert key.split("/")[1] == tenant_id


def test_every_name_of_an_object_is_tried() -> None:
    """A function of `domain.keys` that names an object by tenant and is not tried above fails here."""
    by_tenant = {name for name, made in getmembers(keys, isfunction) if "tenant_id" in get_annotations(made)}
    assert by_tenant - {"is_id"} == set(OBJECTS)

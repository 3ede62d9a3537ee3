"""API keys, and tenants that cannot reach each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from roomwright.domain import api_keys, ids
from roomwright.domain.delivery import DeliveryStatus
from roomwright.domain.errors import (
    ForbiddenError,
    NotFoundError,
    UnauthorizedError,
    ValidationError,
)
from roomwright.domain.job import JobStatus
from roomwright.domain.origins import checked_origin
from roomwright.ports import Stores
from roomwright.usecases.authenticate import authenticate
from roomwright.usecases.issue_key import KeyWish, issue_key
from roomwright.usecases.read_asset import read_asset
from roomwright.usecases.read_job import read_deliveries, read_job
from tests.fakes import make
from tests.fakes.dynamo import dynamo_stores, partition_keys
from tests.fakes.make import HOUR, OTHER, SUCCESS, TENANT
from tests.fakes.ports import START, FakeClock, FakeRandom
from tests.fakes.store import MemoryStores

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CLOCK = FakeClock()
TEST_TENANT = ids.test_tenant_id(TENANT)
PAGE = "https://www.agency.example"


def issued(stores: Stores, tenant_id: str = TENANT, **wish: Any) -> str:
    return issue_key(stores, CLOCK, FakeRandom(), tenant_id, KeyWish(**wish)).text


def test_a_key_speaks_for_its_tenant(stores: Stores) -> None:
    text = issued(stores, scopes=frozenset({"read"}))
    principal = authenticate(stores, CLOCK, f"Bearer {text}")
    assert (principal.tenant_id, principal.live, principal.scopes) == (TENANT, True, frozenset({"read"}))
    assert text.startswith("rw_live_")
    principal.require("read")
    with pytest.raises(ForbiddenError, match="create"):
        principal.require("create")


def test_a_key_of_the_test_tenant_is_a_test_key(stores: Stores) -> None:
    stores.create_tenant(make.account(TEST_TENANT, live=False, plan="test"))
    text = issued(stores, TEST_TENANT)
    principal = authenticate(stores, CLOCK, f"Bearer {text}")
    assert text.startswith("rw_test_")
    assert (principal.tenant_id, principal.live) == (TEST_TENANT, False)


def test_the_secret_is_not_stored_and_not_shown_by_accident(memory: MemoryStores) -> None:
    made = issue_key(memory, CLOCK, FakeRandom(), TENANT, KeyWish())
    secret = made.text.split("_")[3][:32]
    parsed = api_keys.parse(made.text)
    assert secret not in repr(memory.table) + repr(made) + repr(parsed)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer kat_live_x.y", "rw_live_x"])
def test_a_missing_or_malformed_header_is_refused(memory: MemoryStores, header: str | None) -> None:
    with pytest.raises(UnauthorizedError):
        authenticate(memory, CLOCK, header)


def test_any_single_wrong_character_is_refused_without_a_look_up(memory: MemoryStores) -> None:
    text = issued(memory)
    for at in range(len(text)):
        wrong = text[:at] + ("a" if text[at] != "a" else "b") + text[at + 1 :]
        assert api_keys.parse(wrong) is None, at
    assert api_keys.parse(text)


def test_another_secret_for_a_known_key_is_refused(memory: MemoryStores) -> None:
    issued(memory)
    forged = api_keys.compose(True, FakeRandom().token(10), b"x" * 20).text
    with pytest.raises(UnauthorizedError):
        authenticate(memory, CLOCK, f"Bearer {forged}")


@pytest.mark.parametrize(("live", "public"), [(False, False), (True, True), (False, True)])
def test_a_key_cannot_pass_for_another_kind(memory: MemoryStores, live: bool, public: bool) -> None:
    issued(memory)
    random = FakeRandom()
    twin = api_keys.compose(live, random.token(10), random.token(20), public=public).text
    with pytest.raises(UnauthorizedError):
        authenticate(memory, CLOCK, f"Bearer {twin}", PAGE)


def test_unknown_keys_are_compared_too(memory: MemoryStores, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as for a known one: how long an answer takes must not tell which key ids exist."""
    compared: list[str] = []
    real = api_keys.KeyText.matches

    def counted(self: api_keys.KeyText, secret_sha256: str) -> bool:
        compared.append(secret_sha256)
        return real(self, secret_sha256)

    monkeypatch.setattr(api_keys.KeyText, "matches", counted)
    with pytest.raises(UnauthorizedError):
        authenticate(memory, CLOCK, f"Bearer {api_keys.compose(True, b'y' * 10, b'x' * 20).text}")
    assert [len(digest) for digest in compared] == [64]


def test_a_key_ends_when_it_expires_or_is_revoked(memory: MemoryStores) -> None:
    text, other = issued(memory, expires_at=START + HOUR), api_keys.compose(True, b"o" * 10, b"s" * 20)
    clock = FakeClock()
    assert authenticate(memory, clock, f"bearer {text}").tenant_id == TENANT
    clock.advance(HOUR)
    with pytest.raises(UnauthorizedError):
        authenticate(memory, clock, f"Bearer {text}")
    memory.put_key(make.key(key_id=other.key_id, secret_sha256=api_keys.sha256(other.secret), revoked_at=START))
    with pytest.raises(UnauthorizedError):
        authenticate(memory, clock, f"Bearer {other.text}")


def test_last_use_is_noted_once_in_ten_minutes(memory: MemoryStores) -> None:
    text, clock = issued(memory), FakeClock()
    (key_id,) = memory.table.keys
    seen = []
    for _ in range(25):
        authenticate(memory, clock, f"Bearer {text}")
        seen.append(memory.table.keys[key_id].last_used_at)
        clock.advance(timedelta(minutes=1))
    assert sorted(set(seen), key=str) == [START, START + timedelta(minutes=10), START + timedelta(minutes=20)]


def test_a_public_key_is_for_the_pages_in_its_list(memory: MemoryStores) -> None:
    text = issued(memory, public=True, scopes=frozenset({"upload"}), origins=(PAGE, "http://localhost:3000"))
    assert text.startswith("rwpub_live_")
    assert authenticate(memory, CLOCK, f"Bearer {text}", PAGE).public
    for origin in (None, "", "null", "https://agency.example", PAGE + ".evil.example", PAGE.upper(), PAGE + ":8443"):
        with pytest.raises(ForbiddenError, match="origins"):
            authenticate(memory, CLOCK, f"Bearer {text}", origin)


@pytest.mark.parametrize(
    ("wish", "named"),
    [
        ({"scopes": frozenset({"admin"})}, "scopes"),
        ({"scopes": frozenset()}, "scopes"),
        ({"public": True, "origins": (PAGE,)}, "scopes"),
        ({"public": True, "scopes": frozenset({"upload"})}, "origins"),
        ({"origins": (PAGE,)}, "origins"),
        ({"expires_at": START}, "expires_at"),
        ({"name": "n" * 101}, "name"),
        *(
            ({"public": True, "scopes": frozenset({"upload"}), "origins": (origin,)}, "origins")
            for origin in (
                "*",
                "null",
                "http://agency.example",
                "https://*.agency.example",
                "https://agency.example/page",
                "https://agency.example?x",
                "https://me@agency.example",
                "https://agency.example:99999",
                "https://",
                "javascript:alert(1)",
                "https://agency.example\n",
            )
        ),
    ],
)
def test_what_a_key_cannot_be_is_refused_by_field(memory: MemoryStores, wish: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        issued(memory, **wish)
    assert not memory.table.keys


def test_origins_are_kept_as_browsers_send_them() -> None:
    assert checked_origin("HTTPS://Agency.Example:443") == "https://agency.example"
    assert checked_origin("https://agency.example:8443") == "https://agency.example:8443"
    assert checked_origin("http://127.0.0.1:5173") == "http://127.0.0.1:5173"


def test_keys_are_only_for_tenants_that_exist(memory: MemoryStores) -> None:
    with pytest.raises(NotFoundError):
        issued(memory, OTHER)


def test_reading_is_for_ones_own_things(memory: MemoryStores) -> None:
    memory.create_tenant(make.account(OTHER))
    job = memory.tenant(TENANT).admit(make.job()).job
    asset = memory.tenant(TENANT).put_asset(make.asset())[0]
    assert read_job(memory, make.principal(), job.job_id) == job
    assert read_asset(memory, make.principal(), asset.ingest_id) == asset
    for job_id in (job.job_id, "job_x", "", "job_" + "a" * 2000):
        with pytest.raises(NotFoundError):
            read_job(memory, make.principal(OTHER), job_id)
    with pytest.raises(NotFoundError):
        read_asset(memory, make.principal(OTHER), asset.ingest_id)
    with pytest.raises(NotFoundError):
        read_deliveries(memory, make.principal(OTHER), job.job_id)


def test_no_call_for_one_tenant_names_another_ones_partition(dynamo: DynamoDBClient) -> None:
    """Every method of a tenant's store, even when it is handed another tenant's ids."""
    stores = dynamo_stores(dynamo)
    stores.create_tenant(make.account())
    stores.create_tenant(make.account(OTHER))
    theirs = stores.tenant(OTHER).admit(make.job("k9", OTHER)).job
    named: list[set[str]] = []

    def watch(params: dict[str, Any], **_: Any) -> None:
        named.append(partition_keys(params))

    dynamo.meta.events.register("provide-client-params.dynamodb.*", watch)
    try:
        everything(stores, theirs.job_id)
    finally:
        dynamo.meta.events.unregister("provide-client-params.dynamodb.*", watch)
    assert len(named) >= 25
    assert set.union(*named) == {f"TENANT#{TENANT}"}


def everything(stores: Stores, foreign_job_id: str) -> None:
    """Each method once with its own ids, and each that takes a job's id with another tenant's too."""
    store, asset = stores.tenant(TENANT), make.asset()
    job, delivery = make.job(status=JobStatus.INGESTING, queued_at=None), make.delivery(make.job())
    store.admit(job, replace(asset, job_id=job.job_id))
    store.finish_asset(make.ready(replace(asset, job_id=job.job_id)), START + HOUR)
    store.put_asset(make.asset("other"))
    store.queue_asset(asset.ingest_id, START, START)
    store.put_delivery(delivery)
    store.record_attempt(delivery.job_id, delivery.delivery_id, make.attempt(), DeliveryStatus.DELIVERED, None)
    store.acquire_slot(store.line(5)[0], START, START)
    store.mark_started(job.job_id)
    store.finish(store.mark_running(job.job_id, "t", START, START), SUCCESS, START + timedelta(minutes=1))
    store.ledger(5)
    for job_id in (job.job_id, foreign_job_id):
        store.job(job_id)
        store.deliveries(job_id)
        store.delivery(job_id, "msg_x")
        store.acquire_slot(job_id, START, START)
        store.mark_started(job_id)

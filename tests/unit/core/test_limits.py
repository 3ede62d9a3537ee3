"""Requests in a minute: per address, per key, per organisation, and what a plan multiplies."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from roomwright.domain.account import Principal, Scope
from roomwright.domain.errors import RateLimitedError
from roomwright.domain.rate_limits import ADDRESS, ORGANISATION, PER_KEY, Quota, address_subject, window_ends_at
from roomwright.ports import Stores
from roomwright.usecases.limit_requests import KNOWN_FOR, RequestLimits, require
from tests.fakes import make
from tests.fakes.make import OTHER, TENANT
from tests.fakes.ports import START, FakeClock
from tests.fakes.store import MemoryStores

MINUTE = timedelta(minutes=1)
QUOTA = Quota.SOURCE_URL
LIMIT = PER_KEY[QUOTA]


def caller(key_id: str = "key", tenant_id: str = TENANT) -> Principal:
    return Principal(tenant_id, key_id, live=True, scopes=frozenset(Scope))


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (START, START + MINUTE),
        (START + timedelta(seconds=59, microseconds=999_999), START + MINUTE),
        (START + timedelta(seconds=1, microseconds=1), START + MINUTE),
        (START - timedelta(microseconds=1), START),
    ],
)
def test_windows_are_the_clocks_minutes(now: datetime, end: datetime) -> None:
    assert window_ends_at(now) == end


def test_a_key_has_its_limit_and_then_the_next_minute(stores: Stores) -> None:
    clock = FakeClock(START + timedelta(seconds=20, milliseconds=300))
    limits = RequestLimits()
    for number in range(1, LIMIT + 1):
        key, organisation = limits.of_caller(stores, clock, caller(), QUOTA)
        require([key, organisation])
        assert (key.used, key.remaining, key.resets_in_s) == (number, LIMIT - number, 40)
    with pytest.raises(RateLimitedError, match="one key") as refusal:
        require(limits.of_caller(stores, clock, caller(), QUOTA))
    assert refusal.value.retry_after_s == 40
    require(limits.of_caller(stores, clock, caller("another"), QUOTA))
    require(limits.of_caller(stores, clock, caller(), Quota.READ))
    clock.advance(timedelta(seconds=40))
    require(limits.of_caller(stores, clock, caller(), QUOTA))


def test_keys_share_their_organisations_limit(memory: MemoryStores) -> None:
    memory.create_tenant(make.account(OTHER))
    limits = RequestLimits()
    for number in range(ORGANISATION * LIMIT):
        require(limits.of_caller(memory, FakeClock(), caller(f"key-{number % (2 * ORGANISATION)}"), QUOTA))
    with pytest.raises(RateLimitedError, match="one organisation"):
        require(limits.of_caller(memory, FakeClock(), caller("key-0"), QUOTA))
    require(limits.of_caller(memory, FakeClock(), caller("key-0", OTHER), QUOTA))


def test_an_address_has_more_than_a_key(memory: MemoryStores) -> None:
    limits = RequestLimits()
    for _ in range(ADDRESS * LIMIT):
        require(limits.of_address(memory, FakeClock(), "203.0.113.9", QUOTA))
    with pytest.raises(RateLimitedError, match="one address"):
        require(limits.of_address(memory, FakeClock(), "203.0.113.9", QUOTA))
    require(limits.of_address(memory, FakeClock(), "203.0.113.10", QUOTA))


def test_a_plan_multiplies_and_a_new_one_is_seen_within_a_minute(memory: MemoryStores) -> None:
    clock = FakeClock()
    limits = RequestLimits()
    assert [one.limit for one in limits.of_caller(memory, clock, caller(), QUOTA)] == [LIMIT, LIMIT * ORGANISATION]
    memory.table.accounts[TENANT] = make.account(plan="business")
    assert limits.of_caller(memory, clock, caller(), QUOTA)[0].limit == LIMIT
    clock.advance(KNOWN_FOR)
    assert [one.limit for one in limits.of_caller(memory, clock, caller(), QUOTA)] == [
        5 * LIMIT,
        5 * LIMIT * ORGANISATION,
    ]


def test_an_organisation_of_an_unknown_plan_has_the_standard_limits(memory: MemoryStores) -> None:
    memory.table.accounts[TENANT] = make.account(plan="of another version")
    assert RequestLimits().of_caller(memory, FakeClock(), caller(), QUOTA)[0].limit == LIMIT


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("203.0.113.9", "address#203.0.113.9"),
        ("2001:db8:1:2:3::4", "address#2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "address#2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "address#2001:db8:1:3::/64"),
        ("::ffff:203.0.113.9", "address#203.0.113.9"),
        ("", "address#unknown"),
        ("test-invoke-source-ip", "address#unknown"),
    ],
)
def test_an_ipv6_customer_is_one_address(address: str, subject: str) -> None:
    assert address_subject(address) == subject

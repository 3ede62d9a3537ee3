"""Organisations: what they are given when they begin, and what an operator gives them later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from roomwright.domain import ids, limits
from roomwright.domain.errors import BadRequestError, NotFoundError, ValidationError
from roomwright.domain.plans import PLANS, TEST, month_of, period_over, renewed, used_in_period
from roomwright.ports import Stores
from roomwright.usecases.create_tenant import create_tenant
from roomwright.usecases.grant_credits import grant_credits
from roomwright.usecases.set_plan import set_plan
from tests.fakes import make
from tests.fakes.make import OTHER, TENANT
from tests.fakes.ports import START, FakeClock, FakeRandom
from tests.fakes.store import MemoryStores

CLOCK = FakeClock()
MONTH = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))


def test_an_organisation_begins_with_what_its_plan_includes_and_what_it_paid_for(stores: Stores) -> None:
    account = create_tenant(stores, CLOCK, FakeRandom(), "Agency", 7, plan="team", webhook_url="https://a.example/")
    assert ids.is_id("ten", account.tenant_id)
    assert stores.tenant(account.tenant_id).account() == account
    assert (account.available, account.granted, account.overage_available) == (507, 507, 500)
    assert (account.plan, account.max_in_flight, account.max_running, account.live) == ("team", 50, 4, True)
    assert (account.period_started_at, account.period_ends_at) == MONTH
    lines = stores.tenant(account.tenant_id).ledger(5).entries
    assert sorted(line.credits for line in lines) == [7, 500]
    assert not stores.tenant(account.tenant_id).admit(make.job("k", account.tenant_id)).replayed


def test_beside_it_stands_the_tenant_of_its_test_keys(stores: Stores) -> None:
    account = create_tenant(stores, CLOCK, FakeRandom(), "Agency", 7, webhook_url="https://a.example/")
    test = stores.tenant(ids.test_tenant_id(account.tenant_id)).account()
    assert (test.live, test.plan, test.granted, test.webhook_url) == (False, "test", 0, None)
    assert (test.period_started_at, test.period_ends_at) == MONTH
    free = make.job("k", test.tenant_id, credits=0, live=False)
    assert not stores.tenant(test.tenant_id).admit(free).replayed
    assert stores.tenant(account.tenant_id).account().in_flight == 0


def test_an_organisation_is_made_once_by_its_reference(stores: Stores) -> None:
    first = create_tenant(stores, CLOCK, FakeRandom(), "Agency", 7, plan="team", reference="contract 17")
    again = create_tenant(stores, CLOCK, FakeRandom(9), "Agency", 7, plan="team", reference="contract 17")
    assert again == first
    assert again.granted == 507
    other = create_tenant(stores, CLOCK, FakeRandom(), "Agency", 7, reference="contract 18")
    assert other.tenant_id != first.tenant_id


@pytest.mark.parametrize("wish", [{"credits": -1}, {"max_running": 0}, {"max_in_flight": 0}, {"max_in_flight": 81}])
def test_what_cannot_work_is_refused_and_leaves_nothing(stores: Stores, wish: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError):
        create_tenant(stores, CLOCK, FakeRandom(), "Agency", **wish)
    first_id = create_tenant(MemoryStores(), CLOCK, FakeRandom(), "Agency").tenant_id
    with pytest.raises(NotFoundError):
        stores.tenant(first_id).account()


@pytest.mark.parametrize("plan", ["gold", "test", ""])
def test_only_a_plan_that_is_offered_can_be_had(stores: Stores, plan: str) -> None:
    with pytest.raises(ValidationError, match="business, prepaid, team"):
        create_tenant(stores, CLOCK, FakeRandom(), "Agency", plan=plan)
    with pytest.raises(ValidationError, match="business, prepaid, team"):
        set_plan(stores, CLOCK, TENANT, plan)


@pytest.mark.parametrize("name", PLANS)
def test_every_plans_line_ends_before_its_window(name: str) -> None:
    """A job that waits its turn must not be swept as one that went silent."""
    half_an_hour = timedelta(minutes=30)
    assert limits.MAX_JOBS_PER_SLOT * (half_an_hour + limits.RUN_GRACE) < limits.LINE_WINDOW
    assert PLANS[name].max_in_flight <= limits.MAX_JOBS_PER_SLOT * PLANS[name].max_running


def test_a_grant_counts_once_by_its_reference(stores: Stores) -> None:
    for _ in range(2):
        account = grant_credits(stores, CLOCK, TENANT, 5, "invoice 1")
        assert (account.available, account.granted) == (15, 15)
    assert grant_credits(stores, CLOCK, TENANT, 5, "invoice 2").granted == 20
    assert [line.credits for line in stores.tenant(TENANT).ledger(5).entries] == [5, 5]


def test_a_grant_must_be_one_and_have_somebody_to_take_it(stores: Stores) -> None:
    stores.create_tenant(make.account(ids.test_tenant_id(TENANT), credits=0, live=False, plan=TEST))
    for credits in (0, -5):
        with pytest.raises(ValidationError, match="1 or more"):
            grant_credits(stores, CLOCK, TENANT, credits, "x")
    with pytest.raises(ValidationError, match="cost nothing"):
        grant_credits(stores, CLOCK, ids.test_tenant_id(TENANT), 5, "x")
    with pytest.raises(NotFoundError):
        grant_credits(stores, CLOCK, OTHER, 5, "x")


def test_another_plan_counts_at_once_and_the_period_goes_on(stores: Stores) -> None:
    store = stores.tenant(TENANT)
    store.finish(store.admit(make.job()).job, make.FAILURE, START)
    account = set_plan(stores, CLOCK, TENANT, "team")
    assert account == store.account()
    assert (account.plan, account.max_in_flight, account.max_running) == ("team", 50, 4)
    assert (account.available, account.granted, account.overage_available) == (500, 500, 500)
    assert (account.period_started_at, account.period_ends_at) == MONTH
    assert used_in_period(account, "jobs_failed") == 1
    assert set_plan(stores, CLOCK, TENANT, "team") == account
    assert sorted(line.credits for line in store.ledger(5).entries) == [1, 490], "one refund, one grant"


def test_a_smaller_plan_takes_nothing_back_that_was_paid_for(stores: Stores) -> None:
    set_plan(stores, CLOCK, TENANT, "business")
    account = set_plan(stores, CLOCK, TENANT, "prepaid")
    assert (account.available, account.granted, account.max_running) == (5000, 5000, 2)
    assert (account.overage_available, account.overage_granted) == (0, 0)


def test_a_test_tenant_keeps_its_plan(stores: Stores) -> None:
    stores.create_tenant(make.account(OTHER, live=False, plan=TEST))
    with pytest.raises(ValidationError, match="test tenant"):
        set_plan(stores, CLOCK, OTHER, "team")


@pytest.mark.parametrize(
    ("now", "start", "end"),
    [
        ("2026-11-23T09:00:00+00:00", "2026-11-01", "2026-12-01"),
        ("2026-12-31T23:59:59+00:00", "2026-12-01", "2027-01-01"),
        ("2027-01-01T00:30:00+01:00", "2026-12-01", "2027-01-01"),
        ("2028-02-29T12:00:00+00:00", "2028-02-01", "2028-03-01"),
    ],
)
def test_a_period_is_the_calendar_month_in_utc(now: str, start: str, end: str) -> None:
    month = month_of(datetime.fromisoformat(now))
    assert [at.isoformat() for at in month] == [f"{start}T00:00:00+00:00", f"{end}T00:00:00+00:00"]
    assert month[0] <= datetime.fromisoformat(now) < month[1]


def test_a_renewal_keeps_what_was_bought_and_makes_the_overage_whole() -> None:
    """`available + reserved + spent == granted` in both buckets, before and after."""
    overage = {"overage_available": 100, "overage_reserved": 40, "overage_spent": 360, "overage_granted": 500}
    balance = {"available": 20, "reserved": 5, "spent": 475, "granted": 500}
    changes: dict[str, Any] = {**balance, **overage}
    spent = make.account(plan="team", **changes)
    after = renewed(spent, MONTH[1])
    assert (after.available, after.reserved, after.spent, after.granted) == (500, 5, 475, 980)
    assert (after.overage_available, after.overage_reserved) == (460, 40), "what is still running counts"
    assert after.overage_available + after.overage_reserved + after.overage_spent == after.overage_granted
    rich = renewed(make.account(plan="team", credits=900), MONTH[1])
    assert (rich.available, rich.granted) == (900, 900)
    assert period_over(spent, MONTH[1])
    assert not period_over(after, MONTH[1] + timedelta(days=30))
    assert used_in_period(after, "granted") == 0

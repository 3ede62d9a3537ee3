"""Usage, the ledger, the result cache and what this version says it can do."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from roomwright.domain import catalogue
from roomwright.domain.operations import OPERATIONS
from roomwright.domain.plans import PLANS
from tests.contract.katalo.desk import ASSETS, JOBS, Desk, aged, refused, wanted
from tests.fakes import make
from tests.fakes.ports import START

USAGE = "/api/v1/usage/summary"
LEDGER = "/api/v1/billing/events"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def ledger(desk: Desk, limit: int = 100, **options: Any) -> list[dict[str, Any]]:
    """Every line, page by page."""
    lines, cursor = [], ""
    while True:
        page = desk.call("GET", f"{LEDGER}?limit={limit}{cursor and f'&cursor={cursor}'}", **options)
        assert page.status == 200, page.body
        assert len(page.body["events"]) <= limit
        lines += page.body["events"]
        if page.body["next_cursor"] is None:
            return lines
        cursor = page.body["next_cursor"]


def test_the_summary_has_what_both_documentations_name(desk: Desk) -> None:
    desk.staged(wanted(desk.ready_asset()))
    read = desk.call("GET", USAGE)
    assert read.status == 200
    assert {"entitlement", "access", "billing_period", "usage", "jobs", "storage", "rate_limits"} == set(read.body)
    assert read.body["access"] == {"enabled": True}
    assert read.body["billing_period"] == {"start_at": "2026-11-01T00:00:00.000Z", "end_at": "2026-12-01T00:00:00.000Z"}
    assert {n: read.body["usage"][n] for n in ("included", "consumed", "overage", "remaining")} == {
        "included": 200, "consumed": 1, "overage": 0, "remaining": 199,
    }  # fmt: skip
    documented = ("total", "succeeded", "failed", "outputs_returned", "regenerate_count", "cache_hit_count")
    assert {n: read.body["jobs"][n] for n in documented} == dict(zip(documented, (1, 1, 0, 2, 0, 0), strict=True))
    assert read.body["rate_limits"]["per_key"]["generations"] == 120 * PLANS["business"].rate


def test_the_same_again_is_answered_at_once_and_costs_nothing(desk: Desk) -> None:
    asset = desk.ready_asset()
    first = desk.staged(wanted(asset))
    hit = desk.post(JOBS, wanted(asset, reference="another", metadata={}))
    assert (hit.status, hit.body["status"]) == (200, "succeeded")
    assert hit.body["job_id"] != first.body["job_id"]
    assert hit.body["outputs"] == first.body["outputs"]
    assert hit.body["source_image_url"] == first.body["source_image_url"]
    assert hit.body["completed_at"] == hit.body["created_at"]
    line = ledger(desk)[0]
    told = {"job_id": hit.body["job_id"], "usage_type": "cache_hit", "billable": False, "amount_usd": "0.00"}
    assert told.items() <= line.items()
    assert line["config_fingerprint"] == ledger(desk)[1]["config_fingerprint"] is not None
    assert desk.call("GET", USAGE).body["jobs"]["cache_hit_count"] == 1
    assert desk.account().available == 199
    replay = desk.post(JOBS, wanted(asset), idempotency_key="same")
    assert desk.post(JOBS, wanted(asset), idempotency_key="same").body == replay.body


@pytest.mark.parametrize(
    "changes",
    [{"seed": 1}, {"style_preset": "boho"}, {"style_preset": ...}, {"room_types": ["Bedroom"]},
     {"room_types": ["Living Room", "Dining Room"]}, {"include_alternates": False}],
)  # fmt: skip
def test_anything_else_is_another_picture(desk: Desk, changes: dict[str, Any]) -> None:
    asset = desk.ready_asset()
    desk.staged(wanted(asset))
    assert desk.post(JOBS, wanted(asset, **changes)).body["status"] == "queued"


def test_the_cache_knows_the_photo_by_its_bytes_and_its_owner(desk: Desk) -> None:
    desk.staged(wanted(desk.ready_asset()))
    assert desk.post(JOBS, wanted(desk.ready_asset())).body["status"] == "succeeded", "uploaded twice, one photo"
    assert desk.post(JOBS, wanted(desk.ready_asset(b"another"))).body["status"] == "queued"
    theirs = desk.ready_asset(key=desk.other_key, tenant_id=make.OTHER)
    assert desk.post(JOBS, wanted(theirs), key=desk.other_key).body["status"] == "queued"


def test_what_was_not_approved_is_never_an_answer(desk: Desk) -> None:
    asset = desk.ready_asset()
    made = desk.post(JOBS, wanted(asset))
    desk.run(made.body["job_id"])
    desk.finish(made.body["job_id"], [(0.9, False)])
    assert desk.post(JOBS, wanted(asset)).body["status"] == "queued"


def test_a_hit_needs_no_credits_and_a_miss_does() -> None:
    desk = Desk(credits=1, plan="prepaid")
    asset = desk.ready_asset()
    desk.staged(wanted(asset))
    assert desk.call("GET", USAGE).body["access"] == {"enabled": False}
    assert desk.post(JOBS, wanted(asset)).body["status"] == "succeeded"
    refused(desk.post(JOBS, wanted(asset, seed=1)), 403, "insufficient_credits")


def test_overage_begins_where_the_balance_ends() -> None:
    desk = Desk(credits=1, plan="team")
    asset = desk.ready_asset()
    desk.staged(wanted(asset))
    desk.staged(wanted(asset, seed=1))
    line = ledger(desk)[0]
    assert (line["overage"], line["unit_price_usd"], line["amount_usd"]) == (True, "0.25", "0.25")
    usage = desk.call("GET", USAGE).body["usage"]
    assert (usage["included"], usage["consumed"], usage["overage"], usage["overage_remaining"]) == (1, 2, 1, 499)
    aged(desk, make.TENANT, overage_available=0)
    refused(desk.post(JOBS, wanted(asset, seed=2)), 403, "insufficient_credits")


def test_a_new_month_is_shown_before_anything_is_written_and_opened_by_the_next_job(desk: Desk) -> None:
    asset = desk.ready_asset()
    desk.staged(wanted(asset))
    desk.clock.at = START.replace(month=12, day=1, hour=0)
    before = desk.account()
    read = desk.call("GET", USAGE).body
    assert read["billing_period"]["start_at"] == "2026-12-01T00:00:00.000Z"
    assert (read["usage"]["included"], read["usage"]["consumed"], read["jobs"]["total"]) == (5000, 0, 0)
    assert desk.account() == before
    assert desk.post(JOBS, wanted(asset, seed=1)).status == 202
    now = desk.call("GET", USAGE).body
    assert (now["usage"]["remaining"], now["usage"]["reserved"], now["jobs"]["total"]) == (4999, 1, 1)
    assert [line["movement"] for line in ledger(desk)] == ["grant", "charge"]


def test_a_test_keys_jobs_cost_nothing_and_are_nobody_elses(desk: Desk) -> None:
    asset = desk.ready_asset(key=desk.test_key, tenant_id=desk.test_tenant)
    made = desk.post(JOBS, wanted(asset), key=desk.test_key)
    assert made.status == 202, made.body
    desk.run(made.body["job_id"], desk.test_tenant)
    desk.finish(made.body["job_id"], tenant_id=desk.test_tenant)
    line = ledger(desk, key=desk.test_key)[0]
    assert (line["job_id"], line["units"], line["billable"]) == (made.body["job_id"], 0, False)
    usage = desk.call("GET", USAGE, key=desk.test_key).body
    assert (usage["entitlement"]["environment"], usage["access"]["enabled"]) == ("test", True)
    assert (usage["usage"]["consumed"], usage["jobs"]["succeeded"]) == (0, 1)
    refused(desk.call("GET", f"{JOBS}/{made.body['job_id']}"), 404, "not_found")
    assert ledger(desk) == []


def test_usage_and_ledger_always_equal_the_jobs() -> None:
    desk = Desk(credits=6, plan="team")
    asset = desk.ready_asset()
    for step in range(18):
        match step % 6:
            case 0 | 3:
                desk.staged(wanted(asset, seed=step))
            case 1:
                desk.post(JOBS, wanted(asset, seed=step - 1))
            case 2:
                failing = desk.post(JOBS, wanted(asset, seed=step)).body["job_id"]
                desk.run(failing)
                desk.finish(failing, [(0.5, False)])
            case 4:
                again = desk.post(f"{JOBS}/{failing}/regenerate", {}).body["job_id"]
                desk.run(again)
                desk.finish(again)
            case 5:
                called_off = desk.post(JOBS, wanted(asset, seed=step)).body["job_id"]
                desk.call("DELETE", f"{JOBS}/{called_off}")
                desk.post(JOBS, wanted(asset, seed=100 + step))
        _require_sums(desk)


def _require_sums(desk: Desk) -> None:
    """What the API says, against every job there is."""
    usage, lines = desk.call("GET", USAGE).body, ledger(desk, limit=4)
    jobs = {job_id: job for (tenant, job_id), job in desk.stores.table.jobs.items() if tenant == make.TENANT}
    ended = {job_id: job for job_id, job in jobs.items() if job.status.terminal}
    by_job = {line["job_id"]: line for line in lines if line["movement"] != "grant"}
    assert len(lines) == len(by_job) == len(ended)
    assert set(by_job) == set(ended)
    charged = {i: job for i, job in ended.items() if job.status == "succeeded" and not job.cached_from}
    assert {i for i, line in by_job.items() if line["billable"]} == set(charged)
    assert usage["usage"]["consumed"] == sum(job.credits for job in charged.values())
    assert usage["usage"]["overage"] == sum(job.credits for job in charged.values() if job.overage)
    assert usage["usage"]["reserved"] == sum(
        j.credits for j in jobs.values() if not j.status.terminal and not j.overage
    )
    told = usage["usage"]
    assert told["included"] == told["consumed"] - told["overage"] + told["reserved"] + told["remaining"] == 6
    states = Counter(job.status.value for job in jobs.values())
    counted = usage["jobs"]
    assert counted["total"] == len(jobs)
    assert [counted[n] for n in ("succeeded", "failed", "cancelled")] == [
        states[n] for n in ("succeeded", "failed", "cancelled")
    ]
    assert counted["outputs_returned"] == sum(len(job.outputs) for job in jobs.values())
    assert counted["regenerate_count"] == sum(job.parent_job_id is not None for job in jobs.values())
    assert counted["cache_hit_count"] == sum(job.cached_from is not None for job in jobs.values())
    assert counted["in_flight"] == len(jobs) - len(ended)
    billed = sum(Decimal(line["amount_usd"]) for line in lines)
    assert billed == Decimal("0.25") * usage["usage"]["overage"]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=-1", "limit=ten", "limit=1.0", "limit=٣"])
def test_bad_page_sizes_are_refused(desk: Desk, query: str) -> None:
    refused(desk.call("GET", f"{LEDGER}?{query}"), 400, "bad_request", "limit", "1 to 100")


@pytest.mark.parametrize("cursor", ["x", "a" * 600, "%00", "../../x"])
def test_a_cursor_that_is_not_ours_is_refused(desk: Desk, cursor: str) -> None:
    desk.staged(wanted(desk.ready_asset()))
    refused(desk.call("GET", f"{LEDGER}?cursor={cursor}"), 400, "bad_request", "cursor")


def test_capabilities_are_the_tables_that_validate(desk: Desk) -> None:
    read = desk.call("GET", "/api/v1/capabilities")
    assert read.status == 200
    assert {o["name"]: o["available"] for o in read.body["operations"]} == {
        name: operation.available for name, operation in OPERATIONS.items()
    }
    assert len(read.body["room_types"]) == len(catalogue.ROOMS)
    assert [s["preset"] for s in read.body["style_presets"]][:9] == list(catalogue.presets())
    asset = desk.ready_asset()
    for kind in read.body["generations"]:
        fields = {name: kind[name] for name in ("workflow", "capture_type", "mode")}
        request = wanted(asset, **fields, room_types=..., style_preset=...)
        request |= {"room_types": ["Bedroom"]} if kind["room_types"] == "required" else {}
        request |= {"style_preset": "boho"} if kind["style_preset"] == "required" else {}
        answer = desk.post(JOBS, request)
        assert answer.status == (202 if kind["available"] else 422)
        assert kind["available"] or answer.code == "operation_unavailable"
    limits = read.body["limits"]
    too_large = {"upload": {"content_type": "image/png", "size_bytes": limits["source_bytes"] + 1}}
    assert desk.post(ASSETS, too_large).status == 413
    assert limits["jobs_in_flight"] == desk.account().max_in_flight

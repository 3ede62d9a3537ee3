"""The outbox: what each change of the table asks for, and what it never does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from roomwright.domain.account import Account
from roomwright.domain.endpoint import DEFAULT_EVENTS, Endpoint, EndpointStatus
from roomwright.domain.job import AssetStatus, Failure, JobStatus
from roomwright.usecases.relay_changes import Changed, Relay, counted
from roomwright.usecases.relay_changes import relay_changes as relayed
from tests.fakes import make
from tests.fakes.make import TENANT
from tests.fakes.ports import START


def relay_changes(old: Changed | None, new: Changed | None) -> Relay:
    return relayed(old, new, START)


def types(relay: Relay) -> list[str]:
    return [event.type for event in relay.events]


def test_a_change_of_state_is_told_once_and_always_the_same() -> None:
    queued = make.job()
    running = replace(queued, status=JobStatus.RUNNING, task_token="secret", slot_held=True)
    failed = replace(running, status=JobStatus.FAILED)
    assert relay_changes(None, queued).jobs == [{"tenant_id": TENANT}]
    assert types(relay_changes(None, queued)) == ["generation.queued"]
    started = relay_changes(queued, running)
    assert (started.jobs, types(started)) == ([], ["generation.running"])
    ended = relay_changes(running, failed)
    assert (ended.jobs, types(ended)) == ([{"tenant_id": TENANT}], ["generation.failed"])
    assert relay_changes(running, failed) == ended
    assert "secret" not in repr(started)
    for nothing in ((queued, queued), (running, replace(running, task_token="t2")), (failed, None), (None, None)):
        assert relay_changes(*nothing) == Relay()


def test_a_cancelled_job_frees_the_line_and_is_counted() -> None:
    queued = make.job()
    cancelled = replace(queued, status=JobStatus.CANCELLED)
    told = relay_changes(queued, cancelled)
    assert (told.jobs, types(told)) == ([{"tenant_id": TENANT}], ["generation.cancelled"])
    assert "failure" not in told.events[0].detail
    assert counted(queued, cancelled) == [("JobsCancelled", {})]


def test_an_engine_is_told_to_stop_when_its_job_ended_without_it() -> None:
    queued = make.job()
    running = replace(queued, status=JobStatus.RUNNING, task_token="secret", slot_held=True)
    cancelled = replace(running, status=JobStatus.CANCELLED)
    late, refused = (
        replace(running, status=JobStatus.FAILED, failure=Failure(code, "m", True, "h"))
        for code in ("timeout", "room_not_understood")
    )
    note = [f"tenants/{TENANT}/jobs/{queued.job_id}/stop.json"]
    assert [relay_changes(running, ended).stops for ended in (cancelled, late)] == [note, note]
    for before, after in ((running, refused), (queued, replace(queued, status=JobStatus.CANCELLED)), (None, cancelled)):
        assert relay_changes(before, after).stops == []


def test_an_answer_out_of_the_cache_is_told_but_moves_no_line() -> None:
    born = make.job(status=JobStatus.SUCCEEDED, cached_from="job_1", outputs=make.SUCCESS.outputs, manifest_key="m")
    told = relay_changes(None, born)
    assert (told.jobs, types(told)) == ([], ["generation.completed"])
    assert counted(None, born) == [("JobsAccepted", {}), ("JobsSucceeded", {})]


@pytest.mark.parametrize(("key", "origin"), [(None, "api"), ("inbox/x/bedroom/modern/a.jpg", "drop")])
def test_events_say_where_a_job_came_from_and_what_set_it_off(key: str | None, origin: str) -> None:
    job = make.job(correlation_id="req-1")
    (event,) = relay_changes(None, replace(job, spec=replace(job.spec, drop_key=key))).events
    assert (event.detail["origin"], event.detail["correlation_id"]) == (origin, "req-1")


def test_an_asset_is_told_too() -> None:
    waiting = make.asset(status=AssetStatus.AWAITING_UPLOAD)
    queued = replace(waiting, status=AssetStatus.QUEUED)
    assert relay_changes(None, waiting) == Relay()
    assert relay_changes(waiting, queued).ingests == [{"tenant_id": TENANT, "ingest_id": queued.ingest_id}]
    ready = relay_changes(queued, make.ready(queued))
    assert (ready.ingests, types(ready)) == ([], ["source_asset.ready"])


def account(available: int, plan: str = "prepaid", **changes: Any) -> Account:
    return replace(make.account(credits=1000), available=available, plan=plan, **changes)


@pytest.mark.parametrize(
    ("plan", "before", "after", "told"),
    [
        ("prepaid", 10, 9, True),
        ("prepaid", 11, 10, False),
        ("prepaid", 9, 8, False),
        ("prepaid", 9, 10, False),
        ("team", 50, 49, True),
        ("team", 51, 50, False),
        ("team", 49, 48, False),
        ("business", 600, 400, True),
    ],
)
def test_credits_are_low_when_they_fall_below_a_line(plan: str, before: int, after: int, told: bool) -> None:
    found = relay_changes(account(before, plan), account(after, plan))
    assert types(found) == (["credits.low"] if told else [])
    assert (found.jobs, found.ingests) == ([], [])


def test_credits_that_fall_again_are_the_same_event_until_more_are_granted() -> None:
    def event_id(granted: int) -> str:
        (event,) = relay_changes(account(10, granted=granted), account(9, granted=granted)).events
        return event.event_id

    assert event_id(1000) == event_id(1000)
    assert event_id(1000) != event_id(1100)


def test_a_new_account_has_not_lost_anything() -> None:
    assert relay_changes(None, account(3)) == Relay()


ENDPOINT = Endpoint(
    TENANT, "whe_" + "0" * 26, "https://h.example/", DEFAULT_EVENTS, EndpointStatus.ACTIVE, START, START, revision=3
)


def test_an_endpoint_is_told_when_it_is_disabled_each_time() -> None:
    disabled = replace(ENDPOINT, status=EndpointStatus.DISABLED, revision=4, reason="It answered 410.")
    (first,) = relay_changes(ENDPOINT, disabled).events
    assert (first.type, first.detail["reason"]) == ("webhook.disabled", "It answered 410.")
    assert "h.example" not in repr(first)
    assert relay_changes(disabled, replace(disabled, revision=5)) == Relay()
    assert relay_changes(disabled, replace(ENDPOINT, revision=5)) == Relay()
    assert relay_changes(ENDPOINT, None) == Relay()
    (second,) = relay_changes(replace(ENDPOINT, revision=5), replace(disabled, revision=6)).events
    assert second.event_id != first.event_id

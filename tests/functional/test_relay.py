"""The stream's handler over moto: order, what cannot be read, what is counted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from roomwright import wiring
from roomwright.adapters import dynamo_items
from roomwright.domain.endpoint import DEFAULT_EVENTS, Endpoint, EndpointStatus
from tests.contract.katalo.desk import JOBS, wanted
from tests.contract.katalo.stage import Stage, log_of
from tests.fakes.ports import START
from tests.functional.steps import NONE_FAILED, RecordingBus, change, items, received, run, running


class BrokenQueue:
    """Takes nothing."""

    def send(self, *_: object) -> None:
        raise OSError("c4n4ry")


@pytest.fixture
def bus(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> RecordingBus:
    made = RecordingBus()
    monkeypatch.setattr(wiring.wiring(), "bus", made)
    return made


def queued(stage: Stage) -> dict[str, Any]:
    """The item of a job that joined the line."""
    stage.post(JOBS, wanted(stage.ready_asset()))
    (item,) = items("job")
    return item


BROKEN: dict[str, dict[str, Any]] = {
    "an unknown state": {"status": {"S": "c4n4ry"}},
    "a field that is no number": {"credits": {"S": "c4n4ry"}},
    "no tenant": {"tenant_id": {"NULL": True}},
    "text that is no JSON": {"spec_json": {"S": "{c4n4ry"}},
    "an attribute that is none": {"status": "c4n4ry"},
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_change_that_cannot_be_read_is_set_aside_and_holds_up_no_other(
    stage: Stage, bus: RecordingBus, broken: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    item = queued(stage)
    records = [change(item, number=1), change(item | broken, number=2), change(item, number=3)]
    with log_of("relay_changes") as log:
        assert run("relay_changes", {"Records": records}) == NONE_FAILED
    assert len(bus.published) == 2
    assert len(received("JOBS_QUEUE_URL")) == 2
    assert received("UNRELAYED_QUEUE_URL") == [
        {"sequence_number": "2", "pk": f"TENANT#{stage.tenant_id}", "sk": item["sk"]["S"]}
    ]
    written = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert [1 for line in written if "ChangesUndecodable" in line] == [1]
    assert "change set aside" in log.getvalue()
    assert "c4n4ry" not in log.getvalue()


def test_one_whose_state_before_cannot_be_read_is_set_aside_too(stage: Stage, bus: RecordingBus) -> None:
    item = queued(stage)
    assert run("relay_changes", {"Records": [change(item, item | BROKEN["an unknown state"])]}) == NONE_FAILED
    assert bus.published == []
    assert len(received("UNRELAYED_QUEUE_URL")) == 1


def test_an_account_of_a_plan_that_there_is_no_more_holds_up_no_other(stage: Stage, bus: RecordingBus) -> None:
    """Plans are a deployment's own to edit."""
    account = next(item for item in items("account") if item["pk"]["S"] == f"TENANT#{stage.tenant_id}")
    orphan, job = account | {"plan": {"S": "sold-out"}}, queued(stage)
    assert run("relay_changes", {"Records": [change(orphan, account, number=1), change(job, number=2)]}) == NONE_FAILED
    assert len(bus.published) == 1
    (aside,) = received("UNRELAYED_QUEUE_URL")
    assert aside["sequence_number"] == "1"


def test_what_cannot_be_set_aside_is_not_lost(stage: Stage, bus: RecordingBus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring.wiring(), "unrelayed_queue", BrokenQueue())
    item = queued(stage)
    records = [change(item | BROKEN["no tenant"], number=1), change(item, number=2)]
    with log_of("relay_changes") as log:
        assert run("relay_changes", {"Records": records}) == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert "c4n4ry" not in log.getvalue()


def test_the_stream_starts_again_where_sending_failed(
    stage: Stage, bus: RecordingBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An outage is not the record's fault: it comes again, and the ones behind it wait."""
    item = queued(stage)
    other = TypeSerializer().serialize({"kind": "ledger", "pk": "x"})["M"]
    monkeypatch.setattr(wiring.wiring(), "jobs_queue", BrokenQueue())
    records = [change(other, number=1), change(item, number=2), change(item, number=3)]
    assert run("relay_changes", {"Records": records}) == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert received("UNRELAYED_QUEUE_URL") == []
    assert bus.published == []


def test_the_engine_of_a_cancelled_job_finds_a_note_to_stop(stage: Stage, bus: RecordingBus) -> None:
    job_id = running(stage)
    (before,) = items("job")
    assert stage.call("DELETE", f"{JOBS}/{job_id}").status == 200
    (after,) = items("job")
    note = f"tenants/{stage.tenant_id}/jobs/{job_id}/stop.json"
    assert not wiring.wiring().blobs.exists(note)
    for _ in range(2):
        assert run("relay_changes", {"Records": [change(after, before)]}) == NONE_FAILED
    assert wiring.wiring().blobs.exists(note)


def test_an_unchanged_state_is_nothing(stage: Stage, bus: RecordingBus) -> None:
    item = queued(stage)
    assert run("relay_changes", {"Records": [change(item, item)]}) == NONE_FAILED
    assert (received("JOBS_QUEUE_URL"), bus.published) == ([], [])


def test_credits_that_fall_below_the_line_are_told_with_the_changes_own_time(stage: Stage, bus: RecordingBus) -> None:
    before = next(item for item in items("account") if item["pk"]["S"] == f"TENANT#{stage.tenant_id}")
    first, second = ({**before, "available": {"N": str(number)}} for number in (10, 9))
    assert run("relay_changes", {"Records": [change(first, before), change(second, first)]}) == NONE_FAILED
    (event,) = bus.published
    assert (event.type, event.tenant_id, event.detail["available"]) == ("credits.low", stage.tenant_id, 9)
    assert event.time.isoformat() == event.detail["occurred_at"] == "2026-11-23T09:30:00+00:00"


def test_an_endpoint_that_was_disabled_is_told(stage: Stage, bus: RecordingBus) -> None:
    store = wiring.wiring().stores.tenant(stage.tenant_id)
    made = Endpoint(
        stage.tenant_id, "whe_" + "0" * 26, "https://h.example/", DEFAULT_EVENTS, EndpointStatus.ACTIVE, START, START
    )
    store.put_endpoint(made)
    (before,) = items("endpoint")
    store.change_endpoint(replace(made, status=EndpointStatus.DISABLED, reason="It answered 410."))
    (after,) = items("endpoint")
    assert run("relay_changes", {"Records": [change(before), change(after, before)]}) == NONE_FAILED
    (event,) = bus.published
    assert (event.type, event.detail["endpoint_id"]) == ("webhook.disabled", made.endpoint_id)
    assert dynamo_items.change_of(after) != dynamo_items.change_of(before)


def test_jobs_are_counted_once_by_outcome_and_never_by_tenant(
    stage: Stage, bus: RecordingBus, capsys: pytest.CaptureFixture[str]
) -> None:
    job_id = running(stage)
    (before,) = items("job")
    run("finish_job", {"tenant_id": stage.tenant_id, "job_id": job_id, "error": {"Error": "States.Timeout"}})
    (after,) = items("job")
    capsys.readouterr()
    run("relay_changes", {"Records": [change(before), change(after, before), change(after, after)]})
    lines = [line for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert not any(stage.tenant_id in line or job_id in line for line in lines)
    written = [json.loads(line) for line in lines]
    names = [metric["Name"] for line in written for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    assert names == ["JobsAccepted", "JobsFailed", "JobFailures"]
    assert {line["_aws"]["CloudWatchMetrics"][0]["Namespace"] for line in written} == {"Roomwright"}
    assert [line["stage"] for line in written] == ["test"] * 3
    assert written[-1]["code"] == "timeout"

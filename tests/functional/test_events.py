"""The documented events: every one that is published fits its schema, and the documented rule receives them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from cfnlint.api import lint_all  # type: ignore[import-untyped]
from cfnlint.decode import decode_str  # type: ignore[import-untyped]
from jsonschema import Draft202012Validator, FormatChecker
from moto import mock_aws

from roomwright.adapters.eventbridge import EventBridgeBus
from roomwright.domain import ids
from roomwright.domain.account import Account
from roomwright.domain.endpoint import DEFAULT_EVENTS, Endpoint, EndpointStatus
from roomwright.domain.job import AssetStatus, Failure, Job, JobSpec, JobStatus, Output, SourceAsset
from roomwright.ports import Event
from roomwright.usecases.relay_changes import ASSET_EVENTS, JOB_EVENTS, Changed, relay_changes

DOCS = Path("docs")
SCHEMAS = {path.stem: json.loads(path.read_text()) for path in sorted((DOCS / "api/events").glob("*.json"))}
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TENANT = "ten_" + "0" * 26
BUS = "roomwright-test-events"
PREFIX = f"tenants/{TENANT}/jobs/x/"
JOB = Job(
    tenant_id=TENANT,
    job_id=ids.derived_id("job", TENANT, "generation", "a"),
    status=JobStatus.QUEUED,
    spec=JobSpec(
        operation="stage",
        source_asset_id=ids.derived_id("src", TENANT, "source", "a"),
        room_types=("living-room",),
        reference="listing-1",
        metadata={"listing_id": "l-1", "attempt": 2, "ratio": 0.5, "first": True, "none": None},
        webhook_url="https://hooks.example.com/secret-path",
    ),
    fingerprint="f",
    credits=1,
    created_at=NOW,
    updated_at=NOW,
    deadline_at=NOW,
    correlation_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
)
ASSET = SourceAsset(
    tenant_id=TENANT,
    ingest_id=ids.derived_id("ing", TENANT, "source", "a"),
    source_asset_id=ids.derived_id("src", TENANT, "source", "a"),
    status=AssetStatus.QUEUED,
    fingerprint="f",
    created_at=NOW,
    updated_at=NOW,
    deadline_at=NOW,
    source_url="https://photos.example.com/?signature=secret",
    correlation_id="c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
)
RICH = Account(
    tenant_id=TENANT, name="secret name", available=50, reserved=1, spent=449, granted=500, in_flight=1, running=1,
    plan="team", overage_available=500, overage_granted=500, webhook_url="https://hooks.example.com/secret-path",
)  # fmt: skip
POOR = replace(RICH, available=49, reserved=2)
ENDPOINT = Endpoint(
    tenant_id=TENANT,
    endpoint_id=ids.derived_id("whe", TENANT, "endpoint", "a"),
    url="https://hooks.example.com/secret-path",
    events=DEFAULT_EVENTS,
    status=EndpointStatus.ACTIVE,
    created_at=NOW,
    updated_at=NOW,
    revision=7,
    failing_since=NOW,
)
GONE = replace(ENDPOINT, status=EndpointStatus.DISABLED, revision=8, reason="It answered 410 Gone.")
FAILURE = Failure("room_not_understood", "No floor was found.", False, "Send another photo.")


def published() -> dict[str, Event]:
    """One event of every kind, as the relay makes it from the table's changes."""
    output = Output("primary", {"staged_jpg": PREFIX + "staged.jpg", "staged_png": PREFIX + "staged.png"})
    ends = {
        JobStatus.SUCCEEDED: {"outputs": (output,), "manifest_key": PREFIX + "manifest.json"},
        JobStatus.FAILED: {"failure": FAILURE},
    }
    changes: list[tuple[Changed | None, Changed]] = [(RICH, POOR), (ENDPOINT, GONE)]
    changes += [(None, replace(JOB, status=status, **ends.get(status, {}))) for status in JOB_EVENTS]  # type: ignore[arg-type]
    for state in ASSET_EVENTS:
        changes.append((ASSET, replace(ASSET, status=state, failure=FAILURE if state is AssetStatus.FAILED else None)))
    return {event.type: event for change in changes for event in relay_changes(*change, NOW).events}


def test_every_event_is_documented_and_every_document_has_an_event() -> None:
    assert set(published()) == set(SCHEMAS)
    table = (DOCS / "events.md").read_text()
    for name in SCHEMAS:
        assert f"[{name}.json](api/events/{name}.json)" in table


def test_all_say_who_when_and_what_set_them_off() -> None:
    every = {"schema_version", "event_id", "correlation_id", "tenant_id", "occurred_at"}
    for name, event in published().items():
        assert every < set(event.detail)
        asked_for = name.startswith(("generation.", "source_asset."))
        assert event.detail["correlation_id"] == (JOB.correlation_id if asked_for else None), name
        assert event.detail["occurred_at"] == NOW.isoformat()


@pytest.mark.parametrize("name", SCHEMAS)
def test_events_fit_their_schema_to_the_last_field(name: str) -> None:
    schema = SCHEMAS[name]
    Draft202012Validator.check_schema(schema)
    detail = json.loads(json.dumps(dict(published()[name].detail)))
    checker = FormatChecker()
    assert not list(Draft202012Validator(schema, format_checker=checker).iter_errors(detail))
    assert set(detail) == set(schema["properties"]) == set(schema["required"])
    assert schema["$id"].endswith(f":{detail['schema_version']}")
    for missing in detail:
        less = {key: value for key, value in detail.items() if key != missing}
        assert list(Draft202012Validator(schema).iter_errors(less)), f"{missing} may be left out"


def test_events_carry_no_url_and_no_hint_of_secrets() -> None:
    for event in published().values():
        text = json.dumps(dict(event.detail))
        for word in ("http", "secret", "signature", "token"):
            assert word not in text


def test_the_event_that_is_shown_is_one() -> None:
    found = re.search(r"```jsonc\n(.*?)```", (DOCS / "events.md").read_text(), re.DOTALL)
    assert found
    shown = json.loads(found[1])
    assert shown.keys() >= {"id", "source", "detail-type", "time", "detail"}
    schema = SCHEMAS[shown["detail-type"]]
    assert not list(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(shown["detail"]))
    assert list(shown["detail"]) == list(published()[shown["detail-type"]].detail), "all of it, in its order"


def _template() -> str:
    found = re.search(r"```yaml\n(.*?)```", (DOCS / "events.md").read_text(), re.DOTALL)
    assert found
    return found[1]


def test_the_documented_template_is_sound() -> None:
    found = [match for match in lint_all(_template()) if not match.rule.id.startswith("I")]
    assert found == []


def test_the_documented_rule_receives_ends_of_jobs_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    template, _ = decode_str(_template())
    assert template is not None
    pattern = template["Resources"]["Rule"]["Properties"]["EventPattern"]
    with mock_aws():
        bus, queues = boto3.client("events"), boto3.client("sqs")
        bus.create_event_bus(Name=BUS)
        url = queues.create_queue(QueueName="listing-events")["QueueUrl"]
        arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        bus.put_rule(Name="ends", EventBusName=BUS, EventPattern=json.dumps(pattern))
        bus.put_targets(EventBusName=BUS, Rule="ends", Targets=[{"Id": "queue", "Arn": arn}])
        EventBridgeBus(bus, BUS).publish(list(published().values()))
        received = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        bodies: list[dict[str, Any]] = [json.loads(message["Body"]) for message in received]
    assert sorted(body["detail-type"] for body in bodies) == ["generation.completed", "generation.failed"]
    assert {body["source"] for body in bodies} == {"roomwright"}
    for body in bodies:
        assert body["detail"] == json.loads(json.dumps(dict(published()[body["detail-type"]].detail)))


def test_the_documented_patterns_name_fields_that_exist() -> None:
    blocks = re.findall(r"```json\n(.*?)```", (DOCS / "events.md").read_text(), re.DOTALL)
    assert len(blocks) == 2
    for pattern in map(json.loads, blocks):
        assert pattern["source"] == ["roomwright"]
        for kind in pattern.get("detail-type", ["generation.completed"]):
            assert set(pattern["detail"]) <= set(SCHEMAS[kind]["properties"])

"""The definition that is deployed: its happy path, its clocks, its way out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.infra.deployment import Deployment

MAX_BILLED = 5


@pytest.fixture(scope="module")
def definition(prod: Deployment) -> dict[str, Any]:
    (machine,) = prod.of("AWS::StepFunctions::StateMachine")
    text: str = prod.text(machine.stack, machine.properties["DefinitionString"])
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def billed_transitions(definition: dict[str, Any]) -> int:
    """States on the way without errors, and the two ends: Step Functions bills the start and the end as well."""
    count, name = 2, definition["StartAt"]
    while name:
        count += 1
        name = definition["States"][name].get("Next")
    return count


def test_happy_path_is_cheap(definition: dict[str, Any]) -> None:
    assert billed_transitions(definition) == 4
    assert billed_transitions(definition) <= MAX_BILLED


def test_counting_sees_another_state() -> None:
    chain = {"StartAt": "A", "States": {"A": {"Next": "B"}, "B": {"Next": "C"}, "C": {"End": True}}}
    assert billed_transitions(chain) == MAX_BILLED


def test_every_wait_ends(definition: dict[str, Any]) -> None:
    """Heartbeats are not relied on: the time-out of the waiting task, then the execution's own."""
    waiting = definition["States"]["StartInference"]
    assert waiting["Resource"].endswith(":lambda:invoke.waitForTaskToken")
    assert waiting["TimeoutSeconds"] == 1800
    assert definition["TimeoutSeconds"] > waiting["TimeoutSeconds"]
    assert all("TimeoutSeconds" in state for state in definition["States"].values())


def test_whatever_fails_is_settled(definition: dict[str, Any]) -> None:
    waiting = definition["States"]["StartInference"]
    assert waiting["Catch"] == [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "FailJob"}]
    for name in ("FinishJob", "FailJob"):
        (retry,) = definition["States"][name]["Retry"]
        assert retry["ErrorEquals"] == ["States.ALL"]
        assert retry["MaxAttempts"] >= 5


def test_a_crashed_engine_is_not_paid_for_twice(definition: dict[str, Any]) -> None:
    retried = {error for retry in definition["States"]["StartInference"]["Retry"] for error in retry["ErrorEquals"]}
    assert retried.isdisjoint({"States.ALL", "States.TaskFailed", "States.Timeout", "EngineCrashed"})
    assert "Lambda.TooManyRequestsException" in retried


def test_states_hand_on_names_only(definition: dict[str, Any]) -> None:
    """Ids, a token, a location or an error: no image, no request."""
    payloads = {name: state["Parameters"]["Payload"] for name, state in definition["States"].items()}
    ids = {"tenant_id.$": "$.tenant_id", "job_id.$": "$.job_id"}
    assert payloads == {
        "StartInference": {**ids, "task_token.$": "$$.Task.Token"},
        "FinishJob": {**ids, "output_location.$": "$.inference.output_location"},
        "FailJob": {**ids, "error.$": "$.error"},
    }


def test_an_execution_that_fails_or_is_overdue_is_told(prod: Deployment) -> None:
    alarms = [
        a.properties for a in prod.of("AWS::CloudWatch::Alarm") if "-jobs-unsettled-" in a.properties["AlarmName"]
    ]
    assert sorted(alarm["MetricName"] for alarm in alarms) == ["ExecutionsFailed", "ExecutionsTimedOut"]
    assert all(alarm["AlarmActions"] for alarm in alarms)


def test_logs_hold_no_tokens(prod: Deployment) -> None:
    (machine,) = prod.of("AWS::StepFunctions::StateMachine")
    logging = machine.properties["LoggingConfiguration"]
    assert logging["Level"] == "ALL"
    assert logging["IncludeExecutionData"] is False
    assert machine.properties["TracingConfiguration"] == {"Enabled": True}

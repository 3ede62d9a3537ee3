"""Two lanes that share nothing but what they read and write."""

from __future__ import annotations

import pytest

from roomwright.domain.delivery import PER_RECEIVER, PER_TENANT, TIMEOUT_S, Lane
from roomwright.domain.endpoint import EVENT_TYPES
from tests.infra.deployment import Deployment, Resource, as_list, role_statements, short_name
from tests.perf.test_receivers import WORKERS

LANES = {Lane.SLOW: ("deliver-webhook", "webhooks"), Lane.QUICK: ("deliver-webhook-quick", "webhooks-quick")}


def function(prod: Deployment, lane: Lane) -> Resource:
    name = LANES[lane][0]
    (found,) = [f for f in prod.of("AWS::Lambda::Function") if short_name(f.properties["FunctionName"]) == name]
    return found


def queue(prod: Deployment, name: str) -> Resource:
    (found,) = [q for q in prod.of("AWS::SQS::Queue") if q.properties["QueueName"] == f"roomwright-prod-{name}"]
    return found


@pytest.mark.parametrize("lane", Lane)
def test_each_lane_has_its_own_function_queue_and_concurrency(prod: Deployment, lane: Lane) -> None:
    consumer = function(prod, lane)
    (mapping,) = [
        m
        for m in prod.of("AWS::Lambda::EventSourceMapping")
        if prod.target(m.stack, m.properties["FunctionName"]) == consumer
    ]
    assert prod.target(mapping.stack, mapping.properties["EventSourceArn"]) == queue(prod, LANES[lane][1])
    assert mapping.properties["ScalingConfig"] == {"MaximumConcurrency": WORKERS}
    assert mapping.properties["BatchSize"] == 1, "a receiver that lets us wait holds up no message behind it"
    variables = consumer.properties["Environment"]["Variables"]
    assert variables["WEBHOOK_LANE"] == lane.value
    assert prod.target(consumer.stack, variables["WEBHOOK_QUEUE_URL"]) == queue(prod, "webhooks")
    assert prod.target(consumer.stack, variables["QUICK_WEBHOOK_QUEUE_URL"]) == queue(prod, "webhooks-quick")


@pytest.mark.parametrize("lane", Lane)
def test_a_function_outlasts_its_lanes_patience(prod: Deployment, lane: Lane) -> None:
    assert function(prod, lane).properties["Timeout"] >= TIMEOUT_S[lane] + 20, "an attempt must be recorded"


def test_what_one_tenant_can_hold_of_the_slow_lane_is_less_than_half(prod: Deployment) -> None:
    """Attempts of a minute, each as long as they can be, spread over the minute."""
    assert PER_TENANT * TIMEOUT_S[Lane.SLOW] / 60 < WORKERS / 2
    assert PER_RECEIVER < PER_TENANT


def test_the_lanes_share_no_role_and_reach_no_other_queue(prod: Deployment) -> None:
    roles = [prod.target(f.stack, f.properties["Role"]) for f in (function(prod, lane) for lane in Lane)]
    assert roles[0] != roles[1]
    for role in roles:
        assert role
        sends = [
            resource
            for statement in role_statements(prod)
            if role.logical_id in statement.holders and "sqs:SendMessage" in statement.actions
            for resource in statement.resources
        ]
        assert len(sends) == 2
        assert all("Work" in resource or "Quick" in resource for resource in sends), sends


def test_every_event_that_an_endpoint_can_ask_for_comes(prod: Deployment) -> None:
    (rule,) = [r for r in prod.of("AWS::Events::Rule") if r.properties.get("Name") == "roomwright-prod-job-events"]
    assert set(rule.properties["EventPattern"]["detail-type"]) == set(EVENT_TYPES)
    assert as_list(rule.properties["EventPattern"]["source"]) == ["roomwright"]
    (target,) = rule.properties["Targets"]
    assert prod.target(rule.stack, target["Arn"]) == queue(prod, "webhooks-quick")
    letters = prod.target(rule.stack, target["DeadLetterConfig"]["Arn"])
    assert letters == queue(prod, "webhook-events-dead")


def test_only_these_functions_can_read_the_signing_secret_and_only_they_go_out(prod: Deployment) -> None:
    """The management API shows secrets and sends nothing itself: it only writes to the slow lane."""
    for other in prod.of("AWS::Lambda::Function"):
        variables = other.properties["Environment"]["Variables"]
        if short_name(other.properties["FunctionName"]) in {name for name, _ in LANES.values()}:
            continue
        assert "QUICK_WEBHOOK_QUEUE_URL" not in variables
        if "WEBHOOK_QUEUE_URL" in variables:
            assert prod.target(other.stack, variables["WEBHOOK_QUEUE_URL"]) == queue(prod, "webhooks")

"""A platform team subscribes with the document's own lines, and receives what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from local.client import Client, request
from tests.e2e.conftest import Stack, eventually

pytestmark = [pytest.mark.emulator, pytest.mark.engine]
FEW = 10


@dataclass(frozen=True)
class Subscription:
    """A queue behind a rule; `received` is every event that has come so far."""

    stack: Stack
    url: str
    received: list[dict[str, Any]]

    def look(self) -> list[dict[str, Any]]:
        queue = self.stack.aws("sqs")
        for message in queue.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", []):
            self.received.append(json.loads(message["Body"]))
            queue.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return self.received

    def wait(self, wanted: Callable[[dict[str, Any]], bool], what: str, seconds: float = 60) -> dict[str, Any]:
        found: dict[str, Any] = eventually(lambda: next(filter(wanted, self.look()), None), what, seconds)
        return found


def blocks(stack: Stack, language: str) -> list[str]:
    text = (stack.place.root / "docs" / "events.md").read_text("utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture(scope="module")
def everything(stack: Stack) -> Iterator[Subscription]:
    """A rule that takes all there is."""
    events, queues, bus = stack.aws("events"), stack.aws("sqs"), stack.output("BusName")
    url = queues.create_queue(QueueName="everything")["QueueUrl"]
    arn = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="everything", EventBusName=bus, EventPattern=json.dumps({"source": ["roomwright"]}))
    events.put_targets(Rule="everything", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    yield Subscription(stack, url, [])
    events.remove_targets(Rule="everything", EventBusName=bus, Ids=["queue"])
    events.delete_rule(Name="everything", EventBusName=bus)


def require_documented(stack: Stack, event: dict[str, Any]) -> None:
    """Raises AssertionError unless the event fits the schema of its kind."""
    schema = json.loads((stack.place.root / f"docs/api/events/{event['detail-type']}.json").read_text("utf-8"))
    problems = list(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(event["detail"]))
    assert problems == [], event
    assert event["source"] == "roomwright"
    assert "X-Amz-Signature" not in json.dumps(event), "no signed URL travels on the bus"


def test_the_documented_template_brings_the_end_of_a_job(stack: Stack, blank: Path) -> None:
    (template,) = blocks(stack, "yaml")
    cloudformation = stack.aws("cloudformation")
    parameters = [{"ParameterKey": "BusName", "ParameterValue": stack.output("BusName")}]
    cloudformation.create_stack(StackName="listing-events", TemplateBody=template, Parameters=parameters)
    cloudformation.get_waiter("stack_create_complete").wait(StackName="listing-events", WaiterConfig={"Delay": 1})
    created = cloudformation.describe_stacks(StackName="listing-events")["Stacks"][0]
    subscription = Subscription(stack, created["Outputs"][0]["OutputValue"], [])
    job_id = stack.submit(blank, reference="rule")
    job = stack.ended(job_id)
    event = subscription.wait(lambda e: e["detail"].get("job_id") == job_id, "the job's event")
    assert event["detail-type"] == ("generation.completed" if job["status"] == "succeeded" else "generation.failed")
    require_documented(stack, event)


def test_the_documented_command_lines_bring_it_too(stack: Stack, blank: Path, tmp_path: Path) -> None:
    command = tmp_path / "aws"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tests.e2e.aws_command "$@"\n')
    command.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(stack.place.root),
        "AWS_ENDPOINT_URL": stack.status["aws_endpoint_url"],
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "000000000000",
        "AWS_SECRET_ACCESS_KEY": "local",
    }

    def shell(lines: str) -> str:
        return subprocess.run(  # noqa: S603 - our own document's lines
            ["bash", "-euo", "pipefail", "-c", lines],  # noqa: S607
            env=environment,
            cwd=stack.place.root,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout

    subscribe, read = (block for block in blocks(stack, "sh") if "sqs" in block)
    subscribe = subscribe.replace("roomwright-dev-events", stack.output("BusName"))
    queue = shell(subscribe + '\necho "QUEUE=$QUEUE"').rpartition("QUEUE=")[2].strip()
    job_id = stack.submit(blank)
    stack.ended(job_id)
    event = json.loads(eventually(lambda: shell(f"QUEUE={queue}\n{read}").strip(), "an event in the queue"))
    assert event["detail-type"] in {"generation.completed", "generation.failed"}
    require_documented(stack, event)


def test_a_job_tells_every_state_it_reaches(stack: Stack, everything: Subscription, blank: Path) -> None:
    job_id = stack.submit(blank, reference="everything", metadata={"listing_id": "l-1"})
    stack.ended(job_id)

    def told(kind: str) -> dict[str, Any]:
        of_job = lambda e: (e["detail-type"], e["detail"].get("job_id")) == (kind, job_id)  # noqa: E731
        return everything.wait(of_job, kind)

    events = [told(kind) for kind in ("generation.queued", "generation.running", "generation.failed")]
    for event in events:
        require_documented(stack, event)
    details = [event["detail"] for event in events]
    assert len({detail["event_id"] for detail in details}) == 3
    (correlation_id,) = {detail["correlation_id"] for detail in details}
    assert correlation_id
    assert {detail["origin"] for detail in details} == {"api"}
    source = everything.wait(
        lambda e: (
            e["detail"].get("source_asset_id") == details[0]["source_asset_id"]
            and e["detail-type"] == "source_asset.ready"
        ),
        "its source",
    )
    require_documented(stack, source)


def test_few_credits_and_a_cancelled_job_are_told(stack: Stack, everything: Subscription, blank: Path) -> None:
    def administer(**wish: Any) -> dict[str, Any]:
        name = stack.output("AdministerFunction")
        answer = stack.aws("lambda").invoke(FunctionName=name, Payload=json.dumps(wish).encode())
        said: dict[str, Any] = json.loads(answer["Payload"].read())
        assert "error" not in said, said
        return said

    tenant_id = administer(action="create_tenant", name="Poor", credits=FEW)["tenant_id"]
    key = administer(action="issue_key", tenant_id=tenant_id)["api_key"]
    theirs = Stack(stack.place, stack.status, Client(stack.client.origin, key))
    source = theirs.source(blank)
    wanted = {
        "source_asset_id": source,
        "workflow": "staging",
        "capture_type": "photo",
        "mode": "furnish",
        "room_types": ["Living Room"],
        "style_preset": "modern",
    }
    made = [theirs.client.post_json("/api/v1/generations", wanted, uuid.uuid4().hex) for _ in range(4)]
    jobs = [str(job["job_id"]) for job in made]  # two run, two wait in line
    status, _ = request(
        "DELETE", f"{stack.client.origin}/api/v1/generations/{jobs[-1]}", headers={"authorization": f"Bearer {key}"}
    )
    assert status == 200
    cancelled = everything.wait(lambda e: e["detail-type"] == "generation.cancelled", "generation.cancelled")
    require_documented(stack, cancelled)
    assert cancelled["detail"]["job_id"] == jobs[-1]
    low = everything.wait(lambda e: e["detail-type"] == "credits.low", "credits.low")
    require_documented(stack, low)
    assert (low["detail"]["tenant_id"], low["detail"]["available"]) == (tenant_id, FEW - 1)
    for job_id in jobs:
        theirs.ended(job_id)


def test_a_dropped_photos_end_comes_back_beside_it(stack: Stack, everything: Subscription, blank: Path) -> None:
    bucket, s3 = stack.output("BucketName"), stack.aws("s3")
    folder = f"inbox/{stack.status['tenant_id']}/living-room/modern-{uuid.uuid4().hex[:8]}"
    manifest = {"style_preset": "modern", "reference": "dropped", "photos": {"wall.png": {"seed": 3}}}
    s3.put_object(Bucket=bucket, Key=f"{folder}/roomwright.json", Body=json.dumps(manifest).encode())
    s3.put_object(Bucket=bucket, Key=f"{folder}/wall.png", Body=blank.read_bytes())
    ended = everything.wait(
        lambda e: e["detail-type"] == "generation.failed" and e["detail"]["reference"] == "dropped", "its end", 300
    )
    require_documented(stack, ended)
    assert ended["detail"]["origin"] == "drop"

    def note() -> dict[str, Any] | None:
        found = s3.list_objects_v2(Bucket=bucket, Prefix=f"{folder}/wall.png.error.json").get("Contents")
        if not found:
            return None
        said: dict[str, Any] = json.loads(s3.get_object(Bucket=bucket, Key=found[0]["Key"])["Body"].read())["error"]
        return said

    said = eventually(note, "the note beside the photo")
    assert (said["job_id"], said["file"]) == (ended["detail"]["job_id"], "wall.png")
    assert said["code"] == ended["detail"]["failure"]["code"]

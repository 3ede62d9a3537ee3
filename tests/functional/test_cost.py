"""What one job makes the functions ask of AWS, held against the table in docs/cost.md, so that neither can drift."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from botocore.client import BaseClient

from roomwright import wiring
from roomwright.domain.delivery import Destination, receiver
from roomwright.ports import HttpAnswer
from tests.contract.katalo.desk import JOBS, wanted
from tests.contract.katalo.stage import ENVIRONMENT, Context, Stage, handler, sqs_event
from tests.fakes.engine import notification, result
from tests.functional.steps import NONE_FAILED, Receiver
from tests.unit.edge import pictures

BUCKET = ENVIRONMENT["BUCKET_NAME"]
ELSEWHERE: dict[str, dict[str, Any]] = {"InvokeEndpointAsync": {"InferenceId": "x"}, "SendTaskSuccess": {}}
"""calls that only the real services could answer"""
ROW = re.compile(r"^\| `([^`]+)` \| (\d+) \|", re.MULTILINE)


class Meter:
    """Counts what leaves the functions while they run; what the test itself does is not counted."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.hear: Callable[[list[dict[str, Any]]], None] = lambda _: None
        """told of events that are published"""
        self._real = BaseClient._make_api_call  # type: ignore[attr-defined]  # the one place every call passes

    @contextmanager
    def running(self) -> Iterator[None]:
        meter = self

        def counting(client: BaseClient, operation: str, parameters: dict[str, Any]) -> Any:
            meter.counts[f"{client.meta.service_model.service_name} {operation}"] += 1
            meter.counts["items written in transactions"] += len(parameters.get("TransactItems", ()))
            meter.hear(parameters.get("Entries", []))
            answer = ELSEWHERE.get(operation)
            return answer if answer is not None else meter._real(client, operation, parameters)

        with patch.object(BaseClient, "_make_api_call", counting):
            yield

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        with self.running():
            self.counts["lambda invocations"] += 1
            return handler(function).handler(event, Context())

    @contextmanager
    def request(self) -> Iterator[None]:
        """One request of the client's."""
        with self.running():
            self.counts["lambda invocations"] += 1
            self.counts["api requests"] += 1
            yield


RELAYED = {"job", "asset", "account", "endpoint"}
"""what the stream's filter lets through; held to the template by tests/infra"""


class Walk:
    """One photo's way through every function, each change relayed as the stream would."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.meter = stage, Meter()
        boto3.client("dynamodb").update_table(
            TableName=ENVIRONMENT["TABLE_NAME"],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        self._streams = boto3.client("dynamodbstreams")
        (stream,) = self._streams.list_streams()["Streams"]
        described = self._streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]
        self._where = {"StreamArn": stream["StreamArn"], "ShardId": described["Shards"][0]["ShardId"]}
        self._relayed = len(self._records())  # what happened before is nobody's cost here

    def _records(self) -> list[dict[str, Any]]:
        start = self._streams.get_shard_iterator(**self._where, ShardIteratorType="TRIM_HORIZON")
        return [dict(record) for record in self._streams.get_records(ShardIterator=start["ShardIterator"])["Records"]]

    def relay(self) -> None:
        """Every change since the last time, one record each; events of jobs go on to the sender of webhooks."""
        records = self._records()
        new, self._relayed = records[self._relayed :], len(records)
        for record in new:
            change = record["dynamodb"]
            if change.get("NewImage", {}).get("kind", {}).get("S") not in RELAYED:
                continue
            at = change["ApproximateCreationDateTime"].timestamp()
            once = {"Records": [{**record, "dynamodb": {**change, "ApproximateCreationDateTime": at}}]}
            with self._bus() as events:
                assert self.meter.invoke("relay_changes", once) == NONE_FAILED
            for event in events:
                if event["DetailType"].startswith("generation."):
                    message = {"detail-type": event["DetailType"], "detail": json.loads(event["Detail"])}
                    self.run("deliver_webhook", sqs_event(message))

    @contextmanager
    def _bus(self) -> Iterator[list[dict[str, Any]]]:
        """What reaches the bus meanwhile."""
        told: list[dict[str, Any]] = []
        self.meter.hear = told.extend
        yield told
        self.meter.hear = lambda _: None

    def run(self, function: str, event: dict[str, Any]) -> Any:
        answer = self.meter.invoke(function, event)
        assert "batchItemFailures" not in answer or answer == NONE_FAILED
        self.relay()
        return answer

    def source(self) -> str:
        """→ a source asset, uploaded, ingested and polled."""
        with self.meter.request():
            made = self.stage.post_file(pictures.jpeg()).body
        self.relay()
        self.run("ingest_source", sqs_event({"tenant_id": self.stage.tenant_id, "ingest_id": made["ingest_id"]}))
        self.run("ingest_source", sqs_event(_arrived(made["ingest_id"], self.stage.tenant_id)))
        with self.meter.request():
            read = self.stage.call("GET", f"/api/v1/source-assets/{made['ingest_id']}").body
        return str(read["source_asset_id"])

    def job(self, source_asset_id: str) -> str:
        """→ a job's status after it went all the way, polled once while it ran and once at its end."""
        stage, me = self.stage, {"tenant_id": self.stage.tenant_id}
        with self.meter.request():
            job_id = stage.post(JOBS, wanted(source_asset_id)).body["job_id"]
        this = {**me, "job_id": job_id}
        self.relay()
        self.run("dispatch_jobs", sqs_event(me))
        self.run("start_inference", {**this, "task_token": "token"})
        with self.meter.request():
            stage.call("GET", f"{JOBS}/{job_id}")
        key = f"inference/results/{job_id}.out"
        answer = result(job_id, f"tenants/{stage.tenant_id}/jobs/{job_id}/")
        boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=answer)
        location = f"s3://{BUCKET}/{key}"
        self.run("resume_job", sqs_event(notification(stage.tenant_id, job_id, location)))
        self.run("finish_job", {**this, "output_location": location})
        self.run("dispatch_jobs", sqs_event(me))  # the freed slot
        with self.meter.request():
            return str(stage.call("GET", f"{JOBS}/{job_id}").body["status"])


def _arrived(ingest_id: str, tenant_id: str) -> dict[str, Any]:
    """S3 tells of every object under `uploads/`, those that the API itself put there too."""
    created = {"key": f"uploads/{tenant_id}/{ingest_id}.{'0' * 32}", "size": 1, "eTag": "x"}
    return {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": created}}]}


def test_one_job_asks_exactly_what_the_cost_sheet_counts(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    the = wiring.wiring()
    monkeypatch.setattr(the, "http", Receiver(HttpAnswer(204, "", None)))
    hook = wanted("")["webhook"]["url"]
    quick = Destination(stage.tenant_id, receiver(hook), datetime.now(UTC) + timedelta(days=1))
    the.stores.tenant(stage.tenant_id).note_destination(quick)
    walk = Walk(stage)
    assert walk.job(walk.source()) == "succeeded"
    counted = {name: number for name, number in walk.meter.counts.items() if number}
    sheet = {name: int(number) for name, number in ROW.findall(Path("docs/cost.md").read_text("utf-8"))}
    assert counted == sheet, json.dumps(dict(sorted(counted.items())), indent=1)

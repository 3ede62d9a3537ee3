"""A stage in miniature: the real handlers over moto, spoken to with API Gateway's own events."""

from __future__ import annotations

import base64
import importlib
import io
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import boto3
from moto import mock_aws

from roomwright import wiring
from roomwright.domain.account import Scope
from roomwright.usecases.create_tenant import create_tenant
from roomwright.usecases.issue_key import KeyWish, issue_key
from tests.contract.documented import require_documented
from tests.unit.edge import pictures

REGION = "eu-central-1"
MASTER = "0123456789abcdef" * 4
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "ROOMWRIGHT_STAGE": "test",
    "TABLE_NAME": "roomwright-test",
    "BUCKET_NAME": "roomwright-test-media",
    "BUS_NAME": "roomwright",
    "ENDPOINT_NAME": "roomwright-test",
    "SIGNED_URL_SECONDS": "3600",
    "JOB_TIMEOUT_SECONDS": "900",
    "WEBHOOK_LANE": "slow",
}

MANAGED = re.compile(r"/api/v1/(keys|webhooks|generations/[^/]+/deliveries/[^/]+/replay)(/|$)")


class Context:
    """What Lambda tells a handler about its invocation."""

    function_name = "test"
    memory_limit_in_mb = 512
    invoked_function_arn = f"arn:aws:lambda:{REGION}:123456789012:function:test"
    aws_request_id = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, its body read as JSON."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])

    @property
    def message(self) -> str:
        return str(self.body["error"]["message"])


@contextmanager
def log_of(*functions: str) -> Iterator[io.StringIO]:
    """What these functions' loggers write meanwhile."""
    log = io.StringIO()
    with ExitStack() as stack:
        for function in functions:
            stack.enter_context(patch.object(handler(function).logger.registered_handler, "stream", log))
        yield log


def handler(function: str) -> ModuleType:
    """The module `functions/<function>/handler.py`."""
    return importlib.import_module(f"functions.{function}.handler")


class Stage:
    """One deployment with two tenants."""

    def __init__(self) -> None:
        the = wiring.wiring()
        self._numbers = itertools.count()
        self.tenant_id = create_tenant(the.stores, the.clock, the.random, "One", 100).tenant_id
        self.key = self.issue(self.tenant_id, *Scope)
        self.reading_key = self.issue(self.tenant_id, "read")
        self.other_tenant_id = create_tenant(the.stores, the.clock, the.random, "Other", 100).tenant_id
        self.other_key = self.issue(self.other_tenant_id, *Scope)
        self.poor_key = self.issue(create_tenant(the.stores, the.clock, the.random, "Poor", 0).tenant_id, *Scope)

    def issue(self, tenant_id: str, *scopes: str) -> str:
        the = wiring.wiring()
        wish = KeyWish(frozenset(Scope(scope) for scope in scopes))
        return issue_key(the.stores, the.clock, the.random, tenant_id, wish).text

    def call(
        self,
        method: str,
        path: str,
        *,
        key: str | None = "",
        idempotency_key: str | None = None,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request through the API function. `key` defaults to the first tenant's; None sends none. The
        idempotency key "fresh" is a new one each time.
        """
        sent = {"Host": "api.example.com", "X-Forwarded-For": "203.0.113.9", **(headers or {})}
        if key is not None:
            sent["Authorization"] = f"Bearer {key or self.key}"
        if idempotency_key is not None:
            fresh = f"fresh-{next(self._numbers)}"
            sent["Idempotency-Key"] = fresh if idempotency_key == "fresh" else idempotency_key
        event = proxy_event(method, path, sent, body)
        raw = handler(function_of(event["path"])).handler(event, Context())
        flat = {name: values[0] for name, values in raw["multiValueHeaders"].items()}
        assert raw["isBase64Encoded"] is False
        require_documented(method, event["path"], raw["statusCode"], flat, raw["body"])
        return Answer(raw["statusCode"], json.loads(raw["body"] or "null"), flat)

    def post(self, path: str, content: Any, *, idempotency_key: str | None = "fresh", **options: Any) -> Answer:
        """POST JSON."""
        headers = {"Content-Type": "application/json", **options.pop("headers", {})}
        text = content if isinstance(content, str | bytes) else json.dumps(content)
        return self.call("POST", path, idempotency_key=idempotency_key, body=text, headers=headers, **options)

    def post_file(self, data: bytes, *, idempotency_key: str = "fresh", **options: Any) -> Answer:
        body, kind = multipart(("file", data))
        return self.call(
            "POST",
            "/api/v1/source-assets",
            idempotency_key=idempotency_key,
            body=body,
            headers={"Content-Type": kind},
            **options,
        )

    def ingest(self, ingest_id: str, tenant_id: str | None = None) -> dict[str, Any]:
        """Run the ingest function on one queued ingest, as its queue would."""
        message = {"tenant_id": tenant_id or self.tenant_id, "ingest_id": ingest_id}
        answer: dict[str, Any] = handler("ingest_source").handler(sqs_event(message), Context())
        return answer

    def ready_asset(self, idempotency_key: str = "fresh", **options: Any) -> str:
        """→ the id of a source asset that is ready."""
        made = self.post_file(pictures.jpeg(), idempotency_key=idempotency_key, **options)
        assert made.status == 202, made.body
        tenant_id = self.other_tenant_id if options.get("key") == self.other_key else self.tenant_id
        assert self.ingest(made.body["ingest_id"], tenant_id) == {"batchItemFailures": []}
        read = self.call("GET", f"/api/v1/source-assets/{made.body['ingest_id']}", **options)
        return str(read.body["source_asset_id"])


def function_of(path: str) -> str:
    """The function that the gateway hands a path to."""
    return "manage_api" if MANAGED.match(path) else "katalo_api"


def proxy_event(method: str, path: str, headers: Mapping[str, str], body: bytes | str | None) -> dict[str, Any]:
    """API Gateway REST proxy integration, payload format 1.0."""
    parts = urlsplit(path)
    query = parse_qs(parts.query, keep_blank_values=True)
    binary = isinstance(body, bytes)
    return {
        "resource": "/api/v1/{proxy+}",
        "path": parts.path,
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {"proxy": parts.path.removeprefix("/api/v1/")},
        "stageVariables": None,
        "requestContext": {
            "requestId": "req-1",
            "stage": "test",
            "path": f"/test{parts.path}",
            "httpMethod": method,
            "identity": {"sourceIp": "203.0.113.9"},
        },
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": binary,
    }


def multipart(*fields: tuple[str, bytes], boundary: str = "----roomwright-test") -> tuple[bytes, str]:
    """→ (body, content type)."""
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="photo.txt"\r\n\r\n%s\r\n'
        % (boundary.encode(), name.encode(), data)
        for name, data in fields
    ]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def sqs_event(*messages: Mapping[str, Any] | str) -> dict[str, Any]:
    """A batch as SQS hands it to Lambda; texts go as they are."""
    return {
        "Records": [
            {"messageId": f"m-{number}", "body": message if isinstance(message, str) else json.dumps(message)}
            for number, message in enumerate(messages)
        ]
    }


@contextmanager
def opened() -> Iterator[Stage]:
    """A fresh deployment; everything in it is gone afterwards."""
    with patch.dict("os.environ", ENVIRONMENT), mock_aws():
        made = {
            "JOBS_QUEUE_URL": _queue("jobs"),
            "INGEST_QUEUE_URL": _queue("ingest"),
            "DROP_QUEUE_URL": _queue("drop"),
            "RETURNS_QUEUE_URL": _queue("returns"),
            "UNRELAYED_QUEUE_URL": _queue("changes-dead"),
            "INFERENCE_QUEUE_URL": _queue("inference"),
            "QUICK_WEBHOOK_QUEUE_URL": _queue("webhook-quick"),
            "WEBHOOK_QUEUE_URL": _queue("webhook"),
            "WEBHOOK_SECRET_ARN": boto3.client("secretsmanager").create_secret(
                Name="webhooks", SecretString=json.dumps({"master": MASTER})
            )["ARN"],
            "STATE_MACHINE_ARN": _state_machine(),
        }
        _table()
        boto3.client("s3").create_bucket(
            Bucket=ENVIRONMENT["BUCKET_NAME"], CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )
        boto3.client("events").create_event_bus(Name="roomwright")
        with patch.dict("os.environ", made):
            wiring.wiring.cache_clear()
            try:
                yield Stage()
            finally:
                wiring.wiring.cache_clear()


def _queue(name: str) -> str:
    return boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]


def _state_machine() -> str:
    definition = {"StartAt": "Wait", "States": {"Wait": {"Type": "Succeed"}}}
    return boto3.client("stepfunctions").create_state_machine(
        name="jobs", definition=json.dumps(definition), roleArn="arn:aws:iam::123456789012:role/machine"
    )["stateMachineArn"]


def _table() -> None:
    """Without its stream: moto copies a table, and all that its stream holds, at every transaction."""
    names = ("pk", "sk", "open_pk", "open_sk")
    boto3.client("dynamodb").create_table(
        TableName=ENVIRONMENT["TABLE_NAME"],
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "open",
                "KeySchema": [
                    {"AttributeName": "open_pk", "KeyType": "HASH"},
                    {"AttributeName": "open_sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )

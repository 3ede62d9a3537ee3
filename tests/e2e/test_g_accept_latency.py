"""How long it takes to accept a job, beside a function that only answers, both behind a gateway of the same emulator.

The emulator's own time per call is in both, and so is the machine's: the two take turns, and what counts is the ratio.
"""

from __future__ import annotations

import http.client
import io
import json
import statistics
import time
import uuid
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.conftest import Stack

pytestmark = pytest.mark.emulator
ROLE = "arn:aws:iam::000000000000:role/test"
ECHO = """
def handler(event, context):
    return {"statusCode": 202, "headers": {"Content-Type": "application/json"}, "body": event["body"]}
"""
WARM_UP, PAIRS = 4, 20
MOST = 6.0
"""times an echo's median: accepting counts the request, checks the key, reads account, asset and cache, and writes one
transaction, each a call of the emulator"""


def echo(stack: Stack) -> str:
    """Deploy the echo behind a gateway of its own → its path at the emulator."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("handler.py", ECHO)
    name = f"echo-{uuid.uuid4().hex[:8]}"
    function = stack.aws("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handler",
        Code={"ZipFile": archive.getvalue()},
        Timeout=20,
    )
    gateway = stack.aws("apigateway")
    api = gateway.create_rest_api(name=name)["id"]
    (root,) = gateway.get_resources(restApiId=api)["items"]
    resource = gateway.create_resource(restApiId=api, parentId=root["id"], pathPart="echo")["id"]
    where = {"restApiId": api, "resourceId": resource, "httpMethod": "POST"}
    gateway.put_method(**where, authorizationType="NONE")
    gateway.put_integration(
        **where,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function['FunctionArn']}/invocations",
    )
    gateway.create_deployment(restApiId=api, stageName="test")
    return f"/restapis/{api}/test/_user_request_/echo"


def timed(origin: str, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[float, dict[str, Any]]:
    """→ (seconds of one request that must go well, its answer)."""
    parts = urlsplit(origin)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        started = time.perf_counter()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        took = time.perf_counter() - started
    finally:
        connection.close()
    assert answer.status in {200, 202}, content
    return took, json.loads(content)


def test_accepting_a_job_costs_a_few_echoes(stack: Stack, blank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    origin = stack.status["aws_endpoint_url"]
    accept = f"/restapis/{stack.output('ApiId')}/{stack.output('ApiStage')}/_user_request_/api/v1/generations"
    nothing, asset = echo(stack), stack.source(blank)
    wanted = {
        "source_asset_id": asset,
        "workflow": "staging",
        "capture_type": "photo",
        "mode": "furnish",
        "room_types": ["bedroom"],
    }
    taken: dict[str, list[float]] = {"echo": [], "accept": []}
    for number in range(WARM_UP + PAIRS):
        body = json.dumps({**wanted, "seed": number}).encode()
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {stack.client.api_key}",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        echoed, _ = timed(origin, "POST", nothing, body, headers)
        accepted, job = timed(origin, "POST", accept, body, headers)
        timed(origin, "DELETE", f"{accept}/{job['job_id']}", b"", headers)  # or the engine would work for an hour
        if number >= WARM_UP:
            taken["echo"].append(echoed)
            taken["accept"].append(accepted)
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    slow = {name: statistics.quantiles(seconds, n=20)[-1] for name, seconds in taken.items()}
    ratio = medians["accept"] / medians["echo"]
    with capsys.disabled():
        print(f"\naccepting a job: {ratio:.1f} echoes (median), {slow['accept'] / slow['echo']:.1f} (95th percentile)")
    assert ratio < MOST

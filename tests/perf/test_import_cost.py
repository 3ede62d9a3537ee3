"""What a cold start of the API pays, against the usual stack, in CPU time of fresh processes.

Absolute times are the machine's; the ratios are the product's. All are measured in turn, and the least of several
rounds counts: load only ever adds to it.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ROUNDS = 5
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME")},
    "PYTHONPATH": ".:layers/core/python",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "ROOMWRIGHT_STAGE": "test",
    "TABLE_NAME": "table",
    "BUCKET_NAME": "bucket",
    "SIGNED_URL_SECONDS": "3600",
}
CPU = "import time, sys; start = time.process_time()\n{0}\nsys.stdout.write(str(time.process_time() - start))"

HANDLER = "import functions.katalo_api.handler"
READY = f"""
{HANDLER}
from roomwright import wiring
wiring.katalo_ports()
"""
"""The handler and what its first request builds: the table's client (S3's waits until a URL is signed)."""
FULL = """
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
import boto3
from pydantic import BaseModel
logger, metrics = Logger(service="x"), Metrics(namespace="x", service="x")
clients = boto3.client("dynamodb"), boto3.client("s3")
app = APIGatewayRestResolver(enable_validation=True)
class Model(BaseModel):
    name: str
@app.post("/x")
def create(model: Model) -> Model:
    return model
"""
"""The usual one-file handler before any code of its own: resolver with validation, logger, metrics, two clients.
Powertools' Tracer, which adds half as much again, is left out."""


def cpu_seconds(code: str) -> float:
    command = [sys.executable, "-c", CPU.format(code)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603
    return float(done.stdout)


@pytest.fixture(scope="module")
def least() -> dict[str, float]:
    """Least CPU seconds of each; the first round only warms the byte code caches."""
    codes = {"handler": HANDLER, "ready": READY, "full": FULL}
    rounds = [{name: cpu_seconds(code) for name, code in codes.items()} for _ in range(ROUNDS + 1)][1:]
    found = {name: min(one[name] for one in rounds) for name in codes}
    sys.stdout.write(f"\nimport CPU in ms: { {name: round(seconds * 1000) for name, seconds in found.items()} }\n")
    return found


def test_importing_the_handler_costs_less_than_seven_tenths_of_the_full_stack(least: dict[str, float]) -> None:
    assert least["handler"] <= 0.7 * least["full"]


def test_the_whole_application_connected_costs_about_what_the_full_stack_costs_bare(least: dict[str, float]) -> None:
    assert least["ready"] <= 1.3 * least["full"]

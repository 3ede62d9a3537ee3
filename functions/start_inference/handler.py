"""First task of the state machine: asks the engine, which answers later through the task token."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from roomwright import wiring
from roomwright.usecases.start_inference import start_inference

logger = Logger(service="start_inference")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    the = wiring.wiring()
    job = start_inference(
        the.stores,
        the.blobs,
        lambda live: the.engine if live else the.sample_engine,
        the.clock,
        the.settings.job_timeout_seconds,
        event["tenant_id"],
        event["job_id"],
        event["task_token"],
    )
    return {"job_id": job.job_id, "status": job.status.value}

"""Last task of the state machine: publishes what was approved, settles or refunds."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from roomwright import wiring
from roomwright.usecases.finish_job import finish_job

logger = Logger(service="finish_job")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    the = wiring.wiring()
    job = finish_job(
        the.stores,
        the.blobs,
        the.clock,
        event["tenant_id"],
        event["job_id"],
        event.get("output_location"),
        event.get("error"),
    )
    failure = job.failure.code if job.failure else None
    error = (event.get("error") or {}).get("Error")  # its name; the cause may quote anything
    logger.info(
        "finished", extra={"job_id": job.job_id, "status": job.status.value, "failure": failure, "cause": error}
    )
    return {"job_id": job.job_id, "status": job.status.value}

"""The endpoint's success and error notifications wake the state machine that waits."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from roomwright import wiring
from roomwright.adapters.lambda_events import each_message
from roomwright.usecases.resume_job import resume_job

logger = Logger(service="resume_job")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return each_message(event, _resume, logger)


def _resume(notification: dict[str, Any]) -> None:
    the = wiring.wiring()
    woken = resume_job(the.stores, the.state_machine, notification)
    logger.info("resumed", extra={"inference_id": notification.get("inferenceId"), "woken": woken})

"""Moves a tenant's waiting line."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from roomwright import wiring
from roomwright.adapters.lambda_events import each_message
from roomwright.usecases.dispatch_jobs import dispatch_jobs

logger = Logger(service="dispatch_jobs")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return each_message(event, _dispatch, logger)


def _dispatch(message: dict[str, Any]) -> None:
    the = wiring.wiring()
    started = dispatch_jobs(the.stores, the.state_machine, the.clock, message["tenant_id"])
    logger.info("dispatched", extra={"tenant_id": message["tenant_id"], "started": started})

"""The end of a job from the drop folder: its pictures are laid under `results/`, or a note beside the photo."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from roomwright import wiring
from roomwright.adapters.lambda_events import each_message
from roomwright.usecases.return_drop import return_drop

logger = Logger(service="return_drop")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return each_message(event, _return, logger)


def _return(message: dict[str, Any]) -> None:
    """An event from the bus, or a job that had ended when its photo was dropped again."""
    the = wiring.wiring()
    ended = message.get("detail", message)
    put = return_drop(the.stores, the.blobs, the.clock, ended["tenant_id"], ended["job_id"])
    logger.info("returned", extra={"job_id": ended["job_id"], "objects": put})

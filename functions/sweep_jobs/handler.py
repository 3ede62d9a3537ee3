"""Once a minute: ends what went silent, sends again what was lost."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from roomwright import faults, wiring
from roomwright.usecases.sweep_jobs import sweep_jobs

logger = Logger(service="sweep_jobs")


@logger.inject_lambda_context(log_event=False)
def handler(_event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """Raises RuntimeError when an item could not be handled, so that the function's error alarm sees it."""
    the = wiring.wiring()
    sweep = sweep_jobs(the.stores, the.jobs_queue, the.ingest_queue, the.webhook_queue, the.clock)
    done = dict(sweep.done)
    logger.info("swept", extra={"done": done})
    for error in sweep.errors:
        logger.error("item failed", extra={**faults.describe(error)})
    if sweep.errors:
        raise RuntimeError(f"{len(sweep.errors)} items could not be swept")
    return done

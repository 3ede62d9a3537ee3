"""The table's stream is the outbox: each change becomes messages for the queues and events for the bus."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from roomwright import wiring
from roomwright.adapters.lambda_events import Event, each_change
from roomwright.usecases.relay_changes import counted, relay_changes, send

logger = Logger(service="relay_changes")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return each_change(event, _relay, logger)


def _relay(change: Event) -> None:
    the = wiring.wiring()
    old, new = the.read_change(change)
    send(relay_changes(old, new), the.jobs_queue, the.ingest_queue, the.bus)
    for name, dimensions in counted(old, new):
        the.count(name, **dimensions)

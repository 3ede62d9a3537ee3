"""The table's stream is the outbox: each change becomes messages for the queues and events for the bus."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from roomwright import faults, wiring
from roomwright.adapters.lambda_events import Event, each_change
from roomwright.usecases.relay_changes import counted, relay_changes, send

logger = Logger(service="relay_changes")
_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError)
"""what an item raises that is not as it should be, or not as this version knows it, and will raise at every attempt"""


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return each_change(event, _relay, logger)


def _relay(change: Event) -> None:
    the = wiring.wiring()
    try:
        old, new = the.read_change(change)
        relay = relay_changes(old, new, datetime.fromtimestamp(float(change["ApproximateCreationDateTime"]), UTC))
    except _UNREADABLE as error:
        _set_aside(change, error)
        return
    send(relay, the.jobs_queue, the.ingest_queue, the.bus, the.blobs)
    for name, dimensions in counted(old, new):
        the.count(name, **dimensions)


def _set_aside(change: Event, error: Exception) -> None:
    """One record that no attempt can read must not hold up the changes behind it. Its place and its item are named;
    what it holds is not copied. When it cannot be set aside either, the stream is tried again from here.
    """
    the = wiring.wiring()
    place = {name: next(iter(value.values())) for name, value in change.get("Keys", {}).items()}
    the.unrelayed_queue.send({"sequence_number": change["SequenceNumber"], **place})
    the.count("ChangesUndecodable")
    logger.error("change set aside", extra={**place, **faults.describe(error)})

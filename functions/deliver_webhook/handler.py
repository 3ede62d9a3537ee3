"""Signs and sends webhooks: an event from the bus, an attempt that is due, a challenge, a range to send again."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from roomwright import wiring
from roomwright.adapters.lambda_events import each_message
from roomwright.usecases.receive_webhook_work import receive_webhook_work

logger = Logger(service="deliver_webhook")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return each_message(event, _deliver, logger)


def _deliver(message: dict[str, Any]) -> None:
    the = wiring.wiring()
    for delivery in receive_webhook_work(the.sending, message):
        the.count("Deliveries", status=delivery.status.value)
        logger.info(
            "delivery",
            extra={
                "delivery_id": delivery.delivery_id,
                "status": delivery.status.value,
                "attempts": len(delivery.attempts),
            },
        )

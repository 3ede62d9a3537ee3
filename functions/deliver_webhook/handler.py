"""Signs and sends webhooks: a job's end from the bus, or a retry that is due."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from roomwright import wiring
from roomwright.adapters.lambda_events import each_message
from roomwright.usecases.deliver_webhook import attempt_delivery, deliver_event

logger = Logger(service="deliver_webhook")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return each_message(event, _deliver, logger)


def _deliver(message: dict[str, Any]) -> None:
    the = wiring.wiring()
    sending = the.sending
    if "delivery_id" in message:
        delivery = attempt_delivery(sending, message["tenant_id"], message["job_id"], message["delivery_id"])
    else:
        detail = message["detail"]
        opened = deliver_event(
            sending, detail["tenant_id"], detail["job_id"], detail["event_id"], message["detail-type"]
        )
        if opened is None:
            return
        delivery = opened
    the.count("Deliveries", status=delivery.status.value)
    logger.info(
        "delivery",
        extra={
            "delivery_id": delivery.delivery_id,
            "status": delivery.status.value,
            "attempts": len(delivery.attempts),
        },
    )

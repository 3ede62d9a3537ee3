"""What a message on either webhook queue asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roomwright.domain.delivery import Delivery
from roomwright.usecases.challenge_endpoint import challenge_endpoint
from roomwright.usecases.deliver_webhook import Sending, attempt_delivery
from roomwright.usecases.fan_out_event import deliver_event
from roomwright.usecases.replay_deliveries import Range, replay_range


def receive_webhook_work(with_: Sending, message: Mapping[str, Any]) -> list[Delivery]:
    """An event from the bus, an attempt that is due, a challenge, or a range to send again. → deliveries
    that were attempted now: what was put off, or had been sent before, is not among them.

    Raises KeyError for a message that is none of these.
    """
    if "challenge" in message:
        challenge_endpoint(with_, message["tenant_id"], message["endpoint_id"], int(message["challenge"]))
        return []
    if "replay_since" in message:
        replay_range(with_, Range.parse(message))
        return []
    began = with_.clock.now()
    if "detail-type" in message:
        detail, kind = message["detail"], message["detail-type"]
        seen = deliver_event(with_, detail["tenant_id"], detail["job_id"], detail["event_id"], kind)
    else:
        seen = [attempt_delivery(with_, message["tenant_id"], message["job_id"], message["delivery_id"])]
    return [delivery for delivery in seen if delivery.attempts and delivery.attempts[-1].at >= began]

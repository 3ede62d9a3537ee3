"""The event bus other systems subscribe to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from roomwright.ports import Event

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "roomwright"
_BATCH = 10
"""most entries of one PutEvents call"""


class EventBridgeBus:
    """Implements the EventBus port."""

    def __init__(self, client: EventBridgeClient, bus_name: str) -> None:
        self._client, self._bus = client, bus_name

    def publish(self, events: list[Event]) -> None:
        """Raises RuntimeError when the bus refused any of them; publishing all again is safe."""
        for start in range(0, len(events), _BATCH):
            answer = self._client.put_events(Entries=[self._entry(event) for event in events[start : start + _BATCH]])
            if answer["FailedEntryCount"]:
                codes = sorted({entry["ErrorCode"] for entry in answer["Entries"] if "ErrorCode" in entry})
                raise RuntimeError(f"the bus refused {answer['FailedEntryCount']} events: {', '.join(codes)}")

    def _entry(self, event: Event) -> PutEventsRequestEntryTypeDef:
        return {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": event.type,
            "Time": event.time,
            "Detail": json.dumps(dict(event.detail), separators=(",", ":")),
        }

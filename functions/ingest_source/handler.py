"""Untrusted bytes become a sanitised original. Two kinds of messages: an ingest to do, an upload that arrived."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from roomwright import wiring
from roomwright.adapters.lambda_events import created_objects, each_message
from roomwright.usecases.ingest_source import ingest_source, upload_arrived

logger = Logger(service="ingest_source")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return each_message(event, _ingest, logger)


def _ingest(message: dict[str, Any]) -> None:
    the = wiring.wiring()
    if "ingest_id" in message:
        asset = ingest_source(
            the.stores, the.blobs, the.http, the.imaging, the.clock, message["tenant_id"], message["ingest_id"]
        )
        logger.info("ingested", extra={"ingest_id": asset.ingest_id, "status": asset.status.value})
        return
    for created in created_objects(message):
        upload_arrived(the.stores, the.clock, created.key)

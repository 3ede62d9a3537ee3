"""A photo put under `inbox/<tenant>/<room>/<style>/` becomes a job."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from roomwright import wiring
from roomwright.adapters.lambda_events import created_objects, each_message
from roomwright.dialects.drop import DropFolder
from roomwright.usecases.receive_drop import receive_drop

logger = Logger(service="receive_drop")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    return each_message(event, _receive, logger)


def _receive(message: dict[str, Any]) -> None:
    """An S3 notification, or one drop that was put off."""
    if "key" in message:
        _drop(message["key"], message["etag"], int(message["size"]))
    for created in created_objects(message):
        _drop(created.key, created.etag, created.size)


def _drop(key: str, etag: str, size: int) -> None:
    the = wiring.wiring()
    folder = DropFolder(the.settings.egress_allow)
    admission = receive_drop(
        the.stores, the.blobs, the.drop_queue, the.returns_queue, the.clock, folder, key, etag, size
    )
    if admission:
        job = admission.job
        logger.info(
            "dropped",
            extra={"job_id": job.job_id, "replayed": admission.replayed, "correlation_id": job.correlation_id},
        )

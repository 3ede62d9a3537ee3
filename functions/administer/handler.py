"""The operator's own door: invoked by whom IAM allows, never by a request from outside."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from roomwright import wiring
from roomwright.dialects.operator import Operator

logger = Logger(service="administer")


@logger.inject_lambda_context(log_event=False)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """`{"action": …, …}` → its result. What was done is logged; neither its arguments nor a key or secret is."""
    the = wiring.wiring()
    result = Operator(the.stores, the.clock, the.random, the.secrets, the.settings.egress_allow).run(event)
    refused = result.get("error", {}).get("code")
    logger.info("administered", extra={"tenant_id": result.get("tenant_id"), "refused": refused})
    return result

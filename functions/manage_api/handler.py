"""Keys and webhooks of an organisation, behind API Gateway's REST proxy."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from roomwright import wiring
from roomwright.dialects.manage.routes import Manage

logger = Logger(service="manage_api")
_manage = Manage(wiring.manage_ports, logger)


@logger.inject_lambda_context(log_event=False, clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """One HTTP request. Headers and body are never logged."""
    logger.set_correlation_id(event.get("requestContext", {}).get("requestId"))
    return _manage.web.resolve(event, context)

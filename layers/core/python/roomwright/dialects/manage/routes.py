"""All paths of the management API: an organisation's keys and webhooks (not in Katalo's contract)."""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools import Logger

from roomwright.dialects.manage.keys import Keys
from roomwright.dialects.manage.ports import Ports
from roomwright.dialects.manage.webhooks import Webhooks
from roomwright.dialects.web import Web


class Manage:
    """The routes over one set of ports, which are built when the first request needs them."""

    def __init__(self, ports: Callable[[], Ports], logger: Logger) -> None:
        self.web = Web(ports, logger)
        Keys(self.web, ports)
        Webhooks(self.web, ports)

"""All of Katalo's paths."""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools import Logger

from roomwright.dialects.katalo.capabilities import CapabilityRoutes
from roomwright.dialects.katalo.description import Description
from roomwright.dialects.katalo.generations import Generations
from roomwright.dialects.katalo.ports import Ports
from roomwright.dialects.katalo.source_assets import SourceAssets
from roomwright.dialects.katalo.usage import UsageRoutes
from roomwright.dialects.web import BASE, Web


class Katalo:
    """The routes over one set of ports, which are built when the first request needs them."""

    def __init__(self, ports: Callable[[], Ports], logger: Logger) -> None:
        self.web = Web(ports, logger)
        self.web.public(f"{BASE}/source-assets")
        self.web.public(f"{BASE}/generations")
        SourceAssets(self.web, ports)
        Generations(self.web, ports)
        UsageRoutes(self.web, ports)
        CapabilityRoutes(self.web, ports)
        Description(self.web)

"""The API's own description, for anybody: YAML, as Katalo serves it, or JSON for who prefers that."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from aws_lambda_powertools.event_handler import Response

from roomwright.dialects.web import BASE, Web
from roomwright.domain.rate_limits import Quota

YAML, JSON = "application/yaml", "application/json"


class Description:
    def __init__(self, web: Web) -> None:
        self._web = web
        web.app.route(f"{BASE}/openapi", method="GET")(self.read)

    def read(self) -> Response[str]:
        """The committed document. It is JSON, which is YAML 1.2 too (https://yaml.org/spec/1.2.2/#12-design-goals)."""
        self._web.anybody(Quota.READ)
        kind = JSON if prefers_json(self._web.header("accept") or "") else YAML
        headers = {"Cache-Control": "public, max-age=3600", "Vary": "Accept", "X-Content-Type-Options": "nosniff"}
        return Response(200, kind, text(), headers=headers)


@cache
def text() -> str:
    """Packaged with the code: `python3 -m local openapi` makes it."""
    return (files("roomwright.dialects") / "openapi.json").read_text("utf-8")


def prefers_json(accept: str) -> bool:
    """Whether an Accept header (RFC 9110 §12.5.1) names JSON, and no YAML above it. Wildcards get YAML."""
    wanted = dict(_weight(entry) for entry in accept[:1000].split(","))
    return wanted.get(JSON, 0.0) > max(wanted.get(kind, 0.0) for kind in (YAML, "application/x-yaml", "text/yaml"))


def _weight(entry: str) -> tuple[str, float]:
    kind, *parameters = (part.strip().lower() for part in entry.split(";"))
    quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
    try:
        return kind, float(quality)
    except ValueError:
        return kind, 0.0

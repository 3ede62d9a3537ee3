"""The API's one origin, and the limits of API Gateway that the emulator does not have.

Quotas: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
(payload 10 MB, integration time-out 29 s) and the invocation payload of Lambda (6 MB, image bytes in base64).
"""

from __future__ import annotations

import http.client
import json
import re
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.front.http import Request, Response, json_response

MAX_BODY = 10 * 1024 * 1024
MAX_LAMBDA_PAYLOAD = 6 * 1024 * 1024
EVENT_BYTES = 8 * 1024
"""about what a proxy event holds beside the body"""
INTEGRATION_SECONDS = 29
AT_ONCE = 8
"""requests handed to the emulator at a time, so that a burst does not start a process each"""
_NOT_FORWARDED = frozenset({"host", "connection", "keep-alive", "transfer-encoding", "content-length", "upgrade"})
_DEFAULT_TEMPLATE = '{"message":$context.error.messageString}'


@dataclass(frozen=True)
class Api:
    """The deployed REST API. `templates`: gateway response type → its body template for JSON."""

    api_id: str
    stage: str
    templates: Mapping[str, str]


class Gateway:
    def __init__(self, emulator_port: int, api: Callable[[], Api | None]) -> None:
        self._port, self._api = emulator_port, api
        self._slots = threading.BoundedSemaphore(AT_ONCE)

    def answer(self, request: Request) -> Response:
        api = self._api()
        if api is None:
            return json_response(503, {"message": "The app is not deployed yet. Run `python3 -m local up`."})
        if lambda_payload(request) > MAX_LAMBDA_PAYLOAD:
            return self.too_large()
        with self._slots:
            return self._forward(request, f"/restapis/{api.api_id}/{api.stage}/_user_request_{request.target}")

    def too_large(self) -> Response:
        return self._refuse(413, "REQUEST_TOO_LARGE", "Request Too Long")

    def _refuse(self, status: int, kind: str, message: str) -> Response:
        api = self._api()
        return gateway_response(status, kind, message, api.templates if api else {})

    def _forward(self, request: Request, target: str) -> Response:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=INTEGRATION_SECONDS)
        headers = {name: value for name, value in request.headers.items() if name not in _NOT_FORWARDED}
        try:
            connection.request(request.method, target, request.body or None, headers)
            answer = connection.getresponse()
            body = answer.read()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in _NOT_FORWARDED}
        except TimeoutError:
            return self._refuse(504, "INTEGRATION_TIMEOUT", "Endpoint request timed out")
        except (OSError, http.client.HTTPException):
            return json_response(503, {"message": "The local AWS is restarting; try again in a few seconds."})
        finally:
            connection.close()
        if len(body) > MAX_LAMBDA_PAYLOAD:
            return self._refuse(502, "INTEGRATION_FAILURE", "Internal server error")
        return Response(answer.status, body, kept)


def lambda_payload(request: Request) -> int:
    """Bytes of the invocation event: every body travels as base64."""
    return EVENT_BYTES + -(-len(request.body) // 3) * 4


def gateway_response(status: int, kind: str, message: str, templates: Mapping[str, str]) -> Response:
    """A response of the gateway itself, from the API's own template of this kind if it has one."""
    values: dict[str, str] = {
        "context.error.messageString": json.dumps(message),
        "context.error.message": message,
        "context.error.responseType": kind,
        "context.requestId": str(uuid.uuid4()),
    }
    template = templates.get(kind) or templates.get(f"DEFAULT_{status // 100}XX") or _DEFAULT_TEMPLATE
    body = re.sub(r"\$(?:\{([\w.]+)\}|(context(?:\.\w+)+))", lambda m: values.get(m[1] or m[2], ""), template)
    return Response(status, body.encode(), {"content-type": "application/json", "x-amzn-errortype": kind})


def read_api(client: Any, api_id: str, stage: str) -> Api:
    """Ask API Gateway for what the API answers by itself."""
    items = client.get_gateway_responses(restApiId=api_id, limit=100).get("items", [])
    templates = {
        item["responseType"]: item["responseTemplates"]["application/json"]
        for item in items
        if "application/json" in item.get("responseTemplates", {})
    }
    return Api(api_id, stage, templates)

"""The HTTP face SageMaker asks of a container, and nothing more.

The standard library's threading server is enough here: the only client is the platform's proxy on the same
host, it sends one small JSON body at a time, and a thread per connection keeps `/ping` answering while a
job runs. Anything larger would be one more dependency in the image for two routes.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic import ValidationError

from atelier.result import Engine
from engine_contract import EngineRequest
from serving.invoke import invoke
from serving.limits import MAX_BODY_BYTES
from serving.storage import Storage

_log = logging.getLogger(__name__)


class Server(ThreadingHTTPServer):
    """Serves one engine. `ready` is set once the engine is warm; `close` waits for the running job."""

    daemon_threads = False
    block_on_close = True

    def __init__(self, address: tuple[str, int], engine: Engine, storage: Storage) -> None:
        super().__init__(address, Handler)
        self.engine, self.storage = engine, storage
        self.ready = threading.Event()
        self.busy = threading.Lock()

    def warm(self) -> None:
        """Warm the engine; until this has succeeded /ping answers 503."""
        self.engine.warm()
        self.ready.set()
        _log.info("engine warm", extra={"engine": self.engine.name})


class _RefusedError(Exception):
    """A request the server does not take."""

    def __init__(self, status: HTTPStatus, message: str, details: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.status, self.details = status, details or []


class Handler(BaseHTTPRequestHandler):
    """Thin: parse, hand over, answer JSON."""

    server: Server
    server_version = "roomwright"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        if self.path != "/ping":
            self._answer(HTTPStatus.NOT_FOUND, {"error": "The routes are GET /ping and POST /invocations."})
        elif self.server.ready.is_set():
            self._answer(HTTPStatus.OK, {"engine": self.server.engine.name})
        else:
            self._answer(HTTPStatus.SERVICE_UNAVAILABLE, {"error": "The engine is warming; ask again."})

    def do_POST(self) -> None:
        try:
            request = self._request()
            if not self.server.ready.is_set():
                raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "The engine is warming; ask again.")
            if not self.server.busy.acquire(blocking=False):
                raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "A job is running; ask again when it is done.")
        except _RefusedError as error:
            self._answer(error.status, {"error": str(error), "details": error.details})
            return
        self._send(*self._worked(request))

    def _worked(self, request: EngineRequest) -> tuple[HTTPStatus, bytes]:
        try:
            result = invoke(request, self.server.engine, self.server.storage)
        except Exception:  # noqa: BLE001 - whatever a job does, the server answers and lives on
            _log.exception("job crashed", extra={"job_id": request.job_id})
            error = {"error": "The engine failed on this job; it may be repeated. The log has the cause."}
            return HTTPStatus.INTERNAL_SERVER_ERROR, json.dumps(error).encode()
        finally:
            self.server.busy.release()
        return HTTPStatus.OK, result.model_dump_json(by_alias=True).encode()

    def _request(self) -> EngineRequest:
        if self.path != "/invocations":
            raise _RefusedError(HTTPStatus.NOT_FOUND, "The routes are GET /ping and POST /invocations.")
        if self.headers.get_content_type() != "application/json":
            raise _RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send application/json.")
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            raise _RefusedError(HTTPStatus.LENGTH_REQUIRED, "Send a Content-Length.")
        if len(length) > 12 or int(length) > MAX_BODY_BYTES:
            raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Send at most {MAX_BODY_BYTES} bytes.")
        try:
            return _parsed(self.rfile.read(int(length)))
        except TimeoutError as error:
            raise _RefusedError(HTTPStatus.REQUEST_TIMEOUT, "The body did not arrive.") from error

    def _answer(self, status: HTTPStatus, body: Mapping[str, Any]) -> None:
        self._send(status, json.dumps(body).encode())

    def _send(self, status: HTTPStatus, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        if self.path != "/ping":
            _log.info("http", extra={"request": format % args})


def _parsed(body: bytes) -> EngineRequest:
    try:
        request = EngineRequest.model_validate_json(body)
    except ValidationError as error:
        details = [{"field": ".".join(map(str, e["loc"])), "message": e["msg"]} for e in error.errors()]
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "The request is not an EngineRequest.", details) from error
    if not request.output_prefix.key.endswith("/"):
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "output_prefix.key must end with '/'.")
    return request

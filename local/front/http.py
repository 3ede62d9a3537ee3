"""The little HTTP that the three servers share."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

IDLE_SECONDS = 75


@dataclass(frozen=True)
class Request:
    """One request. Header names are lower case; `target` is the path with its query, as sent."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def query(self, name: str) -> str | None:
        values = parse_qs(urlsplit(self.target).query).get(name)
        return values[0] if values else None


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_response(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Response:
    body = json.dumps(value, indent=1).encode() + b"\n"
    return Response(status, body, {"content-type": "application/json", **(headers or {})})


Answer = Callable[[Request], Response]


def serve(port: int, answer: Answer, max_body: int, too_large: Callable[[], Response]) -> ThreadingHTTPServer:
    """Serve `answer` on 127.0.0.1:`port` in threads. Bodies beyond `max_body` bytes get `too_large()` unread."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = IDLE_SECONDS

        def _answer(self) -> None:
            try:
                length = int(self.headers.get("content-length") or 0)
            except ValueError:
                length = -1
            if self.headers.get("transfer-encoding") or length < 0:
                self._send(json_response(411, {"message": "Send a Content-Length."}), close=True)
                return
            if length > max_body:
                self._send(too_large(), close=True)
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, self.rfile.read(length))
            try:
                response = answer(request)
            except Exception as error:  # noqa: BLE001 - one request must not end the server
                self.log_error("%s %s: %r", self.command, urlsplit(self.path).path, error)
                response = json_response(500, {"message": "The local run failed to answer; see its log."})
            self._send(response)

        def _send(self, response: Response, close: bool = False) -> None:
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(response.body)))
            if close:
                self.send_header("connection", "close")
                self.close_connection = True
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(response.body)
            if close:
                self._drain()

        def _drain(self) -> None:
            """Take what the client still sends, within reason, so that it gets to read the answer."""
            self.connection.settimeout(2)
            left = 64 * 1024 * 1024
            try:
                while left > 0 and (chunk := self.rfile.read1(1 << 20)):
                    left -= len(chunk)
            except OSError:
                return

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Say nothing of requests that were answered: paths may carry what should not be in a log."""

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        setattr(Handler, f"do_{method}", Handler._answer)
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True, name=f"http-{port}").start()
    return server

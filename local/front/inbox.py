"""The webhook inbox: a receiver that keeps what it gets, says whether the signature holds, and fails on request.

`POST /<any path>` records a delivery; `?fail=N` answers 500 to the first N attempts of each message.
`GET /deliveries` lists them, newest last. Signatures: Standard Webhooks 1.0.0 (`v1,` HMAC-SHA256).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from local.front.http import Request, Response, json_response

TOLERANCE_S = 300
KEPT_HEADERS = ("content-type", "user-agent")
KEPT_PREFIXES = ("webhook-", "x-")


def signature_holds(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Whether one of the `webhook-signature` values signs `id.timestamp.body` with the `whsec_` secret."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        stamp = int(headers["webhook-timestamp"])
    except (KeyError, ValueError, binascii.Error):
        return False
    signed = f"{headers.get('webhook-id', '')}.{stamp}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    sent = headers.get("webhook-signature", "").split()
    fresh = abs(now - stamp) <= TOLERANCE_S
    return fresh and any(hmac.compare_digest(b"v1," + expected, value.encode()) for value in sent)


class Inbox:
    """Deliveries in one file of JSON lines, kept over restarts."""

    def __init__(self, file: Path, secret: Callable[[], str | None]) -> None:
        self._file, self._secret = file, secret
        self._lock = threading.Lock()
        self._seen: Counter[str] = Counter(entry["headers"].get("webhook-id", "") for entry in self.deliveries())

    def deliveries(self) -> list[dict[str, Any]]:
        if not self._file.exists():
            return []
        return [json.loads(line) for line in self._file.read_text("utf-8").splitlines() if line]

    def answer(self, request: Request) -> Response:
        if request.method == "GET" and request.path == "/deliveries":
            return json_response(200, {"deliveries": self.deliveries()})
        if request.method == "GET":
            return json_response(200, {"status": "ready", "deliveries": "/deliveries"})
        if request.method != "POST":
            return json_response(405, {"message": "POST a webhook, or GET /deliveries."})
        return self._receive(request)

    def _receive(self, request: Request) -> Response:
        fail = request.query("fail") or "0"
        failures = int(fail) if fail.isdecimal() else 0
        message = request.headers.get("webhook-id", "")
        secret = self._secret()
        with self._lock:
            self._seen[message] += 1
            attempt = self._seen[message]
            status = 500 if attempt <= failures else 200
            entry = {
                "received_at": time.time(),
                "target": request.target,
                "attempt": attempt,
                "answered": status,
                "signature": (
                    "secret unknown"
                    if secret is None
                    else signature_holds(secret, request.headers, request.body, time.time())
                ),
                "headers": {
                    name: value
                    for name, value in request.headers.items()
                    if name in KEPT_HEADERS or name.startswith(KEPT_PREFIXES)
                },
                "body": request.body.decode("utf-8", "replace"),
            }
            with self._file.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(entry) + "\n")
        challenge = _challenge(request.body)
        return json_response(status, {"attempt": attempt, **({"challenge": challenge} if challenge else {})})


def _challenge(body: bytes) -> str | None:
    """What an endpoint that is being registered has to answer with: the inbox agrees to everything."""
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return content.get("challenge") if isinstance(content, dict) else None

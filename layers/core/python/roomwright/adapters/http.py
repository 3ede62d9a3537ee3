"""HTTP to addresses customers name: fetch a photo, call a webhook, and nothing inside the network.

The name is resolved once; if any of its addresses is not public the request is refused; the socket is opened to
exactly those addresses while Host header, SNI and certificate check keep the name (no DNS rebinding between check
and use). Proxies and other environment settings are never read. One deadline covers resolving, connecting,
redirects and every byte.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

import httpcore

from roomwright.domain.errors import PayloadTooLargeError, UnsafeUrlError
from roomwright.domain.urls import HostPort, SafeUrl, checked_url, is_public
from roomwright.ports import DeliveryError, FetchError, HttpAnswer

MAX_REDIRECTS = 3
EXCERPT_BYTES = 1024
USER_AGENT = "roomwright/1"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SECONDS = re.compile(r"[0-9]{1,9}")

Resolver = Callable[[str, int], list[str]]


class _NoAnswerError(Exception):
    """Why no HTTP answer came, in words that may be shown to the tenant."""


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host, in the system's order, without repeats."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise httpcore.TimeoutException
        return remaining


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every operation ends at the request's deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - httpcore's signature
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _GuardedBackend(httpcore.NetworkBackend):
    """Opens sockets for one URL: resolves its host, refuses private addresses, connects to the address itself."""

    def __init__(self, url: SafeUrl, resolver: Resolver, deadline: _Deadline, sockets: httpcore.NetworkBackend) -> None:
        self._url, self._resolver, self._deadline, self._sockets = url, resolver, deadline, sockets

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - httpcore's signature
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        if (host, port) != (self._url.host, self._url.port):
            raise httpcore.ConnectError("another destination than the one that was checked")
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._addresses():
            try:
                stream = self._sockets.connect_tcp(address, port, self._deadline.left(), None, socket_options)
            except httpcore.ConnectError as error:
                failure = error
                continue
            return _TimedStream(stream, self._deadline)
        raise failure

    def _addresses(self) -> list[str]:
        addresses = _resolve_in_time(self._resolver, self._url, self._deadline.left())
        if not self._url.exempt and not all(is_public(address) for address in addresses):
            raise UnsafeUrlError(f"{self._url.host} resolves to an address that is not public.")
        return addresses


def _resolve_in_time(resolver: Resolver, url: SafeUrl, seconds: float) -> list[str]:
    """`getaddrinfo` knows no time-out, so it runs beside; a late answer is dropped with its thread."""
    answer: list[str] = []
    errors: list[OSError] = []

    def ask() -> None:
        try:
            answer.extend(resolver(url.host, url.port))
        except (OSError, UnicodeError) as error:
            errors.append(OSError(str(error)))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise httpcore.ConnectTimeout
    if errors or not answer:
        raise _NoAnswerError(f"{url.host} does not resolve")
    return list(answer)


class SafeHttp:
    """Implements the Fetcher and HttpSender ports. `allow` lists destinations exempt from the address guard."""

    def __init__(
        self,
        allow: Collection[HostPort] = (),
        resolver: Resolver = resolve,
        ssl_context: ssl.SSLContext | None = None,
        sockets: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._allow = frozenset(allow)
        self._resolver = resolver
        self._ssl = ssl_context or httpcore.default_ssl_context()
        self._sockets = sockets or httpcore.SyncBackend()

    def fetch(self, url: str, max_bytes: int, timeout_s: float) -> bytes:
        """GET the bytes at an https URL. Raises UnsafeUrlError, PayloadTooLargeError, FetchError."""
        deadline, current = _Deadline(timeout_s), url
        try:
            for _ in range(MAX_REDIRECTS + 1):
                headers = {"accept": "image/*", "accept-encoding": "identity"}
                with self._open("GET", checked_url(current, self._allow), headers, b"", deadline) as response:
                    if response.status not in _REDIRECTS:
                        return _whole_body(response, max_bytes)
                    current = urljoin(current, _header(response, "location") or "")
        except _NoAnswerError as error:
            raise FetchError(f"The source URL gave no image: {error}.") from error
        raise FetchError(f"The source URL redirects more than {MAX_REDIRECTS} times.")

    def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> HttpAnswer:
        """POST once, without following redirects. Raises UnsafeUrlError, DeliveryError."""
        try:
            with self._open("POST", checked_url(url, self._allow), headers, body, _Deadline(timeout_s)) as response:
                retry_after = _seconds(_header(response, "retry-after"))
                return HttpAnswer(response.status, _excerpt(response), retry_after)
        except _NoAnswerError as error:
            raise DeliveryError(str(error)) from error

    @contextmanager
    def _open(
        self, method: str, url: SafeUrl, headers: Mapping[str, str], body: bytes, deadline: _Deadline
    ) -> Iterator[httpcore.Response]:
        backend = _GuardedBackend(url, self._resolver, deadline, self._sockets)
        sent = {**headers, "user-agent": USER_AGENT, "connection": "close"}
        with (
            _explained(),
            httpcore.ConnectionPool(ssl_context=self._ssl, network_backend=backend, max_connections=1) as pool,
            pool.stream(method, str(url), headers=list(sent.items()), content=body or None) as response,
        ):
            yield response


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise _NoAnswerError("it did not answer in time") from error
    except httpcore.ConnectError as error:
        tls = "certificate" in str(error).lower() or "ssl" in str(error).lower()
        raise _NoAnswerError("its TLS certificate is not valid" if tls else "the connection failed") from error
    except (httpcore.ProtocolError, httpcore.NetworkError, ssl.SSLError) as error:
        raise _NoAnswerError("the connection broke or it does not speak HTTP") from error


def _header(response: httpcore.Response, name: str) -> str | None:
    wanted = name.encode()
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == wanted), None)


def _whole_body(response: httpcore.Response, max_bytes: int) -> bytes:
    if response.status != 200:
        raise _NoAnswerError(f"it answered with status {response.status}")
    too_large = PayloadTooLargeError(f"The file at the source URL is larger than {max_bytes} bytes.")
    length = _header(response, "content-length")
    if length is not None and length.isdigit() and int(length) > max_bytes:
        raise too_large
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > max_bytes:
            raise too_large
    return bytes(body)


def _excerpt(response: httpcore.Response) -> str:
    """What came of the first kilobyte; a body that stalls or breaks does not undo the status that was received."""
    body = bytearray()
    try:
        for chunk in response.iter_stream():
            body += chunk
            if len(body) >= EXCERPT_BYTES:
                break
    except (httpcore.TimeoutException, httpcore.ProtocolError, httpcore.NetworkError):
        pass
    text = bytes(body[:EXCERPT_BYTES]).decode("utf-8", "replace").replace("\ufffd", "?")  # which takes three bytes
    return "".join(character if character.isprintable() else " " for character in text)


def _seconds(retry_after: str | None) -> int | None:
    """Retry-After as whole seconds from now (RFC 9110 §10.2.3: a number or a date); None for what is neither.

    The receiver is hostile: a number that cannot be counted with would end the attempt before it is recorded.
    """
    if retry_after is None:
        return None
    text = retry_after.strip()
    if _SECONDS.fullmatch(text):
        return int(text)
    try:
        at = parsedate_to_datetime(text)
        return max(0, round((at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()))
    except (ValueError, OverflowError):
        return None

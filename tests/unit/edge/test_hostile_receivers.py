"""Receivers that lie: whatever they do, it is one attempt in the log, at its time and within its memory."""

from __future__ import annotations

import random
import socket
import ssl
import struct
import time
import tracemalloc
from collections.abc import Callable

import pytest

from roomwright.adapters.http import SafeHttp
from roomwright.domain.delivery import Delivery, DeliveryStatus, Lane
from roomwright.usecases import deliver_webhook
from roomwright.usecases.deliver_webhook import attempt_delivery
from tests.fakes.make import TENANT, account
from tests.fakes.store import MemoryStores
from tests.fakes.webhooks import Line
from tests.unit.edge.test_http import OK, PUBLIC, ReroutedSockets, Server, authority, loopback, saying, serving

__all__ = ["authority"]  # a fixture
PATIENCE_S = 0.8
MARGIN_S = 3
"""this machine may be busy"""
MEMORY = 3_000_000
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
Misdeed = Callable[[socket.socket, bytes], None]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver_webhook, "TIMEOUT_S", {Lane.SLOW: PATIENCE_S})


def attempted(http: SafeHttp, url: str) -> Delivery:
    """One attempt at `url`, as it stands in the log; within time and memory, whatever happens."""
    stores = MemoryStores()
    stores.create_tenant(account())
    line = Line(stores, url=url)
    line.sender = http  # type: ignore[assignment]  # the real one
    (delivery,) = line.events()
    tracemalloc.start()
    began = time.monotonic()
    try:
        after = attempt_delivery(line.sending(), TENANT, delivery.job_id, delivery.delivery_id)
        took, (_, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert took < PATIENCE_S + MARGIN_S
    assert peak < MEMORY
    assert len(after.attempts) == 1
    assert line.store.delivery(delivery.job_id, delivery.delivery_id) == after
    return after


def against(misdeed: Misdeed, scheme: str = "http") -> Delivery:
    with serving(misdeed) as server:
        http = SafeHttp(allow={("hooks.test", server.port)}, resolver=loopback)
        return attempted(http, f"{scheme}://hooks.test:{server.port}/in")


def outcome(delivery: Delivery) -> tuple[DeliveryStatus, int | None, str | None]:
    (attempt,) = delivery.attempts
    return delivery.status, attempt.status_code, attempt.error


def drip(data: bytes, pause_s: float = 0.02) -> Misdeed:
    """Byte by byte: every read succeeds in time, all of them together never would."""

    def talk(connection: socket.socket, _head: bytes) -> None:
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(pause_s)

    return talk


def flood(head: bytes, again: bytes, sent: list[int], most: int = 10_000_000_000) -> Misdeed:
    """`head`, and then `again` until the other side hangs up; `sent` counts the bytes that went out."""

    def talk(connection: socket.socket, _head: bytes) -> None:
        connection.settimeout(3)
        connection.sendall(head)
        while sum(sent) < most:
            sent.append(connection.send(again))

    return talk


TIMED_OUT = (DeliveryStatus.PENDING, None, "it did not answer in time")
NOT_HTTP = (DeliveryStatus.PENDING, None, "the connection broke or it does not speak HTTP")


def test_headers_byte_by_byte_meet_the_total_deadline() -> None:
    assert outcome(against(drip(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 50))) == TIMED_OUT


def test_an_answer_counts_though_its_body_comes_byte_by_byte() -> None:
    after = against(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + b"x" * 2000, pause_s=0.005))
    assert outcome(after) == (DeliveryStatus.DELIVERED, 200, None)
    assert set(after.attempts[0].response_excerpt) <= {"x"}


def test_accepting_and_never_answering_is_a_time_out() -> None:
    assert outcome(against(lambda connection, _: time.sleep(2))) == TIMED_OUT


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10000000000\r\n\r\n",
    ],
)
def test_of_10_gigabytes_a_kilobyte_is_kept_and_the_rest_never_sent(head: bytes) -> None:
    sent: list[int] = []
    after = against(flood(head, b"z" * 65536, sent))
    assert outcome(after) == (DeliveryStatus.DELIVERED, 200, None)
    assert len(after.attempts[0].response_excerpt) == 1024
    assert sum(sent) < 20_000_000, "what the sockets' buffers took"


@pytest.mark.parametrize(
    ("head", "again"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X-Filler: " + b"a" * 1000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Endless: ", b"a" * 65536),
        (b"", b"a" * 65536),
    ],
)
def test_headers_without_end_are_cut_off(head: bytes, again: bytes) -> None:
    sent: list[int] = []
    status, code, error = outcome(against(flood(head, again, sent)))
    assert (status, code) == (DeliveryStatus.PENDING, None)
    assert error in (NOT_HTTP[2], TIMED_OUT[2])
    assert sum(sent) < 20_000_000


def test_interim_answers_without_end_meet_the_deadline() -> None:
    assert outcome(against(flood(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", []))) == TIMED_OUT


@pytest.mark.parametrize(
    "chunk", [b"7fffffff\r\n", b"f" * 20 + b"\r\n", b"1;" + b"e" * 200_000 + b"\r\nx\r\n", b"-1\r\n"]
)
def test_absurd_chunks_do_not_undo_the_status(chunk: bytes) -> None:
    after = against(saying(CHUNKED + chunk + b"y" * 5000))
    assert outcome(after) == (DeliveryStatus.DELIVERED, 200, None)
    assert len(after.attempts[0].response_excerpt) <= 1024


def test_a_handshake_that_never_ends_is_a_time_out() -> None:
    def mute(connection: socket.socket, _head: bytes) -> None:
        time.sleep(2)

    assert outcome(_raw(mute)) == TIMED_OUT


def test_a_handshake_byte_by_byte_meets_the_total_deadline() -> None:
    """A record header that promises 16 kB of ServerHello, and then one byte at a time."""
    assert outcome(_raw(drip(b"\x16\x03\x03\x3f\xff" + b"\x02" * 500)))[0] is DeliveryStatus.PENDING


def test_plain_http_where_tls_was_asked_for_is_said() -> None:
    status, code, error = outcome(_raw(saying(OK)))
    assert (status, code) == (DeliveryStatus.PENDING, None)
    assert error in ("its TLS certificate is not valid", NOT_HTTP[2], "the connection failed")


def _raw(misdeed: Misdeed) -> Delivery:
    """A server that does not wait for a request's head, spoken to with TLS."""

    class Raw(Server):
        def _serve(self) -> None:
            while True:
                try:
                    connection, _ = self._listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        misdeed(connection, connection.recv(65536))
                    except OSError:
                        continue

    server = Raw(misdeed)
    try:
        http = SafeHttp(
            allow={("hooks.test", server.port)}, resolver=loopback, ssl_context=ssl.create_default_context()
        )
        return attempted(http, f"https://hooks.test:{server.port}/in")
    finally:
        server.close()


def test_a_connection_that_is_reset_is_said() -> None:
    def reset(connection: socket.socket, _head: bytes) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    assert outcome(against(reset)) == NOT_HTTP


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"220 smtp ready\r\n",
        b"\x00" * 100,
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad Header: x\r\n\r\n",
        b"",
    ],
)
def test_what_is_not_http_is_no_answer(said: bytes) -> None:
    assert outcome(against(saying(said))) == NOT_HTTP


def test_noise_is_always_an_attempt_and_never_an_exception() -> None:
    source = random.Random(20261123)  # noqa: S311 - a test repeats itself
    starts = (b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n", CHUNKED, b"HTTP/1.1 503 \r\nRetry-After: ")
    said = [starts[n % len(starts)] + source.randbytes(source.randrange(400)) + b"\r\n\r\n" for n in range(60)]
    with serving(lambda connection, _: connection.sendall(said.pop())) as server:
        http = SafeHttp(allow={("hooks.test", server.port)}, resolver=loopback)
        while said:
            after = attempted(http, f"http://hooks.test:{server.port}/in")
            assert after.status in (DeliveryStatus.PENDING, DeliveryStatus.DELIVERED)


def test_what_cannot_be_decoded_is_kept_readable() -> None:
    body = b"\xff\xfe\x80 caf\xc3\xa9 \x1b[31m\x00" + b"\xed\xa0\x80"
    head = b"HTTP/1.1 500 \xff\xfe\r\nContent-Length: %d\r\n\r\n" % len(body)
    status, code, error = outcome(after := against(saying(head + body)))
    assert status is DeliveryStatus.PENDING
    assert (code, error) in ((500, None), (None, NOT_HTTP[2]))
    assert after.attempts[0].response_excerpt.isprintable()
    after.attempts[0].response_excerpt.encode()


@pytest.mark.parametrize("location", ["http://169.254.169.254/latest/meta-data", "/loop", "https://example.com/"])
def test_a_redirect_is_a_failure_and_nobody_goes_there(location: str) -> None:
    with serving(saying(f"HTTP/1.1 307 Go\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())) as server:
        http = SafeHttp(allow={("hooks.test", server.port)}, resolver=loopback)
        after = attempted(http, f"http://hooks.test:{server.port}/in")
        assert outcome(after) == (DeliveryStatus.PENDING, 307, None)
        assert len(server.heard) == 1


def test_a_name_that_is_public_when_registered_and_private_when_called_reaches_nobody(
    authority: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"], ["169.254.169.254"], [PUBLIC, "10.0.0.1"]])
    with serving(saying(OK), authority[0]) as server:
        sockets = ReroutedSockets(server.port)
        http = SafeHttp(resolver=lambda *_: next(answers), ssl_context=authority[1], sockets=sockets)
        url = "https://photos.example.com/in"
        assert outcome(attempted(http, url)) == (DeliveryStatus.DELIVERED, 200, None)
        for _ in range(3):
            status, code, error = outcome(attempted(http, url))
            assert (status, code) == (DeliveryStatus.DISABLED, None)
            assert "not public" in (error or "")
        assert sockets.asked == [(PUBLIC, 443)]

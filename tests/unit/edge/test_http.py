"""The address guard and its limits, against loopback servers that behave badly."""

from __future__ import annotations

import datetime
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpcore
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from roomwright.adapters.http import SafeHttp
from roomwright.domain.errors import PayloadTooLargeError, UnsafeUrlError
from roomwright.domain.urls import checked_url, is_public
from roomwright.ports import DeliveryError, FetchError

Talk = Callable[[socket.socket, bytes], None]


def _request(connection: socket.socket) -> bytes:
    """All of it: a connection closed with bytes unread is reset, and the answer may be lost with it."""
    heard = b""
    while b"\r\n\r\n" not in heard and (more := connection.recv(65536)):
        heard += more
    head, _, body = heard.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)^content-length: *(\d+)", head, re.MULTILINE)
    missing = int(length[1]) - len(body) if length else 0
    while missing > 0 and (more := connection.recv(65536)):
        heard, missing = heard + more, missing - len(more)
    return heard


class Server:
    """Answers each connection with `talk(socket, request)` and keeps what it heard."""

    def __init__(self, talk: Talk, tls: ssl.SSLContext | None = None) -> None:
        self.heard: list[bytes] = []
        self.names: list[str | None] = []
        self._talk, self._tls = talk, tls
        if tls is not None:
            tls.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
                with self._tls.wrap_socket(plain, server_side=True) if self._tls else plain as connection:
                    connection.settimeout(5)
                    request = _request(connection)
                    self.heard.append(request)
                    self._talk(connection, request)
            except ssl.SSLError:
                continue
            except OSError:
                if self._listener.fileno() == -1:
                    return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def serving(talk: Talk, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(talk, tls)
    try:
        yield server
    finally:
        server.close()


def saying(answer: bytes) -> Talk:
    return lambda connection, _head: connection.sendall(answer)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def loopback(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


def client(port: int) -> SafeHttp:
    return SafeHttp(allow={("photos.test", port)}, resolver=loopback)


class ReroutedSockets(httpcore.NetworkBackend):
    """Notes the address that was asked for and connects to the test's server instead."""

    def __init__(self, port: int) -> None:
        self.asked: list[tuple[str, int]] = []
        self._port, self._real = port, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        self.asked.append((host, port))
        return self._real.connect_tcp("127.0.0.1", self._port, timeout, local_address, socket_options)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """→ (server context for photos.example.com, client context that trusts it)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "photos.example.com")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("photos.example.com")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder: Path = tmp_path_factory.mktemp("tls")
    chain, secret = folder / "cert.pem", folder / "key.pem"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, secret)
    return server, ssl.create_default_context(cafile=str(chain))


PUBLIC = "93.184.215.14"


def test_tls_goes_to_the_checked_address_under_the_real_name(
    authority: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    with serving(saying(OK), authority[0]) as server:
        sockets = ReroutedSockets(server.port)
        http = SafeHttp(resolver=lambda *_: [PUBLIC], ssl_context=authority[1], sockets=sockets)
        assert http.fetch("https://photos.example.com/a.jpg?x=1", 100, 5) == b"hello"
        assert sockets.asked == [(PUBLIC, 443)]
        assert server.names == ["photos.example.com"]
        assert server.heard[0].startswith(b"GET /a.jpg?x=1 HTTP/1.1\r\nHost: photos.example.com\r\n")


def test_a_certificate_for_another_name_is_refused(authority: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    with serving(saying(OK), authority[0]) as server:
        sockets = ReroutedSockets(server.port)
        http = SafeHttp(resolver=lambda *_: [PUBLIC], ssl_context=authority[1], sockets=sockets)
        with pytest.raises(DeliveryError, match="certificate"):
            http.post("https://other.example.com/hook", b"{}", {}, 5)


def test_a_name_that_flips_is_resolved_once_per_hop_and_never_reached(
    authority: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    answers = [[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]]
    asked: list[str] = []

    def flipping(host: str, _port: int) -> list[str]:
        asked.append(host)
        return answers.pop(0)

    with serving(saying(OK), authority[0]) as server:
        sockets = ReroutedSockets(server.port)
        http = SafeHttp(resolver=flipping, ssl_context=authority[1], sockets=sockets)
        assert http.fetch("https://photos.example.com/", 100, 5) == b"hello"
        assert asked == ["photos.example.com"]
        assert sockets.asked == [(PUBLIC, 443)]
        with pytest.raises(UnsafeUrlError, match="not public"):
            http.fetch("https://photos.example.com/", 100, 5)
        assert len(sockets.asked) == 1


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    sockets = ReroutedSockets(1)
    http = SafeHttp(resolver=lambda *_: [PUBLIC, "10.0.0.8"], sockets=sockets)
    with pytest.raises(UnsafeUrlError):
        http.post("https://hooks.example.com/", b"{}", {}, 5)
    assert sockets.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
        "0.0.0.0",  # noqa: S104 - an address to refuse, none to bind
        "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.1.1", "240.0.0.1", "255.255.255.255",
        "::1", "::", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "fc00::1", "ff02::1", "fec0::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::",
        "2002:a9fe:a9fe::", "2001:db8::1", "2001::1", "100::1", "4000::1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "https://example.com:8443/", "https://user:pw@example.com/", "https://user@example.com/",
        "ftp://example.com/", "//example.com/", "example.com", "", "https://", "https:///x", "javascript:alert(1)",
        "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data", "https://localhost/",
        "https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://intranet/", "https://exa mple.com/",
        "https://example.com\\@evil.test/", "https://example.com/\r\nHost: evil", "https://exämple.com/",
        "https://example.com:99999/", "https://[::ffff:10.0.0.1]/", "https://example..com/", "https://-a.com/",
        "https://example.com/" + "a" * 2048,
    ],
)  # fmt: skip
def test_urls_that_are_refused_by_shape(url: str) -> None:
    with pytest.raises(UnsafeUrlError):
        checked_url(url)


def test_urls_are_sent_percent_encoded() -> None:
    assert str(checked_url("https://Example.com:443/ä/b%20c?q=ü#part")) == "https://example.com/%C3%A4/b%20c?q=%C3%BC"
    assert str(checked_url("https://example.com")) == "https://example.com/"
    assert str(checked_url("https://[2606:4700::1111]/x")) == "https://[2606:4700::1111]/x"


def test_exempt_destinations_are_exactly_those_named() -> None:
    allow = {("127.0.0.1", 4599)}
    assert checked_url("http://127.0.0.1:4599/inbox", allow).exempt
    for other in ("http://127.0.0.1:4600/", "http://127.0.0.1/", "https://127.0.0.1:443/", "http://localhost:4599/"):
        with pytest.raises(UnsafeUrlError):
            checked_url(other, allow)


@pytest.mark.parametrize(
    "location",
    [
        "https://169.254.169.254/latest/",
        "http://127.0.0.1:1/",
        "https://localhost/",
        "file:///etc/passwd",
        "//10.0.0.1/",
    ],
)
def test_redirects_into_the_network_are_refused(location: str) -> None:
    answer = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    with serving(saying(answer)) as server, pytest.raises(UnsafeUrlError):
        client(server.port).fetch(f"http://photos.test:{server.port}/a", 100, 5)


def test_three_redirects_are_followed_and_a_fourth_is_not() -> None:
    def hopping(connection: socket.socket, head: bytes) -> None:
        left = int(head.split(b" ")[1].strip(b"/"))
        again = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /%d\r\nContent-Length: 0\r\n\r\n" % (left - 1)
        connection.sendall(again if left else OK)

    with serving(hopping) as server:
        base = f"http://photos.test:{server.port}"
        assert client(server.port).fetch(f"{base}/3", 100, 5) == b"hello"
        with pytest.raises(FetchError, match="redirects more than 3"):
            client(server.port).fetch(f"{base}/4", 100, 5)


def test_webhooks_follow_no_redirect() -> None:
    with serving(saying(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")) as server:
        answer = client(server.port).post(f"http://photos.test:{server.port}/hook", b"{}", {}, 5)
        assert answer.status_code == 302
        assert len(server.heard) == 1


def test_bodies_stop_at_the_cap_whether_announced_or_not() -> None:
    sent = 0

    def endless(connection: socket.socket, _head: bytes) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while sent < 50_000_000:
            connection.sendall(b"10000\r\n" + bytes(65536) + b"\r\n")
            sent += 65536

    with serving(endless) as server, pytest.raises(PayloadTooLargeError):
        client(server.port).fetch(f"http://photos.test:{server.port}/", 1_000_000, 10)
    assert sent < 20_000_000

    with serving(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n")) as server:
        started = time.monotonic()
        with pytest.raises(PayloadTooLargeError):
            client(server.port).fetch(f"http://photos.test:{server.port}/", 1_000_000, 60)
        assert time.monotonic() - started < 30


def _drip(connection: socket.socket, _head: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        time.sleep(0.1)
        connection.sendall(b"x")


def test_a_slow_drip_meets_the_total_deadline() -> None:
    with serving(_drip) as server:
        started = time.monotonic()
        with pytest.raises(FetchError, match="did not answer in time"):
            client(server.port).fetch(f"http://photos.test:{server.port}/", 10_000, 0.6)
        assert time.monotonic() - started < 6


def test_a_status_counts_even_if_the_body_never_ends() -> None:
    with serving(_drip) as server:
        answer = client(server.port).post(f"http://photos.test:{server.port}/", b"{}", {}, 0.6)
        assert answer.status_code == 200
        assert set(answer.excerpt) == {"x"}


def test_a_resolver_that_hangs_meets_the_deadline() -> None:
    release = threading.Event()

    def hanging(_host: str, _port: int) -> list[str]:
        release.wait(30)
        return [PUBLIC]

    started = time.monotonic()
    with pytest.raises(DeliveryError, match="in time"):
        SafeHttp(resolver=hanging).post("https://hooks.example.com/", b"{}", {}, 0.3)
    release.set()
    assert time.monotonic() - started < 15


def test_what_the_receiver_said_is_kept_short_and_printable() -> None:
    body = b"no\x00\x1b[31m thanks" + b"\xff" * 5000
    head = b"HTTP/1.1 429 Too Many\r\nRetry-After: 17\r\nContent-Length: %d\r\n\r\n" % len(body)
    with serving(saying(head + body)) as server:
        answer = client(server.port).post(
            f"http://photos.test:{server.port}/hook", b'{"a":1}', {"webhook-id": "msg_1"}, 5
        )
        assert (answer.status_code, answer.retry_after_s) == (429, 17)
        assert len(answer.excerpt.encode()) <= 1024, "many of them are kept in one item of the table"
        assert answer.excerpt.isprintable()
        assert b"webhook-id: msg_1" in server.heard[0]


def test_retry_after_may_be_a_date() -> None:
    at = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    with serving(saying(f"HTTP/1.1 503 No\r\nRetry-After: {at}\r\nContent-Length: 0\r\n\r\n".encode())) as server:
        answer = client(server.port).post(f"http://photos.test:{server.port}/", b"", {}, 5)
        assert answer.retry_after_s is not None
        assert 85 <= answer.retry_after_s <= 91


@pytest.mark.parametrize(
    "text",
    ["9" * 5000, "99999999999999999999", "\xb2", "-5", "1e3", f"Mon, 23 Nov 2026 09:00:00 +{'9' * 40}", "soon", ""],
)
def test_a_retry_after_that_nobody_can_count_with_is_none_at_all(text: str) -> None:
    """An exception here would leave the attempt unrecorded, and the sweeper would send it again every minute."""
    head = b"HTTP/1.1 503 No\r\nRetry-After: " + text.encode("latin-1") + b"\r\nContent-Length: 0\r\n\r\n"
    with serving(saying(head)) as server:
        answer = client(server.port).post(f"http://photos.test:{server.port}/", b"", {}, 5)
        assert (answer.status_code, answer.retry_after_s) == (503, None)


@pytest.mark.parametrize(
    "answer", [b"", b"SSH-2.0-OpenSSH_9\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"]
)
def test_broken_answers_are_fetch_errors(answer: bytes) -> None:
    with serving(saying(answer)) as server, pytest.raises(FetchError):
        client(server.port).fetch(f"http://photos.test:{server.port}/", 100, 5)


@pytest.mark.parametrize("status", [b"404 Not Found", b"204 No Content", b"500 Oops"])
def test_other_statuses_are_fetch_errors_naming_the_status(status: bytes) -> None:
    answer = b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n"
    with serving(saying(answer)) as server, pytest.raises(FetchError, match=status[:3].decode()):
        client(server.port).fetch(f"http://photos.test:{server.port}/", 100, 5)


def test_nothing_listening_and_no_such_name_are_said_plainly() -> None:
    with serving(saying(OK)) as server:
        port = server.port
    with pytest.raises(FetchError, match="connection failed"):
        client(port).fetch(f"http://photos.test:{port}/", 100, 5)

    def unknown(_host: str, _port: int) -> list[str]:
        raise socket.gaierror("no such host")

    with pytest.raises(DeliveryError, match="does not resolve"):
        SafeHttp(resolver=unknown).post("https://nobody.example.com/", b"", {}, 5)


def test_proxy_settings_of_the_environment_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(saying(OK)) as server:
        assert client(server.port).fetch(f"http://photos.test:{server.port}/", 100, 5) == b"hello"


def test_every_private_network_of_the_registry_is_covered() -> None:
    networks = ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
    for network in map(ipaddress.ip_network, networks):
        for address in (network[0], network[network.num_addresses // 2], network[-1]):
            assert not is_public(str(address))
            assert not is_public(f"::ffff:{address}")

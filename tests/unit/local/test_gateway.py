"""The limits of API Gateway that the emulator does not have."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator

import pytest

from local.front import gateway
from local.front.http import Request, Response, serve
from local.processes import free_port


def request(size: int, kind: str) -> Request:
    return Request("POST", "/api/v1/source-assets?a=b", {"content-type": kind}, b"x" * size)


@pytest.mark.parametrize(
    ("size", "kind", "fits"),
    [
        (4_000_000, "multipart/form-data; boundary=x", True),
        (4_800_000, "multipart/form-data; boundary=x", False),
        (4_000_000, "application/json", True),
        (4_800_000, "application/json", False),
    ],
)
def test_bodies_count_as_base64(size: int, kind: str, fits: bool) -> None:
    assert (gateway.lambda_payload(request(size, kind)) <= gateway.MAX_LAMBDA_PAYLOAD) is fits


def test_the_apis_own_template_answers_for_the_gateway() -> None:
    templates = {"REQUEST_TOO_LARGE": '{"error":{"message":$context.error.messageString,"id":"$context.requestId"}}'}
    answer = gateway.gateway_response(413, "REQUEST_TOO_LARGE", "Request Too Long", templates)
    error = json.loads(answer.body)["error"]
    assert (answer.status, error["message"]) == (413, "Request Too Long")
    assert len(error["id"]) == 36


def test_without_a_template_the_default_answers() -> None:
    answer = gateway.gateway_response(413, "REQUEST_TOO_LARGE", "Request Too Long", {})
    assert json.loads(answer.body) == {"message": "Request Too Long"}


def test_nothing_is_forwarded_before_the_deployment() -> None:
    assert gateway.Gateway(1, lambda: None).answer(request(1, "text/plain")).status == 503


@pytest.fixture
def behind() -> Iterator[tuple[int, list[Request]]]:
    """A server in the emulator's place, and what reached it."""
    seen: list[Request] = []

    def answer(asked: Request) -> Response:
        seen.append(asked)
        return Response(202, b"{}", {"content-type": "application/json", "x-amzn-requestid": "7"})

    port = free_port(0)
    server = serve(port, answer, 20_000_000, lambda: Response(500))
    yield port, seen
    server.shutdown()
    server.server_close()


def test_a_request_reaches_the_deployed_api_unchanged(behind: tuple[int, list[Request]]) -> None:
    port, seen = behind
    door = gateway.Gateway(port, lambda: gateway.Api("abc", "local", {}))
    answer = door.answer(request(10, "multipart/form-data; boundary=x"))
    assert (answer.status, answer.headers["x-amzn-requestid"]) == (202, "7")
    assert seen[0].target == "/restapis/abc/local/_user_request_/api/v1/source-assets?a=b"
    assert seen[0].headers["content-type"] == "multipart/form-data; boundary=x"
    assert seen[0].body == b"x" * 10


def test_too_large_a_payload_never_reaches_the_function(behind: tuple[int, list[Request]]) -> None:
    port, seen = behind
    door = gateway.Gateway(port, lambda: gateway.Api("abc", "local", {}))
    assert door.answer(request(5_000_000, "image/jpeg")).status == 413
    assert seen == []


def test_a_body_over_ten_megabytes_is_refused_unread() -> None:
    port = free_port(0)
    door = gateway.Gateway(1, lambda: gateway.Api("abc", "local", {}))
    server = serve(port, door.answer, gateway.MAX_BODY, door.too_large)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/api/v1/source-assets", b"x" * (gateway.MAX_BODY + 1))
        assert connection.getresponse().status == 413
    finally:
        connection.close()
        server.shutdown()
        server.server_close()


def test_an_emulator_that_is_away_is_said_to_restart() -> None:
    door = gateway.Gateway(free_port(0), lambda: gateway.Api("abc", "local", {}))
    answer = door.answer(request(1, "text/plain"))
    assert answer.status == 503
    assert b"restarting" in answer.body

"""What a caller is told about limits, and what happens at them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from roomwright import wiring
from roomwright.domain import rate_limits
from roomwright.domain.rate_limits import Quota
from tests.contract.katalo.stage import Context, Stage, handler, log_of, proxy_event
from tests.contract.katalo.test_source_assets import ASSETS, refused
from tests.contract.manage.test_keys import KEYS

READ = f"{ASSETS}/ing_{'0' * 26}"


@pytest.fixture
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three requests for management in a minute, where the clock stands still."""
    monkeypatch.setitem(rate_limits.PER_KEY, Quota.MANAGE, 3)
    now = wiring.wiring().clock.now()
    monkeypatch.setattr(wiring.wiring().clock, "now", lambda: now, raising=False)


def test_every_answer_says_what_is_left(stage: Stage) -> None:
    answer = stage.call("GET", READ)
    policy = answer.headers["RateLimit-Policy"]
    assert policy == '"address";q=12000;w=60, "key";q=1200;w=60, "organisation";q=4800;w=60'
    left = re.findall(r'"(\w+)";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
    assert [name for name, _, _ in left] == ["address", "key", "organisation"]
    assert all(1 <= int(seconds) <= 60 for _, _, seconds in left)
    assert answer.headers["X-Request-Id"] == "req-1"


def test_a_stranger_is_counted_by_address(stage: Stage) -> None:
    answer = stage.call("GET", READ, key=None)
    refused(answer, 401, "unauthorized")
    assert answer.headers["RateLimit-Policy"] == '"address";q=12000;w=60'
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.usefixtures("_narrow")
def test_a_key_at_its_limit_is_told_when_to_come_back(stage: Stage) -> None:
    for left in (2, 1, 0):
        answer = stage.call("GET", KEYS, key=stage.poor_key)
        assert answer.status == 200
        assert f'"key";r={left};' in answer.headers["RateLimit"]
    answer = stage.call("GET", KEYS, key=stage.poor_key)
    refused(answer, 429, "rate_limited", "one key")
    assert answer.body["error"]["retryable"] is True
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.body["error"]["retry_after"] == int(answer.headers["Retry-After"])
    assert '"key";r=0;' in answer.headers["RateLimit"]
    assert stage.call("GET", KEYS).status == 200, "another organisation is not held up"
    assert stage.call("GET", READ, key=stage.poor_key).status == 404, "nor another kind of request"


@pytest.mark.usefixtures("stage")
def test_the_address_is_the_gateways_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forwarded-for header would let a caller choose whose allowance it uses."""
    event = proxy_event("GET", READ, {"X-Forwarded-For": "198.51.100.7", "Authorization": "Bearer x"}, None)
    counted: list[str] = []

    def watched(_: Any, subject: str, names: Sequence[str], __: Any) -> dict[str, int]:
        counted.append(subject)
        return dict.fromkeys(names, 1)

    monkeypatch.setattr(type(wiring.wiring().stores), "count", watched)
    handler("katalo_api").handler(event, Context())
    assert counted == ["address#203.0.113.9"]


def test_work_goes_on_when_counting_does_not(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise ConnectionError("c4n4ry")

    monkeypatch.setattr(type(wiring.wiring().stores), "count", broken)
    with log_of("katalo_api") as log:
        answer = stage.call("GET", READ)
    refused(answer, 404, "not_found")
    assert "RateLimit" not in answer.headers
    entries = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [entry["message"] for entry in entries if entry["level"] == "ERROR"] == ["not counted"] * 2
    assert "c4n4ry" not in log.getvalue()

"""A webhook receiver that fails twice and then answers, and one that is registered."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from local.client import ApiError
from tests.e2e.conftest import Stack, eventually

pytestmark = [pytest.mark.emulator, pytest.mark.engine]
THIRD_ATTEMPT_S = 480
"""the schedule's 5 s and 5 min, each up to 20 % longer, and room for a busy machine"""


def test_every_attempt_is_signed_and_logged(
    stack: Stack, failing_webhook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = eventually(
        lambda: entries if len(entries := stack.webhooks(failing_webhook)) >= 3 else None,
        "three attempts",
        THIRD_ATTEMPT_S,
        2,
    )
    assert [entry["answered"] for entry in received] == [500, 500, 200]
    assert len({entry["headers"]["webhook-id"] for entry in received}) == 1
    receiver = Webhook(stack.status["webhook_secret"])
    for entry in received:
        # The library refuses old timestamps, as it should: each attempt is verified at its own time.
        sent = datetime.fromtimestamp(float(entry["headers"]["webhook-timestamp"]), UTC)
        monkeypatch.setattr("standardwebhooks.webhooks.datetime", _clock_at(sent))
        assert receiver.verify(entry["body"], entry["headers"])["job_id"] == failing_webhook
    path = f"/api/v1/generations/{failing_webhook}/deliveries"
    log = eventually(lambda: _delivered(stack.client.get(path)["deliveries"]), "the log says delivered")
    assert [attempt["status_code"] for attempt in log["attempts"]] == [500, 500, 200]
    assert [attempt["number"] for attempt in log["attempts"]] == [1, 2, 3]


def _clock_at(moment: datetime) -> type[datetime]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Clock:
            return cls.fromtimestamp(moment.timestamp(), tz)

    return Clock


def _delivered(log: list[dict[str, object]]) -> dict[str, object] | None:
    return next((entry for entry in log if entry["status"] == "delivered"), None)


def test_a_registered_endpoint_agrees_is_pinged_and_replayed(stack: Stack) -> None:
    wanted = {"url": stack.status["webhook_inbox_url"] + "?registered", "events": ["generation.failed"]}
    began = datetime.now(UTC) - timedelta(seconds=5)
    made = stack.client.post_json("/api/v1/webhooks", wanted, uuid.uuid4().hex)
    path = f"/api/v1/webhooks/{made['endpoint_id']}"
    eventually(lambda: stack.client.get(path)["status"] == "active", "the challenge is answered", 60)
    sent = stack.client.post_json(f"{path}/ping", {}, uuid.uuid4().hex)
    (ping,) = eventually(lambda: stack.webhooks(made["endpoint_id"]), "the ping arrives", 60)
    assert Webhook(made["secret"]).verify(ping["body"], ping["headers"])["event_type"] == "webhook.ping"
    eventually(lambda: _delivered(stack.client.get(f"{path}/deliveries")["deliveries"]), "the log says delivered")
    stack.client.post_json(f"{path}/replay", {"since": began.isoformat()}, uuid.uuid4().hex)
    received = eventually(
        lambda: entries if len(entries := stack.webhooks(made["endpoint_id"])) == 2 else None, "the replay arrives", 60
    )
    assert {entry["headers"]["webhook-id"] for entry in received} == {sent["delivery_id"]}


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/hook", "http://169.254.169.254/", "https://localhost/hook"])
def test_no_other_private_address_is_called(stack: Stack, blank: Path, url: str) -> None:
    with pytest.raises(ApiError) as refused:
        stack.submit(blank, webhook={"url": url})
    assert refused.value.status == 422

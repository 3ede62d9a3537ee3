"""A registered webhook receiver, and addresses that are never called."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from local.client import ApiError
from tests.e2e.conftest import Stack, delivered, eventually

pytestmark = [pytest.mark.emulator, pytest.mark.engine]


def test_a_registered_endpoint_agrees_is_pinged_and_replayed(stack: Stack) -> None:
    wanted = {"url": stack.status["webhook_inbox_url"] + "?registered", "events": ["generation.failed"]}
    began = datetime.now(UTC) - timedelta(seconds=5)
    made = stack.client.post_json("/api/v1/webhooks", wanted, uuid.uuid4().hex)
    path = f"/api/v1/webhooks/{made['endpoint_id']}"
    eventually(lambda: stack.client.get(path)["status"] == "active", "the challenge is answered", 60)
    sent = stack.client.post_json(f"{path}/ping", {}, uuid.uuid4().hex)
    (ping,) = eventually(lambda: stack.webhooks(made["endpoint_id"]), "the ping arrives", 60)
    assert Webhook(made["secret"]).verify(ping["body"], ping["headers"])["event_type"] == "webhook.ping"
    eventually(lambda: delivered(stack.client.get(f"{path}/deliveries")["deliveries"]), "the log says delivered")
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

"""The attempts at a receiver that fails twice and then answers: last, because the third comes minutes after the job."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

import pytest
from standardwebhooks.webhooks import Webhook

from tests.e2e.conftest import Stack, delivered, eventually

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
    log = eventually(lambda: delivered(stack.client.get(path)["deliveries"]), "the log says delivered")
    assert [attempt["status_code"] for attempt in log["attempts"]] == [500, 500, 200]
    assert [attempt["number"] for attempt in log["attempts"]] == [1, 2, 3]


def _clock_at(moment: datetime) -> type[datetime]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Clock:
            return cls.fromtimestamp(moment.timestamp(), tz)

    return Clock

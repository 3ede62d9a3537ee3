"""The webhook inbox, held against the reference library."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from local.front.http import Request
from local.front.inbox import Inbox, signature_holds

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"event_type":"generation.completed"}'


def signed(body: bytes = BODY, message: str = "msg_1", at: float | None = None) -> dict[str, str]:
    at = time.time() if at is None else at
    signature = Webhook(SECRET).sign(message, datetime.fromtimestamp(at, UTC), body.decode())
    return {"webhook-id": message, "webhook-timestamp": str(int(at)), "webhook-signature": signature}


def test_a_signature_of_the_reference_library_holds() -> None:
    assert signature_holds(SECRET, signed(), BODY, time.time())
    rotated = {**signed(), "webhook-signature": "v1,AAAA " + signed()["webhook-signature"]}
    assert signature_holds(SECRET, rotated, BODY, time.time())


@pytest.mark.parametrize(
    "headers",
    [
        {**signed(), "webhook-id": "msg_2"},
        {**signed(), "webhook-signature": "v1,AAAA"},
        {**signed(), "webhook-timestamp": "never"},
        signed(at=time.time() - 3600),
        {},
    ],
)
def test_anything_else_does_not(headers: dict[str, str]) -> None:
    assert not signature_holds(SECRET, headers, BODY, time.time())


def test_it_fails_as_often_as_asked_for_each_message_and_keeps_every_attempt(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "in.jsonl", lambda: SECRET)

    def post(message: str) -> int:
        headers = {**signed(message=message), "authorization": "secret"}
        return inbox.answer(Request("POST", "/hook?fail=2", headers, BODY)).status

    assert [post("a"), post("b"), post("a"), post("a"), post("b")] == [500, 500, 500, 200, 500]
    kept = inbox.deliveries()
    assert [entry["attempt"] for entry in kept] == [1, 1, 2, 3, 2]
    assert all(entry["signature"] is True for entry in kept)
    assert "authorization" not in kept[0]["headers"]


def test_deliveries_and_counts_survive_a_restart(tmp_path: Path) -> None:
    request = Request("POST", "/hook?fail=1", signed(), BODY)
    assert Inbox(tmp_path / "in.jsonl", lambda: None).answer(request).status == 500
    again = Inbox(tmp_path / "in.jsonl", lambda: None)
    assert again.answer(request).status == 200
    listed = json.loads(again.answer(Request("GET", "/deliveries", {}, b"")).body)["deliveries"]
    assert [entry["answered"] for entry in listed] == [500, 200]
    assert {entry["signature"] for entry in listed} == {"secret unknown"}


def test_it_agrees_to_be_registered(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "in.jsonl", lambda: SECRET)
    body = b'{"type":"webhook.verification","challenge":"c0ffee"}'
    answer = inbox.answer(Request("POST", "/hook", signed(body), body))
    assert (answer.status, json.loads(answer.body)["challenge"]) == (200, "c0ffee")
    for other in (BODY, b"not json", b"[]"):
        assert "challenge" not in json.loads(inbox.answer(Request("POST", "/hook", {}, other)).body)

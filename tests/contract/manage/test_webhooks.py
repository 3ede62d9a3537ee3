"""An organisation's webhooks over HTTP, and the deliveries that the real function makes of them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
import pytest
import svix.webhooks
from standardwebhooks import Webhook

from roomwright import wiring
from roomwright.domain import ids
from roomwright.domain.account import Scope
from roomwright.domain.endpoint import DEFAULT_EVENTS, EVENT_TYPES
from roomwright.ports import HttpAnswer
from tests.contract.katalo.desk import JOBS, wanted
from tests.contract.katalo.stage import Answer, Context, Stage, handler, log_of, sqs_event
from tests.contract.katalo.test_source_assets import refused

HOOKS = "/api/v1/webhooks"
FIELDS = {
    "endpoint_id",
    "url",
    "events",
    "description",
    "status",
    "reason",
    "failing_since",
    "previous_secret_until",
    "created_at",
    "updated_at",
}
QUEUES = ("QUICK_WEBHOOK_QUEUE_URL", "WEBHOOK_QUEUE_URL")
NONE_FAILED: dict[str, Any] = {"batchItemFailures": []}
URL = "https://crm.agency.example/hooks?token=c4n4ry"


class Receiver:
    """Answers challenges, and everything else as `answer` says; keeps what came."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, bytes, dict[str, str]]] = []
        self.answer: Callable[[], HttpAnswer] = lambda: HttpAnswer(204, "", None)
        self.agrees = True

    def post(self, url: str, body: bytes, headers: dict[str, str], timeout_s: float) -> HttpAnswer:
        content = json.loads(body)
        if "challenge" in content:
            return HttpAnswer(200, content["challenge"] if self.agrees else "what?", None)
        self.posts.append((url, body, dict(headers)))
        return self.answer()


@pytest.fixture
def receiver(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """The world outside: every address is this receiver.

    Each test has a key of its own, and so all of its requests; and queues of its own: what another test left to be
    tried again in some seconds is not its work.
    """
    for name in QUEUES:
        monkeypatch.setenv(name, boto3.client("sqs").create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"])
    wiring.wiring.cache_clear()
    monkeypatch.setattr(stage, "key", stage.issue(stage.tenant_id, *Scope))
    made = Receiver()
    the = wiring.wiring()
    monkeypatch.setitem(the.__dict__, "http", made)
    yield made
    for endpoint in stage.call("GET", HOOKS).body["webhooks"]:
        assert stage.call("DELETE", f"{HOOKS}/{endpoint['endpoint_id']}").status == 200


def work() -> int:
    """What the two queues' consumers do with everything that waits there. → how many messages."""
    done = 0
    client, the = boto3.client("sqs"), wiring.wiring()
    for name in QUEUES * 3:
        url = the.settings.need(name)
        while found := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            event = sqs_event(*[json.loads(message["Body"]) for message in found])
            assert handler("deliver_webhook").handler(event, Context()) == NONE_FAILED
            for message in found:
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            done += len(found)
    return done


def create(stage: Stage, **wish: Any) -> Answer:
    options = {name: wish.pop(name) for name in ("key", "idempotency_key") if name in wish}
    return stage.post(HOOKS, {"url": URL, **wish}, **options)


def active(stage: Stage, **wish: Any) -> dict[str, Any]:
    """An endpoint that has answered its challenge, with its secret."""
    made = create(stage, **wish)
    assert made.status == 201, made.body
    work()
    read = stage.call("GET", f"{HOOKS}/{made.body['endpoint_id']}")
    assert read.body["status"] == "active", read.body
    return {**read.body, "secret": made.body["secret"]}


@cache
def _asset(stage: Stage) -> str:
    """One for all jobs."""
    return stage.ready_asset()


def tell(stage: Stage, kind: str = "generation.completed", **wish: Any) -> str:
    """Create a job and put an event about it on the queue. → its id."""
    made = stage.post(JOBS, wanted(_asset(stage), **{"webhook": ..., **wish}))
    assert made.status == 202, made.body
    job_id = str(made.body["job_id"])
    detail = {"tenant_id": stage.tenant_id, "job_id": job_id, "event_id": ids.event_id(job_id, kind)}
    event = sqs_event({"detail-type": kind, "detail": detail})
    assert handler("deliver_webhook").handler(event, Context()) == NONE_FAILED
    return job_id


def accepted(secret: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """What was sent; both libraries raise for a wrong signature."""
    svix.webhooks.Webhook(secret).verify(body, headers)
    return dict(Webhook(secret).verify(body, headers))


def test_an_endpoint_from_its_registration_to_its_first_message(stage: Stage, receiver: Receiver) -> None:
    made = create(stage, description="CRM")
    assert made.status == 201
    assert made.body.keys() == FIELDS | {"secret"}
    assert made.body["status"] == "pending"
    assert made.body["events"] == sorted(DEFAULT_EVENTS)
    assert made.body["reason"]
    path = f"{HOOKS}/{made.body['endpoint_id']}"
    assert work() == 1
    read = stage.call("GET", path).body
    assert read.keys() == FIELDS, "the secret is shown once"
    assert (read["status"], read["reason"], read["description"]) == ("active", None, "CRM")
    assert read in stage.call("GET", HOOKS).body["webhooks"]
    job_id = tell(stage)
    work()
    ((url, body, headers),) = receiver.posts
    assert url == URL
    assert accepted(made.body["secret"], body, headers)["job_id"] == job_id
    (line,) = stage.call("GET", f"{path}/deliveries").body["deliveries"]
    assert (line["job_id"], line["status"], line["event_type"]) == (job_id, "delivered", "generation.completed")
    assert line["delivery_id"] == headers["webhook-id"]
    assert [attempt["status_code"] for attempt in line["attempts"]] == [204]


def test_one_that_does_not_agree_says_why_and_can_be_asked_again(stage: Stage, receiver: Receiver) -> None:
    receiver.agrees = False
    path = f"{HOOKS}/{create(stage).body['endpoint_id']}"
    work()
    read = stage.call("GET", path).body
    assert read["status"] == "pending"
    assert "something else" in read["reason"]
    refused(stage.call("POST", f"{path}/ping", idempotency_key="fresh"), 409, "conflict", "Verify it first")
    receiver.agrees = True
    assert stage.call("POST", f"{path}/verify").status == 202
    work()
    assert stage.call("GET", path).body["status"] == "active"
    refused(stage.call("POST", f"{path}/verify"), 409, "conflict", "nothing to verify")


def test_a_replayed_registration_is_the_same_endpoint(stage: Stage, receiver: Receiver) -> None:
    first = create(stage, idempotency_key="hook-1")
    again = create(stage, idempotency_key="hook-1")
    assert (again.status, again.body) == (201, first.body)
    assert again.headers["Idempotency-Replayed"] == "true"
    refused(create(stage, idempotency_key="hook-1", description="x"), 409, "idempotency_conflict")
    refused(create(stage, idempotency_key=None), 400, "bad_request", "Idempotency-Key")


@pytest.mark.parametrize(
    ("wish", "named"),
    [
        ({"url": "http://plain.example/"}, "url"),
        ({"url": "https://10.0.0.8/"}, "url"),
        ({"url": "https://localhost/"}, "url"),
        ({"url": ""}, "url"),
        ({"events": []}, "events"),
        ({"events": ["generation.exploded"]}, "events"),
        ({"events": "generation.failed"}, "events"),
        ({"description": "x" * 201}, "description"),
        ({"description": "\ud800"}, "description"),
        ({"secret": "whsec_mine"}, "secret"),
    ],
)
def test_what_is_wrong_is_named(stage: Stage, wish: dict[str, Any], named: str) -> None:
    refused(create(stage, **wish), 422, "validation_error", named)


def test_changes(stage: Stage, receiver: Receiver) -> None:
    path = f"{HOOKS}/{active(stage)['endpoint_id']}"

    def patch(**wish: Any) -> Answer:
        headers = {"Content-Type": "application/json"}
        return stage.call("PATCH", path, body=json.dumps(wish), headers=headers)

    assert set(patch(events=list(EVENT_TYPES)).body["events"]) == set(EVENT_TYPES)
    off = patch(status="disabled").body
    assert (off["status"], off["reason"]) == ("disabled", "Its owner disabled it.")
    tell(stage)
    assert receiver.posts == []
    assert patch(status="active").body["status"] == "pending"
    work()
    assert stage.call("GET", path).body["status"] == "active"
    assert patch(url="https://new.example/").body["status"] == "pending"
    refused(patch(url="https://127.0.0.1/"), 422, "validation_error", "url")
    refused(patch(status="pending"), 422, "validation_error", "status")


def test_a_ping_shows_in_the_log_with_what_was_answered(stage: Stage, receiver: Receiver) -> None:
    made = active(stage)
    path = f"{HOOKS}/{made['endpoint_id']}"
    receiver.answer = lambda: HttpAnswer(500, "Traceback: KeyError", None)
    sent = stage.call("POST", f"{path}/ping", idempotency_key="ping-1")
    assert (sent.status, sent.body["event_type"], sent.body["job_id"]) == (202, "webhook.ping", None)
    assert stage.call("POST", f"{path}/ping", idempotency_key="ping-1").body["delivery_id"] == sent.body["delivery_id"]
    work()
    ((_, body, headers),) = receiver.posts
    assert accepted(made["secret"], body, headers)["event_type"] == "webhook.ping"
    (line,) = stage.call("GET", f"{path}/deliveries").body["deliveries"]
    assert line["status"] == "pending"
    assert (line["attempts"][0]["status_code"], line["attempts"][0]["response_excerpt"]) == (500, "Traceback: KeyError")
    assert stage.call("GET", path).body["failing_since"]


def test_a_rotation_shows_a_new_secret_and_both_verify(stage: Stage, receiver: Receiver) -> None:
    made = active(stage)
    path = f"{HOOKS}/{made['endpoint_id']}"
    rotated = stage.call("POST", f"{path}/rotate-secret")
    assert rotated.status == 200
    assert rotated.body["secret"] != made["secret"]
    assert rotated.body["previous_secret_until"]
    assert stage.call("POST", f"{path}/rotate-secret").body["secret"] == rotated.body["secret"], "a repeat"
    job_id = tell(stage)
    work()
    ((_, body, headers),) = receiver.posts
    for secret in (made["secret"], rotated.body["secret"]):
        assert accepted(secret, body, headers)["job_id"] == job_id
    at_once = stage.post(f"{path}/rotate-secret", {"overlap_seconds": 0}).body
    assert at_once["previous_secret_until"] is None
    refused(stage.post(f"{path}/rotate-secret", {"overlap_seconds": 8 * 86400}), 422, "validation_error", "overlap")


def test_one_delivery_is_sent_again_under_the_same_id(stage: Stage, receiver: Receiver) -> None:
    job_id = tell(stage, webhook={"url": URL})
    work()
    (line,) = stage.call("GET", f"{JOBS}/{job_id}/deliveries").body["deliveries"]
    path = f"{JOBS}/{job_id}/deliveries/{line['delivery_id']}/replay"
    opened = stage.call("POST", path)
    assert (opened.status, opened.body["status"], opened.body["job_id"]) == (202, "pending", job_id)
    work()
    first, second = receiver.posts
    assert (first[1], first[2]["webhook-id"]) == (second[1], second[2]["webhook-id"])
    (line,) = stage.call("GET", f"{JOBS}/{job_id}/deliveries").body["deliveries"]
    assert (line["status"], len(line["attempts"])) == ("delivered", 2)
    for nobody in (f"msg_{'0' * 26}", "x" * 2000, "%23"):
        refused(stage.call("POST", path.replace(line["delivery_id"], nobody)), 404, "not_found")
    refused(stage.call("POST", path, key=stage.other_key), 404, "not_found")
    refused(stage.call("POST", path, key=stage.reading_key), 403, "forbidden", "manage")


def test_a_range_is_sent_again_and_the_log_is_paged(stage: Stage, receiver: Receiver) -> None:
    began = datetime.now(UTC)
    path = f"{HOOKS}/{active(stage)['endpoint_id']}"
    jobs = [tell(stage, reference=f"r{n}") for n in range(3)]
    work()
    first = stage.call("GET", f"{path}/deliveries?limit=2").body
    rest = stage.call("GET", f"{path}/deliveries?limit=2&cursor={first['next_cursor']}").body
    assert [line["job_id"] for line in first["deliveries"] + rest["deliveries"]] == jobs
    assert rest["next_cursor"] is None
    asked = stage.post(f"{path}/replay", {"since": (began - timedelta(seconds=1)).isoformat()})
    assert asked.status == 202
    assert asked.body.keys() == {"endpoint_id", "since", "until"}
    work()
    ids_sent = [headers["webhook-id"] for _, _, headers in receiver.posts]
    assert ids_sent[:3] == ids_sent[3:]
    for wish in (
        {"since": datetime.now(UTC).isoformat(), "until": began.isoformat()},
        {"since": "2020-01-01T00:00:00Z"},
        {"since": "0001-01-01T00:00:00+14:00", "until": "9999-12-31T23:59:59-14:00"},
        {"since": "yesterday"},
        {},
    ):
        refused(stage.post(f"{path}/replay", wish), 422, "validation_error", "since")
    for query in ("limit=0", "limit=101", "limit=x", "limit=²"):
        refused(stage.call("GET", f"{path}/deliveries?{query}"), 422, "validation_error", "limit")
    refused(stage.call("GET", f"{path}/deliveries?cursor=nonsense"), 400, "bad_request")


def test_the_default_callback(stage: Stage, receiver: Receiver) -> None:
    def put(content: dict[str, Any], **options: Any) -> Answer:
        headers = {"Content-Type": "application/json"}
        return stage.call("PUT", f"{HOOKS}/default", body=json.dumps(content), headers=headers, **options)

    assert stage.call("GET", f"{HOOKS}/default").body == {"url": None, "previous_secret_until": None}
    secret = put({"url": URL}).body["secret"]
    assert stage.call("GET", f"{HOOKS}/default").body["url"] == URL
    assert stage.call("GET", f"{HOOKS}/default", key=stage.other_key).body["url"] is None
    new = stage.call("POST", f"{HOOKS}/default/rotate-secret").body["secret"]
    job_id = tell(stage)
    work()
    ((_, body, headers),) = receiver.posts
    for either in (secret, new):
        assert accepted(either, body, headers)["job_id"] == job_id
    refused(put({"url": "ftp://x.example/"}), 422, "validation_error", "url")
    refused(put({}), 422, "validation_error", "url")
    assert put({"url": None}).body["url"] is None


def test_nobody_elses_endpoint_can_be_reached(stage: Stage, receiver: Receiver) -> None:
    path = f"{HOOKS}/{active(stage)['endpoint_id']}"
    other: dict[str, Any] = {"key": stage.other_key}
    assert stage.call("GET", HOOKS, **other).body["webhooks"] == []
    patch: dict[str, Any] = {"body": "{}", "headers": {"Content-Type": "application/json"}}
    since = {"since": datetime.now(UTC).isoformat()}
    for answer in (
        stage.call("GET", path, **other),
        stage.call("PATCH", path, **patch, **other),
        stage.call("DELETE", path, **other),
        stage.call("POST", f"{path}/verify", **other),
        stage.call("POST", f"{path}/ping", idempotency_key="fresh", **other),
        stage.call("POST", f"{path}/rotate-secret", **other),
        stage.call("GET", f"{path}/deliveries", **other),
        stage.post(f"{path}/replay", since, **other),
    ):
        refused(answer, 404, "not_found")
    for key, status in ((stage.reading_key, 403), (None, 401)):
        assert stage.call("GET", path, key=key).status == status
    assert stage.call("GET", path).body["status"] == "active"


def test_a_deleted_endpoint_is_gone(stage: Stage, receiver: Receiver) -> None:
    path = f"{HOOKS}/{active(stage)['endpoint_id']}"
    gone = stage.call("DELETE", path)
    assert (gone.status, gone.body["deleted"]) == (200, True)
    refused(stage.call("GET", path), 404, "not_found")
    tell(stage)
    assert (work(), receiver.posts) == (0, [])


def test_neither_secrets_nor_addresses_are_logged(stage: Stage, receiver: Receiver) -> None:
    with log_of("manage_api", "deliver_webhook") as log:
        made = active(stage)
        stage.call("POST", f"{HOOKS}/{made['endpoint_id']}/rotate-secret")
        tell(stage)
        work()
    assert len(receiver.posts) == 1
    text = log.getvalue()
    assert "delivery" in text
    for word in ("whsec_", "c4n4ry", made["secret"][6:20]):
        assert word not in text

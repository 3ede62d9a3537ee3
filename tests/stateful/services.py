"""The services between the functions, with their guarantees and no more: at-least-once queues that give up,
a state machine that retries and times out, an engine that answers late, wrongly or never, receivers of all kinds.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from engine_contract import EngineRequest
from roomwright.domain.errors import UnsafeUrlError
from roomwright.ports import DeliveryError, Event, HttpAnswer
from tests.fakes import engine as answers
from tests.fakes.ports import FakeClock, MemoryBlobs

VISIBILITY = timedelta(seconds=60)
TIMEOUT = timedelta(seconds=900)
RETRY_AFTER = timedelta(seconds=5)


@dataclass
class Message:
    body: dict[str, Any]
    ready_at: datetime
    receives: int = 0


@dataclass
class SimQueue:
    """A message is hidden while it is worked on, comes back if that failed, and is given up at last."""

    name: str
    clock: FakeClock
    max_receives: int
    messages: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def send(self, message: Mapping[str, Any], delay_s: int = 0) -> None:
        self.seen.append(repr(message))
        self.messages.append(Message(dict(message), self.clock.now() + timedelta(seconds=delay_s)))

    def send_all(self, messages: Sequence[Mapping[str, Any]]) -> None:
        for message in messages:
            self.send(message)

    def receive(self, message: Message) -> bool:
        """False when it was received too often and is dead now."""
        message.receives += 1
        message.ready_at = self.clock.now() + VISIBILITY
        if message.receives <= self.max_receives:
            return True
        self.messages.remove(message)
        self.dead.append(message)
        return False

    def delete(self, message: Message) -> None:
        if message in self.messages:
            self.messages.remove(message)


@dataclass
class Execution:
    payload: dict[str, str]
    state: str = "start"
    """start | waiting | finish | over"""
    ready_at: datetime | None = None
    tries: int = 0
    token: str = ""
    result: dict[str, Any] = field(default_factory=dict)


@dataclass
class SimMachine:
    """Executions by name; a name is used once. A token counts from its issue until its task is over."""

    clock: FakeClock
    executions: dict[str, Execution] = field(default_factory=dict)
    issued: int = 0

    def start(self, job_id: str, payload: Mapping[str, str]) -> None:
        self.executions.setdefault(job_id, Execution(dict(payload), ready_at=self.clock.now()))

    def issue(self, execution: Execution) -> str:
        self.issued += 1
        execution.token = f"task-token-{self.issued}"
        return execution.token

    def resume(self, task_token: str, output: Mapping[str, str]) -> None:
        self._answer(task_token, dict(output))

    def fail(self, task_token: str, error: str, cause: str) -> None:
        self._answer(task_token, {"error": {"Error": error, "Cause": cause}})

    def _answer(self, task_token: str, result: dict[str, Any]) -> None:
        for execution in self.executions.values():
            if execution.token == task_token and execution.state in {"start", "waiting"}:
                self.advance(execution, "finish", **result)

    def advance(self, execution: Execution, state: str, **result: Any) -> None:
        execution.state, execution.tries, execution.result = state, 0, result
        wait = TIMEOUT if state == "waiting" else timedelta(0)
        execution.ready_at = None if state == "over" else self.clock.now() + wait


ENGINE_WAYS = ("good", "good", "good", "pair", "refuses", "unapproved", "forged", "foreign", "crash", "silent", "junk")


@dataclass
class SimEngine:
    """`ways` says, per job, how its inference goes. Answers come into `queue` as notifications."""

    clock: FakeClock
    blobs: MemoryBlobs
    queue: SimQueue
    source: random.Random
    ways: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[datetime, EngineRequest, str]] = field(default_factory=list)

    def start(self, request: EngineRequest, inference_id: str) -> None:
        ready_at = self.clock.now() + timedelta(seconds=self.source.randint(5, 200))
        self.asked.append((ready_at, request, inference_id))

    def answer(self, asked: tuple[datetime, EngineRequest, str]) -> None:
        self.asked.remove(asked)
        _, request, inference_id = asked
        tenant_id, job_id = inference_id.split("/")
        way, prefix = self.ways[job_id], request.output_prefix.key
        if way == "silent":
            return
        if way == "crash":
            self.queue.send(answers.notification(tenant_id, job_id, None))
            return
        if way in {"good", "pair", "unapproved", "forged"}:
            for name in ("a/staged_png", "a/staged_jpg", "b/staged_png", "b/staged_jpg", "source.png"):
                self.blobs.objects[prefix + name] = b"a picture"
        key = f"inference/results/{job_id}.out"
        self.blobs.objects[key] = self._result(way, job_id, prefix)
        self.queue.send(answers.notification(tenant_id, job_id, f"s3://{self.blobs.bucket}/{key}"))

    def _result(self, way: str, job_id: str, prefix: str) -> bytes:
        candidates = {
            "good": [answers.candidate(prefix)],
            "pair": [answers.candidate(prefix), answers.candidate(prefix, "b")],
            "unapproved": [answers.candidate(prefix, approved=False)],
            "forged": [answers.candidate(prefix, identical=89)],
            "foreign": [answers.candidate("tenants/someone/else/")],
        }
        if way in candidates:
            return answers.result(job_id, prefix, candidates[way])
        return answers.failure(job_id) if way == "refuses" else b'{"schema": "roomwright.engine.v1", "junk": true}'


@dataclass
class SimBus:
    """Every event; those of the webhooks' rule go on to their queue as EventBridge would send them."""

    webhooks: SimQueue
    events: list[Event] = field(default_factory=list)

    def publish(self, events: list[Event]) -> None:
        for event in events:
            self.events.append(event)
            if event.type.startswith("generation."):
                self.webhooks.send({"detail-type": event.type, "detail": dict(event.detail)})


RECEIVER_WAYS = ("well", "well", "well", "late", "flaky", "gone", "unsafe", "dead")


@dataclass
class SimReceiver:
    """`ways` says, per URL, how a customer's endpoint answers."""

    ways: dict[str, str] = field(default_factory=dict)
    posts: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], timeout_s: float) -> HttpAnswer:
        way = self.ways[url]
        if way == "unsafe":
            raise UnsafeUrlError("The address is private.")
        self.posts.append((url, body, dict(headers)))
        before = sum(1 for seen, _, _ in self.posts if seen == url)
        asked = json.loads(body)
        if asked.get("type") == "webhook.verification":
            return HttpAnswer(200, "no" if way == "wrong" else asked["challenge"], None)
        if way == "dead" or (way == "flaky" and before == 1):
            raise DeliveryError("No answer.")
        if way == "gone":
            return HttpAnswer(410, "", None)
        if way == "late" and before < 4:
            return HttpAnswer(503, "busy", 7)
        return HttpAnswer(204, "", None)

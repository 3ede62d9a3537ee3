"""The Katalo routes over everything in memory, with a clock that stands still: for what depends on no adapter."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from aws_lambda_powertools import Logger

from roomwright.dialects.katalo.ports import Ports
from roomwright.dialects.katalo.routes import Katalo
from roomwright.domain import ids, keys
from roomwright.domain.account import Account, Scope
from roomwright.domain.job import Job, SourceAsset
from roomwright.domain.plans import PLANS, month_of
from roomwright.usecases.finish_job import finish_job
from roomwright.usecases.ingest_source import ingest_source
from roomwright.usecases.issue_key import KeyWish, issue_key
from tests.contract.documented import require_documented
from tests.contract.katalo.stage import Answer, Context, multipart, proxy_event
from tests.fakes import engine, make
from tests.fakes.ports import START, FakeClock, FakeFetcher, FakeImaging, FakeRandom, MemoryBlobs
from tests.fakes.store import MemoryStores

JOBS = "/api/v1/generations"
ASSETS = "/api/v1/source-assets"
PHOTO = b"a photo"
URL = "https://photos.example.com/a.jpg"


class Desk:
    """One organisation with its test tenant, and another."""

    def __init__(self, *, credits: int = 200, plan: str = "business") -> None:
        self.stores, self.clock, self.random = MemoryStores(), FakeClock(), FakeRandom()
        self.blobs, self.fetcher = MemoryBlobs(self.clock), FakeFetcher({URL: PHOTO})
        self.naps: list[float] = []
        self.meanwhile: list[Callable[[], object]] = []
        """what happens whenever a request sleeps"""
        self._numbers = itertools.count()
        ports = Ports(self.stores, self.blobs, self.clock, 3600, frozenset(), self._sleep)
        self._katalo = Katalo(lambda: ports, Logger(service="desk"))
        self.key = self._opened(make.TENANT, credits=credits, plan=plan)
        self.other_key = self._opened(make.OTHER, credits=5)
        self.test_tenant = ids.test_tenant_id(make.TENANT)
        self.test_key = self._opened(self.test_tenant, credits=0, plan="test", live=False)

    def _opened(self, tenant_id: str, *, credits: int, plan: str = "prepaid", **changes: Any) -> str:
        start, end = month_of(START)
        plan_ = PLANS[plan]
        changes |= {"period_started_at": start, "period_ends_at": end, "plan": plan}
        changes |= {"max_in_flight": plan_.max_in_flight, "max_running": plan_.max_running}
        changes |= {"overage_available": plan_.overage, "overage_granted": plan_.overage}
        changes["period_opening"] = {"granted": credits}
        self.stores.create_tenant(make.account(tenant_id, credits, **changes))
        return self.issue(tenant_id)

    def issue(self, tenant_id: str = make.TENANT, wish: KeyWish | None = None) -> str:
        return issue_key(self.stores, self.clock, self.random, tenant_id, wish or KeyWish(frozenset(Scope))).text

    def _sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.clock.advance(timedelta(seconds=seconds))
        for task in self.meanwhile:
            task()

    def call(
        self,
        method: str,
        path: str,
        *,
        key: str | None = None,
        idempotency_key: str | None = None,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request. The idempotency key "fresh" is a new one each time."""
        sent = {"Host": "api.example.com", "Authorization": f"Bearer {key or self.key}", **(headers or {})}
        if idempotency_key is not None:
            fresh = f"fresh-{next(self._numbers)}"
            sent["Idempotency-Key"] = fresh if idempotency_key == "fresh" else idempotency_key
        event = proxy_event(method, path, sent, body)
        raw = self._katalo.web.resolve(event, Context())  # type: ignore[arg-type]  # all that is asked of it
        flat = {name: values[0] for name, values in raw["multiValueHeaders"].items()}
        require_documented(method, event["path"], raw["statusCode"], flat, raw["body"])
        return Answer(raw["statusCode"], json.loads(raw["body"]), flat)

    def post(self, path: str, content: Any, *, idempotency_key: str | None = "fresh", **options: Any) -> Answer:
        headers = {"Content-Type": "application/json", **options.pop("headers", {})}
        return self.call(
            "POST", path, idempotency_key=idempotency_key, body=json.dumps(content), headers=headers, **options
        )

    def post_form(self, *fields: tuple[str, str | bytes], **options: Any) -> Answer:
        """POST /generations as multipart/form-data."""
        body, kind = multipart(*((n, v if isinstance(v, bytes) else v.encode()) for n, v in fields))
        options = {"idempotency_key": "fresh", **options}
        return self.call("POST", JOBS, body=body, headers={"Content-Type": kind}, **options)

    def ready_asset(self, data: bytes = PHOTO, key: str | None = None, tenant_id: str = make.TENANT) -> str:
        """→ the id of a source asset that is ready."""
        body, kind = multipart(("file", data))
        made = self.call("POST", ASSETS, body=body, headers={"Content-Type": kind}, idempotency_key="fresh", key=key)
        return self.ingest(made.body["ingest_id"], tenant_id).source_asset_id

    def ingest(self, ingest_id: str, tenant_id: str = make.TENANT) -> SourceAsset:
        return ingest_source(self.stores, self.blobs, self.fetcher, FakeImaging(), self.clock, tenant_id, ingest_id)

    def job(self, job_id: str, tenant_id: str = make.TENANT) -> Job:
        found = self.stores.tenant(tenant_id).job(job_id)
        assert found is not None
        return found

    def account(self, tenant_id: str = make.TENANT) -> Account:
        return self.stores.tenant(tenant_id).account()

    def run(self, job_id: str, tenant_id: str = make.TENANT) -> Job:
        """queued → running"""
        store, until = self.stores.tenant(tenant_id), self.clock.now() + timedelta(minutes=10)
        assert store.acquire_slot(job_id, until, self.clock.now())
        return store.mark_running(job_id, "token", until, self.clock.now())

    def finish(
        self, job_id: str, scores: Iterable[tuple[float, bool]] = ((0.9, True),), tenant_id: str = make.TENANT
    ) -> Job:
        """running → ended, by an engine that made candidates of these scores, approved or not."""
        prefix = keys.job_prefix(tenant_id, job_id)
        candidates = [
            {**engine.candidate(prefix, str(number), approved=approved), "score": score}
            for number, (score, approved) in enumerate(scores)
        ]
        location = f"{keys.RESULTS}{job_id}.out"
        self.blobs.objects[location] = engine.result(job_id, prefix, candidates)
        uri = f"s3://{self.blobs.bucket}/{location}"
        return finish_job(self.stores, self.blobs, self.clock, tenant_id, job_id, uri)

    def staged(self, content: Any, **options: Any) -> Answer:
        """Create a job and see it through. → what a read answers then."""
        made = self.post(JOBS, content, **options)
        assert made.status == 202, made.body
        self.run(made.body["job_id"])
        self.clock.advance(timedelta(seconds=40))
        self.finish(made.body["job_id"], [(0.9, True), (0.8, True)])
        self.clock.advance(timedelta(seconds=1))
        return self.call("GET", f"{JOBS}/{made.body['job_id']}")


def wanted(source_asset_id: str, /, **changes: Any) -> dict[str, Any]:
    """A request for a furnished living room; `...` leaves a field out."""
    request = {
        "source_asset_id": source_asset_id,
        "workflow": "staging",
        "capture_type": "photo",
        "mode": "furnish",
        "room_types": ["Living Room"],
        "style_preset": "modern",
        "include_alternates": True,
        "reference": "listing-123-lr-1",
        "metadata": {"listing_id": "listing-123", "attempt": 2, "ratio": 0.5, "first": True, "none": None},
        "webhook": {"url": "https://partner.example.com/webhooks/katalo?token=a%20b"},
    }
    return {name: value for name, value in (request | changes).items() if value is not ...}


def refused(answer: Answer, status: int, code: str, *words: str) -> None:
    """The envelope, whole and nothing else, naming what is wrong."""
    assert (answer.status, answer.code) == (status, code), answer.body
    assert set(answer.body) == {"error"}
    assert {"code", "message", "retryable", "retry_after"} <= set(answer.body["error"])
    for word in words:
        assert word in answer.message, answer.message
    assert answer.headers["Cache-Control"] == "no-store"


def aged(desk: Desk, tenant_id: str, **changes: Any) -> None:
    """The account as it would be after other use."""
    account = desk.stores.table.accounts[tenant_id]
    desk.stores.table.accounts[tenant_id] = replace(account, **changes)

"""Values to start a test with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from roomwright.domain import ids
from roomwright.domain.account import Account, ApiKey, Principal, Scope
from roomwright.domain.delivery import Attempt, Delivery, DeliveryStatus
from roomwright.domain.endpoint import Endpoint, EndpointStatus
from roomwright.domain.job import AssetStatus, Failure, Job, JobSpec, JobStatus, Outcome, Output, SourceAsset
from roomwright.domain.plans import month_of
from tests.fakes.ports import START

TENANT = "ten_" + "a" * 26
OTHER = "ten_" + "b" * 26
HOUR = timedelta(hours=1)
SUCCESS = Outcome(outputs=(Output("primary", {"staged_png": "k"}),), manifest_key="m", source_key="s")

FAILURE = Outcome(failure=Failure("engine_error", "It broke.", True, "Send it again."))


def principal(tenant_id: str = TENANT) -> Principal:
    return Principal(tenant_id, "key", live=True, scopes=frozenset(Scope))


def account(tenant_id: str = TENANT, credits: int = 10, **changes: Any) -> Account:
    """Of the plan `prepaid`, in the period that START lies in."""
    empty = Account(tenant_id, "Test", credits, 0, 0, credits, in_flight=0, running=0)
    start, end = month_of(START)
    return replace(empty, **{"period_started_at": start, "period_ends_at": end, **changes})


def job(key: str = "k1", tenant_id: str = TENANT, **changes: Any) -> Job:
    """A queued job of one credit."""
    spec = JobSpec(
        "stage",
        ids.derived_id("src", tenant_id, "source", "x"),
        room_types=("living-room",),
        style="modern",
        reference="listing-1",
        metadata={"attempt": 2, "ratio": 0.1, "huge": 1e300, "name": "Häus"},
    )
    made = Job(
        tenant_id=tenant_id,
        job_id=ids.derived_id("job", tenant_id, "generation", key),
        status=JobStatus.QUEUED,
        spec=spec,
        fingerprint="f1",
        credits=1,
        created_at=START,
        updated_at=START,
        deadline_at=START + HOUR,
        queued_at=START,
    )
    return replace(made, **changes)


def asset(key: str = "k1", tenant_id: str = TENANT, **changes: Any) -> SourceAsset:
    """An asset in `queued`."""
    ingest_id = ids.derived_id("ing", tenant_id, "source_asset", key)
    made = SourceAsset(
        tenant_id=tenant_id,
        ingest_id=ingest_id,
        source_asset_id=ids.source_asset_id(ingest_id),
        status=AssetStatus.QUEUED,
        fingerprint="f1",
        created_at=START,
        updated_at=START,
        deadline_at=START + HOUR,
    )
    return replace(made, **changes)


def ready(queued: SourceAsset, **changes: Any) -> SourceAsset:
    """The same asset, ingested."""
    key = f"tenants/{queued.tenant_id}/sources/{queued.source_asset_id}.jpg"
    return replace(queued, status=AssetStatus.READY, key=key, content_type="image/jpeg", width=4, height=3, **changes)


def delivery(of: Job, **changes: Any) -> Delivery:
    made = Delivery(
        tenant_id=of.tenant_id,
        delivery_id=ids.derived_id("msg", of.tenant_id, of.job_id, "https://hooks.example/"),
        job_id=of.job_id,
        event_id=ids.event_id(of.job_id, "succeeded"),
        event_type="generation.completed",
        dialect="katalo",
        url="https://hooks.example/",
        body='{"a":"ä"}',
        status=DeliveryStatus.PENDING,
        created_at=START,
        next_attempt_at=START,
    )
    return replace(made, **changes)


def attempt(number: int = 1, **changes: Any) -> Attempt:
    made = Attempt(number, START, duration_ms=12, status_code=500, error=None, response_excerpt="oh nö")
    return replace(made, **changes)


def endpoint(name: str = "a", tenant_id: str = TENANT, **changes: Any) -> Endpoint:
    """A registered endpoint that has not answered its challenge."""
    made = Endpoint(
        tenant_id=tenant_id,
        endpoint_id=ids.derived_id("whe", tenant_id, "endpoint", name),
        url=f"https://{name}.example/hook",
        events=frozenset({"generation.completed", "generation.failed"}),
        status=EndpointStatus.PENDING,
        created_at=START,
        updated_at=START,
        description=name,
    )
    return replace(made, **changes)


def key(key_id: str = "abc", tenant_id: str = TENANT, **changes: Any) -> ApiKey:
    """A secret live key of every scope."""
    return replace(ApiKey(key_id, tenant_id, "5" * 64, frozenset(Scope), live=True, created_at=START), **changes)

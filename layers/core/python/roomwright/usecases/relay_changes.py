"""The outbox: what a change of the table means for the queues and for the event bus.

Pure and stable: the same change, seen again, gives the same messages and the same event ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from roomwright.domain import ids, keys
from roomwright.domain.account import Account
from roomwright.domain.endpoint import Endpoint, EndpointStatus
from roomwright.domain.job import AssetStatus, Failure, Job, JobStatus, SourceAsset
from roomwright.domain.plans import low_credits
from roomwright.ports import BlobStore, Event, EventBus, Queue

Changed = Job | SourceAsset | Account | Endpoint

JOB_EVENTS: Mapping[JobStatus, str] = {
    JobStatus.QUEUED: "generation.queued",
    JobStatus.RUNNING: "generation.running",
    JobStatus.SUCCEEDED: "generation.completed",
    JobStatus.FAILED: "generation.failed",
    JobStatus.CANCELLED: "generation.cancelled",
}
ASSET_EVENTS: Mapping[AssetStatus, str] = {
    AssetStatus.READY: "source_asset.ready",
    AssetStatus.FAILED: "source_asset.failed",
}
CREDITS_LOW = "credits.low"
WEBHOOK_DISABLED = "webhook.disabled"
SCHEMA_VERSION = "1"


@dataclass(frozen=True)
class Relay:
    """What one change asks for."""

    jobs: list[Mapping[str, str]] = field(default_factory=list)
    ingests: list[Mapping[str, str]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    stops: list[str] = field(default_factory=list)
    """keys of the notes that tell an engine that nobody waits for its result any more"""


def relay_changes(old: Changed | None, new: Changed | None, at: datetime) -> Relay:
    """`old` and `new` are the item before and after, None for none; `at` is when the change was written (aware UTC)."""
    match old, new:
        case ((Job() | None), Job()) if old is None or old.status != new.status:
            return _of_job(old, new)
        case ((SourceAsset() | None), SourceAsset()) if old is None or old.status != new.status:
            return _of_asset(new)
        case Account(), Account() if new.available < low_credits(new) <= old.available:
            return Relay(events=[_credits_event(new, at)])
        case Endpoint(), Endpoint() if new.status is EndpointStatus.DISABLED and old.status != new.status:
            return Relay(events=[_endpoint_event(new)])
    return Relay()


def send(relay: Relay, jobs: Queue, ingests: Queue, bus: EventBus, blobs: BlobStore) -> None:
    """Messages first: work must not wait for an observer."""
    for message in relay.jobs:
        jobs.send(message)
    for message in relay.ingests:
        ingests.send(message)
    if relay.events:
        bus.publish(relay.events)
    for key in relay.stops:
        blobs.put(key, b"{}", "application/json")


def counted(old: Changed | None, new: Changed | None) -> list[tuple[str, Mapping[str, str]]]:
    """What a change adds to the deployment's metrics: names with their dimensions. A repeated change counts again."""
    if not isinstance(new, Job) or (isinstance(old, Job) and old.status == new.status):
        return []
    found: list[tuple[str, Mapping[str, str]]] = [("JobsAccepted", {})] if old is None else []
    if new.status is JobStatus.SUCCEEDED:
        found.append(("JobsSucceeded", {}))
    if new.status is JobStatus.CANCELLED:
        found.append(("JobsCancelled", {}))
    if new.status is JobStatus.FAILED and new.failure:
        found += [("JobsFailed", {}), ("JobFailures", {"code": new.failure.code})]
    return found


def _of_job(before: Job | None, job: Job) -> Relay:
    """A job that joined the line, or ended and so freed a slot, wakes the dispatcher."""
    wakes = job.status is JobStatus.QUEUED or (job.status.terminal and not job.cached_from)
    messages: list[Mapping[str, str]] = [{"tenant_id": job.tenant_id}] if wakes else []
    kind = JOB_EVENTS.get(job.status)
    stops = [keys.stop(job.tenant_id, job.job_id)] if before and _abandoned(before, job) else []
    return Relay(jobs=messages, events=[_job_event(job, kind)] if kind else [], stops=stops)


def _abandoned(before: Job, job: Job) -> bool:
    """Whether the job ended while an engine works on it: by its owner or by the clock, not by the engine's answer."""
    timed_out = job.failure is not None and job.failure.code == "timeout"
    return before.status is JobStatus.RUNNING and (job.status is JobStatus.CANCELLED or timed_out)


def _of_asset(asset: SourceAsset) -> Relay:
    messages: list[Mapping[str, str]] = []
    if asset.status is AssetStatus.QUEUED:
        messages = [{"tenant_id": asset.tenant_id, "ingest_id": asset.ingest_id}]
    kind = ASSET_EVENTS.get(asset.status)
    return Relay(ingests=messages, events=[_asset_event(asset, kind)] if kind else [])


def _failure(failure: Failure | None) -> Mapping[str, object] | None:
    if failure is None:
        return None
    return {"code": failure.code, "message": failure.message, "retryable": failure.retryable}


def _event(
    event_id: str, kind: str, tenant_id: str, at: datetime, correlation_id: str | None, rest: Mapping[str, object]
) -> Event:
    """`rest` is what the detail of this kind holds beside what all have."""
    every: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "event_id": event_id,
        "correlation_id": correlation_id,
        "tenant_id": tenant_id,
        "occurred_at": at.isoformat(),
    }
    return Event(event_id, kind, tenant_id, at, {**every, **rest})


def _job_event(job: Job, kind: str) -> Event:
    rest: dict[str, object] = {
        "job_id": job.job_id,
        "parent_job_id": job.parent_job_id,
        "status": job.status.value,
        "operation": job.spec.operation,
        "source_asset_id": job.spec.source_asset_id,
        "reference": job.spec.reference,
        "metadata": dict(job.spec.metadata),
        "live": job.live,
        "origin": "drop" if job.spec.drop_key else "api",
    }
    if job.status is JobStatus.SUCCEEDED:
        rest["outputs"] = [{"role": o.role, "artifacts": dict(o.artifacts)} for o in job.outputs]
        rest["manifest_key"] = job.manifest_key
    if job.status is JobStatus.FAILED:
        rest["failure"] = _failure(job.failure)
    event_id = ids.event_id(job.job_id, job.status)
    return _event(event_id, kind, job.tenant_id, job.updated_at, job.correlation_id, rest)


def _asset_event(asset: SourceAsset, kind: str) -> Event:
    rest: dict[str, object] = {
        "ingest_id": asset.ingest_id,
        "source_asset_id": asset.source_asset_id,
        "status": asset.status.value,
        "job_id": asset.job_id,
    }
    if asset.status is AssetStatus.FAILED:
        rest["failure"] = _failure(asset.failure)
    event_id = ids.event_id(asset.ingest_id, asset.status)
    return _event(event_id, kind, asset.tenant_id, asset.updated_at, asset.correlation_id, rest)


def _credits_event(account: Account, at: datetime) -> Event:
    """One id for each level of granted credits: refunds and new jobs may cross the line again and again."""
    event_id = ids.derived_id("evt", account.tenant_id, CREDITS_LOW, str(account.granted))
    rest: dict[str, object] = {
        "plan": account.plan,
        "available": account.available,
        "threshold": low_credits(account),
        "reserved": account.reserved,
        "granted": account.granted,
        "overage_available": account.overage_available,
    }
    return _event(event_id, CREDITS_LOW, account.tenant_id, at, None, rest)


def _endpoint_event(endpoint: Endpoint) -> Event:
    """Its revision tells one disabling from the next. The address is left out: it may hold a secret."""
    event_id = ids.derived_id("evt", endpoint.endpoint_id, WEBHOOK_DISABLED, str(endpoint.revision))
    since = endpoint.failing_since
    rest: dict[str, object] = {
        "endpoint_id": endpoint.endpoint_id,
        "status": endpoint.status.value,
        "reason": endpoint.reason,
        "failing_since": since.isoformat() if since else None,
    }
    return _event(event_id, WEBHOOK_DISABLED, endpoint.tenant_id, endpoint.updated_at, None, rest)

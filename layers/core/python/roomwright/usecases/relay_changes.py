"""The outbox: what a change of the table means for the queues and for the event bus.

Pure and stable: the same change, seen again, gives the same messages and the same event ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from roomwright.domain import ids
from roomwright.domain.job import AssetStatus, Failure, Job, JobStatus, SourceAsset
from roomwright.ports import Event, EventBus, Queue

JOB_EVENTS: Mapping[JobStatus, str] = {
    JobStatus.QUEUED: "generation.queued",
    JobStatus.RUNNING: "generation.running",
    JobStatus.SUCCEEDED: "generation.completed",
    JobStatus.FAILED: "generation.failed",
}
ASSET_EVENTS: Mapping[AssetStatus, str] = {
    AssetStatus.READY: "source_asset.ready",
    AssetStatus.FAILED: "source_asset.failed",
}
SCHEMA_VERSION = "1"


@dataclass(frozen=True)
class Relay:
    """What one change asks for."""

    jobs: list[Mapping[str, str]] = field(default_factory=list)
    ingests: list[Mapping[str, str]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


def relay_changes(old: Job | SourceAsset | None, new: Job | SourceAsset | None) -> Relay:
    """`old` and `new` are the item before and after; None for none."""
    if new is None or (old is not None and old.status == new.status):
        return Relay()
    return _of_job(new) if isinstance(new, Job) else _of_asset(new)


def send(relay: Relay, jobs: Queue, ingests: Queue, bus: EventBus) -> None:
    """Messages first: work must not wait for an observer."""
    for message in relay.jobs:
        jobs.send(message)
    for message in relay.ingests:
        ingests.send(message)
    if relay.events:
        bus.publish(relay.events)


def counted(old: Job | SourceAsset | None, new: Job | SourceAsset | None) -> list[tuple[str, Mapping[str, str]]]:
    """What a change adds to the deployment's metrics: names with their dimensions. A repeated change counts again."""
    if not isinstance(new, Job) or (old is not None and old.status == new.status):
        return []
    found: list[tuple[str, Mapping[str, str]]] = [("JobsAccepted", {})] if old is None else []
    if new.status is JobStatus.SUCCEEDED:
        found.append(("JobsSucceeded", {}))
    if new.status is JobStatus.FAILED and new.failure:
        found += [("JobsFailed", {}), ("JobFailures", {"code": new.failure.code})]
    return found


def _of_job(job: Job) -> Relay:
    """A job that joined the line, or ended and so freed a slot, wakes the dispatcher."""
    wakes = job.status is JobStatus.QUEUED or job.status.terminal
    messages: list[Mapping[str, str]] = [{"tenant_id": job.tenant_id}] if wakes else []
    kind = JOB_EVENTS.get(job.status)
    return Relay(jobs=messages, events=[_job_event(job, kind)] if kind else [])


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


def _job_event(job: Job, kind: str) -> Event:
    event_id = ids.event_id(job.job_id, job.status)
    detail: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "event_id": event_id,
        "tenant_id": job.tenant_id,
        "occurred_at": job.updated_at.isoformat(),
        "job_id": job.job_id,
        "parent_job_id": job.parent_job_id,
        "status": job.status.value,
        "operation": job.spec.operation,
        "source_asset_id": job.spec.source_asset_id,
        "reference": job.spec.reference,
        "metadata": dict(job.spec.metadata),
        "live": job.live,
    }
    if job.status is JobStatus.SUCCEEDED:
        detail["outputs"] = [{"role": o.role, "artifacts": dict(o.artifacts)} for o in job.outputs]
        detail["manifest_key"] = job.manifest_key
    if job.status is JobStatus.FAILED:
        detail["failure"] = _failure(job.failure)
    return Event(event_id, kind, job.tenant_id, job.updated_at, detail)


def _asset_event(asset: SourceAsset, kind: str) -> Event:
    event_id = ids.event_id(asset.ingest_id, asset.status)
    detail: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "event_id": event_id,
        "tenant_id": asset.tenant_id,
        "occurred_at": asset.updated_at.isoformat(),
        "ingest_id": asset.ingest_id,
        "source_asset_id": asset.source_asset_id,
        "status": asset.status.value,
        "job_id": asset.job_id,
    }
    if asset.status is AssetStatus.FAILED:
        detail["failure"] = _failure(asset.failure)
    return Event(event_id, kind, asset.tenant_id, asset.updated_at, detail)

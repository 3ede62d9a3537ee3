"""A staging job: what was asked, where it stands, how it ended.

`TRANSITIONS` is the only statement of the life cycle; code, tests and the diagram in the docs read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from roomwright.domain import ids
from roomwright.domain.errors import StaleStateError


class JobStatus(StrEnum):
    INGESTING = "ingesting"
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def terminal(self) -> bool:
        return not TRANSITIONS[self]


TRANSITIONS: Mapping[JobStatus, frozenset[JobStatus]] = {
    JobStatus.INGESTING: frozenset({JobStatus.QUEUED, JobStatus.FAILED, JobStatus.CANCELLED}),
    JobStatus.QUEUED: frozenset({JobStatus.RUNNING, JobStatus.FAILED, JobStatus.CANCELLED}),
    JobStatus.RUNNING: frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED}),
    JobStatus.SUCCEEDED: frozenset(),
    JobStatus.FAILED: frozenset(),
    JobStatus.CANCELLED: frozenset(),
}


@dataclass(frozen=True)
class Failure:
    """Why a job or an asset ended without a result."""

    code: str
    message: str
    retryable: bool = False
    hint: str = ""


@dataclass(frozen=True)
class JobSpec:
    """What every dialect's request becomes: one operation on one source image."""

    operation: str
    source_asset_id: str
    room_types: tuple[str, ...] = ()
    """room slugs, main room first"""
    style: str | None = None
    seed: int = 0
    include_alternates: bool = False
    reference: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    webhook_url: str | None = None
    dialect: str = "katalo"
    wire: Mapping[str, Any] = field(default_factory=dict)
    """the dialect's own fields that must be echoed (workflow, capture_type, mode, …)"""
    drop_key: str | None = None
    """key of the photo in the drop folder that asked for this job"""
    hints: Mapping[str, Any] = field(default_factory=dict)
    """what the caller knows of the room: the fields of `engine_contract.Hints` that were sent, as JSON"""


ENGINES = ("atelier/0.1.0", "diffusion/0.1.0", "sample/1")
"""Whose pictures the result cache holds. A new version draws others: named here (a test holds this to the engines), it
lets no older result answer any more."""


def config_fingerprint(spec: JobSpec, source: SourceAsset) -> str | None:
    """What makes two jobs ask for the same picture: the source's bytes, everything else that an engine is given, and
    the engines. None for a source whose bytes are not known.
    """
    if source.sha256 is None:
        return None
    asked = (spec.operation, spec.room_types, spec.style, spec.seed, spec.include_alternates, spec.hints)
    return ids.fingerprint([ENGINES, source.sha256, source.focal_length_35mm, *asked])


@dataclass(frozen=True)
class Piece:
    """One piece of furniture in a published image; the fields of `engine_contract.PlacedPiece`."""

    piece: str
    name: str
    size_m: tuple[float, float, float]
    """width, depth, height"""
    position_m: tuple[float, float, float]
    """right, forward, up from the point below the camera"""
    yaw_deg: float
    colours: tuple[str, ...] = ()
    """#rrggbb"""


@dataclass(frozen=True)
class Output:
    """One published image of a succeeded job."""

    role: str
    """primary | alternate"""
    artifacts: Mapping[str, str]
    """name → key in the owner's bucket: the names of `engine_contract.Candidate.artifacts`"""
    pieces: tuple[Piece, ...] = ()
    """everything that was placed"""


@dataclass(frozen=True)
class Job:
    """The job item. `fingerprint` is the hash of the canonical request, for idempotent replay."""

    tenant_id: str
    job_id: str
    status: JobStatus
    spec: JobSpec
    fingerprint: str
    credits: int
    created_at: datetime
    updated_at: datetime
    deadline_at: datetime
    """when the sweeper may end it"""
    queued_at: datetime | None = None
    """when it joined the waiting line"""
    parent_job_id: str | None = None
    root_job_id: str | None = None
    """the job whose regenerations, and theirs, this one is counted with; None for one that begins such a chain"""
    regeneration: int = 0
    """its number in the chain of `root_job_id`"""
    slot_held: bool = False
    """holds one of the tenant's concurrency slots"""
    task_token: str | None = None
    failure: Failure | None = None
    outputs: tuple[Output, ...] = ()
    manifest_key: str | None = None
    source_key: str | None = None
    """the source as the engine saw it"""
    completed_at: datetime | None = None
    live: bool = True
    """False for jobs of test keys"""
    started_at: datetime | None = None
    """when it last became running"""
    correlation_id: str | None = None
    """of the request that created it; every event and log line about the job carries it"""
    config_fingerprint: str | None = None
    """hash of source bytes and configuration: what the result cache knows a result by"""
    cached_from: str | None = None
    """the job whose approved result answered this one at once"""
    stored_bytes: int = 0
    """of everything that was written for it, until that is erased"""
    erased_at: datetime | None = None
    """when its owner had its pictures removed; `outputs` says what they were"""
    overage: bool = False
    """its units come out of the plan's overage, at `unit_price_usd` each"""
    unit_price_usd: str = "0.00"

    @property
    def run_s(self) -> float | None:
        """How long a succeeded job ran, to the millisecond; None for any other, and for one answered by the cache."""
        if self.status is not JobStatus.SUCCEEDED or not (self.started_at and self.completed_at):
            return None
        return round((self.completed_at - self.started_at).total_seconds(), 3)


@dataclass(frozen=True)
class Outcome:
    """How a job ends: outputs, or a failure, or (both absent) cancelled."""

    outputs: tuple[Output, ...] = ()
    failure: Failure | None = None
    manifest_key: str | None = None
    source_key: str | None = None
    stored_bytes: int = 0
    """of everything under the job's prefix"""

    def __post_init__(self) -> None:
        if self.outputs and (self.failure or not self.manifest_key):
            raise ValueError("outputs come with a manifest and without a failure")

    @property
    def status(self) -> JobStatus:
        if self.outputs:
            return JobStatus.SUCCEEDED
        return JobStatus.FAILED if self.failure else JobStatus.CANCELLED


def moved(job: Job, status: JobStatus, now: datetime, deadline_at: datetime) -> Job:
    """The job in another open state. Raises StaleStateError for a step that `TRANSITIONS` does not have."""
    if status not in TRANSITIONS[job.status]:
        raise StaleStateError(f"job {job.job_id} is {job.status}, it cannot become {status}")
    queued_at = now if status is JobStatus.QUEUED else job.queued_at
    return replace(job, status=status, updated_at=now, deadline_at=deadline_at, queued_at=queued_at)


def released(job: Job, asset: SourceAsset, deadline_at: datetime) -> Job:
    """The job in line, once the asset it waited for is ready: only now is it known what the source's bytes are."""
    queued = moved(job, JobStatus.QUEUED, asset.updated_at, deadline_at)
    return replace(queued, config_fingerprint=config_fingerprint(job.spec, asset))


def caches(job: Job) -> bool:
    """Whether this job's result answers later ones that ask the same: an approved picture of its own, asked for as any
    other would (who regenerates wants another one)."""
    own = job.parent_job_id is None and job.cached_from is None
    return job.status is JobStatus.SUCCEEDED and own and job.config_fingerprint is not None


def ended(job: Job, outcome: Outcome, now: datetime) -> Job:
    """The job in its final state: the slot given back, the task token forgotten.

    Raises StaleStateError for a step that `TRANSITIONS` does not have (a queued job cannot succeed).
    """
    if outcome.status not in TRANSITIONS[job.status]:
        raise StaleStateError(f"job {job.job_id} is {job.status}, it cannot become {outcome.status}")
    return replace(
        job,
        status=outcome.status,
        updated_at=now,
        completed_at=now,
        slot_held=False,
        task_token=None,
        failure=outcome.failure,
        outputs=outcome.outputs,
        manifest_key=outcome.manifest_key,
        source_key=outcome.source_key,
        stored_bytes=outcome.stored_bytes,
    )


class AssetStatus(StrEnum):
    AWAITING_UPLOAD = "awaiting_upload"
    QUEUED = "queued"
    READY = "ready"
    FAILED = "failed"
    DELETED = "deleted"
    """after ready or failed: no job can use it, and its image is gone or about to go"""

    @property
    def terminal(self) -> bool:
        return self in (AssetStatus.READY, AssetStatus.FAILED, AssetStatus.DELETED)


@dataclass(frozen=True)
class SourceAsset:
    """One original image. `ingest_id` names the ingest, `source_asset_id` exists once it is ready."""

    tenant_id: str
    ingest_id: str
    source_asset_id: str
    status: AssetStatus
    fingerprint: str
    created_at: datetime
    updated_at: datetime
    deadline_at: datetime
    source_url: str | None = None
    upload_key: str | None = None
    """where the untrusted bytes lie until they are ingested"""
    job_id: str | None = None
    """a job in `ingesting` that waits for this asset"""
    key: str | None = None
    """the sanitised original, once ready"""
    content_type: str | None = None
    width: int | None = None
    height: int | None = None
    sha256: str | None = None
    focal_length_35mm: float | None = None
    stored_bytes: int = 0
    """of the sanitised original, until it is erased"""
    failure: Failure | None = None
    correlation_id: str | None = None
    """of the request that created it, as of a job"""

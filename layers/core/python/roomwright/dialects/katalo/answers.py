"""Katalo's answers as models: what `mapping` builds, documented and checked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine_contract import Hints
from roomwright.dialects.answers import Answer, DeliveryId, IngestId, JobId, Moment, SourceAssetId, UploadForm, Url


class Failure(Answer):
    """Why there is no result."""

    code: str
    message: str
    retryable: bool
    """whether the same request may succeed later"""
    hint: str
    """(not in Katalo's contract) what to do about it; may be empty"""


class SourceAsset(Answer):
    """An ingest, and the source asset it makes."""

    ingest_id: IngestId
    status: Literal["awaiting_upload", "queued", "ready", "failed", "deleted"]
    source_asset_id: SourceAssetId | None
    """null unless the status is `ready`"""
    width: int | None
    """(not in Katalo's contract) pixels"""
    height: int | None
    """(not in Katalo's contract) pixels"""
    failure: Failure | None
    created_at: Moment
    updated_at: Moment
    upload: UploadForm | None = None
    """(not in Katalo's contract) where to send the file, when an upload was asked for"""


class PlacedPiece(Answer):
    """(not in Katalo's contract) One piece of furniture as it stands in the room."""

    piece: str
    """its role in the catalogue, such as `sofa`"""
    name: str
    size_m: Annotated[list[float], Field(min_length=3, max_length=3)]
    """width, depth, height"""
    position_m: Annotated[list[float], Field(min_length=3, max_length=3)]
    """right, forward and up from the floor below the camera"""
    yaw_deg: float
    """how far it is turned to the left, seen from above"""
    colours: list[str]
    """of its main materials, #rrggbb"""


class OutputImage(Answer):
    """One published image."""

    image_url: Url
    """the listing-ready JPEG; signed, for a while"""
    role: Literal["primary", "alternate"]
    artifacts: dict[str, Url]
    """(not in Katalo's contract) every file of this output by name: the pictures, `scene_json` (what was rendered) and
    `checks_png` (what the checks measured) among them"""
    pieces: list[PlacedPiece]
    """(not in Katalo's contract) everything that was placed"""


class Progress(Answer):
    """How far a running job is."""

    stage: str
    fraction: Annotated[float, Field(ge=0, le=1)]
    """of the time the whole is expected to take"""
    stages_done: list[str]
    elapsed_s: Annotated[float, Field(ge=0)]


class Generation(Answer):
    """The job envelope: create, read, regenerate and cancel answer it."""

    job_id: JobId
    parent_job_id: JobId | None
    """the job this one was regenerated from"""
    source_asset_id: SourceAssetId | None
    """null while an inline source is ingested"""
    status: Literal["ingesting", "queued", "running", "succeeded", "failed"]
    workflow: Literal["staging", "pro_capture"]
    capture_type: Literal["photo", "panorama360", "floorplan"]
    mode: Literal["furnish", "refurnish", "clean"] | None
    """null when the workflow does not use one"""
    room_types: list[str]
    """canonical labels; empty for clean jobs"""
    style_preset: str | None
    """canonical preset"""
    include_alternates: bool
    reference: str | None
    metadata: dict[str, str | int | float | bool | None]
    hints: Hints | None
    """(not in Katalo's contract) what the caller said of the room; null when nothing"""
    failure: Failure | None
    """of a failed or cancelled job (`cancelled` is a code, not a status)"""
    outputs: list[OutputImage]
    """the primary first, and at most one alternate"""
    outputs_erased_at: Moment | None
    """(not in Katalo's contract) when they were deleted by `DELETE …/outputs`"""
    source_image_url: Url | None
    """(not in Katalo's contract) the source as the engine saw it; signed, for a while"""
    progress: Progress | None
    """(not in Katalo's contract) of a running job"""
    estimated_completion_at: Moment | None
    """(not in Katalo's contract) null when it is not known, or the job has ended"""
    created_at: Moment
    completed_at: Moment | None
    updated_at: Moment


class Attempt(Answer):
    """One try to deliver."""

    number: int
    at: Moment
    duration_ms: int
    status_code: int | None
    """null when no answer came"""
    error: str | None
    url: Url | None
    """where it went, if that was not the delivery's `url`: its endpoint had moved"""
    response_excerpt: str
    """where a log would be too long for an answer, earlier attempts of each delivery are shown without it"""


class Delivery(Answer):
    """One webhook to one destination, with every attempt."""

    delivery_id: DeliveryId
    """the `webhook-id` header: the same for every attempt"""
    event_type: str
    url: Url
    status: Literal["pending", "delivered", "exhausted", "disabled"]
    created_at: Moment
    next_attempt_at: Moment | None
    """null once nothing more will be sent"""
    attempts: list[Attempt]


class Deliveries(Answer):
    """What was sent about one job."""

    deliveries: list[Delivery]


Money = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]{2}$")]
Count = Annotated[int, Field(ge=0)]


class Entitlement(Answer):
    """(its fields are not in Katalo's contract) The organisation's plan."""

    plan: str
    environment: Literal["live", "test"]
    included_units: Count
    """topped up when a period begins"""
    overage_units: Count
    """that a period may use beyond them"""
    overage_unit_price_usd: Money


class Access(Answer):
    """Whether a generation would be accepted now, as far as units go."""

    enabled: bool


class BillingPeriod(Answer):
    """A calendar month, UTC."""

    start_at: Moment | None
    end_at: Moment | None


class UnitsUsed(Answer):
    """Units of the period: included = consumed − overage + reserved + remaining, always."""

    included: int
    consumed: int
    """charged, overage among it"""
    overage: int
    """charged beyond the balance"""
    reserved: int
    """(not in Katalo's contract) held for jobs that have not ended"""
    remaining: int
    overage_remaining: int
    """(not in Katalo's contract)"""


class JobsDone(Answer):
    """Jobs of the period."""

    total: Count
    succeeded: Count
    failed: Count
    cancelled: Count
    """(not in Katalo's contract)"""
    outputs_returned: Count
    regenerate_count: Count
    cache_hit_count: Count
    in_flight: Count
    """(not in Katalo's contract) accepted and not ended, now"""
    running: Count
    """(not in Katalo's contract) now"""


class RateLimits(Answer):
    """(its fields are not in Katalo's contract) Requests of each kind in a window, and jobs at a time."""

    window_seconds: int
    per_key: dict[str, int]
    per_organization: dict[str, int]
    jobs_in_flight: int
    jobs_running: int


class Storage(Answer):
    """(not in Katalo's contract) Bytes that are kept: source assets, and everything that was written for jobs."""

    stored_bytes: Count
    limit_bytes: Count
    """no new source assets and generations beyond it"""


class UsageSummary(Answer):
    """What the organisation used in its billing period."""

    entitlement: Entitlement
    access: Access
    billing_period: BillingPeriod
    usage: UnitsUsed
    jobs: JobsDone
    storage: Storage
    rate_limits: RateLimits


class BillingEvent(Answer):
    """One line of the ledger: one for each job that ended, and one for each grant."""

    event_id: str
    job_id: JobId | None
    """null for a grant"""
    source_asset_id: SourceAssetId | None
    usage_type: Literal["generation", "regeneration", "cache_hit", "credit_grant"]
    config_fingerprint: str | None
    """what the result cache knows source and configuration by"""
    billable: bool
    unit_price_usd: Money
    """of a unit beyond the balance; units out of the balance are paid for already"""
    amount_usd: Money
    movement: Literal["charge", "refund", "cache_hit", "grant"]
    """(not in Katalo's contract)"""
    units: int
    """(not in Katalo's contract)"""
    overage: bool
    """(not in Katalo's contract) beyond the balance"""
    created_at: Moment


class BillingEvents(Answer):
    """A page of the ledger, newest first."""

    events: list[BillingEvent]
    next_cursor: str | None
    """null at the end"""


class OfferedOperation(Answer):
    """What can be done to a photo."""

    name: str
    summary: str
    change_class: str
    """what kind of change to the property as shown it is"""
    available: bool
    """in this version"""
    units: Count
    """that one succeeded job costs"""


Need = Literal["required", "optional", "not allowed"]


class OfferedGeneration(Answer):
    """Which fields go together."""

    workflow: Literal["staging", "pro_capture"]
    capture_type: Literal["photo", "panorama360", "floorplan"]
    mode: Literal["furnish", "refurnish", "clean"] | None
    """null: a request must not name one"""
    operation: str
    available: bool
    room_types: Need
    style_preset: Need
    regenerate_overrides: list[str]
    """fields that a regenerated job may change"""


class OfferedRoom(Answer):
    """`label` is what answers show; requests may name either."""

    slug: str
    label: str
    staged: bool
    """in this version"""


class OfferedStyle(Answer):
    """`preset` is what answers show; requests may name any of the three."""

    preset: str
    slug: str
    label: str


class Capabilities(Answer):
    """What this deployment can do, from the tables that validate requests."""

    operations: list[OfferedOperation]
    generations: list[OfferedGeneration]
    room_types: list[OfferedRoom]
    room_families: list[list[str]]
    """rooms that one request may name together, by label"""
    style_presets: list[OfferedStyle]
    limits: dict[str, int]

"""Katalo's operations: what each takes and answers. `openapi` makes the document of them, tests run the examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roomwright.dialects.answers import EXAMPLE
from roomwright.dialects.contract import Example, Link, Operation, Query
from roomwright.dialects.katalo.answers import (
    BillingEvents,
    Capabilities,
    Deliveries,
    Generation,
    SourceAsset,
    UsageSummary,
)
from roomwright.dialects.katalo.models import (
    MAX_ROOMS,
    CreateGeneration,
    RegenerateGeneration,
    SourceFromUpload,
    SourceFromUrl,
)
from roomwright.domain.account import Scope

TAGS: Mapping[str, str] = {
    "Source Assets": "Original images, ingested once and used for any number of generations.",
    "Generations": "Jobs: one original image in, one approved picture out (and at most one alternate).",
    "Usage": "What the organisation used in its billing period.",
    "Billing": "The append-only ledger.",
    "Service": "What this deployment can do, and this document.",
}

SUCCEEDED = f"job_{EXAMPLE}"
QUEUED = "job_01jxn9x4kq5c7r9t2v4y6z8abd"
INGEST = f"ing_{EXAMPLE}"
UNUSED = "ing_01jxn9x4kq5c7r9t2v4y6z8def"
SOURCE = f"src_{EXAMPLE}"

_FILE: Mapping[str, Any] = {
    "type": "string",
    "format": "binary",
    "contentMediaType": "image/*",
    "description": "JPEG, PNG, WebP or HEIC; the whole request takes at most 4,000,000 bytes.",
}
_ONLY_FILE: Mapping[str, Any] = {
    "type": "object",
    "properties": {"file": _FILE},
    "required": ["file"],
    "additionalProperties": False,
}
_TEXT: Mapping[str, Any] = {"type": "string"}
_FORM: Mapping[str, Any] = {
    "type": "object",
    "description": "The fields of the JSON body as text, `metadata` and `hints` as JSON, and the image as `file`.",
    "properties": {
        "file": _FILE,
        "workflow": {"enum": ["staging", "pro_capture"]},
        "capture_type": {"enum": ["photo", "panorama360", "floorplan"]},
        "mode": {"enum": ["furnish", "refurnish", "clean"]},
        "room_types": {"type": "array", "items": _TEXT, "maxItems": MAX_ROOMS},
        "style_preset": _TEXT,
        "include_alternates": {"type": "boolean"},
        "reference": _TEXT,
        "metadata": {"type": "string", "contentMediaType": "application/json"},
        "webhook.url": _TEXT,
        "hints": {"type": "string", "contentMediaType": "application/json"},
        "seed": {"type": "integer", "minimum": 0},
    },
    "required": ["file", "workflow", "capture_type"],
}
_STAGED: Mapping[str, Any] = {
    "source_asset_id": SOURCE,
    "workflow": "staging",
    "capture_type": "photo",
    "mode": "furnish",
    "room_types": ["Living Room"],
    "style_preset": "modern",
    "include_alternates": True,
    "reference": "listing-123-lr-1",
    "metadata": {"listing_id": "listing-123", "attempt": 1},
    "webhook": {"url": "https://partner.example.com/webhooks/roomwright"},
}
_HINTS: Mapping[str, Any] = {
    "ceiling_height_m": 2.6,
    "windows": [[[0.62, 0.21], [0.81, 0.19], [0.81, 0.55], [0.62, 0.54]]],
    "doors": [],
    "keep_clear": [[[0.1, 0.48], [0.22, 0.49], [0.22, 0.6], [0.1, 0.61]]],
}
_NEEDED = ("source_asset_id", "workflow", "capture_type", "mode", "room_types")
_INLINE = {name: value for name, value in _STAGED.items() if name not in {"source_asset_id", "webhook"}}
_STAGE = {name: _STAGED[name] for name in _NEEDED} | {"source_asset_id": "$response.body#/source_asset_id"}
_OF_JOB = {"job_id": "$response.body#/job_id"}
_READ_JOB = Link("read", "getGeneration", _OF_JOB)
_JOB_LINKS = (
    _READ_JOB,
    Link("regenerate", "regenerateGeneration", _OF_JOB),
    Link("cancel", "cancelGeneration", _OF_JOB),
    Link("deliveries", "listDeliveries", _OF_JOB),
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "createSourceAsset",
        "POST",
        "/source-assets",
        "Source Assets",
        "Submit one original image",
        Scope.UPLOAD,
        {202: SourceAsset},
        (
            Example("from a URL", 202, {"source_url": "https://photos.example.com/living-room.jpg"}),
            Example("by an upload", 202, {"upload": {"content_type": "image/jpeg", "size_bytes": 9_000_000}}),
        ),
        description="As a file, by a URL to fetch, or (not in Katalo's contract) by a reserved upload to storage.",
        bodies=(SourceFromUrl, SourceFromUpload),
        form=_ONLY_FILE,
        idempotent=True,
        links=(Link("read", "getSourceAsset", {"ingest_id": "$response.body#/ingest_id"}),),
    ),
    Operation(
        "getSourceAsset",
        "GET",
        "/source-assets/{ingest_id}",
        "Source Assets",
        "Read an ingest until it is ready",
        Scope.READ,
        {200: SourceAsset},
        (Example("ready", 200, path={"ingest_id": INGEST}),),
        links=(Link("stage", "createGeneration", body=_STAGE),),
    ),
    Operation(
        "deleteSourceAsset",
        "DELETE",
        "/source-assets/{ingest_id}",
        "Source Assets",
        "Erase a source asset",
        Scope.MANAGE,
        {200: SourceAsset},
        (
            Example("not used", 200, path={"ingest_id": UNUSED}),
            Example("used by a job", 409, path={"ingest_id": INGEST}),
        ),
        description=(
            "Its image is removed from storage, and no generation can use it any more. A conflict while a job that has "
            "not ended uses it. Deleting it again changes nothing."
        ),
        refusals=frozenset({409}),
        ours=True,
    ),
    Operation(
        "createGeneration",
        "POST",
        "/generations",
        "Generations",
        "Create a job",
        Scope.CREATE,
        {202: Generation, 200: Generation},
        (
            Example("staging", 202, _STAGED),
            Example("only what is needed", 202, {name: _STAGED[name] for name in _NEEDED}),
            Example("from a URL", 202, _INLINE | {"source_url": "https://photos.example.com/living-room.jpg"}),
            Example("waited for", 202, _STAGED, headers={"Prefer": "wait=1"}),
            Example("with what is known of the room", 202, {**_STAGED, "hints": _HINTS}),
        ),
        description=(
            "Exactly one of `source_asset_id`, `source_url` and (as multipart/form-data) `file`. Which other fields "
            "are required or not allowed depends on workflow, capture type and mode: see `GET /api/v1/capabilities`. "
            "The status is 200 for a job that has ended already: by the result cache, or within `Prefer: wait=n`."
        ),
        bodies=(CreateGeneration,),
        form=_FORM,
        idempotent=True,
        waits=True,
        links=_JOB_LINKS,
    ),
    Operation(
        "getGeneration",
        "GET",
        "/generations/{job_id}",
        "Generations",
        "Read a job, with fresh signed URLs",
        Scope.READ,
        {200: Generation},
        (
            Example("succeeded", 200, path={"job_id": SUCCEEDED}),
            Example("waited for", 200, path={"job_id": QUEUED}, headers={"Prefer": "wait=1"}),
            Example("somebody else's", 404, path={"job_id": "job_00000000000000000000000000"}),
        ),
        waits=True,
    ),
    Operation(
        "cancelGeneration",
        "DELETE",
        "/generations/{job_id}",
        "Generations",
        "Cancel a job that has not ended",
        Scope.CANCEL,
        {200: Generation},
        (
            Example("queued", 200, path={"job_id": QUEUED}),
            Example("ended", 409, path={"job_id": SUCCEEDED}),
        ),
        description=(
            "The job is answered as failed with the code `cancelled`, and nothing is charged. Cancelling it again "
            "changes nothing; a job that ended otherwise is a conflict."
        ),
        refusals=frozenset({409}),
        ours=True,
    ),
    Operation(
        "deleteOutputs",
        "DELETE",
        "/generations/{job_id}/outputs",
        "Generations",
        "Erase the pictures of a job that has ended",
        Scope.MANAGE,
        {200: Generation},
        (
            Example("succeeded", 200, path={"job_id": SUCCEEDED}),
            Example("queued", 409, path={"job_id": QUEUED}),
        ),
        description=(
            "Everything that was written for the job is removed from storage; the job itself, and what it cost, stay. "
            "Jobs that the result cache answered with these pictures lose them too. Repeating it changes nothing."
        ),
        refusals=frozenset({409}),
        ours=True,
    ),
    Operation(
        "regenerateGeneration",
        "POST",
        "/generations/{job_id}/regenerate",
        "Generations",
        "Ask for another picture of the same source",
        Scope.CREATE,
        {202: Generation, 200: Generation},
        (
            Example("another picture", 202, {"include_alternates": True}, path={"job_id": SUCCEEDED}),
            Example("another style", 202, {"style_preset": "japandia"}, path={"job_id": SUCCEEDED}),
        ),
        description="A new job. What is not sent is the parent's; which fields may be sent depends on the parent.",
        bodies=(RegenerateGeneration,),
        body_required=False,
        idempotent=True,
        waits=True,
        links=_JOB_LINKS,
    ),
    Operation(
        "listDeliveries",
        "GET",
        "/generations/{job_id}/deliveries",
        "Generations",
        "Read what was sent about a job",
        Scope.READ,
        {200: Deliveries},
        (Example("of a job", 200, path={"job_id": SUCCEEDED}),),
        ours=True,
    ),
    Operation(
        "getUsageSummary",
        "GET",
        "/usage/summary",
        "Usage",
        "Read what was used in this billing period",
        Scope.READ,
        {200: UsageSummary},
        (Example("this period", 200),),
    ),
    Operation(
        "listBillingEvents",
        "GET",
        "/billing/events",
        "Billing",
        "Read the ledger, newest first",
        Scope.READ,
        {200: BillingEvents},
        (
            Example("the newest", 200),
            Example("a page", 200, query={"limit": "2"}),
            Example("not a cursor", 400, query={"cursor": "nonsense"}),
        ),
        query=(
            Query("limit", "lines in a page", {"type": "integer", "minimum": 1, "maximum": 100, "default": 100}),
            Query("cursor", "`next_cursor` of the page before", {"type": "string"}),
        ),
        links=(Link("next", "listBillingEvents", {"cursor": "$response.body#/next_cursor"}),),
    ),
    Operation(
        "getCapabilities",
        "GET",
        "/capabilities",
        "Service",
        "Read what this deployment can do",
        Scope.READ,
        {200: Capabilities},
        (Example("all", 200),),
        ours=True,
    ),
    Operation(
        "getOpenApi",
        "GET",
        "/openapi",
        "Service",
        "Read this document",
        None,
        {200: None},
        (Example("as YAML", 200), Example("as JSON", 200, headers={"Accept": "application/json"})),
        description="YAML, or JSON where Accept prefers it. No key is asked for.",
        kinds=("application/yaml", "application/json"),
    ),
)

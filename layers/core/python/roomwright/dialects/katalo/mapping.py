"""The domain in Katalo's words: jobs, assets and deliveries as answers show them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from roomwright.dialects.deliveries import attempts
from roomwright.dialects.moments import timestamp
from roomwright.domain import catalogue
from roomwright.domain.delivery import Delivery
from roomwright.domain.job import AssetStatus, Failure, Job, JobStatus, Piece, SourceAsset
from roomwright.ports import PresignedUpload

if TYPE_CHECKING:
    from engine_contract import Progress

Sign = Callable[[str], str]
"""object key → URL that reads it for a while"""


def generation(
    job: Job, sign: Sign | None, progress: Progress | None = None, completion: datetime | None = None
) -> dict[str, Any]:
    """The job envelope. `sign` is None for a caller who may not read: then no picture is shown.

    Not in Katalo's contract: `hints`, `outputs_erased_at`, `progress`, `estimated_completion_at` (`completion`),
    `source_image_url`, `outputs[].artifacts`, `outputs[].pieces` and `failure.hint`.
    """
    return {
        "job_id": job.job_id,
        "parent_job_id": job.parent_job_id,
        "source_asset_id": source_asset_id(job),
        "status": _status(job),
        **{name: job.spec.wire.get(name) for name in ("workflow", "capture_type", "mode")},
        "room_types": [_room_label(slug) for slug in job.spec.room_types],
        "style_preset": _preset(job.spec.style),
        "include_alternates": job.spec.include_alternates,
        "reference": job.spec.reference,
        "metadata": dict(job.spec.metadata),
        "hints": dict(job.spec.hints) or None,
        "failure": failure(job),
        "outputs": _staged(job, sign) if sign else [],
        "outputs_erased_at": timestamp(job.erased_at),
        "source_image_url": sign(job.source_key) if sign and job.source_key and not job.erased_at else None,
        "progress": progress.model_dump() if progress else None,
        "estimated_completion_at": timestamp(completion),
        "created_at": timestamp(job.created_at),
        "completed_at": timestamp(job.completed_at),
        "updated_at": timestamp(job.updated_at),
    }


def source_asset_id(job: Job) -> str | None:
    """None until an inline source is ingested, and for good if it could not be."""
    ingested = job.queued_at is not None or job.cached_from is not None
    return job.spec.source_asset_id if ingested else None


def _status(job: Job) -> str:
    """Katalo knows no cancelled jobs: they are failed ones that say so."""
    return "failed" if job.status is JobStatus.CANCELLED else job.status.value


def failure(job: Job) -> dict[str, Any] | None:
    """Why there is no picture; None for a job that has or may get one."""
    if job.status is JobStatus.CANCELLED:
        return _failure(Failure("cancelled", "The job was cancelled. Nothing was charged."))
    return _failure(job.failure)


def _failure(reason: Failure | None) -> dict[str, Any] | None:
    if reason is None:
        return None
    return {"code": reason.code, "message": reason.message, "retryable": reason.retryable, "hint": reason.hint}


def outputs(job: Job, sign: Sign) -> list[dict[str, Any]]:
    """Primary first, and none that was erased. `image_url` is the listing-ready JPEG; `artifacts` has every file by
    name."""
    answers = []
    for output in () if job.erased_at else job.outputs:
        urls = {name: sign(key) for name, key in sorted(output.artifacts.items())}
        image = urls.get("staged_jpg") or urls.get("staged_png")
        answers.append({"image_url": image, "role": output.role, "artifacts": urls})
    return answers


def _staged(job: Job, sign: Sign) -> list[dict[str, Any]]:
    """`outputs`, each with what was placed in the room."""
    shown = zip(outputs(job, sign), job.outputs, strict=job.erased_at is None)
    return [answer | {"pieces": [_piece(piece) for piece in output.pieces]} for answer, output in shown]


def _piece(piece: Piece) -> dict[str, Any]:
    return {
        "piece": piece.piece,
        "name": piece.name,
        "size_m": list(piece.size_m),
        "position_m": list(piece.position_m),
        "yaw_deg": piece.yaw_deg,
        "colours": list(piece.colours),
    }


def source_asset(asset: SourceAsset, upload: PresignedUpload | None = None) -> dict[str, Any]:
    """An ingest. `source_asset_id` is null unless the asset is ready."""
    ready = asset.status is AssetStatus.READY
    answer: dict[str, Any] = {
        "ingest_id": asset.ingest_id,
        "status": asset.status.value,
        "source_asset_id": asset.source_asset_id if ready else None,
        "width": asset.width,
        "height": asset.height,
        "failure": _failure(asset.failure),
        "created_at": timestamp(asset.created_at),
        "updated_at": timestamp(asset.updated_at),
    }
    return answer | ({"upload": upload_form(upload)} if upload else {})


def upload_form(upload: PresignedUpload) -> dict[str, Any]:
    """How to upload: POST `fields` and then the file, as multipart/form-data, to `url`."""
    return {
        "method": "POST",
        "url": upload.url,
        "fields": dict(upload.fields),
        "file_field": "file",
        "max_bytes": upload.max_bytes,
        "expires_at": timestamp(upload.expires_at),
    }


def delivery(entry: Delivery) -> dict[str, Any]:
    """One line of the delivery log."""
    return {
        "delivery_id": entry.delivery_id,
        "event_type": entry.event_type,
        "url": entry.url,
        "status": entry.status.value,
        "created_at": timestamp(entry.created_at),
        "next_attempt_at": timestamp(entry.next_attempt_at),
        "attempts": attempts(entry),
    }


def _room_label(slug: str) -> str:
    room = catalogue.room(slug)
    return room.label if room else slug


def _preset(slug: str | None) -> str | None:
    style = catalogue.style(slug) if slug else None
    return style.wire if style else slug

"""Katalo's words and the domain's, both ways."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from roomwright.dialects.katalo.models import CreateGeneration
from roomwright.domain import catalogue
from roomwright.domain.delivery import Delivery
from roomwright.domain.errors import OperationUnavailableError, UnsafeUrlError, ValidationError
from roomwright.domain.job import Failure, Job, JobSpec, JobStatus, SourceAsset
from roomwright.domain.operations import OPERATIONS
from roomwright.domain.urls import Destination, checked_url
from roomwright.ports import PresignedUpload

if TYPE_CHECKING:
    from engine_contract import Progress

Sign = Callable[[str], str]
"""object key → URL that reads it for a while"""

_OPERATIONS: Mapping[tuple[str, str, str | None], str] = {
    ("staging", "photo", "furnish"): "stage",
    ("staging", "photo", "refurnish"): "stage",
    ("staging", "photo", "clean"): "clear",
    ("staging", "panorama360", None): "panorama",
    ("staging", "floorplan", None): "floorplan",
    ("pro_capture", "photo", None): "enhance",
}
"""workflow, capture type and mode → operation"""


def spec(request: CreateGeneration, allow: Collection[Destination]) -> JobSpec:
    """The job a request asks for.

    Raises ValidationError (which field, and what to send) and OperationUnavailableError (what is available).
    """
    operation = _operation(request)
    webhook_url = request.webhook.url if request.webhook else None
    if webhook_url is not None:
        _check_webhook(webhook_url, allow)
    return JobSpec(
        operation=operation,
        source_asset_id=request.source_asset_id,
        room_types=_rooms(request.room_types),
        style=_style(request.style_preset) if request.style_preset is not None else None,
        seed=request.seed,
        include_alternates=request.include_alternates,
        reference=request.reference,
        metadata=request.metadata,
        webhook_url=webhook_url,
        dialect="katalo",
        wire={"workflow": request.workflow, "capture_type": request.capture_type, "mode": request.mode},
    )


def drop_spec(room: str, style: str) -> JobSpec:
    """The job that a photo in the folder `<room>/<style>/` of the drop box asks for. Raises like `spec`."""
    request = CreateGeneration(
        source_asset_id="-",
        workflow="staging",
        capture_type="photo",
        mode="furnish",
        room_types=[room[:64] or "-"],
        style_preset=style[:64] or "-",
    )
    return spec(request, ())


def _operation(request: CreateGeneration) -> str:
    photo = (request.workflow, request.capture_type) == ("staging", "photo")
    if photo and request.mode is None:
        raise ValidationError("mode: this field is required for workflow 'staging' with capture_type 'photo'")
    if not photo and request.mode is not None:
        raise ValidationError("mode: not allowed for this workflow and capture_type")
    name = _OPERATIONS.get((request.workflow, request.capture_type, request.mode))
    if name is None:
        raise ValidationError(f"capture_type: '{request.capture_type}' is not offered for workflow 'pro_capture'")
    if not OPERATIONS[name].available:
        asked = f"workflow '{request.workflow}' with capture_type '{request.capture_type}'"
        asked += f" and mode '{request.mode}'" if request.mode else ""
        raise OperationUnavailableError(f"{asked} is not available in this version. Available: {_offered()}.")
    return name


def _offered() -> str:
    return "; ".join(
        f"workflow '{workflow}', capture_type '{capture}', mode '{mode}'"
        for (workflow, capture, mode), name in _OPERATIONS.items()
        if OPERATIONS[name].available
    )


def _rooms(names: list[str]) -> tuple[str, ...]:
    """Slugs, in the order given, each once."""
    if not names:
        raise ValidationError("room_types: name at least one room, such as 'Living Room'")
    rooms: dict[str, catalogue.Room] = {}
    for position, name in enumerate(names):
        room = catalogue.room(name)
        if room is None:
            known = ", ".join(room.label for room in catalogue.ROOMS)
            raise ValidationError(f"room_types[{position}]: unknown room. Rooms are: {known}")
        rooms[room.slug] = room
    if not catalogue.one_family(rooms):
        families = " · ".join(
            ", ".join(room.label for room in catalogue.ROOMS if room.slug in family) for family in catalogue.FAMILIES
        )
        raise ValidationError(f"room_types: several rooms must be of one family: {families}")
    missing = [room.label for room in rooms.values() if not room.staged]
    if missing:
        offered = ", ".join(room.label for room in catalogue.staged_rooms())
        raise OperationUnavailableError(
            f"room_types: staging {', '.join(missing)} is not available in this version. Available: {offered}."
        )
    return tuple(rooms)


def _style(name: str) -> str:
    style = catalogue.style(name)
    if style is None:
        presets = ", ".join(catalogue.presets())
        raise ValidationError(f"style_preset: unknown preset. Presets are: {presets}")
    return style.slug


def _check_webhook(url: str, allow: Collection[Destination]) -> None:
    try:
        checked_url(url, allow)
    except UnsafeUrlError as error:
        raise ValidationError(f"webhook.url: {error.message}") from error


def generation(job: Job, sign: Sign, progress: Progress | None = None) -> dict[str, Any]:
    """The job envelope. `progress`, `source_image_url` and `outputs[].artifacts` are not in Katalo's contract."""
    answer = {
        "job_id": job.job_id,
        "parent_job_id": job.parent_job_id,
        "source_asset_id": job.spec.source_asset_id,
        "status": _status(job),
        **{name: job.spec.wire.get(name) for name in ("workflow", "capture_type", "mode")},
        "room_types": [_room_label(slug) for slug in job.spec.room_types],
        "style_preset": _preset(job.spec.style),
        "include_alternates": job.spec.include_alternates,
        "reference": job.spec.reference,
        "metadata": dict(job.spec.metadata),
        "failure": failure(job),
        "outputs": outputs(job, sign),
        "source_image_url": sign(job.source_key) if job.source_key else None,
        "created_at": timestamp(job.created_at),
        "completed_at": timestamp(job.completed_at),
        "updated_at": timestamp(job.updated_at),
    }
    if job.status is JobStatus.RUNNING:
        answer["progress"] = progress.model_dump() if progress else None
    return answer


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
    """Primary first. `image_url` is the listing-ready JPEG; `artifacts` has every file by name."""
    answers = []
    for output in job.outputs:
        urls = {name: sign(key) for name, key in sorted(output.artifacts.items())}
        image = urls.get("staged_jpg") or urls.get("staged_png")
        answers.append({"image_url": image, "role": output.role, "artifacts": urls})
    return answers


def source_asset(asset: SourceAsset, upload: PresignedUpload | None = None) -> dict[str, Any]:
    """An ingest. `source_asset_id` is null until the asset is ready."""
    ready = asset.key is not None
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
        "attempts": [
            {
                "number": attempt.number,
                "at": timestamp(attempt.at),
                "duration_ms": attempt.duration_ms,
                "status_code": attempt.status_code,
                "error": attempt.error,
                "response_excerpt": attempt.response_excerpt,
            }
            for attempt in entry.attempts
        ],
    }


def timestamp(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the millisecond."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _room_label(slug: str) -> str:
    room = catalogue.room(slug)
    return room.label if room else slug


def _preset(slug: str | None) -> str | None:
    style = catalogue.style(slug) if slug else None
    return style.wire if style else slug

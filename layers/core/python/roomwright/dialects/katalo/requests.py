"""What Katalo's requests ask for, in the domain's words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from engine_contract import Hints
from roomwright.dialects.katalo import matrix
from roomwright.dialects.katalo.models import CreateGeneration, RegenerateGeneration, Webhook
from roomwright.dialects.web import parsed
from roomwright.domain.errors import BadRequestError, UnsafeUrlError, ValidationError
from roomwright.domain.job import Job, JobSpec
from roomwright.domain.urls import HostPort, checked_url

SOURCES = ("source_asset_id", "source_url", "file")
KEPT = (*SOURCES, "workflow", "capture_type", "mode")
"""what a regenerated job always has from its parent"""
DROP_OPTIONS = frozenset(CreateGeneration.model_fields) - {*SOURCES, "workflow", "capture_type"}
"""what the options of a dropped photo may name"""


def one_source(content: Mapping[str, Any]) -> None:
    """Raises BadRequestError for a request with no source or several."""
    given = [name for name in SOURCES if content.get(name) is not None]
    if len(given) == 1:
        return
    said = f"{', '.join(given)} are mutually exclusive source inputs" if given else "The request names no source"
    raise BadRequestError(f"{said}: send exactly one of {', '.join(SOURCES)} (file only as multipart/form-data).")


def spec(request: CreateGeneration, allow: Collection[HostPort]) -> JobSpec:
    """The job a request asks for; an inline source has no id yet, which stays empty here.

    Raises ValidationError (which field, and what to send) and OperationUnavailableError (what is available).
    """
    choice = matrix.choose(
        request.workflow, request.capture_type, request.mode, request.room_types, request.style_preset
    )
    return JobSpec(
        operation=choice.cell.operation,
        source_asset_id=request.source_asset_id or "",
        room_types=choice.rooms,
        style=choice.style,
        seed=request.seed,
        include_alternates=request.include_alternates,
        reference=request.reference,
        metadata=request.metadata,
        webhook_url=webhook_url(request.webhook, allow),
        dialect="katalo",
        wire={"workflow": request.workflow, "capture_type": request.capture_type, "mode": request.mode},
        hints=_told(request.hints),
    )


def regenerated_spec(
    parent: Job, content: Mapping[str, Any], allow: Collection[HostPort]
) -> tuple[JobSpec, int | None]:
    """→ (the new job: what is not sent is the parent's, the seed that was asked for).

    unverified: that reference, metadata and webhook are inherited too. Raises like `spec`.
    """
    request = parsed(RegenerateGeneration, {name: value for name, value in content.items() if name not in KEPT})
    sent, was = request.model_fields_set, parent.spec
    cell = matrix.find(was.wire.get("workflow", ""), was.wire.get("capture_type", ""), was.wire.get("mode"))
    _require_overridable(cell, content)
    rooms = request.room_types if request.room_types is not None else was.room_types
    style = request.style_preset if "style_preset" in sent else was.style
    choice = matrix.choose(cell.workflow, cell.capture_type, cell.mode, rooms, style)
    alternates = request.include_alternates
    return JobSpec(
        operation=choice.cell.operation,
        source_asset_id=was.source_asset_id,
        room_types=choice.rooms,
        style=choice.style,
        seed=was.seed,
        include_alternates=was.include_alternates if alternates is None else alternates,
        reference=request.reference if "reference" in sent else was.reference,
        metadata=was.metadata if request.metadata is None else request.metadata,
        webhook_url=webhook_url(request.webhook, allow) if "webhook" in sent else was.webhook_url,
        dialect="katalo",
        wire=was.wire,
        hints=was.hints if request.hints is None else _told(request.hints),
    ), request.seed


def _told(hints: Hints | None) -> Mapping[str, Any]:
    """Those that were sent."""
    return hints.model_dump(mode="json", exclude_none=True) if hints else {}


def _require_overridable(cell: matrix.Cell, content: Mapping[str, Any]) -> None:
    problems = [
        f"{name}: a regenerated job has its parent's. Leave it out, or create a new generation"
        for name in KEPT
        if name in content
    ]
    problems += [
        f"{name}: cannot be changed for {cell.name}. Leave it out"
        for name in RegenerateGeneration.model_fields
        if name not in cell.overrides and content.get(name) is not None
    ]
    if problems:
        raise ValidationError("; ".join(problems))


def drop_spec(
    room: str, style: str, options: Mapping[str, Any] | None = None, allow: Collection[HostPort] = ()
) -> JobSpec:
    """The job that a photo in the folder `<room>/<style>/` of the drop box asks for; `options` are DROP_OPTIONS.

    Raises like `spec`.
    """
    given = options or {}
    unknown = sorted(set(given) - DROP_OPTIONS)
    if unknown:
        raise ValidationError(f"{unknown[0][:64]}: no such option. Options are: {', '.join(sorted(DROP_OPTIONS))}")
    folders = {"mode": "furnish", "room_types": [room[:64] or "-"], "style_preset": style[:64] or "-"}
    request = parsed(CreateGeneration, {"workflow": "staging", "capture_type": "photo", **folders, **given})
    return spec(request, allow)


def webhook_url(webhook: Webhook | None, allow: Collection[HostPort]) -> str | None:
    """Raises ValidationError for a URL that must not be called."""
    if webhook is None:
        return None
    try:
        checked_url(webhook.url, allow)
    except UnsafeUrlError as error:
        raise ValidationError(f"webhook.url: {error.message}") from error
    return webhook.url


def checked_source(url: str, allow: Collection[HostPort]) -> str:
    """Raises ValidationError for a URL that must not be fetched."""
    try:
        checked_url(url, allow)
    except UnsafeUrlError as error:
        raise ValidationError(f"source_url: {error.message}") from error
    return url

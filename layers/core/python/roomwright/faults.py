"""What a log may say of an unexpected error: its kinds and where, never its words, which may quote a request."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

from roomwright.domain.errors import RoomwrightError

_FRAMES = 25


def describe(error: BaseException) -> Mapping[str, Any]:
    """Fields for a structured log entry; the cause chain first to last."""
    kinds, frames = list[str](), list[str]()
    current: BaseException | None = error
    while current is not None and len(kinds) < 5:
        kinds.append(_kind(current))
        frames += [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(current.__traceback__)]
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return {"error": kinds, "frames": frames[-_FRAMES:]}


def _kind(error: BaseException) -> str:
    name = type(error).__name__
    if isinstance(error, RoomwrightError):
        return f"{name}: {error.code}"
    answer = getattr(error, "response", None)  # botocore's ClientError: the service's own code and operation
    if isinstance(answer, Mapping) and isinstance(answer.get("Error"), Mapping):
        return f"{name}: {answer['Error'].get('Code')} in {getattr(error, 'operation_name', 'unknown')}"
    return name

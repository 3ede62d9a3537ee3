"""The error envelope of everything under /api/v1, which is Katalo's:
`{"error": {code, message, retryable, retry_after}}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError as SchemaError

from roomwright.domain.errors import RoomwrightError, ValidationError

STATUS: Mapping[str, int] = {
    "bad_request": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "insufficient_credits": 403,
    "storage_limit_exceeded": 403,
    "not_found": 404,
    "idempotency_conflict": 409,
    "stale_state": 409,
    "conflict": 409,
    "payload_too_large": 413,
    "validation_error": 422,
    "operation_unavailable": 422,
    "image_rejected": 422,
    "rate_limited": 429,
}
_SHOWN = 5
"""problems of one request that are listed; the rest is counted"""


def of(error: RoomwrightError, extra: Mapping[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    """→ (HTTP status, body)."""
    content = {
        "code": error.code,
        "message": error.message,
        "retryable": error.retryable,
        "retry_after": error.retry_after_s,
    }
    return STATUS[error.code], {"error": {**content, **(extra or {})}}


def internal_error(request_id: str) -> tuple[int, dict[str, Any]]:
    """What a caller sees of a fault of ours: nothing but how to go on."""
    message = f"Something failed on our side. Try again; if it persists, quote request id {request_id}."
    return 500, {"error": {"code": "internal_error", "message": message, "retryable": True, "retry_after": 5}}


def refusal(error: SchemaError) -> ValidationError:
    """Every field that is wrong, by its path and why. Values are not repeated: they may be secrets."""
    problems = [
        f"{_path(problem['loc'])}: {_reason(problem['type'], problem['msg'])}"
        for problem in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    more = f" (and {len(problems) - _SHOWN} more)" if len(problems) > _SHOWN else ""
    return ValidationError("; ".join(problems[:_SHOWN]) + more)


def _path(location: tuple[int | str, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part[:64]}" for part in location)
    return text.removeprefix(".") or "body"


def _reason(kind: str, message: str) -> str:
    known = {"extra_forbidden": "there is no such field", "missing": "this field is required"}
    return known.get(kind, message.removeprefix("Value error, "))

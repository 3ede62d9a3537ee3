"""Whether an answer is what the contract says: its status, its headers and every field of its body."""

from __future__ import annotations

import re
from collections.abc import Mapping

from roomwright.dialects import openapi
from roomwright.dialects.answers import Error
from roomwright.dialects.contract import Operation


def operation_of(method: str, path: str) -> Operation | None:
    """The operation that a request to `path` (without its query) is; None when there is none."""
    for operation in openapi.OPERATIONS:
        if operation.method == method and _pattern(operation).fullmatch(path):
            return operation
    return None


def _pattern(operation: Operation) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", openapi.BASE + operation.path))


def require_documented(method: str, path: str, status: int, headers: Mapping[str, str], body: str) -> None:
    """Fails for an answer that the contract does not have."""
    operation = operation_of(method, path)
    what = f"{method} {path} → {status}"
    if operation is None:
        assert status in {200, 204, 404, 429} or method == "OPTIONS", f"{what}: no such operation"
        return
    if status in operation.answers:
        model = operation.answers[status]
    else:
        assert status in openapi.refusals(operation), f"{what}: not among its statuses"
        model = Error
    if model is None:
        return
    assert headers["Content-Type"] in operation.kinds or model is Error, f"{what}: {headers['Content-Type']}"
    model.model_validate_json(body)

"""Attempts of deliveries as every API shows them, in logs that fit into an answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from roomwright.dialects.moments import timestamp
from roomwright.domain.delivery import Delivery

MOST = 4_000_000
"""bytes of a log: a function's answer has at most 6 MB"""


def attempts(of: Delivery) -> list[dict[str, Any]]:
    return [
        {
            "number": attempt.number,
            "at": timestamp(attempt.at),
            "duration_ms": attempt.duration_ms,
            "status_code": attempt.status_code,
            "error": attempt.error,
            "url": attempt.url,
            "response_excerpt": attempt.response_excerpt,
        }
        for attempt in of.attempts
    ]


def fitting(log: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The log as it is; where it is too long for an answer, only the last attempt of each delivery in full."""
    if len(json.dumps(log)) <= MOST:
        return list(log)
    return [{**entry, "attempts": [*map(_short, entry["attempts"][:-1]), *entry["attempts"][-1:]]} for entry in log]


def _short(attempt: dict[str, Any]) -> dict[str, Any]:
    return {**attempt, "url": None, "response_excerpt": ""}

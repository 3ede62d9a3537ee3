"""JSON that every reader takes the same: no name twice (RFC 8259 §4), no NaN and no Infinity (§6)."""

from __future__ import annotations

import json
from typing import Any


class NotJsonError(ValueError):
    """The message goes on from what was read: "is not valid JSON"."""


def read_json(text: str | bytes) -> Any:
    """Raises NotJsonError."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number)
    except NotJsonError:
        raise
    except (ValueError, RecursionError) as error:
        raise NotJsonError("is not valid JSON") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Which of two values would count differs from reader to reader, so neither does."""
    content = dict(pairs)
    if len(content) != len(pairs):
        raise NotJsonError("names a field twice")
    return content


def _no_number(name: str) -> None:
    """Not JSON, whatever Python reads."""
    raise ValueError(name)

"""Where a list goes on, as text that stands in a URL as it is."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from roomwright.domain.errors import BadRequestError

MAX_CURSOR = 500
"""characters"""
_REFUSAL = "cursor: send the next_cursor of the page before, unchanged."


def shown(cursor: str | None) -> str | None:
    """A store's cursor as an answer has it."""
    return urlsafe_b64encode(cursor.encode()).decode().rstrip("=") if cursor else None


def given(text: str | None) -> str | None:
    """A store's cursor again. Raises BadRequestError for what was never one; the store judges the rest."""
    if not text:
        return None
    if len(text) > MAX_CURSOR or not text.isascii():
        raise BadRequestError(_REFUSAL)
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError as error:
        raise BadRequestError(_REFUSAL) from error

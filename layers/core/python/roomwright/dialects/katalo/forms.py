"""A generation sent as multipart/form-data: the same fields as in JSON, each as text, and the photo as `file`.

unverified: Katalo documents that a form is taken, not how its lists and objects are written. So every common way is:
`room_types` repeated, as `room_types[]` or as a JSON list; `webhook.url`, `webhook[url]` or `webhook` as JSON;
`metadata` and `hints` as JSON; booleans as true or false in any case.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from roomwright.dialects.strict_json import NotJsonError, read_json
from roomwright.domain.errors import BadRequestError, ValidationError

MAX_PARTS = 32
MAX_TEXT = 100_000
"""bytes of all fields but the file"""
_NAMES = {"room_types[]": "room_types", "webhook.url": "webhook", "webhook[url]": "webhook"}
_OBJECTS = frozenset({"hints", "metadata", "webhook"})
_FLAGS = frozenset({"include_alternates"})
_NUMBERS = frozenset({"seed"})


def content_of(parts: Iterable[tuple[str, bytes]]) -> tuple[dict[str, Any], bytes | None]:
    """→ (the object that JSON would have held, the file).

    A value that is not what its field takes is left as text, for the request's model to refuse by name. Raises
    BadRequestError for a field sent twice, ValidationError for one that is too large, not UTF-8 or not JSON.
    """
    content: dict[str, Any] = {}
    file: bytes | None = None
    size = 0
    for sent, data in parts:
        name = _NAMES.get(sent, sent)
        if name in content and name != "room_types":
            raise BadRequestError(f"The form names the field '{name[:64]}' twice.")
        if name == "file":
            content["file"] = "sent"
            file = data
            continue
        size += len(data)
        if size > MAX_TEXT:
            raise ValidationError(f"{name[:64]}: the fields beside 'file' take at most {MAX_TEXT:,} bytes together")
        value = _value(sent, name, data)
        content[name] = [*content.get(name, []), *value] if name == "room_types" else value
    return content, file


def _value(sent: str, name: str, data: bytes) -> Any:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise ValidationError(f"{name[:64]}: send it as UTF-8 text") from error
    if name == "room_types":
        found = _json(name, text) if text.lstrip().startswith("[") else [text]
        return found if isinstance(found, list) else [found]
    if sent != name:
        return {"url": text}
    if name in _OBJECTS:
        return _json(name, text)
    if name in _FLAGS:
        return {"true": True, "false": False}.get(text.strip().lower(), text)
    if name in _NUMBERS:
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else text
    return text


def _json(name: str, text: str) -> Any:
    try:
        return read_json(text)
    except NotJsonError as error:
        raise ValidationError(f"{name}: send it as JSON; this {error}") from error

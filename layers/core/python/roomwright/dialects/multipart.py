"""multipart/form-data (RFC 7578) from a body that is already in memory, with bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from roomwright.domain.errors import BadRequestError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MAX_PARTS = 8
MAX_BOUNDARY = 70
"""characters, RFC 2046 §5.1.1"""


@dataclass
class Part:
    """One field. `data` is its raw bytes, whatever its headers claim."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    data: bytearray = field(default_factory=bytearray)

    @property
    def name(self) -> str:
        _, options = parse_options_header(self.headers.get(b"content-disposition", b""))
        return options.get(b"name", b"").decode("utf-8", "replace")


class _Collector:
    def __init__(self, max_parts: int) -> None:
        self.parts: list[Part] = []
        self._max_parts = max_parts
        self.ended = False
        self._name, self._value = bytearray(), bytearray()

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_part_data": lambda data, start, end: self.parts[-1].data.extend(data[start:end]),
            "on_header_field": lambda data, start, end: self._name.extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
            "on_header_end": self._header,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        if len(self.parts) == self._max_parts:
            raise BadRequestError(f"The form has more than {self._max_parts} parts.")
        self.parts.append(Part())

    def _header(self) -> None:
        self.parts[-1].headers[bytes(self._name).lower()] = bytes(self._value)
        self._name.clear()
        self._value.clear()

    def _end(self) -> None:
        self.ended = True


def parse_fields(body: bytes, content_type: str, max_parts: int) -> list[tuple[str, bytes]]:
    """→ (field name, bytes) in the order sent. Raises BadRequestError for a form that is broken or incomplete."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= MAX_BOUNDARY:
        raise BadRequestError("The multipart Content-Type header needs a boundary.")
    collector = _Collector(max_parts)
    try:
        parser = MultipartParser(boundary, collector.callbacks())
        parser.write(body)
        parser.finalize()
    except MultipartParseError as error:
        raise BadRequestError("The multipart body cannot be read.") from error
    if not collector.ended:
        raise BadRequestError("The multipart body is incomplete: its closing boundary is missing.")
    return [(part.name, bytes(part.data)) for part in collector.parts]


def parse_form(body: bytes, content_type: str) -> Mapping[str, bytes]:
    """→ field name → bytes. Raises BadRequestError like `parse_fields`, and for a form that repeats a field."""
    parts = parse_fields(body, content_type, MAX_PARTS)
    fields = dict(parts)
    if len(fields) != len(parts):
        raise BadRequestError("The form names a field twice.")
    return fields

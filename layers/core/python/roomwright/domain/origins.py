"""Web origins (RFC 6454): which pages may use a public key."""

from __future__ import annotations

import re

from roomwright.domain.errors import ValidationError

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN = re.compile(rf"(?P<scheme>https?)://(?P<host>{_LABEL}(\.{_LABEL})*)(:(?P<port>[1-9][0-9]{{0,4}}))?")
_LOCAL = frozenset({"localhost", "127.0.0.1"})
_DEFAULT = {"https": 443, "http": 80}
MAX_LENGTH = 300


def checked_origin(text: str) -> str:
    """As a browser writes it in its Origin header: lower case, without the scheme's default port.

    https, or http for pages on the developer's own machine. Raises ValidationError.
    """
    match = _ORIGIN.fullmatch(text.lower()) if len(text) <= MAX_LENGTH else None
    if match is None or int(match["port"] or 0) > 65535 or (match["scheme"] == "http" and match["host"] not in _LOCAL):
        raise ValidationError("origins: send origins such as https://www.example.com, without a path")
    port = int(match["port"] or _DEFAULT[match["scheme"]])
    return f"{match['scheme']}://{match['host']}" + ("" if port == _DEFAULT[match["scheme"]] else f":{port}")

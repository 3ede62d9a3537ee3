"""Web origins (RFC 6454): which pages may use a public key."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from roomwright.domain.errors import ValidationError

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_LOCAL = frozenset({"localhost", "127.0.0.1"})
_DEFAULT = {"https": 443, "http": 80}


def checked_origin(text: str) -> str:
    """As a browser writes it in its Origin header: lower case, without the scheme's default port.

    https, or http for pages on the developer's own machine. Raises ValidationError.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _refusal() from None
    host, local = parts.hostname or "", parts.hostname in _LOCAL
    bare = (parts.netloc, parts.path, parts.query, parts.fragment) == (parts.netloc.rpartition("@")[2], "", "", "")
    if not (bare and _HOST.fullmatch(host) and (parts.scheme == "https" or (parts.scheme == "http" and local))):
        raise _refusal()
    return f"{parts.scheme}://{host}" + ("" if port in (None, _DEFAULT[parts.scheme]) else f":{port}")


def _refusal() -> ValidationError:
    return ValidationError("origins: send origins such as https://www.example.com, without a path")

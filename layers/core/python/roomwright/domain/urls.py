"""The shape of a URL this service may fetch from or call. The address behind it is checked when it is used."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from roomwright.domain.errors import UnsafeUrlError

MAX_LENGTH = 2048
HostPort = tuple[str, int]
"""where a deployment lets its own requests go, past the address guard"""
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?)*\.?")


@dataclass(frozen=True)
class SafeUrl:
    """An absolute URL in parts. `exempt` marks a destination the deployment lets past the address guard."""

    scheme: str
    host: str
    port: int
    target: str
    """path and query as they go on the wire"""
    exempt: bool

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == {"https": 443, "http": 80}[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.target}"


def is_public(address: str) -> bool:
    """Whether an IP address is a public unicast one, looking through addresses that embed an IPv4 one (RFC 6890)."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None:
            return False
        embedded = ip.ipv4_mapped or ip.sixtofour or _nat64(ip)
        if embedded is not None:
            return is_public(str(embedded))
        return ip in ipaddress.ip_network("2000::/3") and ip.is_global and not ip.is_multicast
    return ip.is_global and not ip.is_multicast and ip not in ipaddress.ip_network("192.0.0.0/24")


def _nat64(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def checked_url(url: str, allow: Collection[HostPort] = ()) -> SafeUrl:
    """Parse an https URL on port 443. Destinations in `allow` may use http and any port.

    Raises UnsafeUrlError with what to send instead.
    """
    if len(url) > MAX_LENGTH:
        raise UnsafeUrlError(f"The URL is longer than {MAX_LENGTH} characters.")
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in url):
        raise UnsafeUrlError("The URL contains spaces or control characters; percent-encode them.")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise UnsafeUrlError("The URL cannot be read; send an absolute https:// URL.") from error
    if parts.scheme not in ("https", "http") or not host:
        raise UnsafeUrlError("The URL must be an absolute https:// URL.")
    if "@" in parts.netloc:
        raise UnsafeUrlError("The URL must not carry a user name or password.")
    port = port if port is not None else {"https": 443, "http": 80}[parts.scheme]
    exempt = (host, port) in allow
    if not exempt:
        _refuse_unsafe(parts.scheme, host, port)
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (f"?{_query(parts.query)}" if parts.query else "")
    return SafeUrl(parts.scheme, host, port, target, exempt)


def _query(query: str) -> str:
    return quote(query, safe="/%:@!$&'()*+,;=~-._?[]|")


def _refuse_unsafe(scheme: str, host: str, port: int) -> None:
    if scheme != "https":
        raise UnsafeUrlError("The URL must use https.")
    if port != 443:
        raise UnsafeUrlError("The URL must use port 443.")
    try:
        public = is_public(host)
    except ValueError:
        public = _HOST.fullmatch(host) is not None and "." in host and not host.rsplit(".", 1)[1].isdigit()
    if not public:
        raise UnsafeUrlError("The URL must name a public host (international names in their xn-- form).")

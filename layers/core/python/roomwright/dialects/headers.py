"""Header fields of every API: how a request's are read and an answer's are written. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from roomwright.domain.rate_limits import WINDOW_S, Allowance

_PREFERENCES = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
"""members of a list: what stands between commas outside quotes"""
MAX_PREFER = 1000
"""characters of a Prefer header that are read"""
EXPOSED = "RateLimit, RateLimit-Policy, Retry-After, Idempotency-Replayed, Preference-Applied, X-Request-Id"
_PREFLIGHT_S = 600


def wait_preference(header: str, most_s: int) -> int | None:
    """Seconds of `wait` in a Prefer header (RFC 7240 §4.3), at most `most_s`; None when none is asked for.

    The first `wait` counts. What cannot be read is ignored: a preference is no demand.
    """
    for preference in _PREFERENCES.findall(header[:MAX_PREFER]):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "wait":
            digits = re.fullmatch(r"[0-9]{1,9}", value.strip().strip('"'))
            return min(int(digits[0]), most_s) or None if digits else None
    return None


def rate_limits(allowances: Sequence[Allowance]) -> Mapping[str, str]:
    """draft-ietf-httpapi-ratelimit-headers-10: lists of structured fields, one member for whom a limit is. Where two
    limits of one hold (a generation from a URL), the nearer is told.
    """
    nearest: dict[str, Allowance] = {}
    for one in allowances:
        if one.name not in nearest or one.remaining < nearest[one.name].remaining:
            nearest[one.name] = one
    if not nearest:
        return {}
    policy = ", ".join(f'"{name}";q={one.limit};w={WINDOW_S}' for name, one in nearest.items())
    state = ", ".join(f'"{name}";r={one.remaining};t={one.resets_in_s}' for name, one in nearest.items())
    return {"RateLimit-Policy": policy, "RateLimit": state}


def cross_origin(origin: str) -> Mapping[str, str]:
    """What lets the page of that origin read an answer (Fetch standard, CORS protocol). Never with credentials."""
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": EXPOSED,
        "Vary": "Origin",
    }


def preflight() -> Mapping[str, str]:
    """What a browser asks before a page's POST. It carries no key, so any page may ask; the POST's key decides."""
    return {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, Prefer",
        "Access-Control-Max-Age": str(_PREFLIGHT_S),
    }

"""How many requests a minute: per key, per organisation and per address, by what the request is for.

Figures: Katalo's documentation (an older copy, so unverified for today); it does not say which layer they are for.
Headers: draft-ietf-httpapi-ratelimit-headers (RateLimit-Policy and RateLimit).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

WINDOW_S = 60


class Quota(StrEnum):
    """What requests are counted together."""

    SOURCE_ASSETS = "source-assets"
    GENERATIONS = "generations"
    REGENERATE = "regenerate"
    READ = "read"
    USAGE = "usage"
    BILLING = "billing"
    SOURCE_URL = "source-url"
    MANAGE = "manage"


PER_KEY: Mapping[Quota, int] = {
    Quota.SOURCE_ASSETS: 120,
    Quota.GENERATIONS: 120,
    Quota.REGENERATE: 120,
    Quota.READ: 1200,
    Quota.USAGE: 120,
    Quota.BILLING: 120,
    Quota.SOURCE_URL: 60,
    Quota.MANAGE: 60,
}
"""a minute"""
ORGANISATION = 4
"""times what one of its keys may do"""
ADDRESS = 10
"""times what one key may do: a proxy may stand before several"""

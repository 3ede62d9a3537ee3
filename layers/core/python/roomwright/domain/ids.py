"""Identifiers. Job and ingest ids derive from tenant and idempotency key, so a replay finds its first answer."""

from __future__ import annotations

import hashlib
import json
from typing import Any

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def base32(data: bytes) -> str:
    """Crockford base32, lower case, no padding: 16 bytes → 26 characters (the shape of a ULID)."""
    number, length = int.from_bytes(data), -(-len(data) * 8 // 5)
    return "".join(_CROCKFORD[(number >> (5 * i)) & 31] for i in reversed(range(length)))


def derived_id(prefix: str, tenant_id: str, kind: str, key: str) -> str:
    """`<prefix>_<26 characters>` from a hash: unique per tenant, kind of write and idempotency key."""
    digest = hashlib.sha256("\x00".join((tenant_id, kind, key)).encode()).digest()
    return f"{prefix}_{base32(digest[:16])}"


def fingerprint(value: Any) -> str:
    """SHA-256 of the canonical JSON of a request: equal requests, equal fingerprints."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()

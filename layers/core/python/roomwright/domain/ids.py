"""Identifiers. Job and ingest ids derive from tenant and idempotency key, so a replay finds its first answer."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_CONTRACTS = frozenset({"job", "src", "ing"})


def base32(data: bytes) -> str:
    """Crockford base32, lower case, no padding: 16 bytes → 26 characters (the shape of a ULID)."""
    number, length = int.from_bytes(data), -(-len(data) * 8 // 5)
    return "".join(_CROCKFORD[(number >> (5 * i)) & 31] for i in reversed(range(length)))


def derived_id(prefix: str, tenant_id: str, kind: str, key: str) -> str:
    """`<prefix>_<26 characters>` from a hash: unique per tenant, kind of write and idempotency key."""
    return f"{prefix}_{base32(digest(tenant_id, kind, key)[:16])}"


def digest(tenant_id: str, kind: str, key: str) -> bytes:
    """32 bytes for a tenant, a kind of write and an idempotency key."""
    return hashlib.sha256("\x00".join((tenant_id, kind, key)).encode()).digest()


def is_id(prefix: str, value: str) -> bool:
    """Whether a value from outside has the shape of one of our ids.

    Jobs and source assets may have come with a tenant from another service, so theirs is any that a contract's own
    documentation shows: letters and digits, upper case too, 20 to 40 of them.
    """
    body = "[0-9A-Za-z]{20,40}" if prefix in _CONTRACTS else f"[{_CROCKFORD}]{{26}}"
    return re.fullmatch(rf"{prefix}_{body}", value) is not None


def source_asset_id(ingest_id: str) -> str:
    """The asset that an ingest makes: the same 26 characters, so that each finds the other without an index."""
    return "src_" + ingest_id.removeprefix("ing_")


def ingest_id(source_asset_id: str) -> str:
    """The ingest that made an asset."""
    return "ing_" + source_asset_id.removeprefix("src_")


def event_id(subject_id: str, status: str) -> str:
    """Stable under replay: one id per job (or asset) and state reached."""
    return derived_id("evt", subject_id, "event", status)


def test_tenant_id(tenant_id: str) -> str:
    """The tenant that a tenant's test keys belong to."""
    return derived_id("ten", tenant_id, "tenant", "test")


def fingerprint(value: Any) -> str:
    """SHA-256 of the canonical JSON of a request: equal requests, equal fingerprints."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()

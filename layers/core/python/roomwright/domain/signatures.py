"""Webhook signatures. Standard Webhooks 1.0.0 (symmetric, `v1`) and the plain hexadecimal form older contracts use."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime


def secret_text(key: bytes) -> str:
    """The signing key as a tenant sees it: `whsec_` and base64 (24–64 bytes, as the specification asks)."""
    if not 24 <= len(key) <= 64:
        raise ValueError("a webhook key has 24 to 64 bytes")
    return "whsec_" + base64.b64encode(key).decode()


def standard_headers(keys: Sequence[bytes], message_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """webhook-id, webhook-timestamp (of this attempt, aware UTC) and webhook-signature over `id.timestamp.body`.

    One signature for each key, separated by spaces: a receiver that knows any of them accepts the message.
    """
    timestamp = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    signatures = (base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def hex_signature(secret: str, body: bytes) -> str:
    """Lower-case hexadecimal HMAC-SHA256 over the raw body; the key is the secret's text as the tenant sees it."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()

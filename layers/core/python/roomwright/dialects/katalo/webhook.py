"""Katalo's webhooks: body keys and the bare hexadecimal signature of its contract."""

from __future__ import annotations

import json
from collections.abc import Mapping

from roomwright.dialects.katalo import mapping
from roomwright.domain import signatures
from roomwright.domain.job import Job


class KataloWebhooks:
    """Implements the WebhookDialect port."""

    def __init__(self, sign: mapping.Sign) -> None:
        self._sign = sign

    def body(self, job: Job, event_type: str) -> str:
        content = {
            "event_type": event_type,
            "job_id": job.job_id,
            "source_asset_id": job.spec.source_asset_id,
            "reference": job.spec.reference,
            "outputs": mapping.outputs(job, self._sign),
            "failure": mapping.failure(job),
            "metadata": dict(job.spec.metadata),
        }
        return json.dumps(content, separators=(",", ":"))

    def headers(self, secret: str, body: bytes) -> Mapping[str, str]:
        return {"x-katalo-signature": signatures.hex_signature(secret, body)}

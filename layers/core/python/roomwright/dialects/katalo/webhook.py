"""Katalo's webhooks: body keys and the bare hexadecimal signature of its contract."""

from __future__ import annotations

import json
from collections.abc import Mapping

from roomwright.dialects.katalo import mapping
from roomwright.domain import signatures
from roomwright.domain.job import Job

COMPLETED = "generation.completed"
ENDED_WITHOUT = frozenset({"generation.failed", "generation.cancelled"})


class KataloWebhooks:
    """Implements the WebhookDialect port."""

    def __init__(self, sign: mapping.Sign) -> None:
        self._sign = sign

    def body(self, job: Job, event_type: str) -> str:
        """Of the event, not of what became of the job since: told late that it was queued, nobody gets outputs."""
        content = {
            "event_type": event_type,
            "job_id": job.job_id,
            "source_asset_id": mapping.source_asset_id(job),
            "reference": job.spec.reference,
            "outputs": mapping.outputs(job, self._sign) if event_type == COMPLETED else [],
            "failure": mapping.failure(job) if event_type in ENDED_WITHOUT else None,
            "metadata": dict(job.spec.metadata),
        }
        return json.dumps(content, separators=(",", ":"))

    def headers(self, secret: str, body: bytes) -> Mapping[str, str]:
        return {"x-katalo-signature": signatures.hex_signature(secret, body)}

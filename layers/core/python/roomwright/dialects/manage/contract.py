"""The management API's operations (not in Katalo's contract): what each takes and answers."""

from __future__ import annotations

from collections.abc import Mapping

from roomwright.dialects.contract import Operation

TAGS: Mapping[str, str] = {
    "Keys": "API keys of the organisation.",
    "Webhooks": "Registered endpoints, the default callback, and what was delivered.",
}

OPERATIONS: tuple[Operation, ...] = ()

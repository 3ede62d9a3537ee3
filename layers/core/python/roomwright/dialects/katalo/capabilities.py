"""What this version does, from the same tables that validate requests (not in Katalo's contract)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import Response

from roomwright.dialects.katalo import forms, inline, models
from roomwright.dialects.katalo.matrix import MATRIX
from roomwright.dialects.katalo.ports import Ports
from roomwright.dialects.web import BASE, MAX_JSON, MAX_WAIT_S, Web, answer
from roomwright.domain import catalogue, limits
from roomwright.domain.account import Account, Scope
from roomwright.domain.operations import OPERATIONS
from roomwright.domain.rate_limits import Quota


class CapabilityRoutes:
    def __init__(self, web: Web, ports: Callable[[], Ports]) -> None:
        self._web, self._ports = web, ports
        web.app.route(f"{BASE}/capabilities", method="GET")(self.read)

    def read(self) -> Response[str]:
        principal = self._web.caller(Scope.READ, Quota.READ)
        return answer(200, capabilities(self._ports().stores.tenant(principal.tenant_id).account()))


def capabilities(account: Account) -> dict[str, Any]:
    """Operations, which fields go together, rooms, styles and limits; `available` and `staged` say what works now."""
    return {
        "operations": [
            {
                "name": operation.name,
                "summary": operation.summary,
                "change_class": operation.change.value,
                "available": operation.available,
                "units": operation.credits,
            }
            for operation in OPERATIONS.values()
        ],
        "generations": [
            {
                "workflow": cell.workflow,
                "capture_type": cell.capture_type,
                "mode": cell.mode,
                "operation": cell.operation,
                "available": cell.available,
                "room_types": cell.room_types.value,
                "style_preset": cell.style_preset.value,
                "regenerate_overrides": list(cell.overrides),
            }
            for cell in MATRIX
        ],
        "room_types": [{"slug": room.slug, "label": room.label, "staged": room.staged} for room in catalogue.ROOMS],
        "room_families": [
            [room.label for room in catalogue.ROOMS if room.slug in family] for family in catalogue.FAMILIES
        ],
        "style_presets": [
            {"preset": style.wire, "slug": style.slug, "label": style.label} for style in catalogue.STYLES
        ],
        "limits": {
            "request_bytes": inline.MAX_BYTES,
            "json_bytes": MAX_JSON,
            "source_bytes": limits.MAX_SOURCE_BYTES,
            "source_pixels": limits.MAX_SOURCE_PIXELS,
            "source_side_pixels": limits.MAX_SOURCE_SIDE,
            "form_parts": forms.MAX_PARTS,
            "room_types": models.MAX_ROOMS,
            "metadata_pairs": models.MAX_METADATA,
            "wait_seconds": MAX_WAIT_S,
            "jobs_in_flight": account.max_in_flight,
            "jobs_running": account.max_running,
        },
    }

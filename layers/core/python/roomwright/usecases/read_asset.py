"""A tenant's own source images."""

from __future__ import annotations

from roomwright.domain import ids
from roomwright.domain.account import Principal
from roomwright.domain.errors import NotFoundError
from roomwright.domain.ids import is_id
from roomwright.domain.job import SourceAsset
from roomwright.ports import Stores


def read_asset(stores: Stores, principal: Principal, ingest_id: str) -> SourceAsset:
    """By its ingest id, or by its own once it is ready. Raises NotFoundError, also for another tenant's asset."""
    if is_id("src", ingest_id):
        ingest_id = ids.ingest_id(ingest_id)
    asset = stores.tenant(principal.tenant_id).asset(ingest_id) if is_id("ing", ingest_id) else None
    if asset is None:
        raise NotFoundError("There is no source asset with this ingest id.")
    return asset

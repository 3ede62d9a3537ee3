"""A new source image: from bytes in the request, from a URL to fetch, or from an upload to come.

All three answer at once; the work is done by `ingest_source`, which the table's stream sets going.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from roomwright.domain import ids, keys, limits
from roomwright.domain.account import Principal
from roomwright.domain.errors import (
    BadRequestError,
    PayloadTooLargeError,
    StorageLimitExceededError,
    ValidationError,
)
from roomwright.domain.job import AssetStatus, SourceAsset
from roomwright.ports import BlobStore, Clock, PresignedUpload, Stores, TenantStore

UPLOAD_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"})
MAX_URL = 2048


def create_from_bytes(
    stores: Stores,
    blobs: BlobStore,
    clock: Clock,
    principal: Principal,
    idempotency_key: str,
    data: bytes,
    correlation_id: str | None = None,
) -> SourceAsset:
    """Keep untrusted bytes and queue their ingest. Raises IdempotencyConflictError, PayloadTooLargeError,
    StorageLimitExceededError.
    """
    made = asset_of_bytes(principal.tenant_id, _ingest_id(principal, idempotency_key), data, clock.now())
    asset = replace(made, correlation_id=correlation_id)
    store = stores.tenant(principal.tenant_id)
    require_room(store, asset)
    keep_upload(blobs, asset, data)
    return store.put_asset(asset)[0]


def create_from_url(
    stores: Stores,
    clock: Clock,
    principal: Principal,
    idempotency_key: str,
    url: str,
    correlation_id: str | None = None,
) -> SourceAsset:
    """Queue the fetch of an https URL; its address is checked when it is fetched. Raises ValidationError,
    StorageLimitExceededError.
    """
    asset = asset_of_url(principal.tenant_id, _ingest_id(principal, idempotency_key), url, clock.now())
    store = stores.tenant(principal.tenant_id)
    require_room(store, asset)
    return store.put_asset(replace(asset, correlation_id=correlation_id))[0]


def create_upload(
    stores: Stores,
    blobs: BlobStore,
    clock: Clock,
    principal: Principal,
    idempotency_key: str,
    content_type: str,
    correlation_id: str | None = None,
) -> tuple[SourceAsset, PresignedUpload]:
    """An asset that waits for its bytes, and the form that takes them (key, type and size are bound)."""
    if content_type not in UPLOAD_TYPES:
        raise ValidationError(f"Send content_type as one of: {', '.join(sorted(UPLOAD_TYPES))}.")
    now, ingest_id = clock.now(), _ingest_id(principal, idempotency_key)
    key = keys.upload(principal.tenant_id, ingest_id)
    wanted = SourceAsset(
        tenant_id=principal.tenant_id,
        ingest_id=ingest_id,
        source_asset_id=ids.source_asset_id(ingest_id),
        status=AssetStatus.AWAITING_UPLOAD,
        fingerprint=ids.fingerprint({"upload": content_type}),
        created_at=now,
        updated_at=now,
        deadline_at=now + limits.UPLOAD_WINDOW,
        upload_key=key,
        correlation_id=correlation_id,
    )
    store = stores.tenant(principal.tenant_id)
    require_room(store, wanted)
    asset, _ = store.put_asset(wanted)
    seconds = int(limits.UPLOAD_WINDOW.total_seconds())
    return asset, blobs.signed_upload(key, content_type, limits.MAX_SOURCE_BYTES, seconds)


def asset_of_bytes(
    tenant_id: str, ingest_id: str, data: bytes, now: datetime, job_id: str | None = None
) -> SourceAsset:
    """The asset that bytes in a request will become."""
    if len(data) > limits.MAX_SOURCE_BYTES:
        raise PayloadTooLargeError(f"Send an image of at most {limits.MAX_SOURCE_BYTES // 1_000_000} MB.")
    digest = hashlib.sha256(data).hexdigest()
    return _queued(
        tenant_id, ingest_id, {"bytes": digest}, now, job_id, upload_key=keys.upload(tenant_id, ingest_id, digest)
    )


def asset_of_url(tenant_id: str, ingest_id: str, url: str, now: datetime, job_id: str | None = None) -> SourceAsset:
    """The asset that a URL will become."""
    if not url.lower().startswith("https://") or len(url) > MAX_URL:
        raise ValidationError(f"Send source_url as an https URL of at most {MAX_URL} characters.")
    return _queued(tenant_id, ingest_id, {"url": url}, now, job_id, source_url=url)


def require_room(store: TenantStore, asset: SourceAsset) -> None:
    """Raises StorageLimitExceededError for a new asset of an organisation that keeps as much as it may; one that was
    created before is answered as then. What is on its way is not counted here: its ingest looks again.
    """
    account = store.account()
    if account.stored_bytes >= account.max_stored_bytes and store.asset(asset.ingest_id) is None:
        raise StorageLimitExceededError(account.stored_bytes, account.max_stored_bytes)


def keep_upload(blobs: BlobStore, asset: SourceAsset, data: bytes) -> None:
    """Before the asset exists, so that an asset in `queued` always has its bytes."""
    if asset.upload_key:
        blobs.put(asset.upload_key, data, "application/octet-stream")


def check_key(idempotency_key: str) -> None:
    """Raises BadRequestError for a key that is missing or too long."""
    if not 0 < len(idempotency_key) <= limits.MAX_IDEMPOTENCY_KEY:
        raise BadRequestError(f"Send an Idempotency-Key of 1 to {limits.MAX_IDEMPOTENCY_KEY} characters.")


def _ingest_id(principal: Principal, idempotency_key: str) -> str:
    check_key(idempotency_key)
    return ids.derived_id("ing", principal.tenant_id, "source_asset", idempotency_key)


def _queued(
    tenant_id: str,
    ingest_id: str,
    identity: dict[str, str],
    now: datetime,
    job_id: str | None,
    *,
    upload_key: str | None = None,
    source_url: str | None = None,
) -> SourceAsset:
    return SourceAsset(
        tenant_id=tenant_id,
        ingest_id=ingest_id,
        source_asset_id=ids.source_asset_id(ingest_id),
        status=AssetStatus.QUEUED,
        fingerprint=ids.fingerprint(identity),
        created_at=now,
        updated_at=now,
        deadline_at=now + limits.INGEST_WINDOW,
        source_url=source_url,
        upload_key=upload_key,
        job_id=job_id,
    )

"""Untrusted bytes or a URL become a sanitised original, and the job that waits for it joins the line."""

from __future__ import annotations

from dataclasses import replace

from roomwright.domain import keys, limits
from roomwright.domain.account import Account
from roomwright.domain.errors import (
    ImageRejectedError,
    NotFoundError,
    PayloadTooLargeError,
    StorageLimitExceededError,
    UnsafeUrlError,
)
from roomwright.domain.job import AssetStatus, Failure, SourceAsset
from roomwright.ports import BlobStore, Clock, Fetcher, FetchError, Imaging, SafeImage, Stores

FETCH_TIMEOUT_S = 30.0


def upload_arrived(stores: Stores, clock: Clock, key: str) -> SourceAsset | None:
    """An object was created under `uploads/`. → its asset, queued; None when nobody waits for it (yet)."""
    parsed = keys.parse_upload(key)
    if parsed is None:
        return None
    now = clock.now()
    return stores.tenant(parsed[0]).queue_asset(parsed[1], now + limits.INGEST_WINDOW, now)


def ingest_source(
    stores: Stores,
    blobs: BlobStore,
    fetcher: Fetcher,
    imaging: Imaging,
    clock: Clock,
    tenant_id: str,
    ingest_id: str,
) -> SourceAsset:
    """→ the asset, ready or failed. Anything but `queued` is returned as it is, so duplicates cost one read.

    Raises NotFoundError. A fault of ours (storage, memory) is raised too: the queue brings the message again.
    """
    store = stores.tenant(tenant_id)
    asset = store.asset(ingest_id)
    if asset is None:
        raise NotFoundError(f"no ingest {ingest_id}")
    if asset.status is not AssetStatus.QUEUED:
        return asset
    account = store.account()
    full = account.stored_bytes >= account.max_stored_bytes
    image = _full(account) if full else _sanitised(blobs, fetcher, imaging, asset)
    now = clock.now()
    if isinstance(image, Failure):
        wanted = replace(asset, status=AssetStatus.FAILED, updated_at=now, failure=image)
    else:
        key = keys.source(tenant_id, asset.source_asset_id, image.content_type)
        blobs.put(key, image.data, image.content_type)
        wanted = replace(
            asset,
            status=AssetStatus.READY,
            updated_at=now,
            key=key,
            content_type=image.content_type,
            width=image.width,
            height=image.height,
            sha256=image.sha256,
            focal_length_35mm=image.focal_length_35mm,
            stored_bytes=len(image.data),
        )
    done, ours = store.finish_asset(wanted, now + limits.LINE_WINDOW)
    if not ours and wanted.key and done.status is not AssetStatus.READY:
        blobs.erase(wanted.key)  # it ended otherwise meanwhile: nobody counts this, and nobody can use it
    return done


def _full(account: Account) -> Failure:
    error = StorageLimitExceededError(account.stored_bytes, account.max_stored_bytes)
    return Failure(error.code, error.message, False, "Erase what you need no more, then send the image again.")


def _sanitised(blobs: BlobStore, fetcher: Fetcher, imaging: Imaging, asset: SourceAsset) -> SafeImage | Failure:
    try:
        if asset.source_url:
            data: bytes | None = fetcher.fetch(asset.source_url, limits.MAX_SOURCE_BYTES, FETCH_TIMEOUT_S)
        else:
            data = blobs.get(asset.upload_key, limits.MAX_SOURCE_BYTES) if asset.upload_key else None
        if data is None:
            return Failure("upload_missing", "The uploaded image is gone.", True, "Send the image again.")
        return imaging.sanitise(data)
    except (UnsafeUrlError, PayloadTooLargeError, ImageRejectedError) as error:
        return Failure(error.code, error.message, False, "Send another image.")
    except FetchError as error:
        return Failure("source_unreachable", str(error), True, "Check the URL, or upload the image instead.")

"""A photo put into the drop folder becomes a job; one that cannot gets a note beside it.

`inbox/<tenant>/<room>/<style>/<file>`. A `roomwright.json` in the same folder gives options for the photos there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Protocol

from roomwright.domain import ids, keys, limits
from roomwright.domain.account import Principal, Scope
from roomwright.domain.errors import PayloadTooLargeError, RoomwrightError, ValidationError
from roomwright.domain.job import Failure, JobSpec
from roomwright.domain.keys import Drop
from roomwright.ports import Admission, BlobStore, Clock, Queue, Stores, TenantStore
from roomwright.usecases.drop_note import put_note
from roomwright.usecases.submit_generation import job_id_for, submit_generation

LATER_S = 900
"""until a drop that has to wait is looked at again, the longest that SQS holds a message back"""
MAX_MANIFEST_BYTES = 250_000
MAX_KEY_BYTES = 960
"""of a dropped file: the keys of its results are longer, and S3 takes 1,024"""
MAX_TRIES = 10
"""of one photo whose job failed for a reason that may pass, each asked for by another upload"""
PLACE = "Put photos into inbox/<tenant>/<room>/<style>/, such as living-room/modern/, and nothing deeper."


class DropDialect(Protocol):
    """The words of the folders' names and of `roomwright.json`."""

    def check(self, manifest: bytes) -> None:
        """Raises ValidationError that names what is wrong with it."""

    def describe(self, drop: Drop, manifest: bytes | None) -> JobSpec:
        """The job this photo asks for. Raises ValidationError, OperationUnavailableError."""


def receive_drop(
    stores: Stores,
    blobs: BlobStore,
    later: Queue,
    returns: Queue,
    clock: Clock,
    dialect: DropDialect,
    key: str,
    etag: str,
    size: int,
) -> Admission | None:
    """The same bytes under the same name are the same job, however often they are uploaded.

    → None for an object that is no photo, or was refused: then a note beside it says why. None too for one that was
    removed or replaced meanwhile: whoever did knows, and what replaced it has its own notice. Refusals that may pass
    (too many jobs in flight) send {"key", "etag", "size"} to `later`: a folder of a thousand photos waits its turn,
    however long that takes, instead of running out of the queue's attempts. A photo whose job had ended already sends
    {"tenant_id", "job_id"} to `returns`, so that its results or its note come again.
    """
    drop = keys.parse_drop(key)
    if drop is None and not keys.misplaced_drop(key):
        return None
    try:
        if drop is None:
            raise ValidationError(PLACE)
        if len(key.encode()) > MAX_KEY_BYTES:
            raise ValidationError(f"Give it a shorter name: at most {MAX_KEY_BYTES} bytes with its folders.")
        if drop.is_manifest:
            _check_manifest(blobs, dialect, drop)
            return None
        admission = _submit(stores, blobs, clock, dialect, drop, key, etag, size)
    except RoomwrightError as error:
        if error.retryable:
            later.send({"key": key, "etag": etag, "size": str(size)}, LATER_S)
        else:
            put_note(blobs, key, Failure(error.code, error.message), clock.now())
        return None
    if admission and admission.replayed and admission.job.status.terminal:
        returns.send(_ended(admission))
    return admission


def _check_manifest(blobs: BlobStore, dialect: DropDialect, drop: Drop) -> None:
    manifest = _manifest(blobs, drop)
    if manifest is not None:
        dialect.check(manifest)


def _submit(
    stores: Stores, blobs: BlobStore, clock: Clock, dialect: DropDialect, drop: Drop, key: str, etag: str, size: int
) -> Admission | None:
    store = stores.tenant(drop.tenant_id)
    live = store.account().live
    spec, data = dialect.describe(drop, _manifest(blobs, drop)), _photo(blobs, key, etag, size)
    if data is None:
        return None
    # By the bytes, not by their ETag: that of a photo uploaded in parts depends on the parts.
    same = ids.fingerprint(["drop", key, sha256(data).hexdigest()])
    return submit_generation(
        stores,
        blobs,
        clock,
        Principal(drop.tenant_id, "drop", live=live, scopes=frozenset({Scope.CREATE})),
        replace(spec, drop_key=key),
        idempotency_key=_idempotency_key(store, drop.tenant_id, same),
        fingerprint=same,
        source_bytes=data,
        correlation_id=ids.derived_id("drp", drop.tenant_id, key, etag),
    )


def _idempotency_key(store: TenantStore, tenant_id: str, same: str) -> str:
    """One job for each photo, and another only when the one before ended for a reason that may pass."""
    key = same
    for _ in range(MAX_TRIES):
        before = store.job(job_id_for(tenant_id, key))
        if before is None or before.failure is None or not before.failure.retryable:
            break
        key = ids.fingerprint([key, "again"])
    return key


def _manifest(blobs: BlobStore, drop: Drop) -> bytes | None:
    """As it lies there now: a photo that waited its turn has the options of that time."""
    try:
        return blobs.get(drop.manifest_key, MAX_MANIFEST_BYTES)
    except PayloadTooLargeError as error:
        most = f"{MAX_MANIFEST_BYTES // 1000} kB"
        raise ValidationError(f"{keys.DROP_MANIFEST} is larger than {most}. Use several folders.") from error


def _photo(blobs: BlobStore, key: str, etag: str, size: int) -> bytes | None:
    if size > limits.MAX_SOURCE_BYTES:
        raise PayloadTooLargeError(f"Drop an image of at most {limits.MAX_SOURCE_BYTES // 1_000_000} MB.")
    return blobs.get(key, limits.MAX_SOURCE_BYTES, etag)


def _ended(admission: Admission) -> Mapping[str, str]:
    return {"tenant_id": admission.job.tenant_id, "job_id": admission.job.job_id}

"""A photo put into the drop folder becomes a job; one that cannot gets a note beside it."""

from __future__ import annotations

import json
from collections.abc import Callable

from roomwright.domain import ids, keys, limits
from roomwright.domain.account import Principal, Scope
from roomwright.domain.errors import PayloadTooLargeError, RoomwrightError
from roomwright.domain.job import JobSpec
from roomwright.ports import Admission, BlobStore, Clock, Queue, Stores
from roomwright.usecases.submit_generation import submit_generation

LATER_S = 900
"""until a drop that has to wait is looked at again, the longest that SQS holds a message back"""


def receive_drop(
    stores: Stores,
    blobs: BlobStore,
    later: Queue,
    clock: Clock,
    describe: Callable[[str, str], JobSpec],
    key: str,
    etag: str,
    size: int,
) -> Admission | None:
    """`inbox/<tenant>/<room>/<style>/<file>`: the same bytes under the same name are the same job.

    `describe` turns room and style, as the folders are called, into a job's spec; it raises ValidationError for
    names it does not know. → None for an object that is no drop, or was refused: then `<key>.error.json` says why. None
    too for one that was removed or replaced meanwhile: whoever did knows, and what replaced it has its own notice.
    Refusals that may pass (too many jobs in flight) send {"key", "etag", "size"} to `later`: a folder of a thousand
    photos waits its turn, however long that takes, instead of running out of the queue's attempts.
    """
    drop = keys.parse_drop(key)
    if drop is None:
        return None
    principal = Principal(drop.tenant_id, "drop", live=True, scopes=frozenset({Scope.CREATE}))
    try:
        spec, data = describe(drop.room, drop.style), _read(blobs, key, etag, size)
        if data is None:
            return None
        return submit_generation(
            stores,
            blobs,
            clock,
            principal,
            spec,
            idempotency_key=ids.fingerprint(["drop", key, etag]),
            fingerprint=ids.fingerprint(["drop", key, etag]),
            source_bytes=data,
        )
    except RoomwrightError as error:
        if error.retryable:
            later.send({"key": key, "etag": etag, "size": str(size)}, LATER_S)
            return None
        note = {"error": {"code": error.code, "message": error.message, "file": drop.name}}
        blobs.put(key + keys.DROP_ERROR, json.dumps(note).encode(), "application/json")
        return None


def _read(blobs: BlobStore, key: str, etag: str, size: int) -> bytes | None:
    if size > limits.MAX_SOURCE_BYTES:
        raise PayloadTooLargeError(f"Drop an image of at most {limits.MAX_SOURCE_BYTES // 1_000_000} MB.")
    return blobs.get(key, limits.MAX_SOURCE_BYTES, etag)

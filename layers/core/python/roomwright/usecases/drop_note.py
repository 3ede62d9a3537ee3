"""What is said beside a dropped file that nothing came of: `<key>.error.json`."""

from __future__ import annotations

import json
from datetime import datetime

from roomwright.domain import keys
from roomwright.domain.job import Failure
from roomwright.ports import BlobStore


def put_note(blobs: BlobStore, key: str, failure: Failure, at: datetime, job_id: str | None = None) -> None:
    """`at` tells a note from the file that was dropped after it; the last note wins."""
    note = {
        "error": {
            "code": failure.code,
            "message": failure.message,
            "hint": failure.hint,
            "retryable": failure.retryable,
            "file": key.rpartition("/")[2],
            "job_id": job_id,
            "at": at.isoformat(),
        }
    }
    blobs.put(keys.drop_error(key), json.dumps(note, indent=1).encode(), "application/json")

"""The end of a job that came from the drop folder: its pictures under `results/`, or a note beside the photo."""

from __future__ import annotations

from roomwright.domain import keys
from roomwright.domain.errors import NotFoundError
from roomwright.domain.job import Failure, Job, JobStatus, Output
from roomwright.domain.keys import Drop
from roomwright.ports import BlobStore, Clock, Stores
from roomwright.usecases.drop_note import put_note

_CANCELLED = Failure(
    "cancelled",
    "The job was cancelled; nothing was charged.",
    hint="To stage it, drop it under another name.",
)


def return_drop(stores: Stores, blobs: BlobStore, clock: Clock, tenant_id: str, job_id: str) -> int:
    """→ how many objects were put. Repeating it puts the same again. Raises NotFoundError.

    `results/<tenant>/<room>/<style>/<file>/` gets the approved pictures (an alternate's under `alternate/`) and, last
    of all, `manifest.json`: when it is there, everything is.
    """
    job = stores.tenant(tenant_id).job(job_id)
    if job is None:
        raise NotFoundError(f"no job {job_id}")
    drop = keys.parse_drop(job.spec.drop_key or "")
    if drop is None or drop.tenant_id != tenant_id or not job.status.terminal:
        return 0
    if job.status is JobStatus.SUCCEEDED:
        return _results(blobs, drop, job)
    put_note(blobs, job.spec.drop_key or "", job.failure or _CANCELLED, clock.now(), job_id)
    return 1


def _results(blobs: BlobStore, drop: Drop, job: Job) -> int:
    copies = [copy for output in job.outputs for copy in _copies(drop, output)]
    if job.manifest_key:
        copies.append((job.manifest_key, drop.results + "manifest.json"))
    for source, target in copies:
        blobs.copy(source, target)
    return len(copies)


def _copies(drop: Drop, output: Output) -> list[tuple[str, str]]:
    """(key of the job's object, key of its copy): the files keep their names."""
    folder = drop.results if output.role == "primary" else f"{drop.results}{output.role}/"
    return [(key, folder + key.rpartition("/")[2]) for _, key in sorted(output.artifacts.items())]

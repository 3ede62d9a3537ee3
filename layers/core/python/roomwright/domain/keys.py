"""Names of objects in the owner's bucket. A tenant's own objects all start with `tenants/<tenant_id>/`."""

from __future__ import annotations

from dataclasses import dataclass

from roomwright.domain.ids import is_id

RESULTS = "inference/results/"
"""where the asynchronous endpoint puts what a container answered"""
_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png"}
DROP_MANIFEST = "roomwright.json"
"""options for the photos beside it in the drop folder"""
DROP_ERROR = ".error.json"
"""ending of the note that explains, beside a dropped file, why nothing came of it"""


def upload(tenant_id: str, ingest_id: str, sha256: str | None = None) -> str:
    """Untrusted bytes. Bytes sent with a request carry their hash, so that two requests never share an object."""
    return f"uploads/{tenant_id}/{ingest_id}" + (f".{sha256[:32]}" if sha256 else "")


def parse_upload(key: str) -> tuple[str, str] | None:
    """→ (tenant_id, ingest_id) of a form upload; None for any other key.

    Bytes that came with a request are among the others: their asset is queued already, or was refused.
    """
    match key.split("/"):
        case ["uploads", tenant_id, ingest_id]:
            return (tenant_id, ingest_id) if is_id("ten", tenant_id) and is_id("ing", ingest_id) else None
    return None


def source(tenant_id: str, source_asset_id: str, content_type: str) -> str:
    """The sanitised original."""
    return f"tenants/{tenant_id}/sources/{source_asset_id}.{_EXTENSIONS[content_type]}"


def job_prefix(tenant_id: str, job_id: str) -> str:
    """Everything an engine writes for one job."""
    return f"tenants/{tenant_id}/jobs/{job_id}/"


def manifest(tenant_id: str, job_id: str) -> str:
    return job_prefix(tenant_id, job_id) + "manifest.json"


def stop(tenant_id: str, job_id: str) -> str:
    """Tells the engine that works on this job that nobody waits for its result any more."""
    return job_prefix(tenant_id, job_id) + "stop.json"


@dataclass(frozen=True)
class Drop:
    """A file in the drop folder: a photo, or the manifest beside the photos."""

    tenant_id: str
    room: str
    style: str
    name: str

    @property
    def path(self) -> str:
        """`<room>/<style>/<file>`, as it was dropped."""
        return f"{self.room}/{self.style}/{self.name}"

    @property
    def is_manifest(self) -> bool:
        return self.name == DROP_MANIFEST

    @property
    def manifest_key(self) -> str:
        return f"inbox/{self.tenant_id}/{self.room}/{self.style}/{DROP_MANIFEST}"

    @property
    def results(self) -> str:
        """Prefix of what is returned for this photo."""
        return f"results/{self.tenant_id}/{self.path}/"


def parse_drop(key: str) -> Drop | None:
    """`inbox/<tenant>/<room>/<style>/<file>`; None for folders, our own notes and anything deeper or shallower."""
    match key.split("/"):
        case ["inbox", tenant_id, room, style, name] if name and not name.endswith(DROP_ERROR):
            return Drop(tenant_id, room, style, name) if is_id("ten", tenant_id) else None
    return None


def misplaced_drop(key: str) -> bool:
    """Whether this is a file in a tenant's drop folder, but not where photos belong."""
    match key.split("/"):
        case ["inbox", tenant_id, *_, name] if name and not name.endswith(DROP_ERROR):
            return is_id("ten", tenant_id) and parse_drop(key) is None
    return False


def drop_error(key: str) -> str:
    """Where the note about a dropped file lies: beside it. S3's keys have at most 1,024 bytes."""
    return key.encode()[:1000].decode(errors="ignore") + DROP_ERROR

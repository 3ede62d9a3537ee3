"""Images that come with a request: how large they may be, and the way on for those that are larger."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from roomwright.dialects import envelope
from roomwright.dialects.katalo import mapping
from roomwright.dialects.katalo.ports import Ports
from roomwright.dialects.web import BASE, answer
from roomwright.domain.account import Principal
from roomwright.domain.errors import PayloadTooLargeError
from roomwright.usecases.create_source_asset import create_upload

MAX_BYTES = 4_000_000
"""of a body: a Lambda is given at most 6 MB, of which base64 takes a quarter"""


def too_large(
    ports: Ports, principal: Principal, key: str, data: bytes, correlation_id: str, then: str = ""
) -> Response[str]:
    """413 with the way on: an upload of the same image straight to storage, already reserved.

    `then` is what to do once the asset is ready.
    """
    asset, form = create_upload(
        ports.stores, ports.blobs, ports.clock, principal, key, _image_type(data), correlation_id
    )
    error = PayloadTooLargeError(
        f"A request takes at most {MAX_BYTES:,} bytes. POST the image to error.upload.url with error.upload.fields, "
        f"then poll GET {BASE}/source-assets/{asset.ingest_id}{f', then {then}' if then else ''}."
    )
    upload = {"ingest_id": asset.ingest_id, **mapping.upload_form(form)}
    return answer(*envelope.of(error, {"upload": upload}))


def _image_type(data: bytes) -> str:
    """For the upload form only: the bytes are judged when they are ingested."""
    if data.startswith(b"\x89PNG"):
        return "image/png"
    if data[8:12] == b"WEBP":
        return "image/webp"
    return "image/heic" if data[4:8] == b"ftyp" else "image/jpeg"

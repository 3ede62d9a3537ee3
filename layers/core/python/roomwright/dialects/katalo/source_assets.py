"""Katalo's source assets: created from bytes, a URL or an upload to come, and read."""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from roomwright.dialects import envelope
from roomwright.dialects.katalo import mapping
from roomwright.dialects.katalo.models import SourceFromUpload, SourceFromUrl
from roomwright.dialects.katalo.ports import Ports
from roomwright.dialects.multipart import parse_form
from roomwright.dialects.web import BASE, Web, answer, parsed
from roomwright.domain import limits
from roomwright.domain.account import Principal, Scope
from roomwright.domain.errors import PayloadTooLargeError, UnsafeUrlError, ValidationError
from roomwright.domain.rate_limits import Quota
from roomwright.domain.urls import checked_url
from roomwright.usecases.create_source_asset import create_from_bytes, create_from_url, create_upload
from roomwright.usecases.read_asset import read_asset

MAX_INLINE = 4_000_000
"""bytes of a body: a Lambda is given at most 6 MB, of which base64 takes a quarter"""


class SourceAssets:
    def __init__(self, web: Web, ports: Callable[[], Ports]) -> None:
        self._web, self._ports = web, ports
        web.app.route(f"{BASE}/source-assets", method="POST")(self.create)
        web.app.route(f"{BASE}/source-assets/<ingest_id>", method="GET")(self.read)

    def create(self) -> Response[str]:
        principal, key = self._web.caller(Scope.UPLOAD, Quota.SOURCE_ASSETS), self._web.idempotency_key()
        ports = self._ports()
        if self._web.is_form():
            return self._create_from_form(principal, key)
        content = self._web.json()
        if "upload" in content:
            wanted = parsed(SourceFromUpload, content).upload
            if wanted.size_bytes > limits.MAX_SOURCE_BYTES:
                raise PayloadTooLargeError(f"upload.size_bytes: at most {limits.MAX_SOURCE_BYTES:,} bytes are taken.")
            asset, form = create_upload(ports.stores, ports.blobs, ports.clock, principal, key, wanted.content_type)
            return answer(202, mapping.source_asset(asset, form))
        url = parsed(SourceFromUrl, content).source_url
        try:
            checked_url(url, ports.egress_allow)
        except UnsafeUrlError as error:
            raise ValidationError(f"source_url: {error.message}") from error
        return answer(202, mapping.source_asset(create_from_url(ports.stores, ports.clock, principal, key, url)))

    def _create_from_form(self, principal: Principal, key: str) -> Response[str]:
        ports, body = self._ports(), self._web.body()
        fields = parse_form(body, self._web.content_type())
        unknown = sorted(set(fields) - {"file"})
        if unknown:
            raise ValidationError(f"{unknown[0][:64]}: there is no such field; send the image as 'file'")
        if not fields.get("file"):
            raise ValidationError("file: this field is required and must not be empty")
        if len(body) > MAX_INLINE:
            return self._too_large(principal, key, fields["file"])
        asset = create_from_bytes(ports.stores, ports.blobs, ports.clock, principal, key, fields["file"])
        return answer(202, mapping.source_asset(asset))

    def _too_large(self, principal: Principal, key: str, data: bytes) -> Response[str]:
        """413 with the way on: an upload of the same image straight to storage, already reserved."""
        ports = self._ports()
        asset, form = create_upload(ports.stores, ports.blobs, ports.clock, principal, key, _image_type(data))
        error = PayloadTooLargeError(
            f"A request takes at most {MAX_INLINE:,} bytes. POST the image to error.upload.url with "
            f"error.upload.fields, then poll GET {BASE}/source-assets/{asset.ingest_id}."
        )
        upload = {"ingest_id": asset.ingest_id, **mapping.upload_form(form)}
        return answer(*envelope.of(error, {"upload": upload}))

    def read(self, ingest_id: str) -> Response[str]:
        principal = self._web.caller(Scope.READ, Quota.READ)
        return answer(200, mapping.source_asset(read_asset(self._ports().stores, principal, ingest_id)))


def _image_type(data: bytes) -> str:
    """For the upload form only: the bytes are judged when they are ingested."""
    if data.startswith(b"\x89PNG"):
        return "image/png"
    if data[8:12] == b"WEBP":
        return "image/webp"
    return "image/heic" if data[4:8] == b"ftyp" else "image/jpeg"

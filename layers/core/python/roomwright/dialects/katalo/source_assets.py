"""Katalo's source assets: created from bytes, a URL or an upload to come, and read."""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from roomwright.dialects.katalo import inline, mapping, requests
from roomwright.dialects.katalo.models import SourceFromUpload, SourceFromUrl
from roomwright.dialects.katalo.ports import Ports
from roomwright.dialects.multipart import parse_form
from roomwright.dialects.web import BASE, Web, answer, parsed
from roomwright.domain import limits
from roomwright.domain.account import Principal, Scope
from roomwright.domain.errors import PayloadTooLargeError, ValidationError
from roomwright.domain.rate_limits import Quota
from roomwright.usecases.create_source_asset import create_from_bytes, create_from_url, create_upload
from roomwright.usecases.erase import erase_asset
from roomwright.usecases.read_asset import read_asset


class SourceAssets:
    def __init__(self, web: Web, ports: Callable[[], Ports]) -> None:
        self._web, self._ports = web, ports
        web.app.route(f"{BASE}/source-assets", method="POST")(self.create)
        web.app.route(f"{BASE}/source-assets/<ingest_id>", method="GET")(self.read)
        web.app.route(f"{BASE}/source-assets/<ingest_id>", method="DELETE")(self.delete)

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
            asset, form = create_upload(
                ports.stores, ports.blobs, ports.clock, principal, key, wanted.content_type, self._web.request_id
            )
            return answer(202, mapping.source_asset(asset, form))
        url = parsed(SourceFromUrl, content).source_url
        self._web.counted(principal, Quota.SOURCE_URL)
        requests.checked_source(url, ports.egress_allow)
        asset = create_from_url(ports.stores, ports.clock, principal, key, url, self._web.request_id)
        return answer(202, mapping.source_asset(asset))

    def _create_from_form(self, principal: Principal, key: str) -> Response[str]:
        ports, body = self._ports(), self._web.body()
        fields = parse_form(body, self._web.content_type())
        unknown = sorted(set(fields) - {"file"})
        if unknown:
            raise ValidationError(f"{unknown[0][:64]}: there is no such field; send the image as 'file'")
        if not fields.get("file"):
            raise ValidationError("file: this field is required and must not be empty")
        if len(body) > inline.MAX_BYTES:
            return inline.too_large(ports, principal, key, fields["file"], self._web.request_id)
        asset = create_from_bytes(
            ports.stores, ports.blobs, ports.clock, principal, key, fields["file"], self._web.request_id
        )
        return answer(202, mapping.source_asset(asset))

    def read(self, ingest_id: str) -> Response[str]:
        principal = self._web.caller(Scope.READ, Quota.READ)
        return answer(200, mapping.source_asset(read_asset(self._ports().stores, principal, ingest_id)))

    def delete(self, ingest_id: str) -> Response[str]:
        """(not in Katalo's contract)"""
        principal, ports = self._web.caller(Scope.MANAGE, Quota.SOURCE_ASSETS), self._ports()
        asset = erase_asset(ports.stores, ports.blobs, ports.clock, principal, ingest_id)
        return answer(200, mapping.source_asset(asset))

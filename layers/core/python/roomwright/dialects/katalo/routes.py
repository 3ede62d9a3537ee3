"""Katalo's paths. Each route authenticates, parses, calls one use case and maps the answer."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from pydantic import BaseModel
from pydantic import ValidationError as SchemaError

from roomwright import faults
from roomwright.dialects.katalo import errors, mapping
from roomwright.dialects.katalo.models import CreateGeneration, SourceFromUpload, SourceFromUrl
from roomwright.dialects.multipart import parse_form
from roomwright.domain import ids, keys, limits
from roomwright.domain.account import Principal, Scope
from roomwright.domain.errors import (
    BadRequestError,
    NotFoundError,
    OperationUnavailableError,
    PayloadTooLargeError,
    RoomwrightError,
    UnsafeUrlError,
    ValidationError,
)
from roomwright.domain.job import JobStatus
from roomwright.domain.urls import Destination, checked_url
from roomwright.ports import BlobStore, Clock, Stores
from roomwright.usecases.authenticate import authenticate
from roomwright.usecases.create_source_asset import create_from_bytes, create_from_url, create_upload
from roomwright.usecases.read_asset import read_asset
from roomwright.usecases.read_job import read_deliveries, read_job
from roomwright.usecases.submit_generation import submit_generation

MAX_INLINE = 4_000_000
"""bytes of a body: a Lambda is given at most 6 MB, of which base64 takes a quarter"""
MAX_JSON = 100_000
BASE = "/api/v1"
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Ports:
    """What the routes need of the outside."""

    stores: Stores
    blobs: BlobStore
    clock: Clock
    signed_url_seconds: int
    egress_allow: frozenset[Destination]


class Katalo:
    """The routes over one set of ports, which are built when the first request needs them."""

    def __init__(self, ports: Callable[[], Ports], logger: Logger) -> None:
        self._ports, self._logger = ports, logger
        self.app = APIGatewayRestResolver(serializer=partial(json.dumps, separators=(",", ":")))
        route = self.app.route
        route(f"{BASE}/source-assets", method="POST")(self.create_source_asset)
        route(f"{BASE}/source-assets/<ingest_id>", method="GET")(self.get_source_asset)
        route(f"{BASE}/generations", method="POST")(self.create_generation)
        route(f"{BASE}/generations/<job_id>", method="GET")(self.get_generation)
        route(f"{BASE}/generations/<job_id>/deliveries", method="GET")(self.get_deliveries)
        route(f"{BASE}/generations/<job_id>/regenerate", method="POST")(self.not_yet)
        for path in ("usage/summary", "billing/events", "openapi"):
            route(f"{BASE}/{path}", method="GET")(self.not_yet)
        self.app.not_found(self.unknown_path)
        self.app.exception_handler(RoomwrightError)(self.refused)
        self.app.exception_handler(Exception)(self.failed)

    def create_source_asset(self) -> Response[str]:
        principal, key = self._caller(Scope.WRITE), self._idempotency_key()
        ports, body, kind = self._ports(), self._body(), self._content_type()
        if kind.startswith("multipart/form-data"):
            return self._create_from_form(principal, key, body, kind)
        content = _json(body, kind)
        if "upload" in content:
            wanted = _parsed(SourceFromUpload, content).upload
            if wanted.size_bytes > limits.MAX_SOURCE_BYTES:
                raise PayloadTooLargeError(f"upload.size_bytes: at most {limits.MAX_SOURCE_BYTES:,} bytes are taken.")
            asset, form = create_upload(ports.stores, ports.blobs, ports.clock, principal, key, wanted.content_type)
            return _answer(202, mapping.source_asset(asset, form))
        url = _parsed(SourceFromUrl, content).source_url
        try:
            checked_url(url, ports.egress_allow)
        except UnsafeUrlError as error:
            raise ValidationError(f"source_url: {error.message}") from error
        return _answer(202, mapping.source_asset(create_from_url(ports.stores, ports.clock, principal, key, url)))

    def _create_from_form(self, principal: Principal, key: str, body: bytes, kind: str) -> Response[str]:
        ports, fields = self._ports(), parse_form(body, kind)
        unknown = sorted(set(fields) - {"file"})
        if unknown:
            raise ValidationError(f"{unknown[0][:64]}: there is no such field; send the image as 'file'")
        if not fields.get("file"):
            raise ValidationError("file: this field is required and must not be empty")
        if len(body) > MAX_INLINE:
            return self._too_large(principal, key, fields["file"])
        asset = create_from_bytes(ports.stores, ports.blobs, ports.clock, principal, key, fields["file"])
        return _answer(202, mapping.source_asset(asset))

    def _too_large(self, principal: Principal, key: str, data: bytes) -> Response[str]:
        """413 with the way on: an upload of the same image straight to storage, already reserved."""
        ports = self._ports()
        asset, form = create_upload(ports.stores, ports.blobs, ports.clock, principal, key, _image_type(data))
        error = PayloadTooLargeError(
            f"A request takes at most {MAX_INLINE:,} bytes. POST the image to error.upload.url with "
            f"error.upload.fields, then poll GET {BASE}/source-assets/{asset.ingest_id}."
        )
        upload = {"ingest_id": asset.ingest_id, **mapping.upload_form(form)}
        return _answer(*errors.envelope(error, {"upload": upload}))

    def get_source_asset(self, ingest_id: str) -> Response[str]:
        principal = self._caller(Scope.READ)
        return _answer(200, mapping.source_asset(read_asset(self._ports().stores, principal, ingest_id)))

    def create_generation(self) -> Response[str]:
        principal, key = self._caller(Scope.WRITE), self._idempotency_key()
        ports, kind = self._ports(), self._content_type()
        if kind.startswith("multipart/form-data"):
            raise OperationUnavailableError(_FIRST)
        content = _json(self._body(), kind)
        inline = {"file", "source_url"} & set(content)
        if inline and "source_asset_id" in content:
            raise BadRequestError("file, source_url and source_asset_id are mutually exclusive; send source_asset_id.")
        if inline:
            raise OperationUnavailableError(_FIRST)
        request = _parsed(CreateGeneration, content)
        spec = mapping.spec(request, ports.egress_allow)
        print_ = ids.fingerprint(request.model_dump(mode="json"))
        admission = submit_generation(ports.stores, ports.blobs, ports.clock, principal, spec, key, print_)
        headers = {"Idempotency-Replayed": "true"} if admission.replayed else {}
        return _answer(202, mapping.generation(admission.job, self._sign), headers)

    def get_generation(self, job_id: str) -> Response[str]:
        principal, ports = self._caller(Scope.READ), self._ports()
        job = read_job(ports.stores, principal, job_id)
        running = job.status is JobStatus.RUNNING
        progress = ports.blobs.progress(keys.job_prefix(job.tenant_id, job.job_id)) if running else None
        return _answer(200, mapping.generation(job, self._sign, progress))

    def get_deliveries(self, job_id: str) -> Response[str]:
        principal = self._caller(Scope.READ)
        log = read_deliveries(self._ports().stores, principal, job_id)
        return _answer(200, {"deliveries": [mapping.delivery(entry) for entry in log]})

    def not_yet(self, **_: str) -> Response[str]:
        self._caller(Scope.READ)
        raise OperationUnavailableError(
            "This operation is not available in this version. Available: POST and GET source-assets, POST and GET "
            "generations, GET generations/{job_id}/deliveries."
        )

    def unknown_path(self, _: Exception) -> Response[str]:
        return self.refused(NotFoundError(f"There is no such path or method. Paths start with {BASE}/."))

    def refused(self, error: RoomwrightError) -> Response[str]:
        """Every expected refusal, in Katalo's envelope."""
        if error.code not in errors.STATUS:
            return self.failed(error)
        status, body = errors.envelope(error)
        self._logger.info("refused", extra={"status": status, "code": error.code})
        retry = {"Retry-After": str(error.retry_after_s)} if error.retry_after_s is not None else {}
        return _answer(status, body, retry)

    def failed(self, error: Exception) -> Response[str]:
        """Whatever else goes wrong is a fault of ours: all of it for the log, none of it for the caller."""
        self._logger.error("unhandled", extra={**faults.describe(error)})
        return _answer(*errors.internal_error(self.app.current_event.request_context.request_id or "unknown"))

    def _sign(self, key: str) -> str:
        ports = self._ports()
        return ports.blobs.signed_get(key, ports.signed_url_seconds)

    def _caller(self, scope: Scope) -> Principal:
        ports = self._ports()
        principal = authenticate(ports.stores, ports.clock, self._header("authorization"), scope)
        self._logger.append_keys(tenant_id=principal.tenant_id, key_id=principal.key_id)
        return principal

    def _header(self, name: str) -> str | None:
        value: str | None = self.app.current_event.headers.get(name)
        return value

    def _content_type(self) -> str:
        return (self._header("content-type") or "").strip()

    def _idempotency_key(self) -> str:
        key = self._header("idempotency-key") or ""
        if not (0 < len(key) <= limits.MAX_IDEMPOTENCY_KEY and key.isascii() and key.isprintable()):
            raise BadRequestError(
                f"Send an Idempotency-Key header of 1 to {limits.MAX_IDEMPOTENCY_KEY} printable ASCII characters."
            )
        return key

    def _body(self) -> bytes:
        event = self.app.current_event
        text = event.body or ""
        if not event.is_base64_encoded:
            return text.encode("utf-8", "surrogatepass")
        try:
            return b64decode(text, validate=True)
        except (Base64Error, ValueError) as error:
            raise BadRequestError("The body cannot be read.") from error


_FIRST = (
    "A generation takes source_asset_id in this version. Create the source asset first: "
    f"POST {BASE}/source-assets with the file or source_url, then poll it until its status is 'ready'."
)


def _answer(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response[str]:
    """JSON that no cache keeps."""
    fixed = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    text = json.dumps(body, separators=(",", ":"))
    return Response(status, "application/json", text, headers={**fixed, **(headers or {})})


def _json(body: bytes, kind: str) -> dict[str, Any]:
    """The JSON object in a body. Raises BadRequestError, PayloadTooLargeError."""
    if kind.partition(";")[0].strip().lower() != "application/json":
        raise BadRequestError("Send Content-Type: application/json (or multipart/form-data with 'file').")
    if len(body) > MAX_JSON:
        raise PayloadTooLargeError(f"A JSON body takes at most {MAX_JSON:,} bytes. Upload images as multipart.")
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequestError("The body is not valid JSON.") from error
    if not isinstance(content, dict):
        raise BadRequestError("The body must be a JSON object.")
    return content


def _parsed(model: type[_Model], content: dict[str, Any]) -> _Model:
    try:
        return model.model_validate(content)
    except SchemaError as error:
        raise errors.refusal(error) from error


def _image_type(data: bytes) -> str:
    """For the upload form only: the bytes are judged when they are ingested."""
    if data.startswith(b"\x89PNG"):
        return "image/png"
    if data[8:12] == b"WEBP":
        return "image/webp"
    return "image/heic" if data[4:8] == b"ftyp" else "image/jpeg"

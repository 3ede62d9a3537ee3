"""HTTP as every API of the project speaks it: who calls, what a request holds, how answers and refusals look."""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel
from pydantic import ValidationError as SchemaError

from roomwright import faults
from roomwright.dialects import envelope, headers
from roomwright.dialects.strict_json import NotJsonError, read_json
from roomwright.domain import limits
from roomwright.domain.account import Principal
from roomwright.domain.errors import (
    BadRequestError,
    ForbiddenError,
    NotFoundError,
    PayloadTooLargeError,
    RoomwrightError,
)
from roomwright.domain.rate_limits import Allowance, Quota
from roomwright.ports import Clock, Stores
from roomwright.usecases.authenticate import authenticate
from roomwright.usecases.limit_requests import RequestLimits, require

MAX_JSON = 100_000
MAX_WAIT_S = 20
"""of `Prefer: wait`: the gateway gives an answer 29 seconds"""
BASE = "/api/v1"
_Model = TypeVar("_Model", bound=BaseModel)


class Doors(Protocol):
    """What any API needs of the outside."""

    @property
    def stores(self) -> Stores: ...

    @property
    def clock(self) -> Clock: ...


@dataclass
class _Exchange:
    """What is found out about the request being answered, for the headers of its answer."""

    allowances: list[Allowance] = field(default_factory=list)
    origin: str | None = None
    """of the web page that a public key let in"""


class Web:
    """One API's requests, one after the other. Its ports are built when the first request needs them."""

    def __init__(self, doors: Callable[[], Doors], logger: Logger) -> None:
        self._doors, self._logger = doors, logger
        self._exchange, self._limits = _Exchange(), RequestLimits()
        self._public: set[str] = set()
        self.app = APIGatewayRestResolver(serializer=partial(json.dumps, separators=(",", ":")))
        self.app.not_found(self._unknown_path)
        self.app.exception_handler(RoomwrightError)(self._refused)
        self.app.exception_handler(Exception)(self._failed)

    def resolve(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        """One request as API Gateway hands it over → its answer, with the headers that every answer has."""
        self._exchange = _Exchange()
        result = self.app.resolve(event, context)
        extra = {"X-Request-Id": self.request_id, **headers.rate_limits(self._exchange.allowances)}
        extra |= headers.cross_origin(self._exchange.origin) if self._exchange.origin else {}
        result["multiValueHeaders"].update({name: [value] for name, value in extra.items()})
        return result

    def public(self, path: str) -> None:
        """Let web pages with a public key POST to `path`."""
        self._public.add(path)
        self.app.route(path, method="OPTIONS")(lambda: Response(204, body="", headers=dict(headers.preflight())))

    def caller(self, scope: str, quota: Quota) -> Principal:
        """Who asks, if they may. Raises UnauthorizedError, ForbiddenError, RateLimitedError.

        The address is counted before a key is looked up, so that guessing keys is limited too.
        """
        origin = self.header("origin")
        # A page may read why its key is refused, or that it asked too often: neither says anything of anybody.
        self._exchange.origin = origin if self._for_pages() else None
        self.anybody(quota)
        doors = self._doors()
        try:
            principal = authenticate(doors.stores, doors.clock, self.header("authorization"), origin)
        except ForbiddenError:  # a page that the key is not for reads nothing
            self._exchange.origin = None
            raise
        self._logger.append_keys(tenant_id=principal.tenant_id, key_id=principal.key_id)
        self._exchange.origin = origin if principal.public else None
        self.counted(principal, quota)
        principal.require(scope)
        if principal.public and not self._for_pages():
            raise ForbiddenError("A public key only creates source assets and generations.")
        return principal

    def _for_pages(self) -> bool:
        """Whether this is a path that web pages may POST to."""
        return self.app.current_event.path.rstrip("/") in self._public

    def anybody(self, quota: Quota) -> None:
        """One more request from this address (the gateway's word for it: a forwarded-for header would be the caller's
        own). Raises RateLimitedError.
        """
        doors, address = self._doors(), self.app.current_event.request_context.identity.source_ip
        self._limit(lambda: self._limits.of_address(doors.stores, doors.clock, address, quota))

    def counted(self, principal: Principal, quota: Quota) -> None:
        """One more request of that kind. Raises RateLimitedError."""
        doors = self._doors()
        self._limit(lambda: self._limits.of_caller(doors.stores, doors.clock, principal, quota))

    def within(self, principal: Principal, quota: Quota) -> bool:
        """One more of what a request can be answered without: whether there is some left. Nothing is said of it."""
        doors = self._doors()
        allowances = self._count(lambda: self._limits.of_caller(doors.stores, doors.clock, principal, quota))
        return not any(allowance.exceeded for allowance in allowances)

    def _limit(self, count: Callable[[], list[Allowance]]) -> None:
        allowances = self._count(count)
        self._exchange.allowances += allowances
        require(allowances)

    def _count(self, count: Callable[[], list[Allowance]]) -> list[Allowance]:
        try:
            return count()
        except Exception as error:  # noqa: BLE001 - whatever keeps the counter from working must not stop the work
            self._logger.error("not counted", extra={**faults.describe(error)})
            return []

    def header(self, name: str) -> str | None:
        value: str | None = self.app.current_event.headers.get(name)
        return value

    def wait_preference(self) -> int | None:
        """Seconds that the caller would wait for the end of a job (`Prefer: wait=n`)."""
        return headers.wait_preference(self.header("prefer") or "", MAX_WAIT_S)

    @property
    def request_id(self) -> str:
        """The gateway's id of this request: the correlation id of whatever it creates."""
        return self.app.current_event.request_context.request_id or "unknown"

    def content_type(self) -> str:
        return (self.header("content-type") or "").strip()

    def is_form(self) -> bool:
        return self.content_type().partition(";")[0].strip().lower() == "multipart/form-data"

    def idempotency_key(self) -> str:
        key = self.header("idempotency-key") or ""
        if not (0 < len(key) <= limits.MAX_IDEMPOTENCY_KEY and key.isascii() and key.isprintable()):
            raise BadRequestError(
                f"Send an Idempotency-Key header of 1 to {limits.MAX_IDEMPOTENCY_KEY} printable ASCII characters."
            )
        return key

    def body(self) -> bytes:
        event = self.app.current_event
        text = event.body or ""
        if not event.is_base64_encoded:
            return text.encode("utf-8", "surrogatepass")
        try:
            return b64decode(text, validate=True)
        except (Base64Error, ValueError) as error:
            raise BadRequestError("The body cannot be read.") from error

    def json(self, *, optional: bool = False) -> dict[str, Any]:
        """The JSON object in the body; an `optional` one that is not there is empty.

        Raises BadRequestError, PayloadTooLargeError.
        """
        body = self.body()
        if optional and not body:
            return {}
        if self.content_type().partition(";")[0].strip().lower() != "application/json":
            raise BadRequestError("Send Content-Type: application/json (or multipart/form-data with 'file').")
        if len(body) > MAX_JSON:
            raise PayloadTooLargeError(f"A JSON body takes at most {MAX_JSON:,} bytes. Upload images as multipart.")
        try:
            content = read_json(body)
        except NotJsonError as error:
            raise BadRequestError(f"The body {error}.") from error
        if not isinstance(content, dict):
            raise BadRequestError("The body must be a JSON object.")
        return content

    def _unknown_path(self, _: Exception) -> Response[str]:
        return self._refused(NotFoundError(f"There is no such path or method. Paths start with {BASE}/."))

    def _refused(self, error: RoomwrightError) -> Response[str]:
        """Every expected refusal, in the envelope."""
        if error.code not in envelope.STATUS:
            return self._failed(error)
        status, body = envelope.of(error)
        self._logger.info("refused", extra={"status": status, "code": error.code})
        retry = {"Retry-After": str(error.retry_after_s)} if error.retry_after_s is not None else {}
        how = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
        return answer(status, body, {**retry, **how})

    def _failed(self, error: Exception) -> Response[str]:
        """Whatever else goes wrong is a fault of ours: all of it for the log, none of it for the caller."""
        self._logger.error("unhandled", extra={**faults.describe(error)})
        return answer(*envelope.internal_error(self.request_id))


def answer(status: int, body: Mapping[str, Any], extra: Mapping[str, str] | None = None) -> Response[str]:
    """JSON that no cache keeps."""
    fixed = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    text = json.dumps(body, separators=(",", ":"))
    return Response(status, "application/json", text, headers={**fixed, **(extra or {})})


def parsed(model: type[_Model], content: Mapping[str, Any]) -> _Model:
    """Raises ValidationError that names every field that is wrong."""
    try:
        return model.model_validate(content)
    except SchemaError as error:
        raise envelope.refusal(error) from error

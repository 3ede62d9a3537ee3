"""Every path of the API over everything in memory: for its examples, and (as a WSGI application) for fuzzing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from roomwright.dialects.katalo import contract as katalo
from roomwright.dialects.manage import contract as manage
from roomwright.dialects.manage.ports import Ports
from roomwright.dialects.manage.routes import Manage
from roomwright.domain import ids
from roomwright.domain.account import Scope
from roomwright.domain.delivery import DeliveryStatus
from roomwright.domain.endpoint import EndpointStatus
from roomwright.domain.job import Job, SourceAsset
from roomwright.usecases.issue_key import KeyWish, issue_key
from tests.contract.documented import require_documented
from tests.contract.katalo.desk import Desk
from tests.contract.katalo.stage import Answer, Context, function_of, proxy_event
from tests.fakes import make
from tests.fakes.ports import FakeSecrets, MemoryQueue

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_WIRE = {"workflow": "staging", "capture_type": "photo", "mode": "furnish"}


class Office(Desk):
    """The desk, and the management API beside it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        ports = Ports(self.stores, self.clock, self.random, FakeSecrets(), MemoryQueue(), frozenset())
        self._webs = {
            "katalo_api": self._katalo.web,
            "manage_api": Manage(lambda: ports, Logger(service="office")).web,
        }

    def resolved(self, event: dict[str, Any]) -> dict[str, Any]:
        """One proxy event → what the function answers."""
        web = self._webs[function_of(event["path"])]
        answer: dict[str, Any] = web.resolve(event, Context())  # type: ignore[arg-type]  # all that is asked of it
        return answer

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: str | None = None, key: str | None = None
    ) -> Answer:
        """One request, whose answer must be a documented one."""
        authorised = {"Authorization": f"Bearer {key}"} if key else {}
        event = proxy_event(method, path, {**authorised, **headers}, body)
        raw = self.resolved(event)
        flat = {name: values[0] for name, values in raw["multiValueHeaders"].items()}
        require_documented(method, event["path"], raw["statusCode"], flat, raw["body"])
        return Answer(raw["statusCode"], json.loads(raw["body"]), flat)

    def furnish(self) -> dict[str, str]:
        """Put everything there that the documented examples name. → what they say → what it is here."""
        asset = self.put_asset(katalo.SOURCE)
        self.put_asset(ids.source_asset_id(katalo.UNUSED))
        job = self.put_job(asset, katalo.SUCCEEDED)
        self.run(job.job_id)
        self.finish(job.job_id, [(0.9, True), (0.8, True)])
        self.put_job(asset, katalo.QUEUED)
        store = self.stores.tenant(make.TENANT)
        store.put_endpoint(make.endpoint(endpoint_id=manage.ENDPOINT, status=EndpointStatus.ACTIVE))
        store.put_endpoint(make.endpoint("b", endpoint_id=manage.PENDING))
        sent = make.delivery(job, delivery_id=manage.DELIVERY, endpoint_id=manage.ENDPOINT)
        store.put_delivery(replace(sent, status=DeliveryStatus.DELIVERED, next_attempt_at=None))
        other = issue_key(self.stores, self.clock, self.random, make.TENANT, KeyWish(frozenset({Scope.READ})))
        return {manage.KEY: other.key.key_id}

    def put_asset(self, source_asset_id: str) -> SourceAsset:
        """A ready asset of that id."""
        store, ingest_id = self.stores.tenant(make.TENANT), ids.ingest_id(source_asset_id)
        queued, _ = store.put_asset(make.asset(ingest_id=ingest_id, source_asset_id=source_asset_id))
        ready, _ = store.finish_asset(make.ready(queued, sha256="0" * 64), self.clock.now() + timedelta(hours=1))
        return ready

    def put_job(self, asset: SourceAsset, job_id: str) -> Job:
        """A queued job of that id."""
        job = make.job(job_id=job_id)
        spec = replace(job.spec, source_asset_id=asset.source_asset_id, wire=_WIRE)
        return self.stores.tenant(make.TENANT).admit(replace(job, spec=spec)).job

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """The API as a WSGI application (PEP 3333). What waits to be ingested is ingested before the next request."""
        raw = self.resolved(_event(environ))
        status = HTTPStatus(raw["statusCode"])
        headers = [(name, value) for name, values in raw["multiValueHeaders"].items() for value in values]
        start_response(f"{status.value} {status.phrase}", headers)
        for item in list(self.stores.open_assets()):
            if item.status == "queued":
                self.ingest(item.item_id, item.tenant_id)
        return [(raw["body"] or "").encode()]


def _event(environ: WSGIEnvironment) -> dict[str, Any]:
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"}
    }
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    path = f"{environ['REQUEST_URI'].partition('?')[0]}?{environ['QUERY_STRING']}"
    return proxy_event(environ["REQUEST_METHOD"], path, headers, body or None)

"""Katalo's generations: created, read, and what was sent about them."""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response

from roomwright.dialects.katalo import mapping
from roomwright.dialects.katalo.models import CreateGeneration
from roomwright.dialects.katalo.ports import Ports
from roomwright.dialects.web import BASE, Web, answer, parsed
from roomwright.domain import ids, keys
from roomwright.domain.account import Scope
from roomwright.domain.errors import BadRequestError, OperationUnavailableError
from roomwright.domain.job import JobStatus
from roomwright.domain.rate_limits import Quota
from roomwright.usecases.read_job import read_deliveries, read_job
from roomwright.usecases.submit_generation import submit_generation

_FIRST = (
    "A generation takes source_asset_id in this version. Create the source asset first: "
    f"POST {BASE}/source-assets with the file or source_url, then poll it until its status is 'ready'."
)


class Generations:
    def __init__(self, web: Web, ports: Callable[[], Ports]) -> None:
        self._web, self._ports = web, ports
        route = web.app.route
        route(f"{BASE}/generations", method="POST")(self.create)
        route(f"{BASE}/generations/<job_id>", method="GET")(self.read)
        route(f"{BASE}/generations/<job_id>/deliveries", method="GET")(self.deliveries)
        route(f"{BASE}/generations/<job_id>/regenerate", method="POST")(self.not_yet)

    def create(self) -> Response[str]:
        principal, key = self._web.caller(Scope.CREATE, Quota.GENERATIONS), self._web.idempotency_key()
        ports = self._ports()
        if self._web.is_form():
            raise OperationUnavailableError(_FIRST)
        content = self._web.json()
        inline = {"file", "source_url"} & set(content)
        if inline and "source_asset_id" in content:
            raise BadRequestError("file, source_url and source_asset_id are mutually exclusive; send source_asset_id.")
        if inline:
            raise OperationUnavailableError(_FIRST)
        request = parsed(CreateGeneration, content)
        spec = mapping.spec(request, ports.egress_allow)
        print_ = ids.fingerprint(request.model_dump(mode="json"))
        admission = submit_generation(ports.stores, ports.blobs, ports.clock, principal, spec, key, print_)
        headers = {"Idempotency-Replayed": "true"} if admission.replayed else {}
        return answer(202, mapping.generation(admission.job, self._sign), headers)

    def read(self, job_id: str) -> Response[str]:
        principal, ports = self._web.caller(Scope.READ, Quota.READ), self._ports()
        job = read_job(ports.stores, principal, job_id)
        running = job.status is JobStatus.RUNNING
        progress = ports.blobs.progress(keys.job_prefix(job.tenant_id, job.job_id)) if running else None
        return answer(200, mapping.generation(job, self._sign, progress))

    def deliveries(self, job_id: str) -> Response[str]:
        principal = self._web.caller(Scope.READ, Quota.READ)
        log = read_deliveries(self._ports().stores, principal, job_id)
        return answer(200, {"deliveries": [mapping.delivery(entry) for entry in log]})

    def not_yet(self, **_: str) -> Response[str]:
        self._web.caller(Scope.CREATE, Quota.REGENERATE)
        raise OperationUnavailableError("This operation is not available in this version.")

    def _sign(self, key: str) -> str:
        ports = self._ports()
        return ports.blobs.signed_get(key, ports.signed_url_seconds)

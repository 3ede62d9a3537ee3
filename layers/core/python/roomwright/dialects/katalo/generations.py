"""Katalo's generations: created, regenerated, cancelled, read, and what was sent about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import Response

from roomwright.dialects.deliveries import fitting
from roomwright.dialects.katalo import forms, inline, mapping, requests
from roomwright.dialects.katalo.models import CreateGeneration
from roomwright.dialects.katalo.ports import Ports
from roomwright.dialects.multipart import parse_fields
from roomwright.dialects.web import BASE, Web, answer, parsed
from roomwright.domain import ids, keys
from roomwright.domain.account import Principal, Scope
from roomwright.domain.errors import ForbiddenError, ValidationError
from roomwright.domain.job import Job, JobStatus
from roomwright.domain.rate_limits import Quota
from roomwright.ports import Admission
from roomwright.usecases.cancel_job import cancel_job
from roomwright.usecases.erase import erase_outputs
from roomwright.usecases.estimate_completion import estimate_completion
from roomwright.usecases.read_job import read_deliveries, read_job
from roomwright.usecases.regenerate_generation import regenerate_generation
from roomwright.usecases.submit_generation import submit_generation
from roomwright.usecases.wait_for_job import wait_for_job


class Generations:
    def __init__(self, web: Web, ports: Callable[[], Ports]) -> None:
        self._web, self._ports = web, ports
        route = web.app.route
        route(f"{BASE}/generations", method="POST")(self.create)
        route(f"{BASE}/generations/<job_id>", method="GET")(self.read)
        route(f"{BASE}/generations/<job_id>", method="DELETE")(self.cancel)
        route(f"{BASE}/generations/<job_id>/regenerate", method="POST")(self.regenerate)
        route(f"{BASE}/generations/<job_id>/deliveries", method="GET")(self.deliveries)
        route(f"{BASE}/generations/<job_id>/outputs", method="DELETE")(self.erase)

    def create(self) -> Response[str]:
        principal, key = self._web.caller(Scope.CREATE, Quota.GENERATIONS), self._web.idempotency_key()
        ports, (content, file) = self._ports(), self._content()
        requests.one_source(content)
        request = parsed(CreateGeneration, {name: value for name, value in content.items() if name != "file"})
        if principal.public and request.webhook:
            raise ForbiddenError("A public key cannot name a webhook: whoever has the page could have the pictures.")
        spec = requests.spec(request, ports.egress_allow)
        if file is not None and len(self._web.body()) > inline.MAX_BYTES:
            then = f"POST {BASE}/generations with its source_asset_id"
            return inline.too_large(ports, principal, key, file, self._web.request_id, then)
        if request.source_url is not None:
            self._web.counted(principal, Quota.SOURCE_URL)
            requests.checked_source(request.source_url, ports.egress_allow)
        admission = submit_generation(
            ports.stores,
            ports.blobs,
            ports.clock,
            principal,
            spec,
            key,
            ids.fingerprint(request.model_dump(mode="json")),
            source_bytes=file,
            source_url=request.source_url,
            correlation_id=self._web.request_id,
        )
        return self._accepted(principal, admission)

    def regenerate(self, job_id: str) -> Response[str]:
        principal, key = self._web.caller(Scope.CREATE, Quota.REGENERATE), self._web.idempotency_key()
        ports = self._ports()
        parent = read_job(ports.stores, principal, job_id)
        content = self._web.json(optional=True)
        spec, seed = requests.regenerated_spec(parent, content, ports.egress_allow)
        admission = regenerate_generation(
            ports.stores,
            ports.blobs,
            ports.clock,
            principal,
            parent,
            spec,
            seed,
            key,
            ids.fingerprint(content),
            correlation_id=self._web.request_id,
        )
        return self._accepted(principal, admission)

    def cancel(self, job_id: str) -> Response[str]:
        """(not in Katalo's contract)"""
        principal, ports = self._web.caller(Scope.CANCEL, Quota.GENERATIONS), self._ports()
        return self._shown(200, principal, cancel_job(ports.stores, ports.clock, principal, job_id))

    def read(self, job_id: str) -> Response[str]:
        principal = self._web.caller(Scope.READ, Quota.READ)
        job, applied = self._waited(principal, read_job(self._ports().stores, principal, job_id))
        return self._shown(200, principal, job, applied, estimated=True)

    def deliveries(self, job_id: str) -> Response[str]:
        """(not in Katalo's contract)"""
        principal = self._web.caller(Scope.READ, Quota.READ)
        log = read_deliveries(self._ports().stores, principal, job_id)
        return answer(200, {"deliveries": fitting([mapping.delivery(entry) for entry in log])})

    def erase(self, job_id: str) -> Response[str]:
        """(not in Katalo's contract)"""
        principal, ports = self._web.caller(Scope.MANAGE, Quota.GENERATIONS), self._ports()
        return self._shown(200, principal, erase_outputs(ports.stores, ports.blobs, ports.clock, principal, job_id))

    def _content(self) -> tuple[dict[str, Any], bytes | None]:
        """→ (the request's fields, its file)."""
        if not self._web.is_form():
            content = self._web.json()
            if content.get("file") is not None:
                raise ValidationError("file: send it as multipart/form-data, or the image's address as source_url")
            return content, None
        content, file = forms.content_of(parse_fields(self._web.body(), self._web.content_type(), forms.MAX_PARTS))
        if file == b"":
            raise ValidationError("file: send the image's bytes; this file is empty")
        return content, file

    def _accepted(self, principal: Principal, admission: Admission) -> Response[str]:
        """202 for a job that has yet to end, 200 for one that has."""
        job, applied = self._waited(principal, admission.job)
        replayed = {"Idempotency-Replayed": "true"} if admission.replayed else {}
        status = 200 if job.status.terminal else 202
        return self._shown(status, principal, job, {**replayed, **applied}, estimated=bool(applied))

    def _waited(self, principal: Principal, job: Job) -> tuple[Job, dict[str, str]]:
        """The job after the time that the request asked to wait for it (RFC 7240), and what to say about that. Who has
        others waiting is answered at once.
        """
        seconds = self._web.wait_preference()
        if seconds is None or not (job.status.terminal or self._web.within(principal, Quota.WAIT)):
            return job, {}
        ports = self._ports()
        waited = wait_for_job(ports.stores, ports.clock, ports.sleep, principal, job, seconds)
        return waited, {"Preference-Applied": f"wait={seconds}"}

    def _shown(
        self,
        status: int,
        principal: Principal,
        job: Job,
        headers: dict[str, str] | None = None,
        *,
        estimated: bool = False,
    ) -> Response[str]:
        """The envelope, without pictures for a key that may not read."""
        ports, progress, completion = self._ports(), None, None
        if estimated and job.status is JobStatus.RUNNING:
            progress = ports.blobs.progress(keys.job_prefix(job.tenant_id, job.job_id))
        if estimated:
            completion = estimate_completion(ports.stores, ports.clock, job, progress)
        sign = self._sign if Scope.READ in principal.scopes else None
        return answer(status, mapping.generation(job, sign, progress, completion), headers)

    def _sign(self, key: str) -> str:
        ports = self._ports()
        return ports.blobs.signed_get(key, ports.signed_url_seconds)

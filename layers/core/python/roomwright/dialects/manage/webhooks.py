"""An organisation's webhooks: endpoints, the default callback, what was delivered (not in Katalo's contract)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from aws_lambda_powertools.event_handler import Response

from roomwright.dialects import cursors
from roomwright.dialects.deliveries import fitting
from roomwright.dialects.manage import webhooks_mapping as mapping
from roomwright.dialects.manage.ports import Ports
from roomwright.dialects.manage.webhooks_models import (
    ChangeEndpoint,
    CreateEndpoint,
    ReplayRange,
    RotateSecret,
    SetDefault,
)
from roomwright.dialects.moments import timestamp
from roomwright.dialects.web import BASE, Web, answer, parsed
from roomwright.domain import limits
from roomwright.domain.account import Principal, Scope
from roomwright.domain.errors import ValidationError
from roomwright.domain.rate_limits import Quota
from roomwright.domain.signatures import secret_text
from roomwright.usecases import manage_default_webhook as default
from roomwright.usecases import manage_endpoints as endpoints
from roomwright.usecases.read_job import read_job
from roomwright.usecases.replay_deliveries import Range, replay_delivery, require_active

DIALECT = "katalo"
"""whose signature header a ping carries beside the standard ones: as every contract under this path"""
PAGE, MAX_PAGE = 50, 100
CLOCKS = timedelta(seconds=5)
"""clocks of two machines may differ by this"""


class Webhooks:
    def __init__(self, web: Web, ports: Callable[[], Ports]) -> None:
        self._web, self._ports = web, ports
        route, one = web.app.route, f"{BASE}/webhooks/<endpoint_id>"
        route(f"{BASE}/webhooks/default", method="GET")(self.read_default)
        route(f"{BASE}/webhooks/default", method="PUT")(self.set_default)
        route(f"{BASE}/webhooks/default/rotate-secret", method="POST")(self.rotate_default)
        route(f"{BASE}/webhooks", method="GET")(self.list)
        route(f"{BASE}/webhooks", method="POST")(self.create)
        route(one, method="GET")(self.read)
        route(one, method="PATCH")(self.change)
        route(one, method="DELETE")(self.delete)
        route(f"{one}/verify", method="POST")(self.verify)
        route(f"{one}/ping", method="POST")(self.ping)
        route(f"{one}/rotate-secret", method="POST")(self.rotate)
        route(f"{one}/deliveries", method="GET")(self.deliveries)
        route(f"{one}/replay", method="POST")(self.replay_range)
        route(f"{BASE}/generations/<job_id>/deliveries/<delivery_id>/replay", method="POST")(self.replay_one)

    def _caller(self) -> tuple[Principal, Ports, endpoints.Managing]:
        principal, ports = self._web.caller(Scope.MANAGE, Quota.MANAGE), self._ports()
        store = ports.stores.tenant(principal.tenant_id)
        managing = endpoints.Managing(principal.tenant_id, store, ports.clock, ports.webhook_queue, ports.egress_allow)
        return principal, ports, managing

    def list(self) -> Response[str]:
        _, ports, managing = self._caller()
        found = sorted(managing.store.endpoints(), key=lambda endpoint: (endpoint.created_at, endpoint.endpoint_id))
        now = ports.clock.now()
        return answer(200, {"webhooks": [mapping.endpoint(endpoint, now) for endpoint in found]})

    def create(self) -> Response[str]:
        _, ports, managing = self._caller()
        key = self._web.idempotency_key()
        request = parsed(CreateEndpoint, self._web.json())
        made, replayed = endpoints.register_endpoint(managing, request.url, request.events, request.description, key)
        secret = secret_text(ports.secrets.webhook_key(made.key_subject, made.key_version))
        headers = {"Idempotency-Replayed": "true"} if replayed else {}
        return answer(201, mapping.endpoint(made, ports.clock.now(), secret), headers)

    def read(self, endpoint_id: str) -> Response[str]:
        _, ports, managing = self._caller()
        found = endpoints.read_endpoint(managing.store, endpoint_id)
        return answer(200, mapping.endpoint(found, ports.clock.now()))

    def change(self, endpoint_id: str) -> Response[str]:
        _, ports, managing = self._caller()
        request = parsed(ChangeEndpoint, self._web.json())
        changed = endpoints.change_endpoint(
            managing,
            endpoint_id,
            url=request.url,
            events=request.events,
            description=request.description,
            active=None if request.status is None else request.status == "active",
        )
        return answer(200, mapping.endpoint(changed, ports.clock.now()))

    def delete(self, endpoint_id: str) -> Response[str]:
        _, _, managing = self._caller()
        gone = endpoints.delete_endpoint(managing.store, endpoint_id)
        return answer(200, {"endpoint_id": gone.endpoint_id, "deleted": True})

    def verify(self, endpoint_id: str) -> Response[str]:
        _, ports, managing = self._caller()
        return answer(202, mapping.endpoint(endpoints.verify_endpoint(managing, endpoint_id), ports.clock.now()))

    def ping(self, endpoint_id: str) -> Response[str]:
        _, _, managing = self._caller()
        key = self._web.idempotency_key()
        sent, replayed = endpoints.ping_endpoint(managing, endpoint_id, DIALECT, key)
        return answer(202, mapping.delivery(sent), {"Idempotency-Replayed": "true"} if replayed else {})

    def rotate(self, endpoint_id: str) -> Response[str]:
        _, ports, managing = self._caller()
        request = parsed(RotateSecret, self._web.json(optional=True))
        rotated = endpoints.rotate_secret(managing, endpoint_id, timedelta(seconds=request.overlap_seconds))
        secret = secret_text(ports.secrets.webhook_key(rotated.key_subject, rotated.key_version))
        return answer(200, mapping.endpoint(rotated, ports.clock.now(), secret))

    def deliveries(self, endpoint_id: str) -> Response[str]:
        """Oldest first, of the last 90 days; `cursor` is the `next_cursor` of the page before."""
        _, ports, managing = self._caller()
        endpoints.read_endpoint(managing.store, endpoint_id)
        query = self._web.app.current_event.query_string_parameters
        limit, cursor = _limit(query.get("limit")), cursors.given(query.get("cursor"))
        now = ports.clock.now()
        since, until = now - limits.DELIVERY_RETENTION, now + CLOCKS
        page = managing.store.endpoint_deliveries(endpoint_id, since, until, limit, cursor)
        found = (managing.store.delivery(job_id, delivery_id) for job_id, delivery_id in page.entries)
        log = [mapping.delivery(delivery) for delivery in found if delivery]
        return answer(200, {"deliveries": fitting(log), "next_cursor": cursors.shown(page.cursor)})

    def replay_range(self, endpoint_id: str) -> Response[str]:
        principal, ports, managing = self._caller()
        request = parsed(ReplayRange, self._web.json())
        require_active(endpoints.read_endpoint(managing.store, endpoint_id))
        now = ports.clock.now()
        until = min(request.until or now, now)
        if not now - limits.DELIVERY_RETENTION <= request.since < until:
            raise ValidationError("since: name a moment before 'until', at most 90 days ago")
        asked = Range(principal.tenant_id, endpoint_id, request.since, until, asked_at=now)
        ports.webhook_queue.send(asked.message())
        range_ = {"since": timestamp(asked.since), "until": timestamp(asked.until)}
        return answer(202, {"endpoint_id": endpoint_id, **range_})

    def replay_one(self, job_id: str, delivery_id: str) -> Response[str]:
        principal, ports, managing = self._caller()
        job = read_job(ports.stores, principal, job_id)
        opened = replay_delivery(managing.store, ports.webhook_queue, ports.clock, job.job_id, delivery_id)
        return answer(202, mapping.delivery(opened))

    def read_default(self) -> Response[str]:
        _, ports, managing = self._caller()
        return answer(200, mapping.default(managing.store.account(), ports.clock.now()))

    def set_default(self) -> Response[str]:
        principal, ports, managing = self._caller()
        request = parsed(SetDefault, self._web.json())
        account = default.set_default_url(managing.store, request.url, ports.egress_allow)
        secret = secret_text(ports.secrets.webhook_key(principal.tenant_id, account.webhook_key_version))
        return answer(200, mapping.default(account, ports.clock.now(), secret))

    def rotate_default(self) -> Response[str]:
        principal, ports, managing = self._caller()
        request = parsed(RotateSecret, self._web.json(optional=True))
        account = default.rotate_default_secret(managing.store, ports.clock, timedelta(seconds=request.overlap_seconds))
        secret = secret_text(ports.secrets.webhook_key(principal.tenant_id, account.webhook_key_version))
        return answer(200, mapping.default(account, ports.clock.now(), secret))


def _limit(text: str | None) -> int:
    """Raises ValidationError."""
    if text is None:
        return PAGE
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= MAX_PAGE):
        raise ValidationError(f"limit: a whole number from 1 to {MAX_PAGE}")
    return int(text)

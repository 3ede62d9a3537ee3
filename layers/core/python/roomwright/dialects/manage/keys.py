"""An organisation's keys: made, listed, rotated, revoked (not in Katalo's contract)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools.event_handler import Response

from roomwright.dialects.manage.models import CreateKey, RotateKey
from roomwright.dialects.manage.ports import Ports
from roomwright.dialects.moments import timestamp
from roomwright.dialects.web import BASE, Web, answer, parsed
from roomwright.domain.account import ApiKey, Scope
from roomwright.domain.rate_limits import Quota
from roomwright.usecases.issue_key import Issued, KeyWish
from roomwright.usecases.manage_keys import create_key, list_keys, read_key, revoke_key, rotate_key


class Keys:
    def __init__(self, web: Web, ports: Callable[[], Ports]) -> None:
        self._web, self._ports = web, ports
        route = web.app.route
        route(f"{BASE}/keys", method="GET")(self.list)
        route(f"{BASE}/keys", method="POST")(self.create)
        route(f"{BASE}/keys/<key_id>", method="GET")(self.read)
        route(f"{BASE}/keys/<key_id>", method="DELETE")(self.revoke)
        route(f"{BASE}/keys/<key_id>/rotate", method="POST")(self.rotate)

    def list(self) -> Response[str]:
        principal, ports = self._web.caller(Scope.MANAGE, Quota.MANAGE), self._ports()
        now = ports.clock.now()
        return answer(200, {"keys": [_key(key, now) for key in list_keys(ports.stores, principal)]})

    def create(self) -> Response[str]:
        principal, once = self._web.caller(Scope.MANAGE, Quota.MANAGE), self._web.idempotency_key()
        request, ports = parsed(CreateKey, self._web.json()), self._ports()
        wish = KeyWish(
            scopes=frozenset(request.scopes),
            name=request.name,
            public=request.public,
            origins=tuple(request.origins),
            expires_at=request.expires_at,
        )
        live = request.environment == "live"
        issued = create_key(ports.stores, ports.clock, ports.random, principal, wish, once, live=live)
        return answer(201, _issued(issued, ports.clock.now()))

    def read(self, key_id: str) -> Response[str]:
        principal, ports = self._web.caller(Scope.MANAGE, Quota.MANAGE), self._ports()
        return answer(200, _key(read_key(ports.stores, principal, key_id), ports.clock.now()))

    def rotate(self, key_id: str) -> Response[str]:
        principal, once = self._web.caller(Scope.MANAGE, Quota.MANAGE), self._web.idempotency_key()
        request, ports = parsed(RotateKey, self._web.json(optional=True)), self._ports()
        overlap = timedelta(seconds=request.overlap_seconds)
        issued = rotate_key(ports.stores, ports.clock, ports.random, principal, key_id, overlap, once)
        return answer(201, _issued(issued, ports.clock.now()))

    def revoke(self, key_id: str) -> Response[str]:
        principal, ports = self._web.caller(Scope.MANAGE, Quota.MANAGE), self._ports()
        return answer(200, _key(revoke_key(ports.stores, ports.clock, principal, key_id), ports.clock.now()))


def _issued(issued: Issued, now: datetime) -> dict[str, Any]:
    """The only answer that shows `api_key`."""
    return {**_key(issued.key, now), "api_key": issued.text}


def _key(key: ApiKey, now: datetime) -> dict[str, Any]:
    """What can be known of a key. `created_by` is the id of the key that made it; null when the operator did."""
    return {
        "key_id": key.key_id,
        "name": key.name,
        "environment": "live" if key.live else "test",
        "public": key.public,
        "origins": list(key.origins),
        "scopes": sorted(key.scopes),
        "status": "revoked" if key.revoked_at else "active" if key.active(now) else "expired",
        "created_at": timestamp(key.created_at),
        "created_by": key.created_by,
        "last_used_at": timestamp(key.last_used_at),
        "expires_at": timestamp(key.expires_at),
        "revoked_at": timestamp(key.revoked_at),
        "replaced_by": key.replaced_by,
    }

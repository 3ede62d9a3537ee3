"""One tenant's requests walking the line, in an order drawn from a seed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from roomwright.domain import ids
from roomwright.domain.errors import InsufficientCreditsError, RoomwrightError
from roomwright.domain.job import JobSpec
from roomwright.ports import Stores
from roomwright.usecases.create_source_asset import create_from_bytes
from roomwright.usecases.submit_generation import job_id_for, submit_generation
from tests.fakes import make
from tests.fakes.make import TENANT
from tests.fakes.table import Table
from tests.stateful import invariants
from tests.stateful.faults import Crash, Faults
from tests.stateful.line import Line, Step
from tests.stateful.services import ENGINE_WAYS, RECEIVER_WAYS, RETRY_AFTER

SOURCES = ("asset", "bytes", "url", "bad bytes")


class World(Line):
    """`jobs` requests of one tenant with 2 slots. `healthy` makes everything outside the project go well."""

    def __init__(
        self, seed: int, faults: Faults, stores: Stores, table: Table, *, healthy: bool, jobs: int = 3
    ) -> None:
        super().__init__(seed, faults, stores, table, calm=healthy)
        self.stores.create_tenant(make.account(credits=jobs))
        self.healthy, self.watch = healthy, invariants.Watch()
        self.requests = [self._request(n) for n in range(jobs)]

    def _request(self, n: int) -> dict[str, Any]:
        url, photo = f"https://hooks.example/{n}", f"https://photos.example/{n}.jpg"
        self.receiver.ways[url] = "well" if self.healthy else self.source.choice(RECEIVER_WAYS)
        self.engine.ways[job_id_for(TENANT, f"key-{n}")] = "good" if self.healthy else self.source.choice(ENGINE_WAYS)
        self.fetcher.web[photo] = b"photo"
        kind = SOURCES[n % 3] if self.healthy else self.source.choice(SOURCES)
        # a seed of its own for each: none is answered out of the cache
        spec = JobSpec("stage", "", room_types=("bedroom",), webhook_url=url, include_alternates=n % 2 == 0, seed=n)
        return {"key": f"key-{n}", "spec": spec, "kind": kind, "photo": photo, "at": self.clock.now()}

    def always(self) -> None:
        invariants.always(self, self.watch)

    def ready(self) -> list[Step]:
        now = self.clock.now()
        return [partial(self._submit, r) for r in self.requests if r["at"] <= now] + super().ready()

    def _moments(self) -> list[datetime]:
        return super()._moments() + [r["at"] for r in self.requests]

    def _submit(self, request: dict[str, Any]) -> None:
        """A client that repeats its request, with its key, until it is answered."""
        request["at"] = self.clock.now() + RETRY_AFTER
        try:
            self._send_request(request)
        except (Crash, RoomwrightError) as refused:
            if isinstance(refused, InsufficientCreditsError) or "another image" in str(refused):
                self.requests.remove(request)

    def _send_request(self, request: dict[str, Any]) -> None:
        stores, blobs = self.port("stores", self.stores), self.port("blobs", self.blobs)
        kind, spec, key = request["kind"], request["spec"], request["key"]
        source: dict[str, Any] = {"source_bytes": b"bad" if kind == "bad bytes" else b"photo"}
        if kind == "url":
            source = {"source_url": request["photo"]}
        if kind == "asset":
            asset = create_from_bytes(stores, blobs, self.clock, make.principal(), key, b"photo")
            source, spec = {}, replace(spec, source_asset_id=asset.source_asset_id)
        admission = submit_generation(
            stores, blobs, self.clock, make.principal(), spec, key, ids.fingerprint(key), **source
        )
        self.accepted.add((TENANT, admission.job.job_id))
        if request in self.requests:
            self.requests.remove(request)

"""Two organisations and a test environment on one line, and what their people can do: the acts of the state machine.

Each act goes through the use cases that the API's routes call. What was answered is remembered, because an answer is a
promise: an accepted job exists, a revoked key is dead, a repeated request gets its first answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from roomwright.domain import ids
from roomwright.domain.account import Principal
from roomwright.domain.delivery import DeliveryStatus
from roomwright.domain.endpoint import Endpoint
from roomwright.domain.errors import (
    ConflictError,
    ForbiddenError,
    IdempotencyConflictError,
    InsufficientCreditsError,
    NotFoundError,
    RoomwrightError,
    TooManyInFlightError,
    UnauthorizedError,
)
from roomwright.domain.job import AssetStatus, Job, JobSpec, JobStatus
from roomwright.domain.plans import PLANS
from roomwright.ports import Stores
from roomwright.usecases import erase, manage_endpoints, manage_keys
from roomwright.usecases.authenticate import authenticate
from roomwright.usecases.cancel_job import cancel_job
from roomwright.usecases.create_source_asset import create_from_bytes
from roomwright.usecases.grant_credits import grant_credits
from roomwright.usecases.ingest_source import ingest_source
from roomwright.usecases.issue_key import KeyWish, issue_key
from roomwright.usecases.manage_endpoints import Managing
from roomwright.usecases.read_job import read_deliveries, read_job
from roomwright.usecases.regenerate_generation import regenerate_generation
from roomwright.usecases.replay_deliveries import Range, replay_delivery
from roomwright.usecases.set_plan import set_plan
from roomwright.usecases.submit_generation import job_id_for, submit_generation
from tests.fakes import make
from tests.fakes.make import OTHER, TENANT
from tests.fakes.ports import FakeImaging, FakeRandom
from tests.fakes.table import Table
from tests.stateful import invariants
from tests.stateful.faults import Crash, Faults, Trouble
from tests.stateful.line import Line

TEST = ids.test_tenant_id(TENANT)
TENANTS = (TENANT, TEST, OTHER)


@dataclass
class Held:
    """A key as its holder knows it."""

    key_id: str
    tenant_id: str
    text: str
    revoked: bool = False
    """its revocation was answered"""
    ends_at: datetime | None = None


@dataclass(frozen=True)
class Wish:
    """A request for a picture; equal wishes are equal requests."""

    room: str
    source: str
    """asset | bytes | url | bad bytes"""
    alternates: bool
    way: str
    """of the receiver of its own callback; "" for none"""


class House(Line):
    """`troubles` counts what was armed; an act that meets one may end without an answer."""

    def __init__(self, seed: int, stores: Stores, table: Table) -> None:
        super().__init__(seed, Faults({}), stores, table, calm=False)
        self.watch, self.watching = invariants.Watch(), True
        self.random = FakeRandom(seed)
        over = {"overage_available": 2, "overage_granted": 2}
        stores.create_tenant(make.account(TENANT, credits=3, plan="team", max_in_flight=4, **over))
        stores.create_tenant(make.account(TEST, credits=0, plan="test", live=False))
        stores.create_tenant(make.account(OTHER, credits=4))
        self.keys: list[Held] = []
        self.answered: dict[tuple[str, str], tuple[object, str]] = {}
        """(tenant, idempotency key) → (what was asked, id of the job it was answered with)"""
        for tenant_id in TENANTS:
            self.hold(issue_key(stores, self.clock, self.random, tenant_id, KeyWish()))
        self.fetcher.web["https://photos.example/a.jpg"] = b"photo"
        self.erasures: list[tuple[Callable[..., Any], str, str]] = []
        self.photos = {tenant_id: self._photo(tenant_id) for tenant_id in TENANTS}

    def _photo(self, tenant_id: str) -> str:
        """A source asset that is ready at once."""
        key = f"photo-{len(self.table.assets)}"
        made = create_from_bytes(self.stores, self.blobs, self.clock, make.principal(tenant_id), key, b"photo")
        ingest_source(self.stores, self.blobs, self.fetcher, FakeImaging(), self.clock, tenant_id, made.ingest_id)
        return made.source_asset_id

    def always(self) -> None:
        if self.watching:
            invariants.always(self, self.watch)

    def hold(self, issued: Any) -> None:
        key = issued.key
        self.keys.append(Held(key.key_id, key.tenant_id, issued.text, ends_at=key.expires_at))

    def _others(self) -> None:
        """Beside the line's own steps: somebody cancels a job, so that ends race."""
        super()._others()
        unended = [job for job in self.table.jobs.values() if not job.status.terminal]
        if unended and self.source.random() < 0.5:
            job = self.source.choice(unended)
            self.alive(partial(cancel_job, self.stores, self.clock, make.principal(job.tenant_id), job.job_id))

    def arm(self, trouble: Trouble, within: int) -> None:
        """One of the next calls of any port meets trouble."""
        self.faults.plan = {**self.faults.plan, len(self.faults.calls) + within: trouble}

    def arm_next(self, trouble: Trouble, name: str) -> None:
        """The next call of this name does."""
        self.faults.next_of[name] = trouble

    def ask(self, held: Held, work: Callable[[Principal], Any]) -> Any:
        """One request with a key. → its answer, or the refusal; None when it died without either."""
        try:
            return work(self._principal(held))
        except Crash:
            return None
        except RoomwrightError as refusal:
            assert refusal.code not in {"internal_error"}, refusal
            return refusal

    def _principal(self, held: Held) -> Principal:
        stores = self.port("stores", self.stores)
        principal = authenticate(stores, self.clock, f"Bearer {held.text}")
        assert principal.tenant_id == held.tenant_id, "a key of one tenant opened another"
        assert not held.revoked, "a revoked key opened the door"
        assert held.ends_at is None or held.ends_at > self.clock.now(), "an expired key opened the door"
        return principal

    # ---- jobs ---------------------------------------------------------------------------------------------------

    def create(self, held: Held, idempotency_key: str, wish: Wish, engine_way: str) -> None:
        job_id = job_id_for(held.tenant_id, idempotency_key)
        self.engine.ways.setdefault(job_id, engine_way)
        before, fired = self.stores.tenant(held.tenant_id).account(), self.faults.fired
        answer = self.ask(held, lambda principal: self._submit(principal, idempotency_key, wish))
        calm = fired == self.faults.fired
        self._promise(held, idempotency_key, wish, answer)
        if calm and isinstance(answer, InsufficientCreditsError):
            assert (before.available, before.overage_available) == (0, 0), "refused for credits that were there"
        if calm and isinstance(answer, TooManyInFlightError):
            assert before.in_flight >= before.max_in_flight, "refused for jobs that were not there"

    def _submit(self, principal: Principal, key: str, wish: Wish) -> Any:
        stores, blobs = self.port("stores", self.stores), self.port("blobs", self.blobs)
        spec = JobSpec("stage", "", (wish.room,), include_alternates=wish.alternates, webhook_url=self.url(wish.way))
        source: dict[str, Any] = {"source_bytes": b"bad" if wish.source == "bad bytes" else b"photo"}
        if wish.source == "url":
            source = {"source_url": "https://photos.example/a.jpg"}
        if wish.source == "asset":
            source, spec = {}, replace(spec, source_asset_id=self.photos[principal.tenant_id])
        return submit_generation(
            stores, blobs, self.clock, principal, spec, key, ids.fingerprint([wish.__dict__]), **source
        )

    def _promise(self, held: Held, key: str, asked: object, answer: Any) -> None:
        """The first answer of an idempotency key binds all later ones."""
        first = self.answered.get((held.tenant_id, key))
        if isinstance(answer, IdempotencyConflictError):
            assert first is None or first[0] != asked, "a repeated request was called another one"
        if answer is None or isinstance(answer, RoomwrightError):
            return
        job: Job = answer.job
        assert job.tenant_id == held.tenant_id, "a job of another tenant"
        if first:
            assert first == (asked, job.job_id), "one idempotency key, two jobs"
            assert answer.replayed, "a repeated request was not known again"
        self.answered[held.tenant_id, key] = (asked, job.job_id)
        self.accepted.add((held.tenant_id, job.job_id))

    def regenerate(self, held: Held, job: Job, idempotency_key: str, engine_way: str) -> None:
        """Of its own jobs; of another's it must not exist."""
        self.engine.ways.setdefault(job_id_for(held.tenant_id, idempotency_key), engine_way)
        asked = ("regenerate", job.job_id)

        def work(principal: Principal) -> Any:
            stores, blobs = self.port("stores", self.stores), self.port("blobs", self.blobs)
            parent = read_job(stores, principal, job.job_id)
            print_ = ids.fingerprint(asked)
            return regenerate_generation(
                stores, blobs, self.clock, principal, parent, parent.spec, None, idempotency_key, print_
            )

        answer = self.ask(held, work)
        self._hidden(held, job.tenant_id, answer)
        self._promise(held, idempotency_key, asked, answer)

    def cancel(self, held: Held, job: Job) -> None:
        answer = self.ask(held, lambda p: cancel_job(self.port("stores", self.stores), self.clock, p, job.job_id))
        self._hidden(held, job.tenant_id, answer)
        if isinstance(answer, Job):
            stored = self.table.jobs[job.tenant_id, job.job_id]
            assert (answer.status, stored.status) == (JobStatus.CANCELLED, JobStatus.CANCELLED), "cancelled, or not"

    def read(self, held: Held, job: Job) -> None:
        for look in (read_job, read_deliveries):
            self._hidden(held, job.tenant_id, self.ask(held, partial(self._look, look, job)))

    def _look(self, how: Callable[..., Any], job: Job, principal: Principal) -> Any:
        return how(self.port("stores", self.stores), principal, job.job_id)

    def _hidden(self, held: Held, owner: str, answer: Any) -> None:
        """What is another's is not found, whatever is asked of it."""
        if held.tenant_id != owner and answer is not None:
            allowed = (NotFoundError, UnauthorizedError, ForbiddenError)
            assert isinstance(answer, allowed), f"a tenant reached another's: {answer!r}"

    # ---- storage ------------------------------------------------------------------------------------------------

    def erase_outputs(self, held: Held, job: Job) -> None:
        answer = self._erase(held, job.tenant_id, erase.erase_outputs, job.job_id)
        self._hidden(held, job.tenant_id, answer)

    def erase_photo(self, held: Held) -> None:
        """The asset that others stage; there is another one afterwards."""
        tenant_id, source = held.tenant_id, self.photos[held.tenant_id]
        self._erase(held, tenant_id, erase.erase_asset, source)
        if self.table.assets[tenant_id, ids.ingest_id(source)].status is AssetStatus.DELETED:
            self.photos[tenant_id] = self._photo(tenant_id)

    def _erase(self, held: Held, tenant_id: str, how: Callable[..., Any], what: str) -> Any:
        if held.tenant_id == tenant_id:
            self.erasures.append((how, tenant_id, what))

        def work(principal: Principal) -> Any:
            return how(self.port("stores", self.stores), self.port("blobs", self.blobs), self.clock, principal, what)

        return self.ask(held, work)

    def erase_again(self) -> None:
        """Who got no answer asks again, until there is nothing left to do."""
        for how, tenant_id, what in self.erasures:
            with suppress(RoomwrightError):
                how(self.stores, self.blobs, self.clock, make.principal(tenant_id), what)

    # ---- keys ---------------------------------------------------------------------------------------------------

    def issue(self, held: Held, idempotency_key: str, *, live: bool) -> None:
        stores, wish = self.port("stores", self.stores), KeyWish()
        answer = self.ask(
            held,
            lambda p: manage_keys.create_key(stores, self.clock, self.random, p, wish, idempotency_key, live=live),
        )
        if answer is not None and not isinstance(answer, RoomwrightError):
            own = {held.tenant_id, ids.test_tenant_id(held.tenant_id)}
            assert answer.key.tenant_id in own, "a key for another tenant"
            self.hold(answer)

    def rotate(self, held: Held, other: Held, overlap: timedelta, idempotency_key: str) -> None:
        stores, now = self.port("stores", self.stores), self.clock.now()
        answer = self.ask(
            held,
            lambda p: manage_keys.rotate_key(
                stores, self.clock, self.random, p, other.key_id, overlap, idempotency_key
            ),
        )
        self._key_hidden(held, other, answer)
        if answer is not None and not isinstance(answer, RoomwrightError):
            self.hold(answer)
            other.ends_at = min(self.clock.now() + overlap, other.ends_at or datetime.max.replace(tzinfo=now.tzinfo))

    def revoke(self, held: Held, other: Held) -> None:
        stores = self.port("stores", self.stores)
        answer = self.ask(held, lambda p: manage_keys.revoke_key(stores, self.clock, p, other.key_id))
        self._key_hidden(held, other, answer)
        if answer is not None and not isinstance(answer, RoomwrightError):
            other.revoked = True

    def _key_hidden(self, held: Held, other: Held, answer: Any) -> None:
        """A live key handles its organisation's test keys as well."""
        if other.tenant_id != ids.test_tenant_id(held.tenant_id):
            self._hidden(held, other.tenant_id, answer)

    # ---- money --------------------------------------------------------------------------------------------------

    def grant(self, tenant_id: str, units: int, reference: str) -> None:
        stores = self.port("stores", self.stores)
        self.alive(lambda: grant_credits(stores, self.clock, tenant_id, units, reference))

    def upgrade(self, tenant_id: str, plan: str) -> None:
        """Never down: what runs then may be more than the smaller plan lets run."""
        stores, before = self.port("stores", self.stores), self.table.accounts[tenant_id].plan
        if PLANS[plan].max_running >= PLANS[before].max_running:
            self.alive(lambda: set_plan(stores, self.clock, tenant_id, plan))

    # ---- webhooks -----------------------------------------------------------------------------------------------

    def url(self, way: str) -> str | None:
        """A receiver of that way."""
        if not way:
            return None
        url = f"https://{way}.hooks.example/"
        self.receiver.ways[url] = way
        return url

    def managing(self, principal: Principal) -> Managing:
        store = self.port("stores", self.stores).tenant(principal.tenant_id)
        return Managing(principal.tenant_id, store, self.clock, self.port("queue", self.queues["slow"]), ())

    def register(self, held: Held, way: str, events: Sequence[str], key: str) -> None:
        url = self.url(way) or ""
        answer = self.ask(held, lambda p: manage_endpoints.register_endpoint(self.managing(p), url, events, "", key))
        assert answer is None or isinstance(answer, tuple | RoomwrightError)

    def change(self, held: Held, endpoint: Endpoint, act: str) -> None:
        """Pause, resume, verify, delete, rotate, ping, send all of it again; another's endpoint is not there."""
        endpoint_id = endpoint.endpoint_id

        def work(principal: Principal) -> Any:
            with_ = self.managing(principal)
            acts: dict[str, Callable[[], Any]] = {
                "pause": lambda: manage_endpoints.change_endpoint(with_, endpoint_id, active=False),
                "resume": lambda: manage_endpoints.change_endpoint(with_, endpoint_id, active=True),
                "move": lambda: manage_endpoints.change_endpoint(with_, endpoint_id, url=self.url("well")),
                "verify": lambda: manage_endpoints.verify_endpoint(with_, endpoint_id),
                "delete": lambda: manage_endpoints.delete_endpoint(with_.store, endpoint_id),
                "rotate": lambda: manage_endpoints.rotate_secret(with_, endpoint_id),
                "ping": lambda: manage_endpoints.ping_endpoint(with_, endpoint_id, "katalo", "a"),
                "again": lambda: self._again(with_, endpoint_id),
            }
            return acts[act]()

        self._hidden(held, endpoint.tenant_id, self.ask(held, work))

    def _again(self, with_: Managing, endpoint_id: str) -> None:
        manage_endpoints.read_endpoint(with_.store, endpoint_id)
        now = self.clock.now()
        with_.queue.send(Range(with_.tenant_id, endpoint_id, now - timedelta(days=40), now, now).message())

    def replay(self, held: Held, job_id: str, delivery_id: str, owner: str) -> None:
        def work(principal: Principal) -> Any:
            with_ = self.managing(principal)
            return replay_delivery(with_.store, with_.queue, self.clock, job_id, delivery_id)

        answer = self.ask(held, work)
        self._hidden(held, owner, answer)
        assert not isinstance(answer, RoomwrightError) or isinstance(
            answer, ConflictError | NotFoundError | UnauthorizedError
        )

    # ---- at rest ------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Let everything come to its end, and hold it to every promise."""
        self.watching = False
        self.run()
        self.watching, self.faults.plan, self.faults.next_of = True, {}, {}
        self.erase_again()
        self.run()
        self.always()
        invariants.at_rest(self)
        invariants.everyone_told(self)
        for held in self.keys:
            self.ask(held, lambda principal: principal)

    def ended_deliveries(self) -> list[tuple[str, str, str]]:
        """(tenant, job, delivery) of what is not pending."""
        found = self.table.deliveries.items()
        return sorted(key for key, delivery in found if delivery.status is not DeliveryStatus.PENDING)

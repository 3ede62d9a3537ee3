"""The composition root: environment → settings → adapters. Nothing is built before it is used, and then once."""

# ruff: noqa: PLC0415 - imports wait for first use: a function pays only for the adapters it needs

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from roomwright.domain.urls import HostPort
from roomwright.ports import BlobStore, EventBus, Queue, StateMachine, Stores

if TYPE_CHECKING:
    from roomwright.adapters.http import SafeHttp
    from roomwright.adapters.imaging import PillowImaging
    from roomwright.adapters.sagemaker import AsyncEndpoint
    from roomwright.adapters.sample_engine import SampleEngine
    from roomwright.adapters.secrets import MasterSecret
    from roomwright.adapters.system import SystemClock, SystemRandom
    from roomwright.dialects.katalo.ports import Ports as KataloPorts
    from roomwright.dialects.manage.ports import Ports as ManagePorts
    from roomwright.usecases.deliver_webhook import Sending
    from roomwright.usecases.relay_changes import Changed


class SettingMissingError(Exception):
    """The function uses something its environment does not name."""


@dataclass(frozen=True)
class Settings:
    """What a function was given. Only what it needs is set; the rest raises SettingMissingError when asked for."""

    values: Mapping[str, str]

    @classmethod
    def from_env(cls) -> Settings:
        return cls(dict(os.environ))

    def need(self, name: str) -> str:
        value = self.values.get(name)
        if not value:
            raise SettingMissingError(f"the environment variable {name} is not set for this function")
        return value

    @property
    def signed_url_seconds(self) -> int:
        return int(self.need("SIGNED_URL_SECONDS"))

    @property
    def job_timeout_seconds(self) -> int:
        return int(self.need("JOB_TIMEOUT_SECONDS"))

    @property
    def egress_allow(self) -> frozenset[HostPort]:
        """Destinations exempt from the address guard, from `HOST:PORT,…`. Only the local stage may have any."""
        entries = [entry.strip() for entry in self.values.get("EGRESS_ALLOW", "").split(",") if entry.strip()]
        if entries and self.need("ROOMWRIGHT_STAGE") != "local":
            raise SettingMissingError("EGRESS_ALLOW may only be set in the stage 'local'")
        pairs = [entry.rpartition(":") for entry in entries]
        return frozenset((host, int(port)) for host, _, port in pairs)


class Wiring:
    """Adapters of one function, each built when first used."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def clock(self) -> SystemClock:
        from roomwright.adapters.system import SystemClock

        return SystemClock()

    @cached_property
    def random(self) -> SystemRandom:
        from roomwright.adapters.system import SystemRandom

        return SystemRandom()

    @cached_property
    def stores(self) -> Stores:
        from roomwright.adapters.dynamo_stores import DynamoStores
        from roomwright.adapters.dynamo_table import Table

        return DynamoStores(Table(_client("dynamodb"), self.settings.need("TABLE_NAME"), self.random))

    def read_change(self, record: Mapping[str, Any]) -> tuple[Changed | None, Changed | None]:
        """A stream record's `dynamodb` part → the item before and after."""
        from roomwright.adapters.dynamo_items import change_of

        return change_of(record.get("OldImage")), change_of(record.get("NewImage"))

    @cached_property
    def blobs(self) -> BlobStore:
        from roomwright.adapters.s3 import S3Blobs

        return S3Blobs(lambda: _client("s3"), self.settings.need("BUCKET_NAME"))

    @cached_property
    def jobs_queue(self) -> Queue:
        return self._queue("JOBS_QUEUE_URL")

    @cached_property
    def ingest_queue(self) -> Queue:
        return self._queue("INGEST_QUEUE_URL")

    @cached_property
    def drop_queue(self) -> Queue:
        return self._queue("DROP_QUEUE_URL")

    @cached_property
    def returns_queue(self) -> Queue:
        """Ended jobs whose results go back to the drop folder."""
        return self._queue("RETURNS_QUEUE_URL")

    @cached_property
    def unrelayed_queue(self) -> Queue:
        """Where changes of the table that cannot be read are set aside."""
        return self._queue("UNRELAYED_QUEUE_URL")

    @cached_property
    def webhook_queue(self) -> Queue:
        """The slow lane: attempts, challenges, ranges to send again."""
        return self._queue("WEBHOOK_QUEUE_URL", fair_by="tenant_id")

    @cached_property
    def quick_webhook_queue(self) -> Queue:
        """First attempts to receivers that answer quickly."""
        return self._queue("QUICK_WEBHOOK_QUEUE_URL", fair_by="tenant_id")

    def _queue(self, name: str, fair_by: str | None = None) -> Queue:
        from roomwright.adapters.sqs import SqsQueue

        return SqsQueue(_client("sqs"), self.settings.need(name), fair_by)

    @cached_property
    def state_machine(self) -> StateMachine:
        from roomwright.adapters.stepfunctions import StepFunctions

        return StepFunctions(_client("stepfunctions"), self.settings.need("STATE_MACHINE_ARN"))

    @cached_property
    def engine(self) -> AsyncEndpoint:
        from roomwright.adapters.sagemaker import AsyncEndpoint

        settings = self.settings
        return AsyncEndpoint(_client("sagemaker-runtime"), settings.need("ENDPOINT_NAME"), settings.job_timeout_seconds)

    @cached_property
    def sample_engine(self) -> SampleEngine:
        from roomwright.adapters.sample_engine import SampleEngine
        from roomwright.adapters.sqs import SqsQueue

        return SampleEngine(self.blobs, SqsQueue(_client("sqs"), self.settings.need("INFERENCE_QUEUE_URL")))

    @cached_property
    def bus(self) -> EventBus:
        from roomwright.adapters.eventbridge import EventBridgeBus

        return EventBridgeBus(_client("events"), self.settings.need("BUS_NAME"))

    @cached_property
    def http(self) -> SafeHttp:
        from roomwright.adapters.http import SafeHttp

        return SafeHttp(self.settings.egress_allow)

    @cached_property
    def imaging(self) -> PillowImaging:
        from roomwright.adapters.imaging import PillowImaging

        return PillowImaging()

    @cached_property
    def secrets(self) -> MasterSecret:
        from roomwright.adapters.secrets import MasterSecret

        return MasterSecret(_client("secretsmanager"), self.settings.need("WEBHOOK_SECRET_ARN"))

    @cached_property
    def sending(self) -> Sending:
        """All that a webhook attempt needs."""
        from roomwright.dialects.katalo.webhook import KataloWebhooks
        from roomwright.domain.delivery import Lane
        from roomwright.usecases.deliver_webhook import Sending

        seconds = self.settings.signed_url_seconds
        return Sending(
            stores=self.stores,
            sender=self.http,
            queue=self.webhook_queue,
            quick=self.quick_webhook_queue,
            lane=Lane(self.settings.need("WEBHOOK_LANE")),
            secrets=self.secrets,
            clock=self.clock,
            random=self.random,
            dialects={"katalo": KataloWebhooks(lambda key: self.blobs.signed_get(key, seconds))},
        )

    def count(self, name: str, **dimensions: str) -> None:
        """One more of `name` in the deployment's metrics."""
        from roomwright.adapters import metrics

        metrics.count(self.settings.need("ROOMWRIGHT_STAGE"), name, **dimensions)

    @cached_property
    def katalo(self) -> KataloPorts:
        from roomwright.dialects.katalo.ports import Ports

        settings = self.settings
        return Ports(self.stores, self.blobs, self.clock, settings.signed_url_seconds, settings.egress_allow)

    @cached_property
    def manage(self) -> ManagePorts:
        from roomwright.dialects.manage.ports import Ports

        return Ports(
            stores=self.stores,
            clock=self.clock,
            random=self.random,
            secrets=self.secrets,
            webhook_queue=self.webhook_queue,
            egress_allow=self.settings.egress_allow,
        )


def _client(service: str) -> Any:
    """A client of the runtime's boto3. Its own minute of patience would outlast a function; a call that hangs is made
    again instead, which every call here allows. S3 signs with SigV4 (upload forms need it) for the bucket's own
    regional host (the global one redirects, which a form upload does not survive).
    """
    import boto3
    from botocore.config import Config

    patience = Config(connect_timeout=3, read_timeout=9, retries={"mode": "standard", "total_max_attempts": 4})
    s3 = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
    config = patience.merge(s3) if service == "s3" else patience
    return boto3.client(service, config=config)  # type: ignore[call-overload]  # any of many


@cache
def wiring() -> Wiring:
    """The process's own."""
    return Wiring(Settings.from_env())


def katalo_ports() -> KataloPorts:
    """What the Katalo routes need."""
    return wiring().katalo


def manage_ports() -> ManagePorts:
    """What the management routes need."""
    return wiring().manage

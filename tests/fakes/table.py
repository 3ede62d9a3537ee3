"""What the in-memory store holds, and every change that the stream would show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from roomwright.domain.account import Account, ApiKey, LedgerEntry
from roomwright.domain.delivery import Delivery, Destination
from roomwright.domain.endpoint import Endpoint
from roomwright.domain.job import Job, SourceAsset

Streamed = Job | SourceAsset | Account | Endpoint
Change = tuple[Streamed | None, Streamed | None]
Key = tuple[str, str]


@dataclass
class Table:
    """What is stored, and (as the stream) every change of a job, an asset, an account or an endpoint."""

    accounts: dict[str, Account] = field(default_factory=dict)
    jobs: dict[Key, Job] = field(default_factory=dict)
    assets: dict[Key, SourceAsset] = field(default_factory=dict)
    line: dict[Key, datetime] = field(default_factory=dict)
    cache: dict[Key, str] = field(default_factory=dict)
    """(tenant, config fingerprint) → job id"""
    chains: dict[Key, int] = field(default_factory=dict)
    """(tenant, root job id) → regenerations"""
    uses: Counter[Key] = field(default_factory=Counter)
    """(tenant, source asset id) → jobs that have not ended and use it"""
    closed: set[Key] = field(default_factory=set)
    """source assets that no job can use any more"""
    ledger: dict[Key, LedgerEntry] = field(default_factory=dict)
    """by tenant and cursor"""
    grants: set[Key] = field(default_factory=set)
    deliveries: dict[tuple[str, str, str], Delivery] = field(default_factory=dict)
    destinations: dict[Key, Destination] = field(default_factory=dict)
    endpoints: dict[Key, Endpoint] = field(default_factory=dict)
    keys: dict[str, ApiKey] = field(default_factory=dict)
    counts: dict[tuple[str, datetime], Counter[str]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def put_job(self, job: Job) -> Job:
        key = (job.tenant_id, job.job_id)
        self.changes.append((self.jobs.get(key), job))
        self.jobs[key] = job
        return job

    def put_asset(self, asset: SourceAsset) -> SourceAsset:
        key = (asset.tenant_id, asset.ingest_id)
        self.changes.append((self.assets.get(key), asset))
        self.assets[key] = asset
        return asset

    def put_account(self, account: Account) -> Account:
        before = self.accounts.get(account.tenant_id)
        if before != account:
            self.changes.append((before, account))
        self.accounts[account.tenant_id] = account
        return account

    def put_endpoint(self, endpoint: Endpoint) -> Endpoint:
        key = (endpoint.tenant_id, endpoint.endpoint_id)
        self.changes.append((self.endpoints.get(key), endpoint))
        self.endpoints[key] = endpoint
        return endpoint

    def put_line(self, entry: LedgerEntry) -> None:
        """Of the ledger."""
        cursor = f"{entry.created_at.isoformat(timespec='microseconds')}#{entry.entry_id}"
        self.ledger[entry.tenant_id, cursor] = entry

    def add(self, tenant_id: str, moves: Mapping[str, int]) -> None:
        account = self.accounts[tenant_id]
        self.put_account(replace(account, **{n: getattr(account, n) + by for n, by in moves.items()}))

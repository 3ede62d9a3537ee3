"""A tenant's account: its plan, its credits and what it has running."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Account:
    """Credits move available → reserved (admission) → spent (success) or back (any other end).

    `available + reserved + spent == granted` always holds.
    """

    tenant_id: str
    name: str
    available: int
    reserved: int
    spent: int
    granted: int
    in_flight: int
    """jobs accepted and not ended"""
    running: int
    """concurrency slots held"""
    max_in_flight: int = 50
    max_running: int = 2
    webhook_url: str | None = None
    """default callback when a job names none"""
    webhook_key_version: int = 1


@dataclass(frozen=True)
class LedgerEntry:
    """One line of the append-only ledger; at most one per job."""

    tenant_id: str
    job_id: str
    kind: str
    """charge | refund"""
    credits: int
    created_at: datetime


@dataclass(frozen=True)
class ApiKey:
    """A key as stored: never the secret, only its SHA-256."""

    key_id: str
    tenant_id: str
    secret_sha256: str
    scopes: frozenset[str]
    live: bool
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class Principal:
    """Who a request speaks for, after its key was checked."""

    tenant_id: str
    key_id: str
    live: bool
    scopes: frozenset[str]

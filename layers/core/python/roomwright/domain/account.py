"""A tenant's account: its plan, its credits and what it has running."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from roomwright.domain.job import Job, JobStatus


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    WRITE = "write"


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
    starting: frozenset[str] = frozenset()
    """jobs that hold a slot and whose execution is not known to be started; never more than `running`"""
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
    movement: str
    """charge | refund"""
    credits: int
    created_at: datetime


ADMITTED: Mapping[str, int] = {"available": -1, "reserved": 1}
"""Where one credit moves when a job is admitted."""
CHARGED: Mapping[str, int] = {"reserved": -1, "spent": 1}
"""… when it succeeds."""
REFUNDED: Mapping[str, int] = {"reserved": -1, "available": 1}
"""… when it ends in any other way."""


def settlement(ended: Job, *, slot_held: bool) -> tuple[Mapping[str, int], LedgerEntry]:
    """What the end of a job does to its account: additions to each counter, and the line in the ledger.

    `slot_held` is whether the job held a slot until now.
    """
    charged = ended.status is JobStatus.SUCCEEDED
    moves = {name: ended.credits * sign for name, sign in (CHARGED if charged else REFUNDED).items()}
    moves |= {"in_flight": -1, "running": -1 if slot_held else 0}
    entry = LedgerEntry(
        ended.tenant_id, ended.job_id, "charge" if charged else "refund", ended.credits, ended.updated_at
    )
    return moves, entry


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

"""What the management routes need of the outside."""

from __future__ import annotations

from dataclasses import dataclass

from roomwright.domain.urls import HostPort
from roomwright.ports import Clock, Queue, Random, Secrets, Stores


@dataclass(frozen=True)
class Ports:
    stores: Stores
    clock: Clock
    random: Random
    secrets: Secrets
    webhook_queue: Queue
    """deliveries to send again, challenges and pings: only its consumer talks to tenants' addresses"""
    egress_allow: frozenset[HostPort]

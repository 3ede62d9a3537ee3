"""What Katalo's routes need of the outside."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from roomwright.domain.urls import HostPort
from roomwright.ports import BlobStore, Clock, Stores


@dataclass(frozen=True)
class Ports:
    stores: Stores
    blobs: BlobStore
    clock: Clock
    signed_url_seconds: int
    egress_allow: frozenset[HostPort]
    sleep: Callable[[float], None] = time.sleep

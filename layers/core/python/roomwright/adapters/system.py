"""The machine's own clock and randomness."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime


class SystemClock:
    """Implements the Clock port."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SystemRandom:
    """Implements the Random port from the operating system's generator, so a restored snapshot never repeats it."""

    def token(self, nbytes: int) -> bytes:
        return secrets.token_bytes(nbytes)

    def uniform(self, low: float, high: float) -> float:
        return secrets.SystemRandom().uniform(low, high)
